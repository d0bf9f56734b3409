//! Joins of the catalog's relations in the order that is fast.
//!
//! DuckDB takes the values of a column of a relation without statistics for different ones. So two
//! thousand tables joined with two thousand indexes of one schema look like two thousand rows
//! instead of four million, and are joined first.

use sqlparser::ast::{BinaryOperator, Expr, Join, JoinConstraint, JoinOperator, Select};

use super::columns::is_namespace;
use super::names::folded;
use super::transform::Transform;

/// How many equations of columns a statement may have; tools write about ten.
const EQUATIONS_MAX: usize = 64;

impl Transform {
    /// Where two relations of the catalog are joined by their schemas and by something else, the
    /// schemas are compared afterwards: `(a.relnamespace = b.relnamespace) IS TRUE` gives the same
    /// rows in a condition, and the planner does not take it for a way to join.
    pub(super) fn schemas_last(&mut self, select: &mut Select) {
        if !self.reads.catalog {
            return;
        }
        let mut known = Vec::new();
        conditions(select, |condition| {
            conjuncts(condition, &mut |conjunct| {
                known.extend(Equation::of(conjunct))
            });
        });
        if !known.iter().any(|equation| equation.of_schemas) || known.len() > EQUATIONS_MAX {
            return;
        }
        let mut changed = false;
        conditions(select, |condition| {
            conjuncts(condition, &mut |conjunct| {
                let later = Equation::of(conjunct)
                    .is_some_and(|equation| equation.of_schemas && equation.is_implied(&known));
                if later {
                    *conjunct = Expr::IsTrue(Box::new(Expr::Nested(Box::new(conjunct.clone()))));
                    changed = true;
                }
            });
        });
        self.changed |= changed;
    }
}

/// The conditions of inner joins, and WHERE. A condition of an outer join also says which rows are
/// filled up, so it stands alone.
fn conditions(select: &mut Select, mut look: impl FnMut(&mut Expr)) {
    for table in &mut select.from {
        for Join { join_operator, .. } in &mut table.joins {
            if let JoinOperator::Join(JoinConstraint::On(condition))
            | JoinOperator::Inner(JoinConstraint::On(condition)) = join_operator
            {
                look(condition);
            }
        }
    }
    if let Some(condition) = &mut select.selection {
        look(condition);
    }
}

/// What all must hold.
fn conjuncts(condition: &mut Expr, look: &mut impl FnMut(&mut Expr)) {
    match condition {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            conjuncts(left, look);
            conjuncts(right, look);
        }
        Expr::Nested(inner) => conjuncts(inner, look),
        _ => look(condition),
    }
}

/// `a.x = b.y`, where `a` and `b` are different relations.
struct Equation {
    relations: [Vec<String>; 2],
    of_schemas: bool,
}

impl Equation {
    fn of(expr: &Expr) -> Option<Self> {
        let Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq,
            right,
        } = expr
        else {
            return None;
        };
        let ((left, left_column), (right, right_column)) = (column(left)?, column(right)?);
        (left != right).then(|| Self {
            of_schemas: is_namespace(&left_column) && is_namespace(&right_column),
            relations: [left, right],
        })
    }

    /// Whether its relations are joined by equations of other columns.
    fn is_implied(&self, known: &[Self]) -> bool {
        let [from, to] = &self.relations;
        let mut reached = vec![from];
        let mut at = 0;
        while let Some(relation) = reached.get(at).copied() {
            for Self {
                relations: [left, right],
                of_schemas,
            } in known
            {
                let next = match (left == relation, right == relation) {
                    (true, _) => right,
                    (_, true) => left,
                    _ => continue,
                };
                if !of_schemas && !reached.contains(&next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        reached.contains(&to)
    }
}

/// The relation and the name of a column that is written with both.
fn column(expr: &Expr) -> Option<(Vec<String>, String)> {
    match expr {
        Expr::Nested(inner) => column(inner),
        Expr::CompoundIdentifier(names) => {
            let (column, relation) = names.split_last()?;
            Some((relation.iter().map(folded).collect(), folded(column)))
        }
        _ => None,
    }
}
