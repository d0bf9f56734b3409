//! The attacks of `duckdb.md`, section 2, plain and wrapped in everything that SQL has to wrap a
//! statement in, through the simple and the extended protocol and Flight SQL: none succeeds.
//!
//! Rows that are no statement to refuse are elsewhere: 10 (infrastructure's keys as settings) and
//! 26 (keys of one's own, harmless with an engine for each principal) in `credentials.rs`, 16 in
//! `network.rs`; row 27 (a certificate nobody signed) ends at the address of the test's own server.

use crate::support::flight::Flight;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Out, Reply, Wire};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const CANARY: &str = "CANARY-8e21c7d0-gate";
/// The least number of variants that must have been tried.
const VARIANTS_MIN: usize = 500;

/// SQLSTATEs an attack may end with beside 42501, and why.
const DOCUMENTED: [(&str, &str); 7] = [
    (
        "42601",
        "the grammar has no such statement: EXPLAIN ATTACH, PREPARE ... AS LOAD, U&''",
    ),
    ("42883", "the function does not exist in this build: getenv"),
    ("55P02", "DuckDB's own lock holds the setting"),
    (
        "0A000",
        "the statement cannot be prepared, or not by itself",
    ),
    ("22023", "a setting that cannot be changed at run time"),
    (
        "25P02",
        "the second statement after a refused one in a transaction",
    ),
    (
        "42P02",
        "a statement with a parameter for a path could not be described",
    ),
];

struct Attack {
    row: u32,
    sql: String,
}

