//! Bind messages in, Arrow out.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use proptest::prelude::*;

use super::*;
use crate::pg::types::oid;

fn batch(ipc: &Bytes) -> RecordBatch {
    let mut batches: Vec<_> = StreamReader::try_new(ipc.as_ref(), None).unwrap().collect();
    assert_eq!(batches.len(), 1);
    let batch = batches.remove(0).unwrap();
    assert_eq!(batch.num_rows(), 1);
    batch
}

/// The one value, as Arrow type and text.
fn shown(ipc: &Bytes) -> String {
    let batch = batch(ipc);
    let column = batch.column(0);
    if column.is_null(0) {
        return format!("{} NULL", column.data_type());
    }
    let value = match column.data_type() {
        DataType::Boolean => column.as_boolean().value(0).to_string(),
        DataType::Int16 => column.as_primitive::<Int16Type>().value(0).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(0).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(0).to_string(),
        DataType::Float32 => column.as_primitive::<Float32Type>().value(0).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(0).to_string(),
        DataType::Binary => format!("{:02x?}", column.as_binary::<i32>().value(0)),
        DataType::Utf8 => column.as_string::<i32>().value(0).to_owned(),
        other => panic!("{other} is not used for parameters"),
    };
    format!("{} {value}", column.data_type())
}

fn text(oid: u32, duckdb_type: &str, value: &str) -> Result<String, ParameterError> {
    let value = Some(Bytes::copy_from_slice(value.as_bytes()));
    decode(&[value], &[0], &[oid], &[duckdb_type.to_owned()]).map(|(_, ipc)| shown(&ipc))
}

fn binary(oid: u32, duckdb_type: &str, hex: &str) -> Result<String, ParameterError> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    decode(
        &[Some(Bytes::from(bytes))],
        &[1],
        &[oid],
        &[duckdb_type.to_owned()],
    )
    .map(|(_, ipc)| shown(&ipc))
}

