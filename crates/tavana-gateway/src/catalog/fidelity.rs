//! Two spellings of one statement, token by token: whether printing kept it, and which token of
//! the one is which of the other.

use std::borrow::Cow;

use crate::session::lexer::{Kind, Token, tokens};

/// Words that say nothing where the parser's printing adds or drops them.
const NOISE: [&str; 3] = ["AS", "INNER", "OUTER"];

/// Whether `printed` says the same as `original`: the same tokens, but for the case of words, and
/// spellings that every reader takes alike.
pub(crate) fn same(original: &str, printed: &str) -> bool {
    let mut left = Meaning::of(original);
    let mut right = Meaning::of(printed);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.equals(&other) => {}
            _ => return false,
        }
    }
}

struct Meaning<'sql> {
    sql: &'sql str,
    tokens: std::iter::Peekable<crate::session::lexer::Tokens<'sql>>,
}

struct Item<'sql> {
    kind: Kind,
    text: Cow<'sql, str>,
}

impl Item<'_> {
    fn equals(&self, other: &Self) -> bool {
        self.kind == other.kind
            && match self.kind {
                Kind::Word => {
                    self.text.eq_ignore_ascii_case(&other.text)
                        || self.text.to_lowercase() == other.text.to_lowercase()
                }
                _ => self.text == other.text,
            }
    }
}

impl<'sql> Meaning<'sql> {
    fn of(sql: &'sql str) -> Self {
        Self {
            sql,
            tokens: tokens(sql).peekable(),
        }
    }
}

impl<'sql> Iterator for Meaning<'sql> {
    type Item = Item<'sql>;

    fn next(&mut self) -> Option<Item<'sql>> {
        loop {
            let token = self.tokens.next()?;
            if NOISE.iter().any(|word| token.is_word(self.sql, word)) {
                continue;
            }
            // `!=` and `<>`.
            if token.is_symbol(self.sql, "!") {
                let equals =
                    |next: &Token| next.start == token.end && next.is_symbol(self.sql, "=");
                if self.tokens.next_if(equals).is_some() {
                    return Some(Item {
                        kind: Kind::Symbol,
                        text: Cow::Borrowed("<>"),
                    });
                }
            }
            if token.is_symbol(self.sql, "<") {
                let greater =
                    |next: &Token| next.start == token.end && next.is_symbol(self.sql, ">");
                if self.tokens.next_if(greater).is_some() {
                    return Some(Item {
                        kind: Kind::Symbol,
                        text: Cow::Borrowed("<>"),
                    });
                }
            }
            return Some(Item {
                kind: token.kind,
                // However a string is quoted.
                text: match token.kind {
                    Kind::String => Cow::Owned(token.value(self.sql)),
                    _ => Cow::Borrowed(token.text(self.sql)),
                },
            });
        }
    }
}

/// How far apart the next common token may be.
const LOOKAHEAD: usize = 64;

/// The place in `original` of the token that stands at `position` of `sent`; both count characters
/// from 1. `None` when the token is not the client's.
pub(crate) fn position_in(original: &str, sent: &str, position: u32) -> Option<u32> {
    let wanted = byte_of(sent, position)?;
    let left: Vec<Token> = tokens(original).collect();
    let right: Vec<Token> = tokens(sent).collect();
    let equal = |one: usize, other: usize| match (left.get(one), right.get(other)) {
        (Some(one), Some(other)) => {
            one.kind == other.kind && one.text(original).eq_ignore_ascii_case(other.text(sent))
        }
        _ => false,
    };
    let (mut one, mut other) = (0, 0);
    while one < left.len() && other < right.len() {
        if equal(one, other) {
            let (mine, theirs) = (left.get(one)?, right.get(other)?);
            if wanted >= theirs.start && wanted < theirs.end {
                return character_of(original, mine.start + (wanted - theirs.start));
            }
            one += 1;
            other += 1;
            continue;
        }
        // The nearest pair of tokens that agree with the ones that follow them.
        let found = (1..LOOKAHEAD).find_map(|distance| {
            (0..=distance).find_map(|skipped| {
                let (one, other) = (one + skipped, other + distance - skipped);
                (equal(one, other) && (equal(one + 1, other + 1) || one + 1 >= left.len()))
                    .then_some((one, other))
            })
        });
        let (next_one, next_other) = found?;
        let inside = right.get(other..next_other)?.iter();
        if inside
            .clone()
            .any(|token| wanted >= token.start && wanted < token.end)
        {
            return None;
        }
        (one, other) = (next_one, next_other);
    }
    // At the end of the statement.
    (wanted >= sent.trim_end().len()).then(|| character_of(original, original.trim_end().len()))?
}

fn byte_of(sql: &str, position: u32) -> Option<usize> {
    let before = usize::try_from(position.checked_sub(1)?).ok()?;
    match sql.char_indices().nth(before) {
        Some((at, _)) => Some(at),
        None => Some(sql.len()),
    }
}

fn character_of(sql: &str, byte: usize) -> Option<u32> {
    let before = sql.get(..byte)?.chars().count();
    u32::try_from(before).ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spellings_that_mean_the_same_are_the_same() {
        for (one, other, expected) in [
            ("select a from t", "SELECT a FROM t", true),
            ("select a b from t c", "SELECT a AS b FROM t AS c", true),
            ("select a!=b", "SELECT a <> b", true),
            ("select a! = b", "SELECT a <> b", false),
            ("select 'A'", "SELECT 'a'", false),
            ("select \"A\"", "SELECT \"a\"", false),
            ("select 1.0", "SELECT 1.00", false),
            ("select a from t limit 1", "SELECT a FROM t", false),
            ("select a -- x\n from t", "SELECT a FROM t", true),
        ] {
            assert_eq!(same(one, other), expected, "{one} / {other}");
        }
    }

    #[test]
    fn a_position_is_that_of_the_same_token_in_the_clients_text() {
        let original = "select nothere, count(*) from pg_class where relname ~ 'é' and nope = 1";
        let sent = "SELECT nothere, count(*) AS count FROM __tavana.pg.pg_class AS pg_class WHERE regexp_matches(relname, 'é') AND nope = 1";
        for word in ["nothere", "nope", "count"] {
            let at = u32::try_from(sent.find(word).expect("is there")).expect("is short");
            let at = at - u32::from(word == "nope") + 1;
            let expected = original
                .split(word)
                .next()
                .expect("is there")
                .chars()
                .count()
                + 1;
            assert_eq!(
                position_in(original, sent, at).map(|at| at as usize),
                Some(expected),
                "{word}"
            );
        }
        let invented =
            u32::try_from(sent.find("regexp_matches").expect("is there")).expect("short");
        assert_eq!(position_in(original, sent, invented + 1), None);
    }
}
