//! Colours as partners write them, and how well one is read upon another (WCAG 2.2, relative luminance
//! and contrast ratio). Must not know: which colours the pages have.

use std::fmt;

/// The least contrast that text is read at (WCAG 2.2, success criterion 1.4.3).
pub const READABLE: Contrast = Contrast(4.5);

/// An opaque colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// How much lighter one of two colours is: 1 to 21.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Contrast(f64);

impl Contrast {
    /// The ratio, 1 to 21.
    pub const fn ratio(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Contrast {
    /// Two places, rounded down: what is too little must not look like enough.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.2} : 1", (self.0 * 100.0).floor() / 100.0)
    }
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self::of_parts([u8::MAX; 3]);
    /// Black.
    pub const BLACK: Self = Self::of_parts([0; 3]);

    /// The colour that is written `#rrggbb`.
    const fn new(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self { red, green, blue }
    }

    /// Reads `#rgb` and `#rrggbb`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()))?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            6 => Some(Self::new(number)),
            3 => {
                let [red, green, blue] = [number >> 8, number >> 4, number].map(|one| (one & 0xf) * 0x11);
                Some(Self::new(red << 16 | green << 8 | blue))
            }
            _ => None,
        }
    }

    /// Its three parts.
    pub const fn parts(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// The colour of three parts.
    pub const fn of_parts([red, green, blue]: [u8; 3]) -> Self {
        Self { red, green, blue }
    }

    /// How light it is: 0 is black, 1 is white.
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.parts().map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well one is read upon the other; the order does not matter.
    pub fn contrast(self, other: Self) -> Contrast {
        let (one, two) = (self.luminance(), other.luminance());
        Contrast((one.max(two) + 0.05) / (one.min(two) + 0.05))
    }

    /// This one with `percent` of another mixed in, part by part, as style sheets mix in sRGB.
    #[must_use]
    pub fn mixed(self, other: Self, percent: u8) -> Self {
        let share = u32::from(percent.min(100));
        let mix = |own: u8, its: u8| {
            let sum = u32::from(own) * (100 - share) + u32::from(its) * share;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }
}

impl Colour {
    /// A light tone of the same hue: `lightness` in percent (HSL), calmer where this one is loud.
    #[must_use]
    pub fn tone(self, lightness: u8) -> Self {
        let parts = self.parts().map(|part| f64::from(part) / 255.0);
        let (least, most) = (parts.into_iter().fold(1.0, f64::min), parts.into_iter().fold(0.0, f64::max));
        let span = most - least;
        let room = 1.0 - (most + least - 1.0).abs();
        let saturation = if room > 0.0 { (span / room).min(TONE_SATURATION_MAX) } else { 0.0 };
        let lightness = f64::from(lightness.min(100)) / 100.0;
        let reach = saturation * (1.0 - (2.0 * lightness - 1.0).abs());
        // Where each part stands between the least and the most is the hue.
        let part = |part: f64| {
            let place = if span > 0.0 { (part - least) / span } else { 0.5 };
            byte(lightness + (place - 0.5) * reach)
        };
        Self::of_parts(parts.map(part))
    }
}

/// The loudest tone; a light colour that is louder glares in the dark.
const TONE_SATURATION_MAX: f64 = 0.7;

/// A share as a part of a colour.
fn byte(share: f64) -> u8 {
    let whole = (share.clamp(0.0, 1.0) * 255.0).round();
    (0..=u8::MAX).find(|byte| f64::from(*byte) >= whole).unwrap_or(u8::MAX)
}

/// A part of a colour on a scale of light.
fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_colour() -> impl Strategy<Value = Colour> {
        any::<[u8; 3]>().prop_map(Colour::of_parts)
    }

    #[test]
    fn colours_are_read_in_two_ways_and_no_third() {
        let read = |text| Colour::parse(text).map(|colour| colour.to_string());
        assert_eq!(read("#0c4F5e").as_deref(), Some("#0c4f5e"));
        assert_eq!(read("#f0a").as_deref(), Some("#ff00aa"));
        for wrong in
            ["", "#", "red", "0c4f5e", "#0c4f5", "#0c4f5e80", "#+c4f5e", "#0c4f5é", " #fff", "rgb(0,0,0)"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_what_others_measure() {
        let contrast = |one, two| Colour::parse(one).unwrap().contrast(Colour::parse(two).unwrap());
        for (one, two, expected) in [
            ("#000", "#fff", "21.00 : 1"),
            ("#777", "#fff", "4.47 : 1"),
            ("#767676", "#fff", "4.54 : 1"),
            ("#f00", "#fff", "3.99 : 1"),
            ("#00f", "#fff", "8.59 : 1"),
            ("#123456", "#123456", "1.00 : 1"),
        ] {
            assert_eq!(contrast(one, two).to_string(), expected, "{one} on {two}");
        }
    }

    proptest! {
        #[test]
        fn contrast_has_its_bounds_and_no_order(one in any_colour(), two in any_colour()) {
            let contrast = one.contrast(two);
            prop_assert!((1.0..=21.0).contains(&contrast.ratio()));
            prop_assert_eq!(contrast, two.contrast(one));
            let is_same = one.luminance().to_bits() == two.luminance().to_bits();
            prop_assert_eq!(contrast.ratio().to_bits() == 1.0_f64.to_bits(), is_same);
        }

        #[test]
        fn what_is_shown_of_a_ratio_is_never_more_than_it(one in any_colour(), two in any_colour()) {
            let contrast = one.contrast(two);
            let shown: f64 = contrast.to_string().split(' ').next().unwrap().parse().unwrap();
            prop_assert!(shown <= contrast.ratio() + 1e-9 && contrast.ratio() - shown < 0.01 + 1e-9);
        }

        #[test]
        fn a_colour_reads_what_it_writes(colour in any_colour()) {
            prop_assert_eq!(Colour::parse(&colour.to_string()), Some(colour));
            prop_assert_eq!(Colour::of_parts(colour.parts()), colour);
        }

        #[test]
        fn a_tone_keeps_the_hue_and_has_the_lightness(colour in any_colour(), lightness in 0_u8..=100) {
            let tone = colour.tone(lightness);
            let (least, most) = (tone.parts().into_iter().min().unwrap(), tone.parts().into_iter().max().unwrap());
            let measured = f64::from(u16::from(least) + u16::from(most)) / 5.1;
            prop_assert!((measured - f64::from(lightness)).abs() < 0.5, "{tone} has {measured}");
            for (one, two) in [(0, 1), (1, 2), (0, 2)] {
                if colour.parts()[one] <= colour.parts()[two] {
                    prop_assert!(tone.parts()[one] <= tone.parts()[two], "{colour} became {tone}");
                }
            }
        }

        #[test]
        fn the_more_is_mixed_in_the_nearer_it_is(one in any_colour(), two in any_colour(), share in 0_u8..100) {
            let far = |mixed: Colour| -> u32 {
                let parts = mixed.parts().into_iter().zip(two.parts());
                parts.map(|(a, b)| u32::from(a.abs_diff(b))).sum()
            };
            prop_assert_eq!(one.mixed(two, 0), one);
            prop_assert_eq!(one.mixed(two, 100), two);
            prop_assert!(far(one.mixed(two, share + 1)) <= far(one.mixed(two, share)));
        }
    }
}
