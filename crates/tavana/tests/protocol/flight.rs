//! Flight SQL as a client sees it: schemas before data, tickets that cannot be changed, sessions.

use crate::support::flight::Flight;
use crate::support::server::Tavana;
use arrow_flight::sql::{CommandGetSqlInfo, CommandStatementQuery, ProstMessageExt};
use arrow_flight::{FlightDescriptor, Ticket};
use arrow_schema::DataType;
use tonic::Code;

#[test]
fn the_schema_is_known_before_the_data_and_is_the_same() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    for sql in [
        "SELECT 1 AS a, 'x' AS b, 1.5::DECIMAL(5,2) AS c, DATE '2024-01-01' AS d",
        "SELECT [1, 2] AS l, {'a': 1} AS s, MAP {'k': 1} AS m, 'x'::ENUM('x', 'y') AS e WHERE false",
        "SELECT 1 AS a, 2 AS a",
        "SELECT 170141183460469231731687303715884105727::HUGEINT AS h, uuid() AS u",
    ] {
        let info = flight.info(sql).expect("a plan");
        let schema = info
            .clone()
            .try_decode_schema()
            .expect("FlightInfo has the schema");
        let (streamed, _) = flight.fetch(&info).expect("the data");
        assert_eq!(schema, *streamed, "{sql}");
    }
}

#[test]
fn a_query_gives_all_its_rows_and_an_update_its_count() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let (_, batches) = flight
        .query("SELECT i FROM range(250000) t(i)")
        .expect("rows");
    let rows: usize = batches.iter().map(arrow_array::RecordBatch::num_rows).sum();
    assert_eq!(rows, 250_000);
    flight
        .update("CREATE TABLE t (i INTEGER)")
        .expect("a table");
    assert_eq!(
        flight
            .update("INSERT INTO t VALUES (1), (2), (3)")
            .expect("a count"),
        3
    );
    assert_eq!(
        flight
            .update("UPDATE t SET i = i + 1 WHERE i > 1")
            .expect("a count"),
        2
    );
    assert_eq!(
        flight.texts("SELECT sum(i) FROM t").expect("a sum"),
        [["8"]]
    );
}

#[test]
fn an_empty_result_still_has_its_columns() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let (schema, batches) = flight
        .query("SELECT 1::INTEGER AS a WHERE false")
        .expect("a result");
    assert_eq!(schema.field(0).data_type(), &DataType::Int32);
    assert_eq!(
        batches
            .iter()
            .map(arrow_array::RecordBatch::num_rows)
            .sum::<usize>(),
        0
    );
}

#[test]
fn errors_have_a_code_a_message_and_leave_the_session_usable() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    for (sql, codes) in [
        ("SELECT bad", &[Code::InvalidArgument, Code::NotFound][..]),
        ("SELEC 1", &[Code::InvalidArgument]),
        (
            "SELECT * FROM no_such_table",
            &[Code::NotFound, Code::InvalidArgument],
        ),
        ("SELECT 'x'::VARCHAR::INTEGER", &[Code::InvalidArgument]),
        (
            "SELECT * FROM read_text('/etc/passwd')",
            &[Code::PermissionDenied],
        ),
    ] {
        let status = flight.texts(sql).expect_err(sql);
        assert!(codes.contains(&status.code()), "{sql}: {status:?}");
        assert!(!status.message().is_empty());
    }
    assert_eq!(flight.texts("SELECT 1").expect("a row"), [["1"]]);
}

#[test]
fn a_result_that_fails_halfway_ends_in_an_error() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let sql = "SELECT CASE WHEN i = 3000000 THEN error('mine') ELSE i::VARCHAR END \
               FROM range(4000000) t(i)";
    assert!(flight.texts(sql).is_err());
    assert_eq!(flight.texts("SELECT 1").expect("a row"), [["1"]]);
}

