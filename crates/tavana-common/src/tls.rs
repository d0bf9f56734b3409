//! TLS for servers and for the way to a worker: certificates from files, read again when the files
//! change, and nothing older than TLS 1.2.
//!
//! A connection keeps the [`Identity`] it was accepted with, so a certificate that is replaced
//! disturbs nobody. Files that cannot be used after a change leave the last good ones in force,
//! with one WARN.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tracing::{info, warn};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::task::{self, Task};

/// How often the files are looked at.
const POLL: Duration = Duration::from_secs(2);
/// Largest certificate or key file that is read.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Why certificates cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("could not read {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file holds no such thing as it should.
    #[error("{path} holds no usable {what}")]
    Content {
        /// Which.
        path: String,
        /// `certificate` or `private key`.
        what: &'static str,
    },
    /// Certificate and key do not fit each other, or the library cannot use them.
    #[error("could not use the certificate: {0}")]
    Unusable(String),
}

/// The name of a protocol as clients ask for it inside TLS (ALPN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// PostgreSQL: `postgresql`.
    Postgres,
    /// gRPC: `h2`.
    Http2,
    /// The port of health and metrics: `http/1.1`.
    Http1,
}

impl Protocol {
    /// As registered with IANA.
    #[must_use]
    pub fn alpn(self) -> &'static [u8] {
        match self {
            Self::Postgres => b"postgresql",
            Self::Http2 => b"h2",
            Self::Http1 => b"http/1.1",
        }
    }
}

/// Where a server's certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// PEM files: the chain, leaf first, and its private key.
    Files {
        /// The chain.
        certificate: PathBuf,
        /// The key (PKCS#8, PKCS#1 or SEC1).
        key: PathBuf,
    },
    /// Made at start for these host names, known to nobody: encrypts, but proves nothing.
    SelfSigned(Vec<String>),
}

/// One generation of a server's certificate.
pub struct Identity {
    postgres: Arc<ServerConfig>,
    http2: Arc<ServerConfig>,
    http1: Arc<ServerConfig>,
    end_point: Vec<u8>,
}

impl Identity {
    /// Accepts TLS for `protocol` on `stream`.
    ///
    /// # Errors
    /// When the peer speaks no TLS that is acceptable.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        protocol: Protocol,
        stream: S,
    ) -> io::Result<tokio_rustls::server::TlsStream<S>> {
        let config = match protocol {
            Protocol::Postgres => &self.postgres,
            Protocol::Http2 => &self.http2,
            Protocol::Http1 => &self.http1,
        };
        TlsAcceptor::from(Arc::clone(config)).accept(stream).await
    }

    /// `tls-server-end-point` of RFC 5929: the hash of the certificate that clients bind to.
    #[must_use]
    pub fn end_point(&self) -> &[u8] {
        &self.end_point
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// A server's TLS: the current certificate, and the files it is read from.
#[derive(Debug)]
pub struct ServerTls {
    source: CertificateSource,
    client_ca: Option<PathBuf>,
    client_certificates: ClientCertificates,
    current: RwLock<Arc<Identity>>,
    seen: RwLock<Vec<Vec<u8>>>,
}

/// Whether clients must show a certificate, where there is an authority for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They may; one that is shown must be good.
    Optional,
    /// No TLS without.
    Required,
}

impl ServerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// When they cannot be used: a server that was asked for TLS must not start without.
    pub fn load(
        source: CertificateSource,
        client_ca: Option<PathBuf>,
        client_certificates: ClientCertificates,
    ) -> Result<Arc<Self>, TlsError> {
        let seen = read_all(&source, client_ca.as_ref())?;
        let identity = identity(&source, client_ca.as_ref(), client_certificates, &seen)?;
        Ok(Arc::new(Self {
            source,
            client_ca,
            client_certificates,
            current: RwLock::new(Arc::new(identity)),
            seen: RwLock::new(seen),
        }))
    }

    /// The certificate for a new connection.
    #[must_use]
    pub fn current(&self) -> Arc<Identity> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Follows the files for as long as the task lives: a new certificate is served within a few
    /// seconds.
    pub fn follow(self: &Arc<Self>) -> Task<()> {
        let tls = Arc::clone(self);
        task::spawn(async move {
            let mut broken = false;
            loop {
                tokio::time::sleep(POLL).await;
                match tls.look() {
                    Ok(Looked::Same) => {}
                    Ok(Looked::Renewed) => {
                        broken = false;
                        info!("the TLS certificate was replaced");
                    }
                    Err(problem) if broken => drop(problem),
                    Err(problem) => {
                        broken = true;
                        warn!(%problem, "could not replace the TLS certificate: the last good one stays");
                    }
                }
            }
        })
    }

    fn look(&self) -> Result<Looked, TlsError> {
        let now = read_all(&self.source, self.client_ca.as_ref())?;
        if *self.seen.read().unwrap_or_else(PoisonError::into_inner) == now {
            return Ok(Looked::Same);
        }
        let identity = identity(
            &self.source,
            self.client_ca.as_ref(),
            self.client_certificates,
            &now,
        )?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(identity);
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(Looked::Renewed)
    }
}

