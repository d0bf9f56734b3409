//! A session's statements in DuckDB's words: what [`crate::catalog`] makes of them, with what
//! belongs to this session put in, and what the answers are to a PostgreSQL client.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use tavana_common::proto::v1::Column;

use super::activity::{Activity, Introduction, Signal, Signalled};
use super::skip::Skippable;
use super::statement::{Scope, quote_identifier};
use super::{
    Answer, Class, Completion, Facts, Notice, Parameters, Protocol, Rows, Session, Statement,
    local_header, show_facts,
};
use crate::auth::{Principal, Role};
use crate::cancel::Target;
use crate::catalog::{
    ActivityRow, Answered, Argument, Call, Owner, Plan, QueueRow, SettingRow, position_in,
};
use crate::error::{QueryError, SqlState};
use crate::pg::types;
use crate::worker::{decode_batch, decode_schema, encode_local};

/// Rows that may call `pg_cancel_backend` at once.
const SIGNALS_MAX: usize = 10_000;
/// Of them, those for which other gateways are asked at once.
const SIGNALS_AT_ONCE: usize = 16;

/// Numbers for `txid_current()`: only that they grow is promised.
static TRANSACTIONS: AtomicU64 = AtomicU64::new(1000);

impl Owner for Session {
    fn setting(&self, name: &str) -> Option<String> {
        self.settings.show(name).map(|(_, value)| value)
    }

    fn setting_before(&self, name: &str) -> Option<String> {
        let settings = self.settings_before.as_deref().unwrap_or(&self.settings);
        settings.show(name).map(|(_, value)| value)
    }

    fn settings(&self) -> Vec<SettingRow> {
        self.settings.rows()
    }

    fn activity(&self) -> Vec<ActivityRow> {
        self.gateway.activities.rows(&self.principal)
    }

    fn queue(&self) -> Vec<QueueRow> {
        let is_admin = self.principal.role() == Role::Admin;
        let whole = |count: u128| i64::try_from(count).unwrap_or(i64::MAX);
        let shown = self.gateway.queue.shown().into_iter();
        shown
            .filter(|one| is_admin || *one.principal == *self.principal.id())
            .map(|one| QueueRow {
                user: one.user.to_string(),
                pid: (one.pid != 0).then_some(one.pid),
                state: match one.position {
                    Some(_) => "waiting",
                    None => "running",
                },
                position: one.position.and_then(|at| i64::try_from(at).ok()),
                lane: if one.is_short { "short" } else { "ordinary" },
                queued_at: one.came,
                waited: whole(one.waited.as_micros()),
                memory_bytes: whole(u128::from(one.memory_bytes)),
            })
            .collect()
    }

    fn pid(&self) -> i32 {
        self.activity.as_ref().map_or(0, |activity| activity.pid)
    }

    fn version(&self) -> String {
        let postgres = self
            .settings
            .show("server_version")
            .map_or_else(String::new, |(_, value)| value);
        format!(
            "PostgreSQL {postgres} (tavana {}, DuckDB {}) on {}-{}, 64-bit",
            env!("CARGO_PKG_VERSION"),
            tavana_common::DUCKDB_VERSION,
            std::env::consts::ARCH,
            std::env::consts::OS,
        )
    }

    fn database(&self) -> String {
        let named = self.activity.as_ref().map(|activity| activity.database());
        named.unwrap_or_else(|| self.principal.name()).to_owned()
    }

    fn user(&self) -> String {
        self.principal.name().to_owned()
    }

    fn client_address(&self) -> Option<String> {
        let address = self.activity.as_ref()?.address()?;
        Some(address.to_owned())
    }

    fn transaction_id(&self) -> u64 {
        TRANSACTIONS.fetch_add(1, Ordering::Relaxed)
    }

    fn has_public(&self) -> bool {
        self.moved_away
    }
}

impl Session {
    /// Makes the session known to others of its principal.
    pub(crate) fn introduce(&mut self, introduction: Introduction) {
        let activities = &self.gateway.activities;
        self.activity =
            Some(activities.enter(introduction, &self.principal, self.canceller.clone()));
        self.note_rest();
    }

