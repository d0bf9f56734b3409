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
      GROUP BY _x._index) _k ON _k._index = _i._oid
