//! Real engine processes, spoken to over their socket as the supervisor does.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::collections::{BTreeSet, HashSet};
use std::io::Cursor;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array,
    Int32Array, Int64Array, ListArray, NullArray, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{
    CompressionContext, DictionaryTracker, IpcDataGenerator, IpcWriteOptions, StreamWriter,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use tavana_common::proto::engine::{
    AppendEnd, AppendStart, Assign, CloseCursor, Done, Execute, Extension, FetchCursor, FromEngine,
    Grant, Interrupt, OpenCursor, Prepare, Ready, Secret, Start, ToEngine, from_engine, to_engine,
};
use tavana_common::proto::v1::{
    Batch, Failure, FailureKind, ResultHeader, Setting, StatementFacts, StatementKind,
};
use tavana_worker::stream::{Frame, ToEngineFrame, read_frame_blocking, write_frame_blocking};
use tempfile::TempDir;
use tokio::time::Instant;

#[path = "engine/catalog.rs"]
mod catalog;

const MIB: u64 = 1 << 20;

/// An engine process and this side of its socket.
struct Engine {
    child: Child,
    socket: UnixStream,
    ready: Ready,
    spill: TempDir,
    settings: Vec<Setting>,
}

/// What a statement answered.
#[derive(Debug)]
struct Answer {
    header: ResultHeader,
    batches: Vec<RecordBatch>,
    done: Done,
}

impl Answer {
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn int64(&self) -> Vec<i64> {
        self.batches
            .iter()
            .flat_map(|batch| {
                batch
                    .column(0)
                    .as_primitive::<Int64Type>()
                    .values()
                    .to_vec()
            })
            .collect()
    }

    fn texts(&self) -> Vec<Option<String>> {
        self.batches
            .iter()
            .flat_map(|batch| {
                let column = batch.column(0).as_string::<i32>();
                column
                    .iter()
                    .map(|text| text.map(str::to_owned))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn text(&self) -> String {
        self.texts().remove(0).expect("the value is not null")
    }
}

fn start_message(spill: &TempDir) -> Start {
    Start {
        spill_directory: spill.path().display().to_string(),
        spill_bytes_max: 512 * MIB,
        memory_bytes_max: 512 * MIB,
        threads: 2,
        allowed_directories: Vec::new(),
        extensions: Vec::new(),
        http_timeout_seconds: 5,
        http_retries: 1,
        ..Start::default()
    }
}

impl Engine {
    fn start() -> Self {
        Self::start_with(|_| {})
    }

    fn start_with(change: impl FnOnce(&mut Start)) -> Self {
        Self::try_start(change).expect("the engine starts")
    }

    /// The engine, or what it said before it ended.
    fn try_start(change: impl FnOnce(&mut Start)) -> Result<Self, String> {
        let spill = tempfile::tempdir().unwrap();
        let mut start = start_message(&spill);
        change(&mut start);
        let (socket, theirs) = UnixStream::pair().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_tavana-worker"))
            .arg("engine")
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut engine = Self {
            child,
            socket,
            ready: Ready::default(),
            spill,
            settings: Vec::new(),
        };
        engine.send(to_engine::Message::Start(start));
        match read_frame_blocking::<FromEngine>(&mut engine.socket) {
            Ok(Some(Frame::Message(FromEngine {
                message: Some(from_engine::Message::Ready(ready)),
            }))) => {
                engine.ready = ready;
                Ok(engine)
            }
            _ => {
                let mut said = String::new();
                let mut stderr = engine.child.stderr.take().unwrap();
                std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
                Err(said)
            }
        }
    }

    fn send(&mut self, message: to_engine::Message) {
        let frame = ToEngineFrame::Message(ToEngine {
            message: Some(message),
        });
        write_frame_blocking(&mut self.socket, &frame).unwrap();
    }

    /// What comes next, but for how far a statement is that takes long.
    fn receive(&mut self) -> Option<Frame<FromEngine>> {
        loop {
            match read_frame_blocking(&mut self.socket).ok().flatten() {
                Some(Frame::Message(FromEngine {
                    message: Some(from_engine::Message::Progress(_)),
                })) => {}
                frame => return frame,
            }
        }
    }

    fn statement(&self, sql: &str, types: &[&str], parameters: Bytes) -> Execute {
        Execute {
            compression: 0,
            role: 0,
            grant: None,
            settings: self.settings.clone(),
            sql: sql.to_owned(),
            parameter_types: types.iter().map(|name| (*name).to_owned()).collect(),
            parameters,
        }
    }

    fn prepare(&mut self, sql: &str, types: &[&str]) -> Result<StatementFacts, Failure> {
        self.send(to_engine::Message::Prepare(Prepare {
            role: 0,
            grant: None,
            settings: self.settings.clone(),
            sql: sql.to_owned(),
            parameter_types: types.iter().map(|name| (*name).to_owned()).collect(),
        }));
        match self.receive() {
            Some(Frame::Message(FromEngine {
                message: Some(message),
            })) => match message {
                from_engine::Message::Facts(facts) => Ok(facts),
                from_engine::Message::Failure(failure) => Err(failure),
                other => panic!("unexpected {other:?}"),
            },
            other => panic!("unexpected {other:?}"),
        }
    }

    fn execute(&mut self, sql: &str) -> Result<Answer, Failure> {
        self.execute_with(sql, &[], Bytes::new())
    }

    fn execute_with(
        &mut self,
        sql: &str,
        types: &[&str],
        parameters: Bytes,
    ) -> Result<Answer, Failure> {
        let statement = self.statement(sql, types, parameters);
        self.send(to_engine::Message::Execute(statement));
        self.answer(None)
    }

    /// Prepares, then executes with the types found.
    fn query(
        &mut self,
        sql: &str,
        types: &[&str],
        columns: Vec<ArrayRef>,
    ) -> Result<Answer, Failure> {
        let facts = self.prepare(sql, types)?;
        let types: Vec<&str> = facts.parameter_types.iter().map(String::as_str).collect();
        let answer = self.execute_with(sql, &types, parameters(columns))?;
        if facts.returns_rows {
            assert_eq!(answer.header.schema, facts.schema, "{sql}");
            assert_eq!(answer.header.columns, facts.columns, "{sql}");
        }
        Ok(answer)
    }

    /// Frames up to the final message; `header` for a FetchCursor, which sends none.
    fn answer(&mut self, header: Option<ResultHeader>) -> Result<Answer, Failure> {
        let mut header = header;
        let mut parts: Vec<Batch> = Vec::new();
        loop {
            match self.receive() {
                Some(Frame::Batch(batch)) => parts.push(batch),
                Some(Frame::Message(FromEngine {
                    message: Some(message),
                })) => match message {
                    from_engine::Message::Header(found) => header = Some(found),
                    from_engine::Message::Failure(failure) => return Err(failure),
                    from_engine::Message::Done(done) => {
                        let header = header.unwrap_or_default();
                        let batches = decode(&header.schema, &parts);
                        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
                        let announced: u64 = parts.iter().map(|part| part.rows).sum();
                        assert_eq!(rows as u64, announced);
                        if header.returns_rows {
                            assert_eq!(rows as u64, done.rows);
                        }
                        return Ok(Answer {
                            header,
                            batches,
                            done,
                        });
                    }
                    other => panic!("unexpected {other:?}"),
                },
                other => panic!("the engine ended: {other:?} {:?}", self.child.try_wait()),
            }
        }
    }

    fn run(&mut self, sql: &str) -> Answer {
        self.execute(sql)
            .unwrap_or_else(|failure| panic!("{sql}: {failure:?}"))
    }

    fn fails(&mut self, sql: &str) -> Failure {
        match self.execute(sql) {
            Err(failure) => failure,
            Ok(answer) => panic!("{sql} answered {answer:?}"),
        }
    }

    fn open(&mut self, cursor_id: &str, sql: &str) -> ResultHeader {
        let statement = self.statement(sql, &[], Bytes::new());
        self.send(to_engine::Message::OpenCursor(OpenCursor {
            statement: Some(statement),
            cursor_id: cursor_id.to_owned(),
            scroll: false,
        }));
        self.answer(None).unwrap().header
    }

    fn fetch(
        &mut self,
        cursor_id: &str,
        header: &ResultHeader,
        rows_max: u64,
    ) -> Result<Answer, Failure> {
        self.send(to_engine::Message::FetchCursor(FetchCursor {
            cursor_id: cursor_id.to_owned(),
            rows_max,
            motion: None,
            grant: None,
        }));
        self.answer(Some(header.clone()))
    }

    fn close(&mut self, cursor_id: &str) -> Result<Answer, Failure> {
        self.send(to_engine::Message::CloseCursor(CloseCursor {
            cursor_id: cursor_id.to_owned(),
        }));
        self.answer(None)
    }

    fn append(&mut self, start: AppendStart, batches: &[RecordBatch]) -> Result<Answer, Failure> {
        let generator = IpcDataGenerator::default();
        let options = IpcWriteOptions::default();
        let mut tracker = DictionaryTracker::new(true);
        let schema = generator.schema_to_bytes_with_dictionary_tracker(
            &batches[0].schema(),
            &mut tracker,
            &options,
        );
        self.send(to_engine::Message::AppendStart(AppendStart {
            arrow_schema: schema.ipc_message,
            ..start
        }));
        for batch in batches {
            let mut compression = CompressionContext::default();
            let (dictionaries, encoded) = generator
                .encode(batch, &mut tracker, &options, &mut compression)
                .unwrap();
            for (part, rows) in dictionaries
                .into_iter()
                .map(|part| (part, 0))
                .chain([(encoded, batch.num_rows() as u64)])
            {
                let frame = ToEngineFrame::Batch(Batch {
                    header: part.ipc_message.into(),
                    body: part.arrow_data.into(),
                    rows,
                });
                write_frame_blocking(&mut self.socket, &frame).unwrap();
            }
        }
        self.send(to_engine::Message::AppendEnd(AppendEnd {}));
        self.answer(None)
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn framed(stream: &mut Vec<u8>, header: &[u8], body: &[u8]) {
    let padded = header.len().next_multiple_of(8);
    stream.extend_from_slice(&[0xff; 4]);
    stream.extend_from_slice(&u32::try_from(padded).unwrap().to_le_bytes());
    stream.extend_from_slice(header);
    stream.resize(stream.len() + padded - header.len(), 0);
    stream.extend_from_slice(body);
}

fn decode(schema: &[u8], parts: &[Batch]) -> Vec<RecordBatch> {
    if schema.is_empty() {
        assert!(parts.is_empty());
        return Vec::new();
    }
    let mut stream = Vec::new();
    framed(&mut stream, schema, &[]);
    for part in parts {
        framed(&mut stream, &part.header, &part.body);
    }
    StreamReader::try_new(Cursor::new(stream), None)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// One column for each parameter.
fn parameters(columns: Vec<ArrayRef>) -> Bytes {
    if columns.is_empty() {
        return Bytes::new();
    }
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| Field::new(format!("{index}"), column.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap().into()
}

fn text(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// One list of these texts.
fn list_of(values: &[&str]) -> ArrayRef {
    let field = Arc::new(Field::new("item", DataType::Utf8, true));
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    let items = Arc::new(StringArray::from(values.to_vec()));
    Arc::new(ListArray::new(field, offsets, items, None))
}

fn extensions(names: &[&str]) -> Vec<Extension> {
    names
        .iter()
        .map(|name| {
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../../.deps/extensions")
                .join(format!("{name}.duckdb_extension"));
            Extension {
                name: (*name).to_owned(),
                path: path.display().to_string(),
                required: true,
            }
        })
        .collect()
}

/// Values that are hard on the way, each with the type it must come back as.
const TYPES: &[(&str, &str)] = &[
    ("true", "BOOLEAN"),
    ("'-128'::TINYINT", "TINYINT"),
    ("'-32768'::SMALLINT", "SMALLINT"),
    ("'-2147483648'::INTEGER", "INTEGER"),
    ("'-9223372036854775808'::BIGINT", "BIGINT"),
    ("255::UTINYINT", "UTINYINT"),
    ("65535::USMALLINT", "USMALLINT"),
    ("4294967295::UINTEGER", "UINTEGER"),
    ("18446744073709551615::UBIGINT", "UBIGINT"),
    (
        "'-170141183460469231731687303715884105728'::HUGEINT",
        "HUGEINT",
    ),
    (
        "'340282366920938463463374607431768211455'::UHUGEINT",
        "UHUGEINT",
    ),
    (
        "'12345678901234567890123456789012345678901234567890'::BIGNUM",
        "BIGNUM",
    ),
    ("1.5::FLOAT", "FLOAT"),
    ("'nan'::DOUBLE", "DOUBLE"),
    ("12345.678::DECIMAL(18,3)", "DECIMAL(18,3)"),
    (
        "'0.00000000000000000000000000000000000001'::DECIMAL(38,38)",
        "DECIMAL(38,38)",
    ),
    ("'naïve ☃'::VARCHAR", "VARCHAR"),
    ("'\\x00\\xFF'::BLOB", "BLOB"),
    ("'10101'::BIT", "BIT"),
    ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID", "UUID"),
    ("'{\"a\": 1}'::JSON", "JSON"),
    ("'infinity'::DATE", "DATE"),
    ("'23:59:59.999999'::TIME", "TIME"),
    ("'10:00:00+02'::TIMETZ", "TIME WITH TIME ZONE"),
    ("'2000-01-01 00:00:00.123456'::TIMESTAMP", "TIMESTAMP"),
    ("'2000-01-01 00:00:01'::TIMESTAMP_S", "TIMESTAMP_S"),
    ("'2000-01-01 00:00:00.123'::TIMESTAMP_MS", "TIMESTAMP_MS"),
    (
        "'2000-01-01 00:00:00.123456789'::TIMESTAMP_NS",
        "TIMESTAMP_NS",
    ),
    (
        "'2000-01-01 00:00:00+05'::TIMESTAMPTZ",
        "TIMESTAMP WITH TIME ZONE",
    ),
    ("INTERVAL '1 year 2 days 3.5 seconds'", "INTERVAL"),
    ("'b'::ENUM('a', 'b''c', 'b')", "ENUM('a', 'b''c', 'b')"),
    ("[1, NULL, 3]", "INTEGER[]"),
    ("[1, 2, 3]::INTEGER[3]", "INTEGER[3]"),
    (
        "{'a': 1, 'b c': [true]}",
        "STRUCT(\"a\" INTEGER, \"b c\" BOOLEAN[])",
    ),
    ("MAP {'k': 1.5}", "MAP(VARCHAR, DECIMAL(2,1))"),
    (
        "union_value(a := 1)::UNION(a INTEGER, b VARCHAR)",
        "UNION(\"a\" INTEGER, \"b\" VARCHAR)",
    ),
    ("['x', 'y']::ENUM('x', 'y')[]", "ENUM('x', 'y')[]"),
    ("NULL", "INTEGER"),
    ("{'n': 1}::VARIANT", "VARIANT"),
    ("[1::VARIANT, 'x'::VARIANT]", "VARIANT[]"),
];

#[test]
fn every_type_keeps_its_name_and_its_value_through_arrow_and_back() {
    let mut engine = Engine::start();
    for (expression, name) in TYPES {
        let sql = format!("SELECT {expression} AS v");
        let answer = engine
            .query(&sql, &[], Vec::new())
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        assert_eq!(answer.header.columns[0].duckdb_type, *name, "{sql}");
        assert_eq!(answer.rows(), 1, "{sql}");
        let schema = answer.batches[0].schema();
        assert_eq!(
            schema.field(0).metadata()["tavana:duckdb_type"],
            *name,
            "{sql}"
        );
        // The same value comes back as a parameter of that type. DuckDB has no value of these
        // types that could be bound: a union's tag, a BIGNUM's digits, and what went out as JSON.
        if name.contains("UNION") || name.contains("VARIANT") || *name == "BIGNUM" {
            continue;
        }
        let column = Arc::clone(answer.batches[0].column(0));
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
        writer
            .write(&RecordBatch::try_new(schema, vec![column]).unwrap())
            .unwrap();
        writer.finish().unwrap();
        let stream = Bytes::from(writer.into_inner().unwrap());
        let back = format!("SELECT $1 IS NOT DISTINCT FROM ({expression})");
        let same = engine
            .execute_with(&back, &[name], stream)
            .unwrap_or_else(|e| panic!("{back}: {e:?}"));
        assert!(same.batches[0].column(0).as_boolean().value(0), "{back}");
    }
}

#[test]
fn a_variant_comes_as_json_and_only_from_a_query() {
    let mut engine = Engine::start();
    let sql = "SELECT 1 AS a, {'k': [1, 2]}::VARIANT AS a, 'x' AS c ORDER BY 1; -- end";
    let answer = engine.query(sql, &[], Vec::new()).unwrap();
    let names: Vec<&str> = answer
        .header
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, ["a", "a", "c"]);
    assert_eq!(
        answer.batches[0].column(1).as_string::<i32>().value(0),
        "{\"k\":[1,2]}"
    );
    engine.run("CREATE TABLE v (x VARIANT)");
    let failure = engine.fails("INSERT INTO v VALUES (1::VARIANT) RETURNING x");
    assert_eq!(failure.duckdb_class, "Not implemented");
    assert_eq!(engine.run("SELECT count(*) FROM v").int64(), [0]);
}

#[test]
fn an_enum_is_one_constant_dictionary_over_many_chunks_and_nested_ones_too() {
    let mut engine = Engine::start();
    let sql = "SELECT (['x', 'y', 'z'][1 + i % 3])::ENUM('x', 'y', 'z') AS e,
                      [{'f': (['p', 'q'][1 + i % 2])::ENUM('p', 'q')}] AS n
               FROM range(300000) t(i)";
    let answer = engine.query(sql, &[], Vec::new()).unwrap();
    assert_eq!(answer.rows(), 300_000);
    let mut row = 0;
    for batch in &answer.batches {
        let values = arrow_cast_text(batch.column(0));
        for value in values {
            assert_eq!(value, ["x", "y", "z"][row % 3]);
            row += 1;
        }
    }
}

fn arrow_cast_text(column: &ArrayRef) -> Vec<String> {
    let dictionary = column.as_any_dictionary();
    let values = dictionary.values().as_string::<i32>();
    dictionary
        .normalized_keys()
        .iter()
        .map(|key| values.value(*key).to_owned())
        .collect()
}

#[test]
fn parameters_get_the_types_postgresql_would_give_them() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER, b VARCHAR, d DATE, ts TIMESTAMP, n DECIMAL(9,2))");
    for (sql, declared, expected) in [
        ("SELECT $1", vec![], vec!["VARCHAR"]),
        ("SELECT $1", vec!["INTEGER"], vec!["INTEGER"]),
        (
            "SELECT * FROM t WHERE a = $1 AND b LIKE $2",
            vec![],
            vec!["INTEGER", "VARCHAR"],
        ),
        (
            "SELECT * FROM t WHERE a = $2 AND b = $1",
            vec![],
            vec!["VARCHAR", "INTEGER"],
        ),
        ("SELECT a + $1 FROM t", vec![], vec!["INTEGER"]),
        (
            "SELECT a + $1, n * $2, $3 FROM t",
            vec![],
            vec!["INTEGER", "DECIMAL(9,2)", "VARCHAR"],
        ),
        ("SELECT ts + $1 FROM t", vec![], vec!["INTERVAL"]),
        (
            "SELECT * FROM t WHERE a = ANY($1)",
            vec![],
            vec!["INTEGER[]"],
        ),
        (
            "SELECT * FROM t WHERE d BETWEEN $1 AND $2",
            vec![],
            vec!["DATE", "DATE"],
        ),
        ("SELECT sqrt($1)", vec![], vec!["DOUBLE"]),
        (
            "SELECT * FROM t LIMIT $1 OFFSET $2",
            vec![],
            vec!["BIGINT", "BIGINT"],
        ),
        (
            "INSERT INTO t VALUES ($1, $2, $3, $4, $5)",
            vec![],
            vec!["INTEGER", "VARCHAR", "DATE", "TIMESTAMP", "DECIMAL(9,2)"],
        ),
        (
            "SELECT ?::INTEGER, ?",
            vec!["", "BIGINT"],
            vec!["INTEGER", "BIGINT"],
        ),
        (
            "SELECT a FROM t WHERE b = ? AND a IN (?, ?)",
            vec![],
            vec!["VARCHAR", "INTEGER", "INTEGER"],
        ),
        (
            "SELECT '$1', \"b\" -- $2\nFROM t WHERE a > $1",
            vec![],
            vec!["INTEGER"],
        ),
        ("SELECT coalesce(a, $1) FROM t", vec![], vec!["INTEGER"]),
        (
            "UPDATE t SET n = $1 WHERE a = $2 RETURNING b",
            vec![],
            vec!["DECIMAL(9,2)", "INTEGER"],
        ),
    ] {
        let facts = engine
            .prepare(sql, &declared)
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        assert_eq!(facts.parameter_types, expected, "{sql}");
        assert!(
            facts.columns.iter().all(|column| column.name != "unknown"),
            "{sql}"
        );
    }
    let facts = engine.prepare("SELECT $1, a + $2 FROM t", &[]).unwrap();
    assert_eq!(facts.columns[0].name, "$1");
    assert_eq!(facts.columns[1].name, "(a + $2)");
}

#[test]
fn facts_say_what_a_statement_is_and_whether_it_returns_rows() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER)");
    use StatementKind as Kind;
    for (sql, kind, rows) in [
        ("SELECT 1", Kind::Select, true),
        ("FROM t", Kind::Select, true),
        ("VALUES (1)", Kind::Select, true),
        ("SHOW TABLES", Kind::Select, true),
        ("DESCRIBE t", Kind::Select, true),
        ("SUMMARIZE t", Kind::Select, true),
        ("EXPLAIN SELECT 1", Kind::Explain, true),
        ("CALL pragma_version()", Kind::Call, true),
        ("PRAGMA table_info('t')", Kind::Select, true),
        ("INSERT INTO t VALUES (1)", Kind::Insert, false),
        ("INSERT INTO t VALUES (1) RETURNING a", Kind::Insert, true),
        ("UPDATE t SET a = 2", Kind::Update, false),
        ("DELETE FROM t RETURNING *", Kind::Delete, true),
        ("SELECT a AS \"returning\" FROM t", Kind::Select, true),
        ("CREATE TABLE u (a INTEGER)", Kind::Create, false),
        ("CREATE TABLE u AS SELECT 1 AS a", Kind::Create, false),
        ("DROP TABLE t", Kind::Drop, false),
        ("ALTER TABLE t ADD COLUMN b INTEGER", Kind::Alter, false),
        ("BEGIN", Kind::Transaction, false),
        ("SET TimeZone = 'UTC'", Kind::Set, false),
        ("SET VARIABLE x = 1", Kind::Set, false),
        ("USE memory", Kind::Set, false),
        ("PREPARE p AS SELECT 1", Kind::Prepare, false),
        ("ATTACH ':memory:' AS m", Kind::Attach, false),
        ("ANALYZE", Kind::Analyze, false),
        ("VACUUM", Kind::Vacuum, false),
        (
            "PIVOT (SELECT 1 AS a, 2 AS b) ON a USING sum(b)",
            Kind::Select,
            true,
        ),
        ("COPY (SELECT 1) TO 's3://b/x.csv'", Kind::Copy, false),
        (
            "MERGE INTO t USING (SELECT 1 AS b) s ON a = b WHEN NOT MATCHED THEN INSERT VALUES (b)",
            Kind::Merge,
            false,
        ),
    ] {
        let facts = engine
            .prepare(sql, &[])
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        assert_eq!(facts.kind(), kind, "{sql}");
        assert_eq!(facts.returns_rows, rows, "{sql}");
        assert_eq!(facts.columns.is_empty(), !rows, "{sql}");
        assert_eq!(facts.schema.is_empty(), !rows, "{sql}");
    }
}

#[test]
fn changed_rows_are_counted_and_never_returned_as_rows() {
    let mut engine = Engine::start();
    for (sql, changed, rows) in [
        ("CREATE TABLE t (a INTEGER)", None, 0),
        ("INSERT INTO t FROM range(10)", Some(10), 0),
        ("UPDATE t SET a = a + 1 WHERE a > 4", Some(5), 0),
        ("DELETE FROM t WHERE a > 8 RETURNING a", Some(2), 2),
        ("CREATE TABLE u AS FROM t", Some(8), 0),
        ("SELECT count(*) AS \"Count\" FROM t", None, 1),
        ("DROP TABLE u", None, 0),
        ("BEGIN", None, 0),
        ("COMMIT", None, 0),
        ("PIVOT t ON a USING count(*)", None, 1),
    ] {
        let answer = engine.run(sql);
        assert_eq!(answer.done.changed_rows, changed, "{sql}");
        assert_eq!(answer.rows(), rows, "{sql}");
        assert_eq!(answer.header.returns_rows, rows > 0, "{sql}");
    }
}

#[test]
fn text_parameters_are_values_and_never_sql() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE users (name VARCHAR, zip VARCHAR, age INTEGER)");
    engine.run("INSERT INTO users VALUES ('ann', '01234', 30), ('bob', NULL, NULL)");
    let mut count = |sql: &str, value: Option<&str>| {
        engine
            .query(sql, &[], vec![text(&[value])])
            .unwrap()
            .int64()[0]
    };
    let by_name = "SELECT count(*) FROM users WHERE name = $1";
    assert_eq!(count(by_name, Some("' OR 1=1 --")), 0);
    assert_eq!(count(by_name, Some("ann' --")), 0);
    assert_eq!(count(by_name, Some("ann")), 1);
    assert_eq!(
        count("SELECT count(*) FROM users WHERE zip = $1", Some("01234")),
        1
    );
    assert_eq!(
        count("SELECT count(*) FROM users WHERE zip = $1", Some("1234")),
        0
    );
    assert_eq!(
        count("SELECT count(*) FROM users WHERE age = $1", Some("30")),
        1
    );
    assert_eq!(count("SELECT count(*) FROM users WHERE name = $1", None), 0);
    assert_eq!(
        count(
            "SELECT count(*) FROM users WHERE zip IS NOT DISTINCT FROM $1",
            None
        ),
        1
    );
    let echoed = engine
        .query("SELECT $1", &[], vec![text(&[Some("01234\0\u{1f980}'")])])
        .unwrap();
    assert_eq!(echoed.text(), "01234\0\u{1f980}'");
    let null = engine
        .query("SELECT $1", &["INTEGER"], vec![text(&[None])])
        .unwrap();
    assert!(
        null.batches[0]
            .column(0)
            .as_primitive::<Int32Type>()
            .is_null(0)
    );
    let wrong = engine
        .query("SELECT $1", &["INTEGER"], vec![text(&[Some("x")])])
        .unwrap_err();
    assert_eq!(wrong.duckdb_class, "Conversion");
}

#[test]
fn parameters_of_arrow_types_are_bound_with_their_values() {
    let mut engine = Engine::start();
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None])]);
    let structure = StructArray::from(vec![(
        Arc::new(Field::new("k", DataType::Int32, true)),
        Arc::new(Int32Array::from(vec![7])) as ArrayRef,
    )]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(BooleanArray::from(vec![true])),
        Arc::new(Int64Array::from(vec![i64::MIN])),
        Arc::new(Float64Array::from(vec![0.1])),
        Arc::new(BinaryArray::from(vec![&[0_u8, 255][..]])),
        Arc::new(
            Decimal128Array::from(vec![12345])
                .with_precision_and_scale(9, 2)
                .unwrap(),
        ),
        Arc::new(Date32Array::from(vec![1])),
        Arc::new(TimestampMicrosecondArray::from(vec![1]).with_timezone("UTC")),
        Arc::new(list),
        Arc::new(structure),
        Arc::new(NullArray::new(1)),
        new_null_array(&DataType::Int32, 1),
    ];
    let types = [
        "BOOLEAN",
        "BIGINT",
        "DOUBLE",
        "BLOB",
        "DECIMAL(9,2)",
        "DATE",
        "TIMESTAMPTZ",
        "INTEGER[]",
        "STRUCT(k INTEGER)",
        "VARCHAR",
        "INTEGER",
    ];
    let sql = "SELECT concat_ws('|', $1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, 'none'),
               coalesce($11, -1))";
    engine.settings = vec![Setting {
        name: "TimeZone".to_owned(),
        value: "UTC".to_owned(),
    }];
    let answer = engine.query(sql, &types, columns).unwrap();
    assert_eq!(
        answer.text(),
        "true|-9223372036854775808|0.1|\\x00\\xFF|123.45|1970-01-02|1970-01-01 00:00:00.000001+00|\
         [1, NULL]|{'k': 7}|none|-1"
    );
}

