//! Takes credentials out of texts that leave the engine.
//!
//! DuckDB repeats what it was given: a syntax error in CREATE SECRET shows the word it stumbled
//! over, a failed request shows its address with the signature in it. Three things are known and
//! replaced by `***`: the values of assigned secrets, the values written in statements about
//! secrets, and, whatever their value, the parameters of addresses and connection strings that
//! carry credentials by their name.

use std::collections::VecDeque;

use tavana_common::failure::TEXT_BYTES_MAX;
use tavana_common::proto::engine::Secret as Assigned;
use tavana_common::proto::v1::Failure;
use tavana_common::secret::Secret;

use super::secrets::mentions_secrets;
use super::text::{SqlText, TokenKind};

/// What stands for a credential.
const HIDDEN: &str = "***";
/// Shorter values are hidden only where they stand alone: `x` is in most words.
const LONG_BYTES_MIN: usize = 8;
/// Values remembered from statements about secrets, the newest. More means that somebody makes
/// secrets in a loop.
const REMEMBERED_MAX: usize = 512;

/// Options of CREATE SECRET and words of its syntax whose values may be shown.
const PLAIN_OPTIONS: [&str; 22] = [
    "type",
    "provider",
    "scope",
    "region",
    "endpoint",
    "url_style",
    "use_ssl",
    "url_compatibility_mode",
    "account_name",
    "chain",
    "secret",
    "secrets",
    "persistent",
    "temporary",
    "temp",
    "in",
    "if",
    "not",
    "exists",
    "or",
    "from",
    "create",
];

/// Strings that are the names of things in a statement about secrets.
const PLAIN_VALUES: [&str; 15] = [
    "s3",
    "gcs",
    "r2",
    "azure",
    "http",
    "huggingface",
    "iceberg",
    "config",
    "credential_chain",
    "access_token",
    "service_principal",
    "true",
    "false",
    "path",
    "vhost",
];

/// Names of parameters, in addresses and connection strings, whose values are credentials.
const PARAMETERS: [&str; 22] = [
    "s3_access_key_id",
    "s3_secret_access_key",
    "s3_session_token",
    "gcs_access_key_id",
    "gcs_secret",
    "awsaccesskeyid",
    "signature",
    "sig",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "googleaccessid",
    "accountkey",
    "sharedaccesssignature",
    "sharedaccesskey",
    "access_token",
    "client_secret",
    "client_assertion",
    "token",
    "password",
];

/// What an engine must not say.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    assigned: Vec<Secret>,
    remembered: VecDeque<Secret>,
    /// Of the statement at hand, however short.
    current: Vec<Secret>,
}

impl Redactor {
    /// The secrets of the engine are these from now on.
    pub(crate) fn assign(&mut self, secrets: &[Assigned]) {
        // A token that was replaced may still be in a late answer.
        let before: Vec<Secret> = self.assigned.drain(..).collect();
        for value in before {
            self.remember(value);
        }
        let mut values = Vec::new();
        for secret in secrets {
            for (name, value) in &secret.options {
                if !is_plain(name) {
                    split_value(value, &mut values);
                }
            }
        }
        values.retain(|value| value.expose().len() >= LONG_BYTES_MIN);
        self.assigned = values;
    }

    /// A new statement begins.
    pub(crate) fn begin(&mut self, text: &SqlText<'_>) {
        for value in std::mem::take(&mut self.current) {
            self.remember(value);
        }
        if mentions_secrets(text) {
            self.current = written_values(text);
        }
    }

    /// Redacts everything in a failure that comes from DuckDB or repeats the statement.
    pub(crate) fn failure(&self, failure: &mut Failure) {
        failure.message = self.text(&failure.message);
        failure.hint = self.text(&failure.hint);
        for value in failure.duckdb_extra.values_mut() {
            *value = self.text(value);
        }
    }

    /// `text` without credentials.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = hide_parameters(text);
        let known = self
            .current
            .iter()
            .chain(&self.assigned)
            .chain(&self.remembered);
        let mut found = false;
        for value in known {
            found |= hide(&mut out, value.expose());
            let encoded = percent_encoded(value.expose());
            if encoded != value.expose() {
                found |= hide(&mut out, &encoded);
            }
        }
        // A text that was cut may end in the middle of a value that was not recognised for it.
        let holds_any =
            found || !self.current.is_empty() || text.contains('?') || text.contains(';');
        if holds_any && text.len() + 8 >= TEXT_BYTES_MAX && text.ends_with(" ...") {
            let kept = out.strip_suffix(" ...").unwrap_or(&out);
            let end = kept
                .rfind(|c: char| c.is_whitespace() || "'\"=&;".contains(c))
                .unwrap_or(0);
            out = format!("{} ...", kept.get(..end).unwrap_or_default());
        }
        out
    }

    fn remember(&mut self, value: Secret) {
        if value.expose().len() < LONG_BYTES_MIN || self.remembered.contains(&value) {
            return;
        }
        if self.remembered.len() >= REMEMBERED_MAX {
            self.remembered.pop_front();
        }
        self.remembered.push_back(value);
    }
}

