-- Keys and checks. DuckDB keeps no names for them, so they are called as PostgreSQL would have.
SELECT *, __tavana.pg._oid('constraint', _shown, _table || '.' || _name) AS _oid,
       CASE WHEN _type IN ('p', 'u') THEN __tavana.pg._oid('class', _shown, _name) ELSE 0 END AS _index
FROM (SELECT * EXCLUDE (_stem),
             _stem || CASE WHEN _twin > 1 THEN (_twin - 1)::VARCHAR ELSE '' END AS _name
      FROM (SELECT *, row_number() OVER (PARTITION BY _shown, _stem ORDER BY _number) AS _twin
            FROM (SELECT _t._shown, _t._namespace, _t._name AS _table, _t._oid AS _relation,
                         _c.constraint_index AS _number, _c.constraint_text AS _text,
                         _c.expression AS _expression,
                         CASE _c.constraint_type WHEN 'PRIMARY KEY' THEN 'p' WHEN 'UNIQUE' THEN 'u'
                             WHEN 'FOREIGN KEY' THEN 'f' ELSE 'c' END AS _type,
                         list_transform(_c.constraint_column_indexes, lambda _i: (_i + 1)::SMALLINT) AS _keys,
                         _c.constraint_column_names AS _key_names,
                         _c.referenced_table AS _other, _c.referenced_column_names AS _other_names,
                         _t._name || CASE _c.constraint_type
                             WHEN 'PRIMARY KEY' THEN '_pkey'
                             WHEN 'UNIQUE' THEN '_' || list_aggregate(_c.constraint_column_names, 'string_agg', '_') || '_key'
                             WHEN 'FOREIGN KEY' THEN '_' || list_aggregate(_c.constraint_column_names, 'string_agg', '_') || '_fkey'
                             ELSE CASE WHEN len(_c.constraint_column_names) = 1
                                       THEN '_' || _c.constraint_column_names[1] ELSE '' END || '_check' END AS _stem
                  FROM system.main.duckdb_constraints() _c
                  JOIN __tavana.pg._tables _t ON _t._database = _c.database_name
                      AND _t._schema = _c.schema_name AND _t._name = _c.table_name AND _t._kind = 'r'
                  WHERE _c.constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY', 'CHECK'))))
