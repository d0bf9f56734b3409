//! What rows of the catalog have in PostgreSQL beside their columns, and what they never have here.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    ArrayElemTypeDef, BinaryOperator, CaseWhen, DataType, Expr, GroupByExpr, Ident, OrderBy,
    OrderByExpr, OrderByKind, OrderByOptions, Query, Select, SelectItem, SetExpr, TableFactor,
    Value, Visit, VisitMut, Visitor, VisitorMut,
};
use tavana_common::catalog::PG_SCHEMA;

use super::columns::{counts_from_zero, table_oid, type_of};
use super::functions::{arguments, session_function};
use super::names::{self, folded};
use super::slots::Slot;
use super::transform::{Relation, Transform, call, cast, own_name};
use crate::pg::types::oid;

/// Columns of the catalog that are empty texts in all rows.
const EMPTY_COLUMNS: [&str; 2] = ["attgenerated", "attidentity"];

impl Transform {
    /// `c.tableoid`: what table of the catalog a row is of; `c.xmin`: the transaction that wrote it.
    pub(super) fn system_columns(&mut self, select: &mut Select) {
        if !self.reads.catalog {
            return;
        }
        let tables: Vec<(String, u32)> = select
            .from
            .iter()
            .flat_map(|table| {
                let joined = table.joins.iter().map(|join| &join.relation);
                std::iter::once(&table.relation).chain(joined)
            })
            .filter_map(|factor| self.table_of_catalog(factor))
            .collect();
        if tables.is_empty() {
            return;
        }
        let mut columns = SystemColumns {
            tables,
            transform: self,
        };
        let ControlFlow::Continue(()) = VisitMut::visit(select, &mut columns);
    }