#[test]
fn many_parameter_rows_run_once_each_and_all_or_none() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
    let rows = |values: &[i32]| vec![Arc::new(Int32Array::from(values.to_vec())) as ArrayRef];
    let insert = "INSERT INTO t VALUES ($1)";
    let answer = engine.query(insert, &[], rows(&[1, 2, 3])).unwrap();
    assert_eq!(answer.done.changed_rows, Some(3));
    let failure = engine.query(insert, &[], rows(&[4, 5, 1])).unwrap_err();
    assert_eq!(failure.duckdb_class, "Constraint");
    assert_eq!(engine.run("SELECT count(*) FROM t").int64(), [3]);
    let answer = engine
        .query("SELECT $1 * 10", &["BIGINT"], rows(&[1, 2, 3]))
        .unwrap();
    assert_eq!(answer.int64(), [10, 20, 30]);
    // In the client's own transaction the client decides.
    engine.run("BEGIN");
    engine.query(insert, &[], rows(&[6, 7])).unwrap();
    engine.run("ROLLBACK");
    assert_eq!(engine.run("SELECT count(*) FROM t").int64(), [3]);
    let missing = engine
        .execute_with(insert, &["INTEGER"], Bytes::new())
        .unwrap_err();
    assert_eq!(missing.kind(), FailureKind::FailureInvalid);
}

