//! SQL text as tokens, and the substitution of parameters in it.
//!
//! The lexer knows what DuckDB's knows: strings, `E''`, dollar quotes, nested comments, quoted
//! identifiers. It accepts any text; what is wrong in it is DuckDB's to say. Nothing here decides
//! by searching for a substring.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword without quotes.
    Word,
    /// An identifier in double quotes.
    Quoted,
    /// A string of any form.
    Text,
    Number,
    /// `$1`, `?1` or a bare `?`, which counts up.
    Parameter(usize),
    /// `$name`.
    NamedParameter,
    /// Any other single character.
    Symbol(char),
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Largest parameter number: what PostgreSQL's protocol can carry.
pub(crate) const PARAMETERS_MAX: usize = 65_535;

/// A text with its tokens.
#[derive(Debug, Clone)]
pub(crate) struct SqlText<'a> {
    pub(crate) sql: &'a str,
    pub(crate) tokens: Vec<Token>,
}

impl<'a> SqlText<'a> {
    pub(crate) fn lex(sql: &'a str) -> Self {
        Self {
            sql,
            tokens: Lexer::over(sql).run(),
        }
    }

    /// The token's text as written.
    pub(crate) fn written(&self, token: &Token) -> &'a str {
        self.sql.get(token.start..token.end).unwrap_or_default()
    }

    /// An identifier or keyword in lower case, without its quotes; `None` for other tokens.
    pub(crate) fn name(&self, index: usize) -> Option<Cow<'a, str>> {
        let token = self.tokens.get(index)?;
        let written = self.written(token);
        match token.kind {
            TokenKind::Word if written.bytes().any(|b| b.is_ascii_uppercase()) => {
                Some(Cow::Owned(written.to_ascii_lowercase()))
            }
            TokenKind::Word => Some(Cow::Borrowed(written)),
            TokenKind::Quoted => {
                let inner = written.strip_prefix('"').unwrap_or(written);
                let inner = inner.strip_suffix('"').unwrap_or(inner);
                Some(Cow::Owned(inner.replace("\"\"", "\"").to_ascii_lowercase()))
            }
            _ => None,
        }
    }

    /// Whether the token is this keyword (lower case), unquoted.
    pub(crate) fn is_keyword(&self, index: usize, keyword: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| {
            token.kind == TokenKind::Word && self.written(token).eq_ignore_ascii_case(keyword)
        })
    }

    pub(crate) fn is_symbol(&self, index: usize, symbol: char) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    /// The value of a string token; `None` for other tokens.
    pub(crate) fn text_value(&self, index: usize) -> Option<String> {
        let token = self.tokens.get(index)?;
        if token.kind != TokenKind::Text {
            return None;
        }
        let written = self.written(token);
        if let Some(rest) = written.strip_prefix('$') {
            let tag = rest.split('$').next().unwrap_or_default();
            let inner = rest.get(tag.len() + 1..).unwrap_or_default();
            let end = inner.len().saturating_sub(tag.len() + 2);
            return inner.get(..end).map(str::to_owned);
        }
        let escapes = written.starts_with(['e', 'E']);
        let mut value = String::new();
        let mut parts = Lexer::over(written);
        while let Some(inner) = parts.string_part(escapes) {
            let plain = inner.replace("''", "'");
            value.push_str(&if escapes { unescape(&plain) } else { plain });
        }
        Some(value)
    }

    /// Statements in the text, counted by the semicolons between them.
    pub(crate) fn statements(&self) -> usize {
        let mut count = 0;
        let mut open = false;
        for token in &self.tokens {
            if token.kind == TokenKind::Symbol(';') {
                open = false;
            } else if !open {
                open = true;
                count += 1;
            }
        }
        count
    }

    /// Highest numbered parameter.
    pub(crate) fn parameters(&self) -> usize {
        self.tokens
            .iter()
            .filter_map(|token| match token.kind {
                TokenKind::Parameter(number) => Some(number),
                _ => None,
            })
            .max()
            .unwrap_or(0)
    }

    /// The text with every parameter `n` that has a type in `types` written as a cast to it, and
    /// every `?` as a numbered parameter.
    ///
    /// DuckDB binds no number above the count of parameters: those that occur are counted anew.
    pub(crate) fn with_casts(&self, types: &[Option<String>]) -> Substituted {
        let places = self.parameter_places();
        self.with(|number| {
            let place = places.get(&number).copied().unwrap_or(number);
            match types.get(number.wrapping_sub(1)) {
                Some(Some(type_name)) => cast(place, type_name),
                _ => format!("${place}"),
            }
        })
    }

    /// The numbered parameters that occur, and the place of each among them, from 1.
    pub(crate) fn parameter_places(&self) -> BTreeMap<usize, usize> {
        let numbers: BTreeSet<usize> = self
            .tokens
            .iter()
            .filter_map(|token| match token.kind {
                TokenKind::Parameter(number) => Some(number),
                _ => None,
            })
            .collect();
        numbers.into_iter().zip(1..).collect()
    }

    /// The same with the value `literal` gives for the type in place of the parameter.
    pub(crate) fn with_values(
        &self,
        types: &[Option<String>],
        literal: impl Fn(&str) -> &'static str,
    ) -> Substituted {
        let places = self.parameter_places();
        self.with(|number| match types.get(number.wrapping_sub(1)) {
            Some(Some(type_name)) => format!("CAST({} AS {type_name})", literal(type_name)),
            _ => format!("${}", places.get(&number).copied().unwrap_or(number)),
        })
    }

    /// The text with what `write` gives in place of every numbered parameter.
    fn with(&self, write: impl Fn(usize) -> String) -> Substituted {
        let mut sql = String::with_capacity(self.sql.len() + 32);
        let mut pieces = vec![Piece {
            out: 0,
            input: 0,
            verbatim: true,
        }];
        let mut copied = 0;
        for token in &self.tokens {
            let TokenKind::Parameter(number) = token.kind else {
                continue;
            };
            sql.push_str(self.sql.get(copied..token.start).unwrap_or_default());
            pieces.push(Piece {
                out: sql.len(),
                input: token.start,
                verbatim: false,
            });
            sql.push_str(&write(number));
            copied = token.end;
            pieces.push(Piece {
                out: sql.len(),
                input: copied,
                verbatim: true,
            });
        }
        sql.push_str(self.sql.get(copied..).unwrap_or_default());
        Substituted { sql, pieces }
    }

    /// A position in characters, from 1, for an offset in bytes.
    pub(crate) fn position(&self, offset: usize) -> u32 {
        let characters = self
            .sql
            .char_indices()
            .take_while(|(at, _)| *at < offset)
            .count();
        u32::try_from(characters + 1).unwrap_or(0)
    }
}

