//! Which table, column and constraint a violation is about, for the fields of an error.
//!
//! DuckDB tells a part of it in its message; the table is the one that the statement changes.
//! Constraints have the names that PostgreSQL gives to those without one, which are the names in
//! the catalog too: DuckDB keeps no others.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Visit, Visitor};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;

use super::lexer::{Kind, Token, tokens};
use super::statement::quote_identifier;
use crate::error::{ObjectNames, QueryError, SqlState};

/// The table that a statement changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// As a client calls it.
    pub(super) schema: String,
    pub(super) table: String,
}

impl Target {
    /// `schema` and `table` as written, without a schema the usual one.
    pub(super) fn new(schema: Option<String>, table: String) -> Self {
        let schema = schema.filter(|schema| !schema.is_empty() && schema != "main");
        Self {
            schema: schema.unwrap_or_else(|| "public".to_owned()),
            table,
        }
    }

    /// The target of INSERT, UPDATE, DELETE and MERGE, also after a WITH.
    pub(super) fn of(sql: &str) -> Option<Self> {
        let all: Vec<Token> = tokens(sql).collect();
        let mut depth = 0_usize;
        let at = all.iter().position(|token| {
            if token.is_symbol(sql, "(") {
                depth += 1;
            } else if token.is_symbol(sql, ")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0
                && ["INSERT", "UPDATE", "DELETE", "MERGE"]
                    .iter()
                    .any(|word| token.is_word(sql, word))
        })?;
        let mut rest = all.get(at + 1..)?.iter().skip_while(|token| {
            ["OR", "REPLACE", "IGNORE", "INTO", "FROM", "ONLY"]
                .iter()
                .any(|word| token.is_word(sql, word))
        });
        let is_name = |token: &&Token| matches!(token.kind, Kind::Word | Kind::Quoted);
        let mut parts = vec![rest.next().filter(is_name)?.value(sql)];
        while rest.next().is_some_and(|token| token.is_symbol(sql, ".")) {
            parts.push(rest.next().filter(is_name)?.value(sql));
        }
        let table = parts.pop()?;
        Some(Self::new(parts.pop(), table))
    }
}

/// Adds to a violation of a constraint what it is about.
pub(super) fn explain(error: QueryError, target: Option<&Target>) -> QueryError {
    match error.sqlstate {
        SqlState::UNIQUE_VIOLATION => duplicate(error, target),
        SqlState::NOT_NULL_VIOLATION => null(error, target),
        SqlState::CHECK_VIOLATION => unchecked(error, target),
        SqlState::FOREIGN_KEY_VIOLATION => match target {
            // The key in the message is the other table's: which columns refer to it is not told.
            Some(target) => error.about(names(target)),
            None => error,
        },
        _ => error,
    }
}

fn names(target: &Target) -> ObjectNames {
    ObjectNames {
        schema: target.schema.clone(),
        table: target.table.clone(),
        column: None,
        constraint: None,
    }
}

/// `Duplicate key "a: 1, b: 2" violates primary key constraint.`
fn duplicate(error: QueryError, target: Option<&Target>) -> QueryError {
    let Some(target) = target else {
        return error;
    };
    let mut object = names(target);
    let key = error
        .message
        .strip_prefix("Duplicate key \"")
        .and_then(|rest| rest.rsplit_once("\" violates "));
    let Some((key, kind)) = key else {
        return error.about(object);
    };
    let parts = key_parts(key);
    let columns: Vec<&str> = parts.iter().map(|(column, _)| *column).collect();
    let shown: Vec<String> = columns.iter().map(|column| shown(column)).collect();
    let values: Vec<&str> = parts.iter().map(|(_, value)| *value).collect();
    let detail = format!(
        "Key ({})=({}) already exists.",
        shown.join(", "),
        values.join(", ")
    );
    object.constraint = Some(if kind.starts_with("primary key") {
        format!("{}_pkey", target.table)
    } else {
        format!("{}_{}_key", target.table, columns.join("_"))
    });
    error.with_detail(detail).about(object)
}

/// A name as it is written in SQL.
fn shown(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        });
    if is_plain {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}

/// The columns of a key and their values. A value may look like a further column: what is told
/// of it is then wrong, and nothing else.
fn key_parts(key: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let Some((mut column, mut rest)) = key.split_once(": ") else {
        return parts;
    };
    let mut searched = 0;
    while let Some(comma) = rest
        .get(searched..)
        .and_then(|text| text.find(", "))
        .map(|at| at + searched)
    {
        let next = rest.get(comma + 2..).unwrap_or_default();
        match next.split_once(": ") {
            Some((name, value)) if is_plain_name(name) => {
                parts.push((column, rest.get(..comma).unwrap_or_default()));
                (column, rest) = (name, value);
                searched = 0;
            }
            _ => searched = comma + 2,
        }
    }
    parts.push((column, rest));
    parts
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_')
}

