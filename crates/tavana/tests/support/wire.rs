//! A PostgreSQL client that hides nothing: a test says which messages go out, and sees each one
//! that comes back.

use super::PATIENCE;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Protocol 3.0 in the startup message.
pub(crate) const PROTOCOL_3_0: i32 = 196_608;
pub(crate) const SSL_REQUEST: i32 = 80_877_103;
pub(crate) const GSSENC_REQUEST: i32 = 80_877_104;
pub(crate) const CANCEL_REQUEST: i32 = 80_877_102;

/// A message of the server: its type byte and what follows the length.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: u8,
    pub(crate) body: Vec<u8>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}{:?}",
            char::from(self.kind),
            self.body.escape_ascii().to_string()
        )
    }
}

/// The fields of an ErrorResponse or NoticeResponse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) fields: BTreeMap<char, String>,
}

impl Fault {
    pub(crate) fn state(&self) -> &str {
        self.fields.get(&'C').map_or("", String::as_str)
    }

    pub(crate) fn message(&self) -> &str {
        self.fields.get(&'M').map_or("", String::as_str)
    }
}

/// A column of a RowDescription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) oid: u32,
    pub(crate) format: i16,
}

/// Everything that came back up to ReadyForQuery.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) messages: Vec<Message>,
}

impl Reply {
    /// The type bytes in order, `TDDCZ` for a SELECT of two rows. ParameterStatus and
    /// NoticeResponse may come at any time and are left out.
    pub(crate) fn kinds(&self) -> String {
        self.messages
            .iter()
            .map(|message| char::from(message.kind))
            .filter(|kind| !matches!(kind, 'S' | 'N'))
            .collect()
    }

    fn of_kind(&self, kind: u8) -> impl Iterator<Item = &Message> {
        self.messages
            .iter()
            .filter(move |message| message.kind == kind)
    }

    pub(crate) fn rows(&self) -> Vec<Vec<Option<Vec<u8>>>> {
        self.of_kind(b'D').map(Message::row).collect()
    }

    /// The rows as text; NULL is `None`.
    pub(crate) fn texts(&self) -> Vec<Vec<Option<String>>> {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text value is UTF-8");
        self.rows()
            .into_iter()
            .map(|row| row.into_iter().map(|value| value.map(text)).collect())
            .collect()
    }

    /// The one value of a result of one row and one column.
    #[track_caller]
    pub(crate) fn value(&self) -> Option<String> {
        let mut rows = self.texts();
        assert_eq!(rows.len(), 1, "one row was expected: {self:?}");
        assert_eq!(rows[0].len(), 1, "one column was expected: {self:?}");
        rows[0][0].take()
    }

    pub(crate) fn tags(&self) -> Vec<String> {
        self.of_kind(b'C').map(Message::text).collect()
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        self.of_kind(b'E').map(Message::fault).collect()
    }

    pub(crate) fn notices(&self) -> Vec<Fault> {
        self.of_kind(b'N').map(Message::fault).collect()
    }

    /// The SQLSTATE of the only error; "" when there was none.
    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let faults = self.faults();
        assert!(faults.len() <= 1, "more than one error: {faults:?}");
        faults
            .first()
            .map_or(String::new(), |fault| fault.state().to_owned())
    }

    pub(crate) fn columns(&self) -> Vec<Column> {
        self.of_kind(b'T').flat_map(Message::columns).collect()
    }

    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.of_kind(b'S').map(Message::parameter).collect()
    }

    /// I, T or E of the ReadyForQuery at the end.
    #[track_caller]
    pub(crate) fn status(&self) -> char {
        let last = self.messages.last().expect("at least ReadyForQuery");
        assert_eq!(
            last.kind, b'Z',
            "ReadyForQuery is the last message: {self:?}"
        );
        char::from(last.body[0])
    }

    /// # Panics
    /// When there was an error.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.faults().is_empty(), "{:?}", self.faults());
        self
    }
}

