-- Needs the extension icu.

CREATE VIEW __tavana.pg.pg_timezone_names AS
    SELECT "name", abbrev, utc_offset, is_dst FROM system.main.pg_timezone_names();
