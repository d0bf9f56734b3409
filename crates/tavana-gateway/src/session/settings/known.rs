//! The settings that PostgreSQL's clients look at (documentation, chapter 20).

use crate::session::statement::ISOLATION_LEVELS;

/// How a known setting behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Any text.
    Free,
    /// Cannot be set; shown only.
    Fixed,
    /// Takes effect in how values are written as text.
    Text,
    /// A time: `500`, `5s`, `1min`.
    Time,
    Bool,
    Encoding,
    /// A number, with or without a unit.
    Number,
    /// A size in memory: `64MB`.
    Size,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// `none` or the user's own name.
    Role,
    /// The user's own name.
    Owner,
    /// Of the current transaction; what it takes is the inner rule's matter.
    Transaction(&'static Rule),
}

impl Rule {
    /// `pg_settings.vartype`.
    pub(super) fn vartype(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Enum(_) => "enum",
            Self::Time | Self::Number | Self::Size => "integer",
            Self::Free | Self::Fixed | Self::Text | Self::Encoding | Self::Role | Self::Owner => {
                "string"
            }
            Self::Transaction(rule) => rule.vartype(),
        }
    }

    /// `pg_settings.unit`; values of other kinds are shown with theirs.
    pub(super) fn unit(self) -> Option<&'static str> {
        matches!(self, Self::Time).then_some("ms")
    }

    /// `pg_settings.context`: who may change it.
    pub(super) fn context(self) -> &'static str {
        match self {
            Self::Fixed => "internal",
            _ => "user",
        }
    }

    /// `pg_settings.category`.
    pub(super) fn category(self) -> &'static str {
        match self {
            Self::Fixed => "Preset Options",
            Self::Text | Self::Encoding => "Client Connection Defaults / Locale and Formatting",
            _ => "Client Connection Defaults / Statement Behavior",
        }
    }
}

/// One setting.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    /// Sent as ParameterStatus at the start and on each change.
    pub(super) reported: bool,
    pub(super) rule: Rule,
    /// For SHOW ALL.
    pub(super) description: &'static str,
}

/// Sent as ParameterStatus.
const REPORTED: bool = true;
const UNREPORTED: bool = false;

const fn known(
    name: &'static str,
    default: &'static str,
    reported: bool,
    rule: Rule,
    description: &'static str,
) -> Known {
    Known {
        name,
        default,
        reported,
        rule,
        description,
    }
}

/// Version of PostgreSQL whose behaviour clients may expect: plain digits, as drivers parse it.
const SERVER_VERSION: &str = "16.9";

