//! Statements that the parser does not know, or would respell: only what DuckDB would answer
//! otherwise without a word is changed in them, token by token.
//!
//! `~` matches a part of a text in PostgreSQL and the whole of it in DuckDB; a backslash escapes in
//! PostgreSQL's patterns; relations of the catalog and what a session is called have the same names
//! in both. Everything else that DuckDB lacks is an error, which nobody takes for an answer.

use std::cmp::Reverse;

use tavana_common::catalog::{
    DATABASE, INFORMATION_SCHEMA, INFORMATION_SCHEMA_RELATIONS, PG_RELATIONS, PG_SCHEMA,
};

use super::slots::Slot;
use super::transform::listed;
use super::{Piece, Template};
use crate::session::lexer::{Kind, Token, tokens};

/// Why a statement cannot be changed.
pub(super) const REFUSAL: &str =
    "the operators ~, ~*, !~ and !~* cannot be used so in a statement of DuckDB's own syntax";

/// What operators are made of (PostgreSQL documentation, section 4.1.3).
const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";
/// After these words an expression begins, or after AS a name, so an operator has no left side.
pub(super) const BEFORE_EXPRESSION: [&str; 32] = [
    "all",
    "and",
    "any",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "except",
    "from",
    "having",
    "if",
    "ilike",
    "in",
    "intersect",
    "is",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "or",
    "returning",
    "select",
    "set",
    "some",
    "then",
    "union",
    "using",
    "when",
    "where",
];
/// With these words no operand begins that can be put into parentheses.
const NO_OPERAND: [&str; 8] = [
    "all", "any", "array", "case", "interval", "not", "row", "some",
];
/// What may stand behind these words is a relation.
const BEFORE_RELATION: [&str; 2] = ["from", "join"];

/// A change of the text: what stands between two bytes is replaced.
struct Edit {
    start: usize,
    end: usize,
    piece: Piece,
}

/// The changed statement; `None` when nothing is to be changed.
///
/// # Errors
/// [`REFUSAL`]: it holds an operator whose right side cannot be found.
pub(super) fn changed(sql: &str) -> Result<Option<Template>, &'static str> {
    let tokens: Vec<Token> = tokens(sql).collect();
    let text = Text {
        sql,
        tokens: &tokens,
        closed: &brackets(sql, &tokens),
    };
    let mut edits = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let next = text
            .matching(at, &mut edits)?
            .or_else(|| text.pattern(at, &mut edits))
            .or_else(|| text.relation(at, &mut edits))
            .or_else(|| text.of_session(at, &mut edits));
        at = next.unwrap_or(at + 1);
    }
    Ok((!edits.is_empty()).then(|| text.with(edits)))
}

#[derive(Clone, Copy)]
struct Text<'sql> {
    sql: &'sql str,
    tokens: &'sql [Token],
    /// For an opening bracket, the index of the one that closes it.
    closed: &'sql [Option<usize>],
}

fn brackets(sql: &str, tokens: &[Token]) -> Vec<Option<usize>> {
    let mut closed = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Symbol {
            continue;
        }
        match token.text(sql) {
            "(" | "[" | "{" => open.push(at),
            ")" | "]" | "}" => {
                let place = open.pop().and_then(|from| closed.get_mut(from));
                if let Some(place) = place {
                    *place = Some(at);
                }
            }
            _ => {}
        }
    }
    closed
}

