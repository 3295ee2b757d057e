//! What the operator does to an application's look, as plain functions over the engine: the admin routes call
//! them, and so does the command line when no server runs. Must not know: HTTP requests, terminals.

use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::look::Look;
use crate::domain::look::wanted::{LookFaults, WantedLook};
use crate::engine::Engine;
use crate::engine::application::core::{Command, Refusal};
use crate::http::error::ApiError;
use serde::{Deserialize, Serialize};

/// An application's look as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookView {
    /// Whose.
    pub application: String,
    /// Its own name, which people read where the brand has none.
    pub name: String,
    /// The look, with what was found for it.
    pub look: WantedLook,
}

impl From<&Application> for LookView {
    fn from(application: &Application) -> Self {
        Self {
            application: application.id.to_string(),
            name: application.name.clone(),
            look: WantedLook::from(&application.look),
        }
    }
}

impl From<LookFaults> for ApiError {
    fn from(faults: LookFaults) -> Self {
        Self::not_valid(format!("The look is refused, and nothing was changed: {faults}."), "look")
    }
}

/// How an application's pages look.
///
/// # Errors
/// When there is no such application.
pub fn get(engine: &Engine, id: ApplicationId) -> Result<LookView, ApiError> {
    let application = engine.house().application(id).ok_or(Refusal::Unknown)?;
    Ok(application.as_ref().into())
}

/// This is how they look from now on, as a whole.
///
/// # Errors
/// Everything that is wrong with it; or why nothing was done.
pub async fn set(engine: &Engine, id: ApplicationId, wanted: WantedLook) -> Result<LookView, ApiError> {
    // Asking starts an actor for whatever name it is given: only those that are there are asked.
    engine.house().application(id).ok_or(Refusal::Unknown)?;
    let look = Look::try_from(wanted)?;
    let done = engine.ask_application(id, Command::SetLook(Box::new(look))).await?;
    Ok(done.application.as_ref().into())
}
