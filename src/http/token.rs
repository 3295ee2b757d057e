//! Bearer tokens: JWT signed with HS256 under a key of ours, and nothing else is accepted (contract
//! section 1). Must not know: routes, who may do what with a token.

use crate::crypto::Keyring;
use crate::domain::command::Caller;
use crate::domain::id::{ApplicationId, AuthLinkId, SessionId, UserId};
use crate::domain::time::UnixMillis;
use crate::engine::house::House;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result as JwtResult};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

/// How long a token counts, in seconds (contract section 10).
pub const TOKEN_SECONDS: i64 = 3600;

/// The version of the wire that our tokens are pinned to.
pub const VERSION: &str = "3.0";

/// The longest token that is looked at, in bytes; ours have about 700.
const TOKEN_BYTES_MAX: usize = 4096;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Everything of its application.
    #[serde(rename = "SERVER_ACCESS")]
    Server,
    /// What one person may see and do.
    #[serde(rename = "CLIENT_ACCESS")]
    Client,
    /// Nothing: it was asked for without a scope.
    #[serde(rename = "")]
    Unscoped,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// Whose token.
    pub application: ApplicationId,
    /// Which of its keys asked for it, in a word that gives nothing away; 0: none did.
    pub key: u64,
    /// The person, for [`Scope::Client`].
    pub user: Option<UserId>,
    /// What it opens.
    pub scope: Scope,
    /// The link and session that it was earned by; it dies with them.
    pub link: Option<(AuthLinkId, SessionId)>,
}

impl Claims {
    /// Who asks, for the domain; none when the token opens nothing.
    pub const fn caller(&self) -> Option<Caller> {
        match (self.scope, self.link) {
            (Scope::Server, _) => Some(Caller::Server(self.application)),
            (Scope::Client, None) => Some(Caller::Client(self.application)),
            (Scope::Client, Some((link, session))) => {
                Some(Caller::LinkClient { application: self.application, link, session })
            }
            (Scope::Unscoped, _) => None,
        }
    }
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not one of ours.
    #[error("the token is not one of ours")]
    Invalid,
    /// Was one of ours; a fresh one is needed.
    #[error("the token has expired")]
    Expired,
}

/// The claims as clients read them (contract section 1.1). Letters, digits and hyphens alone, so that
/// the payload is plain Base64 too: a client decodes it with `atob`.
#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    userid: Option<String>,
    version: String,
    partnerid: String,
    applicationid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linkid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sessionid: Option<String>,
}

impl Payload {
    fn claims(&self) -> Option<Claims> {
        let user = match &self.userid {
            Some(text) => Some(UserId::parse(text)?),
            None => None,
        };
        let link = match (&self.linkid, &self.sessionid) {
            (Some(link), Some(session)) => Some((AuthLinkId::parse(link)?, SessionId::parse(session)?)),
            (None, None) => None,
            _ => return None,
        };
        let application = ApplicationId::parse(&self.applicationid)?;
        let key = match &self.keyid {
            Some(text) => u64::from_str_radix(text, 16).ok()?,
            None => 0,
        };
        let scope = self.scope.unwrap_or(Scope::Unscoped);
        // A client token without a person would be anybody's.
        (scope != Scope::Client || user.is_some()).then_some(Claims { application, key, user, scope, link })
    }
}

/// A signed token that says `claims`, good for [`TOKEN_SECONDS`] from `now` on.
///
/// # Errors
/// A defect of ours: signing cannot fail with a key of ours.
pub fn issue(keyring: &Keyring, claims: &Claims, now: UnixMillis) -> Result<String, TokenError> {
    install();
    let iat = now.0.div_euclid(1000);
    let payload = Payload {
        userid: claims.user.map(|user| user.to_string()),
        version: VERSION.to_owned(),
        partnerid: claims.application.to_string(),
        applicationid: claims.application.to_string(),
        keyid: (claims.key != 0).then(|| format!("{:016x}", claims.key)),
        iat,
        exp: iat.saturating_add(TOKEN_SECONDS),
        scope: (claims.scope != Scope::Unscoped).then_some(claims.scope),
        linkid: claims.link.map(|(link, _)| link.to_string()),
        sessionid: claims.link.map(|(_, session)| session.to_string()),
    };
    let key = EncodingKey::from_secret(keyring.token_key());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &key).map_err(|_| TokenError::Invalid)
}

/// What a token says, if it is one of ours and still counts at `now`.
///
/// # Errors
/// Whether it never was one of ours, or is too old.
pub fn verify(keyring: &Keyring, token: &str, now: UnixMillis) -> Result<Claims, TokenError> {
    let payload = read(keyring, token)?;
    let claims = payload.claims().ok_or(TokenError::Invalid)?;
    if now.0.div_euclid(1000) < payload.exp { Ok(claims) } else { Err(TokenError::Expired) }
}

/// What stands in a token that we signed, whenever that was.
fn read(keyring: &Keyring, token: &str) -> Result<Payload, TokenError> {
    install();
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenError::Invalid);
    }
    let mut validation = Validation::new(Algorithm::HS256);
    // Time is a value here: expiry is judged below, by the clock of the house.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(keyring.token_key());
    let payload = jsonwebtoken::decode::<Payload>(token, &key, &validation);
    Ok(payload.map_err(|_| TokenError::Invalid)?.claims)
}

/// When a valid token stops to count; `None` for anything else.
pub fn end(keyring: &Keyring, token: &str, now: UnixMillis) -> Option<UnixMillis> {
    read(keyring, token)
        .ok()
        .map(|payload| UnixMillis(payload.exp.saturating_mul(1000)))
        .filter(|end| now < *end)
}

