//! The page after the agreement: what is shared, the declaration, and Leave.

use super::{Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use askama::Template;

/// Say that all is disclosed, or leave.
#[derive(Debug, Template)]
#[template(path = "connect.html")]
pub struct ConnectPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who asks.
    pub partner: String,
    /// The session began on a consent that was already there.
    pub carried: bool,
    /// The purpose in a few words.
    pub purpose: String,
    /// What was agreed to.
    pub cluster_names: Vec<&'static str>,
    /// When it was agreed to.
    pub agreed: Moment,
    /// When it ends by itself.
    pub ends: Moment,
    /// When the page closes by itself.
    pub idle_at: Moment,
    /// Binds the forms to this browser.
    pub csrf: String,
}

impl Page for ConnectPage {
    const NAME: &'static str = "connect";

    fn samples() -> Vec<Self> {
        let at = UnixMillis(1_795_857_240_000);
        let sample = |carried| {
            let frame = Frame::sample(Some(StepAt::Declare));
            Self {
                partner: frame.partner.clone().unwrap_or_default(),
                frame,
                carried,
                purpose: "To see whether you can afford the loan you asked for".into(),
                cluster_names: vec!["Name, occupation, contact details", "Account balance and details"],
                agreed: Moment::full(at),
                ends: Moment::date(at),
                idle_at: Moment::clock(at),
                csrf: "sample".into(),
            }
        };
        vec![sample(false), sample(true)]
    }
}
