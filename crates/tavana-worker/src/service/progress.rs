//! How far a statement has come, for a gateway whose client asks.

use std::sync::Arc;

use tavana_common::proto::v1::{Failure, ProgressRequest, ProgressResponse};

use super::context::id;
use crate::supervisor::Supervisor;

pub(super) fn progress(
    supervisor: &Arc<Supervisor>,
    request: &ProgressRequest,
) -> Result<ProgressResponse, Failure> {
    let query = id("query_id", &request.query_id)?;
    Ok(supervisor.queries().progress(query))
}
