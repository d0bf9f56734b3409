// What a program does with knex, printed: the same lines must come from PostgreSQL and tavana.
// Usage: node knex.js <port> <file of statements as JSON>
const fs = require("node:fs");
const knex = require("knex");

const [port, file] = process.argv.slice(2);
const statements = JSON.parse(fs.readFileSync(file, "utf8"));
const connection = { host: "127.0.0.1", port: Number(port), user: "tester", database: "main" };

function print(...fields) {
  console.log(JSON.stringify(fields));
}

async function main() {
  // One connection: a table of tavana belongs to its session.
  const db = knex({ client: "pg", connection, pool: { min: 1, max: 1 } });
  for (const statement of statements.types) await db.raw(statement);
  for (const row of await db("types").orderBy("integer", "asc", "last")) print("types", row);

  await db.schema.createTable("people", (table) => {
    table.integer("id").primary();
    table.text("name").notNullable();
    table.decimal("credit", 10, 2).defaultTo(0);
    table.timestamp("born");
    table.boolean("active");
    table.text("email");
    table.index(["name"], "people_name");
  });
  print("has", await db.schema.hasTable("people"), await db.schema.hasTable("nobody"));
  print("has column", await db.schema.hasColumn("people", "name"), await db.schema.hasColumn("people", "nothing"));
  // knex asks for no order.
  const columns = await db("people").columnInfo();
  for (const name of Object.keys(columns).sort()) print("column", name, columns[name].type, columns[name].nullable);
  const rows = [
    { id: 1, name: "ann", credit: 1.5, active: true },
    { id: 2, name: "' OR 1=1 --", credit: 2.5, active: false },
    { id: 3, name: "häß 🦆", active: null },
  ];
  print("insert", await db("people").insert(rows).returning(["id", "name"]));
  print("where", await db("people").where("name", "' OR 1=1 --").select("id"));
  print("in", await db("people").whereIn("id", [1, 3]).orderBy("id").pluck("name"));
  print("count", await db("people").count({ n: "*" }), await db("people").count());
  print("update", await db("people").where({ id: 3 }).update({ credit: 9, born: new Date(0) }));
  print("row", await db("people").where({ id: 3 }).first("credit", "born"));
  print("aggregate", await db("people").max("id").min("name").first());
  print("raw", (await db.raw("SELECT ?::INTEGER + 1 AS n, ?::TEXT AS s", [41, "?"])).rows);
  const upserted = db("people").insert({ id: 1, name: "new" }).onConflict("id").merge(["name"]);
  print("upsert", (await upserted).rowCount, await db("people").where({ id: 1 }).pluck("name"));

  for (const [statement] of statements.errors) {
    try {
      await db.raw(statement);
      print("no error", statement);
    } catch (error) {
      print("error", error.code, statement);
    }
  }
  await db.transaction(async (inside) => inside("people").insert({ id: 4, name: "kept" }));
  try {
    await db.transaction(async (inside) => {
      await inside("people").insert({ id: 5, name: "gone" });
      throw new Error("on purpose");
    });
  } catch (error) {
    print("rolled back", error.message, await db("people").where("id", ">", 3).pluck("id"));
  }
  try {
    await db.transaction(async (inside) => {
      await inside.raw("SELECT bad").catch((error) => print("inside", error.code));
      await inside.raw("SELECT 1").catch((error) => print("failed block", error.code));
      throw new Error("on purpose");
    });
  } catch (error) {
    print("after", error.message, (await db.raw("SELECT 1 AS one")).rows);
  }
  await db.transaction(async (inside) => {
    print("nested", await inside.transaction(async (deeper) => (await deeper.raw("SELECT 2 AS two")).rows));
  });

  await db.destroy();

  const lone = knex({ client: "pg", connection, pool: { min: 1, max: 2 } });
  const started = Date.now();
  await lone.raw(statements.slow).timeout(500, { cancel: true }).catch((error) => {
    print("canceled", error.name, Date.now() - started < 5000);
  });
  print("goes on", (await lone.raw("SELECT 1 AS one")).rows);
  let expected = 0;
  let inOrder = true;
  const streamed = lone.raw("SELECT i FROM generate_series(1, 50000) t(i) ORDER BY i").stream({ highWaterMark: 1000 });
  for await (const row of streamed) inOrder = inOrder && Number(row.i) === ++expected;
  print("streamed", expected, inOrder);
  await lone.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
