//! Users, their partner and the keeper over one store, from one seed: whatever comes in whatever order, and
//! the process is killed at any step. At the end everything that was due has happened, once, at its instant.

use super::super::core::{Ask, Change, Input, KeeperCore, NewClock, Output};
use super::super::held::TOLD_MAX;
use super::super::stored;
use super::super::told::Fired;
use crate::crypto::Keyring;
use crate::domain::application::{Application, Mode, Policy};
use crate::domain::clock::Way;
use crate::domain::command::{Caller, Command};
use crate::domain::entropy::Entropy;
use crate::domain::errand::Errand;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::Presence;
use crate::domain::workflow::Workflows;
use crate::engine::committer::{Commit, CommitterCore};
use crate::engine::house::House;
use crate::engine::open::{Opened, join};
use crate::engine::read::Keys;
use crate::engine::user::core as user;
use crate::engine::user::load::Library;
use crate::store::Order;
use crate::store::key::{self, Kind};
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));
const REAL: UnixMillis = UnixMillis(1_800_000_000_000);
const START: UnixMillis = UnixMillis(1_767_225_600_000);
const USERS: u64 = 5;

/// What waits to be done, by anybody and in any order.
enum Work {
    Keeper(Input),
    KeeperCommit(ClockId, Commit),
    Tell(UserId, Caller, Command, Option<ClockId>),
    UserCommit(UserId, Commit),
}

struct World {
    dice: Entropy,
    real: UnixMillis,
    opened: Opened,
    house: Arc<House>,
    committer: CommitterCore,
    keeper: KeeperCore,
    users: BTreeMap<UserId, user::UserCore>,
    /// Who waits for which answer: a clock's keeper, or nobody who minds.
    asked: BTreeMap<u64, (UserId, Option<ClockId>)>,
    tokens: u64,
    work: Vec<Work>,
    wake_at: Option<UnixMillis>,
    /// What each clock showed last: none goes back, also not by a kill.
    shown: BTreeMap<ClockId, UnixMillis>,
    kills: u32,
}

fn house(keyring: Keyring) -> House {
    let policy = Policy::standard();
    let application = Application {
        id: APPLICATION,
        name: "Quill".into(),
        mode: Mode::Sandbox,
        created: REAL,
        redirect_url: None,
        requires_link: false,
        keys: BTreeMap::new(),
        look: crate::domain::look::Look::default(),
        webhooks: BTreeMap::new(),
        policies: BTreeMap::from([(policy.version, policy)]),
    };
    let workflows = Workflows::load(&BTreeMap::new()).unwrap();
    House::new(workflows, keyring, "localhost".into(), crate::domain::institution::SANDBOX, [application])
}

impl World {
    fn new(seed: u8) -> Self {
        let keyring = super::keyring();
        let opened =
            join(Arc::new(MemoryStore::default()), Box::new(MemorySlots::default()), keyring.clone());
        let committer = CommitterCore::open(opened.store.clone(), opened.vault.clone()).unwrap();
        Self {
            dice: Entropy::new([seed; 32]),
            real: REAL,
            opened,
            house: Arc::new(house(keyring)),
            committer,
            keeper: KeeperCore::new(super::keyring(), []),
            users: BTreeMap::new(),
            asked: BTreeMap::new(),
            tokens: 0,
            work: Vec::new(),
            wake_at: None,
            shown: BTreeMap::new(),
            kills: 0,
        }
    }

    /// What is in memory is gone; what the store has is read again.
    fn kill(&mut self) {
        let keyring = self.house.keyring.clone();
        self.house = Arc::new(house(keyring));
        let clocks = stored::clocks(self.opened.store.as_ref()).unwrap();
        for (clock, _, is_closing) in &clocks {
            self.house.clocks.publish(clock.clone(), *is_closing);
        }
        self.keeper = KeeperCore::new(super::keyring(), clocks);
        self.users.clear();
        self.asked.clear();
        self.work = vec![Work::Keeper(Input::Tick)];
        self.kills += 1;
    }

    /// One thing that waits is done; none is left when it says so.
    fn step(&mut self) -> bool {
        self.real = self.real.plus(Span(self.dice.below(400)));
        if self.work.is_empty() {
            let Some(at) = self.wake_at.take() else { return false };
            self.real = self.real.max(at);
            self.work.push(Work::Keeper(Input::Tick));
        }
        let chosen = usize::try_from(self.dice.below(self.work.len() as u64)).unwrap();
        match self.work.swap_remove(chosen) {
            Work::Keeper(input) => self.drive_keeper(input),
            Work::KeeperCommit(clock, commit) => {
                let result = self.committer.commit(vec![commit]).pop().unwrap();
                self.work.push(Work::Keeper(Input::Committed(clock, result)));
            }
            Work::Tell(user, caller, command, clock) => {
                self.tokens += 1;
                self.asked.insert(self.tokens, (user, clock));
                self.drive_user(
                    user,
                    user::Input::Ask(user::Ask { token: self.tokens, caller, command, mark: None }),
                );
            }
            Work::UserCommit(user, commit) => {
                let result = self.committer.commit(vec![commit]).pop().unwrap();
                self.drive_user(user, user::Input::Committed(result));
            }
        }
        true
    }

