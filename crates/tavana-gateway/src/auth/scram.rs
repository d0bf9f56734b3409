//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side (RFC 5802, RFC 7677, RFC 5929).
//!
//! Passwords are kept as PostgreSQL keeps them, `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`:
//! whoever steals a verifier cannot log in with it. The exchange is without I/O; for a name that
//! nobody has, it runs with a verifier that no password fits, so both look the same from outside.

use std::fmt;
use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::{digest, hmac, pbkdf2};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::Zeroizing;

/// The mechanism without channel binding.
pub(crate) const PLAIN: &str = "SCRAM-SHA-256";
/// The mechanism that is bound to the server's certificate.
pub(crate) const PLUS: &str = "SCRAM-SHA-256-PLUS";

/// As PostgreSQL (`SCRAM_SHA_256_DEFAULT_ITERATIONS`).
const ITERATIONS: u32 = 4096;
/// A verifier that asks clients for more work than this is refused.
const ITERATIONS_MAX: u32 = 10_000_000;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 18;
const KEY_BYTES: usize = 32;

/// What a server keeps of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    stored_key: [u8; KEY_BYTES],
    server_key: [u8; KEY_BYTES],
}

impl Verifier {
    /// Makes a verifier for `password` with a random salt.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn of_password(password: &str) -> Self {
        Self::with_salt(
            password,
            random::<SALT_BYTES>().to_vec(),
            NonZeroU32::new(ITERATIONS).expect("4096 is not 0"),
        )
    }

    fn with_salt(password: &str, salt: Vec<u8>, iterations: NonZeroU32) -> Self {
        let salted = salted(password, &salt, iterations);
        let (stored_key, server_key) = keys(&salted);
        Self {
            iterations,
            salt,
            stored_key,
            server_key,
        }
    }

    /// A verifier that no password is known for. Always the same one for the same `seed`, as the
    /// verifier of a real user would be.
    pub(crate) fn of_nobody(seed: &hmac::Key, name: &str) -> Self {
        let part = |what: &str| {
            let mut context = hmac::Context::with_key(seed);
            context.update(what.as_bytes());
            context.update(name.as_bytes());
            let mut out = [0; KEY_BYTES];
            out.copy_from_slice(context.sign().as_ref());
            out
        };
        Self {
            iterations: NonZeroU32::new(ITERATIONS).expect("4096 is not 0"),
            salt: part("salt").into_iter().take(SALT_BYTES).collect(),
            stored_key: part("stored key"),
            server_key: part("server key"),
        }
    }

    /// Reads PostgreSQL's text form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("SCRAM-SHA-256$")?;
        let (parameters, keys) = rest.split_once('$')?;
        let (iterations, salt) = parameters.split_once(':')?;
        let (stored, server) = keys.split_once(':')?;
        let iterations = iterations.parse().ok().filter(|n| *n <= ITERATIONS_MAX)?;
        let key = |text: &str| <[u8; KEY_BYTES]>::try_from(STANDARD.decode(text).ok()?).ok();
        Some(Self {
            iterations: NonZeroU32::new(iterations)?,
            salt: STANDARD.decode(salt).ok().filter(|salt| !salt.is_empty())?,
            stored_key: key(stored)?,
            server_key: key(server)?,
        })
    }

    /// PostgreSQL's text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "SCRAM-SHA-256${}:{}${}:{}",
            self.iterations,
            STANDARD.encode(&self.salt),
            STANDARD.encode(self.stored_key),
            STANDARD.encode(self.server_key)
        )
    }

    /// What a login by this password leaves in a bearer token.
    pub(crate) fn proof(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.to_text().as_bytes())
            .as_ref()
            .to_vec()
    }

    /// Whether `password` is the one. Costs the whole work of the hash: keep it off the runtime.
    pub(crate) fn fits(&self, password: &str) -> bool {
        let (stored, _) = keys(&salted(password, &self.salt, self.iterations));
        stored.ct_eq(&self.stored_key).into()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(***)")
    }
}

/// Why an exchange ended.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum ScramError {
    /// The message is not SCRAM. The client hears it: it says nothing of any password.
    #[error("{0}")]
    Malformed(&'static str),
    /// The proof is wrong.
    #[error("the password does not fit")]
    Refused,
}

/// Half of an exchange: the client's first message was answered.
#[derive(Debug)]
pub(crate) struct Exchange {
    verifier: Verifier,
    /// `c=` as the client must send it.
    binding: String,
    nonce: String,
    /// `client-first-message-bare,server-first-message,`
    transcript: String,
}

