//! The DuckDB instance of this process: opened, filled with extensions, locked, owned.
//!
//! The first two are the same for every engine of a worker and cost most: [`Foundation::lay`] does
//! them once, in the [`super::template`], and its copies do the rest.

use std::sync::Arc;

use tavana_common::proto::engine::Start;

use super::catalog::{self, Records};
use super::cursor::LiveRows;
use super::failure;
use super::ffi::{Connection, Database, ErrorText};
use super::prepare;
use super::profile;
use super::secrets::Secrets;
use super::session::user_macros;
use super::text::{SqlText, quote_text};

/// The instance and its two connections.
#[derive(Debug)]
pub(crate) struct Instance {
    /// Where clients' statements run.
    pub(crate) session: Connection,
    /// For instance-wide changes that must not disturb an open result of the session.
    pub(crate) control: Connection,
    pub(crate) loaded_extensions: Vec<String>,
    /// Those that every engine has.
    pub(crate) secrets: Secrets,
    /// What the catalog tells of an instance in which nothing has been made.
    pub(crate) records: Arc<Records>,
    #[expect(dead_code, reason = "held open for as long as its connections")]
    database: Database,
}

/// An instance with its extensions and with nothing of any one engine. No connection is open: a
/// connection has random numbers of its own, which copies would share.
#[derive(Debug)]
pub(crate) struct Foundation {
    database: Database,
    pub(crate) loaded_extensions: Vec<String>,
    secrets: Secrets,
    records: Arc<Records>,
}

impl Foundation {
    /// Opens the instance without starting a thread.
    ///
    /// # Errors
    /// One line that says which step failed.
    pub(crate) fn lay(start: &Start) -> Result<Self, String> {
        let database = Database::open_in_memory(&profile::OPEN_OPTIONS)
            .map_err(step("could not open DuckDB"))?;
        let connection = database
            .connect()
            .map_err(step("could not connect to DuckDB"))?;
        connection
            .run(profile::BEFORE_EXTENSIONS)
            .map_err(step("could not apply the first settings"))?;
        let loaded_extensions = load_extensions(&connection, start)?;
        connection
            .read_bytes_as_postgresql()
            .map_err(step("could not register a cast"))?;
        let records =
            catalog::fill(&connection).map_err(step("could not make PostgreSQL's catalog"))?;
        connection
            .run(&profile::of_all_engines(start, &loaded_extensions))
            .and_then(|()| profile::allow_session_settings(&connection))
            .map_err(step("could not apply the profile"))?;
        profile::verify(&connection, profile::PROTECTIONS_OF_ALL)?;
        let secrets = Secrets::found(&connection, &loaded_extensions)
            .map_err(|misfit| misfit.into_failure().message)?;
        rehearse(&connection, &loaded_extensions)?;
        Ok(Self {
            database,
            loaded_extensions,
            secrets,
            records: Arc::new(records),
        })
    }
}

/// Runs what a session begins with, for nothing. The first time costs most, for symbols are looked
/// up and catalogs filled then; what was done here, copies of this process need not do again.
fn rehearse(connection: &Connection, loaded: &[String]) -> Result<(), String> {
    let mut begin = user_macros("nobody");
    begin.push_str("SET TimeZone='UTC';");
    if loaded.iter().any(|name| name == "httpfs") {
        begin.push_str(
            "CREATE SECRET rehearsal (TYPE s3, KEY_ID 'a', SECRET 'b', REGION 'c');
             SELECT name FROM duckdb_secrets();
             DROP SECRET rehearsal;",
        );
    }
    let failed = || step("could not run a statement");
    connection.run(&begin).map_err(failed())?;
    let text = SqlText::lex("SELECT current_user, count(*), max(i::VARCHAR) FROM range(9) t(i)");
    let mut prepared = prepare::prepare(connection, &text, &[], None).map_err(|f| f.message)?;
    let statement = prepared.take_statement(connection).map_err(|f| f.message)?;
    let result = statement.execute_streaming().map_err(failed())?;
    let mut rows = LiveRows::new(result, prepared.export(connection));
    while rows.next().map_err(failed())?.is_some() {}
    Ok(())
}

fn step(what: &'static str) -> impl Fn(ErrorText) -> String {
    move |error| {
        let text = failure::engine(&error).message.replace('\n', " ");
        format!("{what}: {text}")
    }
}

impl Instance {
    /// Puts the instance under the locked profile.
    ///
    /// # Errors
    /// One line that says which step failed; the engine must not serve then.
    pub(crate) fn open(foundation: Foundation, start: &Start) -> Result<Self, String> {
        let Foundation {
            database,
            loaded_extensions,
            secrets,
            records,
        } = foundation;
        let connect = || {
            database
                .connect()
                .map_err(step("could not connect to DuckDB"))
        };
        let (control, session) = (connect()?, connect()?);
        session
            .run(profile::OF_THE_SESSION)
            .and_then(|()| control.run(&profile::of_one_engine(start)))
            .map_err(step("could not apply the profile"))?;
        profile::verify(&session, profile::PROTECTIONS_OF_ONE)?;
        Ok(Self {
            session,
            control,
            loaded_extensions,
            secrets,
            records,
            database,
        })
    }
}

fn load_extensions(connection: &Connection, start: &Start) -> Result<Vec<String>, String> {
    // iceberg needs avro and would try to download it.
    let mut ordered: Vec<_> = start.extensions.iter().collect();
    ordered.sort_by_key(|extension| extension.name != "avro");
    let mut loaded = Vec::new();
    for extension in ordered {
        match connection.run(&format!("LOAD {}", quote_text(&extension.path))) {
            Ok(()) => loaded.push(extension.name.clone()),
            Err(error) if extension.required => {
                let text = failure::engine(&error).message.replace('\n', " ");
                return Err(format!(
                    "could not load the required extension \"{}\": {text}",
                    extension.name
                ));
            }
            // Which extensions are there is told in Ready; the supervisor logs it.
            Err(_) => {}
        }
    }
    Ok(loaded)
}
