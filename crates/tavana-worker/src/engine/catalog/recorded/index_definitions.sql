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
            FROM __tavana.pg._index_keys GROUP BY _index) _w ON _w._index = _i._oid)
