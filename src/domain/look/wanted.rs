//! A look as a partner writes it, and what is wrong with one. It is whole: what is not in it is the
//! default. All faults are told at once. Must not know: files, requests.

use super::colour::Colour;
use super::flow::{Flow, INSTITUTIONS_MAX, REFERENCE_CHARS_MAX, URL_BYTES_MAX, is_web_url};
use super::logo::{Logo, LogoFault};
use super::palette::{Palette, Unreadable};
use super::{BRAND_CHARS_MAX, Font, Greeting, Look, RADIUS_MAX, Radius, SUBTITLE_CHARS_MAX, TITLE_CHARS_MAX};
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::line::is_invisible;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// A look as it is written. What is not known is refused: a slip of the pen must not pass for a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedLook {
    /// The brand.
    pub brand: WantedBrand,
    /// The partner's own words.
    pub greeting: WantedGreeting,
    /// Which way the pages lead.
    pub flow: WantedFlow,
    /// The partner's logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<WantedLogo>,
}

/// A brand as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedBrand {
    /// What people read; the application's name when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rail, buttons, links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Text upon that colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The light tone that takes its place in the dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub night: Option<String>,
    /// What headings are set in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// How round corners are, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<i64>,
}

/// A logo as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedLogo {
    /// A file beside the one that this is written in; whoever reads that one puts its content into `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The picture in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// It holds the brand's name.
    pub says_name: bool,
    /// It stands on a white plate; it does when this is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plate: Option<bool>,
}

/// Which way the pages lead, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedFlow {
    /// Whoever has disclosed goes straight back.
    pub skip_success: bool,
    /// People can connect more than one login.
    pub multiple_connections: bool,
    /// The institutions that people can choose; all when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<String>,
    /// Where people are told that they go back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_name: Option<String>,
    /// Where the partner lets people manage what they share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manage_url: Option<String>,
    /// The page of a link that is over offers to text a new one.
    pub reissue: bool,
}

impl Default for WantedFlow {
    fn default() -> Self {
        Self {
            skip_success: false,
            multiple_connections: true,
            institutions: Vec::new(),
            reference_name: None,
            manage_url: None,
            reissue: false,
        }
    }
}

/// The partner's words as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedGreeting {
    /// In a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// In a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
}

/// What is wrong with one option.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LookFault {
    /// A text that is empty, too long, or no plain line.
    #[error("{option} must have 1 to {most} characters, without line breaks and invisible ones")]
    Text {
        /// Which option.
        option: &'static str,
        /// The most characters.
        most: usize,
    },
    /// Not a colour.
    #[error("{option} wants a colour such as \"#0c4f5e\", not \"{given}\"")]
    Colour {
        /// Which option.
        option: &'static str,
        /// What was written.
        given: String,
    },
    /// A colour that goes with another one, which is not there.
    #[error("{option} goes with brand.colour, which is not given")]
    Alone {
        /// Which option.
        option: &'static str,
    },
    /// Two colours of which one is not read upon the other.
    #[error("brand.{0}")]
    Unreadable(Unreadable),
    /// No font of ours.
    #[error("brand.font is one of {}, not \"{given}\"", fonts())]
    Font {
        /// What was written.
        given: String,
    },
    /// No institution that can be connected to.
    #[error("flow.institutions: there is no institution \"{given}\"")]
    Institution {
        /// What was written.
        given: String,
    },
    /// Too many of them.
    #[error("flow.institutions are at most {INSTITUTIONS_MAX}")]
    Institutions,
    /// No URL that a page can lead to.
    #[error(
        "flow.manage_url must begin with https:// or http://, be of plain ASCII, and have at most {URL_BYTES_MAX} bytes"
    )]
    ManageUrl,
    /// No picture that can be shown.
    #[error("the logo is refused: {0}")]
    Logo(LogoFault),
    /// A logo without a picture.
    #[error("logo.data wants the picture in base64")]
    LogoData,
    /// Corners that are too round, or less than sharp.
    #[error("brand.radius is 0 to {RADIUS_MAX} pixels, not {given}")]
    Radius {
        /// What was written.
        given: i64,
    },
}

fn fonts() -> String {
    Font::ALL.map(Font::name).join(", ")
}

/// Everything that is wrong with a look.
#[derive(Debug, Clone, PartialEq, Error)]
pub struct LookFaults(pub Vec<LookFault>);

