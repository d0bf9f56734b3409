-- Functions of PostgreSQL about its catalog.
--
-- The arguments of a macro are put into its text as they stand, so every name in a subquery here
-- starts with two underscores: a column of the caller's would otherwise be taken for one of ours.

CREATE MACRO __tavana.pg._ident_parts(__x) AS
    list_transform(regexp_extract_all(__x::VARCHAR, '"(?:[^"]|"")*"|[^\s."]+'),
        lambda __p: CASE WHEN starts_with(__p, '"') THEN replace(__p[2:-2], '""', '"') ELSE lower(__p) END);
-- The last part, and the one before it; `main` is called `public`.
CREATE MACRO __tavana.pg._ident_name(__x) AS __tavana.pg._ident_parts(__x)[-1];
CREATE MACRO __tavana.pg._ident_schema(__x) AS regexp_replace(__tavana.pg._ident_parts(__x)[-2], '^main$', 'public');

CREATE MACRO __tavana.pg.to_regclass(__x) AS
    (SELECT arg_min(__n.__oid, coalesce(__n.__rank, 9)) FROM __tavana.pg._names __n
     WHERE __n.__name = __tavana.pg._ident_name(__x)
       AND CASE WHEN __tavana.pg._ident_schema(__x) IS NULL THEN __n.__rank IS NOT NULL
                ELSE __n.__schema = __tavana.pg._ident_schema(__x) END);
CREATE MACRO __tavana.pg.regclass_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regclass(__x), error('relation "' || __x::VARCHAR || '" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regclass_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(CASE WHEN __n.__rank IS NULL THEN __tavana.pg._quoted(__n.__schema) || '.' ELSE '' END
                          || __tavana.pg._quoted(__n.__name))
         FROM __tavana.pg._names __n WHERE __n.__oid = __x), __x::VARCHAR) END;

CREATE MACRO __tavana.pg.to_regnamespace(__x) AS
    (SELECT any_value(__n.__o) FROM (SELECT oid AS __o, nspname AS __s FROM __tavana.pg.pg_namespace) __n
     WHERE __n.__s = CASE __tavana.pg._ident_name(__x) WHEN 'main' THEN 'public' ELSE __tavana.pg._ident_name(__x) END);
CREATE MACRO __tavana.pg.regnamespace_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regnamespace(__x), error('schema "' || __x::VARCHAR || '" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regnamespace_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(__tavana.pg._quoted(__n.__s))
         FROM (SELECT oid AS __o, nspname AS __s FROM __tavana.pg.pg_namespace) __n WHERE __n.__o = __x), __x::VARCHAR) END;

CREATE MACRO __tavana.pg.to_regrole(__x) AS
    (SELECT any_value(__n.__o) FROM (SELECT oid AS __o, rolname AS __s FROM __tavana.pg.pg_authid) __n
     WHERE __n.__s = __tavana.pg._ident_name(__x));
CREATE MACRO __tavana.pg.regrole_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regrole(__x), error('role "' || __x::VARCHAR || '" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regrole_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(__tavana.pg._quoted(__n.__s))
         FROM (SELECT oid AS __o, rolname AS __s FROM __tavana.pg.pg_authid) __n WHERE __n.__o = __x), __x::VARCHAR) END;

CREATE MACRO __tavana.pg._builtin_type_name(__t, __m) AS CASE
    WHEN __t IN (1042, 1043) AND __m > 4 THEN CASE __t WHEN 1042 THEN 'character' ELSE 'character varying' END || '(' || (__m - 4) || ')'
    WHEN __t = 1042 AND __m = -1 THEN 'bpchar'
    WHEN __t = 1700 AND __m > 4 THEN 'numeric(' || ((__m - 4) >> 16) || ',' || ((__m - 4) & 65535) || ')'
    WHEN __t IN (1560, 1562) AND __m >= 0 THEN CASE __t WHEN 1560 THEN 'bit' ELSE 'bit varying' END || '(' || __m || ')'
    WHEN __t = 1083 AND __m >= 0 THEN 'time(' || __m || ') without time zone'
    WHEN __t = 1266 AND __m >= 0 THEN 'time(' || __m || ') with time zone'
    WHEN __t = 1114 AND __m >= 0 THEN 'timestamp(' || __m || ') without time zone'
    WHEN __t = 1184 AND __m >= 0 THEN 'timestamp(' || __m || ') with time zone'
    ELSE __tavana.pg._type_name(__t) END;
CREATE MACRO __tavana.pg._known_type_name(__t, __m) AS
    coalesce(__tavana.pg._builtin_type_name(__tavana.pg._type_element(__t), __m) || '[]',
             __tavana.pg._builtin_type_name(__t, __m), CASE WHEN __t = 0 THEN '-' END);
