//! The files that pages load: one style sheet, a small script, an icon, and a script besides for the pages
//! about banks and for those of a session. Each is embedded, has the hash of its content in its name, may be
//! kept for a year, and is sent packed to whoever can unpack it. Pages themselves are never packed: how long
//! they were would tell of the secrets in them. Must not know: what a page shows.

use crate::http::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::OnceLock;
use warp::http::header;
use warp::http::{HeaderMap, HeaderValue};

const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Where the files are.
#[derive(Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// What a browser with scripts gets besides.
    pub script: String,
    /// The script of a session's pages, besides.
    pub stay_script: String,
    /// The script of the pages about banks, besides.
    pub banks_script: String,
    /// The icon of the tab.
    pub icon: String,
}

struct File {
    stem: &'static str,
    extension: &'static str,
    kind: &'static str,
    text: &'static str,
}

const STYLE: File = File {
    stem: "style",
    extension: "css",
    kind: "text/css; charset=utf-8",
    text: include_str!("../../../web/assets/style.css"),
};
const SCRIPT: File = File {
    stem: "page",
    extension: "js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("../../../web/assets/page.js"),
};
const STAY_SCRIPT: File = File {
    stem: "stay",
    extension: "js",
    kind: SCRIPT.kind,
    text: include_str!("../../../web/assets/stay.js"),
};
const BANKS_SCRIPT: File = File {
    stem: "banks",
    extension: "js",
    kind: SCRIPT.kind,
    text: include_str!("../../../web/assets/banks.js"),
};
const ICON: File = File {
    stem: "icon",
    extension: "svg",
    kind: "image/svg+xml",
    text: include_str!("../../../web/assets/icon.svg"),
};

impl File {
    fn path(&self) -> String {
        format!("/assets/{}.{}.{}", self.stem, hash(self.text.as_bytes()), self.extension)
    }
}

/// What tells one content of a file from another.
pub(super) fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let (hash, _) = digest.split_at(8);
    format!("{:016x}", hash.iter().fold(0_u64, |all, byte| (all << 8) | u64::from(*byte)))
}

/// The names of the files in this build.
pub fn assets() -> &'static Assets {
    static NAMES: OnceLock<Assets> = OnceLock::new();
    NAMES.get_or_init(|| Assets {
        style: STYLE.path(),
        script: SCRIPT.path(),
        stay_script: STAY_SCRIPT.path(),
        banks_script: BANKS_SCRIPT.path(),
        icon: ICON.path(),
    })
}

fn files() -> [(&'static str, File); 5] {
    let names = assets();
    [
        (&names.style, STYLE),
        (&names.script, SCRIPT),
        (&names.stay_script, STAY_SCRIPT),
        (&names.banks_script, BANKS_SCRIPT),
        (&names.icon, ICON),
    ]
}

/// Every file: its path and its text.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    files().into_iter().map(|(path, file)| (path, file.text))
}

/// The file under `path`, if there is one, for whoever asks like this; names of other builds are not found.
pub fn answer(path: &str, headers: &HeaderMap) -> Option<Response> {
    let (place, (_, file)) = files().into_iter().enumerate().find(|(_, (name, _))| *name == path)?;
    let packed = packed().get(place).filter(|_| unpacks(headers));
    let mut response = match packed {
        Some(bytes) => self::file(file.kind, bytes.clone()),
        None => self::file(file.kind, file.text),
    };
    if packed.is_some() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Some(response)
}

/// Every file once more, packed, in the order of `files`.
fn packed() -> &'static [bytes::Bytes] {
    static PACKED: OnceLock<Vec<bytes::Bytes>> = OnceLock::new();
    PACKED.get_or_init(|| files().into_iter().filter_map(|(_, file)| pack(file.text)).collect())
}

/// Every file: its path, and how many bytes are sent of it.
#[cfg(test)]
pub(super) fn sent() -> impl Iterator<Item = (&'static str, usize)> {
    files().into_iter().zip(packed()).map(|((path, _), packed)| (path, packed.len()))
}

/// Writing to memory does not fail; if it did, nothing would be sent packed.
fn pack(text: &str) -> Option<bytes::Bytes> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(text.as_bytes()).ok()?;
    Some(packer.finish().ok()?.into())
}

/// Whether whoever asks says that they unpack gzip (RFC 9110 section 12.5.3); nothing else is offered.
fn unpacks(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    let mut wanted = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    wanted.any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let is_refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty())
        });
        is_gzip && !is_refused
    })
}

/// A file that may be kept for a year, as its name changes with it.
pub(super) fn file(kind: &'static str, content: impl Into<bytes::Bytes>) -> Response {
    let mut response = Response::new(content.into().into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn asking(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn whoever_unpacks_is_told_by_what_they_ask() {
        for yes in ["gzip", "br, GZIP", "deflate, gzip;q=0.5", "gzip;q=1.000, *;q=0"] {
            assert!(unpacks(&asking(yes)), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "gzip; q=0.000", "*", "x-gzipped"] {
            assert!(!unpacks(&asking(no)), "{no}");
        }
        assert!(!unpacks(&HeaderMap::new()));
    }

    #[test]
    fn what_is_packed_is_the_file_and_much_smaller() {
        assert_eq!(packed().len(), files().len());
        for ((path, text), packed) in all().zip(packed()) {
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, text, "{path}");
            assert!(packed.len() < text.len(), "{path}: {} bytes of {}", packed.len(), text.len());
            for (encodings, expected) in [("gzip", Some("gzip")), ("br", None)] {
                let response = answer(path, &asking(encodings)).unwrap();
                let told = response.headers().get(header::CONTENT_ENCODING).map(|one| one.to_str().unwrap());
                assert_eq!(
                    (told, &response.headers()[header::VARY]),
                    (expected, &"accept-encoding".parse().unwrap())
                );
            }
        }
    }
}
