//! Prepare: what a statement is, takes and returns.

use std::sync::Arc;

use tavana_common::proto::engine::{Prepare, to_engine};
use tavana_common::proto::v1::{Failure, PrepareRequest, StatementFacts};

use super::context;
use super::statement::Statement;
use crate::supervisor::admission::Length;
use crate::supervisor::process::Reply;
use crate::supervisor::{Context, Load, Supervisor};

pub(super) async fn prepare(
    supervisor: &Arc<Supervisor>,
    mut request: PrepareRequest,
) -> Result<StatementFacts, Failure> {
    let mut context = context::read(request.session.take(), supervisor.cluster_key())?;
    // To plan a statement takes milliseconds, whatever it does when it runs.
    context.length = Length::Short;
    request.sql = context::sql(
        std::mem::take(&mut request.sql),
        &request.sealed_sql,
        supervisor.cluster_key(),
    )?;
    let mut statement = Statement::begin(
        supervisor,
        "prepare",
        &request.query_id,
        &context,
        request.timeout_ms,
    )?;
    let outcome = run(supervisor, context, request, &mut statement).await;
    statement.end(&outcome);
    outcome
}

async fn run(
    supervisor: &Arc<Supervisor>,
    context: Context,
    request: PrepareRequest,
    statement: &mut Statement,
) -> Result<StatementFacts, Failure> {
    let watch = &mut statement.watch;
    let mut checkout = supervisor
        .checkout(&context, Load::Statement, watch)
        .await?;
    let message = to_engine::Message::Prepare(Prepare {
        grant: Some(checkout.grant()),
        settings: context.settings,
        sql: request.sql,
        parameter_types: request.parameter_types,
        role: context.role.into(),
    });
    checkout.send(message, watch).await?;
    match checkout.next(watch).await? {
        Reply::Facts(facts) => Ok(facts),
        reply => Err(checkout.out_of_turn(&reply)),
    }
}