CREATE MACRO __tavana.pg.format_type(__t, __m) AS
    CASE WHEN __t IS NULL THEN NULL ELSE coalesce(__tavana.pg._known_type_name(__t::BIGINT, __m::BIGINT),
        (SELECT any_value(CASE WHEN __e._visible THEN '' ELSE __tavana.pg._quoted(__s._shown) || '.' END || __tavana.pg._quoted(__e._name))
         FROM __tavana.pg._enums __e JOIN __tavana.pg._schemas __s ON __s._oid = __e._namespace
         WHERE __e._oid = __t), '???') END;

CREATE MACRO __tavana.pg._type_word(__x) AS
    regexp_replace(trim(regexp_replace(regexp_replace(trim(__x::VARCHAR), '^"?pg_catalog"?\.', ''), '\s*\([0-9, ]*\)', '')), '\s*(\[\d*\])+$', '');
-- A type by any of its names. Arrays are found by the type of their elements.
CREATE VIEW __tavana.pg._type_names AS
    SELECT oid AS __o, typname AS __n, typarray AS __a, 'pg_catalog' AS __s, true AS __v FROM __tavana.pg._pg_type
    UNION ALL
    SELECT _e._oid, _e._name, 0, _q._shown, _e._visible
    FROM __tavana.pg._enums _e JOIN __tavana.pg._schemas _q ON _q._oid = _e._namespace;
CREATE MACRO __tavana.pg._type_alias(__w) AS coalesce(
    (string_split('int4|int4|int8|int2|numeric|numeric|float4|float8|float8|bool|bpchar|bpchar|varchar|varbit|time|timetz|timestamp|timestamptz', '|'))[
        list_position(string_split('int|integer|bigint|smallint|decimal|dec|real|double precision|float|boolean|char|character|character varying|bit varying|time without time zone|time with time zone|timestamp without time zone|timestamp with time zone', '|'), lower(__w))],
    __tavana.pg._ident_name(__w));
CREATE MACRO __tavana.pg.to_regtype(__x) AS
    (SELECT any_value(CASE WHEN regexp_matches(trim(__x::VARCHAR), '\[\d*\]$') THEN nullif(__y.__a, 0) ELSE __y.__o END)
     FROM __tavana.pg._type_names __y
     WHERE __y.__n = __tavana.pg._type_alias(__tavana.pg._type_word(__x))
       AND CASE WHEN __tavana.pg._ident_schema(__tavana.pg._type_word(__x)) IS NULL THEN __y.__v
                ELSE __y.__s = __tavana.pg._ident_schema(__tavana.pg._type_word(__x)) END);
CREATE MACRO __tavana.pg.regtype_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regtype(__x), error('type "' || __x::VARCHAR || '" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regtype_out(__x) AS __tavana.pg.format_type(__x, NULL);
-- Types of users do not occur in arrays of types: those are of functions' arguments.
CREATE MACRO __tavana.pg._regtypes_out(__x) AS
    list_transform(__x, lambda __t: coalesce(__tavana.pg._known_type_name(__t::BIGINT, NULL), __t::VARCHAR));

CREATE MACRO __tavana.pg.to_regproc(__x) AS
    (SELECT CASE WHEN count(*) = 1 THEN min(__f.__o) END
     FROM (SELECT oid AS __o, proname AS __n FROM __tavana.pg.pg_proc) __f
     WHERE __f.__n = __tavana.pg._ident_name(__x));
CREATE MACRO __tavana.pg.regproc_in(__x) AS
    (SELECT CASE WHEN __x IS NULL THEN NULL
                 WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
                 WHEN __x::VARCHAR = '-' THEN 0
                 WHEN __g.__n = 1 THEN __g.__m
                 WHEN __g.__n = 0 THEN error('function "' || __x::VARCHAR || '" does not exist')::BIGINT
                 ELSE error('more than one function named "' || __x::VARCHAR || '"')::BIGINT END
     FROM (SELECT count(*) AS __n, min(__f.__o) AS __m
           FROM (SELECT oid AS __o, proname AS __s FROM __tavana.pg.pg_proc) __f
           WHERE __f.__s = __tavana.pg._ident_name(__x)) __g);
CREATE MACRO __tavana.pg.regproc_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(__f.__n) FROM (SELECT oid AS __o, proname AS __n FROM __tavana.pg._pg_proc
                                         UNION ALL SELECT _oid, _name FROM __tavana.pg._macros) __f
         WHERE __f.__o = __x), __x::VARCHAR) END;

