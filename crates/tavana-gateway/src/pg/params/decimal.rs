//! The DECIMAL that a numeric parameter is bound as.
//!
//! PostgreSQL's `numeric` has as many digits as its value; a DECIMAL of DuckDB has a scale, and
//! rounds what does not fit.

/// Most digits of a DECIMAL.
const DIGITS_MAX: usize = 38;

/// The type that holds a value of a DECIMAL parameter, or of an array of them, exactly; DOUBLE
/// where no DECIMAL does: more digits, NaN, infinities. `None` for other types.
pub(super) fn exact_type(duckdb_type: &str, text: &str) -> Option<String> {
    let upper = duckdb_type.trim().to_ascii_uppercase();
    if !upper.starts_with("DECIMAL") && !upper.starts_with("NUMERIC") {
        return None;
    }
    let dimensions = upper
        .find('[')
        .and_then(|at| upper.get(at..))
        .unwrap_or_default();
    let is_part = |next: char| next.is_alphanumeric() || matches!(next, '.' | '+' | '-');
    let numbers = text
        .split(|next: char| !is_part(next))
        .filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("null"));
    let mut most = Some((1, 0));
    for number in numbers {
        most = most
            .zip(digits_of(number))
            .map(|((whole, scale), (more, finer))| (whole.max(more), scale.max(finer)));
    }
    Some(match most {
        Some((whole, scale)) if whole + scale <= DIGITS_MAX => {
            format!("DECIMAL({},{scale}){dimensions}", whole + scale)
        }
        _ => format!("DOUBLE{dimensions}"),
    })
}

/// Digits before and behind the point.
fn digits_of(number: &str) -> Option<(usize, usize)> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches(['+', '-']).trim_start_matches('0');
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let moved = |count: usize, by: i32| {
        let count = i64::try_from(count).ok()? + i64::from(by);
        usize::try_from(count.max(0)).ok()
    };
    Some((
        moved(whole.len(), exponent)?,
        moved(fraction.len(), -exponent)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_has_the_digits_of_its_value() {
        for (of, text, expected) in [
            ("DECIMAL(18,3)", "1.25", Some("DECIMAL(3,2)")),
            ("DECIMAL(12,2)", "-10.499", Some("DECIMAL(5,3)")),
            ("DECIMAL(18,3)", "0", Some("DECIMAL(1,0)")),
            ("DECIMAL(18,3)", "0.00001", Some("DECIMAL(6,5)")),
            ("DECIMAL(18,3)", "1e5", Some("DECIMAL(6,0)")),
            ("DECIMAL(18,3)", "12e-3", Some("DECIMAL(4,3)")),
            ("DECIMAL(18,3)", "NaN", Some("DOUBLE")),
            ("DECIMAL(18,3)", "-Infinity", Some("DOUBLE")),
            ("DECIMAL(18,3)", "1e99999999999", Some("DOUBLE")),
            (
                "DECIMAL(18,3)",
                "12345678901234567890123456789012345678",
                Some("DECIMAL(38,0)"),
            ),
            (
                "DECIMAL(18,3)",
                "123456789012345678901234567890123456789",
                Some("DOUBLE"),
            ),
            (
                "DECIMAL(18,3)[]",
                "[1.5, NULL, 100]",
                Some("DECIMAL(4,1)[]"),
            ),
            ("DECIMAL(18,3)[]", "[]", Some("DECIMAL(1,0)[]")),
            ("VARCHAR", "1.5", None),
            ("HUGEINT", "1", None),
        ] {
            assert_eq!(exact_type(of, text).as_deref(), expected, "{of} {text}");
        }
    }
}
