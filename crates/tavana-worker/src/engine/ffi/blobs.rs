//! Text as bytes, by PostgreSQL's rules where DuckDB has none.
//!
//! DuckDB reads `\xff00` as one byte and two digits, PostgreSQL as two bytes. A literal without a
//! cast gets its type from the column that it is written to or compared with, which only the binder
//! knows; so the cast itself knows both spellings.

use std::ffi::CStr;
use std::slice;

use libduckdb_sys as sys;

use super::{Connection, ErrorText, LogicalType};

const REFUSED: &CStr = c"invalid input for bytes: after a backslash comes another one, x and two \
    hexadecimal digits, or three octal digits";

impl Connection {
    /// Makes the cast of text to bytes read what PostgreSQL reads, for the whole instance.
    ///
    /// # Errors
    /// When DuckDB refuses it.
    pub(crate) fn read_bytes_as_postgresql(&self) -> Result<(), ErrorText> {
        // SAFETY: the types are alive until the cast has been registered, which copies them; the
        // cast is destroyed once; the function keeps to the contract of its kind.
        let state = unsafe {
            let text = LogicalType::own(sys::duckdb_create_logical_type(
                sys::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
            ));
            let blob = LogicalType::own(sys::duckdb_create_logical_type(
                sys::DUCKDB_TYPE_DUCKDB_TYPE_BLOB,
            ));
            let mut cast = sys::duckdb_create_cast_function();
            sys::duckdb_cast_function_set_source_type(cast, text.raw);
            sys::duckdb_cast_function_set_target_type(cast, blob.raw);
            // As DuckDB has it: a column of texts is no column of bytes by itself.
            sys::duckdb_cast_function_set_implicit_cast_cost(cast, -1);
            sys::duckdb_cast_function_set_function(cast, Some(cast_to_blob));
            let state = sys::duckdb_register_cast_function(self.raw(), cast);
            sys::duckdb_destroy_cast_function(&raw mut cast);
            state
        };
        if state == sys::DuckDBSuccess {
            Ok(())
        } else {
            Err(ErrorText::own("the cast of text to bytes was refused"))
        }
    }
}

/// Casts `count` texts. False when one of them is refused and the cast is no TRY_CAST.
///
/// # Safety
/// DuckDB calls it with a flat vector of texts and a vector of bytes, both of at least `count` rows.
unsafe extern "C" fn cast_to_blob(
    info: sys::duckdb_function_info,
    count: sys::idx_t,
    input: sys::duckdb_vector,
    output: sys::duckdb_vector,
) -> bool {
    // SAFETY: as the caller promises; a row is read only where it is valid, a text lives as long as
    // its vector, and the message is copied.
    unsafe {
        let texts = sys::duckdb_vector_get_data(input).cast::<sys::duckdb_string_t>();
        let validity = sys::duckdb_vector_get_validity(input);
        let tries =
            sys::duckdb_cast_function_get_cast_mode(info) == sys::duckdb_cast_mode_DUCKDB_CAST_TRY;
        sys::duckdb_vector_ensure_validity_writable(output);
        for row in 0..count {
            if !validity.is_null() && !sys::duckdb_validity_row_is_valid(validity, row) {
                let written = sys::duckdb_vector_get_validity(output);
                sys::duckdb_validity_set_row_invalid(written, row);
                continue;
            }
            let Ok(at) = usize::try_from(row) else {
                return false;
            };
            let text = texts.add(at);
            let length = sys::duckdb_string_t_length(*text) as usize;
            let start = sys::duckdb_string_t_data(text).cast::<u8>();
            match bytes_of_text(slice::from_raw_parts(start, length)) {
                Some(bytes) => sys::duckdb_vector_assign_string_element_len(
                    output,
                    row,
                    bytes.as_ptr().cast(),
                    bytes.len() as u64,
                ),
                None => {
                    sys::duckdb_cast_function_set_row_error(info, REFUSED.as_ptr(), row, output);
                    if !tries {
                        return false;
                    }
                }
            }
        }
    }
    true
}

/// PostgreSQL's hexadecimal format; its escape format, and DuckDB's, which may be mixed.
fn bytes_of_text(text: &[u8]) -> Option<Vec<u8>> {
    if let Some(digits) = text.strip_prefix(b"\\x")
        && let Some(bytes) = hexadecimal(digits)
    {
        return Some(bytes);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'\\' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (value, length) = match after {
            [b'\\', ..] => (b'\\', 1),
            [b'x', high, low, ..] => (digit(*high)? * 16 + digit(*low)?, 3),
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
                ((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 3)
            }
            _ => return None,
        };
        bytes.push(value);
        rest = after.get(length..)?;
    }
    Some(bytes)
}

/// Pairs of digits with blanks between them.
fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return Some(bytes),
            [b' ' | b'\t' | b'\n' | b'\r', after @ ..] => after,
            [high, low, after @ ..] => {
                bytes.push(digit(*high)? * 16 + digit(*low)?);
                after
            }
            [_] => return None,
        };
    }
}

fn digit(of: u8) -> Option<u8> {
    char::from(of)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_every_spelling() {
        for (text, expected) in [
            ("", Some(b"".as_slice())),
            ("abc", Some(b"abc")),
            ("\\x", Some(b"")),
            ("\\xff00FF", Some(&[0xff, 0, 0xff])),
            ("\\xde ad\tbe\nef", Some(&[0xde, 0xad, 0xbe, 0xef])),
            ("\\xAA\\xAB", Some(&[0xaa, 0xab])),
            ("\\xAAz", Some(&[0xaa, b'z'])),
            ("a\\xffb", Some(&[b'a', 0xff, b'b'])),
            ("a\\\\b", Some(b"a\\b")),
            ("a\\001\\377", Some(&[b'a', 1, 255])),
            ("\u{e9}", Some("\u{e9}".as_bytes())),
            ("\\xf", None),
            ("\\xzz", None),
            ("\\", None),
            ("a\\", None),
            ("\\400", None),
            ("\\12", None),
        ] {
            assert_eq!(
                bytes_of_text(text.as_bytes()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
