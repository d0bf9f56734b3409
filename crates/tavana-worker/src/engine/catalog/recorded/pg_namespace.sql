SELECT _oid AS oid, _shown AS nspname, 10::BIGINT AS nspowner, NULL::VARCHAR[] AS nspacl
FROM __tavana.pg._schemas
UNION ALL
VALUES (11, 'pg_catalog', 10, NULL), (99, 'pg_toast', 10, NULL), (13000, 'information_schema', 10, NULL)
