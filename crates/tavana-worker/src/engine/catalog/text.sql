-- Functions on values that DuckDB lacks, or computes in another way than PostgreSQL.

CREATE MACRO __tavana.pg.quote_ident(__a) AS __tavana.pg._quoted(__a::VARCHAR);
CREATE MACRO __tavana.pg.quote_literal(__a) AS
    CASE WHEN contains(__a::VARCHAR, '\') THEN 'E' ELSE '' END || ''''
        || replace(replace(__a::VARCHAR, '''', ''''''), '\', '\\') || '''';
CREATE MACRO __tavana.pg.quote_nullable(__a) AS coalesce(__tavana.pg.quote_literal(__a), 'NULL');
CREATE MACRO __tavana.pg.parse_ident(__a) AS
    CASE WHEN regexp_full_match(__a, '\s*("([^"]|"")+"|[A-Za-z_\x{80}-\x{10FFFF}][\w$\x{80}-\x{10FFFF}]*)(\s*\.\s*("([^"]|"")+"|[A-Za-z_\x{80}-\x{10FFFF}][\w$\x{80}-\x{10FFFF}]*))*\s*')
              THEN __tavana.pg._ident_parts(__a)
         ELSE error('string is not a valid identifier: "' || __a || '"')::VARCHAR[] END,
    (__a, __b) AS __tavana.pg._ident_parts(__a);
CREATE MACRO __tavana.pg.pg_typeof(__a) AS
    coalesce((SELECT any_value(CASE WHEN ends_with(__w.__t, ']') AND __m._array <> 114
                                    THEN __tavana.pg._type_name(__m._scalar) || '[]'
                                    WHEN ends_with(__w.__t, ']') THEN 'json'
                                    ELSE __tavana.pg._type_name(__m._scalar) END)
     FROM (SELECT typeof(__a) AS __t) __w
     JOIN __tavana.pg._type_map __m ON __m._duckdb = regexp_extract(__w.__t, '^[^(\[]+')), 'text');

-- format() with PostgreSQL's specifiers; anything else is for DuckDB's function of that name.
CREATE MACRO __tavana.pg._is_format(__f) AS
    regexp_matches(__f, '%([1-9]\d*\$)?-?\d*[sIL]|%%') AND NOT regexp_matches(__f, '\{[^}]*\}');
-- To the width of a specifier; with a minus the blanks follow.
CREATE MACRO __tavana.pg._to_width(__v, __w) AS
    CASE WHEN __w = '' OR __w = '-' THEN __v
         WHEN starts_with(__w, '-') THEN rpad(__v, greatest(length(__v), (__w[2:])::INTEGER)::INTEGER, ' ')
         ELSE lpad(__v, greatest(length(__v), __w::INTEGER)::INTEGER, ' ') END;
-- `n`: a specifier without a position takes the argument after that of the one before it.
-- The arguments stand in the list, not in the lambda: there they could not come from outside of the
-- subquery that a macro around this one makes.
CREATE MACRO __tavana.pg._format(__f, __v) AS
    list_transform([{'p': regexp_extract_all(__f, '(?s)%(?:\d+\$)?-?\d*[sIL]|%%|[^%]+|%'), 'v': __v}], lambda __q:
        list_aggregate(list_transform(
            list_transform(__q.p, lambda __t, __i: {
                't': CASE WHEN __t[1] = '%' AND length(__t) > 1 THEN __t[-1] ELSE '' END,
                'w': regexp_extract(__t, '^%(?:\d+\$)?(-?\d*)[sIL]$', 1),
                'n': list_reduce(
                    list_transform(list_filter(__q.p[1:__i], lambda __x: __x[1] = '%' AND __x[-1] <> '%'),
                                   lambda __x: coalesce(try_cast(regexp_extract(__x, '^%(\d+)\$', 1) AS INTEGER), -1)),
                    lambda __x, __y: CASE WHEN __y >= 0 THEN __y ELSE __x + 1 END, 0),
                'o': __t}),
            lambda __k: CASE
            WHEN __k.o = '%%' THEN '%'
            WHEN __k.o = '%' THEN error('unrecognized format() type specifier')
            WHEN __k.t = '' THEN __k.o
            WHEN __k.n = 0 THEN error('format specifies argument 0, but arguments are numbered from 1')
            WHEN __k.n > len(__q.v) THEN error('too few arguments for format()')
            WHEN __k.t = 's' THEN __tavana.pg._to_width(coalesce(__q.v[__k.n], ''), __k.w)
            WHEN __k.t = 'I' THEN __tavana.pg._to_width(coalesce(__tavana.pg._quoted(__q.v[__k.n]), error('null values cannot be formatted as an SQL identifier')), __k.w)
            ELSE __tavana.pg._to_width(__tavana.pg.quote_nullable(__q.v[__k.n]), __k.w) END), 'string_agg', ''))[1];
CREATE MACRO __tavana.pg.format(__a) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, []::VARCHAR[]) ELSE system.main.format(__a) END,
    (__a, __b) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR]) ELSE system.main.format(__a, __b) END,
    (__a, __b, __c) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR]) ELSE system.main.format(__a, __b, __c) END,
    (__a, __b, __c, __d) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d) END,
    (__a, __b, __c, __d, __e) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR, __e::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d, __e) END,
    (__a, __b, __c, __d, __e, __f) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR, __e::VARCHAR, __f::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d, __e, __f) END,
    (__a, __b, __c, __d, __e, __f, __g) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR, __e::VARCHAR, __f::VARCHAR, __g::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d, __e, __f, __g) END,
    (__a, __b, __c, __d, __e, __f, __g, __h) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR, __e::VARCHAR, __f::VARCHAR, __g::VARCHAR, __h::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d, __e, __f, __g, __h) END,
    (__a, __b, __c, __d, __e, __f, __g, __h, __i) AS CASE WHEN __tavana.pg._is_format(__a) THEN __tavana.pg._format(__a, [__b::VARCHAR, __c::VARCHAR, __d::VARCHAR, __e::VARCHAR, __f::VARCHAR, __g::VARCHAR, __h::VARCHAR, __i::VARCHAR]) ELSE system.main.format(__a, __b, __c, __d, __e, __f, __g, __h, __i) END;

