"""Writes texts, and the statements that DuckDB's own parser finds in each, for a test of the gateway.

    python splits.py 100000 splits.jsonl
    TAVANA_TEST_SPLITS=splits.jsonl cargo test texts_are_split_where_duckdb_splits_them
"""

import json
import random
import sys

import duckdb

PIECES = [
    'SELECT 1',
    "SELECT 'a;b'",
    "SELECT 'it''s;'",
    "SELECT E'x\\';y'",
    'SELECT $$a;b$$',
    'SELECT $t$ $$ ; $t$',
    'SELECT "a;b" FROM (SELECT 1 AS "a;b")',
    'SELECT 1 -- c;\n',
    'SELECT /* ; */ 1',
    'SELECT /* /* ; */ 1',
    'SELECT 1 /* a /* b */ ; */',
    '-- only;\n',
    '/* ; */',
    '',
    "SELECT '\u6f22;\U0001f600'",
    'VALUES (1),(2)',
    'CREATE TABLE t(i int)',
    'INSERT INTO t VALUES (1)',
    'SELECT $1',
    'SELECT 1 AS a$b',
    "SELECT x'41'",
    "SELECT e'a\\\\'",
    "SELECT '\\'",
    'SELECT 1e5',
    'SELECT 1.5e-3',
    'SELECT 1_000',
    'SELECT [1,2];',
    'FROM range(3)',
    "SELECT {'a':1}",
    'SELECT 5 // 2',
    'SELECT a -> 1 FROM (SELECT 1 a)',
    "SELECT $x$;$x$ || 'b'",
    'SELECT "q""q;" FROM (SELECT 1 AS "q""q;")',
    'SELECT 1\r',
    'SELECT 1 --c\rx\n',
    "SELECT U&'\\0041;'",
    "SELECT B'101'",
    "SELECT '' ';'",
    "SELECT 'a'\n'b;'",
    'SELECT $_$;$_$',
    'SELECT $a1$ ; $a1$',
    "SELECT 'a' || $$;$$",
    'BEGIN',
    'COMMIT',
    'SET threads=1',
    'SELECT 1::int',
    'SELECT 10 % 3',
    'SELECT @1',
    'SELECT 1 ? 2',
    '\xa0SELECT 1',
    'SELECT\xa01',
    "SELECT '$$;'",
    'SELECT "$$;"',
    'SELECT $1;$2',
    "SELECT 'x' $$y;$$",
    '\ufeffSELECT 1',
    'SELECT\u30001',
    'SELECT 1\u2028',
    'SELECT 0x1F',
    'SELECT 1a',
    'SELECT $tag$a$tag;b$tag$',
    "SELECT E'\\\\;'",
    'SELECT 1--;',
    'SELECT 1-- -\n;',
]
BITS = [
    "'",
    '"',
    '$$',
    '$t$',
    ';',
    '--',
    '\n',
    '/*',
    '*/',
    "E'",
    '\\',
    'a',
    '1',
    ' ',
    'SELECT ',
    '$1',
    '\u6f22',
    "U&'",
    "x'",
    '\r',
]


def text(chance):
    if chance.random() < 0.6:
        ends = [";", ";", ";;", " ;\n", "", " ", "; "]
        pieces = (chance.choice(PIECES) + chance.choice(ends) for _ in range(chance.randint(1, 5)))
        return "".join(pieces)
    bits = "".join(chance.choice(BITS) for _ in range(chance.randint(1, 12)))
    return "SELECT " + bits + chance.choice([";SELECT 2", "", " ; SELECT 'z'"])


def main(count, path):
    chance = random.Random(7)
    with open(path, "w") as out:
        while count > 0:
            sql = text(chance)
            try:
                statements = [statement.query for statement in duckdb.extract_statements(sql)]
            except duckdb.Error:
                continue
            # DuckDB has put plain spaces in place of wide ones.
            out.write(json.dumps([sql, statements]) + "\n")
            count -= 1


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
