//! From the first byte to the session (PostgreSQL protocol, "Start-up").

use std::net::IpAddr;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::startup::{
    Authentication, BackendKeyData, NegotiateProtocolVersion, ParameterStatus, SecretKey,
};
use tavana_common::secret::Secret;

use super::cancel::CancelKey;
use super::frontend::Reader;
use super::wire::{Wire, WireError};
use crate::Gateway;
use crate::accept::{ClientStream, Full, Seat, Tls};
use crate::auth::scram::{self, ScramError};
use crate::auth::{Challenge, Denied, Expected, Origin, Principal};
use crate::cancel::Target;
use crate::error::{QueryError, SqlState};
use crate::session::activity::Introduction;
use crate::session::{Protocol, Session};
use crate::settings::TlsMode;

/// As PostgreSQL (`MAX_STARTUP_PACKET_LENGTH`).
const STARTUP_BYTES_MAX: usize = 10_000;
/// Longest message of a SASL exchange that has a reason to be.
const SASL_BYTES_MAX: usize = 4 * 1024;
/// Longest password or token.
const PASSWORD_BYTES_MAX: usize = 32 * 1024;
const CANCEL_REQUEST: u32 = 80_877_102;
const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
/// The newest protocol that is spoken, 3.0, as the message carries it.
const PROTOCOL_3_0: i32 = 196_608;

/// What a connection turned out to be.
pub(super) enum Started {
    Session(Box<Session>, CancelKey, Seat),
    /// It was a CancelRequest, or the client went away.
    Over,
}

/// Why no session began: the client hears it as FATAL.
pub(super) enum Refused {
    Wire(WireError),
    Error(QueryError),
}

impl From<WireError> for Refused {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

impl From<QueryError> for Refused {
    fn from(error: QueryError) -> Self {
        Self::Error(error)
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Error(denied.query_error())
    }
}

/// Negotiates, reads the startup packet, and greets the client up to ReadyForQuery.
pub(super) async fn start(
    wire: &mut Wire<ClientStream>,
    address: IpAddr,
    gateway: &Arc<Gateway>,
) -> Result<Started, Refused> {
    let offered = gateway
        .tls
        .as_ref()
        .filter(|_| gateway.settings.tls.mode != TlsMode::Off);
    let mut tls = None;
    if wire.begins_tls().await? {
        // PostgreSQL 17: TLS from the first byte, and the protocol named in it, so that nobody
        // can pass our answer off as another service's.
        let Some(offered) = offered else {
            return Err(WireError::Protocol("TLS is not offered").into());
        };
        let secured = Box::pin(wire.secure(offered.current())).await?;
        if !secured.named_protocol {
            return Err(WireError::Protocol(
                "received direct SSL connection request without ALPN protocol negotiation extension",
            )
            .into());
        }
        tls = Some(secured);
    }
    let (mut asked_ssl, mut asked_gss) = (false, false);
    loop {
        let mut packet = wire.read_startup(STARTUP_BYTES_MAX).await?;
        match packet.get_u32() {
            SSL_REQUEST if !asked_ssl && tls.is_none() => {
                asked_ssl = true;
                // Bytes that came before the answer would be read as if they had been encrypted
                // (CVE-2021-23214), so there must be none.
                answer_encryption(wire, if offered.is_some() { b'S' } else { b'N' }).await?;
                if let Some(offered) = offered {
                    tls = Some(Box::pin(wire.secure(offered.current())).await?);
                }
            }
            GSS_REQUEST if !asked_gss => {
                asked_gss = true;
                answer_encryption(wire, b'N').await?;
            }
            CANCEL_REQUEST => {
                if packet.remaining() == 8 {
                    let (pid, secret) = (packet.get_i32(), packet.get_i32());
                    // The client waits for the end of this connection: when it comes, the cancel has
                    // done what it can.
                    if !gateway.cancels.cancel(pid, secret) {
                        let target = Target::of_key(pid, secret);
                        gateway.cancel_elsewhere(target, address).await;
                    }
                }
                return Ok(Started::Over);
            }
            version if version >> 16 == 3 => {
                let greeted = greet(wire, gateway, version, packet, address, tls.as_ref());
                return Box::pin(greeted).await;
            }
            _ => {
                return Err(QueryError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "unsupported frontend protocol: the server speaks 3.0",
                )
                .into());
            }
        }
    }
}

async fn answer_encryption(wire: &mut Wire<ClientStream>, answer: u8) -> Result<(), Refused> {
    if wire.has_input() {
        return Err(QueryError::new(
            SqlState::PROTOCOL_VIOLATION,
            "received unencrypted data after an encryption request",
        )
        .into());
    }
    wire.put_byte(answer);
    wire.flush().await?;
    Ok(())
}

