//! Which gateways are alive. A gateway lives while it has a Status stream open; when the last one
//! ends, its sessions are kept for the lease time, so that a short break of the network costs
//! nobody a transaction.

use std::collections::HashMap;
use std::time::Duration;

use tavana_common::ids::GatewayId;
use tokio::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct Leases {
    gateways: HashMap<GatewayId, Lease>,
}

#[derive(Debug)]
struct Lease {
    streams: u32,
    /// The last time a stream was open.
    seen: Instant,
}

impl Leases {
    pub(crate) fn open(&mut self, gateway: GatewayId, now: Instant) {
        let lease = self.gateways.entry(gateway).or_insert(Lease {
            streams: 0,
            seen: now,
        });
        lease.streams += 1;
        lease.seen = now;
    }

    pub(crate) fn close(&mut self, gateway: GatewayId, now: Instant) {
        if let Some(lease) = self.gateways.get_mut(&gateway) {
            lease.streams = lease.streams.saturating_sub(1);
            lease.seen = now;
        }
    }

    /// Whether a session that `gateway` opened at `opened` has outlived its gateway.
    pub(crate) fn expired(
        &self,
        gateway: GatewayId,
        opened: Instant,
        now: Instant,
        lease: Duration,
    ) -> bool {
        match self.gateways.get(&gateway) {
            Some(known) if known.streams > 0 => false,
            Some(known) => now.duration_since(known.seen.max(opened)) >= lease,
            None => now.duration_since(opened) >= lease,
        }
    }

    /// Forgets gateways that are long gone, so that the table does not grow with every restart.
    pub(crate) fn forget(&mut self, now: Instant, lease: Duration) {
        self.gateways
            .retain(|_, known| known.streams > 0 || now.duration_since(known.seen) < 2 * lease);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_live_as_long_as_a_stream_of_their_gateway_and_the_lease() {
        let lease = Duration::from_secs(15);
        let (here, never) = (GatewayId::mint(), GatewayId::mint());
        let opened = Instant::now();
        let at = |seconds| opened + Duration::from_secs(seconds);
        let mut leases = Leases::default();
        leases.open(here, at(0));
        leases.open(here, at(0));
        assert!(!leases.expired(here, opened, at(100), lease));
        assert!(leases.expired(never, opened, at(100), lease));
        assert!(!leases.expired(never, at(100), at(100), lease));

        leases.close(here, at(100));
        assert!(
            !leases.expired(here, opened, at(200), lease),
            "one stream is left"
        );
        leases.close(here, at(200));
        assert!(!leases.expired(here, opened, at(214), lease));
        leases.forget(at(214), lease);
        assert!(leases.expired(here, opened, at(215), lease));

        leases.open(here, at(216));
        assert!(
            !leases.expired(here, opened, at(300), lease),
            "it came back in time"
        );
        leases.close(here, at(300));
        leases.forget(at(330), lease);
        assert!(leases.gateways.is_empty());
    }
}
