//! Statements a client may not run, told by their tokens and kind.
//!
//! Most of what a stranger must not do is refused by DuckDB itself under the locked profile, and
//! what connects or opens files passes the guard of the process. Here is what that leaves open: the
//! settings the supervisor keeps for its grants, statements that reach the standard streams of this
//! process or watch others, table functions that read local files behind `allowed_directories`,
//! secrets from the identity of the machine, endpoints, and what a role may not do.
//!
//! A statement is looked at wherever it stands: behind EXPLAIN and PREPARE, in `query()`, in the
//! body of a view or macro. What is computed cannot be looked at, so the places that matter take
//! literals only.

use std::ops::Range;
use std::path::{Path, PathBuf};

use tavana_common::catalog::{DATABASE, DATABASE_SETTING};
use tavana_common::proto::engine::{Secret, Start};
use tavana_common::proto::v1::{Failure, Role, Setting};

use super::catalog;
use super::failure;
use super::network::{Network, Verdict};
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
/// process.
const WATCHING_FUNCTIONS: [&str; 10] = [
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
];

/// Functions and pragmas that follow a pointer given in SQL, take the identity of the machine, or
/// run a statement hidden in a value.
const REFUSED_FUNCTIONS: [&str; 11] = [
    // Its parser reads comments in another way than these rules do.
    "enable_peg_parser",
    "disable_peg_parser",
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

/// Statements that only read what they name, whatever it is. Others may read the hidden catalog
/// too, but must not have it for their object.
const READING_STATEMENTS: [&str; 9] = [
    "select",
    "with",
    "from",
    "values",
    "explain",
    "describe",
    "summarize",
    "show",
    "prepare",
];
/// Statements whose object comes after one of [`OBJECT_WORDS`] and that may go on to read.
const WRITING_STATEMENTS: [&str; 6] = ["create", "insert", "update", "delete", "merge", "copy"];
/// What stands before the object of a statement.
const OBJECT_WORDS: [&str; 18] = [
    "into", "update", "table", "view", "macro", "function", "schema", "type", "sequence", "index",
    "exists", "copy", "database", "only", "truncate", "replace", "trigger", "to",
];

/// Functions whose first argument is a folder that is read without DuckDB's own check.
const FOLDER_FUNCTION_PREFIXES: [&str; 2] = ["delta_", "iceberg_"];
/// Of these, the ones that only compute.
const FOLDER_FUNCTION_EXCEPTIONS: [&str; 2] = ["iceberg_bucket", "iceberg_truncate"];

/// What ATTACH may attach.
const ATTACH_TYPES: [&str; 3] = ["duckdb", "iceberg", "delta"];
/// Providers of secrets that use only what stands in the statement.
const OWN_PROVIDERS: [&str; 4] = ["config", "access_token", "service_principal", "oauth2"];
/// Options of secrets that use the identity or the files of the machine.
const IDENTITY_OPTIONS: [&str; 5] = [
    "chain",
    "profile",
    "assume_role_arn",
    "external_id",
    "validation",
];

/// Deepest `query('query(...)')` that is looked into.
const NESTING_MAX: usize = 4;

/// Hints that more than one rule gives.
const NOTHING_ALLOWS: &str = "No setting allows it.";
const DIRECTORIES: &str =
    "Local folders can be used only below those that TAVANA_ALLOWED_DIRECTORIES lists.";
const ADMIN_ATTACH: &str =
    "TAVANA_ADMIN_STATEMENTS=attach lets administrators attach other databases.";
const ADMIN_LOGGING: &str = "TAVANA_ADMIN_STATEMENTS=logging lets administrators do it.";
const CHAIN: &str = "TAVANA_CREDENTIAL_CHAIN_ALLOWED=true lets users use the identity of the \
    machine.";
const READ_ONLY_ROLE: &str = "The role of this user is readonly.";

/// What clients may do.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    allowed_directories: Vec<PathBuf>,
    /// The endpoints that may be named; the guard has its own.
    network: Network,
    credential_chain_allowed: bool,
    admin_statements: Vec<String>,
}

/// An option of ATTACH or CREATE SECRET: its name in lower case, and its value's tokens.
struct Choice {
    name: String,
    value: Range<usize>,
}

/// One statement of one client being looked at.
struct Check<'a> {
    rules: &'a Rules,
    role: Role,
}

