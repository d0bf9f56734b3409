//! Generates the gRPC code from `proto/` without a system protoc.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = "../../proto";
    println!("cargo:rerun-if-changed={root}");
    let files = protox::compile(
        ["tavana/v1/worker.proto", "tavana/engine/v1/engine.proto"],
        [root],
    )?;
    tonic_prost_build::configure()
        .bytes(".tavana.v1.Batch")
        .bytes(".tavana.v1.ExecuteRequest.parameters")
        .bytes(".tavana.engine.v1.Execute.parameters")
        .bytes("schema")
        .compile_fds(files)?;
    // The generator silences lints with `allow`, which this workspace bans; `src/proto.rs` names
    // what the generated code needs silenced, once, with the reason.
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for file in ["tavana.v1.rs", "tavana.engine.v1.rs"] {
        let path = out.join(file);
        fs::write(&path, without_allow(&fs::read_to_string(&path)?))?;
    }
    Ok(())
}

/// `code` without its `#[allow(...)]` and `#![allow(...)]` attributes.
fn without_allow(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = [rest.find("#[allow("), rest.find("#![allow(")]
        .into_iter()
        .flatten()
        .min()
    {
        let (before, attribute) = rest.split_at(at);
        kept.push_str(before);
        rest = attribute
            .find(")]")
            .map_or("", |end| attribute.split_at(end + 2).1);
    }
    kept + rest
}