CREATE MACRO __tavana.pg.btrim(__a) AS trim(__a), (__a, __b) AS trim(__a, __b);
CREATE MACRO __tavana.pg.initcap(__a) AS
    coalesce(list_aggregate(list_transform(regexp_extract_all(lower(__a), '[\p{L}\p{N}]+|[^\p{L}\p{N}]+'),
        lambda __w: upper(__w[1]) || __w[2:]), 'string_agg', ''), CASE WHEN __a IS NOT NULL THEN '' END);
CREATE MACRO __tavana.pg."overlay"(__a, __b, __c) AS substr(__a, 1, __c - 1) || __b || substr(__a, __c + length(__b)),
    (__a, __b, __c, __d) AS substr(__a, 1, __c - 1) || __b || substr(__a, __c + __d);
CREATE MACRO __tavana.pg.regexp_count(__a, __b) AS len(regexp_extract_all(__a, __b))::INTEGER;
CREATE MACRO __tavana.pg.regexp_substr(__a, __b) AS CASE WHEN regexp_matches(__a, __b) THEN regexp_extract(__a, __b) END;
CREATE MACRO __tavana.pg.regexp_like(__a, __b) AS regexp_matches(__a, __b);

-- Arrays. An empty one has no dimensions.
CREATE MACRO __tavana.pg.array_ndims(__a) AS
    CASE WHEN len(__a) > 0 THEN len(regexp_extract_all(regexp_extract(typeof(__a), '(\[\d*\])+$'), '\['))::INTEGER END;
CREATE MACRO __tavana.pg.array_length(__a) AS len(__a),
    (__a, __b) AS CASE WHEN __b = 1 THEN nullif(len(__a), 0)
                       WHEN __b > 1 AND __b <= __tavana.pg.array_ndims(__a) THEN json_array_length(to_json(__a), '$' || repeat('[0]', __b - 1)) END::INTEGER;
CREATE MACRO __tavana.pg.array_upper(__a, __b) AS __tavana.pg.array_length(__a, __b);
CREATE MACRO __tavana.pg.array_lower(__a, __b) AS CASE WHEN __tavana.pg.array_length(__a, __b) IS NOT NULL THEN 1 END;
CREATE MACRO __tavana.pg.array_dims(__a) AS
    list_aggregate(list_transform(range(1, __tavana.pg.array_ndims(__a) + 1),
        lambda __i: '[1:' || json_array_length(to_json(__a), '$' || repeat('[0]', __i - 1)) || ']'), 'string_agg', '');
