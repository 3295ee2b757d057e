//! The files that pages load: a style sheet, a small script, an icon, and for the pages about banks a
//! sheet and a script besides. Each is embedded, has the
//! hash of its content in its name, and may be kept for a year. Must not know: what a page shows.

use crate::http::Response;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use warp::http::HeaderValue;
use warp::http::header;

const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Where the files are.
#[derive(Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// What a browser with scripts gets besides.
    pub script: String,
    /// The style of the pages about banks, besides.
    pub banks_style: String,
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
const BANKS_STYLE: File = File {
    stem: "banks",
    extension: "css",
    kind: STYLE.kind,
    text: include_str!("../../../web/assets/banks.css"),
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
        banks_style: BANKS_STYLE.path(),
        banks_script: BANKS_SCRIPT.path(),
        icon: ICON.path(),
    })
}

fn files() -> [(&'static str, File); 5] {
    let names = assets();
    [
        (&names.style, STYLE),
        (&names.script, SCRIPT),
        (&names.banks_style, BANKS_STYLE),
        (&names.banks_script, BANKS_SCRIPT),
        (&names.icon, ICON),
    ]
}

/// Every file: its path and its text.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    files().into_iter().map(|(path, file)| (path, file.text))
}

/// The file under `path`, if there is one; names of other builds are not found.
pub fn answer(path: &str) -> Option<Response> {
    let (_, file) = files().into_iter().find(|(name, _)| *name == path)?;
    Some(self::file(file.kind, file.text))
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
