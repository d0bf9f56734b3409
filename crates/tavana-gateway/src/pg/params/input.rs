//! One value from a client, as text or as binary.

use std::borrow::Cow;

use super::datetime::{
    Part, date_of_days, interval_text, offset_of_seconds_west, respell, respell_interval,
    time_of_micros, timestamp_of_micros,
};
use crate::pg::types::{describe, element_of, element_of_oid, oid};

/// Most dimensions of an array, as in PostgreSQL.
const DIMENSIONS_MAX: usize = 6;
/// A client's words are quoted in messages up to this many bytes.
const QUOTED_BYTES_MAX: usize = 256;

/// As what a client's value is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InputType {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// As it is: text, and what only DuckDB can read (ENUM, STRUCT, geometries).
    Text,
    Bytea,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Uuid,
    Json,
    Jsonb,
    Bit,
    Array(Box<InputType>),
    /// A list that PostgreSQL sees as JSON: an array literal is respelled, all else is left.
    Nested,
}

/// A value, native where Arrow holds it exactly and DuckDB's text where not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Float4(f32),
    Float8(f64),
    Bytes(Cow<'a, [u8]>),
    Text(Cow<'a, str>),
}

/// What is wrong with a value, in PostgreSQL's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InputError {
    #[error("invalid input syntax for type {type_name}: \"{text}\"")]
    Syntax {
        type_name: &'static str,
        text: String,
    },
    #[error("value \"{text}\" is out of range for type {type_name}")]
    Range {
        type_name: &'static str,
        text: String,
    },
    #[error("\"{text}\" is out of range for type {type_name}")]
    FloatRange {
        type_name: &'static str,
        text: String,
    },
    #[error("invalid input syntax for type json")]
    Json,
    #[error("\"{digit}\" is not a valid {base} digit")]
    BitDigit { digit: char, base: &'static str },
    #[error("date/time field value out of range: \"{text}\"")]
    DateTimeRange { text: String },
    #[error("malformed array literal: \"{text}\"")]
    Array { text: String },
    #[error("{0}")]
    Bytea(&'static str),
    #[error("invalid byte sequence for encoding \"UTF8\": {0}")]
    Encoding(String),
    #[error("incorrect binary data format")]
    Binary,
    #[error("insufficient data left in message")]
    Short,
}

impl InputError {
    pub(crate) fn sql_state(&self) -> &'static str {
        match self {
            Self::Syntax { .. }
            | Self::Array { .. }
            | Self::Bytea(_)
            | Self::Json
            | Self::BitDigit { .. } => "22P02",
            Self::Range { .. } | Self::FloatRange { .. } => "22003",
            Self::DateTimeRange { .. } => "22008",
            Self::Encoding(_) => "22021",
            Self::Binary => "22P03",
            Self::Short => "08P01",
        }
    }

    fn syntax(type_name: &'static str, text: &str) -> Self {
        Self::Syntax {
            type_name,
            text: quoted(text),
        }
    }

    fn range(type_name: &'static str, text: &str) -> Self {
        Self::Range {
            type_name,
            text: quoted(text),
        }
    }
}

/// A client's words for a message, cut when they are long.
fn quoted(text: &str) -> String {
    let mut end = text.len().min(QUOTED_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// Text of the client: UTF-8 without zero bytes.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, InputError> {
    if memchr::memchr(0, bytes).is_some() {
        return Err(InputError::Encoding("0x00".to_owned()));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let length = error.error_len().unwrap_or(bytes.len() - start).max(1);
        let wrong = bytes.get(start..start + length).unwrap_or_default();
        let shown: Vec<String> = wrong.iter().map(|byte| format!("0x{byte:02x}")).collect();
        InputError::Encoding(shown.join(" "))
    })
}

impl InputType {
    /// The type of a parameter that was announced as `oid` and is cast to `duckdb_type`. An OID of
    /// 0, or the one the DuckDB type itself is announced as, leaves the choice to the latter.
    pub(crate) fn of(oid: u32, duckdb_type: &str) -> Self {
        let described = describe(duckdb_type).oid;
        if oid != 0 && oid != oid::UNKNOWN && oid != described {
            return Self::of_oid(oid).unwrap_or(Self::Text);
        }
        if described == oid::JSON {
            return match element_of(duckdb_type) {
                Some(_) => Self::Nested,
                None if duckdb_type.eq_ignore_ascii_case("JSON") => Self::Json,
                None => Self::Text,
            };
        }
        // A geometry is announced as bytes, and DuckDB reads its text only.
        if duckdb_type.eq_ignore_ascii_case("GEOMETRY") {
            return Self::Text;
        }
        Self::of_oid(described).unwrap_or(Self::Text)
    }

    fn of_oid(oid: u32) -> Option<Self> {
        Some(match oid {
            oid::BOOL => Self::Bool,
            oid::INT2 => Self::Int2,
            oid::INT4 => Self::Int4,
            oid::INT8 => Self::Int8,
            oid::OID | oid::XID => Self::Oid,
            oid::FLOAT4 => Self::Float4,
            oid::FLOAT8 => Self::Float8,
            oid::NUMERIC => Self::Numeric,
            oid::BYTEA => Self::Bytea,
            oid::DATE => Self::Date,
            oid::TIME => Self::Time,
            oid::TIMETZ => Self::TimeTz,
            oid::TIMESTAMP => Self::Timestamp,
            oid::TIMESTAMPTZ => Self::TimestampTz,
            oid::INTERVAL => Self::Interval,
            oid::UUID => Self::Uuid,
            oid::JSON => Self::Json,
            oid::JSONB => Self::Jsonb,
            oid::BIT | oid::VARBIT => Self::Bit,
            oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::CHAR | oid::CSTRING => {
                Self::Text
            }
            array => Self::Array(Box::new(Self::of_oid(element_of_oid(array)?)?)),
        })
    }

    pub(crate) fn read_text<'a>(&self, text: &'a str) -> Result<Value<'a>, InputError> {
        let trimmed = text.trim_matches(|next: char| next.is_ascii_whitespace());
        Ok(match self {
            Self::Text => Value::Text(Cow::Borrowed(text)),
            Self::Bool => Value::Bool(boolean(trimmed)?),
            Self::Int2 => Value::Int2(integer(trimmed, "smallint")?),
            Self::Int4 => Value::Int4(integer(trimmed, "integer")?),
            Self::Int8 => Value::Int8(integer(trimmed, "bigint")?),
            Self::Oid => Value::Int8(i64::from(integer::<u32>(trimmed, "oid")?)),
            Self::Float4 => Value::Float4(float4(trimmed)?),
            Self::Float8 => Value::Float8(float8(trimmed)?),
            Self::Numeric => Value::Text(numeric(trimmed)?),
            Self::Bytea => Value::Bytes(Cow::Owned(bytea(text)?)),
            Self::Date => Value::Text(respell(text, Part::Date)?),
            Self::Time => Value::Text(respell(text, Part::Time)?),
            Self::TimeTz => Value::Text(respell(text, Part::TimeTz)?),
            Self::Timestamp => Value::Text(respell(text, Part::Timestamp)?),
            Self::TimestampTz => Value::Text(respell(text, Part::TimestampTz)?),
            Self::Interval => {
                Value::Text(respell_interval(text).map_or(Cow::Borrowed(text), Cow::Owned))
            }
            Self::Uuid => Value::Text(Cow::Owned(uuid(trimmed)?)),
            Self::Json | Self::Jsonb => Value::Text(Cow::Borrowed(json(text)?)),
            Self::Bit => Value::Text(bits(trimmed)?),
            Self::Array(element) => Value::Text(Cow::Owned(array(text, element)?)),
            Self::Nested if trimmed.starts_with('{') => {
                Value::Text(Cow::Owned(array(text, &Self::Text)?))
            }
            Self::Nested => Value::Text(Cow::Borrowed(text)),
        })
    }

    pub(crate) fn read_binary<'a>(&self, bytes: &'a [u8]) -> Result<Value<'a>, InputError> {
        let mut read = Reader { bytes };
        let value = match self {
            Self::Text | Self::Nested => return Ok(Value::Text(Cow::Borrowed(utf8(bytes)?))),
            Self::Bytea => return Ok(Value::Bytes(Cow::Borrowed(bytes))),
            Self::Json => return Ok(Value::Text(Cow::Borrowed(json(utf8(bytes)?)?))),
            Self::Jsonb => match bytes.split_first() {
                Some((1, text)) => return Ok(Value::Text(Cow::Borrowed(json(utf8(text)?)?))),
                _ => return Err(InputError::Binary),
            },
            Self::Bool => Value::Bool(read.take::<1>()? != [0]),
            Self::Int2 => Value::Int2(i16::from_be_bytes(read.take()?)),
            Self::Int4 => Value::Int4(i32::from_be_bytes(read.take()?)),
            Self::Int8 => Value::Int8(i64::from_be_bytes(read.take()?)),
            Self::Oid => Value::Int8(i64::from(u32::from_be_bytes(read.take()?))),
            Self::Float4 => Value::Float4(f32::from_be_bytes(read.take()?)),
            Self::Float8 => Value::Float8(f64::from_be_bytes(read.take()?)),
            Self::Numeric => text_value(read.numeric()?),
            Self::Date => text_value(date_of_days(read.int4()?)),
            Self::Time => text_value(time_of_micros(read.int8()?).ok_or(InputError::Binary)?),
            Self::TimeTz => {
                let time = time_of_micros(read.int8()?).ok_or(InputError::Binary)?;
                let offset = offset_of_seconds_west(read.int4()?).ok_or(InputError::Binary)?;
                text_value(time + &offset)
            }
            Self::Timestamp => {
                text_value(timestamp_of_micros(read.int8()?).ok_or(InputError::Binary)?)
            }
            Self::TimestampTz => {
                let mut text = timestamp_of_micros(read.int8()?).ok_or(InputError::Binary)?;
                if !text.ends_with("infinity") {
                    text.push_str("+00:00");
                }
                text_value(text)
            }
            Self::Interval => {
                let micros = read.int8()?;
                let days = i64::from(read.int4()?);
                let months = i64::from(read.int4()?);
                text_value(interval_text(months, days, micros))
            }
            Self::Uuid => text_value(uuid_text(u128::from_be_bytes(read.take()?))),
            Self::Bit => text_value(read.bits()?),
            Self::Array(element) => text_value(read.array(element)?),
        };
        // Bytes left over mean that the client had another type in mind.
        if read.bytes.is_empty() {
            Ok(value)
        } else {
            Err(InputError::Binary)
        }
    }
}

