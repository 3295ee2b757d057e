//! (room under construction)

use std::process::ExitCode;

/// Entry.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
