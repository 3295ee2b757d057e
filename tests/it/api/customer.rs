//! A person whose banks are connected over the wire, and who is watched over it.

use super::consents::consent_on;
use crate::rig::{Partner, Rig, answer, user_id};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a test waits for something that must come; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

pub const MOBILE: &str = "+61400111222";

/// The id of nothing.
pub const STRANGER: &str = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";

pub struct Customer<'a> {
    pub rig: &'a Rig,
    pub partner: Partner,
    pub user: String,
}

impl<'a> Customer<'a> {
    /// A person who consented to what an application asks for.
    pub async fn of(rig: &'a Rig, partner: Partner) -> Self {
        Self::with_policy(rig, partner, 1).await
    }

    /// The same on a policy version of the test's own.
    pub async fn with_policy(rig: &'a Rig, partner: Partner, version: u32) -> Self {
        let user = rig.user(&partner, MOBILE).await;
        consent_on(rig, &partner, &user, 1, version).await;
        Self { rig, partner, user }
    }

    /// A person who consented to the usual.
    pub async fn enter(rig: &'a Rig) -> Self {
        Self::of(rig, rig.partner("Quill Lending").await).await
    }

    /// `/users/{id}` with what is behind it.
    pub fn path(&self, rest: &str) -> String {
        format!("/users/{}{rest}", self.user)
    }

    /// A request of the partner's server.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.rig.call(&self.partner.token, method, path)
    }

    /// What the partner's server reads.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = answer(self.call(Method::GET, path)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What the partner's server reads of this person.
    pub async fn read(&self, rest: &str) -> Value {
        self.get(&self.path(rest)).await
    }

    /// The same with a filter.
    pub async fn filtered(&self, rest: &str, filter: &str) -> Vec<Value> {
        let request = self.call(Method::GET, &self.path(rest)).query(&[("filter", filter)]);
        let (status, body) = answer(request).await;
        assert_eq!(status, 200, "{filter}: {body}");
        body["data"].as_array().unwrap().clone()
    }

    /// A token of this person.
    pub async fn token(&self) -> String {
        self.rig.client_token(&self.partner.key, &self.user).await
    }

    /// Asks to sign in.
    pub fn sign_in(&self, institution: &str, login_id: &str, password: &str) -> RequestBuilder {
        let body = json!({"institution": {"id": institution}, "loginId": login_id, "password": password});
        self.call(Method::POST, &self.path("/connections")).json(&body)
    }

    /// Signs in: the job.
    pub async fn begin(&self, institution: &str, login_id: &str, password: &str) -> String {
        let (status, body) = answer(self.sign_in(institution, login_id, password)).await;
        assert_eq!(status, 202, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// The job, once it is as wanted.
    pub async fn until(&self, job: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut watching = self.rig.engine.watch(user_id(&self.user)).unwrap();
        let path = format!("/jobs/{job}");
        let seen = async {
            loop {
                let read = self.get(&path).await;
                if wanted(&read) {
                    return read;
                }
                watching.changed().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("it does not come to that")
    }

    /// The job, once it is over.
    pub async fn ended(&self, job: &str) -> Value {
        self.until(job, |job| job["status"] != "in-progress").await
    }

    /// The job, once the institution asks.
    pub async fn asked(&self, job: &str) -> Value {
        self.until(job, |job| job["steps"][1]["status"] == "in-progress").await
    }

    /// Signs in and reads all: the connection.
    pub async fn connect(&self, institution: &str, login_id: &str, password: &str) -> String {
        let job = self.begin(institution, login_id, password).await;
        let job = self.ended(&job).await;
        assert_eq!(job["status"], "success", "{job}");
        job["links"]["source"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned()
    }
}

/// The members of an object, in their order.
pub fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
