//! Dates, times and intervals as clients write them, in DuckDB's spelling.
//!
//! Read is what PostgreSQL itself and its drivers write in the ISO style, and what people write by
//! hand. Anything else is left as it is, for DuckDB to take or refuse.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::input::InputError;
use crate::pg::encode::datetime::{Civil, DAY_MICROS, EPOCH_MICROS, put_time};
use crate::pg::encode::number::{SLACK, put_two};

/// Which of the five types a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
}

/// A text in DuckDB's spelling. What a type has no room for is dropped as PostgreSQL drops it: the
/// zone of a `timestamp`, the time of a `date`.
pub(crate) fn respell(text: &str, part: Part) -> Result<Cow<'_, str>, InputError> {
    if is_canonical(text.as_bytes(), part) {
        return Ok(Cow::Borrowed(text));
    }
    let trimmed = text.trim();
    let Some(read) = Reading::of(trimmed).filter(Reading::is_understood) else {
        return Ok(Cow::Borrowed(text));
    };
    let out_of_range = || InputError::DateTimeRange {
        text: trimmed.to_owned(),
    };
    if !read.is_in_range() {
        return Err(out_of_range());
    }
    let mut out = String::with_capacity(text.len() + 8);
    let with_date = matches!(part, Part::Date | Part::Timestamp | Part::TimestampTz);
    if with_date {
        let Some(date) = read.date else {
            return Ok(Cow::Borrowed(text));
        };
        write_date(&mut out, date, read.before_christ);
    }
    if part == Part::Date {
        return Ok(Cow::Owned(out));
    }
    match (read.time, with_date) {
        (Some(time), _) => {
            if with_date {
                out.push(' ');
            }
            time.write(&mut out);
        }
        (None, true) => out.push_str(" 00:00:00"),
        (None, false) => return Ok(Cow::Borrowed(text)),
    }
    if matches!(part, Part::TimeTz | Part::TimestampTz) {
        match read.zone {
            None => {}
            Some(Zone::Offset(offset)) => out.push_str(&offset),
            Some(Zone::Name(name)) if part == Part::TimestampTz => {
                out.push(' ');
                out.push_str(name);
            }
            Some(Zone::Name(_)) => return Ok(Cow::Borrowed(text)),
        }
    }
    Ok(Cow::Owned(out))
}

/// The usual case: `2020-01-28` for a date, `2020-01-28 10:11:12[.f]` for a timestamp, which DuckDB
/// spells the same. Days that not every month has are looked at more closely.
fn is_canonical(text: &[u8], part: Part) -> bool {
    let (date, time) = match (part, text.split_at_checked(10)) {
        (Part::Date, Some((date, []))) => (date, None),
        (Part::Timestamp, Some((date, [b' ', time @ ..]))) => (date, Some(time)),
        _ => return false,
    };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
    };
    let [a, b, c, d, b'-', e, f, b'-', g, h] = date else {
        return false;
    };
    let (Some(century), Some(year), Some(month), Some(day)) =
        (two(*a, *b), two(*c, *d), two(*e, *f), two(*g, *h))
    else {
        return false;
    };
    let date_is_plain =
        (century, year) != (0, 0) && (1..=12).contains(&month) && (1..=28).contains(&day);
    let time_is_plain = match time {
        None => true,
        Some([a, b, b':', c, d, b':', e, f, fraction @ ..]) => {
            let within = |value: Option<u8>, below: u8| value.is_some_and(|value| value < below);
            within(two(*a, *b), 24)
                && within(two(*c, *d), 60)
                && within(two(*e, *f), 60)
                && match fraction {
                    [] => true,
                    [b'.', digits @ ..] => {
                        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
                    }
                    _ => false,
                }
        }
        Some(_) => false,
    };
    date_is_plain && time_is_plain
}

