//! The main function of an engine process.
//!
//! Its standard input is the socket to the supervisor. The C library reads the stack limit when a
//! program starts, so a process that was started with another one sets it and executes itself
//! again; then it opens DuckDB and either serves until the supervisor closes the socket, or is the
//! [`template`] whose copies do. Four threads serve: the reader (this one), the executor that owns
//! DuckDB, the writer, and the one that repeats interrupts and lowers the priority of what takes
//! long.

use std::env;
use std::io::{self, BufReader};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rustix::fs::{Mode, OFlags};
use tavana_common::proto::engine::{Ready, Start, ToEngine, from_engine, to_engine};
use tavana_common::proto::v1::Failure;

use super::ffi::{Database, exit_now, reuse_buffers};
use super::guard;
use super::instance::{Foundation, Instance};
use super::interrupt::Interrupts;
use super::limits;
use super::network::Network;
use super::output::Output;
use super::priority;
use super::profile;
use super::rules::Rules;
use super::session::{Job, Session, Successor, Takeover};
use super::spilled::Spilled;
use super::template;
use crate::stream::{Frame, read_frame_blocking};

/// Frames between the reader and the executor: batches of an append.
const JOBS_MAX: usize = 4;

/// The class of the failure of a statement whose engine has ended with it.
pub(crate) const ENDED_CLASS: &str = "Engine Ended";

/// The argument of the process that engines are copies of.
pub(crate) const TEMPLATE: &str = "template";

/// What an engine says on its standard error before it ends.
#[derive(Debug, thiserror::Error)]
pub(super) enum EngineError {
    #[error("could not set the limits of the process: {0}")]
    Limits(io::Error),
    #[error("could not start the process again: {0}")]
    Exec(io::Error),
    #[error("could not take over the socket: {0}")]
    Socket(io::Error),
    #[error("the supervisor did not send a start message")]
    NoStart,
    #[error("could not use the spill folder: {0}")]
    SpillFolder(io::Error),
    #[error("could not start a thread: {0}")]
    Thread(io::Error),
    #[error("could not copy the process: {0}")]
    Copy(io::Error),
    #[error("{0}")]
    Instance(String),
}

/// Runs an engine, or with the argument `template` the process that engines are copies of. Does
/// not return while the supervisor holds the other end of the socket.
#[must_use]
pub fn run() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

/// One line for the supervisor's log.
#[expect(
    clippy::print_stderr,
    reason = "the engine's only way to say why it cannot serve"
)]
pub(super) fn tell(error: &EngineError) {
    eprintln!("{error}");
}

fn start() -> Result<(), EngineError> {
    if limits::set_stack().map_err(EngineError::Limits)? {
        return begin();
    }
    // This very program, even if its file has been replaced since.
    let mut again = Command::new("/proc/self/exe");
    let mut arguments = env::args_os();
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(EngineError::Exec(again.args(arguments).exec()))
}

fn begin() -> Result<(), EngineError> {
    reuse_buffers();
    let socket = take_socket().map_err(EngineError::Socket)?;
    let start = read_start(&socket)?;
    limits::set(&start).map_err(EngineError::Limits)?;
    let foundation = Foundation::lay(&start).map_err(EngineError::Instance)?;
    if env::args_os().nth(2).is_some_and(|form| form == TEMPLATE) {
        template::run(socket, &start, foundation)
    } else {
        serve(socket, start, foundation)
    }
}

/// The first message, and not a byte more.
pub(super) fn read_start(mut socket: &UnixStream) -> Result<Start, EngineError> {
    match read_frame_blocking::<ToEngine>(&mut socket) {
        Ok(Some(Frame::Message(ToEngine {
            message: Some(to_engine::Message::Start(start)),
        }))) => Ok(start),
        _ => Err(EngineError::NoStart),
    }
}

/// Serves the supervisor: from here on the process belongs to one engine.
pub(super) fn serve(
    socket: UnixStream,
    start: Start,
    foundation: Foundation,
) -> Result<(), EngineError> {
    let mut reader = BufReader::new(socket.try_clone().map_err(EngineError::Socket)?);
    let interrupts = Interrupts::default();
    let temporary = profile::temporary_folder(&start).map_err(EngineError::SpillFolder)?;
    let folders = start
        .allowed_directories
        .iter()
        .map(String::as_str)
        .chain([start.spill_directory.as_str()])
        .chain(
            start
                .extensions
                .iter()
                .map(|extension| extension.path.as_str()),
        );
    let spilled = Spilled::in_folder(&temporary)
        .map_err(EngineError::SpillFolder)?
        .only_below(folders);
    let network = Network::of(&start).map_err(|text| EngineError::Instance(text.to_owned()))?;
    let rules = Rules::of(&start).map_err(|text| EngineError::Instance(text.to_owned()))?;
    guard::arm(network, spilled, interrupts.clone())
        .map_err(|text| EngineError::Instance(text.to_owned()))?;
    let (output, writer) = Output::new(socket, interrupts.clone());
    priority::serve();
    spawn("writer", limits::STACK_BYTES / 32, move || {
        priority::serve();
        // The supervisor is gone, or what it would read next is not to be trusted.
        let code = u8::from(writer.run().is_err());
        exit_now(code);
    })?;
    let (jobs, queue) = sync_channel(JOBS_MAX);
    let (opened, open) = sync_channel(1);
    let executor_interrupts = interrupts.clone();
    let last_words = output.clone();
    spawn("executor", limits::STACK_BYTES, move || {
        let executor = Executor {
            start,
            rules,
            foundation,
            output,
        };
        executor.run(&executor_interrupts, queue, &opened);
    })?;
    // The instance is open or it says why not.
    match open.recv() {
        Ok(Ok(interrupter)) => {
            let repeated = interrupts.clone();
            spawn("interrupter", limits::STACK_BYTES / 32, move || {
                priority::serve();
                let refusal = repeated.watch(&interrupter, successor, |fraction| {
                    last_words.progress(fraction);
                });
                let failure = Failure {
                    duckdb_class: ENDED_CLASS.to_owned(),
                    ..refusal.failure()
                };
                // The writer ends the process when it has written this, and also when it cannot.
                drop(last_words.failure(failure).and_then(|()| last_words.end()));
            })?;
        }
        Ok(Err(reason)) => return Err(EngineError::Instance(reason)),
        Err(_) => return Err(EngineError::Instance("the executor ended early".to_owned())),
    }
    read(&mut reader, &jobs, &interrupts);
    exit_now(0)
}

