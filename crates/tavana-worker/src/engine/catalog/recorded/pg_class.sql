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
       -- PostgreSQL keeps foreign keys by triggers, at both ends, and clients look for them only where
       -- there are some.
       _referring AS relhastriggers, false AS relhassubclass, false AS relrowsecurity,
       false AS relforcerowsecurity, true AS relispopulated,
       CASE WHEN _kind = 'r' AND _ns <> 11 THEN 'd' ELSE 'n' END AS relreplident,
       false AS relispartition, 0::BIGINT AS relrewrite, 0::BIGINT AS relfrozenxid,
       0::BIGINT AS relminmxid, NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions,
       NULL::VARCHAR AS relpartbound, false AS relhasoids
FROM (SELECT _oid AS _o, _name, _namespace AS _ns, _kind, _rows, _natts, _checks, _temporary,
             _indexes > 0 AS _indexed,
             _oid IN (SELECT unnest([_relation, __tavana.pg._oid('class', _shown, _other)])
                      FROM __tavana.pg._constraints WHERE _type = 'f') AS _referring
      FROM __tavana.pg._tables
      UNION ALL
      SELECT _oid, _name, _namespace, 'i', 0, len(_parts), 0, _shown = 'pg_temp_3', false, false
      FROM __tavana.pg._indexes
      UNION ALL
      SELECT oid, relname, relnamespace, relkind, 0, relnatts, 0, false, false, false
      FROM __tavana.pg._relations)
