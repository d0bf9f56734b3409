//! Whole messages: real Arrow layouts in, exact bytes out.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{
    FixedSizeBinaryBuilder, Int32Builder, ListBuilder, MapBuilder, StringBuilder,
};
use arrow_array::types::{IntervalMonthDayNano, UInt8Type};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    FixedSizeListArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
    IntervalMonthDayNanoArray, LargeStringArray, NullArray, StringArray, StringViewArray,
    StructArray, Time64MicrosecondArray, Time64NanosecondArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array, UnionArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields, UnionFields, UnionMode};
use proptest::prelude::*;

use super::*;

fn field(array: &ArrayRef, extension: Option<(&str, &str)>) -> Field {
    let field = Field::new("c", array.data_type().clone(), true);
    match extension {
        None => field,
        Some((name, metadata)) => field.with_metadata(HashMap::from([
            ("ARROW:extension:name".to_owned(), name.to_owned()),
            ("ARROW:extension:metadata".to_owned(), metadata.to_owned()),
        ])),
    }
}

fn opaque(name: &str) -> String {
    format!("{{\"type_name\": \"{name}\", \"vendor_name\": \"DuckDB\"}}")
}

/// One column and how its type is called.
struct Sample {
    array: ArrayRef,
    extension: Option<(&'static str, String)>,
    duckdb_type: &'static str,
}

impl Sample {
    fn of(duckdb_type: &'static str, array: impl Array + 'static) -> Self {
        Self {
            array: Arc::new(array),
            extension: None,
            duckdb_type,
        }
    }

    fn marked(mut self, name: &'static str, metadata: &str) -> Self {
        self.extension = Some((name, metadata.to_owned()));
        self
    }

    fn field(&self) -> Field {
        let extension = self.extension.as_ref();
        field(
            &self.array,
            extension.map(|(name, metadata)| (*name, metadata.as_str())),
        )
    }

    fn messages(
        &self,
        format: ResultFormat,
        options: &TextOptions,
    ) -> Result<BytesMut, EncodeError> {
        let schema = Arc::new(Schema::new(vec![self.field()]));
        let batch =
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::clone(&self.array)]).unwrap();
        let types = [self.duckdb_type.to_owned()];
        let encoder = RowEncoder::new(&schema, &types, &[format], options)?;
        let mut out = BytesMut::new();
        encoder.encode(&batch, 0..batch.num_rows(), &mut out)?;
        Ok(out)
    }

    /// The values of the only column, one per row.
    fn values(&self, format: ResultFormat, options: &TextOptions) -> Vec<Option<Vec<u8>>> {
        fields_of(&self.messages(format, options).unwrap())
            .into_iter()
            .map(|mut row| row.remove(0))
            .collect()
    }

    fn texts(&self, options: &TextOptions) -> Vec<String> {
        self.values(ResultFormat::Text, options)
            .into_iter()
            .map(|value| value.map_or("NULL".to_owned(), |text| String::from_utf8(text).unwrap()))
            .collect()
    }
}

/// Takes DataRow messages apart again, checking every length.
fn fields_of(mut messages: &[u8]) -> Vec<Vec<Option<Vec<u8>>>> {
    let mut rows = Vec::new();
    while !messages.is_empty() {
        assert_eq!(messages[0], b'D');
        let length = i32::from_be_bytes(messages[1..5].try_into().unwrap()) as usize;
        let mut body = &messages[5..=length];
        messages = &messages[length + 1..];
        let count = i16::from_be_bytes(body[..2].try_into().unwrap());
        body = &body[2..];
        let mut row = Vec::new();
        for _ in 0..count {
            let length = i32::from_be_bytes(body[..4].try_into().unwrap());
            body = &body[4..];
            row.push(match usize::try_from(length) {
                Ok(length) => {
                    let (value, rest) = body.split_at(length);
                    body = rest;
                    Some(value.to_vec())
                }
                Err(_) => None,
            });
        }
        assert!(body.is_empty());
        rows.push(row);
    }
    rows
}

