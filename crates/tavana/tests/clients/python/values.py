"""Every DuckDB type with values at its ends, and how each must look to a PostgreSQL client.

Expected texts come from DuckDB itself (`v::VARCHAR`, `to_json(v)`); the few places where
PostgreSQL writes the same value differently are the functions below.
"""

import json
import re
import struct
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    name: str  # DuckDB's type
    oid: int  # the PostgreSQL type it must be sent as
    values: tuple  # SQL expressions; NULL is added to each
    form: str  # how texts are compared: see `expected_text`
    text_only: tuple = field(default=())  # values that PostgreSQL's binary format cannot hold


BOOL, BYTEA, INT8, INT2, INT4, TEXT, JSON, FLOAT4, FLOAT8 = 16, 17, 20, 21, 23, 25, 114, 700, 701
DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, TIMETZ = 1082, 1083, 1114, 1184, 1186, 1266
VARBIT, NUMERIC, UUID = 1562, 1700, 2950
ARRAYS = {
    1000: BOOL, 1001: BYTEA, 1005: INT2, 1007: INT4, 1009: TEXT, 1016: INT8, 1021: FLOAT4,
    1022: FLOAT8, 1115: TIMESTAMP, 1182: DATE, 1183: TIME, 1185: TIMESTAMPTZ, 1187: INTERVAL,
    1231: NUMERIC, 1270: TIMETZ, 1563: VARBIT, 2951: UUID,
}  # fmt: skip

