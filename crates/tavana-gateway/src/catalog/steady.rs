//! Which statements have the same answer for every session that has not changed anything yet: those
//! that read the catalog, and nothing that moves by itself.

use std::ops::ControlFlow;

use sqlparser::ast::{DataType, Expr, ObjectName, Select, Statement, TableFactor, Visit, Visitor};

use super::slots::Slot;
use super::transform::{Reads, listed, parts};

/// Functions of catalog queries whose values depend on their arguments, the catalog and the role
/// alone, sorted. Any other function makes a statement one that is asked each time.
const STEADY_FUNCTIONS: &[&str] = &[
    "_pg_char_max_length",
    "_pg_expandarray",
    "_pg_truetypid",
    "_pg_truetypmod",
    "any_value",
    "array_agg",
    "array_length",
    "array_lower",
    "array_remove",
    "array_to_string",
    "array_upper",
    "bool_and",
    "bool_or",
    "coalesce",
    "col_description",
    "concat",
    "count",
    "current_database",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_user",
    "format",
    "format_type",
    "generate_series",
    "generate_subscripts",
    "getdatabaseencoding",
    "has_any_column_privilege",
    "has_column_privilege",
    "has_database_privilege",
    "has_function_privilege",
    "has_schema_privilege",
    "has_sequence_privilege",
    "has_table_privilege",
    "json_build_object",
    "left",
    "length",
    "lower",
    "max",
    "min",
    "nullif",
    "obj_description",
    "pg_char_to_encoding",
    "pg_collation_is_visible",
    "pg_encoding_to_char",
    "pg_function_is_visible",
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_function_arguments",
    "pg_get_function_identity_arguments",
    "pg_get_function_result",
    "pg_get_indexdef",
    "pg_get_partkeydef",
    "pg_get_userbyid",
    "pg_get_viewdef",
    "pg_is_other_temp_schema",
    "pg_my_temp_schema",
    "pg_opclass_is_visible",
    "pg_operator_is_visible",
    "pg_relation_is_publishable",
    "pg_table_is_visible",
    "pg_type_is_visible",
    "position",
    "quote_ident",
    "replace",
    "right",
    "row_number",
    "session_user",
    "shobj_description",
    "split_part",
    "starts_with",
    "string_agg",
    "strpos",
    "substring",
    "sum",
    "to_regclass",
    "to_regtype",
    "trim",
    "unnest",
    "upper",
    "version",
];

/// How the names of relations begin that tell of what happens now.
const MOVING_RELATIONS: [&str; 9] = [
    "pg_stat",
    "pg_locks",
    "pg_cursors",
    "pg_prepared",
    "pg_settings",
    "pg_timezone",
    "pg_shmem",
    "pg_backend",
    "pg_sequences",
];

/// Whether the answer to a statement that reads what `reads` says is the same each time.
pub(super) fn is_steady(statement: &Statement, reads: &Reads) -> bool {
    let Statement::Query(_) = statement else {
        return false;
    };
    reads.only_catalog() && statement.visit(&mut Unsteady).is_continue()
}

/// Whether a place of a printed text holds the same for a session as for the next one like it.
pub(super) fn is_steady_slot(slot: &Slot) -> bool {
    match slot {
        Slot::Setting { .. }
        | Slot::Settings
        | Slot::Version
        | Slot::Database
        | Slot::User
        | Slot::Public
        | Slot::Database3 { .. } => true,
        Slot::SettingBefore { .. }
        | Slot::Pid
        | Slot::ClientAddress
        | Slot::TransactionId
        | Slot::SettingsRelation
        | Slot::ActivityRelation
        | Slot::QueueRelation => false,
    }
}

/// Breaks off at what is not steady.
struct Unsteady;

/// Something is not steady.
struct Found;

