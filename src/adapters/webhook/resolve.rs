//! From a name to the addresses that may be connected to. The connection is made to what stands here and to
//! nothing else, so a name that leads elsewhere a moment later changes nothing. Must not know: which addresses
//! may be.

use hyper_util::client::legacy::connect::dns::Name;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use thiserror::Error;
use tower::Service;

/// Whether an address may be connected to.
pub(super) type Allows = dyn Fn(IpAddr) -> bool + Send + Sync;

/// Why there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum NoAddress {
    /// The name leads nowhere.
    #[error("the name leads nowhere")]
    Unknown,
    /// It leads where nothing may be sent.
    #[error("the name leads to addresses that may not be connected to")]
    Forbidden,
}

/// The system's resolver, with its answers held to what is allowed.
#[derive(Clone)]
pub(super) struct Guarded(Arc<Allows>);

impl Guarded {
    pub(super) fn new(allows: Arc<Allows>) -> Self {
        Self(allows)
    }
}

/// The address that a host is, written out.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// What is left of a name's addresses.
pub(super) fn held(
    found: Option<Vec<SocketAddr>>,
    allows: &Allows,
) -> Result<std::vec::IntoIter<SocketAddr>, NoAddress> {
    let found = found.filter(|found| !found.is_empty()).ok_or(NoAddress::Unknown)?;
    let held: Vec<_> = found.into_iter().filter(|address| allows(address.ip())).collect();
    if held.is_empty() { Err(NoAddress::Forbidden) } else { Ok(held.into_iter()) }
}

impl Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = NoAddress;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoAddress>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAddress>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allows = self.0.clone();
        Box::pin(async move {
            // The port is filled in by whoever connects.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            held(found.ok().map(Iterator::collect), allows.as_ref())
        })
    }
}