#[test]
fn a_prepared_statement_sees_what_changed_since() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER)");
    let sum = "SELECT sum(a) AS s FROM t WHERE a > $1";
    let zero = || vec![Arc::new(Int32Array::from(vec![0])) as ArrayRef];
    for expected in 1..=10_i64 {
        engine.run("INSERT INTO t VALUES (1)");
        let answer = engine.query(sum, &[], zero()).unwrap();
        let total = answer.batches[0]
            .column(0)
            .as_fixed_size_binary()
            .value(0)
            .to_vec();
        assert_eq!(
            i128::from_le_bytes(total.try_into().unwrap()),
            i128::from(expected)
        );
    }
    let pivot = "PIVOT t ON a USING count(*)";
    assert_eq!(engine.run(pivot).header.columns.len(), 1);
    engine.run("INSERT INTO t VALUES (2)");
    assert_eq!(engine.run(pivot).header.columns.len(), 2);
    let of_both = "PIVOT (SELECT 1 AS x, 2 AS y, 3 AS z) ON x, y, z USING count(*)";
    assert_eq!(engine.run(of_both).header.columns.len(), 1);
    let facts = engine.prepare("SELECT * FROM t", &[]).unwrap();
    engine.run("ALTER TABLE t ADD COLUMN b VARCHAR");
    let answer = engine.run("SELECT * FROM t");
    assert_eq!((facts.columns.len(), answer.header.columns.len()), (1, 2));
    assert_eq!(answer.rows(), 11);
}