KINDS = (
    Kind("BOOLEAN", BOOL, ("true", "false"), "bool"),
    Kind("TINYINT", INT2, ("-128", "0", "127"), "same"),
    Kind("UTINYINT", INT2, ("0", "255"), "same"),
    Kind("SMALLINT", INT2, ("-32768", "32767"), "same"),
    Kind("USMALLINT", INT4, ("0", "65535"), "same"),
    Kind("INTEGER", INT4, ("-2147483648", "0", "2147483647"), "same"),
    Kind("UINTEGER", INT8, ("0", "4294967295"), "same"),
    Kind("BIGINT", INT8, ("-9223372036854775808", "9223372036854775807"), "same"),
    Kind("UBIGINT", NUMERIC, ("0", "18446744073709551615"), "same"),
    Kind(
        "HUGEINT",
        NUMERIC,
        (
            "0",
            "-1",
            "'-170141183460469231731687303715884105728'",
            "'170141183460469231731687303715884105727'",
            "'10000000000000000000000000000000000000'",
        ),
        "same",
    ),
    Kind("UHUGEINT", NUMERIC, ("0", "'340282366920938463463374607431768211455'"), "same"),
    Kind(
        "BIGNUM",
        NUMERIC,
        ("'0'", "'-1'", "'" + "1234567890" * 8 + "'", "'-" + "9876543210" * 8 + "'"),
        "same",
    ),
    Kind("DECIMAL(4,1)", NUMERIC, ("0", "-999.9", "999.9", "0.1"), "same"),
    Kind("DECIMAL(9,4)", NUMERIC, ("0.0001", "-99999.9999", "10000"), "same"),
    Kind("DECIMAL(18,3)", NUMERIC, ("123456789012345.678", "-0.001"), "same"),
    Kind("DECIMAL(38,0)", NUMERIC, ("'" + "9" * 38 + "'", "'-" + "9" * 38 + "'", "1"), "same"),
    Kind("DECIMAL(38,38)", NUMERIC, ("'0." + "9" * 38 + "'", "'-0." + "0" * 37 + "1'"), "decimal"),
    Kind(
        "FLOAT",
        FLOAT4,
        ("0.1", "-1.5", "3.4028235e38", "1e-45", "'NaN'", "'Infinity'", "'-Infinity'", "'-0.0'"),
        "float4",
    ),
    Kind(
        "DOUBLE",
        FLOAT8,
        (
            "0.1",
            "1e300",
            "1.7976931348623157e308",
            "5e-324",
            "'NaN'",
            "'Infinity'",
            "'-Infinity'",
            "123456789012345680",
            "'-0.0'",
        ),
        "float8",
    ),
    Kind(
        "VARCHAR",
        TEXT,
        ("''", "'NULL'", "'it''s'", "E'tab\\tline\\nback\\\\slash'", "'häß 🦆'", "repeat('x', 70000)"),
        "same",
    ),
    Kind("ENUM('a', 'b c', '')", TEXT, ("'a'", "'b c'", "''"), "same"),
    Kind("BLOB", BYTEA, ("''", "'abc'", "'\\x00\\xFF\\x5C'", "'\\x00'"), "blob"),
    Kind("BIT", VARBIT, ("'1'", "'0'", "'101'", "'11111111'", "'101010101'"), "same"),
    Kind(
        "DATE",
        DATE,
        (
            "'1970-01-01'",
            "'1999-12-31'",
            "'2000-01-01'",
            "'9999-12-31'",
            "'0001-01-01'",
            "'0044-03-15 (BC)'",
            "'5881580-07-10'",
            "'infinity'",
            "'-infinity'",
        ),
        "date",
        # Before the first day that PostgreSQL's 32 bits hold.
        ("'5877642-06-25 (BC)'",),
    ),
    Kind("TIME", TIME, ("'00:00:00'", "'12:34:56.789'", "'23:59:59.999999'", "'24:00:00'"), "same"),
    Kind("TIME_NS", TIME, ("'12:34:56.123456789'", "'00:00:00'"), "microseconds"),
    Kind(
        "TIMETZ",
        TIMETZ,
        ("'10:00:00+00'", "'10:00:00+02'", "'23:59:59.5-08'", "'00:00:00+05:45'", "'12:00:00+15:59'"),
        "same",
    ),
    Kind(
        "TIMESTAMP",
        TIMESTAMP,
        (
            "'1970-01-01 00:00:00'",
            "'1999-12-31 23:59:59.999999'",
            "'2024-02-29 12:34:56.5'",
            "'0001-01-01 00:00:00'",
            "'0044-03-15 (BC) 01:02:03'",
            "'294246-01-01 00:00:00'",
            "'infinity'",
            "'-infinity'",
        ),
        "date",
        # Before the first microsecond that PostgreSQL's 64 bits hold.
        ("'290309-12-22 (BC) 00:00:00'",),
    ),
    Kind("TIMESTAMP_S", TIMESTAMP, ("'2024-02-29 12:34:56'", "'infinity'"), "date"),
    Kind("TIMESTAMP_MS", TIMESTAMP, ("'2024-02-29 12:34:56.789'", "'-infinity'"), "date"),
    Kind("TIMESTAMP_NS", TIMESTAMP, ("'2024-02-29 12:34:56.123456789'", "'1970-01-01'"), "microseconds"),
    Kind(
        "TIMESTAMPTZ",
        TIMESTAMPTZ,
        (
            "'2024-02-29 12:34:56.789+02'",
            "'1970-01-01 00:00:00+00'",
            "'0044-03-15 (BC) 01:02:03+00'",
            "'infinity'",
            "'-infinity'",
        ),
        "date",
    ),
    Kind(
        "INTERVAL",
        INTERVAL,
        (
            "'0 days'",
            "'1 year 2 months 3 days 04:05:06.789'",
            "'-1 month'",
            "'100 hours'",
            "'-00:00:01.5'",
            "'1 day'",
            "'13 months'",
        ),
        "interval",
    ),
    Kind(
        "UUID",
        UUID,
        (
            "'00000000-0000-0000-0000-000000000000'",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
        ),
        "same",
    ),
    Kind("JSON", JSON, ("'{\"a\": [1, 2.50, null], \"b\": \"x\\\"y\"}'", "'null'", "'[]'"), "same"),
    Kind("VARIANT", JSON, ("{'a': 1, 'b': [true, NULL]}", "42", "'text'"), "json"),
    Kind(
        "STRUCT(a INTEGER, b VARCHAR, c DOUBLE)",
        JSON,
        ("{'a': 1, 'b': 'it''s \"x\"', 'c': 0.5}", "{'a': NULL, 'b': NULL, 'c': NULL}"),
        "json",
    ),
    Kind("STRUCT(n STRUCT(m INTEGER[]))", JSON, ("{'n': {'m': [1, NULL]}}",), "json"),
    Kind("MAP(VARCHAR, INTEGER)", JSON, ("MAP {'k': 1, 'l': NULL}", "MAP {}"), "json"),
    Kind("UNION(n INTEGER, s VARCHAR)", JSON, ("union_value(n := 7)", "union_value(s := 'x')"), "json"),
    Kind("BOOLEAN[]", 1000, ("[true, false, NULL]", "[]"), "array"),
    Kind("SMALLINT[]", 1005, ("[1, -32768, NULL]",), "array"),
    Kind("INTEGER[]", 1007, ("[1, 2, 3]", "[]", "[NULL]", "[2147483647, NULL, -1]"), "array"),
    Kind("BIGINT[]", 1016, ("[9223372036854775807]",), "array"),
    Kind("HUGEINT[]", 1231, ("['170141183460469231731687303715884105727', NULL]",), "array"),
    Kind("DECIMAL(9,2)[]", 1231, ("[1.50, -0.01]",), "array"),
    Kind("FLOAT[]", 1021, ("['0.1', 'NaN', 'Infinity']",), "array"),
    Kind("DOUBLE[]", 1022, ("['0.5', '-Infinity', NULL]",), "array"),
    Kind(
        "VARCHAR[]",
        1009,
        ("['a', 'b,c', 'd\"e', '', NULL, 'NULL', '{x}', E'back\\\\slash', ' pad ']", "[]"),
        "array",
    ),
    Kind("BLOB[]", 1001, ("['\\x00\\x5C'::BLOB, NULL]",), "array"),
    Kind("DATE[]", 1182, ("['2024-01-01', 'infinity', NULL]",), "array"),
    Kind("TIMESTAMP[]", 1115, ("['2024-01-01 10:00:00.5', NULL]",), "array"),
    Kind("UUID[]", 2951, ("['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']",), "array"),
    Kind("INTEGER[3]", 1007, ("[1, NULL, 3]",), "array"),
    Kind("INTEGER[][]", JSON, ("[[1, 2], [], NULL]",), "json"),
    Kind("STRUCT(a INTEGER)[]", JSON, ("[{'a': 1}, NULL]",), "json"),
    Kind("MAP(INTEGER, VARCHAR[])", JSON, ("MAP {1: ['x', NULL]}",), "json"),
    Kind("GEOMETRY", BYTEA, ("'POINT(1 2)'", "'LINESTRING(0 0, 1 1)'"), "blob"),
)