/// `NOT NULL constraint failed: t.c`
fn null(error: QueryError, target: Option<&Target>) -> QueryError {
    let named = error
        .message
        .split_once("NOT NULL constraint failed: ")
        .map(|(_, named)| named.trim_end());
    let (Some(named), Some(target)) = (named, target) else {
        return error;
    };
    let mut object = names(target);
    object.column = named
        .strip_prefix(target.table.as_str())
        .and_then(|rest| rest.strip_prefix('.'))
        .or_else(|| named.split_once('.').map(|(_, column)| column))
        .map(ToOwned::to_owned);
    error.about(object)
}

/// `CHECK constraint failed on table t with expression CHECK((a > 0))`
fn unchecked(error: QueryError, target: Option<&Target>) -> QueryError {
    let told = error
        .message
        .split_once("failed on table ")
        .and_then(|(_, rest)| rest.split_once(" with expression CHECK"));
    let Some((table, expression)) = told else {
        return error;
    };
    let mut object = match target {
        Some(target) => names(target),
        None => names(&Target::new(None, table.to_owned())),
    };
    object.constraint = columns_of(expression).map(|columns| match columns.as_slice() {
        [column] => format!("{table}_{column}_check"),
        _ => format!("{table}_check"),
    });
    error.about(object)
}

/// The columns in an expression, each once; `None` when it cannot be read.
fn columns_of(expression: &str) -> Option<Vec<String>> {
    struct Columns(Vec<String>);

    impl Visitor for Columns {
        type Break = ();

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            let name = match expression {
                Expr::Identifier(name) => Some(name),
                Expr::CompoundIdentifier(names) => names.last(),
                _ => None,
            };
            if let Some(name) = name
                && !self.0.contains(&name.value)
            {
                self.0.push(name.value.clone());
            }
            ControlFlow::Continue(())
        }
    }

    let expression = Parser::new(&DuckDbDialect {})
        .try_with_sql(expression)
        .and_then(|mut parser| parser.parse_expr())
        .ok()?;
    let mut columns = Columns(Vec::new());
    match expression.visit(&mut columns) {
        ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
    }
    Some(columns.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_the_table_that_is_changed() {
        for (sql, schema, table) in [
            ("INSERT INTO t VALUES (1)", "public", "t"),
            ("insert into \"A b\".\"C\" select 1", "A b", "C"),
            ("INSERT OR REPLACE INTO main.t VALUES (1)", "public", "t"),
            (
                "WITH x AS (INSERT INTO u VALUES (1)) UPDATE s.T SET i = 1",
                "s",
                "t",
            ),
            ("DELETE FROM ONLY db.s.t", "s", "t"),
            ("MERGE INTO t USING u ON true", "public", "t"),
        ] {
            let expected = Target::new(Some(schema.to_owned()), table.to_owned());
            assert_eq!(Target::of(sql), Some(expected), "{sql}");
        }
        assert_eq!(Target::of("SELECT 'INSERT INTO t'"), None);
    }

    #[test]
    fn the_message_tells_column_constraint_and_key() {
        let target = Target::new(None, "t".to_owned());
        let check = "CHECK constraint failed on table t with expression CHECK";
        for (sqlstate, message, constraint, column, detail) in [
            (
                SqlState::UNIQUE_VIOLATION,
                "Duplicate key \"id: 1\" violates primary key constraint.".to_owned(),
                Some("t_pkey"),
                None,
                Some("Key (id)=(1) already exists."),
            ),
            (
                SqlState::UNIQUE_VIOLATION,
                "Duplicate key \"x: a, b, y: 7\" violates unique constraint.".to_owned(),
                Some("t_x_y_key"),
                None,
                Some("Key (x, y)=(a, b, 7) already exists."),
            ),
            (
                SqlState::UNIQUE_VIOLATION,
                "PRIMARY KEY or UNIQUE constraint violation: duplicate key \"5\"".to_owned(),
                None,
                None,
                None,
            ),
            (
                SqlState::NOT_NULL_VIOLATION,
                "NOT NULL constraint failed: t.a.b".to_owned(),
                None,
                Some("a.b"),
                None,
            ),
            (
                SqlState::CHECK_VIOLATION,
                format!("{check}((\"We ird\" > 0))"),
                Some("t_We ird_check"),
                None,
                None,
            ),
            (
                SqlState::CHECK_VIOLATION,
                format!("{check}((x < CAST(y AS INTEGER)))"),
                Some("t_check"),
                None,
                None,
            ),
            (
                SqlState::CHECK_VIOLATION,
                format!("{check}(((length(v) > 2) OR (v IS NULL)))"),
                Some("t_v_check"),
                None,
                None,
            ),
        ] {
            let error = explain(QueryError::new(sqlstate, message.clone()), Some(&target));
            let object = error.object.expect("it is about a table");
            assert_eq!(
                (object.schema.as_str(), object.table.as_str()),
                ("public", "t")
            );
            assert_eq!(object.constraint.as_deref(), constraint, "{message}");
            assert_eq!(object.column.as_deref(), column, "{message}");
            assert_eq!(error.detail.as_deref(), detail, "{message}");
        }
    }
}
