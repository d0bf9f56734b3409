//! Dates, times and intervals as PostgreSQL spells them in each DateStyle and IntervalStyle.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::number::{ascii_digits, put, put_fraction, put_slice, put_two, put_u64};
use crate::pg::text::{DateOrder, DateStyle, IntervalStyle, SessionTimeZone, TextOptions};

pub(crate) const DAY_MICROS: i64 = 86_400_000_000;
/// Days from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
pub(crate) const EPOCH_DAYS: i32 = 10_957;
pub(crate) const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * DAY_MICROS;

/// Room for any date or timestamp in any style.
pub(crate) const DATETIME_BYTES_MAX: usize = 80;
/// Room for any interval in any style.
pub(crate) const INTERVAL_BYTES_MAX: usize = 160;

/// A day of the proleptic Gregorian calendar; `year` 0 is 1 BC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

impl Civil {
    #[inline(always)]
    pub(crate) fn of_days(days_since_1970: i64) -> Self {
        // Counted from 0000-03-01, so that the leap day ends a year and an era is 400 years.
        let days = days_since_1970 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097) as u32;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = era * 400 + i64::from(year_of_era) + i64::from(month <= 2);
        Self { year, month, day }
    }

    /// Days since 1970-01-01. The day must exist.
    #[cfg(test)]
    pub(crate) fn to_days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted_month = i64::from(if self.month > 2 {
            self.month - 3
        } else {
            self.month + 9
        });
        let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The year as people count it: 1 BC is 1, not 0.
    #[inline(always)]
    fn counted(self) -> (u64, bool) {
        if self.year > 0 {
            (self.year as u64, false)
        } else {
            ((1 - self.year) as u64, true)
        }
    }
}

/// A date in ISO.
#[inline(always)]
pub(crate) fn put_iso_date(buf: &mut [u8], at: usize, day: i64) -> usize {
    let (at, before_christ) = put_iso_day(buf, at, day);
    put_era(buf, at, before_christ)
}

/// A timestamp in ISO.
#[inline(always)]
pub(crate) fn put_iso_timestamp(buf: &mut [u8], at: usize, micros: i64) -> usize {
    let (at, before_christ) = put_iso_local(buf, at, micros);
    put_era(buf, at, before_christ)
}

/// A timestamp in ISO with its offset, both already in local time.
#[inline(always)]
pub(crate) fn put_iso_zoned(
    buf: &mut [u8],
    at: usize,
    local_micros: i64,
    offset_seconds: i32,
) -> usize {
    let (at, before_christ) = put_iso_local(buf, at, local_micros);
    let at = put_offset(buf, at, offset_seconds);
    put_era(buf, at, before_christ)
}

#[inline(always)]
fn put_era(buf: &mut [u8], at: usize, before_christ: bool) -> usize {
    if before_christ {
        put(buf, at, *b" BC")
    } else {
        at
    }
}

#[inline(always)]
fn put_iso_local(buf: &mut [u8], at: usize, micros: i64) -> (usize, bool) {
    let day = micros.div_euclid(DAY_MICROS);
    let (at, before_christ) = put_iso_day(buf, at, day);
    let at = put(buf, at, *b" ");
    let at = put_time(buf, at, micros - day * DAY_MICROS);
    (at, before_christ)
}

/// `YYYY-MM-DD`, and whether an era must follow.
#[inline(always)]
fn put_iso_day(buf: &mut [u8], at: usize, day: i64) -> (usize, bool) {
    match digits_of_day(day) {
        Some(digits) => {
            let dashes = u64::from_le_bytes(*b"\0\0\0\0-\0\0-");
            let month = digits >> 32 & 0xffff;
            let start = digits & 0xffff_ffff | month << 40 | dashes;
            let at = put(buf, at, start.to_le_bytes());
            (put(buf, at, ((digits >> 48) as u16).to_le_bytes()), false)
        }
        None => put_iso_day_of_any_year(buf, at, day),
    }
}

#[inline(never)]
fn put_iso_day_of_any_year(buf: &mut [u8], at: usize, day: i64) -> (usize, bool) {
    let civil = Civil::of_days(day);
    let (year, before_christ) = civil.counted();
    let at = put_year(buf, at, year);
    let at = put(buf, at, *b"-");
    let at = put_two(buf, at, civil.month);
    let at = put(buf, at, *b"-");
    (put_two(buf, at, civil.day), before_christ)
}

