//! The thin binary: everything it does is in the library.

fn main() -> std::process::ExitCode {
    authlink::cli::main()
}
