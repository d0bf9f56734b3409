//! Which addresses an engine may reach.
//!
//! What a user names (an endpoint, a token server, a path) must not lead to services that trust
//! the machine or its network: the metadata service of a cloud, a database beside us, this very
//! process. So every address that is not public is refused unless it was allowed at start, by
//! address or by a name that resolved to it. The decision is about the address a connection really
//! goes to; names, redirects and spellings do not matter to it.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tavana_common::proto::engine::Start;

/// Addresses of allowed names that are remembered.
const ADDRESSES_MAX: usize = 4096;
/// The port of name servers.
const DNS_PORT: u16 = 53;

/// What may be reached, as it stands in a setting: `10.0.0.0/8`, `192.168.1.5:9000`,
/// `[fd00::1]:443`, `minio.local:9000`, `*.svc.cluster.local`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allowance {
    place: Place,
    /// `None`: every port.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Net {
        address: IpAddr,
        bits: u8,
    },
    /// In lower case.
    Name(String),
    /// `.suffix` in lower case.
    Suffix(String),
}

/// Why a text is no allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither an address, a network nor a host name, with or without a port")]
pub(crate) struct NotAnAllowance;

impl FromStr for Allowance {
    type Err = NotAnAllowance;

    fn from_str(text: &str) -> Result<Self, NotAnAllowance> {
        let text = text.trim();
        if let Some(place) = net(text) {
            return Ok(Self { place, port: None });
        }
        let (host, port) = split_port(text).ok_or(NotAnAllowance)?;
        let place = net(host).or_else(|| name(host)).ok_or(NotAnAllowance)?;
        Ok(Self { place, port })
    }
}

/// An address, or a network as address and bits.
fn net(text: &str) -> Option<Place> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let address = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address)
        .parse::<IpAddr>()
        .ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Place::Net { address, bits })
}

fn name(text: &str) -> Option<Place> {
    let lower = text.to_ascii_lowercase();
    let lower = lower.strip_suffix('.').unwrap_or(&lower);
    let (plain, is_suffix) = match lower.strip_prefix("*.") {
        Some(rest) => (rest, true),
        None => (lower, false),
    };
    let good = !plain.is_empty()
        && plain.len() <= 253
        && plain.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
        // What the C library would read as an address is not a name.
        && loose_ipv4(plain).is_none();
    good.then(|| {
        if is_suffix {
            Place::Suffix(format!(".{plain}"))
        } else {
            Place::Name(plain.to_owned())
        }
    })
}

/// `host`, `host:port`, `[v6]:port`; the host without brackets stays as it is.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => after.is_empty().then_some((host, None)),
        };
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => Some((host, Some(port.parse().ok()?))),
        _ => Some((text, None)),
    }
}

impl Place {
    fn holds(&self, ip: IpAddr) -> bool {
        let Self::Net { address, bits } = self else {
            return false;
        };
        let same_bits = |one: u128, other: u128, width: u32| {
            let bits = u32::from(*bits).min(width);
            bits == 0 || (one ^ other) >> (width - bits) == 0
        };
        match (address, ip) {
            (IpAddr::V4(known), IpAddr::V4(found)) => {
                same_bits(known.to_bits().into(), found.to_bits().into(), 32)
            }
            (IpAddr::V6(known), IpAddr::V6(found)) => {
                same_bits(known.to_bits(), found.to_bits(), 128)
            }
            _ => false,
        }
    }

    fn is_called(&self, name: &str) -> bool {
        match self {
            Self::Net { .. } => false,
            Self::Name(known) => known == name,
            Self::Suffix(suffix) => name.ends_with(suffix.as_str()),
        }
    }
}

/// What a connection may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied(Denied),
}

/// Where a connection would have gone, and which setting would have let it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    pub(crate) to: String,
    pub(crate) setting: &'static str,
}

/// The setting that allows private addresses.
pub(crate) const NETWORK_ALLOW: &str = "TAVANA_NETWORK_ALLOW";
/// The setting that names the endpoints users may use.
pub(crate) const ENDPOINTS_ALLOW: &str = "TAVANA_ENDPOINTS_ALLOW";
/// Its value that allows all public ones.
pub(crate) const EVERYWHERE: &str = "*";