impl Message {
    fn reader(&self) -> Fields<'_> {
        Fields { rest: &self.body }
    }

    pub(crate) fn row(&self) -> Vec<Option<Vec<u8>>> {
        let mut fields = self.reader();
        (0..fields.int16())
            .map(|_| {
                let length = fields.int32();
                usize::try_from(length)
                    .ok()
                    .map(|length| fields.bytes(length).to_vec())
            })
            .collect()
    }

    pub(crate) fn text(&self) -> String {
        self.reader().text()
    }

    pub(crate) fn parameter(&self) -> (String, String) {
        let mut fields = self.reader();
        (fields.text(), fields.text())
    }

    pub(crate) fn fault(&self) -> Fault {
        let mut reader = self.reader();
        let mut fields = BTreeMap::new();
        while reader.rest.first().is_some_and(|code| *code != 0) {
            let code = char::from(reader.bytes(1)[0]);
            fields.insert(code, reader.text());
        }
        Fault { fields }
    }

    pub(crate) fn columns(&self) -> Vec<Column> {
        let mut fields = self.reader();
        (0..fields.int16())
            .map(|_| {
                let name = fields.text();
                fields.bytes(6);
                let oid = u32::from_be_bytes(fields.array());
                fields.bytes(6);
                let format = fields.int16();
                Column { name, oid, format }
            })
            .collect()
    }

    /// The types in a ParameterDescription.
    pub(crate) fn parameter_oids(&self) -> Vec<u32> {
        let mut fields = self.reader();
        (0..fields.int16())
            .map(|_| u32::from_be_bytes(fields.array()))
            .collect()
    }
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N)
            .try_into()
            .expect("just that many bytes were taken")
    }

    fn int16(&mut self) -> i16 {
        i16::from_be_bytes(self.array())
    }

    fn int32(&mut self) -> i32 {
        i32::from_be_bytes(self.array())
    }

    fn text(&mut self) -> String {
        let end = self
            .rest
            .iter()
            .position(|byte| *byte == 0)
            .expect("a zero byte ends a text");
        let text = self.bytes(end).to_vec();
        self.bytes(1);
        String::from_utf8(text).expect("a text of the server is UTF-8")
    }
}

/// Messages of a client, one after another as they go over the wire.
#[derive(Debug, Default, Clone)]
pub(crate) struct Out {
    pub(crate) bytes: Vec<u8>,
}

impl Out {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn raw(mut self, kind: u8, body: &[u8]) -> Self {
        self.bytes.push(kind);
        let length = i32::try_from(body.len() + 4).expect("a test message is small");
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(body);
        self
    }

    pub(crate) fn query(self, sql: impl AsRef<[u8]>) -> Self {
        self.raw(b'Q', &zero_ended(sql.as_ref()))
    }

    pub(crate) fn parse(self, name: &str, sql: &str, oids: &[u32]) -> Self {
        let mut body = zero_ended(name.as_bytes());
        body.extend(zero_ended(sql.as_bytes()));
        body.extend(count(oids.len()));
        body.extend(oids.iter().flat_map(|oid| oid.to_be_bytes()));
        self.raw(b'P', &body)
    }

    /// Text parameters, text results.
    pub(crate) fn bind(self, portal: &str, statement: &str, values: &[Option<&str>]) -> Self {
        let values: Vec<Option<&[u8]>> = values
            .iter()
            .map(|value| value.map(str::as_bytes))
            .collect();
        self.bind_formats(portal, statement, &[], &values, &[])
    }

    pub(crate) fn bind_formats(
        self,
        portal: &str,
        statement: &str,
        parameter_formats: &[i16],
        values: &[Option<&[u8]>],
        result_formats: &[i16],
    ) -> Self {
        let mut body = zero_ended(portal.as_bytes());
        body.extend(zero_ended(statement.as_bytes()));
        body.extend(count(parameter_formats.len()));
        body.extend(
            parameter_formats
                .iter()
                .flat_map(|format| format.to_be_bytes()),
        );
        body.extend(count(values.len()));
        for value in values {
            match value {
                None => body.extend((-1_i32).to_be_bytes()),
                Some(bytes) => {
                    let length = i32::try_from(bytes.len()).expect("a test value is small");
                    body.extend(length.to_be_bytes());
                    body.extend_from_slice(bytes);
                }
            }
        }
        body.extend(count(result_formats.len()));
        body.extend(
            result_formats
                .iter()
                .flat_map(|format| format.to_be_bytes()),
        );
        self.raw(b'B', &body)
    }

    pub(crate) fn describe_statement(self, name: &str) -> Self {
        self.named(b'D', b'S', name)
    }

    pub(crate) fn describe_portal(self, name: &str) -> Self {
        self.named(b'D', b'P', name)
    }

    pub(crate) fn close_statement(self, name: &str) -> Self {
        self.named(b'C', b'S', name)
    }

    pub(crate) fn close_portal(self, name: &str) -> Self {
        self.named(b'C', b'P', name)
    }