impl Exchange {
    /// Reads the client's first message; the text is the server's answer. `end_point` is the hash
    /// of the server's certificate when the connection has TLS.
    pub(crate) fn begin(
        verifier: Verifier,
        mechanism: &str,
        end_point: Option<&[u8]>,
        message: &[u8],
    ) -> Result<(Self, String), ScramError> {
        Self::begin_with(verifier, mechanism, end_point, message, &nonce())
    }

    fn begin_with(
        verifier: Verifier,
        mechanism: &str,
        end_point: Option<&[u8]>,
        message: &[u8],
        own_nonce: &str,
    ) -> Result<(Self, String), ScramError> {
        let message = text(message)?;
        // gs2-header = gs2-cbind-flag "," [ authzid ] ","
        let mut parts = message.splitn(3, ',');
        let (flag, authzid, bare) = match (parts.next(), parts.next(), parts.next()) {
            (Some(flag), Some(authzid), Some(bare)) => (flag, authzid, bare),
            _ => return Err(ScramError::Malformed("malformed SCRAM message")),
        };
        if !authzid.is_empty() {
            return Err(ScramError::Malformed(
                "client uses authorization identity, but it is not supported",
            ));
        }
        let mut bound = format!("{flag},,").into_bytes();
        match (mechanism, flag, end_point) {
            (PLUS, "p=tls-server-end-point", Some(end_point)) => bound.extend_from_slice(end_point),
            (PLUS, flag, Some(_)) if flag.starts_with("p=") => {
                return Err(ScramError::Malformed(
                    "unsupported SCRAM channel-binding type",
                ));
            }
            (PLAIN, "n", _) | (PLAIN, "y", None) => {}
            // The client could bind and was told that the server cannot: somebody sits between.
            (PLAIN, "y", Some(_)) => {
                return Err(ScramError::Malformed(
                    "SCRAM channel binding negotiation error",
                ));
            }
            (PLAIN | PLUS, _, _) => {
                return Err(ScramError::Malformed(
                    "the SCRAM message does not match the mechanism",
                ));
            }
            _ => {
                return Err(ScramError::Malformed(
                    "client selected an invalid SASL authentication mechanism",
                ));
            }
        }
        let mut attributes = bare.split(',');
        let user = attributes.next().unwrap_or_default();
        if user.starts_with("m=") {
            return Err(ScramError::Malformed(
                "client requires an unsupported SCRAM extension",
            ));
        }
        // The name in the startup packet is the one that counts (PostgreSQL protocol, SASL).
        let client_nonce = match (user.strip_prefix("n="), attributes.next()) {
            (Some(_), Some(nonce)) => nonce.strip_prefix("r="),
            _ => None,
        };
        let client_nonce = client_nonce
            .filter(|nonce| !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or(ScramError::Malformed("malformed SCRAM message"))?;
        let nonce = format!("{client_nonce}{own_nonce}");
        let answer = format!(
            "r={nonce},s={},i={}",
            STANDARD.encode(&verifier.salt),
            verifier.iterations
        );
        let transcript = format!("{bare},{answer},");
        Ok((
            Self {
                verifier,
                binding: STANDARD.encode(bound),
                nonce,
                transcript,
            },
            answer,
        ))
    }

    /// Reads the client's final message; the text is the server's own proof.
    pub(crate) fn finish(self, message: &[u8]) -> Result<String, ScramError> {
        let message = text(message)?;
        let (without_proof, proof) = message
            .rsplit_once(",p=")
            .ok_or(ScramError::Malformed("malformed SCRAM message"))?;
        let proof = STANDARD
            .decode(proof)
            .ok()
            .and_then(|proof| <[u8; KEY_BYTES]>::try_from(proof).ok())
            .ok_or(ScramError::Malformed("malformed SCRAM message"))?;
        let mut attributes = without_proof.split(',');
        let binding = attributes.next().and_then(|text| text.strip_prefix("c="));
        let nonce = attributes.next().and_then(|text| text.strip_prefix("r="));
        let (Some(binding), Some(nonce)) = (binding, nonce) else {
            return Err(ScramError::Malformed("malformed SCRAM message"));
        };
        if binding != self.binding {
            return Err(ScramError::Malformed("SCRAM channel binding check failed"));
        }
        if nonce != self.nonce {
            return Err(ScramError::Malformed("invalid SCRAM response"));
        }
        let transcript = format!("{}{without_proof}", self.transcript);
        let signature = sign(&self.verifier.stored_key, transcript.as_bytes());
        let mut client_key = Zeroizing::new([0; KEY_BYTES]);
        for ((out, proof), signature) in client_key.iter_mut().zip(proof).zip(signature) {
            *out = proof ^ signature;
        }
        let stored = digest::digest(&digest::SHA256, &*client_key);
        if !bool::from(stored.as_ref().ct_eq(&self.verifier.stored_key)) {
            return Err(ScramError::Refused);
        }
        let server = sign(&self.verifier.server_key, transcript.as_bytes());
        Ok(format!("v={}", STANDARD.encode(server)))
    }
}

fn text(message: &[u8]) -> Result<&str, ScramError> {
    std::str::from_utf8(message).map_err(|_| ScramError::Malformed("malformed SCRAM message"))
}

fn salted(password: &str, salt: &[u8], iterations: NonZeroU32) -> Zeroizing<[u8; KEY_BYTES]> {
    // A password that SASLprep refuses is taken as it is, as PostgreSQL and libpq do.
    let prepared = stringprep::saslprep(password);
    let prepared = Zeroizing::new(prepared.map_or_else(|_| password.to_owned(), Into::into));
    let mut out = Zeroizing::new([0; KEY_BYTES]);
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        iterations,
        salt,
        prepared.as_bytes(),
        &mut *out,
    );
    out
}

