//! The page that finds a bank.

use super::{Bank, Frame, Page, StepAt};
use crate::http::pages::language::Words;
use askama::Template;

/// Choose your bank.
#[derive(Debug, Template)]
#[template(path = "banks.html")]
pub struct BanksPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was typed.
    pub query: String,
    /// The banks that fit it.
    pub found: Vec<BankLine>,
    /// How many there are in all.
    pub total: usize,
}

/// One bank to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankLine {
    /// Which.
    pub bank: Bank,
    /// What one should know about it before: a message.
    pub note: &'static str,
}

impl BanksPage {
    /// How many fit, in words.
    pub fn count(&self) -> Words<'static> {
        let id = match self.found.len() {
            _ if self.query.is_empty() => "banks-count-all",
            0 => "banks-count-none",
            _ => "banks-count",
        };
        let words = self.frame.say(id).with("total", self.total);
        words.with("found", self.found.len()).with("query", &self.query)
    }
}

impl Page for BanksPage {
    const NAME: &'static str = "banks";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let notes = ["bank-login", "bank-connected", "bank-asks", "bank-may-ask"];
        let sample = |query: &str, places: &[usize]| {
            let frame = Frame::sample(Some(StepAt::Banks));
            Self {
                frame,
                query: query.into(),
                found: places
                    .iter()
                    .map(|place| BankLine { bank: Bank::sample(*place), note: notes[place % notes.len()] })
                    .collect(),
                total: 5,
            }
        };
        vec![
            sample("", &[0, 1, 2, 3, 4]),
            sample("care", &[2]),
            sample("<b onclick=\"x\"> & Sons’ Mutual", &[]),
        ]
    }
}
