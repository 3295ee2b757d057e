//! The first page of a link: who asks, for what, and what will happen.

use super::{Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use askama::Template;

/// Start. Looking at it sends nothing and spends nothing.
#[derive(Debug, Template)]
#[template(path = "start.html")]
pub struct StartPage {
    /// What stands around it.
    pub frame: Frame,
    /// The last three digits of the number.
    pub mobile_ending: String,
    /// What for, in a few words.
    pub purpose: Option<String>,
    /// Until when the link lets people in.
    pub works_until: Moment,
    /// A code was texted and still works.
    pub code_is_alive: bool,
    /// Another text can go.
    pub texts_are_left: bool,
    /// The link's path.
    pub path: String,
    /// The link's own query with its `?`, carried on; empty when it has none.
    pub query: String,
    /// Binds the forms to this link.
    pub csrf: String,
}

impl Page for StartPage {
    const NAME: &'static str = "start";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |code_is_alive, texts_are_left, purpose: Option<&str>, query: &str| {
            let frame = Frame::sample(Some(StepAt::Confirm));
            let frame =
                if query.is_empty() { frame } else { frame.with_sample_greeting().with_sample_logo(false) };
            Self {
                frame,
                mobile_ending: "222".into(),
                purpose: purpose.map(Into::into),
                works_until: Moment::full(UnixMillis(1_795_857_240_000)),
                code_is_alive,
                texts_are_left,
                path: "/6f1c2a34-0000-4000-8000-000000000000".into(),
                query: query.into(),
                csrf: "sample".into(),
            }
        };
        vec![
            sample(false, true, Some("To see whether you can afford what you asked for"), ""),
            sample(true, true, None, "?state=a%22b&action=connect"),
            sample(true, false, None, ""),
            sample(false, false, None, ""),
        ]
    }
}