fn hugeint(values: &[Option<i128>]) -> arrow_array::FixedSizeBinaryArray {
    let mut builder = FixedSizeBinaryBuilder::new(16);
    for value in values {
        match value {
            Some(value) => builder.append_value(value.to_le_bytes()).unwrap(),
            None => builder.append_null(),
        }
    }
    builder.finish()
}

fn integers(lists: &[Option<&[Option<i32>]>]) -> arrow_array::ListArray {
    let mut builder = ListBuilder::new(Int32Builder::new());
    for list in lists {
        match list {
            Some(values) => builder.append_value(values.iter().copied()),
            None => builder.append_null(),
        }
    }
    builder.finish()
}

fn strings(lists: &[&[Option<&str>]]) -> arrow_array::ListArray {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in lists {
        builder.append_value(list.iter().copied());
    }
    builder.finish()
}

const MIN: i64 = -i64::MAX;

#[test]
fn a_row_is_one_data_row_message() {
    let schema = Arc::new(Schema::new(vec![
        Field::new("a", DataType::Int32, true),
        Field::new("b", DataType::Utf8, true),
    ]));
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![
            Arc::new(Int32Array::from(vec![Some(-7), None])),
            Arc::new(StringArray::from(vec![Some("hi"), Some("")])),
        ],
    )
    .unwrap();
    let types = ["INTEGER".to_owned(), "VARCHAR".to_owned()];
    let formats = [ResultFormat::Binary, ResultFormat::Text];
    let encoder = RowEncoder::new(&schema, &types, &formats, &TextOptions::default()).unwrap();
    let mut out = BytesMut::new();
    encoder.encode(&batch, 0..2, &mut out).unwrap();
    assert_eq!(
        &out[..],
        b"D\0\0\0\x14\0\x02\0\0\0\x04\xff\xff\xff\xf9\0\0\0\x02hi\
          D\0\0\0\x0e\0\x02\xff\xff\xff\xff\0\0\0\0"
    );
    let mut second = BytesMut::new();
    encoder.encode(&batch, 1..2, &mut second).unwrap();
    assert_eq!(second[..], out[21..]);
}

