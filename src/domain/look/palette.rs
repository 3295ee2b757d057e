//! The partner's three colours, each read well wherever the pages put it. What the pages put around
//! them stands here too; a test holds it to web/assets/style.css. Must not know: style sheets.

use super::colour::{Colour, Contrast, READABLE};
use std::fmt;

/// A colour that text in a partner's colour stands upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface {
    /// Its token in the style sheet.
    pub token: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// The colour.
    pub colour: Colour,
}

/// By day.
pub const DAY: [Surface; 3] = [
    Surface { token: "--paper", words: "the page", colour: Colour::of_parts([0xfa, 0xf7, 0xf2]) },
    Surface { token: "--sheet", words: "a box", colour: Colour::of_parts([0xff, 0xfe, 0xfc]) },
    Surface { token: "--sunk", words: "a note", colour: Colour::of_parts([0xf2, 0xed, 0xe4]) },
];

/// In the dark.
pub const NIGHT: [Surface; 4] = [
    Surface {
        token: "--rail",
        words: "the top of the page in the dark",
        colour: Colour::of_parts([0x0a, 0x11, 0x13]),
    },
    Surface { token: "--paper", words: "the page in the dark", colour: Colour::of_parts([0x13, 0x1b, 0x1d]) },
    Surface { token: "--sheet", words: "a box in the dark", colour: Colour::of_parts([0x1a, 0x24, 0x26]) },
    Surface { token: "--sunk", words: "a note in the dark", colour: Colour::of_parts([0x20, 0x2b, 0x2d]) },
];

/// What stands upon the partner's colour in the dark.
pub const NIGHT_ON: Colour = Colour::of_parts([0x0a, 0x17, 0x19]);

/// How much of the partner's colour tints a box, in percent: by day, and in the dark.
pub const TINTS: [u8; 2] = [9, 12];

/// The contrast of a tone that is found for a partner.
const COMFORT: f64 = 6.0;

/// The partner's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// By day: the rail, buttons, links.
    pub brand: Colour,
    /// Text upon it.
    pub on: Colour,
    /// The light tone that takes its place in the dark.
    pub night: Colour,
}

/// Two colours of which one is not read upon the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// Which of the partner's colours.
    pub what: &'static str,
    /// As it was given.
    pub given: Colour,
    /// What it stands with.
    pub with: &'static str,
    /// The colour of that.
    pub with_colour: Colour,
    /// How well it is read.
    pub contrast: Contrast,
    /// The nearest tone that is read well.
    pub instead: Option<Colour>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, given, with, with_colour, contrast, instead } = self;
        write!(
            out,
            "{what} {given} is not readable with {with} ({with_colour}): its contrast is {contrast}"
        )?;
        write!(out, " and has to be {READABLE}")?;
        match instead {
            Some(colour) => write!(out, "; {colour} would do"),
            None => Ok(()),
        }
    }
}

impl Palette {
    /// The house's own colours.
    pub const HOUSE: Self = Self {
        brand: Colour::of_parts([0x0c, 0x4f, 0x5e]),
        on: Colour::WHITE,
        night: Colour::of_parts([0x8b, 0xd3, 0xcd]),
    };

    /// A palette from the partner's colour and, where given, its two companions; they are found for it
    /// otherwise.
    ///
    /// # Errors
    /// Every pair that is not readable, the worst place of each.
    pub fn new(brand: Colour, on: Option<Colour>, night: Option<Colour>) -> Result<Self, Vec<Unreadable>> {
        let by_day = |colour| worst(colour, &day(colour));
        let in_the_dark = |colour| worst(colour, &dark(colour));
        let upon_brand = |colour| worst(colour, &[("colour", brand)]);
        // Whatever is read upon the page has to be dark, and white is then read upon it.
        let on = on.unwrap_or(Colour::WHITE);
        let night = night.unwrap_or_else(|| light_tone(brand));
        let found = [
            fault("colour", brand, Colour::BLACK, by_day),
            fault("night", night, Colour::WHITE, in_the_dark),
        ];
        let mut found: Vec<Unreadable> = found.into_iter().flatten().collect();
        // One fault is said once: a colour that is too light for the page is so for its text, too.
        if found.iter().all(|one| one.what != "colour") {
            found.extend(fault("text", on, Colour::WHITE, upon_brand));
        }
        if found.is_empty() { Ok(Self { brand, on, night }) } else { Err(found) }
    }

    /// The tint of a box by day, and in the dark.
    pub fn tints(self) -> [Colour; 2] {
        [tint_by_day(self.brand), tint_in_the_dark(self.night)]
    }
}

fn tint_by_day(brand: Colour) -> Colour {
    DAY[1].colour.mixed(brand, TINTS[0])
}

fn tint_in_the_dark(night: Colour) -> Colour {
    NIGHT[2].colour.mixed(night, TINTS[1])
}