/// DuckDB makes several statements of each: a transaction around the types of a PIVOT and the rest.
#[test]
fn what_is_done_with_a_pivot_is_done_once_it_is_run_and_within_the_clients_transaction() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t AS SELECT i % 3 AS a FROM range(10) r(i)");
    let pivot = "PIVOT t ON a USING count(*)";
    let create = format!("CREATE TABLE wide AS {pivot}");
    let facts = engine.prepare(&create, &[]).unwrap();
    assert_eq!(facts.kind(), StatementKind::Create);
    engine.fails("SELECT * FROM wide");
    engine.run(&create);
    assert_eq!(engine.run("SELECT * FROM wide").header.columns.len(), 3);
    engine.fails(&create);
    assert_eq!(engine.run("SELECT * FROM wide").rows(), 1);
    assert!(engine.run(&format!("EXPLAIN {pivot}")).rows() > 0);

    engine.run("BEGIN");
    engine.run(&format!("CREATE TABLE other AS {pivot}"));
    assert_eq!(engine.run("SELECT * FROM other").header.columns.len(), 3);
    engine.run("ROLLBACK");
    engine.fails("SELECT * FROM other");
    assert_eq!(engine.run("SELECT 1::BIGINT").int64(), [1]);
}

/// DuckDB makes several statements of it: the column, its values, and its default.
#[test]
fn a_column_with_a_computed_default_comes_whole_or_not_at_all_and_not_before_it_is_run() {
    let mut engine = Engine::start();
    let columns = |engine: &mut Engine| engine.run("SELECT * FROM t").header.columns.len();
    engine.run("CREATE TABLE t (a INTEGER)");
    engine.run("INSERT INTO t VALUES (1), (2)");
    let add = "ALTER TABLE t ADD COLUMN b VARCHAR DEFAULT upper('x')";
    let facts = engine.prepare(add, &[]).unwrap();
    assert_eq!(facts.kind(), StatementKind::Alter);
    assert_eq!(columns(&mut engine), 1);
    engine.run(add);
    engine.run("INSERT INTO t (a) VALUES (3)");
    assert_eq!(engine.run("SELECT a FROM t WHERE b = 'X'").rows(), 3);

    engine.fails(add);
    engine.fails("ALTER TABLE t ADD COLUMN c INTEGER DEFAULT CAST('no' || 'ne' AS INTEGER)");
    assert_eq!(columns(&mut engine), 2);

    engine.run("BEGIN");
    engine.run("ALTER TABLE t ADD COLUMN c VARCHAR DEFAULT lower('Y')");
    assert_eq!(engine.run("SELECT a FROM t WHERE c = 'y'").rows(), 3);
    engine.run("ROLLBACK");
    assert_eq!(columns(&mut engine), 2);
}

/// DuckDB plans with the statistics of the moment: to a plan made before, `n < 0` cannot be.
#[test]
fn no_plan_is_executed_again_after_the_data_has_changed() {
    let mut engine = Engine::start();
    let below = "SELECT n FROM t WHERE n < 0";
    let below_parameter = "SELECT n FROM t WHERE n < $1";
    let zero = || vec![Arc::new(Int64Array::from(vec![0])) as ArrayRef];
    engine.run("CREATE TABLE t (n BIGINT)");
    engine.run("INSERT INTO t FROM range(1000)");
    engine.run("PREPARE p AS SELECT n FROM t WHERE n < 0");
    engine.prepare(below, &[]).unwrap();
    assert_eq!(engine.run(below).rows(), 0);
    assert_eq!(
        engine.query(below_parameter, &[], zero()).unwrap().rows(),
        0
    );
    assert_eq!(engine.run("EXECUTE p").rows(), 0);
    engine.prepare(below, &[]).unwrap();
    engine.run("INSERT INTO t VALUES (-1)");
    assert_eq!(engine.run(below).int64(), [-1]);
    assert_eq!(
        engine.query(below_parameter, &[], zero()).unwrap().int64(),
        [-1]
    );
    assert_eq!(engine.run("EXECUTE p").int64(), [-1]);
    engine.run("DEALLOCATE p");
    engine.fails("EXECUTE p");
    // The same from one row of parameters to the next.
    engine.run("CREATE TABLE u AS SELECT range AS n FROM range(1000)");
    let insert = "INSERT INTO u SELECT $1::BIGINT WHERE NOT EXISTS (FROM u WHERE n < 0)";
    let rows = vec![Arc::new(Int64Array::from(vec![-1, -2, -3])) as ArrayRef];
    let answer = engine.query(insert, &[], rows).unwrap();
    assert_eq!(answer.done.changed_rows, Some(1));
    assert_eq!(engine.run("SELECT n FROM u WHERE n < 0").int64(), [-1]);
}

