//! The page behind a press for a new link. It says the same whether there was anything to send or not.

use super::{Frame, Page};
use askama::Template;

/// Look at your phone.
#[derive(Debug, Template)]
#[template(path = "sent.html")]
pub struct SentPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where the partner wants people back.
    pub way_back: Option<String>,
}

impl Page for SentPage {
    const NAME: &'static str = "sent";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let partners = Frame { mobile_ending: None, ..Frame::sample(None) };
        let way_back = Some("https://partner.example/back?flow=1".into());
        vec![Self { frame: partners, way_back }, Self { frame: Frame::default(), way_back: None }]
    }
}
