//! Statements a client may not run, told by their tokens and kind.
//!
//! Most of what a stranger must not do is refused by DuckDB itself under the locked profile. Here
//! is what that leaves open: the settings the supervisor keeps for its grants, statements that
//! reach the standard streams of this process, table functions that read local files behind
//! `allowed_directories`, and the folder DuckDB spills to, which it takes for an allowed one.

use std::path::{Component, Path, PathBuf};

use tavana_common::proto::v1::Failure;

use super::failure;
use super::profile::{GRANT_SETTINGS, is_remote};
use super::text::{SqlText, TokenKind};

/// Settings that clients may not touch, beside those DuckDB's lock protects.
const OTHER_SETTINGS: [&str; 12] = [
    "temp_directory",
    "max_temp_directory_size",
    "enable_profiling",
    "profiling_mode",
    "profiling_output",
    "profile_output",
    "custom_profiling_settings",
    "profiling_coverage",
    "enable_logging",
    "log_query_path",
    "errors_as_json",
    "arrow_lossless_conversion",
];

/// Functions and pragmas that write what others do to the log or the standard output of the
/// process, follow a pointer given in SQL, take the identity of the machine, or run a statement
/// hidden in a value.
const REFUSED_FUNCTIONS: [&str; 19] = [
    "enable_logging",
    "disable_logging",
    "duckdb_logs",
    "duckdb_log_contexts",
    "truncate_duckdb_logs",
    "enable_profiling",
    "enable_profile",
    "disable_profiling",
    "disable_profile",
    "all_profiling_output",
    "arrow_scan",
    "arrow_scan_dumb",
    "pandas_scan",
    "python_map_function",
    "load_aws_credentials",
    "json_execute_serialized_sql",
    "import_database",
    "add_parquet_key",
    "copy_database",
];

/// Functions whose first argument is a folder that is read without DuckDB's own check.
const FOLDER_FUNCTION_PREFIXES: [&str; 2] = ["delta_", "iceberg_"];
/// Of these, the ones that only compute.
const FOLDER_FUNCTION_EXCEPTIONS: [&str; 2] = ["iceberg_bucket", "iceberg_truncate"];

/// Deepest `query('query(...)')` that is looked into.
const NESTING_MAX: usize = 4;

/// Where local files may be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    allowed_directories: Vec<PathBuf>,
    /// The folder DuckDB spills to, under each name it has.
    spill_directories: Vec<PathBuf>,
    /// What a relative path starts from.
    current_directory: PathBuf,
}

impl Rules {
    /// Folders that do not exist are not allowed: there is nothing in them.
    pub(crate) fn new(allowed_directories: &[String], spill_directory: &str) -> Self {
        let current_directory = std::env::current_dir().unwrap_or_default();
        let mut spill_directories = Vec::new();
        if !spill_directory.is_empty() {
            spill_directories.push(normal(&current_directory.join(spill_directory)));
            spill_directories.extend(std::fs::canonicalize(spill_directory).ok());
        }
        let allowed_directories = allowed_directories
            .iter()
            .filter_map(|directory| std::fs::canonicalize(directory).ok())
            .collect();
        Self {
            allowed_directories,
            spill_directories,
            current_directory,
        }
    }

    /// # Errors
    /// The statement is refused, with what is wrong about it.
    pub(crate) fn check(&self, text: &SqlText<'_>) -> Result<(), Failure> {
        self.check_nested(text, 0)
    }

    fn check_nested(&self, text: &SqlText<'_>, depth: usize) -> Result<(), Failure> {
        let mut statement_start = true;
        let mut prepares = first_word(text).as_deref() == Some("prepare");
        for index in 0..text.tokens.len() {
            self.check_literal(text, index)?;
            if statement_start {
                self.check_statement(text, index)?;
            }
            // PREPARE name AS statement: the statement is checked like one of its own.
            let after_as = prepares && text.is_keyword(index, "as");
            prepares &= !after_as;
            statement_start = after_as || text.is_symbol(index, ';');
            if text.is_symbol(index + 1, '(')
                && let Some(function) = text.name(index)
            {
                self.check_call(text, index, &function, depth)?;
            }
        }
        Ok(())
    }

