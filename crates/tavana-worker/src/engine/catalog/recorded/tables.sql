SELECT _t.*, _s._shown, _s._oid AS _namespace, _s._visible,
       __tavana.pg._oid('class', _s._shown, _t._name) AS _oid
FROM (SELECT database_name AS _database, schema_name AS _schema, table_name AS _name, 'r' AS _kind,
             "comment" AS _comment, estimated_size AS _rows, column_count AS _natts,
             check_constraint_count AS _checks, index_count AS _indexes, "temporary" AS _temporary, sql AS _sql
      FROM system.main.duckdb_tables() WHERE NOT internal
      UNION ALL
      SELECT database_name, schema_name, view_name, 'v', "comment", 0, column_count, 0, 0,
             "temporary", sql
      FROM system.main.duckdb_views() WHERE NOT internal
      UNION ALL
      SELECT database_name, schema_name, sequence_name, 'S', "comment", 1, 3, 0, 0,
             "temporary", sql
      FROM system.main.duckdb_sequences()) _t
JOIN __tavana.pg._schemas _s ON _s._database = _t._database AND _s._schema = _t._schema
