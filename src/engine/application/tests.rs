//! The core of an application, input by input.

use super::core::*;
use super::webhooks::WebhookRules;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::application::{Mode, Policy};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::target::Reach;
use crate::domain::webhook::{WEBHOOKS_MAX, Webhook, WebhookChanges, WebhookFault};
use crate::engine::committer::{CommitError, Expect, Write};
use crate::engine::records::webhook;
use crate::engine::user::core::Trouble;
use crate::store::key;
use base64::Engine as _;
use uuid::Uuid;

const RULES: WebhookRules = WebhookRules { reach: Reach::Public, rotation: Span::days(2) };

fn core() -> ApplicationCore {
    let keyring = Keyring::derive(&MasterKey::new([1; 32]));
    ApplicationCore::new(ApplicationId(Uuid::from_u128(1)), keyring, RULES, None, 0)
}

fn ask(core: &mut ApplicationCore, command: Command) -> Vec<Output> {
    let mut out = Vec::new();
    core.handle(UnixMillis(5), [7; 32], Input::Ask(1, command), &mut out);
    if matches!(out.as_slice(), [Output::Commit(_)]) {
        core.handle(UnixMillis(5), [8; 32], Input::Committed(Ok(1)), &mut out);
    }
    out
}

fn create(name: &str, mode: Mode, redirect_url: Option<&str>) -> Command {
    Command::Create { name: name.into(), mode, redirect_url: redirect_url.map(Into::into) }
}

fn refusal(out: &[Output]) -> Option<&Refusal> {
    out.iter().find_map(|one| if let Output::Reply(_, Err(refusal)) = one { Some(refusal) } else { None })
}

#[test]
fn nothing_is_published_before_its_commit() {
    let mut core = core();
    let mut out = Vec::new();
    core.handle(UnixMillis(5), [7; 32], Input::Ask(1, create("Quill", Mode::Sandbox, None)), &mut out);
    assert!(matches!(out.as_slice(), [Output::Commit(_)]));
    out.clear();
    core.handle(UnixMillis(5), [7; 32], Input::Committed(Err(CommitError::Poisoned)), &mut out);
    assert_eq!(refusal(&out), Some(&Refusal::Trouble(Trouble::Store)));
    assert_eq!(refusal(&ask(&mut core, Command::AddKey)), Some(&Refusal::Unknown));
}

#[test]
fn commands_wait_in_order_and_each_replaces_the_version_before_it() {
    let mut core = core();
    let mut out = Vec::new();
    core.handle(UnixMillis(5), [7; 32], Input::Ask(1, create("Quill", Mode::Sandbox, None)), &mut out);
    core.handle(UnixMillis(5), [8; 32], Input::Ask(2, Command::AddKey), &mut out);
    core.handle(UnixMillis(5), [9; 32], Input::Ask(3, Command::AddKey), &mut out);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let Some(Output::Commit(commit)) = out.pop() else { panic!("{out:?}") };
        assert!(!out.iter().any(|one| matches!(one, Output::Commit(_))), "one commit at a time");
        seen.push(commit.conditions[0].expect);
        out.clear();
        core.handle(UnixMillis(5), [7; 32], Input::Committed(Ok(1)), &mut out);
        assert!(matches!(out.as_slice(), [Output::Publish(_), Output::Reply(_, Ok(_)), ..]), "{out:?}");
    }
    assert_eq!(seen, [Expect::Absent, Expect::Version(1), Expect::Version(2)]);
}

#[test]
fn a_refused_commit_leaves_the_application_as_it_was() {
    let mut core = core();
    ask(&mut core, create("Quill", Mode::Sandbox, None));
    for (error, trouble) in
        [(CommitError::Full, Trouble::Full), (CommitError::Conflict { kind: b'A' }, Trouble::Conflict)]
    {
        let mut out = Vec::new();
        let configure = Command::Configure { redirect_url: None, requires_link: true };
        core.handle(UnixMillis(5), [7; 32], Input::Ask(4, configure), &mut out);
        out.clear();
        core.handle(UnixMillis(5), [7; 32], Input::Committed(Err(error)), &mut out);
        assert_eq!(refusal(&out), Some(&Refusal::Trouble(trouble)));
        assert!(!out.iter().any(|one| matches!(one, Output::Publish(_))));
    }
    let out = ask(&mut core, Command::AddKey);
    let Some(Output::Publish(now)) = out.iter().find(|one| matches!(one, Output::Publish(_))) else {
        panic!("{out:?}")
    };
    assert!(!now.requires_link, "nothing of the refused change is left");
}

#[test]
fn after_a_conflict_all_start_anew() {
    let mut core = core();
    let mut out = Vec::new();
    for token in [1, 2] {
        let ask = Input::Ask(token, create("Quill", Mode::Sandbox, None));
        core.handle(UnixMillis(5), [7; 32], ask, &mut out);
    }
    out.clear();
    let conflict = Err(CommitError::Conflict { kind: b'A' });
    core.handle(UnixMillis(5), [7; 32], Input::Committed(conflict), &mut out);
    let [Output::Reply(1, Err(one)), Output::Reply(2, Err(other)), Output::Reload] = out.as_slice() else {
        panic!("{out:?}")
    };
    assert_eq!((one, other), (&Refusal::Trouble(Trouble::Conflict), &Refusal::Trouble(Trouble::Conflict)));
}