fn text_value(text: String) -> Value<'static> {
    Value::Text(Cow::Owned(text))
}

/// Any unique beginning of true, false, yes, no, on, off; 1 and 0.
pub(crate) fn boolean(text: &str) -> Result<bool, InputError> {
    let lower = text.to_ascii_lowercase();
    let begins = |word: &str, least: usize| lower.len() >= least && word.starts_with(&lower);
    if begins("true", 1) || begins("yes", 1) || lower == "on" || lower == "1" {
        Ok(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || lower == "0" {
        Ok(false)
    } else {
        Err(InputError::syntax("boolean", text))
    }
}

/// A decimal integer; also 0x, 0o, 0b and underscores, which PostgreSQL takes since 16.
fn integer<T: TryFrom<i128>>(text: &str, type_name: &'static str) -> Result<T, InputError> {
    if let Some(value) = plain_integer(text) {
        return T::try_from(i128::from(value)).map_err(|_| InputError::range(type_name, text));
    }
    let wrong = || InputError::syntax(type_name, text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..).ok_or_else(wrong)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..).ok_or_else(wrong)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..).ok_or_else(wrong)?),
        _ => (10, digits),
    };
    let mut value = 0_i128;
    let mut any = false;
    let mut previous_underscore = radix == 10;
    for next in digits.chars() {
        if next == '_' && !previous_underscore {
            previous_underscore = true;
            continue;
        }
        let digit = next.to_digit(radix).ok_or_else(wrong)?;
        // Once out of every range it stays there; the rest is still checked for its syntax.
        if value < i128::from(u64::MAX) {
            value = value * i128::from(radix) + i128::from(digit);
        }
        any = true;
        previous_underscore = false;
    }
    if !any || previous_underscore {
        return Err(wrong());
    }
    T::try_from(if negative { -value } else { value })
        .map_err(|_| InputError::range(type_name, text))
}

