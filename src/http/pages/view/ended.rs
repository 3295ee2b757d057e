//! Every dead end: what happened, what it means, what to do next. The words stand in
//! web/templates/ended.html, one arm for each way.

use super::{Frame, Moment, Page};
use crate::domain::time::UnixMillis;
use askama::Template;
use warp::http::StatusCode;

/// A page from which nothing leads on here.
#[derive(Debug, Template)]
#[template(path = "ended.html")]
pub struct EndedPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who asks, as the text names them.
    pub partner: String,
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
    ($($(#[$doc:meta])* $name:ident = $status:literal, $art:ident, $title:literal;)+) => {
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

            /// The heading: what happened.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
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
    Expired = 410, Frayed, "This link has expired";
    /// A newer link took its place.
    Replaced = 410, Crossed, "There is a newer link";
    /// Somebody is in by it, and not this browser.
    InUse = 410, Tied, "This link has been used";
    /// All was disclosed.
    Finished = 410, Tied, "This link is finished";
    /// The person left.
    LeftUnfinished = 410, Cut, "This link was left unfinished";
    /// The session by it idled or lasted too long.
    TimedOut = 410, Slack, "This link closed unfinished";
    /// This browser's session idled.
    Idle = 410, Slack, "We paused, to keep you safe";
    /// This browser's session lasted too long.
    TooLong = 410, Slack, "Your time here is over";
    /// Too many wrong codes.
    Locked = 410, Locked, "This link is locked";
    /// The partner deleted the link.
    Withdrawn = 410, Cut, "This link was withdrawn";
    /// No such link.
    LinkUnknown = 404, Loose, "We don’t know this link";
    /// No such session: no cookie, or one that we do not know.
    SessionUnknown = 404, Loose, "Nothing is open in this browser";
    /// The token in the address is over or was never one of ours.
    TokenDead = 410, Frayed, "This way in has closed";
    /// Another browser exchanged the token already.
    TokenUsed = 410, Tied, "This way in was used already";
    /// The application wants a proved number.
    LinkRequired = 403, Locked, "You need a link for this";
    /// The policy changed between the page and the press.
    PolicyChanged = 409, Crossed, "Please read it again";
    /// "No" after "I agree".
    AgreedAlready = 409, Tied, "You have agreed already";
    /// As many banks are connected as may be.
    TooManyBanks = 409, Tied, "That’s as many banks as fit";
    /// The application has no policy.
    PolicyMissing = 503, Loose, "This isn’t ready yet";
    /// The form is not ours, or not of this browser.
    Forged = 403, Loose, "Please go back and reload";
    /// Too much is going on.
    Busy = 503, Busy, "Please wait a moment";
    /// A defect of ours.
    Broken = 500, Cut, "Something broke on our side";
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

impl EndedPage {
    /// A dead end of which nothing more is known.
    pub fn bare(end: End) -> Self {
        let (frame, partner) = (Frame::default(), "the company that sent you here".into());
        Self { frame, partner, end, when: None, is_own_browser: false, way_back: None, code_again: None }
    }
}

impl Page for EndedPage {
    const NAME: &'static str = "ended";

    fn samples() -> Vec<Self> {
        let known = |end: End| {
            let frame = Frame::sample(None);
            Self {
                partner: frame.partner.clone().unwrap_or_default(),
                frame,
                end,
                when: Some(Moment::full(UnixMillis(1_795_857_240_000))),
                is_own_browser: true,
                way_back: Some("https://partner.example/back?flow=1".into()),
                code_again: (end == End::InUse).then(|| CodeAgain {
                    action: "/6f1c2a34-0000-4000-8000-000000000000/code?state=s1".into(),
                    csrf: "sample".into(),
                }),
            }
        };
        let all = || End::ALL.iter().copied();
        all().map(known).chain(all().map(Self::bare)).collect()
    }
}