    fn named(self, kind: u8, of: u8, name: &str) -> Self {
        let mut body = vec![of];
        body.extend(zero_ended(name.as_bytes()));
        self.raw(kind, &body)
    }

    /// `rows_max` 0 = all.
    pub(crate) fn execute(self, portal: &str, rows_max: i32) -> Self {
        let mut body = zero_ended(portal.as_bytes());
        body.extend(rows_max.to_be_bytes());
        self.raw(b'E', &body)
    }

    pub(crate) fn sync(self) -> Self {
        self.raw(b'S', &[])
    }

    pub(crate) fn flush(self) -> Self {
        self.raw(b'H', &[])
    }

    pub(crate) fn copy_data(self, data: &[u8]) -> Self {
        self.raw(b'd', data)
    }

    pub(crate) fn copy_done(self) -> Self {
        self.raw(b'c', &[])
    }

    pub(crate) fn copy_fail(self, reason: &str) -> Self {
        self.raw(b'f', &zero_ended(reason.as_bytes()))
    }

    pub(crate) fn terminate(self) -> Self {
        self.raw(b'X', &[])
    }
}

fn zero_ended(bytes: &[u8]) -> Vec<u8> {
    let mut owned = bytes.to_vec();
    owned.push(0);
    owned
}

fn count(items: usize) -> [u8; 2] {
    u16::try_from(items)
        .expect("at most 65535 items")
        .to_be_bytes()
}

/// A startup packet: no type byte, a length, a code, and what follows.
pub(crate) fn packet(code: i32, rest: &[u8]) -> Vec<u8> {
    let length = i32::try_from(rest.len() + 8).expect("a test packet is small");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(code.to_be_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

pub(crate) fn startup(version: i32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut rest = Vec::new();
    for (name, value) in parameters {
        rest.extend(zero_ended(name.as_bytes()));
        rest.extend(zero_ended(value.as_bytes()));
    }
    rest.push(0);
    packet(version, &rest)
}

/// The key of BackendKeyData, as it came: its length is not ours to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CancelKey(pub(crate) Vec<u8>);

impl CancelKey {
    /// Sends a CancelRequest on a connection of its own and waits until the server closes it.
    pub(crate) fn send(&self, to: SocketAddr) {
        let mut wire = Wire::dial(to);
        wire.send_bytes(&packet(CANCEL_REQUEST, &self.0));
        wire.expect_end();
    }

    /// [`Self::send`], where the server may be away.
    pub(crate) fn try_send(&self, to: SocketAddr) {
        let Ok(stream) = TcpStream::connect_timeout(&to, PATIENCE) else {
            return;
        };
        let mut wire = Wire::over(stream);
        if wire.try_send(&packet(CANCEL_REQUEST, &self.0)) {
            // It has nothing to say.
            while let Next::Message(_) = wire.next(PATIENCE) {}
        }
    }
}

/// What reading the next message gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Message(Message),
    /// The server closed the connection.
    End,
    /// Nothing came within the time given.
    Silence,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of `buffer` was taken already.
    taken: usize,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) cancel_key: CancelKey,
}