/// How a parameter of a known type is written.
pub(crate) fn cast(number: usize, type_name: &str) -> String {
    format!("CAST(${number} AS {type_name})")
}

/// A text made from another, with the way back for positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Substituted {
    pub(crate) sql: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    out: usize,
    input: usize,
    /// Copied byte by byte; otherwise all of it stands for one token.
    verbatim: bool,
}

impl Substituted {
    /// Where in the original text the byte at `offset` of this text comes from.
    pub(crate) fn origin(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.out <= offset);
        let piece = self.pieces[after.saturating_sub(1)];
        if piece.verbatim {
            piece.input + (offset - piece.out)
        } else {
            piece.input
        }
    }
}

/// Whether a text is one type name and nothing else, so that it may stand in a cast.
pub(crate) fn is_type_name(text: &str) -> bool {
    let lexed = SqlText::lex(text);
    let mut depth = 0_usize;
    for (index, token) in lexed.tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Word | TokenKind::Quoted => {}
            _ if index == 0 => return false,
            TokenKind::Number => {}
            TokenKind::Text if depth > 0 => {}
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') if depth > 0 => depth -= 1,
            TokenKind::Symbol(',') if depth > 0 => {}
            TokenKind::Symbol('.') => {}
            _ => return false,
        }
    }
    // The tokens must account for the whole text: no comment may swallow what follows the name.
    let covered: usize = lexed
        .tokens
        .iter()
        .map(|token| token.end - token.start)
        .sum();
    let blanks = text.bytes().filter(u8::is_ascii_whitespace).count();
    let inner_blanks: usize = lexed
        .tokens
        .iter()
        .map(|token| {
            lexed
                .written(token)
                .bytes()
                .filter(u8::is_ascii_whitespace)
                .count()
        })
        .sum();
    depth == 0 && !lexed.tokens.is_empty() && covered + blanks - inner_blanks == text.len()
}

/// An identifier in quotes.
pub(crate) fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal.
pub(crate) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('x') => out.extend(code(&mut rest, "", 16, 2)),
            Some('u') => out.extend(code(&mut rest, "", 16, 4)),
            Some('U') => out.extend(code(&mut rest, "", 16, 8)),
            Some(first @ '0'..='7') => out.extend(code(&mut rest, &first.to_string(), 8, 3)),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// The character whose number `first` and the digits that follow spell.
