//! How a browser is known again and how its forms are trusted: two cookies, a hidden field bound to
//! them, and where the browser says a form came from. Must not know: pages, the engine.
//!
//! The entry cookie comes with the code page. The session's cookie is a keyed hash of it, of the link
//! and of the code: a double click that sends the right code twice earns the same cookie twice, also
//! when the browser threw the first answer away. Nobody else can earn it: the code is spent, and the
//! entry cookie is 32 random bytes of this browser. What the code page says to the last press lies beside
//! it, as a keyed hash: so a press leads to a page that can be loaded again.

use crate::crypto::{Keyring, Purpose, matches};
use crate::domain::auth_link::{CodeText, LinkHash, PublicId};
use crate::domain::consent_session::CookieHash;
use crate::http::Settings;
use crate::http::body::Form;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue};

/// The hidden field that binds a form.
pub const CSRF_FIELD: &str = "csrf";

/// Whose page it is, where neither a link nor a session says so.
pub const PARTNER_FIELD: &str = "by";

/// The secret in a cookie: 32 bytes. It has no `Debug` on purpose.
#[derive(Clone, Copy)]
pub struct Cookie([u8; 32]);

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieName {
    /// Holds a consent session.
    Session,
    /// Marks the browser that is about to enter a code.
    Entry,
    /// Holds what the code page says to the last press.
    Said,
}

/// What the code page says to the last press, besides how things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// It came too early: no text was sent.
    TooEarly,
    /// Other digits.
    Wrong,
    /// Not six digits.
    Malformed,
    /// No code lived.
    Late,
    /// The browser keeps no cookie.
    NoCookie,
}

impl Said {
    const ALL: [Self; 6] =
        [Self::Nothing, Self::TooEarly, Self::Wrong, Self::Malformed, Self::Late, Self::NoCookie];
}

impl CookieName {
    /// Its name on the wire. The prefix makes browsers refuse one that another host planted.
    pub const fn text(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Self::Session, true) => "__Host-authlink",
            (Self::Session, false) => "authlink",
            (Self::Entry, true) => "__Host-authlink-entry",
            (Self::Entry, false) => "authlink-entry",
            (Self::Said, true) => "__Host-authlink-said",
            (Self::Said, false) => "authlink-said",
        }
    }
}

impl Cookie {
    /// A cookie of 32 bytes that nobody else has.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The cookie that the browser sent, when it is one of ours in shape.
    pub fn read(headers: &HeaderMap, name: CookieName, is_https: bool) -> Option<Self> {
        let name = name.text(is_https);
        let sent = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = sent.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(known, _)| *known == name)?;
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The session's cookie that the right `code` earns in the browser with this entry cookie.
    #[must_use]
    pub fn earned(&self, keyring: &Keyring, link: &LinkHash, code: &CodeText) -> Self {
        Self(keyring.hash(Purpose::Cookie, &[b"earned", &self.0, link, code.reveal().as_bytes()]))
    }

    /// The cookie that says this, of this link, to the browser with this entry cookie.
    #[must_use]
    pub fn saying(&self, keyring: &Keyring, link: &LinkHash, said: Said) -> Self {
        Self(keyring.hash(Purpose::Cookie, &[b"said", &self.0, link, &[said as u8]]))
    }

    /// What `given` says of this link to the browser with this entry cookie.
    pub fn said(&self, keyring: &Keyring, link: &LinkHash, given: &Self) -> Said {
        let is = |said: &Said| matches(&self.saying(keyring, link, *said).0, &given.0);
        Said::ALL.into_iter().find(is).unwrap_or(Said::Nothing)
    }

    /// What the session is found by.
    pub fn hash(&self, keyring: &Keyring) -> CookieHash {
        keyring.hash(Purpose::Cookie, &[&self.0])
    }

    /// The `Set-Cookie` header. It lasts as long as the browser; the session's own limits are shorter.
    pub fn header(&self, name: CookieName, is_https: bool) -> Option<HeaderValue> {
        let (name, secure) = (name.text(is_https), if is_https { "; Secure" } else { "" });
        let value = URL_SAFE_NO_PAD.encode(self.0);
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")).ok()
    }

    /// What binds a form of a session's page to this browser.
    pub fn csrf(&self, keyring: &Keyring) -> String {
        URL_SAFE_NO_PAD.encode(keyring.hash(Purpose::Csrf, &[b"session", &self.0]))
    }
}

/// What binds a form of a link's page to that link.
pub fn link_csrf(keyring: &Keyring, link: PublicId) -> String {
    URL_SAFE_NO_PAD.encode(keyring.hash(Purpose::Csrf, &[b"link", link.0.as_bytes()]))
}

