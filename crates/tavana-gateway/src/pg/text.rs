//! The settings of a session that change how values are spelled, with PostgreSQL's defaults.

use jiff::tz::TimeZone;

/// How values are written as text. Each setter takes the spelling of `SET name TO value`.
#[derive(Debug, Clone)]
pub(crate) struct TextOptions {
    pub(crate) date_style: DateStyle,
    pub(crate) date_order: DateOrder,
    pub(crate) interval_style: IntervalStyle,
    pub(crate) bytea_output: ByteaOutput,
    /// -15 ..= 3; above zero means the shortest digits that read back exactly.
    pub(crate) extra_float_digits: i8,
    pub(crate) time_zone: SessionTimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateStyle {
    Iso,
    Postgres,
    Sql,
    German,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    Mdy,
    Dmy,
    Ymd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntervalStyle {
    Postgres,
    PostgresVerbose,
    SqlStandard,
    Iso8601,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteaOutput {
    Hex,
    Escape,
}

/// A time zone and the name under which it is shown.
#[derive(Debug, Clone)]
pub(crate) struct SessionTimeZone {
    pub(crate) name: String,
    pub(crate) zone: TimeZone,
}

/// A value that the setting does not take (SQLSTATE 22023).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid value for parameter \"{parameter}\": \"{value}\"")]
pub(crate) struct OptionError {
    pub(crate) parameter: &'static str,
    pub(crate) value: String,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            date_style: DateStyle::Iso,
            date_order: DateOrder::Mdy,
            interval_style: IntervalStyle::Postgres,
            bytea_output: ByteaOutput::Hex,
            extra_float_digits: 1,
            time_zone: SessionTimeZone {
                name: "UTC".to_owned(),
                zone: TimeZone::UTC,
            },
        }
    }
}

impl TextOptions {
    /// `ISO`, `SQL, DMY`, `German`, `default`: a style, an order, or both in any order.
    pub(crate) fn set_date_style(&mut self, value: &str) -> Result<(), OptionError> {
        let mut style = None;
        let mut order = None;
        let wrong = || OptionError {
            parameter: "DateStyle",
            value: value.to_owned(),
        };
        for word in value
            .split([',', ' ', '\t'])
            .filter(|word| !word.is_empty())
        {
            let word = word.trim_matches('"').to_ascii_uppercase();
            let (new_style, new_order) = match word.as_str() {
                "ISO" => (Some(DateStyle::Iso), None),
                "SQL" => (Some(DateStyle::Sql), None),
                _ if word.starts_with("POSTGRES") => (Some(DateStyle::Postgres), None),
                "GERMAN" => (Some(DateStyle::German), None),
                "YMD" => (None, Some(DateOrder::Ymd)),
                "DMY" => (None, Some(DateOrder::Dmy)),
                _ if word.starts_with("EURO") => (None, Some(DateOrder::Dmy)),
                "MDY" | "US" => (None, Some(DateOrder::Mdy)),
                _ if word.starts_with("NONEURO") => (None, Some(DateOrder::Mdy)),
                "DEFAULT" => (
                    style.is_none().then_some(DateStyle::Iso),
                    order.is_none().then_some(DateOrder::Mdy),
                ),
                _ => return Err(wrong()),
            };
            // `SET DateStyle TO 'ISO, SQL'` contradicts itself.
            if (style.is_some() && new_style.is_some_and(|new| style != Some(new)))
                || (order.is_some() && new_order.is_some_and(|new| order != Some(new)))
            {
                return Err(wrong());
            }
            style = style.or(new_style);
            order = order.or(new_order);
        }
        if style == Some(DateStyle::German) && order.is_none() {
            order = Some(DateOrder::Dmy);
        }
        self.date_style = style.unwrap_or(self.date_style);
        self.date_order = order.unwrap_or(self.date_order);
        Ok(())
    }

    pub(crate) fn set_interval_style(&mut self, value: &str) -> Result<(), OptionError> {
        self.interval_style = match value.to_ascii_lowercase().as_str() {
            "postgres" => IntervalStyle::Postgres,
            "postgres_verbose" => IntervalStyle::PostgresVerbose,
            "sql_standard" => IntervalStyle::SqlStandard,
            "iso_8601" => IntervalStyle::Iso8601,
            _ => {
                return Err(OptionError {
                    parameter: "IntervalStyle",
                    value: value.to_owned(),
                });
            }
        };
        Ok(())
    }

    pub(crate) fn set_bytea_output(&mut self, value: &str) -> Result<(), OptionError> {
        self.bytea_output = match value.to_ascii_lowercase().as_str() {
            "hex" => ByteaOutput::Hex,
            "escape" => ByteaOutput::Escape,
            _ => {
                return Err(OptionError {
                    parameter: "bytea_output",
                    value: value.to_owned(),
                });
            }
        };
        Ok(())
    }

    pub(crate) fn set_extra_float_digits(&mut self, value: &str) -> Result<(), OptionError> {
        self.extra_float_digits = value
            .trim()
            .parse()
            .ok()
            .filter(|digits| (-15..=3).contains(digits))
            .ok_or_else(|| OptionError {
                parameter: "extra_float_digits",
                value: value.to_owned(),
            })?;
        Ok(())
    }

    /// A name of the IANA database in any case, whole hours east of Greenwich (`-7`), an interval
    /// (`INTERVAL '+02:00' HOUR TO MINUTE`), or a POSIX offset (`UTC+3`), which counts westward.
    /// The name kept is one that DuckDB knows as well.
    pub(crate) fn set_time_zone(&mut self, value: &str) -> Result<(), OptionError> {
        self.time_zone = SessionTimeZone::parse(value.trim()).ok_or_else(|| OptionError {
            parameter: "TimeZone",
            value: value.to_owned(),
        })?;
        Ok(())
    }

