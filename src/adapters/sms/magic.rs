//! Magic numbers: what goes wrong with texts in the sandbox, for whoever wants to see it. The numbers are of
//! those that Australia keeps for fiction, so that nobody has one. docs/SANDBOX.md has the same table.

use super::Arrival;
use crate::domain::time::Span;

/// How late a late text is: later than a second one may be asked for.
pub const LATE: Span = Span::seconds(45);

/// How often a busy gateway says so before it takes a text.
pub const BUSY_TRIES: u32 = 2;

/// What goes wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsFault {
    /// It is taken, and arrives so.
    Arrives(Arrival),
    /// The gateway says no for good.
    Refused,
    /// The gateway says not now, a few times.
    Busy,
}

/// Each number, E.164, and what goes wrong with it.
pub const NUMBERS: [(&str, SmsFault); 6] = [
    ("+61491575254", SmsFault::Arrives(Arrival::After(LATE))),
    ("+61491575789", SmsFault::Arrives(Arrival::Never)),
    ("+61491576398", SmsFault::Arrives(Arrival::Twice)),
    ("+61491576801", SmsFault::Arrives(Arrival::BehindTheNext)),
    ("+61491577426", SmsFault::Refused),
    ("+61491577644", SmsFault::Busy),
];

/// What goes wrong with texts to this number; with most, nothing does.
pub fn fault_of(to: &str) -> Option<SmsFault> {
    NUMBERS.iter().find(|(number, _)| *number == to).map(|(_, fault)| *fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mobile::Mobile;
    use std::collections::BTreeSet;

    #[test]
    fn every_magic_number_can_be_given_to_a_user_and_means_one_thing() {
        let numbers: BTreeSet<&str> = NUMBERS.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers.len(), NUMBERS.len());
        for (number, fault) in NUMBERS {
            assert_eq!(Mobile::parse(number).unwrap().e164(), number);
            assert_eq!(fault_of(number), Some(fault));
        }
        assert_eq!(fault_of("+61491570156"), None);
    }
}