fn attacks(outside: &str, port: u16, data: &str) -> Vec<Attack> {
    let host = format!("127.0.0.1:{port}");
    let text = format!("{outside}/canary.txt");
    let mut all = Vec::new();
    let mut row = |row, sqls: &[String]| {
        all.extend(sqls.iter().map(|sql| Attack {
            row,
            sql: sql.clone(),
        }));
    };
    row(
        1,
        &[
            format!("SELECT * FROM read_text('{text}')"),
            format!("SELECT * FROM read_blob('{outside}/*')"),
            format!("SELECT * FROM read_csv('{outside}/canary.csv', sep = ':')"),
            format!("FROM '{outside}/canary.csv'"),
            format!("SELECT * FROM sniff_csv('{outside}/canary.csv')"),
            format!("SELECT * FROM read_text(concat('{outside}', '/canary.txt'))"),
        ],
    );
    row(
        2,
        &[
            "SELECT * FROM read_text('/proc/self/environ')".to_owned(),
            "SELECT * FROM read_text('/proc/self/cmdline')".to_owned(),
        ],
    );
    row(
        4,
        &[
            format!("SELECT * FROM read_text('{data}/../{}')", &text),
            format!("SELECT * FROM read_text('{data}/../../../../../../../..{text}')"),
            format!("SELECT * FROM read_text('file://{text}')"),
            format!("SELECT * FROM read_text('{data}_evil/x')"),
        ],
    );
    row(
        5,
        &[
            format!("COPY (SELECT 1) TO '{outside}/out.csv'"),
            format!(
                "COPY (SELECT 1 AS a, 2 AS b) TO '{outside}/out' (FORMAT parquet, PARTITION_BY a)"
            ),
            format!("EXPORT DATABASE '{outside}/export'"),
            format!("IMPORT DATABASE '{outside}'"),
            format!("ATTACH '{outside}/x.db'"),
            format!("ATTACH 'file:{outside}/x.db' AS x (READ_ONLY)"),
            "COPY (SELECT 1) TO '/dev/stdout'".to_owned(),
        ],
    );
    row(
        6,
        &[
            format!("SET log_query_path = '{outside}/log'"),
            format!(
                "CALL enable_logging('QueryLog', storage = 'file', storage_config = {{'path': \
                 '{outside}'}})"
            ),
        ],
    );
    row(
        7,
        &[
            format!("LOAD '{outside}/x.duckdb_extension'"),
            "LOAD httpfs".to_owned(),
            "INSTALL spatial".to_owned(),
            format!("INSTALL h3 FROM 'http://{host}'"),
            "FORCE INSTALL h3".to_owned(),
            "UPDATE EXTENSIONS".to_owned(),
        ],
    );
    row(8, &["SELECT getenv('HOME')".to_owned()]);
    row(
        9,
        &[format!(
            "SELECT * FROM read_text('http://{host}/latest/meta-data')"
        )],
    );
    row(
        11,
        &[
            format!("SET s3_endpoint = '{host}'"),
            format!("SELECT * FROM read_text('s3://latest/x?s3_endpoint={host}&s3_use_ssl=false')"),
        ],
    );
    row(
        12,
        &[format!(
            "CREATE SECRET e (TYPE s3, KEY_ID 'key', SECRET 'secret', ENDPOINT '{host}', USE_SSL \
             false)"
        )],
    );
    row(13, &[format!("SET http_proxy = 'http://{host}'")]);
    row(
        14,
        &[format!("SELECT * FROM delta_scan('https://{host}/x')")],
    );
    row(
        15,
        &[
            format!("SELECT * FROM delta_scan('{outside}')"),
            format!("SELECT * FROM delta_scan('{outside}' || '')"),
            format!("SELECT * FROM delta_list_files('{outside}')"),
            format!("SELECT * FROM iceberg_scan('{outside}')"),
            format!("ATTACH '{outside}' AS d (TYPE delta)"),
        ],
    );
    row(
        17,
        &[format!(
            "ATTACH 'w' AS w (TYPE iceberg, ENDPOINT 'http://{host}/x', AUTHORIZATION_TYPE 'none')"
        )],
    );
    row(
        18,
        &[format!(
            "CREATE SECRET o (TYPE iceberg, CLIENT_ID 'a', CLIENT_SECRET 'b', OAUTH2_SERVER_URI \
             'http://{host}/x')"
        )],
    );
    row(
        19,
        &[
            "SET memory_limit = '100GB'".to_owned(),
            "SET threads = 64".to_owned(),
            "SET GLOBAL max_temp_directory_size = '1TB'".to_owned(),
            "PRAGMA memory_limit = '100GB'".to_owned(),
            "RESET memory_limit".to_owned(),
        ],
    );
    row(
        20,
        &[
            format!("SET temp_directory = '{outside}'"),
            format!("SET extension_directory = '{outside}'"),
            format!("SET secret_directory = '{outside}'"),
        ],
    );
    row(
        21,
        &[
            "SET enable_external_access = true".to_owned(),
            "SET allowed_directories = ['/']".to_owned(),
            "SET disabled_filesystems = ''".to_owned(),
            "SET lock_configuration = false".to_owned(),
        ],
    );
    row(
        22,
        &["CREATE PERSISTENT SECRET p (TYPE s3, KEY_ID 'a', SECRET 'b')".to_owned()],
    );
    row(
        23,
        &[
            "SELECT * FROM duckdb_secrets(redact = false)".to_owned(),
            "SET allow_unredacted_secrets = true".to_owned(),
        ],
    );
    row(
        24,
        &[
            "SELECT * FROM read_blob(current_setting('temp_directory') || '/*')".to_owned(),
            "SELECT * FROM glob(current_setting('temp_directory') || '/*')".to_owned(),
            "SELECT * FROM read_text(concat('/proc/self/root', current_setting('temp_directory'), '/*'))"
                .to_owned(),
        ],
    );
    row(
        25,
        &[
            "CREATE SECRET c (TYPE azure, PROVIDER credential_chain)".to_owned(),
            "CREATE SECRET c (TYPE s3, PROVIDER credential_chain, CHAIN 'env;instance')".to_owned(),
            "CREATE SECRET c (TYPE azure, PROVIDER managed_identity, ACCOUNT_NAME 'a')".to_owned(),
            "CREATE SECRET c (TYPE s3, PROFILE 'default')".to_owned(),
        ],
    );
    row(
        28,
        &[
            "PRAGMA enable_profiling".to_owned(),
            "PRAGMA enable_profiling = 'json'".to_owned(),
            "SET enable_profiling = 'json'".to_owned(),
            "CALL enable_logging('QueryLog')".to_owned(),
            "SELECT * FROM duckdb_logs()".to_owned(),
        ],
    );
    all
}

