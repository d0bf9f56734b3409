//! Bytes of COPY in both directions.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, BinaryArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::BytesMut;
use proptest::prelude::*;

use super::*;
use crate::pg::text::TextOptions;

fn text() -> CopyFormat {
    CopyFormat::Text {
        delimiter: b'\t',
        null: "\\N".to_owned(),
        header: false,
    }
}

fn csv(header: bool, force_quote: ForceQuote) -> CopyFormat {
    CopyFormat::Csv {
        delimiter: b',',
        quote: b'"',
        escape: b'"',
        null: String::new(),
        header,
        force_quote,
    }
}

fn two_columns(numbers: Vec<Option<i32>>, words: Vec<Option<&str>>) -> RecordBatch {
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int32, true),
        Field::new("a,b", DataType::Utf8, true),
    ]));
    RecordBatch::try_new(
        schema,
        vec![
            Arc::new(Int32Array::from(numbers)),
            Arc::new(StringArray::from(words)),
        ],
    )
    .unwrap()
}

fn copied(batch: &RecordBatch, format: CopyFormat) -> Vec<Vec<u8>> {
    let types = ["INTEGER".to_owned(), "VARCHAR".to_owned()];
    let names = ["id".to_owned(), "a,b".to_owned()];
    let options = TextOptions::default();
    let mut encoder = CopyEncoder::new(&batch.schema(), &types, &names, format, &options).unwrap();
    let mut out = BytesMut::new();
    encoder.header(&mut out);
    encoder.encode(batch, &mut out).unwrap();
    encoder.trailer(&mut out);
    copy_data(&out)
}

/// The bodies of CopyData messages.
fn copy_data(mut out: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while !out.is_empty() {
        assert_eq!(out[0], b'd');
        let length = u32::from_be_bytes(out[1..5].try_into().unwrap()) as usize;
        messages.push(out[5..=length].to_vec());
        out = &out[length + 1..];
    }
    messages
}

fn strings(messages: Vec<Vec<u8>>) -> Vec<String> {
    messages
        .into_iter()
        .map(|message| String::from_utf8(message).unwrap())
        .collect()
}

#[test]
fn text_rows_are_lines_with_escapes() {
    let batch = two_columns(
        vec![Some(1), None, Some(3)],
        vec![Some("a\tb\\\n\r\u{8}\u{b}\u{c}é"), Some(""), None],
    );
    assert_eq!(
        strings(copied(&batch, text())),
        ["1\ta\\tb\\\\\\n\\r\\b\\v\\fé\n", "\\N\t\n", "3\t\\N\n"]
    );
    let piped = CopyFormat::Text {
        delimiter: b'|',
        null: "nil".to_owned(),
        header: true,
    };
    let batch = two_columns(vec![None], vec![Some("a|b")]);
    assert_eq!(strings(copied(&batch, piped)), ["id|a,b\n", "nil|a\\|b\n"]);
}

#[test]
fn csv_rows_quote_what_could_be_misread() {
    let batch = two_columns(
        vec![Some(1), None, Some(3), Some(4), Some(5)],
        vec![
            Some("plain"),
            Some(""),
            None,
            Some("a,\"b\"\n"),
            Some("\\."),
        ],
    );
    assert_eq!(
        strings(copied(&batch, csv(true, ForceQuote::None))),
        [
            "id,\"a,b\"\n",
            "1,plain\n",
            ",\"\"\n",
            "3,\n",
            "4,\"a,\"\"b\"\"\n\"\n",
            "5,\\.\n"
        ]
    );
    let forced = copied(
        &batch,
        csv(false, ForceQuote::Columns(vec!["a,b".to_owned()])),
    );
    assert_eq!(strings(forced)[..3], ["1,\"plain\"\n", ",\"\"\n", "3,\n"]);
    let all = copied(&batch, csv(false, ForceQuote::All));
    assert_eq!(strings(all)[0], "\"1\",\"plain\"\n");
    let other = CopyFormat::Csv {
        delimiter: b';',
        quote: b'\'',
        escape: b'\\',
        null: "NULL".to_owned(),
        header: false,
        force_quote: ForceQuote::None,
    };
    let batch = two_columns(vec![None, Some(2)], vec![Some("it's \\"), Some("NULL")]);
    assert_eq!(
        strings(copied(&batch, other)),
        ["NULL;'it\\'s \\\\'\n", "2;'NULL'\n"]
    );
}