/// StoredKey and ServerKey.
fn keys(salted: &[u8; KEY_BYTES]) -> ([u8; KEY_BYTES], [u8; KEY_BYTES]) {
    let client_key = Zeroizing::new(sign(salted, b"Client Key"));
    let mut stored = [0; KEY_BYTES];
    stored.copy_from_slice(digest::digest(&digest::SHA256, &*client_key).as_ref());
    (stored, sign(salted, b"Server Key"))
}

fn sign(key: &[u8; KEY_BYTES], message: &[u8]) -> [u8; KEY_BYTES] {
    let mut out = [0; KEY_BYTES];
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    out.copy_from_slice(hmac::sign(&key, message).as_ref());
    out
}

fn nonce() -> String {
    STANDARD.encode(random::<NONCE_BYTES>())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The exchange of RFC 7677, section 3.
    #[test]
    fn the_exchange_of_the_rfc_gives_the_rfcs_messages() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = Verifier::with_salt("pencil", salt, NonZeroU32::new(4096).unwrap());
        let (exchange, answer) = Exchange::begin_with(
            verifier,
            PLAIN,
            None,
            b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
        )
        .unwrap();
        assert_eq!(
            answer,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        let last = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(
            exchange.finish(last).as_deref(),
            Ok("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        );
    }

    /// What a client with `password` sends at last.
    fn proof(password: &str, verifier: &Verifier, transcript: &str, without_proof: &str) -> String {
        let salted = salted(password, &verifier.salt, verifier.iterations);
        let client_key = sign(&salted, b"Client Key");
        let mut stored = [0; KEY_BYTES];
        stored.copy_from_slice(digest::digest(&digest::SHA256, &client_key).as_ref());
        let signature = sign(&stored, format!("{transcript}{without_proof}").as_bytes());
        let proof: Vec<u8> = client_key
            .iter()
            .zip(signature)
            .map(|(key, signature)| key ^ signature)
            .collect();
        format!("{without_proof},p={}", STANDARD.encode(proof))
    }

    fn exchange(
        password: &str,
        guess: &str,
        end_point: Option<&[u8]>,
        seen: Option<&[u8]>,
    ) -> bool {
        let verifier = Verifier::of_password(password);
        let (mechanism, flag) = match seen {
            Some(_) => (PLUS, "p=tls-server-end-point"),
            None => (PLAIN, "n"),
        };
        let first = format!("{flag},,n=,r=abc");
        let (exchange, _) =
            Exchange::begin(verifier.clone(), mechanism, end_point, first.as_bytes()).unwrap();
        let mut bound = format!("{flag},,").into_bytes();
        bound.extend_from_slice(seen.unwrap_or_default());
        let without_proof = format!("c={},r={}", STANDARD.encode(bound), exchange.nonce);
        let last = proof(guess, &verifier, &exchange.transcript, &without_proof);
        exchange.finish(last.as_bytes()).is_ok()
    }

    #[test]
    fn only_the_right_password_and_the_right_certificate_pass() {
        for password in ["secret", "", "pässword", "I\u{ad}X", &"x".repeat(4096)] {
            assert!(exchange(password, password, None, None), "{password}");
            assert!(!exchange(password, "wrong", None, None));
            assert!(exchange(password, password, Some(b"cert"), Some(b"cert")));
            assert!(!exchange(password, password, Some(b"cert"), Some(b"other")));
        }
        // RFC 4013: the soft hyphen is mapped to nothing.
        assert!(exchange("I\u{ad}X", "IX", None, None));
    }

    #[test]
    fn a_downgrade_from_channel_binding_is_noticed() {
        let begin = |mechanism, end_point, message: &str| {
            let verifier = Verifier::of_password("x");
            Exchange::begin(verifier, mechanism, end_point, message.as_bytes()).map(|_| ())
        };
        assert_eq!(begin(PLAIN, None, "y,,n=,r=a"), Ok(()));
        assert_eq!(begin(PLAIN, Some(b"c"), "n,,n=,r=a"), Ok(()));
        for (mechanism, end_point, message) in [
            (PLAIN, Some(&b"c"[..]), "y,,n=,r=a"),
            (PLAIN, Some(b"c"), "p=tls-server-end-point,,n=,r=a"),
            (PLUS, Some(b"c"), "n,,n=,r=a"),
            (PLUS, Some(b"c"), "p=tls-unique,,n=,r=a"),
            (PLUS, None, "p=tls-server-end-point,,n=,r=a"),
            ("PLAIN", None, "n,,n=,r=a"),
            (PLAIN, None, "n,a=other,n=,r=a"),
            (PLAIN, None, "n,,m=x,n=,r=a"),
            (PLAIN, None, "n,,n=,r="),
            (PLAIN, None, "n,,n="),
            (PLAIN, None, "n"),
            (PLAIN, None, ""),
        ] {
            assert!(
                matches!(
                    begin(mechanism, end_point, message),
                    Err(ScramError::Malformed(_))
                ),
                "{mechanism} {message}"
            );
        }
    }

    #[test]
    fn a_verifier_reads_as_postgresql_writes_it() {
        let verifier = Verifier::of_password("pencil");
        assert_eq!(Verifier::from_text(&verifier.to_text()), Some(verifier));
        for wrong in [
            "",
            "md5abc",
            "SCRAM-SHA-256$4096:c2FsdA==$x:y",
            "SCRAM-SHA-256$0:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "SCRAM-SHA-256$99999999999:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert_eq!(Verifier::from_text(wrong), None, "{wrong}");
        }
        // pg_authid of a PostgreSQL 15 for the password of the RFC's example.
        assert!(
            Verifier::from_text("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")
                .unwrap()
                .fits("pencil")
        );
    }

    #[test]
    fn nobody_has_always_the_same_salt_and_no_password() {
        let seed = hmac::Key::new(hmac::HMAC_SHA256, b"seed");
        let nobody = Verifier::of_nobody(&seed, "ada");
        assert_eq!(nobody, Verifier::of_nobody(&seed, "ada"));
        assert_ne!(nobody.salt, Verifier::of_nobody(&seed, "bob").salt);
        assert!(!nobody.fits(""));
        assert!(!nobody.fits("ada"));
    }

    proptest! {
        #[test]
        fn no_changed_message_passes(position in 0_usize..200, bit in 0_u8..8) {
            let verifier = Verifier::of_password("secret");
            let (exchange, _) =
                Exchange::begin(verifier.clone(), PLAIN, None, b"n,,n=,r=abc").unwrap();
            let without_proof = format!("c=biws,r={}", exchange.nonce);
            let last = proof("secret", &verifier, &exchange.transcript, &without_proof);
            let mut changed = last.clone().into_bytes();
            let position = position % changed.len();
            changed[position] ^= 1 << bit;
            prop_assert!(exchange.finish(&changed).is_err());
        }

        #[test]
        fn no_bytes_panic(first in prop::collection::vec(any::<u8>(), 0..64), last in prop::collection::vec(any::<u8>(), 0..64)) {
            let seed = hmac::Key::new(hmac::HMAC_SHA256, b"seed");
            let verifier = Verifier::of_nobody(&seed, "x");
            drop(Exchange::begin(verifier.clone(), PLUS, Some(b"c"), &first));
            let (exchange, _) = Exchange::begin(verifier, PLAIN, None, b"n,,n=,r=abc").unwrap();
            prop_assert!(exchange.finish(&last).is_err());
        }
    }
}
