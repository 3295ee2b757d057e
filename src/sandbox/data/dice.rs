//! Numbers that look like chance and are none: each follows from a seed, a name and a day. The same
//! question has the same answer for ever, also after a restart. Must not know: what is decided by them.

/// A source of numbers for one person at one institution.
#[derive(Debug, Clone, Copy)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed and some names.
    pub fn of(seed: u64, names: &[&str]) -> Self {
        Self(names.iter().fold(mix(seed), |state, name| mix(state ^ hash(name))))
    }

    /// A number below `bound`, for this name on this day; zero when the bound is.
    pub fn below(self, name: &str, day: i64, bound: u64) -> u64 {
        let number = mix(self.0 ^ hash(name) ^ mix(day.cast_unsigned()));
        // The upper bits of the product: no bias worth speaking of for our small bounds.
        u64::try_from((u128::from(number) * u128::from(bound)) >> 64).unwrap_or_default()
    }
}

/// FNV-1a: spreads short names.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of SplitMix64.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_below_its_bound_and_all_of_them_come() {
        let dice = Dice::of(1, &["a"]);
        let mut seen = [0_u32; 10];
        for day in 0..10_000 {
            seen[usize::try_from(dice.below("x", day, 10)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
        assert_eq!(dice.below("x", 1, 0), 0);
    }

    #[test]
    fn seeds_names_and_days_make_a_difference_and_nothing_else_does() {
        let roll = |seed, names: &[&str], name, day| Dice::of(seed, names).below(name, day, u64::MAX);
        let one = roll(1, &["a", "b"], "x", 5);
        assert_eq!(one, roll(1, &["a", "b"], "x", 5));
        for other in [
            roll(2, &["a", "b"], "x", 5),
            roll(1, &["a", "c"], "x", 5),
            roll(1, &["b", "a"], "x", 5),
            roll(1, &["a", "b"], "y", 5),
            roll(1, &["a", "b"], "x", 6),
        ] {
            assert_ne!(one, other);
        }
    }
}