/// The attack in every wrapping that fits it. What must fail is the whole script.
fn variants(sql: &str, data: &str) -> Vec<String> {
    let query = sql.starts_with("SELECT") || sql.starts_with("FROM");
    let first_blank = |with: &str| sql.replacen(' ', with, 1);
    let mut all = vec![
        sql.to_owned(),
        format!("/* a /* nested */ one */ {sql} -- end"),
        format!("-- a line\r{sql}"),
        first_blank("/**/"),
        first_blank("\u{a0}"),
        first_blank(" -- x\r\n\t"),
        format!("SELECT 1; {sql}; SELECT 2"),
        format!("EXPLAIN ANALYZE {sql}"),
        format!("EXPLAIN (ANALYZE, FORMAT json) {sql}"),
        format!("PREPARE p AS {sql}; EXECUTE p"),
        format!("PREPARE p AS EXPLAIN ANALYZE {sql}; EXECUTE p"),
        format!("BEGIN; {sql}; COMMIT"),
    ];
    let (head, rest) = sql.split_once(' ').unwrap_or((sql, ""));
    all.push(format!("{} {rest}", head.to_lowercase()));
    if sql.contains('\'') {
        all.push(sql.replacen('\'', "U&'", 1));
        all.push(sql.replacen('\'', "e'", 1));
    }
    if query {
        all.extend([
            format!("CREATE OR REPLACE TEMP VIEW v AS {sql}; FROM v"),
            format!("CREATE OR REPLACE TEMP MACRO m() AS TABLE {sql}; FROM m()"),
            format!("SELECT * FROM query($q${sql}$q$)"),
            format!(
                "SELECT * FROM query('SELECT * FROM query($q${}$q$)')",
                sql.replace('\'', "''")
            ),
            format!("WITH c AS MATERIALIZED ({sql}) SELECT * FROM c"),
            format!("SELECT * FROM ({sql}) s"),
            format!("SELECT EXISTS ({sql})"),
            format!("COPY ({sql}) TO '{data}/out.csv'"),
            format!("CREATE OR REPLACE TEMP TABLE t AS {sql}"),
            format!("SUMMARIZE {sql}"),
            format!("SELECT 1 UNION ALL SELECT count(*) FROM ({sql}) s"),
            format!("DECLARE c CURSOR WITH HOLD FOR {sql}; FETCH ALL FROM c"),
        ]);
    }
    all
}

/// The path of an attack as a parameter: (text, value).
fn with_parameter(sql: &str) -> Option<(String, String)> {
    let (before, rest) = sql.split_once('\'')?;
    let (value, after) = rest.split_once('\'')?;
    (sql.starts_with("SELECT") && !after.contains('\''))
        .then(|| (format!("{before}$1{after}"), value.to_owned()))
}

struct Field {
    tavana: Tavana,
    outside: TempDir,
    calls: Arc<AtomicU32>,
    port: u16,
}

