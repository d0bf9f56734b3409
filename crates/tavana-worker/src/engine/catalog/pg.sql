-- Relations of pg_catalog whose rows come from what the engine holds.

CREATE VIEW __tavana.pg.pg_namespace AS
    SELECT _oid AS oid, _shown AS nspname, 10::BIGINT AS nspowner, NULL::VARCHAR[] AS nspacl
    FROM __tavana.pg._schemas
    UNION ALL
    VALUES (11, 'pg_catalog', 10, NULL), (99, 'pg_toast', 10, NULL), (13000, 'information_schema', 10, NULL);

CREATE VIEW __tavana.pg.pg_class AS
    SELECT _o AS oid, _name AS relname, _ns AS relnamespace, 0::BIGINT AS reltype, 0::BIGINT AS reloftype,
           10::BIGINT AS relowner,
           CASE _kind WHEN 'r' THEN 2 WHEN 'i' THEN 403 ELSE 0 END::BIGINT AS relam,
           CASE WHEN _kind = 'v' THEN 0 ELSE _o END AS relfilenode, 0::BIGINT AS reltablespace,
           -- More than 0 pages would make clients divide a table by physical rows.
           0::INTEGER AS relpages, _rows::FLOAT AS reltuples, 0::INTEGER AS relallvisible,
           0::INTEGER AS relallfrozen, 0::BIGINT AS reltoastrelid, _indexed AS relhasindex,
           _o < 4096 AND _kind = 'r' AND _o IN (1213, 1260, 1261, 1262, 1214, 2396, 2964, 3592, 6000, 6100, 6243) AS relisshared,
           CASE WHEN _temporary THEN 't' ELSE 'p' END AS relpersistence, _kind AS relkind,
           _natts::SMALLINT AS relnatts, _checks::SMALLINT AS relchecks, _kind = 'v' AS relhasrules,
           -- PostgreSQL keeps foreign keys by triggers, and clients look for them only where there are
           -- some. DuckDB has an index for each end of one.
           _indexed AS relhastriggers, false AS relhassubclass, false AS relrowsecurity,
           false AS relforcerowsecurity, true AS relispopulated,
           CASE WHEN _kind = 'r' AND _ns <> 11 THEN 'd' ELSE 'n' END AS relreplident,
           false AS relispartition, 0::BIGINT AS relrewrite, 0::BIGINT AS relfrozenxid,
           0::BIGINT AS relminmxid, NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions,
           NULL::VARCHAR AS relpartbound, false AS relhasoids
    FROM (SELECT _oid AS _o, _name, _namespace AS _ns, _kind, _rows, _natts, _checks, _temporary,
                 _indexes > 0 AS _indexed
          FROM __tavana.pg._tables
          UNION ALL
          SELECT _oid, _name, _namespace, 'i', 0, len(_parts), 0, _shown = 'pg_temp_3', false
          FROM __tavana.pg._indexes
          UNION ALL
          SELECT oid, relname, relnamespace, relkind, 0, relnatts, 0, false, false
          FROM __tavana.pg._relations);

