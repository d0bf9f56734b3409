//! Only gateways of the same cluster get in: they show the token derived from the cluster key.

use std::sync::Arc;

use tavana_common::secret::Secret;
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// Stands before every rpc of the worker service (not before the health service).
#[derive(Debug, Clone)]
pub(super) struct Gate(Option<Arc<Secret>>);

impl Gate {
    /// Without a token everybody gets in.
    pub(super) fn new(token: Option<&Secret>) -> Self {
        Self(token.map(|token| Arc::new(Secret::new(format!("Bearer {}", token.expose())))))
    }
}

impl Interceptor for Gate {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let Some(expected) = &self.0 else {
            return Ok(request);
        };
        let shown = request
            .metadata()
            .get("authorization")
            .map(|value| value.as_bytes());
        if shown.is_some_and(|shown| expected.matches(shown)) {
            Ok(request)
        } else {
            Err(Status::unauthenticated(
                "the worker needs the token of its cluster",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(authorization: Option<&str>) -> Request<()> {
        let mut request = Request::new(());
        if let Some(value) = authorization {
            request
                .metadata_mut()
                .insert("authorization", value.parse().unwrap());
        }
        request
    }

    #[test]
    fn exactly_the_token_gets_in() {
        let token = Secret::new("t0ken".to_owned());
        let mut gate = Gate::new(Some(&token));
        for wrong in [
            None,
            Some(""),
            Some("Bearer "),
            Some("Bearer t0ke"),
            Some("t0ken"),
            Some("Basic t0ken"),
        ] {
            let refused = gate.call(request(wrong)).unwrap_err();
            assert_eq!(refused.code(), tonic::Code::Unauthenticated, "{wrong:?}");
        }
        assert!(gate.call(request(Some("Bearer t0ken"))).is_ok());
        assert!(Gate::new(None).call(request(None)).is_ok());
    }
}
