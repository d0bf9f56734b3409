//! Execute: one statement and its result.

use std::sync::Arc;

use tavana_common::proto::engine::{Execute, Grant, to_engine};
use tavana_common::proto::v1::{ExecuteRequest, Failure};

use super::context;
use super::result::{ResultStream, forward};
use super::statement::Statement;
use crate::supervisor::admission::Length;
use crate::supervisor::checkout::Checkout;
use crate::supervisor::process::Reply;
use crate::supervisor::{Context, Load, Supervisor};

pub(super) async fn execute(
    supervisor: &Arc<Supervisor>,
    mut request: ExecuteRequest,
) -> Result<ResultStream, Failure> {
    let mut context = context::read(request.session.take(), supervisor.cluster_key())?;
    context.memory_bytes = request.memory_bytes;
    if request.short {
        context.length = Length::Short;
    }
    request.sql = context::sql(
        std::mem::take(&mut request.sql),
        &request.sealed_sql,
        supervisor.cluster_key(),
    )?;
    let mut statement = Statement::begin(
        supervisor,
        "execute",
        &request.query_id,
        &context,
        request.timeout_ms,
    )?;
    // Up to the first answer this runs in the rpc itself: a refusal or an error in the text is
    // the rpc's status and needs neither a task nor a channel.
    match begin(supervisor, context, request, &mut statement).await {
        Ok((checkout, first)) => Ok(forward(supervisor, checkout, statement, Some(first))),
        Err(failure) => {
            statement.fail(&failure);
            Err(failure)
        }
    }
}

async fn begin(
    supervisor: &Arc<Supervisor>,
    context: Context,
    request: ExecuteRequest,
    statement: &mut Statement,
) -> Result<(Checkout, Reply), Failure> {
    let watch = &mut statement.watch;
    let mut checkout = supervisor
        .checkout(&context, Load::Statement, watch)
        .await?;
    let message = message(request, context, checkout.grant());
    checkout
        .send(to_engine::Message::Execute(message), watch)
        .await?;
    let first = checkout.next(watch).await?;
    Ok((checkout, first))
}

/// The request as an engine understands it.
pub(super) fn message(request: ExecuteRequest, context: Context, grant: Grant) -> Execute {
    Execute {
        compression: request.compression,
        grant: Some(grant),
        settings: context.settings,
        sql: request.sql,
        parameter_types: request.parameter_types,
        parameters: request.parameters,
        role: context.role.into(),
    }
}
