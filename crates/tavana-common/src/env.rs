//! Settings from the environment: every reader collects its mistake instead of hiding it, and
//! leaves a line for the settings table.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Longest file that holds one secret.
const SECRET_FILE_BYTES_MAX: u64 = 64 << 10;

/// Exit code of a process whose settings are wrong (`EX_USAGE` of sysexits.h).
pub const EXIT_CODE_SETTINGS: u8 = 64;

/// All mistakes in the settings at once.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{} wrong:{}", count(mistakes.len()), list(mistakes))]
pub struct SettingsError {
    /// One line each, starting with the variable's name.
    pub mistakes: Vec<String>,
}

fn count(mistakes: usize) -> String {
    if mistakes == 1 {
        "1 setting is".to_owned()
    } else {
        format!("{mistakes} settings are")
    }
}

fn list(mistakes: &[String]) -> String {
    mistakes.iter().fold(String::new(), |mut text, mistake| {
        write!(text, "\n  {mistake}").expect("writing to a String succeeds");
        text
    })
}

/// One row of the settings table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documented {
    /// The variable.
    pub name: &'static str,
    /// Its default as text; empty when there is none.
    pub default: String,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// The environment, read once.
#[derive(Debug)]
pub struct Env {
    values: BTreeMap<String, String>,
    mistakes: Vec<String>,
    documented: Vec<Documented>,
}

impl Env {
    /// The environment of this process. A value that is not UTF-8 is a mistake only if it is read.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let value = value.into_string().unwrap_or_else(|_| "\u{0}".to_owned());
            Some((name, value))
        }))
    }

    /// An environment made of `pairs`.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            values: pairs.into_iter().collect(),
            mistakes: Vec::new(),
            documented: Vec::new(),
        }
    }

    /// Replaces a variable: a command-line flag of the same name wins over the environment.
    pub fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// Whether a variable has a value.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Gives a variable a value unless it has one.
    pub fn set_default(&mut self, name: &str, value: String) {
        if !self.is_set(name) {
            self.set(name, value);
        }
    }

    /// Notes a mistake that a caller found in a value it read.
    pub fn mistake(&mut self, name: &str, problem: impl Display) {
        self.mistakes.push(format!("{name}: {problem}"));
    }

    /// A text. An empty variable counts as not set, as compose files and charts write it.
    pub fn text(&mut self, name: &'static str, default: &str, meaning: &'static str) -> String {
        self.document(name, default.to_owned(), meaning);
        self.raw(name).unwrap_or_else(|| default.to_owned())
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, name: &'static str, meaning: &'static str) -> Option<String> {
        self.document(name, String::new(), meaning);
        self.raw(name)
    }

    /// A secret that may be absent. Its value never appears in a mistake.
    pub fn secret(&mut self, name: &'static str, meaning: &'static str) -> Option<Secret> {
        self.document(name, String::new(), meaning);
        self.raw(name).map(Secret::new)
    }

    /// A secret that stands in the variable `name`, or in the file that `file_name` names, which is
    /// how containers are given secrets. A line end at the end of the file does not belong to it.
    pub fn secret_or_file(
        &mut self,
        (name, meaning): (&'static str, &'static str),
        (file_name, file_meaning): (&'static str, &'static str),
    ) -> Option<Secret> {
        let given = self.secret(name, meaning);
        let Some(path) = self.optional_text(file_name, file_meaning) else {
            return given;
        };
        if given.is_some() {
            self.mistake(file_name, format_args!("is set and {name} too"));
            return given;
        }
        match read_secret(Path::new(&path)) {
            Ok(secret) => Some(secret),
            Err(problem) => {
                self.mistake(
                    file_name,
                    format_args!("could not read {path:?}: {problem}"),
                );
                None
            }
        }
    }

    /// A number within `range`.
    pub fn number<T>(
        &mut self,
        name: &'static str,
        default: T,
        range: RangeInclusive<T>,
        meaning: &'static str,
    ) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        self.document(name, default.to_string(), meaning);
        let Some(text) = self.raw(name) else {
            return default;
        };
        match text.trim().parse::<T>() {
            Ok(number) if range.contains(&number) => number,
            Ok(_) | Err(_) => {
                let (low, high) = (range.start(), range.end());
                self.mistake(
                    name,
                    format_args!("{text:?} is not a number from {low} to {high}"),
                );
                default
            }
        }
    }

    /// A number within `range`, or `auto`, which is also the default and stands for `automatic`.
    pub fn number_or_auto<T>(
        &mut self,
        name: &'static str,
        automatic: T,
        range: RangeInclusive<T>,
        meaning: &'static str,
    ) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        self.document(name, "auto".to_owned(), meaning);
        if self.raw(name).is_none_or(|text| text.trim() == "auto") {
            return automatic;
        }
        self.number(name, automatic, range, meaning)
    }

    /// `true` or `false` (also `1`, `0`, `yes`, `no`, `on`, `off`).
    pub fn flag(&mut self, name: &'static str, default: bool, meaning: &'static str) -> bool {
        self.document(name, default.to_string(), meaning);
        let Some(text) = self.raw(name) else {
            return default;
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.mistake(name, format_args!("{text:?} is neither true nor false"));
                default
            }
        }
    }

    /// A time in whole or decimal seconds, at most one year.
    pub fn seconds(
        &mut self,
        name: &'static str,
        default: Duration,
        meaning: &'static str,
    ) -> Duration {
        self.document(name, default.as_secs_f64().to_string(), meaning);
        let Some(text) = self.raw(name) else {
            return default;
        };
        match text.trim().parse::<f64>() {
            Ok(seconds) if (0.0..=31_536_000.0).contains(&seconds) => {
                Duration::from_secs_f64(seconds)
            }
            Ok(_) | Err(_) => {
                self.mistake(name, format_args!("{text:?} is not a time in seconds"));
                default
            }
        }
    }

    /// One of `choices`.
    pub fn choice(
        &mut self,
        name: &'static str,
        default: &'static str,
        choices: &[&'static str],
        meaning: &'static str,
    ) -> &'static str {
        self.document(name, default.to_owned(), meaning);
        let Some(text) = self.raw(name) else {
            return default;
        };
        match choices.iter().find(|choice| **choice == text.trim()) {
            Some(choice) => choice,
            None => {
                self.mistake(
                    name,
                    format_args!("{text:?} is not one of {}", choices.join(", ")),
                );
                default
            }
        }
    }

    /// The rows of the settings table, in the order in which they were read.
    #[must_use]
    pub fn documented(&self) -> &[Documented] {
        &self.documented
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// All mistakes together, when there was any.
    pub fn finish(&self) -> Result<(), SettingsError> {
        if self.mistakes.is_empty() {
            Ok(())
        } else {
            Err(SettingsError {
                mistakes: self.mistakes.clone(),
            })
        }
    }

    fn raw(&mut self, name: &str) -> Option<String> {
        let value = self.values.get(name)?;
        if value.contains('\0') {
            self.mistake(name, "is not valid UTF-8");
            return None;
        }
        (!value.is_empty()).then(|| value.clone())
    }

    fn document(&mut self, name: &'static str, default: String, meaning: &'static str) {
        if !self.documented.iter().any(|row| row.name == name) {
            self.documented.push(Documented {
                name,
                default,
                meaning,
            });
        }
    }
}

