//! Exports the functions of the network guard from the programs, so that the dynamic linker gives
//! them to libraries in place of the C library's. An engine checks at its start that it did.

const GUARDED: [&str; 11] = [
    "connect",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "getaddrinfo",
    "open",
    "open64",
    "fopen",
    "fopen64",
    "opendir",
    "mkdir",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for name in GUARDED {
        println!("cargo::rustc-link-arg-bins=-Wl,--export-dynamic-symbol={name}");
    }
}
