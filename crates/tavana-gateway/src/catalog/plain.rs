//! Statements in words that the parser knows and prints as they came.

use std::borrow::Cow;
use std::ops::Range;

use super::unread::BEFORE_EXPRESSION;
use crate::session::lexer::{Kind, Token, tokens};

/// The same statement with other words for `FROM ONLY t` (there is no inheritance), `TABLE t`,
/// `FROM t` without SELECT, `FETCH NEXT ROW ONLY`, `LIMIT ALL`, a LIMIT behind its OFFSET, the weaker
/// locks of rows and those of some tables, `TEMP`, distances in windows, `ISNULL`, `NOTNULL`, and
/// `trim` without the characters to be trimmed.
pub(super) fn plainly(sql: &str) -> Cow<'_, str> {
    let text = Text {
        sql,
        tokens: &tokens(sql).collect::<Vec<_>>(),
    };
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        match text.change(at) {
            Some((next, range, words)) => {
                changes.push((range, words));
                at = next.max(at + 1);
            }
            None => at += 1,
        }
    }
    let mut text = Cow::Borrowed(sql);
    for (range, words) in changes.into_iter().rev() {
        text.to_mut().replace_range(range, &words);
    }
    text
}

#[derive(Clone, Copy)]
struct Text<'sql> {
    sql: &'sql str,
    tokens: &'sql [Token],
}

/// The index of the token after a change, the bytes that it replaces, and by what.
type Change = (usize, Range<usize>, String);

impl<'sql> Text<'sql> {
    fn word(self, at: usize, words: &[&str]) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| words.iter().any(|word| token.is_word(self.sql, word)))
    }

    fn symbol(self, at: usize, symbol: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_symbol(self.sql, symbol))
    }

    /// A number or a parameter.
    fn count(self, at: usize) -> Option<&'sql str> {
        let token = self.tokens.get(at)?;
        matches!(token.kind, Kind::Number | Kind::Parameter).then(|| token.text(self.sql))
    }

    fn change(self, at: usize) -> Option<Change> {
        let token = self.tokens.get(at)?;
        if token.kind == Kind::Symbol {
            return None;
        }
        let until = |last: usize, words: String| {
            let end = self.tokens.get(last)?.end;
            Some((last + 1, token.start..end, words))
        };
        if at == 0 && self.word(at, &["TABLE"]) {
            return until(at, "SELECT * FROM".to_owned());
        }
        if at == 0 && self.word(at, &["FROM"]) && !self.selects() {
            return until(at, "SELECT * FROM".to_owned());
        }
        if self.word(at, &["ONLY"])
            && at
                .checked_sub(1)
                .is_some_and(|before| self.word(before, &["FROM", "JOIN", "UPDATE"]))
        {
            return until(at, String::new());
        }
        if self.word(at, &["FETCH"]) && self.word(at + 1, &["FIRST", "NEXT"]) {
            let counted = !self.word(at + 2, &["ROW", "ROWS"]);
            let rows = at + 2 + usize::from(counted);
            if !self.word(rows, &["ROW", "ROWS"]) {
                return None;
            }
            let count = self.tokens.get(at + 2).filter(|_| counted);
            let count = count.map_or("1", |count| count.text(self.sql));
            return until(rows, format!("FETCH FIRST {count} ROWS"));
        }
        if self.word(at, &["FOR"]) {
            let words: Vec<&str> = (self.tokens.iter().skip(at + 1).take(3))
                .map(|token| token.text(self.sql))
                .collect();
            let are = |expected: &[&str]| {
                words.len() >= expected.len()
                    && (words.iter().zip(expected)).all(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            if are(&["NO", "KEY", "UPDATE"]) {
                return until(at + 3, "FOR UPDATE".to_owned());
            }
            if are(&["KEY", "SHARE"]) {
                return until(at + 2, "FOR SHARE".to_owned());
            }
            if self.word(at + 1, &["UPDATE", "SHARE"]) && self.word(at + 2, &["OF"]) {
                // There is nothing to be locked in any of the tables.
                let mut last = at + 3;
                while self.symbol(last + 1, ",") || self.symbol(last + 1, ".") {
                    last += 2;
                }
                return until(last, "FOR UPDATE".to_owned());
            }
        }
        let is_first = |before: usize| match before {
            0 => self.word(0, &["CREATE"]),
            _ => self.word(before, &["OR", "REPLACE", "LOCAL", "GLOBAL"]),
        };
        if at > 0 && self.word(at, &["TEMP"]) && (0..at).all(is_first) {
            return until(at, "TEMPORARY".to_owned());
        }
        // A count of rows has no unit.
        let has_unit = |next: char| next.is_ascii_alphabetic() || next == ':';
        if token.kind == Kind::String
            && self.word(at + 1, &["PRECEDING", "FOLLOWING"])
            && token.text(self.sql).contains(has_unit)
            && at
                .checked_sub(1)
                .is_some_and(|before| !self.word(before, &["INTERVAL"]))
        {
            // How far a window reaches in time.
            return until(at, format!("INTERVAL {}", token.text(self.sql)));
        }
        if self.word(at, &["LIMIT"]) && self.word(at + 1, &["ALL"]) {
            return until(at + 1, String::new());
        }
        if self.word(at, &["OFFSET"]) {
            let offset = self.count(at + 1)?;
            let limit_at = at + 2 + usize::from(self.word(at + 2, &["ROW", "ROWS"]));
            let limit = self
                .count(limit_at + 1)
                .filter(|_| self.word(limit_at, &["LIMIT"]))?;
            return until(limit_at + 1, format!("LIMIT {limit} OFFSET {offset}"));
        }
        if self.word(at, &["NOTNULL"]) && self.ends_operand(at) {
            return until(at, "IS NOT NULL".to_owned());
        }
        if self.word(at, &["ISNULL"]) && self.ends_operand(at) && !self.symbol(at + 1, "(") {
            return until(at, "IS NULL".to_owned());
        }
        if self.word(at, &["TRIM"]) && self.symbol(at + 1, "(") {
            if self.word(at + 2, &["LEADING", "TRAILING", "BOTH"]) && self.word(at + 3, &["FROM"]) {
                let side = self.tokens.get(at + 2)?.text(self.sql);
                return until(at + 3, format!("TRIM({side} ' ' FROM"));
            }
            if self.word(at + 2, &["FROM"]) {
                return until(at + 2, "TRIM(".to_owned());
            }
        }
        None
    }

    /// Whether an expression may have ended before `at`.
    fn ends_operand(self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.is_some_and(|token| match token.kind {
            Kind::Symbol => matches!(token.text(self.sql), ")" | "]" | "}"),
            Kind::Word => !BEFORE_EXPRESSION
                .iter()
                .any(|word| token.is_word(self.sql, word)),
            Kind::Semicolon => false,
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => true,
        })
    }

    /// Whether a statement that begins with FROM says what it selects.
    fn selects(self) -> bool {
        let mut depth = 0_usize;
        self.tokens.iter().enumerate().any(|(at, token)| {
            if token.kind == Kind::Symbol {
                match token.text(self.sql) {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            depth == 0 && self.word(at, &["SELECT", "UNION", "EXCEPT", "INTERSECT"])
        })
    }
}
