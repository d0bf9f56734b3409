//! The users file: who may log in with a password, an API key or a client certificate.
//!
//! One line for each credential, in the shape of PgBouncer's `userlist.txt` with rights behind:
//!
//! ```text
//! "ada" "SCRAM-SHA-256$4096:…$…:…" role=admin
//! "etl" "API-KEY-SHA256$<hex>" role=readwrite tenant="acme" credentials=own
//! "bi"  "" role=readonly statement_timeout=30s idle_session_timeout=10min
//! ```
//!
//! An empty credential lists a user who logs in by certificate only. The file is read again when
//! it changes; one that cannot be read leaves the last good one in force, with one WARN.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use tavana_common::secret::Secret;
use tavana_common::task::{self, Task};
use thiserror::Error;
use tracing::{info, warn};

use super::principal::{Principal, Role, Source, is_name};
use super::scram::Verifier;
use super::timeouts::Timeouts;

/// How often the file is looked at.
const POLL: Duration = Duration::from_secs(2);
/// Largest file that is read: some 100,000 users.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// What API keys of ours begin with.
const KEY_PREFIX: &str = "tvn_";
const KEY_HASH_PREFIX: &str = "API-KEY-SHA256$";

/// Why a users file cannot be used.
#[derive(Debug, Error)]
pub enum UsersError {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A line is wrong. Its text is not repeated, as it may hold a secret.
    #[error("{path}, line {line}: {problem}")]
    Line {
        /// Which file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// There is no such user.
    #[error("there is no user {0:?}")]
    Absent(String),
    /// A name that cannot be one.
    #[error("a name has 1 to 256 bytes and no control characters")]
    Name,
}

/// SHA-256 of an API key. The keys are random, so a plain hash is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of `key`.
    #[must_use]
    pub fn of(key: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
        Self(hash)
    }

    /// What a login by this key leaves in a bearer token.
    pub(crate) fn proof(self) -> Vec<u8> {
        digest(&SHA256, &self.0).as_ref().to_vec()
    }

    fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut hash = [0; 32];
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }

    fn to_hex(self) -> String {
        self.0.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String succeeds");
            text
        })
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(***)")
    }
}

/// What a user shows to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A password.
    Password(Verifier),
    /// An API key.
    Key(KeyHash),
    /// Nothing that this file knows: a client certificate.
    Certificate,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The user.
    pub name: String,
    /// What they show.
    pub credential: Credential,
    /// What they may do.
    pub role: Role,
    /// Whose they are.
    pub tenant: Option<String>,
    /// Whether they may read only with credentials of their own.
    pub own_credentials_only: bool,
    /// Time limits of their sessions.
    pub timeouts: Timeouts,
}

impl Entry {
    /// The entry as a line of the file.
    ///
    /// # Errors
    /// When no reader would take it: a name or tenant that cannot be one.
    pub fn to_checked_line(&self) -> Result<String, UsersError> {
        let named = is_name(&self.name) && self.tenant.as_deref().is_none_or(is_name);
        if named {
            Ok(self.to_line())
        } else {
            Err(UsersError::Name)
        }
    }

    fn to_line(&self) -> String {
        let credential = match &self.credential {
            Credential::Password(verifier) => verifier.to_text(),
            Credential::Key(hash) => format!("{KEY_HASH_PREFIX}{}", hash.to_hex()),
            Credential::Certificate => String::new(),
        };
        let mut line = format!(
            "{} {} role={}",
            quoted(&self.name),
            quoted(&credential),
            self.role.name()
        );
        if let Some(tenant) = &self.tenant {
            line.push_str(&format!(" tenant={}", quoted(tenant)));
        }
        if self.own_credentials_only {
            line.push_str(" credentials=own");
        }
        for (name, value) in self.timeouts.all() {
            line.push_str(&format!(" {name}={}", quoted(value)));
        }
        line
    }

    fn principal(&self) -> Principal {
        Principal::with_rights(
            Source::File,
            self.tenant.as_deref(),
            &self.name,
            self.role,
            self.own_credentials_only,
        )
    }
}

