// node-postgres: unnamed statements, text results, columns read by name.
const assert = require("node:assert");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { after, before, test } = require("node:test");
const { Client, Pool } = require("pg");
const Cursor = require("pg-cursor");

let server, home, options;

before(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "tavana-node-"));
  fs.mkdirSync(path.join(home, "data"));
  server = spawn(process.env.TAVANA_BIN, ["serve", "--data", path.join(home, "data")], {
    cwd: home,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      PG_PORT: "0",
      FLIGHT_SQL_PORT: "0",
      HTTP_PORT: "0",
      DUCKDB_TEMP_DIR: path.join(home, "spill"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise((resolve, reject) => {
    server.once("exit", (code) => reject(new Error(`tavana ended with ${code}`)));
    readline.createInterface({ input: server.stdout }).on("line", (line) => {
      const found = /^tavana is ready: .*postgres=[^ ]*:(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
  });
  options = { host: "127.0.0.1", port, user: "tester", database: "main" };
});

after(async () => {
  server.removeAllListeners("exit");
  const code = await new Promise((resolve) => {
    server.once("exit", resolve);
    server.kill("SIGINT");
  });
  fs.rmSync(home, { recursive: true, force: true });
  assert.strictEqual(code, 0, "Ctrl-C ends tavana with code 0");
});

async function withClient(work) {
  const client = new Client(options);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test("a query gives rows by name", () =>
  withClient(async (client) => {
    const result = await client.query("SELECT 1 AS a, 'x' AS b, NULL AS c, true AS d, 0.5::DOUBLE AS e");
    assert.deepStrictEqual(result.rows, [{ a: 1, b: "x", c: null, d: true, e: 0.5 }]);
  }));

test("a prepared statement gives the same rows ten times", () =>
  withClient(async (client) => {
    for (let number = 0; number < 10; number++) {
      const result = await client.query({
        name: "again",
        text: "SELECT i::INTEGER AS i, $1::INTEGER AS n FROM range(3) t(i) ORDER BY i",
        values: [number],
      });
      assert.deepStrictEqual(result.rows, [0, 1, 2].map((i) => ({ i, n: number })));
    }
  }));

test("inserts are counted and parameters are values", () =>
  withClient(async (client) => {
    await client.query("CREATE TABLE users (name VARCHAR)");
    const inserted = await client.query("INSERT INTO users VALUES ($1), ($2)", ["ann", "it's"]);
    assert.strictEqual(inserted.rowCount, 2);
    for (const [name, count] of [["ann", "1"], ["' OR 1=1 --", "0"]]) {
      const result = await client.query("SELECT count(*) AS n FROM users WHERE name = $1", [name]);
      assert.strictEqual(result.rows[0].n, count);
    }
    const bytes = Buffer.from([0, 255, 92]);
    const echoed = await client.query("SELECT $1::BLOB AS b, $2::VARCHAR AS s", [bytes, "01234"]);
    assert.deepStrictEqual(echoed.rows, [{ b: bytes, s: "01234" }]);
  }));

test("several statements give several results, up to the first error", () =>
  withClient(async (client) => {
    const results = await client.query("SELECT 1 AS a; SELECT 2 AS a");
    assert.deepStrictEqual(results.map((result) => result.rows), [[{ a: 1 }], [{ a: 2 }]]);
    await assert.rejects(client.query("SELECT 1; SELECT bad; SELECT 3"), { code: "42703" });
    assert.strictEqual((await client.query("")).rows.length, 0);
    assert.strictEqual((await client.query("SELECT 4 AS a")).rows[0].a, 4);
  }));

test("a cursor reads in parts", () =>
  withClient(async (client) => {
    const cursor = client.query(new Cursor("SELECT i::INTEGER AS i FROM range($1::BIGINT) t(i)", [1000]));
    let expected = 0;
    for (;;) {
      const rows = await cursor.read(99);
      for (const row of rows) assert.strictEqual(row.i, expected++);
      if (rows.length === 0) break;
    }
    assert.strictEqual(expected, 1000);
    await cursor.close();
  }));

test("a transaction is rolled back", () =>
  withClient(async (client) => {
    await client.query("CREATE TABLE t (i INTEGER)");
    await client.query("BEGIN");
    await client.query("INSERT INTO t VALUES (1)");
    await client.query("ROLLBACK");
    assert.strictEqual((await client.query("SELECT count(*)::INTEGER AS n FROM t")).rows[0].n, 0);
  }));

test("a pool serves many at once", async () => {
  const pool = new Pool({ ...options, max: 8 });
  try {
    const work = Array.from({ length: 100 }, (_, n) => pool.query("SELECT $1::INTEGER AS n", [n]));
    const seen = (await Promise.all(work)).map((result) => result.rows[0].n);
    assert.deepStrictEqual(seen, Array.from({ length: 100 }, (_, n) => n));
  } finally {
    await pool.end();
  }
});