#[test]
fn a_lone_end_marker_is_quoted_in_csv() {
    let schema = Schema::new(vec![Field::new("a", DataType::Utf8, true)]);
    let array = Arc::new(StringArray::from(vec!["\\."]));
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), vec![array]).unwrap();
    let (types, names) = (["VARCHAR".to_owned()], ["a".to_owned()]);
    let format = csv(false, ForceQuote::None);
    let options = TextOptions::default();
    let mut encoder = CopyEncoder::new(&schema, &types, &names, format, &options).unwrap();
    let mut out = BytesMut::new();
    encoder.encode(&batch, &mut out).unwrap();
    assert_eq!(strings(copy_data(&out)), ["\"\\.\"\n"]);
}

#[test]
fn binary_rows_follow_the_header_in_its_message() {
    let batch = two_columns(vec![Some(1), None], vec![Some("hi"), Some("")]);
    let header = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    let first = [&header[..], b"\0\x02\0\0\0\x04\0\0\0\x01\0\0\0\x02hi"].concat();
    assert_eq!(
        copied(&batch, CopyFormat::Binary),
        [
            first,
            b"\0\x02\xff\xff\xff\xff\0\0\0\0".to_vec(),
            b"\xff\xff".to_vec()
        ]
    );
    let empty = two_columns(vec![], vec![]);
    assert_eq!(
        copied(&empty, CopyFormat::Binary),
        [[&header[..], b"\xff\xff"].concat()]
    );
}

fn types(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Feeds the data in pieces of each size and demands the same answer.
fn decoded(
    format: &CopyFormat,
    duckdb_types: &[&str],
    data: &[u8],
) -> Result<Vec<Vec<Option<String>>>, CopyError> {
    let mut answers = Vec::new();
    for size in [1, 2, 3, 7, data.len().max(1)] {
        answers.push(decoded_in_pieces(format, duckdb_types, data, size));
    }
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    answers.remove(0)
}

use super::decoder::CopyError;

fn decoded_in_pieces(
    format: &CopyFormat,
    duckdb_types: &[&str],
    data: &[u8],
    size: usize,
) -> Result<Vec<Vec<Option<String>>>, CopyError> {
    let mut decoder = CopyDecoder::new(format.clone(), &types(duckdb_types))?;
    let mut batches = Vec::new();
    for piece in data.chunks(size) {
        batches.extend(decoder.push(piece)?);
    }
    batches.extend(decoder.finish()?);
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(
                batch
                    .columns()
                    .iter()
                    .map(|column| cell(&**column, row))
                    .collect(),
            );
        }
    }
    Ok(rows)
}

fn cell(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Binary => format!("{:02x?}", column.as_binary::<i32>().value(row)),
        _ => column.as_string::<i32>().value(row).to_owned(),
    })
}

fn row(cells: &[Option<&str>]) -> Vec<Option<String>> {
    cells.iter().map(|cell| cell.map(str::to_owned)).collect()
}

#[test]
fn text_lines_become_rows() {
    let rows = decoded(
        &text(),
        &["INTEGER", "VARCHAR"],
        b"1\ta\\tb\\\\\\n\n\\N\t\\N\r\n3\t\n4\t\\x41\\101\\q\\\nz\n\\.\nignored",
    )
    .unwrap();
    assert_eq!(
        rows,
        [
            row(&[Some("1"), Some("a\tb\\\n")]),
            row(&[None, None]),
            row(&[Some("3"), Some("")]),
            row(&[Some("4"), Some("AAq\nz")]),
        ]
    );
    let last = decoded(&text(), &["BOOLEAN", "BLOB"], b"t\t\\\\x00ff\nf\t\\\\x").unwrap();
    assert_eq!(
        last,
        [
            row(&[Some("true"), Some("[00, ff]")]),
            row(&[Some("false"), Some("[]")])
        ]
    );
    let header = CopyFormat::Text {
        delimiter: b'|',
        null: "nil".to_owned(),
        header: true,
    };
    let rows = decoded(&header, &["INTEGER", "VARCHAR"], b"a|b\n1|x\\|y\n2|nil\n").unwrap();
    assert_eq!(
        rows,
        [row(&[Some("1"), Some("x|y")]), row(&[Some("2"), None])]
    );
    assert_eq!(
        decoded(&text(), &["VARCHAR"], b"\n").unwrap(),
        [row(&[Some("")])]
    );
    assert!(decoded(&text(), &["VARCHAR"], b"").unwrap().is_empty());
}

