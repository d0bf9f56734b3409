//! A way into a server of the same process: bytes go through memory instead of the kernel's TCP, and
//! no port is open.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// Bytes that are on their way in one direction of a connection, at most.
const UNDER_WAY_BYTES_MAX: usize = 512 * 1024;
/// Connections that the server has not accepted yet.
const WAITING_MAX: usize = 16;

/// The side that opens connections; clones lead to the same server.
#[derive(Clone, Debug)]
pub struct Entrance(mpsc::Sender<DuplexStream>);

/// The connections as the server gets them. Ends when no [`Entrance`] is left.
#[derive(Debug)]
pub struct Incoming(mpsc::Receiver<DuplexStream>);

/// Both ends.
#[must_use]
pub fn entrance() -> (Entrance, Incoming) {
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    (Entrance(sender), Incoming(receiver))
}

impl Entrance {
    /// Opens a connection.
    ///
    /// # Errors
    /// `ConnectionRefused` when the server is gone.
    ///
    /// # Cancel safety
    /// Cancel safe: no connection is opened then.
    pub async fn open(&self) -> io::Result<DuplexStream> {
        let (near, far) = tokio::io::duplex(UNDER_WAY_BYTES_MAX);
        self.0
            .send(far)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        Ok(near)
    }
}

impl Stream for Incoming {
    type Item = io::Result<DuplexStream>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|opened| opened.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn what_is_written_at_one_end_is_read_at_the_other() {
        let (entrance, mut incoming) = entrance();
        let mut client = entrance.open().await.unwrap();
        let mut server = incoming.next().await.unwrap().unwrap();
        client.write_all(b"hello").await.unwrap();
        drop(client);
        let mut text = String::new();
        server.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "hello");
    }

    #[tokio::test]
    async fn a_server_that_is_gone_refuses() {
        let (entrance, incoming) = entrance();
        drop(incoming);
        let refused = entrance.open().await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
