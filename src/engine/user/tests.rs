//! Proofs of the user's core: nothing is said before its commit, commands wait in order, reads see what
//! is durable, and the rows in the store follow the user's state.

mod attending;
mod bank;
mod clocks;
mod presence;

use super::core::{Ask, Input, Output, Refusal, TRANSITIONS_KEPT, Trouble, UserCore};
use super::load::{Library, Loaded};
use crate::crypto::{Keyring, MasterKey};
use crate::domain::application::{Application, Mode, Policy};
use crate::domain::auth_link::CodeText;
use crate::domain::command::{Caller, Command, Entry, Failure, Reply};
use crate::domain::errand::Errand;
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{Presence, User};
use crate::domain::workflow::{Workflows, auth_link};
use crate::engine::committer::{Commit, CommitError, CommitterCore, Expect};
use crate::engine::house::House;
use crate::engine::open::join;
use crate::engine::records::outbox::{self, OutboxHead, Wish};
use crate::store::Order;
use crate::store::key::{self, Kind};
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const START: UnixMillis = UnixMillis(1_767_225_600_123);
const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));
const USER: UserId = UserId(Uuid::from_u128(7));
const SERVER: Caller = Caller::Server(APPLICATION);

fn house() -> Arc<House> {
    let policy = Policy::standard();
    let application = Application {
        id: APPLICATION,
        name: "Quill".into(),
        mode: Mode::Sandbox,
        created: START,
        redirect_url: None,
        requires_link: false,
        keys: BTreeMap::new(),
        look: crate::domain::look::Look::default(),
        webhooks: BTreeMap::new(),
        policies: BTreeMap::from([(policy.version, policy)]),
    };
    let keyring = Keyring::derive(&MasterKey::new([1; 32]));
    Arc::new(House::new(
        Workflows::load(&BTreeMap::new()).unwrap(),
        keyring,
        "localhost".into(),
        crate::domain::institution::SANDBOX,
        [application],
    ))
}

fn create() -> Command {
    let changes = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
    Command::CreateUser(Box::new(changes), None)
}

fn create_link() -> Command {
    Command::CreateLink { mobile: None }
}

/// A core, and what comes out of it.
struct Bench {
    core: UserCore,
    now: UnixMillis,
    draws: u8,
}

impl Bench {
    fn new() -> Self {
        Self { core: UserCore::new(USER, house(), Loaded::absent()), now: START, draws: 0 }
    }

    fn handle(&mut self, input: Input) -> Vec<Output> {
        self.draws += 1;
        let mut out = Vec::new();
        self.core.handle(self.now, [self.draws; 32], input, &mut out);
        out
    }

    fn ask(&mut self, token: u64, caller: Caller, command: Command) -> Vec<Output> {
        self.handle(Input::Ask(Ask { token, caller, command, mark: None }))
    }

    fn committed(&mut self) -> Vec<Output> {
        self.handle(Input::Committed(Ok(1)))
    }

    /// With a user that is committed.
    fn with_user() -> Self {
        let mut bench = Self::new();
        bench.ask(0, SERVER, create());
        bench.committed();
        bench
    }

    fn user(&self) -> &User {
        match self.core.presence() {
            Presence::Here(user) => user,
            other => panic!("{other:?}"),
        }
    }
}

/// `commit`, `reply 1 ok`, …: what came out, in order.
fn names(out: &[Output]) -> Vec<String> {
    let name = |one: &Output| match one {
        Output::Gather(_) => "gather".to_owned(),
        Output::Commit(_) => "commit".to_owned(),
        Output::Reply { token, answer: Ok(_) } => format!("reply {token} ok"),
        Output::Reply { token, answer: Err(refusal) } => format!("reply {token} {refusal}"),
        Output::Alarm(_) | Output::ClockAlarm(..) => "alarm".to_owned(),
        Output::Effects(effects) => format!("effects {}", effects.len()),
        Output::Reload => "reload".to_owned(),
    };
    out.iter().map(name).collect()
}

fn commit(out: Vec<Output>) -> Commit {
    let found =
        out.into_iter().find_map(|one| if let Output::Commit(commit) = one { Some(commit) } else { None });
    found.unwrap()
}

