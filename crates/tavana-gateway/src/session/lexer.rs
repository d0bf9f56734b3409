//! The tokens of SQL text, as far as the gateway needs them: where strings, comments and
//! identifiers begin and end. Nothing else in the gateway looks at the bytes of a statement.
//!
//! Follows PostgreSQL's lexical structure (documentation, section 4.1) where DuckDB's parser, which
//! is derived from it, does the same: `''` strings, `E''` strings with backslashes, dollar quotes,
//! quoted identifiers, nested block comments.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A bare word: keyword or identifier.
    Word,
    /// `"an identifier"`.
    Quoted,
    /// `'a string'`, `E'...'`, `$tag$...$tag$`.
    String,
    /// Starts with a digit.
    Number,
    /// `$1`.
    Parameter,
    /// `;` outside of everything.
    Semicolon,
    /// Any other single character.
    Symbol,
}

/// One token; its text is `sql[start..end]` in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// The token's text within the `sql` it was read from.
    pub(crate) fn text<'sql>(&self, sql: &'sql str) -> &'sql str {
        sql.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it is this bare word, in any case. `word` is given in upper case.
    pub(crate) fn is_word(&self, sql: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(sql).eq_ignore_ascii_case(word)
    }

    /// Whether it is this character.
    pub(crate) fn is_symbol(&self, sql: &str, symbol: &str) -> bool {
        matches!(self.kind, Kind::Symbol | Kind::Semicolon) && self.text(sql) == symbol
    }

    /// The value of a string, identifier or number token: quotes removed, doubled quotes halved,
    /// bare words in lower case.
    pub(crate) fn value(&self, sql: &str) -> String {
        let text = self.text(sql);
        match self.kind {
            Kind::Quoted => unquote(text, '"'),
            Kind::String => {
                if let Some(body) = text
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix('\''))
                {
                    body.replace("''", "'")
                } else if let Some(body) = text
                    .strip_prefix(['e', 'E'])
                    .and_then(|rest| rest.strip_prefix('\''))
                    .and_then(|rest| rest.strip_suffix('\''))
                {
                    unescape(body)
                } else {
                    let tag_end = text
                        .bytes()
                        .skip(1)
                        .position(|byte| byte == b'$')
                        .map_or(0, |at| at + 2);
                    text.get(tag_end..text.len().saturating_sub(tag_end))
                        .unwrap_or_default()
                        .to_owned()
                }
            }
            Kind::Word => text.to_ascii_lowercase(),
            Kind::Number | Kind::Parameter | Kind::Semicolon | Kind::Symbol => text.to_owned(),
        }
    }
}

fn unquote(text: &str, quote: char) -> String {
    let body = text.strip_prefix(quote).unwrap_or(text);
    let body = body.strip_suffix(quote).unwrap_or(body);
    body.replace(&format!("{quote}{quote}"), &quote.to_string())
}

fn unescape(body: &str) -> String {
    let mut value = String::with_capacity(body.len());
    let mut characters = body.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                // The other half of a doubled quote.
                characters.next_if_eq(&'\'');
                value.push('\'');
            }
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some('b') => value.push('\u{8}'),
                Some('f') => value.push('\u{c}'),
                Some(other) => value.push(other),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    value
}

/// The tokens of `sql`. An unterminated string, identifier or comment extends to the end of the
/// text: DuckDB will say so.
pub(crate) fn tokens(sql: &str) -> Tokens<'_> {
    Tokens { sql, at: 0 }
}

/// See [`tokens`].
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'sql> {
    sql: &'sql str,
    at: usize,
}

