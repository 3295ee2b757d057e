//! The demo's stand-in for the partner's page: it shows what came back.

use super::{Frame, Page};
use askama::Template;

/// Back at the partner.
#[derive(Debug, Template)]
#[template(path = "returned.html")]
pub struct ReturnedPage {
    /// What stands around it.
    pub frame: Frame,
    /// The query that came back, in order.
    pub query: Vec<(String, String)>,
}

impl Page for ReturnedPage {
    const NAME: &'static str = "returned";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let query = vec![("state".into(), "<b onclick=\"x\">&'".into()), ("jobId".into(), String::new())];
        [query, Vec::new()].into_iter().map(|query| Self { frame: Frame::default(), query }).collect()
    }
}
