//! Local files: only what lies in a folder given by `--data`.

use crate::support::flight::Flight;
use crate::support::server::Tavana;
use crate::support::wire::{Out, Wire};
use std::fs;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

const CANARY: &str = "CANARY-5b1d9a3e-local-file";

/// A folder outside `--data` that holds the canary in every format that is easily written.
struct Outside {
    folder: TempDir,
}

impl Outside {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let canary = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("a file");
        };
        canary("canary.csv", &format!("a\n{CANARY}\n"));
        canary("canary.json", &format!("[{{\"a\": \"{CANARY}\"}}]"));
        canary("canary.txt", CANARY);
        let log = folder.path().join("delta/_delta_log");
        fs::create_dir_all(&log).expect("a folder");
        let schema = format!(
            "{{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{{\\\"name\\\":\\\"{CANARY}\\\",\\\"type\\\":\
             \\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{{}}}}]}}"
        );
        let commit = format!(
            "{{\"protocol\":{{\"minReaderVersion\":1,\"minWriterVersion\":2}}}}\n\
             {{\"metaData\":{{\"id\":\"x\",\"format\":{{\"provider\":\"parquet\",\"options\":{{}}}},\
             \"schemaString\":\"{schema}\",\"partitionColumns\":[],\"configuration\":{{}}}}}}\n"
        );
        fs::write(log.join("00000000000000000000.json"), commit).expect("a file");
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder
            .path()
            .join(name)
            .to_str()
            .expect("UTF-8")
            .to_owned()
    }
}

/// Every way that DuckDB has to read or write a local file.
fn attempts(outside: &Outside) -> Vec<String> {
    let csv = outside.path("canary.csv");
    let json = outside.path("canary.json");
    let text = outside.path("canary.txt");
    let folder = outside.folder.path().to_str().expect("UTF-8").to_owned();
    let delta = outside.path("delta");
    let mut all = vec![
        format!("SELECT * FROM read_text('{text}')"),
        format!("SELECT * FROM read_blob('{text}')"),
        format!("SELECT * FROM read_csv('{csv}')"),
        format!("SELECT * FROM read_csv_auto('{csv}')"),
        format!("SELECT * FROM read_json('{json}')"),
        format!("SELECT * FROM read_json_auto('{json}')"),
        format!("SELECT * FROM read_ndjson_objects('{json}')"),
        format!("SELECT * FROM read_parquet('{csv}')"),
        format!("SELECT * FROM parquet_metadata('{csv}')"),
        format!("SELECT * FROM '{csv}'"),
        format!("FROM '{json}'"),
        format!("SELECT * FROM sniff_csv('{csv}')"),
        format!("SELECT * FROM glob('{folder}/*')"),
        format!("SELECT * FROM read_text('file://{text}')"),
        format!("SELECT * FROM read_text('file:{text}')"),
        format!("SELECT * FROM read_text('{folder}/*.txt')"),
        format!("SELECT * FROM query('SELECT * FROM read_text(''{text}'')')"),
        format!("SELECT * FROM delta_scan('{delta}')"),
        format!("SELECT * FROM delta_scan('file://{delta}')"),
        format!("DESCRIBE SELECT * FROM delta_scan('{delta}')"),
        format!("SELECT * FROM delta_scan('' || '{delta}')"),
        format!("ATTACH '{delta}' AS d (TYPE delta)"),
        format!("SELECT * FROM iceberg_scan('{folder}')"),
        format!("SELECT * FROM iceberg_metadata('{folder}')"),
        format!("SELECT * FROM read_avro('{csv}')"),
        format!("SELECT * FROM read_xlsx('{csv}')"),
        format!("ATTACH '{folder}/new.db'"),
        format!("ATTACH '{folder}/new.db' AS d (READ_ONLY)"),
        format!("COPY (SELECT 1) TO '{folder}/out.csv'"),
        format!("COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)"),
        format!("EXPORT DATABASE '{folder}/export'"),
        format!("IMPORT DATABASE '{folder}'"),
        format!("LOAD '{folder}/x.duckdb_extension'"),
        format!("INSTALL x FROM '{folder}'"),
        format!("SET temp_directory = '{folder}'"),
        format!("SET log_query_path = '{folder}/log'"),
        format!("SET secret_directory = '{folder}'"),
        format!("SET extension_directory = '{folder}'"),
        format!(
            "CALL enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{folder}'}})"
        ),
        format!("CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')"),
        "SELECT * FROM read_text('/proc/self/environ')".to_owned(),
        "SELECT * FROM read_text('/proc/self/cmdline')".to_owned(),
        "SELECT * FROM read_blob('/proc/self/maps')".to_owned(),
        "SELECT * FROM read_csv('/etc/passwd', sep = ':', header = false)".to_owned(),
        "SELECT * FROM read_text('../../../../../../../../etc/passwd')".to_owned(),
        "SELECT * FROM read_text('~/.bashrc')".to_owned(),
        "COPY (SELECT 1) TO '/dev/stdout'".to_owned(),
        "INSTALL spatial".to_owned(),
        "INSTALL h3 FROM community".to_owned(),
        "SELECT getenv('HOME')".to_owned(),
    ];
    // Wrapped so that only the engine can see what is really read.
    all.push(format!(
        "CREATE MACRO peek() AS TABLE SELECT * FROM read_text('{text}'); FROM peek()"
    ));
    all.push(format!(
        "CREATE VIEW peek AS SELECT * FROM read_text('{text}'); FROM peek"
    ));
    all.push(format!(
        "PREPARE p AS SELECT * FROM read_text('{text}'); EXECUTE p"
    ));
    all.push(format!(
        "SET VARIABLE f = '{text}'; SELECT * FROM read_text(getvariable('f'))"
    ));
    all
}