fn write_date(out: &mut String, date: (u32, u32, u32), before_christ: bool) {
    let (year, month, day) = date;
    let era = if before_christ { " (BC)" } else { "" };
    // Writing to a String cannot fail.
    write!(out, "{year:04}-{month:02}-{day:02}{era}").expect("a String takes any text");
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What was found in a text.
struct Reading<'a> {
    /// Year as written, month, day.
    date: Option<(u32, u32, u32)>,
    before_christ: bool,
    time: Option<Clock<'a>>,
    zone: Option<Zone<'a>>,
}

#[derive(Clone, Copy)]
struct Clock<'a> {
    hour: u32,
    minute: u32,
    second: u32,
    /// Digits behind the point, as written.
    fraction: &'a str,
}

impl Clock<'_> {
    /// `None` for an hour that no half of a day has.
    fn half_of_day(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        let after_noon = scan.eat_word("PM");
        if after_noon || scan.eat_word("AM") {
            if !(1..=12).contains(&self.hour) {
                return None;
            }
            self.hour = self.hour % 12 + if after_noon { 12 } else { 0 };
            scan.spaces();
        }
        Some(())
    }

    fn write(&self, out: &mut String) {
        write!(
            out,
            "{:02}:{:02}:{:02}",
            self.hour, self.minute, self.second
        )
        .expect("a String takes any text");
        if !self.fraction.is_empty() {
            out.push('.');
            out.push_str(self.fraction);
        }
    }
}

enum Zone<'a> {
    /// `+HH:MM` or `+HH:MM:SS`.
    Offset(String),
    Name(&'a str),
}

impl<'a> Reading<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut this = Self {
            date: None,
            before_christ: false,
            time: None,
            zone: None,
        };
        let mut scan = Scan { text };
        let mut after_t = false;
        if let Some(date) = scan.date() {
            this.date = Some(date);
            after_t = scan.eat('T') || scan.eat('t');
            if !after_t {
                scan.spaces();
            }
        }
        this.time = scan.clock(after_t);
        if this.date.is_none() && this.time.is_none() {
            return None;
        }
        scan.spaces();
        if let Some(clock) = &mut this.time {
            clock.half_of_day(&mut scan)?;
        }
        this.era(&mut scan);
        this.zone = scan.zone();
        scan.spaces();
        this.era(&mut scan);
        scan.spaces();
        scan.text.is_empty().then_some(this)
    }

    /// A word at the end is a zone only if it is the name of one; dropping any other could drop
    /// a PM.
    fn is_understood(&self) -> bool {
        match self.zone {
            Some(Zone::Name(name)) => TimeZone::get(name).is_ok(),
            Some(Zone::Offset(_)) | None => true,
        }
    }

    fn era(&mut self, scan: &mut Scan<'a>) {
        if scan.eat_word("BC") {
            self.before_christ = true;
        } else if !scan.eat_word("AD") {
            return;
        }
        scan.spaces();
    }

    fn is_in_range(&self) -> bool {
        let date = self.date.is_none_or(|(year, month, day)| {
            let counted = i64::from(year);
            let year = if self.before_christ {
                1 - counted
            } else {
                counted
            };
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            counted > 0 && (1..=12).contains(&month) && (1..=last).contains(&day)
        });
        let time = self.time.is_none_or(|clock| {
            let whole_day = clock.hour == 24 && clock.minute == 0 && clock.second == 0;
            clock.minute < 60 && clock.second <= 60 && (clock.hour < 24 || whole_day)
        });
        date && time
    }
}

struct Scan<'a> {
    text: &'a str,
}

impl<'a> Scan<'a> {
    fn eat(&mut self, character: char) -> bool {
        match self.text.strip_prefix(character) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn eat_word(&mut self, word: &str) -> bool {
        match self.text.split_at_checked(word.len()) {
            Some((start, rest))
                if start.eq_ignore_ascii_case(word)
                    && !rest.starts_with(|next: char| next.is_ascii_alphanumeric()) =>
            {
                self.text = rest;
                true
            }
            _ => false,
        }
    }

    fn spaces(&mut self) {
        self.text = self.text.trim_start();
    }

    fn digits(&mut self) -> &'a str {
        let end = self
            .text
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(self.text.len());
        let (digits, rest) = self.text.split_at(end);
        self.text = rest;
        digits
    }