CREATE MACRO __tavana.pg.array_remove(__a, __b) AS list_filter(__a, lambda __x: __x IS DISTINCT FROM __b);
CREATE MACRO __tavana.pg.array_replace(__a, __b, __c) AS
    list_transform(__a, lambda __x: CASE WHEN __x IS NOT DISTINCT FROM __b THEN __c ELSE __x END);
CREATE MACRO __tavana.pg.array_positions(__a, __b) AS
    list_filter(list_transform(__a, lambda __x, __i: CASE WHEN __x IS NOT DISTINCT FROM __b THEN __i::INTEGER END), lambda __x: __x IS NOT NULL);
CREATE MACRO __tavana.pg.trim_array(__a, __b) AS __a[1:len(__a) - __b];
CREATE MACRO __tavana.pg.array_to_string(__a, __b) AS
    CASE WHEN len(list_filter(__a, lambda __x: __x IS NOT NULL)) = 0 THEN ''
         ELSE list_aggregate(list_transform(__a, lambda __x: __x::VARCHAR), 'string_agg', __b) END,
    (__a, __b, __c) AS
    CASE WHEN len(__a) = 0 THEN ''
         ELSE list_aggregate(list_transform(__a, lambda __x: coalesce(__x::VARCHAR, __c)), 'string_agg', __b) END;
CREATE MACRO __tavana.pg.string_to_array(__a, __b) AS
    CASE WHEN __a = '' THEN []::VARCHAR[] WHEN __b IS NULL THEN regexp_extract_all(__a, '(?s).')
         WHEN __b = '' THEN [__a] ELSE string_split(__a, __b) END,
    (__a, __b, __c) AS list_transform(
    CASE WHEN __a = '' THEN []::VARCHAR[] WHEN __b IS NULL THEN regexp_extract_all(__a, '(?s).')
         WHEN __b = '' THEN [__a] ELSE string_split(__a, __b) END, lambda __x: CASE WHEN __x IS DISTINCT FROM __c THEN __x END);
CREATE MACRO __tavana.pg.string_to_table(__a, __b) AS unnest(__tavana.pg.string_to_array(__a, __b));

-- JSON.
CREATE MACRO __tavana.pg.json_typeof(__a) AS
    CASE json_type(__a::JSON) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string'
        WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE lower(left(json_type(__a::JSON), 0)) || 'number' END;
CREATE MACRO __tavana.pg.jsonb_typeof(__a) AS __tavana.pg.json_typeof(__a);
CREATE MACRO __tavana.pg.json_array_elements(__a) AS unnest((__a::JSON)::JSON[]);
CREATE MACRO __tavana.pg.jsonb_array_elements(__a) AS unnest((__a::JSON)::JSON[]);
CREATE MACRO __tavana.pg.json_array_elements_text(__a) AS unnest(list_transform((__a::JSON)::JSON[], lambda __x: __x->>'$'));
CREATE MACRO __tavana.pg.jsonb_array_elements_text(__a) AS unnest(list_transform((__a::JSON)::JSON[], lambda __x: __x->>'$'));
CREATE MACRO __tavana.pg.json_object_keys(__a) AS unnest(json_keys(__a::JSON));
CREATE MACRO __tavana.pg.jsonb_object_keys(__a) AS unnest(json_keys(__a::JSON));
CREATE MACRO __tavana.pg.jsonb_pretty(__a) AS json_pretty(__a::JSON);

-- Numbers.
CREATE MACRO __tavana.pg.div(__a, __b) AS trunc((__a - (__a % __b)) / __b);
CREATE MACRO __tavana.pg.width_bucket(__a, __b, __c, __d) AS
    CASE WHEN __b < __c THEN CASE WHEN __a < __b THEN 0 WHEN __a >= __c THEN __d + 1
                                  ELSE floor((__a - __b) * __d / (__c - __b)) + 1 END
         WHEN __b > __c THEN CASE WHEN __a > __b THEN 0 WHEN __a <= __c THEN __d + 1
                                  ELSE floor((__b - __a) * __d / (__b - __c)) + 1 END
         WHEN __b = __c THEN error('lower bound cannot equal upper bound')::INTEGER END::INTEGER;

-- Times. A statement sees one moment here.
CREATE MACRO __tavana.pg.make_interval(years := 0, months := 0, weeks := 0, days := 0, hours := 0, mins := 0, secs := 0) AS
    to_years(years::INTEGER) + to_months(months::INTEGER) + to_weeks(weeks::INTEGER) + to_days(days::INTEGER)
    + to_hours(hours::BIGINT) + to_minutes(mins::BIGINT) + to_seconds(secs::DOUBLE);
