-- Functions of PostgreSQL on numbers, times, bytes and patterns that DuckDB lacks, or has for other
-- types only. Arguments stand in a list of one, so that each is computed once.

CREATE MACRO __tavana.pg.length(__a) AS
    CASE WHEN typeof(__a) = 'BLOB' THEN system.main.octet_length(TRY_CAST(__a AS BLOB))
         WHEN typeof(__a) = 'BIT' THEN system.main.length(TRY_CAST(__a AS BIT))
         WHEN ends_with(typeof(__a), ']') THEN system.main.len(TRY_CAST(__a AS VARCHAR[]))
         WHEN typeof(__a) IN ('VARCHAR', 'JSON', 'UUID', '"NULL"') OR starts_with(typeof(__a), 'ENUM')
             THEN system.main.length(TRY_CAST(__a AS VARCHAR))
         ELSE error('function length(' || lower(typeof(__a)) || ') does not exist') END,
    (__a, __b) AS system.main.length(__tavana.pg.convert_from(__a, __b));
CREATE MACRO __tavana.pg.to_hex(__a) AS
    CASE WHEN typeof(__a) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'INTEGER_LITERAL') THEN lower(right(system.main.to_hex(__a), 8))
         ELSE lower(system.main.to_hex(__a)) END;
CREATE MACRO __tavana.pg."normalize"(__a) AS nfc_normalize(__a);
CREATE MACRO __tavana.pg.cardinality(__a) AS
    CASE WHEN starts_with(typeof(__a), 'MAP') THEN len(map_keys(TRY_CAST(__a AS MAP(VARCHAR, VARCHAR))))
         WHEN ends_with(typeof(__a), '][]') THEN len(flatten(TRY_CAST(__a AS VARCHAR[][])))
         ELSE len(TRY_CAST(__a AS VARCHAR[])) END::INTEGER;
CREATE MACRO __tavana.pg.array_fill(__a, __b) AS
    CASE WHEN len(__b) = 1 THEN list_transform(range(__b[1]), lambda __i: __a)
         WHEN len(__b) = 0 THEN list_transform(range(0), lambda __i: __a)
         ELSE list_transform(range(0), lambda __i: error('array_fill() of several dimensions is not supported')) END;

-- The groups of a pattern: what opens one and is neither escaped nor in brackets.
CREATE MACRO __tavana.pg._groups(__p) AS
    list_transform([regexp_replace(regexp_replace(__p, '\\.', '', 'g'), '\[\^?\]?(\[:\w+:\]|[^\]])*\]', '', 'g')],
        lambda __q: length(__q) - length(replace(__q, '(', '')) - (length(__q) - length(replace(__q, '(?', ' '))))[1]::INTEGER;
-- A newline is a character like others, and words begin and end in their own spelling.
CREATE MACRO __tavana.pg._pattern(__p, __f) AS
    '(?s' || CASE WHEN contains(__f, 'i') THEN 'i' ELSE '' END || ')' || regexp_replace(__p, '\\[mMyA]', '\\b', 'g');
