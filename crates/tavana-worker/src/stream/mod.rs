//! The conversation between a supervisor and an engine process: frames over a Unix socket pair.
//!
//! The format is described at the top of `proto/tavana/engine/v1/engine.proto`. The engine speaks
//! it with blocking calls (it has no async runtime), the supervisor with tokio.

mod copy;
mod frame;

pub(crate) use copy::{CopyAnswer, CopyRequest};
pub use frame::{
    AsyncFrameReader, AsyncFrameWriter, FRAME_BYTES_MAX, Frame, FrameError, FromEngineFrame,
    ToEngineFrame, read_frame_blocking, write_frame_blocking,
};