    fn number(&mut self, width_max: usize) -> Option<u32> {
        let digits = self.digits();
        if digits.len() > width_max {
            None
        } else {
            digits.parse().ok()
        }
    }

    /// `2020-01-31`, `2020/1/31`, `20200131`, `Jan 31, 2020` or `31 January 2020`; the scan stays
    /// where it was when there is none.
    fn date(&mut self) -> Option<(u32, u32, u32)> {
        let start = self.text;
        for read in [Self::date_here, Self::date_with_month] {
            let found = read(self);
            if found.is_some() {
                return found;
            }
            self.text = start;
        }
        None
    }

    fn date_with_month(&mut self) -> Option<(u32, u32, u32)> {
        let (month, day) = if self.text.starts_with(|first: char| first.is_ascii_digit()) {
            let day = self.number(2)?;
            self.between();
            (self.month()?, day)
        } else {
            let month = self.month()?;
            self.between();
            (month, self.number(2)?)
        };
        self.eat(',');
        self.between();
        let year = self.digits();
        if year.len() != 4 {
            return None;
        }
        Some((year.parse().ok()?, month, day))
    }

    /// What parts of a date may be divided by when the month is a word.
    fn between(&mut self) {
        self.spaces();
        if self.eat('-') {
            self.spaces();
        }
    }

    /// A name of a month, or its first three letters.
    fn month(&mut self) -> Option<u32> {
        let end = self
            .text
            .find(|next: char| !next.is_ascii_alphabetic())
            .unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        let is = |month: &&str| {
            word.eq_ignore_ascii_case(month)
                || month
                    .get(..3)
                    .is_some_and(|short| word.eq_ignore_ascii_case(short))
        };
        let (number, _) = (1..).zip(MONTHS).find(|(_, month)| is(month))?;
        self.text = rest.strip_prefix('.').unwrap_or(rest);
        Some(number)
    }

    fn date_here(&mut self) -> Option<(u32, u32, u32)> {
        let first = self.digits();
        if first.len() == 8 && !self.text.starts_with(['-', '/', ':']) {
            let number: u32 = first.parse().ok()?;
            return Some((number / 10_000, number / 100 % 100, number % 100));
        }
        // Fewer digits could be a month or a day: their order is the session's affair.
        if !(3..=7).contains(&first.len()) {
            return None;
        }
        let year = first.parse().ok()?;
        let separator = self
            .text
            .chars()
            .next()
            .filter(|next| matches!(next, '-' | '/'))?;
        self.eat(separator);
        let month = self.number(2)?;
        if !self.eat(separator) {
            return None;
        }
        Some((year, month, self.number(2)?))
    }

