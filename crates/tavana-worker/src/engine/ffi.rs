//! The only module with `unsafe`: thin owners over DuckDB's C API and a few calls of libc.
//!
//! Every handle of the C API becomes a type that frees it once, keeps alive what it depends on,
//! and stays on the thread that made it; only [`Interrupter`] may cross threads. Texts that come
//! back are copied at once. Nothing here decides anything.
#![expect(
    unsafe_code,
    reason = "the boundary to DuckDB's C API; each block says why it holds"
)]

mod blobs;
mod recording;

pub(crate) use self::recording::Recording;

use std::ffi::{CStr, CString, c_char, c_void};
use std::io;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::from_ffi_and_data_type;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_data::ffi::FFI_ArrowArray;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Schema};
use libduckdb_sys as sys;
use rustix::process::Pid;

use super::session::Session;

/// Rows a DuckDB vector holds.
pub(crate) const VECTOR_ROWS: usize = 2048;

/// The text of an error as DuckDB wrote it. It may hold bytes of the data it failed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorText(pub(crate) Vec<u8>);

impl ErrorText {
    fn own(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

/// Marks a type as bound to the thread that made it.
type ThreadBound = PhantomData<*const ()>;

/// A session on its way from the thread that used it to the one that will.
#[derive(Debug)]
pub(crate) struct Handed(Session);

impl Handed {
    pub(crate) fn new(session: Session) -> Self {
        Self(session)
    }

    pub(crate) fn take(self) -> Session {
        self.0
    }
}

// SAFETY: DuckDB's handles may be used by one thread at a time, not by one thread for ever, and
// keep nothing in the thread that used them. A session owns all of its handles (there is no
// counted reference to one but the interrupter's, which any thread may use), so the thread that
// gives it away keeps none; everything else in it may be sent anyway.
unsafe impl Send for Handed {}

/// One DuckDB instance.
#[derive(Debug)]
pub(crate) struct Database {
    raw: sys::duckdb_database,
}

// SAFETY: the handle is a counted reference to the instance, which DuckDB lets any thread connect
// to; all state of a thread is in the connections.
unsafe impl Send for Database {}

impl Database {
    /// Opens an in-memory instance with the given start options.
    pub(crate) fn open_in_memory(options: &[(&str, &str)]) -> Result<Self, ErrorText> {
        let mut config: sys::duckdb_config = ptr::null_mut();
        // SAFETY: `config` is a valid place for the new handle.
        if unsafe { sys::duckdb_create_config(&raw mut config) } != sys::DuckDBSuccess {
            return Err(ErrorText::own("could not create a configuration"));
        }
        for (name, value) in options {
            let (name, value) = (c_text(name)?, c_text(value)?);
            // SAFETY: `config` is live, both texts are NUL-terminated and outlive the call.
            let state = unsafe { sys::duckdb_set_config(config, name.as_ptr(), value.as_ptr()) };
            if state != sys::DuckDBSuccess {
                // SAFETY: `config` is live and not used afterwards.
                unsafe { sys::duckdb_destroy_config(&raw mut config) };
                return Err(ErrorText::own("an option of the instance was refused"));
            }
        }
        let mut raw: sys::duckdb_database = ptr::null_mut();
        let mut error: *mut c_char = ptr::null_mut();
        // SAFETY: the out pointers are valid places, the path is a NUL-terminated constant, and
        // the configuration is live; it is destroyed right after and not used again.
        let state = unsafe {
            let state =
                sys::duckdb_open_ext(c":memory:".as_ptr(), &raw mut raw, config, &raw mut error);
            sys::duckdb_destroy_config(&raw mut config);
            state
        };
        if state != sys::DuckDBSuccess {
            // SAFETY: on failure `error` is null or a text to be freed by us.
            return Err(ErrorText(unsafe { take_text(error) }.into_bytes()));
        }
        Ok(Self { raw })
    }

    /// A new connection to the instance.
    pub(crate) fn connect(&self) -> Result<Connection, ErrorText> {
        let mut raw: sys::duckdb_connection = ptr::null_mut();
        // SAFETY: the database is live and `raw` a valid place for the new handle.
        if unsafe { sys::duckdb_connect(self.raw, &raw mut raw) } != sys::DuckDBSuccess {
            return Err(ErrorText::own("could not connect to the instance"));
        }
        Ok(Connection {
            handle: Arc::new(ConnectionHandle(raw)),
            thread: PhantomData,
        })
    }

    /// DuckDB's version as it names itself, e.g. `v1.5.5`.
    pub(crate) fn library_version() -> String {
        // SAFETY: returns a constant of the library.
        unsafe { copy_text(sys::duckdb_library_version()) }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: the handle is live and dropped once.
        unsafe { sys::duckdb_close(&raw mut self.raw) };
    }
}

#[derive(Debug)]
struct ConnectionHandle(sys::duckdb_connection);

// SAFETY: other threads reach the handle only through `Interrupter`; `duckdb_interrupt` sets an
// atomic flag and `duckdb_query_progress` reads atomic numbers: DuckDB means both to be called from
// other threads than the one that runs the query. Disconnecting may happen on
// any thread once nothing else uses the handle, which the reference count ensures.
unsafe impl Send for ConnectionHandle {}
// SAFETY: as above.
unsafe impl Sync for ConnectionHandle {}

impl Drop for ConnectionHandle {
    fn drop(&mut self) {
        // SAFETY: the last owner frees the live handle once.
        unsafe { sys::duckdb_disconnect(&raw mut self.0) };
    }
}

/// Stops whatever a connection runs, and tells how far it has come, from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Interrupter(Arc<ConnectionHandle>);

impl Interrupter {
    pub(crate) fn interrupt(&self) {
        // SAFETY: the handle is live as long as this reference to it.
        unsafe { sys::duckdb_interrupt(self.0.0) };
    }

    /// How much of what the connection runs is done, 0 to 1; `None` while DuckDB cannot tell.
    pub(crate) fn progress(&self) -> Option<f64> {
        // SAFETY: the handle is live as long as this reference to it.
        let progress = unsafe { sys::duckdb_query_progress(self.0.0) };
        // -1 stands for unknown. So does 0: that is what DuckDB says of a pipeline that has not begun,
        // and goes on saying when it turns out that the pipeline cannot tell.
        (progress.percentage > 0.0).then(|| (progress.percentage / 100.0).min(1.0))
    }
}

/// A connection: the state of one session in an instance.
#[derive(Debug)]
pub(crate) struct Connection {
    handle: Arc<ConnectionHandle>,
    thread: ThreadBound,
}

impl Connection {
    pub(crate) fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::clone(&self.handle))
    }