impl Field {
    fn new() -> Self {
        let outside = TempDir::new().expect("a folder");
        for name in ["canary.txt", "canary.csv"] {
            fs::write(outside.path().join(name), format!("a\n{CANARY}\n")).expect("a file");
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                drop(stream);
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let tavana = Start::new().env("TAVANA_HTTP_TIMEOUT_SECS", "2").run();
        Self {
            tavana,
            outside,
            calls,
            port,
        }
    }

    fn attacks(&self) -> Vec<Attack> {
        let outside = self.outside.path().to_str().expect("UTF-8");
        attacks(outside, self.port, self.data())
    }

    fn data(&self) -> &str {
        self.tavana.data.to_str().expect("UTF-8")
    }

    /// Nothing was read, written or called.
    #[track_caller]
    fn is_untouched(&self) {
        let mut names: Vec<_> = fs::read_dir(self.outside.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["canary.csv", "canary.txt"]);
        assert_eq!(self.calls.load(Ordering::SeqCst), 0, "somebody called");
    }
}

/// What went wrong with the defence, and how often each SQLSTATE was the answer.
#[derive(Debug, Default)]
struct Verdicts {
    tried: usize,
    states: BTreeMap<String, usize>,
    problems: Vec<String>,
}

impl Verdicts {
    /// Checks that a script failed as it should.
    fn judge(&mut self, row: u32, sql: &str, reply: &Reply) {
        self.tried += 1;
        let seen = format!("{:?} {:?}", reply.texts(), reply.columns());
        let faults = reply.faults();
        if seen.contains(CANARY) || faults.is_empty() {
            self.problems
                .push(format!("row {row} succeeded: {sql:?}: {seen}"));
        }
        for fault in &faults {
            let state = fault.state();
            *self.states.entry(state.to_owned()).or_default() += 1;
            if state != "42501" && !DOCUMENTED.iter().any(|(known, _)| *known == state) {
                self.problems.push(format!("row {row}: {sql:?}: {fault:?}"));
            }
            if state == "42501" && fault.fields.get(&'H').is_none_or(String::is_empty) {
                self.problems
                    .push(format!("row {row}: no hint: {sql:?}: {fault:?}"));
            }
        }
    }

