//! The generated gRPC contract (`proto/` at the top of the repository).

/// Gateway and worker.
#[expect(
    unused_qualifications,
    clippy::clone_on_ref_ptr,
    clippy::large_enum_variant,
    reason = "generated code"
)]
pub mod v1 {
    tonic::include_proto!("tavana.v1");
}

/// Supervisor and engine process.
pub mod engine {
    pub use v1::*;

    /// The package `tavana.engine.v1`.
    pub mod v1 {
        tonic::include_proto!("tavana.engine.v1");
    }
}