    fn raw(&self) -> sys::duckdb_connection {
        self.handle.0
    }

    /// Runs tavana's own statements (never a client's) and drops their results.
    pub(crate) fn run(&self, sql: &str) -> Result<(), ErrorText> {
        self.rows(sql).map(drop)
    }

    /// Runs one of tavana's own statements and returns its small result as text.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, ErrorText> {
        let sql = c_text(sql)?;
        let mut result = QueryResult::empty(&self.handle);
        // SAFETY: the connection is live, the text NUL-terminated, the result a valid place which
        // its owner destroys in every case.
        let state = unsafe { sys::duckdb_query(self.raw(), sql.as_ptr(), &raw mut result.raw) };
        if state != sys::DuckDBSuccess {
            return Err(result.error());
        }
        let raw = &raw mut result.raw;
        // SAFETY: the result is live; indexes stay below the counts it reports; the texts returned
        // are null or ours to free.
        unsafe {
            let columns = sys::duckdb_column_count(raw);
            let rows = sys::duckdb_row_count(raw);
            Ok((0..rows)
                .map(|row| {
                    (0..columns)
                        .map(|column| {
                            let text = sys::duckdb_value_varchar(raw, column, row);
                            (!text.is_null()).then(|| take_text(text))
                        })
                        .collect()
                })
                .collect())
        }
    }

    /// Parses a text into its statements.
    pub(crate) fn extract(&self, sql: &CStr) -> Result<ExtractedStatements, ErrorText> {
        let mut raw: sys::duckdb_extracted_statements = ptr::null_mut();
        // SAFETY: the connection is live, the text NUL-terminated, `raw` a valid place. The owner
        // made here destroys the handle in every case.
        let count =
            unsafe { sys::duckdb_extract_statements(self.raw(), sql.as_ptr(), &raw mut raw) };
        let statements = ExtractedStatements {
            raw,
            count,
            thread: PhantomData,
        };
        // SAFETY: the handle is live; the text is a view into it, copied at once.
        let error = unsafe { sys::duckdb_extract_statements_error(statements.raw) };
        if !error.is_null() {
            // SAFETY: a non-null error is NUL-terminated text owned by the handle.
            return Err(ErrorText(
                unsafe { CStr::from_ptr(error) }.to_bytes().to_vec(),
            ));
        }
        Ok(statements)
    }

    /// Binds one of the extracted statements.
    pub(crate) fn prepare(
        &self,
        statements: &ExtractedStatements,
        index: u64,
    ) -> Result<PreparedStatement, ErrorText> {
        debug_assert!(index < statements.count);
        let mut raw: sys::duckdb_prepared_statement = ptr::null_mut();
        // SAFETY: connection and statements are live, the index is within the count, `raw` is a
        // valid place. The owner made here destroys the handle in every case.
        let state = unsafe {
            sys::duckdb_prepare_extracted_statement(self.raw(), statements.raw, index, &raw mut raw)
        };
        let statement = PreparedStatement {
            raw,
            handle: Arc::clone(&self.handle),
            thread: PhantomData,
        };
        if state != sys::DuckDBSuccess {
            // SAFETY: the handle may be used for its error even when preparing failed.
            let error = unsafe { sys::duckdb_prepare_error(statement.raw) };
            return Err(ErrorText(bytes_of(error)));
        }
        Ok(statement)
    }

    /// How this connection exports to Arrow now (time zone, lossless types).
    pub(crate) fn arrow_options(&self) -> ArrowOptions {
        let mut raw: sys::duckdb_arrow_options = ptr::null_mut();
        // SAFETY: the connection is live and `raw` a valid place for the new handle.
        unsafe { sys::duckdb_connection_get_arrow_options(self.raw(), &raw mut raw) };
        ArrowOptions {
            raw,
            thread: PhantomData,
        }
    }

    /// Prepares to convert Arrow batches of `schema` into DuckDB's chunks.
    pub(crate) fn arrow_import(&self, schema: &Schema) -> Result<ArrowImport, ErrorText> {
        let mut exported =
            FFI_ArrowSchema::try_from(schema).map_err(|error| arrow_error(&error))?;
        let mut raw: sys::duckdb_arrow_converted_schema = ptr::null_mut();
        // SAFETY: both structs have the layout of the Arrow C data interface; the schema is only
        // read and stays ours; `raw` is a valid place for the new handle.
        let error = unsafe {
            sys::duckdb_schema_from_arrow(
                self.raw(),
                (&raw mut exported).cast::<sys::ArrowSchema>(),
                &raw mut raw,
            )
        };
        let import = ArrowImport {
            raw,
            handle: Arc::clone(&self.handle),
            thread: PhantomData,
        };
        // SAFETY: an error handle returned by the C API, destroyed by the callee once.
        unsafe { check_error_data(error) }?;
        Ok(import)
    }

    /// An appender that hands appended rows to `query` as the table `table`.
    pub(crate) fn appender(
        &self,
        query: &str,
        table: &str,
        columns: &[(String, LogicalType)],
    ) -> Result<Appender, ErrorText> {
        let (query, table) = (c_text(query)?, c_text(table)?);
        let names = columns
            .iter()
            .map(|(name, _)| c_text(name))
            .collect::<Result<Vec<CString>, ErrorText>>()?;
        let mut name_pointers: Vec<*const c_char> =
            names.iter().map(|name| name.as_ptr()).collect();
        let mut types: Vec<sys::duckdb_logical_type> = columns
            .iter()
            .map(|(_, logical_type)| logical_type.raw)
            .collect();
        let mut raw: sys::duckdb_appender = ptr::null_mut();
        // SAFETY: the connection is live, both arrays have one element for each column and outlive
        // the call, texts are NUL-terminated, `raw` is a valid place.
        let state = unsafe {
            sys::duckdb_appender_create_query(
                self.raw(),
                query.as_ptr(),
                columns.len() as u64,
                types.as_mut_ptr(),
                table.as_ptr(),
                name_pointers.as_mut_ptr(),
                &raw mut raw,
            )
        };
        let appender = Appender {
            raw,
            handle: Arc::clone(&self.handle),
            thread: PhantomData,
        };
        if state != sys::DuckDBSuccess {
            return Err(appender.error());
        }
        Ok(appender)
    }
}

