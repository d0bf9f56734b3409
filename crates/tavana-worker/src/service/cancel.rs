//! Ending things from outside: a query, a session.

use std::sync::Arc;

use tavana_common::proto::v1::{
    CancelRequest, CancelResponse, CloseSessionRequest, CloseSessionResponse, Failure,
};

use super::context::id;
use crate::supervisor::Supervisor;

pub(super) fn cancel(
    supervisor: &Arc<Supervisor>,
    request: &CancelRequest,
) -> Result<CancelResponse, Failure> {
    let query = id("query_id", &request.query_id)?;
    let session = id("session_id", &request.session_id)?;
    Ok(CancelResponse {
        found: supervisor.queries().cancel(query, session),
    })
}

pub(super) async fn close_session(
    supervisor: &Arc<Supervisor>,
    request: &CloseSessionRequest,
) -> Result<CloseSessionResponse, Failure> {
    let session = id("session_id", &request.session_id)?;
    let gateway = id("gateway_id", &request.gateway_id)?;
    supervisor
        .close_session(session, gateway, request.left_nothing)
        .await?;
    Ok(CloseSessionResponse {})
}
