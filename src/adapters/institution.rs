//! The way to institutions. Must not know: users, jobs, what is done with an answer.

use crate::domain::bank::{Answer, BankFault, Request};
use crate::domain::institution::{self, InstitutionId};
use async_trait::async_trait;

/// Whoever can be asked on behalf of people: one question, one answer. Time limits, retries and how
/// many at a time are the caller's.
#[async_trait]
pub trait Institution: Send + Sync {
    /// Which institutions are reached this way, in order of id.
    fn directory(&self) -> &'static [institution::Institution];

    /// Asks one thing of the institution `id`.
    ///
    /// # Errors
    /// What the institution says no with, or that it does not work.
    async fn ask(&self, id: InstitutionId, request: &Request) -> Result<Answer, BankFault>;
}

/// No way to any institution.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

#[async_trait]
impl Institution for Nowhere {
    fn directory(&self) -> &'static [institution::Institution] {
        &[]
    }

    async fn ask(&self, _: InstitutionId, _: &Request) -> Result<Answer, BankFault> {
        Err(BankFault::Unavailable)
    }
}
