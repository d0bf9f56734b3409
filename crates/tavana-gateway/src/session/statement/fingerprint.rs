//! What two statements have in common: whether they are the same but for their values, and whether
//! they read the same files or tables.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::super::lexer::{Kind, Token, tokens};

/// Tokens that are looked at; the rest of a longer text counts as it is written.
const TOKENS_MAX: usize = 4096;

/// A statement in two numbers, which are the same on all gateways of one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// Equal for statements that differ only in their values, in spaces and in comments.
    pub(crate) statement: u64,
    /// Equal for statements that read the same files and tables; `None` when none are named.
    pub(crate) sources: Option<u64>,
}

impl Fingerprint {
    pub(crate) fn of(sql: &str) -> Self {
        let mut reader = Reader {
            sql,
            statement: DefaultHasher::new(),
            sources: Vec::new(),
            place: Place::Elsewhere,
            calls: Vec::new(),
            after_value: false,
            held_comma: false,
        };
        let mut all = tokens(sql);
        let mut end = 0;
        for token in all.by_ref().take(TOKENS_MAX) {
            end = token.end;
            reader.read(token);
        }
        if all.next().is_some() {
            sql.get(end..).hash(&mut reader.statement);
        }
        reader.finish()
    }
}

/// Where the next token stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Right after FROM or JOIN.
    Source,
    /// After a name, or a part of one, that follows FROM or JOIN.
    Name,
    /// After the dot in such a name.
    Dot,
    /// After the name of a function that reads files.
    Call,
    Elsewhere,
}

struct Reader<'sql> {
    sql: &'sql str,
    statement: DefaultHasher,
    sources: Vec<u64>,
    place: Place,
    /// For each open parenthesis whether it is that of a function that reads files.
    calls: Vec<bool>,
    /// A list of values is as one value: it is its length that differs most often.
    after_value: bool,
    held_comma: bool,
}

impl Reader<'_> {
    fn read(&mut self, token: Token) {
        let text = token.text(self.sql);
        let reads_file = self.calls.last() == Some(&true) || self.place == Place::Source;
        let is_source = token.kind == Kind::String && reads_file;
        let is_value =
            matches!(token.kind, Kind::String | Kind::Number | Kind::Parameter) && !is_source;
        if is_value {
            self.value();
            self.place = Place::Elsewhere;
            return;
        }
        if self.after_value && text == "," && !self.held_comma {
            self.held_comma = true;
            return;
        }
        self.put_held();
        if token.kind == Kind::Word {
            text.to_ascii_lowercase().hash(&mut self.statement);
        } else {
            text.hash(&mut self.statement);
        }
        self.place = match (token.kind, self.place) {
            (Kind::String, _) if is_source => {
                self.source(&token.value(self.sql));
                Place::Elsewhere
            }
            (Kind::Word, _)
                if token.is_word(self.sql, "FROM") || token.is_word(self.sql, "JOIN") =>
            {
                Place::Source
            }
            (Kind::Word | Kind::Quoted, place) => {
                let name = token.value(self.sql);
                if is_reader(&name) {
                    Place::Call
                } else if matches!(place, Place::Source | Place::Dot) {
                    self.named(place, &name);
                    Place::Name
                } else {
                    Place::Elsewhere
                }
            }
            (Kind::Symbol, place) => match text {
                "(" => {
                    if place == Place::Name {
                        // A function, and no table.
                        self.sources.pop();
                    }
                    self.calls.push(place == Place::Call);
                    Place::Elsewhere
                }
                ")" => {
                    self.calls.pop();
                    Place::Elsewhere
                }
                "[" if place == Place::Source => Place::Source,
                "." if place == Place::Name => Place::Dot,
                _ => Place::Elsewhere,
            },
            _ => Place::Elsewhere,
        };
    }

    /// A value, or one more of a list.
    fn value(&mut self) {
        if self.held_comma {
            self.held_comma = false;
        } else if self.after_value {
            // Two values side by side are no list.
            "?".hash(&mut self.statement);
        } else {
            "?".hash(&mut self.statement);
            self.after_value = true;
        }
    }

    fn put_held(&mut self) {
        if std::mem::take(&mut self.held_comma) {
            ",".hash(&mut self.statement);
        }
        self.after_value = false;
    }

    fn source(&mut self, name: &str) {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        self.sources.push(hasher.finish());
    }

    /// A part of a table's name: the whole name is what was read so far, and this.
    fn named(&mut self, place: Place, part: &str) {
        let mut hasher = DefaultHasher::new();
        if place == Place::Dot
            && let Some(before) = self.sources.pop()
        {
            before.hash(&mut hasher);
        }
        part.hash(&mut hasher);
        self.sources.push(hasher.finish());
    }

    fn finish(mut self) -> Fingerprint {
        self.put_held();
        self.sources.sort_unstable();
        self.sources.dedup();
        Fingerprint {
            statement: self.statement.finish(),
            sources: (!self.sources.is_empty()).then(|| {
                let mut hasher = DefaultHasher::new();
                self.sources.hash(&mut hasher);
                hasher.finish()
            }),
        }
    }
}