impl Tokens<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.sql.as_bytes().get(at).copied()
    }

    fn skip_blank(&mut self) {
        loop {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (Some(byte), _) if byte.is_ascii_whitespace() || byte == 0x0b => self.at += 1,
                (Some(b'-'), Some(b'-')) => {
                    let rest = self.sql.as_bytes().get(self.at..).unwrap_or_default();
                    self.at = memchr::memchr2(b'\n', b'\r', rest)
                        .map_or(self.sql.len(), |end| self.at + end + 1);
                }
                (Some(b'/'), Some(b'*')) => self.skip_block_comment(),
                (Some(0x80..), _) => match self.wide_blank(self.at) {
                    0 => return,
                    bytes => self.at += bytes,
                },
                _ => return,
            }
        }
    }

    /// The bytes of the space at `at` that Unicode knows and ASCII does not; 0 = there is none.
    /// DuckDB's parser makes plain ones of these before it reads a statement.
    fn wide_blank(&self, at: usize) -> usize {
        let bytes = self.sql.as_bytes().get(at..).unwrap_or_default();
        match bytes {
            [0xc2, 0xa0, ..] => 2,
            [0xe2, 0x80, 0x80..=0x8d | 0xaf, ..]
            | [0xe2, 0x81, 0x9f | 0xa0, ..]
            | [0xe3, 0x80, 0x80, ..]
            | [0xef, 0xbb, 0xbf, ..] => 3,
            _ => 0,
        }
    }

    /// A letter that is no part of the number begins a word, in which `$` is a letter too.
    fn number_end(&self, from: usize) -> usize {
        let digits = |from: usize| self.run_end(from, |byte| byte == b'_' || byte.is_ascii_digit());
        let prefixed = match (self.byte(from), self.byte(from + 1)) {
            (Some(b'0'), Some(b'x' | b'X')) => {
                Some(self.run_end(from + 2, |byte| byte == b'_' || byte.is_ascii_hexdigit()))
            }
            (Some(b'0'), Some(b'b' | b'B')) => {
                Some(self.run_end(from + 2, |byte| matches!(byte, b'_' | b'0' | b'1')))
            }
            _ => None,
        };
        if let Some(end) = prefixed.filter(|end| *end > from + 2) {
            return end;
        }
        let mut end = digits(from);
        if self.byte(end) == Some(b'.') {
            end = digits(end + 1);
        }
        if let Some(b'e' | b'E') = self.byte(end) {
            let signed = matches!(self.byte(end + 1), Some(b'+' | b'-'));
            let exponent = end + 1 + usize::from(signed);
            if self
                .byte(exponent)
                .is_some_and(|byte| byte.is_ascii_digit())
            {
                end = digits(exponent);
            }
        }
        end
    }

    fn word_end(&self, from: usize) -> usize {
        let mut at = from;
        while self.byte(at).is_some_and(is_word_byte) && self.wide_blank(at) == 0 {
            at += 1;
        }
        at
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.byte(self.at), self.byte(self.at + 1)) {
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
                (Some(_), _) => self.at += 1,
                (None, _) => return,
            }
        }
    }

    fn find_from(&self, from: usize, needle: &[u8]) -> Option<usize> {
        let rest = self.sql.as_bytes().get(from..)?;
        memchr::memmem::find(rest, needle).map(|at| from + at)
    }

    /// The end of a quoted text whose opening quote is at `open`; a doubled quote goes on.
    fn quoted_end(&self, open: usize, quote: u8, backslashes: bool) -> usize {
        let mut at = open + 1;
        while let Some(byte) = self.byte(at) {
            if byte == b'\\' && backslashes {
                at += 2;
            } else if byte != quote {
                at += 1;
            } else if self.byte(at + 1) == Some(quote) {
                at += 2;
            } else {
                return at + 1;
            }
        }
        self.sql.len()
    }

    /// The end of a dollar-quoted string that opens at `open`, if one does.
    fn dollar_quoted_end(&self, open: usize) -> Option<usize> {
        let mut at = open + 1;
        while let Some(byte) = self.byte(at) {
            let first = at == open + 1;
            if byte == b'$' {
                let tag = self.sql.as_bytes().get(open..=at)?;
                return Some(
                    self.find_from(at + 1, tag)
                        .map_or(self.sql.len(), |end| end + tag.len()),
                );
            }
            if !(byte == b'_'
                || byte >= 0x80
                || byte.is_ascii_alphabetic()
                || (!first && byte.is_ascii_digit()))
            {
                return None;
            }
            at += 1;
        }
        None
    }

    fn run_end(&self, from: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let mut at = from;
        while self.byte(at).is_some_and(&belongs) {
            at += 1;
        }
        at
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte == b'_' || byte == b'$' || byte >= 0x80 || byte.is_ascii_alphanumeric()
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blank();
        let start = self.at;
        let byte = self.byte(start)?;
        let (kind, end) = match byte {
            b'\'' => (Kind::String, self.quoted_end(start, b'\'', false)),
            b'e' | b'E' if self.byte(start + 1) == Some(b'\'') => {
                (Kind::String, self.quoted_end(start + 1, b'\'', true))
            }
            b'"' => (Kind::Quoted, self.quoted_end(start, b'"', false)),
            b'$' if self
                .byte(start + 1)
                .is_some_and(|next| next.is_ascii_digit()) =>
            {
                (
                    Kind::Parameter,
                    self.run_end(start + 1, |byte| byte.is_ascii_digit()),
                )
            }
            b'$' => match self.dollar_quoted_end(start) {
                Some(end) => (Kind::String, end),
                None => (Kind::Symbol, start + 1),
            },
            b';' => (Kind::Semicolon, start + 1),
            b'0'..=b'9' => (Kind::Number, self.number_end(start)),
            _ if is_word_byte(byte) => (Kind::Word, self.word_end(start)),
            _ => (Kind::Symbol, start + 1),
        };
        // An escape at the very end of the text may step over it.
        self.at = end.min(self.sql.len());
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).map(|token| token.text(sql)).collect()
    }

    #[test]
    fn tokens_end_where_the_database_says() {
        let table: &[(&str, &[&str])] = &[
            ("SELECT 1", &["SELECT", "1"]),
            ("a;b", &["a", ";", "b"]),
            ("'a;''b'", &["'a;''b'"]),
            (r"E'a\';b' c", &[r"E'a\';b'", "c"]),
            (r"'a\' b", &[r"'a\'", "b"]),
            ("\"x\"\"y;\" z", &["\"x\"\"y;\"", "z"]),
            ("$$a;b$$ c", &["$$a;b$$", "c"]),
            ("$t$ $$ ; $t$ c", &["$t$ $$ ; $t$", "c"]),
            ("$1+$23", &["$1", "+", "$23"]),
            ("a--;\nb", &["a", "b"]),
            ("a--;\rb", &["a", "b"]),
            ("a/*;/*;*/;*/b", &["a", "b"]),
            ("'open; till the end", &["'open; till the end"]),
            ("/* open", &[]),
            (r"E'\", &[r"E'\"]),
            ("caf\u{e9} \u{6f22}", &["caf\u{e9}", "\u{6f22}"]),
            ("a$b", &["a$b"]),
            ("1a$$;b$$", &["1", "a$$", ";", "b$$"]),
            ("1e-5$$;$$", &["1e-5", "$$;$$"]),
            ("0x1Fg 1.5e 1_000", &["0x1F", "g", "1.5", "e", "1_000"]),
            (
                "SELECT\u{a0}1\u{3000};\u{feff}b\u{2009}c",
                &["SELECT", "1", ";", "b", "c"],
            ),
        ];
        for (sql, expected) in table {
            assert_eq!(texts(sql), *expected, "{sql}");
        }
    }

    #[test]
    fn values_lose_their_quotes() {
        let sql = r#"'it''s' E'a\'b\n' "A""b" $x$raw$x$ Word"#;
        let values: Vec<String> = tokens(sql).map(|token| token.value(sql)).collect();
        assert_eq!(values, ["it's", "a'b\n", "A\"b", "raw", "word"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_into_tokens_that_follow_each_other(sql in "\\PC{0,200}") {
            let mut at = 0;
            for token in tokens(&sql) {
                assert!(token.start >= at && token.end > token.start && token.end <= sql.len());
                assert!(sql.is_char_boundary(token.start) && sql.is_char_boundary(token.end));
                at = token.end;
            }
        }

        #[test]
        fn quoting_heavy_text_never_breaks_the_lexer(sql in "[-'\"$/*;eE\\\\a1\n ]{0,60}") {
            for token in tokens(&sql) {
                token.value(&sql);
            }
        }
    }
}
