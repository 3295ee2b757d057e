//! What goes on on one connection: requests that wait for their answer, answers that are on their way, and
//! whose turn it is with them. Must not know: what is asked, limits.

use super::edge::OutBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

/// What was asked on a connection.
#[derive(Default)]
pub struct Activity {
    /// Requests since it began.
    requests: AtomicU64,
    /// Requests whose answer has not been handed over to its end.
    under_way: AtomicU64,
    /// Answers of which the other end has yet to take what there is.
    untaken: AtomicU64,
    /// How often a part of an answer was asked for.
    asked_for: AtomicU64,
}

impl Activity {
    /// Requests since the connection began.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether a request waits for its answer, or for the end of it.
    pub fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) > 0
    }

    /// How far the other end is with taking what there is for it; none while it has all.
    pub fn taking(&self) -> Option<u64> {
        (self.untaken.load(Ordering::Relaxed) > 0).then(|| self.asked_for.load(Ordering::Relaxed))
    }
}

/// Counts a request as under way for as long as it is there, also when its connection ends first.
pub struct UnderWay(Arc<Activity>);

impl UnderWay {
    /// A request came.
    pub fn begin(activity: Arc<Activity>) -> Self {
        activity.requests.fetch_add(1, Ordering::Relaxed);
        activity.under_way.fetch_add(1, Ordering::Relaxed);
        Self(activity)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer: its request is under way until it was taken.
pub struct Taken {
    body: OutBody,
    request: UnderWay,
    is_untaken: bool,
}

impl Taken {
    /// The answer to `request`.
    pub fn new(body: OutBody, request: UnderWay) -> Self {
        let mut taken = Self { body, request, is_untaken: false };
        taken.is_theirs(true);
        taken
    }

    /// Whose turn it is: theirs to take, or ours to have something.
    fn is_theirs(&mut self, is_untaken: bool) {
        let untaken = &self.request.0.untaken;
        match (self.is_untaken, is_untaken) {
            (false, true) => {
                untaken.fetch_add(1, Ordering::Relaxed);
            }
            (true, false) => {
                untaken.fetch_sub(1, Ordering::Relaxed);
            }
            _ => {}
        }
        self.is_untaken = is_untaken;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.is_theirs(false);
    }
}

impl Body for Taken {
    type Data = Bytes;
    type Error = <OutBody as Body>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        waker: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.body).poll_frame(waker);
        this.request.0.asked_for.fetch_add(1, Ordering::Relaxed);
        this.is_theirs(matches!(frame, Poll::Ready(Some(_))));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
