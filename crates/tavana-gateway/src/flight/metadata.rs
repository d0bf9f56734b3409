//! Catalogs, schemas, tables and keys: the answers of Flight SQL's metadata commands, read from
//! DuckDB's own catalog functions with the client's filters as bound parameters.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{Int32Builder, StringBuilder, UInt8Builder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, make_array};
use arrow_flight::sql::{
    Command, CommandGetCatalogs, CommandGetDbSchemas, CommandGetPrimaryKeys, CommandGetTableTypes,
    CommandGetTables, UpdateDeleteRules,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, UnionFields};
use tonic::Status;
use uuid::Uuid;

use super::info::internal;
use super::schema;
use super::service::{Service, unsupported};
use super::sessions::ClientSession;
use super::sql_info::{sql_info, xdbc_types};
use super::types::{arrow_of_duckdb, decimal_arguments};
use crate::error::QueryError;
use crate::session::statement::quote_identifier;
use crate::session::{Answer, Class, Parameters, Statement, TransactionState};
use crate::worker::{decode_batch, decode_schema};

/// Largest answer of a metadata command, in bytes of column data.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The databases that a client should see. `temp` shows while it holds something.
macro_rules! visible {
    ($rest:literal) => {
        concat!(
            "WITH visible AS (SELECT database_name FROM duckdb_databases() WHERE NOT internal ",
            "AND NOT starts_with(database_name, '__tavana') UNION ALL ",
            "SELECT DISTINCT 'temp' FROM (SELECT temporary FROM duckdb_tables() UNION ALL ",
            "SELECT temporary FROM duckdb_views() WHERE NOT internal) WHERE temporary) ",
            $rest
        )
    };
}

const CATALOGS: &str = visible!("SELECT database_name FROM visible ORDER BY 1");

const SCHEMAS: &str = visible!(
    "SELECT DISTINCT database_name, schema_name FROM duckdb_schemas() \
     WHERE database_name IN (SELECT database_name FROM visible) \
     AND schema_name NOT IN ('information_schema', 'pg_catalog') \
     AND ($1::VARCHAR IS NULL OR database_name = $1::VARCHAR) \
     AND ($2::VARCHAR IS NULL OR schema_name LIKE $2::VARCHAR ESCAPE '\\') ORDER BY 1, 2"
);

const TABLES: &str = visible!(
    "SELECT database_name, schema_name, name, type FROM (\
     SELECT database_name, schema_name, table_name AS name, \
     CASE WHEN temporary THEN 'LOCAL TEMPORARY' ELSE 'TABLE' END AS type \
     FROM duckdb_tables() WHERE NOT internal UNION ALL \
     SELECT database_name, schema_name, view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal) \
     WHERE database_name IN (SELECT database_name FROM visible) \
     AND ($1::VARCHAR IS NULL OR database_name = $1::VARCHAR) \
     AND ($2::VARCHAR IS NULL OR schema_name LIKE $2::VARCHAR ESCAPE '\\') \
     AND ($3::VARCHAR IS NULL OR name LIKE $3::VARCHAR ESCAPE '\\') ORDER BY 1, 2, 3"
);

const COLUMNS: &str = "SELECT database_name, schema_name, table_name, column_name, data_type, \
     is_nullable::VARCHAR, comment::VARCHAR, column_default::VARCHAR \
     FROM duckdb_columns() WHERE NOT internal \
     AND ($1::VARCHAR IS NULL OR database_name = $1::VARCHAR) \
     AND ($2::VARCHAR IS NULL OR schema_name LIKE $2::VARCHAR ESCAPE '\\') \
     AND ($3::VARCHAR IS NULL OR table_name LIKE $3::VARCHAR ESCAPE '\\') \
     ORDER BY database_name, schema_name, table_name, column_index";

const PRIMARY_KEYS: &str = "SELECT database_name, schema_name, table_name, \
     unnest(constraint_column_names), unnest(range(1, len(constraint_column_names) + 1))::VARCHAR, \
     constraint_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' \
     AND ($1::VARCHAR IS NULL OR database_name = $1::VARCHAR) \
     AND ($2::VARCHAR IS NULL OR schema_name = $2::VARCHAR) AND table_name = $3::VARCHAR \
     ORDER BY 1, 2, 3, 6, 5";

