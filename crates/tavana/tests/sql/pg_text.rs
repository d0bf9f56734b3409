//! PostgreSQL's text format, by type, into the canonical texts of `support::display`.

use crate::support::display;

/// The element type of an array type that tavana sends.
pub(crate) fn element_of(oid: u32) -> Option<u32> {
    let pairs = [
        (1000, 16),
        (1001, 17),
        (1005, 21),
        (1007, 23),
        (1009, 25),
        (1016, 20),
        (1021, 700),
        (1022, 701),
        (1115, 1114),
        (1182, 1082),
        (1183, 1083),
        (1185, 1184),
        (1187, 1186),
        (1231, 1700),
        (1270, 1266),
        (1563, 1562),
        (2951, 2950),
        (199, 114),
    ];
    pairs
        .iter()
        .find(|(array, _)| *array == oid)
        .map(|(_, element)| *element)
}

pub(crate) fn value(oid: u32, text: &str) -> String {
    if let Some(element) = element_of(oid) {
        return array(element, text);
    }
    match oid {
        16 if text == "t" => "true".to_owned(),
        16 if text == "f" => "false".to_owned(),
        700 => display::float(text.parse().expect("a float"), true),
        701 => display::float(text.parse().expect("a float"), false),
        114 => display::json_text(text),
        _ => text.to_owned(),
    }
}

/// What an element of an array is: numbers lose their zeros as they do in JSON.
pub(crate) fn nested(oid: u32, text: &str) -> String {
    match oid {
        1700 => text
            .parse()
            .map_or(text.to_owned(), |number| display::float(number, false)),
        _ => value(oid, text),
    }
}

/// `{a,"b c",NULL}`: one dimension, which is all that tavana sends.
fn array(element: u32, text: &str) -> String {
    let inside = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or_else(|| panic!("not an array: {text}"));
    let mut parts = Vec::new();
    let mut characters = inside.chars().peekable();
    while characters.peek().is_some() {
        let mut part = String::new();
        let mut quoted = false;
        let mut open = false;
        while let Some(character) = characters.next() {
            match character {
                '"' => {
                    open = !open;
                    quoted = true;
                }
                ',' if !open => break,
                '\\' => part.extend(characters.next()),
                other => part.push(other),
            }
        }
        parts.push(match (quoted, part.as_str()) {
            (false, "NULL") => "NULL".to_owned(),
            _ => nested(element, &part),
        });
    }
    format!("[{}]", parts.join(", "))
}
