-- Relations of information_schema whose rows come from what the engine holds.

CREATE MACRO __tavana.pg._catalog() AS __tavana.pg._shown_database(current_database());

CREATE VIEW __tavana.isch.information_schema_catalog_name AS SELECT __tavana.pg._catalog() AS catalog_name;

CREATE VIEW __tavana.isch.schemata AS
    SELECT __tavana.pg._catalog() AS catalog_name, nspname AS schema_name,
           current_user AS schema_owner,
           NULL::VARCHAR AS default_character_set_catalog, NULL::VARCHAR AS default_character_set_schema,
           NULL::VARCHAR AS default_character_set_name, NULL::VARCHAR AS sql_path
    FROM __tavana.pg.pg_namespace;

CREATE VIEW __tavana.isch._tables AS
    SELECT _shown, _name, _kind, _oid, _temporary FROM __tavana.pg._tables WHERE _kind IN ('r', 'v')
    UNION ALL
    SELECT CASE relnamespace WHEN 11 THEN 'pg_catalog' ELSE 'information_schema' END, relname, relkind, oid, false
    FROM __tavana.pg._relations WHERE relkind IN ('r', 'v');

CREATE VIEW __tavana.isch.tables AS
    SELECT __tavana.pg._catalog() AS table_catalog, _shown AS table_schema, _name AS table_name,
           CASE WHEN _kind = 'v' THEN 'VIEW' WHEN _temporary THEN 'LOCAL TEMPORARY' ELSE 'BASE TABLE' END AS table_type,
           NULL::VARCHAR AS self_referencing_column_name, NULL::VARCHAR AS reference_generation,
           NULL::VARCHAR AS user_defined_type_catalog, NULL::VARCHAR AS user_defined_type_schema,
           NULL::VARCHAR AS user_defined_type_name,
           CASE WHEN _kind = 'r' THEN 'YES' ELSE 'NO' END AS is_insertable_into, 'NO' AS is_typed,
           NULL::VARCHAR AS commit_action
    FROM __tavana.isch._tables;

CREATE VIEW __tavana.isch.views AS
    SELECT __tavana.pg._catalog() AS table_catalog, schemaname AS table_schema, viewname AS table_name,
           definition AS view_definition, 'NONE' AS check_option, 'NO' AS is_updatable,
           'NO' AS is_insertable_into, 'NO' AS is_trigger_updatable, 'NO' AS is_trigger_deletable,
           'NO' AS is_trigger_insertable_into
    FROM __tavana.pg.pg_views;

-- The facts of a type that several relations repeat.
CREATE TABLE __tavana.isch._types AS
    SELECT oid AS _oid, typname AS _udt,
           CASE WHEN typcategory = 'A' THEN 'ARRAY' ELSE __tavana.pg._type_name(oid) END AS _named,
           CASE oid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53 END AS _precision,
           CASE WHEN oid IN (21, 23, 20, 700, 701) THEN 2 WHEN oid = 1700 THEN 10 END AS _radix,
           CASE WHEN oid IN (21, 23, 20) THEN 0 END AS _scale,
           CASE WHEN oid = 1082 THEN 0 WHEN oid IN (1083, 1114, 1184, 1186, 1266) THEN 6 END AS _datetime,
           -- "char", name and text in bytes, as far as there is a bound.
           CASE WHEN oid IN (25, 1043, 1042) THEN 1073741824 END AS _octets,
           CASE WHEN oid = 19 THEN 'C' END AS _collation
    FROM __tavana.pg._pg_type;

CREATE VIEW __tavana.isch._columns AS
    SELECT _shown, _table, _name, _number, CASE WHEN _kind = 'r' THEN _default END AS _default, _nullable,
           _type, _typmod, _kind = 'r' AS _updatable, _relation
    FROM __tavana.pg._columns
    UNION ALL
    SELECT CASE _r.relnamespace WHEN 11 THEN 'pg_catalog' ELSE 'information_schema' END, _r.relname,
           _a.attname, _a.attnum, NULL, NOT _a.attnotnull, _a.atttypid, -1, _r.relkind = 'r', _r.oid
    FROM __tavana.pg._attributes _a JOIN __tavana.pg._relations _r ON _r.oid = _a.attrelid;