CREATE VIEW __tavana.pg.pg_attribute AS
    SELECT _a._relation AS attrelid, _a._name AS attname, _a._type AS atttypid, _y.typlen::SMALLINT AS attlen,
           _a._number::SMALLINT AS attnum, _a._typmod::INTEGER AS atttypmod,
           CASE WHEN _y.typcategory = 'A' THEN 1 ELSE 0 END::SMALLINT AS attndims,
           _y.typbyval AS attbyval, _y.typalign AS attalign, _y.typstorage AS attstorage,
           '' AS attcompression, _a._required AS attnotnull, _a._has_default AS atthasdef,
           false AS atthasmissing, '' AS attidentity, '' AS attgenerated, false AS attisdropped,
           true AS attislocal, 0::SMALLINT AS attinhcount, _y.typcollation AS attcollation,
           NULL::SMALLINT AS attstattarget, NULL::VARCHAR[] AS attacl, NULL::VARCHAR[] AS attoptions,
           NULL::VARCHAR[] AS attfdwoptions, NULL::VARCHAR[] AS attmissingval, -1::INTEGER AS attcacheoff
    FROM (SELECT _relation, _name, _type, _number, _typmod, NOT _nullable AS _required,
                 _default IS NOT NULL AND _kind = 'r' AS _has_default
          FROM __tavana.pg._columns
          UNION ALL
          SELECT _index, CASE WHEN _number = 0 THEN CASE WHEN _position = 1 THEN 'expr' ELSE 'expr' || (_position - 1) END
                              ELSE _part END,
                 _type, _position, _typmod, false, false
          FROM __tavana.pg._index_keys) _a
    JOIN __tavana.pg._pg_type _y ON _y.oid = _a._type
    UNION ALL
    SELECT attrelid, attname, atttypid, attlen, attnum, -1, attndims, attbyval, attalign, attstorage, '',
           attnotnull, false, false, '', '', false, true, 0, attcollation, NULL, NULL, NULL, NULL, NULL, -1
    FROM __tavana.pg._attributes;

CREATE VIEW __tavana.pg.pg_attrdef AS
    SELECT __tavana.pg._oid('default', _shown, _table || '.' || _name) AS oid, _relation AS adrelid,
           _number::SMALLINT AS adnum, _default AS adbin
    FROM __tavana.pg._columns WHERE _default IS NOT NULL AND _kind = 'r';

CREATE VIEW __tavana.pg.pg_enum AS
    SELECT __tavana.pg._oid('label', _oid::VARCHAR, _l) AS oid, _oid AS enumtypid, _i::FLOAT AS enumsortorder,
           _l AS enumlabel
    FROM (SELECT _oid, unnest(_labels) AS _l, unnest(range(1, len(_labels) + 1)) AS _i FROM __tavana.pg._enums);

CREATE VIEW __tavana.pg.pg_type AS
    SELECT * FROM __tavana.pg._pg_type
    UNION ALL BY NAME
    SELECT _oid AS oid, _name AS typname, _namespace AS typnamespace, 10 AS typowner, 4 AS typlen,
           true AS typbyval, 'e' AS typtype, 'E' AS typcategory, false AS typispreferred,
           true AS typisdefined, ',' AS typdelim, 0 AS typrelid, 0 AS typsubscript, 0 AS typelem,
           0 AS typarray, 3504 AS typinput, 3505 AS typoutput, 3532 AS typreceive, 3533 AS typsend,
           0 AS typmodin, 0 AS typmodout, 0 AS typanalyze, 'i' AS typalign, 'p' AS typstorage,
           false AS typnotnull, 0 AS typbasetype, -1 AS typtypmod, 0 AS typndims, 0 AS typcollation
    FROM __tavana.pg._enums;

CREATE VIEW __tavana.pg.pg_proc AS
    SELECT * FROM __tavana.pg._pg_proc
    UNION ALL BY NAME
    SELECT _oid AS oid, _name AS proname, _namespace AS pronamespace, 10 AS proowner, 14 AS prolang,
           100 AS procost, CASE WHEN _is_table THEN 1000 ELSE 0 END AS prorows, 0 AS provariadic,
           0 AS prosupport, 'f' AS prokind, false AS prosecdef, false AS proleakproof,
           false AS proisstrict, _is_table AS proretset, 'v' AS provolatile, 'u' AS proparallel,
           len(_parameters) AS pronargs, 0 AS pronargdefaults,
           CASE WHEN _is_table THEN 2249 ELSE 2276 END AS prorettype,
           list_transform(_parameters, lambda _p: 2276::BIGINT) AS proargtypes,
           CASE WHEN len(_parameters) > 0 THEN _parameters END AS proargnames, _definition AS prosrc
    FROM __tavana.pg._macros;