/// A new random API key: 256 bits.
///
/// # Panics
/// When the operating system gives no random bytes.
#[must_use]
pub fn new_key() -> Secret {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    Secret::new(format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The lines of a users file, in order.
///
/// # Errors
/// Names the first line that is wrong.
pub fn read_entries(path: &Path) -> Result<Vec<Entry>, UsersError> {
    let file = |source| UsersError::File {
        path: path.display().to_string(),
        source,
    };
    if std::fs::metadata(path).map_err(file)?.len() > FILE_BYTES_MAX {
        return Err(file(io::Error::other("the file is larger than 32 MiB")));
    }
    let text = std::fs::read_to_string(path).map_err(file)?;
    parse(&text).map_err(|(line, problem)| UsersError::Line {
        path: path.display().to_string(),
        line,
        problem,
    })
}

/// Replaces the file by one with these entries, readable by its owner only. A reader sees the old
/// file or the new one, never a part.
///
/// # Errors
/// When it cannot be written.
pub fn write_entries(path: &Path, entries: &[Entry]) -> Result<(), UsersError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut text = String::from(
        "# Users of tavana: name, credential, rights. Written by `tavana user`; may be edited.\n",
    );
    for entry in entries {
        text.push_str(&entry.to_line());
        text.push('\n');
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}", std::process::id()));
    let write = || {
        let before = match std::fs::metadata(path) {
            Ok(before) => Some(before),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        // Whoever could read the old file must be able to read the new one, and nobody else.
        if let Some(before) = before {
            use std::os::unix::fs::MetadataExt as _;
            std::os::unix::fs::fchown(&file, Some(before.uid()), Some(before.gid()))?;
            file.set_permissions(before.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|source| UsersError::File {
        path: path.display().to_string(),
        source,
    })
}

/// Keeps other writers of the file away for as long as the result lives.
///
/// # Errors
/// When the lock file beside it cannot be made.
pub fn lock(path: &Path) -> Result<std::fs::File, UsersError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let lock = || {
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(|source| UsersError::File {
        path: path.display().to_string(),
        source,
    })
}

fn parse(text: &str) -> Result<Vec<Entry>, (usize, String)> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut rights: HashMap<String, (Principal, Timeouts)> = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let entry = parse_line(line).map_err(|problem| (index + 1, problem))?;
        // Two lines of one user must not say different things of their rights.
        let said = (entry.principal(), entry.timeouts.clone());
        let known = rights
            .entry(entry.name.clone())
            .or_insert_with(|| said.clone());
        if *known != said {
            return Err((
                index + 1,
                "an earlier line gives this user other rights".to_owned(),
            ));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn parse_line(line: &str) -> Result<Entry, String> {
    let (name, rest) = word(line)?;
    let (credential, mut rest) = word(rest)?;
    if !is_name(&name) {
        return Err("the name is empty, too long or has control characters".to_owned());
    }
    let credential = if credential.is_empty() {
        Credential::Certificate
    } else if let Some(hash) = credential.strip_prefix(KEY_HASH_PREFIX) {
        Credential::Key(KeyHash::from_hex(hash).ok_or("the API key's hash is not 64 hex digits")?)
    } else {
        Credential::Password(Verifier::from_text(&credential).ok_or(
            "the credential is no SCRAM-SHA-256 verifier and no API-KEY-SHA256 hash; `tavana user add` makes them",
        )?)
    };
    let mut entry = Entry {
        name,
        credential,
        role: Role::ReadWrite,
        tenant: None,
        own_credentials_only: false,
        timeouts: Timeouts::default(),
    };
    let words = || format!("after the credential come {}", Timeouts::WORDS);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(entry);
        }
        let (key, value) = rest.split_once('=').ok_or_else(words)?;
        let (value, after) = word(value)?;
        rest = after;
        match key {
            "role" => {
                entry.role = Role::of_name(&value)
                    .ok_or_else(|| format!("role is one of {}", Role::NAMES.join(", ")))?;
            }
            "tenant" if is_name(&value) => entry.tenant = Some(value),
            "tenant" => return Err("the tenant's name is empty or too long".to_owned()),
            "credentials" => {
                entry.own_credentials_only = match value.as_str() {
                    "own" => true,
                    "infra" => false,
                    _ => return Err("credentials is own or infra".to_owned()),
                };
            }
            name => {
                if !entry.timeouts.note(name, value)? {
                    return Err(words());
                }
            }
        }
    }
}

/// The next word: in double quotes, where two stand for one, or up to white space.
fn word(text: &str) -> Result<(String, &str), String> {
    let text = text.trim_start();
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return if word.is_empty() {
            Err("a name and a credential are needed".to_owned())
        } else {
            Ok((word.to_owned(), rest))
        };
    };
    let mut out = String::new();
    loop {
        let (part, after) = rest.split_once('"').ok_or("a quote is not closed")?;
        out.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                out.push('"');
                rest = after;
            }
            None => return Ok((out, after)),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What the file says, by name and by key.
#[derive(Debug, Default)]
struct Listed {
    users: HashMap<String, User>,
    keys: HashMap<KeyHash, String>,
    bytes: Vec<u8>,
}

/// A user with all that they may show.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) principal: Principal,
    pub(crate) timeouts: Timeouts,
    /// The first password of the file; SCRAM can ask for one only.
    pub(crate) verifier: Option<Verifier>,
    keys: Vec<KeyHash>,
}

impl User {
    /// Whether the credential that `proof` was made of is still one of this user's. A certificate
    /// leaves no proof: its authority vouches for it.
    pub(crate) fn still_shows(&self, proof: &[u8]) -> bool {
        proof.is_empty()
            || self
                .verifier
                .as_ref()
                .is_some_and(|verifier| verifier.proof() == proof)
            || self.keys.iter().any(|key| key.proof() == proof)
    }
}

/// The users file as it is now.
#[derive(Debug)]
pub(crate) struct Users {
    path: PathBuf,
    listed: RwLock<Arc<Listed>>,
}

impl Users {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be used: nobody could log in, or the wrong ones.
    pub(crate) fn load(path: PathBuf) -> Result<Arc<Self>, UsersError> {
        let listed = list(&path)?;
        Ok(Arc::new(Self {
            path,
            listed: RwLock::new(Arc::new(listed)),
        }))
    }

    /// Follows the file for as long as the task lives.
    pub(crate) fn follow(self: &Arc<Self>, changed: impl Fn() + Send + 'static) -> Task<()> {
        let users = Arc::clone(self);
        task::spawn(async move {
            let (mut broken, mut seen) = (false, None);
            loop {
                tokio::time::sleep(POLL).await;
                let stamp = stamp(&users.path);
                if stamp.is_some() && stamp == seen {
                    continue;
                }
                let path = users.path.clone();
                let Ok(listed) = task::spawn_blocking(move || list(&path)).await else {
                    return;
                };
                seen = stamp;
                match listed {
                    Ok(listed) if listed.bytes == users.current().bytes => broken = false,
                    Ok(listed) => {
                        broken = false;
                        info!(users = listed.users.len(), "the users file was read again");
                        *users.listed.write().unwrap_or_else(PoisonError::into_inner) =
                            Arc::new(listed);
                        changed();
                    }
                    Err(problem) if broken => drop(problem),
                    Err(problem) => {
                        broken = true;
                        warn!(%problem, "could not read the users file again: the last good one stays");
                    }
                }
            }
        })
    }

    pub(crate) fn user(&self, name: &str) -> Option<User> {
        self.current().users.get(name).cloned()
    }

    /// Whose API key it is.
    pub(crate) fn user_of_key(&self, key: &str) -> Option<User> {
        let listed = self.current();
        let name = listed.keys.get(&KeyHash::of(key))?;
        listed.users.get(name).cloned()
    }

    /// Whether some user has an API key.
    pub(crate) fn has_keys(&self) -> bool {
        !self.current().keys.is_empty()
    }

    fn current(&self) -> Arc<Listed> {
        Arc::clone(&self.listed.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What changes when a file does: its place, size and time of change. `None` when that was within
/// the last seconds: it may change again without another time.
fn stamp(path: &Path) -> Option<(u64, u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).ok()?;
    let settled = found.modified().ok()?.elapsed().ok()? > 2 * POLL;
    settled.then(|| (found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
}

fn list(path: &Path) -> Result<Listed, UsersError> {
    let mut listed = Listed::default();
    for entry in read_entries(path)? {
        // What counts is what the lines say, not how they are written.
        listed.bytes.extend_from_slice(entry.to_line().as_bytes());
        listed.bytes.push(b'\n');
        let user = listed
            .users
            .entry(entry.name.clone())
            .or_insert_with(|| User {
                principal: entry.principal(),
                timeouts: entry.timeouts.clone(),
                verifier: None,
                keys: Vec::new(),
            });
        match entry.credential {
            Credential::Password(verifier) => {
                user.verifier.get_or_insert(verifier);
            }
            Credential::Key(hash) => {
                user.keys.push(hash);
                listed.keys.insert(hash, entry.name);
            }
            Credential::Certificate => {}
        }
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_it_was_written() {
        let mut timeouts = Timeouts::default();
        for name in ["statement_timeout", "idle_session_timeout"] {
            assert_eq!(timeouts.note(name, "30 s".to_owned()), Ok(true));
        }
        let entries = [
            Entry {
                name: "a \"b\"".to_owned(),
                credential: Credential::Password(Verifier::of_password("x")),
                role: Role::Admin,
                tenant: Some("Acme & Co".to_owned()),
                own_credentials_only: true,
                timeouts: Timeouts::default(),
            },
            Entry {
                name: "etl".to_owned(),
                credential: Credential::Key(KeyHash::of("tvn_x")),
                role: Role::ReadOnly,
                tenant: None,
                own_credentials_only: false,
                timeouts,
            },
        ];
        let text: String = entries
            .iter()
            .map(|entry| format!("{}\n\n# remark\n", entry.to_line()))
            .collect();
        assert_eq!(parse(&text), Ok(entries.to_vec()));
    }

    #[test]
    fn a_list_of_pgbouncer_is_a_users_file() {
        let verifier = Verifier::of_password("x").to_text();
        let entries = parse(&format!(
            "; comment\n\"ada\" \"{verifier}\"\nbob {verifier}\n"
        ));
        let entries = entries.expect("reads");
        assert_eq!(entries.len(), 2);
        assert_eq!(
            (entries[1].name.as_str(), entries[1].role),
            ("bob", Role::ReadWrite)
        );
    }

    #[test]
    fn wrong_lines_are_named_by_number_and_never_repeated() {
        let verifier = Verifier::of_password("x").to_text();
        for wrong in [
            "\"ada\" \"CANARY\"",
            "\"ada\" \"md5CANARY\"",
            "\"ada\"",
            "\"ada",
            "\"\" \"\"",
            &format!("ada {verifier} role=CANARY"),
            &format!("ada {verifier} CANARY"),
            &format!("ada {verifier} credentials=CANARY"),
            &format!("ada {verifier} statement_timeout=CANARY"),
            &format!("ada {verifier} statement_timeout=1s statement_timeout=1s"),
            &format!("ada {verifier} search_path=CANARY"),
            &format!("ada {verifier} role=admin\nada {verifier} role=readonly"),
            &format!("ada {verifier}\nada {verifier} statement_timeout=1s"),
            "ada API-KEY-SHA256$CANARY",
        ] {
            let (line, problem) = parse(wrong).expect_err(wrong);
            assert_eq!(line, wrong.lines().count(), "{wrong}");
            assert!(!problem.contains("CANARY"), "{problem}");
        }
    }

    #[test]
    fn new_keys_differ_and_say_whose_product_they_are_of() {
        let (one, two) = (new_key(), new_key());
        assert_ne!(one.expose(), two.expose());
        assert!(one.expose().starts_with("tvn_") && one.expose().len() > 40);
    }
}
