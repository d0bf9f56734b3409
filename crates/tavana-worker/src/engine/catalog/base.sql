-- What the views stand on: the objects of the current database under PostgreSQL's names and numbers.
--
-- Names of columns and parameters here start with an underscore, because the arguments of a macro
-- are put into its text as they stand and would otherwise be taken for something inside it.

CREATE MACRO __tavana.pg._oid(_kind, _schema, _name) AS
    16384 + (md5_number_lower(_kind || ':' || _schema || '.' || _name) % 2147000000)::BIGINT;

CREATE MACRO __tavana.pg._shown_database(_name) AS
    CASE WHEN _name = 'memory'
         THEN coalesce(nullif(getvariable('__tavana_database')::VARCHAR, ''), 'memory')
         ELSE _name END;

-- PostgreSQL's types for DuckDB's, and those of their lists. A list of anything else is JSON.
CREATE TABLE __tavana.pg._type_map(_duckdb VARCHAR, _scalar BIGINT, _array BIGINT, _width INTEGER);
INSERT INTO __tavana.pg._type_map VALUES
    ('BOOLEAN', 16, 1000, -1), ('TINYINT', 21, 1005, -1), ('UTINYINT', 21, 1005, -1), ('SMALLINT', 21, 1005, -1),
    ('USMALLINT', 23, 1007, -1), ('INTEGER', 23, 1007, -1), ('UINTEGER', 20, 1016, -1), ('BIGINT', 20, 1016, -1),
    -- The type modifiers of numeric(20,0) and numeric(38,0).
    ('UBIGINT', 1700, 1231, 1310724), ('HUGEINT', 1700, 1231, 2490372), ('UHUGEINT', 1700, 1231, 2490372),
    ('BIGNUM', 1700, 1231, -1), ('DECIMAL', 1700, 1231, -1), ('FLOAT', 700, 1021, -1), ('DOUBLE', 701, 1022, -1),
    ('VARCHAR', 25, 1009, -1), ('ENUM', 25, 1009, -1), ('"NULL"', 25, 1009, -1), ('BLOB', 17, 1001, -1), ('GEOMETRY', 17, 1001, -1),
    ('BIT', 1562, 1563, -1), ('DATE', 1082, 1182, -1), ('TIME', 1083, 1183, -1), ('TIME_NS', 1083, 1183, -1),
    ('TIME WITH TIME ZONE', 1266, 1270, -1), ('TIMESTAMP', 1114, 1115, -1), ('TIMESTAMP_S', 1114, 1115, -1),
    ('TIMESTAMP_MS', 1114, 1115, -1), ('TIMESTAMP_NS', 1114, 1115, -1),
    ('TIMESTAMP WITH TIME ZONE', 1184, 1185, -1), ('INTERVAL', 1186, 1187, -1), ('UUID', 2950, 2951, -1),
    ('JSON', 114, 114, -1), ('VARIANT', 114, 114, -1), ('STRUCT', 114, 114, -1), ('MAP', 114, 114, -1), ('UNION', 114, 114, -1);

-- A name as it is written in SQL. The words are those that PostgreSQL puts in quotes.
CREATE MACRO __tavana.pg._quoted(_name) AS
    CASE WHEN regexp_full_match(_name, '[a-z_][a-z0-9_]*') AND NOT regexp_full_match(_name, 'all|analyse|analyze|and|any|array|as|asc|asymmetric|authorization|between|bigint|binary|bit|boolean|both|case|cast|char|character|check|coalesce|collate|collation|column|concurrently|constraint|create|cross|current_catalog|current_date|current_role|current_schema|current_time|current_timestamp|current_user|dec|decimal|default|deferrable|desc|distinct|do|else|end|except|exists|extract|false|fetch|float|for|foreign|freeze|from|full|grant|greatest|group|grouping|having|ilike|in|initially|inner|inout|int|integer|intersect|interval|into|is|isnull|join|json|json_array|json_arrayagg|json_exists|json_object|json_objectagg|json_query|json_scalar|json_serialize|json_table|json_value|lateral|leading|least|left|like|limit|localtime|localtimestamp|merge_action|national|natural|nchar|none|normalize|not|notnull|null|nullif|numeric|offset|on|only|or|order|out|outer|overlaps|overlay|placing|position|precision|primary|real|references|returning|right|row|select|session_user|setof|similar|smallint|some|substring|symmetric|system_user|table|tablesample|then|time|timestamp|to|trailing|treat|trim|true|union|unique|user|using|values|varchar|variadic|verbose|when|where|window|with|xmlattributes|xmlconcat|xmlelement|xmlexists|xmlforest|xmlnamespaces|xmlparse|xmlpi|xmlroot|xmlserialize|xmltable')
         THEN _name
         ELSE '"' || replace(_name, '"', '""') || '"' END;

-- Schemas of the current database, and that of temporary objects. DuckDB's `main` is `public`.
CREATE VIEW __tavana.pg._schemas AS
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
                   OR (database_name = 'temp' AND schema_name = 'main')));

CREATE VIEW __tavana.pg._tables AS
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
    JOIN __tavana.pg._schemas _s ON _s._database = _t._database AND _s._schema = _t._schema;

CREATE VIEW __tavana.pg._columns AS
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
    WHERE _t._kind <> 'S';

-- Keys and checks. DuckDB keeps no names for them, so they are called as PostgreSQL would have.
CREATE VIEW __tavana.pg._constraints AS
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
                      WHERE _c.constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY', 'CHECK'))));

-- Indexes, and those that PostgreSQL would have made for keys.
CREATE VIEW __tavana.pg._indexes AS
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
    FROM __tavana.pg._constraints WHERE _type IN ('p', 'u');

-- The same with numbers of columns; 0 stands for an expression.
CREATE VIEW __tavana.pg._index_keys AS
    SELECT _x._oid AS _index, _x._relation, _x._position, _x._part, coalesce(_c._number, 0) AS _number,
           coalesce(_c._type, 25) AS _type, coalesce(_c._typmod, -1) AS _typmod
    FROM (SELECT _oid, _relation, unnest(_parts) AS _part, unnest(range(1, len(_parts) + 1)) AS _position
          FROM __tavana.pg._indexes) _x
    LEFT JOIN __tavana.pg._columns _c ON _c._relation = _x._relation AND _c._name = _x._part;
