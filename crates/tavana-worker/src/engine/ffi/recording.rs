//! Table functions that give the rows of a result once taken.
//!
//! DuckDB lists what it holds by walking through all of it, in each statement anew, and no index
//! helps. A recording keeps such a list as DuckDB's own chunks and hands them out by reference. It
//! knows nothing of transactions: its owner renews it when it no longer holds.

use std::ffi::{CStr, CString, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use libduckdb_sys as sys;

use super::{Connection, DataChunk, ErrorText, LogicalType, QueryResult, c_text};

/// The rows that a table function gives from now on.
#[derive(Debug)]
pub(crate) struct Recording(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    columns: Vec<(CString, LogicalType)>,
    weight: u64,
    chunks: RwLock<Arc<Chunks>>,
}

#[derive(Debug)]
struct Chunks(Vec<DataChunk>);

// SAFETY: types and chunks are not changed after they were put here. DuckDB copies the types while
// it binds; to refer to a vector counts a reference to its buffers, which is an atomic operation.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Chunks {}
// SAFETY: as above.
unsafe impl Sync for Chunks {}

/// Where a scan is.
struct Scan {
    chunks: Arc<Chunks>,
    /// The columns wanted; those that are none of ours are DuckDB's way to count rows.
    columns: Vec<u64>,
    next: AtomicUsize,
}

impl Connection {
    /// Makes `name` a table function without parameters that gives the rows of `sql`, one of
    /// tavana's own statements. DuckDB plans as if there were `weight` times as many rows: it takes
    /// all values of a column for different ones, so joins by a name that occurs often look small.
    ///
    /// # Errors
    /// What DuckDB said of the statement or the name.
    pub(crate) fn record(
        &self,
        name: &CStr,
        sql: &str,
        weight: u64,
    ) -> Result<Recording, ErrorText> {
        let (columns, chunks) = self.taken(sql)?;
        let columns = columns
            .into_iter()
            .map(|(name, logical_type)| Ok((c_text(&name)?, logical_type)))
            .collect::<Result<_, ErrorText>>()?;
        let shared = Arc::new(Shared {
            columns,
            weight,
            chunks: RwLock::new(Arc::new(chunks)),
        });
        // SAFETY: the function is destroyed in every case; the name is NUL-terminated and copied;
        // DuckDB owns one reference to `shared` and gives it back by `release`; the callbacks take
        // it from where it was put.
        let state = unsafe {
            let mut function = sys::duckdb_create_table_function();
            sys::duckdb_table_function_set_name(function, name.as_ptr());
            sys::duckdb_table_function_set_extra_info(
                function,
                Arc::into_raw(Arc::clone(&shared))
                    .cast_mut()
                    .cast::<c_void>(),
                Some(release),
            );
            sys::duckdb_table_function_set_bind(function, Some(bind));
            sys::duckdb_table_function_set_init(function, Some(init));
            sys::duckdb_table_function_set_function(function, Some(scan));
            sys::duckdb_table_function_supports_projection_pushdown(function, true);
            let state = sys::duckdb_register_table_function(self.raw(), function);
            sys::duckdb_destroy_table_function(&raw mut function);
            state
        };
        if state == sys::DuckDBSuccess {
            Ok(Recording(shared))
        } else {
            Err(ErrorText::own("could not register a table function"))
        }
    }

    fn taken(&self, sql: &str) -> Result<(Vec<(String, LogicalType)>, Chunks), ErrorText> {
        let sql = c_text(sql)?;
        let mut result = QueryResult::empty(&self.handle);
        // SAFETY: the connection is live, the text NUL-terminated, the result a valid place which
        // its owner destroys in every case.
        let state = unsafe { sys::duckdb_query(self.raw(), sql.as_ptr(), &raw mut result.raw) };
        if state != sys::DuckDBSuccess {
            return Err(result.error());
        }
        let columns = result.columns();
        let mut chunks = Vec::new();
        while let Some(chunk) = result.fetch()? {
            chunks.push(chunk);
        }
        Ok((columns, Chunks(chunks)))
    }
}

impl Recording {
    /// Takes the rows anew. Scans that have begun go on with the old ones.
    ///
    /// # Errors
    /// What DuckDB said; the old rows stay.
    pub(crate) fn renew(&self, connection: &Connection, sql: &str) -> Result<(), ErrorText> {
        let (columns, chunks) = connection.taken(sql)?;
        let same = columns.len() == self.0.columns.len()
            && columns
                .iter()
                .zip(&self.0.columns)
                .all(|((_, found), (_, known))| found.id() == known.id());
        if !same {
            return Err(ErrorText::own("the columns of a recording have changed"));
        }
        *self
            .0
            .chunks
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(chunks);
        Ok(())
    }
}

impl Shared {
    fn chunks(&self) -> Arc<Chunks> {
        let chunks = self.chunks.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&chunks)
    }
}