CREATE MACRO __tavana.pg.clock_timestamp() AS now();
CREATE MACRO __tavana.pg.statement_timestamp() AS now();

-- Bytes.
CREATE MACRO __tavana.pg.octet_length(__a) AS
    CASE WHEN typeof(__a) = 'BLOB' THEN length(hex(TRY_CAST(__a AS BLOB))) // 2 ELSE strlen(__a::VARCHAR) END::INTEGER;
CREATE MACRO __tavana.pg.encode(__a) AS system.main.encode(__a),
    (__a, __b) AS CASE lower(__b)
        WHEN 'hex' THEN lower(hex(__a::BLOB))
        WHEN 'base64' THEN rtrim(regexp_replace(base64(__a::BLOB), '(.{76})', '\1' || chr(10), 'g'), chr(10))
        WHEN 'escape' THEN error('encode() to escape is not supported')
        ELSE error('unrecognized encoding: "' || __b || '"') END;
CREATE MACRO __tavana.pg.decode(__a) AS system.main.decode(__a),
    (__a, __b) AS CASE lower(__b)
        WHEN 'hex' THEN unhex(regexp_replace(__a, '\s', '', 'g'))
        WHEN 'base64' THEN from_base64(regexp_replace(__a, '\s', '', 'g'))
        WHEN 'escape' THEN error('decode() from escape is not supported')::BLOB
        ELSE error('unrecognized encoding: "' || __b || '"')::BLOB END;
CREATE MACRO __tavana.pg.convert_from(__a, __b) AS
    CASE WHEN upper(replace(__b, '-', '')) IN ('UTF8', 'SQL_ASCII') THEN system.main.decode(__a)
         ELSE error('invalid source encoding name "' || __b || '"') END;
CREATE MACRO __tavana.pg.convert_to(__a, __b) AS
    CASE WHEN upper(replace(__b, '-', '')) IN ('UTF8', 'SQL_ASCII') THEN system.main.encode(__a)
         ELSE error('invalid destination encoding name "' || __b || '"')::BLOB END;
CREATE MACRO __tavana.pg.get_byte(__a, __b) AS ('0x' || substr(hex(__a::BLOB), __b * 2 + 1, 2))::INTEGER;

-- to_char(). A pattern that is not known here is an error.
-- The parts of a format for times: quoted text, patterns with their prefix and suffix, single characters.
CREATE MACRO __tavana.pg._time_parts(__f) AS
    regexp_extract_all(__f, '(?is)"(?:[^"\\]|\\.)*"|FX|(?:FM|TM)?(?:HH24|HH12|HH|MI|SSSSS|SSSS|SS|MS|US|FF[1-6]|A\.M\.|P\.M\.|AM|PM|Y,YYY|YYYY|YYY|YY|IYYY|IYY|IY|IDDD|ID|IW|I|Y|B\.C\.|A\.D\.|BC|AD|MONTH|MON|MM|DAY|DY|DDD|DD|D|WW|W|CC|J|Q|RM|TZH|TZM|TZ|OF)(?:TH)?|\\.|.');