    /// A string, or a name in quotes: FROM takes both for the name of a file.
    fn check_literal(&self, text: &SqlText<'_>, index: usize) -> Result<(), Failure> {
        let token = &text.tokens[index];
        if token.kind == TokenKind::Quoted {
            let written = text.written(token);
            let name = written.strip_prefix('"').unwrap_or(written);
            let name = name.strip_suffix('"').unwrap_or(name);
            return self.check_text(&name.replace("\"\"", "\""));
        }
        // Strings on lines that follow each other are one string.
        if token.kind != TokenKind::Text
            || index
                .checked_sub(1)
                .is_some_and(|before| text.tokens[before].kind == TokenKind::Text)
        {
            return Ok(());
        }
        let mut joined = String::new();
        for value in (index..).map_while(|part| text.text_value(part)) {
            self.check_text(&value)?;
            joined.push_str(&value);
        }
        self.check_text(&joined)
    }

    /// Refuses a text that is a path in the folder DuckDB spills to.
    pub(crate) fn check_text(&self, text: &str) -> Result<(), Failure> {
        if !text.contains('/') || is_remote(text) {
            return Ok(());
        }
        let path = normal(&self.current_directory.join(local_path(text)));
        let spills = self
            .spill_directories
            .iter()
            .any(|directory| path.starts_with(directory));
        if spills {
            return Err(failure::permission("this local path cannot be used here"));
        }
        Ok(())
    }

    fn check_statement(&self, text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
        let Some(word) = text.name(start) else {
            return Ok(());
        };
        match word.as_ref() {
            "set" | "reset" => {
                let mut at = start + 1;
                if ["global", "session", "local"]
                    .iter()
                    .any(|scope| text.is_keyword(at, scope))
                {
                    at += 1;
                }
                // SET VARIABLE makes a variable, whatever it is called.
                if text.is_keyword(at, "variable") && text.name(at + 1).is_some() {
                    return Ok(());
                }
                check_setting(text, at)
            }
            "pragma" => {
                check_setting(text, start + 1)?;
                match text.name(start + 1) {
                    Some(name) if REFUSED_FUNCTIONS.contains(&name.as_ref()) => {
                        Err(refused_function(&name))
                    }
                    _ => Ok(()),
                }
            }
            "load" | "install" | "export" | "import" => Err(failure::permission(format!(
                "{} is not permitted here",
                word.to_ascii_uppercase()
            ))),
            "force" | "update"
                if text.is_keyword(start + 1, "install")
                    || text.is_keyword(start + 1, "extensions") =>
            {
                Err(failure::permission("INSTALL is not permitted here"))
            }
            "copy" => check_copy(text, start),
            "attach" => self.check_attach(text, start),
            _ => Ok(()),
        }
    }

    fn check_call(
        &self,
        text: &SqlText<'_>,
        index: usize,
        function: &str,
        depth: usize,
    ) -> Result<(), Failure> {
        // A name after a dot may be a qualified function; before the list of columns of an INSERT
        // it may also be a table. Refusing a table of such a name is no loss.
        if REFUSED_FUNCTIONS.contains(&function) {
            return Err(refused_function(function));
        }
        if function == "query" {
            // The text of query() is a statement too.
            let Some(inner) = text
                .text_value(index + 2)
                .filter(|_| text.is_symbol(index + 3, ')'))
            else {
                return Err(failure::permission("query() takes one string literal here"));
            };
            if depth >= NESTING_MAX {
                return Err(failure::permission("query() is nested too deep"));
            }
            return self.check_nested(&SqlText::lex(&inner), depth + 1);
        }
        let reads_folder = FOLDER_FUNCTION_PREFIXES
            .iter()
            .any(|prefix| function.starts_with(prefix))
            && !FOLDER_FUNCTION_EXCEPTIONS.contains(&function);
        if reads_folder {
            return self.check_path(text, index + 2, function);
        }
        Ok(())
    }