/// Statements of one text, parsed and not yet bound.
#[derive(Debug)]
pub(crate) struct ExtractedStatements {
    raw: sys::duckdb_extracted_statements,
    count: u64,
    thread: ThreadBound,
}

impl ExtractedStatements {
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

impl Drop for ExtractedStatements {
    fn drop(&mut self) {
        // SAFETY: the handle is live (or null, which is allowed) and dropped once.
        unsafe { sys::duckdb_destroy_extracted(&raw mut self.raw) };
    }
}

/// A bound statement.
#[derive(Debug)]
pub(crate) struct PreparedStatement {
    raw: sys::duckdb_prepared_statement,
    handle: Arc<ConnectionHandle>,
    thread: ThreadBound,
}

impl PreparedStatement {
    pub(crate) fn statement_type(&self) -> sys::duckdb_statement_type {
        // SAFETY: the handle is live.
        unsafe { sys::duckdb_prepared_statement_type(self.raw) }
    }

    /// Names of the parameters of a text that gives them names. DuckDB's index of a parameter with
    /// a number is that number, and some may be missing.
    pub(crate) fn named_parameters(&self) -> Vec<String> {
        // SAFETY: the handle is live.
        let count = unsafe { sys::duckdb_nparams(self.raw) };
        (1..=count)
            .map(|index| self.parameter_name(index).unwrap_or_default())
            .collect()
    }

    /// Name of the parameter at `index` (from 1).
    fn parameter_name(&self, index: sys::idx_t) -> Option<String> {
        // SAFETY: the handle is live, an index out of range yields null, the text is ours to free.
        unsafe {
            let name = sys::duckdb_parameter_name(self.raw, index);
            (!name.is_null()).then(|| take_text(name.cast_mut()))
        }
    }

    /// DuckDB's index of the parameter called `name`.
    fn parameter_index(&self, name: &str) -> Result<Option<sys::idx_t>, ErrorText> {
        // DuckDB compares a name with those of all parameters, letter by letter. Where there are
        // tens of thousands, that takes a minute; their numbers it compares in no time.
        if let Ok(number) = name.parse()
            && self.parameter_name(number).as_deref() == Some(name)
        {
            return Ok(Some(number));
        }
        let name = c_text(name)?;
        let mut index: sys::idx_t = 0;
        // SAFETY: the handle is live, `index` a valid place, the name NUL-terminated.
        let found =
            unsafe { sys::duckdb_bind_parameter_index(self.raw, &raw mut index, name.as_ptr()) };
        Ok((found == sys::DuckDBSuccess).then_some(index))
    }

    /// Type of the parameter at `index` (from 1); `None` when DuckDB could not infer it.
    pub(crate) fn parameter_type(&self, index: u64) -> Option<LogicalType> {
        // SAFETY: the handle is live; an index out of range yields null.
        let logical_type = unsafe { sys::duckdb_param_logical_type(self.raw, index) };
        LogicalType::known(logical_type)
    }

    pub(crate) fn columns(&self) -> Vec<(String, LogicalType)> {
        // SAFETY: the handle is live, indexes stay below the count, names are ours to free.
        unsafe {
            (0..sys::duckdb_prepared_statement_column_count(self.raw))
                .map(|index| {
                    let name = sys::duckdb_prepared_statement_column_name(self.raw, index);
                    let logical_type =
                        sys::duckdb_prepared_statement_column_logical_type(self.raw, index);
                    (take_text(name.cast_mut()), LogicalType::own(logical_type))
                })
                .collect()
        }
    }

    /// Binds the parameter called `name`.
    pub(crate) fn bind(&mut self, name: &str, value: &Value) -> Result<(), ErrorText> {
        let bound = match self.parameter_index(name)? {
            // SAFETY: handle and value are live. The value is copied by the call.
            Some(index) => unsafe { sys::duckdb_bind_value(self.raw, index, value.raw) },
            None => sys::DuckDBError,
        };
        if bound != sys::DuckDBSuccess {
            // SAFETY: the handle is live.
            return Err(ErrorText(bytes_of(unsafe {
                sys::duckdb_prepare_error(self.raw)
            })));
        }
        Ok(())
    }

    /// Runs the statement, once: a second run would use a plan made from old statistics. Rows are
    /// computed as they are fetched; the result must be dropped, or read to its end, before the
    /// connection runs anything else.
    pub(crate) fn execute_streaming(self) -> Result<QueryResult, ErrorText> {
        let mut pending: sys::duckdb_pending_result = ptr::null_mut();
        let mut result = QueryResult::empty(&self.handle);
        // SAFETY: the handles are live, the out pointers valid places; the pending result is
        // destroyed in every case and not used afterwards, its error is copied before that.
        unsafe {
            if sys::duckdb_pending_prepared_streaming(self.raw, &raw mut pending)
                != sys::DuckDBSuccess
            {
                let error = ErrorText(bytes_of(sys::duckdb_pending_error(pending)));
                sys::duckdb_destroy_pending(&raw mut pending);
                return Err(error);
            }
            let state = sys::duckdb_execute_pending(pending, &raw mut result.raw);
            sys::duckdb_destroy_pending(&raw mut pending);
            if state != sys::DuckDBSuccess {
                return Err(result.error());
            }
        }
        Ok(result)
    }
}

impl Drop for PreparedStatement {
    fn drop(&mut self) {
        // SAFETY: the handle is live (or null, which is allowed) and dropped once.
        unsafe { sys::duckdb_destroy_prepare(&raw mut self.raw) };
    }
}

/// What a result stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultKind {
    /// Rows for the client.
    Rows,
    /// One row with the number of changed rows.
    ChangedRows,
    /// Nothing to tell.
    Nothing,
}

/// An open result.
#[derive(Debug)]
pub(crate) struct QueryResult {
    raw: sys::duckdb_result,
    /// Keeps the connection open as long as its result.
    #[expect(dead_code, reason = "held for its life time only")]
    handle: Arc<ConnectionHandle>,
    thread: ThreadBound,
}

