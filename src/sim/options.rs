//! What a run consists of: swarm testing. Each seed leaves some operations and faults out, so that
//! what is left comes up more often and in longer rows.

use super::dice::Dice;

/// What people can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    /// Whatever brings a person on: link, code, entry, consent, disclosure.
    GoOn,
    CreateUser,
    UpdateUser,
    DeleteUser,
    GetUser,
    CreateLink,
    CreateTwoLinks,
    GetLink,
    DeleteLink,
    EndConsent,
    ListEvents,
    ListConsents,
    /// Another application asks for what is not its own.
    Pry,
    /// A browser comes with a partner's token and no proved number.
    ClientToken,
    Look,
    /// A scanner opens all links there are.
    Scan,
    RequestCode,
    RequestCodeAgain,
    /// Texts until there are none left.
    ExhaustTexts,
    TryRight,
    TryWrong,
    TryOld,
    /// Two browsers with the right code at once.
    Race,
    /// Whoever holds a link that is over asks for a new one by text.
    Reissue,
    Exchange,
    ViewSession,
    Agree,
    Decline,
    Disclose,
    /// The same, where somebody may still be asked something.
    DiscloseAsking,
    DiscloseByToken,
    Leave,
    /// Somebody comes by a partner's token, sent for something.
    Visit,
    /// They let their consent last longer.
    Extend,
    /// They say that what they were sent for is done.
    FinishErrand,
    /// They end all that they share.
    Withdraw,
    /// They end one connection.
    Disconnect,
    Connect,
    /// Two browsers' worth of impatience: the same login twice at once.
    ConnectTwice,
    ConnectWrong,
    /// A partner signs in for a person.
    ConnectByPartner,
    Answer,
    AnswerWrong,
    /// Somebody looks at how a job goes.
    Watch,
    DeleteConnection,
    /// A partner has a connection read again.
    Refresh,
    RefreshAll,
    /// Somebody signs in anew as the login that a connection is.
    Update,
    UpdateWrong,
    /// A partner has what was read at an institution removed.
    Purge,
    /// A partner reads accounts and transactions.
    ListAccounts,
    ChangePolicy,
    Configure,
    MakeClock,
    /// A partner sends a clock forward.
    AdvanceClock,
    MakeWebhook,
    /// It is told of something else.
    ChangeWebhook,
    RotateWebhook,
    RemoveWebhook,
    /// What happened is told once more.
    Replay,
    /// It runs, or stands still again.
    RunClock,
    RemoveClock,
    /// Minutes pass.
    SitIdle,
    /// Hours or days pass at once: a machine that slept.
    Sleep,
}

impl Deed {
    /// All deeds with how often they come up beside each other.
    pub(super) const ALL: [(Self, u64); 64] = [
        (Self::GoOn, 90),
        (Self::CreateUser, 5),
        (Self::UpdateUser, 3),
        (Self::DeleteUser, 2),
        (Self::GetUser, 2),
        (Self::CreateLink, 6),
        (Self::CreateTwoLinks, 3),
        (Self::GetLink, 4),
        (Self::DeleteLink, 2),
        (Self::EndConsent, 2),
        (Self::ListEvents, 2),
        (Self::ListConsents, 2),
        (Self::Pry, 2),
        (Self::ClientToken, 3),
        (Self::Look, 4),
        (Self::Scan, 1),
        (Self::RequestCode, 6),
        (Self::RequestCodeAgain, 4),
        (Self::ExhaustTexts, 1),
        (Self::TryRight, 4),
        (Self::TryWrong, 8),
        (Self::TryOld, 3),
        (Self::Race, 4),
        (Self::Reissue, 8),
        (Self::Exchange, 3),
        (Self::ViewSession, 5),
        (Self::Agree, 4),
        (Self::Decline, 1),
        (Self::Disclose, 4),
        (Self::DiscloseAsking, 3),
        (Self::DiscloseByToken, 3),
        (Self::Leave, 1),
        (Self::Visit, 5),
        (Self::Extend, 2),
        (Self::FinishErrand, 2),
        (Self::Withdraw, 2),
        (Self::Disconnect, 2),
        (Self::Connect, 14),
        (Self::ConnectTwice, 3),
        (Self::ConnectWrong, 3),
        (Self::ConnectByPartner, 4),
        (Self::Answer, 10),
        (Self::AnswerWrong, 4),
        (Self::Watch, 8),
        (Self::DeleteConnection, 2),
        (Self::Refresh, 6),
        (Self::RefreshAll, 3),
        (Self::Update, 3),
        (Self::UpdateWrong, 2),
        (Self::Purge, 2),
        (Self::ListAccounts, 4),
        (Self::ChangePolicy, 1),
        (Self::Configure, 1),
        (Self::MakeWebhook, 2),
        (Self::ChangeWebhook, 3),
        (Self::RotateWebhook, 1),
        (Self::RemoveWebhook, 1),
        (Self::Replay, 3),
        (Self::MakeClock, 1),
        (Self::AdvanceClock, 8),
        (Self::RunClock, 2),
        (Self::RemoveClock, 1),
        (Self::SitIdle, 4),
        (Self::Sleep, 2),
    ];

    /// Without these nothing can happen at all.
    const fn is_needed(self) -> bool {
        matches!(self, Self::GoOn | Self::CreateUser)
    }
}