/// The socket under a number of its own. Nothing a statement opens as standard input or output
/// may reach the supervisor.
fn take_socket() -> io::Result<UnixStream> {
    let owned = io::stdin().as_fd().try_clone_to_owned()?;
    let nothing = rustix::fs::open("/dev/null", OFlags::RDWR, Mode::empty())?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    Ok(UnixStream::from(owned))
}

fn spawn(
    name: &str,
    stack_bytes: u64,
    work: impl FnOnce() + Send + 'static,
) -> Result<(), EngineError> {
    let stack_bytes = usize::try_from(stack_bytes).unwrap_or(usize::MAX);
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(stack_bytes)
        .spawn(work)
        .map(drop)
        .map_err(EngineError::Thread)
}

/// A thread that waits for a session to take over; `None` when there is no room for it.
fn successor() -> Option<SyncSender<Takeover>> {
    let (sender, given) = sync_channel::<Takeover>(1);
    let started = spawn("executor", limits::STACK_BYTES, move || {
        if let Ok(takeover) = given.recv() {
            work(|| takeover.run());
        }
    });
    started.ok().map(|()| sender)
}

/// The life of a thread that works on statements. Ends when another one has taken over.
fn work(serve: impl FnOnce() -> Option<Successor>) {
    // A panic must end the process: its statement must not hang.
    let end = EndProcess;
    match serve() {
        Some((successor, takeover)) => {
            if successor.send(takeover).is_ok() {
                std::mem::forget(end);
            }
        }
        // The session has dropped its end of the output: the writer says what is left and ends the
        // process.
        None => park(),
    }
}

/// The executor's first thread: DuckDB is locked here.
struct Executor {
    start: Start,
    rules: Rules,
    foundation: Foundation,
    output: Output,
}

impl Executor {
    fn run(
        self,
        interrupts: &Interrupts,
        queue: Receiver<Job>,
        opened: &SyncSender<Result<super::ffi::Interrupter, String>>,
    ) {
        // A panic must end the process: its statement must not hang.
        let end = EndProcess;
        let instance = match Instance::open(self.foundation, &self.start) {
            Ok(instance) => instance,
            Err(reason) => {
                // The main thread says it and ends the process.
                if opened.send(Err(reason)).is_ok() {
                    park();
                }
                return;
            }
        };
        let ready = ready(&instance.loaded_extensions);
        if opened.send(Ok(instance.session.interrupter())).is_err()
            || self
                .output
                .message(from_engine::Message::Ready(ready))
                .is_err()
        {
            return;
        }
        let session = Session::new(
            &self.start,
            self.rules,
            instance,
            self.output,
            interrupts.clone(),
        );
        work(|| session.run(queue));
        std::mem::forget(end);
    }
}

/// The answer to a start.
pub(super) fn ready(loaded_extensions: &[String]) -> Ready {
    Ready {
        duckdb_version: Database::library_version(),
        loaded_extensions: loaded_extensions.to_vec(),
    }
}

fn park() {
    loop {
        thread::park();
    }
}

struct EndProcess;

impl Drop for EndProcess {
    fn drop(&mut self) {
        exit_now(1);
    }
}

/// Reads until the supervisor is gone. An interrupt takes effect here and now, whatever the
/// executor is doing.
fn read(reader: &mut BufReader<UnixStream>, jobs: &SyncSender<Job>, interrupts: &Interrupts) {
    while let Ok(Some(frame)) = read_frame_blocking::<ToEngine>(reader) {
        if let Frame::Message(ToEngine {
            message: Some(message),
        }) = &frame
        {
            match message {
                to_engine::Message::Interrupt(_) => {
                    interrupts.request();
                    // A full queue needs no waking.
                    drop(jobs.try_send(Job::Interrupted));
                    continue;
                }
                to_engine::Message::AppendEnd(_) => {}
                _ => interrupts.arm(),
            }
        }
        if jobs.send(Job::Frame(Box::new(frame))).is_err() {
            return;
        }
    }
}
