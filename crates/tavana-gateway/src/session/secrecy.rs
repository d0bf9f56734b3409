//! Which statements are neither remembered nor shown: their texts may hold credentials.

/// Words near credentials, in lower case. One of them in a name or a text that has nothing to do
/// with credentials only means that the statement is not remembered.
const WORDS: [&str; 13] = [
    "secret",
    "password",
    "passwd",
    "token",
    "bearer",
    "credential",
    "access_key",
    "key_id",
    "accountkey",
    "account_key",
    "api_key",
    "connection_string",
    "sig=",
];

/// Whether a statement's text may hold a key, a password or the like.
pub(crate) fn may_hold_credentials(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::may_hold_credentials;

    #[test]
    fn statements_with_credentials_are_told_from_others() {
        for sql in [
            "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
            "FROM read_csv('s3://b/o?s3_secret_access_key=x')",
            "SELECT set_config('S3_Access_Key_Id', 'x', false)",
            "ATTACH 'host=h password=x' AS p (TYPE postgres)",
            "FROM 'https://a.blob.core.windows.net/c/o?sv=1&sig=x'",
            "SET azure_storage_connection_string = 'AccountKey=x'",
        ] {
            assert!(may_hold_credentials(sql), "{sql}");
        }
        for sql in [
            "SELECT 1",
            "SELECT indkey, keys FROM pg_index",
            "INSERT INTO t VALUES (1)",
        ] {
            assert!(!may_hold_credentials(sql), "{sql}");
        }
    }
}