    /// `10:00`, `10:00:00`, `10:00:00.5`; after a T also `1000` and `100000`.
    fn clock(&mut self, after_t: bool) -> Option<Clock<'a>> {
        let start = self.text;
        let found = self.clock_here(after_t);
        if found.is_none() {
            self.text = start;
        }
        found
    }

    fn clock_here(&mut self, after_t: bool) -> Option<Clock<'a>> {
        let first = self.digits();
        if after_t && matches!(first.len(), 4 | 6) && !self.text.starts_with(':') {
            let number: u32 = first.parse().ok()?;
            let number = if first.len() == 4 {
                number * 100
            } else {
                number
            };
            return Some(Clock {
                hour: number / 10_000,
                minute: number / 100 % 100,
                second: number % 100,
                fraction: if self.eat('.') { self.digits() } else { "" },
            });
        }
        if first.len() > 2 || !self.eat(':') {
            return None;
        }
        let hour = first.parse().ok()?;
        let minute = self.number(2)?;
        if !self.eat(':') {
            return Some(Clock {
                hour,
                minute,
                second: 0,
                fraction: "",
            });
        }
        let second = self.number(2)?;
        let fraction = if self.eat('.') { self.digits() } else { "" };
        Some(Clock {
            hour,
            minute,
            second,
            fraction,
        })
    }

    fn zone(&mut self) -> Option<Zone<'a>> {
        let sign = if self.eat('+') {
            '+'
        } else if self.eat('-') {
            '-'
        } else {
            return self.zone_name();
        };
        let (hours, minutes, seconds) = self.offset()?;
        let mut text = format!("{sign}{hours:02}:{minutes:02}");
        if seconds != 0 {
            write!(text, ":{seconds:02}").expect("a String takes any text");
        }
        Some(Zone::Offset(text))
    }

    fn offset(&mut self) -> Option<(u32, u32, u32)> {
        let first = self.digits();
        let number: u32 = first.parse().ok()?;
        match first.len() {
            1 | 2 => {
                let mut minutes = 0;
                let mut seconds = 0;
                if self.eat(':') {
                    minutes = self.number(2)?;
                    if self.eat(':') {
                        seconds = self.number(2)?;
                    }
                }
                Some((number, minutes, seconds))
            }
            3 | 4 => Some((number / 100, number % 100, 0)),
            6 => Some((number / 10_000, number / 100 % 100, number % 100)),
            _ => None,
        }
    }

    /// `Z`, `UTC`, `CET`, `Europe/Berlin`.
    fn zone_name(&mut self) -> Option<Zone<'a>> {
        let end = self
            .text
            .find(|next: char| {
                !next.is_ascii_alphanumeric() && !matches!(next, '/' | '_' | '+' | '-')
            })
            .unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(end);
        if !name.starts_with(|first: char| first.is_ascii_alphabetic())
            || name.eq_ignore_ascii_case("BC")
            || name.eq_ignore_ascii_case("AD")
        {
            return None;
        }
        self.text = rest;
        if ["Z", "UTC", "GMT", "zulu"]
            .iter()
            .any(|utc| name.eq_ignore_ascii_case(utc))
        {
            return Some(Zone::Offset("+00:00".to_owned()));
        }
        Some(Zone::Name(name))
    }
}

/// A binary date: days since 2000-01-01.
pub(super) fn date_of_days(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        i32::MIN => "-infinity".to_owned(),
        days => day_text(i64::from(days) + 10_957),
    }
}

/// A binary timestamp: microseconds since 2000-01-01.
pub(super) fn timestamp_of_micros(micros: i64) -> Option<String> {
    match micros {
        i64::MAX => Some("infinity".to_owned()),
        i64::MIN => Some("-infinity".to_owned()),
        micros => {
            let micros = micros.checked_add(EPOCH_MICROS)?;
            let mut text = day_text(micros.div_euclid(DAY_MICROS));
            text.push(' ');
            push_time(&mut text, micros.rem_euclid(DAY_MICROS));
            Some(text)
        }
    }
}

/// A binary time of day; None when it is none.
pub(super) fn time_of_micros(micros: i64) -> Option<String> {
    if !(0..=DAY_MICROS).contains(&micros) {
        return None;
    }
    let mut text = String::with_capacity(16);
    push_time(&mut text, micros);
    Some(text)
}

fn push_time(text: &mut String, micros: i64) {
    let mut buf = [0; 16 + SLACK];
    let end = put_time(&mut buf, 0, micros);
    text.extend(buf.iter().take(end).map(|byte| char::from(*byte)));
}

