//! Transactions of clients that turn autocommit off.
//!
//! A connection's session has one transaction at a time. While it is open every statement of the
//! connection runs in it, also one that does not name it: the session is one DuckDB connection.

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

impl Service {
    /// Action BeginTransaction.
    pub(crate) async fn begin(
        &self,
        client: &ClientSession,
    ) -> Result<ActionBeginTransactionResult, Status> {
        let statement = Statement::internal("BEGIN", Class::begin());
        let lease = client.lease(&statement).await?;
        if lease.transaction() != TransactionState::Idle {
            return Err(QueryError::new(
                SqlState::ACTIVE_TRANSACTION,
                "there is already a transaction in progress on this connection",
            )
            .grpc_status());
        }
        self.run(client, lease, &statement).await?;
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
        self.check_transaction(client, Some(&request.transaction_id))?;
        let commit = Statement::internal("COMMIT", Class::Commit { chain: false });
        let rollback = Statement::internal("ROLLBACK", Class::Rollback { chain: false });
        let lease = client.lease(&commit).await?;
        let state = lease.transaction();
        // From here on it is over, whatever the end of it answers.
        client.set_transaction(None);
        match (state, action) {
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

    /// Refuses a transaction that is not the one open on this connection.
    pub(crate) fn check_transaction(
        &self,
        client: &ClientSession,
        transaction: Option<&Bytes>,
    ) -> Result<(), Status> {
        let Some(sealed) = transaction.filter(|sealed| !sealed.is_empty()) else {
            return Ok(());
        };
        let id = open_transaction(self.cluster_key(), sealed, client.principal())?;
        if client.transaction() == Some(id) {
            return Ok(());
        }
        Err(Status::invalid_argument(
            "the transaction is not open on this connection",
        ))
    }

    async fn run(
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