-- The name of a function with the types it takes.
CREATE VIEW __tavana.pg._signatures AS
    SELECT oid AS __oid, proname AS __name,
           CASE WHEN prokind = 'p' THEN NULL ELSE CASE WHEN proretset THEN 'SETOF ' ELSE '' END
               || __tavana.pg._known_type_name(prorettype, NULL) END AS __result,
           list_aggregate(list_transform(proargtypes, lambda __p: __tavana.pg._known_type_name(__p, NULL)), 'string_agg', ',') AS __types,
           list_aggregate(list_transform(proargtypes, lambda __p, __i: coalesce(__tavana.pg._quoted(nullif(proargnames[__i], '')) || ' ', '')
               || __tavana.pg._known_type_name(__p, NULL)), 'string_agg', ', ') AS __arguments
    FROM __tavana.pg.pg_proc;
CREATE MACRO __tavana.pg.to_regprocedure(__x) AS
    (SELECT any_value(__f.__oid) FROM __tavana.pg._signatures __f
     WHERE __f.__name = __tavana.pg._ident_name(regexp_extract(__x::VARCHAR, '^([^(]*)', 1))
       AND coalesce(__f.__types, '') = regexp_replace(regexp_extract(__x::VARCHAR, '\((.*)\)', 1), '\s*,\s*', ',', 'g'));
CREATE MACRO __tavana.pg.regprocedure_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regprocedure(__x), error('function "' || __x::VARCHAR || '" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regprocedure_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(__f.__name || '(' || coalesce(__f.__types, '') || ')') FROM __tavana.pg._signatures __f
         WHERE __f.__oid = __x), __x::VARCHAR) END;

CREATE MACRO __tavana.pg.to_regcollation(__x) AS
    (SELECT any_value(__n.__o) FROM (SELECT oid AS __o, collname AS __s FROM __tavana.pg.pg_collation) __n
     WHERE __n.__s = __tavana.pg._ident_name(__x));
CREATE MACRO __tavana.pg.regcollation_in(__x) AS
    CASE WHEN __x IS NULL THEN NULL
         WHEN regexp_full_match(__x::VARCHAR, '\d+') THEN TRY_CAST(__x::VARCHAR AS BIGINT)
         WHEN __x::VARCHAR = '-' THEN 0
         ELSE coalesce(__tavana.pg.to_regcollation(__x), error('collation "' || __x::VARCHAR || '" for encoding "UTF8" does not exist')::BIGINT) END;
CREATE MACRO __tavana.pg.regcollation_out(__x) AS
    CASE WHEN __x = 0 THEN '-' ELSE coalesce(
        (SELECT any_value(__tavana.pg._quoted(__n.__s)) FROM (SELECT oid AS __o, collname AS __s FROM __tavana.pg.pg_collation) __n
         WHERE __n.__o = __x), __x::VARCHAR) END;

-- There are no such objects here; numbers pass.
CREATE MACRO __tavana.pg.to_regoper(__x) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.to_regoperator(__x) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.regoper_in(__x) AS
    coalesce(TRY_CAST(__x::VARCHAR AS BIGINT), CASE WHEN __x IS NOT NULL THEN error('operator does not exist: ' || __x::VARCHAR)::BIGINT END);
CREATE MACRO __tavana.pg.regoper_out(__x) AS __x::VARCHAR;
CREATE MACRO __tavana.pg.regoperator_in(__x) AS
    coalesce(TRY_CAST(__x::VARCHAR AS BIGINT), CASE WHEN __x IS NOT NULL THEN error('operator does not exist: ' || __x::VARCHAR)::BIGINT END);
CREATE MACRO __tavana.pg.regoperator_out(__x) AS __x::VARCHAR;
CREATE MACRO __tavana.pg.regconfig_in(__x) AS
    coalesce(TRY_CAST(__x::VARCHAR AS BIGINT), CASE WHEN __x IS NOT NULL THEN error('text search configuration "' || __x::VARCHAR || '" does not exist')::BIGINT END);
CREATE MACRO __tavana.pg.regconfig_out(__x) AS __x::VARCHAR;
CREATE MACRO __tavana.pg.regdictionary_in(__x) AS
    coalesce(TRY_CAST(__x::VARCHAR AS BIGINT), CASE WHEN __x IS NOT NULL THEN error('text search dictionary "' || __x::VARCHAR || '" does not exist')::BIGINT END);
CREATE MACRO __tavana.pg.regdictionary_out(__x) AS __x::VARCHAR;

