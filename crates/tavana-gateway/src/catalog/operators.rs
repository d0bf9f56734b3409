//! PostgreSQL's operators in DuckDB's words.

use sqlparser::ast::{BinaryOperator, DataType, Expr, UnaryOperator, Value, ValueWithSpan};

use super::names;
use super::transform::{MARK, Transform, call, catalog_call, unnested};
use super::types::array_literal;

impl Transform {
    pub(super) fn operator(&mut self, expr: &mut Expr) {
        let Expr::BinaryOp { left, op, right } = expr else {
            return;
        };
        let name = match &*op {
            BinaryOperator::PGCustomBinaryOperator(parts) => match parts.as_slice() {
                [schema, symbol] if schema.eq_ignore_ascii_case("pg_catalog") => symbol.as_str(),
                [symbol] => symbol.as_str(),
                _ => return,
            },
            BinaryOperator::PGRegexMatch => "~",
            BinaryOperator::PGRegexIMatch => "~*",
            BinaryOperator::PGRegexNotMatch => "!~",
            BinaryOperator::PGRegexNotIMatch => "!~*",
            BinaryOperator::PGLikeMatch => "~~",
            BinaryOperator::PGILikeMatch => "~~*",
            BinaryOperator::PGNotLikeMatch => "!~~",
            BinaryOperator::PGNotILikeMatch => "!~~*",
            BinaryOperator::Divide if self.divides_integers(left, right) => {
                *op = BinaryOperator::DuckIntegerDivide;
                self.changed = true;
                return;
            }
            _ => return,
        };
        let (left, right) = ((**left).clone(), (**right).clone());
        let negated = name.starts_with('!');
        let insensitive = name.ends_with('*');
        let changed = match name.trim_start_matches('!') {
            "~" | "~*" => {
                let mut arguments = vec![unnested(left), unnested(right)];
                if insensitive {
                    arguments.push(Expr::Value(
                        Value::SingleQuotedString("i".to_owned()).into(),
                    ));
                }
                let matches = call("regexp_matches", arguments);
                if negated {
                    Expr::Nested(Box::new(Expr::UnaryOp {
                        op: UnaryOperator::Not,
                        expr: Box::new(matches),
                    }))
                } else {
                    matches
                }
            }
            "~~" => Expr::Like {
                negated,
                any: false,
                expr: Box::new(left),
                pattern: Box::new(right),
                escape_char: None,
            },
            "~~*" => Expr::ILike {
                negated,
                any: false,
                expr: Box::new(left),
                pattern: Box::new(right),
                escape_char: None,
            },
            symbol => {
                let Some(op) = plain_operator(symbol) else {
                    return;
                };
                Expr::BinaryOp {
                    left: Box::new(left),
                    op,
                    right: Box::new(right),
                }
            }
        };
        // Its precedence may be another one than that of the operator it stands for.
        *expr = match changed {
            Expr::Like { .. } | Expr::ILike { .. } | Expr::BinaryOp { .. } => {
                Expr::Nested(Box::new(changed))
            }
            other => other,
        };
        self.changed = true;
    }

    /// Reads a literal as the type of what it is compared with.
    pub(super) fn same_reg(&mut self, reg: Option<String>, literal: &mut Expr) {
        if let Some(reg) = reg
            && names::string(literal).is_some()
        {
            *literal = catalog_call(&format!("{reg}_in"), vec![literal.clone()]);
            self.changed = true;
        }
    }

    /// In statements about the catalog or the session, `/` between integers is PostgreSQL's.
    fn divides_integers(&self, left: &Expr, right: &Expr) -> bool {
        is_integer(left)
            && is_integer(right)
            && (self.reads.only_catalog() || holds_slot(left) || holds_slot(right))
    }

    /// `x = ANY('{a,b}')`, and LIKE ANY of a list, for which DuckDB has no words.
    pub(super) fn any(&mut self, expr: &mut Expr) {
        match expr {
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => {
                if let Some(list) = names::string(right).and_then(array_literal) {
                    **right = list;
                    self.changed = true;
                }
            }
            _ => {}
        }
        let (list, op, left, any) = match &*expr {
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => (&**right, like_operator(compare_op), &**left, true),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => (&**right, like_operator(compare_op), &**left, false),
            Expr::Like {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some((false, *negated)), &**expr, true),
            Expr::ILike {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some((true, *negated)), &**expr, true),
            _ => return,
        };
        let Some((insensitive, negated)) = op else {
            return;
        };
        let patterns = match unnested(list.clone()) {
            Expr::Array(array) => array.elem,
            Expr::Cast { expr, .. } => match *expr {
                Expr::Array(array) => array.elem,
                _ => return,
            },
            other => match names::string(&other).and_then(array_literal) {
                Some(Expr::Array(array)) => array.elem,
                _ => return,
            },
        };
        let joined = patterns
            .into_iter()
            .map(|pattern| {
                let (expr, pattern) = (Box::new(left.clone()), Box::new(pattern));
                if insensitive {
                    Expr::ILike {
                        negated,
                        any: false,
                        expr,
                        pattern,
                        escape_char: None,
                    }
                } else {
                    Expr::Like {
                        negated,
                        any: false,
                        expr,
                        pattern,
                        escape_char: None,
                    }
                }
            })
            .reduce(|left, right| Expr::BinaryOp {
                left: Box::new(left),
                op: if any {
                    BinaryOperator::Or
                } else {
                    BinaryOperator::And
                },
                right: Box::new(right),
            });
        *expr = match joined {
            Some(joined) => Expr::Nested(Box::new(joined)),
            None => Expr::Value(Value::Boolean(!any).into()),
        };
        self.changed = true;
    }
}

fn plain_operator(symbol: &str) -> Option<BinaryOperator> {
    Some(match symbol {
        "=" => BinaryOperator::Eq,
        "<>" => BinaryOperator::NotEq,
        "<" => BinaryOperator::Lt,
        ">" => BinaryOperator::Gt,
        "<=" => BinaryOperator::LtEq,
        ">=" => BinaryOperator::GtEq,
        "+" => BinaryOperator::Plus,
        "-" => BinaryOperator::Minus,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "||" => BinaryOperator::StringConcat,
        _ => return None,
    })
}

/// Whether an operator is LIKE or ILIKE, and negated.
fn like_operator(op: &BinaryOperator) -> Option<(bool, bool)> {
    Some(match op {
        BinaryOperator::PGLikeMatch => (false, false),
        BinaryOperator::PGILikeMatch => (true, false),
        BinaryOperator::PGNotLikeMatch => (false, true),
        BinaryOperator::PGNotILikeMatch => (true, true),
        _ => return None,
    })
}

fn is_integer(expr: &Expr) -> bool {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::Number(digits, _),
            ..
        }) => digits.bytes().all(|digit| digit.is_ascii_digit()),
        Expr::Nested(inner) => is_integer(inner),
        Expr::Cast { data_type, .. } => matches!(
            data_type,
            DataType::Int(_)
                | DataType::Integer(_)
                | DataType::Int2(_)
                | DataType::Int4(_)
                | DataType::Int8(_)
                | DataType::BigInt(_)
                | DataType::SmallInt(_)
        ),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::DuckIntegerDivide | BinaryOperator::Plus | BinaryOperator::Minus,
            right,
        } => is_integer(left) && is_integer(right),
        _ => false,
    }
}

fn holds_slot(expr: &Expr) -> bool {
    expr.to_string().contains(MARK)
}
