//! Requests to the provider of identities and to the issuer of keys: bounded in time and size.

use std::time::Duration;

use thiserror::Error;

/// Longest answer that is read, in bytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Why there is no answer. Holds no header and no body of the request.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The other side cannot be reached, or took too long.
    #[error("{0}")]
    Request(String),
    /// It answered with another status than 200.
    #[error("the answer has status {0}")]
    Status(u16),
    /// Its answer cannot be read.
    #[error("the answer cannot be read: {0}")]
    Body(String),
    /// It failed a moment ago.
    #[error("the last attempt failed a moment ago")]
    Recently,
}

/// A client that follows no redirects: where a secret is sent is settled by the settings.
pub(super) fn client(
    connect_max: Duration,
    request_max: Duration,
) -> Result<reqwest::Client, HttpError> {
    reqwest::Client::builder()
        .connect_timeout(connect_max)
        .timeout(request_max)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("tavana/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| without_address(&error))
}

/// The body at `url`; `file:` reads a local file.
pub(super) async fn get(client: &reqwest::Client, url: &str) -> Result<Vec<u8>, HttpError> {
    if let Some(path) = url.strip_prefix("file://") {
        return tokio::fs::read(path)
            .await
            .map_err(|error| HttpError::Request(error.to_string()));
    }
    let response = client
        .get(url)
        .send()
        .await
        .map_err(|error| without_address(&error))?;
    if !response.status().is_success() {
        return Err(HttpError::Status(response.status().as_u16()));
    }
    body(response).await
}

/// The body of an answer, up to a bound.
pub(super) async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| without_address(&error))?
    {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(HttpError::Body("it is longer than 1 MiB".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn without_address(error: &reqwest::Error) -> HttpError {
    // The address may hold a key in its query; the settings say where it was.
    let kind = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "could not connect"
    } else {
        "the request failed"
    };
    HttpError::Request(kind.to_owned())
}
