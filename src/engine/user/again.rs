//! A try of a code that a browser sends twice: a double click, or a form that is sent once more. What was
//! judged and counted is answered again, and not counted twice. It is known for as long as the user is in
//! memory and nothing else changed. Must not know: which digits they were.

use crate::crypto::{Keyring, Purpose};
use crate::domain::command::{Command, Entry, Failure, Reply};

/// Which try: a keyed hash of browser, link and digits.
pub(super) type Try = [u8; 32];

/// The last try of a browser that was wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again {
    /// Which.
    pub(super) this: Try,
    /// The version that counted it.
    pub(super) version: u64,
    /// What was said.
    pub(super) said: Failure,
}

impl Again {
    /// What is said once more, where this try is the last one and would be found wrong again.
    pub(super) fn said(self, this: Try, version: u64, reply: &Result<Reply, Failure>) -> Option<Failure> {
        let is_wrong = matches!(reply, Err(Failure::CodeWrong { .. } | Failure::CodeLocked));
        (is_wrong && self.version == version && self.this == this).then_some(self.said)
    }
}

/// Which try a command is. What comes through the API has no browser: there each counts.
pub(super) fn this(keyring: &Keyring, command: &Command) -> Option<Try> {
    let Command::TryCode { hash, code, entry: Entry::Cookie { cookie, .. } } = command else { return None };
    Some(keyring.hash(Purpose::Code, &[b"again", cookie, hash, code.reveal().as_bytes()]))
}