/// The text of a file that holds one secret.
///
/// # Errors
/// When it cannot be read, holds more than a secret can be, or is not text.
pub fn read_secret(path: &Path) -> io::Result<Secret> {
    let mut text = Zeroizing::new(String::new());
    let read = File::open(path)?
        .take(SECRET_FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read > SECRET_FILE_BYTES_MAX) {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(
        line.strip_suffix('\r').unwrap_or(line).to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        Env::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn defaults_hold_where_nothing_is_set() {
        let mut env = env(&[("EMPTY", "")]);
        assert_eq!(env.number("PORT", 15432_u16, 1..=u16::MAX, ""), 15432);
        assert_eq!(env.text("EMPTY", "info", ""), "info");
        assert!(!env.flag("FLAG", false, ""));
        assert_eq!(
            env.seconds("WAIT", Duration::from_secs(30), ""),
            Duration::from_secs(30)
        );
        assert_eq!(env.finish(), Ok(()));
    }

    #[test]
    fn auto_is_what_the_program_finds_and_what_the_table_says() {
        let mut env = env(&[("A", "auto"), ("B", "3"), ("C", "many")]);
        assert_eq!(env.number_or_auto("A", 8, 1..=10, ""), 8);
        assert_eq!(env.number_or_auto("B", 8, 1..=10, ""), 3);
        assert_eq!(env.number_or_auto("C", 8, 1..=10, ""), 8);
        assert_eq!(env.finish().expect_err("C is wrong").mistakes.len(), 1);
        assert!(env.documented().iter().all(|row| row.default == "auto"));
    }

    #[test]
    fn all_mistakes_are_reported_together_and_no_secret_among_them() {
        let mut env = env(&[
            ("PORT", "70000"),
            ("FLAG", "maybe"),
            ("WAIT", "-1"),
            ("MODE", "requird"),
            ("KEY", "CANARY"),
        ]);
        env.number("PORT", 1_u16, 1..=u16::MAX, "");
        env.flag("FLAG", true, "");
        env.seconds("WAIT", Duration::ZERO, "");
        env.choice("MODE", "optional", &["optional", "required"], "");
        env.secret("KEY", "");
        let error = env.finish().expect_err("four mistakes");
        assert_eq!(error.mistakes.len(), 4, "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("4 settings are wrong:\n  PORT: \"70000\""),
            "{text}"
        );
        assert!(!text.contains("CANARY"));
    }

    #[test]
    fn a_secret_comes_from_its_variable_or_its_file_but_not_from_both() {
        let folder = std::env::temp_dir().join(format!("tavana-env-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let path = |name: &str| folder.join(name).display().to_string();
        std::fs::write(path("key"), "from the file\n").unwrap();
        std::fs::write(path("long"), vec![b'x'; 65 << 10]).unwrap();
        let (key, long, none) = (path("key"), path("long"), path("none"));
        let read = |pairs: &[(&str, &str)]| {
            let mut env = env(pairs);
            let secret = env.secret_or_file(("KEY", ""), ("KEY_FILE", ""));
            (
                secret.map(|secret| secret.expose().to_owned()),
                env.finish(),
            )
        };
        assert_eq!(read(&[]), (None, Ok(())));
        assert_eq!(read(&[("KEY", "a")]), (Some("a".to_owned()), Ok(())));
        assert_eq!(
            read(&[("KEY_FILE", &key)]),
            (Some("from the file".to_owned()), Ok(()))
        );
        for pairs in [
            &[("KEY", "a"), ("KEY_FILE", key.as_str())][..],
            &[("KEY_FILE", &long)],
            &[("KEY_FILE", &none)],
        ] {
            let mistakes = read(pairs).1.expect_err("a mistake").mistakes;
            assert!(mistakes[0].starts_with("KEY_FILE: "), "{mistakes:?}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