unsafe extern "C" fn release(shared: *mut c_void) {
    // SAFETY: the pointer came from `Arc::into_raw` and is given back once.
    drop(unsafe { Arc::from_raw(shared.cast_const().cast::<Shared>()) });
}

unsafe extern "C" fn bind(info: sys::duckdb_bind_info) {
    // SAFETY: the extra info is the reference that the function owns; names and types are live and
    // copied.
    unsafe {
        let shared = &*sys::duckdb_bind_get_extra_info(info)
            .cast_const()
            .cast::<Shared>();
        for (name, logical_type) in &shared.columns {
            sys::duckdb_bind_add_result_column(info, name.as_ptr(), logical_type.raw);
        }
        let rows: usize = shared.chunks().0.iter().map(DataChunk::rows).sum();
        sys::duckdb_bind_set_cardinality(info, shared.weight * rows as u64, false);
    }
}

unsafe extern "C" fn init(info: sys::duckdb_init_info) {
    // SAFETY: as in `bind`; DuckDB owns the scan from here on and gives it back by `forget`;
    // indexes stay below the count.
    unsafe {
        let shared = &*sys::duckdb_init_get_extra_info(info)
            .cast_const()
            .cast::<Shared>();
        let columns = (0..sys::duckdb_init_get_column_count(info))
            .map(|at| sys::duckdb_init_get_column_index(info, at))
            .collect();
        let scan = Box::new(Scan {
            chunks: shared.chunks(),
            columns,
            next: AtomicUsize::new(0),
        });
        sys::duckdb_init_set_init_data(info, Box::into_raw(scan).cast::<c_void>(), Some(forget));
    }
}

unsafe extern "C" fn forget(scan: *mut c_void) {
    // SAFETY: the pointer came from `Box::into_raw` and is given back once.
    drop(unsafe { Box::from_raw(scan.cast::<Scan>()) });
}

unsafe extern "C" fn scan(info: sys::duckdb_function_info, output: sys::duckdb_data_chunk) {
    // SAFETY: the init data is the scan that `init` made; the output has a vector of the same type
    // for each column wanted; those that exist in the chunk stay below its count of columns.
    unsafe {
        let scan = &*sys::duckdb_function_get_init_data(info)
            .cast_const()
            .cast::<Scan>();
        let Some(chunk) = scan.chunks.0.get(scan.next.fetch_add(1, Ordering::Relaxed)) else {
            sys::duckdb_data_chunk_set_size(output, 0);
            return;
        };
        let known = sys::duckdb_data_chunk_get_column_count(chunk.raw);
        for (at, column) in (0..).zip(&scan.columns) {
            if *column < known {
                sys::duckdb_vector_reference_vector(
                    sys::duckdb_data_chunk_get_vector(output, at),
                    sys::duckdb_data_chunk_get_vector(chunk.raw, *column),
                );
            }
        }
        sys::duckdb_data_chunk_set_size(output, chunk.rows() as u64);
    }
}