#[test]
fn text_parameters_become_what_duckdb_reads() {
    for (duckdb_type, value, expected) in [
        ("BOOLEAN", "t", "Boolean true"),
        ("BOOLEAN", " TRUE ", "Boolean true"),
        ("BOOLEAN", "on", "Boolean true"),
        ("BOOLEAN", "of", "Boolean false"),
        ("BOOLEAN", "n", "Boolean false"),
        ("SMALLINT", "-32768", "Int16 -32768"),
        ("INTEGER", " +42 ", "Int32 42"),
        ("INTEGER", "0xFF", "Int32 255"),
        ("INTEGER", "1_000", "Int32 1000"),
        ("UINTEGER", "4294967295", "Int64 4294967295"),
        (
            "BIGINT",
            "-9223372036854775808",
            "Int64 -9223372036854775808",
        ),
        (
            "HUGEINT",
            "170141183460469231731687303715884105727",
            "Utf8 170141183460469231731687303715884105727",
        ),
        ("DECIMAL(18,3)", " 1.5e3 ", "Utf8 1.5e3"),
        ("DOUBLE", "1e3", "Float64 1000"),
        ("DOUBLE", "-Infinity", "Float64 -inf"),
        ("FLOAT", "NaN", "Float32 NaN"),
        ("VARCHAR", " keeps spaces ", "Utf8  keeps spaces "),
        ("ENUM('a')", "a", "Utf8 a"),
        ("STRUCT(a INTEGER)", "{\"a\": 1}", "Utf8 {\"a\": 1}"),
        ("BLOB", "\\xdead BEEF", "Binary [de, ad, be, ef]"),
        ("BLOB", "a\\\\b\\001", "Binary [61, 5c, 62, 01]"),
        ("DATE", "2020-01-31", "Utf8 2020-01-31"),
        ("DATE", "2020-01-28", "Utf8 2020-01-28"),
        ("DATE", "20200131", "Utf8 2020-01-31"),
        ("DATE", "2020-01-31 +02", "Utf8 2020-01-31"),
        ("DATE", "2020-01-31 10:11:12", "Utf8 2020-01-31"),
        ("DATE", "0044-03-15 BC", "Utf8 0044-03-15 (BC)"),
        ("DATE", "infinity", "Utf8 infinity"),
        ("TIME", "10:11", "Utf8 10:11:00"),
        ("TIME", "10:11:12.5+02", "Utf8 10:11:12.5"),
        ("TIME", "10:11 PM", "Utf8 22:11:00"),
        (
            "TIME WITH TIME ZONE",
            "10:11:12-0330",
            "Utf8 10:11:12-03:30",
        ),
        (
            "TIMESTAMP",
            "2020-01-31 10:11:12.123456+02",
            "Utf8 2020-01-31 10:11:12.123456",
        ),
        (
            "TIMESTAMP",
            "2020-01-31T10:11:12Z",
            "Utf8 2020-01-31 10:11:12",
        ),
        ("TIMESTAMP", "2020-01-31", "Utf8 2020-01-31 00:00:00"),
        (
            "TIMESTAMP",
            "0044-03-15 10:11:12 BC",
            "Utf8 0044-03-15 (BC) 10:11:12",
        ),
        (
            "TIMESTAMP",
            "12020-01-31 10:11:12",
            "Utf8 12020-01-31 10:11:12",
        ),
        (
            "TIMESTAMP_NS",
            "2020-01-31 10:11:12.123456789",
            "Utf8 2020-01-31 10:11:12.123456789",
        ),
        (
            "TIMESTAMP WITH TIME ZONE",
            "2020-01-31 10:11:12+00",
            "Utf8 2020-01-31 10:11:12+00:00",
        ),
        (
            "TIMESTAMP WITH TIME ZONE",
            "2020-01-31 10:11:12",
            "Utf8 2020-01-31 10:11:12",
        ),
        (
            "TIMESTAMP WITH TIME ZONE",
            "2020-01-31 10:11:12 Europe/Berlin",
            "Utf8 2020-01-31 10:11:12 Europe/Berlin",
        ),
        (
            "TIMESTAMP WITH TIME ZONE",
            "0044-03-15 10:11:12+00 BC",
            "Utf8 0044-03-15 (BC) 10:11:12+00:00",
        ),
        (
            "INTERVAL",
            "1 year 2 mons -3 days 04:05:06.5",
            "Utf8 14 months -3 days 14706500000 microseconds",
        ),
        (
            "INTERVAL",
            "@ 1 day 2 hours ago",
            "Utf8 0 months -1 days -7200000000 microseconds",
        ),
        (
            "INTERVAL",
            "P1Y2M3DT4H5M6.5S",
            "Utf8 14 months 3 days 14706500000 microseconds",
        ),
        (
            "INTERVAL",
            "1-2 3 4:05:06",
            "Utf8 14 months 3 days 14706000000 microseconds",
        ),
        (
            "INTERVAL",
            "1.5 days",
            "Utf8 0 months 1 days 43200000000 microseconds",
        ),
        (
            "INTERVAL",
            "-00:00:01.5",
            "Utf8 0 months 0 days -1500000 microseconds",
        ),
        (
            "INTERVAL",
            "90",
            "Utf8 0 months 0 days 90000000 microseconds",
        ),
        ("INTERVAL", "two fortnights", "Utf8 two fortnights"),
        (
            "UUID",
            "{550E8400-e29b-41d4a716-446655440000}",
            "Utf8 550e8400-e29b-41d4-a716-446655440000",
        ),
        ("JSON", " {\"a\": [1]}", "Utf8  {\"a\": [1]}"),
        ("BIT", "b101", "Utf8 101"),
        ("BIT", "x1f", "Utf8 00011111"),
        ("INTEGER[]", "{1, NULL,-3}", "Utf8 [1,NULL,-3]"),
        ("INTEGER[]", "{}", "Utf8 []"),
        ("INTEGER[]", "[0:1]={1,2}", "Utf8 [1,2]"),
        (
            "VARCHAR[]",
            "{a b,\"q\\\"\\\\,{}\",\"NULL\",null,\\null}",
            r#"Utf8 ["a b","q\"\\,{}","NULL",NULL,"null"]"#,
        ),
        (
            "INTEGER[][]",
            "{{1,2},{3,4}}",
            r#"Utf8 [["1","2"],["3","4"]]"#,
        ),
        ("INTEGER[][]", "[[1,2]]", "Utf8 [[1,2]]"),
        (
            "TIMESTAMP[]",
            "{\"2020-01-31 10:11:12+02\"}",
            "Utf8 [\"2020-01-31 10:11:12\"]",
        ),
        ("BLOB[]", "{\"\\\\x00ff\"}", "Utf8 [\"\\\\x00\\\\xFF\"]"),
        ("GEOMETRY", "POINT(1 2)", "Utf8 POINT(1 2)"),
    ] {
        // Undeclared, and declared as the gateway described it.
        for oid in [0, crate::pg::types::describe(duckdb_type).oid] {
            assert_eq!(
                text(oid, duckdb_type, value),
                Ok(expected.to_owned()),
                "{duckdb_type} {value}"
            );
        }
    }
}