impl Visitor for Unsteady {
    type Break = Found;

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Found> {
        found(select.into.is_some())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Found> {
        found(match factor {
            TableFactor::Table {
                name, args: None, ..
            } => parts(name).is_none_or(|parts| parts.last().is_none_or(|name| moves(name))),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => {
                !is_steady_function(name)
            }
            TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. }
            | TableFactor::UNNEST { .. } => false,
            _ => true,
        })
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Found> {
        found(match expr {
            Expr::Function(function) => !is_steady_function(&function.name),
            // 'now' is a point in time to PostgreSQL.
            Expr::Cast { data_type, .. } => is_of_time(data_type),
            Expr::TypedString(typed) => is_of_time(&typed.data_type),
            _ => false,
        })
    }
}

fn found(unsteady: bool) -> ControlFlow<Found> {
    if unsteady {
        ControlFlow::Break(Found)
    } else {
        ControlFlow::Continue(())
    }
}

fn moves(relation: &str) -> bool {
    MOVING_RELATIONS
        .iter()
        .any(|beginning| relation.starts_with(beginning))
}

fn is_steady_function(name: &ObjectName) -> bool {
    match parts(name).as_deref() {
        Some([function]) => listed(STEADY_FUNCTIONS, function),
        Some([schema, function]) => {
            matches!(schema.as_str(), "pg_catalog" | "information_schema")
                && listed(STEADY_FUNCTIONS, function)
        }
        _ => false,
    }
}

fn is_of_time(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Date
            | DataType::Time(..)
            | DataType::Timestamp(..)
            | DataType::TimestampNtz(..)
            | DataType::Datetime(..)
            | DataType::Custom(..)
    ) && !matches!(data_type, DataType::Custom(name, _)
        if parts(name).is_some_and(|parts| parts.last().is_some_and(|name| is_plain_type(name))))
}

/// Types of PostgreSQL that the parser does not know and that hold no time.
fn is_plain_type(name: &str) -> bool {
    name.starts_with("reg")
        || matches!(
            name,
            "oid"
                | "name"
                | "char"
                | "int2vector"
                | "oidvector"
                | "cardinal_number"
                | "sql_identifier"
                | "character_data"
        )
}

#[cfg(test)]
mod tests {
    use super::STEADY_FUNCTIONS;
    use crate::catalog::Plan;

    #[test]
    fn the_functions_are_sorted() {
        assert!(STEADY_FUNCTIONS.is_sorted());
    }

    #[test]
    fn what_reads_the_catalog_and_nothing_else_is_steady() {
        for sql in [
            "SELECT oid, typname FROM pg_type WHERE typname = $1",
            "SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' ORDER BY 1",
            "WITH t AS (SELECT * FROM pg_class) SELECT count(*) FROM t JOIN pg_attribute a ON a.attrelid = t.oid",
            "SELECT pg_get_expr(adbin, adrelid), 'x'::regclass FROM pg_attrdef",
            "SELECT current_setting('search_path'), version() FROM pg_database",
            "SELECT * FROM information_schema.columns, generate_series(1, 3)",
        ] {
            assert!(Plan::of(sql).is_steady(), "{sql}");
        }
    }

    #[test]
    fn what_moves_by_itself_is_not_steady() {
        for sql in [
            "SELECT 1",
            "SELECT * FROM t",
            "SELECT * FROM pg_class, t",
            "SELECT * FROM pg_stat_activity",
            "SELECT now(), oid FROM pg_class",
            "SELECT random() FROM pg_class",
            "SELECT CURRENT_TIMESTAMP FROM pg_class",
            "SELECT 'now'::timestamp FROM pg_class",
            "SELECT TIMESTAMP 'now' FROM pg_class",
            "SELECT 'now'::timestamptz FROM pg_class",
            "SELECT pg_backend_pid(), oid FROM pg_class",
            "SELECT txid_current() FROM pg_class",
            "SELECT main.format_type(1, 1) FROM pg_class",
            "SELECT mine(1) FROM pg_class",
            "SELECT * FROM pg_class, read_csv('x')",
            "SELECT * FROM pg_class, (SELECT * FROM 'x.parquet')",
            "SELECT * FROM pg_class WHERE oid IN (SELECT getvariable('x'))",
            "SELECT * INTO t FROM pg_class",
            "SELECT pg_cancel_backend(1) FROM pg_class",
            "SELECT set_config('a.b', 'c', false) FROM pg_class",
            "SELECT pg_advisory_lock(1) FROM pg_class",
            "INSERT INTO t SELECT oid FROM pg_class",
            "EXPLAIN SELECT oid FROM pg_class",
        ] {
            assert!(!Plan::of(sql).is_steady(), "{sql}");
        }
    }
}