#[test]
fn csv_records_become_rows() {
    let rows = decoded(
        &csv(true, ForceQuote::None),
        &["INTEGER", "VARCHAR"],
        b"id,name\r\n1,plain\r\n2,\"a,\"\"b\"\"\r\nc\"\n3,\n4,\"\"\n5,x\"y,\"z\n\\.\n6,\"",
    )
    .unwrap();
    assert_eq!(
        rows,
        [
            row(&[Some("1"), Some("plain")]),
            row(&[Some("2"), Some("a,\"b\"\r\nc")]),
            row(&[Some("3"), None]),
            row(&[Some("4"), Some("")]),
            row(&[Some("5"), Some("xy,z")]),
        ]
    );
    let other = CopyFormat::Csv {
        delimiter: b';',
        quote: b'\'',
        escape: b'\\',
        null: "NULL".to_owned(),
        header: false,
        force_quote: ForceQuote::None,
    };
    let rows = decoded(
        &other,
        &["INTEGER", "VARCHAR"],
        b"NULL;'it\\'s \\\\ \\n'\n2;'NULL'\n3;NULL",
    )
    .unwrap();
    assert_eq!(
        rows,
        [
            row(&[None, Some("it's \\ \\n")]),
            row(&[Some("2"), Some("NULL")]),
            row(&[Some("3"), None])
        ]
    );
}

#[test]
fn binary_tuples_become_rows() {
    let mut data = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x02ex".to_vec();
    data.extend(b"\0\x02\0\0\0\x04\0\0\0\x07\0\0\0\x02hi");
    data.extend(b"\0\x02\xff\xff\xff\xff\0\0\0\0");
    let expected = [row(&[Some("7"), Some("hi")]), row(&[None, Some("")])];
    let columns = ["INTEGER", "VARCHAR"];
    assert_eq!(
        decoded(&CopyFormat::Binary, &columns, &data).unwrap(),
        expected
    );
    data.extend(b"\xff\xff");
    assert_eq!(
        decoded(&CopyFormat::Binary, &columns, &data).unwrap(),
        expected
    );
}

#[test]
fn broken_data_is_refused_with_its_line() {
    for (format, data, state, message) in [
        (
            text(),
            &b"1\tx\n2\n"[..],
            "22P04",
            "missing data for column \"2\" (COPY, line 2)",
        ),
        (
            text(),
            b"1\tx\ty\n",
            "22P04",
            "extra data after last expected column (COPY, line 1)",
        ),
        (
            text(),
            b"1\tx\nabc\tx\n",
            "22P02",
            "invalid input syntax for type integer: \"abc\" (COPY, line 2, column 1)",
        ),
        (
            text(),
            b"1\t\xff\n",
            "22021",
            "invalid byte sequence for encoding \"UTF8\": 0xff (COPY, line 1, column 2)",
        ),
        (
            text(),
            b"1\t\\000\n",
            "22021",
            "invalid byte sequence for encoding \"UTF8\": 0x00 (COPY, line 1, column 2)",
        ),
        (
            csv(false, ForceQuote::None),
            b"1,\"x\n",
            "22P04",
            "unterminated CSV quoted field (COPY, line 1)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xfe",
            "22P04",
            "COPY file signature not recognized (COPY, line 0)",
        ),
        (
            CopyFormat::Binary,
            b"",
            "22P04",
            "unexpected EOF in COPY data (COPY, line 0)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x01",
            "22P04",
            "row field count is 1, expected 2 (COPY, line 1)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x04",
            "22P04",
            "unexpected EOF in COPY data (COPY, line 0)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x02\0\0\0\0\0\0",
            "08P01",
            "insufficient data left in message (COPY, line 1, column 1)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xff\r\n\0\0\x01\0\0\0\0\0\0",
            "22P04",
            "invalid COPY file header (WITH OIDS) (COPY, line 0)",
        ),
        (
            CopyFormat::Binary,
            b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\xff\xffx",
            "22P04",
            "received copy data after EOF marker (COPY, line 0)",
        ),
    ] {
        let error = decoded(&format, &["INTEGER", "VARCHAR"], data).unwrap_err();
        assert_eq!(
            (error.sql_state(), error.to_string().as_str()),
            (state, message)
        );
    }
}

