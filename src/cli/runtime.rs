//! The runtime under the actors, and the signals that end it.

use super::failure::Failure;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs `work` inside a system of actors: the pattern in which listeners run on many threads and
/// actors on their arbiters.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no threads could be started: {error}")))?;
    actix::System::with_tokio_rt(move || runtime).block_on(work)
}

/// Asks for as many open files as this process may have: each connection is one, and the usual soft limit
/// of 1,024 is far below what the listeners allow.
pub(super) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, current = ?limit.current, "the number of open files could not be raised");
        }
    }
}

/// The signals that ask a server to stop.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> Result<Self, Failure> {
        let on =
            |kind| signal(kind).map_err(|error| Failure::new(format!("signals cannot be heard: {error}")));
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }

    /// The next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_files_as_allowed_may_be_open() {
        let before = getrlimit(Resource::Nofile);
        let low = Rlimit { current: Some(512), maximum: before.maximum };
        setrlimit(Resource::Nofile, low).unwrap();
        raise_open_files();
        assert_eq!(getrlimit(Resource::Nofile).current, before.maximum);
    }
}