#[test]
fn nothing_is_said_before_its_commit() {
    let mut bench = Bench::new();
    assert_eq!(names(&bench.ask(1, SERVER, create())), ["commit"]);
    assert_eq!(bench.core.presence(), &Presence::Absent, "what is not durable is not the state");
    assert!(!bench.core.is_idle());
    assert_eq!(names(&bench.committed()), ["reply 1 ok"]);
    assert!(bench.core.is_idle());
    assert_eq!(names(&bench.ask(2, SERVER, create_link())), ["commit"]);
    assert_eq!(names(&bench.committed()), ["reply 2 ok", "alarm"]);
    let hash = bench.user().link.as_ref().unwrap().hash;
    assert_eq!(
        names(&bench.ask(3, Caller::Applicant, Command::RequestCode { hash, words: &"is your code" })),
        ["commit"]
    );
    assert_eq!(names(&bench.committed()), ["reply 3 ok", "alarm", "effects 1"]);
}

#[test]
fn commands_wait_in_order_while_a_commit_is_on_its_way() {
    let mut bench = Bench::with_user();
    assert_eq!(names(&bench.ask(1, SERVER, create_link())), ["commit"]);
    assert_eq!(names(&bench.ask(2, SERVER, Command::DeleteLink)), Vec::<String>::new());
    assert_eq!(names(&bench.ask(3, SERVER, create_link())), Vec::<String>::new());
    assert_eq!(bench.core.observe().waiting, 2);
    assert_eq!(names(&bench.committed()), ["reply 1 ok", "alarm", "commit"]);
    assert_eq!(names(&bench.committed()), ["reply 2 ok", "alarm", "commit"]);
    assert_eq!(names(&bench.committed()), ["reply 3 ok", "alarm"]);
    assert!(bench.core.is_idle());
}

#[test]
fn what_waits_and_needs_no_commit_is_answered_at_once_after_the_one_before() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    bench.ask(2, SERVER, Command::EndConsent(crate::domain::id::ConsentId(Uuid::from_u128(3))));
    bench.ask(3, SERVER, Command::DeleteLink);
    assert_eq!(names(&bench.committed()), ["reply 1 ok", "alarm", "reply 2 no such consent", "commit"]);
}

#[test]
fn reads_are_answered_from_what_is_durable_and_wait_for_nothing() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    assert_eq!(names(&bench.ask(2, SERVER, Command::GetLink)), ["reply 2 no link"]);
    let out = bench.ask(3, SERVER, Command::GetUser);
    let [Output::Reply { answer: Ok(Reply::User(view)), .. }] = out.as_slice() else { panic!("{out:?}") };
    assert!(!view.has_link);
    bench.committed();
    assert_eq!(names(&bench.ask(4, SERVER, Command::GetLink)), ["reply 4 ok"]);
}

#[test]
fn a_read_shows_what_is_due_and_commits_nothing() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    bench.committed();
    bench.now = START.plus(Span::days(7));
    let out = bench.ask(2, SERVER, Command::GetLink);
    let over = Failure::LinkOver(auth_link::State::Expired);
    assert!(
        matches!(out.as_slice(), [Output::Reply { answer: Err(Refusal::Rule(failure)), .. }] if *failure == over),
        "{out:?}"
    );
    assert_eq!(bench.user().link.as_ref().unwrap().state, auth_link::State::Issued);
}

#[test]
fn a_conflict_is_told_to_everyone_and_the_user_is_read_again() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    bench.ask(2, SERVER, create_link());
    bench.ask(3, SERVER, Command::DeleteLink);
    let out = bench.handle(Input::Committed(Err(CommitError::Conflict { kind: b'U' })));
    let told = |token| format!("reply {token} {}", Trouble::Conflict);
    assert_eq!(names(&out), [told(1), told(2), told(3), "reload".to_owned()]);
    assert!(bench.core.is_idle() && bench.user().link.is_none());
}

#[test]
fn a_full_disk_refuses_writes_and_the_user_goes_on_as_it_was() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    bench.ask(2, SERVER, create_link());
    let out = bench.handle(Input::Committed(Err(CommitError::Full)));
    assert_eq!(names(&out), [1, 2].map(|token| format!("reply {token} {}", Trouble::Full)));
    assert_eq!(names(&bench.ask(3, SERVER, Command::GetUser)), ["reply 3 ok"]);
    let again = commit(bench.ask(4, SERVER, create_link()));
    assert_eq!(again.conditions[0].expect, Expect::Version(1), "the refused one left no trace");
}

#[test]
fn a_failed_store_is_told_as_unknown() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    let out = bench.handle(Input::Committed(Err(CommitError::Poisoned)));
    assert_eq!(names(&out), [format!("reply 1 {}", Trouble::Store)]);
    assert!(bench.user().link.is_none());
}

