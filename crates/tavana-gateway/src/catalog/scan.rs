//! Whether a statement can need anything: a look at its tokens, which most statements pass.

use tavana_common::catalog::PG_FUNCTIONS;

use super::functions::renamed;
use super::transform::{MARK, listed};
use super::types::ARRAY_TYPES;
use crate::session::lexer::{Kind, tokens};

/// Most tokens of a statement that is read: enough for a list of 65,535 parameters with casts.
const TOKENS_MAX: usize = 512 * 1024;
/// How deep the tree of a statement that is read may be.
const DEPTH_MAX: usize = 32 * 1024;

/// What a look at the tokens tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) tokens: usize,
    /// How deep the tree may be, at most.
    pub(super) depth: usize,
    /// A quoted name holds a parenthesis, as DuckDB's names of unnamed columns do.
    pub(super) keeps_names: bool,
}

/// Words that mean something to PostgreSQL and nothing, or something else, to DuckDB.
const WORDS: [&str; 38] = [
    "all",
    "any",
    "bpchar",
    "bytea",
    "cid",
    "citext",
    "collate",
    "ctid",
    "current_catalog",
    "current_database",
    "current_role",
    "current_schema",
    "current_setting",
    "current_user",
    "generate_series",
    "inet",
    "inet_client_addr",
    "inet_client_port",
    "inet_server_addr",
    "inet_server_port",
    "information_schema",
    "int2vector",
    "jsonb",
    "money",
    "name",
    "oid",
    "oidvector",
    "operator",
    "public",
    "regexp_split_to_table",
    "session_user",
    "set_config",
    "some",
    "tavana",
    "unnest",
    "varbit",
    "version",
    "xid",
];

/// Types whose literals PostgreSQL spells in more ways than DuckDB.
const SPELLED: [&str; 9] = [
    "bool",
    "boolean",
    "bytea",
    "date",
    "interval",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
];

/// Words with which an expression or a query goes on, and its tree becomes deeper: the parser
/// bounds what it reads by recursion, and these it reads in a loop.
const CHAINS: [&str; 30] = [
    "and",
    "any",
    "at",
    "between",
    "case",
    "collate",
    "div",
    "escape",
    "except",
    "ilike",
    "in",
    "intersect",
    "is",
    "isnull",
    "join",
    "like",
    "match",
    "member",
    "minus",
    "not",
    "notnull",
    "operator",
    "or",
    "overlaps",
    "regexp",
    "rlike",
    "similar",
    "union",
    "when",
    "xor",
];

impl Scan {
    /// Whether reading the statement would take too long, or too much stack.
    pub(super) fn is_too_complex(&self) -> bool {
        self.tokens > TOKENS_MAX || self.depth > DEPTH_MAX
    }
}

/// How deep a tree may be: operators follow each other on one level, parentheses open another, and
/// what a comma divides stands side by side.
#[derive(Default)]
struct Depth {
    /// What has been open, and what came before a comma: for each level.
    outer: Vec<(usize, usize)>,
    open: usize,
    beside: usize,
    /// The sum of what is open in `outer`.
    below: usize,
    max: usize,
}

impl Depth {
    fn operator(&mut self) {
        self.open += 1;
        self.max = self.max.max(self.below + self.open);
    }

    fn opened(&mut self) {
        self.operator();
        self.outer.push((self.open, self.beside));
        self.below += self.open;
        self.open = 0;
        self.beside = 0;
    }

    fn comma(&mut self) {
        self.beside = self.beside.max(self.open);
        self.open = 0;
    }

    fn closed(&mut self) {
        let Some((open, beside)) = self.outer.pop() else {
            return;
        };
        self.below -= open;
        let inner = self.open.max(self.beside);
        self.open = open + inner;
        self.beside = beside;
        self.max = self.max.max(self.below + self.open);
    }
}

