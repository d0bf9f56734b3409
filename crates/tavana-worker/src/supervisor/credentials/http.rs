//! The requests by which tokens are fetched: small, rare, and outside the path of any query.
//!
//! They block, and run on the runtime's threads for that. `ureq` is used because it is small, does
//! no more than is needed here and is built anyway for the prebuilt DuckDB.

use std::time::Duration;

use tavana_common::secret::Secret;

/// One request, from the name look-up to the last byte.
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// Why there are no credentials. No text of it holds a part of a credential.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{path}: {problem}")]
    File { path: String, problem: String },
    #[error("{host}: {problem}")]
    Http { host: String, problem: String },
    #[error("{host} answered {status} {code}")]
    Refused {
        host: String,
        status: u16,
        /// The service's own short name of the fault.
        code: String,
    },
    #[error("{host}: the answer is not understood: {problem}")]
    Answer { host: String, problem: &'static str },
}

/// What to send.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// GET.
    Nothing,
    /// POST of a form.
    Form(&'a [(&'a str, &'a str)]),
    /// POST of a JSON document.
    Json(&'a str),
}

/// The body of an answer with status 200.
pub(super) fn fetch(
    url: &str,
    headers: &[(&str, &str)],
    body: &Body<'_>,
) -> Result<Secret, FetchError> {
    let host = host(url);
    let failed = |error: &ureq::Error| FetchError::Http {
        host: host.clone(),
        problem: problem(error),
    };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(REQUEST_MAX))
        // A redirect of a token service is an attack or a mistake.
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let answer = match body {
        Body::Nothing => {
            let mut request = agent.get(url);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.call()
        }
        Body::Form(fields) => {
            let mut request = agent.post(url);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.send_form(fields.iter().copied())
        }
        Body::Json(text) => {
            let mut request = agent.post(url).header("Content-Type", "application/json");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.send(*text)
        }
    };
    let mut answer = answer.map_err(|error| failed(&error))?;
    let status = answer.status().as_u16();
    let text = answer
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_string()
        .map_err(|error| failed(&error))?;
    if status == 200 {
        return Ok(Secret::new(text));
    }
    Err(FetchError::Refused {
        host,
        status,
        code: code(&text),
    })
}

/// The text of a file, which may have been replaced since it was read last.
pub(super) fn read_file(path: &str) -> Result<Secret, FetchError> {
    let failed = |problem: String| FetchError::File {
        path: path.to_owned(),
        problem,
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    if text.trim().is_empty() {
        return Err(failed("the file is empty".to_owned()));
    }
    Ok(Secret::new(text.trim().to_owned()))
}

/// Scheme, host and port, which are no secret, unlike the rest of an address.
pub(super) fn host(url: &str) -> String {
    let end = url
        .find("://")
        .and_then(|at| url.get(at + 3..)?.find(['/', '?']).map(|end| at + 3 + end))
        .unwrap_or(url.len());
    url.get(..end).unwrap_or_default().to_owned()
}

/// Only the kind of the fault: its text may repeat what was sent.
fn problem(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => format!("no answer within {} s", REQUEST_MAX.as_secs()),
        ureq::Error::HostNotFound => "the host is not known".to_owned(),
        ureq::Error::ConnectionFailed => "could not connect".to_owned(),
        ureq::Error::BadUri(_) => "is not an address".to_owned(),
        ureq::Error::Tls(problem) => format!("TLS: {problem}"),
        _ => "the request failed".to_owned(),
    }
}

/// `InvalidIdentityToken`, `invalid_client` and the like, from XML or JSON. Anything longer than a
/// name is not repeated.
fn code(text: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(text).ok();
    let found = json
        .as_ref()
        .and_then(|json| json.get("error").or_else(|| json.get("code")))
        .and_then(|code| code.as_str().or_else(|| code.get("status")?.as_str()))
        .or_else(|| element(text, "Code"));
    found
        .filter(|code| {
            code.len() <= 64
                && code
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        })
        .unwrap_or_default()
        .to_owned()
}

/// The text of the first element `name` in an XML document without attributes on it. The values
/// looked for here hold no character that XML would escape.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let start = xml.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = xml.get(start..)?;
    let end = rest.find(&format!("</{name}>"))?;
    rest.get(..end)
        .map(str::trim)
        .filter(|text| !text.is_empty() && !text.contains(['<', '&']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_told() {
        assert_eq!(host("https://h:1/token?secret=x"), "https://h:1");
        assert_eq!(host("https://h?secret=x"), "https://h");
        assert_eq!(host("https://h"), "https://h");
    }

    #[test]
    fn of_an_error_answer_only_a_short_name_is_told() {
        for (text, expected) in [
            (
                "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>CANARY</Message>",
                "ExpiredToken",
            ),
            (
                r#"{"error":"invalid_client","error_description":"CANARY"}"#,
                "invalid_client",
            ),
            (
                r#"{"error":{"status":"PERMISSION_DENIED","message":"CANARY"}}"#,
                "PERMISSION_DENIED",
            ),
            (r#"{"error":"CANARY with spaces"}"#, ""),
            ("CANARY", ""),
        ] {
            assert_eq!(code(text), expected);
        }
    }
}
