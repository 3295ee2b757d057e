//! The look of an application's pages, and which way they lead: its brand name, colours, heading font, corners, and a few words of
//! its own. Every part has a default that looks finished. Must not know: pages, style sheets, how a look
//! is stored.

pub mod colour;
pub mod flow;
pub mod logo;
pub mod palette;
pub mod svg;
pub mod wanted;

use self::flow::Flow;
use self::logo::Logo;
use self::palette::Palette;
use std::sync::Arc;

/// The longest brand name, in characters.
pub const BRAND_CHARS_MAX: usize = 60;

/// The longest title in the partner's words, in characters.
pub const TITLE_CHARS_MAX: usize = 80;

/// The longest text under it, in characters.
pub const SUBTITLE_CHARS_MAX: usize = 240;

/// The roundest corners, in pixels.
pub const RADIUS_MAX: u8 = 24;

/// How an application's pages look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// What people read instead of the application's name.
    pub brand_name: Option<String>,
    /// Its colours; the house's when absent.
    pub palette: Option<Palette>,
    /// What headings are set in.
    pub font: Font,
    /// How round corners are.
    pub radius: Radius,
    /// What the partner says to who opens a link, and to who is asked to agree.
    pub greeting: Greeting,
    /// Its picture, beside the name or in its place.
    pub logo: Option<Arc<Logo>>,
    /// Which way they lead.
    pub flow: Flow,
}

/// The partner's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Greeting {
    /// In a line.
    pub title: Option<String>,
    /// In a sentence or two.
    pub subtitle: Option<String>,
}

impl Greeting {
    /// The partner says nothing.
    pub const fn is_empty(&self) -> bool {
        self.title.is_none() && self.subtitle.is_none()
    }
}

/// How round corners are, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Radius(u8);

impl Radius {
    /// That many pixels, when it is not too many.
    pub const fn new(pixels: u8) -> Option<Self> {
        if pixels <= RADIUS_MAX { Some(Self(pixels)) } else { None }
    }

    /// In pixels.
    pub const fn pixels(self) -> u8 {
        self.0
    }
}

impl Default for Radius {
    fn default() -> Self {
        Self(14)
    }
}

/// What headings are set in: fonts that people's devices have. Nothing is ever loaded for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Font {
    /// A serif for reading on screens: the house's own.
    #[default]
    Serif,
    /// The device's own sans-serif.
    Sans,
    /// A sans-serif with the strokes of a hand.
    Humanist,
    /// A sans-serif drawn with ruler and compass.
    Geometric,
    /// A sans-serif with round ends.
    Rounded,
    /// A serif with feet as thick as its strokes.
    Slab,
    /// A serif as old books have it.
    OldStyle,
}

impl Font {
    /// All there are.
    pub const ALL: [Self; 7] =
        [Self::Serif, Self::Sans, Self::Humanist, Self::Geometric, Self::Rounded, Self::Slab, Self::OldStyle];

    /// Its name, as partners write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serif => "serif",
            Self::Sans => "sans",
            Self::Humanist => "humanist",
            Self::Geometric => "geometric",
            Self::Rounded => "rounded",
            Self::Slab => "slab",
            Self::OldStyle => "old-style",
        }
    }

    /// The font of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|font| font.name() == name)
    }
}