#[test]
fn a_key_is_a_base64_pair_of_uuids_and_prints_nothing() {
    let out = ask(&mut core(), create("Quill", Mode::Sandbox, Some("https://example.test/back?x=1")));
    let [Output::Commit(commit), Output::Publish(_), Output::Reply(1, Ok(done))] = out.as_slice() else {
        panic!("{out:?}")
    };
    let key = done.key.as_ref().unwrap();
    let plain = base64::engine::general_purpose::STANDARD.decode(key.reveal()).unwrap();
    let (one, other) = std::str::from_utf8(&plain).unwrap().split_once(':').unwrap();
    assert!(Uuid::try_parse(one).is_ok() && Uuid::try_parse(other).is_ok());
    assert_eq!(format!("{key:?}"), "ApiKeyText(..)");
    let holds = |write: &Write| {
        write
            .value
            .as_ref()
            .is_some_and(|value| value.windows(16).any(|part| part == &key.reveal().as_bytes()[..16]))
    };
    assert!(!commit.writes.iter().any(holds), "a key must not be stored");
}

#[test]
fn what_is_not_right_is_refused_with_a_reason() {
    assert_eq!(
        refusal(&ask(&mut core(), create("Quill", Mode::Live, None))),
        Some(&Refusal::LiveWithoutGateway)
    );
    for name in [" ", "Quill\nLending", "Quill \u{202e}gnidneL", "Quill\u{2028}Lending", "Qu\u{200b}ill"] {
        let out = ask(&mut core(), create(name, Mode::Sandbox, None));
        assert_eq!(refusal(&out), Some(&Refusal::Name), "{name:?}");
    }
    let mut made = core();
    ask(&mut made, create("Quill", Mode::Sandbox, None));
    let turned = Policy { supporting_parties: vec!["Harbour\u{202e}".into()], ..Policy::standard() };
    let out = ask(&mut made, Command::SetPolicy(Box::new(turned)));
    assert!(matches!(refusal(&out), Some(Refusal::Policy(_))));
    for url in ["javascript:alert(1)", "example.test", "https://", "https://a b", "https://a/#x"] {
        let out = ask(&mut core(), create("Quill", Mode::Sandbox, Some(url)));
        assert_eq!(refusal(&out), Some(&Refusal::RedirectUrl), "{url}");
    }
}

#[test]
fn a_new_policy_gets_the_next_number_and_old_ones_stay() {
    let mut core = core();
    ask(&mut core, create("Quill", Mode::Sandbox, None));
    let changed = Policy { purpose_title: "Something else".into(), ..Policy::standard() };
    let out = ask(&mut core, Command::SetPolicy(Box::new(changed)));
    let Some(Output::Publish(application)) = out.iter().find(|one| matches!(one, Output::Publish(_))) else {
        panic!("{out:?}")
    };
    assert_eq!(application.policies.keys().copied().collect::<Vec<_>>(), vec![1, 2]);
    assert_eq!(application.policy().unwrap().purpose_title, "Something else");
    let empty = Policy { permissions: vec![], ..Policy::standard() };
    assert!(matches!(
        refusal(&ask(&mut core, Command::SetPolicy(Box::new(empty)))),
        Some(Refusal::Policy(_))
    ));
}

fn hooked(url: &str) -> WebhookChanges {
    let events = Some(vec!["user.created".to_owned()]);
    WebhookChanges { url: Some(url.into()), events, ..WebhookChanges::default() }
}

fn written(out: &[Output]) -> Vec<Write> {
    let commits = out.iter().filter_map(|one| if let Output::Commit(one) = one { Some(one) } else { None });
    let all = commits.flat_map(|commit| commit.writes.clone());
    all.filter(|write| key::read_webhook(&write.key).is_some()).collect()
}

/// Commits what is asked, and gives back the rows of webhooks that were written and the one asked about.
fn hook(core: &mut ApplicationCore, command: WebhookCommand) -> (Vec<Write>, Option<Webhook>) {
    let mut out = Vec::new();
    core.handle(UnixMillis(5), [7; 32], Input::Ask(1, Command::Webhook(command)), &mut out);
    let writes = written(&out);
    core.handle(UnixMillis(5), [8; 32], Input::Committed(Ok(1)), &mut out);
    let done =
        out.iter().find_map(|one| if let Output::Reply(_, Ok(done)) = one { Some(done) } else { None });
    (writes, done.unwrap().webhook.clone().map(|one| *one))
}

