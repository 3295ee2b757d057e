//! Amounts as whole cents. Must not know: which currency, what for.

use serde::{Deserialize, Serialize};

/// An amount in cents; what goes out or is owed is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Money(pub i64);

impl Money {
    /// Reads a decimal number with at most two places, as `-12.50`, `7`, `0.5`.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || cents.len() > 2 || !are_digits(whole) || !are_digits(cents) {
            return None;
        }
        let cents: i64 = format!("{cents:0<2}").parse().ok()?;
        let amount = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
        Some(Self(if negative { -amount } else { amount }))
    }
}

impl std::fmt::Display for Money {
    /// Two places and a sign where it is negative (contract section 0).
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(out, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_printed_is_read(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Money::parse(&Money(cents).to_string()), Some(Money(cents)));
        }
    }

    #[test]
    fn a_number_that_is_no_amount_is_refused() {
        for text in ["", "-", "1.234", "1,50", "+1", "1.-5", ".5", "0x1", "99999999999999999999"] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
        assert_eq!(Money::parse("-0.5"), Some(Money(-50)));
        assert_eq!(Money(-5).to_string(), "-0.05");
    }
}
