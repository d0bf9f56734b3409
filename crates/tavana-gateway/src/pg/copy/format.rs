//! The data of COPY in PostgreSQL's three formats (documentation, COPY, "File Formats").

mod decoder;
mod encoder;
#[cfg(test)]
mod tests;

pub(crate) use self::decoder::{CopyDecoder, CopyInput};
pub(crate) use self::encoder::CopyEncoder;

/// How the rows of a COPY are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CopyFormat {
    Text {
        delimiter: u8,
        null: String,
        header: bool,
    },
    Csv {
        delimiter: u8,
        quote: u8,
        /// What stands before a quote inside quotes; the quote itself unless told otherwise.
        escape: u8,
        null: String,
        header: bool,
        force_quote: ForceQuote,
    },
    Binary,
}

/// Columns whose values are quoted even where CSV does not need it. NULL never is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ForceQuote {
    None,
    All,
    Columns(Vec<String>),
}

/// What the binary format begins with; flags and the length of an extension follow.
const BINARY_SIGNATURE: [u8; 11] = *b"PGCOPY\n\xff\r\n\0";
