-- Statistics. DuckDB counts rows of tables and nothing else, so the counters are 0.

CREATE VIEW __tavana.pg.pg_stat_user_tables AS
    SELECT _oid AS relid, _shown AS schemaname, _name AS relname, 0::BIGINT AS seq_scan,
           NULL::TIMESTAMPTZ AS last_seq_scan, 0::BIGINT AS seq_tup_read, 0::BIGINT AS idx_scan,
           NULL::TIMESTAMPTZ AS last_idx_scan, 0::BIGINT AS idx_tup_fetch, 0::BIGINT AS n_tup_ins,
           0::BIGINT AS n_tup_upd, 0::BIGINT AS n_tup_del, 0::BIGINT AS n_tup_hot_upd,
           0::BIGINT AS n_tup_newpage_upd, _rows AS n_live_tup, 0::BIGINT AS n_dead_tup,
           0::BIGINT AS n_mod_since_analyze, 0::BIGINT AS n_ins_since_vacuum,
           NULL::TIMESTAMPTZ AS last_vacuum, NULL::TIMESTAMPTZ AS last_autovacuum,
           NULL::TIMESTAMPTZ AS last_analyze, NULL::TIMESTAMPTZ AS last_autoanalyze,
           0::BIGINT AS vacuum_count, 0::BIGINT AS autovacuum_count, 0::BIGINT AS analyze_count,
           0::BIGINT AS autoanalyze_count, 0::DOUBLE AS total_vacuum_time,
           0::DOUBLE AS total_autovacuum_time, 0::DOUBLE AS total_analyze_time,
           0::DOUBLE AS total_autoanalyze_time
    FROM __tavana.pg._tables WHERE _kind = 'r';

CREATE VIEW __tavana.pg.pg_stat_all_tables AS FROM __tavana.pg.pg_stat_user_tables;

CREATE VIEW __tavana.pg.pg_stat_xact_user_tables AS
    SELECT relid, schemaname, relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins,
           n_tup_upd, n_tup_del, n_tup_hot_upd, n_tup_newpage_upd
    FROM __tavana.pg.pg_stat_user_tables;

CREATE VIEW __tavana.pg.pg_stat_xact_all_tables AS FROM __tavana.pg.pg_stat_xact_user_tables;

CREATE VIEW __tavana.pg.pg_statio_user_tables AS
    SELECT _oid AS relid, _shown AS schemaname, _name AS relname, 0::BIGINT AS heap_blks_read,
           0::BIGINT AS heap_blks_hit, 0::BIGINT AS idx_blks_read, 0::BIGINT AS idx_blks_hit,
           0::BIGINT AS toast_blks_read, 0::BIGINT AS toast_blks_hit, 0::BIGINT AS tidx_blks_read,
           0::BIGINT AS tidx_blks_hit
    FROM __tavana.pg._tables WHERE _kind = 'r';

CREATE VIEW __tavana.pg.pg_statio_all_tables AS FROM __tavana.pg.pg_statio_user_tables;

CREATE VIEW __tavana.pg.pg_stat_user_indexes AS
    SELECT _relation AS relid, _oid AS indexrelid, _shown AS schemaname, _table AS relname,
           _name AS indexrelname, 0::BIGINT AS idx_scan, NULL::TIMESTAMPTZ AS last_idx_scan,
           0::BIGINT AS idx_tup_read, 0::BIGINT AS idx_tup_fetch
    FROM __tavana.pg._indexes;

CREATE VIEW __tavana.pg.pg_stat_all_indexes AS FROM __tavana.pg.pg_stat_user_indexes;

CREATE VIEW __tavana.pg.pg_statio_user_indexes AS
    SELECT _relation AS relid, _oid AS indexrelid, _shown AS schemaname, _table AS relname,
           _name AS indexrelname, 0::BIGINT AS idx_blks_read, 0::BIGINT AS idx_blks_hit
    FROM __tavana.pg._indexes;

CREATE VIEW __tavana.pg.pg_statio_all_indexes AS FROM __tavana.pg.pg_statio_user_indexes;

CREATE VIEW __tavana.pg.pg_statio_user_sequences AS
    SELECT _oid AS relid, _shown AS schemaname, _name AS relname, 0::BIGINT AS blks_read, 0::BIGINT AS blks_hit
    FROM __tavana.pg._tables WHERE _kind = 'S';

CREATE VIEW __tavana.pg.pg_statio_all_sequences AS FROM __tavana.pg.pg_statio_user_sequences;

CREATE VIEW __tavana.pg.pg_stat_database AS
    SELECT oid AS datid, datname, 1::INTEGER AS numbackends, 0::BIGINT AS xact_commit,
           0::BIGINT AS xact_rollback, 0::BIGINT AS blks_read, 0::BIGINT AS blks_hit,
           0::BIGINT AS tup_returned, 0::BIGINT AS tup_fetched, 0::BIGINT AS tup_inserted,
           0::BIGINT AS tup_updated, 0::BIGINT AS tup_deleted, 0::BIGINT AS conflicts,
           0::BIGINT AS temp_files, 0::BIGINT AS temp_bytes, 0::BIGINT AS deadlocks,
           NULL::BIGINT AS checksum_failures, NULL::TIMESTAMPTZ AS checksum_last_failure,
           0::DOUBLE AS blk_read_time, 0::DOUBLE AS blk_write_time, 0::DOUBLE AS session_time,
           0::DOUBLE AS active_time, 0::DOUBLE AS idle_in_transaction_time, 0::BIGINT AS sessions,
           0::BIGINT AS sessions_abandoned, 0::BIGINT AS sessions_fatal, 0::BIGINT AS sessions_killed,
           0::BIGINT AS parallel_workers_to_launch, 0::BIGINT AS parallel_workers_launched,
           NULL::TIMESTAMPTZ AS stats_reset
    FROM __tavana.pg.pg_database;
