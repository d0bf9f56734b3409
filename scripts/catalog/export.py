"""Writes the static parts of the hidden catalog from a running PostgreSQL.

Usage: export.py <connection string of PostgreSQL 18> <of an older one, 15 to 17>

What comes out is checked in: `relations.sql`, empty tables with the columns of every relation that
no view of `pg.sql` and `isch.sql` answers; `rows.sql`, the rows that do not depend on what the
engine holds; `types.sql`, names of types by OID. Columns are those of the newer server, then those
that only the older one has.
"""

import pathlib
import re
import sys

import psycopg

FOLDER = pathlib.Path(__file__).parents[2] / "crates/tavana-worker/src/engine/catalog"

# PostgreSQL's types in those of DuckDB. OIDs are unsigned there, so they are wide here.
TYPES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "numeric": "DECIMAL(38,0)",
    "timestamptz": "TIMESTAMPTZ",
    "interval": "INTERVAL",
    "bytea": "BLOB",
    "oid": "BIGINT",
    "xid": "BIGINT",
    "regproc": "BIGINT",
    "regtype": "BIGINT",
    "int2vector": "SMALLINT[]",
    "oidvector": "BIGINT[]",
    "_int2": "SMALLINT[]",
    "_oid": "BIGINT[]",
    "_float4": "FLOAT[]",
    "_float8": "DOUBLE[]",
    "_text": "VARCHAR[]",
    "_name": "VARCHAR[]",
    "_char": "VARCHAR[]",
    "_aclitem": "VARCHAR[]",
    "_regtype": "BIGINT[]",
    "anyarray": "VARCHAR[]",
    "cardinal_number": "INTEGER",
    "time_stamp": "TIMESTAMPTZ",
}

# Columns that older clients ask for by name.
EXTRA = {"pg_class": [("relhasoids", "bool")]}
# Answered by the gateway, from the session.
ELSEWHERE = {"pg_settings", "pg_stat_activity"}

# Rows of the server that hold for every engine: relation, columns (None: all), condition.
IO = "(select unnest(array[typinput,typoutput,typreceive,typsend,typmodin,typmodout]::oid[]) from pg_type)"
ROWS = [
    (
        "pg_type",
        "typrelid = 0 and (typelem = 0 or typelem not in (select oid from pg_type where typrelid <> 0))"
        " and typnamespace = 'pg_catalog'::regnamespace",
    ),
    ("pg_am", "true"),
    ("pg_language", "true"),
    ("pg_collation", "collname in ('default', 'C', 'POSIX', 'ucs_basic', 'unicode', 'C.utf8')"),
    ("pg_cast", "castsource < 10000 and casttarget < 10000"),
    ("pg_range", "true"),
    ("pg_opclass", "opcdefault and opcmethod = 403"),
    ("pg_proc", None),
    ("pg_roles", "rolname like 'pg\\_%'"),
]
# Views that add rows of their own to a table: its name.
UNDER_VIEWS = [
    ("pg", "pg_proc", "_pg_proc"),
    ("pg", "pg_roles", "_pg_roles"),
    ("pg", "pg_type", "_pg_type"),
    ("isch", "routines", "_routines"),
    ("isch", "parameters", "_parameters"),
]
INFORMATION_ROWS = ["sql_features", "sql_implementation_info", "sql_parts", "sql_sizing"]


def duckdb_type(name: str) -> str:
    return TYPES.get(name, "VARCHAR")


def columns(connection, schema: str) -> dict[str, list[tuple[str, str]]]:
    found = connection.execute(
        "select c.relname, a.attname, t.typname from pg_class c"
        " join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid"
        " where c.relnamespace = %s::regnamespace and c.relkind in ('r', 'v')"
        " and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum",
        [schema],
    ).fetchall()
    result: dict[str, list[tuple[str, str]]] = {}
    for relation, column, kind in found:
        result.setdefault(relation, []).append((column, kind))
    return result


def superset(new, old, schema):
    both = columns(new, schema)
    for relation, older in columns(old, schema).items():
        if relation in both:
            known = {name for name, _ in both[relation]}
            both[relation] += [column for column in older if column[0] not in known]
    if schema == "pg_catalog":
        for relation, extra in EXTRA.items():
            both[relation] += extra
    return {name: found for name, found in sorted(both.items()) if name not in ELSEWHERE}


