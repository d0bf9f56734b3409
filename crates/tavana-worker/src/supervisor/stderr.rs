//! What an engine process writes to its standard error goes into the log of the supervisor, line
//! by line. The bytes are not trusted: lines and their number are bounded, and they are escaped.

use std::time::Duration;

use tavana_common::failure::cap_text;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;
use tracing::warn;

/// What is kept of one line.
const LINE_BYTES_MAX: usize = 1024;
/// Lines of one engine within one [`PERIOD`]; more are counted and dropped.
const LINES_MAX: u32 = 20;
const PERIOD: Duration = Duration::from_secs(1);

/// Logs until the pipe ends.
pub(crate) async fn log(pid: u32, pipe: impl AsyncRead + Unpin) {
    let mut lines = Lines::default();
    lines
        .read(pipe, |line| match line {
            Line::Text(text) => warn!(pid, line = ?text, "engine stderr"),
            Line::Dropped(lines) => warn!(pid, lines, "engine stderr: lines were dropped"),
        })
        .await;
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Text(String),
    Dropped(u64),
}

#[derive(Debug, Default)]
struct Lines {
    line: Vec<u8>,
    period_end: Option<Instant>,
    shown: u32,
    dropped: u64,
}

impl Lines {
    async fn read(&mut self, mut pipe: impl AsyncRead + Unpin, mut show: impl FnMut(Line)) {
        let mut chunk = [0_u8; 1024];
        loop {
            let bytes = match pipe.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(bytes) => bytes,
            };
            for &byte in chunk.get(..bytes).unwrap_or_default() {
                if byte == b'\n' {
                    self.end_line(&mut show);
                } else if self.line.len() < LINE_BYTES_MAX {
                    self.line.push(byte);
                }
            }
        }
        if !self.line.is_empty() {
            self.end_line(&mut show);
        }
        if self.dropped > 0 {
            show(Line::Dropped(self.dropped));
        }
    }

    fn end_line(&mut self, show: &mut impl FnMut(Line)) {
        let text = cap_text(&self.line);
        self.line.clear();
        let now = Instant::now();
        if self.period_end.is_none_or(|end| now >= end) {
            self.period_end = Some(now + PERIOD);
            self.shown = 0;
            if self.dropped > 0 {
                show(Line::Dropped(self.dropped));
                self.dropped = 0;
            }
        }
        if self.shown < LINES_MAX {
            self.shown += 1;
            show(Line::Text(text));
        } else {
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn long_lines_are_cut_and_many_lines_are_dropped_and_counted() {
        let mut text = vec![b'x'; 5000];
        text.extend_from_slice(b"\nb\xff\n");
        for _ in 0..100 {
            text.extend_from_slice(b"again\n");
        }
        text.extend_from_slice(b"no newline");
        let mut shown = Vec::new();
        Lines::default()
            .read(&text[..], |line| shown.push(line))
            .await;
        assert_eq!(shown[0], Line::Text("x".repeat(1024)));
        assert_eq!(shown[1], Line::Text("b\u{fffd}".to_owned()));
        assert_eq!(shown.len(), 21);
        assert_eq!(shown[20], Line::Dropped(83));
    }
}