-- A moment and its offset from UTC under a format. Each step names what the next one uses, because
-- an argument would be computed wherever it stands.
CREATE MACRO __tavana.pg._time_char(__a, __z, __f) AS
    list_transform([__a], lambda __v: CASE WHEN __v IS NULL OR __f IS NULL THEN NULL ELSE coalesce(list_aggregate(list_transform(__tavana.pg._time_parts(__f), lambda __t:
      CASE WHEN __t[1] = '"' THEN regexp_replace(__t[2:-2], '\\(.)', '\1', 'g')
           WHEN upper(__t) = 'FX' THEN ''
           ELSE list_transform([{'f': regexp_matches(__t, '^(?i)[FT]M.'),
                                 's': CASE WHEN regexp_matches(__t, '(?i)month$') THEN '' ELSE regexp_extract(__t, '(?i)..(TH)$', 1) END,
                                 'p': CASE WHEN regexp_matches(__t, '(?i)month$') THEN regexp_replace(__t, '^(?i)[FT]M', '')
                                           ELSE regexp_replace(regexp_replace(__t, '^(?i)[FT]M(.)', '\1'), '(?i)(..)TH$', '\1') END}], lambda __k:
             list_transform([upper(__k.p)], lambda __p:
             CASE
               WHEN __p IN ('AM', 'PM', 'A.M.', 'P.M.', 'BC', 'AD', 'B.C.', 'A.D.', 'MONTH', 'MON', 'DAY', 'DY', 'RM') THEN
                 list_transform([CASE
                   WHEN __p IN ('AM', 'PM') THEN CASE WHEN hour(__v) < 12 THEN 'AM' ELSE 'PM' END
                   WHEN __p IN ('A.M.', 'P.M.') THEN CASE WHEN hour(__v) < 12 THEN 'A.M.' ELSE 'P.M.' END
                   WHEN __p IN ('BC', 'AD') THEN CASE WHEN year(__v) > 0 THEN 'AD' ELSE 'BC' END
                   WHEN __p IN ('B.C.', 'A.D.') THEN CASE WHEN year(__v) > 0 THEN 'A.D.' ELSE 'B.C.' END
                   WHEN __p = 'MONTH' THEN rpad(monthname(__v), CASE WHEN __k.f THEN length(monthname(__v)) ELSE 9 END::INTEGER, ' ')
                   WHEN __p = 'MON' THEN left(monthname(__v), 3)
                   WHEN __p = 'DAY' THEN rpad(dayname(__v), CASE WHEN __k.f THEN length(dayname(__v)) ELSE 9 END::INTEGER, ' ')
                   WHEN __p = 'DY' THEN left(dayname(__v), 3)
                   ELSE rpad((['I','II','III','IV','V','VI','VII','VIII','IX','X','XI','XII'])[month(__v)], CASE WHEN __k.f THEN 1 ELSE 4 END::INTEGER, ' ') END],
                   lambda __w: CASE WHEN __k.p = __p THEN upper(__w) WHEN __k.p = lower(__k.p) THEN lower(__w) ELSE __w END)[1]
               WHEN __p IN ('MS', 'US') OR starts_with(__p, 'FF') THEN
                 left(lpad((microsecond(__v) % 1000000)::VARCHAR, 6, '0'),
                      CASE __p WHEN 'MS' THEN 3 WHEN 'US' THEN 6 ELSE __p[3:]::INTEGER END)
               WHEN __p = 'Y,YYY' THEN (year(__v) // 1000) || ',' || lpad((year(__v) % 1000)::VARCHAR, 3, '0')
               WHEN __p = 'TZH' THEN left(__z, 3)
               WHEN __p = 'TZM' THEN coalesce(nullif(regexp_extract(__z, ':(\d\d)', 1), ''), '00')
               WHEN __p = 'OF' THEN __z
               WHEN __p = 'TZ' THEN error('to_char() of the pattern TZ is not supported')
               ELSE list_transform([CASE __p
               WHEN 'YYYY' THEN CASE WHEN year(__v) > 0 THEN year(__v) ELSE 1 - year(__v) END
               WHEN 'YYY' THEN year(__v) % 1000
               WHEN 'YY' THEN year(__v) % 100
               WHEN 'Y' THEN year(__v) % 10
               WHEN 'IYYY' THEN isoyear(__v)
               WHEN 'IYY' THEN isoyear(__v) % 1000
               WHEN 'IY' THEN isoyear(__v) % 100
               WHEN 'I' THEN isoyear(__v) % 10
               WHEN 'MM' THEN month(__v)
               WHEN 'DD' THEN day(__v)
               WHEN 'DDD' THEN dayofyear(__v)
               WHEN 'IDDD' THEN (weekofyear(__v) - 1) * 7 + isodow(__v)
               WHEN 'D' THEN dayofweek(__v) + 1
               WHEN 'ID' THEN isodow(__v)
               WHEN 'W' THEN (day(__v) - 1) // 7 + 1
               WHEN 'WW' THEN (dayofyear(__v) - 1) // 7 + 1
               WHEN 'IW' THEN weekofyear(__v)
               WHEN 'CC' THEN century(__v)
               WHEN 'Q' THEN quarter(__v)
               WHEN 'J' THEN floor(julian(__v::DATE))::BIGINT
               WHEN 'HH24' THEN hour(__v)
               WHEN 'HH12' THEN (hour(__v) + 11) % 12 + 1
               WHEN 'HH' THEN (hour(__v) + 11) % 12 + 1
               WHEN 'MI' THEN minute(__v)
               WHEN 'SS' THEN second(__v)
               WHEN 'SSSS' THEN hour(__v) * 3600 + minute(__v) * 60 + second(__v)
               WHEN 'SSSSS' THEN hour(__v) * 3600 + minute(__v) * 60 + second(__v)
               END], lambda __n: CASE
                 WHEN __n IS NULL THEN CASE WHEN __t[1] = '\' AND length(__t) = 2 THEN __t[2:] ELSE __t END
                 ELSE CASE WHEN __k.f THEN __n::VARCHAR
                           ELSE lpad(__n::VARCHAR, greatest(length(__n::VARCHAR), CASE WHEN __p IN ('YYYY', 'IYYY') THEN 4 WHEN __p IN ('YYY', 'IYY', 'DDD', 'IDDD') THEN 3 WHEN __p IN ('YY', 'IY', 'MM', 'DD', 'WW', 'IW', 'CC', 'HH24', 'HH12', 'HH', 'MI', 'SS') THEN 2 ELSE 1 END)::INTEGER, '0') END
                      || CASE WHEN __k.s = '' THEN ''
                              ELSE list_transform([CASE WHEN __n % 100 BETWEEN 11 AND 13 THEN 'th' WHEN __n % 10 = 1 THEN 'st'
                                                        WHEN __n % 10 = 2 THEN 'nd' WHEN __n % 10 = 3 THEN 'rd' ELSE 'th' END],
                                                  lambda __o: CASE WHEN __k.s = 'TH' THEN upper(__o) ELSE __o END)[1] END END)[1]
             END)[1])[1] END), 'string_agg', ''), '') END)[1];

CREATE MACRO __tavana.pg._number_char(__v, __f) AS
    CASE WHEN __v IS NULL OR __f IS NULL THEN NULL
    WHEN NOT regexp_full_match(upper(__f), '(FM)?(S|MI|SG)?[90,G]*([.D][90]*)?(S|MI|SG|PR)?') OR NOT regexp_matches(__f, '[90]')
        OR regexp_matches(upper(__f), '^(FM)?(S|MI|SG).*(S|MI|SG|PR)$')
        THEN error('to_char() of a number with the format "' || __f || '" is not supported')
    ELSE list_transform([{
        'fm': starts_with(upper(__f), 'FM'),
        'head': regexp_extract(upper(__f), '^(?:FM)?(S|MI|SG)', 1), 'tail': regexp_extract(upper(__f), '(S|MI|SG|PR)$', 1),
        'whole': replace(regexp_extract(upper(__f), '^(?:FM)?(?:S|MI|SG)?([90,G]*)', 1), 'G', ','),
        'point': regexp_matches(upper(__f), '[90,G]*[.D]'), 'fraction': regexp_extract(upper(__f), '[.D]([90]*)', 1)}], lambda __p:
      list_transform([{'digits': round(abs(__v) * (10::HUGEINT ** length(__p.fraction))::DECIMAL(38, 0))::HUGEINT::VARCHAR,
                       'n': len(regexp_extract_all(__p.whole, '[90]')), 'd': length(__p.fraction)}], lambda __q:
        list_transform([{'i': ltrim(left(lpad(__q.digits, greatest(length(__q.digits), __q.d + 1)::INTEGER, '0'),
                                  (greatest(length(__q.digits), __q.d + 1) - __q.d)::BIGINT), '0'),
                         'r': right(lpad(__q.digits, greatest(length(__q.digits), __q.d + 1)::INTEGER, '0'), __q.d),
                         -- A number that rounds to 0 has no sign.
                         'neg': __v < 0 AND __q.digits <> '0'}], lambda __d:
          list_transform([
            -- The digits of the whole part under their patterns, blanks where none is due.
            CASE WHEN length(__d.i) > __q.n THEN regexp_replace(__p.whole, '[90]', '#', 'g')
            ELSE coalesce(list_aggregate(list_transform(regexp_extract_all(__p.whole, '.'), lambda __c, __j:
              list_transform([{'right': len(regexp_extract_all(__p.whole[__j + 1:], '[90]')),
                               'zero': contains(__p.whole[:__j], '0')}], lambda __m:
                CASE WHEN __c = ',' THEN CASE WHEN __m.right < length(__d.i) OR __m.zero THEN ',' ELSE ' ' END
                     WHEN __m.right < length(__d.i) THEN __d.i[length(__d.i) - __m.right]
                     WHEN __m.zero OR (__m.right = 0 AND __d.i = '' AND __q.d = 0) THEN '0'
                     ELSE ' ' END)[1]), 'string_agg', ''), '') END
            || CASE WHEN NOT __p.point THEN ''
                    ELSE '.' || CASE WHEN length(__d.i) > __q.n THEN repeat('#', __q.d)
                         WHEN __p.fm THEN left(__d.r, greatest(length(rtrim(__d.r, '0')), length(rtrim(__p.fraction, '9')))::BIGINT)
                         ELSE __d.r END END], lambda __s:
              CASE
                WHEN __p.tail = 'S' THEN CASE WHEN __p.fm THEN ltrim(__s) ELSE __s END || CASE WHEN __d.neg THEN '-' ELSE '+' END
                WHEN __p.tail = 'SG' THEN CASE WHEN __p.fm THEN ltrim(__s) ELSE __s END || CASE WHEN __d.neg THEN '-' ELSE '+' END
                WHEN __p.tail = 'MI' THEN CASE WHEN __p.fm THEN ltrim(__s) ELSE __s END || CASE WHEN __d.neg THEN '-' WHEN __p.fm THEN '' ELSE ' ' END
                WHEN __p.tail = 'PR' THEN CASE WHEN __p.fm THEN '' ELSE repeat(' ', length(__s) - length(ltrim(__s))) END
                    || CASE WHEN __d.neg THEN '<' || ltrim(__s) || '>' WHEN __p.fm THEN ltrim(__s) ELSE ' ' || ltrim(__s) || ' ' END
                WHEN __p.head = 'SG' THEN CASE WHEN __d.neg THEN '-' ELSE '+' END || CASE WHEN __p.fm THEN ltrim(__s) ELSE __s END
                WHEN __p.head = 'MI' THEN CASE WHEN __d.neg THEN '-' WHEN __p.fm THEN '' ELSE ' ' END || CASE WHEN __p.fm THEN ltrim(__s) ELSE __s END
                ELSE CASE WHEN __p.fm THEN '' ELSE repeat(' ', length(__s) - length(ltrim(__s))) END
                    || CASE WHEN __d.neg THEN '-' WHEN __p.head = 'S' THEN '+' WHEN __p.fm THEN '' ELSE ' ' END || ltrim(__s)
              END)[1])[1])[1])[1] END;

-- An interval by its months, days and microseconds.
CREATE MACRO __tavana.pg._interval_parts(__a) AS
    {'mo': (extract(year FROM __a::INTERVAL) * 12 + extract(month FROM __a::INTERVAL))::BIGINT, 'd': extract(day FROM __a::INTERVAL)::BIGINT,
     'us': (extract(hour FROM __a::INTERVAL) * 3600000000 + extract(minute FROM __a::INTERVAL) * 60000000 + extract(microsecond FROM __a::INTERVAL))::BIGINT};
CREATE MACRO __tavana.pg._interval_char(__a, __f) AS
    list_transform([__tavana.pg._interval_parts(__a)], lambda __v: coalesce(list_aggregate(list_transform(__tavana.pg._time_parts(__f), lambda __t:
        CASE WHEN __v.us IS NULL THEN NULL
             WHEN __t[1] = '"' THEN regexp_replace(__t[2:-2], '\\(.)', '\1', 'g')
             ELSE list_transform([regexp_replace(upper(__t), '^FM(.)', '\1')], lambda __p:
                 list_transform([CASE __p
                     WHEN 'YYYY' THEN __v.mo // 12 WHEN 'MM' THEN __v.mo % 12 WHEN 'DD' THEN __v.d
                     WHEN 'HH24' THEN __v.us // 3600000000
                     WHEN 'HH12' THEN (__v.us // 3600000000 + 11) % 12 + 1
                     WHEN 'HH' THEN (__v.us // 3600000000 + 11) % 12 + 1
                     WHEN 'MI' THEN __v.us // 60000000 % 60 WHEN 'SS' THEN __v.us // 1000000 % 60
                     WHEN 'MS' THEN __v.us // 1000 % 1000 WHEN 'US' THEN __v.us % 1000000
                     WHEN 'SSSS' THEN __v.us // 1000000 WHEN 'SSSSS' THEN __v.us // 1000000 END], lambda __n:
                     CASE WHEN __n IS NULL AND regexp_matches(__p, '^[A-Z][A-Z0-9,.]') THEN error('to_char() of an interval with the pattern ' || __p || ' is not supported')
                          WHEN __n IS NULL THEN __t
                          WHEN starts_with(upper(__t), 'FM') OR starts_with(__p, 'SSSS') THEN __n::VARCHAR
                          ELSE CASE WHEN __n < 0 THEN '-' ELSE '' END
                              || lpad(abs(__n)::VARCHAR, greatest(length(abs(__n)::VARCHAR),
                                  CASE __p WHEN 'YYYY' THEN 4 WHEN 'MS' THEN 3 WHEN 'US' THEN 6 ELSE 2 END)::INTEGER, '0') END)[1])[1] END), 'string_agg', ''),
        CASE WHEN __v.us IS NOT NULL AND __f IS NOT NULL THEN '' END))[1];

CREATE MACRO __tavana.pg.to_char(__a, __b) AS CASE
    WHEN typeof(__a) IN ('DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIME', 'TIMESTAMP WITH TIME ZONE')
        THEN __tavana.pg._time_char(
            TRY_CAST(CASE WHEN typeof(__a) = 'TIME' THEN '2000-01-01 ' || __a::VARCHAR
                          WHEN typeof(__a) = 'TIMESTAMP WITH TIME ZONE' THEN regexp_replace(__a::VARCHAR, '[+-]\d\d(?::\d\d)*( \(BC\))?$', '\1')
                          ELSE __a::VARCHAR END AS TIMESTAMP),
            CASE WHEN typeof(__a) = 'TIMESTAMP WITH TIME ZONE' THEN regexp_extract(__a::VARCHAR, '([+-]\d\d(?::\d\d)?)(?::\d\d)?(?: \(BC\))?$', 1) ELSE '+00' END,
            __b)
    WHEN typeof(__a) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER',
                         'UBIGINT', 'UHUGEINT', 'FLOAT', 'DOUBLE') OR starts_with(typeof(__a), 'DECIMAL')
        THEN list_transform([TRY_CAST(__a::VARCHAR AS DECIMAL(38, 10))], lambda __u: __tavana.pg._number_char(__u, __b))[1]
    WHEN typeof(__a) = 'INTERVAL' THEN __tavana.pg._interval_char(TRY_CAST(__a AS INTERVAL), __b)
    WHEN typeof(__a) = '"NULL"' THEN NULL
    ELSE error('to_char() of the type ' || lower(typeof(__a)) || ' is not supported') END;

-- A format of to_date() and to_timestamp() in that of strptime(), which takes constants only, so
-- there is no list and no error() here. Patterns become characters of the private use area first,
-- so that none is found in what another became. A letter that is left is a pattern that is not
-- supported: strptime() refuses the specifier '%!'.
CREATE MACRO __tavana.pg._marked(__f) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(__f, '%', '%%'), '(?i)FM|FX', '', 'g'), '(?i)YYYY', '', 'g'), '(?i)YY', '', 'g'), '(?i)MONTH', '', 'g'), '(?i)MON', '', 'g'), '(?i)MM', '', 'g'), '(?i)MI', '', 'g'), '(?i)MS', '', 'g'), '(?i)DDD', '', 'g'), '(?i)DD', '', 'g'), '(?i)DAY', '', 'g'), '(?i)DY', '', 'g'), '(?i)HH24', '', 'g'), '(?i)HH12|HH', '', 'g'), '(?i)SS', '', 'g'), '(?i)US', '', 'g'), '(?i)AM|PM', '', 'g'), '(?i)TZH', '', 'g');
CREATE MACRO __tavana.pg._specified(__q) AS
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(__q, '', '%Y'), '', '%y'), '', '%B'), '', '%b'), '', '%m'), '', '%M'), '', '%g'), '', '%j'), '', '%d'), '', '%A'), '', '%a'), '', '%H'), '', '%I'), '', '%S'), '', '%f'), '', '%p'), '', '%z');
CREATE MACRO __tavana.pg._time_format(__f) AS
    CASE WHEN regexp_matches(__tavana.pg._marked(__f), '[A-Za-z"\\]') THEN '%!'
         ELSE __tavana.pg._specified(__tavana.pg._marked(__f)) END;
-- With '' the type of the format is open while the macro is made; a constant it is only then.
CREATE MACRO __tavana.pg.to_date(__a, __b) AS strptime(__a, __tavana.pg._time_format(__b || ''))::DATE;
CREATE MACRO __tavana.pg.to_timestamp(__a) AS system.main.to_timestamp(__a),
    (__a, __b) AS strptime(__a, __tavana.pg._time_format(__b || ''))::TIMESTAMPTZ;
