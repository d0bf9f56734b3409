//! The DuckDB instance of this process: opened, filled with extensions, locked, owned.
//!
//! The first two are the same for every engine of a worker and cost most: [`Foundation::lay`] does
//! them once, in the [`super::template`], and its copies do the rest.

use tavana_common::proto::engine::Start;

use super::failure;
use super::ffi::{Connection, Database, ErrorText};
use super::profile;
use super::text::quote_text;

/// The instance and its two connections.
#[derive(Debug)]
pub(crate) struct Instance {
    /// Where clients' statements run.
    pub(crate) session: Connection,
    /// For instance-wide changes that must not disturb an open result of the session.
    pub(crate) control: Connection,
    pub(crate) loaded_extensions: Vec<String>,
    #[expect(dead_code, reason = "held open for as long as its connections")]
    database: Database,
}

/// An instance with its extensions and with nothing of any one engine. No connection is open: a
/// connection has random numbers of its own, which copies would share.
#[derive(Debug)]
pub(crate) struct Foundation {
    database: Database,
    pub(crate) loaded_extensions: Vec<String>,
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
            .run(&profile::of_all_engines(start, &loaded_extensions))
            .and_then(|()| profile::allow_session_settings(&connection))
            .map_err(step("could not apply the profile"))?;
        Ok(Self {
            database,
            loaded_extensions,
        })
    }
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
        } = foundation;
        let control = database
            .connect()
            .map_err(step("could not connect to DuckDB"))?;
        control
            .run(&profile::of_one_engine(start))
            .map_err(step("could not apply the profile"))?;
        let session = database
            .connect()
            .map_err(step("could not connect to DuckDB"))?;
        for connection in [&session, &control] {
            connection
                .run(profile::OF_EACH_CONNECTION)
                .map_err(step("could not apply the settings of a connection"))?;
        }
        control
            .run(profile::LOCK)
            .map_err(step("could not lock the configuration"))?;
        profile::verify(&session)?;
        Ok(Self {
            session,
            control,
            loaded_extensions,
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