/// DuckDB's functions whose texts name files.
fn is_reader(name: &str) -> bool {
    name.starts_with("read_") || name.ends_with("_scan") || name == "glob"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_values_alone_are_the_same_statement() {
        let same = |left: &str, right: &str| {
            Fingerprint::of(left).statement == Fingerprint::of(right).statement
        };
        for (left, right) in [
            ("SELECT 1", "select  /* x */ 2"),
            (
                "SELECT a FROM t WHERE b = 'x'",
                "SELECT a FROM t WHERE b = 'yy' -- z",
            ),
            (
                "SELECT a FROM t WHERE b IN (1, 2, 3)",
                "SELECT a FROM t WHERE b IN (4)",
            ),
            ("SELECT $1", "SELECT $2"),
        ] {
            assert!(same(left, right), "{left} / {right}");
        }
        for (left, right) in [
            ("SELECT a FROM t", "SELECT b FROM t"),
            ("SELECT \"A\" FROM t", "SELECT \"a\" FROM t"),
            ("SELECT f(1, a)", "SELECT f(1 a)"),
            ("FROM 's3://b/one.parquet'", "FROM 's3://b/two.parquet'"),
            ("FROM read_csv('a.csv')", "FROM read_csv('b.csv')"),
        ] {
            assert!(!same(left, right), "{left} / {right}");
        }
    }

    #[test]
    fn statements_on_the_same_files_and_tables_have_the_same_sources() {
        let sources = |sql: &str| Fingerprint::of(sql).sources;
        for sql in [
            "SELECT 1",
            "SELECT * FROM range(10)",
            "SELECT extract(year FROM now())",
        ] {
            // What follows the FROM of extract is a function, too.
            assert_eq!(sources(sql), None, "{sql}");
        }
        let one = sources("SELECT a FROM read_parquet('s3://b/one.parquet') WHERE c = 1");
        assert!(one.is_some());
        for sql in [
            "SELECT count(*) FROM read_parquet('s3://b/one.parquet')",
            "FROM 's3://b/one.parquet' WHERE d LIKE 'x'",
            "SELECT * FROM parquet_scan(['s3://b/one.parquet'])",
        ] {
            assert_eq!(sources(sql), one, "{sql}");
        }
        assert_ne!(sources("FROM 's3://b/two.parquet'"), one);
        let joined = sources("SELECT * FROM lake.s.t JOIN u USING (a)");
        assert_eq!(sources("SELECT b FROM u JOIN Lake.S.T ON true"), joined);
        assert_ne!(sources("SELECT * FROM lake.s.t2 JOIN u USING (a)"), joined);
        assert_ne!(sources("SELECT * FROM t JOIN u USING (a)"), joined);
    }

    #[test]
    fn a_text_longer_than_what_is_looked_at_counts_to_its_end() {
        let long = |end: &str| format!("SELECT {} {end}", "a + ".repeat(TOKENS_MAX));
        assert_ne!(
            Fingerprint::of(&long("b")).statement,
            Fingerprint::of(&long("c")).statement
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_fingerprint(sql in ".*") {
            assert_eq!(Fingerprint::of(&sql), Fingerprint::of(&sql));
        }
    }
}