type Place = (&'static str, Colour);

fn day(brand: Colour) -> Vec<Place> {
    let tint = [("a tinted box", tint_by_day(brand))];
    DAY.iter().map(|one| (one.words, one.colour)).chain(tint).collect()
}

fn dark(night: Colour) -> Vec<Place> {
    let around = [("a tinted box in the dark", tint_in_the_dark(night)), ("the dark text upon it", NIGHT_ON)];
    NIGHT.iter().map(|one| (one.words, one.colour)).chain(around).collect()
}

/// Where a colour is read worst, and how well.
fn worst(colour: Colour, places: &[Place]) -> Option<(Place, Contrast)> {
    let measured = places.iter().map(|place| (*place, colour.contrast(place.1)));
    measured.min_by(|(_, one), (_, two)| one.ratio().total_cmp(&two.ratio()))
}

fn is_read_well(worst: Option<(Place, Contrast)>) -> bool {
    worst.is_none_or(|(_, contrast)| contrast >= READABLE)
}

fn fault(
    what: &'static str,
    given: Colour,
    towards: Colour,
    judge: impl Fn(Colour) -> Option<(Place, Contrast)>,
) -> Option<Unreadable> {
    let ((with, with_colour), contrast) = judge(given).filter(|worst| !is_read_well(Some(*worst)))?;
    let instead = toned(given, towards, judge);
    Some(Unreadable { what, given, with, with_colour, contrast, instead })
}

/// The tone that takes a colour's place in the dark: the same hue, with room above the least contrast.
fn light_tone(brand: Colour) -> Colour {
    let is_comfortable =
        |tone: &Colour| worst(*tone, &dark(*tone)).is_none_or(|(_, one)| one.ratio() >= COMFORT);
    (60..=100).map(|lightness| brand.tone(lightness)).find(is_comfortable).unwrap_or(Colour::WHITE)
}

/// The nearest tone on the way to another colour that is read well everywhere.
fn toned(
    from: Colour,
    towards: Colour,
    judge: impl Fn(Colour) -> Option<(Place, Contrast)>,
) -> Option<Colour> {
    (0..=100).map(|share| from.mixed(towards, share)).find(|tone| is_read_well(judge(*tone)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn the_house_is_held_to_its_own_rule() {
        let Palette { brand, on, night } = Palette::HOUSE;
        assert_eq!(Palette::new(brand, Some(on), Some(night)), Ok(Palette::HOUSE));
    }

    #[test]
    fn the_surfaces_are_those_of_the_style_sheet() {
        let sheet = include_str!("../../../web/assets/style.css");
        let (day, dark) = sheet.split_once("@media (prefers-color-scheme: dark) {").unwrap();
        let dark = dark.split("@media").next().unwrap();
        for (surfaces, text) in [(&DAY[..], day), (&NIGHT[..], dark)] {
            for one in surfaces {
                let declared = format!("{}: {}", one.token, one.colour);
                assert!(text.contains(&declared), "{declared} is not in the sheet");
            }
        }
        assert!(dark.contains(&format!("--accent-on: {NIGHT_ON};")));
        for (percent, text) in [(TINTS[0], day), (TINTS[1], dark)] {
            let mix = format!("--wash: color-mix(in srgb, var(--accent) {percent}%, var(--sheet))");
            assert!(text.contains(&mix), "{mix} is not in the sheet");
        }
        let house = Palette::HOUSE;
        for declared in [format!("--brand: {};", house.brand), format!("--brand-night: {};", house.night)] {
            assert!(day.contains(&declared), "{declared} is not in the sheet");
        }
    }

    #[test]
    fn one_colour_is_enough_and_brings_its_companions() {
        let palette = Palette::new(colour("#6b2347"), None, None).unwrap();
        assert_eq!(palette.on, Colour::WHITE);
        assert!(palette.night.luminance() > palette.brand.luminance());
    }

    #[test]
    fn a_refused_pair_says_what_is_wrong_and_what_would_do() {
        let faults = Palette::new(colour("#ff8800"), None, None).unwrap_err();
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        let text = fault.to_string();
        assert!(text.starts_with("colour #ff8800 is not readable with a note (#f2ede4): its contrast is 2."));
        assert!(text.contains("has to be 4.50 : 1; #"), "{text}");
        let night = Palette::new(colour("#6b2347"), None, Some(colour("#6b2347"))).unwrap_err();
        assert_eq!((night.len(), night[0].what), (1, "night"));
        let text = Palette::new(colour("#6b2347"), Some(colour("#111")), None).unwrap_err();
        assert_eq!((text.len(), text[0].what, text[0].with), (1, "text", "colour"));
        let both = Palette::new(colour("#fff"), Some(colour("#fff")), Some(colour("#000"))).unwrap_err();
        assert_eq!(both.iter().map(|one| one.what).collect::<Vec<_>>(), ["colour", "night"]);
    }

    fn any_colour() -> impl Strategy<Value = Colour> {
        any::<[u8; 3]>().prop_map(Colour::of_parts)
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_readable_and_whatever_is_refused_is_not(
            brand in any_colour(),
            on in proptest::option::of(any_colour()),
            night in proptest::option::of(any_colour()),
        ) {
            match Palette::new(brand, on, night) {
                Ok(palette) => {
                    let pairs = day(palette.brand).into_iter().map(|(_, with)| (palette.brand, with));
                    let dark = dark(palette.night).into_iter().map(|(_, with)| (palette.night, with));
                    for (one, two) in pairs.chain(dark).chain([(palette.on, palette.brand)]) {
                        prop_assert!(one.contrast(two).ratio() >= 4.5, "{one} with {two}");
                    }
                    prop_assert_eq!(Palette::new(palette.brand, Some(palette.on), Some(palette.night)), Ok(palette));
                }
                Err(faults) => for fault in faults {
                    prop_assert!(fault.contrast.ratio() < 4.5);
                    prop_assert_eq!(fault.contrast, fault.given.contrast(fault.with_colour));
                },
            }
        }

        #[test]
        fn what_would_do_does(brand in any_colour()) {
            let taken = match Palette::new(brand, None, None) {
                Ok(palette) => palette.brand,
                Err(faults) => faults[0].instead.unwrap(),
            };
            prop_assert!(Palette::new(taken, None, None).is_ok());
        }
    }
}