fn is_plain(option: &str) -> bool {
    PLAIN_OPTIONS
        .iter()
        .any(|plain| *plain != "secret" && plain.eq_ignore_ascii_case(option))
}

/// A value, and the credentials inside when it is a connection string.
fn split_value(value: &str, out: &mut Vec<Secret>) {
    if value.contains(';') {
        for part in value.split(';') {
            if let Some((name, inner)) = part.split_once('=')
                && PARAMETERS
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(name.trim()))
            {
                out.push(Secret::new(inner.to_owned()));
            }
        }
    }
    out.push(Secret::new(value.to_owned()));
}

/// The values in a statement about secrets: each string, because a key may stand where it does not
/// belong, and each word or number in the place of the value of an option, unless that may be
/// shown.
fn written_values(text: &SqlText<'_>) -> Vec<Secret> {
    let mut values = Vec::new();
    let mut depth = 0_usize;
    for (index, token) in text.tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let before = index.checked_sub(1);
        let option = before.and_then(|before| text.name(before));
        let starts_option =
            before.is_some_and(|before| text.is_symbol(before, '(') || text.is_symbol(before, ','));
        let shown = option.is_some_and(|option| {
            is_plain(&option) && !["in", "if", "or", "from"].contains(&option.as_ref())
        });
        let value = match token.kind {
            TokenKind::Text => text.text_value(index).filter(|value| {
                !PLAIN_VALUES
                    .iter()
                    .any(|plain| plain.eq_ignore_ascii_case(value))
            }),
            // `SECRET abc` is a value, `(SECRET` the name of an option.
            TokenKind::Word | TokenKind::Quoted | TokenKind::Number
                if depth > 0 && !starts_option && !shown =>
            {
                let written = text.written(token);
                Some(written.trim_matches('"').to_owned())
            }
            _ => None,
        };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            split_value(&value, &mut values);
        }
    }
    // The longer ones first: a short one may be a part of them.
    values.sort_by_key(|value| std::cmp::Reverse(value.expose().len()));
    values
}

/// Replaces `value` in `text`, whatever the case of its letters; a short one only where it stands
/// alone. True when there was one.
fn hide(text: &mut String, value: &str) -> bool {
    if value.is_empty() || text.len() < value.len() {
        return false;
    }
    let mut at = 0;
    let mut found = false;
    while let Some(start) = find_ignoring_case(text, value, at) {
        let end = start + value.len();
        let alone = value.len() >= LONG_BYTES_MIN
            || (!ends_in_word(text.get(..start).unwrap_or_default())
                && !starts_with_word(text.get(end..).unwrap_or_default()));
        if alone {
            text.replace_range(start..end, HIDDEN);
            at = start + HIDDEN.len();
            found = true;
        } else {
            at = end;
        }
    }
    found
}

/// Where `value` begins in `text`, at `from` or later; ASCII letters match in either case.
fn find_ignoring_case(text: &str, value: &str, from: usize) -> Option<usize> {
    let (bytes, wanted) = (text.as_bytes(), value.as_bytes());
    let last = bytes.len().checked_sub(wanted.len())?;
    (from..=last).find(|start| {
        bytes
            .get(*start..start + wanted.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(wanted))
            && text.is_char_boundary(*start)
            && text.is_char_boundary(start + wanted.len())
    })
}

