//! Every dead end: what happened, what it means, what to do next. Which way out each has stands in
//! web/templates/ended.html, one arm for each.

use super::{Frame, Moment, Page};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::{Shown, Words};
use askama::Template;
use warp::http::StatusCode;

/// A page from which nothing leads on here.
#[derive(Debug, Template)]
#[template(path = "ended.html")]
pub struct EndedPage {
    /// What stands around it.
    pub frame: Frame,
    /// Which way it ended.
    pub end: End,
    /// When it did.
    pub when: Option<Moment>,
    /// The browser holds the session that ended.
    pub is_own_browser: bool,
    /// Where the partner wants people back.
    pub way_back: Option<String>,
    /// Where the code may be entered again, for who was cut off when it was right.
    pub code_again: Option<CodeAgain>,
    /// Where a new link can be asked for, where the partner lets people do that.
    pub new_link: Option<NewLink>,
    /// Something is agreed to, as far as that is known.
    pub has_consent: Option<bool>,
    /// When a link that somebody is in by closes, if they go away.
    pub in_use_until: Option<InUseUntil>,
}

/// When a link that somebody is in by closes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUseUntil {
    /// When, if nobody goes on there.
    pub at: Moment,
    /// Then a new one can be asked for on this page.
    pub is_reissued: bool,
}

/// The form that asks for a new link by text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Where it goes.
    pub action: String,
    /// Binds it to the link that is over.
    pub csrf: String,
    /// Whose link it is.
    pub partner: String,
    /// The last digits of the number that the link was for, where it is known which.
    pub mobile_ending: Option<String>,
}

/// The form that takes the code once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAgain {
    /// Where it goes, with the link's own query.
    pub action: String,
    /// Binds it to the link.
    pub csrf: String,
}

macro_rules! ends {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $art:ident, $id:literal;)+) => {
        /// Which way it ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum End {
            $($(#[$doc])* $name,)+
        }

        impl End {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name, for tests and the gallery.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// The heading, which says what happened: a message. What follows is named after it.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// How it is answered.
            pub fn status(self) -> StatusCode {
                let code = match self { $(Self::$name => $status,)+ };
                StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            const fn art(self) -> Art {
                match self { $(Self::$name => Art::$art,)+ }
            }
        }
    };
}

ends! {
    /// The link's last day is over, and nobody came in.
    Expired = 410, Frayed, "end-expired";
    /// A newer link took its place.
    Replaced = 410, Crossed, "end-replaced";
    /// Somebody is in by it, and not this browser.
    InUse = 410, Tied, "end-in-use";
    /// All was disclosed.
    Finished = 410, Tied, "end-finished";
    /// The person left.
    LeftUnfinished = 410, Cut, "end-left-unfinished";
    /// The person said no, or went, and nothing is agreed to.
    NothingAgreed = 410, Cut, "end-nothing-agreed";
    /// The session by it idled or lasted too long.
    TimedOut = 410, Slack, "end-timed-out";
    /// This browser's session idled.
    Idle = 410, Slack, "end-idle";
    /// This browser's session lasted too long.
    TooLong = 410, Slack, "end-too-long";
    /// Too many wrong codes.
    Locked = 410, Locked, "end-locked";
    /// The partner deleted the link.
    Withdrawn = 410, Cut, "end-withdrawn";
    /// No such link.
    LinkUnknown = 404, Loose, "end-link-unknown";
    /// No such session: no cookie, or one that we do not know.
    SessionUnknown = 404, Loose, "end-session-unknown";
    /// The token in the address is over or was never one of ours.
    TokenDead = 410, Frayed, "end-token-dead";
    /// Another browser exchanged the token already.
    TokenUsed = 410, Tied, "end-token-used";
    /// The application wants a proved number.
    LinkRequired = 403, Locked, "end-link-required";
    /// The policy changed between the page and the press.
    PolicyChanged = 409, Crossed, "end-policy-changed";
    /// "No" after "I agree".
    AgreedAlready = 409, Tied, "end-agreed-already";
    /// As many banks are connected as may be.
    TooManyBanks = 409, Tied, "end-too-many-banks";
    /// The application has no policy.
    PolicyMissing = 503, Loose, "end-policy-missing";
    /// The form is not ours, or not of this browser.
    Forged = 403, Loose, "end-forged";
    /// Too much is going on.
    Busy = 503, Busy, "end-busy";
    /// A defect of ours.
    Broken = 500, Cut, "end-broken";
}

/// How the thread is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Art {
    Tied,
    Frayed,
    Crossed,
    Locked,
    Slack,
    Loose,
    Cut,
    Busy,
}

