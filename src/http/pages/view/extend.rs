//! The page that asks whether sharing should last longer.

use super::{Bank, Frame, Moment, Page};
use crate::domain::time::UnixMillis;
use askama::Template;

/// Longer, or as it is.
#[derive(Debug, Template)]
#[template(path = "extend.html")]
pub struct ExtendPage {
    /// What stands around it.
    pub frame: Frame,
    /// The purpose in a few words.
    pub purpose: String,
    /// What is shared.
    pub cluster_names: Vec<&'static str>,
    /// Where it comes from, each bank once.
    pub banks: Vec<Bank>,
    /// When it ends by itself, as it is.
    pub ends: Moment,
    /// When it would end instead; none where that is no day later.
    pub would_end: Option<Moment>,
    /// Binds the forms to this browser.
    pub csrf: String,
}

impl Page for ExtendPage {
    const NAME: &'static str = "extend";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let date = |days: i64| Moment::date(UnixMillis(1_795_857_240_000 + days * 86_400_000));
        let sample = |banks: &[usize]| {
            let frame = Frame::sample(None);
            Self {
                frame,
                purpose: "To see whether you can afford the loan you asked for".into(),
                cluster_names: vec!["Account balance and details", "Transaction details"],
                banks: banks.iter().map(|place| Bank::sample(*place)).collect(),
                ends: date(6),
                would_end: Some(date(365)),
                csrf: "sample".into(),
            }
        };
        vec![sample(&[0, 1]), sample(&[]), Self { would_end: None, ..sample(&[0]) }]
    }
}
