//! The program `vestibule`; everything it does is in the library.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keep_to_small_pages();
    vestibule::command::run()
}

/// The allocator asks for pages of 2 MiB, of which a server that is small uses a few KiB each. Where the system does not
/// listen, everything works as well, with more memory.
#[cfg(target_os = "linux")]
fn keep_to_small_pages() {
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn keep_to_small_pages() {}
