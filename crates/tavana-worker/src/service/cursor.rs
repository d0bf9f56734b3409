//! Cursors: a result that stays open in the engine of its session.

use std::sync::Arc;
use std::time::Duration;

use tavana_common::failure;
use tavana_common::ids::CursorId;
use tavana_common::proto::engine::{CloseCursor, FetchCursor, OpenCursor, to_engine};
use tavana_common::proto::v1::{
    CloseCursorRequest, CloseCursorResponse, ExecuteRequest, Failure, FailureKind,
    FetchCursorRequest, Motion, OpenCursorRequest, Pin, ResultHeader,
};

use super::context::{self, invalid};
use super::execute::message;
use super::result::{ResultStream, forward};
use super::statement::Statement;
use crate::supervisor::checkout::Checkout;
use crate::supervisor::process::Reply;
use crate::supervisor::stop::Watch;
use crate::supervisor::{Context, Load, Supervisor};

/// Closing waits for the turn of its session, but not for ever: it has no time limit of its own.
const CLOSE_MAX: Duration = Duration::from_secs(30);

pub(super) async fn open(
    supervisor: &Arc<Supervisor>,
    request: OpenCursorRequest,
) -> Result<ResultHeader, Failure> {
    let Some(mut execute) = request.statement else {
        return Err(invalid("the request has no statement"));
    };
    let context = context::read(execute.session.take(), supervisor.cluster_key())?;
    execute.sql = context::sql(
        std::mem::take(&mut execute.sql),
        &execute.sealed_sql,
        supervisor.cluster_key(),
    )?;
    let cursor = context::id("cursor_id", &request.cursor_id)?;
    let scroll = request.scroll;
    if context.pin == Pin::None {
        return Err(invalid("a cursor needs a pinned session"));
    }
    let mut statement = Statement::begin(
        supervisor,
        "open_cursor",
        &execute.query_id,
        &context,
        execute.timeout_ms,
    )?;
    let outcome = run_open(
        supervisor,
        context,
        execute,
        (cursor, scroll),
        &mut statement,
    )
    .await;
    statement.end(&outcome);
    outcome
}

async fn run_open(
    supervisor: &Arc<Supervisor>,
    context: Context,
    execute: ExecuteRequest,
    (cursor, scroll): (CursorId, bool),
    statement: &mut Statement,
) -> Result<ResultHeader, Failure> {
    let watch = &mut statement.watch;
    let mut checkout = supervisor
        .checkout(&context, Load::Statement, watch)
        .await?;
    checkout.open_cursor(cursor)?;
    let request = OpenCursor {
        statement: Some(message(execute, context, checkout.grant())),
        cursor_id: cursor.to_string(),
        scroll,
    };
    let opened = converse_open(&mut checkout, request, watch).await;
    if opened.is_err() {
        checkout.forget_cursor(cursor);
    }
    opened
}

async fn converse_open(
    checkout: &mut Checkout,
    request: OpenCursor,
    watch: &mut Watch,
) -> Result<ResultHeader, Failure> {
    checkout
        .send(to_engine::Message::OpenCursor(request), watch)
        .await?;
    let header = match checkout.next(watch).await? {
        Reply::Header(header) => header,
        reply => return Err(checkout.out_of_turn(&reply)),
    };
    match checkout.next(watch).await? {
        Reply::Done(_) => Ok(header),
        reply => Err(checkout.out_of_turn(&reply)),
    }
}

pub(super) async fn fetch(
    supervisor: &Arc<Supervisor>,
    mut request: FetchCursorRequest,
) -> Result<ResultStream, Failure> {
    let mut context = context::read(request.session.take(), supervisor.cluster_key())?;
    context.pin = Pin::Required;
    let cursor = context::id("cursor_id", &request.cursor_id)?;
    let mut statement = Statement::begin(
        supervisor,
        "fetch_cursor",
        &request.query_id,
        &context,
        request.timeout_ms,
    )?;
    match begin_fetch(
        supervisor,
        &context,
        cursor,
        (request.rows_max, request.motion),
        &mut statement,
    )
    .await
    {
        Ok((checkout, first)) => Ok(forward(supervisor, checkout, statement, Some(first))),
        Err(failure) => {
            statement.fail(&failure);
            Err(failure)
        }
    }
}

async fn begin_fetch(
    supervisor: &Arc<Supervisor>,
    context: &Context,
    cursor: CursorId,
    (rows_max, motion): (u64, Option<Motion>),
    statement: &mut Statement,
) -> Result<(Checkout, Reply), Failure> {
    let watch = &mut statement.watch;
    let mut checkout = supervisor.checkout(context, Load::Statement, watch).await?;
    if !checkout.has_cursor(cursor) {
        return Err(no_such_cursor(cursor));
    }
    let request = FetchCursor {
        cursor_id: cursor.to_string(),
        rows_max,
        motion,
        grant: Some(checkout.grant()),
    };
    checkout
        .send(to_engine::Message::FetchCursor(request), watch)
        .await?;
    let first = checkout.next(watch).await?;
    Ok((checkout, first))
}

pub(super) async fn close(
    supervisor: &Arc<Supervisor>,
    mut request: CloseCursorRequest,
) -> Result<CloseCursorResponse, Failure> {
    let mut context = context::read(request.session.take(), supervisor.cluster_key())?;
    context.pin = Pin::Required;
    let cursor = context::id("cursor_id", &request.cursor_id)?;
    let mut watch = Watch::within(CLOSE_MAX);
    let mut checkout = supervisor
        .checkout(&context, Load::Housekeeping, &mut watch)
        .await?;
    if !checkout.has_cursor(cursor) {
        return Err(no_such_cursor(cursor));
    }
    let request = CloseCursor {
        cursor_id: cursor.to_string(),
    };
    checkout
        .send(to_engine::Message::CloseCursor(request), &mut watch)
        .await?;
    let reply = checkout.next(&mut watch).await;
    // Also when the engine does not know it any more.
    checkout.forget_cursor(cursor);
    match reply? {
        Reply::Done(_) => Ok(CloseCursorResponse {}),
        reply => Err(checkout.out_of_turn(&reply)),
    }
}

fn no_such_cursor(cursor: CursorId) -> Failure {
    let text = format!("the session has no cursor with the id {cursor}");
    failure::new(FailureKind::FailureNoSuchCursor, text)
}