async fn greet(
    wire: &mut Wire<ClientStream>,
    gateway: &Arc<Gateway>,
    version: u32,
    packet: Bytes,
    address: IpAddr,
    tls: Option<&Tls>,
) -> Result<Started, Refused> {
    let startup = read_startup(packet)?;
    if tls.is_none() && gateway.settings.tls.mode == TlsMode::Required {
        return Err(QueryError::new(
            SqlState::INVALID_AUTHORIZATION,
            "the server takes connections with TLS only",
        )
        .with_hint("Connect with sslmode=require or stronger.")
        .into());
    }
    if gateway.draining.is_cancelled() {
        return Err(QueryError::new(
            SqlState::CANNOT_CONNECT_NOW,
            "the database system is shutting down",
        )
        .into());
    }
    if version & 0xffff != 0 || !startup.unsupported.is_empty() {
        wire.put(&PgWireBackendMessage::NegotiateProtocolVersion(
            NegotiateProtocolVersion::new(PROTOCOL_3_0, startup.unsupported),
        ))?;
    }
    let principal = login(wire, gateway, &startup.user, address, tls).await?;
    let seat = gateway.postgres_seats.take(address).map_err(|full| {
        let message = match full {
            Full::All => "sorry, too many clients already",
            Full::OfAddress => "too many connections from this address",
        };
        QueryError::new(SqlState::TOO_MANY_CONNECTIONS, message)
    })?;
    let mut session = Session::open(gateway, principal, Protocol::Postgres);
    for (name, value) in &startup.settings {
        session.settings_mut().set_initial(name, value)?;
    }
    let key = gateway.cancels.register(session.canceller());
    session.introduce(Introduction {
        pid: key.pid,
        database: if startup.database.is_empty() {
            startup.user.clone()
        } else {
            startup.database.clone()
        },
        address: Some(address.to_string()),
    });
    wire.put(&PgWireBackendMessage::Authentication(Authentication::Ok))?;
    for (name, value) in session.settings().reported() {
        let status = ParameterStatus::new(name.to_owned(), value);
        wire.put(&PgWireBackendMessage::ParameterStatus(status))?;
    }
    wire.put(&PgWireBackendMessage::BackendKeyData(BackendKeyData::new(
        key.pid,
        SecretKey::I32(key.secret),
    )))?;
    Ok(Started::Session(Box::new(session), key, seat))
}

/// Asks the client to prove that it is `name` (PostgreSQL protocol, "SASL Authentication").
async fn login(
    wire: &mut Wire<ClientStream>,
    gateway: &Gateway,
    name: &str,
    address: IpAddr,
    tls: Option<&Tls>,
) -> Result<Principal, Refused> {
    let origin = Origin {
        address,
        protocol: Protocol::Postgres,
        encrypted: tls.is_some(),
    };
    let certificate = tls.and_then(|tls| tls.certificate.as_deref());
    match gateway.auth.challenge(name, origin, certificate)? {
        Challenge::None(principal) => {
            gateway.auth.note(&principal, origin);
            Ok(principal)
        }
        Challenge::Password => {
            ask(wire, Authentication::CleartextPassword).await?;
            let answer = wire.read_answer(PASSWORD_BYTES_MAX).await?;
            let password = std::str::from_utf8(&answer)
                .ok()
                .and_then(|text| text.strip_suffix('\0'))
                .filter(|text| !text.contains('\0'))
                .ok_or(Denied::Malformed("invalid password packet"))?;
            let password = Secret::new(password.to_owned());
            Ok(gateway
                .auth
                .password(name, &password, origin)
                .await?
                .principal)
        }
        Challenge::Scram(Expected {
            verifier,
            principal,
        }) => {
            let mut mechanisms = vec![scram::PLAIN.to_owned()];
            if tls.is_some() {
                mechanisms.insert(0, scram::PLUS.to_owned());
            }
            ask(wire, Authentication::SASL(mechanisms)).await?;
            let first = wire.read_answer(SASL_BYTES_MAX).await?;
            let (mechanism, first) = initial_response(first)?;
            let end_point = tls.map(Tls::end_point);
            let (exchange, answer) = scram::Exchange::begin(
                verifier, &mechanism, end_point, &first,
            )
            .map_err(|error| match error {
                ScramError::Malformed(problem) => Denied::Malformed(problem),
                ScramError::Refused => Denied::Malformed("malformed SCRAM message"),
            })?;
            ask(wire, Authentication::SASLContinue(answer.into())).await?;
            let last = wire.read_answer(SASL_BYTES_MAX).await?;
            let (principal, proof) = gateway
                .auth
                .prove(name, principal, exchange, &last, origin)
                .await?;
            wire.put(&PgWireBackendMessage::Authentication(
                Authentication::SASLFinal(proof.into()),
            ))?;
            Ok(principal)
        }
    }
}