CREATE VIEW __tavana.pg.pg_description AS
    SELECT _oid AS objoid, 1259::BIGINT AS classoid, 0::INTEGER AS objsubid, _comment AS description
    FROM __tavana.pg._tables WHERE _comment IS NOT NULL
    UNION ALL
    SELECT _relation, 1259, _number, _comment FROM __tavana.pg._columns WHERE _comment IS NOT NULL
    UNION ALL
    SELECT _oid, 1259, 0, _comment FROM __tavana.pg._indexes WHERE _comment IS NOT NULL
    UNION ALL
    SELECT _oid, 2615, 0, coalesce(_comment, 'standard public schema') FROM __tavana.pg._schemas
    WHERE _comment IS NOT NULL OR _oid = 2200
    UNION ALL
    VALUES (11, 2615, 0, 'system catalog schema'), (13500, 3079, 0, 'PL/pgSQL procedural language')
    UNION ALL
    SELECT oid, 2612, 0, 'PL/pgSQL procedural language' FROM __tavana.pg.pg_language WHERE lanname = 'plpgsql'
    UNION ALL
    SELECT _oid, 1247, 0, _comment FROM __tavana.pg._enums WHERE _comment IS NOT NULL
    UNION ALL
    SELECT _oid, 1255, 0, _comment FROM __tavana.pg._macros WHERE _comment IS NOT NULL;

CREATE VIEW __tavana.pg._constraint_definitions AS
    SELECT _c._oid, CASE _c._type
               WHEN 'p' THEN 'PRIMARY KEY (' || _k || ')'
               WHEN 'u' THEN 'UNIQUE (' || _k || ')'
               WHEN 'c' THEN 'CHECK (' || _c._expression || ')'
               ELSE 'FOREIGN KEY (' || _k || ') REFERENCES '
                   || CASE WHEN _s._visible THEN '' ELSE __tavana.pg._quoted(_c._shown) || '.' END
                   || __tavana.pg._quoted(_c._other) || '('
                   || list_aggregate(list_transform(_c._other_names, lambda _n: __tavana.pg._quoted(_n)), 'string_agg', ', ') || ')'
               END AS _definition
    FROM (SELECT *, list_aggregate(list_transform(_key_names, lambda _n: __tavana.pg._quoted(_n)), 'string_agg', ', ') AS _k
          FROM __tavana.pg._constraints) _c
    JOIN __tavana.pg._schemas _s ON _s._oid = _c._namespace;

CREATE VIEW __tavana.pg.pg_constraint AS
    SELECT _c._oid AS oid, _c._name AS conname, _c._namespace AS connamespace, _c._type AS contype,
           false AS condeferrable, false AS condeferred, true AS conenforced, true AS convalidated,
           _c._relation AS conrelid, 0::BIGINT AS contypid,
           CASE WHEN _c._type = 'f' THEN coalesce(_f._index, 0) ELSE _c._index END AS conindid,
           0::BIGINT AS conparentid, coalesce(_f._target, 0) AS confrelid,
           CASE WHEN _c._type = 'f' THEN 'a' ELSE ' ' END AS confupdtype,
           CASE WHEN _c._type = 'f' THEN 'a' ELSE ' ' END AS confdeltype,
           CASE WHEN _c._type = 'f' THEN 's' ELSE ' ' END AS confmatchtype,
           true AS conislocal, 0::SMALLINT AS coninhcount, _c._type <> 'c' AS connoinherit, false AS conperiod,
           _c._keys AS conkey, _f._keys AS confkey,
           -- The operators of equality, as far as clients look at them.
           NULL::BIGINT[] AS conpfeqop, NULL::BIGINT[] AS conppeqop, NULL::BIGINT[] AS conffeqop,
           NULL::SMALLINT[] AS confdelsetcols, NULL::BIGINT[] AS conexclop,
           CASE WHEN _c._type = 'c' THEN _c._expression END AS conbin
    FROM __tavana.pg._constraints _c
    LEFT JOIN (SELECT _k._constraint, any_value(_k._target) AS _target, any_value(_u._index) AS _index,
                      list(_l._number::SMALLINT ORDER BY _k._position) AS _keys
               FROM (SELECT _r._oid AS _constraint, _r._shown, _r._other, _r._other_names,
                            __tavana.pg._oid('class', _r._shown, _r._other) AS _target,
                            unnest(_r._other_names) AS _part, unnest(range(1, len(_r._other_names) + 1)) AS _position
                     FROM __tavana.pg._constraints _r WHERE _r._type = 'f') _k
               JOIN __tavana.pg._columns _l ON _l._relation = _k._target AND _l._name = _k._part
               LEFT JOIN (SELECT _relation, _key_names, min(_index) AS _index FROM __tavana.pg._constraints
                          WHERE _type IN ('p', 'u') GROUP BY ALL) _u
                   ON _u._relation = _k._target AND _u._key_names = _k._other_names
               GROUP BY _k._constraint) _f ON _f._constraint = _c._oid;

