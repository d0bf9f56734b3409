//! The session's settings as PostgreSQL clients know them (documentation, chapter 20), and which
//! of them travel to DuckDB.

mod known;

use std::collections::BTreeMap;
use std::time::Duration;

use tavana_common::proto::v1::Setting;
use tavana_common::secret::Secret;

use self::known::{KNOWN, Known, Rule, find};
use super::statement::TransactionModes;
use crate::catalog::SettingRow;
use crate::error::{QueryError, SqlState};
use crate::pg::text::{OptionError, TextOptions};

/// Longest value of a setting, in bytes.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Settings of a session that the gateway does not know by name (`app.user`, ...).
const CUSTOM_MAX: usize = 256;

/// Settings for stores: DuckDB's own and, for Google Cloud Storage, ones of the same shape, for
/// which DuckDB has only secrets. They travel with each statement, so that the worker can make them
/// a secret of the session's own engine: there they win over those of the deployment, and
/// `delta_scan`, which does not look at settings, sees them too.
const STORE: [(&str, StoreRule); 13] = [
    ("s3_access_key_id", StoreRule::Text),
    ("s3_secret_access_key", StoreRule::Secret),
    ("s3_session_token", StoreRule::Secret),
    ("s3_region", StoreRule::Text),
    ("s3_endpoint", StoreRule::Text),
    ("s3_url_style", StoreRule::UrlStyle),
    ("s3_use_ssl", StoreRule::Bool),
    ("azure_storage_connection_string", StoreRule::Secret),
    ("azure_account_name", StoreRule::Text),
    ("gcs_access_key_id", StoreRule::Text),
    ("gcs_secret", StoreRule::Secret),
    ("gcs_bearer_token", StoreRule::Secret),
    ("gcs_endpoint", StoreRule::Text),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StoreRule {
    Text,
    /// Never shown.
    Secret,
    UrlStyle,
    Bool,
}

/// Settings of a transaction and those that say what new ones are.
const TRANSACTION_DEFAULTS: [(&str, &str); 3] = [
    ("transaction_isolation", "default_transaction_isolation"),
    ("transaction_read_only", "default_transaction_read_only"),
    ("transaction_deferrable", "default_transaction_deferrable"),
];

fn find_store(name: &str) -> Option<(&'static str, StoreRule)> {
    let known = STORE
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.copied()
}

/// Whether a setting for stores says which host to speak to.
pub(crate) fn names_endpoint(name: &str) -> bool {
    ["s3_endpoint", "azure_storage_connection_string"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// What SET did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It holds from now on.
    Done,
    /// The gateway does not know this name: it may be a setting of DuckDB.
    Foreign,
}

/// The settings of one session. Cheap to clone: a transaction keeps the ones it began with.
#[derive(Clone, Debug)]
pub(crate) struct SessionSettings {
    /// Values of known settings that differ from the default, by canonical name.
    values: BTreeMap<&'static str, String>,
    /// Names with a dot that applications make up.
    custom: BTreeMap<String, String>,
    /// Settings of [`STORE`].
    store: BTreeMap<&'static str, Secret>,
    /// What RESET returns to: the defaults, or what the startup packet asked for.
    initial: BTreeMap<&'static str, String>,
    text: TextOptions,
}

impl SessionSettings {
    /// The defaults for `principal`.
    pub(crate) fn new(principal: &str) -> Self {
        let mut settings = Self {
            values: BTreeMap::new(),
            custom: BTreeMap::new(),
            store: BTreeMap::new(),
            initial: BTreeMap::new(),
            text: TextOptions::default(),
        };
        settings
            .values
            .insert("session_authorization", principal.to_owned());
        settings.initial = settings.values.clone();
        settings
    }

    /// A setting of the startup packet: it becomes the value that RESET returns to.
    ///
    /// # Errors
    /// As [`Self::set`]; a name that nobody knows is accepted and ignored, as drivers send some.
    pub(crate) fn set_initial(&mut self, name: &str, value: &str) -> Result<(), QueryError> {
        self.set(name, Some(value))?;
        self.initial = self.values.clone();
        Ok(())
    }

    /// SET; `None` = DEFAULT.
    ///
    /// # Errors
    /// 22023 for a value that is not one, 55P02-like 42501 for a setting that cannot be changed.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) -> Result<Change, QueryError> {
        if value.is_some_and(|value| value.len() > VALUE_BYTES_MAX) {
            return Err(QueryError::new(
                SqlState::PROGRAM_LIMIT,
                "the value of a setting is too long",
            ));
        }
        if let Some((name, rule)) = find_store(name) {
            return self.set_store(name, rule, value);
        }
        let Some(known) = find(name) else {
            if !name.contains('.') {
                return Ok(Change::Foreign);
            }
            match value {
                Some(value) => {
                    if self.custom.len() >= CUSTOM_MAX && !self.custom.contains_key(name) {
                        return Err(QueryError::new(
                            SqlState::CONFIGURATION_LIMIT,
                            format!("a session can hold {CUSTOM_MAX} settings of its own"),
                        ));
                    }
                    self.custom.insert(name.to_owned(), value.to_owned());
                }
                None => {
                    self.custom.remove(name);
                }
            }
            return Ok(Change::Done);
        };
        let value = match value {
            Some(value) => value.to_owned(),
            None => self.initial_value(known).to_owned(),
        };
        let value = self.accepted(known, known.rule, value)?;
        let of_transaction = matches!(known.rule, Rule::Transaction(_));
        if value == known.default && !self.initial.contains_key(known.name) && !of_transaction {
            self.values.remove(known.name);
        } else {
            self.values.insert(known.name, value);
        }
        Ok(Change::Done)
    }

    /// The canonical spelling of a value that the setting takes.
    fn accepted(&mut self, known: &Known, rule: Rule, value: String) -> Result<String, QueryError> {
        let owner = || self.values.get("session_authorization").map(String::as_str);
        match rule {
            Rule::Fixed => {
                // Clients set standard_conforming_strings and the like to what they already are.
                if value.eq_ignore_ascii_case(self.value(known)) {
                    return Ok(value);
                }
                Err(QueryError::new(
                    SqlState::CANNOT_CHANGE_NOW,
                    format!("parameter \"{}\" cannot be changed", known.name),
                ))
            }
            Rule::Free => Ok(value),
            Rule::Text => set_text(&mut self.text, known.name, &value)
                .map_err(|_| invalid(known.name, &value)),
            Rule::Time => {
                let time = parse_time(&value).ok_or_else(|| invalid(known.name, &value))?;
                Ok(show_time(time))
            }
            Rule::Bool => {
                let value = parse_bool(&value).ok_or_else(|| {
                    QueryError::new(
                        SqlState::INVALID_PARAMETER,
                        format!("parameter \"{}\" requires a Boolean value", known.name),
                    )
                })?;
                Ok(show_bool(value))
            }
            Rule::Encoding => {
                // asyncpg sends the value with its quotes.
                let plain: String = value
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_ascii_uppercase();
                if !matches!(plain.as_str(), "UTF8" | "UNICODE" | "SQLASCII") {
                    return Err(invalid(known.name, &value).with_hint("Only UTF8 is supported."));
                }
                Ok("UTF8".to_owned())
            }
            Rule::Number => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(value.trim().to_owned()),
                _ if parse_time(&value).is_some() => Ok(value),
                _ => Err(invalid(known.name, &value)),
            },
            Rule::Size => {
                let digits = value
                    .trim()
                    .trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
                let unit = value.trim().get(digits.len()..).unwrap_or_default();
                let known_unit = matches!(unit, "" | "B" | "kB" | "MB" | "GB" | "TB");
                if !known_unit || digits.trim().parse::<f64>().is_err() {
                    return Err(invalid(known.name, &value).with_hint(
                        "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".",
                    ));
                }
                Ok(value.trim().to_owned())
            }
            Rule::Enum(words) => words
                .iter()
                .find(|word| word.eq_ignore_ascii_case(value.trim()))
                .map(|word| (*word).to_owned())
                .ok_or_else(|| {
                    invalid(known.name, &value)
                        .with_hint(format!("Available values: {}.", words.join(", ")))
                }),
            Rule::Role if value == "none" || owner() == Some(value.as_str()) => Ok(value),
            Rule::Owner if value.is_empty() || owner().is_none_or(|owner| owner == value) => {
                Ok(value)
            }
            Rule::Role | Rule::Owner => Err(QueryError::new(
                SqlState::INSUFFICIENT_PRIVILEGE,
                format!(
                    "permission denied to set {} \"{}\"",
                    known.name.replace('_', " "),
                    shown(&value)
                ),
            )),
            Rule::Transaction(inner) => self.accepted(known, *inner, value),
        }
    }

    /// SET SESSION CHARACTERISTICS: what later transactions are.
    ///
    /// # Errors
    /// None: each mode is a value of its setting.
    pub(crate) fn set_defaults(&mut self, modes: &TransactionModes) -> Result<(), QueryError> {
        let word = |value: bool| if value { "on" } else { "off" };
        for (name, value) in [
            ("default_transaction_isolation", modes.isolation),
            ("default_transaction_read_only", modes.read_only.map(word)),
            ("default_transaction_deferrable", modes.deferrable.map(word)),
        ] {
            if value.is_some() {
                self.set(name, value)?;
            }
        }
        Ok(())
    }

    /// A transaction begins with the session's defaults.
    pub(crate) fn begin_transaction(&mut self) {
        self.end_transaction();
    }

    /// What the transaction alone was is over.
    pub(crate) fn end_transaction(&mut self) {
        for (name, _) in TRANSACTION_DEFAULTS {
            self.values.remove(name);
        }
    }

    /// The isolation level of the current transaction, or of the next.
    pub(crate) fn transaction_isolation(&self) -> &str {
        find("transaction_isolation").map_or("", |known| self.value(known))
    }

    /// Whether the current transaction, or the next, only reads.
    pub(crate) fn transaction_read_only(&self) -> bool {
        find("transaction_read_only").is_some_and(|known| self.value(known) == "on")
    }

    /// What a chained transaction takes over.
    pub(crate) fn transaction_modes(&self) -> TransactionModes {
        let level = self.transaction_isolation();
        let deferrable =
            find("transaction_deferrable").is_some_and(|known| self.value(known) == "on");
        TransactionModes {
            isolation: super::statement::ISOLATION_LEVELS
                .into_iter()
                .find(|known| *known == level),
            read_only: Some(self.transaction_read_only()),
            deferrable: Some(deferrable),
        }
    }

    /// Whether this setting says what the current transaction is.
    pub(crate) fn is_of_transaction(name: &str) -> bool {
        find(name).is_some_and(|known| matches!(known.rule, Rule::Transaction(_)))
    }

    fn set_store(
        &mut self,
        name: &'static str,
        rule: StoreRule,
        value: Option<&str>,
    ) -> Result<Change, QueryError> {
        let Some(value) = value else {
            self.store.remove(name);
            return Ok(Change::Done);
        };
        let value = match rule {
            StoreRule::Text | StoreRule::Secret => value.to_owned(),
            StoreRule::UrlStyle if matches!(value, "vhost" | "path") => value.to_owned(),
            // The value is not repeated: a key may have got into the wrong setting.
            StoreRule::UrlStyle => return Err(invalid(name, "***")),
            StoreRule::Bool => match parse_bool(value) {
                Some(true) => "true".to_owned(),
                Some(false) => "false".to_owned(),
                None => return Err(invalid(name, "***")),
            },
        };
        self.store.insert(name, Secret::new(value));
        Ok(Change::Done)
    }

    /// RESET ALL and DISCARD ALL.
    pub(crate) fn reset_all(&mut self) {
        self.store.clear();
        let mut values = self.initial.clone();
        // What the transaction is stays: it has begun as that.
        for (name, _) in TRANSACTION_DEFAULTS {
            if let Some(value) = self.values.remove(name) {
                values.insert(name, value);
            }
        }
        self.values = values;
        self.custom.clear();
        self.text = TextOptions::default();
        for (name, value) in &self.initial {
            if find(name).is_some_and(|known| known.rule == Rule::Text) {
                // These were accepted by the same function when they became initial.
                set_text(&mut self.text, name, value)
                    .expect("an initial value was accepted before");
            }
        }
    }

    /// The canonical name and value for SHOW; `None` when the gateway does not know the name.
    pub(crate) fn show(&self, name: &str) -> Option<(String, String)> {
        if let Some(known) = find(name) {
            return Some((known.name.to_owned(), self.value(known).to_owned()));
        }
        if let Some((name, rule)) = find_store(name) {
            let value = self.store.get(name).map_or("", Secret::expose);
            let shown = if rule == StoreRule::Secret && !value.is_empty() {
                "***"
            } else {
                value
            };
            return Some((name.to_owned(), shown.to_owned()));
        }
        self.custom
            .get(name)
            .map(|value| (name.to_owned(), value.clone()))
    }

    /// What to give [`Self::set`] later to have today's value back.
    pub(crate) fn to_restore(&self, name: &str) -> Option<String> {
        match find_store(name) {
            Some((name, _)) => self.store.get(name).map(|value| value.expose().to_owned()),
            None => self.show(name).map(|(_, value)| value),
        }
    }

    /// All settings for SHOW ALL, in the order of their names.
    pub(crate) fn all(&self) -> Vec<(&str, &str)> {
        KNOWN
            .iter()
            .map(|known| (known.name, self.value(known)))
            .collect()
    }

    /// One sentence on each, in the same order.
    pub(crate) fn descriptions() -> Vec<&'static str> {
        KNOWN.iter().map(|known| known.description).collect()
    }

    /// All settings for `pg_settings`.
    pub(crate) fn rows(&self) -> Vec<SettingRow> {
        let rows = KNOWN.iter().map(|known| {
            let setting = self.value(known).to_owned();
            let initial = self.initial_value(known).to_owned();
            SettingRow {
                name: known.name.to_owned(),
                source: if setting == initial {
                    "default"
                } else {
                    "session"
                },
                setting,
                unit: known.rule.unit(),
                category: known.rule.category(),
                description: known.description,
                context: known.rule.context(),
                vartype: known.rule.vartype(),
                boot: known.default.to_owned(),
                reset: initial,
            }
        });
        let custom = self.custom.iter().map(|(name, value)| SettingRow {
            name: name.clone(),
            setting: value.clone(),
            unit: None,
            category: "Customized Options",
            description: "",
            context: "user",
            vartype: "string",
            source: "session",
            boot: String::new(),
            reset: String::new(),
        });
        rows.chain(custom).collect()
    }

    /// The name that the client gave itself.
    pub(crate) fn application_name(&self) -> &str {
        self.values
            .get("application_name")
            .map_or("", String::as_str)
    }

    /// What ParameterStatus tells: name and value of each reported setting.
    pub(crate) fn reported(&self) -> Vec<(&'static str, String)> {
        KNOWN
            .iter()
            .filter(|known| known.reported)
            .map(|known| (known.name, self.value(known).to_owned()))
            .collect()
    }

    /// How values are written as text.
    pub(crate) fn text(&self) -> &TextOptions {
        &self.text
    }

    /// `None` = no limit of its own.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        self.time("statement_timeout")
    }

    /// How long the client may be silent, inside of a transaction or outside; `None` = for ever.
    pub(crate) fn idle_timeout(&self, in_transaction: bool) -> Option<Duration> {
        self.time(if in_transaction {
            "idle_in_transaction_session_timeout"
        } else {
            "idle_session_timeout"
        })
    }

    /// How long a transaction may last; `None` = for ever.
    pub(crate) fn transaction_timeout(&self) -> Option<Duration> {
        self.time("transaction_timeout")
    }

    fn time(&self, name: &str) -> Option<Duration> {
        let known = find(name)?;
        parse_time(self.value(known)).filter(|time| !time.is_zero())
    }

    /// What DuckDB must know for this session's statements.
    pub(crate) fn for_worker(&self) -> Vec<Setting> {
        let mut settings = Vec::with_capacity(2);
        if let Some(known) = find("TimeZone") {
            let value = self.value(known).to_owned();
            settings.push(Setting {
                name: "TimeZone".to_owned(),
                value,
            });
        }
        if let Some(path) = self.values.get("search_path") {
            let schemas: Vec<&str> = path
                .split(',')
                .map(|schema| schema.trim().trim_matches('"'))
                .filter(|schema| {
                    !schema.is_empty() && *schema != "$user" && *schema != "pg_catalog"
                })
                .map(|schema| if schema == "public" { "main" } else { schema })
                .collect();
            if !schemas.is_empty() && schemas != ["main"] {
                settings.push(Setting {
                    name: "search_path".to_owned(),
                    value: schemas.join(","),
                });
            }
        }
        settings.extend(self.store.iter().map(|(name, value)| Setting {
            name: (*name).to_owned(),
            value: value.expose().to_owned(),
        }));
        settings
    }

    fn value(&self, known: &Known) -> &str {
        if let Some(value) = self.values.get(known.name) {
            return value;
        }
        // A transaction of which nothing else is known is as the defaults say.
        TRANSACTION_DEFAULTS
            .iter()
            .find(|(name, _)| *name == known.name)
            .and_then(|(_, default)| self.values.get(default))
            .map_or(known.default, String::as_str)
    }

    fn initial_value(&self, known: &Known) -> &str {
        self.initial
            .get(known.name)
            .map_or(known.default, String::as_str)
    }
}