fn ends_in_word(text: &str) -> bool {
    text.chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn starts_with_word(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Replaces the values of [`PARAMETERS`], of bearer tokens, and users in addresses.
fn hide_parameters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = next_value(rest) {
        out.push_str(rest.get(..at).unwrap_or_default());
        if length > 0 {
            out.push_str(HIDDEN);
        }
        rest = rest.get(at + length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Where the next value of a parameter begins, and its length in bytes.
fn next_value(text: &str) -> Option<(usize, usize)> {
    let ends_address = |c: char| c.is_whitespace() || "&;'\"<>`)},\\".contains(c);
    // A shared access signature is itself a list of parameters.
    let ends_string = |c: char| c.is_whitespace() || ";'\"<>`)}\\".contains(c);
    for (at, character) in text.char_indices() {
        let (before, after) = text.split_at(at);
        match character {
            '=' => {
                let start = before
                    .rfind(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)))
                    .map_or(0, |at| {
                        at + before
                            .get(at..)
                            .and_then(|c| c.chars().next())
                            .map_or(1, char::len_utf8)
                    });
                let name = before.get(start..).unwrap_or_default();
                if !PARAMETERS
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(name))
                {
                    continue;
                }
                let value = after.get(1..).unwrap_or_default();
                let length = if name.eq_ignore_ascii_case("sharedaccesssignature") {
                    value.find(ends_string)
                } else {
                    value.find(ends_address)
                };
                return Some((at + 1, length.unwrap_or(value.len())));
            }
            ':' if after.starts_with("://") => {
                let authority = after.get(3..).unwrap_or_default();
                let end = authority
                    .find(|c: char| c.is_whitespace() || "/?#'\"".contains(c))
                    .unwrap_or(authority.len());
                if let Some(user) = authority.get(..end).and_then(|host| host.rfind('@'))
                    && authority.get(..user).is_some_and(|user| user.contains(':'))
                {
                    return Some((at + 3, user));
                }
            }
            'B' | 'b' => {
                let is_bearer = after
                    .get(..7)
                    .is_some_and(|word| word.eq_ignore_ascii_case("bearer "));
                if is_bearer && !ends_in_word(before) {
                    let value = after.get(7..).unwrap_or_default();
                    let length = value.find(ends_address).unwrap_or(value.len());
                    // "bearer token" is how people talk about one.
                    if length >= 16 {
                        return Some((at + 7, length));
                    }
                }
            }
            _ => {}
        }
    }
    None
}

/// As it stands in the query of an address.
fn percent_encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn assigned(options: &[(&str, &str)]) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.assign(&[Assigned {
            name: "x".to_owned(),
            r#type: "s3".to_owned(),
            options: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Assigned::default()
        }]);
        redactor
    }

    #[test]
    fn parameters_with_credentials_lose_their_values_and_nothing_else() {
        let redactor = Redactor::default();
        for (text, shown) in [
            (
                "HEAD https://a.blob/x?sv=1&sig=AbC%2B&se=2: 403",
                "HEAD https://a.blob/x?sv=1&sig=***&se=2: 403",
            ),
            (
                "'s3://b/k?s3_access_key_id=AK&s3_secret_access_key=S/x+='",
                "'s3://b/k?s3_access_key_id=***&s3_secret_access_key=***'",
            ),
            (
                "AccountName=a;AccountKey=abc==;BlobEndpoint=http://h/",
                "AccountName=a;AccountKey=***;BlobEndpoint=http://h/",
            ),
            (
                "SharedAccessSignature=sv=1&sig=x;Next=1",
                "SharedAccessSignature=***;Next=1",
            ),
            ("https://user:pass@host/x", "https://***@host/x"),
            (
                "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.x",
                "Authorization: Bearer ***",
            ),
            ("the bearer token is missing", "the bearer token is missing"),
            ("WHERE design=1 AND x=2", "WHERE design=1 AND x=2"),
            ("sig=", "sig="),
        ] {
            assert_eq!(redactor.text(text), shown);
        }
    }

    #[test]
    fn values_of_assigned_secrets_are_hidden_also_encoded_and_after_they_were_replaced() {
        let mut redactor = assigned(&[
            ("SECRET", "abc/def+ghi="),
            ("REGION", "eu-central-1"),
            (
                "CONNECTION_STRING",
                "AccountName=a;AccountKey=QUJDREVGRw==;EndpointSuffix=x",
            ),
        ]);
        for _ in 0..2 {
            assert_eq!(
                redactor
                    .text("abc/def+ghi= and ABC/DEF+GHI= and abc%2Fdef%2Bghi%3D in eu-central-1"),
                "*** and *** and *** in eu-central-1"
            );
            assert_eq!(redactor.text("got QUJDREVGRw=="), "got ***");
            redactor.assign(&[]);
        }
    }

    #[test]
    fn a_statement_about_secrets_is_never_repeated_with_its_values() {
        for (sql, message, shown) in [
            (
                "CREATE SECRET (TYPE s3, SECRET 'one' 'CANARY')",
                "syntax error at or near \"'CANARY'\"",
                "syntax error at or near \"'***'\"",
            ),
            (
                "CREATE SECRET x (TYPE s3, SECRET CANARY oops)",
                "syntax error at or near \"CANARY\"",
                "syntax error at or near \"***\"",
            ),
            (
                "CREATE SECRET x (TYPE s3, NO_SUCH 'x', SECRET 'y')",
                "Unknown parameter 'no_such' for secret type 's3'",
                "Unknown parameter 'no_such' for secret type 's3'",
            ),
            (
                "CREATE SECRET x (TYPE 's3', USE_SSL 'maybe')",
                "Could not convert string 'maybe' to BOOL for type 's3'",
                "Could not convert string '***' to BOOL for type 's3'",
            ),
            (
                "create or replace temporary secret x (type s3, key_id 'AKIA', secret 's')",
                "near 'akia' and 's' in secrets",
                "near '***' and '***' in secrets",
            ),
        ] {
            let mut redactor = Redactor::default();
            redactor.begin(&SqlText::lex(sql));
            assert_eq!(redactor.text(message), shown, "{sql}");
        }
    }

    #[test]
    fn what_a_statement_made_is_hidden_in_later_failures_too() {
        let mut redactor = Redactor::default();
        redactor.begin(&SqlText::lex(
            "CREATE SECRET (TYPE s3, SECRET 'CANARY-123')",
        ));
        redactor.begin(&SqlText::lex("SELECT 1"));
        let mut failure = Failure {
            message: "got CANARY-123".to_owned(),
            hint: "try canary-123".to_owned(),
            duckdb_extra: HashMap::from([("body".to_owned(), "CANARY-123".to_owned())]),
            ..Failure::default()
        };
        redactor.failure(&mut failure);
        assert!(
            !format!("{failure:?}")
                .to_ascii_lowercase()
                .contains("canary")
        );
        for number in 0..2 * REMEMBERED_MAX {
            redactor.remember(Secret::new(format!("value-{number}")));
        }
        assert!(redactor.remembered.len() <= REMEMBERED_MAX, "bounded");
    }

    #[test]
    fn a_value_that_was_cut_off_goes_too() {
        let mut redactor = Redactor::default();
        redactor.begin(&SqlText::lex(
            "CREATE SECRET (TYPE s3, SECRET 'CANARYCANARY')",
        ));
        let text = format!("{} CANARYCAN ...", "x".repeat(TEXT_BYTES_MAX - 14));
        assert!(!redactor.text(&text).contains("CANARY"));
    }

    proptest! {
        #[test]
        fn no_known_value_survives_anywhere_in_any_text(
            secret in "[A-Za-z0-9/+=_.\\-]{8,60}",
            before in "\\PC{0,60}",
            after in "\\PC{0,60}",
        ) {
            let redactor = assigned(&[("SECRET", &secret)]);
            for text in [
                format!("{before}{secret}{after}"),
                format!("{before}{}{after}{secret}", percent_encoded(&secret)),
                format!("{before}?s3_secret_access_key={secret}&{after}"),
            ] {
                let shown = redactor.text(&text);
                prop_assert!(find_ignoring_case(&shown, &secret, 0).is_none(), "{shown:?}");
            }
        }

        #[test]
        fn no_written_value_survives_any_way_to_write_the_statement(
            value in "[A-Za-z0-9/+=_.\\-]{4,40}",
            option in "(secret|SECRET|key_id|session_token|nonsense)",
            quoted in any::<bool>(),
        ) {
            let literal = if quoted { format!("'{value}'") } else { format!("$${value}$$") };
            let sql = format!("CREATE SECRET s (TYPE s3, {option} {literal}");
            let mut redactor = Redactor::default();
            redactor.begin(&SqlText::lex(&sql));
            let shown = redactor.text(&format!("syntax error at or near \"{literal}\": {value}"));
            // A word of the message itself may be equal to the value.
            prop_assume!(!"syntax error at or near".contains(&value.to_ascii_lowercase()));
            prop_assert!(find_ignoring_case(&shown, &value, 0).is_none(), "{shown:?}");
        }

        #[test]
        fn any_text_is_survived_and_without_credentials_left_alone(text in "\\PC{0,200}") {
            let redactor = Redactor::default();
            let shown = redactor.text(&text);
            if !text.contains('=') && !text.contains("://") && !text.to_ascii_lowercase().contains("bearer") {
                prop_assert_eq!(shown, text);
            }
        }
    }
}