#[test]
fn every_type_has_its_postgresql_text() {
    let uuid = {
        let mut builder = FixedSizeBinaryBuilder::new(16);
        builder
            .append_value(0x550e_8400_e29b_41d4_a716_4466_5544_0000_u128.to_be_bytes())
            .unwrap();
        builder.finish()
    };
    let timetz = {
        let mut builder = FixedSizeBinaryBuilder::new(8);
        for packed in [
            0x0861_c468_0000_c4df_u64,
            0x141d_d760_0000_0000 | (57_599 + 57_540),
        ] {
            builder.append_value(packed.to_le_bytes()).unwrap();
        }
        builder.finish()
    };
    let mood = DictionaryArray::<UInt8Type>::new(
        UInt8Array::from(vec![Some(1), None, Some(0)]),
        Arc::new(StringArray::from(vec!["sad", "ok"])),
    );
    let day = 86_400_000_000_i64;
    for (sample, expected) in [
        (
            Sample::of(
                "BOOLEAN",
                BooleanArray::from(vec![Some(true), Some(false), None]),
            ),
            vec!["t", "f", "NULL"],
        ),
        (
            Sample::of("BOOLEAN", Int8Array::from(vec![1, 0])).marked("arrow.bool8", ""),
            vec!["t", "f"],
        ),
        (
            Sample::of("TINYINT", Int8Array::from(vec![-128, 127])),
            vec!["-128", "127"],
        ),
        (
            Sample::of("UTINYINT", UInt8Array::from(vec![255])),
            vec!["255"],
        ),
        (
            Sample::of("SMALLINT", Int16Array::from(vec![-32_768])),
            vec!["-32768"],
        ),
        (
            Sample::of("USMALLINT", UInt16Array::from(vec![65_535])),
            vec!["65535"],
        ),
        (
            Sample::of("INTEGER", Int32Array::from(vec![i32::MIN])),
            vec!["-2147483648"],
        ),
        (
            Sample::of("UINTEGER", UInt32Array::from(vec![u32::MAX])),
            vec!["4294967295"],
        ),
        (
            Sample::of("BIGINT", Int64Array::from(vec![i64::MIN])),
            vec!["-9223372036854775808"],
        ),
        (
            Sample::of("UBIGINT", UInt64Array::from(vec![u64::MAX])),
            vec!["18446744073709551615"],
        ),
        (
            Sample::of("HUGEINT", hugeint(&[Some(i128::MIN), None, Some(-3)]))
                .marked("arrow.opaque", &opaque("hugeint")),
            vec!["-170141183460469231731687303715884105728", "NULL", "-3"],
        ),
        (
            Sample::of("UHUGEINT", hugeint(&[Some(-1)]))
                .marked("arrow.opaque", &opaque("uhugeint")),
            vec!["340282366920938463463374607431768211455"],
        ),
        (
            Sample::of(
                "BIGNUM",
                BinaryArray::from(vec![&[0x7f_u8, 0xff, 0xfd, 0xcf, 0xc6][..]]),
            )
            .marked("arrow.opaque", &opaque("bignum")),
            vec!["-12345"],
        ),
        (
            Sample::of(
                "DECIMAL(18,3)",
                Decimal128Array::from(vec![1500, -5])
                    .with_precision_and_scale(18, 3)
                    .unwrap(),
            ),
            vec!["1.500", "-0.005"],
        ),
        (
            Sample::of("FLOAT", Float32Array::from(vec![0.1, 1e6])),
            vec!["0.1", "1e+06"],
        ),
        (
            Sample::of("DOUBLE", Float64Array::from(vec![0.1, 1e20, f64::NAN])),
            vec!["0.1", "1e+20", "NaN"],
        ),
        (
            Sample::of(
                "VARCHAR",
                StringArray::from(vec![Some("a"), None, Some(""), Some(&"é".repeat(40))]),
            ),
            vec!["a", "NULL", "", &"é".repeat(40)],
        ),
        (
            Sample::of("VARCHAR", LargeStringArray::from(vec!["x"])),
            vec!["x"],
        ),
        (
            Sample::of(
                "VARCHAR",
                StringViewArray::from(vec!["x", "longer than twelve bytes"]),
            ),
            vec!["x", "longer than twelve bytes"],
        ),
        (
            Sample::of("ENUM('sad', 'ok')", mood),
            vec!["ok", "NULL", "sad"],
        ),
        (
            Sample::of(
                "BLOB",
                BinaryArray::from(vec![&[0_u8, 0xff, b'a'][..], &[]]),
            ),
            vec!["\\x00ff61", "\\x"],
        ),
        (
            Sample::of(
                "BIT",
                BinaryArray::from(vec![&[5_u8, 0xfd][..], &[0, 0xa5], &[4, 0xf1, 0x01]]),
            )
            .marked("arrow.opaque", &opaque("bit")),
            vec!["101", "10100101", "000100000001"],
        ),
        (
            Sample::of("UUID", uuid).marked("arrow.uuid", ""),
            vec!["550e8400-e29b-41d4-a716-446655440000"],
        ),
        (
            Sample::of(
                "DATE",
                Date32Array::from(vec![0, 18_262, i32::MAX, -i32::MAX, -735_160]),
            ),
            vec![
                "1970-01-01",
                "2020-01-01",
                "infinity",
                "-infinity",
                "0044-03-15 BC",
            ],
        ),
        (
            Sample::of(
                "TIME",
                Time64MicrosecondArray::from(vec![0, 36_000_500_000, day]),
            ),
            vec!["00:00:00", "10:00:00.5", "24:00:00"],
        ),
        (
            Sample::of(
                "TIME_NS",
                Time64NanosecondArray::from(vec![36_000_123_456_789]),
            ),
            vec!["10:00:00.123456"],
        ),
        (
            Sample::of("TIME WITH TIME ZONE", timetz).marked("arrow.opaque", &opaque("time_tz")),
            vec!["10:00:00+02", "24:00:00-15:59"],
        ),
        (
            Sample::of(
                "TIMESTAMP",
                TimestampMicrosecondArray::from(vec![-1, i64::MAX, MIN]),
            ),
            vec!["1969-12-31 23:59:59.999999", "infinity", "-infinity"],
        ),
        (
            Sample::of("TIMESTAMP_S", TimestampSecondArray::from(vec![1, i64::MAX])),
            vec!["1970-01-01 00:00:01", "infinity"],
        ),
        (
            Sample::of("TIMESTAMP_MS", TimestampMillisecondArray::from(vec![-1])),
            vec!["1969-12-31 23:59:59.999"],
        ),
        (
            Sample::of(
                "TIMESTAMP_NS",
                TimestampNanosecondArray::from(vec![-1, MIN]),
            ),
            vec!["1969-12-31 23:59:59.999999", "-infinity"],
        ),
        (
            Sample::of(
                "TIMESTAMP WITH TIME ZONE",
                TimestampMicrosecondArray::from(vec![0, i64::MAX]).with_timezone("UTC"),
            ),
            vec!["1970-01-01 00:00:00+00", "infinity"],
        ),
        (
            Sample::of(
                "INTERVAL",
                IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(
                    14,
                    -3,
                    1_500_000_000,
                )]),
            ),
            vec!["1 year 2 mons -3 days +00:00:01.5"],
        ),
        (
            Sample::of("JSON", StringArray::from(vec!["{\"a\": 1}"])).marked("arrow.json", ""),
            vec!["{\"a\": 1}"],
        ),
        (
            Sample::of("VARIANT", StringArray::from(vec!["[1]"])),
            vec!["[1]"],
        ),
        (
            Sample::of("GEOMETRY", BinaryArray::from(vec![&[1_u8, 2][..]]))
                .marked("geoarrow.wkb", "{}"),
            vec!["\\x0102"],
        ),
        (
            Sample::of("\"NULL\"", Int32Array::from(vec![None::<i32>])),
            vec!["NULL"],
        ),
        (
            Sample::of("\"NULL\"", NullArray::new(2)),
            vec!["NULL", "NULL"],
        ),
        (
            Sample::of(
                "INTEGER[]",
                integers(&[Some(&[Some(1), None, Some(-3)]), None, Some(&[])]),
            ),
            vec!["{1,NULL,-3}", "NULL", "{}"],
        ),
        (
            Sample::of(
                "VARCHAR[]",
                strings(&[&[
                    Some("a"),
                    Some(""),
                    Some("null"),
                    Some("a b"),
                    Some("q\"\\,{}"),
                    None,
                ]]),
            ),
            vec!["{a,\"\",\"null\",\"a b\",\"q\\\"\\\\,{}\",NULL}"],
        ),
        (
            Sample::of(
                "INTEGER[2]",
                FixedSizeListArray::new(
                    Arc::new(Field::new("", DataType::Int32, true)),
                    2,
                    Arc::new(Int32Array::from(vec![1, 2, 3, 4])),
                    None,
                ),
            ),
            vec!["{1,2}", "{3,4}"],
        ),
    ] {
        assert_eq!(
            sample.texts(&TextOptions::default()),
            expected,
            "{}",
            sample.duckdb_type
        );
    }
}

