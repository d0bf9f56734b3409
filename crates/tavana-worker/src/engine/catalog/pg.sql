-- Relations of pg_catalog whose rows come from what the engine holds.

CREATE VIEW __tavana.pg.pg_attribute AS
    SELECT attrelid, attname, atttypid, attlen, attnum, atttypmod, attndims, attbyval, attalign, attstorage,
           '' AS attcompression, attnotnull, atthasdef, false AS atthasmissing, '' AS attidentity,
           '' AS attgenerated, false AS attisdropped, true AS attislocal, 0::SMALLINT AS attinhcount, attcollation,
           NULL::SMALLINT AS attstattarget, NULL::VARCHAR[] AS attacl, NULL::VARCHAR[] AS attoptions,
           NULL::VARCHAR[] AS attfdwoptions, NULL::VARCHAR[] AS attmissingval, -1::INTEGER AS attcacheoff
    FROM __tavana.pg._all_attributes;

CREATE VIEW __tavana.pg.pg_attrdef AS
    SELECT __tavana.pg._oid('default', _shown, _table || '.' || _name) AS oid, _relation AS adrelid,
           _number::SMALLINT AS adnum, _default AS adbin
    FROM __tavana.pg._columns WHERE _default IS NOT NULL AND _kind = 'r';

CREATE VIEW __tavana.pg.pg_enum AS
    SELECT __tavana.pg._oid('label', _oid::VARCHAR, _l) AS oid, _oid AS enumtypid, _i::FLOAT AS enumsortorder,
           _l AS enumlabel
    FROM (SELECT _oid, unnest(_labels) AS _l, unnest(range(1, len(_labels) + 1)) AS _i FROM __tavana.pg._enums);

CREATE VIEW __tavana.pg.pg_proc AS
    SELECT * FROM __tavana.pg._pg_proc
    UNION ALL BY NAME
    SELECT _oid AS oid, _name AS proname, _namespace AS pronamespace, 10 AS proowner, 14 AS prolang,
           100 AS procost, CASE WHEN _is_table THEN 1000 ELSE 0 END AS prorows, 0 AS provariadic,
           0 AS prosupport, 'f' AS prokind, false AS prosecdef, false AS proleakproof,
           false AS proisstrict, _is_table AS proretset, 'v' AS provolatile, 'u' AS proparallel,
           len(_parameters)::SMALLINT AS pronargs, 0::SMALLINT AS pronargdefaults,
           CASE WHEN _is_table THEN 2249 ELSE 2276 END AS prorettype,
           list_transform(_parameters, lambda _p: 2276::BIGINT) AS proargtypes,
           CASE WHEN len(_parameters) > 0 THEN _parameters END AS proargnames, _definition AS prosrc
    FROM __tavana.pg._macros;

CREATE VIEW __tavana.pg.pg_sequence AS
    SELECT __tavana.pg._oid('class', _s._shown, _q.sequence_name) AS seqrelid, 20::BIGINT AS seqtypid,
           _q.start_value AS seqstart, _q.increment_by AS seqincrement, _q.max_value AS seqmax,
           _q.min_value AS seqmin, 1::BIGINT AS seqcache, _q."cycle" AS seqcycle
    FROM system.main.duckdb_sequences() _q
    JOIN __tavana.pg._schemas _s ON _s._database = _q.database_name AND _s._schema = _q.schema_name;

CREATE VIEW __tavana.pg.pg_sequences AS
    SELECT _s._shown AS schemaname, _q.sequence_name AS sequencename, current_user AS sequenceowner,
           'bigint' AS data_type, _q.start_value, _q.min_value, _q.max_value, _q.increment_by,
           _q."cycle", 1::BIGINT AS cache_size, _q.last_value
    FROM system.main.duckdb_sequences() _q
    JOIN __tavana.pg._schemas _s ON _s._database = _q.database_name AND _s._schema = _q.schema_name;

CREATE VIEW __tavana.pg.pg_database AS
    SELECT __tavana.pg._oid('database', '', _shown) AS oid, _shown AS datname, 10::BIGINT AS datdba,
           6::INTEGER AS encoding, 'c' AS datlocprovider, false AS datistemplate, true AS datallowconn,
           false AS dathasloginevt, -1::INTEGER AS datconnlimit, 0::BIGINT AS datfrozenxid,
           0::BIGINT AS datminmxid, 1663::BIGINT AS dattablespace, 'C' AS datcollate, 'C' AS datctype,
           NULL::VARCHAR AS datlocale, NULL::VARCHAR AS daticurules, NULL::VARCHAR AS datcollversion,
           NULL::VARCHAR[] AS datacl, NULL::VARCHAR AS daticulocale
    FROM (SELECT __tavana.pg._shown_database(database_name) AS _shown
          FROM system.main.duckdb_databases() WHERE NOT internal AND database_name <> '__tavana');