CREATE VIEW __tavana.isch.columns AS
    SELECT __tavana.pg._catalog() AS table_catalog, _c._shown AS table_schema, _c._table AS table_name,
           _c._name AS column_name, _c._number::INTEGER AS ordinal_position, _c._default AS column_default,
           CASE WHEN _c._nullable THEN 'YES' ELSE 'NO' END AS is_nullable, _t._named AS data_type,
           NULL::INTEGER AS character_maximum_length, _t._octets::INTEGER AS character_octet_length,
           CASE WHEN _c._type = 1700 AND _c._typmod > 0 THEN (_c._typmod - 4) >> 16 ELSE _t._precision END::INTEGER AS numeric_precision,
           _t._radix::INTEGER AS numeric_precision_radix,
           CASE WHEN _c._type = 1700 AND _c._typmod > 0 THEN (_c._typmod - 4) & 65535 ELSE _t._scale END::INTEGER AS numeric_scale,
           _t._datetime::INTEGER AS datetime_precision, NULL::VARCHAR AS interval_type,
           NULL::INTEGER AS interval_precision, NULL::VARCHAR AS character_set_catalog,
           NULL::VARCHAR AS character_set_schema, NULL::VARCHAR AS character_set_name,
           CASE WHEN _t._collation IS NOT NULL THEN __tavana.pg._catalog() END AS collation_catalog,
           CASE WHEN _t._collation IS NOT NULL THEN 'pg_catalog' END AS collation_schema,
           _t._collation AS collation_name, NULL::VARCHAR AS domain_catalog, NULL::VARCHAR AS domain_schema,
           NULL::VARCHAR AS domain_name, __tavana.pg._catalog() AS udt_catalog, 'pg_catalog' AS udt_schema,
           _t._udt AS udt_name, NULL::VARCHAR AS scope_catalog, NULL::VARCHAR AS scope_schema,
           NULL::VARCHAR AS scope_name, NULL::INTEGER AS maximum_cardinality,
           _c._number::VARCHAR AS dtd_identifier, 'NO' AS is_self_referencing, 'NO' AS is_identity,
           NULL::VARCHAR AS identity_generation, NULL::VARCHAR AS identity_start,
           NULL::VARCHAR AS identity_increment, NULL::VARCHAR AS identity_maximum,
           NULL::VARCHAR AS identity_minimum, 'NO' AS identity_cycle, 'NEVER' AS is_generated,
           NULL::VARCHAR AS generation_expression, CASE WHEN _c._updatable THEN 'YES' ELSE 'NO' END AS is_updatable
    FROM __tavana.isch._columns _c JOIN __tavana.isch._types _t ON _t._oid = _c._type;

CREATE VIEW __tavana.isch.element_types AS
    SELECT __tavana.pg._catalog() AS object_catalog, _c._shown AS object_schema, _c._table AS object_name,
           'TABLE' AS object_type, _c._number::VARCHAR AS collection_type_identifier, _t._named AS data_type,
           NULL::INTEGER AS character_maximum_length, NULL::INTEGER AS character_octet_length,
           NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
           NULL::VARCHAR AS character_set_name, NULL::VARCHAR AS collation_catalog,
           NULL::VARCHAR AS collation_schema, NULL::VARCHAR AS collation_name,
           NULL::INTEGER AS numeric_precision, NULL::INTEGER AS numeric_precision_radix,
           NULL::INTEGER AS numeric_scale, NULL::INTEGER AS datetime_precision,
           NULL::VARCHAR AS interval_type, NULL::INTEGER AS interval_precision,
           __tavana.pg._catalog() AS udt_catalog, 'pg_catalog' AS udt_schema, _t._udt AS udt_name,
           NULL::VARCHAR AS scope_catalog, NULL::VARCHAR AS scope_schema, NULL::VARCHAR AS scope_name,
           NULL::INTEGER AS maximum_cardinality, 'a' || _c._number AS dtd_identifier,
           NULL::VARCHAR AS domain_default
    FROM __tavana.isch._columns _c
    JOIN __tavana.pg._pg_type _y ON _y.oid = _c._type AND _y.typcategory = 'A'
    JOIN __tavana.isch._types _t ON _t._oid = _y.typelem;