#[test]
fn every_type_has_its_postgresql_binary_form() {
    let timetz = {
        let mut builder = FixedSizeBinaryBuilder::new(8);
        builder
            .append_value(0x0861_c468_0000_c4df_u64.to_le_bytes())
            .unwrap();
        builder.finish()
    };
    for (sample, expected) in [
        (Sample::of("BOOLEAN", BooleanArray::from(vec![true])), "01"),
        (
            Sample::of("BOOLEAN", Int8Array::from(vec![1])).marked("arrow.bool8", ""),
            "01",
        ),
        (Sample::of("TINYINT", Int8Array::from(vec![-1])), "ffff"),
        (Sample::of("UTINYINT", UInt8Array::from(vec![255])), "00ff"),
        (Sample::of("SMALLINT", Int16Array::from(vec![-2])), "fffe"),
        (
            Sample::of("USMALLINT", UInt16Array::from(vec![65_535])),
            "0000ffff",
        ),
        (
            Sample::of("INTEGER", Int32Array::from(vec![-2])),
            "fffffffe",
        ),
        (
            Sample::of("UINTEGER", UInt32Array::from(vec![u32::MAX])),
            "00000000ffffffff",
        ),
        (
            Sample::of("BIGINT", Int64Array::from(vec![-2])),
            "fffffffffffffffe",
        ),
        (
            Sample::of("UBIGINT", UInt64Array::from(vec![u64::MAX])),
            "000500040000000007341a5802e103bb064f",
        ),
        (
            Sample::of("HUGEINT", hugeint(&[Some(-3)])).marked("arrow.opaque", &opaque("hugeint")),
            "00010000400000000003",
        ),
        (
            Sample::of(
                "DECIMAL(18,3)",
                Decimal128Array::from(vec![1_500])
                    .with_precision_and_scale(18, 3)
                    .unwrap(),
            ),
            "000200000000000300011388",
        ),
        (
            Sample::of("FLOAT", Float32Array::from(vec![1.5])),
            "3fc00000",
        ),
        (
            Sample::of("DOUBLE", Float64Array::from(vec![1.5])),
            "3ff8000000000000",
        ),
        (Sample::of("VARCHAR", StringArray::from(vec!["hi"])), "6869"),
        (
            Sample::of("BLOB", BinaryArray::from(vec![&[0_u8, 0xff][..]])),
            "00ff",
        ),
        (
            Sample::of("BIT", BinaryArray::from(vec![&[5_u8, 0xfd][..]]))
                .marked("arrow.opaque", &opaque("bit")),
            "00000003a0",
        ),
        (
            Sample::of("BIT", BinaryArray::from(vec![&[4_u8, 0xf1, 0x23][..]]))
                .marked("arrow.opaque", &opaque("bit")),
            "0000000c1230",
        ),
        (
            Sample::of("DATE", Date32Array::from(vec![10_958])),
            "00000001",
        ),
        (
            Sample::of("DATE", Date32Array::from(vec![i32::MAX])),
            "7fffffff",
        ),
        (
            Sample::of("DATE", Date32Array::from(vec![-i32::MAX])),
            "80000000",
        ),
        (
            Sample::of("TIME_NS", Time64NanosecondArray::from(vec![1_999])),
            "0000000000000001",
        ),
        (
            Sample::of("TIME WITH TIME ZONE", timetz).marked("arrow.opaque", &opaque("time_tz")),
            "0000000861c46800ffffe3e0",
        ),
        (
            Sample::of(
                "TIMESTAMP",
                TimestampMicrosecondArray::from(vec![946_684_800_000_001]),
            ),
            "0000000000000001",
        ),
        (
            Sample::of("TIMESTAMP", TimestampMicrosecondArray::from(vec![i64::MAX])),
            "7fffffffffffffff",
        ),
        (
            Sample::of("TIMESTAMP_S", TimestampSecondArray::from(vec![MIN])),
            "8000000000000000",
        ),
        (
            Sample::of(
                "INTERVAL",
                IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(14, -3, 1_500_000)]),
            ),
            "00000000000005dcfffffffd0000000e",
        ),
        (
            Sample::of("JSON", StringArray::from(vec!["1"])).marked("arrow.json", ""),
            "31",
        ),
        (
            Sample::of("INTEGER[]", integers(&[Some(&[Some(1), None])])),
            "000000010000000100000017000000020000000100000004 00000001ffffffff",
        ),
        (
            Sample::of("INTEGER[]", integers(&[Some(&[])])),
            "000000000000000000000017",
        ),
        (
            Sample::of("VARCHAR[]", strings(&[&[Some("a")]])),
            "000000010000000000000019000000010000000100000001 61",
        ),
        (
            Sample::of("\"NULL\"[]", integers(&[Some(&[None])])),
            "00000001000000010000001900000001 00000001ffffffff",
        ),
    ] {
        let values = sample.values(ResultFormat::Binary, &TextOptions::default());
        let hex: String = values[0]
            .as_ref()
            .unwrap()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected.replace(' ', ""), "{}", sample.duckdb_type);
    }
}

