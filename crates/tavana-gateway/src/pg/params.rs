//! Values from a client: Bind parameters and the fields of COPY FROM STDIN.
//!
//! Numbers, booleans and bytes become Arrow values. Everything else becomes text in DuckDB's own
//! spelling, which the statement casts (`$n` is prepared as `CAST($n AS type)`): that keeps dates
//! before Christ, infinities, numerics of any length and arrays exact, and says in one place what
//! PostgreSQL spells differently.

pub(crate) mod column;
pub(crate) mod datetime;
mod decimal;
pub(crate) mod input;
pub(crate) mod nested;

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use bytes::Bytes;

use self::column::ColumnBuilder;
use self::input::{InputError, InputType, Value};

/// Why a Bind message was refused, in PostgreSQL's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParameterError {
    #[error("bind message has {formats} parameter formats but {parameters} parameters")]
    FormatCount { formats: usize, parameters: usize },
    #[error("unsupported format code: {0}")]
    FormatCode(i16),
    #[error("bind message supplies {supplied} parameters, but the statement requires {required}")]
    ParameterCount { supplied: usize, required: usize },
    #[error("{0}")]
    Value(#[from] InputError),
    #[error("incorrect binary data format in bind parameter {0}")]
    Binary(usize),
    #[error("could not encode the parameters: {0}")]
    Arrow(String),
}

impl ParameterError {
    pub(crate) fn sql_state(&self) -> &'static str {
        match self {
            Self::FormatCount { .. } | Self::ParameterCount { .. } => "08P01",
            Self::FormatCode(_) => "22023",
            Self::Value(error) => error.sql_state(),
            Self::Binary(_) => "22P03",
            Self::Arrow(_) => "XX000",
        }
    }
}

/// Decodes the parameters of a Bind message into an Arrow IPC stream of one row.
///
/// `formats` holds no code (all text), one for all, or one for each. `oids` are the types the
/// client was told or declared; 0 or none at all means that of the DuckDB type. `duckdb_types` is
/// one per parameter of the statement. Also gives the types to execute with: a DECIMAL has the
/// digits of its value, so that nothing is rounded.
pub(crate) fn decode(
    parameters: &[Option<Bytes>],
    formats: &[i16],
    oids: &[u32],
    duckdb_types: &[String],
) -> Result<(Vec<String>, Bytes), ParameterError> {
    if formats.len() > 1 && formats.len() != parameters.len() {
        return Err(ParameterError::FormatCount {
            formats: formats.len(),
            parameters: parameters.len(),
        });
    }
    if duckdb_types.len() != parameters.len() {
        return Err(ParameterError::ParameterCount {
            supplied: parameters.len(),
            required: duckdb_types.len(),
        });
    }
    let mut fields = Vec::with_capacity(parameters.len());
    let mut columns = Vec::with_capacity(parameters.len());
    let mut types = Vec::with_capacity(parameters.len());
    for (index, (parameter, duckdb_type)) in parameters.iter().zip(duckdb_types).enumerate() {
        let format = match formats {
            [] => 0,
            [all] => *all,
            each => each.get(index).copied().unwrap_or(0),
        };
        let of = InputType::of(oids.get(index).copied().unwrap_or(0), duckdb_type);
        let value = match (parameter, format) {
            (_, format) if format != 0 && format != 1 => {
                return Err(ParameterError::FormatCode(format));
            }
            (None, _) => Value::Null,
            (Some(bytes), 0) => of.read_text(input::utf8(bytes)?)?,
            (Some(bytes), _) => of.read_binary(bytes).map_err(|error| match error {
                InputError::Binary => ParameterError::Binary(index + 1),
                other => ParameterError::Value(other),
            })?,
        };
        types.push(match &value {
            Value::Text(text) => {
                decimal::exact_type(duckdb_type, text).unwrap_or_else(|| duckdb_type.clone())
            }
            _ => duckdb_type.clone(),
        });
        let mut builder = ColumnBuilder::new(&of);
        builder.append(value);
        let column = builder.finish();
        fields.push(Field::new(
            format!("${}", index + 1),
            column.data_type().clone(),
            true,
        ));
        columns.push(column);
    }
    let arrow = |error: arrow_schema::ArrowError| ParameterError::Arrow(error.to_string());
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let batch =
        RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options).map_err(arrow)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(arrow)?;
    writer.write(&batch).map_err(arrow)?;
    let ipc = writer.into_inner().map(Bytes::from).map_err(arrow)?;
    Ok((types, ipc))
}

#[cfg(test)]
mod tests;