/// $1 to $3 are the referenced table, $4 to $6 the referencing one. DuckDB's foreign keys stay
/// within a schema.
const FOREIGN_KEYS: &str = "SELECT f.database_name, f.schema_name, f.referenced_table, \
     unnest(f.referenced_column_names), f.table_name, unnest(f.constraint_column_names), \
     unnest(range(1, len(f.constraint_column_names) + 1))::VARCHAR, f.constraint_name, \
     p.constraint_name FROM duckdb_constraints() f LEFT JOIN duckdb_constraints() p \
     ON p.constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND p.database_name = f.database_name \
     AND p.schema_name = f.schema_name AND p.table_name = f.referenced_table \
     AND p.constraint_column_names = f.referenced_column_names \
     WHERE f.constraint_type = 'FOREIGN KEY' \
     AND ($1::VARCHAR IS NULL OR f.database_name = $1::VARCHAR) \
     AND ($2::VARCHAR IS NULL OR f.schema_name = $2::VARCHAR) \
     AND ($3::VARCHAR IS NULL OR f.referenced_table = $3::VARCHAR) \
     AND ($4::VARCHAR IS NULL OR f.database_name = $4::VARCHAR) \
     AND ($5::VARCHAR IS NULL OR f.schema_name = $5::VARCHAR) \
     AND ($6::VARCHAR IS NULL OR f.table_name = $6::VARCHAR) ORDER BY 1, 2, 3, 5, 8, f.constraint_index";

const TABLE_TYPES: [&str; 3] = ["LOCAL TEMPORARY", "TABLE", "VIEW"];

static PRIMARY_KEYS_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("catalog_name", DataType::Utf8, true),
        Field::new("db_schema_name", DataType::Utf8, true),
        Field::new("table_name", DataType::Utf8, false),
        Field::new("column_name", DataType::Utf8, false),
        Field::new("key_sequence", DataType::Int32, false),
        Field::new("key_name", DataType::Utf8, true),
    ]))
});

static FOREIGN_KEYS_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("pk_catalog_name", DataType::Utf8, true),
        Field::new("pk_db_schema_name", DataType::Utf8, true),
        Field::new("pk_table_name", DataType::Utf8, false),
        Field::new("pk_column_name", DataType::Utf8, false),
        Field::new("fk_catalog_name", DataType::Utf8, true),
        Field::new("fk_db_schema_name", DataType::Utf8, true),
        Field::new("fk_table_name", DataType::Utf8, false),
        Field::new("fk_column_name", DataType::Utf8, false),
        Field::new("key_sequence", DataType::Int32, false),
        Field::new("fk_key_name", DataType::Utf8, true),
        Field::new("pk_key_name", DataType::Utf8, true),
        Field::new("update_rule", DataType::UInt8, false),
        Field::new("delete_rule", DataType::UInt8, false),
    ]))
});

impl Service {
    /// The schema of a metadata command's answer, as the specification has it.
    pub(crate) fn catalog_schema(&self, command: &Command) -> Result<SchemaRef, Status> {
        Ok(match command {
            Command::CommandGetCatalogs(command) => command.into_builder().schema(),
            Command::CommandGetDbSchemas(command) => command.clone().into_builder().schema(),
            Command::CommandGetTables(command) => command.clone().into_builder().schema(),
            Command::CommandGetTableTypes(command) => command.into_builder().schema(),
            Command::CommandGetSqlInfo(command) => {
                specified_schema(&command.clone().into_builder(sql_info()?).schema())
            }
            Command::CommandGetXdbcTypeInfo(command) => {
                command.into_builder(xdbc_types()?).schema()
            }
            Command::CommandGetPrimaryKeys(_) => Arc::clone(&PRIMARY_KEYS_SCHEMA),
            Command::CommandGetExportedKeys(_)
            | Command::CommandGetImportedKeys(_)
            | Command::CommandGetCrossReference(_) => Arc::clone(&FOREIGN_KEYS_SCHEMA),
            other => return Err(unsupported(other)),
        })
    }

