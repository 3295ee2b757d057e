//! A person's session: from the proved number (or a partner's token) to the disclosure, Leave or a
//! limit. The arrows stand in workflows/consent_session.toml. Must not know: HTTP, records.

use crate::domain::errand::Errand;
use crate::domain::id::{AuthLinkId, SessionId};
use crate::domain::institution::InstitutionId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Table;
use crate::domain::workflow::consent_session::{ConsentSession as Machine, Limit, State};
use serde::{Deserialize, Serialize};

/// The longest `state` that is carried for the partner, in bytes.
pub const RETURN_STATE_BYTES_MAX: usize = 512;

/// How many institutions of an ended consent are remembered, for whoever agrees again.
pub const FORMER_MAX: usize = 5;

/// The keyed hash of a browser's cookie.
pub type CookieHash = [u8; 32];

/// Where the right to be here came from (decisions section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A code sent to the link's number was entered.
    Link(AuthLinkId),
    /// A partner's client token was presented.
    ClientToken,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentSession {
    /// Its name.
    pub id: SessionId,
    /// Where the right to be here came from.
    pub origin: Origin,
    /// Where it stands.
    pub state: State,
    /// When it began.
    pub started: UnixMillis,
    /// The last committed touch.
    pub touched: UnixMillis,
    /// Deadline `idle`.
    pub idle_at: UnixMillis,
    /// Deadline `total`.
    pub total_at: UnixMillis,
    /// The browser that holds it, once one does.
    pub cookie: Option<CookieHash>,
    /// The partner's opaque text for the way back.
    pub return_state: Option<String>,
    /// It began on a consent that was already there.
    pub carried: bool,
    /// What the partner sent the person for.
    pub errand: Errand,
    /// Where they had connected under a consent that ended when they agreed in here.
    pub former: Vec<InstitutionId>,
    /// When it ended.
    pub ended: Option<UnixMillis>,
}

/// The partner's `state` as it is carried: text that is too long is refused rather than cut.
pub fn carried(return_state: Option<String>) -> Option<String> {
    return_state.filter(|text| text.len() <= RETURN_STATE_BYTES_MAX)
}

impl ConsentSession {
    /// A session that begins now.
    pub fn open(
        id: SessionId,
        origin: Origin,
        cookie: Option<CookieHash>,
        table: &Table<Machine>,
        now: UnixMillis,
    ) -> Self {
        Self {
            id,
            origin,
            state: table.initial(),
            started: now,
            touched: now,
            idle_at: now.plus(table.span(Limit::Idle)),
            total_at: now.plus(table.span(Limit::Total)),
            cookie,
            return_state: None,
            carried: false,
            errand: Errand::default(),
            former: Vec::new(),
            ended: None,
        }
    }

    /// Whether the person may act (invariant AL-3).
    pub fn is_live(&self, now: UnixMillis) -> bool {
        self.ended.is_none() && now < self.idle_at && now < self.total_at
    }

    /// Whether a touch is worth a commit: at most one in `touch`, and often enough for a short idle.
    pub fn wants_touch(&self, table: &Table<Machine>, now: UnixMillis) -> bool {
        let rarely = table.span(Limit::Touch).0.min(table.span(Limit::Idle).0 / 4);
        self.ended.is_none() && now.since(self.touched).0 >= rarely && now > self.touched
    }

    /// Notes that the person did something.
    pub fn touch(&mut self, table: &Table<Machine>, now: UnixMillis) {
        self.touched = now;
        self.idle_at = now.plus(table.span(Limit::Idle));
    }

    /// Keeps the partner's `state`.
    pub fn carry(&mut self, return_state: Option<String>) {
        if self.return_state.is_none() {
            self.return_state = carried(return_state);
        }
    }
}