#[test]
fn no_file_outside_the_data_folders_is_read_or_written() {
    let tavana = Tavana::start();
    let outside = Outside::new();
    let before = listing(&outside);
    for sql in attempts(&outside) {
        let mut wire = Wire::connect(tavana.postgres);
        let reply = wire.query(&sql);
        assert!(
            !reply.faults().is_empty(),
            "it was done: {sql}\n{:?}",
            reply.texts()
        );
        let seen = format!("{:?} {:?}", reply.texts(), reply.columns());
        assert!(!seen.contains(CANARY), "{sql}: {seen}");
        assert!(!seen.contains("root:"), "{sql}: {seen}");
        for fault in reply.faults() {
            let own_path = format!("{fault:?}").replace(&format!("{:?}", sql), "");
            assert!(!own_path.contains(CANARY), "{sql}: {fault:?}");
        }
        if !sql.contains(';') {
            let mut wire = Wire::connect(tavana.postgres);
            let out = Out::new()
                .parse("", &sql, &[])
                .bind("", "", &[])
                .execute("", 0)
                .sync();
            let reply = wire.exchange(out);
            assert!(
                !reply.faults().is_empty(),
                "by the extended protocol: {sql}"
            );
        }
    }
    assert_eq!(listing(&outside), before, "nothing was written there");
}

#[test]
fn flight_refuses_the_same() {
    let tavana = Tavana::start();
    let outside = Outside::new();
    for sql in attempts(&outside) {
        let mut flight = Flight::connect(tavana.flight);
        // A multi-statement text may be refused as such; what counts is that nothing comes back.
        let outcome = flight.texts(&sql);
        let status = outcome.expect_err(&sql);
        assert!(!format!("{status:?}").contains(CANARY), "{sql}: {status:?}");
    }
}

#[test]
fn refusals_are_called_insufficient_privilege() {
    let tavana = Tavana::start();
    let outside = Outside::new();
    let mut wire = Wire::connect(tavana.postgres);
    let text = outside.path("canary.txt");
    for sql in [
        format!("SELECT * FROM read_text('{text}')"),
        format!("COPY (SELECT 1) TO '{text}.new'"),
        format!("ATTACH '{text}.db'"),
        format!("SELECT * FROM delta_scan('{}')", outside.path("delta")),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
    ] {
        assert_eq!(wire.query(&sql).state(), "42501", "{sql}");
    }
}

#[test]
fn the_data_folder_is_readable_and_what_points_out_of_it_is_not() {
    let tavana = Tavana::start();
    let outside = Outside::new();
    let data = tavana.data.to_str().expect("UTF-8").to_owned();
    fs::write(tavana.data.join("own.csv"), "a,b\n1,x\n2,y\n").expect("a file");
    symlink(outside.path("canary.txt"), tavana.data.join("link.txt")).expect("a link");
    symlink(outside.folder.path(), tavana.data.join("link")).expect("a link");
    let twin = tavana.data.with_file_name("data_evil");
    fs::create_dir(&twin).expect("a folder");
    fs::write(twin.join("x.txt"), CANARY).expect("a file");
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .query(format!("SELECT sum(a) FROM read_csv('{data}/own.csv')"))
        .ok();
    assert_eq!(reply.value().as_deref(), Some("3"));
    let reply = wire
        .query(format!("SELECT count(*) FROM '{data}/*.csv'"))
        .ok();
    assert_eq!(reply.value().as_deref(), Some("2"));
    for path in [
        format!("{data}/link.txt"),
        format!("{data}/link/canary.txt"),
        format!("{data}/../data_evil/x.txt"),
        format!("{data}/./.././data_evil/x.txt"),
        format!("{data}_evil/x.txt"),
        format!("{data}/**/canary.txt"),
    ] {
        let reply = wire.query(format!("SELECT * FROM read_text('{path}')"));
        assert!(!format!("{:?}", reply.texts()).contains(CANARY), "{path}");
        // A pattern that meets only what it may not follow finds nothing: that is no leak.
        assert!(
            !reply.faults().is_empty() || reply.texts().is_empty(),
            "{path}"
        );
    }
}

fn listing(outside: &Outside) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(outside.folder.path())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}
