//! Where the master key comes from: a file or the environment. Only the demo makes one by itself, and
//! only for a store that is not there yet: a new key for an old store would open nothing.

use super::failure::Failure;
use super::files;
use crate::config::{Config, MASTER_KEY_VARIABLE};
use crate::crypto::MasterKey;
use crate::random::EntropySource;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The file of the demo's own key.
const FILE: &str = "master.key";

/// How to make one.
const HELP: &str = "make one with `(umask 077; head -c 32 /dev/urandom > master.key)`, keep it apart from the \
     data folder, and pass --master-key-file master.key (or its 64 hex digits in AUTHLINK_MASTER_KEY)";

/// The key that the operator named.
pub(super) fn named(config: &Config) -> Result<Option<MasterKey>, Failure> {
    if let Some(path) = &config.master_key_file {
        let bytes = files::read(path)?.map(Zeroizing::new);
        let bytes = bytes.ok_or_else(|| {
            Failure::configuration(format!("there is no master key file {}: {HELP}", path.display()))
        })?;
        if files::is_open_to_others(path) {
            return Err(Failure::configuration(format!(
                "the master key file {} is open to others, who could read all that is stored: chmod 600 it",
                path.display()
            )));
        }
        return parse(&bytes).map(Some).ok_or_else(|| wrong(&format!("the file {}", path.display())));
    }
    let Some(text) = std::env::var_os(MASTER_KEY_VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let text = Zeroizing::new(text.into_encoded_bytes());
    hex(&text).map(Some).ok_or_else(|| wrong(&format!("the variable {MASTER_KEY_VARIABLE}")))
}

/// The key that the operator named, or a sentence about how to make one.
pub(super) fn required(config: &Config, command: &str) -> Result<MasterKey, Failure> {
    named(config)?.ok_or_else(|| Failure::configuration(format!("{command} needs a master key: {HELP}")))
}

/// The key that the operator named, or the one that a demo left in its folder.
pub(super) fn of_folder(config: &Config, command: &str) -> Result<MasterKey, Failure> {
    match named(config)? {
        Some(key) => Ok(key),
        None => kept(&config.data.join(FILE))?.map_or_else(|| required(config, command), Ok),
    }
}

/// The demo's key: named, kept in its folder, or made at its first start.
pub(super) fn of_demo(config: &Config, entropy: &dyn EntropySource) -> Result<MasterKey, Failure> {
    if let Some(key) = named(config)? {
        return Ok(key);
    }
    let path = config.data.join(FILE);
    if let Some(key) = kept(&path)? {
        return Ok(key);
    }
    if config.data.join("store").exists() {
        let path = path.display();
        return Err(Failure::configuration(format!(
            "{path} is gone, and the store in {} opens with no other key; nothing was changed: put it back, or \
             begin anew in another folder with --data",
            config.data.display()
        )));
    }
    let bytes = entropy.draw().map_err(|error| Failure::new(error.to_string()))?.bytes();
    files::make_folder(&config.data)?;
    files::write_secret(&path, &bytes)?;
    Ok(MasterKey::new(bytes))
}

fn kept(path: &Path) -> Result<Option<MasterKey>, Failure> {
    let Some(bytes) = files::read(path)?.map(Zeroizing::new) else { return Ok(None) };
    parse(&bytes).map(Some).ok_or_else(|| wrong(&format!("the file {}", PathBuf::from(path).display())))
}

fn wrong(place: &str) -> Failure {
    Failure::configuration(format!("{place} does not hold a master key of 32 bytes: {HELP}"))
}

/// 32 bytes as they are, or 64 hex digits with white space around them.
fn parse(bytes: &[u8]) -> Option<MasterKey> {
    <[u8; 32]>::try_from(bytes).map(MasterKey::new).ok().or_else(|| hex(bytes))
}

fn hex(text: &[u8]) -> Option<MasterKey> {
    let digits = std::str::from_utf8(text.trim_ascii()).ok()?;
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new([0_u8; 32]);
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(MasterKey::new(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Keyring;

    #[test]
    fn a_key_is_32_bytes_or_64_hex_digits_and_nothing_else() {
        let check = |key: MasterKey| Keyring::derive(&key).check_value();
        let raw = parse(&[0xAB; 32]).map(check);
        assert!(raw.is_some());
        assert_eq!(parse("ab".repeat(32).as_bytes()).map(check), raw);
        assert_eq!(parse(format!(" {}\n", "AB".repeat(32)).as_bytes()).map(check), raw);
        for bad in [&b""[..], &[1; 31], &[1; 33], &[b'a'; 63], &[b'g'; 64]] {
            assert!(parse(bad).is_none(), "{} bytes", bad.len());
        }
        assert!(hex(&[b'+'; 64]).is_none());
    }
}
