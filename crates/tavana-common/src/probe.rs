//! What the `health` and `ready` commands of both programs ask of the process that runs beside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// Longest time for an answer.
pub const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is it alive?
    Health,
    /// Does it take statements?
    Ready,
}

/// An address at which a service is reached that listens on `bound`.
#[must_use]
pub fn reachable(bound: IpAddr) -> IpAddr {
    match bound {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        bound => bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_listens_everywhere_is_reached_on_loopback() {
        for (bound, expected) in [
            ("0.0.0.0", "127.0.0.1"),
            ("::", "::1"),
            ("10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(
                reachable(bound.parse().unwrap()),
                expected.parse::<IpAddr>().unwrap()
            );
        }
    }
}