impl Wire {
    /// A TCP connection on which nothing was sent yet.
    pub(crate) fn dial(to: SocketAddr) -> Self {
        Self::over(TcpStream::connect_timeout(&to, PATIENCE).expect("the port is open"))
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a TCP option");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Self {
            stream,
            buffer: Vec::new(),
            taken: 0,
            parameters: BTreeMap::new(),
            cancel_key: CancelKey(Vec::new()),
        }
    }

    /// A session, ready for its first statement.
    pub(crate) fn connect(to: SocketAddr) -> Self {
        Self::connect_as(to, &[("user", "tester"), ("database", "main")])
    }

    pub(crate) fn connect_as(to: SocketAddr, parameters: &[(&str, &str)]) -> Self {
        let mut wire = Self::dial(to);
        wire.send_bytes(&startup(PROTOCOL_3_0, parameters));
        let greeting = wire.reply();
        assert!(
            greeting.faults().is_empty(),
            "the session was refused: {greeting:?}"
        );
        wire.parameters = greeting.parameters().into_iter().collect();
        let key = greeting
            .of_kind(b'K')
            .next()
            .expect("BackendKeyData")
            .body
            .clone();
        wire.cancel_key = CancelKey(key);
        wire
    }

    /// [`Self::connect_as`], where the server may be away or refuse.
    pub(crate) fn try_connect_as(to: SocketAddr, parameters: &[(&str, &str)]) -> Option<Self> {
        let stream = TcpStream::connect_timeout(&to, PATIENCE).ok()?;
        let mut wire = Self::over(stream);
        if !wire.try_send(&startup(PROTOCOL_3_0, parameters)) {
            return None;
        }
        loop {
            match wire.next(PATIENCE) {
                Next::Message(message) => match message.kind {
                    b'K' => wire.cancel_key = CancelKey(message.body),
                    b'Z' => return Some(wire),
                    b'E' => return None,
                    _ => {}
                },
                Next::End | Next::Silence => return None,
            }
        }
    }

    pub(crate) fn send(&mut self, messages: Out) {
        self.send_bytes(&messages.bytes);
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server takes it");
    }

    /// Sends what the server may no longer want; false when it has closed the connection.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    pub(crate) fn query(&mut self, sql: impl AsRef<[u8]>) -> Reply {
        self.send(Out::new().query(sql));
        self.reply()
    }

    /// Sends messages that end in Sync and collects everything up to ReadyForQuery.
    pub(crate) fn exchange(&mut self, messages: Out) -> Reply {
        self.send(messages);
        self.reply()
    }

    /// Everything up to and including ReadyForQuery.
    #[track_caller]
    pub(crate) fn reply(&mut self) -> Reply {
        let mut messages = Vec::new();
        loop {
            let message = self.message();
            let last = message.kind == b'Z';
            messages.push(message);
            if last {
                return Reply { messages };
            }
        }
    }

    #[track_caller]
    pub(crate) fn message(&mut self) -> Message {
        match self.next(PATIENCE * 2) {
            Next::Message(message) => message,
            other => panic!("a message was expected: {other:?}"),
        }
    }

    pub(crate) fn next(&mut self, within: Duration) -> Next {
        self.stream
            .set_read_timeout(Some(within))
            .expect("a timeout");
        loop {
            if let Some(message) = self.take_buffered() {
                return Next::Message(message);
            }
            let mut chunk = [0; 65_536];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Next::End,
                Ok(count) => self.buffer.extend_from_slice(&chunk[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => return Next::Silence,
                    ErrorKind::Interrupted => {}
                    ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => return Next::End,
                    other => panic!("reading failed: {other}"),
                },
            }
        }
    }

    fn take_buffered(&mut self) -> Option<Message> {
        let rest = &self.buffer[self.taken..];
        let Some(header) = rest.get(..5) else {
            self.forget_taken();
            return None;
        };
        let length = i32::from_be_bytes(header[1..5].try_into().expect("four bytes"));
        let length = usize::try_from(length).expect("the server sends true lengths");
        if rest.len() < length + 1 {
            self.forget_taken();
            return None;
        }
        let message = Message {
            kind: rest[0],
            body: rest[5..=length].to_vec(),
        };
        self.taken += length + 1;
        Some(message)
    }

    fn forget_taken(&mut self) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
    }

    /// One byte without a frame: the answer to SSLRequest and GSSENCRequest.
    pub(crate) fn byte(&mut self) -> u8 {
        self.stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout");
        let mut byte = [0];
        self.stream.read_exact(&mut byte).expect("one byte");
        byte[0]
    }

    /// Reads up to `bytes_max` bytes of whatever comes; 0 at the end of the stream.
    pub(crate) fn read_some(&mut self, bytes_max: usize) -> usize {
        self.stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout");
        let mut chunk = vec![0; bytes_max];
        self.stream.read(&mut chunk).expect("bytes or the end")
    }

    /// Reads to the end; what came before it.
    #[track_caller]
    pub(crate) fn expect_end(&mut self) -> Vec<Message> {
        self.expect_end_of("the connection")
    }

    #[track_caller]
    pub(crate) fn expect_end_of(&mut self, what: &str) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            match self.next(PATIENCE) {
                Next::Message(message) => messages.push(message),
                Next::End => return messages,
                Next::Silence => {
                    panic!("{what}: the server neither answered nor closed: {messages:?}")
                }
            }
        }
    }

    /// Nothing more will be sent; what the server says is still read.
    pub(crate) fn shut_down_sending(&mut self) {
        // The server may have closed the connection already.
        drop(self.stream.shutdown(Shutdown::Write));
    }

    /// FIN in both directions, as a client that ends without Terminate.
    pub(crate) fn vanish(self) {
        self.hang_up();
    }

    /// [`Self::vanish`], for who keeps it.
    pub(crate) fn hang_up(&self) {
        // The peer may have closed first; either way the connection is gone.
        drop(self.stream.shutdown(Shutdown::Both));
    }
}
