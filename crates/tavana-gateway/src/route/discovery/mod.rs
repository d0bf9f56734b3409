//! Where workers are. Each way to know it is a source behind one trait: addresses as they were
//! written, and names that are asked for again and again.
//!
//! A source tells whole sets, not changes: what is missed once is right with the next one. A worker
//! that is not in the set gets nothing new; what runs there goes on (`route/workers.rs`).

mod dns;
mod fixed;

use std::fmt::{self, Debug, Display};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tonic::transport::Endpoint;

use self::dns::{Names, System};
use self::fixed::Fixed;

/// Where one worker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) address: SocketAddr,
    /// The name that its certificate must have; `None`: it speaks in clear.
    pub(crate) tls_name: Option<Arc<str>>,
}

impl Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.tls_name.as_ref().map_or("http", |_| "https");
        write!(f, "{scheme}://{}", self.address)
    }
}

/// All workers that may be given statements, none of them twice.
pub(crate) type Snapshot = Vec<Point>;

/// One way to know where workers are.
pub(crate) trait Discovery: Debug + Send {
    /// Snapshots as they change. A source that cannot tell at the moment says nothing, so that the
    /// last snapshot holds: workers are not lost because a name server is.
    fn snapshots(self: Box<Self>) -> BoxStream<'static, Snapshot>;
}

/// The sources of `http://host:port` and `https://host:port` addresses: a host that is a name may
/// stand for many workers, and for others later.
///
/// # Errors
/// When one is not a URI.
pub(crate) fn sources(
    addresses: &[String],
) -> Result<Vec<Box<dyn Discovery>>, tonic::transport::Error> {
    addresses
        .iter()
        .map(|address| {
            let uri = Endpoint::from_shared(address.clone())?.uri().clone();
            let secure = uri.scheme_str() == Some("https");
            let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
            let host = uri
                .host()
                .unwrap_or_default()
                .trim_start_matches('[')
                .trim_end_matches(']');
            let tls_name = secure.then(|| Arc::from(host));
            let source: Box<dyn Discovery> = match host.parse::<IpAddr>() {
                Ok(ip) => Box::new(Fixed(Point {
                    address: SocketAddr::new(ip, port),
                    tls_name,
                })),
                Err(_) => Box::new(Names {
                    host: host.to_owned(),
                    port,
                    tls_name,
                    resolve: System,
                }),
            };
            Ok(source)
        })
        .collect()
}

/// What all sources together say: a snapshot each time that one of them speaks.
pub(crate) fn together(sources: Vec<Box<dyn Discovery>>) -> BoxStream<'static, Snapshot> {
    let mut latest = vec![Snapshot::new(); sources.len()];
    let spoken = sources.into_iter().enumerate().map(|(at, source)| {
        source
            .snapshots()
            .map(move |snapshot| (at, snapshot))
            .boxed()
    });
    stream::select_all(spoken)
        .map(move |(at, snapshot)| {
            if let Some(place) = latest.get_mut(at) {
                *place = snapshot;
            }
            let mut union = Snapshot::new();
            for point in latest.iter().flatten() {
                if !union.contains(point) {
                    union.push(point.clone());
                }
            }
            union
        })
        .boxed()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;
    use tokio_stream::wrappers::UnboundedReceiverStream;

    use super::*;

    #[derive(Debug)]
    struct Told(mpsc::UnboundedReceiver<Snapshot>);

    impl Discovery for Told {
        fn snapshots(self: Box<Self>) -> BoxStream<'static, Snapshot> {
            UnboundedReceiverStream::new(self.0).boxed()
        }
    }

    fn point(last: u8) -> Point {
        Point {
            address: SocketAddr::from(([10, 0, 0, last], 50053)),
            tls_name: None,
        }
    }

    #[test]
    fn a_host_that_is_an_address_is_fixed_and_one_that_is_a_name_is_asked_for() {
        let debug = |address: &str| {
            let sources = sources(&[address.to_owned()]).expect("a URI");
            format!("{:?}", sources.first().expect("one for each"))
        };
        for (address, expected) in [
            (
                "http://10.0.0.1:50053",
                "Fixed(Point { address: 10.0.0.1:50053, tls_name: None })",
            ),
            (
                "https://[::1]:7",
                "Fixed(Point { address: [::1]:7, tls_name: Some(\"::1\") })",
            ),
            (
                "http://worker:50053",
                "Names { host: \"worker\", port: 50053, tls_name: None, resolve: System }",
            ),
            (
                "https://worker.test",
                "Names { host: \"worker.test\", port: 443, tls_name: Some(\"worker.test\"), resolve: System }",
            ),
        ] {
            assert_eq!(debug(address), expected);
        }
        assert!(sources(&["http://".to_owned()]).is_err());
    }

    #[tokio::test]
    async fn what_one_source_says_takes_nothing_from_the_others() {
        let (first, one) = mpsc::unbounded_channel();
        let (second, two) = mpsc::unbounded_channel();
        let mut all = together(vec![Box::new(Told(one)), Box::new(Told(two))]);
        for (source, told, expected) in [
            (&first, vec![1, 2], vec![1, 2]),
            (&second, vec![2, 3], vec![1, 2, 3]),
            (&first, vec![], vec![2, 3]),
            (&second, vec![4], vec![4]),
        ] {
            let told = told.into_iter().map(point).collect();
            source.send(told).expect("it listens");
            let expected: Snapshot = expected.into_iter().map(point).collect();
            assert_eq!(all.next().await, Some(expected));
        }
    }
}
