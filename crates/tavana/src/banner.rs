//! What a newcomer reads when tavana is up.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use tavana_gateway::Addresses;

/// Lines to paste, for each way to connect. The first line is for programs.
pub(crate) fn ready(addresses: Addresses, sample: Option<&Path>, data: &[String]) -> String {
    let postgres = addresses.postgres;
    let flight = addresses
        .flight
        .map_or_else(|| "off".to_owned(), |address| address.to_string());
    let http = addresses.http;
    let mut text = format!("tavana is ready: postgres={postgres} flight={flight} http={http}\n\n");
    let mut put = |what: &str, line: &str| {
        writeln!(text, "  {what:<8} {line}").expect("writing to a String succeeds");
    };
    let (host, port) = (host(postgres), postgres.port());
    put(
        "psql",
        &format!("psql -h {host} -p {port} -U tavana -c \"SELECT 1\""),
    );
    put(
        "Python",
        &format!("psycopg.connect(\"host={host} port={port} user=tavana dbname=main\")"),
    );
    if let Some(address) = addresses.flight {
        put(
            "ADBC",
            &format!("adbc_driver_flightsql.dbapi.connect(\"grpc://{address}\")"),
        );
        put(
            "JDBC",
            &format!("jdbc:arrow-flight-sql://{address}/?useEncryption=false"),
        );
    }
    put(
        "JDBC",
        &format!("jdbc:postgresql://{host}:{port}/main?user=tavana"),
    );
    put("health", &format!("http://{http}/health  /ready  /metrics"));
    if let Some(sample) = sample {
        text.push_str("\nSample data to query (paste into psql):\n");
        for (what, sql) in crate::sample::queries(sample) {
            writeln!(text, "  -- {what}\n  {sql}").expect("writing to a String succeeds");
        }
    }
    for folder in data {
        writeln!(text, "\nReadable folder: {folder}").expect("writing to a String succeeds");
    }
    text.push_str("\nCtrl-C stops it.\n");
    text
}

fn host(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        "127.0.0.1".to_owned()
    } else {
        address.ip().to_string()
    }
}