    #[track_caller]
    fn none(&self) {
        assert!(
            self.problems.is_empty(),
            "{} of {}: {:#?}",
            self.problems.len(),
            self.tried,
            self.problems.iter().take(40).collect::<Vec<_>>()
        );
    }
}

#[test]
fn no_attack_succeeds_in_any_wrapping_by_the_simple_protocol() {
    let field = Field::new();
    let mut verdicts = Verdicts::default();
    for attack in field.attacks() {
        for (number, sql) in variants(&attack.sql, field.data()).into_iter().enumerate() {
            let mut wire = Wire::connect(field.tavana.postgres);
            let reply = wire.query(&sql);
            if number == 0 && ![8, 13, 20, 21, 23].contains(&attack.row) {
                let state = reply.state();
                if state != "42501" {
                    let problem = format!("plain: {sql}: {state}: {:?}", reply.faults());
                    verdicts.problems.push(problem);
                }
            }
            verdicts.judge(attack.row, &sql, &reply);
        }
    }
    verdicts.none();
    field.is_untouched();
    let Verdicts { tried, states, .. } = verdicts;
    assert!(tried >= VARIANTS_MIN, "{tried} variants");
    let refused = states.get("42501").copied().unwrap_or_default();
    assert!(
        refused * 4 > tried * 3,
        "most of {tried} are refused as such: {states:?}"
    );
}

#[test]
fn no_attack_succeeds_in_any_wrapping_by_the_extended_protocol() {
    let field = Field::new();
    let mut verdicts = Verdicts::default();
    for attack in field.attacks() {
        let single = variants(&attack.sql, field.data())
            .into_iter()
            .filter(|sql| !sql.contains(';'));
        for sql in single {
            let mut wire = Wire::connect(field.tavana.postgres);
            let out = Out::new()
                .parse("", &sql, &[])
                .bind("", "", &[])
                .execute("", 0)
                .sync();
            verdicts.judge(attack.row, &sql, &wire.exchange(out));
        }
        if let Some((sql, value)) = with_parameter(&attack.sql) {
            let mut wire = Wire::connect(field.tavana.postgres);
            let out = Out::new()
                .parse("", &sql, &[25])
                .bind("", "", &[Some(&value)])
                .execute("", 0)
                .sync();
            verdicts.judge(attack.row, &sql, &wire.exchange(out));
        }
    }
    verdicts.none();
    field.is_untouched();
}

#[test]
fn no_attack_succeeds_in_any_wrapping_by_flight() {
    let field = Field::new();
    let mut flight = Flight::connect(field.tavana.flight);
    for attack in field.attacks() {
        let single = variants(&attack.sql, field.data())
            .into_iter()
            .filter(|sql| !sql.contains(';'));
        for sql in single {
            let status = flight.texts(&sql).expect_err(&sql);
            assert!(!format!("{status:?}").contains(CANARY), "{sql}: {status:?}");
        }
    }
    field.is_untouched();
}

/// A statement of a session that is held back: the second half of an attack in two statements.
#[test]
fn an_attack_in_several_statements_does_not_succeed_either() {
    let field = Field::new();
    let outside = field.outside.path().to_str().expect("UTF-8");
    let mut verdicts = Verdicts::default();
    for script in [
        vec![
            format!("SET VARIABLE p = '{outside}/canary.txt'"),
            "SELECT * FROM read_text(getvariable('p'))".to_owned(),
        ],
        vec![
            "SET VARIABLE p = current_setting('temp_directory') || '/*'".to_owned(),
            "SELECT * FROM read_blob(getvariable('p'))".to_owned(),
        ],
        vec![
            "SET VARIABLE p = current_setting('temp_directory')".to_owned(),
            "CREATE TEMP MACRO look(x) AS TABLE SELECT * FROM glob(x || '/*')".to_owned(),
            "FROM look(getvariable('p'))".to_owned(),
        ],
        vec![
            format!("CREATE TEMP TABLE paths AS SELECT '{outside}' AS p"),
            "SELECT * FROM paths, LATERAL (SELECT * FROM delta_scan(p))".to_owned(),
        ],
        vec![
            "CREATE TEMP MACRO scan(p) AS TABLE SELECT * FROM delta_scan(p)".to_owned(),
            format!("FROM scan('{outside}')"),
        ],
    ] {
        let mut wire = Wire::connect(field.tavana.postgres);
        let mut last = None;
        for sql in &script {
            let reply = wire.query(sql);
            let failed = !reply.faults().is_empty();
            last = Some(reply);
            if failed {
                break;
            }
        }
        let last = last.expect("a statement");
        verdicts.judge(0, &format!("{script:?}"), &last);
    }
    verdicts.none();
    field.is_untouched();
}

/// The lock on the spill folder does not hinder spilling.
#[test]
fn a_statement_spills_and_its_folder_cannot_be_written() {
    let tavana = Start::new().env("MAX_MEMORY_GB", "1").run();
    let mut wire = Wire::connect(tavana.postgres);
    let sorted = "SELECT count(*) FROM (SELECT hash(range) AS h, repeat('x', 20) || range AS t \
                  FROM range(12000000) ORDER BY h) s WHERE t IS NOT NULL";
    assert_eq!(wire.query(sorted).ok().value().as_deref(), Some("12000000"));
    let folder = wire
        .query("SELECT current_setting('temp_directory')")
        .ok()
        .value()
        .expect("a folder");
    for name in [
        "x.csv",
        "duckdb_temp_storage_DEFAULT-0.tmp",
        "duckdb_temp_block-1.block",
    ] {
        for copy in [
            format!("COPY (SELECT 1) TO '{folder}/{name}'"),
            format!("COPY (SELECT 1) TO '{folder}/{name}' (USE_TMP_FILE false)"),
            format!(
                "COPY (SELECT 1 AS a, 2 AS b) TO '/proc/self/root{folder}/{name}' (PARTITION_BY a)"
            ),
        ] {
            let reply = wire.query(&copy);
            assert_eq!(reply.state(), "42501", "{copy}: {:?}", reply.faults());
        }
    }
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}
