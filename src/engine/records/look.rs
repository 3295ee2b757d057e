//! How an application's pages look. Not personal, so not sealed.

use super::RecordError;
use crate::domain::institution::InstitutionId;
use crate::domain::look::colour::Colour;
use crate::domain::look::flow::Flow;
use crate::domain::look::logo::{Format, Logo};
use crate::domain::look::palette::Palette;
use crate::domain::look::{Font, Greeting, Look, Radius};
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};

/// A look, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookV1 {
    brand_name: Option<String>,
    /// By day, upon it, in the dark.
    colours: Option<[[u8; 3]; 3]>,
    font: u8,
    radius: u8,
    title: Option<String>,
    subtitle: Option<String>,
}

impl Record for LookV1 {
    const KIND: u8 = b'f';
    const SCHEMA: u8 = 1;
}

impl From<&Look> for LookV1 {
    fn from(look: &Look) -> Self {
        Self {
            brand_name: look.brand_name.clone(),
            colours: look.palette.map(|one| [one.brand, one.on, one.night].map(Colour::parts)),
            font: font_number(look.font),
            radius: look.radius.pixels(),
            title: look.greeting.title.clone(),
            subtitle: look.greeting.subtitle.clone(),
        }
    }
}

impl TryFrom<LookV1> for Look {
    type Error = RecordError;

    fn try_from(record: LookV1) -> Result<Self, RecordError> {
        // Colours that were readable when they were taken are kept, also when the pages change around them.
        let palette = record.colours.map(|colours| {
            let [brand, on, night] = colours.map(Colour::of_parts);
            Palette { brand, on, night }
        });
        Ok(Self {
            brand_name: record.brand_name,
            palette,
            font: font_from(record.font)?,
            radius: Radius::new(record.radius).ok_or(RecordError::Number(record.radius))?,
            greeting: Greeting { title: record.title, subtitle: record.subtitle },
            logo: None,
            flow: Flow::default(),
        })
    }
}

/// Which way an application's pages lead, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowV1 {
    skips_success: bool,
    is_single: bool,
    institutions: Vec<[u8; 7]>,
    reference_name: Option<String>,
    manage_url: Option<String>,
}

impl Record for FlowV1 {
    const KIND: u8 = b'o';
    const SCHEMA: u8 = 1;
}

/// Which way an application's pages lead, second schema: the first knew nothing of links that are texted anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowV2 {
    skips_success: bool,
    is_single: bool,
    institutions: Vec<[u8; 7]>,
    reference_name: Option<String>,
    manage_url: Option<String>,
    reissues_links: bool,
}

impl Record for FlowV2 {
    const KIND: u8 = b'o';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<FlowV1>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<FlowV1> for FlowV2 {
    fn from(first: FlowV1) -> Self {
        let FlowV1 { skips_success, is_single, institutions, reference_name, manage_url } = first;
        Self { skips_success, is_single, institutions, reference_name, manage_url, reissues_links: false }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<FlowV2> for FlowV1 {
    fn from(second: FlowV2) -> Self {
        let FlowV2 { skips_success, is_single, institutions, reference_name, manage_url, .. } = second;
        Self { skips_success, is_single, institutions, reference_name, manage_url }
    }
}

impl From<&Flow> for FlowV2 {
    fn from(flow: &Flow) -> Self {
        Self {
            skips_success: flow.skips_success,
            is_single: flow.is_single,
            institutions: flow.institutions.iter().map(|id| id.0).collect(),
            reference_name: flow.reference_name.clone(),
            manage_url: flow.manage_url.clone(),
            reissues_links: flow.reissues_links,
        }
    }
}

impl From<FlowV2> for Flow {
    fn from(record: FlowV2) -> Self {
        Self {
            skips_success: record.skips_success,
            is_single: record.is_single,
            institutions: record.institutions.into_iter().map(InstitutionId).collect(),
            reference_name: record.reference_name,
            manage_url: record.manage_url,
            reissues_links: record.reissues_links,
        }
    }
}

/// A part of a logo with what is known of the whole, first schema: a value has its bounds, and a logo may
/// be larger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoPartV1 {
    format: u8,
    width: u32,
    height: u32,
    says_name: bool,
    has_plate: bool,
    /// How many parts there are.
    parts: u8,
    bytes: Vec<u8>,
}

impl Record for LogoPartV1 {
    const KIND: u8 = b'p';
    const SCHEMA: u8 = 1;
}

/// The bytes in one part.
const PART_BYTES: usize = 4000;

impl LogoPartV1 {
    /// The parts of a logo, in order.
    pub fn of(logo: &Logo) -> Vec<Self> {
        let parts = u8::try_from(logo.bytes.chunks(PART_BYTES).count()).unwrap_or(u8::MAX);
        let part = |bytes: &[u8]| Self {
            format: format_number(logo.format),
            width: logo.width,
            height: logo.height,
            says_name: logo.says_name,
            has_plate: logo.has_plate,
            parts,
            bytes: bytes.to_vec(),
        };
        logo.bytes.chunks(PART_BYTES).map(part).collect()
    }

    /// The logo of these parts; none when there are none.
    ///
    /// # Errors
    /// When they are not those of one logo.
    pub fn join(parts: &[Self]) -> Result<Option<Logo>, RecordError> {
        let Some(first) = parts.first() else { return Ok(None) };
        if usize::from(first.parts) != parts.len() {
            return Err(RecordError::Count { counted: first.parts.into(), found: parts.len() });
        }
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
        Ok(Some(Logo {
            format: format_from(first.format)?,
            width: first.width,
            height: first.height,
            bytes: bytes.into(),
            says_name: first.says_name,
            has_plate: first.has_plate,
        }))
    }
}

/// The number of a kind of picture: never given to another one.
pub(super) const fn format_number(format: Format) -> u8 {
    match format {
        Format::Svg => 1,
        Format::Png => 2,
        Format::Jpeg => 3,
        Format::WebP => 4,
    }
}

fn format_from(number: u8) -> Result<Format, RecordError> {
    Format::ALL.into_iter().find(|format| format_number(*format) == number).ok_or(RecordError::Number(number))
}

/// The number of a font: never given to another one.
pub(super) const fn font_number(font: Font) -> u8 {
    match font {
        Font::Serif => 1,
        Font::Sans => 2,
        Font::Humanist => 3,
        Font::Geometric => 4,
        Font::Rounded => 5,
        Font::Slab => 6,
        Font::OldStyle => 7,
    }
}

fn font_from(number: u8) -> Result<Font, RecordError> {
    Font::ALL.into_iter().find(|font| font_number(*font) == number).ok_or(RecordError::Number(number))
}