CREATE VIEW __tavana.isch.table_constraints AS
    SELECT __tavana.pg._catalog() AS constraint_catalog, _shown AS constraint_schema, _name AS constraint_name,
           __tavana.pg._catalog() AS table_catalog, _shown AS table_schema, _table AS table_name,
           CASE _type WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' WHEN 'f' THEN 'FOREIGN KEY' ELSE 'CHECK' END AS constraint_type,
           'NO' AS is_deferrable, 'NO' AS initially_deferred, 'YES' AS "enforced",
           CASE WHEN _type = 'u' THEN 'YES' END AS nulls_distinct
    FROM __tavana.pg._constraints
    UNION ALL
    SELECT __tavana.pg._catalog(), _shown, _namespace || '_' || _relation || '_' || _number || '_not_null',
           __tavana.pg._catalog(), _shown, _table, 'CHECK', 'NO', 'NO', 'YES', NULL
    FROM __tavana.pg._columns WHERE NOT _nullable AND _kind = 'r';

CREATE VIEW __tavana.isch.check_constraints AS
    SELECT __tavana.pg._catalog() AS constraint_catalog, _shown AS constraint_schema, _name AS constraint_name,
           '(' || _expression || ')' AS check_clause
    FROM __tavana.pg._constraints WHERE _type = 'c'
    UNION ALL
    SELECT __tavana.pg._catalog(), _shown, _namespace || '_' || _relation || '_' || _number || '_not_null',
           __tavana.pg._quoted(_name) || ' IS NOT NULL'
    FROM __tavana.pg._columns WHERE NOT _nullable AND _kind = 'r';

-- Columns of keys with their place in the key.
CREATE VIEW __tavana.isch._keys AS
    SELECT *, unnest(_key_names) AS _part, unnest(range(1, len(_key_names) + 1)) AS _position,
           CASE WHEN _type = 'f' THEN unnest(_other_names) END AS _other_part
    FROM __tavana.pg._constraints WHERE _type <> 'c';

-- The key that a foreign key refers to.
CREATE VIEW __tavana.isch._references AS
    SELECT _f._oid, any_value(_u._name ORDER BY _u._number) AS _unique,
           any_value(_u._key_names ORDER BY _u._number) AS _unique_names
    FROM __tavana.pg._constraints _f
    JOIN __tavana.pg._constraints _u ON _u._shown = _f._shown AND _u._table = _f._other
        AND _u._type IN ('p', 'u') AND list_sort(_u._key_names) = list_sort(_f._other_names)
    WHERE _f._type = 'f' GROUP BY _f._oid;

CREATE VIEW __tavana.isch.key_column_usage AS
    SELECT __tavana.pg._catalog() AS constraint_catalog, _k._shown AS constraint_schema,
           _k._name AS constraint_name, __tavana.pg._catalog() AS table_catalog, _k._shown AS table_schema,
           _k._table AS table_name, _k._part AS column_name, _k._position::INTEGER AS ordinal_position,
           list_position(_r._unique_names, _k._other_part)::INTEGER AS position_in_unique_constraint
    FROM __tavana.isch._keys _k LEFT JOIN __tavana.isch._references _r ON _r._oid = _k._oid;