def values_of(kind: Kind, binary: bool) -> tuple:
    return kind.values if binary else kind.values + kind.text_only


def query(kind: Kind, binary: bool) -> str:
    """Rows (i, v) in order, the last one NULL."""
    rows = [
        f"({number}, CAST({value} AS {kind.name}))"
        for number, value in enumerate(values_of(kind, binary))
    ]
    rows.append(f"({len(rows)}, NULL)")
    return f"SELECT v FROM (VALUES {', '.join(rows)}) t(i, v) ORDER BY i"


def expected_texts(oracle, kind: Kind, binary: bool) -> list:
    """What PostgreSQL's text format must show for `query`, from DuckDB's own values."""
    inner = query(kind, binary)
    if kind.form == "json":
        shown = "v::JSON::VARCHAR" if kind.name == "VARIANT" else "to_json(v)::VARCHAR"
        # Arrow's unions have no NULL of their own: it arrives as a NULL of the first member.
        null = "'{\"n\": null}'" if kind.name.startswith("UNION") else "NULL"
        shown = f"CASE WHEN v IS NULL THEN {null} ELSE {shown} END"
    elif kind.form == "blob":
        if kind.name == "GEOMETRY":
            return [
                None if v is None else "\\x" + bytes(v).hex()
                for (v,) in oracle.execute(inner).fetchall()
            ]
        shown = "'\\x' || lower(hex(v))"
    elif kind.form == "array":
        element = ARRAYS[kind.oid]
        one = "'\\x' || lower(hex(e))" if element == BYTEA else "e::VARCHAR"
        # One list of texts; DuckDB gives them as a Python list.
        shown = f"list_transform(v, lambda e: {one})"
    else:
        shown = "v::VARCHAR"
    rows = [row[0] for row in oracle.execute(f"SELECT {shown} FROM ({inner})").fetchall()]
    return [None if value is None else postgres_text(kind, value) for value in rows]


