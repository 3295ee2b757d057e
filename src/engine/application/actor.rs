//! The application's actor: moves messages between callers, the core and the committer.

use super::core::{ApplicationCore, Command, Done, Input, Output, Refusal};
use crate::engine::committer::CommitError;
use crate::engine::mark::Mark;
use crate::engine::shared::Shared;
use crate::engine::user::core::Trouble;
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// One question to an application.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Ask {
    /// What.
    pub command: Command,
    /// It is done once.
    pub mark: Option<Mark<Done>>,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Done, Refusal>>,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Answered(Result<u64, CommitError>);

/// One partner in use.
pub struct ApplicationActor {
    core: ApplicationCore,
    shared: Arc<Shared>,
    waiting: BTreeMap<u64, oneshot::Sender<Result<Done, Refusal>>>,
    next_token: u64,
}

impl ApplicationActor {
    /// An actor around a loaded application.
    pub const fn new(core: ApplicationCore, shared: Arc<Shared>) -> Self {
        Self { core, shared, waiting: BTreeMap::new(), next_token: 0 }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let Ok(mut entropy) = self.shared.entropy.draw() else {
            let waiting = std::mem::take(&mut self.waiting).into_values();
            waiting.for_each(|reply| drop(reply.send(Err(Trouble::Defect.into()))));
            return;
        };
        let mut out = Vec::new();
        self.core.handle(self.shared.clock.now(), entropy.bytes(), input, &mut out);
        for output in out {
            match output {
                Output::Commit(commit) => {
                    let this = ctx.address();
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "an answer must not be lost for want of room"
                    )]
                    let answer = Box::new(move |result| this.do_send(Answered(result)));
                    self.shared.committer.submit(*commit, answer);
                }
                // A fresh actor reads it from the store when it is asked next.
                Output::Reload => ctx.stop(),
                Output::Publish(application) => {
                    let id = application.id;
                    self.shared.house.publish(*application);
                    self.shared.tell_delivery(id);
                }
                Output::Reply(token, answer) => {
                    // Whoever asked may be gone.
                    drop(self.waiting.remove(&token).map(|reply| reply.send(answer)));
                }
            }
        }
    }
}

impl Actor for ApplicationActor {
    type Context = Context<Self>;
}

impl Handler<Ask> for ApplicationActor {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Self::Context) {
        let token = self.next_token;
        self.next_token += 1;
        self.waiting.insert(token, ask.reply);
        let input = match ask.mark {
            Some(mark) => Input::AskOnce(token, ask.command, mark),
            None => Input::Ask(token, ask.command),
        };
        self.drive(input, ctx);
    }
}

impl Handler<Answered> for ApplicationActor {
    type Result = ();

    fn handle(&mut self, answered: Answered, ctx: &mut Self::Context) {
        self.drive(Input::Committed(answered.0), ctx);
    }
}