#[test]
fn changed_tickets_are_refused() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let info = flight.info("SELECT 42").expect("a plan");
    let ticket = info.endpoint[0].ticket.clone().expect("a ticket").ticket;
    let mut refused = 0;
    for position in 0..ticket.len() {
        let mut changed = ticket.to_vec();
        changed[position] ^= 1;
        match flight.get(Ticket {
            ticket: changed.into(),
        }) {
            Err(status) => {
                refused += 1;
                assert!(
                    matches!(
                        status.code(),
                        Code::Unauthenticated
                            | Code::PermissionDenied
                            | Code::NotFound
                            | Code::InvalidArgument
                            | Code::Unimplemented
                    ),
                    "byte {position}: {status:?}"
                );
            }
            Ok(_) => panic!("a ticket with byte {position} changed was taken"),
        }
    }
    assert_eq!(refused, ticket.len());
    for length in 0..ticket.len() {
        let cut = Ticket {
            ticket: ticket.slice(..length),
        };
        assert!(flight.get(cut).is_err(), "cut to {length} bytes");
    }
    assert!(
        flight
            .get(Ticket {
                ticket: vec![7; 1 << 20].into()
            })
            .is_err()
    );
    assert_eq!(flight.texts("SELECT 1").expect("a row"), [["1"]]);
}

#[test]
fn a_prepared_statement_binds_its_parameters() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let rows = flight
        .prepared(
            "SELECT $1::INTEGER + 1, $2::VARCHAR",
            &[(41, "it's"), (1, "' OR 1=1 --")],
        )
        .expect("an answer for each row of parameters");
    assert_eq!(rows, [["42", "it's"], ["2", "' OR 1=1 --"]]);
}

#[test]
fn commands_that_do_not_exist_are_unimplemented_or_invalid() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    for command in [
        &b""[..],
        b"garbage",
        &[0xff; 64],
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
        let status = flight.info_of(FlightDescriptor::new_cmd(command.to_vec()));
        let code = status.expect_err("there is no such command").code();
        assert!(
            matches!(code, Code::InvalidArgument | Code::Unimplemented),
            "{code:?}"
        );
    }
    let path = FlightDescriptor::new_path(vec!["../../etc/passwd".to_owned()]);
    assert!(flight.info_of(path).is_err());
}

#[test]
fn server_facts_say_what_it_is() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    // 0 the server's name, 8 transactions: drivers ask for these two when they connect.
    let command = CommandGetSqlInfo { info: vec![0, 8] };
    let descriptor = FlightDescriptor::new_cmd(prost_bytes(&command.as_any()));
    let info = flight.info_of(descriptor).expect("facts");
    let (_, batches) = flight.fetch(&info).expect("facts");
    let rows: usize = batches.iter().map(arrow_array::RecordBatch::num_rows).sum();
    assert_eq!(rows, 2);
    let text = arrow_cast::pretty::pretty_format_batches(&batches)
        .expect("printable")
        .to_string();
    assert!(text.to_lowercase().contains("tavana"), "{text}");
    assert!(
        text.contains("{int32_value=1}") || text.contains("int32_bitmask"),
        "{text}"
    );
}

#[test]
fn sql_of_one_mebibyte_runs_and_one_byte_more_does_not() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let select = |bytes: usize| format!("SELECT 7 /*{}*/", "x".repeat(bytes - 13));
    assert_eq!(flight.texts(&select(1 << 20)).expect("it fits"), [["7"]]);
    let status = flight.texts(&select((1 << 20) + 1)).expect_err("too long");
    assert!(
        matches!(
            status.code(),
            Code::ResourceExhausted | Code::InvalidArgument
        ),
        "{status:?}"
    );
    assert_eq!(flight.texts("SELECT 1").expect("a row"), [["1"]]);
}

#[test]
fn a_plan_that_is_never_fetched_costs_nothing() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    for _ in 0..200 {
        flight
            .info("SELECT i FROM range(1000000000) t(i)")
            .expect("a plan");
    }
    tavana.becomes_idle(std::time::Duration::from_secs(10));
    assert_eq!(flight.texts("SELECT 1").expect("a row"), [["1"]]);
}

fn prost_bytes(any: &arrow_flight::sql::Any) -> Vec<u8> {
    use prost::Message;
    any.encode_to_vec()
}

#[test]
fn a_statement_command_in_another_transaction_is_refused() {
    let tavana = Tavana::start();
    let mut flight = Flight::connect(tavana.flight);
    let command = CommandStatementQuery {
        query: "SELECT 1".to_owned(),
        transaction_id: Some(b"not a transaction".to_vec().into()),
    };
    let descriptor = FlightDescriptor::new_cmd(prost_bytes(&command.as_any()));
    let outcome = flight
        .info_of(descriptor)
        .and_then(|info| flight.fetch(&info).map(|_| ()));
    let code = outcome.expect_err("there is no such transaction").code();
    assert!(
        matches!(
            code,
            Code::InvalidArgument | Code::NotFound | Code::PermissionDenied
        ),
        "{code:?}"
    );
}
