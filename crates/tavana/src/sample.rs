//! A small lake for newcomers: one table in each format, written by `scripts/make-sample`.
//!
//! The files are part of the program, so the first query needs no network and no data of one's own.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Pairs each name below `crates/tavana/sample` with the content of that file.
macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../sample/", $name)))),*]
    };
}

/// Data before the metadata that names it, so that a reader never finds a table with files missing.
const FILES: &[(&str, &[u8])] = embedded![
    "customers.csv",
    "events.json",
    "orders.parquet",
    "orders_by_region/region=africa/part-0.parquet",
    "orders_by_region/region=americas/part-0.parquet",
    "orders_by_region/region=asia/part-0.parquet",
    "orders_by_region/region=europe/part-0.parquet",
    "orders_delta/part-00000.snappy.parquet",
    "orders_delta/part-00001.snappy.parquet",
    "orders_delta/_delta_log/00000000000000000000.json",
    "orders_delta/_delta_log/00000000000000000001.json",
    "orders_iceberg/data/00000-0-3fd42359-92ed-4f45-9a1a-fe878b33e968.parquet",
    "orders_iceberg/data/00000-0-87b0b125-ec1d-4da0-a6eb-8c9ebd69fe29.parquet",
    "orders_iceberg/metadata/3fd42359-92ed-4f45-9a1a-fe878b33e968-m0.avro",
    "orders_iceberg/metadata/87b0b125-ec1d-4da0-a6eb-8c9ebd69fe29-m0.avro",
    "orders_iceberg/metadata/snap-3794669097962538065-0-87b0b125-ec1d-4da0-a6eb-8c9ebd69fe29.avro",
    "orders_iceberg/metadata/snap-4267477530900779731-0-3fd42359-92ed-4f45-9a1a-fe878b33e968.avro",
    "orders_iceberg/metadata/00000-5bc8fbbc-bde5-4099-8164-d8399f767c45.metadata.json",
    "orders_iceberg/metadata/00001-617959ce-3f1f-45a8-9e52-71007814e8a2.metadata.json",
    "orders_iceberg/metadata/00002-9e30691c-2386-42ea-926a-1e48cc11d357.metadata.json",
    "orders_iceberg/metadata/version-hint.text",
];

/// Writes the sample below `directory`, which is created if it does not exist.
///
/// Files that are already there with the right content are left alone, others are replaced whole:
/// a reader sees the old file or the new one. Nothing is removed, so what a user has put beside
/// the sample stays.
///
/// # Errors
/// The first failure to read or write, with the path that it concerns.
pub(crate) fn seed(directory: &Path) -> io::Result<()> {
    for (name, content) in FILES {
        let path = directory.join(name);
        put(&path, content).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
    }
    Ok(())
}

/// What can be read and a statement that reads it, for each format; each ends in a semicolon.
///
/// `directory` should be absolute, because the engine that runs the statement has its own current
/// directory. A path that is not UTF-8 cannot be written in SQL: then there are no statements.
pub(crate) fn queries(directory: &Path) -> Vec<(&'static str, String)> {
    let Some(directory) = directory.to_str() else {
        return Vec::new();
    };
    let file = |name: &str| literal(&format!("{}/{name}", directory.trim_end_matches('/')));
    vec![
        (
            "Parquet",
            format!(
                "SELECT product, sum(quantity * price) AS revenue FROM read_parquet({}) \
                 GROUP BY product ORDER BY revenue DESC;",
                file("orders.parquet")
            ),
        ),
        (
            "Parquet, a folder for each region",
            format!(
                "SELECT region, count(*) AS orders \
                 FROM read_parquet({}, hive_partitioning := true) \
                 GROUP BY region ORDER BY region;",
                file("orders_by_region/*/*.parquet")
            ),
        ),
        (
            "CSV",
            format!(
                "SELECT name, city, signed_up FROM read_csv({}) ORDER BY signed_up LIMIT 5;",
                file("customers.csv")
            ),
        ),
        (
            "JSON",
            format!(
                "SELECT customer.device, count(*) AS events FROM read_json({}) \
                 GROUP BY ALL ORDER BY events DESC;",
                file("events.json")
            ),
        ),
        (
            "Delta",
            format!("SELECT count(*) FROM delta_scan({});", file("orders_delta")),
        ),
        (
            "Delta, as it was in version 0",
            format!(
                "SELECT count(*) FROM delta_scan({}, version := 0);",
                file("orders_delta")
            ),
        ),
        (
            // The metadata names the place where the table was written.
            "Iceberg",
            format!(
                "SELECT region, max(ordered_at) AS latest \
                 FROM iceberg_scan({}, allow_moved_paths := true) \
                 GROUP BY region ORDER BY region;",
                file("orders_iceberg")
            ),
        ),
    ]
}

