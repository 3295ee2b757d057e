//! The way to institutions. Must not know: users, jobs, what is done with an answer.

use crate::domain::bank::{Answer, BankFault, Request};
use crate::domain::institution::InstitutionId;
use async_trait::async_trait;

/// Whoever can be asked on behalf of people: one question, one answer. Time limits, retries and how
/// many at a time are the caller's.
#[async_trait]
pub trait Institution: Send + Sync {
    /// Asks one thing of the institution `id`.
    ///
    /// # Errors
    /// What the institution says no with, or that it does not work.
    async fn ask(&self, id: InstitutionId, request: &Request) -> Result<Answer, BankFault>;
}
