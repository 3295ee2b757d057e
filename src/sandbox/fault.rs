//! Faults on purpose: which answers of the bank are late, missing or wrong, for tests and the demo.
//! Must not know: what the answers are.

use super::LATENCY_MAX;
use super::answer::Refusal;
use super::data::magic::Quirk;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many faults are kept.
pub const FAULTS_MAX: usize = 64;

/// The most times a fault can be asked for.
const TIMES_MAX: u32 = 1_000_000;

/// How late each answer is for the magic user whose bank is slow: there are many of them in a job.
const SLOW: Duration = Duration::from_secs(1);

/// The longest name in a fault, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Which answer of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// To a login.
    Login,
    /// To the right answer of a challenge.
    Answer,
    /// The list of accounts.
    Accounts,
    /// A page of transactions.
    Transactions,
    /// The profile.
    Profile,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Nothing: takes a fault away.
    None,
    /// It is right, and late.
    Slow,
    /// 503, at once.
    Down,
    /// Nothing comes; 503 when the caller has waited for the whole latency.
    Timeout,
    /// 200, and the body is no JSON.
    Malformed,
    /// The connection breaks in the middle of the body.
    Half,
    /// Each row of the list comes twice.
    Double,
    /// The second half of the list is missing.
    Fewer,
}

/// A fault as it is asked for and told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// At this institution alone.
    pub institution: Option<String>,
    /// For this person alone.
    pub login_id: Option<String>,
    /// Which answer.
    pub step: Step,
    /// What is wrong with it.
    #[serde(rename = "fault")]
    pub kind: Kind,
    /// How long `slow` and `timeout` take; 5 s and the longest there is, unless said.
    pub latency_ms: Option<u64>,
    /// So many times; always, unless said.
    pub times: Option<u32>,
}

/// What happens to one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong with it.
    pub kind: Kind,
    /// How long it is held up.
    pub latency: Duration,
}

impl Trouble {
    /// What happens to this answer for somebody with that quirk.
    pub fn of(quirk: Quirk, step: Step) -> Option<Self> {
        let kind = match quirk {
            Quirk::Slow => return Some(Self { kind: Kind::Slow, latency: SLOW }),
            Quirk::Spoilt(spoilt, kind) if spoilt == step => kind,
            Quirk::Spoilt(..)
            | Quirk::Forgets
            | Quirk::Disbelieves
            | Quirk::ReadOnce
            | Quirk::Renames
            | Quirk::TwinCards
            | Quirk::CoOwner => {
                return None;
            }
        };
        Some(Self { kind, latency: kind.latency() })
    }
}

impl Kind {
    /// How long an answer is held up, unless something else is said.
    const fn latency(self) -> Duration {
        match self {
            Self::Slow => Duration::from_secs(5),
            Self::Timeout => LATENCY_MAX,
            Self::None | Self::Down | Self::Malformed | Self::Half | Self::Double | Self::Fewer => {
                Duration::ZERO
            }
        }
    }
}

/// All faults that are set.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Fault {
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.step == other.step && self.institution == other.institution && self.login_id == other.login_id
    }

    fn is_about(&self, institution: &str, login_id: &str, step: Step) -> bool {
        self.step == step
            && self.institution.as_deref().is_none_or(|wanted| wanted == institution)
            && self.login_id.as_deref().is_none_or(|wanted| wanted == login_id)
    }

    /// A fault of one person comes before one of an institution, and that before one of all.
    fn weight(&self) -> u8 {
        u8::from(self.login_id.is_some()) * 2 + u8::from(self.institution.is_some())
    }

    fn is_sound(&self) -> bool {
        let is_short = |name: &Option<String>| name.as_ref().is_none_or(|name| name.len() <= NAME_BYTES_MAX);
        let has_rows = matches!(self.step, Step::Accounts | Step::Transactions);
        is_short(&self.institution)
            && is_short(&self.login_id)
            && (!matches!(self.kind, Kind::Double | Kind::Fewer) || has_rows)
            && self.latency_ms.is_none_or(|ms| Duration::from_millis(ms) <= LATENCY_MAX)
            && self.times.is_none_or(|times| (1..=TIMES_MAX).contains(&times))
    }

    fn trouble(&self) -> Trouble {
        let latency = self.latency_ms.map_or_else(|| self.kind.latency(), Duration::from_millis);
        Trouble { kind: self.kind, latency }
    }
}

impl Faults {
    /// Sets a fault in place of the one with the same step, institution and person; `none` takes it away.
    ///
    /// # Errors
    /// It makes no sense, or there are too many.
    pub fn set(&mut self, fault: Fault) -> Result<(), Refusal> {
        if !fault.is_sound() {
            return Err(Refusal::BadFault);
        }
        let others = self.0.iter().filter(|one| !one.is_about_the_same(&fault)).count();
        if fault.kind != Kind::None && others >= FAULTS_MAX {
            return Err(Refusal::TooManyFaults);
        }
        self.0.retain(|one| !one.is_about_the_same(&fault));
        if fault.kind != Kind::None {
            self.0.push(fault);
        }
        Ok(())
    }

    /// All that are set, with the times that are left.
    pub fn list(&self) -> &[Fault] {
        &self.0
    }

    /// What happens to this answer; counts it.
    pub fn strike(&mut self, institution: &str, login_id: &str, step: Step) -> Option<Trouble> {
        let fitting = self.0.iter().enumerate().filter(|(_, one)| one.is_about(institution, login_id, step));
        let (place, _) = fitting.max_by_key(|(_, one)| one.weight())?;
        let fault = self.0.get_mut(place)?;
        let trouble = fault.trouble();
        if let Some(left) = &mut fault.times {
            *left -= 1;
            if *left == 0 {
                self.0.remove(place);
            }
        }
        Some(trouble)
    }
}