impl QueryResult {
    fn empty(handle: &Arc<ConnectionHandle>) -> Self {
        let raw = sys::duckdb_result {
            deprecated_column_count: 0,
            deprecated_row_count: 0,
            deprecated_rows_changed: 0,
            deprecated_columns: ptr::null_mut(),
            deprecated_error_message: ptr::null_mut(),
            internal_data: ptr::null_mut(),
        };
        Self {
            raw,
            handle: Arc::clone(handle),
            thread: PhantomData,
        }
    }

    fn error(&mut self) -> ErrorText {
        // SAFETY: the result is live or empty, both of which the call accepts; the text is a view
        // into it, copied at once.
        ErrorText(bytes_of(unsafe {
            sys::duckdb_result_error(&raw mut self.raw)
        }))
    }

    pub(crate) fn kind(&self) -> ResultKind {
        // SAFETY: the result is live; passing it by value copies the struct, not what it owns.
        match unsafe { sys::duckdb_result_return_type(self.raw) } {
            sys::duckdb_result_type_DUCKDB_RESULT_TYPE_QUERY_RESULT => ResultKind::Rows,
            sys::duckdb_result_type_DUCKDB_RESULT_TYPE_CHANGED_ROWS => ResultKind::ChangedRows,
            _ => ResultKind::Nothing,
        }
    }

    pub(crate) fn columns(&mut self) -> Vec<(String, LogicalType)> {
        let raw = &raw mut self.raw;
        // SAFETY: the result is live and indexes stay below the count; names are views into the
        // result, copied at once; types are ours to free.
        unsafe {
            (0..sys::duckdb_column_count(raw))
                .map(|index| {
                    let name = copy_text(sys::duckdb_column_name(raw, index));
                    (
                        name,
                        LogicalType::own(sys::duckdb_column_logical_type(raw, index)),
                    )
                })
                .collect()
        }
    }

    /// The next chunk of rows; `None` at the end of the result.
    pub(crate) fn fetch(&mut self) -> Result<Option<DataChunk>, ErrorText> {
        // SAFETY: the result is live; the chunk returned is ours to free, null means end or error.
        let raw = unsafe { sys::duckdb_fetch_chunk(self.raw) };
        if !raw.is_null() {
            return Ok(Some(DataChunk {
                raw,
                thread: PhantomData,
            }));
        }
        let error = self.error();
        if error.0.is_empty() {
            Ok(None)
        } else {
            Err(error)
        }
    }
}

impl Drop for QueryResult {
    fn drop(&mut self) {
        // SAFETY: the result is live or empty and destroyed once.
        unsafe { sys::duckdb_destroy_result(&raw mut self.raw) };
    }
}

/// Up to [`VECTOR_ROWS`] rows in DuckDB's own layout.
#[derive(Debug)]
pub(crate) struct DataChunk {
    raw: sys::duckdb_data_chunk,
    thread: ThreadBound,
}

impl DataChunk {
    pub(crate) fn rows(&self) -> usize {
        // SAFETY: the chunk is live.
        usize::try_from(unsafe { sys::duckdb_data_chunk_get_size(self.raw) }).unwrap_or(0)
    }

    /// The first value of the first column when it is a BIGINT, as the count of changed rows is.
    pub(crate) fn first_bigint(&self) -> Option<i64> {
        // SAFETY: the chunk is live; the vector is read only when it exists, is a BIGINT and holds
        // at least one row, so its data is at least one aligned i64.
        unsafe {
            if self.rows() == 0 || sys::duckdb_data_chunk_get_column_count(self.raw) == 0 {
                return None;
            }
            let vector = sys::duckdb_data_chunk_get_vector(self.raw, 0);
            let logical_type = LogicalType::own(sys::duckdb_vector_get_column_type(vector));
            if logical_type.id() != sys::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT {
                return None;
            }
            Some(*sys::duckdb_vector_get_data(vector).cast::<i64>())
        }
    }

    /// Whether Arrow has room for the intervals of the column at `index`, an INTERVAL: it counts
    /// nanoseconds in 64 bits, DuckDB microseconds.
    fn intervals_fit(&self, index: u64) -> bool {
        const MICROS_MAX: u64 = i64::MAX as u64 / 1_000;
        // SAFETY: the chunk is live and flat, as those of a result are; the column exists and is an
        // INTERVAL, so that its data is one aligned value for each row; the mask may be null.
        unsafe {
            let vector = sys::duckdb_data_chunk_get_vector(self.raw, index);
            let data = sys::duckdb_vector_get_data(vector).cast::<sys::duckdb_interval>();
            let validity = sys::duckdb_vector_get_validity(vector);
            (0..self.rows()).all(|row| {
                !validity.is_null() && !sys::duckdb_validity_row_is_valid(validity, row as u64)
                    || (*data.add(row)).micros.unsigned_abs() <= MICROS_MAX
            })
        }
    }

    /// Types of the columns.
    pub(crate) fn column_types(&self) -> Vec<LogicalType> {
        // SAFETY: the chunk is live, indexes stay below the count, the types are ours to free.
        unsafe {
            (0..sys::duckdb_data_chunk_get_column_count(self.raw))
                .map(|index| {
                    let vector = sys::duckdb_data_chunk_get_vector(self.raw, index);
                    LogicalType::own(sys::duckdb_vector_get_column_type(vector))
                })
                .collect()
        }
    }
}

impl Drop for DataChunk {
    fn drop(&mut self) {
        // SAFETY: the chunk is live and destroyed once.
        unsafe { sys::duckdb_destroy_data_chunk(&raw mut self.raw) };
    }
}

/// Rules of DuckDB's export to Arrow.
#[derive(Debug)]
pub(crate) struct ArrowOptions {
    raw: sys::duckdb_arrow_options,
    thread: ThreadBound,
}

impl ArrowOptions {
    /// The Arrow schema of a result with these columns.
    pub(crate) fn schema(&self, columns: &[(String, LogicalType)]) -> Result<Schema, ErrorText> {
        let names = columns
            .iter()
            .map(|(name, _)| c_text(name))
            .collect::<Result<Vec<CString>, ErrorText>>()?;
        let mut name_pointers: Vec<*const c_char> =
            names.iter().map(|name| name.as_ptr()).collect();
        let mut types: Vec<sys::duckdb_logical_type> = columns
            .iter()
            .map(|(_, logical_type)| logical_type.raw)
            .collect();
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the options are live, both arrays have one element for each column, and the out
        // struct has the layout of the Arrow C data interface; its owner releases it.
        unsafe {
            check_error_data(sys::duckdb_to_arrow_schema(
                self.raw,
                types.as_mut_ptr(),
                name_pointers.as_mut_ptr(),
                columns.len() as u64,
                (&raw mut schema).cast::<sys::ArrowSchema>(),
            ))?;
        }
        Schema::try_from(&schema).map_err(|error| arrow_error(&error))
    }

