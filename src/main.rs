//! The command line's door.

use std::process::ExitCode;

/// See the manifest for why.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tickmark::cli::run()
}
