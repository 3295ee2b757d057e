//! How an application is asked: its actor is started when somebody asks for the first time. Must not know: what
//! is asked.

use super::actor::{ApplicationActor, Ask};
use super::core::{ApplicationCore, Command, Done, Refusal};
use super::webhooks::WebhookRules;
use crate::domain::id::ApplicationId;
use crate::engine::mark::Mark;
use crate::engine::shared::start_in;
use crate::engine::user::core::Trouble;
use crate::engine::{Engine, read, readable};
use actix::Addr;
use std::sync::PoisonError;
use tokio::sync::oneshot;

impl Engine {
    /// Asks an application something; a name that is not there yet can be asked to be made.
    ///
    /// # Errors
    /// Why nothing was done.
    pub async fn ask_application(&self, id: ApplicationId, command: Command) -> Result<Done, Refusal> {
        self.send_to_application(id, command, None).await
    }

    pub(in crate::engine) async fn send_to_application(
        &self,
        id: ApplicationId,
        command: Command,
        mark: Option<Mark<Done>>,
    ) -> Result<Done, Refusal> {
        let addr = self.application(id)?;
        let (reply, answer) = oneshot::channel();
        addr.try_send(Ask { command, mark, reply }).map_err(|_| Trouble::Busy)?;
        answer.await.unwrap_or(Err(Trouble::Defect.into()))
    }

    fn application(&self, id: ApplicationId) -> Result<Addr<ApplicationActor>, Trouble> {
        let mut started = self.applications.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addr) = started.get(&id).filter(|addr| addr.connected()) {
            return Ok(addr.clone());
        }
        let stored = readable(read::application(self.shared.store.as_ref(), &self.shared.house.keyring, id))?;
        let (version, current) = stored.map_or((0, None), |(version, one)| (version, Some(one)));
        let keyring = self.shared.house.keyring.clone();
        let rules = WebhookRules::new(self.shared.webhook_reach, &self.shared.house.workflows);
        let core = ApplicationCore::new(id, keyring, rules, current, version);
        let shared = self.shared.clone();
        let capacity = self.shared.mailbox_capacity;
        let addr = start_in(&self.arbiter, capacity, move || ApplicationActor::new(core, shared));
        started.insert(id, addr.clone());
        Ok(addr)
    }
}