/// `YYYYMMDD` of a day of the years 1 to 9999, where almost all are, the first digit in the lowest
/// byte; `None` for other days.
///
/// The divisions by constants that find the year and the month are those of Neri and Schneider,
/// "Euclidean affine functions and their application to calendar algorithms" (2022).
#[inline(always)]
fn digits_of_day(day: i64) -> Option<u64> {
    /// 0001-01-01 and 9999-12-31.
    const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;
    /// 2^32 / 1461, rounded up: four years of 365.25 days.
    const YEAR: u64 = 2_939_745;
    if !DAYS.contains(&day) {
        return None;
    }
    // Counted from 0000-03-01, in quarters of a day.
    let quarters = 4 * (day + 719_468) as u32 + 3;
    let century = quarters / 146_097;
    let quarters = u64::from((quarters % 146_097) | 3) * YEAR;
    let day_of_year = (quarters as u32) / (4 * YEAR as u32);
    let of_next = u32::from(day_of_year >= 306);
    let year = 100 * century + (quarters >> 32) as u32 + of_next;
    // The month stands in the upper half, what is left of it in the lower.
    let months = 2_141 * day_of_year + 197_913;
    let month = (months >> 16) - 12 * of_next;
    let day = (months & 0xffff) / 2_141 + 1;
    Some(ascii_digits(u64::from(10_000 * year + 100 * month + day)))
}

fn put_year(buf: &mut [u8], at: usize, year: u64) -> usize {
    if year < 10_000 {
        let at = put_two(buf, at, (year / 100) as u32);
        put_two(buf, at, (year % 100) as u32)
    } else {
        put_u64(buf, at, year)
    }
}

/// `HH:MM:SS[.ffffff]` of a time of day; 24:00:00 is one.
#[inline(always)]
pub(crate) fn put_time(buf: &mut [u8], at: usize, micros: i64) -> usize {
    let micros = micros as u64;
    let seconds = (micros / 1_000_000) as u32;
    let fraction = (micros % 1_000_000) as u32;
    let minutes = seconds / 60;
    let hours = minutes / 60;
    let digits = ascii_digits(u64::from(
        10_000 * hours + 100 * (minutes - 60 * hours) + (seconds - 60 * minutes),
    ));
    let colons = u64::from_le_bytes(*b"\0\0:\0\0:\0\0");
    let (hour, minute, second) = (digits >> 16 & 0xffff, digits >> 32 & 0xffff, digits >> 48);
    let time = hour | minute << 24 | second << 48 | colons;
    let at = put(buf, at, time.to_le_bytes());
    put_fraction(buf, at, fraction)
}

/// `+HH[:MM[:SS]]`, seconds east of Greenwich.
#[inline(always)]
pub(crate) fn put_offset(buf: &mut [u8], at: usize, seconds_east: i32) -> usize {
    let at = put(buf, at, if seconds_east < 0 { *b"-" } else { *b"+" });
    let seconds = seconds_east.unsigned_abs();
    let at = put_two(buf, at, seconds / 3600);
    if seconds.is_multiple_of(3600) {
        return at;
    }
    let at = put(buf, at, *b":");
    let at = put_two(buf, at, seconds / 60 % 60);
    if seconds.is_multiple_of(60) {
        return at;
    }
    let at = put(buf, at, *b":");
    put_two(buf, at, seconds % 60)
}

/// A date in the styles other than ISO.
pub(crate) fn put_date_styled(
    buf: &mut [u8],
    at: usize,
    days: i64,
    options: &TextOptions,
) -> usize {
    let civil = Civil::of_days(days);
    let at = put_day_styled(buf, at, civil, options);
    put_era(buf, at, civil.counted().1)
}

fn put_day_styled(buf: &mut [u8], at: usize, civil: Civil, options: &TextOptions) -> usize {
    let (year, _) = civil.counted();
    let (separator, day_first) = match options.date_style {
        DateStyle::Iso => {
            let at = put_year(buf, at, year);
            let at = put(buf, at, *b"-");
            let at = put_two(buf, at, civil.month);
            let at = put(buf, at, *b"-");
            return put_two(buf, at, civil.day);
        }
        DateStyle::German => (*b".", true),
        DateStyle::Sql => (*b"/", options.date_order == DateOrder::Dmy),
        DateStyle::Postgres => (*b"-", options.date_order == DateOrder::Dmy),
    };
    let (first, second) = if day_first {
        (civil.day, civil.month)
    } else {
        (civil.month, civil.day)
    };
    let at = put_two(buf, at, first);
    let at = put(buf, at, separator);
    let at = put_two(buf, at, second);
    let at = put(buf, at, separator);
    put_year(buf, at, year)
}