    /// Columns come in their order: PostgreSQL reads them from an index, and clients rely on it.
    pub(super) fn in_order(&mut self, query: &mut Query) {
        let SetExpr::Select(select) = &*query.body else {
            return;
        };
        let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(list, more)
            if list.is_empty() && more.is_empty());
        if !self.reads.only_catalog()
            || query.order_by.is_some()
            || query.limit_clause.is_some()
            || grouped
            || select.distinct.is_some()
            || select.having.is_some()
            || select.projection.iter().any(may_aggregate)
        {
            return;
        }
        let attributes = select
            .from
            .iter()
            .flat_map(|table| {
                let joined = table.joins.iter().map(|join| &join.relation);
                std::iter::once(&table.relation).chain(joined)
            })
            .filter_map(|factor| self.table_of_catalog(factor))
            .find(|(_, oid)| Some(*oid) == table_oid("pg_attribute"));
        let Some((table, _)) = attributes else {
            return;
        };
        let by = |column: &str| OrderByExpr {
            expr: Expr::CompoundIdentifier(vec![
                Ident::with_quote('"', table.clone()),
                Ident::new(column),
            ]),
            options: OrderByOptions::default(),
            with_fill: None,
        };
        query.order_by = Some(OrderBy {
            kind: OrderByKind::Expressions(vec![by("attrelid"), by("attnum")]),
            interpolate: None,
        });
        self.changed = true;
    }

    /// The name by which a statement calls a table of `pg_catalog`, and the table's number.
    fn table_of_catalog(&self, factor: &TableFactor) -> Option<(String, u32)> {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
        else {
            return None;
        };
        match Relation::of(name, &self.reads.common_tables) {
            Relation::Catalog(PG_SCHEMA, relation) => {
                let oid = table_oid(&relation)?;
                let called = alias.as_ref().map(|alias| folded(&alias.name));
                Some((called.unwrap_or(relation), oid))
            }
            _ => None,
        }
    }

    /// `CASE WHEN attidentity <> '' THEN ...`: no column here is numbered or computed by the server.
    /// What tools ask of those is not asked at all: DuckDB works out all branches of a CASE that hold
    /// subqueries, and these are the most costly ones.
    pub(super) fn never_case(&mut self, expr: &mut Expr) {
        let Expr::Case {
            operand: None,
            conditions,
            else_result,
            ..
        } = expr
        else {
            return;
        };
        if !self.reads.only_catalog() {
            return;
        }
        let mut dropped = Parameters(Vec::new());
        let before = conditions.len();
        conditions.retain(|case| {
            let never = never_true(&case.condition);
            if never {
                let ControlFlow::Continue(()) = case.condition.visit(&mut dropped);
                let ControlFlow::Continue(()) = case.result.visit(&mut dropped);
            }
            !never
        });
        if conditions.len() == before {
            return;
        }
        self.changed = true;
        if !dropped.0.is_empty() {
            // A statement keeps its parameters, or it would have others than the client knows of.
            conditions.push(CaseWhen {
                condition: Expr::Value(Value::Boolean(false).into()),
                result: call("concat", dropped.0),
            });
        } else if conditions.is_empty() {
            *expr = match else_result.take() {
                Some(result) if names::literal(&result) != Some(&Value::Null) => *result,
                _ => cast(Expr::Value(Value::Null.into()), DataType::Varchar(None)),
            };
        }
    }

    /// `ctid BETWEEN '(0,0)'::tid AND '(9,0)'::tid`, by which the DuckDB of a client reads a table in
    /// parts: a row's number stands for the number of its page.
    pub(super) fn pages(&mut self, expr: &mut Expr) {
        let Expr::Between {
            expr: column,
            negated: false,
            low,
            high,
        } = expr
        else {
            return;
        };
        if own_name(column).as_deref() != Some("ctid") {
            return;
        }
        let (Some(first), Some(last)) = (page_of(low), page_of(high)) else {
            return;
        };
        match &mut **column {
            Expr::Identifier(name) => *name = Ident::new("rowid"),
            Expr::CompoundIdentifier(names) => {
                if let Some(name) = names.last_mut() {
                    *name = Ident::new("rowid");
                }
            }
            _ => return,
        }
        let number =
            |page: u32| Box::new(Expr::Value(Value::Number(page.to_string(), false).into()));
        let column = column.clone();
        // The largest page stands for the end of the table, whatever is its number.
        *expr = if last == u32::MAX {
            Expr::BinaryOp {
                left: column,
                op: BinaryOperator::GtEq,
                right: number(first),
            }
        } else {
            Expr::Between {
                expr: column,
                negated: false,
                low: number(first),
                high: number(last),
            }
        };
        self.changed = true;
    }

    /// `indkey::text`: a vector is written without braces and commas.
    pub(super) fn vector_text(&mut self, expr: &mut Expr) {
        let column = own_name(expr).filter(|_| self.reads.catalog);
        if column.is_some_and(|column| counts_from_zero(&column)) {
            let blank = Value::SingleQuotedString(" ".to_owned());
            let list = cast(expr.clone(), array_of_text());
            *expr = call("array_to_string", vec![list, Expr::Value(blank.into())]);
            self.changed = true;
        }
    }
}

/// Puts what the system columns of the catalog's rows are.
struct SystemColumns<'a> {
    /// The tables of a SELECT by the names it gives them.
    tables: Vec<(String, u32)>,
    transform: &'a mut Transform,
}

impl SystemColumns<'_> {
    /// The table that a system column belongs to; `None` for other expressions.
    fn table(&self, expr: &Expr, wanted: &str) -> Option<u32> {
        let called = |name: &String| {
            let mut tables = self.tables.iter();
            tables
                .find(|(called, _)| called == name)
                .map(|(_, oid)| *oid)
        };
        match expr {
            Expr::Identifier(name) if folded(name) == wanted => match self.tables.as_slice() {
                [(_, oid)] => Some(*oid),
                _ => None,
            },
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., table, column] if folded(column) == wanted => called(&folded(table)),
                _ => None,
            },
            _ => None,
        }
    }
}

impl VisitorMut for SystemColumns<'_> {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Infallible> {
        let value = if let Some(oid) = self.table(expr, "tableoid") {
            cast(number(oid), DataType::BigInt(None))
        } else if self.table(expr, "xmin").is_some() {
            self.transform.slot_expr(Slot::TransactionId)
        } else if is_age_of(expr, |argument| self.table(argument, "xmin").is_some()) {
            cast(number(0), DataType::Integer(None))
        } else {
            return ControlFlow::Continue(());
        };
        *expr = value;
        self.transform.changed = true;
        ControlFlow::Continue(())
    }
}