    fn check_attach(&self, text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
        let mut path = start + 1;
        while ["or", "replace", "database", "if", "not", "exists"]
            .iter()
            .any(|word| text.is_keyword(path, word))
        {
            path += 1;
        }
        let end = (start..text.tokens.len())
            .find(|index| text.is_symbol(*index, ';'))
            .unwrap_or(text.tokens.len());
        let attach_type = (path..end).find_map(|index| {
            text.is_keyword(index, "type").then(|| {
                text.name(index + 1)
                    .map(|name| name.into_owned())
                    .or_else(|| {
                        text.text_value(index + 1)
                            .map(|name| name.to_ascii_lowercase())
                    })
            })?
        });
        let Some(value) = text.text_value(path) else {
            return match attach_type.as_deref() {
                None | Some("duckdb") => Ok(()),
                Some(_) => Err(failure::permission(
                    "ATTACH takes the path as a string literal here",
                )),
            };
        };
        let prefixed = value
            .split_once(':')
            .map(|(prefix, rest)| (prefix.to_ascii_lowercase(), rest.to_owned()));
        match (attach_type.as_deref(), prefixed) {
            (Some("delta"), _) => self.check_folder(&value, "ATTACH"),
            (None, Some((prefix, rest))) if prefix == "delta" => self.check_folder(&rest, "ATTACH"),
            // The path of an Iceberg catalog is the name of a warehouse, which may look like
            // anything but a local file.
            (Some("iceberg"), _) if looks_local(&value) => self.check_folder(&value, "ATTACH"),
            _ => Ok(()),
        }
    }

    /// The argument at `index` must be one string literal that names an allowed place.
    fn check_path(&self, text: &SqlText<'_>, index: usize, what: &str) -> Result<(), Failure> {
        let literal = text
            .text_value(index)
            .filter(|_| text.is_symbol(index + 1, ')') || text.is_symbol(index + 1, ','));
        match literal {
            Some(path) => self.check_folder(&path, what),
            // A table of an attached catalog, e.g. iceberg_metadata(lake.schema.orders).
            None if text
                .tokens
                .get(index)
                .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
                && what.starts_with("iceberg_")
                && names_a_table(text, index) =>
            {
                Ok(())
            }
            None => Err(failure::permission(format!(
                "{what} takes its path as a string literal here"
            ))),
        }
    }

    fn check_folder(&self, path: &str, what: &str) -> Result<(), Failure> {
        if is_remote(path) {
            return Ok(());
        }
        let allowed = std::fs::canonicalize(local_path(path)).is_ok_and(|canonical| {
            self.allowed_directories
                .iter()
                .any(|directory| canonical.starts_with(directory))
        });
        if allowed {
            return Ok(());
        }
        // The same answer for a folder that exists and for one that does not.
        Err(failure::permission(format!(
            "{what} cannot read this local path"
        )))
    }
}

/// The path in a `file:` address, and any other text as it is.
fn local_path(text: &str) -> &str {
    let address = text
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("file:"))
        .and_then(|_| text.get(5..));
    let Some(address) = address else { return text };
    let path = address.strip_prefix("//").unwrap_or(address);
    // The only host whose files are local.
    path.strip_prefix("localhost")
        .filter(|path| path.starts_with('/') && address.starts_with("//"))
        .unwrap_or(path)
}

/// A path without `.`, `..` and doubled separators, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn first_word(text: &SqlText<'_>) -> Option<String> {
    text.name(0).map(|name| name.into_owned())
}

fn check_setting(text: &SqlText<'_>, index: usize) -> Result<(), Failure> {
    let Some(name) = text.name(index) else {
        return Ok(());
    };
    if is_reserved_setting(&name) {
        return Err(reserved_setting(&name));
    }
    Ok(())
}

