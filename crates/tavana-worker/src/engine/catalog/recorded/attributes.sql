-- Columns of tables, indexes and the catalog. The views add what is the same for all.
SELECT _a._relation AS attrelid, _a._name AS attname, _a._type AS atttypid, _y.typlen::SMALLINT AS attlen,
       _a._number::SMALLINT AS attnum, _a._typmod::INTEGER AS atttypmod,
       CASE WHEN _y.typcategory = 'A' THEN 1 ELSE 0 END::SMALLINT AS attndims,
       _y.typbyval AS attbyval, _y.typalign AS attalign, _y.typstorage AS attstorage,
       _a._required AS attnotnull, _a._has_default AS atthasdef, _y.typcollation AS attcollation
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
SELECT attrelid, attname, atttypid, attlen, attnum, -1, attndims, attbyval, attalign, attstorage, attnotnull,
       false, attcollation
FROM __tavana.pg._attributes