    /// The columns of one chunk as arrays of `schema`, which must come from [`Self::schema`] for
    /// the chunk's own columns.
    pub(crate) fn columns(
        &self,
        chunk: &DataChunk,
        schema: &Schema,
    ) -> Result<Vec<ArrayRef>, ErrorText> {
        for (index, field) in (0..).zip(schema.fields()) {
            if matches!(field.data_type(), DataType::Interval(_)) && !chunk.intervals_fit(index) {
                return Err(ErrorText::own(
                    "Out of Range Error: interval out of range: an interval of a result has at most \
                     292 years in hours, minutes and seconds; cast it to text",
                ));
            }
        }
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: options and chunk are live; the out struct has the layout of the Arrow C data
        // interface and its owner releases it.
        unsafe {
            check_error_data(sys::duckdb_data_chunk_to_arrow(
                self.raw,
                chunk.raw,
                (&raw mut array).cast::<sys::ArrowArray>(),
            ))?;
        }
        // SAFETY: the array was just exported for these very types with the same options, so its
        // buffers fit the schema's fields.
        let data =
            unsafe { from_ffi_and_data_type(array, DataType::Struct(schema.fields().clone())) }
                .map_err(|error| arrow_error(&error))?;
        let (_, columns, _) = StructArray::from(data).into_parts();
        Ok(columns)
    }
}

impl Drop for ArrowOptions {
    fn drop(&mut self) {
        // SAFETY: the options are live and destroyed once.
        unsafe { sys::duckdb_destroy_arrow_options(&raw mut self.raw) };
    }
}

/// Rules of DuckDB's import of Arrow batches of one schema.
#[derive(Debug)]
pub(crate) struct ArrowImport {
    raw: sys::duckdb_arrow_converted_schema,
    handle: Arc<ConnectionHandle>,
    thread: ThreadBound,
}

impl ArrowImport {
    /// A batch of at most [`VECTOR_ROWS`] rows as a chunk, which keeps the batch's memory alive.
    pub(crate) fn chunk(&self, batch: RecordBatch) -> Result<DataChunk, ErrorText> {
        debug_assert!(batch.num_rows() <= VECTOR_ROWS);
        let data = StructArray::from(batch).into_data();
        let mut array = FFI_ArrowArray::new(&data);
        let mut raw: sys::duckdb_data_chunk = ptr::null_mut();
        // SAFETY: connection and rules are live; the array has the layout of the Arrow C data
        // interface. DuckDB takes its content over and clears the release callback of our struct,
        // whose drop then does nothing; if it failed before that, our drop releases it.
        let error = unsafe {
            sys::duckdb_data_chunk_from_arrow(
                self.handle.0,
                (&raw mut array).cast::<sys::ArrowArray>(),
                self.raw,
                &raw mut raw,
            )
        };
        // SAFETY: an error handle returned by the C API, destroyed by the callee once.
        unsafe { check_error_data(error) }?;
        Ok(DataChunk {
            raw,
            thread: PhantomData,
        })
    }
}

impl Drop for ArrowImport {
    fn drop(&mut self) {
        // SAFETY: the handle is live (or null, which is allowed) and destroyed once.
        unsafe { sys::duckdb_destroy_arrow_converted_schema(&raw mut self.raw) };
    }
}

/// Collects rows and hands them to a statement.
#[derive(Debug)]
pub(crate) struct Appender {
    raw: sys::duckdb_appender,
    #[expect(dead_code, reason = "held for its life time only")]
    handle: Arc<ConnectionHandle>,
    thread: ThreadBound,
}