#[test]
fn the_session_settings_change_the_text() {
    let mut options = TextOptions::default();
    options.set_date_style("German").unwrap();
    options.set_interval_style("iso_8601").unwrap();
    options.set_bytea_output("escape").unwrap();
    options.set_extra_float_digits("0").unwrap();
    options.set_time_zone("Europe/Berlin").unwrap();
    for (sample, expected) in [
        (
            Sample::of("DATE", Date32Array::from(vec![18_262, i32::MAX])),
            vec!["01.01.2020", "infinity"],
        ),
        (
            Sample::of("TIMESTAMP", TimestampMicrosecondArray::from(vec![0])),
            vec!["01.01.1970 00:00:00"],
        ),
        (
            Sample::of(
                "TIMESTAMP WITH TIME ZONE",
                TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC"),
            ),
            vec!["01.01.1970 01:00:00 CET"],
        ),
        (
            Sample::of(
                "INTERVAL",
                IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(14, 0, 0)]),
            ),
            vec!["P1Y2M"],
        ),
        (
            Sample::of("BLOB", BinaryArray::from(vec![&b"a\\\0\xff"[..]])),
            vec!["a\\\\\\000\\377"],
        ),
        (
            Sample::of("DOUBLE", Float64Array::from(vec![0.1 + 0.2])),
            vec!["0.3"],
        ),
        (
            Sample::of("FLOAT", Float32Array::from(vec![0.1])),
            vec!["0.1"],
        ),
    ] {
        assert_eq!(sample.texts(&options), expected, "{}", sample.duckdb_type);
    }
    options.set_date_style("ISO").unwrap();
    let stamps =
        TimestampMicrosecondArray::from(vec![1_577_836_800_500_000, -5_364_662_400_000_000]);
    let sample = Sample::of("TIMESTAMP WITH TIME ZONE", stamps.with_timezone("UTC"));
    assert_eq!(
        sample.texts(&options),
        ["2020-01-01 01:00:00.5+01", "1800-01-01 00:53:28+00:53:28"]
    );
}

