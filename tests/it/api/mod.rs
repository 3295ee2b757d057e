//! The partner's wire and the link protocol, over real sockets and a real store.

mod accounts;
mod auth_link;
mod bodies;
mod client_auth;
mod connections;
mod connectors;
mod consent_ends;
mod consents;
mod customer;
mod deliveries;
mod edge;
mod events;
mod happenings;
mod idempotency;
mod identities;
mod jobs;
mod messages;
mod permissions;
mod rates;
mod receivers;
mod refreshes;
mod test_clocks;
mod token;
mod transactions;
mod users;
mod webhooks;