/// The addresses and names an engine may reach.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// May be reached though private.
    allowed: Vec<Allowance>,
    /// When not empty, only these and the allowed ones may be reached at all.
    endpoints: Vec<Allowance>,
    /// Whatever the engine holds, it may reach every public address.
    open: bool,
    /// The engine holds keys of the deployment: without a list of endpoints it reaches only what
    /// is a store for sure ([`is_store`]).
    holds_keys: AtomicBool,
    resolved: Mutex<HashMap<IpAddr, Vec<Resolved>>>,
}

/// Where an address came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Resolved {
    port: Option<u16>,
    /// The name may have private addresses.
    private: bool,
}

impl Network {
    pub(crate) fn new(allowed: Vec<Allowance>, endpoints: Vec<Allowance>) -> Self {
        Self {
            allowed,
            endpoints,
            ..Self::default()
        }
    }

    /// A path that a statement computes may name any endpoint, and DuckDB sends it what the secret
    /// of the path's bucket holds. So an engine with the deployment's keys must not reach a host
    /// that only its owner knows what it is.
    pub(crate) fn hold_keys(&self, holds: bool) {
        self.holds_keys.store(holds, Ordering::Release);
    }

    fn is_restricted(&self) -> bool {
        !self.open && self.endpoints.is_empty() && self.holds_keys.load(Ordering::Acquire)
    }

    /// What the supervisor allows. It has checked the texts; one that is none stops the engine.
    ///
    /// # Errors
    /// One line.
    pub(crate) fn of(start: &Start) -> Result<Self, &'static str> {
        let parse = |list: &'_ [String]| -> Result<Vec<Allowance>, ()> {
            list.iter()
                .map(|text| text.parse().map_err(|_| ()))
                .collect()
        };
        let open = start.endpoints_allow.iter().any(|text| text == EVERYWHERE);
        let endpoints = if open {
            &[]
        } else {
            start.endpoints_allow.as_slice()
        };
        match (parse(&start.network_allow), parse(endpoints)) {
            (Ok(allowed), Ok(endpoints)) => Ok(Self {
                open,
                ..Self::new(allowed, endpoints)
            }),
            _ => Err("could not understand what the network guard is to allow"),
        }
    }

    /// Whether a connection to this address may be opened.
    pub(crate) fn check(&self, to: SocketAddr) -> Verdict {
        let ip = plain(to.ip());
        let fits = |port: Option<u16>| port.is_none_or(|port| port == to.port());
        let listed = |list: &[Allowance]| {
            list.iter()
                .any(|entry| entry.place.holds(ip) && fits(entry.port))
        };
        let noted = |private: bool| {
            let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
            resolved.get(&ip).is_some_and(|notes| {
                notes
                    .iter()
                    .any(|note| fits(note.port) && (note.private || !private))
            })
        };
        if listed(&self.allowed) || noted(true) {
            return Verdict::Allowed;
        }
        if !is_public(ip) {
            return denied(&SocketAddr::new(ip, to.port()), NETWORK_ALLOW);
        }
        let listed_only = !self.endpoints.is_empty() || self.is_restricted();
        if listed_only && !listed(&self.endpoints) && !noted(false) {
            return denied(&SocketAddr::new(ip, to.port()), ENDPOINTS_ALLOW);
        }
        Verdict::Allowed
    }

    /// Whether a datagram may be sent: only questions to name servers, and what may be reached
    /// anyway.
    pub(crate) fn check_datagram(&self, to: SocketAddr) -> bool {
        to.port() == DNS_PORT
            || self.allowed.iter().any(|entry| {
                entry.place.holds(plain(to.ip())) && entry.port.is_none_or(|port| port == to.port())
            })
    }

    /// Whether a name may be asked for: all of them, unless only some endpoints are allowed.
    pub(crate) fn check_name(&self, name: &[u8]) -> Verdict {
        let restricted = self.is_restricted();
        if self.endpoints.is_empty() && !restricted {
            return Verdict::Allowed;
        }
        let shown = name.escape_ascii().to_string();
        match normal_name(name) {
            // An address is looked at when it is connected to.
            Some(name) if loose_ip(&name).is_some() => Verdict::Allowed,
            Some(name) if restricted && is_store(&name) => Verdict::Allowed,
            Some(name)
                if self
                    .allowed
                    .iter()
                    .chain(&self.endpoints)
                    .any(|entry| entry.place.is_called(&name)) =>
            {
                Verdict::Allowed
            }
            _ => denied(&shown, ENDPOINTS_ALLOW),
        }
    }

    /// Remembers what an allowed name resolved to.
    pub(crate) fn note_addresses(&self, name: &[u8], addresses: &[IpAddr]) {
        let Some(name) = normal_name(name) else {
            return;
        };
        let note = |list: &[Allowance], private| {
            list.iter()
                .filter(|entry| entry.place.is_called(&name))
                .map(|entry| Resolved {
                    port: entry.port,
                    private,
                })
                .collect::<Vec<_>>()
        };
        let mut notes = [note(&self.allowed, true), note(&self.endpoints, false)].concat();
        if self.endpoints.is_empty() && is_store(&name) {
            notes.push(Resolved {
                port: None,
                private: false,
            });
        }
        if notes.is_empty() {
            return;
        }
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        for ip in addresses {
            if resolved.len() >= ADDRESSES_MAX {
                resolved.clear();
            }
            let known = resolved.entry(plain(*ip)).or_default();
            for note in &notes {
                if !known.contains(note) {
                    known.push(*note);
                }
            }
        }
    }

    /// Whether an endpoint that a statement or setting names may be used, told by its text alone:
    /// what a name resolves to is checked when it is connected to.
    pub(crate) fn check_endpoint(&self, text: &str) -> Verdict {
        let Some((host, port)) = host_of(text) else {
            return denied(&text, ENDPOINTS_ALLOW);
        };
        let shown = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        // Without a port it is one of the two usual ones; a setting beside it decides which.
        let fits = |entry: &Allowance| match (entry.port, port) {
            (None, _) | (Some(80 | 443), None) => true,
            (known, port) => known == port,
        };
        let ip = loose_ip(&host).map(plain);
        let listed = |list: &[Allowance]| {
            list.iter().any(|entry| {
                fits(entry)
                    && (entry.place.is_called(&host) || ip.is_some_and(|ip| entry.place.holds(ip)))
            })
        };
        if listed(&self.allowed) {
            return Verdict::Allowed;
        }
        if ip.is_some_and(|ip| !is_public(ip)) || is_local_name(&host) {
            return denied(&shown, NETWORK_ALLOW);
        }
        if !self.endpoints.is_empty() && !listed(&self.endpoints) {
            return denied(&shown, ENDPOINTS_ALLOW);
        }
        Verdict::Allowed
    }
}