/// `age(xid)`: how many transactions ago that was. Here each statement is the newest there is, and
/// a tool that asks for what has changed since finds everything.
pub(super) fn age_of_transaction(expr: &mut Expr) -> bool {
    let is_xid = |argument: &Expr| match argument {
        Expr::Cast { data_type, .. } => data_type.to_string().eq_ignore_ascii_case("xid"),
        _ => own_name(argument).is_some_and(|name| type_of(&name) == Some(oid::XID)),
    };
    let found = is_age_of(expr, is_xid);
    if found && let Expr::Function(function) = &*expr {
        // Multiplied, so that NULL stays NULL and a parameter stays one.
        let none = Expr::BinaryOp {
            left: Box::new(Expr::Nested(Box::new(arguments(function).swap_remove(0)))),
            op: BinaryOperator::Multiply,
            right: Box::new(number(0)),
        };
        *expr = cast(none, DataType::Integer(None));
    }
    found
}

/// Whether it is `age(...)` of one argument for which that holds.
fn is_age_of(expr: &Expr, holds: impl Fn(&Expr) -> bool) -> bool {
    let Expr::Function(function) = expr else {
        return false;
    };
    session_function(function).as_deref() == Some("age")
        && matches!(arguments(function).as_slice(), [argument] if holds(argument))
}

fn number(value: u32) -> Expr {
    Expr::Value(Value::Number(value.to_string(), false).into())
}

/// Functions that take one row, as targets of what tools ask about columns.
const SCALARS: [&str; 8] = [
    "coalesce",
    "current_database",
    "lower",
    "nullif",
    "quote_ident",
    "replace",
    "substring",
    "upper",
];

/// Whether a target may make one row of several, or several of one.
fn may_aggregate(item: &SelectItem) -> bool {
    struct Calls;

    impl Visitor for Calls {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            if let Expr::Function(function) = expr {
                let name = names::last_part(&function.name).unwrap_or_default();
                let scalar = SCALARS.contains(&name.as_str())
                    || name.starts_with("pg_get_")
                    || matches!(name.as_str(), "format_type" | "col_description");
                if !scalar {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        }
    }
    item.visit(&mut Calls).is_break()
}

/// The parameters of a part of a statement, with the casts around them.
struct Parameters(Vec<Expr>);

impl Visitor for Parameters {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        let bare = |expr: &Expr| matches!(names::literal(expr), Some(Value::Placeholder(_)));
        let cast = matches!(expr, Expr::Cast { expr, .. } if bare(expr));
        if cast || bare(expr) && !self.0.iter().any(|known| holds(known, expr)) {
            self.0.push(expr.clone());
        }
        ControlFlow::Continue(())
    }
}

fn holds(cast: &Expr, parameter: &Expr) -> bool {
    matches!(cast, Expr::Cast { expr, .. } if **expr == *parameter) || cast == parameter
}

/// Whether a CASE never comes to what follows this condition. Drivers make parameters of literals;
/// nobody compares these columns by <> with anything but the empty text.
fn never_true(condition: &Expr) -> bool {
    match condition {
        Expr::Nested(inner) => never_true(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::NotEq,
            right,
        } => {
            (names::string(right) == Some("") || is_parameter(right))
                && own_name(left).is_some_and(|name| EMPTY_COLUMNS.contains(&name.as_str()))
        }
        _ => false,
    }
}

fn is_parameter(expr: &Expr) -> bool {
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_parameter(expr),
        _ => matches!(names::literal(expr), Some(Value::Placeholder(_))),
    }
}

/// The page of a literal like `'(7,0)'::tid`.
fn page_of(expr: &Expr) -> Option<u32> {
    let Expr::Cast { expr, .. } = expr else {
        return None;
    };
    let (page, _) = names::string(expr)?.strip_prefix('(')?.split_once(',')?;
    page.parse().ok()
}

fn array_of_text() -> DataType {
    let text = Box::new(DataType::Varchar(None));
    DataType::Array(ArrayElemTypeDef::SquareBracket(text, None))
}
