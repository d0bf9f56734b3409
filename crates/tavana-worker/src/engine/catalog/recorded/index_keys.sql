-- The same with numbers of columns; 0 stands for an expression.
SELECT _x._oid AS _index, _x._relation, _x._position, _x._part, coalesce(_c._number, 0) AS _number,
       coalesce(_c._type, 25) AS _type, coalesce(_c._typmod, -1) AS _typmod
FROM (SELECT _oid, _relation, unnest(_parts) AS _part, unnest(range(1, len(_parts) + 1)) AS _position
      FROM __tavana.pg._indexes) _x
LEFT JOIN __tavana.pg._columns _c ON _c._relation = _x._relation AND _c._name = _x._part