impl Appender {
    pub(crate) fn append(&mut self, chunk: &DataChunk) -> Result<(), ErrorText> {
        // SAFETY: appender and chunk are live; the rows are copied.
        let state = unsafe { sys::duckdb_append_data_chunk(self.raw, chunk.raw) };
        if state == sys::DuckDBSuccess {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    /// Writes what is still collected.
    pub(crate) fn close(&mut self) -> Result<(), ErrorText> {
        // SAFETY: the appender is live.
        let state = unsafe { sys::duckdb_appender_close(self.raw) };
        if state == sys::DuckDBSuccess {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    /// Forgets what is still collected, so that dropping the appender writes nothing.
    pub(crate) fn discard(&mut self) {
        // SAFETY: the appender is live. It clears or, if it is already invalid, has nothing left.
        unsafe { sys::duckdb_appender_clear(self.raw) };
    }

    fn error(&self) -> ErrorText {
        // SAFETY: the appender is live or null, both of which the calls accept; the message is a
        // view into the error, copied before the error is destroyed.
        unsafe {
            let mut error = sys::duckdb_appender_error_data(self.raw);
            let text = bytes_of(sys::duckdb_error_data_message(error));
            sys::duckdb_destroy_error_data(&raw mut error);
            ErrorText(text)
        }
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        // SAFETY: the appender is live or null and destroyed once.
        unsafe { sys::duckdb_appender_destroy(&raw mut self.raw) };
    }
}

/// A DuckDB type.
#[derive(Debug)]
pub(crate) struct LogicalType {
    raw: sys::duckdb_logical_type,
    thread: ThreadBound,
}

impl LogicalType {
    /// Takes over a handle returned by the C API.
    fn own(raw: sys::duckdb_logical_type) -> Self {
        Self {
            raw,
            thread: PhantomData,
        }
    }

    fn known(raw: sys::duckdb_logical_type) -> Option<Self> {
        let logical_type = (!raw.is_null()).then(|| Self::own(raw))?;
        let unknown = [
            sys::DUCKDB_TYPE_DUCKDB_TYPE_INVALID,
            sys::DUCKDB_TYPE_DUCKDB_TYPE_ANY,
            sys::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL,
        ];
        (!unknown.contains(&logical_type.id())).then_some(logical_type)
    }

    pub(crate) fn id(&self) -> sys::duckdb_type {
        if self.raw.is_null() {
            return sys::DUCKDB_TYPE_DUCKDB_TYPE_INVALID;
        }
        // SAFETY: the type is live.
        unsafe { sys::duckdb_get_type_id(self.raw) }
    }

    /// The name a type was given, e.g. `JSON`.
    pub(crate) fn alias(&self) -> Option<String> {
        // SAFETY: the type is live; the text is null or ours to free.
        unsafe {
            let alias = sys::duckdb_logical_type_get_alias(self.raw);
            (!alias.is_null()).then(|| take_text(alias))
        }
    }

    /// Width and scale of a DECIMAL.
    pub(crate) fn decimal(&self) -> (u8, u8) {
        // SAFETY: the type is live; another type than DECIMAL yields zeros.
        unsafe {
            (
                sys::duckdb_decimal_width(self.raw),
                sys::duckdb_decimal_scale(self.raw),
            )
        }
    }

    /// Values of an ENUM.
    pub(crate) fn enum_values(&self) -> Vec<String> {
        // SAFETY: the type is live, indexes stay below the size, the texts are ours to free.
        unsafe {
            (0..u64::from(sys::duckdb_enum_dictionary_size(self.raw)))
                .map(|index| take_text(sys::duckdb_enum_dictionary_value(self.raw, index)))
                .collect()
        }
    }

    pub(crate) fn list_child(&self) -> Self {
        // SAFETY: the type is live; the child is ours to free.
        Self::own(unsafe { sys::duckdb_list_type_child_type(self.raw) })
    }

    /// Child and length of an ARRAY.
    pub(crate) fn array_child(&self) -> (Self, u64) {
        // SAFETY: the type is live; the child is ours to free.
        unsafe {
            let child = Self::own(sys::duckdb_array_type_child_type(self.raw));
            (child, sys::duckdb_array_type_array_size(self.raw))
        }
    }

    /// Key and value of a MAP.
    pub(crate) fn map_children(&self) -> (Self, Self) {
        // SAFETY: the type is live; the children are ours to free.
        unsafe {
            (
                Self::own(sys::duckdb_map_type_key_type(self.raw)),
                Self::own(sys::duckdb_map_type_value_type(self.raw)),
            )
        }
    }

    pub(crate) fn struct_fields(&self) -> Vec<(String, Self)> {
        // SAFETY: the type is live, indexes stay below the count, names and types are ours to free.
        unsafe {
            (0..sys::duckdb_struct_type_child_count(self.raw))
                .map(|index| {
                    let name = take_text(sys::duckdb_struct_type_child_name(self.raw, index));
                    (
                        name,
                        Self::own(sys::duckdb_struct_type_child_type(self.raw, index)),
                    )
                })
                .collect()
        }
    }

    pub(crate) fn union_members(&self) -> Vec<(String, Self)> {
        // SAFETY: the type is live, indexes stay below the count, names and types are ours to free.
        unsafe {
            (0..sys::duckdb_union_type_member_count(self.raw))
                .map(|index| {
                    let name = take_text(sys::duckdb_union_type_member_name(self.raw, index));
                    (
                        name,
                        Self::own(sys::duckdb_union_type_member_type(self.raw, index)),
                    )
                })
                .collect()
        }
    }

    fn create(id: sys::duckdb_type) -> Self {
        // SAFETY: creates a type from an id; unknown ids yield an invalid type.
        Self::own(unsafe { sys::duckdb_create_logical_type(id) })
    }

    /// Text that is known to be JSON.
    pub(crate) fn json() -> Self {
        let logical_type = Self::create(sys::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR);
        // SAFETY: the type is live, the name NUL-terminated and copied.
        unsafe { sys::duckdb_logical_type_set_alias(logical_type.raw, c"JSON".as_ptr()) };
        logical_type
    }
}

impl Drop for LogicalType {
    fn drop(&mut self) {
        // SAFETY: the type is live (or null, which is allowed) and destroyed once.
        unsafe { sys::duckdb_destroy_logical_type(&raw mut self.raw) };
    }
}

/// A value for a parameter.
#[derive(Debug)]
pub(crate) struct Value {
    raw: sys::duckdb_value,
    thread: ThreadBound,
}

/// Units a timestamp can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimestampUnit {
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    /// Microseconds of an instant (WITH TIME ZONE).
    Instant,
}

impl Value {
    fn own(raw: sys::duckdb_value) -> Self {
        Self {
            raw,
            thread: PhantomData,
        }
    }

    pub(crate) fn null() -> Self {
        // SAFETY: creates a value of its own; likewise in the constructors below, which take plain
        // numbers by value.
        Self::own(unsafe { sys::duckdb_create_null_value() })
    }

    pub(crate) fn boolean(value: bool) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_bool(value) })
    }