    /// The answer of a metadata command.
    pub(crate) async fn catalog_rows(
        &self,
        client: &ClientSession,
        command: Command,
    ) -> Result<RecordBatch, Status> {
        let built = match command {
            Command::CommandGetCatalogs(command) => return self.catalogs(client, command).await,
            Command::CommandGetDbSchemas(command) => return self.schemas(client, command).await,
            Command::CommandGetTables(command) => return self.tables(client, command).await,
            Command::CommandGetPrimaryKeys(command) => {
                return self.primary_keys(client, command).await;
            }
            Command::CommandGetExportedKeys(key) => {
                let referenced = [key.catalog, key.db_schema, Some(key.table)];
                return self
                    .foreign_keys(client, referenced, [None, None, None])
                    .await;
            }
            Command::CommandGetImportedKeys(key) => {
                let referencing = [key.catalog, key.db_schema, Some(key.table)];
                return self
                    .foreign_keys(client, [None, None, None], referencing)
                    .await;
            }
            Command::CommandGetCrossReference(keys) => {
                let referenced = [keys.pk_catalog, keys.pk_db_schema, Some(keys.pk_table)];
                let referencing = [keys.fk_catalog, keys.fk_db_schema, Some(keys.fk_table)];
                return self.foreign_keys(client, referenced, referencing).await;
            }
            Command::CommandGetTableTypes(command) => table_types(command),
            Command::CommandGetSqlInfo(command) => {
                let rows = command
                    .into_builder(sql_info()?)
                    .build()
                    .map_err(|error| internal(&error))?;
                return specified(&rows).map_err(|error| internal(&error));
            }
            Command::CommandGetXdbcTypeInfo(command) => command.into_builder(xdbc_types()?).build(),
            other => return Err(unsupported(&other)),
        };
        built.map_err(|error| internal(&error))
    }

    async fn catalogs(
        &self,
        client: &ClientSession,
        command: CommandGetCatalogs,
    ) -> Result<RecordBatch, Status> {
        let mut builder = command.into_builder();
        for row in self.texts(client, CATALOGS, &[]).await? {
            builder.append(row.text(0));
        }
        builder.build().map_err(|error| internal(&error))
    }

    async fn schemas(
        &self,
        client: &ClientSession,
        command: CommandGetDbSchemas,
    ) -> Result<RecordBatch, Status> {
        let filters = [
            command.catalog.as_deref(),
            command.db_schema_filter_pattern.as_deref(),
        ];
        let rows = self.texts(client, SCHEMAS, &filters).await?;
        let mut builder = CommandGetDbSchemas::default().into_builder();
        for row in rows {
            builder.append(row.text(0), row.text(1));
        }
        builder.build().map_err(|error| internal(&error))
    }

    async fn tables(
        &self,
        client: &ClientSession,
        command: CommandGetTables,
    ) -> Result<RecordBatch, Status> {
        let filters = [
            command.catalog.as_deref(),
            command.db_schema_filter_pattern.as_deref(),
            command.table_name_filter_pattern.as_deref(),
        ];
        let mut rows = self.texts(client, TABLES, &filters).await?;
        if !command.table_types.is_empty() {
            rows.retain(|row| {
                command
                    .table_types
                    .iter()
                    .any(|wanted| wanted == row.text(3))
            });
        }
        let mut columns: HashMap<[String; 3], Vec<Column>> = HashMap::new();
        if command.include_schema {
            for row in self.texts(client, COLUMNS, &filters).await? {
                columns
                    .entry(row.table())
                    .or_default()
                    .push(Column::of(&row));
            }
        }
        let include_schema = command.include_schema;
        let mut builder = CommandGetTables {
            include_schema,
            ..CommandGetTables::default()
        }
        .into_builder();
        let nothing = Schema::empty();
        for row in &rows {
            let table = row.table();
            let schema = if include_schema {
                let columns = columns.remove(&table).unwrap_or_default();
                let is_view = row.text(3) == "VIEW";
                &self.table_schema(client, &table, is_view, &columns).await
            } else {
                &nothing
            };
            builder
                .append(row.text(0), row.text(1), row.text(2), row.text(3), schema)
                .map_err(|error| internal(&error))?;
        }
        builder.build().map_err(|error| internal(&error))
    }

    /// The schema that `SELECT *` has, with what the catalog knows besides. A view that cannot be
    /// bound any more (its file is gone) is described by the types it had when it was made.
    async fn table_schema(
        &self,
        client: &ClientSession,
        table: &[String; 3],
        is_view: bool,
        columns: &[Column],
    ) -> Schema {
        let fields = match self.bound_schema(client, table, is_view).await {
            Some(schema) if schema.fields().len() == columns.len() => schema
                .fields()
                .iter()
                .map(|field| field.as_ref().clone())
                .collect::<Vec<_>>(),
            _ => columns
                .iter()
                .map(|column| Field::new(&column.name, arrow_of_duckdb(&column.duckdb_type), true))
                .collect(),
        };
        let described = fields.into_iter().zip(columns).map(|(field, column)| {
            let mut metadata = field.metadata().clone();
            metadata.extend(column.metadata(table));
            field.with_nullable(column.nullable).with_metadata(metadata)
        });
        Schema::new(described.collect::<Vec<_>>())
    }

