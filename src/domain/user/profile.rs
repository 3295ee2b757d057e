//! Making, changing and forgetting a user.

use super::{Context, Turn, User};
use crate::domain::command::{Failure, Reply, UserView};
use crate::domain::event::{EventData, EventKind};
use crate::domain::id::UserId;
use crate::domain::profile::{Profile, ProfileChanges};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::auth_link::State;
use crate::domain::workflow::consent::Input;

/// A fresh user of the context's application.
pub(super) fn create(id: UserId, ctx: &Context<'_>, changes: &ProfileChanges) -> Result<User, Failure> {
    let profile = Profile::default().with(changes.clone())?;
    Ok(User {
        id,
        application: ctx.application.id,
        clock: None,
        attestation: None,
        created: ctx.now,
        profile,
        link: None,
        dead_links: Vec::new(),
        session: None,
        token_session: None,
        consent: None,
        connections: Vec::new(),
        jobs: Vec::new(),
    })
}

impl Turn<'_> {
    pub(super) fn update_profile(&mut self, changes: ProfileChanges) -> Result<Reply, Failure> {
        let next = self.user.profile.with(changes)?;
        if next != self.user.profile {
            self.user.profile = next;
            self.user_event(EventKind::UserUpdated);
        }
        Ok(Reply::User(Box::new(self.user.view(self.ctx.now))))
    }

    /// Everything of the user goes; what stays is the fact, with ids and times only.
    pub(super) fn delete_user(&mut self) -> Reply {
        self.withdraw_text();
        // The consent ends with its person; that it was given outlives the erasure, with ids and times.
        let _ = self.step_consent(Input::Revoke);
        self.event(EventKind::UserDeleted, None, None, EventData::Nothing);
        self.deleted = true;
        Reply::Done
    }
}

impl User {
    /// The user as the partner sees it.
    pub fn view(&self, now: UnixMillis) -> UserView {
        UserView {
            id: self.id,
            profile: self.profile.clone(),
            clock: self.clock,
            has_link: self.shows_link(now),
            connections: self.connection_views(),
        }
    }

    /// Whether the partner is shown a link: open to entry, or with somebody in it.
    fn shows_link(&self, now: UnixMillis) -> bool {
        self.link.as_ref().is_some_and(|link| link.is_open_to_entry(now) || link.state == State::InSession)
    }
}