#[test]
fn a_parameter_of_a_table_function_is_described_before_it_has_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let mut engine = Engine::start_with(|start| start.allowed_directories.push(path.clone()));
    let numbers = |values: &[i64]| -> Vec<ArrayRef> {
        values
            .iter()
            .map(|value| Arc::new(Int64Array::from(vec![*value])) as ArrayRef)
            .collect()
    };
    for (sql, declared, values, expected) in [
        (
            "SELECT * FROM range($1::BIGINT)",
            vec![],
            vec![3],
            vec![0, 1, 2],
        ),
        (
            "SELECT * FROM range($1)",
            vec!["BIGINT"],
            vec![2],
            vec![0, 1],
        ),
        ("SELECT * FROM range($1)", vec![], vec![2], vec![0, 1]),
        (
            "SELECT * FROM generate_series($1, $2)",
            vec![],
            vec![4, 5],
            vec![4, 5],
        ),
        (
            "SELECT a.range + $2 AS n FROM range($1::BIGINT) a",
            vec!["", "BIGINT"],
            vec![2, 10],
            vec![10, 11],
        ),
    ] {
        let answer = engine
            .query(sql, &declared, numbers(&values))
            .unwrap_or_else(|failure| panic!("{sql}: {failure:?}"));
        assert_eq!(answer.int64(), expected, "{sql}");
    }
    let days = "SELECT * FROM generate_series($1::DATE, $2::DATE, $3::INTERVAL)";
    let facts = engine.prepare(days, &[]).unwrap();
    assert_eq!(facts.parameter_types, ["DATE", "DATE", "INTERVAL"]);
    assert_eq!(facts.columns[0].duckdb_type, "TIMESTAMP");
    // More rows than fit in memory at once come as a stream.
    let many = engine
        .query(
            "SELECT * FROM range($1::BIGINT)",
            &[],
            numbers(&[3_000_000]),
        )
        .unwrap();
    assert_eq!(many.rows(), 3_000_000);
    assert!(many.batches.len() > 10);
    let made = engine
        .query(
            "CREATE TABLE t AS FROM range($1::BIGINT)",
            &[],
            numbers(&[7]),
        )
        .unwrap();
    assert_eq!(made.done.changed_rows, Some(7));
    let copied = engine
        .query(
            &format!("COPY (FROM range($1::BIGINT)) TO '{path}/seven.parquet'"),
            &[],
            numbers(&[7]),
        )
        .unwrap();
    assert!(!copied.header.returns_rows);
    assert_eq!(copied.done.changed_rows, Some(7));

    let file = format!("{path}/seven.parquet");
    let read = "SELECT * FROM read_parquet($1)";
    let failure = engine.prepare(read, &["VARCHAR"]).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::FailureEngine);
    assert_eq!(failure.duckdb_class, "Parameter Not Resolved");
    assert!(failure.message.contains("parameter"), "{failure:?}");
    // Who does not ask before gets the rows.
    let answer = engine
        .execute_with(read, &["VARCHAR"], parameters(vec![text(&[Some(&file)])]))
        .unwrap();
    assert_eq!(answer.int64(), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(answer.header.columns[0].name, "range");

    let wrong = "SELECT nope FROM range($1::BIGINT)";
    let failure = engine.prepare(wrong, &[]).unwrap_err();
    assert_eq!(failure.duckdb_subtype, "COLUMN_NOT_FOUND");
    assert_eq!(failure.position, 8);
}

#[test]
fn a_query_on_files_sees_files_that_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let mut engine = Engine::start_with(|start| start.allowed_directories.push(path.clone()));
    let count = format!("SELECT count(*) FROM '{path}/*.parquet'");
    for file in 1..=3_i64 {
        engine.run(&format!("COPY (FROM range(10)) TO '{path}/{file}.parquet'"));
        engine.prepare(&count, &[]).unwrap();
        assert_eq!(engine.run(&count).int64(), [file * 10]);
    }
}

#[test]
fn errors_carry_duckdbs_facts_and_the_position_in_the_clients_text() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER)");
    for (sql, class, subtype, position) in [
        ("SELCT 1", "Parser", "SYNTAX_ERROR", 1),
        ("SELECT nope FROM t", "Binder", "COLUMN_NOT_FOUND", 8),
        ("SELECT 'é☃', nope FROM t", "Binder", "COLUMN_NOT_FOUND", 14),
        ("SELECT * FROM nope", "Catalog", "MISSING_ENTRY", 15),
        (
            "CREATE TABLE t (a INTEGER)",
            "Catalog",
            "ENTRY_ALREADY_EXISTS",
            0,
        ),
        ("SELECT CAST('x' AS INTEGER)", "Conversion", "", 8),
        ("SELECT error('boom')", "Invalid Input", "", 0),
    ] {
        let failure = engine.fails(sql);
        assert_eq!(failure.kind(), FailureKind::FailureEngine, "{sql}");
        assert_eq!(failure.duckdb_class, class, "{sql}");
        assert_eq!(failure.duckdb_subtype, subtype, "{sql}");
        assert_eq!(failure.position, position, "{sql}");
        assert!(
            !failure.message.contains("LINE 1"),
            "{sql}: {}",
            failure.message
        );
        assert!(
            !failure.message.contains("Error:"),
            "{sql}: {}",
            failure.message
        );
        assert!(
            !failure.message.contains("exception_type"),
            "{sql}: {}",
            failure.message
        );
    }
    let behind = engine
        .prepare("SELECT $1::INTEGER + $2::INTEGER, nope", &[])
        .unwrap_err();
    assert_eq!(behind.position, 35);
    for sql in ["SELECT 1; SELECT 2", "SELECT 1;; SELECT 2;"] {
        let failure = engine.fails(sql);
        assert_eq!(failure.kind(), FailureKind::FailureInvalid);
        assert_eq!(
            failure.message,
            "cannot insert multiple commands into a prepared statement"
        );
    }
    for sql in ["", " ; ", "-- nothing"] {
        assert_eq!(
            engine.fails(sql).kind(),
            FailureKind::FailureInvalid,
            "{sql}"
        );
    }
    let injected = engine
        .prepare("SELECT $1", &["INTEGER); DROP TABLE t; --"])
        .unwrap_err();
    assert_eq!(injected.kind(), FailureKind::FailureInvalid);
    assert_eq!(engine.run("SELECT 1::BIGINT;").int64(), [1]);
}

#[test]
fn cursors_give_exact_counts_while_other_statements_run() {
    let mut engine = Engine::start();
    engine.run("BEGIN");
    let first = engine.open("c1", "SELECT i FROM range(100000) t(i)");
    let second = engine.open("c2", "SELECT i * 2 FROM range(50000) t(i)");
    let (mut first_rows, mut second_rows) = (Vec::new(), Vec::new());
    for step in 0_u64.. {
        let answer = engine.fetch("c1", &first, 1 + step * 997 % 5000).unwrap();
        assert!(answer.rows() as u64 <= 1 + step * 997 % 5000);
        assert!(answer.done.more || first_rows.len() + answer.rows() == 100_000);
        first_rows.extend(answer.int64());
        assert_eq!(engine.run("SELECT 42::BIGINT").int64(), [42]);
        if second_rows.len() < 50_000 {
            second_rows.extend(engine.fetch("c2", &second, 777).unwrap().int64());
        }
        if !answer.done.more {
            break;
        }
    }
    second_rows.extend(engine.fetch("c2", &second, 0).unwrap().int64());
    assert!(first_rows.iter().copied().eq(0..100_000));
    assert!(second_rows.iter().copied().eq((0..50_000).map(|i| i * 2)));
    let after = engine.fetch("c1", &first, 10).unwrap();
    assert_eq!((after.rows(), after.done.more), (0, false));
    engine.close("c1").unwrap();
    let gone = engine.fetch("c1", &first, 1).unwrap_err();
    assert_eq!(gone.kind(), FailureKind::FailureNoSuchCursor);
    assert_eq!(
        engine.close("c1").unwrap_err().kind(),
        FailureKind::FailureNoSuchCursor
    );
    let files: Vec<_> = std::fs::read_dir(engine.spill.path()).unwrap().collect();
    assert!(
        files.iter().all(|file| {
            !file
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with("cursor")
        }),
        "{files:?}"
    );
}

