//! What stands around every page: who reads it, who asks, whose mobile it is about, how far the person is.
//! Every word of a page is said through it.

use super::Moment;
use crate::domain::look::Greeting;
use crate::domain::time::UnixMillis;
use crate::http::pages::assets::{Assets, assets};
use crate::http::pages::language::{Language, Put, Reader, Shown, Words};

/// The frame of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Who asks; absent where no link is known.
    pub partner: Option<String>,
    /// The last three digits of the number that is acted for.
    pub mobile_ending: Option<String>,
    /// Which step is under way; absent on dead ends.
    pub step: Option<StepAt>,
    /// Who reads it: set when the page is sent.
    pub reader: Reader,
    /// The partner's look.
    pub look: FrameLook,
    /// When it closes by itself; nothing where no session is open.
    pub closes: Option<Closes>,
    /// The person was sent by the partner with a token: there is no link, and no code was texted.
    pub is_visit: bool,
}

/// When a session's page closes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closes {
    /// When, if nothing happens until then.
    pub at: Moment,
    /// The same in seconds from now.
    pub seconds: u64,
    /// Whatever happens: nothing puts it off.
    pub is_last: bool,
}

/// What a partner's look brings to a page; nothing of its own looks finished, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameLook {
    /// The style sheet with the partner's tokens.
    pub sheet: Option<String>,
    /// The colour of the rail by day, as browsers take it over.
    pub rail: Option<String>,
    /// What the partner says to who comes.
    pub greeting: Greeting,
    /// The partner's logo.
    pub logo: Option<FrameLogo>,
    /// Where people are told that they go back to, when it is not the partner.
    pub reference_name: Option<String>,
    /// Where the partner lets people manage what they share.
    pub manage_url: Option<String>,
    /// The origin of the partner's that a form of the page may lead on to.
    pub leads_to: Option<String>,
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
    /// What is done in it: a message.
    pub name: &'static str,
    /// In a few words more: a message.
    pub hint: &'static str,
    /// It lies behind.
    pub is_done: bool,
    /// It is under way.
    pub is_current: bool,
}

impl StepAt {
    /// The thread, as seen from this step by whoever has a link.
    fn knots(self) -> [Knot; 3] {
        [
            (Self::Confirm, "step-confirm", "step-confirm-hint"),
            (Self::Agree, "step-agree", "step-agree-hint"),
            (Self::Banks, "step-banks", "step-banks-hint"),
        ]
        .map(|(step, name, hint)| Knot {
            name,
            hint,
            is_done: step < self,
            is_current: step == self,
        })
    }
}

/// A logo as the rail has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameLogo {
    /// Where it is.
    pub path: String,
    /// How wide it is, in pixels of its own.
    pub width: u32,
    /// How high it is.
    pub height: u32,
    /// It holds the name, which is then only heard.
    pub says_name: bool,
    /// It stands on a white plate.
    pub has_plate: bool,
}

impl Frame {
    /// The files that every page loads.
    pub fn assets(&self) -> &'static Assets {
        assets()
    }

    /// In which language the page is written.
    pub const fn language(&self) -> &'static Language {
        self.reader.language()
    }

    /// The message of that name; it knows who asks as `$partner`.
    pub fn say<'a>(&self, id: &'a str) -> Words<'a> {
        let words = Words::of(self.language(), id);
        match &self.partner {
            Some(name) => words.with("partner", name),
            None => words.with_nobody("partner", "partner-unknown"),
        }
    }

    /// The message that is true of whoever came by a link, or of a visit without one.
    pub fn say_by<'a>(&self, link: &'a str, visit: &'a str) -> Words<'a> {
        self.say(if self.is_visit { visit } else { link })
    }

    /// The thread on top: who visits has no number to confirm.
    pub fn knots(&self) -> Vec<Knot> {
        let all = self.step.into_iter().flat_map(StepAt::knots);
        all.skip(usize::from(self.is_visit)).collect()
    }

    /// What is said before the end of all time here: who is asked to agree has nothing yet to keep.
    pub fn closes_soon(&self) -> &'static str {
        if self.step == Some(StepAt::Agree) { "closes-soon-bare" } else { "closes-soon" }
    }

    /// Who asks.
    pub fn who(&self) -> Shown {
        match &self.partner {
            Some(name) => self.show(name),
            None => self.show(Words::of(self.language(), "partner-unknown")),
        }
    }

    /// Where the way back leads, as its button says.
    pub fn back(&self) -> Words<'_> {
        let words = self.say("back-to-partner");
        match &self.look.reference_name {
            Some(name) => words.with("partner", name),
            None => words,
        }
    }

    /// A value by itself: an instant, an amount, names.
    pub fn show(&self, value: impl Put) -> Shown {
        Shown(value.put(self.language()))
    }

    /// A standard term of the data that is shared: its English words name the message.
    pub fn data(&self, term: &str) -> Shown {
        let words =
            term.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.fold(String::from("data"), |id, word| id + "-" + &word.to_ascii_lowercase());
        self.show(Words::of(self.language(), &id))
    }

    /// A made-up frame.
    pub fn sample(step: Option<StepAt>) -> Self {
        let (partner, mobile_ending) = (Some("Quill & Daughters Lending".into()), Some("222".into()));
        let (reader, look) = (Reader::default(), FrameLook::default());
        // Whoever may agree, or adds banks, is in a session.
        let is_inside = matches!(step, Some(StepAt::Agree | StepAt::Banks));
        let at = Moment::clock(UnixMillis(1_795_857_240_000));
        let closes = is_inside.then_some(Closes { at, seconds: 900, is_last: false });
        Self { partner, mobile_ending, step, reader, look, closes, is_visit: false }
    }

    /// The same of somebody whom the partner sent without a link.
    #[must_use]
    pub const fn of_sample_visit(mut self) -> Self {
        self.is_visit = true;
        self
    }

    /// The same with words of the partner's own.
    #[must_use]
    pub fn with_sample_greeting(mut self) -> Self {
        let subtitle = "With your accounts in view we can tell you within the hour, not the week.";
        self.look.greeting =
            Greeting { title: Some("Good to have you here".into()), subtitle: Some(subtitle.into()) };
        self
    }

    /// The same with a logo; `says_name` when it holds the name.
    #[must_use]
    pub fn with_sample_logo(mut self, says_name: bool) -> Self {
        let path = assets().icon.clone();
        self.look.logo = Some(FrameLogo { path, width: 32, height: 32, says_name, has_plate: !says_name });
        self
    }

    /// The same with a place of the partner's own to go back to and to manage things at.
    #[must_use]
    pub fn with_sample_ways(mut self) -> Self {
        self.look.reference_name = Some("Meadow Brokers".into());
        self.look.manage_url = Some("https://quill.example/sharing".into());
        self
    }
}