fn code(
    rest: &mut std::str::Chars<'_>,
    first: &str,
    radix: u32,
    digits_max: usize,
) -> Option<char> {
    let mut digits = first.to_owned();
    while digits.len() < digits_max {
        let Some(digit) = rest.clone().next().filter(|digit| digit.is_digit(radix)) else {
            break;
        };
        digits.push(digit);
        rest.next();
    }
    u32::from_str_radix(&digits, radix)
        .ok()
        .and_then(char::from_u32)
}

struct Lexer<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    at: usize,
    questions: usize,
}

impl<'a> Lexer<'a> {
    fn over(sql: &'a str) -> Self {
        Self {
            sql,
            bytes: sql.as_bytes(),
            at: 0,
            questions: 0,
        }
    }

    fn run(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(byte) = self.peek(0) {
            let start = self.at;
            let kind = match byte {
                _ if self.blank() > 0 => {
                    self.at += self.blank();
                    continue;
                }
                b'-' if self.peek(1) == Some(b'-') => {
                    self.skip_while(|b| !is_newline(b));
                    continue;
                }
                b'/' if self.peek(1) == Some(b'*') => {
                    self.block_comment();
                    continue;
                }
                b'\'' => self.string(false),
                b'"' => {
                    self.quoted(b'"');
                    TokenKind::Quoted
                }
                b'$' => self.dollar(),
                b'?' => {
                    self.at += 1;
                    self.question()
                }
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
                _ if is_word_start(byte) => self.word(),
                _ => {
                    let symbol = self.sql.get(start..).and_then(|rest| rest.chars().next());
                    self.at += symbol.map_or(1, char::len_utf8);
                    TokenKind::Symbol(symbol.unwrap_or(char::REPLACEMENT_CHARACTER))
                }
            };
            tokens.push(Token {
                kind,
                start,
                end: self.at,
            });
        }
        tokens
    }

    /// Bytes of the blank here; 0 when there is none. DuckDB takes these characters of Unicode for
    /// blanks outside of strings.
    fn blank(&self) -> usize {
        match self.peek(0) {
            Some(byte) if byte.is_ascii_whitespace() || byte == 0x0b => 1,
            Some(0xc2..) => self
                .sql
                .get(self.at..)
                .and_then(|rest| rest.chars().next())
                .filter(|c| {
                    c.is_whitespace()
                        || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
                })
                .map_or(0, char::len_utf8),
            _ => 0,
        }
    }

    /// Past the blanks and comments behind a string to the string that continues it: one on a
    /// later line.
    fn continuation(&self) -> Option<usize> {
        let mut ahead = Lexer {
            sql: self.sql,
            bytes: self.bytes,
            at: self.at,
            questions: 0,
        };
        let mut newline = false;
        loop {
            match (ahead.peek(0)?, ahead.peek(1)) {
                (b'\'', _) => return newline.then_some(ahead.at),
                (b'-', Some(b'-')) => ahead.skip_while(|b| !is_newline(b)),
                (byte, _) if ahead.blank() > 0 => {
                    newline |= is_newline(byte);
                    ahead.at += ahead.blank();
                }
                _ => return None,
            }
        }
    }

