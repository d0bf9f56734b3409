//! What `tavana-worker health` and `tavana-worker ready` do: they ask the worker that runs beside
//! them with the same environment, by the standard gRPC health service.

use std::net::SocketAddr;

use tavana_common::probe::{ANSWER_MAX, reachable};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

pub use tavana_common::probe::Question;

use crate::settings::WorkerSettings;

/// Asks the worker of this machine that was started with these settings. Of a worker with TLS only
/// the port is tried: the probe has no certificate of a gateway to show.
///
/// # Errors
/// One line that says what is wrong, when the answer is no or there is none.
pub async fn ask(settings: &WorkerSettings, question: Question) -> Result<(), String> {
    let address = SocketAddr::new(reachable(settings.listen.ip()), settings.listen.port());
    let asked = async {
        if settings.tls.is_some() {
            let connected = TcpStream::connect(address).await;
            return connected.map(drop).map_err(|problem| problem.to_string());
        }
        check(address, question).await
    };
    timeout(ANSWER_MAX, asked)
        .await
        .unwrap_or_else(|_| Err("no answer in time".to_owned()))
        .map_err(|problem| format!("{address}: {problem}"))
}

async fn check(address: SocketAddr, question: Question) -> Result<(), String> {
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|problem| problem.to_string())?
        .connect()
        .await
        .map_err(|_| "nobody answers".to_owned())?;
    let answer = HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await
        .map_err(|status| status.to_string())?;
    match (question, answer.into_inner().status()) {
        (Question::Health, _) | (Question::Ready, ServingStatus::Serving) => Ok(()),
        (Question::Ready, status) => Err(status.as_str_name().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use tavana_common::env::Env;
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::transport::Server;
    use tonic_health::ServingStatus;
    use tonic_health::server::health_reporter;

    use super::*;

    #[tokio::test]
    async fn a_worker_that_drains_is_alive_and_not_ready() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let pairs = [
            ("GRPC_PORT", port.as_str()),
            ("TAVANA_WORKER_OPEN", "true"),
            ("TAVANA_EXTENSIONS_DIR", "none"),
        ];
        let mut env = Env::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.into())));
        let settings = WorkerSettings::from_env(&mut env);
        let (reporter, health) = health_reporter();
        let server = tavana_common::task::spawn(
            Server::builder()
                .add_service(health)
                .serve_with_incoming(TcpListenerStream::new(listener)),
        );
        for (status, ready) in [
            (ServingStatus::Serving, true),
            (ServingStatus::NotServing, false),
        ] {
            reporter.set_service_status("", status).await;
            assert_eq!(ask(&settings, Question::Health).await, Ok(()));
            let asked = ask(&settings, Question::Ready).await;
            assert_eq!(asked.is_ok(), ready, "{asked:?}");
        }
        drop(server);
        while ask(&settings, Question::Health).await.is_ok() {
            // The aborted server closes its port at its next turn.
            tokio::task::yield_now().await;
        }
    }
}
