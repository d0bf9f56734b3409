// A small programme with knex for the recording proxy. Usage: node knex_trace.js <port>
const knex = require("knex");

async function main() {
  const connection = { host: "127.0.0.1", port: Number(process.argv[2]), user: "tester", database: "main" };
  const db = knex({ client: "pg", connection, pool: { min: 1, max: 1 } });
  await db.schema.createTable("wire", (table) => {
    table.integer("id").primary();
    table.text("name").notNullable();
    table.decimal("credit", 10, 2).defaultTo(0);
    table.timestamp("born");
    table.boolean("active");
    table.index(["name"], "wire_name");
  });
  await db.schema.hasTable("wire");
  await db.schema.hasColumn("wire", "nothing");
  await db("wire").columnInfo();
  await db("wire").insert([{ id: 1, name: "ann", credit: 1.5 }, { id: 2, name: "bob", active: true }]).returning(["id", "name"]);
  await db("wire").where("name", "ann").select("id", "credit", "born");
  await db("wire").whereIn("id", [1, 2]).orderBy("id").pluck("name");
  await db("wire").count({ n: "*" });
  await db("wire").where({ id: 2 }).update({ credit: 9, born: "1970-01-01 00:00:00" });
  await db("wire").insert({ id: 1, name: "new" }).onConflict("id").merge(["name"]);
  await db.raw("SELECT ?::INTEGER + 1 AS n, ?::TEXT AS s", [41, "?"]);
  for (const text of ["SELECT bad", "SELECT * FROM nothing", "SELEC 1", "INSERT INTO wire (id, name) VALUES (1, 'again')"]) {
    await db.raw(text).catch(() => {});
  }
  await db.transaction(async (inside) => {
    await inside("wire").insert({ id: 3, name: "cy" });
    await inside.transaction((deeper) => deeper("wire").where({ id: 3 }).first("name"));
    await inside.transaction((deeper) => deeper.raw("SELECT bad")).catch(() => {});
  });
  await db.transaction((inside) => inside.raw("SELECT bad"), { isolationLevel: "serializable", readOnly: true }).catch(() => {});
  for await (const row of db("wire").select("id", "name").orderBy("id").stream({ highWaterMark: 1 })) void row;
  await db("wire").where("id", ">", 1).del();
  await db.schema.alterTable("wire", (table) => table.text("note"));
  await db.schema.dropTable("wire");
  await db.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