#[test]
fn the_declared_type_comes_before_the_inferred_one() {
    for (oid, duckdb_type, value, expected) in [
        (oid::INT2, "BIGINT", "7", "Int16 7"),
        (oid::NUMERIC, "DOUBLE", "1.50", "Utf8 1.50"),
        (oid::TEXT, "DATE", "2020-01-01", "Utf8 2020-01-01"),
        (oid::INT8_ARRAY, "BIGINT", "{1}", "Utf8 [1]"),
        (oid::JSONB, "JSON", "[1]", "Utf8 [1]"),
        (oid::UNKNOWN, "INTEGER", "7", "Int32 7"),
        (999_999, "INTEGER", "x", "Utf8 x"),
    ] {
        assert_eq!(
            text(oid, duckdb_type, value),
            Ok(expected.to_owned()),
            "{oid} {duckdb_type}"
        );
    }
}

#[test]
fn binary_parameters_become_what_duckdb_reads() {
    for (oid, hex, expected) in [
        (oid::BOOL, "01", "Boolean true"),
        (oid::INT2, "ffff", "Int16 -1"),
        (oid::INT4, "00000007", "Int32 7"),
        (oid::INT8, "ffffffffffffffff", "Int64 -1"),
        (oid::OID, "ffffffff", "Int64 4294967295"),
        (oid::FLOAT4, "3fc00000", "Float32 1.5"),
        (oid::FLOAT8, "3ff8000000000000", "Float64 1.5"),
        (oid::NUMERIC, "0002 0000 0000 0002 0001 1388", "Utf8 1.50"),
        (oid::NUMERIC, "0001 0001 4000 0000 0001", "Utf8 -10000"),
        (oid::NUMERIC, "0001 fffe 0000 0006 04d2", "Utf8 0.000012"),
        (oid::NUMERIC, "0000 0000 0000 0002", "Utf8 0.00"),
        (oid::NUMERIC, "0000 0000 c000 0000", "Utf8 NaN"),
        (oid::NUMERIC, "0000 0000 f000 0000", "Utf8 -Infinity"),
        (oid::TEXT, "6869", "Utf8 hi"),
        (oid::BYTEA, "00ff", "Binary [00, ff]"),
        (oid::DATE, "00000000", "Utf8 2000-01-01"),
        (oid::DATE, "7fffffff", "Utf8 infinity"),
        (oid::DATE, "fff4 dbf8", "Utf8 0001-12-31 (BC)"),
        (oid::TIME, "0000000861c46800", "Utf8 10:00:00"),
        (
            oid::TIMETZ,
            "0000000861c46800 ffffe3e0",
            "Utf8 10:00:00+02:00:00",
        ),
        (
            oid::TIMESTAMP,
            "ffffffffffffffff",
            "Utf8 1999-12-31 23:59:59.999999",
        ),
        (oid::TIMESTAMP, "8000000000000000", "Utf8 -infinity"),
        (
            oid::TIMESTAMPTZ,
            "0000000000000001",
            "Utf8 2000-01-01 00:00:00.000001+00:00",
        ),
        (oid::TIMESTAMPTZ, "7fffffffffffffff", "Utf8 infinity"),
        (
            oid::INTERVAL,
            "00000000000005dc fffffffd 0000000e",
            "Utf8 14 months -3 days 1500 microseconds",
        ),
        (
            oid::UUID,
            "550e8400e29b41d4a716446655440000",
            "Utf8 550e8400-e29b-41d4-a716-446655440000",
        ),
        (oid::JSON, "5b315d", "Utf8 [1]"),
        (oid::JSONB, "01 5b315d", "Utf8 [1]"),
        (oid::VARBIT, "00000003 a0", "Utf8 101"),
        (
            oid::INT4_ARRAY,
            "00000001 00000001 00000017 00000002 00000001 00000004 00000001 ffffffff",
            "Utf8 [1,NULL]",
        ),
        (oid::TEXT_ARRAY, "00000000 00000000 00000019", "Utf8 []"),
        (
            oid::INT2_ARRAY,
            "00000002 00000000 00000015 00000002 00000001 00000001 00000001 00000002 0001 00000002 0002",
            "Utf8 [[1],[2]]",
        ),
    ] {
        let duckdb_type = crate::pg::types::duckdb_type_of_oid(oid).unwrap_or("DECIMAL(18,3)");
        assert_eq!(
            binary(oid, duckdb_type, hex),
            Ok(expected.to_owned()),
            "{oid} {hex}"
        );
    }
}