-- Definitions.
CREATE MACRO __tavana.pg.pg_get_expr(__a, __b) AS __a, (__a, __b, __c) AS __a;
CREATE MACRO __tavana.pg.pg_get_constraintdef(__a) AS
    (SELECT __d._definition FROM __tavana.pg._constraint_definitions __d WHERE __d._oid = __a),
    -- DuckDB puts its conditions in parentheses itself.
    (__a, __b) AS (SELECT CASE WHEN __b THEN regexp_replace(__d._definition, '^CHECK \((\(.*\))\)$', 'CHECK \1') ELSE __d._definition END
                   FROM __tavana.pg._constraint_definitions __d WHERE __d._oid = __a);
CREATE MACRO __tavana.pg.pg_get_indexdef(__a) AS
    (SELECT __d._definition FROM __tavana.pg._index_definitions __d WHERE __d._oid = __a),
    (__a, __b, __c) AS (SELECT CASE WHEN __b = 0 THEN CASE WHEN __c THEN __d._short ELSE __d._definition END ELSE coalesce(__d._columns[__b], '') END
                        FROM __tavana.pg._index_definitions __d WHERE __d._oid = __a);
CREATE MACRO __tavana.pg.pg_get_viewdef(__a) AS
    (SELECT __tavana.pg._view_query(__d._sql) FROM __tavana.pg._tables __d
     WHERE __d._oid = __tavana.pg.regclass_in(__a) AND __d._kind = 'v'),
    (__a, __b) AS (SELECT __tavana.pg._view_query(__d._sql) FROM __tavana.pg._tables __d
     WHERE __d._oid = __tavana.pg.regclass_in(__a) AND __d._kind = 'v');
CREATE MACRO __tavana.pg.pg_get_userbyid(__a) AS
    CASE WHEN __a = 10 THEN current_user
         ELSE coalesce(__tavana.pg._role_name(__a::BIGINT), 'unknown (OID=' || __a || ')') END;
CREATE MACRO __tavana.pg.pg_get_functiondef(__a) AS
    (SELECT 'CREATE OR REPLACE MACRO ' || __tavana.pg._quoted(__f._shown) || '.' || __tavana.pg._quoted(__f._name) || '('
         || coalesce(list_aggregate(list_transform(__f._parameters, lambda __p: __tavana.pg._quoted(__p)), 'string_agg', ', '), '')
         || ') AS ' || CASE WHEN __f._is_table THEN 'TABLE ' ELSE '' END || __f._definition
     FROM __tavana.pg._macros __f WHERE __f._oid = __a);
CREATE MACRO __tavana.pg.pg_get_function_arguments(__a) AS
    (SELECT coalesce(__f.__arguments, '') FROM __tavana.pg._signatures __f WHERE __f.__oid = __a);
CREATE MACRO __tavana.pg.pg_get_function_identity_arguments(__a) AS
    (SELECT coalesce(__f.__arguments, '') FROM __tavana.pg._signatures __f WHERE __f.__oid = __a);
CREATE MACRO __tavana.pg.pg_get_function_result(__a) AS
    (SELECT __f.__result FROM __tavana.pg._signatures __f WHERE __f.__oid = __a);