enum Looked {
    Same,
    Renewed,
}

/// How a gateway reaches workers by TLS.
#[derive(Debug)]
pub struct ClientTls {
    files: ClientFiles,
    current: RwLock<Arc<ClientConfig>>,
    seen: RwLock<Vec<Vec<u8>>>,
}

/// The files of a TLS client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFiles {
    /// Certificates of the authorities that may have signed the server's.
    pub ca: PathBuf,
    /// The client's own chain and key, where the server asks for one.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn load(files: ClientFiles) -> Result<Arc<Self>, TlsError> {
        let seen = files.read()?;
        let config = client_config(&files, &seen)?;
        Ok(Arc::new(Self {
            files,
            current: RwLock::new(Arc::new(config)),
            seen: RwLock::new(seen),
        }))
    }

    /// Makes TLS on `stream` with the server called `host`.
    ///
    /// # Errors
    /// When the server's certificate is not good for that name.
    pub async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        host: &str,
        stream: S,
    ) -> io::Result<tokio_rustls::client::TlsStream<S>> {
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let name = ServerName::try_from(host)
            .map_err(|error: InvalidDnsNameError| io::Error::other(error.to_string()))?;
        let config = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        TlsConnector::from(config).connect(name, stream).await
    }

    /// Follows the files, as [`ServerTls::follow`].
    pub fn follow(self: &Arc<Self>) -> Task<()> {
        let tls = Arc::clone(self);
        task::spawn(async move {
            let mut broken = false;
            loop {
                tokio::time::sleep(POLL).await;
                match tls.look() {
                    Ok(()) => broken = false,
                    Err(problem) if broken => drop(problem),
                    Err(problem) => {
                        broken = true;
                        warn!(%problem, "could not replace the TLS client certificate: the last good one stays");
                    }
                }
            }
        })
    }

    fn look(&self) -> Result<(), TlsError> {
        let now = self.files.read()?;
        if *self.seen.read().unwrap_or_else(PoisonError::into_inner) != now {
            let config = client_config(&self.files, &now)?;
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
            *self.seen.write().unwrap_or_else(PoisonError::into_inner) = now;
        }
        Ok(())
    }
}

impl ClientFiles {
    fn read(&self) -> Result<Vec<Vec<u8>>, TlsError> {
        let mut contents = vec![read(&self.ca)?];
        if let Some((certificate, key)) = &self.certificate {
            contents.push(read(certificate)?);
            contents.push(read(key)?);
        }
        Ok(contents)
    }
}

/// The common name of a certificate's subject: whose it is, in the way PostgreSQL reads it.
#[must_use]
pub fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let mut names = certificate.subject().iter_common_name();
    let name = names.next()?.as_str().ok()?.to_owned();
    // With two names nobody can say which one was meant.
    names.next().is_none().then_some(name)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn identity(
    source: &CertificateSource,
    client_ca: Option<&PathBuf>,
    client_certificates: ClientCertificates,
    contents: &[Vec<u8>],
) -> Result<Identity, TlsError> {
    let unusable = |problem: &dyn fmt::Display| TlsError::Unusable(problem.to_string());
    let (chain, key) = match source {
        CertificateSource::Files { certificate, key } => (
            chain(certificate, content(contents, 0))?,
            private_key(key, content(contents, 1))?,
        ),
        CertificateSource::SelfSigned(names) => {
            let made = rcgen::generate_simple_self_signed(names.clone())
                .map_err(|problem| unusable(&problem))?;
            let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())
                .map_err(|problem| unusable(&problem))?;
            (vec![made.cert.der().clone()], key)
        }
    };
    let leaf = chain.first().ok_or_else(|| unusable(&"there is none"))?;
    let end_point = end_point(leaf)?;
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|problem| unusable(&problem))?;
    // Probes have no certificate.
    let mut http1 = builder
        .clone()
        .with_no_client_auth()
        .with_single_cert(chain.clone(), key.clone_key())
        .map_err(|problem| unusable(&problem))?;
    http1.alpn_protocols = vec![Protocol::Http1.alpn().to_vec()];
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let roots = roots(path, content(contents, contents.len().saturating_sub(1)))?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
            let verifier = match client_certificates {
                ClientCertificates::Optional => verifier.allow_unauthenticated(),
                ClientCertificates::Required => verifier,
            };
            builder.with_client_cert_verifier(verifier.build().map_err(|error| unusable(&error))?)
        }
    };
    let config = builder
        .with_single_cert(chain.clone(), key)
        .map_err(|problem| unusable(&problem))?;
    let with = |protocol: Protocol| {
        let mut config = config.clone();
        config.alpn_protocols = vec![protocol.alpn().to_vec()];
        Arc::new(config)
    };
    Ok(Identity {
        postgres: with(Protocol::Postgres),
        http2: with(Protocol::Http2),
        http1: Arc::new(http1),
        end_point,
    })
}