/// What follows the time of day: nothing, or the zone of a `timestamptz`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ZoneText<'a> {
    None,
    /// Offset in seconds east and the abbreviation that the styles other than ISO print.
    Zone(i32, &'a str),
}

/// A timestamp in local time, in any style.
pub(crate) fn put_timestamp_styled(
    buf: &mut [u8],
    at: usize,
    local_micros: i64,
    zone: ZoneText<'_>,
    options: &TextOptions,
) -> usize {
    let day = local_micros.div_euclid(DAY_MICROS);
    let time = local_micros.rem_euclid(DAY_MICROS);
    let civil = Civil::of_days(day);
    let at = if options.date_style == DateStyle::Postgres {
        const DAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
        const MONTHS: [&[u8; 3]; 12] = [
            b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
            b"Dec",
        ];
        let month = MONTHS[civil.month as usize - 1];
        let at = put(buf, at, *DAYS[day.rem_euclid(7) as usize]);
        let mut at = put(buf, at, *b" ");
        if options.date_order == DateOrder::Dmy {
            at = put_two(buf, at, civil.day);
            at = put(buf, at, *b" ");
            at = put(buf, at, *month);
        } else {
            at = put(buf, at, *month);
            at = put(buf, at, *b" ");
            at = put_two(buf, at, civil.day);
        }
        let at = put(buf, at, *b" ");
        let at = put_time(buf, at, time);
        let at = put(buf, at, *b" ");
        put_year(buf, at, civil.counted().0)
    } else {
        let at = put_day_styled(buf, at, civil, options);
        let at = put(buf, at, *b" ");
        put_time(buf, at, time)
    };
    let at = match zone {
        ZoneText::None => at,
        ZoneText::Zone(offset, _) if options.date_style == DateStyle::Iso => {
            put_offset(buf, at, offset)
        }
        ZoneText::Zone(offset, "") => put_offset(buf, at, offset),
        ZoneText::Zone(_, abbreviation) => {
            let at = put(buf, at, *b" ");
            let shown = abbreviation.as_bytes();
            put_slice(buf, at, &shown[..shown.len().min(16)])
        }
    };
    put_era(buf, at, civil.counted().1)
}

/// Offsets of a time zone. Looking one up costs a search through the zone's rules, so every span
/// between two transitions that was met is kept.
#[derive(Debug)]
pub(crate) struct Zones<'a> {
    zone: &'a SessionTimeZone,
    /// Index of the span used last.
    last: usize,
    /// Disjoint, sorted by `from`.
    spans: Vec<Span>,
}

#[derive(Debug)]
struct Span {
    /// Microseconds since 1970, inclusive.
    from: i64,
    /// Exclusive.
    until: i64,
    offset_seconds: i32,
    abbreviation: String,
}

impl<'a> Zones<'a> {
    pub(crate) fn new(zone: &'a SessionTimeZone) -> Self {
        Self {
            zone,
            last: 0,
            spans: Vec::new(),
        }
    }

    /// Seconds east at an instant.
    #[inline(always)]
    pub(crate) fn offset(&mut self, micros: i64) -> i32 {
        match self.spans.get(self.last) {
            Some(span) if span.from <= micros && micros < span.until => span.offset_seconds,
            _ => self.find(micros).offset_seconds,
        }
    }

    pub(crate) fn offset_and_abbreviation(&mut self, micros: i64) -> (i32, &str) {
        let span = self.find(micros);
        (span.offset_seconds, &span.abbreviation)
    }

    #[inline(never)]
    fn find(&mut self, micros: i64) -> &Span {
        let next = self.spans.partition_point(|span| span.from <= micros);
        let known = next
            .checked_sub(1)
            .filter(|index| micros < self.spans[*index].until);
        self.last = known.unwrap_or_else(|| {
            let span = self.look_up(micros);
            self.spans.insert(next, span);
            next
        });
        &self.spans[self.last]
    }

