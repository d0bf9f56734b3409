//! The command tag of a finished statement (PostgreSQL protocol, CommandComplete).

use tavana_common::proto::v1::StatementKind;

use super::lexer::{Kind, tokens};

/// The tag for `sql` of `kind`; `rows` are those sent to the client, `changed` those it changed.
pub(crate) fn tag(kind: StatementKind, sql: &str, rows: u64, changed: Option<u64>) -> String {
    if has_no_rows(sql) {
        return "CHECKPOINT".to_owned();
    }
    match (kind, first_word(sql).as_str()) {
        // Kinds of DuckDB that PostgreSQL tells apart.
        (StatementKind::Delete, "TRUNCATE") => return "TRUNCATE TABLE".to_owned(),
        (_, "COMMENT") => return "COMMENT".to_owned(),
        _ => {}
    }
    match kind {
        StatementKind::Insert => format!("INSERT 0 {}", changed.unwrap_or(rows)),
        StatementKind::Update => format!("UPDATE {}", changed.unwrap_or(rows)),
        StatementKind::Delete => format!("DELETE {}", changed.unwrap_or(rows)),
        StatementKind::Merge => format!("MERGE {}", changed.unwrap_or(rows)),
        StatementKind::Copy => format!("COPY {}", changed.unwrap_or(rows)),
        StatementKind::Create => match self::changed(kind, sql, changed) {
            // CREATE TABLE AS answers with the rows it wrote.
            Some(count) => format!("SELECT {count}"),
            None => object_tag("CREATE", sql),
        },
        StatementKind::Drop => object_tag("DROP", sql),
        StatementKind::Alter => object_tag("ALTER", sql),
        StatementKind::Explain => "EXPLAIN".to_owned(),
        StatementKind::Prepare => "PREPARE".to_owned(),
        StatementKind::Set => first_word(sql),
        StatementKind::Pragma => "PRAGMA".to_owned(),
        StatementKind::Attach => "ATTACH".to_owned(),
        StatementKind::Detach => "DETACH".to_owned(),
        StatementKind::Load => "LOAD".to_owned(),
        StatementKind::Export => "EXPORT".to_owned(),
        StatementKind::Vacuum => "VACUUM".to_owned(),
        StatementKind::Analyze => "ANALYZE".to_owned(),
        StatementKind::Call => "CALL".to_owned(),
        StatementKind::Select | StatementKind::Execute => match first_word(sql).as_str() {
            "SHOW" => "SHOW".to_owned(),
            // DEALLOCATE and the like have no kind of their own.
            "DEALLOCATE" => "DEALLOCATE".to_owned(),
            _ => format!("SELECT {rows}"),
        },
        StatementKind::Transaction | StatementKind::Other | StatementKind::Unspecified => {
            command(sql)
        }
    }
}

/// How many rows a statement changed, of what DuckDB has `told`: the number that it tells of an
/// index which is there already means nothing.
pub(crate) fn changed(kind: StatementKind, sql: &str, told: Option<u64>) -> Option<u64> {
    told.filter(|_| kind != StatementKind::Create || object_tag("CREATE", sql) == "CREATE TABLE")
}

/// Whether it is a statement whose one row of DuckDB's says nothing.
pub(crate) fn has_no_rows(sql: &str) -> bool {
    let mut words = tokens(sql).map(|token| token.is_word(sql, "CHECKPOINT"));
    match words.next() {
        Some(true) => true,
        Some(false) => {
            tokens(sql)
                .next()
                .is_some_and(|token| token.is_word(sql, "FORCE"))
                && words.next() == Some(true)
        }
        None => false,
    }
}

/// What the statement is called before it is known what became of it.
pub(crate) fn command(sql: &str) -> String {
    let word = first_word(sql);
    match word.as_str() {
        "CREATE" | "DROP" | "ALTER" => object_tag(&word, sql),
        _ => word,
    }
}

fn first_word(sql: &str) -> String {
    tokens(sql)
        .next()
        .map_or_else(String::new, |token| token.text(sql).to_ascii_uppercase())
}

/// `CREATE TABLE`, `DROP VIEW` ...: the verb and the kind of object, without what stands between.
fn object_tag(verb: &str, sql: &str) -> String {
    const OBJECTS: [&str; 12] = [
        "TABLE", "VIEW", "SCHEMA", "SEQUENCE", "INDEX", "TYPE", "MACRO", "FUNCTION", "SECRET",
        "DATABASE", "TRIGGER", "ROLE",
    ];
    let object = tokens(sql)
        .take_while(|token| token.kind == Kind::Word)
        .map(|token| token.text(sql).to_ascii_uppercase())
        .find(|word| OBJECTS.contains(&word.as_str()));
    match object.as_deref() {
        Some("MACRO") => format!("{verb} FUNCTION"),
        Some(object) => format!("{verb} {object}"),
        None => verb.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_of_postgresql() {
        let table = [
            (StatementKind::Select, "SELECT 1", 1, None, "SELECT 1"),
            (
                StatementKind::Insert,
                "INSERT INTO t VALUES (1)",
                0,
                Some(3),
                "INSERT 0 3",
            ),
            (
                StatementKind::Insert,
                "INSERT INTO t VALUES (1) RETURNING a",
                3,
                None,
                "INSERT 0 3",
            ),
            (
                StatementKind::Update,
                "UPDATE t SET a = 1",
                0,
                Some(0),
                "UPDATE 0",
            ),
            (
                StatementKind::Create,
                "create or replace temp table t(a int)",
                0,
                None,
                "CREATE TABLE",
            ),
            (
                StatementKind::Create,
                "CREATE TABLE t AS SELECT 1",
                0,
                Some(1),
                "SELECT 1",
            ),
            (
                StatementKind::Create,
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
                0,
                Some(140_213_207_909_320),
                "CREATE INDEX",
            ),
            (
                StatementKind::Other,
                "alter table t add column c timestamp default now()",
                0,
                None,
                "ALTER TABLE",
            ),
            (
                StatementKind::Create,
                "CREATE MACRO table_of(a) AS a",
                0,
                None,
                "CREATE FUNCTION",
            ),
            (
                StatementKind::Drop,
                "DROP VIEW IF EXISTS v",
                0,
                None,
                "DROP VIEW",
            ),
            (StatementKind::Set, "reset x", 0, None, "RESET"),
            (
                StatementKind::Delete,
                "truncate t",
                0,
                Some(3),
                "TRUNCATE TABLE",
            ),
            (
                StatementKind::Alter,
                "COMMENT ON TABLE t IS 'x'",
                0,
                None,
                "COMMENT",
            ),
            (
                StatementKind::Other,
                "FORCE CHECKPOINT",
                1,
                None,
                "CHECKPOINT",
            ),
            (StatementKind::Select, "show tables", 4, None, "SHOW"),
        ];
        for (kind, sql, rows, changed, expected) in table {
            assert_eq!(tag(kind, sql, rows, changed), expected, "{sql}");
        }
    }
}