/// Whether a setting belongs to the supervisor.
pub(crate) fn is_reserved_setting(name: &str) -> bool {
    GRANT_SETTINGS
        .iter()
        .chain(&OTHER_SETTINGS)
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
}

pub(crate) fn reserved_setting(name: &str) -> Failure {
    failure::permission(format!("setting \"{name}\" cannot be changed here"))
}

fn refused_function(name: &str) -> Failure {
    failure::permission(format!("{name} is not permitted here"))
}

/// The gateway carries COPY ... TO STDOUT and FROM STDIN over its own protocol. Here they would
/// reach the standard streams of the process.
fn check_copy(text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
    let mut depth = 0_usize;
    for index in start..text.tokens.len() {
        match text.tokens[index].kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(';') if depth == 0 => break,
            TokenKind::Word
                if depth == 0
                    && (text.is_keyword(index, "to") || text.is_keyword(index, "from")) =>
            {
                let stream = text
                    .name(index + 1)
                    .is_some_and(|name| ["stdin", "stdout", "stderr"].contains(&name.as_ref()));
                if stream {
                    return Err(failure::permission(
                        "COPY to or from a standard stream is not permitted here",
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn looks_local(path: &str) -> bool {
    path.starts_with(['/', '.', '~']) || path.to_ascii_lowercase().starts_with("file:")
}

/// `a`, `a.b` or `a.b.c` up to the end of the argument.
fn names_a_table(text: &SqlText<'_>, mut index: usize) -> bool {
    loop {
        if text.name(index).is_none() {
            return false;
        }
        if text.is_symbol(index + 1, ')') || text.is_symbol(index + 1, ',') {
            return true;
        }
        if !text.is_symbol(index + 1, '.') {
            return false;
        }
        index += 2;
    }
}

#[cfg(test)]
mod tests {
    use tavana_common::proto::v1::FailureKind;

    use super::*;

    #[test]
    fn refused_statements_are_refused_in_every_spelling() {
        let rules = Rules::default();
        for sql in [
            "SET memory_limit='9GB'",
            "set global \"MEMORY_LIMIT\" = '9GB'",
            "SET SESSION threads TO 99",
            "RESET max_memory",
            "/* x */ pragma memory_limit='1GB'",
            "PRAGMA threads=4",
            "PRAGMA enable_profiling",
            "PRAGMA enable_profiling='json'",
            "SET enable_profiling='json'",
            "CALL enable_logging('QueryLog')",
            "select * from \"Enable_Logging\"('x')",
            "from query('from enable_logging(''QueryLog'')')",
            "from query('from ' || 'x')",
            "from query($$ from query('call enable_logging()') $$)",
            "prepare p as set memory_limit='1GB'",
            "LOAD '/tmp/x.duckdb_extension'",
            "install h3 from community",
            "FORCE INSTALL h3",
            "export database 'x'",
            "IMPORT DATABASE 'x'",
            "COPY t TO STDOUT",
            "copy (select 1, 'to x') to stdout (format csv)",
            "COPY t (a, b) FROM stdin",
            "select * from delta_scan('/etc')",
            "select * from delta_scan('file:///etc')",
            "select * from delta_scan('s3:' || '//x')",
            "select * from delta_scan($1)",
            "select * from delta_list_files(getvariable('x'))",
            "select * from iceberg_scan('/etc/x')",
            "attach '/etc' as d (type delta)",
            "ATTACH IF NOT EXISTS '/etc' AS d (READ_ONLY, TYPE 'DELTA')",
            "attach 'delta:/etc' as d",
            "attach '/etc/x' as d (type iceberg)",
            "from arrow_scan(1::pointer, 2::pointer, 3::pointer)",
        ] {
            let refused = rules.check(&SqlText::lex(sql));
            assert!(
                refused.is_err_and(|failure| failure.kind() == FailureKind::FailurePermission),
                "{sql}"
            );
        }
    }

    #[test]
    fn ordinary_statements_that_only_mention_such_words_are_not_refused() {
        let rules = Rules::default();
        for sql in [
            "select 'SET memory_limit', \"load\", threads from t",
            "select 1 -- set memory_limit",
            "SET TimeZone='UTC'",
            "set variable threads = 3",
            "copy t to 's3://b/x.csv'",
            "copy t from 's3://b/stdin.csv'",
            "select stdout from t",
            "from query('select 42')",
            "select * from delta_scan('s3://b/t')",
            "select * from iceberg_scan('s3://b/t', version := '1')",
            "select * from iceberg_metadata(lake.sales.orders)",
            "select iceberg_bucket(16, x) from t",
            "attach 'warehouse' as w (type iceberg, endpoint 'https://h')",
            "attach 's3://b/t' as d (type delta)",
            "attach ':memory:' as m",
            "update t set threads = 4",
            "PRAGMA table_info('t')",
        ] {
            assert_eq!(rules.check(&SqlText::lex(sql)), Ok(()), "{sql}");
        }
    }

    #[test]
    fn a_folder_inside_an_allowed_one_may_be_read_and_a_way_out_of_it_may_not() {
        let allowed = tempfile::tempdir().unwrap();
        let inside = allowed.path().join("table");
        std::fs::create_dir(&inside).unwrap();
        std::os::unix::fs::symlink("/etc", allowed.path().join("link")).unwrap();
        let rules = Rules::new(&[allowed.path().display().to_string()], "");
        let check = |path: &str| {
            let sql = format!("from delta_scan('{path}')");
            rules.check(&SqlText::lex(&sql)).is_ok()
        };
        assert!(check(&inside.display().to_string()));
        assert!(check(&format!("file://{}", inside.display())));
        assert!(!check(&format!("{}/../../etc", allowed.path().display())));
        assert!(!check(&format!("{}/link", allowed.path().display())));
        assert!(!check(&format!("{}-twin", allowed.path().display())));
    }

    #[test]
    fn the_spill_folder_cannot_be_named_in_any_spelling() {
        let rules = Rules::new(&[], "/spill/worker-1-0/engine-0");
        for sql in [
            "from read_blob('/spill/worker-1-0/engine-0/*')",
            "from '/spill/worker-1-0/engine-0/x.csv'",
            "from \"/spill/worker-1-0/engine-0/x.csv\"",
            "copy t to '/spill//worker-1-0/./engine-0/x.csv'",
            "copy t to '/spill/worker-2-0/../worker-1-0/engine-0/x'",
            "copy t to 'file:///spill/worker-1-0/engine-0/x'",
            "copy t to 'FILE://localhost/spill/worker-1-0/engine-0/x'",
            "copy t to 'file:/spill/worker-1-0/engine-0/x'",
            "copy t to e'\\x2fspill/worker-1-0/engine-0/x'",
            "copy t to '/spill/worker-1-0'\n'/engine-0/x'",
            "copy t to $$/spill/worker-1-0/engine-0$$",
            "from query('from ''/spill/worker-1-0/engine-0/x.csv''')",
            "prepare p as from read_text('/spill/worker-1-0/engine-0/x')",
        ] {
            let refused = rules.check(&SqlText::lex(sql));
            assert!(
                refused.is_err_and(|failure| failure.kind() == FailureKind::FailurePermission),
                "{sql}"
            );
        }
        for sql in [
            "select '/spill/worker-1-0/engine-01'",
            "select 'see /spill/worker-1-0/engine-0/x'",
            "select 's3://spill/worker-1-0/engine-0/x'",
            "select 1 -- '/spill/worker-1-0/engine-0/x'",
            "from '/spill/worker-1-0/engine-0/../engine-1/x.csv'",
        ] {
            assert_eq!(rules.check(&SqlText::lex(sql)), Ok(()), "{sql}");
        }
    }
}