    fn look_up(&self, micros: i64) -> Span {
        // The rules know the years -9999 to 9999. Before, the first offset held already; after, the
        // calendar and with it the rules repeat every 400 years.
        const CYCLE: i64 = 146_097 * DAY_MICROS;
        let least = Timestamp::MIN.as_second() * 1_000_000;
        let most = Timestamp::MAX.as_second() * 1_000_000 - CYCLE;
        let cycles = if micros > most {
            (micros - most) / CYCLE + 1
        } else {
            0
        };
        let shift = cycles * CYCLE;
        let micros = micros.max(least) - shift;
        let instant = Timestamp::from_microsecond(micros)
            .expect("the microsecond was just brought into the range of a timestamp");
        let after =
            Timestamp::from_microsecond(micros + 1).expect("a cycle is left above the microsecond");
        let zone = &self.zone.zone;
        let info = zone.to_offset_info(instant);
        let micros_of = |timestamp: Timestamp| timestamp.as_microsecond();
        let from = zone
            .preceding(after)
            .next()
            .map(|found| micros_of(found.timestamp()));
        let until = zone
            .following(instant)
            .next()
            .map(|found| micros_of(found.timestamp()));
        // What lies beyond the cycle is not known from it.
        let (first, last) = match cycles {
            0 => (i64::MIN, i64::MAX),
            _ => (most - CYCLE, most),
        };
        Span {
            from: from
                .filter(|from| *from <= micros)
                .unwrap_or(first)
                .saturating_add(shift),
            until: until
                .filter(|until| *until > micros)
                .unwrap_or(last)
                .saturating_add(shift),
            offset_seconds: info.offset().seconds(),
            abbreviation: info.abbreviation().to_owned(),
        }
    }
}

/// Years, months, days and a time: how each style cuts an interval up.
struct Parts {
    years: i32,
    months: i32,
    days: i32,
    hours: i64,
    minutes: i64,
    seconds: i64,
    fraction: i64,
}

impl Parts {
    fn of(months: i32, days: i32, micros: i64) -> Self {
        Self {
            years: months / 12,
            months: months % 12,
            days,
            hours: micros / 3_600_000_000,
            minutes: micros / 60_000_000 % 60,
            seconds: micros / 1_000_000 % 60,
            fraction: micros % 1_000_000,
        }
    }

    fn time_is_zero(&self) -> bool {
        self.hours == 0 && self.minutes == 0 && self.seconds == 0 && self.fraction == 0
    }

    fn time_is_negative(&self) -> bool {
        self.hours < 0 || self.minutes < 0 || self.seconds < 0 || self.fraction < 0
    }
}

/// Text of at most [`INTERVAL_BYTES_MAX`] bytes.
struct Line {
    bytes: [u8; INTERVAL_BYTES_MAX],
    length: usize,
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let target = self
            .bytes
            .get_mut(self.length..self.length + text.len())
            .ok_or(std::fmt::Error)?;
        target.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}

pub(crate) fn put_interval(
    buf: &mut [u8],
    at: usize,
    months: i32,
    days: i32,
    micros: i64,
    style: IntervalStyle,
) -> usize {
    let parts = Parts::of(months, days, micros);
    let mut line = Line {
        bytes: [0; INTERVAL_BYTES_MAX],
        length: 0,
    };
    match style {
        IntervalStyle::Postgres => postgres_interval(&mut line, &parts, "mon"),
        IntervalStyle::PostgresVerbose => verbose_interval(&mut line, &parts),
        IntervalStyle::SqlStandard => sql_interval(&mut line, &parts),
        IntervalStyle::Iso8601 => iso_interval(&mut line, &parts),
    }
    .expect("seven numbers and their units fit the line");
    put_slice(buf, at, &line.bytes[..line.length])
}

/// As DuckDB's `to_json` and casts spell it: `1 year 2 months 3 days 00:00:03.5`.
pub(crate) fn put_interval_duckdb(
    buf: &mut [u8],
    at: usize,
    months: i32,
    days: i32,
    micros: i64,
) -> usize {
    let parts = Parts::of(months, days, micros);
    let mut line = Line {
        bytes: [0; INTERVAL_BYTES_MAX],
        length: 0,
    };
    duckdb_interval(&mut line, &parts).expect("seven numbers and their units fit the line");
    put_slice(buf, at, &line.bytes[..line.length])
}

