//! The DuckDB instance of this process: opened, filled with extensions, locked, owned.

use tavana_common::proto::engine::{Assign, Secret, Start};
use tavana_common::proto::v1::Failure;

use super::failure;
use super::ffi::{Connection, Database, ErrorText};
use super::profile;
use super::text::{quote_name, quote_text};

/// Prefix of the names of tavana's secrets. Of secrets with equal scope DuckDB takes the one whose
/// name sorts first; this character sorts behind all others, so a user's own secret wins.
const RESERVED_PREFIX: &str = "\u{10ffff}tavana_";

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

impl Instance {
    /// Opens the instance under the locked profile.
    ///
    /// # Errors
    /// One line that says which step failed; the engine must not serve then.
    pub(crate) fn open(start: &Start) -> Result<Self, String> {
        let step = |what: &'static str| {
            move |error: ErrorText| {
                let text = failure::engine(&error).message.replace('\n', " ");
                format!("{what}: {text}")
            }
        };
        let database = Database::open_in_memory(&profile::OPEN_OPTIONS)
            .map_err(step("could not open DuckDB"))?;
        let control = database
            .connect()
            .map_err(step("could not connect to DuckDB"))?;
        control
            .run(profile::BEFORE_EXTENSIONS)
            .map_err(step("could not apply the first settings"))?;
        let loaded_extensions = load_extensions(&control, start)?;
        control
            .run(&profile::settings(start, &loaded_extensions))
            .map_err(step("could not apply the profile"))?;
        let session = database
            .connect()
            .map_err(step("could not connect to DuckDB"))?;
        for connection in [&session, &control] {
            connection
                .run(profile::OF_EACH_CONNECTION)
                .map_err(step("could not apply the settings of a connection"))?;
        }
        profile::seal(&control).map_err(step("could not lock the configuration"))?;
        profile::verify(&session)?;
        Ok(Self {
            session,
            control,
            loaded_extensions,
            database,
        })
    }

    /// Gives the instance the credentials of its owner.
    pub(crate) fn assign(&self, assign: &Assign) -> Result<(), Failure> {
        for secret in &assign.secrets {
            self.create_secret(secret)?;
        }
        let has_s3 = assign
            .secrets
            .iter()
            .any(|secret| secret.r#type.eq_ignore_ascii_case("s3") && secret.scope.is_empty());
        if !has_s3 && self.loaded_extensions.iter().any(|name| name == "httpfs") {
            // Without any S3 secret delta_scan would ask the instance metadata service for the
            // machine's own identity. A secret without keys stops that, and does not hide a
            // session's own settings from httpfs.
            let name = quote_name(&format!("{RESERVED_PREFIX}anon_s3"));
            self.control
                .run(&format!("CREATE OR REPLACE SECRET {name} (TYPE s3)"))
                .map_err(|_| failure::internal("could not create the anonymous S3 secret"))?;
        }
        Ok(())
    }

    fn create_secret(&self, secret: &Secret) -> Result<(), Failure> {
        let mut options = vec![format!("TYPE {}", quote_text(&secret.r#type))];
        if !secret.provider.is_empty() {
            options.push(format!("PROVIDER {}", quote_text(&secret.provider)));
        }
        if !secret.scope.is_empty() {
            options.push(format!("SCOPE {}", quote_text(&secret.scope)));
        }
        for (name, value) in &secret.options {
            if !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err(failure::invalid(
                    "a secret has an option with an unusable name",
                ));
            }
            options.push(format!("{name} {}", quote_text(value)));
        }
        let name = quote_name(&format!("{RESERVED_PREFIX}{}", secret.name));
        let sql = format!("CREATE OR REPLACE SECRET {name} ({})", options.join(", "));
        self.control.run(&sql).map_err(|error| {
            // DuckDB's text may repeat the statement and with it the key; only its class is told.
            let class = failure::EngineError::read(&error).class;
            failure::internal(format!(
                "could not create the secret \"{}\" of type {} ({class})",
                secret.name, secret.r#type
            ))
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