#[test]
fn a_webhook_is_a_row_of_its_own_that_opens_in_its_place_alone() {
    let (mut core, keyring) = (core(), Keyring::derive(&MasterKey::new([1; 32])));
    ask(&mut core, create("Quill", Mode::Sandbox, None));
    let application = ApplicationId(Uuid::from_u128(1));
    let url = "https://hooks.example.test/a";
    let (rows, made) = hook(&mut core, WebhookCommand::Create(hooked(url), 41));
    let made = made.unwrap();
    let [Write { key: row, value: Some(value) }] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(*row, key::webhook(application, made.id));
    let stored = webhook::decode(application, made.id, value, &keyring).unwrap();
    assert_eq!((&stored, stored.since, stored.url.as_str()), (&made, 41, url));
    let other = ApplicationId(Uuid::from_u128(2));
    assert!(webhook::decode(other, made.id, value, &keyring).is_err());
    let secret = made.secret.bytes();
    assert!(!value.windows(8).any(|part| secret.windows(8).any(|eight| eight == part)), "it is sealed");

    let (rows, rotated) = hook(&mut core, WebhookCommand::Rotate(made.id));
    assert_eq!(rows.len(), 1);
    assert_eq!(rotated.unwrap().old_secret, Some((made.secret, UnixMillis(5).plus(RULES.rotation))));
    let (rows, named) = hook(
        &mut core,
        WebhookCommand::Update(
            made.id,
            WebhookChanges { name: Some("all".into()), ..WebhookChanges::default() },
            50,
        ),
    );
    assert_eq!((rows.len(), named.unwrap().name.as_str()), (1, "all"));
    assert!(written(&ask(&mut core, Command::AddKey)).is_empty(), "what did not change is not written");
    let (rows, gone) = hook(&mut core, WebhookCommand::Delete(made.id));
    assert_eq!(rows, [Write { key: key::webhook(application, made.id), value: None }]);
    assert_eq!(gone, None);
}

#[test]
fn an_application_has_so_many_webhooks_and_no_more() {
    let mut core = core();
    ask(&mut core, create("Quill", Mode::Sandbox, None));
    let nothing = |number: usize| WebhookChanges {
        url: Some(format!("https://hooks.example.test/{number}")),
        ..WebhookChanges::default()
    };
    for number in 0..WEBHOOKS_MAX {
        let mut out = Vec::new();
        let seed = [u8::try_from(number).unwrap(); 32];
        let create = Command::Webhook(WebhookCommand::Create(nothing(number), 0));
        core.handle(UnixMillis(5), seed, Input::Ask(1, create), &mut out);
        core.handle(UnixMillis(5), [8; 32], Input::Committed(Ok(1)), &mut out);
        assert_eq!(refusal(&out), None);
    }
    let one_more = Command::Webhook(WebhookCommand::Create(nothing(99), 0));
    assert_eq!(refusal(&ask(&mut core, one_more)), Some(&Refusal::Webhook(WebhookFault::TooMany)));
    let unknown = WebhookId(Uuid::from_u128(7));
    for command in [WebhookCommand::Rotate(unknown), WebhookCommand::Delete(unknown)] {
        let out = ask(&mut core, Command::Webhook(command));
        assert_eq!(refusal(&out), Some(&Refusal::Webhook(WebhookFault::Unknown)));
    }
}

/// What an application's keys are told apart by, once `out` is done.
fn words(out: &[Output]) -> Vec<u64> {
    let done =
        out.iter().find_map(|one| if let Output::Reply(_, Ok(done)) = one { Some(done) } else { None });
    done.unwrap().application.keys.keys().copied().collect()
}

#[test]
fn a_revoked_key_leaves_no_row_and_the_last_one_goes_only_where_that_is_said() {
    let mut core = core();
    let out = ask(&mut core, create("Quill", Mode::Sandbox, None));
    let (Output::Commit(commit), only) = (&out[0], words(&out)[0]) else { panic!("{out:?}") };
    let row = commit.writes.iter().find(|write| write.key[0] == b'K').unwrap().key.clone();
    let revoke = |key, even_last| Command::RevokeKey { key, even_last };
    assert_eq!(refusal(&ask(&mut core, revoke(only ^ 1, true))), Some(&Refusal::KeyUnknown));
    assert_eq!(refusal(&ask(&mut core, revoke(only, false))), Some(&Refusal::LastKey));
    let out = ask(&mut core, revoke(only, true));
    let Output::Commit(commit) = &out[0] else { panic!("{out:?}") };
    assert!(commit.writes.contains(&Write { key: row, value: None }));
    assert!(words(&out).is_empty());
    assert_eq!(refusal(&ask(&mut core, revoke(only, true))), Some(&Refusal::KeyUnknown), "once");
}

#[test]
fn an_application_has_no_more_keys_than_the_bound() {
    use crate::domain::application::KEYS_MAX;
    let mut core = core();
    ask(&mut core, create("Quill", Mode::Sandbox, None));
    let mut add = |seed: u8| {
        let mut out = Vec::new();
        core.handle(UnixMillis(5), [seed; 32], Input::Ask(1, Command::AddKey), &mut out);
        if matches!(out.as_slice(), [Output::Commit(_)]) {
            core.handle(UnixMillis(5), [8; 32], Input::Committed(Ok(1)), &mut out);
        }
        out
    };
    for number in 1..KEYS_MAX {
        let seed = u8::try_from(100 + number).unwrap();
        assert_eq!(words(&add(seed)).len(), number + 1);
    }
    assert_eq!(refusal(&add(99)), Some(&Refusal::TooManyKeys));
}