/// What a token says, if it is one of ours that still counts and that nobody took back.
///
/// # Errors
/// Whether it never was one of ours (any more), or is too old.
pub fn accept(house: &House, token: &str, now: UnixMillis) -> Result<Claims, TokenError> {
    let claims = verify(&house.keyring, token, now)?;
    if stands(house, &claims) { Ok(claims) } else { Err(TokenError::Invalid) }
}

/// Whether the application is there, and the key that a token was got with was not revoked. One that a code
/// earned was got with none: its link and session are what it dies with.
pub fn stands(house: &House, claims: &Claims) -> bool {
    let application = house.application(claims.application);
    application.is_some_and(|one| claims.link.is_some() || one.keys.contains_key(&claims.key))
}

/// Gives the token library its one algorithm; it panics at first use without one. Called again, it
/// changes nothing.
pub fn install() {
    // An error says that it was installed already.
    let _ = PROVIDER.install_default();
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(HmacSha256::new(key.as_bytes())?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(HmacSha256::new(key.try_get_as_bytes()?)?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    fn new(key: &[u8]) -> JwtResult<Self> {
        Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into())
    }
}

impl Signer<Vec<u8>> for HmacSha256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], given: &Vec<u8>) -> Result<(), signature::Error> {
        // Takes the same time wherever the two differ.
        self.0.clone().chain_update(message).verify_slice(given).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    use uuid::Uuid;

    const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

    fn keyring(byte: u8) -> Keyring {
        Keyring::derive(&MasterKey::new([byte; 32]))
    }

    fn claims(scope: Scope, user: bool, link: bool) -> Claims {
        let id = Uuid::from_u128;
        Claims {
            application: ApplicationId(id(1)),
            key: if link { 0 } else { 0xfedc_ba98_7654_3210 },
            user: user.then(|| UserId(id(2))),
            scope,
            link: link.then(|| (AuthLinkId(id(3)), SessionId(id(4)))),
        }
    }

    #[test]
    fn a_token_says_what_it_was_made_with() {
        let all = [
            claims(Scope::Server, false, false),
            claims(Scope::Client, true, false),
            claims(Scope::Client, true, true),
            claims(Scope::Unscoped, false, false),
        ];
        for claims in all {
            let token = issue(&keyring(1), &claims, NOW).unwrap();
            assert_eq!(verify(&keyring(1), &token, NOW), Ok(claims));
            assert_eq!(verify(&keyring(2), &token, NOW), Err(TokenError::Invalid), "another key");
        }
    }

    #[test]
    fn a_token_counts_for_an_hour_to_the_second() {
        let token = issue(&keyring(1), &claims(Scope::Server, false, false), NOW).unwrap();
        let at = |seconds: i64| UnixMillis(NOW.0 + seconds * 1000);
        assert!(verify(&keyring(1), &token, at(TOKEN_SECONDS - 1)).is_ok());
        assert_eq!(verify(&keyring(1), &token, at(TOKEN_SECONDS)), Err(TokenError::Expired));
    }

    #[test]
    fn the_payload_is_plain_base64_with_the_claims_that_clients_read() {
        let token = issue(&keyring(1), &claims(Scope::Client, true, true), NOW).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        let read: serde_json::Value =
            serde_json::from_slice(&STANDARD_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!(read["userid"], Uuid::from_u128(2).to_string());
        assert_eq!(read["version"], "3.0");
        assert_eq!(read["partnerid"], read["applicationid"]);
        assert_eq!(read["scope"], "CLIENT_ACCESS");
        assert_eq!(read["exp"].as_i64().unwrap() - read["iat"].as_i64().unwrap(), 3600);
    }

    #[test]
    fn nothing_but_our_own_signature_is_accepted() {
        let token = issue(&keyring(1), &claims(Scope::Server, false, false), NOW).unwrap();
        let [header, payload, signature]: [&str; 3] =
            token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let none = encode(r#"{"typ":"JWT","alg":"none"}"#);
        let other = encode(r#"{"typ":"JWT","alg":"HS512"}"#);
        let rsa = encode(r#"{"typ":"JWT","alg":"RS256"}"#);
        let changed =
            encode(r#"{"version":"3.0","partnerid":"","applicationid":"","iat":0,"exp":9999999999}"#);
        let all = [
            String::new(),
            "a.b.c".into(),
            "...".into(),
            format!("{none}.{payload}."),
            format!("{none}.{payload}.{signature}"),
            format!("{other}.{payload}.{signature}"),
            format!("{rsa}.{payload}.{signature}"),
            format!("{header}.{changed}.{signature}"),
            format!("{header}.{payload}."),
            format!("{header}.{payload}"),
            "x".repeat(100_000),
        ];
        for bad in all {
            assert_eq!(verify(&keyring(1), &bad, NOW), Err(TokenError::Invalid), "{bad:.80}");
        }
    }

    #[test]
    fn a_client_token_without_a_person_is_nobodys() {
        let token = issue(&keyring(1), &claims(Scope::Client, false, false), NOW).unwrap();
        assert_eq!(verify(&keyring(1), &token, NOW), Err(TokenError::Invalid));
    }

    #[test]
    fn callers_follow_from_the_scope() {
        let application = ApplicationId(Uuid::from_u128(1));
        assert_eq!(claims(Scope::Server, false, false).caller(), Some(Caller::Server(application)));
        assert_eq!(claims(Scope::Client, true, false).caller(), Some(Caller::Client(application)));
        assert!(matches!(claims(Scope::Client, true, true).caller(), Some(Caller::LinkClient { .. })));
        assert_eq!(claims(Scope::Unscoped, false, false).caller(), None);
    }
}