CREATE MACRO __tavana.pg.pg_get_function_arg_default(__a, __b) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_function_sqlbody(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_serial_sequence(__a, __b) AS
    (SELECT any_value(__tavana.pg._quoted(coalesce(__n.__schema, 'public')) || '.' || __tavana.pg._quoted(__n.__name))
     FROM __tavana.pg._columns __c
     JOIN __tavana.pg._names __n ON __n.__name = __tavana.pg._ident_name(regexp_extract(__c._default, 'nextval\(''([^'']+)''', 1))
         AND __n.__schema = __c._shown
     WHERE __c._relation = __tavana.pg.regclass_in(__a) AND __c._name = __b);
CREATE MACRO __tavana.pg.pg_get_partkeydef(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_partition_constraintdef(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_ruledef(__a) AS NULL::VARCHAR, (__a, __b) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_triggerdef(__a) AS NULL::VARCHAR, (__a, __b) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_statisticsobjdef(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_statisticsobjdef_columns(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_get_statisticsobjdef_expressions(__a) AS NULL::VARCHAR[];
CREATE MACRO __tavana.pg.pg_get_keywords() AS TABLE
    SELECT keyword_name AS word,
           CASE keyword_category WHEN 'reserved' THEN 'R' WHEN 'unreserved' THEN 'U' WHEN 'column_name' THEN 'C' ELSE 'T' END AS catcode,
           keyword_category <> 'reserved' AS barelabel,
           CASE keyword_category WHEN 'reserved' THEN 'reserved' WHEN 'unreserved' THEN 'unreserved'
               WHEN 'column_name' THEN 'unreserved (cannot be function or type name)'
               ELSE 'reserved (can be function or type name)' END AS catdesc,
           CASE WHEN keyword_category = 'reserved' THEN 'requires AS' ELSE 'can be bare label' END AS baredesc
    FROM system.main.duckdb_keywords();
CREATE MACRO __tavana.pg.pg_get_publication_tables(__a) AS TABLE
    SELECT NULL::BIGINT AS pubid, NULL::BIGINT AS relid, NULL::SMALLINT[] AS attrs, NULL::VARCHAR AS qual WHERE false;
-- Both as a table, with the column of WITH ORDINALITY, and in the list of a SELECT.
CREATE MACRO __tavana.pg.pg_partition_ancestors(__a) AS TABLE SELECT __a::BIGINT AS relid, 1::BIGINT AS "ordinality" WHERE false;
CREATE MACRO __tavana.pg.pg_partition_ancestors(__a) AS unnest([]::BIGINT[]);
CREATE MACRO __tavana.pg.pg_partition_tree(__a) AS TABLE
    SELECT NULL::BIGINT AS relid, NULL::BIGINT AS parentrelid, true AS isleaf, 0::INTEGER AS "level" WHERE false;
CREATE MACRO __tavana.pg.pg_partition_root(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_options_to_table(__a) AS TABLE
    SELECT split_part(__o.__v, '=', 1) AS option_name, nullif(regexp_extract(__o.__v, '=(.*)$', 1), '') AS option_value
    FROM (SELECT unnest(__a::VARCHAR[]) AS __v) __o;
CREATE MACRO __tavana.pg.pg_index_column_has_property(__a, __b, __c) AS
    CASE lower(__c) WHEN 'asc' THEN true WHEN 'desc' THEN false WHEN 'nulls_first' THEN false WHEN 'nulls_last' THEN true
        WHEN 'orderable' THEN true WHEN 'distance_orderable' THEN false WHEN 'returnable' THEN true
        WHEN 'search_array' THEN true WHEN 'search_nulls' THEN true END;
CREATE MACRO __tavana.pg.pg_index_has_property(__a, __b) AS
    CASE lower(__b) WHEN 'clusterable' THEN true WHEN 'index_scan' THEN true WHEN 'bitmap_scan' THEN true WHEN 'backward_scan' THEN true END;
CREATE MACRO __tavana.pg.pg_indexam_has_property(__a, __b) AS
    CASE lower(__b) WHEN 'can_order' THEN true WHEN 'can_unique' THEN true WHEN 'can_multi_col' THEN true
        WHEN 'can_exclude' THEN true WHEN 'can_include' THEN false END;

-- Comments.
CREATE MACRO __tavana.pg.obj_description(__a) AS
    (SELECT any_value(__d.__t) FROM (SELECT objoid AS __o, objsubid AS __s, description AS __t FROM __tavana.pg.pg_description) __d
     WHERE __d.__o = __a AND __d.__s = 0),
    (__a, __b) AS (SELECT any_value(__d.__t)
     FROM (SELECT objoid AS __o, classoid AS __c, objsubid AS __s, description AS __t FROM __tavana.pg.pg_description) __d
     WHERE __d.__o = __a AND __d.__s = 0
       AND __d.__c = CASE __b WHEN 'pg_class' THEN 1259 WHEN 'pg_namespace' THEN 2615 WHEN 'pg_type' THEN 1247
                              WHEN 'pg_proc' THEN 1255 ELSE 0 END);
CREATE MACRO __tavana.pg.col_description(__a, __b) AS
    (SELECT any_value(__d._comment) FROM __tavana.pg._columns __d WHERE __d._relation = __a AND __d._number = __b);
CREATE MACRO __tavana.pg.shobj_description(__a, __b) AS NULL::VARCHAR;

-- What a name without a schema finds.
CREATE MACRO __tavana.pg.pg_table_is_visible(__a) AS
    (SELECT any_value(__n.__rank IS NOT NULL) FROM __tavana.pg._names __n WHERE __n.__oid = __a);
CREATE MACRO __tavana.pg.pg_type_is_visible(__a) AS
    CASE WHEN __a < 16384 THEN true ELSE (SELECT any_value(__e._visible) FROM __tavana.pg._enums __e WHERE __e._oid = __a) END;
CREATE MACRO __tavana.pg.pg_function_is_visible(__a) AS
    CASE WHEN __a < 16384 THEN true ELSE (SELECT any_value(__f._visible) FROM __tavana.pg._macros __f WHERE __f._oid = __a) END;
CREATE MACRO __tavana.pg.pg_operator_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_opclass_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_opfamily_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_collation_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_conversion_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_ts_config_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_ts_dict_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_ts_parser_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_ts_template_is_visible(__a) AS __a < 16384;
CREATE MACRO __tavana.pg.pg_statistics_obj_is_visible(__a) AS __a < 16384;

-- Who may use an engine may do so with all of it; what a role may not do is refused elsewhere.
CREATE MACRO __tavana.pg.has_any_column_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_column_privilege(__a, __b, __c) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c, __d) AS __b IS NOT NULL AND __c IS NOT NULL;
CREATE MACRO __tavana.pg.has_database_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_foreign_data_wrapper_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_function_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_language_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_largeobject_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_parameter_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_schema_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_sequence_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_server_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_table_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_tablespace_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.has_type_privilege(__a, __b) AS __a IS NOT NULL AND __b IS NOT NULL, (__a, __b, __c) AS __b IS NOT NULL;
CREATE MACRO __tavana.pg.pg_has_role(__a, __b) AS __a::VARCHAR IN (current_user, '10'), (__a, __b, __c) AS __b::VARCHAR IN (current_user, '10');
CREATE MACRO __tavana.pg.row_security_active(__a) AS false;
CREATE MACRO __tavana.pg.acldefault(__a, __b) AS NULL::VARCHAR[];
CREATE MACRO __tavana.pg.aclexplode(__a) AS TABLE
    SELECT NULL::BIGINT AS grantor, NULL::BIGINT AS grantee, NULL::VARCHAR AS privilege_type, NULL::BOOLEAN AS is_grantable WHERE false;

-- Encodings.
CREATE MACRO __tavana.pg.pg_encoding_to_char(__a) AS CASE __a WHEN 6 THEN 'UTF8' WHEN 0 THEN 'SQL_ASCII' WHEN 8 THEN 'LATIN1' ELSE '' END;
CREATE MACRO __tavana.pg.pg_char_to_encoding(__a) AS
    CASE upper(replace(__a, '-', '')) WHEN 'UTF8' THEN 6 WHEN 'UNICODE' THEN 6 WHEN 'SQL_ASCII' THEN 0 WHEN 'LATIN1' THEN 8 ELSE -1 END;
CREATE MACRO __tavana.pg.getdatabaseencoding() AS 'UTF8';
CREATE MACRO __tavana.pg.pg_client_encoding() AS 'UTF8';
CREATE MACRO __tavana.pg.pg_encoding_max_length(__a) AS CASE __a WHEN 6 THEN 4 WHEN 0 THEN 1 WHEN 8 THEN 1 END;

-- Sizes. DuckDB does not know those of a table.
CREATE MACRO __tavana.pg.pg_table_size(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_relation_size(__a) AS NULL::BIGINT, (__a, __b) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_total_relation_size(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_indexes_size(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_tablespace_size(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_database_size(__a) AS
    (SELECT any_value(__d.__s) FROM (SELECT block_size * total_blocks AS __s, __tavana.pg._shown_database(database_name) AS __n
         FROM pragma_database_size()) __d
     WHERE __d.__n = __a::VARCHAR OR __tavana.pg._oid('database', '', __d.__n)::VARCHAR = __a::VARCHAR);
CREATE MACRO __tavana.pg._pretty(__a, __shift, __unit) AS
    (((abs(__a)::HUGEINT >> __shift) + 1) // 2 * sign(__a))::BIGINT || __unit;
CREATE MACRO __tavana.pg.pg_size_pretty(__a) AS CASE
    WHEN abs(__a) < 10240 THEN __a::BIGINT || ' bytes'
    WHEN (abs(__a)::HUGEINT >> 9) < 20479 THEN __tavana.pg._pretty(__a, 9, ' kB')
    WHEN (abs(__a)::HUGEINT >> 19) < 20479 THEN __tavana.pg._pretty(__a, 19, ' MB')
    WHEN (abs(__a)::HUGEINT >> 29) < 20479 THEN __tavana.pg._pretty(__a, 29, ' GB')
    WHEN (abs(__a)::HUGEINT >> 39) < 20479 THEN __tavana.pg._pretty(__a, 39, ' TB')
    WHEN __a IS NOT NULL THEN __tavana.pg._pretty(__a, 49, ' PB') END;
CREATE MACRO __tavana.pg.pg_size_bytes(__a) AS
    round(regexp_extract(__a, '^\s*([-+]?[0-9.]+)', 1)::DECIMAL(38, 6)
        * CASE upper(regexp_extract(__a, '([A-Za-z]*)\s*$', 1)) WHEN '' THEN 1 WHEN 'B' THEN 1 WHEN 'BYTES' THEN 1 WHEN 'KB' THEN 1024
              WHEN 'MB' THEN 1048576 WHEN 'GB' THEN 1073741824 WHEN 'TB' THEN 1099511627776
              WHEN 'PB' THEN 1125899906842624 ELSE error('invalid size: "' || __a || '"')::BIGINT END)::BIGINT;

-- State of the server and of relations.
CREATE MACRO __tavana.pg.pg_relation_is_publishable(__a) AS
    (SELECT count(*) > 0 FROM __tavana.pg._tables __t WHERE __t._oid = __tavana.pg.regclass_in(__a) AND __t._kind = 'r' AND NOT __t._temporary);
CREATE MACRO __tavana.pg.pg_relation_is_updatable(__a, __b) AS
    CASE WHEN (SELECT count(*) > 0 FROM __tavana.pg._tables __t WHERE __t._oid = __tavana.pg.regclass_in(__a) AND __t._kind = 'r') THEN 28 ELSE 0 END;
CREATE MACRO __tavana.pg.pg_column_is_updatable(__a, __b, __c) AS
    (SELECT count(*) > 0 FROM __tavana.pg._tables __t WHERE __t._oid = __tavana.pg.regclass_in(__a) AND __t._kind = 'r');
CREATE MACRO __tavana.pg.pg_relation_filenode(__a) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_relation_filepath(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_filenode_relation(__a, __b) AS NULL::BIGINT;
CREATE MACRO __tavana.pg.pg_sequence_last_value(__a) AS
    (SELECT any_value(__q.__v) FROM (SELECT __tavana.pg._oid('class', schemaname, sequencename) AS __o, last_value AS __v
         FROM __tavana.pg.pg_sequences) __q WHERE __q.__o = __tavana.pg.regclass_in(__a));
CREATE MACRO __tavana.pg.pg_sequence_parameters(__a) AS TABLE
    SELECT __q.seqstart AS start_value, __q.seqmin AS minimum_value, __q.seqmax AS maximum_value,
           __q.seqincrement AS "increment", __q.seqcycle AS cycle_option, __q.seqcache AS cache_size, __q.seqtypid AS data_type
    FROM __tavana.pg.pg_sequence __q WHERE __q.seqrelid = __tavana.pg.regclass_in(__a);
CREATE MACRO __tavana.pg.pg_available_extensions() AS TABLE
    SELECT __e.name, __e.default_version, __e.comment FROM __tavana.pg.pg_available_extensions __e;
CREATE MACRO __tavana.pg.pg_available_extension_versions() AS TABLE
    SELECT __e.name, __e.version, __e.superuser, __e.trusted, __e.relocatable, __e.schema, __e.requires, __e.comment
    FROM __tavana.pg.pg_available_extension_versions __e;
CREATE MACRO __tavana.pg.pg_my_temp_schema() AS
    (SELECT coalesce(any_value(__t._namespace), 0) FROM __tavana.pg._tables __t WHERE __t._database = 'temp');
CREATE MACRO __tavana.pg.pg_is_other_temp_schema(__a) AS false;
CREATE MACRO __tavana.pg.pg_blocking_pids(__a) AS []::INTEGER[];
CREATE MACRO __tavana.pg.pg_safe_snapshot_blocking_pids(__a) AS []::INTEGER[];
CREATE MACRO __tavana.pg.pg_describe_object(__a, __b, __c) AS
    CASE __a WHEN 1259 THEN 'table ' || __tavana.pg.regclass_out(__b) WHEN 2615 THEN 'schema ' || __tavana.pg.regnamespace_out(__b)
        WHEN 1247 THEN 'type ' || __tavana.pg.format_type(__b, NULL) END;
CREATE MACRO __tavana.pg.pg_tablespace_location(__a) AS '';
CREATE MACRO __tavana.pg.pg_tablespace_databases(__a) AS TABLE
    SELECT __d.__o AS pg_tablespace_databases FROM (SELECT oid AS __o FROM __tavana.pg.pg_database) __d WHERE __a = 1663;
CREATE MACRO __tavana.pg.pg_collation_actual_version(__a) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_stat_get_numscans(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_tuples_returned(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_tuples_fetched(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_tuples_inserted(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_tuples_updated(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_tuples_deleted(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_live_tuples(__a) AS
    (SELECT any_value(__t._rows) FROM __tavana.pg._tables __t WHERE __t._oid = __a AND __t._kind = 'r');
CREATE MACRO __tavana.pg.pg_stat_get_dead_tuples(__a) AS 0::BIGINT;
CREATE MACRO __tavana.pg.pg_stat_get_last_vacuum_time(__a) AS NULL::TIMESTAMPTZ;
CREATE MACRO __tavana.pg.pg_stat_get_last_autovacuum_time(__a) AS NULL::TIMESTAMPTZ;
CREATE MACRO __tavana.pg.pg_stat_get_last_analyze_time(__a) AS NULL::TIMESTAMPTZ;
CREATE MACRO __tavana.pg.pg_stat_get_last_autoanalyze_time(__a) AS NULL::TIMESTAMPTZ;
CREATE MACRO __tavana.pg.pg_jit_available() AS false;
CREATE MACRO __tavana.pg.pg_trigger_depth() AS 0::INTEGER;
CREATE MACRO __tavana.pg.pg_notification_queue_usage() AS 0::DOUBLE;
CREATE MACRO __tavana.pg.pg_listening_channels() AS TABLE SELECT NULL::VARCHAR AS pg_listening_channels WHERE false;
CREATE MACRO __tavana.pg.pg_last_wal_receive_lsn() AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_last_wal_replay_lsn() AS NULL::VARCHAR;
CREATE MACRO __tavana.pg.pg_last_xact_replay_timestamp() AS NULL::TIMESTAMPTZ;

-- Schemas of the search path. Without a subquery, because clients put them into the arguments of
-- table functions, so `main` is `public` here even where there is a schema of that name. Names are
-- looked up in this schema first, so DuckDB's own functions are named in full.
CREATE MACRO __tavana.pg.current_schema() AS
    CASE WHEN system.pg_catalog.current_schema() = 'main' THEN 'public' ELSE system.pg_catalog.current_schema() END;
CREATE MACRO __tavana.pg._path() AS
    string_split(regexp_replace(array_to_string(system.pg_catalog.current_schemas(true)[2:-3], chr(10)), '(^|\n)main(\n|$)', '\1public\2', 'g'), chr(10));
CREATE MACRO __tavana.pg.current_schemas(__a) AS
    CASE WHEN __a THEN ['pg_catalog'] ELSE []::VARCHAR[] END
    || list_filter(__tavana.pg._path(), lambda __x, __i: list_position(__tavana.pg._path(), __x) = __i);

-- What information_schema of PostgreSQL is made with.
CREATE MACRO __tavana.pg._pg_expandarray(__a) AS
    unnest(list_transform(__a, lambda __v, __i: {'x': __v, 'n': __i::INTEGER}));
CREATE MACRO __tavana.pg._pg_truetypid(__a, __b) AS __a.atttypid;
CREATE MACRO __tavana.pg._pg_truetypmod(__a, __b) AS __a.atttypmod;
CREATE MACRO __tavana.pg._pg_char_max_length(__t, __m) AS
    CASE WHEN __m = -1 THEN NULL WHEN __t IN (1042, 1043) THEN __m - 4 WHEN __t IN (1560, 1562) THEN __m END;
CREATE MACRO __tavana.pg._pg_char_octet_length(__t, __m) AS
    CASE WHEN __t IN (25, 1042, 1043) THEN CASE WHEN __m = -1 THEN 1073741824 ELSE (__m - 4) * 4 END END;
CREATE MACRO __tavana.pg._pg_numeric_precision(__t, __m) AS
    CASE __t WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53
        WHEN 1700 THEN CASE WHEN __m = -1 THEN NULL ELSE (__m - 4) >> 16 END END;
CREATE MACRO __tavana.pg._pg_numeric_precision_radix(__t, __m) AS
    CASE WHEN __t IN (21, 23, 20, 700, 701) THEN 2 WHEN __t = 1700 THEN 10 END;
CREATE MACRO __tavana.pg._pg_numeric_scale(__t, __m) AS
    CASE WHEN __t IN (21, 23, 20) THEN 0 WHEN __t = 1700 AND __m <> -1 THEN (__m - 4) & 65535 END;
CREATE MACRO __tavana.pg._pg_datetime_precision(__t, __m) AS
    CASE WHEN __t = 1082 THEN 0 WHEN __t IN (1083, 1114, 1184, 1266, 1186) THEN CASE WHEN __m < 0 THEN 6 ELSE __m END END;
CREATE MACRO __tavana.pg._pg_interval_type(__t, __m) AS NULL::VARCHAR;
CREATE MACRO __tavana.pg._pg_index_position(__a, __b) AS
    (SELECT any_value(__k._position)::INTEGER FROM __tavana.pg._index_keys __k WHERE __k._index = __a AND __k._number = __b);
