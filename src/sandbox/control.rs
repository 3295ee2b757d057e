//! `/control`: whoever starts the bank for a test breaks it here. There only when it was asked for.
//! Must not know: what faults do.

use super::answer::{Answer, Response};
use super::bank::Bank;
use super::body::Body;
use super::fault::Fault;
use serde_json::json;
use std::sync::Arc;

/// `GET /control/faults`
pub async fn list(bank: Arc<Bank>) -> Response {
    told(&bank).into_response()
}

/// `PUT /control/faults`
pub async fn set(bank: Arc<Bank>, body: Body) -> Response {
    let set = async {
        let fault: Fault = body.json().await?;
        bank.faults().set(fault)
    };
    match set.await {
        Ok(()) => told(&bank).into_response(),
        Err(refusal) => Answer::from(refusal).into_response(),
    }
}

fn told(bank: &Bank) -> Answer {
    Answer::ok(&json!({ "faults": bank.faults().list() }))
}