-- The whole match, or its groups in the order of their parentheses.
CREATE MACRO __tavana.pg._regexp_match(__s, __p, __f) AS
    list_transform([{'s': __s::VARCHAR, 'p': '(?:' || __tavana.pg._pattern(__p, __f) || ')', 'n': __tavana.pg._groups(__p)}], lambda __m:
        CASE WHEN __m.s IS NULL OR __m.p IS NULL OR NOT regexp_matches(__m.s, __m.p) THEN NULL
             WHEN __m.n > 9 THEN error('regexp_match() of more than 9 groups is not supported')
             WHEN __m.n = 0 THEN [regexp_replace(__m.s, '^(?s:.*?)(' || __m.p || ')(?s:.*)$', '\1')]
             ELSE list_transform(range(1, __m.n + 1), lambda __i:
                 regexp_replace(__m.s, '^(?s:.*?)' || __m.p || '(?s:.*)$', '\' || __i)) END)[1];
CREATE MACRO __tavana.pg.regexp_match(__s, __p) AS __tavana.pg._regexp_match(__s, __p, ''),
    (__s, __p, __f) AS __tavana.pg._regexp_match(__s, __p, __f);

-- num_nulls() and num_nonnulls().
CREATE MACRO __tavana.pg.num_nulls(__a) AS (__a IS NULL)::INTEGER,
    (__a, __b) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER,
    (__a, __b, __c) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER,
    (__a, __b, __c, __d) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER + (__d IS NULL)::INTEGER,
    (__a, __b, __c, __d, __e) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER + (__d IS NULL)::INTEGER + (__e IS NULL)::INTEGER,
    (__a, __b, __c, __d, __e, __f) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER + (__d IS NULL)::INTEGER + (__e IS NULL)::INTEGER + (__f IS NULL)::INTEGER,
    (__a, __b, __c, __d, __e, __f, __g) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER + (__d IS NULL)::INTEGER + (__e IS NULL)::INTEGER + (__f IS NULL)::INTEGER + (__g IS NULL)::INTEGER,
    (__a, __b, __c, __d, __e, __f, __g, __h) AS (__a IS NULL)::INTEGER + (__b IS NULL)::INTEGER + (__c IS NULL)::INTEGER + (__d IS NULL)::INTEGER + (__e IS NULL)::INTEGER + (__f IS NULL)::INTEGER + (__g IS NULL)::INTEGER + (__h IS NULL)::INTEGER;
CREATE MACRO __tavana.pg.num_nonnulls(__a) AS 1 - __tavana.pg.num_nulls(__a),
    (__a, __b) AS 2 - __tavana.pg.num_nulls(__a, __b),
    (__a, __b, __c) AS 3 - __tavana.pg.num_nulls(__a, __b, __c),
    (__a, __b, __c, __d) AS 4 - __tavana.pg.num_nulls(__a, __b, __c, __d),
    (__a, __b, __c, __d, __e) AS 5 - __tavana.pg.num_nulls(__a, __b, __c, __d, __e),
    (__a, __b, __c, __d, __e, __f) AS 6 - __tavana.pg.num_nulls(__a, __b, __c, __d, __e, __f),
    (__a, __b, __c, __d, __e, __f, __g) AS 7 - __tavana.pg.num_nulls(__a, __b, __c, __d, __e, __f, __g),
    (__a, __b, __c, __d, __e, __f, __g, __h) AS 8 - __tavana.pg.num_nulls(__a, __b, __c, __d, __e, __f, __g, __h);

-- Numbers.
CREATE MACRO __tavana.pg.to_number(__a, __f) AS
    list_transform([replace(regexp_replace(__a::VARCHAR, '[^-+0-9.<>]', '', 'g'), '+', '')], lambda __t:
        CASE WHEN contains(__t, '-') OR contains(__t, '<') THEN -1 ELSE 1 END
            * regexp_replace(__t, '[-<>]', '', 'g')::DECIMAL(37, 10))[1];
CREATE MACRO __tavana.pg."scale"(__a) AS length(regexp_extract(__a::VARCHAR, '\.(\d*)$', 1))::INTEGER;
CREATE MACRO __tavana.pg.min_scale(__a) AS length(rtrim(regexp_extract(__a::VARCHAR, '\.(\d*)$', 1), '0'))::INTEGER;
-- The angles whose sines are round are given as such, as in PostgreSQL.
CREATE MACRO __tavana.pg.sind(__a) AS CASE WHEN __a::DOUBLE % 30 = 0 THEN round(sin(radians(__a)) * 2 * 1e15) / 2e15 ELSE sin(radians(__a)) END;
CREATE MACRO __tavana.pg.cosd(__a) AS CASE WHEN __a::DOUBLE % 30 = 0 THEN round(cos(radians(__a)) * 2 * 1e15) / 2e15 ELSE cos(radians(__a)) END;
CREATE MACRO __tavana.pg.tand(__a) AS CASE WHEN __a::DOUBLE % 45 = 0 THEN round(tan(radians(__a)) * 1e15) / 1e15 ELSE tan(radians(__a)) END;
CREATE MACRO __tavana.pg.cotd(__a) AS CASE WHEN __a::DOUBLE % 45 = 0 THEN round(cot(radians(__a)) * 1e15) / 1e15 ELSE cot(radians(__a)) END;
CREATE MACRO __tavana.pg.asind(__a) AS round(degrees(asin(__a)), 12);
CREATE MACRO __tavana.pg.acosd(__a) AS round(degrees(acos(__a)), 12);
CREATE MACRO __tavana.pg.atand(__a) AS round(degrees(atan(__a)), 12);
CREATE MACRO __tavana.pg.atan2d(__a, __b) AS round(degrees(atan2(__a, __b)), 12);

-- Intervals by their three parts, see _interval_parts().
CREATE MACRO __tavana.pg._interval_of(__p) AS
    to_months(__p.mo::INTEGER) + to_days(__p.d::INTEGER) + to_microseconds(__p.us);
-- Whole days of the time and whole months of the days, each with the sign of what it comes from.
CREATE MACRO __tavana.pg._days_of_time(__p) AS
    {'mo': __p.mo, 'd': __p.d + CASE WHEN __p.us < 0 THEN -(-__p.us // 86400000000) ELSE __p.us // 86400000000 END,
     'us': CASE WHEN __p.us < 0 THEN -(-__p.us % 86400000000) ELSE __p.us % 86400000000 END};
CREATE MACRO __tavana.pg._months_of_days(__p) AS
    {'mo': __p.mo + CASE WHEN __p.d < 0 THEN -(-__p.d // 30) ELSE __p.d // 30 END,
     'd': CASE WHEN __p.d < 0 THEN -(-__p.d % 30) ELSE __p.d % 30 END, 'us': __p.us};
-- One sign for the days and the time, and one for the months and what is below them.
CREATE MACRO __tavana.pg._one_sign_of_time(__p) AS CASE
    WHEN __p.d > 0 AND __p.us < 0 THEN {'mo': __p.mo, 'd': __p.d - 1, 'us': __p.us + 86400000000}
    WHEN __p.d < 0 AND __p.us > 0 THEN {'mo': __p.mo, 'd': __p.d + 1, 'us': __p.us - 86400000000} ELSE __p END;
CREATE MACRO __tavana.pg._one_sign_of_days(__p, __time) AS CASE
    WHEN __p.mo > 0 AND (__p.d < 0 OR (__time AND __p.d = 0 AND __p.us < 0)) THEN {'mo': __p.mo - 1, 'd': __p.d + 30, 'us': __p.us}
    WHEN __p.mo < 0 AND (__p.d > 0 OR (__time AND __p.d = 0 AND __p.us > 0)) THEN {'mo': __p.mo + 1, 'd': __p.d - 30, 'us': __p.us} ELSE __p END;
CREATE MACRO __tavana.pg._justified(__a, __hours, __days) AS
    list_transform(list_transform(list_transform(list_transform(list_transform([__tavana.pg._interval_parts(__a)],
        lambda __p: CASE WHEN __hours THEN __tavana.pg._days_of_time(__p) ELSE __p END),
        lambda __p: CASE WHEN __days THEN __tavana.pg._months_of_days(__p) ELSE __p END),
        lambda __p: CASE WHEN __days THEN __tavana.pg._one_sign_of_days(__p, __hours) ELSE __p END),
        lambda __p: CASE WHEN __hours THEN __tavana.pg._one_sign_of_time(__p) ELSE __p END),
        lambda __p: __tavana.pg._interval_of(__p))[1];
CREATE MACRO __tavana.pg.justify_hours(__a) AS __tavana.pg._justified(__a, true, false);
CREATE MACRO __tavana.pg.justify_days(__a) AS __tavana.pg._justified(__a, false, true);
CREATE MACRO __tavana.pg.justify_interval(__a) AS __tavana.pg._justified(__a, true, true);
CREATE MACRO __tavana.pg.date_bin(__a, __b, __c) AS
    CASE WHEN epoch_us(__a::INTERVAL) <= 0 THEN error('stride must be greater than zero')
         WHEN extract(year FROM __a::INTERVAL) <> 0 OR extract(month FROM __a::INTERVAL) <> 0
             THEN error('timestamps cannot be binned into intervals containing months or years')
         ELSE time_bucket(__a::INTERVAL, __b, __c) END;
CREATE MACRO __tavana.pg.isfinite(__a) AS
    CASE WHEN typeof(__a) = 'INTERVAL' THEN __a IS NOT NULL
         WHEN typeof(__a) = 'DATE' THEN system.main.isfinite(TRY_CAST(__a AS DATE))
         WHEN typeof(__a) IN ('FLOAT', 'DOUBLE') THEN system.main.isfinite(TRY_CAST(__a AS DOUBLE))
         ELSE system.main.isfinite(TRY_CAST(__a AS TIMESTAMP)) END;

-- Bytes.
CREATE MACRO __tavana.pg.sha256(__a VARCHAR) AS system.main.sha256(__a),
    (__a BLOB) AS unhex(system.main.sha256(__a));
CREATE MACRO __tavana.pg.set_byte(__a, __b, __c) AS
    list_transform([hex(__a::BLOB)], lambda __h: unhex(__h[1:__b * 2] || right('0' || system.main.to_hex(__c), 2) || __h[__b * 2 + 3:]))[1];
CREATE MACRO __tavana.pg.bit_count(__a VARCHAR) AS system.main.bit_count(__a::BIT),
    (__a BIGINT) AS system.main.bit_count(__a),
    (__a HUGEINT) AS system.main.bit_count(__a),
    (__a BIT) AS system.main.bit_count(__a),
    (__a BLOB) AS system.main.bit_count(__a::BIT);