    /// Comes to pass when somebody ends this session.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + use<> {
        let ended = self
            .activity
            .as_ref()
            .map(|activity| activity.ended().clone());
        async move {
            match ended {
                Some(ended) => ended.cancelled().await,
                None => std::future::pending().await,
            }
        }
    }

    /// Notes for others what the session is about to run.
    pub(super) fn note_running(&self, statement: &Statement) {
        if let Some(activity) = &self.activity {
            activity.runs(statement.text(), self.settings.application_name());
        }
    }

    /// Notes for others that the session waits for its client.
    pub(crate) fn note_rest(&self) {
        if let Some(activity) = &self.activity {
            activity.rests(self.transaction(), self.settings.application_name());
        }
    }

    /// What becomes of a statement. The words of Flight clients are DuckDB's.
    pub(super) fn plan(&self, statement: &Statement) -> Arc<Plan> {
        match self.protocol {
            Protocol::Postgres => statement.plan(&self.gateway.rewriter),
            Protocol::Flight => Arc::default(),
        }
    }

    /// The same of a statement that comes to the session: a long one waits for its turn.
    pub(super) async fn plan_in_turn(&self, statement: &Statement) -> Arc<Plan> {
        if self.protocol == Protocol::Flight || statement.has_plan() {
            return self.plan(statement);
        }
        let _turn = self.gateway.rewriter.turn(statement.text().len()).await;
        self.plan(statement)
    }

    /// The text of a statement for a worker.
    pub(super) fn sent<'a>(&self, plan: &'a Plan, statement: &'a Statement) -> Cow<'a, str> {
        plan.text(statement.text(), 0, self)
    }

    /// Moves the error's position from the text that a worker got into the statement's.
    pub(super) fn locate(&self, statement: &Statement, mut error: QueryError) -> QueryError {
        if let Some(position) = error.position {
            let plan = self.plan(statement);
            if !plan.is_unchanged() {
                let sent = self.sent(&plan, statement);
                error.position = position_in(statement.text(), &sent, position);
            }
        }
        error
    }

    /// Gives columns PostgreSQL's names and types.
    pub(super) fn shape(plan: &Plan, columns: &mut [Column]) {
        if plan.shape.is_plain() {
            return;
        }
        let count = columns.len();
        for (at, column) in columns.iter_mut().enumerate() {
            let (name, oid) = plan.shape.column(at, count, &column.name);
            let name = name.map(ToOwned::to_owned);
            if let Some(shown) = oid.and_then(|oid| types::shown_as(&column.duckdb_type, oid)) {
                shown.clone_into(&mut column.duckdb_type);
            }
            if let Some(name) = name {
                column.name = name;
            }
        }
    }

    /// PostgreSQL's type of a statement's parameter, where DuckDB has none for it.
    pub(crate) fn parameter_oid(&self, statement: &Statement, at: usize) -> Option<u32> {
        let plan = self.plan(statement);
        plan.parameters.get(&at).copied()
    }

    /// Whether a statement sets, cancels or ends something.
    pub(crate) fn acts(&self, statement: &Statement) -> bool {
        self.plan(statement).acts()
    }

    /// The schema of an object by PostgreSQL's name.
    pub(super) fn schema_of(&self, schema: String) -> String {
        if self.protocol == Protocol::Postgres && schema == "public" && !self.moved_away {
            "main".to_owned()
        } else {
            schema
        }
    }

    /// The one row of a statement that the gateway can answer without waking a worker: what
    /// clients ask when they connect. A session with an engine asks that.
    pub(super) fn local_row(&self, plan: &Plan) -> Option<(RecordBatch, Vec<Column>)> {
        if !self.is_untouched() {
            return None;
        }
        let values = plan.answer(self)?;
        let mut fields = Vec::with_capacity(values.len());
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(values.len());
        let mut columns = Vec::with_capacity(values.len());
        for (name, value) in values {
            let (array, of): (ArrayRef, &str) = match value {
                Answered::Text(text) => (Arc::new(StringArray::from(vec![text])), "VARCHAR"),
                Answered::Int(number) => (Arc::new(Int32Array::from(vec![number])), "INTEGER"),
                Answered::BigInt(number) => (Arc::new(Int64Array::from(vec![number])), "BIGINT"),
                Answered::Bool(value) => (Arc::new(BooleanArray::from(vec![value])), "BOOLEAN"),
            };
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
            columns.push(Column {
                name: name.to_owned(),
                duckdb_type: of.to_owned(),
            });
        }
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).ok()?;
        Self::shape(plan, &mut columns);
        Some((batch, columns))
    }

    /// What [`Self::local_row`] returns, before it is asked for.
    pub(super) fn local_facts(&self, plan: &Plan) -> Option<Facts> {
        let (batch, columns) = self.local_row(plan)?;
        Some(Facts {
            columns,
            ..show_facts(&batch)
        })
    }

    pub(super) fn local_answer(&self, plan: &Plan) -> Option<Result<Answer, QueryError>> {
        let (batch, columns) = self.local_row(plan)?;
        Some(local_rows(vec![batch], columns))
    }

    /// Runs a statement of DuckDB as the client's words need it.
    pub(super) async fn run_in_dialect(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        let plan = self.plan_in_turn(statement).await;
        if let Some(refused) = plan.refused {
            return Err(refused.into());
        }
        if let Some(answer) = self.local_answer(&plan) {
            self.note_query();
            return answer;
        }
        let mut notices = Vec::new();
        let mut signals = Vec::new();
        let sets = |call: &Call| matches!(call, Call::SetConfig { .. });
        self.settings_before = plan
            .calls
            .iter()
            .any(sets)
            .then(|| Box::new(self.settings.clone()));
        for call in &plan.calls {
            match call {
                Call::SetConfig { name, value, local } => {
                    let value = match value {
                        Argument::Text(value) => value.clone(),
                        Argument::Parameter(number) => parameter(&parameters, *number)?,
                    };
                    notices.extend(self.set_config(name, value, *local).await?);
                }
                Call::Signal { column, terminates } => {
                    let signal = if *terminates {
                        Signal::Terminate
                    } else {
                        Signal::Cancel
                    };
                    signals.push((*column, signal));
                }
                Call::AdvisoryLock => notices.push(Notice::note(
                    "advisory locks are accepted, nothing is locked",
                )),
            }
        }
        self.gateway_notices.append(&mut notices);
        if plan.count() > 1 {
            return self.run_several(&plan, statement).await;
        }
        let answer = self.run_or_skip(statement, parameters).await;
        let answer = match answer {
            // PostgreSQL's ALTER TABLE renames views, too.
            Err(error) if error.message.contains("ALTER VIEW") => match plan.view_text(self) {
                Some(text) => {
                    let view = Statement::internal(text, Class::Stateful);
                    let mut answer = self.run_to_answer(&view, Parameters::none()).await?;
                    if let Answer::Done(completion) = &mut answer {
                        "ALTER TABLE".clone_into(&mut completion.tag);
                    }
                    answer
                }
                None => return Err(error),
            },
            other => other?,
        };
        if *statement.class() == Class::Stateful && statement.begins_with("USE") {
            self.moved_away = true;
        }
        let answer = truncated(answer, statement);
        if signals.is_empty() {
            return Ok(answer);
        }
        match answer {
            Answer::Rows(rows) => self.signal(rows, &signals).await,
            done => Ok(done),
        }
    }

    /// Runs a statement, and says in a notice what there was nothing to do for.
    async fn run_or_skip(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        let skippable = match self.protocol {
            Protocol::Postgres => Skippable::find(statement.text()),
            Protocol::Flight => None,
        };
        let Some(skippable) = skippable else {
            return self.run_to_answer(statement, parameters).await;
        };
        let plain = Statement::internal(skippable.plain.clone(), Class::Stateful);
        let answer = self.run_to_answer(&plain, parameters).await;
        answer.or_else(|error| {
            let notice = skippable.excuse(&error).ok_or(error)?;
            self.gateway_notices.push(notice);
            Ok(Answer::Done(Completion::tagged(skippable.tag)))
        })
    }

    /// Notices of what the last statement's functions did.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.gateway_notices)
    }

    /// One statement that is several to DuckDB: all of them or none.
    async fn run_several(
        &mut self,
        plan: &Plan,
        statement: &Statement,
    ) -> Result<Answer, QueryError> {
        let texts: Vec<String> = (0..plan.count())
            .map(|at| plan.text(statement.text(), at, self).into_owned())
            .collect();
        let own = self.block.is_none();
        if own {
            self.begin_implicit();
        }
        let mut last = Ok(Answer::Done(Completion::default()));
        for text in texts {
            let one = Statement::internal(text, Class::Stateful);
            last = self.run_or_skip(&one, Parameters::none()).await;
            if last.is_err() {
                break;
            }
        }
        if own {
            self.end_implicit(last.is_ok()).await?;
        }
        last.map(|answer| truncated(answer, statement))
    }

    async fn set_config(
        &mut self,
        name: &str,
        value: Option<String>,
        local: bool,
    ) -> Result<Vec<Notice>, QueryError> {
        let scope = if local { Scope::Local } else { Scope::Session };
        let mut text = format!("SET {} = ", quote_identifier(name));
        text.push('\'');
        text.push_str(&value.as_deref().unwrap_or_default().replace('\'', "''"));
        text.push('\'');
        let statement = Statement::internal(text, Class::Stateful);
        match Box::pin(self.set(&statement, scope, name, value.as_deref())).await? {
            // Outside of a block, it held for the statement that is over.
            Answer::Done(completion) if !local => Ok(completion.notices),
            _ => Ok(Vec::new()),
        }
    }

    /// Reads the process ids that a statement found, and acts on them.
    async fn signal(
        &mut self,
        mut rows: Rows,
        signals: &[(usize, Signal)],
    ) -> Result<Answer, QueryError> {
        let broken = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
        let schema = decode_schema(&rows.facts().schema).map_err(broken)?;
        let mut columns = rows.facts().columns.clone();
        let mut dictionaries = std::collections::HashMap::new();
        let mut found = Vec::new();
        let mut count = 0;
        while let Some(batch) = rows.next().await {
            if let Some(batch) =
                decode_batch(&batch?, &schema, &mut dictionaries).map_err(broken)?
            {
                count += batch.num_rows();
                if count > SIGNALS_MAX {
                    return Err(QueryError::new(
                        SqlState::PROGRAM_LIMIT,
                        format!("a statement can signal {SIGNALS_MAX} sessions"),
                    ));
                }
                found.push(batch);
            }
        }
        let mut fields: Vec<Field> = schema.fields().iter().map(|of| (**of).clone()).collect();
        for (column, _) in signals {
            if let (Some(field), Some(of)) = (fields.get_mut(*column), columns.get_mut(*column)) {
                *field = Field::new(field.name(), DataType::Boolean, true);
                "BOOLEAN".clone_into(&mut of.duckdb_type);
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let mut answers = Vec::with_capacity(found.len().max(1));
        for batch in found {
            let mut arrays = batch.columns().to_vec();
            for (column, signal) in signals {
                let Some(pids) = arrays.get(*column).cloned() else {
                    continue;
                };
                let pids = pids.as_primitive_opt::<Int64Type>().ok_or_else(|| {
                    QueryError::internal("a process id came as something else than a number")
                })?;
                let done: BooleanArray = stream::iter(pids.iter())
                    .map(async |pid| match pid {
                        Some(pid) => Some(self.signal_one(pid, *signal).await),
                        None => None,
                    })
                    .buffered(SIGNALS_AT_ONCE)
                    .collect::<Vec<_>>()
                    .await
                    .into();
                if let Some(array) = arrays.get_mut(*column) {
                    *array = Arc::new(done);
                }
            }
            answers.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(broken)?);
        }
        if answers.is_empty() {
            answers.push(RecordBatch::new_empty(schema));
        }
        local_rows(answers, columns)
    }

    /// Whether there was such a session, on this gateway or another, and it was this one's to
    /// reach.
    async fn signal_one(&self, pid: i64, signal: Signal) -> bool {
        let by: &Principal = &self.principal;
        let Ok(pid) = i32::try_from(pid) else {
            return false;
        };
        match self.gateway.activities.signal(pid, signal, by) {
            Signalled::Done => true,
            Signalled::Denied => false,
            Signalled::Unknown => {
                let by = (by.role() != Role::Admin).then_some(by);
                let target = Target::of_session(pid, signal, by);
                let address = self.activity.as_ref().and_then(Activity::address);
                let address = address.and_then(|address| address.parse().ok());
                let address = address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
                self.gateway.cancel_elsewhere(target, address).await
            }
        }
    }

    /// The types of columns by which [`Self::signal`] answers.
    pub(super) fn shape_signals(plan: &Plan, columns: &mut [Column]) {
        for call in &plan.calls {
            if let Call::Signal { column, .. } = call
                && let Some(column) = columns.get_mut(*column)
            {
                "BOOLEAN".clone_into(&mut column.duckdb_type);
            }
        }
    }
}

