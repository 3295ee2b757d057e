//! The thin binary: everything it does is in the library.

/// sled allocates and frees a page's worth at each write: measured in docs/PERFORMANCE.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    authlink::cli::main()
}