/// Sets a setting of [`Rule::Text`]; returns its canonical spelling.
fn set_text(text: &mut TextOptions, name: &str, value: &str) -> Result<String, OptionError> {
    match name {
        "DateStyle" => {
            text.set_date_style(value)?;
            Ok(text.date_style_text())
        }
        "IntervalStyle" => {
            text.set_interval_style(value)?;
            Ok(text.interval_style_text().to_owned())
        }
        "bytea_output" => {
            text.set_bytea_output(value)?;
            Ok(text.bytea_output_text().to_owned())
        }
        "extra_float_digits" => {
            text.set_extra_float_digits(value)?;
            Ok(text.extra_float_digits.to_string())
        }
        _ => {
            text.set_time_zone(value)?;
            Ok(text.time_zone.name.clone())
        }
    }
}

fn invalid(name: &str, value: &str) -> QueryError {
    QueryError::new(
        SqlState::INVALID_PARAMETER,
        format!(
            "invalid value for parameter \"{name}\": \"{}\"",
            shown(value)
        ),
    )
}

/// As much of a value as a message repeats.
fn shown(value: &str) -> String {
    value.chars().take(64).collect()
}

fn parse_bool(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "1" => Some(true),
        "off" | "of" | "0" => Some(false),
        "" => None,
        word if "true".starts_with(word) || "yes".starts_with(word) => Some(true),
        word if "false".starts_with(word) || "no".starts_with(word) => Some(false),
        _ => None,
    }
}