impl Rules {
    /// Folders that do not exist are not allowed: there is nothing in them.
    ///
    /// # Errors
    /// One line: the start message makes no sense.
    pub(crate) fn of(start: &Start) -> Result<Self, &'static str> {
        Ok(Self {
            allowed_directories: start
                .allowed_directories
                .iter()
                .filter_map(|directory| std::fs::canonicalize(directory).ok())
                .collect(),
            network: Network::of(start)?,
            credential_chain_allowed: start.credential_chain_allowed,
            admin_statements: start.admin_statements.clone(),
        })
    }

    /// # Errors
    /// The statement is refused, with what is wrong about it and what would allow it.
    pub(crate) fn check(&self, text: &SqlText<'_>, role: Role) -> Result<(), Failure> {
        Check { rules: self, role }.check(text, 0)
    }

    /// A setting that came with a request.
    pub(crate) fn check_value(&self, setting: &Setting) -> Result<(), Failure> {
        if is_reserved_setting(&setting.name) {
            return Err(reserved_setting(&setting.name));
        }
        if setting.value.to_ascii_lowercase().contains(DATABASE) {
            return Err(failure::refused(
                format!("database \"{DATABASE}\" can only be read"),
                NOTHING_ALLOWS,
            ));
        }
        self.check_named(&setting.name, &setting.value)
    }

    /// A secret that was made of what the session has set.
    pub(crate) fn check_secret(&self, secret: &Secret) -> Result<(), Failure> {
        secret
            .options
            .iter()
            .try_for_each(|(name, value)| self.check_named(name, value))
    }

    /// A text that may be a path: its query string may name an endpoint.
    pub(crate) fn check_text(&self, text: &str) -> Result<(), Failure> {
        let Some((path, query)) = text.split_once('?') else {
            return Ok(());
        };
        if !is_remote(path) {
            return Ok(());
        }
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .try_for_each(|(name, value)| self.check_named(&name.to_ascii_lowercase(), value))
    }

    /// The value of a setting, option or parameter, if its name says that it is an endpoint.
    fn check_named(&self, name: &str, value: &str) -> Result<(), Failure> {
        let name = name.to_ascii_lowercase();
        let endpoint = |text: &str| match self.network.check_endpoint(text) {
            Verdict::Denied(denied) if !text.trim().is_empty() => Err(failure::denied(&denied)),
            _ => Ok(()),
        };
        if name.ends_with("connection_string") {
            let mut parts = value.split(';').filter_map(|part| part.split_once('='));
            return parts.try_for_each(|(key, value)| {
                let key = key.trim().to_ascii_lowercase();
                if key.ends_with("endpoint") || key == "endpointsuffix" {
                    endpoint(value)
                } else if key == "accountname" {
                    account_name(value)
                } else {
                    Ok(())
                }
            });
        }
        if name.ends_with("account_name") {
            return account_name(value);
        }
        if names_endpoint(&name) {
            return endpoint(value);
        }
        Ok(())
    }

    fn check_folder(&self, path: &str, what: &str) -> Result<(), Failure> {
        if is_remote(path) {
            return Ok(());
        }
        // Readers of Delta and Iceberg take such a path for an address and decode it.
        if path
            .chars()
            .any(|character| character.is_control() || matches!(character, '%' | '\\'))
        {
            return Err(failure::refused(
                format!("{what} takes no local path with %, a backslash or control characters"),
                NOTHING_ALLOWS,
            ));
        }
        let path = Path::new(local_path(path));
        // A file that is to be made has a folder.
        let found = std::fs::canonicalize(path).or_else(|_| {
            path.parent()
                .filter(|_| what == "ATTACH" && path.file_name().is_some())
                .map_or_else(
                    || Err(std::io::ErrorKind::NotFound.into()),
                    std::fs::canonicalize,
                )
        });
        let allowed = found.is_ok_and(|canonical| {
            self.allowed_directories
                .iter()
                .any(|directory| canonical.starts_with(directory))
        });
        if allowed {
            return Ok(());
        }
        // The same answer for a folder that exists and for one that does not.
        Err(failure::refused(
            format!("{what} cannot use this local path"),
            DIRECTORIES,
        ))
    }
}

/// Settings and options whose value is a host or leads to one.
fn names_endpoint(name: &str) -> bool {
    ["endpoint", "_uri", "_url", "proxy", "host"]
        .iter()
        .any(|part| name.ends_with(part))
}

/// The SDK puts it into the name of a host.
fn account_name(value: &str) -> Result<(), Failure> {
    if value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Ok(());
    }
    Err(failure::refused(
        "this is not the name of a storage account",
        NOTHING_ALLOWS,
    ))
}

fn is_endpoint_option(name: &str) -> bool {
    names_endpoint(name) || name.ends_with("connection_string") || name.ends_with("account_name")
}

