//! What a client hears when a statement fails: a SQLSTATE and PostgreSQL's fields, the same for
//! both protocols.
//!
//! The classes are those of PostgreSQL (Appendix A, "PostgreSQL Error Codes"); DuckDB's own
//! exception type and subtype choose among them.

use std::fmt;

use tavana_common::catalog::{DATABASE, INFORMATION_SCHEMA, PG_SCHEMA};
use tavana_common::failure;
use tavana_common::proto::v1::{Failure, FailureKind};
use tonic::{Code, Status};

/// A five-character error code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SqlState(pub &'static str);

macro_rules! sql_states {
    ($($name:ident = $code:literal),* $(,)?) => {
        impl SqlState {
            $(pub(crate) const $name: Self = Self($code);)*
        }
    };
}

sql_states! {
    FEATURE_NOT_SUPPORTED = "0A000",
    PROTOCOL_VIOLATION = "08P01",
    CARDINALITY_VIOLATION = "21000",
    NUMERIC_OUT_OF_RANGE = "22003",
    INVALID_DATETIME = "22007",
    DATETIME_OVERFLOW = "22008",
    DIVISION_BY_ZERO = "22012",
    INVALID_LOGARITHM_ARGUMENT = "2201E",
    INVALID_POWER_ARGUMENT = "2201F",
    INVALID_PARAMETER = "22023",
    CHARACTER_NOT_IN_REPERTOIRE = "22021",
    INVALID_TEXT = "22P02",
    INVALID_LIMIT = "2201W",
    INVALID_COLUMN_REFERENCE = "42P10",
    INTEGRITY = "23000",
    NOT_NULL_VIOLATION = "23502",
    FOREIGN_KEY_VIOLATION = "23503",
    UNIQUE_VIOLATION = "23505",
    CHECK_VIOLATION = "23514",
    ACTIVE_TRANSACTION = "25001",
    IDLE_IN_TRANSACTION = "25P03",
    TRANSACTION_TIMEOUT = "25P04",
    READ_ONLY_TRANSACTION = "25006",
    NO_ACTIVE_TRANSACTION = "25P01",
    IN_FAILED_TRANSACTION = "25P02",
    INVALID_STATEMENT_NAME = "26000",
    INVALID_AUTHORIZATION = "28000",
    INVALID_PASSWORD = "28P01",
    DEPENDENT_OBJECTS = "2BP01",
    INVALID_CURSOR_NAME = "34000",
    INVALID_CATALOG = "3D000",
    INVALID_SCHEMA = "3F000",
    SERIALIZATION_FAILURE = "40001",
    SYNTAX_ERROR = "42601",
    INSUFFICIENT_PRIVILEGE = "42501",
    CANNOT_COERCE = "42846",
    GROUPING_ERROR = "42803",
    DATATYPE_MISMATCH = "42804",
    WRONG_OBJECT_TYPE = "42809",
    UNDEFINED_COLUMN = "42703",
    AMBIGUOUS_COLUMN = "42702",
    UNDEFINED_FUNCTION = "42883",
    UNDEFINED_TABLE = "42P01",
    UNDEFINED_PARAMETER = "42P02",
    INDETERMINATE_DATATYPE = "42P18",
    UNDEFINED_OBJECT = "42704",
    DUPLICATE_COLUMN = "42701",
    DUPLICATE_CURSOR = "42P03",
    INVALID_CURSOR_DEFINITION = "42P11",
    INVALID_TABLE_DEFINITION = "42P16",
    DUPLICATE_DATABASE = "42P04",
    DUPLICATE_PREPARED = "42P05",
    DUPLICATE_SCHEMA = "42P06",
    DUPLICATE_TABLE = "42P07",
    DUPLICATE_FUNCTION = "42723",
    DUPLICATE_OBJECT = "42710",
    DISK_FULL = "53100",
    OUT_OF_MEMORY = "53200",
    TOO_MANY_CONNECTIONS = "53300",
    CONFIGURATION_LIMIT = "53400",
    PROGRAM_LIMIT = "54000",
    STATEMENT_TOO_COMPLEX = "54001",
    OBJECT_NOT_IN_STATE = "55000",
    OBJECT_IN_USE = "55006",
    CANNOT_CHANGE_NOW = "55P02",
    QUERY_CANCELED = "57014",
    ADMIN_SHUTDOWN = "57P01",
    CRASH_SHUTDOWN = "57P02",
    CANNOT_CONNECT_NOW = "57P03",
    IDLE_SESSION = "57P05",
    IO_ERROR = "58030",
    UNDEFINED_FILE = "58P01",
    INTERNAL = "XX000",
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A statement's failure as its client may hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// What kind of failure it is.
    pub sqlstate: SqlState,
    /// Lowercase, factual, no full stop.
    pub message: String,
    /// A sentence with more facts.
    pub detail: Option<String>,
    /// A sentence with what to do.
    pub hint: Option<String>,
    /// Offset in characters, from 1, in the text that the client sent.
    pub position: Option<u32>,
    /// DuckDB's exception type, when DuckDB raised it.
    pub duckdb_class: Option<String>,
    /// What a violated constraint is about.
    pub object: Option<Box<ObjectNames>>,
    /// An object of a store was written again while the statement read it: another try reads the
    /// new one.
    pub object_changed: bool,
}

