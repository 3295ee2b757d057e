//! A link by text, asked for on the page of one that is over, where the partner lets people ask. Whether
//! anything was sent is told to nobody who asks: who holds an old link learns nothing from it. Must not know:
//! what the text says, how often somebody may ask (the HTTP room counts).

use super::Turn;
use super::sessions::Which;
use crate::domain::auth_link::{AuthLink, LinkHash, LinkWords};
use crate::domain::command::{Effect, Failure, Held, Reply};
use crate::domain::event::LinkReason;
use crate::domain::id::ApplicationId;
use crate::domain::mobile::Mobile;
use crate::domain::workflow::auth_link::State;

impl Turn<'_> {
    /// Texts the link that lets somebody in: the latest, where it still does, and otherwise a new one.
    pub(super) fn reissue(
        &mut self,
        held: Held,
        partner: ApplicationId,
        words: LinkWords,
    ) -> Result<Reply, Failure> {
        // A text never goes out under the name of another partner.
        if partner != self.user.application || !self.ctx.application.look.flow.reissues_links {
            return Err(Failure::NotNow);
        }
        let state = self.user.link.as_ref().ok_or(Failure::LinkUnknown)?.state;
        if !self.is_over(held)? {
            return Err(Failure::NotNow);
        }
        let mobile = self.number_on_file()?;
        match state {
            // It is the newest, and whoever asks holds an older one: a new one would only close it.
            State::Issued | State::Challenged => {}
            State::Completed | State::Abandoned | State::Locked | State::Expired => {
                self.make_link(mobile, Some(LinkReason::Reissued));
            }
            // Somebody is in, and would be put out; or the partner took the link back, and means it.
            State::InSession | State::Deleted | State::Replaced => return Err(Failure::NotNow),
        }
        self.send_link(words);
        Ok(Reply::Done)
    }

    /// Whether what somebody holds is of a link that lets nobody in any more.
    fn is_over(&self, held: Held) -> Result<bool, Failure> {
        match held {
            Held::Link(hash) => self.is_link_over(hash),
            Held::Browser(cookie) => match self.whose(cookie)? {
                Which::Link => Ok(self.user.session.as_ref().is_some_and(|session| session.ended.is_some())),
                // Whoever came by a token of the partner's goes back to the partner for another one.
                Which::Token => Ok(false),
            },
        }
    }

    fn is_link_over(&self, hash: LinkHash) -> Result<bool, Failure> {
        if self.user.dead_links.iter().any(|dead| dead.hash == hash) {
            return Ok(true);
        }
        let latest = self.user.link.as_ref().filter(|link| link.hash == hash);
        latest.map(AuthLink::is_ended).ok_or(Failure::LinkUnknown)
    }

    /// The number of the latest link, while the partner knows no other one for this person. Where two are
    /// known, one of them may be somebody else's by now: the partner says which one counts, by a link of
    /// its own.
    fn number_on_file(&self) -> Result<Mobile, Failure> {
        let link = self.user.link.as_ref().ok_or(Failure::LinkUnknown)?;
        match &self.user.profile.mobile {
            Some(own) if *own != link.mobile => Err(Failure::MobileMissing),
            _ => Ok(link.mobile.clone()),
        }
    }

    fn send_link(&mut self, words: LinkWords) {
        let id = self.effect_id();
        let Some(link) = self.user.link.as_ref() else { return };
        self.effects.push(Effect::SendLink {
            id,
            link: link.id,
            to: link.mobile.clone(),
            words,
            public_id: link.public_id,
            not_after: link.expires,
        });
    }
}