/// Seconds west of Greenwich, as the binary `timetz` counts them; None beyond 16 hours.
pub(super) fn offset_of_seconds_west(west: i32) -> Option<String> {
    if west.unsigned_abs() >= 16 * 3600 {
        return None;
    }
    let sign = if west > 0 { '-' } else { '+' };
    let seconds = west.unsigned_abs();
    Some(format!(
        "{sign}{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    ))
}

fn day_text(days_since_1970: i64) -> String {
    let Civil { year, month, day } = Civil::of_days(days_since_1970);
    let mut text = String::with_capacity(32);
    match u32::try_from(year) {
        Ok(year @ 1..=9_999) => {
            let mut buf = [b'-'; 10 + SLACK];
            put_two(&mut buf, 0, year / 100);
            put_two(&mut buf, 2, year % 100);
            put_two(&mut buf, 5, month);
            put_two(&mut buf, 8, day);
            text.extend(buf.iter().take(10).map(|byte| char::from(*byte)));
        }
        _ => {
            let (counted, era) = if year > 0 {
                (year, "")
            } else {
                (1 - year, " (BC)")
            };
            write!(text, "{counted:04}-{month:02}-{day:02}{era}").expect("a String takes any text");
        }
    }
    text
}

pub(super) fn interval_text(months: i64, days: i64, micros: i64) -> String {
    format!("{months} months {days} days {micros} microseconds")
}

/// An interval in any of PostgreSQL's four styles, or None when it is in none of them.
pub(crate) fn respell_interval(text: &str) -> Option<String> {
    let text = text.trim();
    let total = match text.strip_prefix(['P', 'p']) {
        Some(rest) => iso_interval(rest)?,
        None => plain_interval(text)?,
    };
    let (months, days, micros) = total.whole()?;
    Some(interval_text(months, days, micros))
}

/// Sums in the three units that do not convert into each other. Kept in microseconds of each
/// unit, so that a fraction can move to the next lower unit.
#[derive(Default)]
struct Sum {
    /// Millionths of a month.
    months: i128,
    /// Millionths of a day.
    days: i128,
    micros: i128,
}

impl Sum {
    /// Adds `millionths` of a unit. None when the unit is not known.
    fn add(&mut self, millionths: i128, unit: &str) -> Option<()> {
        let unit = unit.to_ascii_lowercase();
        // The plural, except where the singular ends in s.
        let unit = match unit.strip_suffix('s') {
            Some(singular) if !matches!(unit.as_str(), "s" | "ms" | "us") => singular,
            _ => unit.as_str(),
        };
        match unit {
            "millennium" | "millennia" | "mil" => self.months += millionths * 12_000,
            "century" | "centurie" | "c" | "cent" => self.months += millionths * 1_200,
            "decade" | "dec" => self.months += millionths * 120,
            "year" | "yr" | "y" => self.months += millionths * 12,
            "mon" | "month" => self.months += millionths,
            "week" | "w" => self.days += millionths * 7,
            "day" | "d" => self.days += millionths,
            "hour" | "hr" | "h" => self.micros += millionths * 3_600,
            "minute" | "min" | "m" => self.micros += millionths * 60,
            "second" | "sec" | "s" => self.micros += millionths,
            "millisecond" | "msec" | "ms" | "msecond" => self.micros += millionths / 1_000,
            "microsecond" | "usec" | "us" | "usecond" => self.micros += millionths / 1_000_000,
            _ => return None,
        }
        Some(())
    }

    fn negate(&mut self) {
        self.months = -self.months;
        self.days = -self.days;
        self.micros = -self.micros;
    }

    /// Whole months, days and microseconds; None when one does not fit the type.
    fn whole(&self) -> Option<(i64, i64, i64)> {
        const MILLION: i128 = 1_000_000;
        let days = self.days + self.months % MILLION * 30;
        let micros = self.micros + days % MILLION * 86_400;
        let months = i32::try_from(self.months / MILLION).ok()?;
        let days = i32::try_from(days / MILLION).ok()?;
        Some((
            i64::from(months),
            i64::from(days),
            i64::try_from(micros).ok()?,
        ))
    }
}

/// A decimal number in millionths. At most 18 digits before the point.
fn millionths(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 18
        || (whole.is_empty() && fraction.is_empty())
        || !decimal(whole)
        || !decimal(fraction)
    {
        return None;
    }
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut value = whole * 1_000_000;
    let mut place = 100_000;
    for digit in fraction.bytes().take(6) {
        value += i128::from(digit - b'0') * place;
        place /= 10;
    }
    Some(if negative { -value } else { value })
}

/// Behind the `P`: `1Y2M3DT4H5M6.5S`, `1W`, or `0001-02-03T04:05:06`.
fn iso_interval(text: &str) -> Option<Sum> {
    let mut sum = Sum::default();
    let mut in_time = false;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']) {
            in_time = true;
            rest = time;
            continue;
        }
        let end = rest.find(|next: char| next.is_ascii_alphabetic())?;
        let (number, tail) = rest.split_at(end);
        let unit = tail.chars().next()?.to_ascii_uppercase();
        let name = match (unit, in_time) {
            ('Y', false) => "year",
            ('M', false) => "month",
            ('W', false) => "week",
            ('D', false) => "day",
            ('H', true) => "hour",
            ('M', true) => "minute",
            ('S', true) => "second",
            _ => return None,
        };
        sum.add(millionths(number)?, name)?;
        rest = tail.get(1..)?;
    }
    Some(sum)
}

