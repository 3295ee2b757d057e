//! Magic users: logins whose bank goes wrong, or is odd, in one way, always, without anybody breaking it. Each has
//! the life of one persona. docs/SANDBOX.md has the same table. Must not know: how an
//! answer is spoilt.

use crate::sandbox::fault::{Kind, Step};

/// The password of every magic user.
pub const PASSWORD: &str = "magic";

/// What goes wrong for a magic user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// One answer is spoilt.
    Spoilt(Step, Kind),
    /// Every answer is late.
    Slow,
    /// They are asked more at every institution, and it has forgotten by the time they answer.
    Forgets,
    /// They are asked more at every institution, and no answer is right.
    Disbelieves,
    /// A bank session shows the accounts once; then it is over.
    ReadOnce,
    /// They have two cards whose masked numbers are the same.
    TwinCards,
    /// They own the joint accounts of somebody else as well, and have none of their own.
    CoOwner,
    /// An account has another name from the second reading under a bank session on.
    Renames,
}

/// A magic user.
#[derive(Debug, PartialEq, Eq)]
pub struct Magic {
    /// What is typed as login id.
    pub login_id: &'static str,
    /// What goes wrong.
    pub quirk: Quirk,
}

const fn spoilt(login_id: &'static str, step: Step, kind: Kind) -> Magic {
    Magic { login_id, quirk: Quirk::Spoilt(step, kind) }
}

/// All magic users.
pub const USERS: &[Magic] = &[
    Magic { login_id: "slow", quirk: Quirk::Slow },
    spoilt("down-login", Step::Login, Kind::Down),
    spoilt("down-answer", Step::Answer, Kind::Down),
    spoilt("down-profile", Step::Profile, Kind::Down),
    spoilt("down-accounts", Step::Accounts, Kind::Down),
    spoilt("down-transactions", Step::Transactions, Kind::Down),
    spoilt("timeout-login", Step::Login, Kind::Timeout),
    spoilt("timeout-answer", Step::Answer, Kind::Timeout),
    spoilt("timeout-profile", Step::Profile, Kind::Timeout),
    spoilt("timeout-accounts", Step::Accounts, Kind::Timeout),
    spoilt("timeout-transactions", Step::Transactions, Kind::Timeout),
    spoilt("malformed-login", Step::Login, Kind::Malformed),
    spoilt("malformed-answer", Step::Answer, Kind::Malformed),
    spoilt("malformed-profile", Step::Profile, Kind::Malformed),
    spoilt("malformed-accounts", Step::Accounts, Kind::Malformed),
    spoilt("malformed-transactions", Step::Transactions, Kind::Malformed),
    spoilt("half-accounts", Step::Accounts, Kind::Half),
    spoilt("half-transactions", Step::Transactions, Kind::Half),
    spoilt("fewer-accounts", Step::Accounts, Kind::Fewer),
    spoilt("double-accounts", Step::Accounts, Kind::Double),
    spoilt("double-transactions", Step::Transactions, Kind::Double),
    Magic { login_id: "mfa-forgotten", quirk: Quirk::Forgets },
    Magic { login_id: "mfa-wrong", quirk: Quirk::Disbelieves },
    Magic { login_id: "read-once", quirk: Quirk::ReadOnce },
    Magic { login_id: "twin-cards", quirk: Quirk::TwinCards },
    Magic { login_id: "co-owner", quirk: Quirk::CoOwner },
    Magic { login_id: "renames", quirk: Quirk::Renames },
];
