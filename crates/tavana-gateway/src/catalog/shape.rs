//! What a statement's columns and parameters are to a PostgreSQL client, where DuckDB says it
//! otherwise: names of unnamed targets, and types that DuckDB lacks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    ArrayElemTypeDef, BinaryOperator, DataType, Expr, FunctionArguments, Query, SelectItem,
    SetExpr, Statement, Value, Visit, Visitor,
};

use super::columns::type_of;
use super::names::{self, folded};
use super::statements::returning;
use super::transform::{Reads, own_name};
use crate::pg::types::{array_of, element_of_oid, oid};

/// The columns of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    targets: Vec<Target>,
    /// How many targets stand before the first `*` and behind the last one.
    around_stars: Option<(usize, usize)>,
    /// The columns of a `*` are of the catalog: their names tell their types.
    catalog: bool,
    /// A target is an `unnest`, whose column DuckDB calls by its argument.
    unnests: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Column {
        name: Option<String>,
        oid: Option<u32>,
    },
    /// `*`, `t.*`: any number of columns.
    Star,
}

impl Shape {
    pub(super) fn of(statement: &Statement, reads: &Reads) -> Self {
        let catalog = reads.only_catalog();
        if let Statement::Query(query) = statement
            && let Some(columns) = values_columns(query)
        {
            let targets = (1..=columns)
                .map(|number| Target::Column {
                    name: Some(format!("column{number}")),
                    oid: None,
                })
                .collect();
            return Self::made(targets, catalog);
        }
        let targets = returning(statement).unwrap_or_default();
        // A set operation takes its types from all of its parts.
        let plain = !matches!(statement, Statement::Query(query)
            if matches!(*query.body, SetExpr::SetOperation { .. }));
        let oid_of = |expr: &Expr| match names::literal(expr) {
            // PostgreSQL calls what has no type a text; DuckDB calls it an integer.
            Some(Value::Null) if plain => Some(oid::TEXT),
            _ => oid_of(expr, catalog),
        };
        let unnests = targets.iter().any(|item| {
            matches!(item, SelectItem::UnnamedExpr(Expr::Function(function))
                if names::last_part(&function.name).as_deref() == Some("unnest"))
        });
        let targets = targets
            .iter()
            .map(|item| match item {
                SelectItem::UnnamedExpr(expr) => {
                    if is_star(expr) {
                        return Target::Star;
                    }
                    let name = names::target_name(expr);
                    Target::Column {
                        name: name.or_else(|| own_name(expr).filter(|_| catalog)),
                        oid: oid_of(expr),
                    }
                }
                // PostgreSQL folds names without quotes; tools look for its own in lower case.
                SelectItem::ExprWithAlias { expr, alias } => Target::Column {
                    name: catalog.then(|| folded(alias)),
                    oid: oid_of(expr),
                },
                _ => Target::Star,
            })
            .collect();
        Self {
            unnests,
            ..Self::made(targets, catalog)
        }
    }

    fn made(targets: Vec<Target>, catalog: bool) -> Self {
        let is_star = |target: &Target| *target == Target::Star;
        let around_stars = targets
            .iter()
            .position(is_star)
            .zip(targets.iter().rev().position(is_star));
        Self {
            targets,
            around_stars,
            catalog,
            unnests: false,
        }
    }

    /// Whether it says nothing that DuckDB does not say.
    pub(crate) fn is_plain(&self) -> bool {
        !self.catalog
            && !self.unnests
            && self.targets.iter().all(|target| match target {
                Target::Column { name, oid } => name.is_none() && oid.is_none(),
                Target::Star => true,
            })
    }

    /// The name and the type of column `at` of `count`, which DuckDB calls `name`.
    pub(crate) fn column(
        &self,
        at: usize,
        count: usize,
        name: &str,
    ) -> (Option<&str>, Option<u32>) {
        let target = match self.around_stars {
            None if self.targets.len() == count => self.targets.get(at),
            None => None,
            Some((before, after)) if before + after > count => None,
            Some((before, _)) if at < before => self.targets.get(at),
            Some((_, after)) if at + after >= count => self
                .targets
                .get((self.targets.len() + at).wrapping_sub(count)),
            Some(_) => Some(&Target::Star),
        };
        match target {
            Some(Target::Column { name, oid }) => (name.as_deref(), *oid),
            // Of a struct it has the names of the fields.
            Some(Target::Star) if name.starts_with("unnest(") => (Some("unnest"), None),
            Some(Target::Star) if self.catalog => (None, type_of(name)),
            Some(Target::Star) | None => (None, None),
        }
    }

    /// The name of column `at` of a list without stars.
    pub(super) fn name(&self, at: usize) -> Option<&str> {
        match self.targets.get(at)? {
            Target::Column { name, .. } => name.as_deref(),
            Target::Star => None,
        }
    }
}

/// DuckDB's `COLUMNS(...)` stands for any number of columns, as does unnesting a struct.
fn is_star(expr: &Expr) -> bool {
    match expr {
        Expr::Function(function)
            if matches!(
                names::last_part(&function.name).as_deref(),
                Some("columns" | "unnest")
            ) =>
        {
            true
        }
        Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => true,
        Expr::CompoundFieldAccess { root, .. } => {
            // `(f(x)).*` comes as an access of a star.
            is_star(root) || expr.to_string().ends_with('*')
        }
        _ => holds_columns(expr),
    }
}

