//! What `tavana-gateway health` and `tavana-gateway ready` do: they ask the gateway that runs beside
//! them with the same environment, so that a container needs neither a shell nor curl to be probed.

use std::net::SocketAddr;

use tavana_common::probe::{ANSWER_MAX, reachable};

pub use tavana_common::probe::Question;

use crate::settings::{GatewaySettings, TlsMode};

/// Asks the gateway of this machine that was started with these settings.
///
/// # Errors
/// One line that says what is wrong, when the answer is no or there is none.
pub async fn ask(settings: &GatewaySettings, question: Question) -> Result<(), String> {
    let path = match question {
        Question::Health => "health",
        Question::Ready => "ready",
    };
    let scheme = match settings.tls.http_mode {
        TlsMode::Off | TlsMode::Optional => "http",
        TlsMode::Required => "https",
    };
    let address = SocketAddr::new(reachable(settings.bind_address), settings.http_port);
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(ANSWER_MAX)
        // It asks the machine itself, tells it nothing and believes only yes or no.
        .danger_accept_invalid_certs(true)
        .build()
        .map_err(|problem| problem.to_string())?;
    let answer = client
        .get(format!("{scheme}://{address}/{path}"))
        .send()
        .await
        .map_err(|problem| format!("{address} does not answer: {problem}"))?;
    if answer.status().is_success() {
        return Ok(());
    }
    let status = answer.status();
    let said = answer.text().await.unwrap_or_default();
    Err(format!("{status}: {}", said.trim()))
}

#[cfg(test)]
mod tests {
    use tavana_common::env::Env;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn yes_is_yes_and_everything_else_is_no() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let pairs = [
            ("TAVANA_AUTH_MODE", "required"),
            ("HTTP_PORT", port.as_str()),
        ];
        let mut env = Env::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.into())));
        let settings = GatewaySettings::from_env(&mut env);
        let answer = async |answer: &'static str| {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 512];
            let read = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(request[..read].to_vec()).unwrap()
        };
        let (asked, request) = tokio::join!(
            ask(&settings, Question::Health),
            answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"),
        );
        assert_eq!(asked, Ok(()));
        assert!(request.starts_with("GET /health HTTP/1.1\r\n"), "{request}");
        let (asked, request) = tokio::join!(
            ask(&settings, Question::Ready),
            answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\ndraining\n"),
        );
        let said = asked.expect_err("it drains");
        assert!(said.ends_with(": draining"), "{said}");
        assert!(request.starts_with("GET /ready HTTP/1.1\r\n"), "{request}");
        drop(listener);
        let asked = ask(&settings, Question::Health).await;
        assert!(
            asked.is_err_and(|said| said.contains("does not answer")),
            "nobody listens"
        );
    }
}