impl fmt::Display for LookFaults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            write!(out, "{}{fault}", if place == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// Takes options one by one and notes what is wrong.
#[derive(Default)]
struct Reader(Vec<LookFault>);

impl Reader {
    fn text(&mut self, option: &'static str, given: Option<String>, most: usize) -> Option<String> {
        let text = given?.trim().to_owned();
        let is_plain = !text.is_empty() && text.chars().count() <= most && !text.chars().any(is_invisible);
        if !is_plain {
            self.0.push(LookFault::Text { option, most });
        }
        is_plain.then_some(text)
    }

    fn colour(&mut self, option: &'static str, given: Option<String>) -> Option<Colour> {
        let given = given?;
        let colour = Colour::parse(given.trim());
        if colour.is_none() {
            // What was written may be long, and goes into a sentence.
            self.0.push(LookFault::Colour { option, given: given.chars().take(32).collect() });
        }
        colour
    }

    fn palette(&mut self, brand: &WantedBrand) -> Option<Palette> {
        let before = self.0.len();
        let on = self.colour("brand.text", brand.text.clone());
        let night = self.colour("brand.night", brand.night.clone());
        let Some(colour) = self.colour("brand.colour", brand.colour.clone()) else {
            let companions = [("brand.text", on), ("brand.night", night)];
            if brand.colour.is_none() {
                let alone = companions.into_iter().filter(|(_, given)| given.is_some());
                self.0.extend(alone.map(|(option, _)| LookFault::Alone { option }));
            }
            return None;
        };
        if self.0.len() > before {
            return None;
        }
        match Palette::new(colour, on, night) {
            Ok(palette) => Some(palette),
            Err(faults) => {
                self.0.extend(faults.into_iter().map(LookFault::Unreadable));
                None
            }
        }
    }

    fn logo(&mut self, given: Option<WantedLogo>) -> Option<Arc<Logo>> {
        let given = given?;
        let Some(bytes) = given.data.and_then(|data| STANDARD.decode(data.trim()).ok()) else {
            self.0.push(LookFault::LogoData);
            return None;
        };
        match Logo::read(&bytes, given.says_name, given.plate.unwrap_or(true)) {
            Ok(logo) => Some(Arc::new(logo)),
            Err(fault) => {
                self.0.push(LookFault::Logo(fault));
                None
            }
        }
    }

    fn flow(&mut self, given: WantedFlow) -> Flow {
        if given.institutions.len() > INSTITUTIONS_MAX {
            self.0.push(LookFault::Institutions);
        }
        let mut institutions = BTreeSet::new();
        for text in given.institutions.iter().take(INSTITUTIONS_MAX) {
            let known = InstitutionId::parse(text).and_then(Institution::find);
            institutions.extend(known.map(|one| one.id));
            if known.is_none() {
                self.0.push(LookFault::Institution { given: text.chars().take(32).collect() });
            }
        }
        let manage_url = given.manage_url.filter(|url| {
            is_web_url(url) || {
                self.0.push(LookFault::ManageUrl);
                false
            }
        });
        Flow {
            skips_success: given.skip_success,
            is_single: !given.multiple_connections,
            institutions,
            reference_name: self.text("flow.reference_name", given.reference_name, REFERENCE_CHARS_MAX),
            manage_url,
            reissues_links: given.reissue,
        }
    }

    fn font(&mut self, given: Option<String>) -> Font {
        let Some(given) = given else { return Font::default() };
        Font::parse(given.trim()).unwrap_or_else(|| {
            self.0.push(LookFault::Font { given: given.chars().take(32).collect() });
            Font::default()
        })
    }

    fn radius(&mut self, given: Option<i64>) -> Radius {
        let Some(given) = given else { return Radius::default() };
        u8::try_from(given).ok().and_then(Radius::new).unwrap_or_else(|| {
            self.0.push(LookFault::Radius { given });
            Radius::default()
        })
    }
}

impl TryFrom<WantedLook> for Look {
    type Error = LookFaults;

    fn try_from(wanted: WantedLook) -> Result<Self, LookFaults> {
        let mut reader = Reader::default();
        let look = Self {
            palette: reader.palette(&wanted.brand),
            brand_name: reader.text("brand.name", wanted.brand.name, BRAND_CHARS_MAX),
            font: reader.font(wanted.brand.font),
            radius: reader.radius(wanted.brand.radius),
            greeting: Greeting {
                title: reader.text("greeting.title", wanted.greeting.title, TITLE_CHARS_MAX),
                subtitle: reader.text("greeting.subtitle", wanted.greeting.subtitle, SUBTITLE_CHARS_MAX),
            },
            logo: reader.logo(wanted.logo),
            flow: reader.flow(wanted.flow),
        };
        if reader.0.is_empty() { Ok(look) } else { Err(LookFaults(reader.0)) }
    }
}

impl From<&Look> for WantedLook {
    /// As it would be written, with what was found for it.
    fn from(look: &Look) -> Self {
        let colour = |pick: fn(&Palette) -> Colour| look.palette.as_ref().map(|one| pick(one).to_string());
        Self {
            brand: WantedBrand {
                name: look.brand_name.clone(),
                colour: colour(|one| one.brand),
                text: colour(|one| one.on),
                night: colour(|one| one.night),
                font: Some(look.font.name().to_owned()),
                radius: Some(look.radius.pixels().into()),
            },
            greeting: WantedGreeting {
                title: look.greeting.title.clone(),
                subtitle: look.greeting.subtitle.clone(),
            },
            flow: WantedFlow {
                skip_success: look.flow.skips_success,
                multiple_connections: !look.flow.is_single,
                institutions: look.flow.institutions.iter().map(ToString::to_string).collect(),
                reference_name: look.flow.reference_name.clone(),
                manage_url: look.flow.manage_url.clone(),
                reissue: look.flow.reissues_links,
            },
            logo: look.logo.as_ref().map(|logo| WantedLogo {
                file: None,
                data: Some(STANDARD.encode(&logo.bytes)),
                says_name: logo.says_name,
                plate: Some(logo.has_plate),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWN: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 3'><path d='M0 0h9'/></svg>";

    fn brand(change: impl FnOnce(&mut WantedBrand)) -> WantedLook {
        let mut wanted = WantedLook::default();
        change(&mut wanted.brand);
        wanted
    }

    #[test]
    fn nothing_wanted_is_the_default() {
        assert_eq!(Look::try_from(WantedLook::default()), Ok(Look::default()));
    }

    #[test]
    fn what_is_written_down_is_read_back_the_same() {
        let wanted = WantedLook {
            brand: WantedBrand {
                name: Some(" Quill ".into()),
                colour: Some("#6B2347".into()),
                font: Some("old-style".into()),
                radius: Some(0),
                ..WantedBrand::default()
            },
            greeting: WantedGreeting { title: Some("Hello".into()), subtitle: Some("A few minutes.".into()) },
            logo: Some(WantedLogo { data: Some(STANDARD.encode(DRAWN)), ..WantedLogo::default() }),
            flow: WantedFlow {
                skip_success: true,
                multiple_connections: false,
                institutions: vec!["AU00001".into(), "AU00000".into(), "AU00001".into()],
                reference_name: Some("your broker".into()),
                manage_url: Some("https://quill.example/sharing".into()),
                reissue: true,
            },
        };
        let look = Look::try_from(wanted).unwrap();
        assert_eq!(look.brand_name.as_deref(), Some("Quill"));
        let written = WantedLook::from(&look);
        assert_eq!(written.brand.colour.as_deref(), Some("#6b2347"));
        assert_eq!(Look::try_from(written), Ok(look));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let wanted = WantedLook {
            brand: WantedBrand {
                name: Some("x".repeat(BRAND_CHARS_MAX + 1)),
                colour: Some("#ffcc00".into()),
                text: None,
                night: None,
                font: Some("Comic Sans MS".into()),
                radius: Some(25),
            },
            greeting: WantedGreeting { title: Some("  ".into()), subtitle: Some("a\nb".into()) },
            logo: Some(WantedLogo { data: Some(STANDARD.encode("no picture")), ..WantedLogo::default() }),
            flow: WantedFlow {
                institutions: vec!["AU99999".into()],
                reference_name: Some(String::new()),
                manage_url: Some("javascript:alert(1)".into()),
                ..WantedFlow::default()
            },
        };
        let LookFaults(faults) = Look::try_from(wanted).unwrap_err();
        assert_eq!(faults.len(), 10, "{faults:?}");
        let text = LookFaults(faults).to_string();
        for said in [
            "brand.colour #ffcc00 is not readable",
            "brand.name must have 1 to 60",
            "brand.font is one of serif, sans,",
            "brand.radius is 0 to 24 pixels, not 25",
            "greeting.title must",
            "greeting.subtitle must",
            "flow.institutions: there is no institution \"AU99999\"",
            "flow.reference_name must",
            "flow.manage_url must",
            "the logo is refused: it is no SVG, PNG, JPEG or WebP",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }

    #[test]
    fn a_logo_without_a_picture_is_refused() {
        for data in [None, Some("%%%".to_owned())] {
            let logo = WantedLogo { file: Some("logo.svg".into()), data, ..WantedLogo::default() };
            let wanted = WantedLook { logo: Some(logo), ..WantedLook::default() };
            assert_eq!(Look::try_from(wanted), Err(LookFaults(vec![LookFault::LogoData])));
        }
    }

    #[test]
    fn each_option_has_its_bounds() {
        let is_taken = |wanted| Look::try_from(wanted).is_ok();
        assert!(is_taken(brand(|one| one.name = Some("é".repeat(BRAND_CHARS_MAX)))));
        for radius in [0, i64::from(RADIUS_MAX)] {
            assert!(is_taken(brand(|one| one.radius = Some(radius))));
        }
        for radius in [-1, i64::from(RADIUS_MAX) + 1, 256, i64::MAX, i64::MIN] {
            assert!(!is_taken(brand(|one| one.radius = Some(radius))), "{radius}");
        }
        for font in Font::ALL {
            let look = Look::try_from(brand(|one| one.font = Some(font.name().into()))).unwrap();
            assert_eq!(look.font, font);
        }
        for name in ["", "\u{202e}lliuQ", "a\u{200b}b", "a\tb"] {
            assert!(!is_taken(brand(|one| one.name = Some(name.into()))), "{name:?}");
        }
        for colour in ["teal", "#12", "rgb(1,2,3)", "#0c4f5e;}"] {
            assert!(!is_taken(brand(|one| one.colour = Some(colour.into()))), "{colour}");
        }
        let alone = Look::try_from(brand(|one| one.night = Some("#fff".into()))).unwrap_err();
        assert_eq!(alone.0, [LookFault::Alone { option: "brand.night" }]);
    }
}
