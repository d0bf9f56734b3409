-- Macros of the user. What they take and give has no type before they are used.
SELECT __tavana.pg._oid('function', _s._shown, _f.function_name || '/' || len(_f.parameters)) AS _oid,
       _f.function_name AS _name, _s._oid AS _namespace, _s._shown, _s._visible,
       _f.function_type = 'table_macro' AS _is_table, _f.parameters AS _parameters,
       _f.macro_definition AS _definition, _f."comment" AS _comment
FROM system.main.duckdb_functions() _f
JOIN __tavana.pg._schemas _s ON _s._database = _f.database_name AND _s._schema = _f.schema_name
WHERE _f.function_type IN ('macro', 'table_macro') AND NOT _f.internal
    -- These tell the user's name, and hide this database.
    AND NOT (_f.database_name = 'temp' AND _f.function_name IN ('current_user', 'session_user', 'user',
        'duckdb_databases', 'duckdb_schemas', 'duckdb_tables', 'duckdb_views', 'duckdb_columns',
        'duckdb_constraints', 'duckdb_indexes', 'duckdb_sequences', 'duckdb_functions', 'duckdb_types',
        'pragma_database_size'))
