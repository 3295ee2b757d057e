//! Routing rows: from a public id's hash, a cookie's hash or a job to the user. Hints only: the user's actor
//! has the last word. And deadline rows, whose key says everything but whose deadline it is.

use crate::domain::id::UserId;
use crate::store::codec::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a public id leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRouteV1(pub [u8; 16]);

impl Record for LinkRouteV1 {
    const KIND: u8 = b'L';
    const SCHEMA: u8 = 1;
}

/// Where a browser's cookie leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserRouteV1(pub [u8; 16]);

impl Record for BrowserRouteV1 {
    const KIND: u8 = b'S';
    const SCHEMA: u8 = 1;
}

/// Whose job it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRouteV1(pub [u8; 16]);

impl Record for JobRouteV1 {
    const KIND: u8 = b'J';
    const SCHEMA: u8 = 1;
}

/// A deadline: its key holds the time, the user and the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineV1;

impl Record for DeadlineV1 {
    const KIND: u8 = b'T';
    const SCHEMA: u8 = 1;
}

impl LinkRouteV1 {
    /// The user behind it.
    pub fn user(&self) -> UserId {
        UserId(Uuid::from_bytes(self.0))
    }
}

impl JobRouteV1 {
    /// The user behind it.
    pub fn user(&self) -> UserId {
        UserId(Uuid::from_bytes(self.0))
    }
}

impl BrowserRouteV1 {
    /// The user behind it.
    pub fn user(&self) -> UserId {
        UserId(Uuid::from_bytes(self.0))
    }
}