CREATE VIEW __tavana.isch.constraint_column_usage AS
    SELECT __tavana.pg._catalog() AS table_catalog, _shown AS table_schema,
           CASE WHEN _type = 'f' THEN _other ELSE _table END AS table_name,
           CASE WHEN _type = 'f' THEN _other_part ELSE _part END AS column_name,
           __tavana.pg._catalog() AS constraint_catalog, _shown AS constraint_schema, _name AS constraint_name
    FROM __tavana.isch._keys
    UNION ALL
    SELECT DISTINCT __tavana.pg._catalog(), _shown, _table, unnest(_key_names), __tavana.pg._catalog(), _shown, _name
    FROM __tavana.pg._constraints WHERE _type = 'c';

CREATE VIEW __tavana.isch.constraint_table_usage AS
    SELECT __tavana.pg._catalog() AS table_catalog, _shown AS table_schema,
           CASE WHEN _type = 'f' THEN _other ELSE _table END AS table_name,
           __tavana.pg._catalog() AS constraint_catalog, _shown AS constraint_schema, _name AS constraint_name
    FROM __tavana.pg._constraints WHERE _type <> 'c';

CREATE VIEW __tavana.isch.referential_constraints AS
    SELECT __tavana.pg._catalog() AS constraint_catalog, _c._shown AS constraint_schema,
           _c._name AS constraint_name,
           CASE WHEN _r._unique IS NOT NULL THEN __tavana.pg._catalog() END AS unique_constraint_catalog,
           CASE WHEN _r._unique IS NOT NULL THEN _c._shown END AS unique_constraint_schema,
           _r._unique AS unique_constraint_name, 'NONE' AS match_option, 'NO ACTION' AS update_rule,
           'NO ACTION' AS delete_rule
    FROM __tavana.pg._constraints _c LEFT JOIN __tavana.isch._references _r ON _r._oid = _c._oid
    WHERE _c._type = 'f';

CREATE VIEW __tavana.isch.routines AS
    SELECT * FROM __tavana.isch._routines
    UNION ALL BY NAME
    SELECT __tavana.pg._catalog() AS specific_catalog, _shown AS specific_schema,
           _name || '_' || _oid AS specific_name, __tavana.pg._catalog() AS routine_catalog,
           _shown AS routine_schema, _name AS routine_name, 'FUNCTION' AS routine_type,
           CASE WHEN _is_table THEN 'record' ELSE '"any"' END AS data_type,
           __tavana.pg._catalog() AS type_udt_catalog, 'pg_catalog' AS type_udt_schema,
           CASE WHEN _is_table THEN 'record' ELSE 'any' END AS type_udt_name, '0' AS dtd_identifier,
           'SQL' AS routine_body, _definition AS routine_definition, 'SQL' AS external_language,
           'GENERAL' AS parameter_style, 'NO' AS is_deterministic, 'MODIFIES' AS sql_data_access,
           'NO' AS is_null_call, 'YES' AS schema_level_routine, 0::INTEGER AS max_dynamic_result_sets,
           'INVOKER' AS security_type, 'NO' AS as_locator, 'NO' AS is_udt_dependent
    FROM __tavana.pg._macros;

CREATE VIEW __tavana.isch.parameters AS
    SELECT * FROM __tavana.isch._parameters
    UNION ALL BY NAME
    SELECT __tavana.pg._catalog() AS specific_catalog, _shown AS specific_schema,
           _name || '_' || _oid AS specific_name, _i::INTEGER AS ordinal_position, 'IN' AS parameter_mode,
           'NO' AS is_result, 'NO' AS as_locator, _p AS parameter_name, '"any"' AS data_type,
           __tavana.pg._catalog() AS udt_catalog, 'pg_catalog' AS udt_schema, 'any' AS udt_name,
           _i::VARCHAR AS dtd_identifier
    FROM (SELECT *, unnest(_parameters) AS _p, unnest(range(1, len(_parameters) + 1)) AS _i
          FROM __tavana.pg._macros);

