-- What a name without a schema, or with one, finds: lower ranks are found first.
SELECT _oid AS __oid, _name AS __name, _shown AS __schema,
       CASE WHEN _shown = 'pg_temp_3' THEN 0 WHEN _visible THEN 2 END AS __rank
FROM __tavana.pg._tables
UNION ALL
SELECT _i._oid, _i._name, _i._shown, CASE WHEN _s._visible THEN 2 END
FROM __tavana.pg._indexes _i JOIN __tavana.pg._schemas _s ON _s._oid = _i._namespace
UNION ALL
SELECT oid, relname, CASE relnamespace WHEN 11 THEN 'pg_catalog' ELSE 'information_schema' END,
       CASE relnamespace WHEN 11 THEN 1 END
FROM __tavana.pg._relations