/// What goes wrong. Faults that must be survived, all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// The machine stops at some write to come.
    CutAtWrite,
    /// The machine stops after a group is durable, before anybody is told.
    CutBeforeAnswers,
    /// The machine stops when effects are committed and not yet begun.
    CutBeforeEffects,
    /// The machine stops when a text was handed over and that is not written down.
    CutBeforeWriteDown,
    /// The process is killed; the machine goes on, and with it what was applied and not synced.
    Kill,
    /// A write or sync fails: the process must end itself.
    FailWrite,
    /// The disk is full for a while.
    FullDisk,
    /// A user in memory panics.
    Panic,
    /// The shard asks all in memory to retire, whatever they are doing.
    Evict,
    /// Words to the timekeeper get lost.
    LoseAlarm,
    /// Users are told that something is due when nothing is.
    ExtraAlarm,
    /// Whoever works on a user's jobs panics.
    LoseAggregator,
    /// An institution does not work for a while.
    BankDown,
    /// An institution takes long, at times longer than anybody waits.
    BankSlow,
    /// An institution answers nonsense now and then.
    BankLies,
    /// An institution ends all bank sessions.
    BankEnds,
    /// The gateway takes nothing for a while.
    GatewayDown,
    /// The gateway refuses single texts for good.
    GatewayRefuses,
    /// The gateway delivers twice.
    GatewayRepeats,
    /// The gateway takes longer than anybody waits.
    GatewaySlow,
}

impl Fault {
    /// All faults, with how often they come up beside each other.
    pub(super) const ALL: [(Self, u64); 20] = [
        (Self::CutAtWrite, 4),
        (Self::CutBeforeAnswers, 2),
        (Self::CutBeforeEffects, 2),
        (Self::CutBeforeWriteDown, 2),
        (Self::Kill, 3),
        (Self::FailWrite, 2),
        (Self::FullDisk, 2),
        (Self::Panic, 3),
        (Self::Evict, 6),
        (Self::LoseAlarm, 0),
        (Self::ExtraAlarm, 4),
        (Self::LoseAggregator, 4),
        (Self::BankDown, 3),
        (Self::BankSlow, 3),
        (Self::BankLies, 3),
        (Self::BankEnds, 2),
        (Self::GatewayDown, 2),
        (Self::GatewayRefuses, 0),
        (Self::GatewayRepeats, 0),
        (Self::GatewaySlow, 0),
    ];
}

/// The options of one run.
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) seed: u64,
    pub(super) steps: u32,
    pub(super) applications: usize,
    pub(super) users_max: usize,
    /// Users in memory at most: few, so that they come and go.
    pub(super) resident_max: usize,
    /// One fault in so many steps.
    pub(super) fault_every: u64,
    /// Syncs do nothing: only to show that the checker notices.
    pub(super) store_lies: bool,
    /// Partners name what they ask.
    pub(super) names: bool,
    /// Partners have test clocks.
    pub(super) clocks: bool,
    /// Partners let people ask for a new link by text, from the beginning.
    pub(super) new_links: bool,
    deeds: Vec<(Deed, u64)>,
    faults: Vec<(Fault, u64)>,
}

impl Options {
    /// Draws the options of a seed.
    pub(super) fn draw(seed: u64, steps: u32, store_lies: bool, dice: &mut Dice) -> Self {
        let deeds = Deed::ALL.into_iter().filter(|(deed, _)| deed.is_needed() || !dice.chance(25)).collect();
        let faults = Fault::ALL.into_iter().filter(|_| dice.chance(50)).collect();
        Self {
            seed,
            steps,
            applications: usize::try_from(dice.between(1, 3)).unwrap_or(1),
            users_max: usize::try_from(dice.between(1, 6)).unwrap_or(1),
            resident_max: usize::try_from(dice.between(1, 8)).unwrap_or(1),
            fault_every: dice.between(8, 40),
            store_lies,
            names: dice.chance(70),
            clocks: dice.chance(60),
            new_links: dice.chance(60),
            deeds,
            faults,
        }
    }

    /// What somebody does next.
    pub(super) fn deed(&self, dice: &mut Dice) -> Deed {
        weighted(&self.deeds, dice).unwrap_or(Deed::GoOn)
    }

    /// What goes wrong next, if anything can.
    pub(super) fn fault(&self, dice: &mut Dice) -> Option<Fault> {
        weighted(&self.faults, dice)
    }

    /// Whether a fault is among this run's.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.iter().any(|(one, _)| *one == fault)
    }
}

fn weighted<T: Copy>(all: &[(T, u64)], dice: &mut Dice) -> Option<T> {
    let total: u64 = all.iter().map(|(_, weight)| weight).sum();
    let mut drawn = dice.below(total);
    for (one, weight) in all {
        if drawn < *weight {
            return Some(*one);
        }
        drawn -= weight;
    }
    None
}

impl std::fmt::Display for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let off = |all: Vec<String>| if all.is_empty() { "nothing".to_owned() } else { all.join(" ") };
        let deeds = Deed::ALL.iter().filter(|(deed, _)| !self.deeds.iter().any(|(one, _)| one == deed));
        let deeds = off(deeds.map(|(deed, _)| format!("{deed:?}")).collect());
        let faults = off(self.faults.iter().map(|(fault, _)| format!("{fault:?}")).collect());
        writeln!(
            out,
            "seed {} steps {} applications {} users {} resident {} a fault in {} steps{}{}{}{}",
            self.seed,
            self.steps,
            self.applications,
            self.users_max,
            self.resident_max,
            self.fault_every,
            if self.store_lies { ", the store lies" } else { "" },
            if self.names { ", by name" } else { "" },
            if self.clocks { ", with clocks" } else { "" },
            if self.new_links { ", new links by text" } else { "" },
        )?;
        writeln!(out, "left out: {deeds}")?;
        write!(out, "faults: {faults}")
    }
}