    async fn bound_schema(
        &self,
        client: &ClientSession,
        table: &[String; 3],
        is_view: bool,
    ) -> Option<SchemaRef> {
        let name: Vec<String> = table.iter().map(|part| quote_identifier(part)).collect();
        let select = Statement::internal(format!("SELECT * FROM {}", name.join(".")), Class::Read);
        let mut lease = client.lease(&select).await.ok()?;
        // A view that does not bind would fail an open transaction, and the client's work with it.
        if is_view && lease.transaction() != TransactionState::Idle {
            return None;
        }
        let facts = client.prepare(&mut lease, &select, &[]).await.ok()?;
        decode_schema(&schema::for_clients(&facts.schema).ok()?).ok()
    }

    async fn primary_keys(
        &self,
        client: &ClientSession,
        command: CommandGetPrimaryKeys,
    ) -> Result<RecordBatch, Status> {
        let table = [
            command.catalog.as_deref(),
            command.db_schema.as_deref(),
            Some(&*command.table),
        ];
        let rows = self.texts(client, PRIMARY_KEYS, &table).await?;
        let columns = [
            text(&rows, 0),
            text(&rows, 1),
            text(&rows, 2),
            text(&rows, 3),
            number(&rows, 4),
            text(&rows, 5),
        ];
        RecordBatch::try_new(Arc::clone(&PRIMARY_KEYS_SCHEMA), columns.into())
            .map_err(|error| internal(&error))
    }

    async fn foreign_keys(
        &self,
        client: &ClientSession,
        referenced: [Option<String>; 3],
        referencing: [Option<String>; 3],
    ) -> Result<RecordBatch, Status> {
        let filters: Vec<Option<&str>> = referenced
            .iter()
            .chain(&referencing)
            .map(Option::as_deref)
            .collect();
        let rows = self.texts(client, FOREIGN_KEYS, &filters).await?;
        let columns = [
            text(&rows, 0),
            text(&rows, 1),
            text(&rows, 2),
            text(&rows, 3),
            text(&rows, 0),
            text(&rows, 1),
            text(&rows, 4),
            text(&rows, 5),
            number(&rows, 6),
            text(&rows, 7),
            text(&rows, 8),
            no_action(rows.len()),
            no_action(rows.len()),
        ];
        RecordBatch::try_new(Arc::clone(&FOREIGN_KEYS_SCHEMA), columns.into())
            .map_err(|error| internal(&error))
    }

    /// Runs a query whose parameters and columns are all texts.
    pub(crate) async fn texts(
        &self,
        client: &ClientSession,
        sql: &str,
        parameters: &[Option<&str>],
    ) -> Result<Vec<TextRow>, Status> {
        let statement = Statement::internal(sql, Class::Read);
        let parameters = text_parameters(parameters).map_err(|error| internal(&error))?;
        let lease = client.lease(&statement).await?;
        let mut executed = client
            .execute(
                self.running(),
                lease,
                Uuid::new_v4(),
                &statement,
                parameters,
            )
            .await?;
        let Answer::Rows(rows) = &mut executed.answer else {
            return Ok(Vec::new());
        };
        let schema = decode_schema(&rows.facts().schema).map_err(|error| internal(&error))?;
        let mut dictionaries = HashMap::new();
        let mut bytes = 0_usize;
        let mut read = Vec::new();
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|error: QueryError| error.grpc_status())?;
            bytes = bytes.saturating_add(batch.body.len());
            if bytes > ANSWER_BYTES_MAX {
                return Err(Status::resource_exhausted(format!(
                    "the catalog answer takes more than {ANSWER_BYTES_MAX} bytes; use filters"
                )));
            }
            let batch = decode_batch(&batch, &schema, &mut dictionaries)
                .map_err(|error| internal(&error))?;
            if let Some(batch) = batch {
                read.extend(TextRow::of(&batch).map_err(|error| internal(&error))?);
            }
        }
        Ok(read)
    }
}