CREATE VIEW __tavana.pg.pg_authid AS
    SELECT 10::BIGINT AS oid, current_user AS rolname, false AS rolsuper, true AS rolinherit,
           false AS rolcreaterole, false AS rolcreatedb, true AS rolcanlogin, false AS rolreplication,
           false AS rolbypassrls, -1::INTEGER AS rolconnlimit, NULL::VARCHAR AS rolpassword,
           NULL::TIMESTAMPTZ AS rolvaliduntil
    UNION ALL
    SELECT oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
           rolbypassrls, rolconnlimit, NULL, NULL
    FROM __tavana.pg._pg_roles;

CREATE VIEW __tavana.pg.pg_roles AS
    SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
           rolconnlimit, '********' AS rolpassword, rolvaliduntil, rolbypassrls,
           NULL::VARCHAR[] AS rolconfig, oid
    FROM __tavana.pg.pg_authid;

CREATE VIEW __tavana.pg.pg_user AS
    SELECT current_user AS usename, 10::BIGINT AS usesysid, false AS usecreatedb, false AS usesuper,
           false AS userepl, false AS usebypassrls, '********' AS passwd, NULL::TIMESTAMPTZ AS valuntil,
           NULL::VARCHAR[] AS useconfig;

CREATE VIEW __tavana.pg.pg_shadow AS
    SELECT * REPLACE (NULL::VARCHAR AS passwd) FROM __tavana.pg.pg_user;

CREATE VIEW __tavana.pg.pg_group AS
    SELECT rolname AS groname, oid AS grosysid, []::BIGINT[] AS grolist FROM __tavana.pg._pg_roles;

CREATE VIEW __tavana.pg.pg_tablespace AS
    SELECT * FROM (VALUES (1663::BIGINT, 'pg_default', 10::BIGINT, NULL::VARCHAR[], NULL::VARCHAR[]),
                          (1664, 'pg_global', 10, NULL, NULL)) _v(oid, spcname, spcowner, spcacl, spcoptions);

CREATE VIEW __tavana.pg.pg_extension AS
    SELECT 13500::BIGINT AS oid, 'plpgsql' AS extname, 10::BIGINT AS extowner, 11::BIGINT AS extnamespace,
           false AS extrelocatable, '1.0' AS extversion, NULL::BIGINT[] AS extconfig,
           NULL::VARCHAR[] AS extcondition;

CREATE VIEW __tavana.pg.pg_tables AS
    SELECT _n.nspname AS schemaname, _c.relname AS tablename,
           current_user AS tableowner,
           NULL::VARCHAR AS "tablespace", _c.relhasindex AS hasindexes, false AS hasrules,
           _c.relhastriggers AS hastriggers, false AS rowsecurity
    FROM __tavana.pg.pg_class _c JOIN __tavana.pg.pg_namespace _n ON _n.oid = _c.relnamespace
    WHERE _c.relkind = 'r';

-- The query of a view, out of the statement that makes it.
CREATE MACRO __tavana.pg._view_query(_sql) AS
    ' ' || regexp_replace(_sql, '^CREATE (?:OR REPLACE )?(?:TEMP(?:ORARY)? )?VIEW (?:"(?:[^"]|"")*"|[^\s".(]+)(?:\.(?:"(?:[^"]|"")*"|[^\s".(]+))*(?: ?\((?:"(?:[^"]|"")*"|[^")])*\))? AS ', '');

CREATE VIEW __tavana.pg.pg_views AS
    SELECT _shown AS schemaname, _name AS viewname, current_user AS viewowner,
           __tavana.pg._view_query(_sql) AS definition
    FROM __tavana.pg._tables WHERE _kind = 'v'
    UNION ALL
    SELECT CASE relnamespace WHEN 11 THEN 'pg_catalog' ELSE 'information_schema' END, relname, current_user, NULL
    FROM __tavana.pg._relations WHERE relkind = 'v';

CREATE VIEW __tavana.pg.pg_indexes AS
    SELECT _i._shown AS schemaname, _i._table AS tablename, _i._name AS indexname,
           NULL::VARCHAR AS "tablespace", _d._definition AS indexdef
    FROM __tavana.pg._indexes _i JOIN __tavana.pg._index_definitions _d ON _d._oid = _i._oid;

-- A view depends on its schema; a column's default on its sequence is not told by DuckDB.
CREATE VIEW __tavana.pg.pg_rewrite AS
    SELECT __tavana.pg._oid('rule', _shown, _name) AS oid, '_RETURN' AS rulename, _oid AS ev_class,
           '1' AS ev_type, 'O' AS ev_enabled, true AS is_instead, '<>' AS ev_qual,
           NULL::VARCHAR AS ev_action
    FROM __tavana.pg._tables WHERE _kind = 'v';
