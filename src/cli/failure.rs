//! How a command ends when it cannot do what was asked: sentences for people, a code for scripts.

use crate::config::Fault;
use std::process::ExitCode;

/// The configuration is wrong (`EX_CONFIG` of sysexits.h).
const CONFIGURATION: u8 = 78;

/// The store failed: a supervisor should start the server again (`EX_TEMPFAIL`).
const STORE_FAILED: u8 = 75;

/// Why a command did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    sentences: Vec<String>,
    code: u8,
}

impl Failure {
    /// One sentence; code 1.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self { sentences: vec![sentence.into()], code: 1 }
    }

    /// Nothing to say: whoever was told went away. Code 0.
    pub(super) fn quiet() -> Self {
        Self { sentences: Vec::new(), code: 0 }
    }

    /// A setting is missing or wrong; code 78.
    pub(super) fn configuration(sentence: impl Into<String>) -> Self {
        Self { sentences: vec![sentence.into()], code: CONFIGURATION }
    }

    /// Every fault of a configuration; code 78.
    pub(super) fn faults(faults: &[Fault]) -> Self {
        let count = match faults.len() {
            1 => "the configuration has a fault:".to_owned(),
            number => format!("the configuration has {number} faults:"),
        };
        let lines = faults.iter().map(|fault| format!("  {fault}"));
        Self { sentences: std::iter::once(count).chain(lines).collect(), code: CONFIGURATION }
    }

    /// The store failed while the server ran; code 75.
    pub(super) fn store_failed() -> Self {
        let sentence =
            "the store failed, and nothing more was answered; what was acknowledged is safe: start again";
        Self { sentences: vec![sentence.into()], code: STORE_FAILED }
    }

    /// Tells it on standard error.
    pub(super) fn report(self) -> ExitCode {
        let mut lines = self.sentences.iter();
        if let Some(first) = lines.next() {
            eprintln!("authlink: {first}");
        }
        lines.for_each(|line| eprintln!("{line}"));
        ExitCode::from(self.code)
    }
}