/// A row of texts.
pub(crate) struct TextRow(Vec<Option<String>>);

impl TextRow {
    fn of(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let columns: Result<Vec<ArrayRef>, ArrowError> = batch
            .columns()
            .iter()
            .map(|column| arrow_cast::cast(column, &DataType::Utf8))
            .collect();
        let columns = columns?;
        let columns: Vec<&StringArray> = columns
            .iter()
            .map(|column| column.as_string::<i32>())
            .collect();
        Ok((0..batch.num_rows())
            .map(|row| {
                let value = |column: &&StringArray| {
                    (!column.is_null(row)).then(|| column.value(row).to_owned())
                };
                Self(columns.iter().map(value).collect())
            })
            .collect())
    }

    fn find(&self, column: usize) -> Option<&str> {
        self.0.get(column).and_then(Option::as_deref)
    }

    pub(crate) fn text(&self, column: usize) -> &str {
        self.find(column).unwrap_or_default()
    }

    /// Catalog, schema and name: the first three columns.
    fn table(&self) -> [String; 3] {
        [0, 1, 2].map(|column| self.text(column).to_owned())
    }
}

/// What the catalog knows of a column.
struct Column {
    name: String,
    duckdb_type: String,
    nullable: bool,
    comment: Option<String>,
    default: Option<String>,
}

impl Column {
    /// From a row of [`COLUMNS`].
    fn of(row: &TextRow) -> Self {
        Self {
            name: row.text(3).to_owned(),
            duckdb_type: row.text(4).to_owned(),
            nullable: row.text(5) != "false",
            comment: row.find(6).map(str::to_owned),
            default: row.find(7).map(str::to_owned),
        }
    }

    /// The keys of the specification ("ColumnMetadata"), from which drivers fill `getColumns`.
    fn metadata(&self, table: &[String; 3]) -> HashMap<String, String> {
        let [catalog, schema, name] = table;
        let generated = self
            .default
            .as_deref()
            .is_some_and(|text| text.starts_with("nextval("));
        let mut metadata = HashMap::new();
        let mut put = |key: &str, value: &str| {
            metadata.insert(format!("ARROW:FLIGHT:SQL:{key}"), value.to_owned());
        };
        put("CATALOG_NAME", catalog);
        put("SCHEMA_NAME", schema);
        put("TABLE_NAME", name);
        put("TYPE_NAME", &self.duckdb_type);
        put("IS_AUTO_INCREMENT", if generated { "1" } else { "0" });
        put(
            "IS_CASE_SENSITIVE",
            if self.duckdb_type == "VARCHAR" {
                "1"
            } else {
                "0"
            },
        );
        put("IS_READ_ONLY", "0");
        put("IS_SEARCHABLE", "1");
        if let Some(comment) = &self.comment {
            put("REMARKS", comment);
        }
        if let Some((precision, scale)) = precision_and_scale(&self.duckdb_type) {
            put("PRECISION", &precision.to_string());
            put("SCALE", &scale.to_string());
        }
        metadata
    }
}

fn precision_and_scale(duckdb_type: &str) -> Option<(u8, i8)> {
    Some(match duckdb_type {
        "TINYINT" | "UTINYINT" => (3, 0),
        "SMALLINT" | "USMALLINT" => (5, 0),
        "INTEGER" | "UINTEGER" => (10, 0),
        "BIGINT" => (19, 0),
        "UBIGINT" => (20, 0),
        "HUGEINT" | "UHUGEINT" => (39, 0),
        "FLOAT" => (7, 0),
        "DOUBLE" => (15, 0),
        other => decimal_arguments(other)?,
    })
}

/// The specification has no NOT NULL inside the union of GetSqlInfo's values; the library has.
fn specified_schema(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Union(fields, mode) => {
            let fields: UnionFields = fields
                .iter()
                .map(|(id, field)| (id, Arc::new(field.as_ref().clone().with_nullable(true))))
                .collect();
            let union = DataType::Union(fields, *mode);
            Arc::new(field.as_ref().clone().with_data_type(union))
        }
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn specified(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = specified_schema(rows.schema_ref());
    let columns = rows
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            let data = column.to_data().into_builder();
            Ok(make_array(
                data.data_type(field.data_type().clone()).build()?,
            ))
        })
        .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
    RecordBatch::try_new(schema, columns)
}