/// Sorted by name, letter case ignored.
pub(super) const KNOWN: &[Known] = &[
    known(
        "allow_system_table_mods",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "application_name",
        "",
        REPORTED,
        Rule::Free,
        "The name that the client gave itself.",
    ),
    known(
        "array_nulls",
        "on",
        UNREPORTED,
        Rule::Bool,
        "NULL inside of array texts is read as NULL.",
    ),
    known(
        "backslash_quote",
        "safe_encoding",
        UNREPORTED,
        Rule::Enum(&["safe_encoding", "on", "off"]),
        "Has no effect: strings are standard strings.",
    ),
    known(
        "block_size",
        "8192",
        UNREPORTED,
        Rule::Fixed,
        "Bytes of a block.",
    ),
    known(
        "bytea_output",
        "hex",
        UNREPORTED,
        Rule::Text,
        "How bytea values are written as text.",
    ),
    known(
        "check_function_bodies",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "client_encoding",
        "UTF8",
        REPORTED,
        Rule::Encoding,
        "The client's character set: UTF8.",
    ),
    known(
        "client_min_messages",
        "notice",
        UNREPORTED,
        Rule::Enum(&[
            "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error",
        ]),
        "The least severe messages that are sent to the client.",
    ),
    known(
        "constraint_exclusion",
        "partition",
        UNREPORTED,
        Rule::Enum(&["partition", "on", "off"]),
        "Has no effect.",
    ),
    known(
        "cpu_index_tuple_cost",
        "0.005",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "cpu_operator_cost",
        "0.0025",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "cpu_tuple_cost",
        "0.01",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "cursor_tuple_fraction",
        "0.1",
        UNREPORTED,
        Rule::Number,
        "Has no effect: cursors stream.",
    ),
    known(
        "data_checksums",
        "off",
        UNREPORTED,
        Rule::Fixed,
        "Whether blocks have checksums.",
    ),
    known(
        "DateStyle",
        "ISO, MDY",
        REPORTED,
        Rule::Text,
        "How dates are written as text, and the order of their parts.",
    ),
    known(
        "deadlock_timeout",
        "1s",
        UNREPORTED,
        Rule::Time,
        "Has no effect: there are no locks to wait for.",
    ),
    known(
        "default_statistics_target",
        "100",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "default_table_access_method",
        "heap",
        UNREPORTED,
        Rule::Free,
        "Has no effect.",
    ),
    known(
        "default_tablespace",
        "",
        UNREPORTED,
        Rule::Free,
        "Has no effect.",
    ),
    known(
        "default_text_search_config",
        "pg_catalog.english",
        UNREPORTED,
        Rule::Free,
        "Has no effect.",
    ),
    known(
        "default_toast_compression",
        "pglz",
        UNREPORTED,
        Rule::Enum(&["pglz", "lz4"]),
        "Has no effect.",
    ),
    known(
        "default_transaction_deferrable",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Whether new transactions are deferrable.",
    ),
    known(
        "default_transaction_isolation",
        "read committed",
        UNREPORTED,
        Rule::Enum(&ISOLATION_LEVELS),
        "The isolation level of new transactions; DuckDB gives each of them a snapshot.",
    ),
    known(
        "default_transaction_read_only",
        "off",
        REPORTED,
        Rule::Bool,
        "Whether new transactions only read.",
    ),
    known(
        "effective_cache_size",
        "4GB",
        UNREPORTED,
        Rule::Size,
        "Has no effect.",
    ),
    known(
        "effective_io_concurrency",
        "1",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "enable_async_append",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_bitmapscan",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_gathermerge",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_hashagg",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_hashjoin",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_incremental_sort",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_indexonlyscan",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_indexscan",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_material",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_memoize",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_mergejoin",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_nestloop",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_parallel_append",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_parallel_hash",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_partition_pruning",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_partitionwise_aggregate",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_partitionwise_join",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_seqscan",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_sort",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "enable_tidscan",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "escape_string_warning",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: strings are standard strings.",
    ),
    known(
        "extra_float_digits",
        "1",
        UNREPORTED,
        Rule::Text,
        "Digits of floating-point numbers written as text.",
    ),
    known(
        "from_collapse_limit",
        "8",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "geqo",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "geqo_threshold",
        "12",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "gin_fuzzy_search_limit",
        "0",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "hash_mem_multiplier",
        "2",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "hot_standby",
        "on",
        UNREPORTED,
        Rule::Fixed,
        "Whether a replica takes connections.",
    ),
    known(
        "idle_in_transaction_session_timeout",
        "0",
        UNREPORTED,
        Rule::Time,
        "How long a session may be idle inside of a transaction; 0 is for ever.",
    ),
    known(
        "idle_session_timeout",
        "0",
        UNREPORTED,
        Rule::Time,
        "How long a session may be idle outside of transactions; 0 is for ever.",
    ),
    known(
        "in_hot_standby",
        "off",
        REPORTED,
        Rule::Fixed,
        "Whether this server is a replica.",
    ),
    known(
        "integer_datetimes",
        "on",
        REPORTED,
        Rule::Fixed,
        "Times are 64-bit integers on the wire.",
    ),
    known(
        "IntervalStyle",
        "postgres",
        REPORTED,
        Rule::Text,
        "How intervals are written as text.",
    ),
    known(
        "is_superuser",
        "off",
        REPORTED,
        Rule::Fixed,
        "Whether the user may do everything.",
    ),
    known("jit", "on", UNREPORTED, Rule::Bool, "Has no effect."),
    known(
        "join_collapse_limit",
        "8",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB plans on its own.",
    ),
    known(
        "lc_collate",
        "C",
        UNREPORTED,
        Rule::Fixed,
        "Texts are ordered by their bytes.",
    ),
    known(
        "lc_ctype",
        "C",
        UNREPORTED,
        Rule::Fixed,
        "The class of characters that letters belong to.",
    ),
    known(
        "lc_messages",
        "C",
        UNREPORTED,
        Rule::Free,
        "The language of messages: English.",
    ),
    known("lc_monetary", "C", UNREPORTED, Rule::Free, "Has no effect."),
    known("lc_numeric", "C", UNREPORTED, Rule::Free, "Has no effect."),
    known("lc_time", "C", UNREPORTED, Rule::Free, "Has no effect."),
    known(
        "lo_compat_privileges",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect: there are no large objects.",
    ),
    known(
        "lock_timeout",
        "0",
        UNREPORTED,
        Rule::Time,
        "Has no effect: there are no locks to wait for.",
    ),
    known(
        "log_duration",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "log_min_duration_statement",
        "-1",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "log_statement",
        "none",
        UNREPORTED,
        Rule::Enum(&["none", "ddl", "mod", "all"]),
        "Has no effect: texts of statements are not logged.",
    ),
    known(
        "maintenance_work_mem",
        "64MB",
        UNREPORTED,
        Rule::Size,
        "Has no effect: the worker divides its memory.",
    ),
    known(
        "max_connections",
        "1000",
        UNREPORTED,
        Rule::Fixed,
        "Connections that a server takes at once.",
    ),
    known(
        "max_function_args",
        "100",
        UNREPORTED,
        Rule::Fixed,
        "Arguments of a function.",
    ),
    known(
        "max_identifier_length",
        "63",
        UNREPORTED,
        Rule::Fixed,
        "Bytes of a name that clients can rely on.",
    ),
    known(
        "max_index_keys",
        "32",
        UNREPORTED,
        Rule::Fixed,
        "Columns of an index.",
    ),
    known(
        "max_parallel_workers",
        "8",
        UNREPORTED,
        Rule::Number,
        "Has no effect: the worker gives threads.",
    ),
    known(
        "max_parallel_workers_per_gather",
        "2",
        UNREPORTED,
        Rule::Number,
        "Has no effect: the worker gives threads.",
    ),
    known(
        "max_prepared_transactions",
        "0",
        UNREPORTED,
        Rule::Fixed,
        "Prepared transactions are not supported.",
    ),
    known(
        "max_stack_depth",
        "2MB",
        UNREPORTED,
        Rule::Size,
        "Has no effect.",
    ),
    known(
        "parallel_setup_cost",
        "1000",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "parallel_tuple_cost",
        "0.1",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "password_encryption",
        "scram-sha-256",
        UNREPORTED,
        Rule::Enum(&["scram-sha-256", "md5"]),
        "Has no effect: users are not managed by SQL.",
    ),
    known(
        "plan_cache_mode",
        "auto",
        UNREPORTED,
        Rule::Enum(&["auto", "force_generic_plan", "force_custom_plan"]),
        "Has no effect: each execution is planned anew.",
    ),
    known(
        "quote_all_identifiers",
        "off",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "random_page_cost",
        "4",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "role",
        "none",
        UNREPORTED,
        Rule::Role,
        "The role that statements run as: the user's own.",
    ),
    known(
        "row_security",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "scram_iterations",
        "4096",
        REPORTED,
        Rule::Number,
        "Has no effect: users are not managed by SQL.",
    ),
    known(
        "search_path",
        "\"$user\", public",
        REPORTED,
        Rule::Free,
        "The schemas in which names are looked for.",
    ),
    known(
        "segment_size",
        "1GB",
        UNREPORTED,
        Rule::Fixed,
        "Size of a file of a table.",
    ),
    known(
        "seq_page_cost",
        "1",
        UNREPORTED,
        Rule::Number,
        "Has no effect: DuckDB has its own cost model.",
    ),
    known(
        "server_encoding",
        "UTF8",
        REPORTED,
        Rule::Fixed,
        "The server's character set.",
    ),
    known(
        "server_version",
        SERVER_VERSION,
        REPORTED,
        Rule::Fixed,
        "The version of PostgreSQL whose behaviour clients may expect.",
    ),
    known(
        "server_version_num",
        "160009",
        UNREPORTED,
        Rule::Fixed,
        "The same as a number.",
    ),
    known(
        "session_authorization",
        "",
        REPORTED,
        Rule::Owner,
        "The user that this session belongs to.",
    ),
    known(
        "session_replication_role",
        "origin",
        UNREPORTED,
        Rule::Enum(&["origin", "replica", "local"]),
        "Has no effect.",
    ),
    known(
        "ssl",
        "off",
        UNREPORTED,
        Rule::Fixed,
        "Whether the server takes connections with TLS.",
    ),
    known(
        "standard_conforming_strings",
        "on",
        REPORTED,
        Rule::Fixed,
        "Backslashes in plain strings are characters like others.",
    ),
    known(
        "statement_timeout",
        "0",
        UNREPORTED,
        Rule::Time,
        "How long a statement may run; 0 is for ever.",
    ),
    known(
        "synchronize_seqscans",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "synchronous_commit",
        "on",
        UNREPORTED,
        Rule::Enum(&["on", "off", "local", "remote_write", "remote_apply"]),
        "Has no effect.",
    ),
    known(
        "tcp_keepalives_count",
        "3",
        UNREPORTED,
        Rule::Number,
        "Has no effect: set by the server.",
    ),
    known(
        "tcp_keepalives_idle",
        "10",
        UNREPORTED,
        Rule::Number,
        "Has no effect: set by the server.",
    ),
    known(
        "tcp_keepalives_interval",
        "10",
        UNREPORTED,
        Rule::Number,
        "Has no effect: set by the server.",
    ),
    known(
        "tcp_user_timeout",
        "0",
        UNREPORTED,
        Rule::Number,
        "Has no effect: set by the server.",
    ),
    known(
        "temp_buffers",
        "8MB",
        UNREPORTED,
        Rule::Size,
        "Has no effect.",
    ),
    known(
        "temp_tablespaces",
        "",
        UNREPORTED,
        Rule::Free,
        "Has no effect.",
    ),
    known(
        "TimeZone",
        "UTC",
        REPORTED,
        Rule::Text,
        "The time zone of timestamps with time zone.",
    ),
    known(
        "timezone_abbreviations",
        "Default",
        UNREPORTED,
        Rule::Free,
        "Has no effect.",
    ),
    known(
        "track_activities",
        "on",
        UNREPORTED,
        Rule::Bool,
        "Has no effect.",
    ),
    known(
        "transaction_deferrable",
        "off",
        UNREPORTED,
        Rule::Transaction(&Rule::Bool),
        "Whether the current transaction is deferrable.",
    ),
    known(
        "transaction_isolation",
        "read committed",
        UNREPORTED,
        Rule::Transaction(&Rule::Enum(&ISOLATION_LEVELS)),
        "The isolation level of the current transaction; DuckDB gives each of them a snapshot.",
    ),
    known(
        "transaction_read_only",
        "off",
        UNREPORTED,
        Rule::Transaction(&Rule::Bool),
        "Whether the current transaction only reads.",
    ),
    known(
        "transaction_timeout",
        "0",
        UNREPORTED,
        Rule::Time,
        "How long a transaction may last; 0 is for ever.",
    ),
    known(
        "transform_null_equals",
        "off",
        UNREPORTED,
        Rule::Fixed,
        "Whether = NULL means IS NULL.",
    ),
    known(
        "vacuum_cost_delay",
        "0",
        UNREPORTED,
        Rule::Number,
        "Has no effect.",
    ),
    known(
        "wal_level",
        "replica",
        UNREPORTED,
        Rule::Fixed,
        "What a write-ahead log would hold.",
    ),
    known(
        "work_mem",
        "4MB",
        UNREPORTED,
        Rule::Size,
        "Has no effect: the worker divides its memory.",
    ),
    known(
        "xmlbinary",
        "base64",
        UNREPORTED,
        Rule::Enum(&["base64", "hex"]),
        "Has no effect.",
    ),
    known(
        "xmloption",
        "content",
        UNREPORTED,
        Rule::Enum(&["content", "document"]),
        "Has no effect.",
    ),
];

pub(super) fn find(name: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}