#[test]
fn a_commit_names_the_version_that_it_replaces() {
    let mut bench = Bench::new();
    let first = commit(bench.ask(1, SERVER, create()));
    assert_eq!(
        (first.conditions[0].expect, first.conditions[0].key.clone()),
        (Expect::Absent, key::user(USER))
    );
    assert_eq!((first.new_keys.len(), first.events.len()), (1, 1));
    bench.committed();
    let second = commit(bench.ask(2, SERVER, create_link()));
    assert_eq!((second.conditions[0].expect, second.new_keys.len()), (Expect::Version(1), 0));
}

#[test]
fn a_broken_invariant_is_not_committed() {
    let mut bench = Bench::with_user();
    bench.ask(1, SERVER, create_link());
    bench.committed();
    let mut user = bench.user().clone();
    let link = user.link.as_mut().unwrap();
    link.state = auth_link::State::Challenged;
    let hash = link.hash;
    let loaded = Loaded { presence: Presence::Here(Box::new(user)), version: 2, ..Loaded::absent() };
    bench.core = UserCore::new(USER, house(), loaded);
    let out = bench.ask(3, Caller::Applicant, Command::ViewLink { hash, cookie: None });
    assert_eq!(names(&out), [format!("reply 3 {}", Trouble::Defect)]);
    assert!(bench.core.is_idle());
}

#[test]
fn a_user_of_an_application_that_is_not_there_is_not_there() {
    let mut bench = Bench::new();
    let stranger = Caller::Server(ApplicationId(Uuid::from_u128(99)));
    assert_eq!(names(&bench.ask(1, stranger, create())), ["reply 1 no such user"]);
    assert_eq!(names(&bench.ask(2, Caller::House, Command::FallDue)), ["reply 2 no such user"]);
}

#[test]
fn the_last_commands_are_kept_for_the_operator() {
    let mut bench = Bench::with_user();
    for token in 1..=20 {
        bench.ask(token, SERVER, create_link());
        bench.committed();
    }
    bench.ask(21, SERVER, Command::GetUser);
    let seen = bench.core.observe();
    assert_eq!((seen.transitions.len(), seen.version, seen.waiting), (TRANSITIONS_KEPT, 21, 0));
    assert!(seen.transitions.iter().all(|one| one.command == "create_link" && one.done));
}

/// A core over a real committer and a store in memory.
struct Whole {
    bench: Bench,
    committer: CommitterCore,
    library: Library,
}

impl Whole {
    fn new() -> Self {
        let bench = Bench::new();
        let opened =
            join(Arc::new(MemoryStore::default()), Box::new(MemorySlots::default()), house().keyring.clone());
        let committer = CommitterCore::open(opened.store.clone(), opened.vault.clone()).unwrap();
        let library = Library { store: opened.store, keys: opened.keys };
        Self { bench, committer, library }
    }

    fn ask(&mut self, caller: Caller, command: Command) -> Result<Reply, Refusal> {
        let mut out = self.bench.ask(0, caller, command);
        if let [Output::Commit(commit)] = out.as_slice() {
            let result = self.committer.commit(vec![commit.clone()]).pop().unwrap();
            out = self.bench.handle(Input::Committed(result));
        }
        self.rows_follow();
        let answer = out
            .into_iter()
            .find_map(|one| if let Output::Reply { answer, .. } = one { Some(answer) } else { None });
        answer.unwrap()
    }

    fn rows(&self, kind: Kind) -> Vec<Vec<u8>> {
        let (from, to) = key::all(kind);
        let rows = self.library.store.scan(&from, &to, Order::Ascending, 1000).unwrap();
        rows.into_iter().map(|(key, _)| key).collect()
    }