/// Hosts that are stores of the three clouds (and of the few others that DuckDB knows by scheme),
/// or give out tokens for them: nobody but the cloud itself hears what is sent there.
fn is_store(host: &str) -> bool {
    const HOSTS: [&str; 6] = [
        "storage.googleapis.com",
        "oauth2.googleapis.com",
        "login.microsoftonline.com",
        "huggingface.co",
        "sts.amazonaws.com",
        "s3.amazonaws.com",
    ];
    const SUFFIXES: [&str; 7] = [
        ".storage.googleapis.com",
        ".blob.core.windows.net",
        ".dfs.core.windows.net",
        ".s3.amazonaws.com",
        ".r2.cloudflarestorage.com",
        ".huggingface.co",
        ".hf.co",
    ];
    if HOSTS.contains(&host) || SUFFIXES.iter().any(|suffix| host.ends_with(suffix)) {
        return true;
    }
    // [bucket.]s3.<region>, [bucket.]s3.dualstack.<region>, [bucket.]s3-<region>, sts.<region>.
    let Some(rest) = host
        .strip_suffix(".amazonaws.com")
        .or_else(|| host.strip_suffix(".amazonaws.com.cn"))
    else {
        return false;
    };
    let mut labels = rest.rsplit('.');
    let (last, before, earlier) = (labels.next(), labels.next(), labels.next());
    let is_s3 =
        |label: Option<&str>| label.is_some_and(|label| label == "s3" || label.starts_with("s3-"));
    last.is_some_and(|label| label.starts_with("s3-"))
        || is_s3(before)
        || before == Some("dualstack") && is_s3(earlier)
        || before == Some("sts") && earlier.is_none()
}

fn denied(to: &dyn fmt::Display, setting: &'static str) -> Verdict {
    // It may be as long as a statement.
    let to = to.to_string().chars().take(200).collect();
    Verdict::Denied(Denied { to, setting })
}

fn normal_name(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
    Some(name.strip_suffix('.').unwrap_or(&name).to_owned())
}

