SELECT * FROM __tavana.pg._pg_type
UNION ALL BY NAME
SELECT _oid AS oid, _name AS typname, _namespace AS typnamespace, 10 AS typowner, 4::SMALLINT AS typlen,
       true AS typbyval, 'e' AS typtype, 'E' AS typcategory, false AS typispreferred,
       true AS typisdefined, ',' AS typdelim, 0 AS typrelid, 0 AS typsubscript, 0 AS typelem,
       0 AS typarray, 3504 AS typinput, 3505 AS typoutput, 3532 AS typreceive, 3533 AS typsend,
       0 AS typmodin, 0 AS typmodout, 0 AS typanalyze, 'i' AS typalign, 'p' AS typstorage,
       false AS typnotnull, 0 AS typbasetype, -1 AS typtypmod, 0 AS typndims, 0 AS typcollation
FROM __tavana.pg._enums