/// Whether a `COLUMNS(...)` makes any number of columns of an expression.
pub(super) fn holds_columns(expr: &Expr) -> bool {
    struct Columns;

    impl Visitor for Columns {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::Function(function)
                    if names::last_part(&function.name).as_deref() == Some("columns") =>
                {
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        }
    }

    expr.visit(&mut Columns).is_break()
}

fn values_columns(query: &Query) -> Option<usize> {
    match &*query.body {
        SetExpr::Values(values) => values.rows.first().map(|row| row.content.len()),
        SetExpr::Query(query) => values_columns(query),
        _ => None,
    }
}

/// The type of an expression, if it is one that DuckDB lacks.
fn oid_of(expr: &Expr, catalog: bool) -> Option<u32> {
    match expr {
        Expr::Identifier(name) if name.quote_style.is_none() => {
            match name.value.to_ascii_lowercase().as_str() {
                "current_schema" | "current_role" => Some(oid::NAME),
                name if catalog => type_of(name),
                _ => None,
            }
        }
        Expr::Identifier(name) if catalog => type_of(&name.value),
        Expr::CompoundIdentifier(parts) if catalog => type_of(&folded(parts.last()?)),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => oid_of(inner, catalog),
        Expr::Cast { data_type, .. } => oid_of_type(data_type),
        Expr::Function(function) => match names::last_part(&function.name)?.as_str() {
            "current_database"
            | "current_catalog"
            | "current_schema"
            | "current_user"
            | "session_user"
            | "user"
            | "pg_get_userbyid"
            | "pg_encoding_to_char" => Some(oid::NAME),
            "current_schemas" => Some(oid::NAME_ARRAY),
            "array" => match &function.args {
                FunctionArguments::Subquery(query) => array_of(oid_of_query(query, catalog)?),
                _ => None,
            },
            "unnest" => element_of_oid(oid_of(
                super::functions::arguments(function).first()?,
                catalog,
            )?),
            "min" | "max" | "coalesce" | "nullif" => {
                oid_of(super::functions::arguments(function).first()?, catalog)
            }
            "array_agg" => array_of(oid_of(
                super::functions::arguments(function).first()?,
                catalog,
            )?),
            _ => None,
        },
        Expr::Subquery(query) => oid_of_query(query, catalog),
        Expr::Case {
            conditions,
            else_result,
            ..
        } => {
            let mut results = conditions
                .iter()
                .map(|case| &case.result)
                .chain(else_result.as_deref())
                .filter(|result| names::literal(result).is_none());
            let first = oid_of(results.next()?, catalog)?;
            results
                .all(|result| oid_of(result, catalog) == Some(first))
                .then_some(first)
        }
        _ => None,
    }
}

/// The type of a query's first column, if it is one that DuckDB lacks.
fn oid_of_query(query: &Query, catalog: bool) -> Option<u32> {
    let SetExpr::Select(select) = &*query.body else {
        return None;
    };
    match select.projection.first()? {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
            oid_of(expr, catalog)
        }
        _ => None,
    }
}

fn oid_of_type(data_type: &DataType) -> Option<u32> {
    match data_type {
        DataType::Custom(name, _) => match names::last_part(name)?.as_str() {
            "oid" => Some(oid::OID),
            "name" => Some(oid::NAME),
            "char" => Some(oid::CHAR),
            "xid" => Some(oid::XID),
            "int2vector" => Some(oid::INT2VECTOR),
            "oidvector" => Some(oid::OIDVECTOR),
            _ => None,
        },
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => {
            array_of(oid_of_type(element)?)
        }
        _ => None,
    }
}

/// The types of parameters that are compared with columns of the catalog or cast to their types:
/// number from 0, and OID.
pub(super) fn parameters(statement: &Statement, reads: &Reads) -> BTreeMap<usize, u32> {
    let mut found = Parameters {
        catalog: reads.only_catalog(),
        types: BTreeMap::new(),
    };
    let ControlFlow::Continue(()) = statement.visit(&mut found);
    found.types
}

struct Parameters {
    catalog: bool,
    types: BTreeMap<usize, u32>,
}

impl Parameters {
    fn note(&mut self, parameter: &Expr, oid: Option<u32>) {
        if let (Some(number), Some(oid)) = (placeholder(parameter), oid) {
            self.types.entry(number).or_insert(oid);
        }
    }
}

fn placeholder(expr: &Expr) -> Option<usize> {
    match names::literal(expr)? {
        Value::Placeholder(text) => text
            .strip_prefix('$')?
            .parse::<usize>()
            .ok()?
            .checked_sub(1),
        _ => None,
    }
}

impl Visitor for Parameters {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        match expr {
            Expr::Cast {
                expr, data_type, ..
            } => self.note(expr, oid_of_type(data_type)),
            Expr::BinaryOp {
                left,
                op:
                    BinaryOperator::Eq
                    | BinaryOperator::NotEq
                    | BinaryOperator::Lt
                    | BinaryOperator::Gt
                    | BinaryOperator::LtEq
                    | BinaryOperator::GtEq,
                right,
            } => {
                self.note(left, oid_of(right, self.catalog));
                self.note(right, oid_of(left, self.catalog));
            }
            Expr::InList { expr, list, .. } => {
                let of = oid_of(expr, self.catalog);
                for item in list {
                    self.note(item, of);
                }
            }
            Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => {
                self.note(right, oid_of(left, self.catalog).and_then(array_of));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
