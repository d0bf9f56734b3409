//! Secrets: wiped from memory when dropped, never printed; and what is derived from the cluster key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that is wiped when dropped and that prints as `***`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of `text`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Not for logs, errors or metrics.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `candidate` is the same text, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(candidate).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a session's settings are sealed for on their way to a worker.
pub const SEALED_SETTINGS: &str = "session settings v1";
/// What a statement is sealed for on its way to a worker.
pub const SEALED_SQL: &str = "statement v1";

/// Shortest cluster key that is accepted, in bytes.
pub const CLUSTER_KEY_BYTES_MIN: usize = 32;

/// The one secret that all gateways and workers of a cluster share. The internal token and the
/// keys that seal tickets are derived from it (HKDF-SHA256, RFC 5869).
#[derive(Clone)]
pub struct ClusterKey(Prk);

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

impl ClusterKey {
    /// The key made from a configured text; `None` when it is shorter than
    /// [`CLUSTER_KEY_BYTES_MIN`].
    #[must_use]
    pub fn from_text(text: &Secret) -> Option<Self> {
        let bytes = text.expose().as_bytes();
        (bytes.len() >= CLUSTER_KEY_BYTES_MIN)
            .then(|| Self(Salt::new(HKDF_SHA256, b"tavana cluster key v1").extract(bytes)))
    }

    /// A key for this process alone.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        SystemRandom::new()
            .fill(&mut *bytes)
            .expect("the operating system gives random bytes");
        Self(Salt::new(HKDF_SHA256, b"tavana cluster key v1").extract(&*bytes))
    }

    /// The token that gateways show to workers.
    #[must_use]
    pub fn internal_token(&self) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(*self.derive("internal token")))
    }

    /// Encrypts and authenticates `plain` for `purpose`: AES-256-GCM, random 96-bit nonce in front.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .expect("the operating system gives random bytes");
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(plain);
        self.sealing_key(purpose)
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut sealed,
            )
            .expect("a ticket is far below the 64 GiB limit of AES-GCM");
        sealed.splice(0..0, nonce);
        sealed
    }

    /// What [`Self::seal`] was given; `None` for anything that this key did not seal for `purpose`.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = body.to_vec();
        let plain_bytes = self
            .sealing_key(purpose)
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(purpose.as_bytes()),
                &mut body,
            )
            .ok()?
            .len();
        body.truncate(plain_bytes);
        Some(body)
    }

    fn sealing_key(&self, purpose: &str) -> LessSafeKey {
        let bytes = self.derive(purpose);
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*bytes).expect("32 bytes are a key"))
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        self.0
            .expand(&[purpose.as_bytes()], Bytes32)
            .and_then(|material| material.fill(&mut *bytes))
            .expect("32 bytes are within the limit of HKDF-SHA256");
        bytes
    }
}

impl fmt::Debug for ClusterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClusterKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ClusterKey {
        ClusterKey::from_text(&Secret::new(text.to_owned())).expect("long enough")
    }

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("CANARY".to_owned());
        assert_eq!(format!("{secret:?}"), "***");
        assert!(secret.matches(b"CANARY"));
        assert!(!secret.matches(b"CANARZ"));
        assert!(!secret.matches(b"CANAR"));
    }

    #[test]
    fn gateways_with_the_same_key_open_each_others_tickets() {
        let sealed = key("0123456789abcdef0123456789abcdef").seal("ticket", b"SELECT 1");
        let other = key("0123456789abcdef0123456789abcdef");
        assert_eq!(
            other.open("ticket", &sealed).as_deref(),
            Some(&b"SELECT 1"[..])
        );
    }

    #[test]
    fn no_changed_foreign_or_repurposed_ticket_opens() {
        let key_a = key("0123456789abcdef0123456789abcdef");
        let sealed = key_a.seal("ticket", b"SELECT 1");
        assert_eq!(ClusterKey::random().open("ticket", &sealed), None);
        assert_eq!(key_a.open("prepared", &sealed), None);
        for length in 0..sealed.len() {
            assert_eq!(
                key_a.open("ticket", &sealed[..length]),
                None,
                "cut at {length}"
            );
        }
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key_a.open("ticket", &flipped), None, "bit {bit}");
        }
    }

    #[test]
    fn a_short_cluster_key_is_refused() {
        assert!(ClusterKey::from_text(&Secret::new("short".to_owned())).is_none());
    }
}