    pub(crate) fn int64(value: i64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_int64(value) })
    }

    pub(crate) fn int32(value: i32) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_int32(value) })
    }

    pub(crate) fn int16(value: i16) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_int16(value) })
    }

    pub(crate) fn int8(value: i8) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_int8(value) })
    }

    pub(crate) fn uint64(value: u64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uint64(value) })
    }

    pub(crate) fn uint32(value: u32) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uint32(value) })
    }

    pub(crate) fn uint16(value: u16) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uint16(value) })
    }

    pub(crate) fn uint8(value: u8) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uint8(value) })
    }

    pub(crate) fn hugeint(value: i128) -> Self {
        let input = huge(value);
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_hugeint(input) })
    }

    pub(crate) fn uhugeint(value: u128) -> Self {
        let input = unsigned_huge(value);
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uhugeint(input) })
    }

    pub(crate) fn uuid(value: u128) -> Self {
        let input = unsigned_huge(value);
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_uuid(input) })
    }

    pub(crate) fn decimal(value: i128, width: u8, scale: u8) -> Self {
        let input = sys::duckdb_decimal {
            width,
            scale,
            value: huge(value),
        };
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_decimal(input) })
    }

    pub(crate) fn float(value: f32) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_float(value) })
    }

    pub(crate) fn double(value: f64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_double(value) })
    }

    /// Days since 1970-01-01.
    pub(crate) fn date(days: i32) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_date(sys::duckdb_date { days }) })
    }

    pub(crate) fn time(micros: i64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_time(sys::duckdb_time { micros }) })
    }

    pub(crate) fn time_ns(nanos: i64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_time_ns(sys::duckdb_time_ns { nanos }) })
    }

    /// DuckDB's packed form of a time with an offset.
    pub(crate) fn time_tz(bits: u64) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_time_tz_value(sys::duckdb_time_tz { bits }) })
    }

    pub(crate) fn timestamp(value: i64, unit: TimestampUnit) -> Self {
        // SAFETY: as in `null`.
        Self::own(unsafe {
            match unit {
                TimestampUnit::Second => {
                    sys::duckdb_create_timestamp_s(sys::duckdb_timestamp_s { seconds: value })
                }
                TimestampUnit::Millisecond => {
                    sys::duckdb_create_timestamp_ms(sys::duckdb_timestamp_ms { millis: value })
                }
                TimestampUnit::Microsecond => {
                    sys::duckdb_create_timestamp(sys::duckdb_timestamp { micros: value })
                }
                TimestampUnit::Nanosecond => {
                    sys::duckdb_create_timestamp_ns(sys::duckdb_timestamp_ns { nanos: value })
                }
                TimestampUnit::Instant => {
                    sys::duckdb_create_timestamp_tz(sys::duckdb_timestamp { micros: value })
                }
            }
        })
    }

    pub(crate) fn interval(months: i32, days: i32, micros: i64) -> Self {
        let input = sys::duckdb_interval {
            months,
            days,
            micros,
        };
        // SAFETY: as in `null`.
        Self::own(unsafe { sys::duckdb_create_interval(input) })
    }

    pub(crate) fn text(text: &str) -> Self {
        // SAFETY: pointer and length describe the text, which is valid UTF-8 and copied.
        Self::own(unsafe {
            sys::duckdb_create_varchar_length(text.as_ptr().cast::<c_char>(), text.len() as u64)
        })
    }

    pub(crate) fn blob(bytes: &[u8]) -> Self {
        // SAFETY: pointer and length describe the bytes, which are copied.
        Self::own(unsafe { sys::duckdb_create_blob(bytes.as_ptr(), bytes.len() as u64) })
    }

    /// DuckDB's own layout of a BIT: padding count, then bits.
    pub(crate) fn bit(bytes: &[u8]) -> Self {
        let input = sys::duckdb_bit {
            data: bytes.as_ptr().cast_mut(),
            size: bytes.len() as u64,
        };
        // SAFETY: pointer and length describe the bytes, which are only read and copied.
        Self::own(unsafe { sys::duckdb_create_bit(input) })
    }

    /// A list of values of one type.
    pub(crate) fn list(values: &[Self]) -> Self {
        let child = common_type(values);
        let mut raw: Vec<sys::duckdb_value> = values.iter().map(|value| value.raw).collect();
        // SAFETY: type and values are live, the array has the length given; all are copied.
        Self::own(unsafe {
            sys::duckdb_create_list_value(child.raw, raw.as_mut_ptr(), raw.len() as u64)
        })
    }

    pub(crate) fn structure(fields: &[(String, Self)]) -> Result<Self, ErrorText> {
        let names = fields
            .iter()
            .map(|(name, _)| c_text(name))
            .collect::<Result<Vec<CString>, ErrorText>>()?;
        let mut name_pointers: Vec<*const c_char> =
            names.iter().map(|name| name.as_ptr()).collect();
        let types: Vec<LogicalType> = fields.iter().map(|(_, value)| value.type_of()).collect();
        let mut type_pointers: Vec<sys::duckdb_logical_type> =
            types.iter().map(|logical_type| logical_type.raw).collect();
        let mut values: Vec<sys::duckdb_value> =
            fields.iter().map(|(_, value)| value.raw).collect();
        // SAFETY: the arrays have one element for each field and outlive the calls, which copy.
        Ok(unsafe {
            let logical_type = LogicalType::own(sys::duckdb_create_struct_type(
                type_pointers.as_mut_ptr(),
                name_pointers.as_mut_ptr(),
                fields.len() as u64,
            ));
            Self::own(sys::duckdb_create_struct_value(
                logical_type.raw,
                values.as_mut_ptr(),
            ))
        })
    }

    pub(crate) fn map(keys: &[Self], values: &[Self]) -> Self {
        debug_assert_eq!(keys.len(), values.len());
        let (key_type, value_type) = (common_type(keys), common_type(values));
        let mut raw_keys: Vec<sys::duckdb_value> = keys.iter().map(|value| value.raw).collect();
        let mut raw_values: Vec<sys::duckdb_value> = values.iter().map(|value| value.raw).collect();
        // SAFETY: types and values are live, both arrays have the same length; all are copied.
        Self::own(unsafe {
            let map_type =
                LogicalType::own(sys::duckdb_create_map_type(key_type.raw, value_type.raw));
            sys::duckdb_create_map_value(
                map_type.raw,
                raw_keys.as_mut_ptr(),
                raw_values.as_mut_ptr(),
                keys.len() as u64,
            )
        })
    }

    /// False when DuckDB could not make the value.
    pub(crate) fn is_made(&self) -> bool {
        !self.raw.is_null()
    }

    fn type_of(&self) -> LogicalType {
        if self.raw.is_null() {
            return LogicalType::create(sys::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL);
        }
        // SAFETY: the value is live. The type returned belongs to the value, so the copy that
        // becomes ours is the child of a list type made from it.
        unsafe {
            let borrowed = sys::duckdb_get_value_type(self.raw);
            let mut list = sys::duckdb_create_list_type(borrowed);
            let child = LogicalType::own(sys::duckdb_list_type_child_type(list));
            sys::duckdb_destroy_logical_type(&raw mut list);
            child
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: the value is live (or null, which is allowed) and destroyed once.
        unsafe { sys::duckdb_destroy_value(&raw mut self.raw) };
    }
}

/// Type of the first value that is not NULL; all values of a list come from one Arrow array, so
/// they have one type.
fn common_type(values: &[Value]) -> LogicalType {
    values
        .iter()
        .map(Value::type_of)
        .find(|logical_type| logical_type.id() != sys::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL)
        .unwrap_or_else(|| LogicalType::create(sys::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR))
}

fn huge(value: i128) -> sys::duckdb_hugeint {
    let bytes = value.to_le_bytes();
    let (lower, upper) = halves(bytes);
    sys::duckdb_hugeint {
        lower: u64::from_le_bytes(lower),
        upper: i64::from_le_bytes(upper),
    }
}

fn unsigned_huge(value: u128) -> sys::duckdb_uhugeint {
    let (lower, upper) = halves(value.to_le_bytes());
    sys::duckdb_uhugeint {
        lower: u64::from_le_bytes(lower),
        upper: u64::from_le_bytes(upper),
    }
}

