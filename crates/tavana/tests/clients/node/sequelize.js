// What a program does with Sequelize, printed: the same lines must come from PostgreSQL and tavana.
// Usage: node sequelize.js <port>
const { DataTypes, QueryTypes, Sequelize } = require("sequelize");

const port = Number(process.argv[2]);

function print(...fields) {
  console.log(JSON.stringify(fields));
}

async function main() {
  // One connection: a table of tavana belongs to its session.
  const db = new Sequelize("main", "tester", null, {
    host: "127.0.0.1", port, dialect: "postgres", logging: false, pool: { min: 1, max: 1 },
  });
  await db.authenticate();
  const Person = db.define("person", {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    name: { type: DataTypes.TEXT, allowNull: false },
    credit: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
    active: DataTypes.BOOLEAN,
    born: DataTypes.DATEONLY,
  }, { tableName: "person", timestamps: false });
  await Person.sync();
  await Person.bulkCreate([
    { id: 1, name: "ann", credit: "1.50", active: true, born: "2000-02-29" },
    { id: 2, name: "' OR 1=1 --" },
  ]);
  print("all", await Person.findAll({ order: ["id"], raw: true }));
  print("where", await Person.count({ where: { name: "' OR 1=1 --" } }));
  print("update", await Person.update({ active: false }, { where: { id: 2 } }));
  // Not findOrCreate(), which makes a function in PL/pgSQL.
  const [person, made] = await Person.findCreateFind({ where: { id: 3 }, defaults: { name: "cy" } });
  print("found or made", person.name, made);
  await person.destroy();
  print("count", await Person.count());
  print("bound", await db.query("SELECT $1::INTEGER + 1 AS n", { bind: [41], type: QueryTypes.SELECT }));
  print("tables", await db.getQueryInterface().showAllTables());
  const described = await db.getQueryInterface().describeTable("person");
  for (const name of Object.keys(described).sort()) print("column", name, described[name]);
  print("indexes", (await db.getQueryInterface().showIndex("person")).map((index) => [index.name, index.primary]));
  await db.transaction((transaction) => Person.create({ id: 4, name: "kept" }, { transaction }));
  await db.transaction(async (transaction) => {
    await Person.create({ id: 5, name: "gone" }, { transaction });
    throw new Error("on purpose");
  }).catch((error) => print("rolled back", error.message));
  print("ids", (await Person.findAll({ order: ["id"] })).map((one) => one.id));
  await Person.create({ id: 1, name: "again" }).catch((error) => print(error.name, error.original.code));
  await db.query("SELECT bad").catch((error) => print(error.name, error.original.code));
  await Person.drop();
  print("tables", await db.getQueryInterface().showAllTables());
  await db.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
