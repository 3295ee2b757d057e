//! The partner's logo: a picture that can do nothing but be seen. Drawings are written anew (svg.rs),
//! all others are known by their first bytes. Must not know: who shows it, how it is stored.

use super::svg::{self, SvgFault};
use imagesize::ImageType;
use std::sync::Arc;
use thiserror::Error;

/// The largest file, in bytes; of a drawing, as it was given and as it is written anew.
pub const LOGO_BYTES_MAX: usize = 32 * 1024;

/// The widest and the highest, in pixels.
pub const LOGO_PIXELS_MAX: u32 = 2048;

/// What kind of picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A drawing.
    Svg,
    /// Pixels.
    Png,
    /// Pixels of a photograph.
    Jpeg,
    /// Either.
    WebP,
}

impl Format {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Svg, Self::Png, Self::Jpeg, Self::WebP];

    /// What its files end in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// A picture that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// What kind it is.
    pub format: Format,
    /// In pixels, or in the units that it is drawn in.
    pub width: u32,
    /// The same.
    pub height: u32,
    /// The file, as browsers get it.
    pub bytes: Arc<[u8]>,
    /// It holds the brand's name, which then does not stand beside it once more.
    pub says_name: bool,
    /// It stands on a white plate, so that it is seen by day and in the dark.
    pub has_plate: bool,
}

/// Why a picture is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogoFault {
    /// It is too heavy.
    #[error("it has more than {LOGO_BYTES_MAX} bytes")]
    Heavy,
    /// It is too large, or a line.
    #[error("it is {0} by {1}; it may have {LOGO_PIXELS_MAX} pixels each way")]
    Large(u32, u32),
    /// No picture of a kind that is shown.
    #[error("it is no SVG, PNG, JPEG or WebP")]
    Kind,
    /// A drawing with something in it that has no place there.
    #[error(transparent)]
    Drawing(#[from] SvgFault),
}

impl Logo {
    /// A logo from a file.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn read(file: &[u8], says_name: bool, has_plate: bool) -> Result<Self, LogoFault> {
        if file.len() > LOGO_BYTES_MAX {
            return Err(LogoFault::Heavy);
        }
        let (format, width, height, bytes) = match imagesize::image_type(file).ok().and_then(pixels) {
            Some(format) => {
                let size = imagesize::blob_size(file).map_err(|_| LogoFault::Kind)?;
                let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
                (format, side(size.width), side(size.height), file.to_vec())
            }
            None if file.trim_ascii_start().starts_with(b"<") => {
                let drawn = svg::drawing(file)?;
                (Format::Svg, drawn.width, drawn.height, drawn.text.into_bytes())
            }
            None => return Err(LogoFault::Kind),
        };
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(LogoFault::Heavy);
        }
        let fits = |side: u32| (1..=LOGO_PIXELS_MAX).contains(&side);
        if !fits(width) || !fits(height) {
            return Err(LogoFault::Large(width, height));
        }
        Ok(Self { format, width, height, bytes: bytes.into(), says_name, has_plate })
    }
}

fn pixels(kind: ImageType) -> Option<Format> {
    match kind {
        ImageType::Png => Some(Format::Png),
        ImageType::Jpeg => Some(Format::Jpeg),
        ImageType::Webp => Some(Format::WebP),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a PNG of that size, which is all that is looked at.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        [head, width.to_be_bytes().to_vec(), height.to_be_bytes().to_vec(), vec![8, 6, 0, 0, 0, 1, 2, 3, 4]]
            .concat()
    }

    fn jpeg() -> Vec<u8> {
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 30, 0, 90, 1, 1, 0x11, 0, 0xff, 0xd9];
        [&[0xff, 0xd8, 0xff, 0xe0, 0, 16][..], b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", &frame].concat()
    }

    fn webp() -> Vec<u8> {
        let size = [89, 0, 0, 29, 0, 0];
        [&b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0"[..], &size].concat()
    }

    fn read(file: &[u8]) -> Result<(Format, u32, u32), LogoFault> {
        Logo::read(file, false, true).map(|logo| (logo.format, logo.width, logo.height))
    }

    #[test]
    fn four_kinds_are_known_by_their_first_bytes() {
        assert_eq!(read(&png(90, 30)), Ok((Format::Png, 90, 30)));
        assert_eq!(read(&jpeg()), Ok((Format::Jpeg, 90, 30)));
        assert_eq!(read(&webp()), Ok((Format::WebP, 90, 30)));
        let drawn = b"\n<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90 30'/>";
        assert_eq!(read(drawn), Ok((Format::Svg, 90, 30)));
        for other in [&b""[..], b"GIF89a\x5a\0\x1e\0", b"BM", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"words"] {
            assert_eq!(read(other), Err(LogoFault::Kind), "{other:?}");
        }
        assert!(matches!(read(b"<html><script>alert(1)</script></html>"), Err(LogoFault::Drawing(_))));
    }

    #[test]
    fn it_is_neither_heavy_nor_large() {
        let filled = |bytes: usize| {
            let mut file = png(LOGO_PIXELS_MAX, 1);
            file.resize(bytes, 0);
            read(&file)
        };
        assert_eq!(filled(LOGO_BYTES_MAX), Ok((Format::Png, LOGO_PIXELS_MAX, 1)));
        assert_eq!(filled(LOGO_BYTES_MAX + 1), Err(LogoFault::Heavy));
        for (width, height) in [(0, 1), (1, 0), (LOGO_PIXELS_MAX + 1, 1), (1, u32::MAX)] {
            assert_eq!(read(&png(width, height)), Err(LogoFault::Large(width, height)));
        }
    }
}
