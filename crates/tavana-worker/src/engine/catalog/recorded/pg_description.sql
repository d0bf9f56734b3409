SELECT _oid AS objoid, 1259::BIGINT AS classoid, 0::INTEGER AS objsubid, _comment AS description
FROM __tavana.pg._tables WHERE _comment IS NOT NULL
UNION ALL
SELECT _relation, 1259, _number, _comment FROM __tavana.pg._columns WHERE _comment IS NOT NULL
UNION ALL
SELECT _oid, 1259, 0, _comment FROM __tavana.pg._indexes WHERE _comment IS NOT NULL
UNION ALL
SELECT _oid, 2615, 0, coalesce(_comment, 'standard public schema') FROM __tavana.pg._schemas
WHERE _comment IS NOT NULL OR _oid = 2200
UNION ALL
VALUES (11, 2615, 0, 'system catalog schema'), (13500, 3079, 0, 'PL/pgSQL procedural language')
UNION ALL
SELECT oid, 2612, 0, 'PL/pgSQL procedural language' FROM __tavana.pg.pg_language WHERE lanname = 'plpgsql'
UNION ALL
SELECT _oid, 1247, 0, _comment FROM __tavana.pg._enums WHERE _comment IS NOT NULL
UNION ALL
SELECT _oid, 1255, 0, _comment FROM __tavana.pg._macros WHERE _comment IS NOT NULL
