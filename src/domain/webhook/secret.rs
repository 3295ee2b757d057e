//! What signs messages to a webhook, by the Standard Webhooks scheme (contract section 7.4). Must not know:
//! whose it is, when it counts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret in its text form begins with. The rest is Base64 without a `_`: clients split there.
const PREFIX: &str = "whsec_";

/// The secret of a webhook: 24 bytes. Wiped when dropped, opaque to `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Zeroizing<[u8; 24]>);

impl WebhookSecret {
    /// A secret of these bytes.
    pub fn new(bytes: [u8; 24]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the one who keeps them sealed.
    pub fn bytes(&self) -> &[u8; 24] {
        &self.0
    }

    /// What the partner is shown: `whsec_` and Base64.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(self.bytes())))
    }

    /// Reads what [`WebhookSecret::text`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?);
        bytes.as_slice().try_into().ok().map(Self::new)
    }

    /// The signature of one attempt: `v1,` and Base64 of HMAC-SHA256 over `id.seconds.body`.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        // A key of any length will do: this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes()) else { return String::new() };
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("WebhookSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read_again_and_debug_says_nothing() {
        let secret = WebhookSecret::new([0xFB; 24]);
        let text = secret.text();
        assert_eq!(text.as_str(), "whsec_+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7");
        assert_eq!(WebhookSecret::parse(&text), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
        for bad in ["", "whsec_", "whsec_AAAA", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7"] {
            assert_eq!(WebhookSecret::parse(bad), None, "{bad}");
        }
    }

    /// The example of the Standard Webhooks specification.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