#[test]
fn a_null_keeps_the_type_of_its_parameter() {
    let types = ["INTEGER".to_owned(), "VARCHAR".to_owned()];
    let (_, ipc) = decode(&[None, None], &[], &[], &types).unwrap();
    let batch = batch(&ipc);
    assert_eq!(batch.column(0).data_type(), &DataType::Int32);
    assert_eq!(batch.column(1).data_type(), &DataType::Utf8);
    assert!(batch.column(0).is_null(0) && batch.column(1).is_null(0));
    let (_, none) = decode(&[], &[], &[], &[]).unwrap();
    assert!(!none.is_empty());
}

#[test]
fn malformed_values_are_refused_in_postgresqls_words() {
    for (duckdb_type, value, state, message) in [
        (
            "INTEGER",
            "abc",
            "22P02",
            "invalid input syntax for type integer: \"abc\"",
        ),
        (
            "INTEGER",
            "1.0",
            "22P02",
            "invalid input syntax for type integer: \"1.0\"",
        ),
        (
            "INTEGER",
            "",
            "22P02",
            "invalid input syntax for type integer: \"\"",
        ),
        (
            "INTEGER",
            "2147483648",
            "22003",
            "value \"2147483648\" is out of range for type integer",
        ),
        (
            "SMALLINT",
            "-32769",
            "22003",
            "value \"-32769\" is out of range for type smallint",
        ),
        (
            "BIGINT",
            "99999999999999999999999999999999999999999999",
            "22003",
            "value \"99999999999999999999999999999999999999999999\" is out of range for type bigint",
        ),
        (
            "BOOLEAN",
            "o",
            "22P02",
            "invalid input syntax for type boolean: \"o\"",
        ),
        (
            "DOUBLE",
            "1e400",
            "22003",
            "\"1e400\" is out of range for type double precision",
        ),
        (
            "DOUBLE",
            "1e-400",
            "22003",
            "\"1e-400\" is out of range for type double precision",
        ),
        (
            "DOUBLE",
            "x",
            "22P02",
            "invalid input syntax for type double precision: \"x\"",
        ),
        (
            "FLOAT",
            "1e40",
            "22003",
            "\"1e40\" is out of range for type real",
        ),
        (
            "DECIMAL(18,3)",
            "1e",
            "22P02",
            "invalid input syntax for type numeric: \"1e\"",
        ),
        (
            "UUID",
            "550e8400",
            "22P02",
            "invalid input syntax for type uuid: \"550e8400\"",
        ),
        ("JSON", "{", "22P02", "invalid input syntax for type json"),
        (
            "BLOB",
            "\\xabc",
            "22P02",
            "invalid hexadecimal data: odd number of digits",
        ),
        (
            "BLOB",
            "\\9",
            "22P02",
            "invalid input syntax for type bytea",
        ),
        ("BIT", "102", "22P02", "\"2\" is not a valid binary digit"),
        (
            "DATE",
            "2020-02-30",
            "22008",
            "date/time field value out of range: \"2020-02-30\"",
        ),
        (
            "TIMESTAMP",
            "2020-01-01 25:00",
            "22008",
            "date/time field value out of range: \"2020-01-01 25:00\"",
        ),
        (
            "INTEGER[]",
            "{1,2",
            "22P02",
            "malformed array literal: \"{1,2\"",
        ),
        ("INTEGER[]", "1", "22P02", "malformed array literal: \"1\""),
        (
            "INTEGER[]",
            "{1}}",
            "22P02",
            "malformed array literal: \"{1}}\"",
        ),
        (
            "INTEGER[]",
            "{x}",
            "22P02",
            "invalid input syntax for type integer: \"x\"",
        ),
        (
            "VARCHAR",
            "a\0b",
            "22021",
            "invalid byte sequence for encoding \"UTF8\": 0x00",
        ),
    ] {
        let error = text(0, duckdb_type, value).unwrap_err();
        assert_eq!(
            (error.sql_state(), error.to_string().as_str()),
            (state, message),
            "{value}"
        );
    }
    let invalid = [Some(Bytes::from_static(b"a\xc3("))];
    let error = decode(&invalid, &[], &[], &["VARCHAR".to_owned()]).unwrap_err();
    assert_eq!(error.sql_state(), "22021");
    assert_eq!(
        error.to_string(),
        "invalid byte sequence for encoding \"UTF8\": 0xc3"
    );
}