impl Check<'_> {
    /// Whether this client is an administrator who may.
    fn may(&self, what: &str) -> bool {
        self.role == Role::Admin
            && self
                .rules
                .admin_statements
                .iter()
                .any(|allowed| allowed == what)
    }

    fn check(&self, text: &SqlText<'_>, depth: usize) -> Result<(), Failure> {
        let mut statement_start = true;
        for index in 0..text.tokens.len() {
            if statement_start {
                self.check_statement(text, index)?;
            }
            statement_start = text.is_symbol(index, ';');
            let token = &text.tokens[index];
            match token.kind {
                TokenKind::Text => {
                    if let Some(value) = text.text_value(index) {
                        self.rules.check_text(&value)?;
                    }
                }
                TokenKind::Word | TokenKind::Quoted => {
                    if token.kind == TokenKind::Quoted && text.written(token).contains('?') {
                        // FROM takes a name in quotes for a path.
                        let written = text.written(token).trim_matches('"');
                        self.rules.check_text(written)?;
                    }
                    if text.is_symbol(index + 1, '(')
                        && let Some(function) = text.name(index)
                    {
                        self.check_call(text, index, &function, depth)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_statement(&self, text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
        let Some(word) = text.name(start) else {
            return Ok(());
        };
        check_catalog(text, start, &word)?;
        match word.as_ref() {
            // It writes to the database, also to one that was attached to be read only.
            "checkpoint" | "vacuum" if self.role == Role::Readonly => Err(failure::refused(
                format!("{} is not permitted", word.to_ascii_uppercase()),
                READ_ONLY_ROLE,
            )),
            "force" if self.role == Role::Readonly => Err(failure::refused(
                "CHECKPOINT is not permitted",
                READ_ONLY_ROLE,
            )),
            // EXPLAIN ANALYZE runs what follows it; EXPLAIN alone may not say more than that.
            "explain" => {
                let mut at = start + 1;
                while text.is_keyword(at, "analyze") || text.is_keyword(at, "verbose") {
                    at += 1;
                }
                if text.is_symbol(at, '(') {
                    at = closing(text, at) + 1;
                }
                self.check_statement(text, at)
            }
            // PREPARE name AS statement.
            "prepare" => {
                let after_as = (start + 2..text.tokens.len())
                    .take_while(|index| !text.is_symbol(*index, ';'))
                    .find(|index| text.is_keyword(*index, "as"));
                after_as.map_or(Ok(()), |index| self.check_statement(text, index + 1))
            }
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
                self.check_setting(text, at)
            }
            "pragma" => {
                self.check_setting(text, start + 1)?;
                text.name(start + 1)
                    .map_or(Ok(()), |name| self.check_function(&name))
            }
            "load" | "install" => Err(failure::refused(
                format!("{} is not permitted here", word.to_ascii_uppercase()),
                "Extensions are loaded when the worker starts, from TAVANA_EXTENSIONS_DIR.",
            )),
            "export" | "import" => Err(failure::refused(
                format!("{} is not permitted here", word.to_ascii_uppercase()),
                NOTHING_ALLOWS,
            )),
            "force" | "update"
                if text.is_keyword(start + 1, "install")
                    || text.is_keyword(start + 1, "extensions") =>
            {
                Err(failure::refused(
                    "INSTALL is not permitted here",
                    "Extensions are loaded when the worker starts, from TAVANA_EXTENSIONS_DIR.",
                ))
            }
            "copy" => self.check_copy(text, start),
            "attach" => self.check_attach(text, start),
            "create" => self.check_create(text, start),
            _ => Ok(()),
        }
    }

    fn check_setting(&self, text: &SqlText<'_>, index: usize) -> Result<(), Failure> {
        let Some(name) = text.name(index) else {
            return Ok(());
        };
        if is_reserved_setting(&name) {
            return Err(reserved_setting(&name));
        }
        if !is_endpoint_option(&name) {
            return Ok(());
        }
        let assigns = text.is_symbol(index + 1, '=') || text.is_keyword(index + 1, "to");
        if !assigns {
            return Ok(());
        }
        let value = index + 2..end_of_statement(text, index);
        self.check_endpoint(text, &name, &value)
    }

    /// The value of a setting or option that leads to a host.
    fn check_endpoint(
        &self,
        text: &SqlText<'_>,
        name: &str,
        value: &Range<usize>,
    ) -> Result<(), Failure> {
        match single(text, value) {
            Some(value) => self.rules.check_named(name, &value),
            None => Err(failure::refused(
                format!("{name} takes a string literal here"),
                NOTHING_ALLOWS,
            )),
        }
    }

    fn check_function(&self, name: &str) -> Result<(), Failure> {
        let refused = |hint| {
            Err(failure::refused(
                format!("{name} is not permitted here"),
                hint,
            ))
        };
        if WATCHING_FUNCTIONS.contains(&name) && !self.may("logging") {
            return refused(ADMIN_LOGGING);
        }
        if REFUSED_FUNCTIONS.contains(&name) {
            return refused(NOTHING_ALLOWS);
        }
        Ok(())
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
        self.check_function(function)?;
        if function == "query" {
            // The text of query() is a statement too.
            let Some(inner) = text
                .text_value(index + 2)
                .filter(|_| text.is_symbol(index + 3, ')'))
            else {
                return Err(failure::refused(
                    "query() takes one string literal here",
                    NOTHING_ALLOWS,
                ));
            };
            if depth >= NESTING_MAX {
                return Err(failure::refused(
                    "query() is nested too deep",
                    NOTHING_ALLOWS,
                ));
            }
            return self.check(&SqlText::lex(&inner), depth + 1);
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

    /// The gateway carries COPY ... TO STDOUT and FROM STDIN over its own protocol. Here they would
    /// reach the standard streams of the process.
    fn check_copy(&self, text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
        let mut depth = 0_usize;
        for index in start..end_of_statement(text, start) {
            match text.tokens[index].kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
                TokenKind::Word
                    if depth == 0
                        && (text.is_keyword(index, "to") || text.is_keyword(index, "from")) =>
                {
                    let stream = text
                        .name(index + 1)
                        .is_some_and(|name| ["stdin", "stdout", "stderr"].contains(&name.as_ref()));
                    if stream {
                        return Err(failure::refused(
                            "COPY to or from a standard stream is not permitted here",
                            NOTHING_ALLOWS,
                        ));
                    }
                    if self.role == Role::Readonly && text.is_keyword(index, "to") {
                        return Err(failure::refused("COPY TO is not permitted", READ_ONLY_ROLE));
                    }
                }
                _ => {}
            }
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
        let end = end_of_statement(text, start);
        let Some(value) = text.text_value(path) else {
            return Err(failure::refused(
                "ATTACH takes the path as a string literal here",
                NOTHING_ALLOWS,
            ));
        };
        let choices = choices(text, path + 1, end);
        let mut kind = None;
        for choice in &choices {
            if choice.name == "type" {
                let Some(name) = single(text, &choice.value) else {
                    return Err(failure::refused(
                        "ATTACH takes the type as a word here",
                        NOTHING_ALLOWS,
                    ));
                };
                kind = Some(name.to_ascii_lowercase());
            } else if is_endpoint_option(&choice.name) {
                self.check_endpoint(text, &choice.name, &choice.value)?;
            }
        }
        let prefixed = value
            .split_once(':')
            .filter(|(prefix, rest)| is_prefix(prefix) && !rest.starts_with("//"))
            .map(|(prefix, rest)| (prefix.to_ascii_lowercase(), rest.to_owned()));
        let (kind, value) = match (kind, prefixed) {
            (Some(kind), _) => (kind, value),
            (None, Some((prefix, rest))) if prefix != "file" => (prefix, rest),
            (None, _) => ("duckdb".to_owned(), value),
        };
        let in_memory = kind == "duckdb" && (value.is_empty() || value.starts_with(":memory:"));
        if in_memory {
            return Ok(());
        }
        // A database file brings views and macros that nobody has looked at, and a user may have
        // written its very bytes.
        if (kind == "duckdb" || !ATTACH_TYPES.contains(&kind.as_str())) && !self.may("attach") {
            return Err(failure::refused(
                "ATTACH of this type is not permitted here",
                ADMIN_ATTACH,
            ));
        }
        if self.role == Role::Readonly && !is_read_only(text, &choices) {
            return Err(failure::refused(
                "ATTACH is permitted with the option READ_ONLY only",
                READ_ONLY_ROLE,
            ));
        }
        match kind.as_str() {
            // The path of an Iceberg catalog is the name of a warehouse, which may look like
            // anything but a local file.
            "iceberg" if !looks_local(&value) => Ok(()),
            _ => self.rules.check_folder(&value, "ATTACH"),
        }
    }

    /// CREATE SECRET: no file, no identity of the machine, no endpoint that may not be reached.
    fn check_create(&self, text: &SqlText<'_>, start: usize) -> Result<(), Failure> {
        let mut at = start + 1;
        let mut persistent = false;
        while ["or", "replace", "temp", "temporary", "persistent"]
            .iter()
            .any(|word| text.is_keyword(at, word))
        {
            persistent |= text.is_keyword(at, "persistent");
            at += 1;
        }
        if !text.is_keyword(at, "secret") {
            return Ok(());
        }
        let end = end_of_statement(text, start);
        let open = (at..end)
            .find(|index| text.is_symbol(*index, '('))
            .unwrap_or(end);
        let elsewhere = (at + 1..open).any(|index| {
            text.is_keyword(index, "in")
                && text
                    .name(index + 1)
                    .is_none_or(|storage| storage != "memory")
        });
        if persistent || elsewhere {
            return Err(failure::refused(
                "a persistent secret is not permitted here",
                "No setting allows it; CREATE SECRET makes one for the session.",
            ));
        }
        let identity = self.rules.credential_chain_allowed || self.may("credential_chain");
        for choice in choices(text, open, end) {
            let name = choice.name.as_str();
            if name == "provider" {
                let own = single(text, &choice.value).is_some_and(|provider| {
                    OWN_PROVIDERS.contains(&provider.to_ascii_lowercase().as_str())
                });
                if !own && !identity {
                    return Err(failure::refused(
                        "a secret of this provider is not permitted here",
                        CHAIN,
                    ));
                }
            } else if (IDENTITY_OPTIONS.contains(&name)
                || ["_path", "_file"].iter().any(|part| name.ends_with(part)))
                && !identity
            {
                return Err(failure::refused(
                    format!("the option {name} of a secret is not permitted here"),
                    CHAIN,
                ));
            } else if is_endpoint_option(name) {
                self.check_endpoint(text, name, &choice.value)?;
            }
        }
        Ok(())
    }

    /// The argument at `index` must be one string literal that names an allowed place.
    fn check_path(&self, text: &SqlText<'_>, index: usize, what: &str) -> Result<(), Failure> {
        let literal = text
            .text_value(index)
            .filter(|_| text.is_symbol(index + 1, ')') || text.is_symbol(index + 1, ','));
        match literal {
            Some(path) => self.rules.check_folder(&path, what),
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
            None => Err(failure::refused(
                format!("{what} takes its path as a string literal here"),
                NOTHING_ALLOWS,
            )),
        }
    }
}

/// The hidden catalog is read and nothing else: not written, not the default, not detached, and
/// nothing is attached by its name.
fn check_catalog(text: &SqlText<'_>, start: usize, word: &str) -> Result<(), Failure> {
    let refused = || {
        Err(failure::refused(
            format!("database \"{DATABASE}\" can only be read"),
            NOTHING_ALLOWS,
        ))
    };
    for index in start..end_of_statement(text, start) {
        let token = &text.tokens[index];
        if token.kind == TokenKind::Text {
            // USE 'x', SET schema = 'x', PRAGMA f('x').
            let names = ["use", "set", "pragma", "attach", "detach", "call"].contains(&word)
                && !text.is_keyword(start + 1, "variable")
                && text
                    .text_value(index)
                    .is_some_and(|value| value.to_ascii_lowercase().contains(DATABASE));
            if names {
                return refused();
            }
            continue;
        }
        if !catalog::is_name(text, index) {
            continue;
        }
        let before = index
            .checked_sub(1)
            .and_then(|before| text.name(before))
            .unwrap_or_default();
        let is_object = OBJECT_WORDS.contains(&before.as_ref())
            || (before == "from"
                && index
                    .checked_sub(2)
                    .is_some_and(|at| text.is_keyword(at, "delete")));
        let may_read = READING_STATEMENTS.contains(&word)
            || WRITING_STATEMENTS.contains(&word)
            || (word == "set" && text.is_keyword(start + 1, "variable"));
        // CREATE INDEX i ON t.
        let indexes = word == "create"
            && before == "on"
            && (start..index).any(|at| text.is_keyword(at, "index"));
        if is_object || indexes || !may_read {
            return refused();
        }
    }
    Ok(())
}

/// The word before the colon of `delta:path`.
fn is_prefix(text: &str) -> bool {
    text.len() > 1
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// READ_ONLY without a value, or with a true one, and nothing that may say otherwise.
fn is_read_only(text: &SqlText<'_>, choices: &[Choice]) -> bool {
    let says = |choice: &Choice| {
        choice.name == "read_only"
            && (choice.value.is_empty()
                || single(text, &choice.value)
                    .is_some_and(|value| ["true", "1", "on"].contains(&value.as_str())))
    };
    choices.iter().any(says)
        && choices.iter().all(|choice| {
            says(choice)
                || ![
                    "read_only",
                    "readonly",
                    "read_write",
                    "readwrite",
                    "access_mode",
                ]
                .contains(&choice.name.as_str())
        })
}

/// The one literal or word in a range of tokens.
fn single(text: &SqlText<'_>, range: &Range<usize>) -> Option<String> {
    if range.len() != 1 {
        return None;
    }
    text.text_value(range.start)
        .or_else(|| text.name(range.start).map(std::borrow::Cow::into_owned))
        .or_else(|| {
            let token = text.tokens.get(range.start)?;
            (token.kind == TokenKind::Number).then(|| text.written(token).to_owned())
        })
}

/// The options in the first brackets from `start` on.
fn choices(text: &SqlText<'_>, start: usize, end: usize) -> Vec<Choice> {
    let Some(open) = (start..end).find(|index| text.is_symbol(*index, '(')) else {
        return Vec::new();
    };
    let close = closing(text, open).min(end);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut from = open + 1;
    for index in open + 1..=close {
        match text.tokens.get(index).map(|token| token.kind) {
            Some(TokenKind::Symbol('(' | '[' | '{')) => depth += 1,
            Some(TokenKind::Symbol(')' | ']' | '}')) if index < close => {
                depth = depth.saturating_sub(1);
            }
            Some(TokenKind::Symbol(',')) if depth == 0 => {}
            _ if index < close => continue,
            _ => {}
        }
        let is_comma = depth == 0 && text.is_symbol(index, ',');
        if (is_comma || index == close) && from < index {
            let name = text
                .name(from)
                .map(std::borrow::Cow::into_owned)
                .or_else(|| text.text_value(from).map(|name| name.to_ascii_lowercase()))
                .unwrap_or_default();
            let mut value = from + 1..index;
            while text.is_symbol(value.start, '=') || text.is_symbol(value.start, ':') {
                value.start += 1;
            }
            found.push(Choice { name, value });
        }
        if is_comma {
            from = index + 1;
        }
    }
    found
}

/// Index of the bracket that closes the one at `open`; the end of the text when none does.
fn closing(text: &SqlText<'_>, open: usize) -> usize {
    let mut depth = 0_usize;
    for index in open..text.tokens.len() {
        if text.is_symbol(index, '(') {
            depth += 1;
        } else if text.is_symbol(index, ')') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return index;
            }
        }
    }
    text.tokens.len()
}

fn end_of_statement(text: &SqlText<'_>, start: usize) -> usize {
    (start..text.tokens.len())
        .find(|index| text.is_symbol(*index, ';'))
        .unwrap_or(text.tokens.len())
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

/// Whether a setting belongs to the supervisor.
fn is_reserved_setting(name: &str) -> bool {
    GRANT_SETTINGS
        .iter()
        .chain(&OTHER_SETTINGS)
        .chain([&DATABASE_SETTING])
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
}

fn reserved_setting(name: &str) -> Failure {
    failure::refused(
        format!("setting \"{name}\" cannot be changed here"),
        "The worker sets it for each statement; no setting allows users to.",
    )
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
            let refused = rules.check(&SqlText::lex(sql), Role::Readwrite);
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
            assert_eq!(
                rules.check(&SqlText::lex(sql), Role::Readwrite),
                Ok(()),
                "{sql}"
            );
        }
    }

    #[test]
    fn a_folder_inside_an_allowed_one_may_be_read_and_a_way_out_of_it_may_not() {
        let allowed = tempfile::tempdir().unwrap();
        let inside = allowed.path().join("table");
        std::fs::create_dir(&inside).unwrap();
        std::os::unix::fs::symlink("/etc", allowed.path().join("link")).unwrap();
        let rules = Rules::of(&Start {
            allowed_directories: vec![allowed.path().display().to_string()],
            ..Start::default()
        })
        .unwrap();
        let check = |path: &str| {
            let sql = format!("from delta_scan('{path}')");
            rules.check(&SqlText::lex(&sql), Role::Readwrite).is_ok()
        };
        assert!(check(&inside.display().to_string()));
        assert!(check(&format!("file://{}", inside.display())));
        assert!(!check(&format!("{}/../../etc", allowed.path().display())));
        assert!(!check(&format!("{}/link", allowed.path().display())));
        assert!(!check(&format!("{}-twin", allowed.path().display())));
    }

    fn refusal(rules: &Rules, sql: &str, role: Role) -> Option<Failure> {
        let refused = rules.check(&SqlText::lex(sql), role).err()?;
        assert_eq!(refused.kind(), FailureKind::FailurePermission, "{sql}");
        assert!(!refused.hint.is_empty(), "{sql}");
        Some(refused)
    }

    #[test]
    fn secrets_of_the_machine_and_endpoints_beside_it_are_refused() {
        let rules = Rules::default();
        for sql in [
            "create persistent secret s (type s3)",
            "create or replace persistent secret (type s3)",
            "create secret s in local_file (type s3)",
            "create secret in local_file (type s3)",
            "create secret (type s3, provider credential_chain)",
            "create secret (type s3, PROVIDER 'CREDENTIAL_CHAIN')",
            "create secret (type s3, \"provider\" credential_chain)",
            "create secret (type azure, provider managed_identity)",
            "create secret (type azure, provider 'credential'||'_chain')",
            "create secret (type s3, profile 'x')",
            "create secret (type azure, provider service_principal, client_certificate_path '/x')",
            "create or replace temporary secret s (type s3, endpoint 'localhost:9000')",
            "create temp secret s (type s3, endpoint '127.0'||'.0.1')",
            "create secret s (type s3, endpoint getvariable('x'))",
            "create secret s (type iceberg, oauth2_server_uri 'http://169.254.169.254/x')",
            "create secret s (type azure, connection_string 'BlobEndpoint=http://10.0.0.1/x;')",
            "create secret s (type azure, account_name '127.0.0.1:80/x')",
            "create secret s (type http, http_proxy 'http://[::1]:80')",
            "attach 'w' as w (type iceberg, endpoint 'http://2130706433')",
            "attach 'w' as w (type iceberg, endpoint 'https://h', oauth2_server_uri 'http://10.0.0.1')",
            "set s3_endpoint='127.0.0.1:9000'",
            "set s3_endpoint to localhost",
            "set session s3_endpoint='127.0.0.1'||''",
            "pragma s3_endpoint='0x7f.1'",
            "set azure_storage_connection_string='AccountName=x/y;'",
            "set azure_endpoint='[fd00:ec2::254]'",
            "from 's3://b/k?s3_endpoint=127.0.0.1:9000&s3_use_ssl=false'",
            "from \"s3://b/k?s3_endpoint=%31%32%37.0.0.1\"",
            "explain analyze set memory_limit='1GB'",
            "explain (analyze, format json) load 'x'",
            "EXPLAIN ANALYZE PRAGMA threads=3",
            "prepare p as explain analyze install x",
            "attach 'x' as y (type sqlite)",
            "attach 'postgres:dbname=x' as y",
            "attach 'host=x' as y (type 'post'||'gres')",
            "attach '/data/x.db'",
            "attach 'x.db' as y (read_only)",
            "attach 'file:/data/x.db' as y",
            "attach 's3://b/x.db' as y (read_only)",
            "from --\r delta_scan('/etc')",
            "from delta_scan\u{a0}('/etc')",
            "select e'a'\n'\\', (from delta_scan('/etc')), '",
        ] {
            if sql.starts_with("select e'a'") {
                // DuckDB takes all of it for one unfinished string.
                continue;
            }
            assert!(refusal(&rules, sql, Role::Readwrite).is_some(), "{sql}");
        }
        for sql in [
            "create secret (type s3, key_id 'a', secret 'b', endpoint 'minio.example.com')",
            "create secret (type s3, provider config, key_id 'a', secret 'b')",
            "create secret s (type azure, connection_string 'AccountName=x;EndpointSuffix=core.windows.net')",
            "create secret s (type azure, account_name 'x', provider service_principal)",
            "attach ':memory:' as y",
            "attach '' as y",
            "set s3_endpoint=''",
            "reset s3_endpoint",
            "explain analyze select 1",
            "create table secret (provider int, endpoint text)",
            "from 'https://h/x?endpoint_of=127.0.0.1'",
        ] {
            assert_eq!(refusal(&rules, sql, Role::Readwrite), None, "{sql}");
        }
    }

    #[test]
    fn the_hidden_catalog_can_be_read_and_not_be_the_object_of_a_statement() {
        let rules = Rules::default();
        for sql in [
            "use __tavana",
            "USE \"__TAVANA\".pg",
            "use '__tavana'",
            "set schema='__tavana.pg'",
            "set search_path = 'main,__tavana.pg'",
            "attach ':memory:' as __tavana",
            "attach or replace ':memory:' as \"__tavana\"",
            "detach __tavana",
            "detach database if exists __tavana",
            "drop schema __tavana.pg cascade",
            "drop view if exists __tavana.pg.pg_class",
            "alter table __tavana.pg.pg_am add column x int",
            "alter view __tavana.pg.pg_class rename to x",
            "create table __tavana.pg.x(a int)",
            "create or replace view __tavana.pg.pg_class as select 1",
            "create table if not exists __tavana.pg.x as select 1",
            "create macro __tavana.pg.f(a) as a",
            "create schema __tavana.x",
            "create index i on __tavana.pg.pg_am(oid)",
            "insert into __tavana.pg.pg_am select 1",
            "insert or replace into __tavana.pg.pg_am values (1)",
            "update __tavana.pg.pg_am set oid = 1",
            "delete from __tavana.pg.pg_am",
            "with x as (select 1) delete from __tavana.pg.pg_am",
            "with x as (select 1) insert into __tavana.pg.pg_am from x",
            "merge into __tavana.pg.pg_am using t on true when matched then delete",
            "truncate __tavana.pg.pg_am",
            "copy __tavana.pg.pg_am from 's3://b/x'",
            "copy from database memory to __tavana",
            "comment on table __tavana.pg.pg_am is 'x'",
            "explain analyze delete from __tavana.pg.pg_am",
            "prepare p as drop view __tavana.pg.pg_class",
            "call pragma_table_info('__tavana.pg.pg_am')",
            "vacuum __tavana.pg.pg_am",
            "set tavana_database='x'",
        ] {
            assert!(refusal(&rules, sql, Role::Admin).is_some(), "{sql}");
        }
        for sql in [
            "select * from __tavana.pg.pg_class as pg_class",
            "with x as (from __tavana.pg.pg_am) select * from x join t on __tavana.pg.f(1) = 2",
            "select '__tavana'",
            "create temp table t as select * from __tavana.isch.tables",
            "create view v as select __tavana.pg.format_type(23, -1)",
            "insert into t select oid from __tavana.pg.pg_class",
            "update t set a = (select max(oid) from __tavana.pg.pg_class)",
            "delete from t where a in (select oid from __tavana.pg.pg_class)",
            "copy (select * from __tavana.pg.pg_class) to 's3://b/x.csv'",
            "explain select * from __tavana.pg.pg_class",
            "prepare p as select * from __tavana.pg.pg_class",
            "set variable x = (select count(*) from __tavana.pg.pg_class)",
        ] {
            assert_eq!(refusal(&rules, sql, Role::Readwrite), None, "{sql}");
        }
    }

    #[test]
    fn settings_allow_what_the_hints_say() {
        let rules = Rules {
            credential_chain_allowed: true,
            admin_statements: vec!["attach".to_owned(), "logging".to_owned()],
            network: Network::new(vec!["127.0.0.1:9000".parse().unwrap()], Vec::new()),
            ..Rules::default()
        };
        for sql in [
            "create secret (type s3, provider credential_chain)",
            "create secret (type s3, endpoint '127.0.0.1:9000')",
        ] {
            assert_eq!(refusal(&rules, sql, Role::Readwrite), None, "{sql}");
        }
        for sql in [
            "attach 's3://x' as y (type sqlite)",
            "call enable_logging()",
        ] {
            assert!(refusal(&rules, sql, Role::Readwrite).is_some(), "{sql}");
            assert_eq!(refusal(&rules, sql, Role::Admin), None, "{sql}");
        }
        assert!(refusal(&rules, "load 'x'", Role::Admin).is_some());
    }

    #[test]
    fn a_readonly_user_changes_nothing_outside_of_the_session() {
        let rules = Rules::default();
        for sql in [
            "copy t to 's3://b/x.csv'",
            "copy (select 1) to 's3://b/x.parquet' (format parquet)",
            "explain analyze copy t to 's3://b/x'",
            "prepare p as copy t to 's3://b/x'",
            "copy from database a to b",
            "attach 's3://b/t' as d (type delta)",
            "attach 'w' as w (type iceberg, read_only false, endpoint 'https://h')",
            "attach 'w' as w (type iceberg, read_only, read_write)",
        ] {
            assert!(refusal(&rules, sql, Role::Readonly).is_some(), "{sql}");
            assert_eq!(refusal(&rules, sql, Role::Readwrite), None, "{sql}");
        }
        for sql in [
            "attach 'w' as w (type iceberg, endpoint 'https://h', read_only)",
            "attach ':memory:' as m",
            "create table t as select 1",
            "insert into t values (1)",
            "copy t from 's3://b/x.csv'",
            "with a as (select 1) select * from a",
        ] {
            assert_eq!(refusal(&rules, sql, Role::Readonly), None, "{sql}");
        }
    }
}
