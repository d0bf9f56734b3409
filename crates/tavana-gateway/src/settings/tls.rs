//! Settings of TLS: of clients, of the HTTP port, and on the way to workers.

use std::path::PathBuf;

use tavana_common::env::Env;
use tavana_common::tls::{CertificateSource, ClientCertificates, ClientFiles};

/// Whether a port speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Never.
    Off,
    /// If the client asks for it.
    Optional,
    /// Only TLS.
    Required,
}

/// TLS of the ports.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// PostgreSQL and Flight SQL.
    pub mode: TlsMode,
    /// The HTTP port.
    pub http_mode: TlsMode,
    /// The certificate; `None` when TLS is off.
    pub certificate: Option<CertificateSource>,
    /// Authorities of client certificates.
    pub client_ca: Option<PathBuf>,
    /// Whether clients must show one.
    pub client_certificates: ClientCertificates,
}

impl TlsSettings {
    pub(super) fn from_env(env: &mut Env) -> Self {
        let enabled = env.flag(
            "TLS_ENABLED",
            false,
            "offer TLS to clients; the same as TAVANA_TLS_MODE=optional",
        );
        let mode = env.choice(
            "TAVANA_TLS_MODE",
            if enabled { "optional" } else { "off" },
            &["off", "optional", "required"],
            "TLS of PostgreSQL and Flight SQL: off, optional or required",
        );
        let http_mode = env.choice(
            "TAVANA_HTTP_TLS_MODE",
            "off",
            &["off", "optional", "required"],
            "TLS of the port of /health, /ready and /metrics: off, optional or required",
        );
        let certificate = env.optional_text(
            "TAVANA_TLS_CERT_PATH",
            "file with the certificate chain in PEM, the server's own first; read again when it changes",
        );
        let key = env.optional_text(
            "TAVANA_TLS_KEY_PATH",
            "file with the certificate's private key in PEM",
        );
        let self_signed = env.flag(
            "TAVANA_TLS_SELF_SIGNED",
            false,
            "make a certificate at start: encrypts, but clients cannot tell who the server is",
        );
        let common_name = env.text(
            "TAVANA_TLS_COMMON_NAME",
            "localhost",
            "host name in the certificate that is made at start",
        );
        let client_ca = env
            .optional_text(
                "TAVANA_TLS_CLIENT_CA_PATH",
                "file with the authorities of client certificates in PEM; the common name of one logs its owner in",
            )
            .map(PathBuf::from);
        let required = env.flag(
            "TAVANA_TLS_CLIENT_CERT_REQUIRED",
            false,
            "refuse clients without a certificate",
        );
        let (mode, http_mode) = (mode_of(mode), mode_of(http_mode));
        let wanted = mode != TlsMode::Off || http_mode != TlsMode::Off;
        let source = match (certificate, key, self_signed) {
            (Some(certificate), Some(key), false) => Some(CertificateSource::Files {
                certificate: PathBuf::from(certificate),
                key: PathBuf::from(key),
            }),
            (None, None, true) => Some(CertificateSource::SelfSigned(vec![common_name])),
            (None, None, false) if wanted => {
                env.mistake(
                    "TAVANA_TLS_CERT_PATH",
                    "TLS is asked for, but there is no certificate: set this and TAVANA_TLS_KEY_PATH, or TAVANA_TLS_SELF_SIGNED=true",
                );
                None
            }
            (None, None, false) => None,
            (_, _, true) => {
                env.mistake(
                    "TAVANA_TLS_SELF_SIGNED",
                    "cannot be used together with TAVANA_TLS_CERT_PATH and TAVANA_TLS_KEY_PATH",
                );
                None
            }
            (_, _, false) => {
                env.mistake(
                    "TAVANA_TLS_CERT_PATH",
                    "TAVANA_TLS_CERT_PATH and TAVANA_TLS_KEY_PATH need each other",
                );
                None
            }
        };
        // A certificate that nobody is shown would look like a protection.
        if mode == TlsMode::Off
            && (source.is_some() || client_ca.is_some())
            && http_mode == TlsMode::Off
        {
            env.mistake(
                "TAVANA_TLS_MODE",
                "is off, but there is a certificate or an authority of client certificates: set it to optional or required",
            );
        }
        if required && (client_ca.is_none() || mode != TlsMode::Required) {
            env.mistake(
                "TAVANA_TLS_CLIENT_CERT_REQUIRED",
                "needs TAVANA_TLS_CLIENT_CA_PATH and TAVANA_TLS_MODE=required",
            );
        }
        Self {
            mode,
            http_mode,
            certificate: source.filter(|_| wanted),
            client_ca,
            client_certificates: if required {
                ClientCertificates::Required
            } else {
                ClientCertificates::Optional
            },
        }
    }
}

/// The files for workers whose address begins with `https`.
pub(super) fn worker_tls(env: &mut Env) -> Option<ClientFiles> {
    let ca = env.optional_text(
        "TAVANA_WORKER_CA_PATH",
        "file with the authorities of the workers' certificates in PEM; needed for https addresses in WORKER_ADDR",
    );
    let certificate = env.optional_text(
        "TAVANA_WORKER_CLIENT_CERT_PATH",
        "file with the certificate that the gateway shows to workers, in PEM",
    );
    let key = env.optional_text(
        "TAVANA_WORKER_CLIENT_KEY_PATH",
        "file with the private key of that certificate, in PEM",
    );
    if certificate.is_some() != key.is_some() {
        env.mistake(
            "TAVANA_WORKER_CLIENT_CERT_PATH",
            "TAVANA_WORKER_CLIENT_CERT_PATH and TAVANA_WORKER_CLIENT_KEY_PATH need each other",
        );
    }
    Some(ClientFiles {
        ca: PathBuf::from(ca?),
        certificate: certificate
            .zip(key)
            .map(|(certificate, key)| (PathBuf::from(certificate), PathBuf::from(key))),
    })
}

fn mode_of(text: &str) -> TlsMode {
    match text {
        "optional" => TlsMode::Optional,
        "required" => TlsMode::Required,
        _ => TlsMode::Off,
    }
}