    fn drive_keeper(&mut self, input: Input) {
        let mut out = Vec::new();
        self.keeper.handle(self.real, self.dice.bytes(), input, &mut out);
        let store = self.opened.store.clone();
        for output in out {
            match output {
                Output::Commit(clock, commit) => self.work.push(Work::KeeperCommit(clock, *commit)),
                Output::Publish(clock, is_closing) => {
                    let before = self.shown.insert(clock.id, clock.at);
                    assert!(before.is_none_or(|before| before <= clock.at), "a clock went back");
                    self.house.clocks.publish(clock, is_closing);
                }
                Output::Withdraw(clock) => self.house.clocks.withdraw(clock),
                Output::Load { clock, behind } => {
                    let rows = stored::deadlines(store.as_ref(), clock, behind, TOLD_MAX).unwrap();
                    self.work.push(Work::Keeper(Input::Loaded(clock, Some(rows))));
                }
                Output::LoadMembers { clock, behind } => {
                    let users = stored::members(store.as_ref(), clock, behind, 2).unwrap();
                    self.work.push(Work::Keeper(Input::Members(clock, Some(users))));
                }
                Output::AskWork(clock, _) => self.work.push(Work::Keeper(Input::Working(clock, false))),
                Output::Fire(clock, users) => self.tell(clock, users, || Command::FallDue),
                Output::Erase(clock, users) => self.tell(clock, users, || Command::DeleteUser),
                Output::Reply(..) => {}
                Output::WakeAt(at) => self.wake_at = Some(at),
            }
        }
    }

    fn tell(&mut self, clock: ClockId, users: Vec<UserId>, command: impl Fn() -> Command) {
        let told = |user| Work::Tell(user, Caller::House, command(), Some(clock));
        self.work.extend(users.into_iter().map(told));
    }

    fn drive_user(&mut self, id: UserId, input: user::Input) {
        let library = Library { store: self.opened.store.clone(), keys: self.opened.keys.clone() };
        let house = self.house.clone();
        let load = || user::UserCore::new(id, house, library.user(id).unwrap());
        let core = self.users.entry(id).or_insert_with(load);
        let mut out = Vec::new();
        core.handle(self.real, self.dice.bytes(), input, &mut out);
        for output in out {
            match output {
                user::Output::Commit(commit) => self.work.push(Work::UserCommit(id, commit)),
                user::Output::ClockAlarm(clock, at) => self.work.push(Work::Keeper(Input::Armed(clock, at))),
                user::Output::Reply { token, answer } => {
                    let Some((user, Some(clock))) = self.asked.remove(&token) else { continue };
                    let is_done = !matches!(answer, Err(user::Refusal::Trouble(_)));
                    let fired = if is_done { Fired::Done } else { Fired::Later };
                    self.work.push(Work::Keeper(Input::Fired(clock, user, fired)));
                }
                user::Output::Reload => drop(self.users.remove(&id)),
                _ => {}
            }
        }
    }