#[test]
fn nested_values_are_compact_json() {
    let point = StructArray::from(vec![
        (
            Arc::new(Field::new("a\"", DataType::Int32, true)),
            Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("b", DataType::Utf8, true)),
            Arc::new(StringArray::from(vec!["x\n\u{1}\\", "é"])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("c", DataType::Float64, true)),
            Arc::new(Float64Array::from(vec![1.0, f64::NAN])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("d", DataType::Date32, true)),
            Arc::new(Date32Array::from(vec![0, 1])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("e", DataType::Binary, true)),
            Arc::new(BinaryArray::from(vec![&b"a\xaa\""[..], b""])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("f", DataType::Decimal128(8, 2), true)),
            Arc::new(
                Decimal128Array::from(vec![150, -5])
                    .with_precision_and_scale(8, 2)
                    .unwrap(),
            ) as ArrayRef,
        ),
        (
            Arc::new(Field::new("g", DataType::Decimal128(38, 2), true)),
            Arc::new(
                Decimal128Array::from(vec![150, -5])
                    .with_precision_and_scale(38, 2)
                    .unwrap(),
            ) as ArrayRef,
        ),
        (
            Arc::new(Field::new("h", DataType::Boolean, true)),
            Arc::new(BooleanArray::from(vec![true, false])) as ArrayRef,
        ),
    ]);
    let map = {
        let mut builder = MapBuilder::new(None, Int32Builder::new(), StringBuilder::new());
        builder.keys().append_value(1);
        builder.values().append_value("x");
        builder.keys().append_value(2);
        builder.values().append_null();
        builder.append(true).unwrap();
        builder.append(true).unwrap();
        builder.append(false).unwrap();
        builder.finish()
    };
    let union = {
        let fields: UnionFields = [
            (0_i8, Arc::new(Field::new("i", DataType::Int32, true))),
            (1, Arc::new(Field::new("s", DataType::Utf8, true))),
        ]
        .into_iter()
        .collect();
        assert!(matches!(
            DataType::Union(fields.clone(), UnionMode::Sparse),
            DataType::Union(..)
        ));
        UnionArray::try_new(
            fields,
            ScalarBuffer::from(vec![0_i8, 1]),
            None,
            vec![
                Arc::new(Int32Array::from(vec![Some(7), None])),
                Arc::new(StringArray::from(vec![None, Some("q")])),
            ],
        )
        .unwrap()
    };
    let inner = integers(&[Some(&[Some(1), None]), None, Some(&[])]);
    let nested = arrow_array::ListArray::new(
        Arc::new(Field::new("l", inner.data_type().clone(), true)),
        OffsetBuffer::from_lengths([2, 1]),
        Arc::new(inner),
        Some(NullBuffer::from(vec![true, true])),
    );
    let documents = {
        let values = StringArray::from(vec!["{\"a\": 1}", "2"]);
        let field = Field::new("l", DataType::Utf8, true).with_metadata(HashMap::from([(
            "ARROW:extension:name".to_owned(),
            "arrow.json".to_owned(),
        )]));
        arrow_array::ListArray::new(
            Arc::new(field),
            OffsetBuffer::from_lengths([2]),
            Arc::new(values),
            None,
        )
    };
    for (sample, expected) in [
        (
            Sample::of("STRUCT(...)", point),
            vec![
                r#"{"a\"":1,"b":"x\n\u0001\\","c":1.0,"d":"1970-01-01","e":"a\\xAA\\x22","f":1.5,"g":1.50,"h":true}"#,
                r#"{"a\"":null,"b":"é","c":"NaN","d":"1970-01-02","e":"","f":-0.05,"g":-0.05,"h":false}"#,
            ],
        ),
        (
            Sample::of("MAP(INTEGER, VARCHAR)", map),
            vec![r#"{"1":"x","2":null}"#, "{}", "NULL"],
        ),
        (
            Sample::of("UNION(i INTEGER, s VARCHAR)", union),
            vec![r#"{"i":7}"#, r#"{"s":"q"}"#],
        ),
        (
            Sample::of("INTEGER[][]", nested),
            vec!["[[1,null],null]", "[[]]"],
        ),
        (Sample::of("JSON[]", documents), vec![r#"[{"a": 1},2]"#]),
    ] {
        let mut german = TextOptions::default();
        german.set_date_style("German").unwrap();
        assert_eq!(sample.texts(&german), expected, "{}", sample.duckdb_type);
        let binary = sample.values(ResultFormat::Binary, &german);
        let text = sample.values(ResultFormat::Text, &german);
        assert_eq!(binary, text, "json has one form: {}", sample.duckdb_type);
    }
}

#[test]
fn catalog_columns_can_be_announced_as_other_types() {
    let schema = Arc::new(Schema::new(vec![
        Field::new("oid", DataType::Int64, true),
        Field::new("relname", DataType::Utf8, true),
        Field::new("relkind", DataType::Utf8, true),
        field(&(Arc::new(integers(&[])) as ArrayRef), None).with_name("indkey"),
    ]));
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![
            Arc::new(Int64Array::from(vec![4_000_000_000])),
            Arc::new(StringArray::from(vec!["t"])),
            Arc::new(StringArray::from(vec!["r"])),
            Arc::new(integers(&[Some(&[Some(1), Some(3)])])),
        ],
    )
    .unwrap();
    let columns = [26, 19, 18, 22].map(PgColumn::of);
    let text = [ResultFormat::Text; 4];
    let mut out = BytesMut::new();
    RowEncoder::with_columns(&schema, &columns, &text, &TextOptions::default())
        .unwrap()
        .encode(&batch, 0..1, &mut out)
        .unwrap();
    let expected = [
        b"4000000000".to_vec(),
        b"t".to_vec(),
        b"r".to_vec(),
        b"1 3".to_vec(),
    ];
    assert_eq!(fields_of(&out), [expected.map(Some).to_vec()]);
    let columns = [26, 19, 18, 1007].map(PgColumn::of);
    let binary = [ResultFormat::Binary; 4];
    let encoder =
        RowEncoder::with_columns(&schema, &columns, &binary, &TextOptions::default()).unwrap();
    out.clear();
    encoder.encode(&batch, 0..1, &mut out).unwrap();
    assert_eq!(
        fields_of(&out)[0][0].as_deref(),
        Some(&0xee6b_2800_u32.to_be_bytes()[..])
    );
}

#[test]
fn what_cannot_be_sent_is_an_error_and_leaves_whole_rows() {
    let stamps =
        TimestampMicrosecondArray::from(vec![946_684_800_000_000, -9_223_372_022_400_000_000]);
    let schema = Arc::new(Schema::new(vec![field(
        &(Arc::new(stamps.clone()) as ArrayRef),
        None,
    )]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(stamps)]).unwrap();
    let types = ["TIMESTAMP".to_owned()];
    let options = TextOptions::default();
    let encoder = RowEncoder::new(&schema, &types, &[ResultFormat::Binary], &options).unwrap();
    let mut out = BytesMut::new();
    let error = encoder.encode(&batch, 0..2, &mut out).unwrap_err();
    assert_eq!(error.sql_state(), "22008");
    assert_eq!(fields_of(&out).len(), 1);

    let integers = ["INTEGER".to_owned()];
    let mismatch = RowEncoder::new(&schema, &integers, &[ResultFormat::Binary], &options);
    assert!(matches!(
        mismatch,
        Err(EncodeError::TypeMismatch { oid: 23, .. })
    ));
    let short = RowEncoder::new(&schema, &types, &[], &options);
    assert!(matches!(
        short,
        Err(EncodeError::ColumnCount {
            expected: 1,
            found: 0
        })
    ));
    let other = RecordBatch::try_new(
        Arc::new(Schema::new(vec![Field::new("c", DataType::Int32, true)])),
        vec![Arc::new(Int32Array::from(vec![1]))],
    )
    .unwrap();
    encoder.encode(&other, 0..1, &mut out).unwrap_err();
}

#[test]
fn encoding_stops_near_the_limit_and_goes_on_where_it_stopped() {
    let array: ArrayRef = Arc::new(Int32Array::from_iter_values(0..10_000));
    let schema = Arc::new(Schema::new(vec![field(&array, None)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
    let types = ["INTEGER".to_owned()];
    let options = TextOptions::default();
    let encoder = RowEncoder::new(&schema, &types, &[ResultFormat::Text], &options).unwrap();
    let mut whole = BytesMut::new();
    encoder.encode(&batch, 0..10_000, &mut whole).unwrap();
    let mut pieces = Vec::new();
    let mut next = 0;
    while next < 10_000 {
        let mut piece = BytesMut::new();
        next = encoder
            .encode_until(&batch, next..10_000, 8_192, &mut piece)
            .unwrap();
        assert!(piece.len() < 16_384);
        pieces.extend_from_slice(&piece);
    }
    assert_eq!(pieces, whole);
}

proptest! {
    #[test]
    fn any_rows_come_back_as_they_were(
        rows in proptest::collection::vec(
            (any::<Option<i64>>(), any::<Option<f64>>(), any::<Option<String>>(), any::<Option<bool>>()),
            0..400,
        ),
    ) {
        let fields: Fields = vec![
            Field::new("a", DataType::Int64, true),
            Field::new("b", DataType::Float64, true),
            Field::new("c", DataType::Utf8, true),
            Field::new("d", DataType::Boolean, true),
        ].into();
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![
            Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| row.1).collect::<Float64Array>()),
            Arc::new(rows.iter().map(|row| row.2.clone()).collect::<StringArray>()),
            Arc::new(rows.iter().map(|row| row.3).collect::<BooleanArray>()),
        ]).unwrap();
        let types = ["BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN"].map(str::to_owned);
        let formats = [ResultFormat::Text; 4];
        let encoder = RowEncoder::new(&schema, &types, &formats, &TextOptions::default()).unwrap();
        let mut out = BytesMut::new();
        encoder.encode(&batch, 0..batch.num_rows(), &mut out).unwrap();
        let sent = fields_of(&out);
        prop_assert_eq!(sent.len(), rows.len());
        for (row, sent) in rows.iter().zip(sent) {
            let text = |index: usize| {
                sent[index].as_ref().map(|bytes| std::str::from_utf8(bytes).unwrap().to_owned())
            };
            prop_assert_eq!(text(0), row.0.map(|value| value.to_string()));
            let double = text(1).map(|text| text.parse::<f64>().unwrap());
            prop_assert_eq!(
                double.map(|value| if value.is_nan() { 1 } else { value.to_bits() }),
                row.1.map(|value| if value.is_nan() { 1 } else { value.to_bits() })
            );
            prop_assert_eq!(text(2), row.2.clone());
            prop_assert_eq!(text(3), row.3.map(|value| if value { "t" } else { "f" }.to_owned()));
        }
    }
}