/// The usual case: an optional minus and at most 18 digits.
fn plain_integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -value } else { value })
}

fn float8(text: &str) -> Result<f64, InputError> {
    let wrong = || InputError::syntax("double precision", text);
    let value: f64 = text.parse().map_err(|_| wrong())?;
    if is_out_of_range(text, value.is_finite(), value == 0.0) {
        return Err(float_range("double precision", text));
    }
    Ok(value)
}

fn float4(text: &str) -> Result<f32, InputError> {
    let value: f32 = text.parse().map_err(|_| InputError::syntax("real", text))?;
    if is_out_of_range(text, value.is_finite(), value == 0.0) {
        return Err(float_range("real", text));
    }
    Ok(value)
}

fn float_range(type_name: &'static str, text: &str) -> InputError {
    InputError::FloatRange {
        type_name,
        text: quoted(text),
    }
}

/// Digits that became infinite or zero did not fit. Words for infinity have no digits.
fn is_out_of_range(text: &str, finite: bool, zero: bool) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    if zero {
        mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
    } else {
        !finite && text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// Checked, not computed: DuckDB casts it to the type it needs.
fn numeric(text: &str) -> Result<Cow<'_, str>, InputError> {
    let wrong = || InputError::syntax("numeric", text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["nan", "inf", "infinity"]
        .iter()
        .any(|word| unsigned.eq_ignore_ascii_case(word))
    {
        return Ok(Cow::Borrowed(text));
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    if let Some(exponent) = exponent {
        let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if power.is_empty() || !digits(power) {
            return Err(wrong());
        }
    }
    Ok(Cow::Borrowed(text))
}

/// `\x` and hexadecimal digits (white space between bytes is allowed), or the escape form.
fn bytea(text: &str) -> Result<Vec<u8>, InputError> {
    let Some(digits) = text.strip_prefix("\\x") else {
        return escaped_bytea(text.as_bytes());
    };
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    let mut high = None;
    for next in digits.bytes() {
        if high.is_none() && matches!(next, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        }
        let digit = char::from(next)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(InputError::Bytea("invalid hexadecimal digit"))?;
        match high.take() {
            None => high = Some(digit << 4),
            Some(high) => bytes.push(high | digit),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err(InputError::Bytea(
            "invalid hexadecimal data: odd number of digits",
        )),
    }
}

fn escaped_bytea(mut text: &[u8]) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::with_capacity(text.len());
    loop {
        text = match text {
            [] => return Ok(bytes),
            [b'\\', b'\\', rest @ ..] => {
                bytes.push(b'\\');
                rest
            }
            [
                b'\\',
                a @ b'0'..=b'3',
                b @ b'0'..=b'7',
                c @ b'0'..=b'7',
                rest @ ..,
            ] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest
            }
            [b'\\', ..] => return Err(InputError::Bytea("invalid input syntax for type bytea")),
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}

/// 32 hexadecimal digits; hyphens after any group of four, braces around.
fn uuid(text: &str) -> Result<String, InputError> {
    let wrong = || InputError::syntax("uuid", text);
    let inner = match text.strip_prefix('{') {
        Some(inner) => inner.strip_suffix('}').ok_or_else(wrong)?,
        None => text,
    };
    let mut value = 0_u128;
    let mut digits = 0;
    let mut after_hyphen = true;
    for next in inner.chars() {
        if next == '-' && digits % 4 == 0 && !after_hyphen && digits < 32 {
            after_hyphen = true;
            continue;
        }
        let digit = next
            .to_digit(16)
            .filter(|_| digits < 32)
            .ok_or_else(wrong)?;
        value = value << 4 | u128::from(digit);
        digits += 1;
        after_hyphen = false;
    }
    if digits == 32 {
        Ok(uuid_text(value))
    } else {
        Err(wrong())
    }
}

fn uuid_text(value: u128) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        value >> 96,
        value >> 80 & 0xffff,
        value >> 64 & 0xffff,
        value >> 48 & 0xffff,
        value & 0xffff_ffff_ffff
    )
}

fn json(text: &str) -> Result<&str, InputError> {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(text),
        Err(_) => Err(InputError::Json),
    }
}