/// `None` when the statement needs nothing.
pub(super) fn scan(sql: &str) -> Option<Scan> {
    let mut scan = Scan::default();
    let mut wanted = false;
    let mut reads = false;
    let mut in_list = false;
    let mut dots = 0_usize;
    let mut several = false;
    let mut with = false;
    let mut alter = false;
    let mut colon = false;
    let mut like = false;
    // The type before a literal, and a literal before `::`.
    let mut typed = false;
    let mut literal = false;
    let mut depth = Depth::default();
    for token in tokens(sql) {
        scan.tokens += 1;
        let text = token.text(sql);
        if std::mem::take(&mut like) {
            // A backslash escapes in a pattern of PostgreSQL.
            wanted |= token.kind != Kind::String || text.contains('\\');
        }
        if scan.tokens == 1 {
            let first = text.to_ascii_lowercase();
            match first.as_str() {
                "select" | "with" | "values" | "(" | "explain" | "table" | "from" | "describe"
                | "summarize" | "pivot" | "unpivot" => {
                    reads = true;
                    in_list = true;
                }
                "drop" | "truncate" => several = true,
                "create" => with = true,
                "alter" => alter = true,
                "insert" | "update" | "delete" | "merge" | "comment" => {}
                _ => return None,
            }
            if first == "values" {
                wanted = true;
            }
            continue;
        }
        match token.kind {
            Kind::Word => {
                let word = text.to_ascii_lowercase();
                dots = 0;
                let spelled = SPELLED.binary_search(&word.as_str()).is_ok();
                wanted |= spelled && literal;
                typed = spelled;
                literal = false;
                match word.as_str() {
                    "from" => in_list = false,
                    // INTERVAL '1:30' HOUR TO MINUTE.
                    "to" => wanted = true,
                    // Bits.
                    "b" | "x" if sql.as_bytes().get(token.end) == Some(&b'\'') => wanted = true,
                    // What follows is a list of targets again.
                    "select" | "returning" => in_list = true,
                    "for" | "rename" | "user" => wanted = true,
                    "as" if with => in_list = true,
                    // The name of an index may be missing.
                    "with" | "index" if with => wanted = true,
                    "only" => wanted = true,
                    // It may have a precision.
                    "time" | "timestamp" | "timestamptz" | "timetz" if alter || with => {
                        wanted = true;
                    }
                    "true" | "false" | "null" | "current_date" | "current_time"
                    | "current_timestamp" | "localtime" | "localtimestamp" => wanted |= in_list,
                    "restart" | "cascade" if several => wanted = true,
                    // DuckDB adds columns without constraints.
                    "not" if alter => wanted = true,
                    "and" | "or" | "not" | "is" | "in" | "like" | "ilike" | "case" | "between" => {
                        wanted |= in_list;
                        like = matches!(word.as_str(), "like" | "ilike");
                    }
                    _ => {}
                }
                if CHAINS.binary_search(&word.as_str()).is_ok() {
                    depth.operator();
                }
                wanted |= word.starts_with("pg_")
                    || word.starts_with("_pg_")
                    || word.starts_with("reg")
                    || word.starts_with("txid_")
                    || WORDS.binary_search(&word.as_str()).is_ok()
                    || PG_FUNCTIONS.binary_search(&word.as_str()).is_ok()
                    || listed(&ARRAY_TYPES, &word)
                    || renamed(&word).is_some();
                colon = false;
            }
            Kind::Quoted => {
                dots = 0;
                literal = false;
                typed = false;
                scan.keeps_names |= text.contains('(');
                let name = text.trim_matches('"');
                wanted |= colon
                    || name == "public"
                    || name.starts_with("pg_")
                    || name == "information_schema";
                colon = false;
            }
            Kind::String | Kind::Number | Kind::Parameter => {
                wanted |= in_list;
                if text.contains(MARK) {
                    return None;
                }
                literal = false;
                if matches!(token.kind, Kind::String) {
                    literal = !is_plain_literal(text);
                    wanted |= text.starts_with("'{") || (literal && typed);
                }
                typed = false;
            }
            Kind::Semicolon => {}
            Kind::Symbol => {
                literal &= text == ":";
                typed = false;
                match text {
                    "~" | "#" => wanted = true,
                    // `->` and `->>`.
                    "-" if sql
                        .get(token.end..)
                        .is_some_and(|rest| rest.starts_with('>')) =>
                    {
                        wanted = true;
                    }
                    "," if several || alter => wanted = true,
                    "." => {
                        dots += 1;
                        wanted |= dots > 0 && three_parts(sql, token.end);
                    }
                    // A query in FROM, a call, or a cast among the targets.
                    "(" => wanted |= reads || in_list,
                    ":" => {
                        wanted |= in_list;
                        colon = true;
                    }
                    "," | "*" | "[" | "]" | ")" | "{" | "}" => {}
                    _ => wanted |= in_list,
                }
                match text {
                    "." => {}
                    "," => depth.comma(),
                    "(" | "[" | "{" => depth.opened(),
                    ")" | "]" | "}" => depth.closed(),
                    _ => depth.operator(),
                }
            }
        }
    }
    if sql.contains(MARK) || !wanted {
        return None;
    }
    scan.depth = depth.max;
    Some(scan)
}

