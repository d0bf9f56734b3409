-- Needs the extension icu.

CREATE VIEW __tavana.pg.pg_timezone_names AS
    SELECT "name", abbrev, utc_offset, is_dst FROM pg_catalog.pg_timezone_names();