fn duckdb_interval(line: &mut Line, parts: &Parts) -> std::fmt::Result {
    for (value, unit) in [
        (parts.years, "year"),
        (parts.months, "month"),
        (parts.days, "day"),
    ] {
        if value != 0 {
            let space = if line.length > 0 { " " } else { "" };
            let plural = if value.unsigned_abs() == 1 { "" } else { "s" };
            write!(line, "{space}{value} {unit}{plural}")?;
        }
    }
    if line.length > 0 && parts.time_is_zero() {
        return Ok(());
    }
    let space = if line.length > 0 { " " } else { "" };
    let sign = if parts.time_is_negative() { "-" } else { "" };
    write!(
        line,
        "{space}{sign}{:02}:{:02}:",
        parts.hours.abs(),
        parts.minutes.abs()
    )?;
    write_seconds(line, parts, Width::Two)
}

enum Width {
    One,
    Two,
}

/// Seconds without their sign, with the fraction's trailing zeros left out.
fn write_seconds(line: &mut Line, parts: &Parts, width: Width) -> std::fmt::Result {
    match width {
        Width::One => write!(line, "{}", parts.seconds.abs())?,
        Width::Two => write!(line, "{:02}", parts.seconds.abs())?,
    }
    if parts.fraction != 0 {
        let mut fraction = parts.fraction.abs();
        let mut digits = 6;
        while fraction % 10 == 0 {
            fraction /= 10;
            digits -= 1;
        }
        write!(line, ".{fraction:0digits$}")?;
    }
    Ok(())
}

fn postgres_interval(line: &mut Line, parts: &Parts, month: &str) -> std::fmt::Result {
    // A positive field after a negative one carries a sign, so that it is not read as negative.
    let mut after_negative = false;
    for (value, unit) in [
        (parts.years, "year"),
        (parts.months, month),
        (parts.days, "day"),
    ] {
        if value != 0 {
            let space = if line.length > 0 { " " } else { "" };
            let sign = if after_negative && value > 0 { "+" } else { "" };
            let plural = if value == 1 { "" } else { "s" };
            write!(line, "{space}{sign}{value} {unit}{plural}")?;
            after_negative = value < 0;
        }
    }
    if line.length > 0 && parts.time_is_zero() {
        return Ok(());
    }
    let space = if line.length > 0 { " " } else { "" };
    let sign = if parts.time_is_negative() {
        "-"
    } else if after_negative {
        "+"
    } else {
        ""
    };
    write!(
        line,
        "{space}{sign}{:02}:{:02}:",
        parts.hours.abs(),
        parts.minutes.abs()
    )?;
    write_seconds(line, parts, Width::Two)
}

fn verbose_interval(line: &mut Line, parts: &Parts) -> std::fmt::Result {
    line.write_str("@")?;
    let mut empty = true;
    // The sign of the first field is said once, by "ago".
    let mut ago = false;
    for (value, unit) in [
        (i64::from(parts.years), "year"),
        (i64::from(parts.months), "mon"),
        (i64::from(parts.days), "day"),
        (parts.hours, "hour"),
        (parts.minutes, "min"),
    ] {
        if value != 0 {
            let shown = if empty {
                ago = value < 0;
                value.abs()
            } else if ago {
                -value
            } else {
                value
            };
            let plural = if shown == 1 { "" } else { "s" };
            write!(line, " {shown} {unit}{plural}")?;
            empty = false;
        }
    }
    if parts.seconds != 0 || parts.fraction != 0 {
        line.write_str(" ")?;
        if parts.seconds < 0 || parts.fraction < 0 {
            if empty {
                ago = true;
            } else if !ago {
                line.write_str("-")?;
            }
        } else if ago {
            line.write_str("-")?;
        }
        write_seconds(line, parts, Width::One)?;
        let one = parts.seconds.abs() == 1 && parts.fraction == 0;
        line.write_str(if one { " sec" } else { " secs" })?;
        empty = false;
    }
    if empty {
        line.write_str(" 0")?;
    }
    if ago {
        line.write_str(" ago")?;
    }
    Ok(())
}