    /// What is between the next quotes of a string token.
    fn string_part(&mut self, escapes: bool) -> Option<&'a str> {
        self.at = if self.at == 0 {
            self.bytes.iter().position(|byte| *byte == b'\'')?
        } else {
            self.continuation()?
        };
        let start = self.at;
        self.string_end(escapes);
        let part = self.sql.get(start + 1..self.at)?;
        Some(part.strip_suffix('\'').unwrap_or(part))
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&keep) {
            self.at += 1;
        }
    }

    /// An unclosed comment runs to the end of the text.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// From an opening quote to its end; a doubled quote stands for itself.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == quote {
                if self.peek(0) != Some(quote) {
                    return;
                }
                self.at += 1;
            }
        }
    }

    fn string(&mut self, escapes: bool) -> TokenKind {
        self.string_end(escapes);
        while let Some(next) = self.continuation() {
            self.at = next;
            self.string_end(escapes);
        }
        TokenKind::Text
    }

    fn string_end(&mut self, escapes: bool) {
        if !escapes {
            self.quoted(b'\'');
            return;
        }
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.bytes.len()),
                b'\'' if self.peek(0) == Some(b'\'') => self.at += 1,
                b'\'' => break,
                _ => {}
            }
        }
        // A backslash may have skipped the first byte of a character; end on a boundary.
        while !self.sql.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn dollar(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        if self.peek(0).is_some_and(|b| b.is_ascii_digit()) {
            let digits = self.at;
            self.skip_while(|b| b.is_ascii_digit());
            return self.numbered(digits);
        }
        self.skip_while(is_word_byte_without_dollar);
        if self.peek(0) == Some(b'$') {
            self.at += 1;
            let tag = self.sql.get(start..self.at).unwrap_or("$$");
            let body = self.sql.get(self.at..).unwrap_or_default();
            self.at = body
                .find(tag)
                .map_or(self.bytes.len(), |length| self.at + length + tag.len());
            return TokenKind::Text;
        }
        if self.at == start + 1 {
            TokenKind::Symbol('$')
        } else {
            TokenKind::NamedParameter
        }
    }

    fn question(&mut self) -> TokenKind {
        let digits = self.at;
        self.skip_while(|b| b.is_ascii_digit());
        if digits < self.at {
            return self.numbered(digits);
        }
        self.questions += 1;
        TokenKind::Parameter(self.questions)
    }

    /// The number of a parameter; one that is out of range keeps its digits for DuckDB to refuse.
    fn numbered(&self, digits: usize) -> TokenKind {
        let number = self
            .sql
            .get(digits..self.at)
            .and_then(|text| text.parse::<usize>().ok());
        match number {
            Some(number @ 1..=PARAMETERS_MAX) => TokenKind::Parameter(number),
            _ => TokenKind::NamedParameter,
        }
    }

    /// Ends where DuckDB's does: a word or string may follow without a blank.
    fn number(&mut self) -> TokenKind {
        let digit_follows = |lexer: &Self, ahead: usize, is_digit: fn(&u8) -> bool| {
            lexer.peek(ahead).is_some_and(|byte| is_digit(&byte))
        };
        if self.peek(0) == Some(b'0')
            && matches!(self.peek(1), Some(b'x' | b'X'))
            && digit_follows(self, 2, u8::is_ascii_hexdigit)
        {
            self.at += 2;
            self.digits(u8::is_ascii_hexdigit);
            return TokenKind::Number;
        }
        self.digits(u8::is_ascii_digit);
        if self.peek(0) == Some(b'.') && self.peek(1) != Some(b'.') {
            self.at += 1;
            self.digits(u8::is_ascii_digit);
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
            if digit_follows(self, 1 + sign, u8::is_ascii_digit) {
                self.at += 1 + sign;
                self.digits(u8::is_ascii_digit);
            }
        }
        TokenKind::Number
    }

    /// Digits, with single underscores between them.
    fn digits(&mut self, is_digit: fn(&u8) -> bool) {
        while let Some(byte) = self.peek(0) {
            let joins = byte == b'_' && self.peek(1).is_some_and(|next| is_digit(&next));
            if !is_digit(&byte) && !joins {
                return;
            }
            self.at += 1;
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|b| is_word_byte_without_dollar(b) || b == b'$')
            && self.blank() == 0
        {
            self.at += 1;
            while !self.sql.is_char_boundary(self.at) {
                self.at += 1;
            }
        }
        let prefix = self.sql.get(start..self.at).unwrap_or_default();
        if self.peek(0) == Some(b'\'') && prefix.len() == 1 {
            match prefix {
                "e" | "E" => return self.string(true),
                "x" | "X" | "b" | "B" | "n" | "N" => return self.string(false),
                _ => {}
            }
        }
        TokenKind::Word
    }
}

fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_byte_without_dollar(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parameters(sql: &str) -> Vec<usize> {
        SqlText::lex(sql)
            .tokens
            .iter()
            .filter_map(|token| match token.kind {
                TokenKind::Parameter(number) => Some(number),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn parameters_are_found_only_where_they_are() {
        for (sql, expected) in [
            ("select $1, $2", vec![1, 2]),
            ("select ?, ?", vec![1, 2]),
            ("select '$1', \"$2\", $3", vec![3]),
            ("select $$ $1 $$, $x$ $2 $$ $x$, $1", vec![1]),
            ("select e'\\' $1', $2", vec![2]),
            ("select a$1, $1 -- $2\n/* $3 /* $4 */ $5 */", vec![1]),
            ("select 'it''s $1' || $2", vec![2]),
            ("select $1::int+$10", vec![1, 10]),
            ("select '$1", vec![]),
            ("select $0, $65536, $99999999999999999999999", vec![]),
        ] {
            assert_eq!(parameters(sql), expected, "{sql}");
        }
    }

    /// The words and strings of a text; each was compared with what DuckDB 1.5.5 makes of it.
    #[test]
    fn tokens_end_where_duckdbs_do() {
        for (sql, expected) in [
            ("a --\r b", vec!["a", "b"]),
            ("a -- x\n b", vec!["a", "b"]),
            (
                "a\u{a0}b\u{2003}c\u{200b}d\u{feff}e",
                vec!["a", "b", "c", "d", "e"],
            ),
            ("f\u{a0}('x')", vec!["f", "x"]),
            ("1from a", vec!["from", "a"]),
            (
                "1.5from 0x1Fgo 1_0x 1e5y 1.z",
                vec!["from", "go", "x", "y", "z"],
            ),
            ("'a'\n'b' c", vec!["ab", "c"]),
            ("'a' -- x\r'b' c", vec!["ab", "c"]),
            ("e'a'\n'\\'b' c", vec!["a'b", "c"]),
            ("'a' 'b'", vec!["a", "b"]),
            ("'a'\n/* x */'b'", vec!["a", "b"]),
            ("1e'\\'x' y", vec!["'x", "y"]),
            ("'a\u{a0}b'", vec!["a\u{a0}b"]),
            ("/* /* */ a */ b", vec!["b"]),
        ] {
            let text = SqlText::lex(sql);
            let found: Vec<String> = (0..text.tokens.len())
                .filter_map(|index| {
                    text.text_value(index)
                        .or_else(|| text.name(index).map(Cow::into_owned))
                })
                .collect();
            assert_eq!(found, expected, "{sql:?}");
        }
    }

    #[test]
    fn casts_are_substituted_and_positions_lead_back() {
        let text = SqlText::lex("select é + ?, nope, ?");
        let made = text.with_casts(&[Some("INTEGER".to_owned()), None]);
        assert_eq!(made.sql, "select é + CAST($1 AS INTEGER), nope, $2");
        let nope = made.sql.find("nope").unwrap();
        assert_eq!(text.position(made.origin(nope)), 15);
        let inside_cast = made.sql.find("INTEGER").unwrap();
        assert_eq!(text.position(made.origin(inside_cast)), 12);
        let last = made.sql.find("$2").unwrap();
        assert_eq!(text.position(made.origin(last)), 21);
    }

    #[test]
    fn only_type_names_are_type_names() {
        for good in [
            "INTEGER",
            "DECIMAL(18,3)",
            "STRUCT(\"a b\" INTEGER, c VARCHAR[])[]",
            "ENUM('x', 'y''z')",
            "TIMESTAMP WITH TIME ZONE",
            "INTEGER[3]",
            "\"my type\"",
        ] {
            assert!(is_type_name(good), "{good}");
        }
        for bad in [
            "",
            "INTEGER) AS x, (1",
            "INTEGER; DROP TABLE t",
            "INTEGER -- ",
            "INTEGER /*",
            "(INTEGER)",
            "INTEGER(",
            "INTEGER $1",
            "'x'",
            "INTEGER, VARCHAR",
        ] {
            assert!(!is_type_name(bad), "{bad}");
        }
    }

    #[test]
    fn statements_are_counted_by_semicolons_outside_of_strings() {
        for (sql, expected) in [
            ("", 0),
            (" ; ; ", 0),
            ("select 1;", 1),
            ("select ';'; ", 1),
            ("a;b -- ;c\n;", 2),
        ] {
            assert_eq!(SqlText::lex(sql).statements(), expected, "{sql}");
        }
    }

    #[test]
    fn string_values_are_read_in_every_form() {
        for (sql, expected) in [
            ("'it''s'", "it's"),
            ("$$a'b$$", "a'b"),
            ("$t$ a $$ b$t$", " a $$ b"),
            ("E'a\\'b\\n'", "a'b\n"),
            (r"e'\x2ftmp\57x\u002fy\U0000002fz'", "/tmp/x/y/z"),
        ] {
            assert_eq!(
                SqlText::lex(sql).text_value(0).as_deref(),
                Some(expected),
                "{sql}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_lexed_into_ordered_tokens_on_character_boundaries(sql in ".{0,80}") {
            let text = SqlText::lex(&sql);
            let mut last = 0;
            for token in &text.tokens {
                prop_assert!(token.start >= last && token.end > token.start);
                prop_assert!(sql.get(token.start..token.end).is_some());
                last = token.end;
            }
            prop_assert!(last <= sql.len());
            let plain = text.with_casts(&[]);
            if text.parameters() == 0 {
                prop_assert_eq!(plain.sql, sql);
            }
        }
    }
}