#[test]
fn malformed_messages_are_refused() {
    for (oid, hex, state) in [
        (oid::INT4, "0000", "08P01"),
        (oid::INT4, "0000000000", "22P03"),
        (oid::NUMERIC, "0001 0000 0000 0000 2710", "22P03"),
        (oid::TIME, "ffffffffffffffff", "22P03"),
        (oid::JSONB, "02 31", "22P03"),
        (
            oid::INT4_ARRAY,
            "00000001 00000000 00000017 7fffffff 00000001",
            "22P03",
        ),
        (oid::INT4_ARRAY, "00000007 00000000 00000017", "22P03"),
        (oid::VARBIT, "ffffffff", "22P03"),
        (oid::VARBIT, "7fffffff", "08P01"),
        (oid::TIMESTAMP, "7ffffffffffffffe", "22P03"),
    ] {
        let error = binary(oid, "X", hex).unwrap_err();
        assert_eq!(error.sql_state(), state, "{oid} {hex}: {error}");
    }
    let one = [Some(Bytes::from_static(b"1"))];
    let types = ["INTEGER".to_owned()];
    let error = decode(&one, &[0, 0], &[], &types).unwrap_err();
    assert_eq!(error.sql_state(), "08P01");
    assert_eq!(
        error.to_string(),
        "bind message has 2 parameter formats but 1 parameters"
    );
    assert_eq!(
        decode(&one, &[2], &[], &types).unwrap_err().sql_state(),
        "22023"
    );
    assert_eq!(
        decode(&one, &[], &[], &[]).unwrap_err().sql_state(),
        "08P01"
    );
}

const OIDS: &[u32] = &[
    16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 30, 114, 199, 700, 701, 705, 1000, 1001, 1005, 1007,
    1009, 1016, 1021, 1022, 1028, 1042, 1043, 1082, 1083, 1114, 1115, 1182, 1183, 1184, 1185, 1186,
    1187, 1231, 1266, 1270, 1560, 1561, 1562, 1563, 1700, 2950, 2951, 3802, 3807, 424_242,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_bytes_make_decoding_panic(
        value in proptest::collection::vec(any::<u8>(), 0..96),
        oid in proptest::sample::select(OIDS),
        format in 0_i16..2,
    ) {
        let types = ["VARCHAR".to_owned()];
        drop(decode(&[Some(Bytes::from(value))], &[format], &[oid], &types));
    }

    #[test]
    fn no_binary_array_makes_decoding_panic(
        head in proptest::collection::vec(0_u8..3, 12),
        value in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(4), any::<u8>()], 0..64),
    ) {
        let types = ["VARCHAR".to_owned()];
        let mut bytes = head;
        bytes[0] = 0;
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[4..11].fill(0);
        bytes[11] = 23;
        bytes.extend(value);
        drop(decode(&[Some(Bytes::from(bytes))], &[1], &[1007], &types));
    }

    #[test]
    fn no_text_makes_decoding_panic(
        value in "[-+:./{}\\[\\]\",\\\\ 0-9TZPYMDHSabcegilnortuxyBC∞é@]{0,40}",
        oid in proptest::sample::select(OIDS),
    ) {
        let types = ["INTEGER[][]".to_owned()];
        drop(decode(&[Some(Bytes::from(value))], &[0], &[oid], &types));
    }
}