fn show_bool(value: bool) -> String {
    if value { "on" } else { "off" }.to_owned()
}

/// A time as PostgreSQL takes it: milliseconds without a unit.
/// Whether `text` can be the value of a time limit.
pub(crate) fn is_time(text: &str) -> bool {
    parse_time(text).is_some()
}

fn parse_time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let number: f64 = number.parse().ok()?;
    let factor = match unit.trim() {
        "us" => 0.001,
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    let milliseconds = number * factor;
    // PostgreSQL's limit is that of a 32-bit integer.
    (milliseconds <= f64::from(i32::MAX)).then(|| Duration::from_secs_f64(milliseconds / 1000.0))
}

/// As PostgreSQL shows it: the largest unit that divides it.
fn show_time(time: Duration) -> String {
    let milliseconds = time.as_millis();
    for (unit, size) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1_000),
    ] {
        if milliseconds > 0 && milliseconds.is_multiple_of(size) {
            return format!("{}{unit}", milliseconds / size);
        }
    }
    if milliseconds == 0 {
        "0".to_owned()
    } else {
        format!("{milliseconds}ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_settings_are_shown_by_their_canonical_name() {
        let mut settings = SessionSettings::new("ada");
        assert_eq!(
            settings.set("TIMEZONE", Some("Asia/Tokyo")),
            Ok(Change::Done)
        );
        assert_eq!(
            settings.show("timezone"),
            Some(("TimeZone".to_owned(), "Asia/Tokyo".to_owned()))
        );
        assert_eq!(
            settings.show("session_authorization").expect("known").1,
            "ada"
        );
        assert_eq!(settings.show("nobody"), None);
    }

    #[test]
    fn reset_returns_to_what_the_startup_packet_asked_for() {
        let mut settings = SessionSettings::new("ada");
        settings
            .set_initial("TimeZone", "Europe/Rome")
            .expect("a zone");
        settings.set("TimeZone", Some("UTC")).expect("a zone");
        settings.set("TimeZone", None).expect("default");
        assert_eq!(settings.show("TimeZone").expect("known").1, "Europe/Rome");
        settings.set("TimeZone", Some("UTC")).expect("a zone");
        settings.reset_all();
        assert_eq!(settings.show("TimeZone").expect("known").1, "Europe/Rome");
    }

    #[test]
    fn wrong_values_are_refused_and_nothing_changes() {
        let mut settings = SessionSettings::new("ada");
        for (name, value) in [
            ("client_encoding", "LATIN1"),
            ("statement_timeout", "soon"),
            ("DateStyle", "stardate"),
            ("extra_float_digits", "many"),
            ("jit", "perhaps"),
            ("TimeZone", "Mars/Olympus"),
        ] {
            let before = settings.show(name);
            let error = settings.set(name, Some(value)).expect_err(name);
            assert_eq!(error.sqlstate, SqlState::INVALID_PARAMETER, "{name}");
            assert_eq!(settings.show(name), before, "{name}");
        }
    }

    #[test]
    fn what_is_fixed_cannot_be_changed() {
        let mut settings = SessionSettings::new("ada");
        for (name, value, sqlstate) in [
            ("server_version", "17", "55P02"),
            ("standard_conforming_strings", "off", "55P02"),
            ("role", "postgres", "42501"),
            ("session_authorization", "postgres", "42501"),
        ] {
            let error = settings.set(name, Some(value)).expect_err(name);
            assert_eq!(error.sqlstate.0, sqlstate, "{name}");
        }
        for (name, value) in [
            ("standard_conforming_strings", "on"),
            ("role", "none"),
            ("role", "ada"),
            ("session_authorization", "ada"),
        ] {
            assert_eq!(settings.set(name, Some(value)), Ok(Change::Done), "{name}");
        }
    }

    #[test]
    fn every_default_is_a_value_of_its_setting() {
        for known in KNOWN {
            let mut settings = SessionSettings::new("ada");
            let default = settings.show(known.name).expect("known").1;
            settings
                .set(known.name, Some(&default))
                .unwrap_or_else(|error| panic!("{}: {error}", known.name));
            assert_eq!(settings.show(known.name).expect("known").1, default);
        }
    }

    #[test]
    fn a_transaction_is_what_the_defaults_say_unless_told_otherwise() {
        let mut settings = SessionSettings::new("ada");
        let modes = TransactionModes {
            isolation: Some("serializable"),
            read_only: Some(true),
            deferrable: None,
        };
        settings.set_defaults(&modes).expect("modes");
        settings.begin_transaction();
        assert!(settings.transaction_read_only());
        assert_eq!(settings.transaction_isolation(), "serializable");
        settings
            .set("transaction_read_only", Some("off"))
            .expect("a Boolean");
        assert!(!settings.transaction_read_only());
        settings.end_transaction();
        assert!(settings.transaction_read_only());
        settings
            .set("transaction_read_only", Some("on"))
            .expect("a Boolean");
        settings.reset_all();
        assert!(settings.transaction_read_only());
        settings.end_transaction();
        assert!(!settings.transaction_read_only());
    }

    #[test]
    fn times_take_units_and_show_the_largest() {
        for (given, shown, milliseconds) in [
            ("500", "500ms", 500),
            ("5s", "5s", 5_000),
            ("120000", "2min", 120_000),
            ("0", "0", 0),
        ] {
            let mut settings = SessionSettings::new("ada");
            settings
                .set("statement_timeout", Some(given))
                .expect("a time");
            assert_eq!(settings.show("statement_timeout").expect("known").1, shown);
            let expected = (milliseconds > 0).then(|| Duration::from_millis(milliseconds));
            assert_eq!(settings.statement_timeout(), expected);
        }
    }

    #[test]
    fn names_with_a_dot_belong_to_the_application_and_others_may_be_duckdbs() {
        let mut settings = SessionSettings::new("ada");
        assert_eq!(settings.set("app.user", Some("7")), Ok(Change::Done));
        assert_eq!(
            settings.show("app.user"),
            Some(("app.user".to_owned(), "7".to_owned()))
        );
        assert_eq!(
            settings.set("memory_limit", Some("1GB")),
            Ok(Change::Foreign)
        );
        for number in 0..CUSTOM_MAX {
            drop(settings.set(&format!("app.x{number}"), Some("1")));
        }
        let error = settings
            .set("app.one_more", Some("1"))
            .expect_err("bounded");
        assert_eq!(error.sqlstate, SqlState::CONFIGURATION_LIMIT);
    }

    #[test]
    fn keys_of_stores_travel_and_are_never_shown() {
        let mut settings = SessionSettings::new("ada");
        settings
            .set("S3_Secret_Access_Key", Some("CANARY"))
            .expect("a key");
        settings.set("s3_use_ssl", Some("off")).expect("a Boolean");
        assert!(!format!("{settings:?}").contains("CANARY"));
        assert_eq!(
            settings.show("s3_secret_access_key").expect("known").1,
            "***"
        );
        let sent = settings.for_worker();
        let value = |name: &str| {
            sent.iter()
                .find(|setting| setting.name == name)
                .map(|setting| setting.value.as_str())
        };
        assert_eq!(value("s3_secret_access_key"), Some("CANARY"));
        assert_eq!(value("s3_use_ssl"), Some("false"));
        settings.set("s3_secret_access_key", None).expect("reset");
        assert_eq!(settings.show("s3_secret_access_key").expect("known").1, "");
        assert!(settings.set("s3_url_style", Some("sideways")).is_err());
        for name in ["gcs_secret", "gcs_bearer_token"] {
            settings.set(name, Some("CANARY")).expect("a key");
            assert_eq!(settings.show(name).expect("known").1, "***");
        }
        settings.reset_all();
        assert!(
            settings
                .for_worker()
                .iter()
                .all(|setting| setting.value != "CANARY")
        );
    }

    #[test]
    fn the_search_path_reaches_duckdb_under_its_own_names() {
        let mut settings = SessionSettings::new("ada");
        let path = |settings: &SessionSettings| {
            settings
                .for_worker()
                .into_iter()
                .find(|setting| setting.name == "search_path")
                .map(|setting| setting.value)
        };
        assert_eq!(path(&settings), None);
        settings
            .set("search_path", Some("\"$user\", public"))
            .expect("a path");
        assert_eq!(path(&settings), None);
        settings
            .set("search_path", Some("sales, public"))
            .expect("a path");
        assert_eq!(path(&settings).as_deref(), Some("sales,main"));
    }
}
