//! What stands around every page: who asks, whose mobile it is about, how far the person is.

use crate::http::pages::assets::{Assets, assets};

/// The frame of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Who asks; absent where no link is known.
    pub partner: Option<String>,
    /// The last three digits of the number that is acted for.
    pub mobile_ending: Option<String>,
    /// Which step is under way; absent on dead ends.
    pub step: Option<StepAt>,
}

/// The three steps of a link, and the end of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepAt {
    /// Prove the number.
    Confirm,
    /// Agree or not.
    Agree,
    /// Add banks, and declare that all is disclosed.
    Banks,
    /// Nothing is left to do.
    Done,
}

/// One step as the thread on top draws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knot {
    /// What is done in it.
    pub name: &'static str,
    /// In a few words more.
    pub hint: &'static str,
    /// It lies behind.
    pub is_done: bool,
    /// It is under way.
    pub is_current: bool,
}

impl StepAt {
    /// The thread, as seen from this step.
    pub fn knots(self) -> [Knot; 3] {
        [
            (Self::Confirm, "Confirm it’s you", "A code to your mobile"),
            (Self::Agree, "Agree", "What, why, how long"),
            (Self::Banks, "Add your banks", "Then say it’s complete"),
        ]
        .map(|(step, name, hint)| Knot {
            name,
            hint,
            is_done: step < self,
            is_current: step == self,
        })
    }
}

impl Frame {
    /// The files that every page loads.
    pub fn assets(&self) -> &'static Assets {
        assets()
    }

    /// A made-up frame.
    pub fn sample(step: Option<StepAt>) -> Self {
        Self { partner: Some("Quill & Daughters Lending".into()), mobile_ending: Some("222".into()), step }
    }
}
