//! Transactions of clients that turn autocommit off.
//!
//! A connection's session has one transaction at a time. It begins with the first call that names
//! it, or with an ingest. From then on every statement of the connection runs in it, also one that does not name it:
//! the session is one DuckDB connection.

use std::time::Duration;

use arrow_flight::sql::{
    ActionBeginTransactionResult, ActionEndTransactionRequest, EndTransaction,
};
use bytes::Bytes;
use tonic::Status;
use uuid::Uuid;

use super::service::Service;
use super::sessions::{ClientSession, Lease};
use super::ticket::{Purpose, SealedTransaction, open_transaction, seal};
use crate::error::{QueryError, SqlState};
use crate::session::{Class, Parameters, Statement, TransactionState};

/// How long the messages of an ingest may be on their way when its transaction is to be committed.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// The same when another one begins: the ingest has one of its own.
const SILENCE_MAX_OF_OTHERS: Duration = Duration::from_secs(5);

impl Service {
    /// Action BeginTransaction.
    pub(crate) async fn begin(
        &self,
        client: &ClientSession,
    ) -> Result<ActionBeginTransactionResult, Status> {
        let lease = client.lease_from_ingest(SILENCE_MAX_OF_OTHERS).await?;
        if lease.transaction() != TransactionState::Idle {
            return Err(QueryError::new(
                SqlState::ACTIVE_TRANSACTION,
                "there is already a transaction in progress on this connection",
            )
            .grpc_status());
        }
        let id = Uuid::new_v4();
        client.set_transaction(Some(id));
        let transaction = SealedTransaction {
            id: id.as_bytes().to_vec(),
            principal: client.principal().id().to_owned(),
        };
        Ok(ActionBeginTransactionResult {
            transaction_id: seal(self.cluster_key(), Purpose::Transaction, &transaction),
        })
    }

    /// Action EndTransaction.
    pub(crate) async fn end(
        &self,
        client: &ClientSession,
        request: &ActionEndTransactionRequest,
    ) -> Result<(), Status> {
        let action = EndTransaction::try_from(request.action)
            .ok()
            .filter(|action| *action != EndTransaction::Unspecified)
            .ok_or_else(|| Status::invalid_argument("the action is neither commit nor rollback"))?;
        let id = self.transaction_id(client, &request.transaction_id)?;
        if let Some(why) = client.why_lost(id) {
            return match action {
                EndTransaction::Rollback => Ok(()),
                _ => Err(why.grpc_status()),
            };
        }
        let silence = match action {
            EndTransaction::Rollback => Duration::ZERO,
            _ => SILENCE_MAX,
        };
        let lease = client.lease_from_ingest(silence).await?;
        // Another call may have ended it meanwhile.
        let begun = client.begun(id)?;
        let state = lease.transaction();
        // From here on it is over, whatever the end of it answers, and if nobody hears that.
        client.set_transaction(None);
        client.expect_rollback(true);
        let ended = self.end_in(client, lease, begun, state, action).await;
        client.expect_rollback(false);
        ended
    }

    async fn end_in(
        &self,
        client: &ClientSession,
        lease: Lease,
        begun: bool,
        state: TransactionState,
        action: EndTransaction,
    ) -> Result<(), Status> {
        let commit = Statement::internal("COMMIT", Class::Commit { chain: false });
        let rollback = Statement::internal("ROLLBACK", Class::Rollback { chain: false });
        match (state, action) {
            // No call has named it, so there is nothing to end.
            _ if !begun => Ok(()),
            (TransactionState::Open, EndTransaction::Commit) => {
                self.run(client, lease, &commit).await
            }
            (TransactionState::Open | TransactionState::Failed, EndTransaction::Rollback) => {
                self.run(client, lease, &rollback).await
            }
            (TransactionState::Failed, _) => {
                self.run(client, lease, &rollback).await?;
                Err(QueryError::new(
                    SqlState::IN_FAILED_TRANSACTION,
                    "a statement of the transaction failed, it was rolled back",
                )
                .grpc_status())
            }
            // It was rolled back with its engine, or ended by a statement of the client.
            (TransactionState::Idle, EndTransaction::Rollback) => Ok(()),
            (TransactionState::Idle | TransactionState::Open, _) => Err(QueryError::new(
                SqlState::NO_ACTIVE_TRANSACTION,
                "the transaction has ended already",
            )
            .grpc_status()),
        }
    }

    /// A session for `statement`: the connection's own, inside of `transaction`, when the call names
    /// one.
    ///
    /// # Errors
    /// The transaction is not open on this connection (any more); else as [`ClientSession::lease`].
    pub(crate) async fn lease(
        &self,
        client: &ClientSession,
        statement: &Statement,
        transaction: Option<&Bytes>,
    ) -> Result<Lease, Status> {
        match transaction.filter(|sealed| !sealed.is_empty()) {
            None => client.lease(statement).await,
            Some(sealed) => {
                let id = self.transaction_id(client, sealed)?;
                client.lease_in(id).await
            }
        }
    }

    /// The id of the client's transaction.
    pub(crate) fn transaction_id(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<Uuid, Status> {
        Ok(open_transaction(
            self.cluster_key(),
            sealed,
            client.principal(),
        )?)
    }

    pub(crate) async fn run(
        &self,
        client: &ClientSession,
        lease: Lease,
        statement: &Statement,
    ) -> Result<(), Status> {
        client
            .execute(
                self.running(),
                lease,
                Uuid::new_v4(),
                statement,
                Parameters::none(),
            )
            .await
            .map(|_| ())
    }
}
