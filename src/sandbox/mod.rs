//! The sandbox bank: a server of its own that is reached over the network as any bank would be, with
//! made-up institutions and persons (contract section 9; docs/SANDBOX.md has its table). Time comes in
//! as a value. Must not know: anything else of ours.

mod answer;
mod bank;
mod body;
mod challenge;
mod control;
pub mod data;
mod fault;
mod handlers;
mod listen;
mod routes;
mod secret;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Tells the time in milliseconds since 1970-01-01 UTC.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The longest latency that can be set, for all requests or by a fault.
pub const LATENCY_MAX: Duration = Duration::from_mins(2);

/// How a bank is started.
#[derive(Clone)]
pub struct Options {
    /// All data, account numbers and session keys follow from it.
    pub seed: u64,
    /// How long every request takes at least; at most [`LATENCY_MAX`].
    pub latency: Duration,
    /// Whether `/control` is there, through which anybody who reaches the bank may break it.
    pub is_controlled: bool,
    /// Where the time comes from.
    pub now: Now,
}

/// Serves `listener` until `stop`, then lets open requests end for a while.
pub async fn serve(listener: TcpListener, options: Options, stop: CancellationToken) {
    let bank = Arc::new(bank::Bank::new(options));
    listen::serve(listener, routes::routes(bank), stop).await;
}
