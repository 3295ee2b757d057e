//! How often one address may ask for a token (contract section 10): windows of fixed length, in
//! memory, at most so many addresses. Must not know: what is asked for.

use crate::domain::time::{Span, UnixMillis};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Requests of one address in one window.
pub const REQUESTS_MAX: u32 = 1500;

/// How long a window is.
pub const WINDOW: Span = Span::minutes(5);

/// Addresses that are counted at a time; while there are more, new ones are not counted.
pub const ADDRESSES_MAX: usize = 65_536;

#[derive(Debug, Clone, Copy)]
struct Window {
    began: UnixMillis,
    requests: u32,
}

/// Counts requests by address.
#[derive(Debug, Default)]
pub struct Throttle {
    windows: Mutex<HashMap<IpAddr, Window>>,
}

impl Throttle {
    /// Counts one request.
    ///
    /// # Errors
    /// How long the address has to wait.
    pub fn count(&self, address: IpAddr, now: UnixMillis) -> Result<(), Span> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let address = block(address);
        if !windows.contains_key(&address) && windows.len() >= ADDRESSES_MAX {
            windows.retain(|_, window| !is_over(window, now));
            if windows.len() >= ADDRESSES_MAX {
                return Ok(());
            }
        }
        let window = windows.entry(address).or_insert(Window { began: now, requests: 0 });
        if is_over(window, now) {
            *window = Window { began: now, requests: 0 };
        }
        if window.requests >= REQUESTS_MAX {
            return Err(Span(WINDOW.0.saturating_sub(now.since(window.began).0)));
        }
        window.requests += 1;
        Ok(())
    }
}

fn is_over(window: &Window, now: UnixMillis) -> bool {
    now.since(window.began) >= WINDOW || now < window.began
}

/// Whoever has one IPv6 address usually has its whole /64: they count as one.
fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_window_lets_so_many_through_and_then_none_until_it_ends() {
        let throttle = Throttle::default();
        let (one, other) = (ip("192.0.2.1"), ip("192.0.2.2"));
        for _ in 0..REQUESTS_MAX {
            assert_eq!(throttle.count(one, UnixMillis(1000)), Ok(()));
        }
        let last = UnixMillis(1000).plus(Span(WINDOW.0 - 1));
        assert_eq!(throttle.count(one, UnixMillis(1000)), Err(WINDOW));
        assert_eq!(throttle.count(one, last), Err(Span(1)));
        assert_eq!(throttle.count(other, last), Ok(()), "another address has its own");
        assert_eq!(throttle.count(one, UnixMillis(1000).plus(WINDOW)), Ok(()));
    }

    #[test]
    fn a_block_of_ipv6_addresses_counts_as_one() {
        assert_eq!(block(ip("2001:db8::1")), block(ip("2001:db8::ffff")));
        assert_ne!(block(ip("2001:db8::1")), block(ip("2001:db8:0:1::1")));
        assert_eq!(block(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let count = |number: usize, now| {
            throttle.count(IpAddr::V4(u32::try_from(number).unwrap().into()), UnixMillis(now))
        };
        for number in 0..ADDRESSES_MAX + 10 {
            assert_eq!(count(number, 0), Ok(()));
        }
        let held = |throttle: &Throttle| throttle.windows.lock().unwrap().len();
        assert_eq!(held(&throttle), ADDRESSES_MAX);
        let later = i64::try_from(WINDOW.0).unwrap();
        assert_eq!(count(ADDRESSES_MAX + 20, later), Ok(()));
        assert_eq!(held(&throttle), 1, "what is over makes room");
    }
}