/// Whether DuckDB reads a literal as PostgreSQL does: `'2020-01-31 10:00:00.5'`.
fn is_plain_literal(text: &str) -> bool {
    let has = |sought: u8| text.bytes().any(|byte| byte == sought);
    let plain = |byte: u8| byte.is_ascii_digit() || b"'-: .".contains(&byte);
    text.bytes().all(plain) && (has(b'-') || has(b':'))
}

/// Whether a name with another dot follows the one at `from`.
fn three_parts(sql: &str, from: usize) -> bool {
    let Some(rest) = sql.get(from..) else {
        return false;
    };
    let mut following = tokens(rest);
    let name = following.next();
    let dot = following.next();
    matches!(name, Some(token) if matches!(token.kind, Kind::Word | Kind::Quoted))
        && matches!(dot, Some(token) if token.is_symbol(rest, "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_statements_need_nothing_and_the_rest_is_looked_at() {
        assert!(WORDS.is_sorted() && CHAINS.is_sorted() && SPELLED.is_sorted());
        for (sql, expected) in [
            ("SELECT a, b FROM t WHERE c = 1", false),
            ("SELECT * FROM t ORDER BY a LIMIT 5", false),
            ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", false),
            ("CREATE TABLE t (a int)", false),
            ("DROP TABLE t", false),
            ("PRAGMA version", false),
            ("SELECT count(*) FROM t", true),
            ("SELECT 1", true),
            ("SELECT a FROM pg_class", true),
            ("SELECT a FROM public.t", true),
            ("SELECT a FROM db.s.t", true),
            ("SELECT a FROM t WHERE b ~ 'x'", true),
            ("SELECT a FROM t WHERE b->>'c' = 'd'", true),
            ("SELECT a FROM t WHERE b - 1 > c", false),
            (
                "SELECT a FROM t WHERE b > '2024-01-05 10:00:00'::timestamp",
                false,
            ),
            ("SELECT a FROM t WHERE b > '20240105'::date", true),
            ("SELECT a FROM t WHERE b > date 'yesterday'", true),
            ("SELECT a FROM t WHERE b = x'1f'", true),
            ("DROP TABLE a, b", true),
            ("ALTER TABLE t ADD COLUMN c text", false),
            ("ALTER TABLE t ADD COLUMN c timestamptz(3)", true),
            ("ALTER TABLE t ADD COLUMN c text NOT NULL", true),
            ("ALTER TABLE t ADD COLUMN c text, DROP d", true),
            ("CREATE TABLE t (a time(6))", true),
            ("INSERT INTO t VALUES (CAST(b AS _int4))", true),
            ("INSERT INTO t VALUES (1) RETURNING a + 1", true),
            ("SELECT '\u{1}' FROM pg_class", false),
            ("SELECT a FROM t WHERE b LIKE 'x%'", false),
            ("SELECT a FROM t WHERE b LIKE 'x\\_%'", true),
            ("SELECT a FROM t WHERE b NOT ILIKE $1", true),
        ] {
            assert_eq!(scan(sql).is_some(), expected, "{sql}");
        }
    }

    #[test]
    fn what_stands_side_by_side_is_not_deep() {
        let depth = |sql: &str| scan(sql).expect("it is wanted").depth;
        let list = vec!["$1::int"; 10_000].join(", ");
        assert!(depth(&format!("SELECT 1 WHERE 1 IN ({list})")) < 20);
        assert!(depth(&format!("SELECT {list} WHERE 1 = 1")) < 20);
        let rows = vec!["($1::int, -2)"; 10_000].join(", ");
        assert!(depth(&format!("SELECT * FROM (VALUES {rows}) t WHERE pg_x = 1")) < 30);
        let chain = vec!["1"; 10_000].join(" + ");
        assert!(depth(&format!("SELECT {chain}")) >= 9_999);
        assert!(depth(&format!("SELECT f({chain}, 2), 3")) >= 9_999);
        let nested = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(depth(&nested) >= 10_000);
        let sums = vec!["(1 + 2)"; 5_000].join(" - ");
        assert!(depth(&format!("SELECT {sums}")) >= 5_000);
        let unions = vec!["SELECT 1"; 10_000].join(" UNION ALL ");
        assert!(depth(&unions) >= 9_999);
    }
}