/// The host and port of an address as people write endpoints: with or without scheme, user, path.
pub(crate) fn host_of(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (String::new(), text),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if authority.is_empty() || authority.contains(char::is_whitespace) {
        return None;
    }
    let (host, port) = match split_port(authority) {
        Some(found) => found,
        // `host:` and what is no port: the host decides.
        None => (authority.rsplit_once(':')?.0, None),
    };
    let host = percent_decoded(host).to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host).to_owned();
    let port = port.or(match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    });
    (!host.is_empty()).then_some((host, port))
}

fn percent_decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(u8::is_ascii);
        match byte {
            Some(byte) => {
                out.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Names that mean this machine or a metadata service whatever a name server says.
fn is_local_name(host: &str) -> bool {
    [
        "localhost",
        "metadata",
        "metadata.google.internal",
        "instance-data",
    ]
    .contains(&host)
        || [".localhost", ".local", ".internal"]
            .iter()
            .any(|suffix| host.ends_with(suffix))
}

/// An address in any spelling the C library takes: `127.1`, `0x7f.1`, `2130706433`, `::1%lo`.
pub(crate) fn loose_ip(text: &str) -> Option<IpAddr> {
    let text = text.split('%').next().unwrap_or(text);
    text.parse::<IpAddr>()
        .ok()
        .filter(IpAddr::is_ipv6)
        .or_else(|| loose_ipv4(text).map(IpAddr::V4))
}

fn loose_ipv4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let numbers = parts
        .iter()
        .map(|part| {
            let (digits, radix) = match part.strip_prefix("0x").or(part.strip_prefix("0X")) {
                Some(digits) => (digits, 16),
                None if part.len() > 1 && part.starts_with('0') => (*part, 8),
                None => (*part, 10),
            };
            if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return None;
            }
            u32::from_str_radix(digits, radix).ok()
        })
        .collect::<Option<Vec<u32>>>()?;
    let (last, first) = numbers.split_last()?;
    let mut address = 0_u32;
    for number in first {
        address = address << 8 | u32::from(u8::try_from(*number).ok()?);
    }
    let rest_bits = 32 - 8 * u32::try_from(first.len()).ok()?;
    if rest_bits < 32 && *last >> rest_bits != 0 {
        return None;
    }
    let address = if rest_bits == 32 {
        0
    } else {
        address << rest_bits
    };
    Some(Ipv4Addr::from(address | last))
}

/// The address that a mapped one stands for.
fn plain(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4),
        ip => ip,
    }
}