CREATE VIEW __tavana.pg.pg_index AS
    SELECT _i._oid AS indexrelid, _i._relation AS indrelid, len(_i._parts)::SMALLINT AS indnatts,
           len(_i._parts)::SMALLINT AS indnkeyatts, _i._unique AS indisunique,
           false AS indnullsnotdistinct, _i._primary AS indisprimary, false AS indisexclusion,
           true AS indimmediate, false AS indisclustered, true AS indisvalid, false AS indcheckxmin,
           true AS indisready, true AS indislive, false AS indisreplident, _k._keys AS indkey,
           _k._collations AS indcollation, _k._classes AS indclass, _k._options AS indoption,
           _k._expressions AS indexprs, NULL::VARCHAR AS indpred
    FROM __tavana.pg._indexes _i
    JOIN (SELECT _x._index, list(_x._number::SMALLINT ORDER BY _x._position) AS _keys,
                 list(_y.typcollation ORDER BY _x._position) AS _collations,
                 list(coalesce(_o.oid, 0) ORDER BY _x._position) AS _classes,
                 list(0::SMALLINT ORDER BY _x._position) AS _options,
                 string_agg(_x._part, ', ' ORDER BY _x._position) FILTER (_x._number = 0) AS _expressions
          FROM __tavana.pg._index_keys _x
          JOIN __tavana.pg._pg_type _y ON _y.oid = _x._type
          LEFT JOIN __tavana.pg.pg_opclass _o ON _o.opcintype = _x._type
          GROUP BY _x._index) _k ON _k._index = _i._oid;

CREATE VIEW __tavana.pg._index_definitions AS
    SELECT _oid, _head || __tavana.pg._quoted(_shown) || '.' || _tail AS _definition,
           _head || CASE WHEN _visible THEN '' ELSE __tavana.pg._quoted(_shown) || '.' END || _tail AS _short,
           _columns
    FROM (SELECT _i._oid, _s._shown, _s._visible,
                 'CREATE ' || CASE WHEN _i._unique THEN 'UNIQUE ' ELSE '' END || 'INDEX '
                     || __tavana.pg._quoted(_i._name) || ' ON ' AS _head,
                 __tavana.pg._quoted(_i._table) || ' USING btree ('
                     || list_aggregate(_w._columns, 'string_agg', ', ') || ')' AS _tail, _w._columns
          FROM __tavana.pg._indexes _i
          JOIN __tavana.pg._schemas _s ON _s._oid = _i._namespace
          JOIN (SELECT _index, list(CASE WHEN _number = 0 THEN _part ELSE __tavana.pg._quoted(_part) END ORDER BY _position) AS _columns
                FROM __tavana.pg._index_keys GROUP BY _index) _w ON _w._index = _i._oid);

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
           false AS hastriggers, false AS rowsecurity
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