fn sql_interval(line: &mut Line, parts: &Parts) -> std::fmt::Result {
    let negative =
        parts.years < 0 || parts.months < 0 || parts.days < 0 || parts.time_is_negative();
    let positive = parts.years > 0
        || parts.months > 0
        || parts.days > 0
        || parts.hours > 0
        || parts.minutes > 0
        || parts.seconds > 0
        || parts.fraction > 0;
    let year_month = parts.years != 0 || parts.months != 0;
    let day_time = parts.days != 0 || !parts.time_is_zero();
    if !negative && !positive {
        return line.write_str("0");
    }
    let (years, months, days) = (
        parts.years.unsigned_abs(),
        parts.months.unsigned_abs(),
        parts.days.unsigned_abs(),
    );
    let (hours, minutes) = (parts.hours.abs(), parts.minutes.abs());
    if (negative && positive) || (year_month && day_time) {
        // The standard has no form for this; PostgreSQL writes every part with its sign.
        let sign = |negative: bool| if negative { '-' } else { '+' };
        write!(
            line,
            "{}{years}-{months} ",
            sign(parts.years < 0 || parts.months < 0)
        )?;
        write!(line, "{}{days} ", sign(parts.days < 0))?;
        write!(
            line,
            "{}{hours}:{minutes:02}:",
            sign(parts.time_is_negative())
        )?;
        return write_seconds(line, parts, Width::Two);
    }
    if negative {
        line.write_str("-")?;
    }
    if year_month {
        return write!(line, "{years}-{months}");
    }
    if parts.days != 0 {
        write!(line, "{days} ")?;
    }
    write!(line, "{hours}:{minutes:02}:")?;
    write_seconds(line, parts, Width::Two)
}