    fn settle(&mut self) {
        for _ in 0..20_000 {
            if !self.step() {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    fn clocks(&self) -> Vec<ClockId> {
        self.house.clocks.of(APPLICATION).iter().map(|clock| clock.id).collect()
    }

    /// The partner or a person does something.
    fn act(&mut self) {
        let clocks = self.clocks();
        let id = UserId(Uuid::from_u128(u128::from(self.dice.below(USERS) + 1)));
        let one = clocks.get(usize::try_from(self.dice.below(2)).unwrap()).copied();
        let cookie = [u8::try_from(id.0.as_u128()).unwrap(); 32];
        let (server, person) = (Caller::Server(APPLICATION), Caller::Applicant);
        let told = |caller, command| Work::Tell(id, caller, command, None);
        let work = match (self.dice.below(12), one) {
            (0, _) if clocks.len() < 2 => {
                let new =
                    NewClock { application: APPLICATION, name: String::new(), at: Some(START), runs: false };
                Work::Keeper(Input::Ask(0, Ask::Create(new)))
            }
            (1..=2, Some(clock)) => {
                let changes = ProfileChanges { mobile: Some("+61400111222".into()), ..Default::default() };
                told(server, Command::CreateUser(Box::new(changes), Some(clock)))
            }
            (3..=4, _) => told(server, Command::CreateLink { mobile: None }),
            (5, _) => match self.users.get(&id).map(user::UserCore::presence) {
                Some(Presence::Here(user)) if user.link.is_some() => {
                    let hash = user.link.as_ref().map(|link| link.hash).unwrap();
                    told(person, Command::RequestCode { hash, words: &"is your code" })
                }
                _ => return,
            },
            (6, _) => {
                let exchange = Command::Exchange {
                    cookie,
                    old_cookie: None,
                    return_state: None,
                    errand: Errand::default(),
                };
                told(Caller::Client(APPLICATION), exchange)
            }
            (7, _) => told(person, Command::Agree { cookie, policy_version: 1, shown: None }),
            (8, _) if self.dice.below(8) == 0 => told(server, Command::DeleteUser),
            (9..=11, Some(clock)) => {
                let span = Span::minutes(1 + self.dice.below(100_000));
                let change = Change::Advance(Way::By(span));
                Work::Keeper(Input::Ask(0, Ask::Change(APPLICATION, clock, change)))
            }
            _ => return,
        };
        self.work.push(work);
    }

    fn events(&self) -> Vec<Event> {
        let library = Library { store: self.opened.store.clone(), keys: self.opened.keys.clone() };
        let (from, to) = key::all_of(Kind::Event, APPLICATION.bytes());
        let rows = self.opened.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap();
        let mut keys = Keys::new(&library);
        rows.iter().map(|(_, value)| keys.event(value).unwrap()).collect()
    }

    /// Nothing that is due is left, and nobody's time went back.
    fn check_rest(&self) {
        for id in self.clocks() {
            let now = self.house.clocks.now(Some(id), self.real);
            let next = stored::deadlines(self.opened.store.as_ref(), id, None, 1).unwrap();
            assert!(next.first().is_none_or(|(at, _)| *at > now), "left behind: {next:?} at {now:?}");
        }
        let mut last: BTreeMap<UserId, UnixMillis> = BTreeMap::new();
        for event in self.events() {
            let before = last.insert(event.user, event.at);
            assert!(before.is_none_or(|before| before <= event.at), "the time of {} went back", event.user);
        }
    }
}

/// How many links came to their end by themselves; each once. `is_exact`: at its instant.
fn check_links(events: &[Event], is_exact: bool) -> usize {
    let mut made = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for event in events {
        let Some(link) = event.link else { continue };
        if event.kind == EventKind::LinkCreated {
            made.insert(link, event.at);
        }
        if event.kind == EventKind::LinkExpired {
            let due = made[&link].plus(Span::days(7));
            assert!(ended.insert(link), "{link} expired twice");
            assert!(event.at == due || (!is_exact && event.at > due), "due at {due:?}: {event:?}");
        }
    }
    ended.len()
}

/// Reminders come each 90 days and the warning 7 days before the end, each once.
fn check_consents(events: &[Event]) -> usize {
    let mut given = BTreeMap::new();
    let mut told = BTreeSet::new();
    for event in events {
        let Some(consent) = event.consent else { continue };
        if event.kind == EventKind::ConsentCreated {
            given.insert(consent, event.at);
        }
        let days = |event: &Event| event.at.since(given[&consent]).0 / 86_400_000;
        let due: &[u64] = match event.kind {
            EventKind::ConsentReminder => &[90, 180, 270, 360],
            EventKind::ConsentWarning => &[358],
            EventKind::ConsentExpired => &[365],
            _ => continue,
        };
        let day = days(event);
        assert_eq!(event.at, given[&consent].plus(Span::days(day)), "not at its instant: {event:?}");
        assert!(due.contains(&day) && told.insert((consent, day)), "day {day}: {event:?}");
    }
    told.len()
}

#[test]
fn whatever_comes_in_whatever_order_each_thing_that_is_due_happens_once_at_its_instant() {
    let (mut links, mut consents, mut kills) = (0, 0, 0);
    for seed in 0..40 {
        // Half of the partners do nothing while a clock is on its way: there all is exact to the millisecond.
        let is_quiet = seed % 2 == 0;
        let mut world = World::new(seed);
        for _ in 0..120 {
            world.act();
            if is_quiet {
                let steps = world.dice.below(60);
                let is_killed = world.dice.below(6) == 0;
                for _ in 0..steps {
                    world.step();
                }
                if is_killed {
                    world.kill();
                }
                world.settle();
                world.check_rest();
            } else {
                for _ in 0..world.dice.below(6) {
                    world.step();
                }
                if world.dice.below(40) == 0 {
                    world.kill();
                }
            }
        }
        world.settle();
        world.check_rest();
        let events = world.events();
        links += check_links(&events, is_quiet);
        if is_quiet {
            consents += check_consents(&events);
        }
        kills += world.kills;
        for clock in world.clocks() {
            world.work.push(Work::Keeper(Input::Ask(0, Ask::Change(APPLICATION, clock, Change::Remove))));
        }
        world.settle();
        for kind in [Kind::Clock, Kind::ClosingClock, Kind::ClockMember, Kind::Deadline, Kind::Link] {
            let (from, to) = key::all(kind);
            assert!(world.opened.store.scan(&from, &to, Order::Ascending, 1).unwrap().is_empty(), "{kind:?}");
        }
    }
    assert!(
        links > 100 && consents > 10 && kills > 50,
        "{links} links, {consents} of consents, {kills} kills"
    );
}
