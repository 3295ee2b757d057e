//! The page that finds a bank.

use super::{Bank, Frame, Page, StepAt};
use askama::Template;

/// Choose your bank.
#[derive(Debug, Template)]
#[template(path = "banks.html")]
pub struct BanksPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who asks.
    pub partner: String,
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
    /// What one should know about it before.
    pub note: &'static str,
}

impl BanksPage {
    /// How many fit, in words.
    pub fn count(&self) -> String {
        let banks = |count: usize| if count == 1 { "1 bank".into() } else { format!("{count} banks") };
        match self.found.len() {
            _ if self.query.is_empty() => format!("{} to choose from.", banks(self.total)),
            0 => format!("No bank called “{}” is here.", self.query),
            1 => format!("1 of {} fits “{}”.", banks(self.total), self.query),
            found => format!("{found} of {} fit “{}”.", banks(self.total), self.query),
        }
    }
}

impl Page for BanksPage {
    const NAME: &'static str = "banks";

    fn samples() -> Vec<Self> {
        let notes = [
            "Login and password",
            "Connected already",
            "Asks one more question",
            "May ask one more question",
        ];
        let sample = |query: &str, places: &[usize]| {
            let frame = Frame::sample(Some(StepAt::Banks));
            Self {
                partner: frame.partner.clone().unwrap_or_default(),
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
