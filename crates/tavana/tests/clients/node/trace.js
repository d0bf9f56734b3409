// A small programme for the recording proxy. Usage: node trace.js <port>
const { Client } = require("pg");
const Cursor = require("pg-cursor");

async function main() {
  const client = new Client({ host: "127.0.0.1", port: Number(process.argv[2]), user: "tester", database: "main" });
  await client.connect();
  await client.query("SELECT 1 AS a, 'x' AS b");
  await client.query("SELECT 1 AS a; SELECT 2 AS b");
  await client.query("CREATE TABLE wire (id INTEGER PRIMARY KEY, name VARCHAR)");
  await client.query("INSERT INTO wire VALUES ($1, $2), (2, NULL)", [1, "one"]);
  await client.query("SELECT id, name FROM wire WHERE id >= $1 ORDER BY id", [1]);
  for (let n = 0; n < 2; n++) await client.query({ name: "again", text: "SELECT $1::INTEGER AS n", values: [n] });
  await client.query({ text: "SELECT 7::BIGINT AS n", rowMode: "array", binary: true });
  for (const text of ["SELECT bad", "SELECT * FROM nothing", "SELEC 1"]) {
    await client.query(text).catch(() => {});
    await client.query(text, []).catch(() => {});
    await client.query({ text, values: ["x"].slice(1), name: "wrong" }).catch(() => {});
  }
  await client.query("BEGIN");
  const cursor = client.query(new Cursor("SELECT id, name FROM wire ORDER BY id"));
  await cursor.read(1);
  await cursor.read(5);
  await cursor.close();
  await client.query("COMMIT");
  await client.query("");
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
