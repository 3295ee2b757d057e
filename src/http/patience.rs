//! What a connection costs us is bounded in time and by whom it is from: nobody has to be sent to for longer
//! than they take, and one address has its share of the places alone. Must not know: HTTP, routes.

use super::rate::block;
use crate::metrics::Metrics;
use ipnet::IpNet;
use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// The other end of a connection, which fails when what is written to it is not taken in time.
pub struct Patient<S> {
    stream: S,
    limit: Duration,
    /// Runs while a write waits.
    waits: Option<Pin<Box<Sleep>>>,
    metrics: Arc<Metrics>,
}

impl<S> Patient<S> {
    /// Waits with each write for `limit` at most.
    pub const fn new(stream: S, limit: Duration, metrics: Arc<Metrics>) -> Self {
        Self { stream, limit, waits: None, metrics }
    }

    fn judge<T>(&mut self, written: Poll<io::Result<T>>, waker: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waits = None;
            return written;
        }
        let limit = self.limit;
        let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(waits.as_mut().poll(waker));
        self.metrics.refuse("write_time");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        waker: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(waker, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, waker: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(waker, bytes);
        this.judge(written, waker)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        waker: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(waker, parts);
        this.judge(written, waker)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(waker)
    }

    fn poll_shutdown(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(waker)
    }
}

/// How many connections each address has. Proxies of ours stand for many, and have no share.
#[derive(Clone)]
pub struct Shares {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
    proxies: Arc<[IpNet]>,
}

/// One of an address's places; given back when dropped.
pub struct Share {
    of: Shares,
    address: Option<IpAddr>,
}

impl Shares {
    /// Nobody has any; each address may have `most`.
    pub fn new(most: usize, proxies: &[IpNet]) -> Self {
        Self { held: Arc::default(), most: most.max(1), proxies: proxies.into() }
    }

    /// A place for one more connection of this address; none when it has its share already.
    pub fn take(&self, address: IpAddr) -> Option<Share> {
        let canonical = address.to_canonical();
        if self.proxies.iter().any(|net| net.contains(&canonical)) {
            return Some(Share { of: self.clone(), address: None });
        }
        let address = block(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { of: self.clone(), address: Some(address) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut held = self.of.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_share_and_gives_it_back() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let shares = Shares::new(2, &["10.0.0.0/8".parse().unwrap()]);
        let (one, two) =
            (shares.take(ip("192.0.2.1")).unwrap(), shares.take(ip("::ffff:192.0.2.1")).unwrap());
        assert!(shares.take(ip("192.0.2.1")).is_none(), "it has its share");
        let other = shares.take(ip("192.0.2.2")).unwrap();
        drop(one);
        let again = shares.take(ip("192.0.2.1")).unwrap();
        let six: Vec<_> = ["2001:db8::1", "2001:db8::2"].map(|text| shares.take(ip(text)).unwrap()).into();
        assert!(shares.take(ip("2001:db8::3")).is_none(), "a block of addresses is one");
        let proxied: Vec<_> = (0..9).map(|_| shares.take(ip("::ffff:10.1.2.3")).unwrap()).collect();
        drop((proxied, six, again, other, two));
        assert!(shares.held.lock().unwrap().is_empty(), "nothing is kept of who is gone");
    }
}
