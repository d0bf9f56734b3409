//! PostgreSQL's operators in DuckDB's words.

use std::ops::ControlFlow;

use sqlparser::ast::{
    AccessExpr, BinaryOperator, DataType, Expr, Statement, Subscript, UnaryOperator, Value,
    ValueWithSpan, Visit, Visitor,
};

use super::names;
use super::transform::{MARK, Transform, call, catalog_call, escape_of, own_name, unnested};
use super::types::array_literal;

/// DuckDB's functions that take a lambda.
const LAMBDA_FUNCTIONS: [&str; 12] = [
    "apply",
    "array_apply",
    "array_filter",
    "array_reduce",
    "array_transform",
    "columns",
    "filter",
    "list_apply",
    "list_filter",
    "list_reduce",
    "list_transform",
    "reduce",
];

/// Whether a statement calls a function that takes a lambda.
pub(super) fn has_lambdas(statement: &Statement) -> bool {
    struct Lambdas;

    impl Visitor for Lambdas {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            let name = match expr {
                Expr::Function(function) => names::last_part(&function.name),
                _ => None,
            };
            match name {
                Some(name) if LAMBDA_FUNCTIONS.binary_search(&name.as_str()).is_ok() => {
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        }
    }

    statement.visit(&mut Lambdas).is_break()
}

/// `->` and `->>`.
fn is_arrow(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Arrow | BinaryOperator::LongArrow)
}

/// Puts an operand that is a part of JSON into parentheses.
fn enclose(operand: &mut Expr) -> bool {
    if !matches!(&*operand, Expr::BinaryOp { op, .. } if is_arrow(op)) {
        return false;
    }
    let inner = std::mem::replace(operand, Expr::Value(Value::Null.into()));
    *operand = Expr::Nested(Box::new(inner));
    true
}

/// The path of `#>` and `#>>` as a JSON pointer (RFC 6901), where it is a literal.
fn pointer(path: &Expr) -> Option<Expr> {
    let (Expr::Array(path), 1) = array_literal(names::string(path)?)? else {
        return None;
    };
    let mut pointer = String::new();
    for step in &path.elem {
        pointer.push_str(&step_of(names::string(step)?));
    }
    Some(Expr::Value(Value::SingleQuotedString(pointer).into()))
}