#[test]
fn batches_are_given_out_before_they_grow_large() {
    let mut decoder = CopyDecoder::new(text(), &types(&["BIGINT"])).unwrap();
    let data: String = (0..20_000).map(|number| format!("{number}\n")).collect();
    let ready = decoder.push(data.as_bytes()).unwrap();
    let rows: Vec<usize> = ready.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(rows, [8_192, 8_192]);
    assert_eq!(decoder.finish().unwrap()[0].num_rows(), 20_000 - 2 * 8_192);

    let mut decoder = CopyDecoder::new(text(), &types(&["VARCHAR"])).unwrap();
    let long = format!("{}\n", "x".repeat(600_000));
    assert!(decoder.push(long.as_bytes()).unwrap().is_empty());
    assert_eq!(decoder.push(long.as_bytes()).unwrap()[0].num_rows(), 2);
}

fn any_format() -> impl Strategy<Value = CopyFormat> {
    prop_oneof![
        Just(text()),
        Just(CopyFormat::Text {
            delimiter: b'a',
            null: "NULL".to_owned(),
            header: true
        }),
        Just(csv(false, ForceQuote::None)),
        Just(csv(true, ForceQuote::All)),
        Just(CopyFormat::Csv {
            delimiter: b';',
            quote: b'\'',
            escape: b'\\',
            null: "NULL".to_owned(),
            header: false,
            force_quote: ForceQuote::None,
        }),
        Just(CopyFormat::Binary),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_copied_out_can_be_copied_in(
        rows in proptest::collection::vec(
            (any::<Option<i64>>(), any::<Option<f64>>(), any::<Option<String>>(), any::<Option<Vec<u8>>>()),
            0..20,
        ),
        words in proptest::collection::vec("[a\\\\'\";,\n\r\tNUL.\\. ]{0,6}", 20),
        format in any_format(),
        size in 1_usize..64,
    ) {
        let clean = |text: &String| text.replace('\0', "");
        let texts: Vec<Option<String>> = rows
            .iter()
            .zip(&words)
            .map(|(row, word)| row.2.as_ref().map(|text| clean(text) + word))
            .collect();
        let schema = Arc::new(Schema::new(vec![
            Field::new("a", DataType::Int64, true),
            Field::new("b", DataType::Float64, true),
            Field::new("c", DataType::Utf8, true),
            Field::new("d", DataType::Binary, true),
        ]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![
            Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| row.1).collect::<Float64Array>()),
            Arc::new(texts.iter().cloned().collect::<StringArray>()),
            Arc::new(rows.iter().map(|row| row.3.as_deref()).collect::<BinaryArray>()),
        ]).unwrap();
        let duckdb_types = types(&["BIGINT", "DOUBLE", "VARCHAR", "BLOB"]);
        let names = types(&["a", "b", "c", "d"]);
        let options = TextOptions::default();
        let mut encoder =
            CopyEncoder::new(&schema, &duckdb_types, &names, format.clone(), &options).unwrap();
        let mut out = BytesMut::new();
        encoder.header(&mut out);
        encoder.encode(&batch, &mut out).unwrap();
        encoder.trailer(&mut out);
        let data = copy_data(&out).concat();
        let mut decoder = CopyDecoder::new(format, &duckdb_types).unwrap();
        let mut batches = Vec::new();
        for piece in data.chunks(size) {
            batches.extend(decoder.push(piece).unwrap());
        }
        batches.extend(decoder.finish().unwrap());
        prop_assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), rows.len());
        if let Some(back) = batches.first() {
            for (index, _) in rows.iter().enumerate() {
                for column in [0, 2, 3] {
                    prop_assert_eq!(
                        cell(&**back.column(column), index),
                        cell(&**batch.column(column), index)
                    );
                }
                let float = |batch: &RecordBatch| {
                    let column = batch.column(1).as_primitive::<arrow_array::types::Float64Type>();
                    (!column.is_null(index)).then(|| column.value(index))
                };
                prop_assert_eq!(
                    float(back).map(|value| if value.is_nan() { 1 } else { value.to_bits() }),
                    float(&batch).map(|value| if value.is_nan() { 1 } else { value.to_bits() })
                );
            }
        }
    }

    #[test]
    fn no_data_makes_decoding_panic(
        data in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\\'), Just(b'"'), Just(b','), Just(b'.'), any::<u8>()],
            0..80,
        ),
        format in any_format(),
        size in 1_usize..16,
        signed in any::<bool>(),
    ) {
        let duckdb_types = types(&["INTEGER", "VARCHAR"]);
        let mut decoder = CopyDecoder::new(format, &duckdb_types).unwrap();
        let mut whole = Vec::new();
        if signed {
            whole.extend(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        }
        whole.extend(data);
        for piece in whole.chunks(size) {
            if decoder.push(piece).is_err() {
                return Ok(());
            }
        }
        drop(decoder.finish());
    }
}
