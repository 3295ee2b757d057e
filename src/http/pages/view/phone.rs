//! The page that hands a link over to a phone: its address as a square code. Looking at it, and scanning
//! it, spends nothing: the phone opens the link as anybody does.

use super::{Frame, Page, StepAt};
use askama::Template;
use qrcode::{EcLevel, QrCode};
use std::fmt::Write;

/// Continue on your phone.
#[derive(Debug, Template)]
#[template(path = "phone.html")]
pub struct PhonePage {
    /// What stands around it.
    pub frame: Frame,
    /// The link's address.
    pub square: Square,
    /// The link's path, with its own query.
    pub back: String,
}

/// A square code (ISO/IEC 18004) as one path of an SVG picture, a unit for each module.
#[derive(Clone, PartialEq, Eq)]
pub struct Square {
    /// The d of the path.
    pub path: String,
    /// Its side, with the quiet zone around it.
    pub side: usize,
}

/// The address in it is a secret.
impl std::fmt::Debug for Square {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "a square of {}", self.side)
    }
}

/// What stays empty around a code, in modules, so that it is found.
const QUIET: usize = 4;

impl Square {
    /// The code of a text; none when it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (width, colors) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (row, line) in colors.chunks(width).enumerate() {
            let mut column = 0;
            // One stroke for each run of dark modules.
            for run in line.chunk_by(|a, b| a == b) {
                if run[0] == qrcode::Color::Dark {
                    let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                column += run.len();
            }
        }
        Some(Self { path, side: width + 2 * QUIET })
    }
}

impl Page for PhonePage {
    const NAME: &'static str = "phone";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let path = "/6f1c2a34-0000-4000-8000-000000000000";
        let sample = |query: &str| {
            let frame = Frame::sample(Some(StepAt::Confirm));
            let square = Square::of(&format!("https://links.example.test{path}{query}"))?;
            Some(Self { frame, square, back: format!("{path}{query}") })
        };
        ["", "?state=a%22b&action=connect"].into_iter().filter_map(sample).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of such codes reads from the drawn path.
    fn read(square: &Square) -> String {
        const SCALE: usize = 4;
        let mut dark = vec![false; square.side * square.side];
        for run in square.path.split('M').skip(1) {
            let (start, rest) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            assert_eq!(rest, format!("{length}v1h-{length}z"));
            dark[y * square.side + x..][..length].fill(true);
        }
        let pixels = square.side * SCALE;
        let pixel = |x: usize, y: usize| if dark[y / SCALE * square.side + x / SCALE] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, pixel);
        let [grid] = &image.detect_grids()[..] else { panic!("one code") };
        grid.decode().unwrap().1
    }

    #[test]
    fn a_camera_reads_the_address_from_the_square() {
        for text in [
            "https://links.example.test/6f1c2a34-0000-4000-8000-000000000000",
            "http://127.0.0.1:8080/6f1c2a34-0000-4000-8000-000000000000?state=a%22b&lang=ar",
        ] {
            let square = Square::of(text).unwrap();
            assert_eq!(read(&square), text);
            assert!(!format!("{square:?}").contains("6f1c2a34"));
        }
        assert!(Square::of(&"x".repeat(3000)).is_none(), "too long for a square");
    }
}