def answered_by_views() -> set[tuple[str, str]]:
    text = "".join((FOLDER / name).read_text() for name in ("pg.sql", "isch.sql", "monitor.sql", "timezones.sql") if (FOLDER / name).exists())
    return set(re.findall(r"CREATE VIEW __tavana\.(\w+)\.(\w+)", text))


def field(value) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    assert "\t" not in text and "$tavana$" not in text
    return text.replace("\n", " ")


def as_text(column: str, kind: str) -> str:
    if kind in ("regproc", "regtype"):
        return f"{column}::oid::text"
    if kind in ("int2vector", "oidvector"):
        return f"'[' || replace({column}::text, ' ', ',') || ']'"
    if kind.startswith("_") or kind == "anyarray":
        return f"translate({column}::text, '{{}}', '[]')"
    if kind == "bytea":
        return "null"
    if kind == "pg_node_tree":
        return "null"
    return f"{column}::text"


def main() -> None:
    new = psycopg.connect(sys.argv[1], autocommit=True)
    old = psycopg.connect(sys.argv[2], autocommit=True)
    relations = {
        "pg": superset(new, old, "pg_catalog"),
        "isch": superset(new, old, "information_schema"),
    }
    views = answered_by_views()
    version = new.execute("show server_version").fetchone()[0].split()[0]
    older = old.execute("show server_version").fetchone()[0].split()[0]
    origin = f"-- Made by scripts/catalog/export.py from PostgreSQL {version} and {older}. Do not edit.\n"

    shells = [origin]
    for schema, found in relations.items():
        for relation, cols in found.items():
            if (schema, relation) in views:
                continue
            body = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in cols)
            shells.append(f"CREATE TABLE __tavana.{schema}.{relation}({body});\n")
    # What the views add their own rows to.
    for schema, relation, table in UNDER_VIEWS:
        body = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in relations[schema][relation])
        shells.append(f"CREATE TABLE __tavana.{schema}.{table}({body});\n")
    shells.append(
        "CREATE TABLE __tavana.pg._relations(oid BIGINT, relname VARCHAR, relnamespace BIGINT,"
        " relkind VARCHAR, relnatts SMALLINT);\n"
        "CREATE TABLE __tavana.pg._attributes(attrelid BIGINT, attname VARCHAR, atttypid BIGINT,"
        " attlen SMALLINT, attnum SMALLINT, attbyval BOOLEAN, attalign VARCHAR, attstorage VARCHAR,"
        " attndims SMALLINT, attnotnull BOOLEAN, attcollation BIGINT);\n"
    )
    (FOLDER / "relations.sql").write_text("".join(shells))

    tables: list[tuple[str, list[str], list[tuple]]] = []
    wanted_functions = (pathlib.Path(__file__).parent / "functions.txt").read_text().split()
    for relation, condition in ROWS:
        cols = [c for c in columns(new, "pg_catalog")[relation]]
        picked = ", ".join(f"{as_text(name, kind)} as {name}" for name, kind in cols)
        if relation == "pg_proc":
            rows = new.execute(
                f"select {picked} from pg_proc where prolang in (12, 13, 14) and (oid in {IO}"
                " or oid in (select amhandler from pg_am) or oid in (select castfunc from pg_cast) or proname = any(%s)) order by oid",
                [wanted_functions],
            ).fetchall()
        else:
            rows = new.execute(f"select {picked} from {relation} where {condition} order by 1").fetchall()
        rows = [list(row) for row in rows]
        names = [name for name, _ in cols]
        if relation == "pg_proc":
            rows = [[None if n in ("prosrc", "probin", "proargdefaults", "proacl") else v for n, v in zip(names, row)] for row in rows]
        tables_under = {name: table for _, name, table in UNDER_VIEWS}
        target = f"pg.{tables_under.get(relation, relation)}"
        tables.append((target, [(n, k) for n, k in cols], rows))
    for relation in INFORMATION_ROWS:
        cols = relations["isch"][relation]
        picked = ", ".join(f"{name}::text" for name, _ in cols)
        rows = new.execute(f"select {picked} from information_schema.{relation} order by 1, 3").fetchall()
        tables.append((f"isch.{relation}", cols, [list(row) for row in rows]))

    # The catalog's own relations and columns.
    oids = dict(new.execute("select relname, oid::int from pg_class where relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)").fetchall())
    kinds = dict(new.execute("select relname, relkind::text from pg_class where relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)").fetchall())
    types = {
        row[0]: row[1:]
        for row in new.execute(
            "select t.typname, t.oid::int, t.typlen, t.typbyval, t.typalign::text, t.typstorage::text, t.typcollation::int, b.oid::int"
            " from pg_type t left join pg_type b on b.oid = t.typbasetype where t.typrelid = 0"
        ).fetchall()
    }
    not_null = set(new.execute("select attrelid::int, attname from pg_attribute where attnotnull and attnum > 0").fetchall())
    session = {
        "pg_settings": columns(new, "pg_catalog")["pg_settings"],
        "pg_stat_activity": columns(new, "pg_catalog")["pg_stat_activity"],
    }
    relation_rows, attribute_rows = [], []
    for schema, namespace in (("pg", 11), ("isch", 13000)):
        for relation, cols in sorted({**relations[schema], **(session if schema == "pg" else {})}.items()):
            oid = oids[relation]
            relation_rows.append([oid, relation, namespace, kinds[relation], len(cols)])
            for number, (column, kind) in enumerate(cols, 1):
                type_oid, length, by_value, align, storage, collation, base = types[kind]
                attribute_rows.append(
                    [oid, column, base or type_oid, length, number, by_value, align, storage,
                     1 if kind.startswith("_") else 0, (oid, column) in not_null, collation]
                )
    def flat(names: str) -> list[tuple[str, str]]:
        return [tuple(name.split(":")) for name in names.split()]

    tables.append(("pg._relations", flat("oid:oid relname:name relnamespace:oid relkind:char relnatts:int2"), relation_rows))
    tables.append(("pg._attributes", flat("attrelid:oid attname:name atttypid:oid attlen:int2 attnum:int2 attbyval:bool attalign:char attstorage:char attndims:int2 attnotnull:bool attcollation:oid"), attribute_rows))

    with open(FOLDER / "rows.sql", "w") as out:
        out.write(origin)
        for target, cols, rows in tables:
            # Columns in which all rows agree on nothing are left out. One constant that is split
            # loads several times faster than VALUES.
            used = [i for i in range(len(cols)) if any(row[i] is not None for row in rows)]
            picked = ", ".join(
                f"nullif(_f[{at}], '\\N')::{duckdb_type(cols[i][1])} AS \"{cols[i][0]}\""
                for at, i in enumerate(used, 1)
            )
            body = "\n".join("\t".join(field(row[i]) for i in used) for row in rows)
            out.write(
                f"INSERT INTO __tavana.{target} BY NAME SELECT {picked}\nFROM (SELECT"
                f" string_split(unnest(string_split($tavana${body}$tavana$, chr(10))), chr(9)) AS _f);\n"
            )

    # Names of types as format_type() writes them, by OID.
    named = new.execute(
        "select oid::int, format_type(oid, null) from pg_type where typrelid = 0"
        " and oid not in (select typarray from pg_type) and typnamespace = 'pg_catalog'::regnamespace order by oid"
    ).fetchall()
    named = [(o, n) for o, n in named if o < 13000]
    elements = new.execute(
        "select typarray::int, oid::int from pg_type where typarray <> 0 and typrelid = 0 and oid < 13000 order by 1"
    ).fetchall()
    roles = new.execute("select oid::int, rolname from pg_roles where rolname like 'pg\\_%' order by oid").fetchall()
    with open(FOLDER / "types.sql", "w") as out:
        out.write(origin)
        # One constant each: a list that is written as a text is folded before it is looked into.
        for macro, keys, values, kind in (
            ("_type_name", [o for o, _ in named], [n for _, n in named], ""),
            ("_role_name", [r[0] for r in roles], [r[1] for r in roles], ""),
            ("_type_element", [a for a, _ in elements], [o for _, o in elements], "::BIGINT"),
        ):
            out.write(
                f"CREATE MACRO __tavana.pg.{macro}(_t) AS string_split('{'|'.join(map(str, values))}', '|')"
                f"[list_position('{keys}'::BIGINT[], _t)]{kind};\n"
            )


main()
