//! Savepoints of the transactions that clients opened by BeginTransaction.
//!
//! They are those of the session, which DuckDB does not have: see `session/transaction.rs` for what
//! can be rolled back. In the session each has its name and an id, so that one that was made again
//! under the same name, or by SQL, is never taken for it.

use arrow_flight::sql::{
    ActionBeginSavepointRequest, ActionBeginSavepointResult, ActionEndSavepointRequest,
};
use tonic::Status;
use uuid::Uuid;

use super::service::Service;
use super::sessions::ClientSession;
use super::ticket::{Purpose, SealedSavepoint, open_savepoint, seal};
use crate::session::{Class, Statement};

/// `EndSavepoint` of FlightSql.proto, which the crate keeps to itself.
const RELEASE: i32 = 1;
const ROLLBACK: i32 = 2;
/// Longest name of a savepoint, in bytes.
const NAME_BYTES_MAX: usize = 1024;

impl Service {
    /// Action BeginSavepoint.
    pub(crate) async fn begin_savepoint(
        &self,
        client: &ClientSession,
        request: ActionBeginSavepointRequest,
    ) -> Result<ActionBeginSavepointResult, Status> {
        if request.transaction_id.is_empty() {
            return Err(Status::invalid_argument(
                "a savepoint needs the transaction it belongs to",
            ));
        }
        if request.name.len() > NAME_BYTES_MAX {
            return Err(Status::invalid_argument(format!(
                "the name of the savepoint has {} bytes, {NAME_BYTES_MAX} are allowed",
                request.name.len()
            )));
        }
        let transaction = self.transaction_id(client, &request.transaction_id)?;
        let name = format!("{} {}", request.name, Uuid::new_v4());
        let class = Class::Savepoint { name: name.clone() };
        self.word(client, transaction, "SAVEPOINT", class).await?;
        let savepoint = SealedSavepoint {
            name,
            principal: client.principal().id().to_owned(),
            transaction: transaction.as_bytes().to_vec(),
        };
        Ok(ActionBeginSavepointResult {
            savepoint_id: seal(self.cluster_key(), Purpose::Savepoint, &savepoint),
        })
    }

    /// Action EndSavepoint.
    pub(crate) async fn end_savepoint(
        &self,
        client: &ClientSession,
        request: &ActionEndSavepointRequest,
    ) -> Result<(), Status> {
        let key = self.cluster_key();
        let savepoint = open_savepoint(key, &request.savepoint_id, client.principal())?;
        let transaction = client
            .transaction()
            .filter(|open| savepoint.transaction == open.as_bytes())
            .ok_or_else(|| {
                Status::invalid_argument(
                    "the transaction of the savepoint is not open on this connection",
                )
            })?;
        let name = savepoint.name;
        match request.action {
            RELEASE => {
                let class = Class::ReleaseSavepoint { name };
                self.word(client, transaction, "RELEASE SAVEPOINT", class)
                    .await
            }
            ROLLBACK => {
                let class = Class::RollbackToSavepoint { name };
                self.word(client, transaction, "ROLLBACK TO SAVEPOINT", class)
                    .await
            }
            _ => Err(Status::invalid_argument(
                "the action is neither release nor rollback",
            )),
        }
    }

    async fn word(
        &self,
        client: &ClientSession,
        transaction: Uuid,
        text: &'static str,
        class: Class,
    ) -> Result<(), Status> {
        let statement = Statement::internal(text, class);
        let lease = client.lease_in(transaction).await?;
        self.run(client, lease, &statement).await
    }
}
