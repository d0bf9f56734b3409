//! DECLARE, FETCH and MOVE (documentation, DECLARE and FETCH).

use tavana_common::proto::v1::Direction;

use super::{Class, Words};
use crate::error::{QueryError, SqlState};
use crate::session::lexer::Kind;

/// Which rows FETCH or MOVE takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Motion {
    pub(crate) direction: Direction,
    /// [`Motion::ALL`] = all that are left.
    pub(crate) count: i64,
}

impl Motion {
    pub(crate) const ALL: i64 = i64::MAX;

    pub(crate) const fn new(direction: Direction, count: i64) -> Self {
        Self { direction, count }
    }
}

/// How a cursor was declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CursorOptions {
    /// It outlives its transaction.
    pub(crate) hold: bool,
    /// It can go back.
    pub(crate) scroll: bool,
    /// Its rows come in binary when nobody says how.
    pub(crate) binary: bool,
}

impl Words<'_> {
    pub(super) fn declare(&mut self) -> Result<Class, QueryError> {
        let name = self.name()?;
        let mut options = CursorOptions::default();
        let (mut no_scroll, mut sensitive, mut insensitive) = (false, false, false);
        loop {
            if self.take("BINARY") {
                options.binary = true;
            } else if self.take("ASENSITIVE") {
                sensitive = true;
            } else if self.take("INSENSITIVE") {
                insensitive = true;
            } else if self.take("NO") {
                if !self.take("SCROLL") {
                    return Err(self.syntax_error());
                }
                no_scroll = true;
            } else if self.take("SCROLL") {
                options.scroll = true;
            } else {
                break;
            }
        }
        if !self.take("CURSOR") {
            return Err(self.syntax_error());
        }
        if self.take("WITH") {
            if !self.take("HOLD") {
                return Err(self.syntax_error());
            }
            options.hold = true;
        } else if self.take("WITHOUT") && !self.take("HOLD") {
            return Err(self.syntax_error());
        }
        if !self.take("FOR") {
            return Err(self.syntax_error());
        }
        for (both, first, second) in [
            (options.scroll && no_scroll, "SCROLL", "NO SCROLL"),
            (sensitive && insensitive, "ASENSITIVE", "INSENSITIVE"),
        ] {
            if both {
                return Err(QueryError::new(
                    SqlState::INVALID_CURSOR_DEFINITION,
                    format!("cannot specify both {first} and {second}"),
                ));
            }
        }
        let query = self.rest_query()?;
        Ok(Class::DeclareCursor {
            name,
            query: Box::new(query),
            options,
        })
    }

    pub(super) fn fetch(&mut self, moves: bool) -> Result<Class, QueryError> {
        let motion = self.motion()?;
        if !self.take("FROM") {
            self.take("IN");
        }
        let name = self.name()?;
        if self.peek().is_some() {
            return Err(self.syntax_error());
        }
        Ok(Class::Fetch {
            name,
            motion,
            moves,
        })
    }

    fn motion(&mut self) -> Result<Motion, QueryError> {
        // What stands last is the name, whatever word it is.
        let last = self.all.len() == self.at + 1;
        let word = match self.peek() {
            Some(token) if token.kind == Kind::Word && !last => token.value(self.sql),
            _ => String::new(),
        };
        let simple = |direction, count| Ok(Motion::new(direction, count));
        match word.as_str() {
            "next" => self.after_word(|_| simple(Direction::Forward, 1)),
            "prior" => self.after_word(|_| simple(Direction::Backward, 1)),
            "first" => self.after_word(|_| simple(Direction::Absolute, 1)),
            "last" => self.after_word(|_| simple(Direction::Absolute, -1)),
            "all" => self.after_word(|_| simple(Direction::Forward, Motion::ALL)),
            "absolute" | "relative" => self.after_word(|words| {
                let count = words.signed_number()?.ok_or_else(|| words.syntax_error())?;
                Ok(Motion::new(
                    if word == "absolute" {
                        Direction::Absolute
                    } else {
                        Direction::Relative
                    },
                    count,
                ))
            }),
            "forward" | "backward" => self.after_word(|words| {
                let direction = if word == "forward" {
                    Direction::Forward
                } else {
                    Direction::Backward
                };
                if words.take("ALL") {
                    return simple(direction, Motion::ALL);
                }
                simple(direction, words.signed_number()?.unwrap_or(1))
            }),
            _ => {
                let count = self.signed_number()?.unwrap_or(1);
                simple(Direction::Forward, count)
            }
        }
    }

    fn after_word(
        &mut self,
        then: impl FnOnce(&mut Self) -> Result<Motion, QueryError>,
    ) -> Result<Motion, QueryError> {
        self.at += 1;
        then(self)
    }

    /// A number with or without its sign, as large as PostgreSQL takes it.
    fn signed_number(&mut self) -> Result<Option<i64>, QueryError> {
        let negative = self.take_symbol("-");
        let signed = negative || self.take_symbol("+");
        let Some(number) = self.take_if(|token| token.kind == Kind::Number) else {
            return if signed {
                Err(self.syntax_error())
            } else {
                Ok(None)
            };
        };
        let Ok(count) = number.text(self.sql).parse::<i32>() else {
            self.at -= 1;
            return Err(self.syntax_error());
        };
        let count = i64::from(count);
        Ok(Some(if negative { -count } else { count }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Statement;

    fn motion(sql: &str) -> Result<Motion, QueryError> {
        let statement = Statement::single(sql)?.expect("one statement");
        match statement.class() {
            Class::Fetch { name, motion, .. } if name == "c" => Ok(*motion),
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn every_direction_has_its_spellings() {
        use Direction::{Absolute, Backward, Forward, Relative};
        for (spellings, direction, count) in [
            ("NEXT|1|FORWARD|FORWARD 1|+1", Forward, 1),
            ("PRIOR|BACKWARD|BACKWARD 1", Backward, 1),
            ("FIRST|ABSOLUTE 1|ABSOLUTE +1", Absolute, 1),
            ("LAST|ABSOLUTE -1", Absolute, -1),
            ("RELATIVE -3", Relative, -3),
            ("ALL|FORWARD ALL", Forward, Motion::ALL),
            ("BACKWARD ALL", Backward, Motion::ALL),
            ("0|FORWARD 0", Forward, 0),
            ("-2|FORWARD -2", Forward, -2),
        ] {
            for spelling in spellings.split('|') {
                for verb in ["FETCH", "move"] {
                    for link in ["FROM", "in", ""] {
                        let sql = format!("{verb} {spelling} {link} c");
                        let expected = Motion::new(direction, count);
                        assert_eq!(motion(&sql), Ok(expected), "{sql}");
                    }
                }
            }
        }
        assert_eq!(motion("FETCH c"), Ok(Motion::new(Forward, 1)));
        assert_eq!(motion("FETCH FROM c"), Ok(Motion::new(Forward, 1)));
    }

    #[test]
    fn a_cursor_may_be_called_like_a_direction() {
        for name in ["next", "first", "absolute", "backward"] {
            let statement = Statement::single(&format!("FETCH {name}"))
                .expect("classifies")
                .expect("one");
            let Class::Fetch { name: found, .. } = statement.class() else {
                panic!("fetches");
            };
            assert_eq!(found, name);
        }
    }

    #[test]
    fn what_is_no_direction_is_a_syntax_error() {
        for sql in [
            "FETCH",
            "FETCH - c",
            "FETCH ABSOLUTE FROM c",
            "FETCH 1.5 FROM c",
            "FETCH 3000000000 FROM c",
            "FETCH 1 FROM c x",
            "MOVE 1 FROM",
        ] {
            let error = Statement::single(sql).expect_err(sql);
            assert_eq!(error.sqlstate, SqlState::SYNTAX_ERROR, "{sql}");
        }
        for sql in [
            "DECLARE c SCROLL NO SCROLL CURSOR FOR SELECT 1",
            "DECLARE c INSENSITIVE ASENSITIVE CURSOR FOR SELECT 1",
        ] {
            let error = Statement::single(sql).expect_err(sql);
            assert_eq!(error.sqlstate.0, "42P11", "{sql}");
        }
    }
}
