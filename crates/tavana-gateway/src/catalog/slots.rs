//! Places in a rewritten text for what belongs to the session that sends it.
//!
//! The rewritten text of a statement is kept for all sessions. What only one session may see is
//! put in when the text leaves for a worker, so nothing of a session is ever kept.

use std::fmt::Write as _;

/// What stands in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// `current_setting('name', missing_ok)`.
    Setting { name: String, missing_ok: bool },
    /// The same, left of the `set_config` that may change it.
    SettingBefore { name: String, missing_ok: bool },
    /// All settings as a DuckDB map from lower-case name to value.
    Settings,
    /// `pg_backend_pid()`.
    Pid,
    /// `version()`.
    Version,
    /// `current_database()`.
    Database,
    /// `current_user` and its like.
    User,
    /// `inet_client_addr()`.
    ClientAddress,
    /// `txid_current()`.
    TransactionId,
    /// `public` as a schema.
    Public,
    /// The first of three parts of a relation's name, as written: nothing when it names the
    /// database of the session.
    Database3 { written: String, name: String },
    /// The relation `pg_settings`.
    SettingsRelation,
    /// The relation `pg_stat_activity`.
    ActivityRelation,
    /// The relation `tavana.queue`.
    QueueRelation,
}

/// A row of `pg_settings`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SettingRow {
    pub(crate) name: String,
    pub(crate) setting: String,
    pub(crate) unit: Option<&'static str>,
    pub(crate) category: &'static str,
    pub(crate) description: &'static str,
    pub(crate) context: &'static str,
    pub(crate) vartype: &'static str,
    pub(crate) source: &'static str,
    pub(crate) boot: String,
    pub(crate) reset: String,
}

/// A row of `pg_stat_activity`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ActivityRow {
    pub(crate) pid: i32,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) application: String,
    pub(crate) client_address: Option<String>,
    /// Microseconds since 1970.
    pub(crate) backend_start: i64,
    pub(crate) query_start: Option<i64>,
    pub(crate) state_change: i64,
    pub(crate) state: &'static str,
    /// `None` for those whose text is not the reader's to see.
    pub(crate) query: Option<String>,
}

/// A row of `tavana.queue`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct QueueRow {
    pub(crate) user: String,
    /// As in `pg_stat_activity`; `None` for sessions that are not there.
    pub(crate) pid: Option<i32>,
    pub(crate) state: &'static str,
    /// Of one that waits.
    pub(crate) position: Option<i64>,
    pub(crate) lane: &'static str,
    /// Microseconds since 1970.
    pub(crate) queued_at: i64,
    /// Microseconds.
    pub(crate) waited: i64,
    pub(crate) memory_bytes: i64,
}

/// A session, as far as its statements can ask about it.
pub(crate) trait Owner {
    /// The value of a setting; `None` when it is not known here.
    fn setting(&self, name: &str) -> Option<String>;
    /// The value before the functions of the statement have set anything.
    fn setting_before(&self, name: &str) -> Option<String> {
        self.setting(name)
    }
    fn settings(&self) -> Vec<SettingRow>;
    fn activity(&self) -> Vec<ActivityRow>;
    /// What runs and waits of the session's principal.
    fn queue(&self) -> Vec<QueueRow>;
    fn pid(&self) -> i32;
    fn version(&self) -> String;
    fn database(&self) -> String;
    fn user(&self) -> String;
    fn client_address(&self) -> Option<String>;
    fn transaction_id(&self) -> u64;
    /// Whether `public` may be a schema of its own where the session looks for tables.
    fn has_public(&self) -> bool;
}

/// The value of a slot that is a single one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SlotValue {
    Text(Option<String>),
    Int(i32),
    BigInt(i64),
}