/// `1 year 2 mons -3 days 04:05:06.5`, `@ 1 day ago`, `1-2 3 4:05:06`, `5` (seconds).
fn plain_interval(text: &str) -> Option<Sum> {
    let mut sum = Sum::default();
    let mut words = text.split_ascii_whitespace().peekable();
    words.next_if_eq(&"@");
    words.peek()?;
    let mut any = false;
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("ago") {
            if !any || words.peek().is_some() {
                return None;
            }
            sum.negate();
            return Some(sum);
        }
        any = true;
        if word.contains(':') {
            sum.micros += clock_micros(word)?;
            continue;
        }
        if let Some((years, months)) = years_and_months(word) {
            sum.months += (years * 12 + months) * 1_000_000;
            continue;
        }
        // `3 days`, `3days`, or a bare number: days before a time, else seconds.
        let letters = word.find(|next: char| next.is_ascii_alphabetic());
        match letters {
            Some(0) => return None,
            Some(at) => {
                let (number, unit) = word.split_at(at);
                sum.add(millionths(number)?, unit)?;
            }
            None => {
                let number = millionths(word)?;
                match words.peek().copied() {
                    Some(next) if next.contains(':') => sum.add(number, "day")?,
                    Some(next) if !next.eq_ignore_ascii_case("ago") => {
                        words.next();
                        sum.add(number, next)?;
                    }
                    _ => sum.add(number, "second")?,
                }
            }
        }
    }
    Some(sum)
}

/// `[-]H:MM[:SS[.f]]`.
fn clock_micros(word: &str) -> Option<i128> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let mut parts = digits.split(':');
    let hours: u32 = parts.next()?.parse().ok()?;
    let minutes: u32 = parts.next()?.parse().ok()?;
    let seconds = match parts.next() {
        Some(seconds) if !seconds.starts_with(['+', '-']) => millionths(seconds)?,
        Some(_) => return None,
        None => 0,
    };
    if parts.next().is_some() || minutes > 59 || seconds > 60_000_000 {
        return None;
    }
    let micros = (i128::from(hours) * 60 + i128::from(minutes)) * 60_000_000 + seconds;
    Some(if negative { -micros } else { micros })
}

/// `[-]Y-M` of the SQL standard.
fn years_and_months(word: &str) -> Option<(i128, i128)> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let (years, months) = digits.split_once('-')?;
    let years: u32 = years.parse().ok()?;
    let months: u32 = months.parse().ok()?;
    (months < 12).then_some((sign * i128::from(years), sign * i128::from(months)))
}