    /// What is read back is what is in memory; routes and deadlines stand for it, one each.
    fn rows_follow(&self) {
        let loaded = self.library.user(USER).unwrap();
        let Loaded { presence, version, .. } = loaded;
        assert_eq!((&presence, version), (self.bench.core.presence(), self.bench.core.observe().version));
        let user = if let Presence::Here(user) = &presence { Some(user) } else { None };
        let sorted =
            |keys: Vec<Vec<u8>>| keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let links = user.iter().flat_map(|user| user.link_hashes()).map(|hash| key::link(&hash));
        assert_eq!(self.rows(Kind::Link), sorted(links.collect()));
        let cookies = user.iter().flat_map(|user| user.cookies()).map(|hash| key::browser_session(&hash));
        assert_eq!(self.rows(Kind::BrowserSession), sorted(cookies.collect()));
        let clock = user.as_ref().and_then(|user| user.clock);
        let clock = clock.map_or(super::REAL_TIME, ClockId::number);
        let deadlines = user.iter().flat_map(|user| user.deadlines());
        let deadlines = deadlines.map(|(kind, at)| key::deadline(clock, at, USER, kind.number()));
        assert_eq!(self.rows(Kind::Deadline), sorted(deadlines.collect()));
        let connections = user.iter().flat_map(|user| &user.connections);
        let connections = connections.map(|one| key::connection(USER, one.id));
        assert_eq!(self.rows(Kind::Connection), sorted(connections.collect()));
        let jobs: Vec<_> = user.iter().flat_map(|user| &user.jobs).collect();
        assert_eq!(self.rows(Kind::Job), sorted(jobs.iter().map(|job| key::job(USER, job.id)).collect()));
        let routes = jobs.iter().map(|job| key::job_route(job.id));
        assert_eq!(self.rows(Kind::JobRoute), sorted(routes.collect()));
        let code = user.and_then(|user| user.link.as_ref()?.code.as_ref().map(|code| code.effect));
        let open = jobs.iter().filter(|job| job.is_open()).map(|job| job.effect);
        let wishes = code.into_iter().chain(open).map(key::outbox);
        let is_sweep = |head: &OutboxHead| matches!(head.wish, Wish::Sweep(_));
        let heads = self.outbox().into_iter().filter(|head| !is_sweep(head));
        assert_eq!(
            heads.map(|head| key::outbox(head.id)).collect::<Vec<_>>(),
            sorted(wishes.collect()),
            "a living code has one text, an open job one entry"
        );
    }

    fn outbox(&self) -> Vec<OutboxHead> {
        let ids = self.rows(Kind::Outbox).into_iter().filter_map(|key| key::read_outbox(&key));
        let head = |id| {
            let value = self.library.store.get(&key::outbox(id)).unwrap().unwrap();
            outbox::head(id, &value).unwrap()
        };
        ids.map(head).collect()
    }

    /// The digits, from the sealed text.
    fn code(&self) -> CodeText {
        let entry = self.rows(Kind::Outbox).pop().and_then(|key| key::read_outbox(&key)).unwrap();
        let value = self.library.store.get(&key::outbox(entry)).unwrap().unwrap();
        let text = outbox::text(entry, &value, &house().keyring).unwrap();
        CodeText::parse(text.body.get(..6).unwrap()).unwrap()
    }
}

#[test]
fn rows_follow_the_user_through_a_whole_life() {
    let mut whole = Whole::new();
    whole.ask(SERVER, create()).unwrap();
    for round in 1..=3_u8 {
        whole.ask(SERVER, create_link()).unwrap();
        let hash = whole.bench.user().link.as_ref().unwrap().hash;
        whole.ask(Caller::Applicant, Command::ViewLink { hash, cookie: None }).unwrap();
        whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
        whole.bench.now = whole.bench.now.plus(Span::seconds(30));
        whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
        let (code, cookie) = (whole.code(), [round; 32]);
        let entry = Entry::Cookie { cookie, return_state: None, errand: Errand::default() };
        whole.ask(Caller::Applicant, Command::TryCode { hash, code, entry }).unwrap();
        whole.ask(Caller::Applicant, Command::Agree { cookie, policy_version: 1, shown: None }).unwrap();
        whole.bench.now = whole.bench.now.plus(Span::minutes(2));
        whole.ask(Caller::Applicant, Command::ViewSession(cookie)).unwrap();
        whole.ask(Caller::Applicant, Command::Disclose { cookie, leave_out: false, gaps: None }).unwrap();
    }
    let client = Caller::Client(APPLICATION);
    let exchange = Command::Exchange {
        cookie: [9; 32],
        old_cookie: None,
        return_state: None,
        errand: Errand::default(),
    };
    whole.ask(client, exchange).unwrap();
    whole.ask(SERVER, create_link()).unwrap();
    whole.bench.now = whole.bench.now.plus(Span::days(8));
    whole.ask(Caller::House, Command::FallDue).unwrap();
    whole.bench.now = whole.bench.now.plus(Span::days(31));
    whole.ask(Caller::House, Command::FallDue).unwrap();
    whole.ask(SERVER, create_link()).unwrap();
    let hash = whole.bench.user().link.as_ref().unwrap().hash;
    whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
    whole.ask(SERVER, Command::DeleteUser).unwrap();
    assert_eq!(whole.rows(Kind::Consent).len(), 1, "that a consent was given outlives the person");
    assert_eq!(whole.rows(Kind::KeySlot), Vec::<Vec<u8>>::new());
    assert!(whole.library.keys.get(USER.bytes()).unwrap().is_none(), "what the key sealed is gone");
    assert_eq!(whole.ask(SERVER, create()), Err(Refusal::Rule(Failure::UserUnknown)), "it stays deleted");
}