/// Text as a string constant of SQL, where only the quote itself needs care.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::read(path) {
        Ok(found) if found == content => return Ok(()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path
        .parent()
        .expect("a file of the sample lies in a folder");
    fs::create_dir_all(folder)?;
    // In the same folder, because a rename does not cross file systems. Its name has no extension
    // that a glob of the queries would match. The engine may run as another user.
    let mut file = tempfile::Builder::new()
        .prefix(".sample-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use duckdb::{Config, Connection};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;
    use tempfile::TempDir;

    fn crate_folder() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    /// The number of rows of each statement, in order.
    fn row_counts(directory: &Path) -> Vec<(&'static str, usize)> {
        let connection = Connection::open_in_memory_with_flags(Config::default()).unwrap();
        let extensions = crate_folder().join("../../.deps/extensions");
        for name in ["delta", "avro", "iceberg"] {
            let path = extensions.join(format!("{name}.duckdb_extension"));
            let load = format!("LOAD {}", literal(path.to_str().unwrap()));
            connection.execute_batch(&load).unwrap();
        }
        queries(directory)
            .into_iter()
            .map(|(what, sql)| {
                let mut statement = connection.prepare(&sql).unwrap();
                let batches = statement.query_arrow([]).unwrap();
                (what, batches.map(|batch| batch.num_rows()).sum())
            })
            .collect()
    }

    #[test]
    fn every_file_of_the_sample_folder_is_embedded_and_written_as_it_is() {
        let lake = TempDir::new().unwrap();
        seed(lake.path()).unwrap();
        let expected = files_below(&crate_folder().join("sample"));
        assert!(
            files_below(lake.path()) == expected,
            "the list of files is out of date"
        );
        assert!(expected.values().map(Vec::len).sum::<usize>() < 400_000);
    }

    #[test]
    fn seeding_twice_rewrites_nothing() {
        use std::os::unix::fs::MetadataExt as _;
        let lake = TempDir::new().unwrap();
        let inodes = || -> BTreeSet<u64> {
            let files = FILES.iter().map(|(name, _)| lake.path().join(name));
            files
                .map(|path| fs::metadata(path).unwrap().ino())
                .collect()
        };
        seed(lake.path()).unwrap();
        let first = inodes();
        seed(lake.path()).unwrap();
        assert_eq!(inodes(), first);
        assert_eq!(files_below(lake.path()).len(), FILES.len());
    }

    #[test]
    fn a_changed_file_is_restored_and_a_file_of_the_user_stays() {
        let lake = TempDir::new().unwrap();
        seed(lake.path()).unwrap();
        let original = files_below(lake.path());
        fs::write(lake.path().join("customers.csv"), "half a fi").unwrap();
        fs::write(lake.path().join("mine.csv"), "a\n1\n").unwrap();
        seed(lake.path()).unwrap();
        let mut now = files_below(lake.path());
        assert_eq!(
            now.remove(Path::new("mine.csv")).as_deref(),
            Some(&b"a\n1\n"[..])
        );
        assert!(now == original);
    }

    #[test]
    fn a_failure_names_the_file() {
        let lake = TempDir::new().unwrap();
        fs::write(lake.path().join("orders_by_region"), "").unwrap();
        let error = seed(lake.path()).expect_err("a file is where a folder belongs");
        assert!(
            error.to_string().contains("orders_by_region/region=africa"),
            "{error}"
        );
    }

    #[test]
    fn a_quote_in_the_path_is_doubled() {
        let all = queries(Path::new("/tmp/o'brien/lake/"));
        assert_eq!(all.len(), 7);
        for (_, sql) in &all {
            assert!(sql.contains("('/tmp/o''brien/lake/"), "{sql}");
            assert!(!sql.contains("lake//"), "{sql}");
        }
    }

    #[test]
    fn each_query_reads_its_format_wherever_the_folder_lies() {
        let home = TempDir::new().unwrap();
        let lake = home.path().join("o'brien's lake");
        seed(&lake).unwrap();
        assert_eq!(
            row_counts(&lake),
            [
                ("Parquet", 8),
                ("Parquet, a folder for each region", 4),
                ("CSV", 5),
                ("JSON", 3),
                ("Delta", 1),
                ("Delta, as it was in version 0", 1),
                ("Iceberg", 4),
            ]
        );
    }
}