/// DuckDB takes TRUNCATE for a DELETE.
fn truncated(mut answer: Answer, statement: &Statement) -> Answer {
    if let Answer::Done(completion) = &mut answer
        && statement.begins_with("TRUNCATE")
    {
        "TRUNCATE TABLE".clone_into(&mut completion.tag);
    }
    answer
}

/// Rows of the gateway itself.
fn local_rows(batches: Vec<RecordBatch>, columns: Vec<Column>) -> Result<Answer, QueryError> {
    let mut messages = Vec::with_capacity(batches.len());
    let mut header = None;
    for batch in batches {
        let (schema, message) =
            encode_local(&batch).map_err(|error| QueryError::internal(error.to_string()))?;
        header.get_or_insert_with(|| local_header(&batch, schema));
        if batch.num_rows() > 0 {
            messages.push(message);
        }
    }
    let mut header = header.ok_or_else(|| QueryError::internal("an answer has no columns"))?;
    header.columns = columns;
    Ok(Answer::Rows(Rows::local(header, messages)))
}

/// The value of a parameter as text.
fn parameter(parameters: &Parameters, number: usize) -> Result<Option<String>, QueryError> {
    let broken = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
    let missing = || QueryError::internal("a parameter is missing");
    let ipc: &Bytes = &parameters.ipc;
    let mut reader = StreamReader::try_new(ipc.as_ref(), None).map_err(broken)?;
    let batch = reader.next().ok_or_else(missing)?.map_err(broken)?;
    let at = number.checked_sub(1).ok_or_else(missing)?;
    let column = batch.columns().get(at).ok_or_else(missing)?;
    if column.is_empty() || column.is_null(0) {
        return Ok(None);
    }
    arrow_cast::display::array_value_to_string(column, 0)
        .map(Some)
        .map_err(broken)
}