/// A key as a step of a JSON pointer.
fn step_of(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl Transform {
    /// `d #> '{a,0}'` and `d #>> '{a,0}'`.
    pub(super) fn json_path(&mut self, expr: &mut Expr) {
        let Expr::BinaryOp { left, op, right } = expr else {
            return;
        };
        let function = match op {
            BinaryOperator::HashArrow => "json_extract",
            BinaryOperator::HashLongArrow => "json_extract_string",
            _ => return,
        };
        if let Some(pointer) = pointer(right) {
            *expr = call(function, vec![(**left).clone(), pointer]);
            self.changed = true;
        }
    }

    /// `d -> '$ref'`: a key, which DuckDB would take for a path or a pattern.
    pub(super) fn json_key(&mut self, expr: &mut Expr) {
        let Expr::BinaryOp { op, right, .. } = expr else {
            return;
        };
        // The arrow of a lambda may be followed by any text.
        if !is_arrow(op) || self.has_lambdas {
            return;
        }
        let Some(key) = names::string(right) else {
            return;
        };
        let is_path = match key.strip_prefix('$') {
            Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']),
            None => !(key.is_empty() || key == "*"),
        };
        if !is_path {
            // As a pointer (RFC 6901), which has neither patterns nor a root's name.
            let path = step_of(key);
            **right = Expr::Value(Value::SingleQuotedString(path).into());
            self.changed = true;
        }
    }

    /// `substring(a FROM 'pattern')`: the first group of the first match, or all of it.
    pub(super) fn substring_of_pattern(&mut self, expr: &mut Expr) {
        let Expr::Substring {
            expr: text,
            substring_from: Some(pattern),
            substring_for: None,
            ..
        } = expr
        else {
            return;
        };
        if names::string(pattern).is_none() {
            return;
        }
        let matches = call("regexp_match", vec![(**text).clone(), (**pattern).clone()]);
        let first = Value::Number("1".to_owned(), false);
        *expr = Expr::CompoundFieldAccess {
            root: Box::new(matches),
            access_chain: vec![AccessExpr::Subscript(Subscript::Index {
                index: Expr::Value(first.into()),
            })],
        };
        self.changed = true;
    }

    /// `a = 1 AND d->>'k' = 'v'`: in PostgreSQL `->` comes before `=`, IS, NOT, AND and OR, in
    /// DuckDB after them, as it is the arrow of lambdas, too.
    pub(super) fn json_operands(&mut self, expr: &mut Expr) {
        if self.has_lambdas {
            return;
        }
        self.changed |= match expr {
            // `d->'a'->>'b'` is read from the left by both.
            Expr::BinaryOp { left, op, right } => {
                let left = !is_arrow(op) && enclose(left);
                enclose(right) || left
            }
            Expr::IsNull(operand)
            | Expr::IsNotNull(operand)
            | Expr::IsTrue(operand)
            | Expr::IsNotTrue(operand)
            | Expr::IsFalse(operand)
            | Expr::IsNotFalse(operand)
            | Expr::IsUnknown(operand)
            | Expr::IsNotUnknown(operand)
            | Expr::UnaryOp { expr: operand, .. }
            | Expr::Collate { expr: operand, .. }
            | Expr::InSubquery { expr: operand, .. }
            | Expr::InUnnest { expr: operand, .. }
            | Expr::InList { expr: operand, .. } => enclose(operand),
            Expr::IsDistinctFrom(left, right)
            | Expr::IsNotDistinctFrom(left, right)
            | Expr::AnyOp { left, right, .. }
            | Expr::AllOp { left, right, .. }
            | Expr::Like {
                expr: left,
                pattern: right,
                ..
            }
            | Expr::ILike {
                expr: left,
                pattern: right,
                ..
            }
            | Expr::SimilarTo {
                expr: left,
                pattern: right,
                ..
            }
            | Expr::AtTimeZone {
                timestamp: left,
                time_zone: right,
            } => {
                let left = enclose(left);
                enclose(right) || left
            }
            Expr::Between {
                expr: operand,
                low,
                high,
                ..
            } => {
                let changed = [operand, low, high].map(|operand| enclose(operand));
                changed.contains(&true)
            }
            _ => false,
        };
    }

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
                escape_char: escape_of(&right),
                pattern: Box::new(right),
            },
            "~~*" => Expr::ILike {
                negated,
                any: false,
                expr: Box::new(left),
                escape_char: escape_of(&right),
                pattern: Box::new(right),
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
                if let Some((list, _)) = names::string(right).and_then(array_literal) {
                    **right = list;
                    self.changed = true;
                }
            }
            _ => {}
        }
        // DuckDB makes a subquery of it, which is no condition for an outer join.
        if self.reads.only_catalog()
            && let Expr::AnyOp {
                left,
                compare_op: BinaryOperator::Eq,
                right,
                ..
            } = expr
            && own_name(right).is_some()
        {
            *expr = call("list_contains", vec![(**right).clone(), (**left).clone()]);
            self.changed = true;
            return;
        }
        let (list, comparison, left, any) = match &*expr {
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => (&**right, Pattern::of(compare_op), &**left, true),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => (&**right, Pattern::of(compare_op), &**left, false),
            Expr::Like {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some(Pattern::Like(*negated)), &**expr, true),
            Expr::ILike {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some(Pattern::ILike(*negated)), &**expr, true),
            _ => return,
        };
        let Some(comparison) = comparison else {
            return;
        };
        let Some(patterns) = elements(list) else {
            if let Pattern::Regex(_) = comparison {
                self.refused = Some("a regular expression of ANY or ALL must be a list");
            }
            return;
        };
        let joined = patterns
            .into_iter()
            .map(|pattern| {
                let mut one = comparison.with(left.clone(), pattern);
                self.operator(&mut one);
                one
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

/// The patterns of a list that stands there.
fn elements(list: &Expr) -> Option<Vec<Expr>> {
    match unnested(list.clone()) {
        Expr::Array(array) => Some(array.elem),
        Expr::Cast { expr, .. } => elements(&expr),
        other => match names::string(&other).and_then(array_literal) {
            Some((Expr::Array(array), _)) => Some(array.elem),
            _ => None,
        },
    }
}

/// How a text is compared with a pattern; the flags say whether it is negated.
enum Pattern {
    Like(bool),
    ILike(bool),
    Regex(BinaryOperator),
}

impl Pattern {
    fn of(op: &BinaryOperator) -> Option<Self> {
        Some(match op {
            BinaryOperator::PGLikeMatch => Self::Like(false),
            BinaryOperator::PGILikeMatch => Self::ILike(false),
            BinaryOperator::PGNotLikeMatch => Self::Like(true),
            BinaryOperator::PGNotILikeMatch => Self::ILike(true),
            BinaryOperator::PGRegexMatch
            | BinaryOperator::PGRegexIMatch
            | BinaryOperator::PGRegexNotMatch
            | BinaryOperator::PGRegexNotIMatch => Self::Regex(op.clone()),
            _ => return None,
        })
    }

    fn with(&self, expr: Expr, pattern: Expr) -> Expr {
        let (expr, pattern) = (Box::new(expr), Box::new(pattern));
        match self {
            Self::Like(negated) => Expr::Like {
                negated: *negated,
                any: false,
                escape_char: None,
                expr,
                pattern,
            },
            Self::ILike(negated) => Expr::ILike {
                negated: *negated,
                any: false,
                escape_char: None,
                expr,
                pattern,
            },
            Self::Regex(op) => Expr::BinaryOp {
                left: expr,
                op: op.clone(),
                right: pattern,
            },
        }
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