impl<'sql> Text<'sql> {
    fn token(self, at: usize) -> Option<&'sql Token> {
        self.tokens.get(at)
    }

    fn is(self, at: usize, symbol: &str) -> bool {
        self.token(at)
            .is_some_and(|token| token.is_symbol(self.sql, symbol))
    }

    /// The bare word at `at`, in lower case.
    fn word(self, at: usize) -> Option<String> {
        let token = self.token(at).filter(|token| token.kind == Kind::Word)?;
        Some(token.value(self.sql))
    }

    fn is_word(self, at: usize, words: &[&str]) -> bool {
        self.word(at)
            .is_some_and(|word| words.contains(&word.as_str()))
    }

    /// The name at `at`, as PostgreSQL folds it.
    fn name(self, at: usize) -> Option<String> {
        let token = self.token(at)?;
        matches!(token.kind, Kind::Word | Kind::Quoted).then(|| token.value(self.sql))
    }

    /// The index after the operator that begins at `at`, and its text.
    fn operator(self, at: usize) -> Option<(usize, &'sql str)> {
        let is_part =
            |token: &Token| token.kind == Kind::Symbol && OPERATOR.contains(token.text(self.sql));
        let first = self.token(at).filter(|token| is_part(token))?;
        let mut end = first.end;
        let mut next = at + 1;
        while let Some(token) = self.token(next)
            && token.start == end
            && is_part(token)
        {
            end = token.end;
            next += 1;
        }
        Some((next, self.sql.get(first.start..end)?))
    }

    /// Whether an expression has ended before `at`, so that an operator there has a left side.
    fn has_left(self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|before| self.token(before)) else {
            return false;
        };
        match before.kind {
            Kind::Word => !BEFORE_EXPRESSION.contains(&before.value(self.sql).as_str()),
            Kind::Symbol => matches!(before.text(self.sql), ")" | "]" | "}"),
            Kind::Semicolon => false,
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => true,
        }
    }

    /// The index after what is in brackets from `at` on; `None` when they do not end.
    fn closed(self, at: usize) -> Option<usize> {
        self.closed.get(at).copied().flatten().map(|end| end + 1)
    }

    /// The index after the operand that begins at `at`: a value, a name, a call or what is in
    /// parentheses, with what belongs closer to it than any operator.
    fn operand(self, at: usize) -> Option<usize> {
        let first = self.token(at)?;
        let mut next = match first.kind {
            Kind::String | Kind::Parameter | Kind::Quoted => at + 1,
            Kind::Word if self.is_word(at, &NO_OPERAND) => return None,
            Kind::Word if self.is_word(at, &BEFORE_EXPRESSION) => return None,
            Kind::Word => at + 1,
            Kind::Symbol if first.is_symbol(self.sql, "(") => self.closed(at)?,
            Kind::Symbol | Kind::Number | Kind::Semicolon => return None,
        };
        loop {
            next = if self.is(next, ".") {
                next + 2
            } else if self.is(next, "(") || self.is(next, "[") {
                self.closed(next)?
            } else if self.is(next, ":") && self.is(next + 1, ":") {
                next + 3
            } else {
                return Some(next);
            };
        }
    }

    /// `a ~ b` and its like.
    fn matching(self, at: usize, edits: &mut Vec<Edit>) -> Result<Option<usize>, &'static str> {
        let Some((right, operator)) = self.operator(at) else {
            return Ok(None);
        };
        let (negated, insensitive) = match operator {
            "~" => (false, false),
            "~*" => (false, true),
            "!~" => (true, false),
            "!~*" => (true, true),
            _ => return Ok(Some(right)),
        };
        if !self.has_left(at) {
            return Ok(Some(right));
        }
        let end = self.operand(right).ok_or(REFUSAL)?;
        let (Some(first), Some(begin), Some(last)) =
            (self.token(at), self.token(right), self.token(end - 1))
        else {
            return Err(REFUSAL);
        };
        let open = if insensitive { "(?i:" } else { "(?:" };
        let before = format!("{} ('(?s:.*){open}' || ", if negated { "!~" } else { "~" });
        // DuckDB's own `~` compares the whole text.
        edits.push(Edit {
            start: first.start,
            end: begin.start,
            piece: Piece::Text(before),
        });
        edits.push(Edit {
            start: last.end,
            end: last.end,
            piece: Piece::Text(" || ')(?s:.*)')".to_owned()),
        });
        // The operand may hold another one.
        Ok(Some(right))
    }

    /// `LIKE` without `ESCAPE`.
    fn pattern(self, at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
        if !self.is_word(at, &["like", "ilike"]) {
            return None;
        }
        let end = self.operand(at + 1)?;
        let pattern = self.token(at + 1)?;
        let plain = end == at + 2
            && pattern.kind == Kind::String
            && !pattern.value(self.sql).contains('\\');
        if !plain && !self.is_word(end, &["escape"]) {
            let last = self.token(end - 1)?;
            edits.push(Edit {
                start: last.end,
                end: last.end,
                piece: Piece::Text(" ESCAPE '\\'".to_owned()),
            });
        }
        Some(at + 1)
    }

    /// A relation of the catalog, or one in `public`.
    fn relation(self, at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
        if !self.is_word(at, &BEFORE_RELATION) {
            return None;
        }
        let first = self.token(at + 1)?;
        let (schema, name_at) = if self.is(at + 2, ".") {
            (self.name(at + 1)?, at + 3)
        } else {
            ("pg_catalog".to_owned(), at + 1)
        };
        let (name, last) = (self.name(name_at)?, self.token(name_at)?);
        // A function, or a name of three parts.
        if self.is(name_at + 1, "(") || self.is(name_at + 1, ".") {
            return None;
        }
        let hidden = match schema.as_str() {
            "pg_catalog" if listed(PG_RELATIONS, &name) => PG_SCHEMA,
            "information_schema" if listed(INFORMATION_SCHEMA_RELATIONS, &name) => {
                INFORMATION_SCHEMA
            }
            "public" => {
                edits.push(Edit {
                    start: first.start,
                    end: first.end,
                    piece: Piece::Slot(Slot::Public),
                });
                return Some(name_at + 1);
            }
            _ => return None,
        };
        edits.push(Edit {
            start: first.start,
            end: last.end,
            piece: Piece::Text(format!("{DATABASE}.{hidden}.{name}")),
        });
        Some(name_at + 1)
    }

    /// What the session and its database are called.
    fn of_session(self, at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
        let word = self.word(at)?;
        let qualified = at.checked_sub(1).is_some_and(|before| self.is(before, "."));
        let called = self.is(at + 1, "(") && self.is(at + 2, ")");
        if qualified || !called {
            return None;
        }
        let piece = match word.as_str() {
            "current_database" | "current_catalog" => Piece::Slot(Slot::Database),
            "version" => Piece::Slot(Slot::Version),
            "current_schema" => Piece::Text(format!("{DATABASE}.{PG_SCHEMA}.current_schema()")),
            _ => return None,
        };
        edits.push(Edit {
            start: self.token(at)?.start,
            end: self.token(at + 2)?.end,
            piece,
        });
        Some(at + 3)
    }

    fn with(self, edits: Vec<Edit>) -> Template {
        // What is put in stands before what follows, and what was begun last ends first.
        let mut edits: Vec<(usize, Edit)> = edits.into_iter().enumerate().collect();
        edits.sort_by_key(|(index, edit)| (edit.start, edit.end > edit.start, Reverse(*index)));
        let mut pieces = Vec::new();
        let mut from = 0;
        for (_, edit) in edits {
            pieces.push(Piece::Text(
                self.sql
                    .get(from..edit.start)
                    .unwrap_or_default()
                    .to_owned(),
            ));
            pieces.push(edit.piece);
            from = edit.end;
        }
        let rest = self.sql.get(from..).unwrap_or_default();
        pieces.push(Piece::Text(rest.to_owned()));
        Template(pieces)
    }
}