async fn ask(wire: &mut Wire<ClientStream>, request: Authentication) -> Result<(), WireError> {
    wire.put(&PgWireBackendMessage::Authentication(request))?;
    wire.flush().await
}

/// SASLInitialResponse: the mechanism, and its first message with its length.
fn initial_response(body: Bytes) -> Result<(String, Bytes), QueryError> {
    let mut reader = Reader(body);
    let mechanism = reader.text()?;
    let mut rest = reader.0;
    let wrong = || Denied::Malformed("invalid SASL response").query_error();
    if rest.remaining() < 4 {
        return Err(wrong());
    }
    let length = usize::try_from(rest.get_i32()).map_err(|_| wrong())?;
    if length != rest.remaining() {
        return Err(wrong());
    }
    Ok((mechanism, rest))
}

#[derive(Debug, PartialEq, Eq)]
struct Startup {
    user: String,
    /// Any name is accepted: it is what the client calls the one database of its session.
    database: String,
    settings: Vec<(String, String)>,
    /// Protocol options that are not known here.
    unsupported: Vec<String>,
}

fn read_startup(packet: Bytes) -> Result<Startup, QueryError> {
    let mut reader = Reader(packet);
    let mut startup = Startup {
        user: String::new(),
        database: String::new(),
        settings: Vec::new(),
        unsupported: Vec::new(),
    };
    let mut options = String::new();
    loop {
        let name = reader.text()?;
        if name.is_empty() {
            break;
        }
        let value = reader.text()?;
        match name.as_str() {
            "user" => startup.user = value,
            "database" => startup.database = value,
            "options" => options = value,
            "replication" => {
                if !matches!(value.as_str(), "false" | "off" | "no" | "0") {
                    return Err(QueryError::new(
                        SqlState::FEATURE_NOT_SUPPORTED,
                        "replication is not supported",
                    ));
                }
            }
            _ if name.starts_with("_pq_.") => startup.unsupported.push(name),
            _ => startup.settings.push((name, value)),
        }
    }
    if startup.user.is_empty() {
        return Err(QueryError::new(
            SqlState::INVALID_AUTHORIZATION,
            "no PostgreSQL user name specified in startup packet",
        ));
    }
    startup.settings.extend(command_line_settings(&options)?);
    Ok(startup)
}

/// `-c name=value` and `--name=value`; a backslash keeps the next character.
fn command_line_settings(options: &str) -> Result<Vec<(String, String)>, QueryError> {
    let mut words = vec![String::new()];
    let mut characters = options.chars();
    while let Some(character) = characters.next() {
        if character.is_whitespace() {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.extend(if character == '\\' {
                characters.next()
            } else {
                Some(character)
            });
        }
    }
    let mut settings = Vec::new();
    let mut words = words.into_iter().filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let assignment = match word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            Some("") if word == "-c" => words.next(),
            Some(rest) => Some(rest.to_owned()),
            None => None,
        };
        let pair = assignment
            .as_deref()
            .and_then(|assignment| assignment.split_once('='));
        let (name, value) = pair.ok_or_else(|| {
            QueryError::new(
                SqlState::INVALID_PARAMETER,
                "invalid command-line argument for server process",
            )
            .with_hint("Options have the form -c name=value.")
        })?;
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_startup_packet_names_user_and_settings() {
        let packet = Bytes::from_static(
            b"user\0ada\0database\0main\0client_encoding\0'utf-8'\0_pq_.magic\0on\0options\0-c statement_timeout=5s --TimeZone=UTC\0\0",
        );
        let startup = read_startup(packet).expect("reads");
        assert_eq!(startup.user, "ada");
        assert_eq!(startup.database, "main");
        assert_eq!(startup.unsupported, ["_pq_.magic"]);
        let settings: Vec<_> = startup
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            settings,
            [
                ("client_encoding", "'utf-8'"),
                ("statement_timeout", "5s"),
                ("TimeZone", "UTC")
            ]
        );
    }

    #[test]
    fn a_packet_without_user_or_end_is_refused() {
        assert_eq!(
            read_startup(Bytes::from_static(b"\0"))
                .expect_err("no user")
                .sqlstate
                .0,
            "28000"
        );
        assert_eq!(
            read_startup(Bytes::from_static(b"user\0ada\0"))
                .expect_err("no end")
                .sqlstate
                .0,
            "08P01"
        );
        let replication = Bytes::from_static(b"user\0ada\0replication\0database\0\0");
        assert_eq!(
            read_startup(replication).expect_err("refused").sqlstate.0,
            "0A000"
        );
    }
}