/// Zeros and ones, or hexadecimal digits behind an `x`.
fn bits(text: &str) -> Result<Cow<'_, str>, InputError> {
    if let Some(digits) = text.strip_prefix(['x', 'X']) {
        let mut bits = String::with_capacity(digits.len() * 4);
        for next in digits.chars() {
            let digit = next.to_digit(16).ok_or(InputError::BitDigit {
                digit: next,
                base: "hexadecimal",
            })?;
            bits.push_str(&format!("{digit:04b}"));
        }
        return Ok(Cow::Owned(bits));
    }
    let bits = text.strip_prefix(['b', 'B']).unwrap_or(text);
    match bits.chars().find(|next| !matches!(next, '0' | '1')) {
        None => Ok(Cow::Borrowed(bits)),
        Some(digit) => Err(InputError::BitDigit {
            digit,
            base: "binary",
        }),
    }
}

/// A value as an element of DuckDB's list literal.
fn write_element(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Null => out.push_str("NULL"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int2(value) => out.push_str(&value.to_string()),
        Value::Int4(value) => out.push_str(&value.to_string()),
        Value::Int8(value) => out.push_str(&value.to_string()),
        Value::Float4(value) => out.push_str(&format!("{value:?}")),
        Value::Float8(value) => out.push_str(&format!("{value:?}")),
        Value::Bytes(bytes) => {
            // DuckDB reads `\xAA` in a blob's text; the list literal takes one backslash away.
            out.push('"');
            for byte in bytes.iter() {
                out.push_str(&format!("\\\\x{byte:02X}"));
            }
            out.push('"');
        }
        Value::Text(text) => {
            out.push('"');
            for next in text.chars() {
                if matches!(next, '"' | '\\') {
                    out.push('\\');
                }
                out.push(next);
            }
            out.push('"');
        }
    }
}

