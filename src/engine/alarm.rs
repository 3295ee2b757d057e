//! The one alarm of an actor: set for an instant, it wakes the actor with a word. Setting it anew takes the
//! one before back. One only: timers in an actor cost time at each of its messages. Must not know: what
//! anybody wakes for.

use crate::domain::time::UnixMillis;
use actix::{Actor, AsyncContext, Context, Handler, Message, SpawnHandle};
use std::time::Duration;

/// An alarm.
#[derive(Debug, Default)]
pub struct Alarm(Option<(UnixMillis, SpawnHandle)>);

impl Alarm {
    /// Wakes the actor at that instant, and at no other.
    pub fn set<A, M>(&mut self, now: UnixMillis, at: UnixMillis, word: M, ctx: &mut Context<A>)
    where
        A: Actor<Context = Context<A>> + Handler<M>,
        M: Message + 'static,
    {
        if self.0.is_some_and(|(set, _)| set == at) {
            return;
        }
        if let Some((_, handle)) = self.0.take() {
            ctx.cancel_future(handle);
        }
        let handle = ctx.notify_later(word, Duration::from_millis(at.since(now).0));
        self.0 = Some((at, handle));
    }

    /// It rang.
    pub const fn rang(&mut self) {
        self.0 = None;
    }
}
