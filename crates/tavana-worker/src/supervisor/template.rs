//! The process that engines are copies of, from the supervisor's side: started when an engine is
//! wanted and there is none, and started anew when it has died. Engines do not need it any more
//! once they are there.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{self, Interest};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::handle::Handle;
use super::process::{START_MAX, StartError, introduce};
use super::stderr;
use crate::settings::EngineCommand;
use crate::stream::{AsyncFrameReader, AsyncFrameWriter, CopyAnswer, CopyRequest};
use tavana_common::proto::engine::Start;

/// Until a template has made a copy.
const COPY_MAX: Duration = Duration::from_secs(5);

/// What engines are made from.
#[derive(Debug)]
pub(crate) struct Template {
    command: EngineCommand,
    start: Start,
    /// One request at a time.
    living: Mutex<Option<Living>>,
}

#[derive(Debug)]
struct Living {
    control: UnixStream,
    /// Answers to requests that nobody waits for any more.
    owed: u32,
    /// Killed on drop.
    child: Child,
    _log: tavana_common::task::Task<()>,
}

impl Template {
    /// `start` is complete but for the spill folder.
    pub(crate) fn new(command: EngineCommand, start: Start) -> Self {
        Self {
            command,
            start,
            living: Mutex::new(None),
        }
    }

    /// A new engine process that has these two files.
    ///
    /// # Errors
    /// [`StartError::Template`] when the template has died meanwhile: the next call starts another.
    /// The same files must not be sent again, because a copy that nobody knows of may have them.
    ///
    /// # Cancel safety
    /// Cancel safe: a process that nobody waits for any more is killed.
    pub(crate) async fn copy(&self, request: &CopyRequest) -> Result<Handle, StartError> {
        let mut place = self.living.lock().await;
        let living = match &mut *place {
            Some(living) => living,
            None => place.insert(Living::start(&self.command, &self.start).await?),
        };
        let error = match timeout(COPY_MAX, living.copy(request)).await {
            Ok(Ok(handle)) => return Ok(handle),
            Ok(Err(StartError::Copy(refused))) => return Err(StartError::Copy(refused)),
            Ok(Err(error)) => error,
            Err(_) => StartError::Slow,
        };
        warn!(pid = living.child.id(), %error, "the template of engines is of no use");
        *place = None;
        Err(StartError::Template(Box::new(error)))
    }

    /// Ends the process. Engines that are there go on.
    pub(crate) async fn end(&self) {
        let living = self.living.lock().await.take();
        if let Some(mut living) = living
            && let Err(error) = living.child.kill().await
        {
            debug!(%error, "the template of engines could not be killed");
        }
    }
}

impl Living {
    async fn start(command: &EngineCommand, start: &Start) -> Result<Self, StartError> {
        let (near, far) = StdUnixStream::pair().map_err(StartError::Socket)?;
        near.set_nonblocking(true).map_err(StartError::Socket)?;
        let mut control = UnixStream::from_std(near).map_err(StartError::Socket)?;
        let mut child = Command::new(&command.program)
            // What ps shows: the program is reached by a path that says nothing.
            .arg0("tavana")
            .args(&command.args)
            // Nothing of the environment reaches SQL: credentials come over the socket.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(far)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is for the supervisor, which then drains.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| {
                let program = command.program.display().to_string();
                StartError::Spawn { program, source }
            })?;
        let pid = child.id().unwrap_or_default();
        let pipe = child.stderr.take().expect("stderr is piped");
        let log = tavana_common::task::spawn(stderr::log(pid, pipe));
        let (reader, writer) = control.split();
        let mut reader = AsyncFrameReader::new(reader);
        let mut writer = AsyncFrameWriter::new(writer);
        let ready = introduce(&mut reader, &mut writer, start.clone());
        let ready = timeout(START_MAX, ready)
            .await
            .unwrap_or(Err(StartError::Slow))?;
        debug!(
            pid,
            duckdb = ready.duckdb_version,
            extensions = ready.loaded_extensions.join(","),
            "the template of engines is ready"
        );
        Ok(Self {
            control,
            owed: 0,
            child,
            _log: log,
        })
    }

    async fn copy(&mut self, request: &CopyRequest) -> Result<Handle, StartError> {
        while self.owed > 0 {
            drop(self.answer().await);
        }
        let send = || request.send(&self.control);
        self.control
            .async_io(Interest::WRITABLE, send)
            .await
            .map_err(StartError::Socket)?;
        self.owed += 1;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Handle, StartError> {
        let receive = || CopyAnswer::receive(&self.control);
        let answer = self.control.async_io(Interest::READABLE, receive).await;
        self.owed = self.owed.saturating_sub(1);
        match answer.map_err(StartError::Socket)? {
            (CopyAnswer::Made(pid), Some(pidfd)) => {
                Handle::new(pid, pidfd).map_err(StartError::Socket)
            }
            (CopyAnswer::Refused(error), _) => Err(StartError::Copy(error)),
            (CopyAnswer::Made(_), None) => {
                Err(StartError::Socket(io::ErrorKind::InvalidData.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_template_that_does_not_start_is_no_engine_and_never_a_lesser_one() {
        for (program, said) in [
            ("/bin/false", "the process ended"),
            ("/no/such/program", "/no/such/program"),
        ] {
            let command = EngineCommand {
                program: program.into(),
                args: Vec::new(),
            };
            let template = Template::new(command, Start::default());
            let (near, far) = StdUnixStream::pair().unwrap();
            let request = CopyRequest {
                socket: near.into(),
                stderr: far.into(),
            };
            let refused = template.copy(&request).await.unwrap_err().to_string();
            assert!(refused.contains(said), "{program}: {refused}");
        }
    }
}
