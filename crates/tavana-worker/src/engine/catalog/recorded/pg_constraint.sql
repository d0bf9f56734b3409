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
           GROUP BY _k._constraint) _f ON _f._constraint = _c._oid