/// Whether an address belongs to the open internet.
fn is_public(ip: IpAddr) -> bool {
    match plain(ip) {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    const PRIVATE: [(Ipv4Addr, u32); 15] = [
        (Ipv4Addr::new(0, 0, 0, 0), 8),
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        // Shared by carriers; Alibaba's metadata service is in it.
        (Ipv4Addr::new(100, 64, 0, 0), 10),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        // Oracle's metadata service.
        (Ipv4Addr::new(192, 0, 0, 0), 24),
        (Ipv4Addr::new(192, 0, 2, 0), 24),
        (Ipv4Addr::new(192, 88, 99, 0), 24),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(198, 18, 0, 0), 15),
        (Ipv4Addr::new(198, 51, 100, 0), 24),
        (Ipv4Addr::new(203, 0, 113, 0), 24),
        // Multicast, reserved, broadcast.
        (Ipv4Addr::new(224, 0, 0, 0), 3),
        // Azure's wire server.
        (Ipv4Addr::new(168, 63, 129, 16), 32),
    ];
    !PRIVATE
        .iter()
        .any(|(net, bits)| (ip.to_bits() ^ net.to_bits()) >> (32 - bits) == 0)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // NAT64: what stands behind it counts.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // 6to4.
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocol assignments, and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast. All else is loopback, link-local, unique local, multicast, compatible
        // with IPv4, or not assigned.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(allowed: &[&str], endpoints: &[&str]) -> Network {
        let parse = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Network::new(parse(allowed), parse(endpoints))
    }

    fn reaches(network: &Network, to: &str) -> bool {
        network.check(to.parse().unwrap()) == Verdict::Allowed
    }

    #[test]
    fn private_addresses_in_every_form_are_refused_and_public_ones_are_not() {
        let network = network(&[], &[]);
        for to in [
            "127.0.0.1:80",
            "127.8.9.10:80",
            "0.0.0.0:80",
            "10.1.2.3:80",
            "172.16.0.1:80",
            "172.31.255.255:80",
            "192.168.0.1:80",
            "169.254.169.254:80",
            "169.254.170.2:80",
            "100.64.0.1:80",
            "100.100.100.200:80",
            "168.63.129.16:80",
            "192.0.0.192:80",
            "198.18.0.1:80",
            "224.0.0.1:80",
            "255.255.255.255:80",
            "240.0.0.1:80",
            "[::]:80",
            "[::1]:80",
            "[::127.0.0.1]:80",
            "[::ffff:127.0.0.1]:80",
            "[::ffff:169.254.169.254]:80",
            "[64:ff9b::169.254.169.254]:80",
            "[64:ff9b:1::a00:1]:80",
            "[2002:7f00:1::]:80",
            "[2002:a9fe:a9fe::1]:80",
            "[2001:0:1::1]:80",
            "[2001:db8::1]:80",
            "[fe80::1]:80",
            "[fec0::1]:80",
            "[fd00:ec2::254]:80",
            "[fc00::1]:80",
            "[ff02::1]:80",
            "[4000::1]:80",
        ] {
            assert!(!reaches(&network, to), "{to}");
        }
        for to in [
            "1.1.1.1:443",
            "52.216.1.1:443",
            "172.32.0.1:80",
            "100.128.0.1:80",
            "168.63.129.17:80",
            "[2606:4700::1111]:443",
            "[::ffff:8.8.8.8]:443",
            "[64:ff9b::8.8.8.8]:443",
        ] {
            assert!(reaches(&network, to), "{to}");
        }
    }

    #[test]
    fn what_is_allowed_by_address_or_network_is_reached_on_its_port() {
        let network = network(
            &[
                "10.1.0.0/16",
                "127.0.0.1:9000",
                "[fd00::1]:443",
                "fd01::/16",
            ],
            &[],
        );
        for (to, expected) in [
            ("10.1.2.3:80", true),
            ("10.2.2.3:80", false),
            ("127.0.0.1:9000", true),
            ("[::ffff:127.0.0.1]:9000", true),
            ("127.0.0.1:9001", false),
            ("[fd00::1]:443", true),
            ("[fd00::1]:80", false),
            ("[fd01::5]:80", true),
        ] {
            assert_eq!(reaches(&network, to), expected, "{to}");
        }
    }

    #[test]
    fn an_allowed_name_opens_what_it_resolves_to_and_no_other_does() {
        let network = network(&["minio:9000", "*.svc.local"], &[]);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        network.note_addresses(b"MinIO.", &[ip("10.0.0.1")]);
        network.note_addresses(b"a.b.svc.local", &[ip("10.0.0.2")]);
        network.note_addresses(b"svc.local", &[ip("10.0.0.3")]);
        network.note_addresses(b"evil.example", &[ip("10.0.0.4")]);
        for (to, expected) in [
            ("10.0.0.1:9000", true),
            ("10.0.0.1:80", false),
            ("10.0.0.2:80", true),
            ("10.0.0.3:80", false),
            ("10.0.0.4:80", false),
        ] {
            assert_eq!(reaches(&network, to), expected, "{to}");
        }
    }

    #[test]
    fn an_engine_with_the_deployments_keys_reaches_stores_only() {
        let network = network(&["minio:9000"], &[]);
        let to = |text: &str| network.check(text.parse().unwrap()) == Verdict::Allowed;
        let asks = |name: &str| network.check_name(name.as_bytes()) == Verdict::Allowed;
        assert!(asks("evil.example") && to("93.184.216.34:443"));
        network.hold_keys(true);
        assert!(!asks("evil.example") && !to("93.184.216.34:443"));
        let bucket = "b.s3.eu-west-1.amazonaws.com";
        assert!(asks("minio") && asks(bucket));
        network.note_addresses(bucket.as_bytes(), &["52.218.0.1".parse().unwrap()]);
        assert!(to("52.218.0.1:443") && !to("52.218.0.2:443"));
        network.hold_keys(false);
        assert!(asks("evil.example") && to("93.184.216.34:443"));
    }

    #[test]
    fn stores_are_told_from_what_others_may_call_alike() {
        for store in [
            "s3.amazonaws.com",
            "b.s3.amazonaws.com",
            "s3.eu-west-1.amazonaws.com",
            "my.bucket.s3.eu-west-1.amazonaws.com",
            "s3-us-west-2.amazonaws.com",
            "b.s3-us-west-2.amazonaws.com",
            "b.s3.dualstack.us-east-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "sts.eu-west-1.amazonaws.com",
            "storage.googleapis.com",
            "acc.blob.core.windows.net",
            "acc.dfs.core.windows.net",
        ] {
            assert!(is_store(store), "{store}");
        }
        for other in [
            "evil.example",
            "s3.amazonaws.com.evil.example",
            "xs3.amazonaws.com.evil",
            "ec2-1-2-3-4.compute-1.amazonaws.com",
            "s3.x.elb.us-east-1.amazonaws.com",
            "x.execute-api.us-east-1.amazonaws.com",
            "sts.x.us-east-1.amazonaws.com",
            "core.windows.net",
            "evilblob.core.windows.net",
            "amazonaws.com",
        ] {
            assert!(!is_store(other), "{other}");
        }
    }

    #[test]
    fn with_a_list_of_endpoints_nothing_else_is_resolved_or_reached() {
        let network = network(&["10.0.0.9"], &["*.amazonaws.com", "8.8.8.8"]);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(network.check_name(b"b.s3.amazonaws.com"), Verdict::Allowed);
        assert_ne!(network.check_name(b"amazonaws.com.evil"), Verdict::Allowed);
        assert_eq!(network.check_name(b"1.1.1.1"), Verdict::Allowed);
        network.note_addresses(b"b.s3.amazonaws.com", &[ip("52.1.1.1"), ip("10.0.0.1")]);
        for (to, expected) in [
            ("52.1.1.1:443", true),
            ("52.1.1.2:443", false),
            // A public name does not open a private address.
            ("10.0.0.1:443", false),
            ("8.8.8.8:443", true),
            ("10.0.0.9:443", true),
        ] {
            assert_eq!(reaches(&network, to), expected, "{to}");
        }
    }

    #[test]
    fn an_endpoint_is_judged_by_its_text() {
        let open = network(&["127.0.0.1:9000", "minio.internal"], &[]);
        for (text, expected) in [
            ("s3.amazonaws.com", true),
            ("https://host.example/path", true),
            ("127.0.0.1:9000", true),
            ("http://127.0.0.1:9000/x", true),
            ("127.0.0.1:9001", false),
            ("http://127.1/", false),
            ("2130706433", false),
            ("0x7f000001:80", false),
            ("0177.0.0.1", false),
            ("[::1]:80", false),
            ("[::ffff:127.0.0.1]", false),
            ("user@127.0.0.1", false),
            ("http://user:x@169.254.169.254/latest", false),
            ("127.0.0.1/x@s3.amazonaws.com", false),
            ("127.0.0.1?x@s3.amazonaws.com", false),
            ("127.0.0.1#s3.amazonaws.com", false),
            ("%31%32%37.0.0.1", false),
            ("LOCALHOST:9000", false),
            ("a.localhost", false),
            ("metadata.google.internal.", false),
            ("minio.internal:9000", true),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(
                open.check_endpoint(text) == Verdict::Allowed,
                expected,
                "{text}"
            );
        }
        let closed = network(&[], &["*.example.com:443", "s3.amazonaws.com"]);
        for (text, expected) in [
            ("https://a.example.com", true),
            ("http://a.example.com", false),
            ("a.example.com:444", false),
            ("s3.amazonaws.com", true),
            ("evil.com", false),
            ("s3.amazonaws.com.evil.com", false),
            ("1.1.1.1", false),
        ] {
            assert_eq!(
                closed.check_endpoint(text) == Verdict::Allowed,
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_allowance_is_refused() {
        for text in [
            "",
            "http://x",
            "10.0.0.0/33",
            "a b",
            "x:port",
            "x:70000",
            "*",
            "*.*.x",
            "a..b",
            "[::1",
            "010.1",
            "10.0.0.0/8/8",
        ] {
            assert_eq!(text.parse::<Allowance>(), Err(NotAnAllowance), "{text}");
        }
    }

    #[test]
    fn datagrams_go_to_name_servers_only() {
        let network = network(&["10.0.0.1"], &[]);
        for (to, expected) in [
            ("127.0.0.53:53", true),
            ("8.8.8.8:53", true),
            ("8.8.8.8:443", false),
            ("10.0.0.1:443", true),
        ] {
            assert_eq!(
                network.check_datagram(to.parse().unwrap()),
                expected,
                "{to}"
            );
        }
    }
}