def postgres_text(kind: Kind, value):
    """DuckDB's text of a value as PostgreSQL writes it."""
    form = kind.form
    if form == "bool":
        return value[0]
    if form in ("float4", "float8"):
        return canonical_float(value, form)
    if form == "json":
        return json.loads(value)
    if form == "date":
        return bc(value)
    if form == "decimal":
        # DuckDB leaves out the zero before the point when there is no room for it in the type.
        return value.replace(".", "0.", 1) if value.lstrip("-").startswith(".") else value
    if form == "microseconds":
        whole, dot, fraction = value.partition(".")
        fraction = fraction[:6].rstrip("0")
        return f"{whole}.{fraction}" if fraction else whole
    if form == "interval":
        # PostgreSQL has the singular for 1 only, DuckDB for -1 too.
        return re.sub(r"-1 (year|mon|day)\b", r"-1 \1s", value.replace("month", "mon"))
    if form == "array":
        return [None if e is None else array_element(kind, e) for e in value]
    return value


def array_element(kind: Kind, text: str):
    element = ARRAYS[kind.oid]
    if element == BOOL:
        return text[0]
    if element in (FLOAT4, FLOAT8):
        return canonical_float(text, "float4" if element == FLOAT4 else "float8")
    return bc(text)


def bc(text: str) -> str:
    """DuckDB marks years before Christ behind the date, PostgreSQL at the end."""
    return text.replace(" (BC)", "") + " BC" if " (BC)" in text else text


def canonical_float(text: str, form: str) -> str:
    """Two shortest texts of one number may differ ('1e+20', '1e20'): compare the bits."""
    number = float(text)
    if number != number:
        return "NaN"
    return struct.pack(">f" if form == "float4" else ">d", number).hex()


def received_text(kind: Kind, text):
    """What a client got, in the form in which `expected_texts` gives it."""
    if text is None:
        return None
    if kind.form in ("float4", "float8"):
        return canonical_float(text, kind.form)
    if kind.form == "json":
        return json.loads(text)
    if kind.form == "array":
        parts = parse_array(text)
        return [
            canonical_float(part, "float4" if ARRAYS[kind.oid] == FLOAT4 else "float8")
            if part is not None and ARRAYS[kind.oid] in (FLOAT4, FLOAT8)
            else part
            for part in parts
        ]
    return text


def parse_array(text: str) -> list:
    """PostgreSQL's text of an array of one dimension."""
    assert text[0] == "{" and text[-1] == "}", text
    inside, parts, at = text[1:-1], [], 0
    while at < len(inside):
        if inside[at] == '"':
            at += 1
            part = ""
            while inside[at] != '"':
                if inside[at] == "\\":
                    at += 1
                part += inside[at]
                at += 1
            at += 1
            parts.append(part)
        else:
            end = inside.find(",", at)
            end = len(inside) if end < 0 else end
            word = inside[at:end]
            parts.append(None if word == "NULL" else word)
            at = end
        assert at == len(inside) or inside[at] == ",", text
        at += 1
    return parts


