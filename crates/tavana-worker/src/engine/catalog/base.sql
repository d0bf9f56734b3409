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

-- `pg_monitor` is a member of `pg_read_all_settings`, `pg_read_all_stats` and `pg_stat_scan_tables`.
INSERT INTO __tavana.pg.pg_auth_members
    SELECT 13500 + _role, _role, 3373, 10, false, true, true FROM (VALUES (3374), (3375), (3377)) _v(_role);
