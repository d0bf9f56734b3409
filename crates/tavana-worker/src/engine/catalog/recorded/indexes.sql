-- Indexes, and those that PostgreSQL would have made for keys.
SELECT _t._shown, _t._namespace, _t._name AS _table, _t._oid AS _relation, _i.index_name AS _name,
       __tavana.pg._oid('class', _t._shown, _i.index_name) AS _oid, _i.is_unique AS _unique,
       false AS _primary, _i."comment" AS _comment,
       list_transform(_i.expressions::VARCHAR[], lambda _e: CASE
           WHEN regexp_full_match(_e, '"([^"]|"")*"') THEN replace(_e[2:-2], '""', '"') ELSE _e END) AS _parts
FROM system.main.duckdb_indexes() _i
JOIN __tavana.pg._tables _t ON _t._database = _i.database_name AND _t._schema = _i.schema_name
    AND _t._name = _i.table_name AND _t._kind = 'r'
UNION ALL
SELECT _shown, _namespace, _table, _relation, _name, _index, true, _type = 'p', NULL, _key_names
FROM __tavana.pg._constraints WHERE _type IN ('p', 'u')
