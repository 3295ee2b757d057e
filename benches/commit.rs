//! What one durable group of commits costs, by its size: real decisions (a link that replaces the one
//! before), sealed records, sled with flush and fdatasync, in a folder of its own.
//! Run with `cargo bench --bench commit`; figures go to docs/PERFORMANCE.md.

#![expect(clippy::panic, reason = "a benchmark that cannot be set up has nothing to measure")]

use authlink::crypto::{Keyring, MasterKey};
use authlink::domain::application::{Application, Mode, Policy};
use authlink::domain::command::{Caller, Command};
use authlink::domain::id::{ApplicationId, UserId};
use authlink::domain::profile::ProfileChanges;
use authlink::domain::time::UnixMillis;
use authlink::domain::user::Presence;
use authlink::domain::workflow::Workflows;
use authlink::engine::committer::{Commit, CommitterCore};
use authlink::engine::house::House;
use authlink::engine::open;
use authlink::engine::user::core::{Ask, Input, Output, UserCore};
use authlink::engine::user::load::Loaded;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const CACHE_BYTES: u64 = 64 * 1024 * 1024;

fn main() {
    divan::main();
}

struct Bench {
    _folder: tempfile::TempDir,
    committer: CommitterCore,
    users: Vec<UserCore>,
    clock: i64,
}

fn application() -> Application {
    let policy = Policy::standard();
    Application {
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
    }
}

fn bench(users: usize) -> Bench {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let keyring = Keyring::derive(&MasterKey::new([1; 32]));
    let opened =
        open::open(folder.path(), keyring.clone(), CACHE_BYTES).unwrap_or_else(|error| panic!("{error}"));
    let committer = CommitterCore::open(opened.store, opened.vault).unwrap_or_else(|error| panic!("{error}"));
    let workflows = Workflows::load(&BTreeMap::new()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let house = Arc::new(House::new(workflows, keyring, "localhost".into(), &[], [application()]));
    let fresh = |number: usize| {
        let loaded = Loaded { presence: Presence::Absent, version: 0, key: None, consent_key: None };
        UserCore::new(UserId(Uuid::from_u128(1000 + number as u128)), house.clone(), loaded)
    };
    let mut bench = Bench {
        _folder: folder,
        committer,
        users: (0..users).map(fresh).collect(),
        clock: 1_700_000_000_000,
    };
    let profile = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
    let commits = bench.ask_all(|| Command::CreateUser(Box::new(profile.clone()), None));
    bench.commit(commits);
    bench
}

impl Bench {
    fn handle(&mut self, index: usize, input: Input) -> Vec<Output> {
        self.clock += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.clock.to_be_bytes());
        let mut out = Vec::new();
        self.users[index].handle(UnixMillis(self.clock), seed, input, &mut out);
        out
    }

    fn ask_all(&mut self, command: impl Fn() -> Command) -> Vec<Commit> {
        let caller = Caller::Server(application().id);
        let ask = |bench: &mut Self, index| {
            let out =
                bench.handle(index, Input::Ask(Ask { token: 0, caller, command: command(), mark: None }));
            out.into_iter().find_map(|one| if let Output::Commit(commit) = one { Some(commit) } else { None })
        };
        (0..self.users.len()).filter_map(|index| ask(self, index)).collect()
    }

    fn commit(&mut self, commits: Vec<Commit>) {
        let answers = self.committer.commit(commits);
        assert_eq!(answers.len(), self.users.len());
        for (index, answer) in answers.into_iter().enumerate() {
            assert!(answer.is_ok(), "{answer:?}");
            self.handle(index, Input::Committed(answer));
        }
    }
}

#[divan::bench(args = [1, 8, 64, 128], sample_count = 200)]
fn group_of(bencher: divan::Bencher, commits: usize) {
    let bench = RefCell::new(bench(commits));
    bencher
        .counter(divan::counter::ItemsCount::new(commits))
        .with_inputs(|| bench.borrow_mut().ask_all(|| Command::CreateLink { mobile: None }))
        .bench_local_values(|commits| bench.borrow_mut().commit(commits));
}