/// An array literal `{1,NULL,"a b"}` as DuckDB's list literal `[1,NULL,"a b"]`.
fn array(text: &str, element: &InputType) -> Result<String, InputError> {
    let wrong = || InputError::Array { text: quoted(text) };
    let mut rest = text.trim_start();
    // `[1:3]={...}`: bounds that DuckDB's lists do not have.
    if rest.starts_with('[') {
        let (bounds, literal) = rest.split_once('=').ok_or_else(wrong)?;
        let plain = |next: char| next.is_ascii_digit() || "[]:+- ".contains(next);
        if !bounds.chars().all(plain) {
            return Err(wrong());
        }
        rest = literal.trim_start();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut depth = 0_usize;
    // Whether an element or an inner array must, may or may not come next.
    let mut expect = Expect::First;
    let mut literal = rest.chars().peekable();
    while let Some(next) = literal.next() {
        match (next, expect) {
            (space, _) if space.is_ascii_whitespace() => {}
            ('{', Expect::First | Expect::Element) if depth < DIMENSIONS_MAX => {
                if depth == 0 && !out.is_empty() {
                    return Err(wrong());
                }
                out.push('[');
                depth += 1;
                expect = Expect::First;
            }
            ('}', Expect::First | Expect::Separator) if depth > 0 => {
                out.push(']');
                depth -= 1;
                expect = if depth == 0 {
                    Expect::Nothing
                } else {
                    Expect::Separator
                };
            }
            (',', Expect::Separator) => {
                out.push(',');
                expect = Expect::Element;
            }
            (first, Expect::First | Expect::Element)
                if depth > 0 && !matches!(first, '{' | '}' | ',') =>
            {
                let mut word = String::new();
                let quotes = if first == '"' {
                    quoted_word(&mut literal, &mut word).ok_or_else(wrong)?;
                    true
                } else {
                    plain_word(first, &mut literal, &mut word).ok_or_else(wrong)?
                };
                if !quotes && word.eq_ignore_ascii_case("null") {
                    write_element(&mut out, &Value::Null);
                } else {
                    write_element(&mut out, &element.read_text(&word)?);
                }
                expect = Expect::Separator;
            }
            _ => return Err(wrong()),
        }
    }
    if expect == Expect::Nothing {
        Ok(out)
    } else {
        Err(wrong())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// The first element, or the end of an empty array.
    First,
    Element,
    Separator,
    Nothing,
}

type Literal<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Up to the closing quote.
fn quoted_word(literal: &mut Literal<'_>, word: &mut String) -> Option<()> {
    loop {
        match literal.next()? {
            '"' => return Some(()),
            '\\' => word.push(literal.next()?),
            next => word.push(next),
        }
    }
}

/// Up to a delimiter, without white space at the end. Says whether a backslash occurred: then it
/// is not the word NULL.
fn plain_word(first: char, literal: &mut Literal<'_>, word: &mut String) -> Option<bool> {
    let mut escaped = false;
    let mut keep = 0;
    let mut next = first;
    loop {
        match next {
            '\\' => {
                word.push(literal.next()?);
                escaped = true;
                keep = word.len();
            }
            '"' => return None,
            space if space.is_ascii_whitespace() => word.push(space),
            next => {
                word.push(next);
                keep = word.len();
            }
        }
        match literal.peek()? {
            ',' | '{' | '}' => break,
            _ => next = literal.next()?,
        }
    }
    word.truncate(keep);
    Some(escaped)
}

/// Reads from the front of a binary value.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], InputError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(InputError::Short)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], InputError> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(InputError::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn int4(&mut self) -> Result<i32, InputError> {
        self.take().map(i32::from_be_bytes)
    }

    fn int8(&mut self) -> Result<i64, InputError> {
        self.take().map(i64::from_be_bytes)
    }

    fn numeric(&mut self) -> Result<String, InputError> {
        let count = i16::from_be_bytes(self.take()?);
        let weight = i32::from(i16::from_be_bytes(self.take()?));
        let sign = u16::from_be_bytes(self.take()?);
        let scale = usize::from(u16::from_be_bytes(self.take()?));
        let count = usize::try_from(count).map_err(|_| InputError::Binary)?;
        let mut groups = Vec::with_capacity(count.min(self.bytes.len() / 2));
        for _ in 0..count {
            let group = u16::from_be_bytes(self.take()?);
            if group > 9_999 {
                return Err(InputError::Binary);
            }
            groups.push(group);
        }
        let negative = match sign {
            0 => false,
            0x4000 => true,
            0xc000 => return Ok("NaN".to_owned()),
            0xd000 => return Ok("Infinity".to_owned()),
            0xf000 => return Ok("-Infinity".to_owned()),
            _ => return Err(InputError::Binary),
        };
        // The display scale has 14 bits.
        if scale > 0x3fff {
            return Err(InputError::Binary);
        }
        let group_at = |exponent: i32| {
            usize::try_from(weight - exponent)
                .ok()
                .and_then(|index| groups.get(index).copied())
                .unwrap_or(0)
        };
        let mut text = String::new();
        if negative {
            text.push('-');
        }
        let whole_from = text.len();
        for exponent in (0..=weight.max(0)).rev() {
            let group = group_at(exponent);
            if text.len() > whole_from {
                text.push_str(&format!("{group:04}"));
            } else if group > 0 || exponent == 0 {
                text.push_str(&group.to_string());
            }
        }
        if scale > 0 {
            text.push('.');
            let end = text.len() + scale;
            let mut exponent = -1;
            while text.len() < end {
                text.push_str(&format!("{:04}", group_at(exponent)));
                exponent -= 1;
            }
            text.truncate(end);
        }
        Ok(text)
    }

    fn bits(&mut self) -> Result<String, InputError> {
        let count = usize::try_from(self.int4()?).map_err(|_| InputError::Binary)?;
        let bytes = self.slice(count.div_ceil(8))?;
        let mut text = String::with_capacity(count);
        for bit in 0..count {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            text.push(if byte >> (7 - bit % 8) & 1 == 1 {
                '1'
            } else {
                '0'
            });
        }
        Ok(text)
    }

    /// An array as DuckDB's list literal. The elements' own type is in the value; it is read by
    /// that of the parameter where the value's is not known.
    fn array(&mut self, element: &InputType) -> Result<String, InputError> {
        let dimensions = usize::try_from(self.int4()?).map_err(|_| InputError::Binary)?;
        let has_null = self.int4()?;
        let element_oid = u32::from_be_bytes(self.take()?);
        if dimensions > DIMENSIONS_MAX || !matches!(has_null, 0 | 1) {
            return Err(InputError::Binary);
        }
        let stated = InputType::of_oid(element_oid);
        let element = stated.as_ref().unwrap_or(element);
        if matches!(element, InputType::Array(_)) {
            return Err(InputError::Binary);
        }
        let mut lengths = Vec::with_capacity(dimensions);
        for _ in 0..dimensions {
            lengths.push(usize::try_from(self.int4()?).map_err(|_| InputError::Binary)?);
            self.int4()?;
        }
        let mut out = String::new();
        match lengths.as_slice() {
            [] => out.push_str("[]"),
            lengths => self.level(lengths, element, &mut out)?,
        }
        Ok(out)
    }

    fn level(
        &mut self,
        lengths: &[usize],
        element: &InputType,
        out: &mut String,
    ) -> Result<(), InputError> {
        let Some((length, inner)) = lengths.split_first() else {
            let value = match usize::try_from(self.int4()?) {
                Ok(length) => element.read_binary(self.slice(length)?)?,
                Err(_) => Value::Null,
            };
            write_element(out, &value);
            return Ok(());
        };
        // Each element takes at least its length word: a length beyond that is a lie, and would
        // otherwise be looped over. An inner length of zero would hide it.
        if *length > self.bytes.len() / 4 || (lengths.len() > 1 && inner.contains(&0)) {
            return Err(InputError::Binary);
        }
        out.push('[');
        for index in 0..*length {
            if index > 0 {
                out.push(',');
            }
            self.level(inner, element, out)?;
        }
        out.push(']');
        Ok(())
    }
}
