//! BEGIN, COMMIT, ROLLBACK and SET TRANSACTION (documentation, BEGIN and SET TRANSACTION).

use super::{Class, Words};
use crate::error::{QueryError, SqlState};

/// What a transaction is asked to be; `None` = as the session's defaults say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TransactionModes {
    /// As the setting `transaction_isolation` spells it.
    pub(crate) isolation: Option<&'static str>,
    pub(crate) read_only: Option<bool>,
    pub(crate) deferrable: Option<bool>,
}

/// The levels by their spelling in settings.
pub(crate) const ISOLATION_LEVELS: [&str; 4] = [
    "serializable",
    "repeatable read",
    "read committed",
    "read uncommitted",
];

impl Words<'_> {
    pub(super) fn begin(&mut self, word: &str) -> Result<Class, QueryError> {
        let tag = if word == "START" {
            if !self.take("TRANSACTION") {
                return Err(self.syntax_error());
            }
            "START TRANSACTION"
        } else {
            self.take_noise();
            "BEGIN"
        };
        let modes = self.transaction_modes()?;
        Ok(Class::Begin { modes, tag })
    }

    pub(super) fn commit(&mut self) -> Result<Class, QueryError> {
        if self.take("PREPARED") {
            return Ok(prepared_transactions());
        }
        self.take_noise();
        Ok(Class::Commit {
            chain: self.chain()?,
        })
    }

    pub(super) fn rollback(&mut self) -> Result<Class, QueryError> {
        if self.take("PREPARED") {
            return Ok(prepared_transactions());
        }
        self.take_noise();
        if self.take("TO") {
            self.take("SAVEPOINT");
            let name = self.name()?;
            self.end()?;
            return Ok(Class::RollbackToSavepoint { name });
        }
        Ok(Class::Rollback {
            chain: self.chain()?,
        })
    }

    /// SET [LOCAL] TRANSACTION, after these words.
    pub(super) fn set_transaction(&mut self) -> Result<Class, QueryError> {
        if self.take("SNAPSHOT") {
            return Ok(Class::refused(
                SqlState::FEATURE_NOT_SUPPORTED,
                "snapshots cannot be exported or imported",
            ));
        }
        if self.peek().is_none() {
            return Err(self.syntax_error());
        }
        let modes = self.transaction_modes()?;
        Ok(Class::SetTransaction { modes })
    }

    /// SET SESSION CHARACTERISTICS, after these words.
    pub(super) fn set_characteristics(&mut self) -> Result<Class, QueryError> {
        if !self.take("AS") || !self.take("TRANSACTION") || self.peek().is_none() {
            return Err(self.syntax_error());
        }
        let modes = self.transaction_modes()?;
        Ok(Class::SetCharacteristics { modes })
    }

    fn transaction_modes(&mut self) -> Result<TransactionModes, QueryError> {
        let mut modes = TransactionModes::default();
        let mut comma = false;
        while comma || self.peek().is_some() {
            if self.take("ISOLATION") {
                if !self.take("LEVEL") {
                    return Err(self.syntax_error());
                }
                modes.isolation = Some(self.isolation_level()?);
            } else if self.take("READ") {
                if self.take("ONLY") {
                    modes.read_only = Some(true);
                } else if self.take("WRITE") {
                    modes.read_only = Some(false);
                } else {
                    return Err(self.syntax_error());
                }
            } else if self.take("DEFERRABLE") {
                modes.deferrable = Some(true);
            } else if self.take("NOT") {
                if !self.take("DEFERRABLE") {
                    return Err(self.syntax_error());
                }
                modes.deferrable = Some(false);
            } else {
                return Err(self.syntax_error());
            }
            comma = self.take_symbol(",");
        }
        Ok(modes)
    }

    fn isolation_level(&mut self) -> Result<&'static str, QueryError> {
        for level in ISOLATION_LEVELS {
            let start = self.at;
            if level
                .split(' ')
                .all(|word| self.take(&word.to_ascii_uppercase()))
            {
                return Ok(level);
            }
            self.at = start;
        }
        Err(self.syntax_error())
    }

    /// AND CHAIN, AND NO CHAIN or nothing, and then the end.
    fn chain(&mut self) -> Result<bool, QueryError> {
        let mut chain = false;
        if self.take("AND") {
            chain = !self.take("NO");
            if !self.take("CHAIN") {
                return Err(self.syntax_error());
            }
        }
        self.end()?;
        Ok(chain)
    }

    /// WORK or TRANSACTION, which mean nothing.
    fn take_noise(&mut self) {
        if !self.take("WORK") {
            self.take("TRANSACTION");
        }
    }
}

pub(super) fn prepared_transactions() -> Class {
    Class::refused(
        SqlState::OBJECT_NOT_IN_STATE,
        "prepared transactions are disabled",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Statement;

    fn class(sql: &str) -> Result<Class, QueryError> {
        Statement::single(sql).map(|statement| statement.expect("one").class().clone())
    }

    #[test]
    fn transaction_modes_are_read_in_any_order() {
        let modes = TransactionModes {
            isolation: Some("repeatable read"),
            read_only: Some(true),
            deferrable: Some(false),
        };
        for (sql, tag) in [
            (
                "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY, NOT DEFERRABLE",
                "BEGIN",
            ),
            (
                "start transaction not deferrable read only isolation level repeatable read",
                "START TRANSACTION",
            ),
        ] {
            let modes = modes.clone();
            assert_eq!(class(sql), Ok(Class::Begin { modes, tag }), "{sql}");
        }
        assert_eq!(
            class("SET LOCAL TRANSACTION READ WRITE"),
            Ok(Class::SetTransaction {
                modes: TransactionModes {
                    read_only: Some(false),
                    ..TransactionModes::default()
                }
            })
        );
        for wrong in [
            "BEGIN READ",
            "BEGIN READ ONLY,",
            "BEGIN ISOLATION LEVEL SNAPSHOT",
            "START",
            "SET TRANSACTION",
            "COMMIT AND",
            "ROLLBACK TO",
            "COMMIT WORK x",
        ] {
            let error = class(wrong).expect_err(wrong);
            assert_eq!(error.sqlstate, SqlState::SYNTAX_ERROR, "{wrong}");
        }
    }

    #[test]
    fn a_block_may_be_followed_by_another() {
        for (sql, chain) in [
            ("COMMIT", false),
            ("END WORK AND NO CHAIN", false),
            ("COMMIT AND CHAIN", true),
        ] {
            assert_eq!(class(sql), Ok(Class::Commit { chain }), "{sql}");
        }
        assert_eq!(
            class("ABORT TRANSACTION AND CHAIN"),
            Ok(Class::Rollback { chain: true })
        );
    }
}
