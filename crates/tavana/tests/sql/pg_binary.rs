//! PostgreSQL's binary format, by type, into the canonical texts of `support::display`.

use crate::pg_text;
use crate::support::display;

/// Days from 1970-01-01 to PostgreSQL's day 0.
const DAYS_TO_2000: i64 = 10_957;
const MICROSECONDS_OF_DAY: i64 = 86_400_000_000;

pub(crate) fn value(oid: u32, bytes: &[u8]) -> String {
    if let Some(element) = pg_text::element_of(oid) {
        return array(element, bytes);
    }
    match oid {
        16 => (fixed::<1>(bytes)[0] != 0).to_string(),
        17 => display::bytea(bytes),
        20 => i64::from_be_bytes(fixed(bytes)).to_string(),
        21 => i16::from_be_bytes(fixed(bytes)).to_string(),
        23 => i32::from_be_bytes(fixed(bytes)).to_string(),
        26 => u32::from_be_bytes(fixed(bytes)).to_string(),
        18 | 19 | 25 => text(bytes),
        114 => display::json_text(&text(bytes)),
        700 => display::float(f64::from(f32::from_be_bytes(fixed(bytes))), true),
        701 => display::float(f64::from_be_bytes(fixed(bytes)), false),
        1082 => match i32::from_be_bytes(fixed(bytes)) {
            i32::MAX => "infinity".to_owned(),
            i32::MIN => "-infinity".to_owned(),
            days => date(i64::from(days)),
        },
        1083 => time(i64::from_be_bytes(fixed(bytes))),
        1114 => timestamp(i64::from_be_bytes(fixed(bytes)), ""),
        1184 => timestamp(i64::from_be_bytes(fixed(bytes)), "+00"),
        1186 => display::interval_text(
            i32::from_be_bytes(fixed(&bytes[12..])),
            i32::from_be_bytes(fixed(&bytes[8..12])),
            i64::from_be_bytes(fixed(&bytes[..8])),
        ),
        1266 => {
            let west = i32::from_be_bytes(fixed(&bytes[8..]));
            let zone = if west > 0 { '-' } else { '+' };
            let minutes = west.abs() / 60;
            let mut shown = format!(
                "{}{zone}{:02}",
                time(i64::from_be_bytes(fixed(&bytes[..8]))),
                minutes / 60
            );
            if minutes % 60 != 0 {
                shown.push_str(&format!(":{:02}", minutes % 60));
            }
            shown
        }
        1562 => {
            let bits = usize::try_from(i32::from_be_bytes(fixed(&bytes[..4]))).expect("a count");
            let all = bytes[4..]
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
            all.take(bits).map(|bit| bit.to_string()).collect()
        }
        1700 => numeric(bytes),
        2950 => display::uuid_text(bytes),
        other => panic!("a type that tavana should not send: {other}"),
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes
        .try_into()
        .unwrap_or_else(|_| panic!("{} bytes instead of {N}", bytes.len()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text is UTF-8")
}

fn date(days_since_2000: i64) -> String {
    // Howard Hinnant's civil-from-days, counted from 0000-03-01.
    let day = days_since_2000 + DAYS_TO_2000 + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if year > 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{:04}-{month:02}-{day:02} BC", 1 - year)
    }
}

fn time(microseconds: i64) -> String {
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let mut shown = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if fraction != 0 {
        shown.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    shown
}

fn timestamp(microseconds: i64, zone: &str) -> String {
    match microseconds {
        i64::MAX => "infinity".to_owned(),
        i64::MIN => "-infinity".to_owned(),
        _ => {
            let day = date(microseconds.div_euclid(MICROSECONDS_OF_DAY));
            let of_day = time(microseconds.rem_euclid(MICROSECONDS_OF_DAY));
            match day.strip_suffix(" BC") {
                Some(day) => format!("{day} {of_day}{zone} BC"),
                None => format!("{day} {of_day}{zone}"),
            }
        }
    }
}

fn numeric(bytes: &[u8]) -> String {
    let field = |at: usize| i16::from_be_bytes(fixed(&bytes[at..at + 2]));
    let (count, weight, sign, scale) = (field(0), field(2), field(4), field(6));
    let scale = usize::try_from(scale).expect("a scale is not negative");
    let digit = |index: i16| {
        if (0..count).contains(&index) {
            field(8 + 2 * usize::try_from(index).expect("checked"))
        } else {
            0
        }
    };
    let mut shown = String::new();
    if sign == 0x4000 {
        shown.push('-');
    }
    if weight < 0 {
        shown.push('0');
    }
    for index in 0..=weight {
        let group = digit(index);
        if index == 0 {
            shown.push_str(&group.to_string());
        } else {
            shown.push_str(&format!("{group:04}"));
        }
    }
    if scale > 0 {
        let groups = (weight + 1..).map(|index| format!("{:04}", digit(index)));
        let fraction: String = groups.take(scale.div_ceil(4)).collect();
        shown.push('.');
        shown.extend(fraction.chars().take(scale));
    }
    shown
}

fn array(element: u32, bytes: &[u8]) -> String {
    let word = |at: usize| i32::from_be_bytes(fixed(&bytes[at..at + 4]));
    if word(0) == 0 {
        return "[]".to_owned();
    }
    assert_eq!(word(0), 1, "one dimension");
    assert_eq!(
        word(8),
        i32::try_from(element).expect("a small OID"),
        "the element type inside"
    );
    assert_eq!(word(16), 1, "PostgreSQL counts from one");
    let mut at = 20;
    let mut parts = Vec::new();
    for _ in 0..word(12) {
        let length = word(at);
        at += 4;
        match usize::try_from(length) {
            Err(_) => parts.push("NULL".to_owned()),
            Ok(length) => {
                let shown = value(element, &bytes[at..at + length]);
                parts.push(if element == 1700 {
                    pg_text::nested(1700, &shown)
                } else {
                    shown
                });
                at += length;
            }
        }
    }
    assert_eq!(at, bytes.len(), "nothing behind the last element");
    format!("[{}]", parts.join(", "))
}
