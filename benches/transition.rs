//! What one decision costs, without actors and disk: the table alone, and whole commands on a user.
//! Run with `cargo bench --bench transition`; figures go to docs/PERFORMANCE.md.

#![expect(clippy::panic, reason = "a benchmark that cannot be set up has nothing to measure")]

use authlink::crypto::{Keyring, MasterKey};
use authlink::domain::application::{Application, Mode, Policy};
use authlink::domain::command::{Caller, Command};
use authlink::domain::entropy::Entropy;
use authlink::domain::id::{ApplicationId, UserId};
use authlink::domain::profile::ProfileChanges;
use authlink::domain::time::UnixMillis;
use authlink::domain::user::{Context, Next, Presence, User, decide};
use authlink::domain::workflow::auth_link::{Input, State};
use authlink::domain::workflow::{Step, Workflows};
use std::collections::BTreeMap;
use uuid::Uuid;

fn main() {
    divan::main();
}

struct Bench {
    workflows: Workflows,
    keyring: Keyring,
    application: Application,
}

fn bench() -> Bench {
    let policy = Policy::standard();
    Bench {
        workflows: Workflows::load(&BTreeMap::new()).unwrap_or_else(|faults| panic!("{faults:?}")),
        keyring: Keyring::derive(&MasterKey::new([1; 32])),
        application: Application {
            id: ApplicationId(Uuid::from_u128(1)),
            name: "Quill Lending".into(),
            mode: Mode::Sandbox,
            created: UnixMillis(0),
            redirect_url: None,
            requires_link: false,
            keys: BTreeMap::new(),
            look: authlink::domain::look::Look::default(),
            webhooks: BTreeMap::new(),
            policies: BTreeMap::from([(policy.version, policy)]),
        },
    }
}

impl Bench {
    fn ask(&self, presence: &Presence, command: Command) -> Next {
        let ctx = Context {
            now: UnixMillis(1_700_000_000_000),
            real: UnixMillis(1_700_000_000_000),
            entropy: Entropy::new([7; 32]),
            workflows: &self.workflows,
            keyring: &self.keyring,
            application: &self.application,
        };
        decide(presence, UserId(Uuid::from_u128(2)), ctx, Caller::Server(self.application.id), command).next
    }

    fn saved(&self, presence: &Presence, command: Command) -> Presence {
        match self.ask(presence, command) {
            Next::Save(user) => Presence::Here(user),
            other => panic!("{other:?}"),
        }
    }

    fn user_with_link(&self) -> Presence {
        let profile = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
        let user = self.saved(&Presence::Absent, Command::CreateUser(Box::new(profile), None));
        self.saved(&user, Command::CreateLink { mobile: None })
    }
}

#[divan::bench]
fn table_step(bencher: divan::Bencher) {
    let bench = bench();
    bencher.bench_local(|| {
        let step =
            bench.workflows.auth_link.step(divan::black_box(State::Challenged), Input::CodeWrong, |_| true);
        assert!(matches!(step, Step::Moved { .. }));
    });
}

#[divan::bench]
fn create_user(bencher: divan::Bencher) {
    let bench = bench();
    let profile = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
    bencher
        .bench_local(|| bench.ask(&Presence::Absent, Command::CreateUser(Box::new(profile.clone()), None)));
}

#[divan::bench]
fn replace_link(bencher: divan::Bencher) {
    let bench = bench();
    let user = bench.user_with_link();
    bencher.bench_local(|| bench.ask(&user, Command::CreateLink { mobile: None }));
}

#[divan::bench]
fn request_code(bencher: divan::Bencher) {
    let bench = bench();
    let user = bench.user_with_link();
    let hash = hash_of(&user);
    bencher.bench_local(|| bench.ask(&user, Command::RequestCode { hash, words: &"is your code" }));
}

fn hash_of(presence: &Presence) -> authlink::domain::auth_link::LinkHash {
    match presence {
        Presence::Here(user) => User::link_hashes(user).next().unwrap_or_default(),
        Presence::Absent | Presence::Deleted => [0; 16],
    }
}

#[divan::bench]
fn read_link(bencher: divan::Bencher) {
    let bench = bench();
    let user = bench.user_with_link();
    bencher.bench_local(|| bench.ask(&user, Command::GetLink));
}
