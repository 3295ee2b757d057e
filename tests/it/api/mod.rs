//! The partner's wire and the link protocol, over real sockets and a real store.

mod auth_link;
mod bodies;
mod client_auth;
mod connectors;
mod consents;
mod edge;
mod events;
mod token;
mod users;
