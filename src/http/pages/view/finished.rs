//! The two ends of an errand that is no sharing: it is done, or there is nothing to do it with.

use super::{Frame, Moment, Page};
use crate::domain::time::UnixMillis;
use askama::Template;

/// What the person was sent for is done.
#[derive(Debug, Template)]
#[template(path = "finished.html")]
pub struct FinishedPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is shared goes on until then; absent when nothing is shared.
    pub sharing_until: Option<Moment>,
    /// When it was done.
    pub at: Moment,
    /// The redirect URL with what the partner gets back.
    pub way_back: Option<String>,
}

/// It needs a consent, and there is none.
#[derive(Debug, Template)]
#[template(path = "nothing.html")]
pub struct NothingPage {
    /// What stands around it.
    pub frame: Frame,
    /// The redirect URL with the partner's state.
    pub way_back: Option<String>,
}

impl Page for FinishedPage {
    const NAME: &'static str = "finished";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let at = UnixMillis(1_795_857_240_000);
        let sample = |is_shared: bool, way_back: Option<&str>| {
            let frame = Frame::sample(None);
            Self {
                frame,
                sharing_until: is_shared.then(|| Moment::date(at)),
                at: Moment::full(at),
                way_back: way_back.map(Into::into),
            }
        };
        vec![sample(true, Some("https://partner.example/back?jobId=1&jobIds=1")), sample(false, None)]
    }
}

impl Page for NothingPage {
    const NAME: &'static str = "nothing";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |way_back: Option<&str>| {
            let frame = Frame::sample(None);
            Self { frame, way_back: way_back.map(Into::into) }
        };
        vec![sample(Some("https://partner.example/back?state=s1")), sample(None)]
    }
}