#[test]
fn a_cursor_ends_exactly_at_its_last_row() {
    let mut engine = Engine::start();
    let header = engine.open("c", "SELECT i FROM range(10) t(i)");
    let answer = engine.fetch("c", &header, 10).unwrap();
    assert_eq!((answer.rows(), answer.done.more), (10, false));
    let header = engine.open("d", "SELECT i FROM range(11) t(i)");
    let answer = engine.fetch("d", &header, 10).unwrap();
    assert_eq!((answer.rows(), answer.done.more), (10, true));
    let answer = engine.fetch("d", &header, 10).unwrap();
    assert_eq!((answer.int64(), answer.done.more), (vec![10], false));
}

#[test]
fn a_cursor_too_large_to_be_spooled_is_refused_and_the_session_goes_on() {
    let mut engine = Engine::start_with(|start| start.spill_bytes_max = 4 * MIB);
    let header = engine.open("big", "SELECT i FROM range(10000000) t(i)");
    assert_eq!(engine.fetch("big", &header, 5).unwrap().rows(), 5);
    let failure = engine.fails("SELECT 1");
    assert_eq!(failure.kind(), FailureKind::FailureLimit);
    assert_eq!(failure.message, "could not spool cursor");
    let gone = engine.fetch("big", &header, 5).unwrap_err();
    assert_eq!(gone.kind(), FailureKind::FailureNoSuchCursor);
    assert_eq!(engine.run("SELECT 1::BIGINT").int64(), [1]);
}

const LONG_JOIN: &str =
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7";

#[test]
fn an_interrupt_ends_a_long_join_within_a_second() {
    let mut engine = Engine::start();
    for _ in 0..3 {
        let statement = engine.statement(LONG_JOIN, &[], Bytes::new());
        engine.send(to_engine::Message::Execute(statement));
        let started = Instant::now();
        engine.send(to_engine::Message::Interrupt(Interrupt {}));
        let failure = engine.answer(None).unwrap_err();
        assert_eq!(failure.kind(), FailureKind::FailureCancelled);
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "{:?}",
            started.elapsed()
        );
        // One that comes late is not kept for the next statement.
        engine.send(to_engine::Message::Interrupt(Interrupt {}));
        assert_eq!(engine.run("SELECT 5::BIGINT").int64(), [5]);
    }
}

#[test]
fn an_interrupt_ends_a_statement_whose_rows_nobody_reads() {
    let mut engine = Engine::start();
    let statement = engine.statement("SELECT i FROM range(100000000) t(i)", &[], Bytes::new());
    engine.send(to_engine::Message::Execute(statement));
    // The header is out, so the statement runs; its rows fill the socket.
    assert!(matches!(engine.receive(), Some(Frame::Message(_))));
    engine.send(to_engine::Message::Interrupt(Interrupt {}));
    let mut rows = 0;
    let failure = loop {
        match engine.receive() {
            Some(Frame::Batch(batch)) => rows += batch.rows,
            Some(Frame::Message(FromEngine {
                message: Some(from_engine::Message::Failure(failure)),
            })) => break failure,
            other => panic!("unexpected {other:?}"),
        }
    };
    assert_eq!(failure.kind(), FailureKind::FailureCancelled);
    assert!(rows < 10_000_000, "{rows} rows came after the interrupt");
    assert_eq!(engine.run("SELECT 5::BIGINT").int64(), [5]);
}

#[test]
fn a_reader_that_stops_holds_the_engines_memory_flat() {
    let mut engine = Engine::start();
    let statement = engine.statement(
        "SELECT i, i::VARCHAR FROM range(200000000) t(i)",
        &[],
        Bytes::new(),
    );
    engine.send(to_engine::Message::Execute(statement));
    assert!(matches!(engine.receive(), Some(Frame::Message(_))));
    let mut rows = 0;
    let mut highest = 0;
    for _ in 0..200 {
        match engine.receive() {
            Some(Frame::Batch(batch)) => rows += batch.rows,
            other => panic!("after {rows} rows: {other:?}"),
        }
        highest = highest.max(resident_bytes(&engine.child));
    }
    assert!(rows > 0);
    assert!(highest < 250 * MIB, "{} MiB", highest / MIB);
}

#[test]
fn wide_rows_that_nobody_reads_do_not_pile_up() {
    let mut engine = Engine::start();
    let sql = "SELECT repeat('x', 2000) || i FROM range(10000000) t(i)";
    let statement = engine.statement(sql, &[], Bytes::new());
    engine.send(to_engine::Message::Execute(statement));
    assert!(matches!(engine.receive(), Some(Frame::Message(_))));
    let (mut rows, mut highest, mut largest) = (0, 0, 0);
    while rows < 300_000 {
        match engine.receive() {
            Some(Frame::Batch(batch)) => {
                rows += batch.rows;
                largest = largest.max(batch.body.len());
            }
            other => panic!("after {rows} rows: {other:?}"),
        }
        highest = highest.max(resident_bytes(&engine.child));
    }
    assert!(largest < 3 << 20, "{largest}");
    assert!(highest < 450 * MIB, "{} MiB", highest / MIB);
}

fn resident_bytes(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/statm", child.id())).unwrap();
    let pages: u64 = status.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[test]
fn a_list_of_a_billion_numbers_is_a_clean_error_and_work_at_the_limit_is_not() {
    let mut engine = Engine::start();
    let failure = engine.fails("SELECT length(range(1000000000))");
    assert_eq!(failure.duckdb_class, "Out of Memory", "{failure:?}");
    assert_eq!(engine.run("SELECT 5::BIGINT").int64(), [5]);
    let failure = engine.fails("SELECT length(repeat('x', 4000000000))");
    assert_eq!(failure.kind(), FailureKind::FailureEngine, "{failure:?}");
    // Sorting and grouping more than fits into the limit goes to the spill directory.
    let sorted = engine.run(
        "SELECT max(a) FROM (SELECT (i * 7919) % 20000003 AS a, md5(i::VARCHAR) AS s
         FROM range(8000000) t(i) ORDER BY s LIMIT 7000000)",
    );
    assert_eq!(sorted.rows(), 1);
    let grouped = engine.run(
        "SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS s, count(*) FROM range(8000000) t(i)
         GROUP BY s)",
    );
    assert_eq!(grouped.int64(), [8_000_000]);
}

#[test]
fn spilling_past_its_limit_is_a_clean_error() {
    let mut engine = Engine::start_with(|start| {
        start.memory_bytes_max = 128 * MIB;
        start.spill_bytes_max = 16 * MIB;
    });
    let failure = engine.fails(
        "SELECT max(s) FROM (SELECT md5(i::VARCHAR) AS s FROM range(20000000) t(i)
         ORDER BY s OFFSET 10)",
    );
    assert_eq!(failure.kind(), FailureKind::FailureEngine, "{failure:?}");
    assert_eq!(engine.run("SELECT 5::BIGINT").int64(), [5]);
}

#[test]
fn a_crash_costs_this_engine_only() {
    let mut engine = Engine::start();
    let mut other = Engine::start();
    let statement = engine.statement(
        "SELECT json_structure(repeat('[', 10000000) || repeat(']', 10000000))",
        &[],
        Bytes::new(),
    );
    engine.send(to_engine::Message::Execute(statement));
    // Whatever it says first, the stream ends without a final message, or with an error.
    let mut ended_well = false;
    while let Some(frame) = engine.receive() {
        if let Frame::Message(FromEngine {
            message: Some(from_engine::Message::Done(_)),
        }) = frame
        {
            ended_well = true;
        }
        if let Frame::Message(FromEngine {
            message: Some(from_engine::Message::Failure(_)),
        }) = frame
        {
            break;
        }
    }
    assert!(!ended_well);
    assert_eq!(other.run("SELECT 5::BIGINT").int64(), [5]);
}

#[test]
fn local_files_outside_of_the_allowed_folders_cannot_be_reached() {
    let allowed = tempfile::tempdir().unwrap();
    let path = allowed.path().display().to_string();
    std::fs::write(allowed.path().join("ok.csv"), "a,b\n1,2\n").unwrap();
    let mut engine = Engine::start_with(|start| start.allowed_directories.push(path.clone()));
    assert_eq!(engine.run(&format!("FROM '{path}/ok.csv'")).rows(), 1);
    for sql in [
        "SELECT * FROM read_csv('/etc/passwd', sep = ':')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd.csv'",
        "SELECT * FROM glob('/etc/*')",
        "COPY (SELECT 1) TO '/tmp/tavana-engine-test.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "ATTACH '/tmp/tavana-engine-test.db' AS x",
        "SELECT * FROM read_text('/proc/self/environ')",
    ] {
        let failure = engine.fails(sql);
        assert!(
            failure.duckdb_class == "Permission"
                || failure.kind() == FailureKind::FailurePermission,
            "{sql}: {failure:?}"
        );
    }
    let through = format!("SELECT * FROM read_text('{path}/../../../../../../etc/passwd')");
    assert_eq!(engine.fails(&through).duckdb_class, "Permission");
}