fn halves(bytes: [u8; 16]) -> ([u8; 8], [u8; 8]) {
    let mut lower = [0; 8];
    let mut upper = [0; 8];
    lower.copy_from_slice(&bytes[..8]);
    upper.copy_from_slice(&bytes[8..]);
    (lower, upper)
}

/// Lets a write past RLIMIT_FSIZE fail with an error instead of ending the process.
pub(crate) fn ignore_file_size_signal() {
    // SAFETY: sets a disposition that runs no code of ours, before other threads exist.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

/// Buffers of a result up to this size are used again; larger ones go back to the kernel at once.
const REUSED_BUFFER_BYTES_MAX: libc::c_int = 8 * 1024 * 1024;
/// Free memory the C library keeps for the next buffers.
const KEPT_BYTES: libc::c_int = 32 * 1024 * 1024;
/// Pools of the C library. Buffers are made on one thread and freed on another; with a pool for
/// each thread every one of them is new memory that the kernel must clear first.
const POOLS: libc::c_int = 2;

/// Makes the C library keep the memory of a result's buffers for the next ones. Without this,
/// streaming a result costs a page fault for every 4 KiB of it. DuckDB's own memory is not
/// concerned: it has an allocator of its own.
pub(crate) fn reuse_buffers() {
    // SAFETY: sets numbers of the allocator, before other threads exist. A refusal changes nothing
    // but the speed.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, POOLS);
        libc::mallopt(libc::M_MMAP_THRESHOLD, REUSED_BUFFER_BYTES_MAX);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_BYTES);
    }
}

/// Gives the free memory of the C library's pools back to the kernel. Takes milliseconds, in which
/// the pools are locked one after the other.
pub(crate) fn give_memory_back() {
    // SAFETY: touches nothing but the allocator's own free pages.
    unsafe { libc::malloc_trim(0) };
}

/// Makes a copy of this process; `None` is returned in the copy.
///
/// # Errors
/// There is more than one thread, so that the copy would lack those that hold its locks; or the
/// kernel refused.
pub(crate) fn fork() -> io::Result<Option<Pid>> {
    let threads = own_stat(THREADS_FIELD)?;
    if threads != 1 {
        return Err(io::Error::other(format!(
            "the process has {threads} threads and may be copied only with one"
        )));
    }
    // SAFETY: there is no other thread, so the copy is complete: no lock is held by a thread that
    // it lacks. The C library's own fork sees to what it keeps of process and thread.
    let pid = unsafe { libc::fork() };
    match Pid::from_raw(pid) {
        _ if pid < 0 => Err(io::Error::last_os_error()),
        pid => Ok(pid),
    }
}

/// Blanks the last argument of this process in what the kernel shows of it.
///
/// # Errors
/// The last argument is not this one.
pub(crate) fn forget_argument(argument: &str) -> io::Result<()> {
    let other = || io::Error::other("the arguments of the process are not the expected ones");
    let begin = own_stat(ARGUMENTS_FIELD)?;
    let end = own_stat(ARGUMENTS_FIELD + 1)?;
    let length = argument.len() + 1;
    if end.checked_sub(begin).is_none_or(|bytes| bytes < length) {
        return Err(other());
    }
    let place = ptr::with_exposed_provenance_mut::<u8>(end - length);
    // SAFETY: the kernel put the arguments between these addresses, on this process' own stack,
    // where it may write and nothing of it lies. They are read only when somebody asks for them,
    // which no thread does meanwhile: there is no other yet.
    unsafe {
        let found = std::slice::from_raw_parts(place, length);
        if found.strip_suffix(&[0]) != Some(argument.as_bytes()) {
            return Err(other());
        }
        place.write_bytes(0, length);
    }
    Ok(())
}

/// Where /proc/self/stat has the number of threads, counted from the state as in proc(5), and the
/// address of the arguments, which is followed by that of their end.
const THREADS_FIELD: usize = 20 - 3;
const ARGUMENTS_FIELD: usize = 48 - 3;

fn own_stat(field: usize) -> io::Result<usize> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold anything; the fields start after the last one.
    stat.rsplit_once(") ")
        .and_then(|(_, fields)| fields.split(' ').nth(field)?.trim().parse().ok())
        .ok_or_else(|| io::Error::other("/proc/self/stat is not as expected"))
}

/// Ends the process at once: no destructors run, so threads inside DuckDB cannot trip over them.
pub(crate) fn exit_now(code: u8) -> ! {
    // SAFETY: always sound; the kernel frees what the process holds.
    unsafe { libc::_exit(i32::from(code)) }
}

fn c_text(text: &str) -> Result<CString, ErrorText> {
    CString::new(text).map_err(|_| ErrorText::own("a text may not contain a zero byte"))
}

fn arrow_error(error: &ArrowError) -> ErrorText {
    ErrorText(error.to_string().into_bytes())
}

/// Bytes of a text that stays with its owner; empty for null.
fn bytes_of(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: callers pass null or a NUL-terminated text that lives until they return.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// Copies a text that stays with its owner.
///
/// # Safety
/// `text` is null or NUL-terminated and live.
unsafe fn copy_text(text: *const c_char) -> String {
    utf8(bytes_of(text))
}

/// Copies and frees a text that the C API allocated for us.
///
/// # Safety
/// `text` is null or a NUL-terminated text to be freed with `duckdb_free`.
unsafe fn take_text(text: *mut c_char) -> String {
    let copy = utf8(bytes_of(text));
    // SAFETY: the caller's promise; null is allowed.
    unsafe { sys::duckdb_free(text.cast::<c_void>()) };
    copy
}

/// DuckDB keeps names in UTF-8; a name that is not is shown with replacement characters, because
/// it is only ever shown.
fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut text = String::new();
        for chunk in error.as_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    })
}

/// Turns an error handle into a result and destroys it.
///
/// # Safety
/// `error` is null or a live handle that nobody else destroys.
unsafe fn check_error_data(mut error: sys::duckdb_error_data) -> Result<(), ErrorText> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the caller's promise; the message is copied before the handle is destroyed.
    unsafe {
        let text = sys::duckdb_error_data_has_error(error)
            .then(|| bytes_of(sys::duckdb_error_data_message(error)));
        sys::duckdb_destroy_error_data(&raw mut error);
        text.map_or(Ok(()), |text| Err(ErrorText(text)))
    }
}
