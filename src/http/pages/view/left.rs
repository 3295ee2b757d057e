//! The page after "No, don't share" and after Leave.

use super::{Frame, Moment, Page};
use crate::domain::time::UnixMillis;
use askama::Template;

/// They said no, or left.
#[derive(Debug, Template)]
#[template(path = "left.html")]
pub struct LeftPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was agreed to before goes on until then; absent when nothing is shared.
    pub sharing_until: Option<Moment>,
    /// Banks were connected, and stay so.
    pub has_banks: bool,
    /// The redirect URL with what the partner gets back.
    pub way_back: Option<String>,
}

impl Page for LeftPage {
    const NAME: &'static str = "left";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |sharing: bool, has_banks: bool, way_back: Option<&str>| {
            let frame = Frame::sample(None);
            Self {
                frame,
                sharing_until: sharing.then(|| Moment::date(UnixMillis(1_795_857_240_000))),
                has_banks,
                way_back: way_back.map(Into::into),
            }
        };
        let visit = |page: Self| Self { frame: page.frame.of_sample_visit(), ..page };
        vec![
            sample(false, false, Some("https://partner.example/back")),
            sample(true, false, None),
            sample(true, true, None),
            visit(sample(false, false, Some("https://partner.example/back"))),
            visit(sample(true, true, None)),
        ]
    }
}