#[test]
fn the_spill_folder_cannot_be_read_or_written_by_a_statement() {
    let mut engine = Engine::start();
    let spill = engine.spill.path().join("duckdb");
    let folder = spill.display().to_string();
    const SWAP: &str = "duckdb_temp_storage_DEFAULT-0.tmp";
    std::fs::write(spill.join(SWAP), "CANARY").unwrap();
    for sql in [
        format!("SELECT * FROM read_blob('{folder}/*')"),
        format!("SELECT * FROM read_text('{folder}/{SWAP}')"),
        format!("SELECT * FROM read_text(concat('{folder}', '/{SWAP}'))"),
        format!("SELECT * FROM read_text(concat('/proc/self/root{folder}', '/{SWAP}'))"),
        format!("COPY (SELECT 1) TO '{folder}/{SWAP}' (USE_TMP_FILE false)"),
        format!("SELECT * FROM read_text('file://{folder}/../duckdb/{SWAP}')"),
        format!("FROM glob('/{folder}/./*')"),
        format!("COPY (SELECT 1) TO '{folder}/x.csv'"),
        format!("ATTACH '{folder}/x.db' AS x"),
        format!("SELECT * FROM \"{folder}/*.csv\""),
    ] {
        let failure = engine.fails(&sql);
        assert!(
            failure.duckdb_class == "Permission"
                || failure.kind() == FailureKind::FailurePermission,
            "{sql}: {failure:?}"
        );
    }
    let spilled = format!("{folder}/{SWAP}");
    for value in [text(&[Some(&spilled)]), list_of(&[&spilled])] {
        let failure = engine
            .execute_with(
                "SELECT * FROM read_text($1)",
                &[""],
                parameters(vec![value]),
            )
            .unwrap_err();
        assert!(
            failure.duckdb_class == "Permission"
                || failure.kind() == FailureKind::FailurePermission,
            "{failure:?}"
        );
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(std::fs::read(spill.join(SWAP)).unwrap(), b"CANARY");
    // The one form of a string the lexer does not know is one DuckDB does not know either.
    let failure = engine.fails("SELECT U&'\\002f'");
    assert_eq!(failure.duckdb_class, "Parser");
    assert_eq!(engine.run(r"SELECT e'\x2f\57'").text(), "//");
}

#[test]
fn the_locked_profile_cannot_be_opened_again() {
    let mut engine = Engine::start();
    for (name, value) in [
        ("lock_configuration", "true"),
        ("enable_external_access", "false"),
        ("allow_persistent_secrets", "false"),
        ("autoload_known_extensions", "false"),
        ("max_expression_depth", "250"),
        ("arrow_lossless_conversion", "true"),
        ("preserve_insertion_order", "true"),
    ] {
        let found = engine
            .run(&format!("SELECT current_setting('{name}')::VARCHAR"))
            .text();
        assert_eq!(found, value, "{name}");
    }
    for sql in [
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SET GLOBAL allowed_configs = ['max_expression_depth']",
        "SET memory_limit = '9GB'",
        "PRAGMA memory_limit = '9GB'",
        "SET threads = 64",
        "RESET threads",
        "SET temp_directory = '/tmp'",
        "SET max_expression_depth = 1000000",
        "SET streaming_buffer_size = '10GB'",
        "INSTALL spatial",
        "LOAD '/tmp/x.duckdb_extension'",
        "PRAGMA enable_profiling",
        "CALL enable_logging('QueryLog')",
        "COPY (SELECT 1) TO STDOUT",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
    ] {
        let failure = engine.fails(sql);
        assert_ne!(
            failure.kind(),
            FailureKind::FailureInternal,
            "{sql}: {failure:?}"
        );
    }
    let depth = format!("SELECT {}1", "1+".repeat(5000));
    assert_eq!(engine.fails(&depth).kind(), FailureKind::FailureEngine);
}

#[test]
fn session_settings_travel_with_each_request_and_are_reset_when_they_go() {
    let mut engine = Engine::start();
    let zone = "SELECT current_setting('TimeZone')";
    let before = engine.run(zone).text();
    let set = |name: &str, value: &str| Setting {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    engine.settings = vec![set("TimeZone", "Asia/Tokyo"), set("default_order", "DESC")];
    assert_eq!(engine.run(zone).text(), "Asia/Tokyo");
    let facts = engine.prepare("SELECT now() AS n", &[]).unwrap();
    let tokyo = facts.schema.clone();
    assert_eq!(
        engine.run("SELECT i FROM range(3) t(i) ORDER BY i").int64(),
        [2, 1, 0]
    );
    engine.settings = vec![set("TimeZone", "Europe/Vienna")];
    assert_eq!(engine.run(zone).text(), "Europe/Vienna");
    assert_eq!(
        engine.run("SELECT i FROM range(3) t(i) ORDER BY i").int64(),
        [0, 1, 2]
    );
    assert_ne!(
        engine.prepare("SELECT now() AS n", &[]).unwrap().schema,
        tokyo
    );
    engine.settings = Vec::new();
    assert_eq!(engine.run(zone).text(), before);
    engine.settings = vec![set("memory_limit", "9GB")];
    assert_eq!(
        engine.fails("SELECT 1").kind(),
        FailureKind::FailurePermission
    );
    engine.settings = vec![set("TimeZone = 'x'; DROP", "y")];
    assert_eq!(engine.fails("SELECT 1").kind(), FailureKind::FailureInvalid);
    engine.settings = vec![set("TimeZone", "x' ; DROP TABLE t; --")];
    assert_eq!(engine.fails("SELECT 1").kind(), FailureKind::FailureEngine);
    engine.settings = Vec::new();
    assert_eq!(engine.run("SELECT 1::BIGINT").int64(), [1]);
}

#[test]
fn a_failed_transaction_can_be_rolled_back_whatever_the_settings() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
    engine.run("BEGIN");
    engine.run("INSERT INTO t VALUES (1)");
    engine.fails("INSERT INTO t VALUES (1)");
    engine.settings = vec![Setting {
        name: "TimeZone".to_owned(),
        value: "UTC".to_owned(),
    }];
    engine.run("ROLLBACK");
    assert_eq!(engine.run("SELECT count(*) FROM t").int64(), [0]);
    assert_eq!(
        engine.run("SELECT current_setting('TimeZone')").text(),
        "UTC"
    );
}

/// How nice the threads of a process are, in kernel's numbers, by their names.
fn niceness(pid: u32) -> Vec<(String, i32)> {
    /// Among the fields after the name, see proc(5).
    const NICE: usize = 16;
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks
        // A thread may end meanwhile.
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok())
        .map(|stat| {
            let (name, fields) = stat.rsplit_once(')').unwrap();
            let nice = fields.split_ascii_whitespace().nth(NICE).unwrap();
            let (_, name) = name.split_once('(').unwrap();
            (name.to_owned(), nice.parse().unwrap())
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "there is no runtime here")]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_statement_gives_way_after_its_time_and_the_next_one_need_not() {
    let mut engine = Engine::start();
    let pid = engine.child.id();
    let statement = |engine: &Engine, sql: &str, ordinary_cpu_millis: u32| {
        let mut statement = engine.statement(sql, &[], Bytes::new());
        statement.grant = Some(Grant {
            memory_bytes: 256 * MIB,
            threads: 3,
            ordinary_cpu_millis,
        });
        to_engine::Message::Execute(statement)
    };
    let is_ordinary = |(_, nice): &(String, i32)| *nice == 0;
    engine.run("CREATE TEMP TABLE kept AS SELECT 42::BIGINT AS i");
    for ordinary_cpu_millis in [300, 0] {
        engine.send(statement(
            &engine,
            "SELECT count(*) FROM range(10000000000) t(i) WHERE i % 7 = 3",
            ordinary_cpu_millis,
        ));
        // Those that serve never give way: an interrupt must be heard. The executor's successor
        // waits with them.
        wait_until("three threads give way", || {
            let found = niceness(pid);
            let gave_way = found.iter().filter(|(_, nice)| *nice == 10).count();
            let serve = found.iter().filter(|thread| is_ordinary(thread)).count();
            assert!(found.iter().all(|(_, nice)| [0, 10].contains(nice)));
            gave_way == 3 && serve == 4
        });
        engine.send(to_engine::Message::Interrupt(Interrupt {}));
        assert_eq!(
            engine.answer(None).unwrap_err().kind(),
            FailureKind::FailureCancelled
        );
        engine.send(statement(&engine, "SELECT i FROM kept", 60_000));
        assert_eq!(engine.answer(None).unwrap().int64(), [42]);
        // The threads that gave way end; the new ones are as many.
        wait_until("all threads are ordinary again", || {
            let found = niceness(pid);
            found.len() == 6 && found.iter().all(is_ordinary)
        });
    }
}

#[test]
fn a_statement_of_a_principal_without_time_stays_where_it_is() {
    let mut engine = Engine::start();
    let pid = engine.child.id();
    let mut ids = HashSet::new();
    for _ in 0..3 {
        let sql = "SELECT count(*) FROM range(300000000) t(i) WHERE i % 7 = 3";
        let mut statement = engine.statement(sql, &[], Bytes::new());
        statement.grant = Some(Grant {
            memory_bytes: 256 * MIB,
            threads: 2,
            ordinary_cpu_millis: 0,
        });
        engine.send(to_engine::Message::Execute(statement));
        engine.answer(None).unwrap();
        let threads: BTreeSet<PathBuf> = std::fs::read_dir(format!("/proc/{pid}/task"))
            .unwrap()
            .map(|task| task.unwrap().path())
            .collect();
        ids.insert(threads);
    }
    assert_eq!(ids.len(), 1, "no thread was replaced");
}

#[test]
fn grants_are_applied_for_each_request() {
    let mut engine = Engine::start();
    let limit = |engine: &mut Engine, memory: u64, threads: u32| {
        let mut statement = engine.statement(
            "SELECT string_agg(value, ' ' ORDER BY name) FROM duckdb_settings()
             WHERE name IN ('memory_limit', 'threads')",
            &[],
            Bytes::new(),
        );
        statement.grant = Some(Grant {
            memory_bytes: memory * MIB,
            threads,
            ordinary_cpu_millis: 60_000,
        });
        engine.send(to_engine::Message::Execute(statement));
        engine.answer(None).unwrap().text()
    };
    assert_eq!(limit(&mut engine, 256, 1), "256.0 MiB 1");
    assert_eq!(limit(&mut engine, 128, 2), "128.0 MiB 2");
}

#[test]
fn appended_batches_are_in_the_table_all_or_none() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b VARCHAR DEFAULT 'none', d DATE)");
    let batch = |range: std::ops::Range<i32>| {
        let dates: Vec<String> = range.clone().map(|_| "2000-01-02".to_owned()).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("x", Arc::new(Int32Array::from_iter_values(range))),
            ("y", Arc::new(StringArray::from(dates))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let start = || AppendStart {
        table: "t".to_owned(),
        columns: vec!["a".to_owned(), "d".to_owned()],
        ..AppendStart::default()
    };
    let answer = engine
        .append(start(), &[batch(0..5000), batch(5000..300_000)])
        .unwrap();
    assert_eq!(answer.done.rows, 300_000);
    let check = "SELECT count(*) FROM t WHERE b = 'none' AND d = DATE '2000-01-02'";
    assert_eq!(engine.run(check).int64(), [300_000]);
    let failure = engine
        .append(
            start(),
            &[
                batch(300_000..700_000),
                batch(0..10),
                batch(800_000..800_010),
            ],
        )
        .unwrap_err();
    assert_eq!(failure.duckdb_class, "Constraint", "{failure:?}");
    assert_eq!(engine.run(check).int64(), [300_000]);
    let missing = AppendStart {
        table: "nope".to_owned(),
        ..start()
    };
    let failure = engine.append(missing, &[batch(0..1)]).unwrap_err();
    assert_eq!(failure.duckdb_class, "Catalog", "{failure:?}");
    assert_eq!(engine.run("SELECT 5::BIGINT").int64(), [5]);
    engine.run("BEGIN");
    engine.append(start(), &[batch(900_000..900_001)]).unwrap();
    engine.run("ROLLBACK");
    assert_eq!(engine.run(check).int64(), [300_000]);
}

#[test]
fn an_append_can_be_interrupted_while_it_waits() {
    let mut engine = Engine::start();
    engine.run("CREATE TABLE t (a INTEGER)");
    let schema = Schema::new(vec![Field::new("a", DataType::Int32, true)]);
    let mut tracker = DictionaryTracker::new(true);
    let message = IpcDataGenerator::default().schema_to_bytes_with_dictionary_tracker(
        &schema,
        &mut tracker,
        &IpcWriteOptions::default(),
    );
    engine.send(to_engine::Message::AppendStart(AppendStart {
        table: "t".to_owned(),
        arrow_schema: message.ipc_message,
        ..AppendStart::default()
    }));
    engine.send(to_engine::Message::Interrupt(Interrupt {}));
    let failure = engine.answer(None).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::FailureCancelled);
    assert_eq!(engine.run("SELECT count(*) FROM t").int64(), [0]);
}

