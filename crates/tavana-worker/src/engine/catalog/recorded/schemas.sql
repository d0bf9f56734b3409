-- Schemas of the current database, and that of temporary objects. DuckDB's `main` is `public`.
SELECT _d AS _database, _s AS _schema, _n AS _shown, _c AS _comment,
       CASE WHEN _n = 'public' THEN 2200 ELSE __tavana.pg._oid('namespace', '', _n) END AS _oid,
       list_contains(system.pg_catalog.current_schemas(true), _s) AS _visible
FROM (SELECT database_name AS _d, schema_name AS _s, "comment" AS _c,
             CASE WHEN database_name = 'temp' THEN 'pg_temp_3'
                  WHEN schema_name = 'main' AND NOT _real THEN 'public'
                  ELSE schema_name END AS _n
      FROM (SELECT *, bool_or(schema_name = 'public' AND database_name <> 'temp') OVER () AS _real
            FROM system.main.duckdb_schemas()
            WHERE database_name = current_database()
               OR (database_name = 'temp' AND schema_name = 'main')))