fn client_config(files: &ClientFiles, contents: &[Vec<u8>]) -> Result<ClientConfig, TlsError> {
    let unusable = |problem: rustls::Error| TlsError::Unusable(problem.to_string());
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(unusable)?
        .with_root_certificates(roots(&files.ca, content(contents, 0))?);
    let mut config = match &files.certificate {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => builder
            .with_client_auth_cert(
                chain(certificate, content(contents, 1))?,
                private_key(key, content(contents, 2))?,
            )
            .map_err(unusable)?,
    };
    config.alpn_protocols = vec![Protocol::Http2.alpn().to_vec()];
    Ok(config)
}

fn content(contents: &[Vec<u8>], index: usize) -> &[u8] {
    contents.get(index).map_or(&[], Vec::as_slice)
}

fn chain(path: &std::path::Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let no_content = || TlsError::Content {
        path: path.display().to_string(),
        what: "certificate",
    };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| no_content())?;
    if chain.is_empty() {
        return Err(no_content());
    }
    Ok(chain)
}

fn private_key(path: &std::path::Path, pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| TlsError::Content {
        path: path.display().to_string(),
        what: "private key",
    })
}

fn roots(path: &std::path::Path, pem: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(path, pem)? {
        roots
            .add(certificate)
            .map_err(|problem| TlsError::Unusable(problem.to_string()))?;
    }
    Ok(roots)
}

fn read_all(
    source: &CertificateSource,
    client_ca: Option<&PathBuf>,
) -> Result<Vec<Vec<u8>>, TlsError> {
    let mut contents = Vec::new();
    if let CertificateSource::Files { certificate, key } = source {
        contents.push(read(certificate)?);
        contents.push(read(key)?);
    }
    if let Some(path) = client_ca {
        contents.push(read(path)?);
    }
    Ok(contents)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, TlsError> {
    let read = || {
        if std::fs::metadata(path)?.len() > FILE_BYTES_MAX {
            return Err(io::Error::other("the file is larger than 1 MiB"));
        }
        std::fs::read(path)
    };
    read().map_err(|source| TlsError::File {
        path: path.display().to_string(),
        source,
    })
}

/// RFC 5929, section 4.1: the hash of the certificate by the hash of its own signature; SHA-256
/// where that is MD5 or SHA-1.
fn end_point(leaf: &CertificateDer<'_>) -> Result<Vec<u8>, TlsError> {
    let (_, certificate) = X509Certificate::from_der(leaf)
        .map_err(|problem| TlsError::Unusable(problem.to_string()))?;
    let algorithm: &'static Algorithm = match certificate
        .signature_algorithm
        .algorithm
        .to_id_string()
        .as_str()
    {
        // sha384WithRSAEncryption, ecdsa-with-SHA384
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => &SHA384,
        // sha512WithRSAEncryption, ecdsa-with-SHA512
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => &SHA512,
        _ => &SHA256,
    };
    Ok(digest(algorithm, leaf).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[tokio::test]
    async fn a_replaced_certificate_is_served_to_new_connections_and_a_broken_one_is_not() {
        let folder = std::env::temp_dir().join(format!("tavana-tls-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let (certificate, key) = (folder.join("tls.crt"), folder.join("tls.key"));
        let write = |(pem, private): (String, String)| {
            std::fs::write(&certificate, pem).unwrap();
            std::fs::write(&key, private).unwrap();
        };
        write(made("one.test"));
        let source = CertificateSource::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let tls = ServerTls::load(source, None, ClientCertificates::Optional).unwrap();
        let first = tls.current();
        assert!(matches!(tls.look(), Ok(Looked::Same)));
        std::fs::write(&certificate, "no certificate").unwrap();
        assert!(tls.look().is_err());
        assert_eq!(tls.current().end_point(), first.end_point());
        write(made("two.test"));
        assert!(matches!(tls.look(), Ok(Looked::Renewed)));
        assert_ne!(tls.current().end_point(), first.end_point());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_key_that_does_not_fit_its_certificate_is_refused() {
        let folder = std::env::temp_dir().join(format!("tavana-tls-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let (certificate, key) = (folder.join("tls.crt"), folder.join("tls.key"));
        std::fs::write(&certificate, made("one.test").0).unwrap();
        std::fs::write(&key, made("two.test").1).unwrap();
        let source = CertificateSource::Files { certificate, key };
        let loaded = ServerTls::load(source, None, ClientCertificates::Optional);
        assert!(matches!(loaded, Err(TlsError::Unusable(_))), "{loaded:?}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_certificate_names_its_owner() {
        let mut parameters = rcgen::CertificateParams::new(vec![]).unwrap();
        parameters
            .distinguished_name
            .push(rcgen::DnType::CommonName, "ada");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        assert_eq!(common_name(certificate.der()), Some("ada".to_owned()));
    }
}