#[test]
fn an_engine_ends_when_its_supervisor_is_gone_even_in_the_middle_of_a_statement() {
    let mut engine = Engine::start();
    let statement = engine.statement(LONG_JOIN, &[], Bytes::new());
    engine.send(to_engine::Message::Execute(statement));
    let (unused, _) = UnixStream::pair().unwrap();
    drop(std::mem::replace(&mut engine.socket, unused));
    engine.wait();
}

#[test]
fn extensions_are_loaded_by_path_and_secrets_belong_to_the_engine() {
    let names = ["httpfs", "azure", "delta", "iceberg", "avro", "excel"];
    let mut engine = Engine::start_with(|start| start.extensions = extensions(&names));
    assert_eq!(engine.ready.duckdb_version, "v1.5.5");
    let mut loaded = engine.ready.loaded_extensions.clone();
    loaded.sort();
    assert_eq!(
        loaded,
        ["avro", "azure", "delta", "excel", "httpfs", "iceberg"]
    );
    engine.send(to_engine::Message::Assign(Assign {
        user: "tester".to_owned(),
        secrets: vec![Secret {
            name: "lake".to_owned(),
            r#type: "s3".to_owned(),
            provider: "config".to_owned(),
            scope: "s3://lake".to_owned(),
            options: [
                ("KEY_ID", "AKIA"),
                ("SECRET", "TOP'SECRET"),
                ("USE_SSL", "false"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            infrastructure: true,
        }],
    }));
    engine.answer(None).unwrap();
    let names = engine
        .run("SELECT name FROM duckdb_secrets() ORDER BY name")
        .texts();
    assert_eq!(
        names,
        [
            Some("\u{10ffff}tavana_anon_azure_abfs".to_owned()),
            Some("\u{10ffff}tavana_anon_azure_abfss".to_owned()),
            Some("\u{10ffff}tavana_anon_s3".to_owned()),
            Some("\u{10ffff}tavana_lake".to_owned())
        ]
    );
    let shown = engine
        .run("SELECT string_agg(secret_string, '') FROM duckdb_secrets()")
        .text();
    assert!(!shown.contains("TOP"), "{shown}");
    let failure = engine.fails("SELECT * FROM delta_scan('/etc')");
    assert_eq!(failure.kind(), FailureKind::FailurePermission);
    for sql in [
        "CREATE SECRET u (TYPE s3, SECRET 'TOPSECRET' x)",
        "CREATE SECRET u (TYPE s3, SECRET 'x' 'TOPSECRET')",
        "CREATE OR REPLACE TEMPORARY SECRET u (TYPE s3, USE_SSL 'TOPSECRET')",
        "CREATE SECRET u (TYPE s3, NOPE 'TOPSECRET')",
        "CREATE SECRET (TYPE 'TOPSECRET')",
    ] {
        let failure = engine.fails(sql);
        assert!(
            !format!("{failure:?}").contains("TOPSECRET"),
            "{sql}: {failure:?}"
        );
    }
    // A literal that stands by chance in every text is left there.
    let failure = engine.fails("CREATE SECRET u (TYPE s3, KEY_ID 'a', SECRET 'o', NOPE 'e')");
    assert!(!failure.message.contains("***"), "{failure:?}");
}

#[test]
fn a_users_own_secret_wins_over_the_deployments() {
    let mut engine = Engine::start_with(|start| start.extensions = extensions(&["httpfs"]));
    engine.send(to_engine::Message::Assign(Assign {
        user: "tester".to_owned(),
        secrets: vec![Secret {
            name: "access_s3".to_owned(),
            r#type: "s3".to_owned(),
            options: [("KEY_ID".to_owned(), "INFRA".to_owned())].into(),
            ..Secret::default()
        }],
    }));
    engine.answer(None).unwrap();
    let which = "SELECT name FROM which_secret('s3://b/x', 's3')";
    assert_eq!(engine.run(which).text(), "\u{10ffff}tavana_access_s3");
    for name in ["~~", "\u{10fffe}", "zebra", "__default_s3"] {
        let name = format!("\"{name}\"");
        engine.run(&format!("CREATE SECRET {name} (TYPE s3, KEY_ID 'MINE')"));
        assert_eq!(format!("\"{}\"", engine.run(which).text()), name);
        engine.run(&format!("DROP SECRET {name}"));
    }
    assert_eq!(engine.run(which).text(), "\u{10ffff}tavana_access_s3");
}

#[test]
fn a_required_extension_that_does_not_load_stops_the_engine_with_one_line() {
    let broken = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(broken.path(), b"not an extension").unwrap();
    let path = broken.path().display().to_string();
    let extension = |required| Extension {
        name: "x".to_owned(),
        path: path.clone(),
        required,
    };
    let said = Engine::try_start(|start| start.extensions.push(extension(true)))
        .err()
        .expect("the engine refuses to start");
    assert!(
        said.starts_with("could not load the required extension \"x\""),
        "{said}"
    );
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    let engine = Engine::start_with(|start| start.extensions.push(extension(false)));
    assert!(engine.ready.loaded_extensions.is_empty());
}