CREATE VIEW __tavana.isch.sequences AS
    SELECT __tavana.pg._catalog() AS sequence_catalog, _s._shown AS sequence_schema,
           _q.sequence_name, 'bigint' AS data_type, 64::INTEGER AS numeric_precision,
           2::INTEGER AS numeric_precision_radix, 0::INTEGER AS numeric_scale,
           _q.start_value::VARCHAR AS start_value, _q.min_value::VARCHAR AS minimum_value,
           _q.max_value::VARCHAR AS maximum_value, _q.increment_by::VARCHAR AS "increment",
           CASE WHEN _q."cycle" THEN 'YES' ELSE 'NO' END AS cycle_option
    FROM system.main.duckdb_sequences() _q
    JOIN __tavana.pg._schemas _s ON _s._database = _q.database_name AND _s._schema = _q.schema_name;

CREATE VIEW __tavana.isch.character_sets AS
    SELECT NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
           'UTF8' AS character_set_name, 'UCS' AS character_repertoire, 'UTF8' AS form_of_use,
           __tavana.pg._catalog() AS default_collate_catalog, 'pg_catalog' AS default_collate_schema,
           'C' AS default_collate_name;

CREATE VIEW __tavana.isch.collations AS
    SELECT __tavana.pg._catalog() AS collation_catalog, 'pg_catalog' AS collation_schema,
           collname AS collation_name, 'NO PAD' AS pad_attribute
    FROM __tavana.pg.pg_collation WHERE collencoding IN (-1, 6);

CREATE VIEW __tavana.isch.collation_character_set_applicability AS
    SELECT collation_catalog, collation_schema, collation_name, NULL::VARCHAR AS character_set_catalog,
           NULL::VARCHAR AS character_set_schema, 'UTF8' AS character_set_name
    FROM __tavana.isch.collations;

CREATE VIEW __tavana.isch.enabled_roles AS SELECT current_user AS role_name;

-- Who may use an engine may do so with all of it.
CREATE VIEW __tavana.isch.table_privileges AS
    SELECT current_user AS grantor, current_user AS grantee, __tavana.pg._catalog() AS table_catalog,
           _shown AS table_schema, _name AS table_name,
           unnest(['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege_type,
           'YES' AS is_grantable,
           unnest(['NO', 'YES', 'NO', 'NO', 'NO', 'NO', 'NO']) AS with_hierarchy
    FROM __tavana.pg._tables WHERE _kind IN ('r', 'v');

CREATE VIEW __tavana.isch.role_table_grants AS FROM __tavana.isch.table_privileges;

CREATE VIEW __tavana.isch.column_privileges AS
    SELECT current_user AS grantor, current_user AS grantee, __tavana.pg._catalog() AS table_catalog,
           _shown AS table_schema, _table AS table_name, _name AS column_name,
           unnest(['INSERT', 'SELECT', 'UPDATE', 'REFERENCES']) AS privilege_type, 'YES' AS is_grantable
    FROM __tavana.pg._columns;

CREATE VIEW __tavana.isch.role_column_grants AS FROM __tavana.isch.column_privileges;

CREATE VIEW __tavana.isch.routine_privileges AS
    SELECT current_user AS grantor, current_user AS grantee, specific_catalog, specific_schema, specific_name,
           routine_catalog, routine_schema, routine_name, 'EXECUTE' AS privilege_type, 'YES' AS is_grantable
    FROM __tavana.isch.routines;

CREATE VIEW __tavana.isch.usage_privileges AS
    SELECT current_user AS grantor, current_user AS grantee, sequence_catalog AS object_catalog,
           sequence_schema AS object_schema, sequence_name AS object_name, 'SEQUENCE' AS object_type,
           'USAGE' AS privilege_type, 'YES' AS is_grantable
    FROM __tavana.isch.sequences;