fn iso_interval(line: &mut Line, parts: &Parts) -> std::fmt::Result {
    line.write_str("P")?;
    for (value, unit) in [(parts.years, 'Y'), (parts.months, 'M'), (parts.days, 'D')] {
        if value != 0 {
            write!(line, "{value}{unit}")?;
        }
    }
    if parts.time_is_zero() {
        return if line.length == 1 {
            line.write_str("T0S")
        } else {
            Ok(())
        };
    }
    line.write_str("T")?;
    for (value, unit) in [(parts.hours, 'H'), (parts.minutes, 'M')] {
        if value != 0 {
            write!(line, "{value}{unit}")?;
        }
    }
    if parts.seconds != 0 || parts.fraction != 0 {
        if parts.seconds < 0 || parts.fraction < 0 {
            line.write_str("-")?;
        }
        write_seconds(line, parts, Width::One)?;
        line.write_str("S")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut [u8]) -> usize) -> String {
        let mut buf = vec![b'#'; 512];
        let end = write(&mut buf);
        String::from_utf8(buf[..end].to_vec()).unwrap()
    }

    fn micros(year: i64, month: u32, day: u32, time: i64) -> i64 {
        Civil { year, month, day }.to_days() * DAY_MICROS + time
    }

    #[test]
    fn days_and_civil_dates_are_inverse() {
        let mut expected = Civil {
            year: -401,
            month: 1,
            day: 1,
        };
        for days in expected.to_days()..(Civil {
            year: 2401,
            month: 1,
            day: 1,
        })
        .to_days()
        {
            let civil = Civil::of_days(days);
            assert_eq!(civil, expected);
            assert_eq!(civil.to_days(), days);
            let leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
            let last = match civil.month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected.day += 1;
            if expected.day > last {
                expected.day = 1;
                expected.month += 1;
            }
            if expected.month > 12 {
                expected.month = 1;
                expected.year += 1;
            }
        }
    }

    #[test]
    fn each_day_of_four_digit_years_is_spelled_as_its_civil_date() {
        for days in -719_562..=2_933_296 {
            let Civil { year, month, day } = Civil::of_days(days);
            let expected = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!(
                digits_of_day(days).is_some(),
                (1..=9999).contains(&year),
                "{expected}"
            );
            if (1..=9999).contains(&year) {
                let mut buf = [0; 16];
                assert_eq!(put_iso_day(&mut buf, 0, days), (10, false));
                assert_eq!(buf[..10], *expected.as_bytes());
            }
        }
    }

    #[test]
    fn iso_dates_have_eras_and_long_years() {
        for (year, expected) in [
            (2020, "2020-02-29"),
            (33, "0033-02-28"),
            (0, "0001-02-28 BC"),
            (-43, "0044-02-28 BC"),
            (12_020, "12020-02-28"),
            (-290_307, "290308-02-28 BC"),
        ] {
            let day = if year == 2020 { 29 } else { 28 };
            let days = Civil {
                year,
                month: 2,
                day,
            }
            .to_days();
            assert_eq!(text(|buf| put_iso_date(buf, 0, days)), expected);
        }
    }

    #[test]
    fn fractions_lose_their_trailing_zeros() {
        for (time, expected) in [
            (0, "2020-01-01 00:00:00"),
            (1, "2020-01-01 00:00:00.000001"),
            (500_000, "2020-01-01 00:00:00.5"),
            (86_399_999_990, "2020-01-01 23:59:59.99999"),
            (45_296_120_000, "2020-01-01 12:34:56.12"),
        ] {
            let stamp = micros(2020, 1, 1, time);
            assert_eq!(text(|buf| put_iso_timestamp(buf, 0, stamp)), expected);
        }
        let before = micros(1969, 12, 31, 86_399_500_000);
        assert_eq!(
            text(|buf| put_iso_timestamp(buf, 0, before)),
            "1969-12-31 23:59:59.5"
        );
        assert_eq!(text(|buf| put_time(buf, 0, DAY_MICROS)), "24:00:00");
    }

    #[test]
    fn each_date_style_has_its_own_order() {
        let days = Civil {
            year: 2020,
            month: 3,
            day: 9,
        }
        .to_days();
        let stamp = days * DAY_MICROS + 45_296_500_000;
        for (style, date, timestamp, zoned) in [
            (
                "ISO, MDY",
                "2020-03-09",
                "2020-03-09 12:34:56.5",
                "2020-03-09 12:34:56.5+01",
            ),
            (
                "SQL, MDY",
                "03/09/2020",
                "03/09/2020 12:34:56.5",
                "03/09/2020 12:34:56.5 CET",
            ),
            (
                "SQL, DMY",
                "09/03/2020",
                "09/03/2020 12:34:56.5",
                "09/03/2020 12:34:56.5 CET",
            ),
            (
                "German",
                "09.03.2020",
                "09.03.2020 12:34:56.5",
                "09.03.2020 12:34:56.5 CET",
            ),
            (
                "Postgres, MDY",
                "03-09-2020",
                "Mon Mar 09 12:34:56.5 2020",
                "Mon Mar 09 12:34:56.5 2020 CET",
            ),
            (
                "Postgres, DMY",
                "09-03-2020",
                "Mon 09 Mar 12:34:56.5 2020",
                "Mon 09 Mar 12:34:56.5 2020 CET",
            ),
        ] {
            let mut options = TextOptions::default();
            options.set_date_style(style).unwrap();
            assert_eq!(text(|buf| put_date_styled(buf, 0, days, &options)), date);
            let written = text(|buf| put_timestamp_styled(buf, 0, stamp, ZoneText::None, &options));
            assert_eq!(written, timestamp);
            let zone = ZoneText::Zone(3600, "CET");
            let written = text(|buf| put_timestamp_styled(buf, 0, stamp, zone, &options));
            assert_eq!(written, zoned);
        }
    }

    #[test]
    fn offsets_follow_the_rules_of_the_zone() {
        for (zone, stamp, offset) in [
            ("Europe/Berlin", micros(2020, 1, 1, 0), 3600),
            ("Europe/Berlin", micros(2020, 7, 1, 0), 7200),
            ("Europe/Berlin", micros(2020, 3, 29, 3_600_000_000), 7200),
            (
                "Europe/Berlin",
                micros(2020, 3, 29, 3_600_000_000 - 1),
                3600,
            ),
            ("Europe/Berlin", micros(1800, 1, 1, 0), 3208),
            ("Europe/Berlin", micros(2300, 7, 1, 0), 7200),
            (
                "America/New_York",
                micros(2024, 11, 3, 6 * 3_600_000_000),
                -18_000,
            ),
            ("Asia/Kolkata", micros(2024, 1, 1, 0), 19_800),
            ("UTC", micros(2024, 1, 1, 0), 0),
            ("-3", micros(2024, 1, 1, 0), -10_800),
            ("Europe/Berlin", micros(138_381, 7, 5, 0), 7200),
            ("Europe/Berlin", micros(138_381, 12, 5, 0), 3600),
            ("Europe/Berlin", micros(-20_000, 7, 5, 0), 3208),
            ("Asia/Kolkata", micros(200_000, 1, 1, 0), 19_800),
        ] {
            let mut options = TextOptions::default();
            options.set_time_zone(zone).unwrap();
            let mut zones = Zones::new(&options.time_zone);
            assert_eq!(zones.offset(stamp), offset, "{zone}");
            assert_eq!(zones.offset(stamp), offset, "{zone}");
        }
    }

    #[test]
    fn cached_spans_agree_with_fresh_look_ups() {
        let mut options = TextOptions::default();
        options.set_time_zone("America/Sao_Paulo").unwrap();
        let mut kept = Zones::new(&options.time_zone);
        let mut stamp = micros(1900, 1, 1, 0);
        let mut step = 1_i64;
        while stamp < micros(2040, 1, 1, 0) {
            let fresh = Zones::new(&options.time_zone).offset(stamp);
            assert_eq!(kept.offset(stamp), fresh);
            step = (step * 48_271) % 2_147_483_647;
            stamp += step * 3_000;
        }
    }

    #[test]
    fn offsets_print_minutes_and_seconds_only_when_there_are_some() {
        for (seconds, expected) in [
            (0, "+00"),
            (7200, "+02"),
            (-12_600, "-03:30"),
            (3208, "+00:53:28"),
            (-57_599, "-15:59:59"),
        ] {
            assert_eq!(text(|buf| put_offset(buf, 0, seconds)), expected);
        }
    }

    #[test]
    fn intervals_are_spelled_in_each_style() {
        const HMS: i64 = 4 * 3_600_000_000 + 5 * 60_000_000 + 6_000_000;
        for (months, days, time, postgres, verbose, sql, iso) in [
            (0, 0, 0, "00:00:00", "@ 0", "0", "PT0S"),
            (14, 0, 0, "1 year 2 mons", "@ 1 year 2 mons", "1-2", "P1Y2M"),
            (
                14,
                3,
                HMS,
                "1 year 2 mons 3 days 04:05:06",
                "@ 1 year 2 mons 3 days 4 hours 5 mins 6 secs",
                "+1-2 +3 +4:05:06",
                "P1Y2M3DT4H5M6S",
            ),
            (
                -14,
                3,
                -HMS,
                "-1 years -2 mons +3 days -04:05:06",
                "@ 1 year 2 mons -3 days 4 hours 5 mins 6 secs ago",
                "-1-2 +3 -4:05:06",
                "P-1Y-2M3DT-4H-5M-6S",
            ),
            (
                0,
                3,
                HMS,
                "3 days 04:05:06",
                "@ 3 days 4 hours 5 mins 6 secs",
                "3 4:05:06",
                "P3DT4H5M6S",
            ),
            (
                0,
                -1,
                HMS,
                "-1 days +04:05:06",
                "@ 1 day -4 hours -5 mins -6 secs ago",
                "+0-0 -1 +4:05:06",
                "P-1DT4H5M6S",
            ),
            (
                0,
                0,
                -1_500_000,
                "-00:00:01.5",
                "@ 1.5 secs ago",
                "-0:00:01.5",
                "PT-1.5S",
            ),
            (0, 0, 1_000_000, "00:00:01", "@ 1 sec", "0:00:01", "PT1S"),
            (
                0,
                0,
                100 * 3_600_000_000,
                "100:00:00",
                "@ 100 hours",
                "100:00:00",
                "PT100H",
            ),
            (
                -14,
                0,
                0,
                "-1 years -2 mons",
                "@ 1 year 2 mons ago",
                "-1-2",
                "P-1Y-2M",
            ),
        ] {
            for (style, expected) in [
                (IntervalStyle::Postgres, postgres),
                (IntervalStyle::PostgresVerbose, verbose),
                (IntervalStyle::SqlStandard, sql),
                (IntervalStyle::Iso8601, iso),
            ] {
                let written = text(|buf| put_interval(buf, 0, months, days, time, style));
                assert_eq!(written, expected, "{style:?}");
            }
        }
        let extreme = text(|buf| {
            put_interval(
                buf,
                0,
                i32::MIN,
                i32::MIN,
                i64::MIN,
                IntervalStyle::PostgresVerbose,
            )
        });
        assert!(extreme.len() < INTERVAL_BYTES_MAX, "{extreme}");
        assert_eq!(
            text(|buf| put_interval_duckdb(buf, 0, -14, 1, 3_500_000)),
            "-1 year -2 months 1 day 00:00:03.5"
        );
    }
}