/// Whether a form holds what it must, in the same time wherever it differs.
pub fn is_bound(form: &Form, expected: &str) -> bool {
    form.get(CSRF_FIELD).is_some_and(|given| matches(given.as_bytes(), expected.as_bytes()))
}

/// Whether a form comes from a page of ours, as far as the browser says. One that says nothing is
/// judged by the hidden field alone.
pub fn is_same_origin(headers: &HeaderMap, settings: &Settings) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()) else { return true };
    // Our pages send no referrer, and then browsers say "null" of our own forms.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin == "null"
        || origin == origin_of(&settings.public_base_url)
        || (host.is_some() && host == authority)
}

/// Scheme and authority of a URL.
fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;

    fn keyring() -> Keyring {
        Keyring::derive(&MasterKey::new([1; 32]))
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        for (is_https, start) in [(true, "__Host-authlink="), (false, "authlink=")] {
            let set = Cookie([7; 32]).header(CookieName::Session, is_https).unwrap();
            let set = set.to_str().unwrap();
            assert!(set.starts_with(start) && set.contains("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
            assert_eq!(set.contains("; Secure"), is_https);
            let sent = format!("other=1; {}", set.split(';').next().unwrap());
            let read = |name, is_https| Cookie::read(&headers(&[("cookie", &sent)]), name, is_https);
            assert_eq!(read(CookieName::Session, is_https).unwrap().0, [7; 32]);
            assert!(read(CookieName::Session, !is_https).is_none(), "the other name is another cookie");
            assert!(read(CookieName::Entry, is_https).is_none());
        }
        let split = headers(&[("cookie", "a=b"), ("cookie", "authlink=!!; authlink-entry=AAAA")]);
        assert!(Cookie::read(&split, CookieName::Session, false).is_none());
        assert!(Cookie::read(&split, CookieName::Entry, false).is_none());
    }

    #[test]
    fn only_the_same_browser_link_and_code_earn_the_same_cookie() {
        let code = |text| CodeText::parse(text).unwrap();
        let earned = |entry: u8, link: u8, text| {
            Cookie([entry; 32]).earned(&keyring(), &[link; 16], &code(text)).hash(&keyring())
        };
        assert_eq!(earned(1, 1, "123456"), earned(1, 1, "123 456"));
        for other in [earned(2, 1, "123456"), earned(1, 2, "123456"), earned(1, 1, "123457")] {
            assert_ne!(earned(1, 1, "123456"), other);
        }
    }

    #[test]
    fn what_is_said_is_said_to_one_browser_of_one_link() {
        for said in Said::ALL {
            let cookie = Cookie([1; 32]).saying(&keyring(), &[1; 16], said);
            let heard = |entry: u8, link: u8| Cookie([entry; 32]).said(&keyring(), &[link; 16], &cookie);
            assert_eq!(heard(1, 1), said);
            assert_eq!((heard(2, 1), heard(1, 2)), (Said::Nothing, Said::Nothing), "{said:?}");
        }
    }

    #[test]
    fn a_form_is_bound_to_its_browser_and_to_its_link() {
        let ring = keyring();
        let bound = Cookie([1; 32]).csrf(&ring);
        let form = |value: &str| Form::parse(format!("csrf={value}").as_bytes());
        assert!(is_bound(&form(&bound), &bound));
        for other in [Cookie([2; 32]).csrf(&ring), String::new(), bound[1..].to_owned()] {
            assert!(!is_bound(&form(&other), &bound), "{other}");
        }
        assert!(!is_bound(&Form::parse(b""), &bound));
        let link = |byte| link_csrf(&ring, PublicId(uuid::Uuid::from_bytes([byte; 16])));
        assert!(link(1) != link(2) && link(1) != bound);
    }

    #[test]
    fn a_form_of_another_site_is_told_by_what_the_browser_says() {
        let settings = Settings { public_base_url: "https://links.example/x".into(), is_demo: false };
        let judge = |pairs: &[(&'static str, &str)]| is_same_origin(&headers(pairs), &settings);
        for good in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "https://links.example")],
            &[("origin", "http://127.0.0.1:80"), ("host", "127.0.0.1:80")],
            &[("origin", "null")],
            &[],
        ] {
            assert!(judge(good), "{good:?}");
        }
        for bad in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://links.example")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://links.example.evil.test"), ("host", "links.example")],
            &[("origin", "http://links.example")],
        ] {
            assert!(!judge(bad), "{bad:?}");
        }
    }
}
