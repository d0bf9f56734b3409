SELECT _t._oid AS _relation, _t._shown, _t._name AS _table, _t._kind, _t._namespace, _c._name,
       _c._number, _c._comment, _c._default, _c._nullable,
       CASE WHEN NOT _c._is_list THEN coalesce(_m._scalar, 25)
            WHEN _c._nested THEN 114
            ELSE coalesce(_m._array, 1009) END AS _type,
       CASE WHEN _c._nested THEN -1
            WHEN _m._duckdb = 'DECIMAL'
                THEN (regexp_extract(_c._written, '\((\d+)', 1)::INTEGER << 16)
                     + regexp_extract(_c._written, ',(\d+)\)', 1)::INTEGER + 4
            ELSE coalesce(_m._width, -1) END AS _typmod
FROM (SELECT database_name AS _database, schema_name AS _schema, table_name AS _table, column_name AS _name,
             column_index AS _number, "comment" AS _comment,
             CASE column_default WHEN 'CAST(''t'' AS BOOLEAN)' THEN 'true'
                                 WHEN 'CAST(''f'' AS BOOLEAN)' THEN 'false'
                                 ELSE column_default END AS _default,
             is_nullable AS _nullable, data_type AS _written, ends_with(data_type, ']') AS _is_list,
             regexp_matches(data_type, '\]\[\d*\]$') AS _nested,
             regexp_extract(data_type, '^[^(\[]+') AS _base
      FROM system.main.duckdb_columns() WHERE NOT internal AND database_name <> '__tavana') _c
JOIN __tavana.pg._tables _t ON _t._database = _c._database AND _t._schema = _c._schema
    AND _t._name = _c._table
LEFT JOIN __tavana.pg._type_map _m ON _m._duckdb = _c._base
WHERE _t._kind <> 'S'