/// The names of what an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectNames {
    /// The table's schema, as clients call it.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column, when it is one.
    pub column: Option<String>,
    /// The constraint, when it is known which.
    pub constraint: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.sqlstate)
    }
}

impl std::error::Error for QueryError {}

impl QueryError {
    pub(crate) fn new(sqlstate: SqlState, message: impl Into<String>) -> Self {
        Self {
            sqlstate,
            message: message.into(),
            detail: None,
            hint: None,
            position: None,
            duckdb_class: None,
            object: None,
            object_changed: false,
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn about(mut self, object: ObjectNames) -> Self {
        self.object = Some(Box::new(object));
        self
    }

    pub(crate) fn at(mut self, position: u32) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) fn canceled() -> Self {
        Self::new(
            SqlState::QUERY_CANCELED,
            "canceling statement due to user request",
        )
    }

    pub(crate) fn timed_out() -> Self {
        Self::new(
            SqlState::QUERY_CANCELED,
            "canceling statement due to statement timeout",
        )
    }

    pub(crate) fn reader_idle() -> Self {
        Self::new(
            SqlState::QUERY_CANCELED,
            "canceling statement because its result was not read",
        )
        .with_hint(
            "The settings TAVANA_STREAM_IDLE_TIMEOUT_SECS and, while other statements wait, \
             TAVANA_STREAM_IDLE_CONTENDED_SECS limit how long a reader may pause.",
        )
    }

    pub(crate) fn writer_idle() -> Self {
        Self::new(
            SqlState::QUERY_CANCELED,
            "canceling statement because its client sent nothing more",
        )
        .with_hint(
            "The settings TAVANA_STREAM_IDLE_TIMEOUT_SECS and, while other statements wait, \
             TAVANA_STREAM_IDLE_CONTENDED_SECS limit how long a writer may pause.",
        )
    }

    pub(crate) fn in_failed_transaction() -> Self {
        Self::new(
            SqlState::IN_FAILED_TRANSACTION,
            "current transaction is aborted, commands ignored until end of transaction block",
        )
    }

    pub(crate) fn worker_lost() -> Self {
        Self::new(
            SqlState::CRASH_SHUTDOWN,
            "the connection to the worker was lost",
        )
        .with_hint("Run the statement again.")
    }

    /// The worker that has the session's engine ends, and with it the engine.
    pub(crate) fn engine_ended() -> Self {
        Self::new(
            SqlState::ADMIN_SHUTDOWN,
            "the worker of this session is shutting down",
        )
        .with_hint("Run the transaction again; what was temporary is gone.")
    }

    /// The gateway ends, and with it the session.
    pub(crate) fn shutting_down() -> Self {
        Self::new(
            SqlState::ADMIN_SHUTDOWN,
            "terminating connection due to administrator command",
        )
        .with_detail("The server is shutting down.")
        .with_hint("Connect again.")
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(SqlState::INTERNAL, message)
    }

    /// Whether the statement may never have started or the engine under it died: the cases in
    /// which a read-only statement may be run once more elsewhere.
    pub(crate) fn is_loss(&self) -> bool {
        self.sqlstate == SqlState::CRASH_SHUTDOWN || self.sqlstate == SqlState::ADMIN_SHUTDOWN
    }

    /// Whether DuckDB found it while it read and bound the statement, so that nothing was run.
    pub(crate) fn is_of_binding(&self) -> bool {
        let class = self.duckdb_class.as_deref().unwrap_or_default();
        ["Parser", "Syntax", "Binder", "Catalog"].contains(&class)
    }

    /// Whether a worker has refused the statement with nothing started: it has no room, or drains.
    pub(crate) fn is_refusal(&self) -> bool {
        self.sqlstate == SqlState::TOO_MANY_CONNECTIONS
            || self.sqlstate == SqlState::CANNOT_CONNECT_NOW
    }

    /// What a worker's status says, for a client.
    pub(crate) fn from_status(status: &Status) -> Self {
        match failure::from_status(status) {
            Some(failure) => Self::from_failure(failure),
            // A message longer than either side takes. A bare RESOURCE_EXHAUSTED is the transport.
            None if status.code() == Code::OutOfRange => Self::new(
                SqlState::PROGRAM_LIMIT,
                "a message between gateway and worker is too large",
            ),
            None if status.code() == Code::Unauthenticated => Self::new(
                SqlState::INSUFFICIENT_PRIVILEGE,
                "the worker does not accept this gateway",
            )
            .with_hint("Give gateway and worker the same TAVANA_CLUSTER_KEY."),
            // Everything else is the transport: a worker that went away.
            None => Self::worker_lost(),
        }
    }

    fn from_failure(failure: Failure) -> Self {
        let kind = failure.kind();
        let sqlstate = match kind {
            FailureKind::FailureEngine => engine_state(&failure),
            FailureKind::FailureCancelled => return Self::canceled(),
            FailureKind::FailureTimeout => return Self::timed_out(),
            FailureKind::FailureEngineLost | FailureKind::FailureSessionLost => {
                SqlState::CRASH_SHUTDOWN
            }
            FailureKind::FailureOverloaded => SqlState::TOO_MANY_CONNECTIONS,
            FailureKind::FailureDraining => SqlState::CANNOT_CONNECT_NOW,
            FailureKind::FailureStopped => SqlState::ADMIN_SHUTDOWN,
            FailureKind::FailurePermission => SqlState::INSUFFICIENT_PRIVILEGE,
            FailureKind::FailureInvalid => invalid_state(&failure.message),
            FailureKind::FailureNoSuchCursor => SqlState::INVALID_CURSOR_NAME,
            FailureKind::FailureForwardOnly => SqlState::OBJECT_NOT_IN_STATE,
            FailureKind::FailureObjectChanged => SqlState::IO_ERROR,
            FailureKind::FailureLimit => SqlState::PROGRAM_LIMIT,
            FailureKind::FailureUnspecified | FailureKind::FailureInternal => SqlState::INTERNAL,
        };
        let (message, advice) = if kind == FailureKind::FailureEngine {
            without_advice(without_hidden_names(failure.message))
        } else {
            (failure.message, None)
        };
        Self {
            sqlstate,
            message,
            detail: None,
            hint: Some(failure.hint)
                .filter(|hint| !hint.is_empty())
                .or(advice),
            position: (failure.position > 0).then_some(failure.position),
            duckdb_class: Some(failure.duckdb_class).filter(|class| !class.is_empty()),
            object: None,
            object_changed: kind == FailureKind::FailureObjectChanged,
        }
    }
}

/// What stands in the hidden catalog is told under PostgreSQL's names.
fn without_hidden_names(text: String) -> String {
    if !text.contains(DATABASE) {
        return text;
    }
    text.replace(
        &format!("{DATABASE}.{INFORMATION_SCHEMA}."),
        "information_schema.",
    )
    .replace(&format!("{DATABASE}.{PG_SCHEMA}."), "pg_catalog.")
}

/// DuckDB ends some messages with lines of advice: these are a hint.
fn without_advice(message: String) -> (String, Option<String>) {
    const BEGINNINGS: [&str; 3] = ["Did you mean", "Candidate", "\tCandidate"];
    let Some((first, rest)) = message.split_once('\n') else {
        return (message, None);
    };
    let rest = rest.trim_start_matches('\n');
    if !BEGINNINGS.iter().any(|words| rest.starts_with(words)) {
        return (message, None);
    }
    let hint = rest.trim().to_owned();
    (first.trim_end().to_owned(), Some(hint))
}

fn invalid_state(message: &str) -> SqlState {
    if message.starts_with("cannot insert multiple commands") {
        SqlState::SYNTAX_ERROR
    } else if message.starts_with("the statement has") && message.ends_with("and 0 were given") {
        SqlState::UNDEFINED_PARAMETER
    } else {
        SqlState::PROTOCOL_VIOLATION
    }
}

/// Whether a text that could not be converted is a number, so that only its size was wrong.
fn is_too_large(message: &str) -> bool {
    let Some(rest) = message.strip_prefix("Could not convert string ") else {
        return false;
    };
    let quoted = |quote: &str| {
        rest.strip_prefix(quote)?
            .split_once(&format!("{quote} to "))
    };
    quoted("'")
        .or_else(|| quoted("\""))
        .is_some_and(|(text, target)| {
            let text = text.trim();
            let digits = text.trim_start_matches(['-', '+']);
            let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            target.trim_start_matches('U').starts_with("INT") && whole
                || target.starts_with("DECIMAL") && text.parse::<f64>().is_ok_and(f64::is_finite)
        })
}

/// The SQLSTATE of what DuckDB raised. Type and subtype decide; only where DuckDB has one class
/// for several conditions does the fixed start of its message decide too.
fn engine_state(failure: &Failure) -> SqlState {
    let message = failure.message.as_str();
    let has = |part: &str| message.contains(part);
    let extra = |name: &str| failure.duckdb_extra.get(name).map_or("", String::as_str);
    if message.starts_with("unrecognized configuration parameter") {
        return SqlState::UNDEFINED_OBJECT;
    }
    if let Some(state) = argument_state(message) {
        return state;
    }
    match failure.duckdb_class.as_str() {
        "Parser" | "Syntax" => SqlState::SYNTAX_ERROR,
        "Catalog" if has("Existing object") && has("is of type") => SqlState::WRONG_OBJECT_TYPE,
        "Catalog" => match failure.duckdb_subtype.as_str() {
            "ENTRY_ALREADY_EXISTS" => already_exists(extra("type"), message),
            "MISSING_ENTRY" => missing(extra("type"), message),
            _ if has("already exists") => already_exists(extra("type"), message),
            _ => missing(extra("type"), message),
        },
        "Binder" => match failure.duckdb_subtype.as_str() {
            "COLUMN_NOT_FOUND" => SqlState::UNDEFINED_COLUMN,
            "NO_MATCHING_FUNCTION" => SqlState::UNDEFINED_FUNCTION,
            _ => binder_state(message),
        },
        "Conversion" => {
            if is_too_large(message) {
                SqlState::NUMERIC_OUT_OF_RANGE
            } else if has("out of range") || has("overflow") {
                if has("date") || has("timestamp") || has("time ") {
                    SqlState::DATETIME_OVERFLOW
                } else {
                    SqlState::NUMERIC_OUT_OF_RANGE
                }
            } else if has("date field value out of range") {
                SqlState::DATETIME_OVERFLOW
            } else if has("Unimplemented type for cast") {
                SqlState::CANNOT_COERCE
            } else if has("invalid date") || has("invalid timestamp") || has("date format") {
                SqlState::INVALID_DATETIME
            } else {
                SqlState::INVALID_TEXT
            }
        }
        "Out of Range" if has("square root of a negative") => SqlState::INVALID_POWER_ARGUMENT,
        "Out of Range" if has("logarithm of") => SqlState::INVALID_LOGARITHM_ARGUMENT,
        "Out of Range" => SqlState::NUMERIC_OUT_OF_RANGE,
        "Mismatch Type" => SqlState::DATATYPE_MISMATCH,
        "Divide by Zero" => SqlState::DIVISION_BY_ZERO,
        "Constraint" => {
            if has("Duplicate key") || has("duplicate key") || has("unique constraint") {
                SqlState::UNIQUE_VIOLATION
            } else if has("NOT NULL constraint") {
                SqlState::NOT_NULL_VIOLATION
            } else if has("CHECK constraint") {
                SqlState::CHECK_VIOLATION
            } else if has("foreign key") {
                SqlState::FOREIGN_KEY_VIOLATION
            } else {
                SqlState::INTEGRITY
            }
        }
        "Invalid Input" => {
            if has("More than one row returned by a subquery") {
                SqlState::CARDINALITY_VIOLATION
            } else if has("Malformed JSON") {
                SqlState::INVALID_TEXT
            } else if has(
                "Values were not provided for the following prepared statement parameters",
            ) {
                SqlState::UNDEFINED_PARAMETER
            } else {
                SqlState::INVALID_PARAMETER
            }
        }
        "TransactionContext" | "Transaction" => {
            if has("Current transaction is aborted") {
                SqlState::IN_FAILED_TRANSACTION
            } else if has("read-only mode") {
                SqlState::READ_ONLY_TRANSACTION
            } else if has("cannot start a transaction within") {
                SqlState::ACTIVE_TRANSACTION
            } else if has("no transaction is active") {
                SqlState::NO_ACTIVE_TRANSACTION
            } else {
                SqlState::SERIALIZATION_FAILURE
            }
        }
        "INTERRUPT" | "Interrupt" => SqlState::QUERY_CANCELED,
        "Out of Memory" => {
            if has("temp_directory") || has("max_temp_directory_size") {
                SqlState::DISK_FULL
            } else {
                SqlState::OUT_OF_MEMORY
            }
        }
        "HTTP" => {
            if has("403") || has("401") || has("AccessDenied") {
                SqlState::INSUFFICIENT_PRIVILEGE
            } else if has("404") {
                SqlState::UNDEFINED_FILE
            } else {
                SqlState::IO_ERROR
            }
        }
        "IO" => {
            if has("No files found that match") || has("No such file") || has("does not exist") {
                SqlState::UNDEFINED_FILE
            } else if has("No space left") {
                SqlState::DISK_FULL
            } else if has("403") || has("AccessDenied") {
                SqlState::INSUFFICIENT_PRIVILEGE
            } else {
                SqlState::IO_ERROR
            }
        }
        "Permission" => SqlState::INSUFFICIENT_PRIVILEGE,
        "Invalid Configuration" => SqlState::INVALID_PARAMETER,
        "Not implemented" | "NotImplemented" => SqlState::FEATURE_NOT_SUPPORTED,
        "Dependency" => SqlState::DEPENDENT_OBJECTS,
        "Sequence" => SqlState::OBJECT_NOT_IN_STATE,
        "Extension Autoloading" | "Missing Extension" | "Autoload" => SqlState::UNDEFINED_FILE,
        "Parameter Not Resolved" | "Parameter Not Allowed" => SqlState::UNDEFINED_PARAMETER,
        _ => SqlState::INTERNAL,
    }
}

/// The states of arguments that cannot be, which DuckDB has in classes of other errors.
fn argument_state(message: &str) -> Option<SqlState> {
    let starts = |prefix: &str| message.starts_with(prefix);
    let state = if starts("ORDER term out of range")
        || starts("GROUP BY term out of range")
        || starts("The specified columns as conflict target are not referenced by")
    {
        SqlState::INVALID_COLUMN_REFERENCE
    } else if starts("table \"") && message.ends_with("has more than one primary key") {
        SqlState::INVALID_TABLE_DEFINITION
    } else if starts("Duplicate column name \"") {
        SqlState::DUPLICATE_COLUMN
    } else if starts("Could not drop the table because this table is main key table")
        || starts("Cannot drop entry \"") && message.contains("internal system entry")
    {
        SqlState::DEPENDENT_OBJECTS
    } else if ["Date", "Time", "Timestamp"].iter().any(|kind| {
        message
            .strip_prefix(kind)
            .is_some_and(|rest| rest.starts_with(" out of range: "))
    }) {
        SqlState::DATETIME_OVERFLOW
    } else if starts("Could not cast value ") && message.contains(" to DECIMAL(") {
        SqlState::NUMERIC_OUT_OF_RANGE
    } else if starts("LIMIT/OFFSET cannot be negative") {
        SqlState::INVALID_LIMIT
    } else if starts("extract specifier ") || starts("Unknown TimeZone ") {
        SqlState::INVALID_PARAMETER
    } else if starts("Could not convert string ") && message.ends_with(" to INTERVAL") {
        SqlState::INVALID_DATETIME
    } else if starts("Could not parse string ") && message.contains("format specifier") {
        if message.contains("out of range") {
            SqlState::DATETIME_OVERFLOW
        } else {
            SqlState::INVALID_DATETIME
        }
    } else if starts("relation \"") && message.ends_with("does not exist") {
        SqlState::UNDEFINED_TABLE
    } else {
        return None;
    };
    Some(state)
}

fn binder_state(message: &str) -> SqlState {
    let has = |part: &str| message.contains(part);
    if has("Ambiguous reference to column") {
        SqlState::AMBIGUOUS_COLUMN
    } else if has("GROUP BY clause")
        || has("WHERE clause cannot contain aggregates")
        || has("aggregate function calls cannot")
        || has("aggregates are not allowed")
    {
        SqlState::GROUPING_ERROR
    } else if has("No function matches") || has("Could not choose a best candidate function") {
        SqlState::UNDEFINED_FUNCTION
    } else if has("Referenced table") && has("not found") {
        SqlState::UNDEFINED_TABLE
    } else if has("Referenced column")
        || has("Referenced update column")
        || has("not found in FROM clause")
        || has("does not have a column")
    {
        SqlState::UNDEFINED_COLUMN
    } else if has("Cannot mix values of type") || has("Cannot compare values of type") {
        SqlState::DATATYPE_MISMATCH
    } else if has("Catalog \"") && has("does not exist") {
        SqlState::INVALID_CATALOG
    } else {
        // Wrong counts of columns or values among them.
        SqlState::SYNTAX_ERROR
    }
}

fn missing(kind: &str, message: &str) -> SqlState {
    let kind = if kind.is_empty() { message } else { kind };
    let starts = |prefix: &str| kind.starts_with(prefix);
    if starts("Table Function")
        || starts("Scalar Function")
        || starts("Aggregate Function")
        || starts("Macro")
        || starts("Table Macro")
        || starts("Function")
        || starts("Pragma")
    {
        SqlState::UNDEFINED_FUNCTION
    } else if starts("Schema") || starts("no schema has been selected") {
        SqlState::INVALID_SCHEMA
    } else if starts("Type") || starts("Collation") || starts("unrecognized configuration") {
        SqlState::UNDEFINED_OBJECT
    } else if starts("Database") || starts("Catalog") {
        SqlState::INVALID_CATALOG
    } else if starts("Setting") || starts("Index") || starts("Secret") {
        SqlState::UNDEFINED_OBJECT
    } else {
        SqlState::UNDEFINED_TABLE
    }
}

fn already_exists(kind: &str, message: &str) -> SqlState {
    let kind = if kind.is_empty() { message } else { kind };
    let starts = |prefix: &str| kind.starts_with(prefix);
    if starts("Schema") {
        SqlState::DUPLICATE_SCHEMA
    } else if starts("Macro") || starts("Table Macro") || starts("Scalar Function") {
        SqlState::DUPLICATE_FUNCTION
    } else if starts("Column") {
        SqlState::DUPLICATE_COLUMN
    } else if starts("Database") {
        SqlState::DUPLICATE_DATABASE
    } else if starts("Type") || starts("Secret") {
        SqlState::DUPLICATE_OBJECT
    } else {
        SqlState::DUPLICATE_TABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_subtype_of_duckdb_choose_the_sqlstate() {
        let table = [
            (
                "Parser",
                "SYNTAX_ERROR",
                "syntax error at or near \"selec\"",
                "42601",
            ),
            (
                "Catalog",
                "MISSING_ENTRY",
                "Table with name nope does not exist!",
                "42P01",
            ),
            (
                "Catalog",
                "MISSING_ENTRY",
                "Scalar Function with name f does not exist!",
                "42883",
            ),
            (
                "Catalog",
                "MISSING_ENTRY",
                "Type with name t does not exist!",
                "42704",
            ),
            (
                "Catalog",
                "ENTRY_ALREADY_EXISTS",
                "Table with name \"t\" already exists!",
                "42P07",
            ),
            (
                "Binder",
                "COLUMN_NOT_FOUND",
                "Referenced column \"bad\" not found",
                "42703",
            ),
            (
                "Binder",
                "",
                "Referenced table \"u\" not found! Candidate tables: \"t\"",
                "42P01",
            ),
            (
                "Binder",
                "",
                "No function matches the given name and argument types",
                "42883",
            ),
            (
                "Conversion",
                "",
                "Could not convert string 'x' to INT32",
                "22P02",
            ),
            (
                "Conversion",
                "",
                "Could not convert string '99999999999' to INT32",
                "22003",
            ),
            ("Out of Range", "", "cannot take logarithm of zero", "2201E"),
            (
                "Catalog",
                "",
                "Existing object w is of type View, trying to drop type Table",
                "42809",
            ),
            (
                "Constraint",
                "",
                "Duplicate key \"a: 1\" violates primary key constraint",
                "23505",
            ),
            (
                "Out of Memory",
                "",
                "failed to allocate data of size 8.0 GiB",
                "53200",
            ),
            (
                "Permission",
                "",
                "Cannot access file \"/etc/passwd\"",
                "42501",
            ),
            // A table whose name looks like another condition stays a missing table.
            (
                "Catalog",
                "MISSING_ENTRY",
                "Table with name out_of_memory does not exist!",
                "42P01",
            ),
            ("Whatever", "", "?", "XX000"),
        ];
        for (class, subtype, message, sqlstate) in table {
            let mut failure = failure::new(FailureKind::FailureEngine, message);
            failure.duckdb_class = class.to_owned();
            failure.duckdb_subtype = subtype.to_owned();
            let error = QueryError::from_status(&failure::to_status(failure));
            assert_eq!(error.sqlstate.0, sqlstate, "{class} {message}");
        }
    }

    #[test]
    fn advice_of_duckdb_is_a_hint() {
        for (message, first, hint) in [
            (
                "Table with name t does not exist!\nDid you mean \"u\"?",
                "Table with name t does not exist!",
                Some("Did you mean \"u\"?"),
            ),
            (
                "No function matches.\n\tCandidate functions:\n\tf(INTEGER)\n",
                "No function matches.",
                Some("Candidate functions:\n\tf(INTEGER)"),
            ),
            ("two\nlines", "two\nlines", None),
            ("one line", "one line", None),
        ] {
            let failure = failure::new(FailureKind::FailureEngine, message);
            let error = QueryError::from_status(&failure::to_status(failure));
            assert_eq!(error.message, first);
            assert_eq!(error.hint.as_deref(), hint);
        }
    }

    #[test]
    fn a_transport_fault_is_a_lost_worker() {
        let error = QueryError::from_status(&Status::unavailable("tcp connect error"));
        assert_eq!(error.sqlstate, SqlState::CRASH_SHUTDOWN);
        assert!(error.is_loss());
        assert!(
            !error.message.contains("tcp"),
            "addresses and causes stay inside"
        );
    }
}
