//! The command line's door.

use std::process::ExitCode;

/// See the manifest for why.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The allocator asks for huge pages, of which a small audit touches a corner each: without them this process and its
    // children, who inherit it, need half the memory and no more time. Where it cannot be said, all goes on as before.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    tickmark::cli::run()
}
