//! Numbers as PostgreSQL spells and sends them, written in place.
//!
//! Every `put_*` writes at `at` and returns where it ended. It may touch up to [`SLACK`] bytes
//! behind that end: copies of a fixed width are several times faster than exact ones, so callers
//! keep that much room behind the last field.

use std::fmt::Write as _;

use super::FieldError;

/// Bytes behind the end of a value that may be overwritten.
pub(crate) const SLACK: usize = 64;

/// PostgreSQL's limit for digits before the decimal point of a numeric.
const NUMERIC_DIGITS_MAX: usize = 131_072;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const TEN_8: u64 = 100_000_000;
const TEN_16: u64 = 10_000_000_000_000_000;
const TEN_18: u64 = 1_000_000_000_000_000_000;
const TEN_19: u128 = 10_000_000_000_000_000_000;

const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1_u64; 20];
    let mut n = 1;
    while n < 20 {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

const WIDE_POWERS_OF_TEN: [u128; 39] = {
    let mut powers = [1_u128; 39];
    let mut n = 1;
    while n < 39 {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

#[inline(always)]
pub(crate) fn put<const N: usize>(buf: &mut [u8], at: usize, bytes: [u8; N]) -> usize {
    buf[at..at + N].copy_from_slice(&bytes);
    at + N
}

#[inline(always)]
pub(crate) fn put_slice(buf: &mut [u8], at: usize, bytes: &[u8]) -> usize {
    buf[at..at + bytes.len()].copy_from_slice(bytes);
    at + bytes.len()
}

/// Eight decimal digits of a value below 10^8, one in each byte, the first in the lowest.
#[inline(always)]
fn eight_digits(value: u64) -> u64 {
    let fours = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

/// A value below 10^8 as eight digits of text, the first in the lowest byte.
#[inline(always)]
pub(crate) fn ascii_digits(value: u64) -> u64 {
    eight_digits(value) | ZEROS
}

#[inline(always)]
fn put_eight(buf: &mut [u8], at: usize, value: u64) -> usize {
    put(buf, at, ascii_digits(value).to_le_bytes())
}

/// A value below 10^8 without leading zeros.
#[inline(always)]
fn put_short(buf: &mut [u8], at: usize, value: u64) -> usize {
    let digits = eight_digits(value);
    let skip = (digits.trailing_zeros() / 8).min(7);
    put(buf, at, ((digits | ZEROS) >> (skip * 8)).to_le_bytes());
    at + 8 - skip as usize
}

#[inline(always)]
pub(crate) fn put_u64(buf: &mut [u8], at: usize, value: u64) -> usize {
    if value < TEN_8 {
        return put_short(buf, at, value);
    }
    if value < TEN_16 {
        let at = put_short(buf, at, value / TEN_8);
        return put_eight(buf, at, value % TEN_8);
    }
    let at = put_short(buf, at, value / TEN_16);
    let rest = value % TEN_16;
    let at = put_eight(buf, at, rest / TEN_8);
    put_eight(buf, at, rest % TEN_8)
}

#[inline(always)]
pub(crate) fn put_i64(buf: &mut [u8], at: usize, value: i64) -> usize {
    buf[at] = b'-';
    put_u64(buf, at + usize::from(value < 0), value.unsigned_abs())
}

/// Two digits of a value below 100.
#[inline(always)]
pub(crate) fn put_two(buf: &mut [u8], at: usize, value: u32) -> usize {
    let tens = (value * 103) >> 10;
    put(
        buf,
        at,
        [b'0' + tens as u8, b'0' + (value - 10 * tens) as u8],
    )
}

/// `width` digits with leading zeros.
pub(crate) fn put_padded(buf: &mut [u8], at: usize, value: u64, width: usize) -> usize {
    let mut rest = value;
    for digit in buf[at..at + width].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    at + width
}

/// `.ffffff` without trailing zeros; nothing when the fraction is zero.
#[inline(always)]
pub(crate) fn put_fraction(buf: &mut [u8], at: usize, micros: u32) -> usize {
    if micros == 0 {
        return at;
    }
    buf[at] = b'.';
    let digits = eight_digits(u64::from(micros) * 100);
    put(buf, at + 1, (digits | ZEROS).to_le_bytes());
    at + 9 - (digits.leading_zeros() / 8) as usize
}

pub(crate) fn put_u128(buf: &mut [u8], at: usize, value: u128) -> usize {
    if let Ok(small) = u64::try_from(value) {
        return put_u64(buf, at, small);
    }
    let (high, low) = (value / TEN_19, (value % TEN_19) as u64);
    let at = put_u128(buf, at, high);
    put_padded(buf, at, low, 19)
}

pub(crate) fn put_i128(buf: &mut [u8], at: usize, value: i128) -> usize {
    buf[at] = b'-';
    put_u128(buf, at + usize::from(value < 0), value.unsigned_abs())
}

/// A decimal: `value` / 10^`scale`, with all digits of its scale. `scale` is at most 38.
#[inline(always)]
pub(crate) fn put_decimal(buf: &mut [u8], at: usize, value: i128, scale: usize) -> usize {
    buf[at] = b'-';
    let at = at + usize::from(value < 0);
    let magnitude = value.unsigned_abs();
    if scale == 0 {
        return put_u128(buf, at, magnitude);
    }
    if magnitude < u128::from(TEN_16) && scale < 16 {
        // All sixteen digits in one register: cut the leading ones off, write, then write the
        // fraction once more one place further on.
        let magnitude = magnitude as u64;
        let digits = u128::from(eight_digits(magnitude / TEN_8))
            | (u128::from(eight_digits(magnitude % TEN_8)) << 64);
        let skip = ((digits.trailing_zeros() / 8) as usize).min(15 - scale);
        let text = digits | (u128::from(ZEROS) | (u128::from(ZEROS) << 64));
        put(buf, at, (text >> (skip * 8)).to_le_bytes());
        let point = at + 16 - scale - skip;
        put(buf, point + 1, (text >> ((16 - scale) * 8)).to_le_bytes());
        buf[point] = b'.';
        return point + 1 + scale;
    }
    put_wide_decimal(buf, at, magnitude, scale)
}

fn put_wide_decimal(buf: &mut [u8], at: usize, magnitude: u128, scale: usize) -> usize {
    let unit = WIDE_POWERS_OF_TEN[scale];
    let (whole, fraction) = (magnitude / unit, magnitude % unit);
    let at = put_u128(buf, at, whole);
    buf[at] = b'.';
    let at = at + 1;
    if scale <= 19 {
        return put_padded(buf, at, fraction as u64, scale);
    }
    let at = put_padded(buf, at, (fraction / TEN_19) as u64, scale - 19);
    put_padded(buf, at, (fraction % TEN_19) as u64, 19)
}

/// The shortest digits that read back as the same number, in PostgreSQL's spelling: plain between
/// 1e-4 and 1e15, `1e+20` outside.
#[inline(always)]
pub(crate) fn put_f64(buf: &mut [u8], at: usize, value: f64) -> usize {
    let magnitude = value.abs();
    if magnitude < 1e15 {
        let whole = magnitude as u64;
        if whole as f64 == magnitude {
            buf[at] = b'-';
            return put_u64(buf, at + usize::from(value.is_sign_negative()), whole);
        }
        if magnitude >= 1e-4 {
            return put_plain(buf, at, zmij::Buffer::new().format_finite(value).as_bytes());
        }
    }
    put_f64_outside(buf, at, value)
}

#[inline(never)]
fn put_f64_outside(buf: &mut [u8], at: usize, value: f64) -> usize {
    match not_finite(value) {
        Some(word) => put_slice(buf, at, word),
        None => {
            let mut digits = Digits::of(zmij::Buffer::new().format_finite(value).as_bytes());
            let bits = value.abs().to_bits();
            let mantissa = bits & ((1 << 52) - 1) | (1 << 52);
            if digits.lie_between_neighbours(mantissa) {
                digits = digits.refined(|precision, text| {
                    write!(text, "{value:.precision$e}").is_ok()
                        && text.as_str().parse() == Ok(value)
                });
            }
            digits.put(buf, at, -4, 15)
        }
    }
}

/// As [`put_f64`]; plain between 1e-4 and 1e6.
#[inline(always)]
pub(crate) fn put_f32(buf: &mut [u8], at: usize, value: f32) -> usize {
    let magnitude = value.abs();
    if magnitude < 1e6 {
        let whole = magnitude as u64;
        if whole as f32 == magnitude {
            buf[at] = b'-';
            return put_u64(buf, at + usize::from(value.is_sign_negative()), whole);
        }
        if magnitude >= 1e-4 {
            return put_plain(buf, at, zmij::Buffer::new().format_finite(value).as_bytes());
        }
    }
    match not_finite(f64::from(value)) {
        Some(word) => put_slice(buf, at, word),
        None => {
            let mut digits = Digits::of(zmij::Buffer::new().format_finite(value).as_bytes());
            let bits = value.abs().to_bits();
            let mantissa = bits & ((1 << 23) - 1) | (1 << 23);
            if digits.lie_between_neighbours(u64::from(mantissa)) {
                digits = digits.refined(|precision, text| {
                    write!(text, "{value:.precision$e}").is_ok()
                        && text.as_str().parse() == Ok(value)
                });
            }
            digits.put(buf, at, -4, 6)
        }
    }
}

/// At most 32 bytes, in copies of constant widths that need no call.
#[inline(always)]
fn put_plain(buf: &mut [u8], at: usize, text: &[u8]) -> usize {
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        put(buf, at, *first);
        put(buf, at + text.len() - 16, *last)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        put(buf, at, *first);
        put(buf, at + text.len() - 8, *last)
    } else {
        put_slice(buf, at, text)
    }
}

fn not_finite(value: f64) -> Option<&'static [u8]> {
    if value.is_finite() {
        None
    } else if value.is_nan() {
        Some(b"NaN")
    } else if value > 0.0 {
        Some(b"Infinity")
    } else {
        Some(b"-Infinity")
    }
}

/// Significant digits and decimal exponent of the first one.
struct Digits {
    negative: bool,
    digits: [u8; 24],
    count: usize,
    exponent: i32,
}

impl Digits {
    /// From a spelling such as `-1.25e-7` or `1200.0`.
    fn of(text: &[u8]) -> Self {
        let mut this = Self {
            negative: false,
            digits: [b'0'; 24],
            count: 0,
            exponent: 0,
        };
        let mut point: Option<i32> = None;
        let mut places = 0;
        let mut stated = 0;
        let mut bytes = text.iter();
        while let Some(byte) = bytes.next() {
            match byte {
                b'-' => this.negative = true,
                b'.' => point = Some(places),
                b'e' | b'E' => {
                    let rest = bytes.as_slice();
                    let negative = rest.first() == Some(&b'-');
                    for digit in rest.iter().filter(|byte| byte.is_ascii_digit()) {
                        stated = stated * 10 + i32::from(digit - b'0');
                    }
                    if negative {
                        stated = -stated;
                    }
                    break;
                }
                digit => {
                    if this.count > 0 || *digit != b'0' {
                        if this.count < 24 {
                            this.digits[this.count] = *digit;
                            this.count += 1;
                        }
                        places += 1;
                    } else if point.is_some() {
                        // A zero between the point and the first digit.
                        this.exponent -= 1;
                    }
                }
            }
        }
        let whole = point.unwrap_or(places);
        this.exponent += stated + whole - 1;
        while this.count > 1 && this.digits[this.count - 1] == b'0' {
            this.count -= 1;
        }
        this
    }

    /// Whether the number of these digits lies exactly half-way between two floats, one of which
    /// has this mantissa. It still reads back as the one with the even mantissa, but PostgreSQL
    /// does not rely on that and looks for digits nearer to the value.
    fn lie_between_neighbours(&self, mantissa: u64) -> bool {
        // Half-way points with few enough digits are whole numbers below 5^24 * 10^17.
        let zeros = self.exponent - (self.count as i32 - 1);
        if mantissa % 2 == 1 || self.count > 17 || !(0..=23).contains(&zeros) {
            return false;
        }
        let digits = self.digits[..self.count]
            .iter()
            .fold(0_u128, |value, digit| value * 10 + u128::from(digit - b'0'));
        let odd_part = digits * 5_u128.pow(zeros.unsigned_abs());
        let odd_part = odd_part >> odd_part.trailing_zeros();
        // Below a power of two the neighbour is only half as far.
        let below = if mantissa.is_power_of_two() {
            4 * mantissa - 1
        } else {
            2 * mantissa - 1
        };
        [below, 2 * mantissa + 1]
            .iter()
            .any(|middle| u128::from(*middle) == odd_part)
    }

    /// The fewest digits more than now that `reads_back`, given a precision, accepts.
    fn refined(self, reads_back: impl Fn(usize, &mut Text) -> bool) -> Self {
        for precision in self.count..17 {
            let mut text = Text {
                bytes: [0; 32],
                length: 0,
            };
            if reads_back(precision, &mut text) {
                let better = Self::of(text.as_str().as_bytes());
                if better.count != self.count || better.digits != self.digits {
                    return better;
                }
            }
        }
        self
    }

    fn put(&self, buf: &mut [u8], at: usize, plain_from: i32, plain_below: i32) -> usize {
        let mut at = at;
        if self.negative {
            at = put(buf, at, *b"-");
        }
        let digits = &self.digits[..self.count];
        if self.exponent < plain_from || self.exponent >= plain_below {
            at = put_slice(buf, at, &digits[..1]);
            if digits.len() > 1 {
                at = put(buf, at, *b".");
                at = put_slice(buf, at, &digits[1..]);
            }
            at = put(buf, at, if self.exponent < 0 { *b"e-" } else { *b"e+" });
            let exponent = u64::from(self.exponent.unsigned_abs());
            return put_padded(buf, at, exponent, if exponent < 100 { 2 } else { 3 });
        }
        if self.exponent < 0 {
            at = put(buf, at, *b"0.");
            for _ in 1..-self.exponent {
                at = put(buf, at, *b"0");
            }
            return put_slice(buf, at, digits);
        }
        let whole = self.exponent as usize + 1;
        if digits.len() <= whole {
            at = put_slice(buf, at, digits);
            for _ in digits.len()..whole {
                at = put(buf, at, *b"0");
            }
            return at;
        }
        at = put_slice(buf, at, &digits[..whole]);
        at = put(buf, at, *b".");
        put_slice(buf, at, &digits[whole..])
    }
}

/// C's `%.*g`, which PostgreSQL uses when `extra_float_digits` is zero or less.
pub(crate) fn put_f64_rounded(buf: &mut [u8], at: usize, value: f64, digits: usize) -> usize {
    if let Some(word) = not_finite(value) {
        return put_slice(buf, at, word);
    }
    if value == 0.0 {
        return put_slice(
            buf,
            at,
            if value.is_sign_negative() {
                b"-0"
            } else {
                b"0"
            },
        );
    }
    let precision = digits.clamp(1, 17);
    let mut text = Text {
        bytes: [0; 32],
        length: 0,
    };
    write!(text, "{:.*e}", precision - 1, value).expect("17 digits and an exponent fit 32 bytes");
    Digits::of(&text.bytes[..text.length]).put(buf, at, -4, precision as i32)
}

/// A formatter's target without an allocation.
struct Text {
    bytes: [u8; 32],
    length: usize,
}

impl Text {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl std::fmt::Write for Text {
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

/// A double inside JSON: JavaScript's spelling with `.0` for whole numbers, as DuckDB's `to_json`
/// does it. What is not finite becomes a string as in PostgreSQL, so that it stays JSON.
pub(crate) fn put_f64_json(buf: &mut [u8], at: usize, value: f64) -> usize {
    if let Some(word) = not_finite(value) {
        let at = put(buf, at, *b"\"");
        let at = put_slice(buf, at, word);
        return put(buf, at, *b"\"");
    }
    if value == 0.0 {
        return put_slice(
            buf,
            at,
            if value.is_sign_negative() {
                b"-0.0"
            } else {
                b"0.0"
            },
        );
    }
    let digits = Digits::of(zmij::Buffer::new().format_finite(value).as_bytes());
    if (-6..21).contains(&digits.exponent) {
        let end = digits.put(buf, at, -6, 21);
        let whole = digits.exponent >= 0 && digits.count <= digits.exponent as usize + 1;
        return if whole { put(buf, end, *b".0") } else { end };
    }
    let mut at = at;
    if digits.negative {
        at = put(buf, at, *b"-");
    }
    at = put_slice(buf, at, &digits.digits[..1]);
    if digits.count > 1 {
        at = put(buf, at, *b".");
        at = put_slice(buf, at, &digits.digits[1..digits.count]);
    }
    at = put(buf, at, *b"e");
    put_i64(buf, at, i64::from(digits.exponent))
}

/// A decimal in the binary form: digits in base 10000, aligned to the decimal point.
#[inline(always)]
pub(crate) fn put_numeric(buf: &mut [u8], at: usize, value: i128, scale: usize) -> usize {
    put_magnitude(buf, at, value < 0, value.unsigned_abs(), scale)
}

#[inline(always)]
pub(crate) fn put_magnitude(
    buf: &mut [u8],
    at: usize,
    negative: bool,
    magnitude: u128,
    scale: usize,
) -> usize {
    // Groups of four digits from the last to the first.
    let mut groups = [0_u16; 12];
    let mut count = 0;
    let fraction_groups = scale.div_ceil(4);
    let narrow = u64::try_from(magnitude).ok().filter(|_| scale <= 19);
    if let Some(magnitude) = narrow {
        let unit = POWERS_OF_TEN[scale];
        let (mut whole, mut fraction) = if scale == 0 {
            (magnitude, 0)
        } else {
            (magnitude / unit, magnitude % unit)
        };
        if !scale.is_multiple_of(4) {
            // The last group is padded on the right. Done for it alone: the whole fraction times
            // 1000 could overflow.
            let kept = POWERS_OF_TEN[scale % 4];
            groups[0] = (fraction % kept * POWERS_OF_TEN[4 - scale % 4]) as u16;
            fraction /= kept;
            count = 1;
        }
        while count < fraction_groups {
            groups[count] = (fraction % 10_000) as u16;
            fraction /= 10_000;
            count += 1;
        }
        while whole > 0 {
            groups[count] = (whole % 10_000) as u16;
            whole /= 10_000;
            count += 1;
        }
    } else {
        let unit = WIDE_POWERS_OF_TEN[scale];
        let (mut whole, mut fraction) = (magnitude / unit, magnitude % unit);
        if !scale.is_multiple_of(4) {
            let kept = WIDE_POWERS_OF_TEN[scale % 4];
            groups[0] = (fraction % kept * WIDE_POWERS_OF_TEN[4 - scale % 4]) as u16;
            fraction /= kept;
            count = 1;
        }
        while count < fraction_groups {
            groups[count] = (fraction % 10_000) as u16;
            fraction /= 10_000;
            count += 1;
        }
        while whole > 0 {
            groups[count] = (whole % 10_000) as u16;
            whole /= 10_000;
            count += 1;
        }
    }
    // Zero groups at either end are left out.
    let mut first = count;
    while first > 0 && groups[first - 1] == 0 {
        first -= 1;
    }
    let mut last = 0;
    while last < first && groups[last] == 0 {
        last += 1;
    }
    let present = first - last;
    let weight = if present == 0 {
        0
    } else {
        first as i16 - 1 - fraction_groups as i16
    };
    let sign: u16 = if negative && present > 0 { 0x4000 } else { 0 };
    let at = put_numeric_head(buf, at, present as u16, weight, sign, scale as u16);
    let mut at = at;
    for group in groups[last..first].iter().rev() {
        at = put(buf, at, group.to_be_bytes());
    }
    at
}

#[inline(always)]
fn put_numeric_head(
    buf: &mut [u8],
    at: usize,
    groups: u16,
    weight: i16,
    sign: u16,
    scale: u16,
) -> usize {
    let head = (u64::from(groups) << 48)
        | (u64::from(weight as u16) << 32)
        | (u64::from(sign) << 16)
        | u64::from(scale);
    put(buf, at, head.to_be_bytes())
}

/// A BIGNUM as DuckDB stores it: three bytes of header (sign and length), then the magnitude, big
/// end first; everything complemented when negative.
pub(crate) struct BigNum {
    negative: bool,
    /// Limbs in base 10^18, the lowest first, without leading zero limbs.
    limbs: Vec<u64>,
}

impl BigNum {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, FieldError> {
        let (Some(first), Some(magnitude)) = (bytes.first(), bytes.get(3..)) else {
            return Err(FieldError::Malformed);
        };
        // log10(256) = 2.41 digits for each byte.
        if magnitude.len() / 5 * 12 > NUMERIC_DIGITS_MAX {
            return Err(FieldError::NumericOverflow);
        }
        let negative = first & 0x80 == 0;
        let mask = if negative { 0xff } else { 0 };
        let mut limbs: Vec<u64> = Vec::with_capacity(magnitude.len() / 7 + 1);
        for chunk in magnitude.chunks(7) {
            // Seven bytes at a time: limbs * 2^56 + chunk.
            let shift = 8 * chunk.len() as u32;
            let mut carry = chunk
                .iter()
                .fold(0_u128, |value, byte| (value << 8) | u128::from(byte ^ mask));
            for limb in &mut limbs {
                let value = (u128::from(*limb) << shift) + carry;
                *limb = (value % u128::from(TEN_18)) as u64;
                carry = value / u128::from(TEN_18);
            }
            if carry > 0 {
                limbs.push(carry as u64);
            }
        }
        Ok(Self { negative, limbs })
    }

    pub(crate) fn text_bytes_max(bytes: usize) -> usize {
        bytes.saturating_mul(3) + 24
    }

    pub(crate) fn put_text(&self, buf: &mut [u8], at: usize) -> usize {
        let Some((highest, rest)) = self.limbs.split_last() else {
            return put(buf, at, *b"0");
        };
        buf[at] = b'-';
        let mut at = put_u64(buf, at + usize::from(self.negative), *highest);
        for limb in rest.iter().rev() {
            at = put_padded(buf, at, *limb, 18);
        }
        at
    }

    pub(crate) fn put_numeric(&self, buf: &mut [u8], at: usize) -> usize {
        let mut text = vec![0; self.limbs.len() * 18 + SLACK];
        let end = self.put_text(&mut text, 0);
        let digits = &text[usize::from(self.negative)..end];
        if self.limbs.is_empty() {
            return put_numeric_head(buf, at, 0, 0, 0, 0);
        }
        let groups = digits.len().div_ceil(4);
        let last = digits.iter().rposition(|digit| *digit != b'0').unwrap_or(0);
        // The first group may be short; groups that hold only trailing zeros are left out.
        let first_length = digits.len() - (groups - 1) * 4;
        let present = if last < first_length {
            1
        } else {
            (last - first_length) / 4 + 2
        };
        let sign = if self.negative { 0x4000 } else { 0 };
        let mut at = put_numeric_head(buf, at, present as u16, (groups - 1) as i16, sign, 0);
        let (first, rest) = digits.split_at(first_length);
        for group in std::iter::once(first).chain(rest.chunks(4)).take(present) {
            let value = group
                .iter()
                .fold(0_u16, |value, digit| value * 10 + u16::from(digit - b'0'));
            at = put(buf, at, value.to_be_bytes());
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut [u8]) -> usize) -> String {
        let mut buf = vec![b'#'; 4096];
        let end = write(&mut buf);
        String::from_utf8(buf[..end].to_vec()).unwrap()
    }

    fn bytes(write: impl FnOnce(&mut [u8]) -> usize) -> Vec<u8> {
        let mut buf = vec![0xee; 4096];
        let end = write(&mut buf);
        buf[..end].to_vec()
    }

    #[test]
    fn eight_digits_are_right_for_every_four_digit_half() {
        for value in 0..10_000_u64 {
            for value in [value, value * 10_000, value * 10_000 + 9_999 - value] {
                let digits: String = eight_digits(value)
                    .to_le_bytes()
                    .iter()
                    .map(|digit| char::from(b'0' + digit))
                    .collect();
                assert_eq!(digits, format!("{value:08}"));
            }
        }
    }

    #[test]
    fn integers_are_written_as_rust_writes_them() {
        let mut value = 1_u128;
        while value < u128::MAX / 11 {
            for value in [value - 1, value, value + 1, value * 7 / 3] {
                assert_eq!(text(|buf| put_u128(buf, 0, value)), value.to_string());
                let signed = -(value as i128);
                assert_eq!(text(|buf| put_i128(buf, 0, signed)), signed.to_string());
                let narrow = value as u64;
                assert_eq!(text(|buf| put_u64(buf, 0, narrow)), narrow.to_string());
                let narrow = (value as i64).wrapping_neg();
                assert_eq!(text(|buf| put_i64(buf, 0, narrow)), narrow.to_string());
            }
            value = value * 3 + 1;
        }
        assert_eq!(text(|buf| put_i64(buf, 0, i64::MIN)), i64::MIN.to_string());
        assert_eq!(text(|buf| put_u64(buf, 0, u64::MAX)), u64::MAX.to_string());
        assert_eq!(
            text(|buf| put_u128(buf, 0, u128::MAX)),
            u128::MAX.to_string()
        );
        assert_eq!(
            text(|buf| put_i128(buf, 0, i128::MIN)),
            i128::MIN.to_string()
        );
    }

    #[test]
    fn decimals_keep_their_scale() {
        for (value, scale, expected) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (150, 2, "1.50"),
            (-123_456, 3, "-123.456"),
            (7, 0, "7"),
            (9_999_999_999_999_999, 15, "9.999999999999999"),
            (10_000_000_000_000_000, 2, "100000000000000.00"),
            (1, 16, "0.0000000000000001"),
            (1, 38, "0.00000000000000000000000000000000000001"),
            (
                99_999_999_999_999_999_999_999_999_999_999_999_999,
                2,
                "999999999999999999999999999999999999.99",
            ),
        ] {
            assert_eq!(text(|buf| put_decimal(buf, 0, value, scale)), expected);
        }
    }

    #[test]
    fn every_scale_agrees_with_the_slow_way() {
        for scale in 0..=38_usize {
            let mut value = 1_i128;
            while value < i128::MAX / 37 {
                let digits = format!("{value:0width$}", width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let expected = if scale == 0 {
                    whole.to_owned()
                } else {
                    format!("{whole}.{fraction}")
                };
                assert_eq!(text(|buf| put_decimal(buf, 0, value, scale)), expected);
                value = value * 29 + 11;
            }
        }
    }

    #[test]
    fn doubles_are_spelled_as_postgresql_spells_them() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1e+15"),
            (1.234_567_890_123_456e15, "1.234567890123456e+15"),
            (1e20, "1e+20"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
            // Half-way between two doubles: as PostgreSQL, not as the shortest.
            (3.8e22, "3.8000000000000004e+22"),
            (8.93e21, "8.929999999999999e+21"),
            (8.6e22, "8.6e+22"),
            (9_007_199_254_740_992.0, "9.007199254740992e+15"),
            (f64::MAX, "1.7976931348623157e+308"),
            (123_456.789, "123456.789"),
            (99_999_999_999_999.98, "99999999999999.98"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text(|buf| put_f64(buf, 0, value)), expected);
        }
        for (value, expected) in [
            (1.5_f32, "1.5"),
            (0.1, "0.1"),
            (-0.0, "-0"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (1e-5, "1e-05"),
            (f32::MAX, "3.4028235e+38"),
            (1e-45, "1e-45"),
            (44_153_808.0, "4.4153808e+07"),
            (f32::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text(|buf| put_f32(buf, 0, value)), expected);
        }
    }

    #[test]
    fn fewer_float_digits_round_as_printf_does() {
        for (value, digits, expected) in [
            (0.1 + 0.2, 15, "0.3"),
            (1.0 / 3.0, 15, "0.333333333333333"),
            (1e15, 15, "1e+15"),
            (123_456_789.0, 6, "1.23457e+08"),
            (1e-5, 15, "1e-05"),
            (100.0, 15, "100"),
            (-0.0, 15, "-0"),
            (0.000_123_456_789, 3, "0.000123"),
            (999_999.5, 6, "1e+06"),
        ] {
            assert_eq!(text(|buf| put_f64_rounded(buf, 0, value, digits)), expected);
        }
    }

    #[test]
    fn doubles_in_json_are_spelled_as_duckdb_spells_them() {
        for (value, expected) in [
            (1.0, "1.0"),
            (100.0, "100.0"),
            (1e20, "100000000000000000000.0"),
            (1e21, "1e21"),
            (1e-5, "0.00001"),
            (1e-7, "1e-7"),
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (123_456_789.123, "123456789.123"),
            (f64::NAN, "\"NaN\""),
        ] {
            assert_eq!(text(|buf| put_f64_json(buf, 0, value)), expected);
        }
    }

    #[test]
    fn binary_numerics_are_base_10000_around_the_point() {
        let head = |groups: u16, weight: i16, sign: u16, scale: u16, digits: &[u16]| {
            let mut bytes = Vec::new();
            bytes.extend(groups.to_be_bytes());
            bytes.extend(weight.to_be_bytes());
            bytes.extend(sign.to_be_bytes());
            bytes.extend(scale.to_be_bytes());
            digits
                .iter()
                .for_each(|digit| bytes.extend(digit.to_be_bytes()));
            bytes
        };
        for (value, scale, expected) in [
            (0, 2, head(0, 0, 0, 2, &[])),
            (150, 2, head(2, 0, 0, 2, &[1, 5000])),
            (-5, 2, head(1, -1, 0x4000, 2, &[500])),
            (10_000, 0, head(1, 1, 0, 0, &[1])),
            (123_456_789, 4, head(3, 1, 0, 4, &[1, 2345, 6789])),
            (1, 5, head(1, -2, 0, 5, &[1000])),
            (1, 38, head(1, -10, 0, 38, &[100])),
            (
                10_i128.pow(38) - 1,
                37,
                head(
                    11,
                    0,
                    0,
                    37,
                    &[
                        9, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9000,
                    ],
                ),
            ),
        ] {
            assert_eq!(
                bytes(|buf| put_numeric(buf, 0, value, scale)),
                expected,
                "{value} {scale}"
            );
        }
    }

    #[test]
    fn bignums_are_read_from_duckdbs_layout() {
        for (stored, expected) in [
            (vec![0x80, 0, 1, 0], "0"),
            (
                vec![0x80, 0, 8, 0xab, 0x54, 0xa9, 0x8c, 0xeb, 0x1f, 0x0a, 0xd2],
                "12345678901234567890",
            ),
            (vec![0x7f, 0xff, 0xfd, 0xcf, 0xc6], "-12345"),
        ] {
            let number = BigNum::read(&stored).unwrap();
            assert_eq!(text(|buf| number.put_text(buf, 0)), expected);
            let small: i128 = expected.parse().unwrap();
            assert_eq!(
                bytes(|buf| number.put_numeric(buf, 0)),
                bytes(|buf| put_numeric(buf, 0, small, 0)),
            );
        }
        let mut wide = vec![0x80, 0, 16];
        wide.extend([0xff; 16]);
        let number = BigNum::read(&wide).unwrap();
        assert_eq!(text(|buf| number.put_text(buf, 0)), u128::MAX.to_string());
        assert_eq!(
            bytes(|buf| number.put_numeric(buf, 0)),
            bytes(|buf| put_magnitude(buf, 0, false, u128::MAX, 0)),
        );
        assert!(matches!(BigNum::read(&[1]), Err(FieldError::Malformed)));
    }
}