impl Slot {
    /// The value for a session; `None` for what is no single value, or only DuckDB knows.
    pub(crate) fn value(&self, owner: &dyn Owner) -> Option<SlotValue> {
        let setting = |value: Option<String>, missing_ok| match value {
            Some(value) => Some(SlotValue::Text(Some(value))),
            None if missing_ok => Some(SlotValue::Text(None)),
            None => None,
        };
        Some(match self {
            Self::Setting { name, missing_ok } => setting(owner.setting(name), *missing_ok)?,
            Self::SettingBefore { name, missing_ok } => {
                setting(owner.setting_before(name), *missing_ok)?
            }
            Self::Pid => SlotValue::Int(owner.pid()),
            Self::Version => SlotValue::Text(Some(owner.version())),
            Self::Database => SlotValue::Text(Some(owner.database())),
            Self::User => SlotValue::Text(Some(owner.user())),
            Self::ClientAddress => SlotValue::Text(owner.client_address()),
            Self::TransactionId => {
                SlotValue::BigInt(i64::try_from(owner.transaction_id()).unwrap_or(i64::MAX))
            }
            Self::Settings
            | Self::Public
            | Self::Database3 { .. }
            | Self::SettingsRelation
            | Self::ActivityRelation
            | Self::QueueRelation => return None,
        })
    }

    /// Writes what the worker reads in this place.
    pub(crate) fn render(&self, owner: &dyn Owner, out: &mut String) {
        if let Some(value) = self.value(owner) {
            match value {
                SlotValue::Text(Some(text)) => quote(&text, out),
                SlotValue::Text(None) => out.push_str("CAST(NULL AS VARCHAR)"),
                SlotValue::Int(number) => write_number(out, i64::from(number)),
                SlotValue::BigInt(number) => {
                    out.push_str("CAST(");
                    write_number(out, number);
                    out.push_str(" AS BIGINT)");
                }
            }
            return;
        }
        match self {
            // Not one of PostgreSQL's: DuckDB knows it or says that it does not exist.
            Self::Setting { name, .. } | Self::SettingBefore { name, .. } => {
                out.push_str("CAST(current_setting(");
                quote(name, out);
                out.push_str(") AS VARCHAR)");
            }
            Self::Settings => {
                out.push_str("MAP {");
                for (at, row) in owner.settings().iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    quote(&row.name.to_lowercase(), out);
                    out.push_str(": ");
                    quote(&row.setting, out);
                }
                out.push('}');
            }
            Self::Public => out.push_str(if owner.has_public() { "public" } else { "main" }),
            Self::Database3 { written, name } => {
                if *name != owner.database() {
                    out.push_str(written);
                    out.push('.');
                }
            }
            Self::SettingsRelation => render_settings(&owner.settings(), out),
            Self::ActivityRelation => render_activity(&owner.activity(), out),
            Self::QueueRelation => render_queue(&owner.queue(), out),
            Self::Pid
            | Self::Version
            | Self::Database
            | Self::User
            | Self::ClientAddress
            | Self::TransactionId => {}
        }
    }
}

fn write_number(out: &mut String, number: i64) {
    write!(out, "{number}").expect("a String takes all that is written to it");
}

/// A string literal.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('\'');
    for character in text.chars() {
        match character {
            '\'' => out.push_str("''"),
            // Neither DuckDB's text nor the protocol's can hold it.
            '\0' => {}
            other => out.push(other),
        }
    }
    out.push('\'');
}

/// Rows as a VALUES list; the first row says the types of all.
struct ValuesList<'out> {
    out: &'out mut String,
    row: usize,
    column: usize,
}

impl<'out> ValuesList<'out> {
    fn begin(out: &'out mut String, before: &str) -> Self {
        out.push_str(before);
        out.push_str(" FROM (VALUES ");
        Self {
            out,
            row: 0,
            column: 0,
        }
    }

    fn next_row(&mut self) {
        self.out.push_str(if self.row == 0 { "(" } else { "), (" });
        self.row += 1;
        self.column = 0;
    }

    fn value(&mut self, of: &str, write: impl FnOnce(&mut String)) {
        if self.column > 0 {
            self.out.push_str(", ");
        }
        self.column += 1;
        self.out.push_str("CAST(");
        write(self.out);
        self.out.push_str(" AS ");
        self.out.push_str(of);
        self.out.push(')');
    }

    fn text(&mut self, value: Option<&str>) {
        self.value("VARCHAR", |out| match value {
            Some(text) => quote(text, out),
            None => out.push_str("NULL"),
        });
    }

    fn int(&mut self, value: Option<i64>, of: &str) {
        self.value(of, |out| match value {
            Some(number) => write_number(out, number),
            None => out.push_str("NULL"),
        });
    }