fn table_types(
    command: CommandGetTableTypes,
) -> Result<RecordBatch, arrow_flight::error::FlightError> {
    let mut builder = command.into_builder();
    for table_type in TABLE_TYPES.into_iter().collect::<BTreeSet<_>>() {
        builder.append(table_type);
    }
    builder.build()
}

/// One execution with these texts.
fn text_parameters(values: &[Option<&str>]) -> Result<Parameters, ArrowError> {
    if values.is_empty() {
        return Ok(Parameters::none());
    }
    let columns = values.iter().enumerate().map(|(index, value)| {
        let column = Arc::new(StringArray::from(vec![*value])) as ArrayRef;
        (format!("${}", index + 1), column, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(&batch)?;
    Ok(Parameters {
        types: vec!["VARCHAR".to_owned(); values.len()],
        ipc: writer.into_inner()?.into(),
        kept: None,
    })
}

fn text(rows: &[TextRow], column: usize) -> ArrayRef {
    let mut builder = StringBuilder::new();
    for row in rows {
        builder.append_option(row.find(column));
    }
    Arc::new(builder.finish())
}

fn number(rows: &[TextRow], column: usize) -> ArrayRef {
    let mut builder = Int32Builder::new();
    for row in rows {
        builder.append_option(row.find(column).and_then(|text| text.parse().ok()));
    }
    Arc::new(builder.finish())
}

/// DuckDB has no other rule.
fn no_action(rows: usize) -> ArrayRef {
    let rule = u8::try_from(i32::from(UpdateDeleteRules::NoAction)).unwrap_or_default();
    let mut builder = UInt8Builder::new();
    builder.append_value_n(rule, rows);
    Arc::new(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(duckdb_type: &str, default: Option<&str>) -> HashMap<String, String> {
        let column = Column {
            name: "c".to_owned(),
            duckdb_type: duckdb_type.to_owned(),
            nullable: true,
            comment: None,
            default: default.map(str::to_owned),
        };
        column.metadata(&["memory", "main", "t"].map(str::to_owned))
    }

    #[test]
    fn columns_carry_what_jdbc_asks_for() {
        let get = |metadata: &HashMap<String, String>, key: &str| {
            metadata.get(&format!("ARROW:FLIGHT:SQL:{key}")).cloned()
        };
        let price = column("DECIMAL(10,2)", None);
        assert_eq!(get(&price, "PRECISION").as_deref(), Some("10"));
        assert_eq!(get(&price, "SCALE").as_deref(), Some("2"));
        assert_eq!(get(&price, "TYPE_NAME").as_deref(), Some("DECIMAL(10,2)"));
        assert_eq!(get(&price, "TABLE_NAME").as_deref(), Some("t"));
        assert_eq!(get(&price, "IS_AUTO_INCREMENT").as_deref(), Some("0"));
        let id = column("BIGINT", Some("nextval('ids')"));
        assert_eq!(get(&id, "IS_AUTO_INCREMENT").as_deref(), Some("1"));
        assert_eq!(get(&column("VARCHAR", None), "PRECISION"), None);
    }

    #[test]
    fn filters_travel_as_one_row_of_texts() {
        let parameters = text_parameters(&[None, Some("' OR 1=1 --")]).expect("encodes");
        assert_eq!(parameters.types, ["VARCHAR", "VARCHAR"]);
        let reader = arrow_ipc::reader::StreamReader::try_new(parameters.ipc.as_ref(), None);
        let batch = reader
            .expect("IPC")
            .next()
            .expect("a batch")
            .expect("decodes");
        assert_eq!((batch.num_rows(), batch.num_columns()), (1, 2));
        assert!(batch.column(0).is_null(0));
        assert_eq!(batch.column(1).as_string::<i32>().value(0), "' OR 1=1 --");
    }

    #[test]
    fn key_answers_have_the_columns_of_the_specification() {
        let rows = [TextRow(
            ["c", "s", "t", "a", "u", "x", "1", "fk", "pk"]
                .map(|text| Some(text.to_owned()))
                .into(),
        )];
        assert_eq!(number(&rows, 6).len(), 1);
        assert_eq!(FOREIGN_KEYS_SCHEMA.fields().len(), 13);
        assert_eq!(no_action(2).len(), 2);
        assert_eq!(
            no_action(1)
                .as_primitive::<arrow_array::types::UInt8Type>()
                .value(0),
            3
        );
    }
}
