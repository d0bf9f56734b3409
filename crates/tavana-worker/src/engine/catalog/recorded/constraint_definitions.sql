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
JOIN __tavana.pg._schemas _s ON _s._oid = _c._namespace
