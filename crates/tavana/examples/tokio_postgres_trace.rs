//! A small programme of tokio-postgres for the tests that compare tavana with PostgreSQL message by
//! message. Usage: `tokio_postgres_trace HOST PORT`.

use std::error::Error;

use bytes::Bytes;
use futures::{SinkExt as _, TryStreamExt as _, pin_mut};
use tokio_postgres::{Client, NoTls};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().ok_or("no host")?;
    let port = arguments.next().ok_or("no port")?.parse()?;
    let (client, connection) = tokio_postgres::Config::new()
        .host(host)
        .port(port)
        .user("tester")
        .dbname("main")
        .connect(NoTls)
        .await?;
    // The connection ends when the client is gone.
    let (worked, served) = futures::join!(work(client), connection);
    served?;
    worked
}

async fn work(mut client: Client) -> Outcome {
    client.simple_query("SELECT 1 AS a, 'x' AS b").await?;
    client.batch_execute("SELECT 1 AS a; SELECT 2 AS b").await?;
    client
        .batch_execute("CREATE TABLE wire (id INTEGER PRIMARY KEY, name VARCHAR)")
        .await?;
    let insert = client.prepare("INSERT INTO wire VALUES ($1, $2)").await?;
    for (id, name) in [(1, Some("one")), (2, None)] {
        client.execute(&insert, &[&id, &name]).await?;
    }
    client
        .query(
            "SELECT id, name FROM wire WHERE id >= $1 ORDER BY id",
            &[&1],
        )
        .await?;
    client
        .query_one("SELECT $1::INTEGER + 1 AS n, $2::TEXT AS t", &[&41, &"x"])
        .await?;
    for wrong in ["SELECT bad", "SELECT * FROM nothing", "SELEC 1"] {
        drop(client.simple_query(wrong).await);
        drop(client.query(wrong, &[]).await);
    }
    let transaction = client.transaction().await?;
    let statement = transaction
        .prepare("SELECT id, name FROM wire ORDER BY id")
        .await?;
    let portal = transaction.bind(&statement, &[]).await?;
    transaction.query_portal(&portal, 1).await?;
    transaction.query_portal(&portal, 5).await?;
    transaction.commit().await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute("SELECT 1 AS a").await?;
    transaction.rollback().await?;
    let rows = client
        .copy_out("COPY (SELECT id, name FROM wire ORDER BY id) TO STDOUT")
        .await?;
    let _rows: Vec<Bytes> = rows.try_collect().await?;
    let sink = client.copy_in("COPY wire (id, name) FROM STDIN").await?;
    pin_mut!(sink);
    sink.send(Bytes::from_static(b"3\tthree\n")).await?;
    sink.finish().await?;
    Ok(())
}