    fn time(&mut self, microseconds: Option<i64>) {
        self.value("TIMESTAMP WITH TIME ZONE", |out| match microseconds {
            Some(number) => {
                out.push_str("make_timestamptz(");
                write_number(out, number);
                out.push(')');
            }
            None => out.push_str("NULL"),
        });
    }

    fn end(self, columns: &str) {
        self.end_where(columns, "");
    }

    fn end_where(self, columns: &str, condition: &str) {
        self.out.push_str(")) __tavana_v (");
        self.out.push_str(columns);
        self.out.push(')');
        self.out.push_str(condition);
        self.out.push(')');
    }
}

const SETTINGS_COLUMNS: &str = "name, setting, unit, category, short_desc, extra_desc, context, \
    vartype, source, min_val, max_val, enumvals, boot_val, reset_val, sourcefile, sourceline, \
    pending_restart";

fn render_settings(rows: &[SettingRow], out: &mut String) {
    let mut list = ValuesList::begin(out, "(SELECT *");
    for row in rows {
        list.next_row();
        for value in [
            Some(row.name.as_str()),
            Some(row.setting.as_str()),
            row.unit,
            Some(row.category),
            Some(row.description),
            None,
            Some(row.context),
            Some(row.vartype),
            Some(row.source),
            None,
            None,
        ] {
            list.text(value);
        }
        list.value("VARCHAR[]", |out| out.push_str("NULL"));
        list.text(Some(&row.boot));
        list.text(Some(&row.reset));
        list.text(None);
        list.int(None, "INTEGER");
        list.value("BOOLEAN", |out| out.push_str("false"));
    }
    list.end(SETTINGS_COLUMNS);
}

const ACTIVITY_COLUMNS: &str = "datname, pid, leader_pid, usesysid, usename, application_name, \
    client_addr, client_hostname, client_port, backend_start, xact_start, query_start, \
    state_change, wait_event_type, wait_event, state, backend_xid, backend_xmin, query_id, query, \
    backend_type";

fn render_activity(rows: &[ActivityRow], out: &mut String) {
    // One database is known to the catalog, whatever it is called.
    let before = "(SELECT (SELECT max(oid) FROM __tavana.pg.pg_database) AS datid, *";
    let mut list = ValuesList::begin(out, before);
    for row in rows {
        list.next_row();
        list.text(Some(&row.database));
        list.int(Some(i64::from(row.pid)), "INTEGER");
        list.int(None, "INTEGER");
        list.int(Some(10), "BIGINT");
        list.text(Some(&row.user));
        list.text(Some(&row.application));
        list.text(row.client_address.as_deref());
        list.text(None);
        list.int(None, "INTEGER");
        list.time(Some(row.backend_start));
        list.time(None);
        list.time(row.query_start);
        list.time(Some(row.state_change));
        list.text(None);
        list.text(None);
        list.text(Some(row.state));
        list.int(None, "BIGINT");
        list.int(None, "BIGINT");
        list.int(None, "BIGINT");
        list.text(row.query.as_deref());
        list.text(Some("client backend"));
    }
    list.end(ACTIVITY_COLUMNS);
}

const QUEUE_COLUMNS: &str = "usename, pid, state, position, lane, queued_at, wait_seconds, \
    memory_bytes";

fn render_queue(rows: &[QueueRow], out: &mut String) {
    // A list needs a row, and there may be none: one without a state stands before them.
    let mut list = ValuesList::begin(out, "(SELECT *");
    for row in std::iter::once(None).chain(rows.iter().map(Some)) {
        list.next_row();
        list.text(row.map(|row| row.user.as_str()));
        list.int(row.and_then(|row| row.pid).map(i64::from), "INTEGER");
        list.text(row.map(|row| row.state));
        list.int(row.and_then(|row| row.position), "BIGINT");
        list.text(row.map(|row| row.lane));
        list.time(row.map(|row| row.queued_at));
        list.value("DOUBLE", |out| match row {
            Some(row) => {
                write_number(out, row.waited);
                out.push_str(" / 1e6");
            }
            None => out.push_str("NULL"),
        });
        list.int(row.map(|row| row.memory_bytes), "BIGINT");
    }
    list.end_where(QUEUE_COLUMNS, " WHERE state IS NOT NULL");
}
