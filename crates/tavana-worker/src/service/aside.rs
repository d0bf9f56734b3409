//! Frees the engine of a statement whose result nobody reads just now.

use std::sync::Arc;

use tavana_common::proto::v1::{Failure, SetAsideRequest, SetAsideResponse};

use super::context::id;
use crate::supervisor::Supervisor;

pub(super) async fn set_aside(
    supervisor: &Arc<Supervisor>,
    request: &SetAsideRequest,
) -> Result<SetAsideResponse, Failure> {
    let query = id("query_id", &request.query_id)?;
    let session = id("session_id", &request.session_id)?;
    let Some(aside) = supervisor.queries().aside(query, session) else {
        return Ok(SetAsideResponse { found: false });
    };
    aside.ask().await?;
    Ok(SetAsideResponse { found: true })
}