impl End {
    /// Whether its page may offer a new link. Not where somebody is in by the link, as a new one would put
    /// them out, and not where the partner took the link back.
    pub const fn may_be_followed_by_a_link(self) -> bool {
        matches!(
            self,
            Self::Expired
                | Self::Replaced
                | Self::Finished
                | Self::LeftUnfinished
                | Self::NothingAgreed
                | Self::TimedOut
                | Self::Idle
                | Self::TooLong
                | Self::Locked
        )
    }
}

impl EndedPage {
    /// What it means: with the time, where one is known and the words have a place for it.
    fn lead(&self) -> Shown {
        let (lead, bare) = (format!("{}-lead", self.end.id()), format!("{}-lead-bare", self.end.id()));
        let id = if self.when.is_none() && Words::exists(&bare) { &bare } else { &lead };
        let words = self.frame.say(id);
        self.frame.show(match self.when {
            Some(when) => words.with("when", when),
            None => words,
        })
    }

    /// What came of what was agreed to, where somebody was in and may ask themselves that.
    fn standing(&self) -> Option<Shown> {
        let was_inside = matches!(self.end, End::LeftUnfinished | End::TimedOut | End::Idle | End::TooLong);
        let id = if self.has_consent.filter(|_| was_inside)? { "end-kept" } else { "end-nothing-kept" };
        Some(self.frame.show(self.frame.say(id)))
    }

    /// This browser's page closed by itself: what was pressed in it later was not done.
    const fn closed_here(&self) -> bool {
        matches!(self.end, End::Idle | End::TooLong)
    }

    /// Whether the way on is to press or to open once more what was not done.
    const fn may_be_tried_again(&self) -> bool {
        matches!(self.end, End::Forged | End::Busy | End::Broken)
    }

    /// What to do next, where that is one sentence.
    fn next(&self) -> Shown {
        let usual = format!("{}-next", self.end.id());
        // Whoever came without a link has none to ask for.
        if self.frame.is_visit && self.closed_here() {
            return self.frame.show(self.frame.say("end-visit-next"));
        }
        // Where a new link is one press away, asking the partner is for whom that does not help.
        let id = match (self.end, &self.new_link) {
            (End::Locked, Some(_)) => "new-link-else-locked",
            (End::Replaced, _) | (_, None) => &usual,
            (_, Some(_)) => "new-link-else",
        };
        self.frame.show(self.frame.say(id))
    }

    /// A dead end of which nothing more is known.
    pub fn bare(end: End) -> Self {
        let frame = Frame::default();
        Self {
            frame,
            end,
            when: None,
            is_own_browser: false,
            way_back: None,
            code_again: None,
            new_link: None,
            has_consent: None,
            in_use_until: None,
        }
    }
}

impl Page for EndedPage {
    const NAME: &'static str = "ended";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let known = |end: End| {
            let frame = Frame::sample(None);
            Self {
                frame,
                end,
                when: Some(Moment::full(UnixMillis(1_795_857_240_000))),
                is_own_browser: true,
                way_back: Some("https://partner.example/back?flow=1".into()),
                code_again: (end == End::InUse).then(|| CodeAgain {
                    action: "/6f1c2a34-0000-4000-8000-000000000000/code?state=s1".into(),
                    csrf: "sample".into(),
                }),
                new_link: end.may_be_followed_by_a_link().then(|| NewLink {
                    action: "/6f1c2a34-0000-4000-8000-000000000000/again?state=s1".into(),
                    csrf: "sample".into(),
                    partner: "9c1c2a34-0000-4000-8000-000000000000".into(),
                    mobile_ending: (end != End::Replaced).then(|| "222".into()),
                }),
                has_consent: Some(true),
                in_use_until: (end == End::InUse).then(|| InUseUntil {
                    at: Moment::clock(UnixMillis(1_795_857_240_000)),
                    is_reissued: true,
                }),
            }
        };
        let without = |end: End| Self { new_link: None, ..known(end) };
        let all = || End::ALL.iter().copied();
        let offering = all().filter(|end| end.may_be_followed_by_a_link()).map(known);
        let until =
            |is_reissued| InUseUntil { is_reissued, at: Moment::clock(UnixMillis(1_795_857_240_000)) };
        let in_use = Self { in_use_until: Some(until(false)), code_again: None, ..known(End::InUse) };
        // Somebody was in, and agreed to nothing.
        let empty = [End::TimedOut, End::Idle, End::TooLong];
        let empty = empty.map(|end| Self { has_consent: Some(false), ..without(end) });
        let visit = |end| Self { frame: Frame::sample(None).of_sample_visit(), ..without(end) };
        let pages = all().map(without).chain(all().map(Self::bare)).chain(offering);
        pages.chain(empty).chain([in_use, visit(End::Idle)]).collect()
    }
}