    /// As `SHOW DateStyle` and the ParameterStatus of that name say it.
    pub(crate) fn date_style_text(&self) -> String {
        let style = match self.date_style {
            DateStyle::Iso => "ISO",
            DateStyle::Postgres => "Postgres",
            DateStyle::Sql => "SQL",
            DateStyle::German => "German",
        };
        let order = match self.date_order {
            DateOrder::Mdy => "MDY",
            DateOrder::Dmy => "DMY",
            DateOrder::Ymd => "YMD",
        };
        format!("{style}, {order}")
    }

    pub(crate) fn interval_style_text(&self) -> &'static str {
        match self.interval_style {
            IntervalStyle::Postgres => "postgres",
            IntervalStyle::PostgresVerbose => "postgres_verbose",
            IntervalStyle::SqlStandard => "sql_standard",
            IntervalStyle::Iso8601 => "iso_8601",
        }
    }

    pub(crate) fn bytea_output_text(&self) -> &'static str {
        match self.bytea_output {
            ByteaOutput::Hex => "hex",
            ByteaOutput::Escape => "escape",
        }
    }
}

impl SessionTimeZone {
    fn parse(value: &str) -> Option<Self> {
        if let Ok(zone) = TimeZone::get(value) {
            let name = zone.iana_name()?.to_owned();
            return Some(Self { name, zone });
        }
        let hours_east = match value.split_at_checked("INTERVAL".len()) {
            Some((word, offset)) if word.eq_ignore_ascii_case("INTERVAL") => {
                hours(offset.split_whitespace().next()?.trim_matches('\''))?
            }
            _ => {
                let offset = value.trim_start_matches(|next: char| next.is_ascii_alphabetic());
                match value.len() - offset.len() {
                    // A number alone counts eastward ...
                    0 if !offset.contains(':') => hours(offset)?,
                    // ... everything else is read as a POSIX rule, which counts westward: `+02:00`
                    // is two hours west. pgjdbc, which knows, sends `GMT-03:00` for three east.
                    0 | 3.. => -hours(offset)?,
                    _ => return None,
                }
            }
        };
        let name = match hours_east {
            0 => "UTC".to_owned(),
            // These names count westward too.
            -12..=-1 => format!("Etc/GMT+{}", -hours_east),
            1..=14 => format!("Etc/GMT-{hours_east}"),
            _ => return None,
        };
        let zone = TimeZone::get(&name).ok()?;
        Some(Self { name, zone })
    }
}

/// `3`, `-07`, `+02:00`, `5.0`: whole hours. DuckDB knows no zone for a fraction of an hour, so one
/// is refused here rather than by every later statement.
fn hours(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let zeros = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b':'));
    let whole = match digits.split_once([':', '.']) {
        Some((whole, rest)) if zeros(rest) => whole,
        Some(_) => return None,
        None => digits,
    };
    let plain = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let hours: i32 = if plain {
        whole.parse().ok()?
    } else {
        return None;
    };
    Some(sign * hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_styles_are_read_and_shown_as_postgresql_does() {
        for (set, shown) in [
            ("ISO", Some("ISO, MDY")),
            ("iso, ymd", Some("ISO, YMD")),
            ("DMY", Some("ISO, DMY")),
            ("German", Some("German, DMY")),
            ("SQL, MDY", Some("SQL, MDY")),
            ("Postgres,European", Some("Postgres, DMY")),
            ("default", Some("ISO, MDY")),
            ("ISO, SQL", None),
            ("redwood", None),
        ] {
            let mut options = TextOptions::default();
            let outcome = options.set_date_style(set);
            match shown {
                Some(shown) => assert_eq!(options.date_style_text(), shown, "{set}"),
                None => assert_eq!(
                    outcome.unwrap_err().to_string(),
                    format!("invalid value for parameter \"DateStyle\": \"{set}\"")
                ),
            }
        }
    }

    #[test]
    fn time_zones_are_names_or_whole_hours() {
        for (set, shown) in [
            ("europe/berlin", Some("Europe/Berlin")),
            ("UTC", Some("UTC")),
            ("-7", Some("Etc/GMT+7")),
            ("02", Some("Etc/GMT-2")),
            ("0", Some("UTC")),
            ("+02:00", Some("Etc/GMT+2")),
            ("GMT-03:00", Some("Etc/GMT-3")),
            ("UTC+5", Some("Etc/GMT+5")),
            ("INTERVAL '+02:00' HOUR TO MINUTE", Some("Etc/GMT-2")),
            ("interval -03:00 hour to minute", Some("Etc/GMT+3")),
            ("EST5EDT", Some("EST5EDT")),
            ("5.5", None),
            ("GMT-05:30", None),
            ("Mars/Olympus", None),
            ("", None),
            ("+99", None),
            ("15", None),
        ] {
            let mut options = TextOptions::default();
            let outcome = options.set_time_zone(set);
            match shown {
                Some(shown) => assert_eq!(options.time_zone.name, shown, "{set}"),
                None => {
                    outcome.unwrap_err();
                }
            }
        }
    }

    #[test]
    fn the_other_settings_refuse_what_postgresql_refuses() {
        let mut options = TextOptions::default();
        options.set_interval_style("ISO_8601").unwrap();
        assert_eq!(options.interval_style_text(), "iso_8601");
        options.set_bytea_output("Escape").unwrap();
        assert_eq!(options.bytea_output_text(), "escape");
        options.set_extra_float_digits("3").unwrap();
        assert_eq!(options.extra_float_digits, 3);
        options.set_interval_style("x").unwrap_err();
        options.set_bytea_output("x").unwrap_err();
        options.set_extra_float_digits("4").unwrap_err();
        options.set_extra_float_digits("x").unwrap_err();
    }
}
