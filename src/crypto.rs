//! Keyed hashes, sealing and key wrapping, with every key as a value. Pure: draws no entropy, reads no
//! file. Must not know: what is hashed or sealed, and why.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The key of the house: everything else follows from it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

/// The key of one owner's records.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}
hidden!(MasterKey, DataKey, Keyring);

impl MasterKey {
    /// A master key of 32 bytes that nobody else has.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl DataKey {
    /// A data key of 32 bytes that nobody else has.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// What a keyed hash is for. Each has a key of its own, so that a hash made for one purpose is worth
/// nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Finding a link by the secret in its URL.
    PublicId,
    /// Checking a one-time code.
    Code,
    /// Finding a session by the browser's cookie.
    Cookie,
    /// Checking an application's key.
    ApiKey,
    /// Binding a form to a browser.
    Csrf,
    /// Ids that follow from something else.
    DerivedId,
}

impl Purpose {
    const ALL: [Self; 6] =
        [Self::PublicId, Self::Code, Self::Cookie, Self::ApiKey, Self::Csrf, Self::DerivedId];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::PublicId => b"authlink hash public id",
            Self::Code => b"authlink hash code",
            Self::Cookie => b"authlink hash cookie",
            Self::ApiKey => b"authlink hash api key",
            Self::Csrf => b"authlink hash csrf",
            Self::DerivedId => b"authlink hash derived id",
        }
    }
}

/// Every key that follows from the master key (HKDF-SHA-256, RFC 5869, one label each).
#[derive(Clone)]
pub struct Keyring {
    hashes: [DataKey; Purpose::ALL.len()],
    tokens: DataKey,
    wrapping: DataKey,
    system: DataKey,
    check: [u8; 16],
}

impl Keyring {
    /// The keys that follow from `master`.
    pub fn derive(master: &MasterKey) -> Self {
        let derived = Hkdf::<Sha256>::new(Some(b"authlink keyring 1"), &master.0);
        let key = |label: &[u8]| {
            let mut bytes = [0_u8; 32];
            // 32 bytes is within what HKDF gives (8,160), so this cannot fail.
            let _ = derived.expand(label, &mut bytes);
            DataKey(bytes)
        };
        let mut check = [0_u8; 16];
        check.copy_from_slice(&key(b"authlink check value").0[..16]);
        Self {
            hashes: Purpose::ALL.map(|purpose| key(purpose.label())),
            tokens: key(b"authlink token signing"),
            wrapping: key(b"authlink key wrapping"),
            system: key(b"authlink system sealing"),
            check,
        }
    }

    /// A keyed hash (HMAC-SHA-256). Parts are taken with their lengths: no two lists hash alike.
    pub fn hash(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let key = &self.hashes[purpose as usize];
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key.0) else { return [0; 32] };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The key that signs tokens.
    pub fn token_key(&self) -> &[u8] {
        &self.tokens.0
    }

    /// The key for what belongs to the house and to no one user.
    pub fn system_key(&self) -> &DataKey {
        &self.system
    }

    /// What a store remembers of its master key, to know it again.
    pub fn check_value(&self) -> [u8; 16] {
        self.check
    }

    /// A data key as it may be stored: sealed under the wrapping key, bound to its owner.
    pub fn wrap(&self, key: &DataKey, nonce: [u8; 24], owner: &[u8]) -> Vec<u8> {
        seal(&self.wrapping, nonce, owner, &key.0)
    }

    /// The data key back.
    ///
    /// # Errors
    /// When it was wrapped under another master key, for another owner, or changed.
    pub fn unwrap_key(&self, wrapped: &[u8], owner: &[u8]) -> Result<DataKey, Unsealed> {
        let mut plain = open(&self.wrapping, owner, wrapped)?;
        let bytes = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| Unsealed);
        plain.zeroize();
        bytes.map(DataKey)
    }
}

/// A seal did not open: another key, another place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the seal does not open")]
pub struct Unsealed;

/// Seals (XChaCha20-Poly1305): nonce, then ciphertext with its tag. `bound` is not stored; opening
/// wants the same.
pub fn seal(key: &DataKey, nonce: [u8; 24], bound: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new((&key.0).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: bound });
    // Encrypting fails only beyond 256 GiB; values here have at most 4 KiB.
    [nonce.as_slice(), &sealed.unwrap_or_default()].concat()
}

/// Opens what [`seal`] made.
///
/// # Errors
/// When the key or `bound` is another, or the bytes were changed.
pub fn open(key: &DataKey, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealed> {
    let (nonce, text) = sealed.split_at_checked(24).ok_or(Unsealed)?;
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| Unsealed)?;
    let cipher = XChaCha20Poly1305::new((&key.0).into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: bound }).map_err(|_| Unsealed)
}

/// Whether two secrets are equal, in the same time wherever they differ.
pub fn matches(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(byte: u8) -> Keyring {
        Keyring::derive(&MasterKey::new([byte; 32]))
    }

    #[test]
    fn a_seal_opens_with_its_key_and_place_alone() {
        let (key, other) = (DataKey::new([1; 32]), DataKey::new([2; 32]));
        let sealed = seal(&key, [7; 24], b"here", b"secret");
        assert_eq!(open(&key, b"here", &sealed), Ok(b"secret".to_vec()));
        assert_eq!(open(&other, b"here", &sealed), Err(Unsealed));
        assert_eq!(open(&key, b"there", &sealed), Err(Unsealed));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, b"here", &changed), Err(Unsealed), "byte {at}");
        }
        assert_eq!(open(&key, b"here", &sealed[..10]), Err(Unsealed));
    }

    #[test]
    fn every_purpose_and_every_list_of_parts_hashes_differently() {
        let ring = keyring(1);
        let mut seen = std::collections::BTreeSet::new();
        for purpose in Purpose::ALL {
            for parts in [&[b"ab".as_slice()][..], &[b"a", b"b"], &[b"", b"ab"], &[]] {
                assert!(seen.insert(ring.hash(purpose, parts)));
            }
        }
        assert_ne!(ring.hash(Purpose::Code, &[b"x"]), keyring(2).hash(Purpose::Code, &[b"x"]));
        assert_ne!(ring.check_value(), keyring(2).check_value());
    }

    #[test]
    fn a_wrapped_key_comes_back_for_its_owner_alone() {
        let ring = keyring(1);
        let wrapped = ring.wrap(&DataKey::new([9; 32]), [3; 24], b"owner");
        let back = ring.unwrap_key(&wrapped, b"owner").unwrap();
        assert!(matches(&back.0, &[9; 32]));
        assert!(ring.unwrap_key(&wrapped, b"other").is_err());
        assert!(keyring(2).unwrap_key(&wrapped, b"owner").is_err());
    }

    #[test]
    fn keys_print_nothing_of_themselves() {
        let shown = format!("{:?} {:?} {:?}", MasterKey::new([65; 32]), DataKey::new([65; 32]), keyring(1));
        assert_eq!(shown, "MasterKey(..) DataKey(..) Keyring(..)");
    }
}
