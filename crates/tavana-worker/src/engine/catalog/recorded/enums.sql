-- DuckDB's enumerations. No column has such a type: columns of them are text.
SELECT __tavana.pg._oid('type', _s._shown, _t.type_name) AS _oid, _t.type_name AS _name,
       _s._oid AS _namespace, _s._visible, _t.labels AS _labels, _t."comment" AS _comment
FROM system.main.duckdb_types() _t
JOIN __tavana.pg._schemas _s ON _s._database = _t.database_name AND _s._schema = _t.schema_name
WHERE _t.logical_type = 'ENUM' AND NOT _t.internal AND _t.labels IS NOT NULL
