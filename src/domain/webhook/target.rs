//! Where a webhook may lead: to the public internet by https, and nowhere near this server, unless the
//! operator allows it. Said of a URL when it is given, and of an address each time a connection is made to
//! it: a name can lead elsewhere every time. Must not know: how names become addresses.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest URL, in bytes.
pub const URL_BYTES_MAX: usize = 1024;

/// How far messages may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To public addresses, by https.
    #[default]
    Public,
    /// Anywhere, also by http: a private network that the operator trusts, or a machine of its own.
    Anywhere,
}

impl Reach {
    /// Whether a message may go to this address.
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

/// Why nothing may go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// Not a URL, or one with a part that has no use here.
    #[error(
        "it must be an absolute URL of plain ASCII with at most {URL_BYTES_MAX} bytes, without user and # part"
    )]
    Malformed,
    /// Not by https.
    #[error("it must begin with https://")]
    NotHttps,
    /// By neither, where both are allowed.
    #[error("it must begin with https:// or http://")]
    NotHttp,
    /// A private, loopback or otherwise reserved address.
    #[error("it leads to a private or reserved address")]
    Private,
}

/// Whether a webhook may lead there. What a name leads to is judged when it is connected to.
///
/// # Errors
/// Why not.
pub fn check(url: &str, reach: Reach) -> Result<(), TargetFault> {
    let is_plain =
        url.len() <= URL_BYTES_MAX && !url.contains('#') && url.bytes().all(|b| b.is_ascii_graphic());
    let uri: http::Uri = url.parse().map_err(|_| TargetFault::Malformed)?;
    let authority = uri.authority().ok_or(TargetFault::Malformed)?;
    let host = authority.host();
    if !is_plain || host.is_empty() || authority.as_str().contains('@') {
        return Err(TargetFault::Malformed);
    }
    match uri.scheme_str() {
        Some("https") => (),
        Some("http") if reach == Reach::Anywhere => (),
        _ if reach == Reach::Anywhere => return Err(TargetFault::NotHttp),
        _ => return Err(TargetFault::NotHttps),
    }
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_allowed = match literal {
        Ok(address) => reach.allows(address),
        Err(_) => reach == Reach::Anywhere || is_public_name(host),
    };
    if is_allowed { Ok(()) } else { Err(TargetFault::Private) }
}

/// Names that never lead to the public, and numbers that only old software takes for an address.
fn is_public_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    !is_number && host.contains('.') && !matches!(last, "localhost" | "local" | "internal")
}

/// Whether an address belongs to the public internet (IANA's registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a, b & 0xC0) == (100, 64)
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a, b & 0xFE) == (198, 18);
    !is_special
}

/// Global unicast, without what stands for something else: an IPv4 address inside is judged as one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let part = address.segments();
    match part {
        // Mapped, translated by the well-known prefix, 6to4 (RFC 4291 section 2.5.5.2, RFC 6052, RFC 3056).
        [0, 0, 0, 0, 0, 0xFFFF, high, low]
        | [0x64, 0xFF9B, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        // Teredo and other protocol assignments, benchmarking, ORCHID; documentation.
        [0x2001, second, ..] if second < 0x0200 || second == 0x0DB8 => false,
        [0x3FFF, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_all_others() {
        for public in ["1.1.1.1", "203.0.114.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "198.20.0.1"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for public in ["2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn a_url_leads_to_the_public_by_https() {
        for good in
            ["https://hooks.example.test/a?b=c", "https://hooks.example.test:8443", "https://1.1.1.1/x"]
        {
            assert_eq!(check(good, Reach::Public), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", TargetFault::Malformed),
            ("/hooks", TargetFault::Malformed),
            ("https://", TargetFault::Malformed),
            ("https://user:word@hooks.example.test/", TargetFault::Malformed),
            ("https://hooks.example.test/#x", TargetFault::Malformed),
            ("https://hooks.example.test/ä", TargetFault::Malformed),
            ("http://hooks.example.test/", TargetFault::NotHttps),
            ("ftp://hooks.example.test/", TargetFault::NotHttps),
            ("https://127.0.0.1/", TargetFault::Private),
            ("https://[::1]/", TargetFault::Private),
            ("https://[::ffff:10.0.0.1]:443/", TargetFault::Private),
            ("https://169.254.169.254/latest", TargetFault::Private),
            ("https://localhost/", TargetFault::Private),
            ("https://LOCALHOST./", TargetFault::Private),
            ("https://printer.local/", TargetFault::Private),
            ("https://metadata.google.internal/", TargetFault::Private),
            ("https://intranet/", TargetFault::Private),
            ("https://2130706433/", TargetFault::Private),
            ("https://0x7f000001/", TargetFault::Private),
            ("https://127.1/", TargetFault::Private),
        ] {
            assert_eq!(check(bad, Reach::Public), Err(why), "{bad}");
        }
        let long = format!("https://hooks.example.test/{}", "x".repeat(URL_BYTES_MAX));
        assert_eq!(check(&long, Reach::Public), Err(TargetFault::Malformed));
    }

    #[test]
    fn an_operator_may_allow_more() {
        for good in
            ["http://127.0.0.1:3000/hooks", "http://localhost:3000", "https://[fd00::1]/", "http://intranet/"]
        {
            assert_eq!(check(good, Reach::Anywhere), Ok(()), "{good}");
        }
        assert_eq!(check("ftp://intranet/", Reach::Anywhere), Err(TargetFault::NotHttp));
    }
}
