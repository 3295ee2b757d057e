//! The thin HTTP facade: parses, asks the engine once, renders. Must not know: any rule of the product.
//!
//! [`api`] is the partner's wire and the link protocol, [`pages`] what applicants see, [`admin`] what
//! operators see. [`listen`] is the one accept loop under all of them.

pub mod admin;
pub mod api;
pub mod body;
pub mod listen;
pub mod pages;
pub mod token;

use crate::engine::Engine;
use std::sync::Arc;

/// What every route answers.
pub type Response = warp::reply::Response;

/// What the surfaces are told by the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The public base URL without a slash at its end: every absolute link begins with it.
    pub public_base_url: String,
    /// Serves the demo's own page to come back to (`/demo/returned`).
    pub is_demo: bool,
}

impl Settings {
    /// Whether the public base URL is https: then cookies are `__Host-` and Secure.
    pub fn is_https(&self) -> bool {
        self.public_base_url.starts_with("https://")
    }
}

/// What every route may use. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// Answers questions.
    pub engine: Engine,
    /// What the configuration says.
    pub settings: Arc<Settings>,
}
