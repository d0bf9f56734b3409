//! Time limits that a users file gives to a user's sessions.

use crate::session::settings::is_time;

/// The settings that a line may have: those of a session of the same names.
const NAMES: [&str; 4] = [
    "statement_timeout",
    "idle_session_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
];

/// What a user's sessions begin with, as `ALTER ROLE … SET` gives it in PostgreSQL: a session may
/// set another value. In the order of the names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts(Vec<(&'static str, String)>);

impl Timeouts {
    /// The words that a line may have before `=`.
    pub(super) const WORDS: &'static str = "role=, tenant=, credentials=, statement_timeout=, idle_session_timeout=, idle_in_transaction_session_timeout= and transaction_timeout=";

    /// Notes one; whether `name` is such a setting.
    ///
    /// # Errors
    /// When the value is not a time.
    pub(super) fn note(&mut self, name: &str, value: String) -> Result<bool, String> {
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
            return Ok(false);
        };
        if !is_time(&value) {
            return Err(format!("{name} is a time as in 500ms, 30s or 10min"));
        }
        match self.0.binary_search_by_key(&name, |(name, _)| *name) {
            Ok(_) => return Err(format!("{name} is given twice")),
            Err(place) => self.0.insert(place, (name, value)),
        }
        Ok(true)
    }

    /// Names and values.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