def decode_binary(oid: int, data: bytes) -> str:
    """PostgreSQL's binary format as its text, written from the documentation of the formats."""
    if oid in ARRAYS:
        return decode_array(ARRAYS[oid], data)
    if oid == BOOL:
        return {b"\0": "f", b"\1": "t"}[data]
    if oid == BYTEA:
        return "\\x" + data.hex()
    if oid in (INT2, INT4, INT8):
        assert len(data) == {INT2: 2, INT4: 4, INT8: 8}[oid]
        return str(int.from_bytes(data, "big", signed=True))
    if oid in (TEXT, JSON):
        return data.decode()
    if oid == FLOAT4:
        return repr(struct.unpack(">f", data)[0])
    if oid == FLOAT8:
        return repr(struct.unpack(">d", data)[0])
    if oid == NUMERIC:
        return decode_numeric(data)
    if oid == DATE:
        (days,) = struct.unpack(">i", data)
        return infinite(days, 31) or date_text(days)
    if oid == TIME:
        (micros,) = struct.unpack(">q", data)
        return time_text(micros)
    if oid == TIMETZ:
        micros, west = struct.unpack(">qi", data)
        return time_text(micros) + zone_text(-west)
    if oid in (TIMESTAMP, TIMESTAMPTZ):
        (micros,) = struct.unpack(">q", data)
        if infinite(micros, 63):
            return infinite(micros, 63)
        day = date_text(micros // 86_400_000_000)
        zone = "+00" if oid == TIMESTAMPTZ else ""
        text = f"{day.removesuffix(' BC')} {time_text(micros % 86_400_000_000)}{zone}"
        return text + " BC" if day.endswith(" BC") else text
    if oid == INTERVAL:
        micros, days, months = struct.unpack(">qii", data)
        return interval_text(months, days, micros)
    if oid == UUID:
        h = data.hex()
        return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))
    if oid == VARBIT:
        (bits,) = struct.unpack(">i", data[:4])
        assert len(data) == 4 + (bits + 7) // 8
        return "".join(f"{byte:08b}" for byte in data[4:])[:bits]
    raise AssertionError(f"OID {oid} should not be sent")


def decode_array(element: int, data: bytes) -> str:
    dimensions, has_null, element_oid = struct.unpack(">iiI", data[:12])
    if dimensions == 0:
        return "{}"
    assert (dimensions, element_oid) == (1, element)
    count, lower = struct.unpack(">ii", data[12:20])
    assert lower == 1
    at, parts = 20, []
    for _ in range(count):
        (length,) = struct.unpack(">i", data[at : at + 4])
        at += 4
        if length < 0:
            assert has_null == 1
            parts.append("NULL")
            continue
        text = decode_binary(element, data[at : at + length])
        parts.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
        at += length
    assert at == len(data)
    return "{" + ",".join(parts) + "}"


def decode_numeric(data: bytes) -> str:
    count, weight, sign, scale = struct.unpack(">hhHh", data[:8])
    digits = struct.unpack(f">{count}h", data[8:])
    assert all(0 <= digit < 10_000 for digit in digits)

    def digit(index):
        return digits[index] if 0 <= index < count else 0

    whole = "".join(f"{digit(index):04d}" for index in range(weight + 1)).lstrip("0") or "0"
    groups = (scale + 3) // 4
    fraction = "".join(f"{digit(weight + 1 + index):04d}" for index in range(groups))[:scale]
    assert sign in (0, 0x4000)
    return ("-" if sign else "") + whole + ("." + fraction if scale else "")


def infinite(number: int, bits: int):
    return {(1 << bits) - 1: "infinity", -(1 << bits): "-infinity"}.get(number)


def date_text(days_since_2000: int) -> str:
    day = days_since_2000 + 10_957 + 719_468
    era, of_era = divmod(day, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    tail = f"{month:02d}-{of_year - (153 * shifted + 2) // 5 + 1:02d}"
    return f"{year:04d}-{tail}" if year > 0 else f"{1 - year:04d}-{tail} BC"


def time_text(micros: int) -> str:
    seconds, fraction = divmod(micros, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:06d}".rstrip("0") if fraction else text


def zone_text(east: int) -> str:
    sign = "-" if east < 0 else "+"
    hours, rest = divmod(abs(east), 3600)
    text = f"{sign}{hours:02d}"
    return f"{text}:{rest // 60:02d}" if rest else text


def interval_text(months: int, days: int, micros: int) -> str:
    years = abs(months) // 12 * (1 if months >= 0 else -1)
    months -= years * 12
    parts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((years, "year"), (months, "mon"), (days, "day"))
        if count
    ]
    if micros or not parts:
        parts.append(("-" if micros < 0 else "") + time_text(abs(micros)))
    return " ".join(parts)
