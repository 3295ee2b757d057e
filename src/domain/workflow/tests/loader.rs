//! Every fault that decisions section 6 names, with its place and its reason; all of them at once.

use crate::domain::time::Span;
use crate::domain::workflow::consent_session::ConsentSession;
use crate::domain::workflow::limits::{parse_span, print_span};
use crate::domain::workflow::{
    Overrides, Table, Workflow, Workflows, auth_link, connection, consent, job, webhook_delivery,
};
use std::collections::BTreeMap;

type Link = auth_link::AuthLink;
type Consent = consent::Consent;
type Connection = connection::Connection;
type Job = job::Job;
type Delivery = webhook_delivery::WebhookDelivery;

fn faults<W: Workflow>(source: &str) -> Vec<String> {
    let compiled = Table::<W>::compile(source, &Overrides::new());
    compiled.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The file with one place changed, which must be there once.
fn changed<W: Workflow>(from: &str, to: &str) -> String {
    assert_eq!(W::SOURCE.matches(from).count(), 1, "`{from}` must stand once in {}", W::NAME);
    W::SOURCE.replacen(from, to, 1)
}

/// The line on which `text` first stands.
fn line_of(source: &str, text: &str) -> usize {
    1 + source.lines().position(|line| line.contains(text)).unwrap()
}

#[track_caller]
fn refused<W: Workflow>(from: &str, to: &str, at: &str, reason: &str) {
    let source = changed::<W>(from, to);
    let place = format!("workflows/{}.toml:{}: {reason}", W::NAME, line_of(&source, at));
    assert_eq!(faults::<W>(&source), vec![place]);
}

#[test]
fn the_embedded_files_compile() {
    assert_eq!(faults::<Link>(Link::SOURCE), Vec::<String>::new());
    assert_eq!(faults::<Consent>(Consent::SOURCE), Vec::<String>::new());
    assert_eq!(faults::<ConsentSession>(ConsentSession::SOURCE), Vec::<String>::new());
    assert_eq!(faults::<Connection>(Connection::SOURCE), Vec::<String>::new());
    assert_eq!(faults::<Job>(Job::SOURCE), Vec::<String>::new());
    assert_eq!(faults::<Delivery>(Delivery::SOURCE), Vec::<String>::new());
}

#[test]
fn a_state_that_cannot_be_reached_is_refused() {
    refused::<Consent>(
        "after.duration = { to = \"expired\", do = \"expire\" }",
        "after.duration = { to = \"revoked\", do = \"expire\" }",
        "[state.expired]",
        "state `expired` cannot be reached",
    );
}

#[test]
fn a_state_that_waits_without_a_deadline_is_refused_unless_it_may_rest() {
    let line = "after.duration = { to = \"expired\", do = \"expire\" }";
    refused::<Consent>(
        line,
        "",
        "[state.active]",
        "state `active` waits without a deadline and is not marked `rest`",
    );
    refused::<Consent>(
        line,
        "after.duration = { stay = true, do = \"remind\" }",
        "[state.active]",
        "state `active` waits without a deadline and is not marked `rest`",
    );
    let resting = changed::<Link>("rest = true\n", "");
    let place = line_of(&resting, "[state.in_session]");
    assert_eq!(
        faults::<Link>(&resting),
        vec![format!(
            "workflows/auth_link.toml:{place}: state `in_session` waits without a deadline and is not marked `rest`"
        )]
    );
}

#[test]
fn an_end_state_with_a_way_out_is_refused() {
    for way_out in ["on.withdraw = { stay = true }", "after.duration = { stay = true }", "rest = true"] {
        refused::<Consent>(
            "[state.expired]\nend = true",
            &format!("[state.expired]\nend = true\n{way_out}"),
            "[state.expired]",
            "end state `expired` has a way out",
        );
    }
}

#[test]
fn unknown_names_are_refused_where_they_stand() {
    let withdraw = "on.withdraw = { to = \"revoked\", do = \"end_consent\" }";
    for (line, reason) in [
        ("on.withdraw = { to = \"gone\", do = \"end_consent\" }", "there is no state `gone`"),
        ("on.withdraw = { to = \"revoked\", do = \"burn\" }", "there is no action `burn`"),
        ("on.withdraw = { to = \"revoked\", if = \"nice\", else = \"not-now\" }", "there is no guard `nice`"),
        (
            "on.withdraw = { to = \"revoked\", if = \"never\", else = \"no-way\" }",
            "there is no error code `no-way`",
        ),
    ] {
        refused::<Consent>(withdraw, line, line, reason);
    }
    refused::<Consent>(
        withdraw,
        &format!("{withdraw}\non.shout = {{ stay = true }}"),
        "on.shout",
        "there is no input `shout`",
    );
    refused::<Consent>(
        withdraw,
        &format!("{withdraw}\nafter.patience = {{ stay = true }}"),
        "after.patience",
        "there is no limit `patience`",
    );
    refused::<Consent>(
        "[state.expired]",
        "[state.gone]\nend = true\n\n[state.expired]",
        "[state.gone]",
        "there is no state `gone`",
    );
    refused::<Consent>(
        "initial = \"active\"",
        "initial = \"asleep\"",
        "initial",
        "there is no state `asleep`",
    );
    refused::<Consent>("[limits]", "[limits]\npatience = \"1d\"", "patience", "there is no limit `patience`");
}

#[test]
fn a_question_without_an_answer_for_no_is_refused() {
    let line = "on.withdraw = { to = \"revoked\", if = \"never\" }";
    refused::<Consent>(
        "on.withdraw = { to = \"revoked\", do = \"end_consent\" }",
        line,
        line,
        "`if` wants an `else` with an error code",
    );
    let line = "on.withdraw = { to = \"revoked\", else = \"not-now\" }";
    refused::<Consent>(
        "on.withdraw = { to = \"revoked\", do = \"end_consent\" }",
        line,
        line,
        "`else` wants an `if`",
    );
}

#[test]
fn an_arrow_goes_or_stays() {
    for arrow in ["{ }", "{ to = \"revoked\", stay = true }"] {
        let line = format!("on.withdraw = {arrow}");
        refused::<Consent>(
            "on.withdraw = { to = \"revoked\", do = \"end_consent\" }",
            &line,
            &line,
            "an arrow wants either `to` or `stay = true`",
        );
    }
}

#[test]
fn a_missing_answer_is_refused() {
    refused::<Consent>(
        "on.withdraw = { to = \"revoked\", do = \"end_consent\" }\n",
        "",
        "[state.active]",
        "state `active` has no answer for `withdraw`",
    );
}

#[test]
fn what_is_missing_is_named() {
    let gone = "\n[state.expired]\nend = true\n";
    let faults_of = faults::<Consent>(&changed::<Consent>(gone, ""));
    assert_eq!(faults_of, vec!["workflows/consent.toml:1: state `expired` is missing"]);
    let faults_of = faults::<Consent>(&changed::<Consent>("initial = \"active\"\n", ""));
    assert_eq!(faults_of, vec!["workflows/consent.toml:1: `initial` is missing"]);
    let faults_of = faults::<Link>(&changed::<Link>("code_tries = 5\n", ""));
    assert_eq!(faults_of, vec!["workflows/auth_link.toml:1: limit `code_tries` is missing"]);
}

#[test]
fn a_broken_safety_rule_is_refused() {
    let source = changed::<Link>(
        "on.view = { stay = true }\non.request_code = { to = \"challenged\"",
        "on.view = { to = \"challenged\" }\non.request_code = { to = \"challenged\"",
    );
    let reason = "workflows/auth_link.toml:1: looking must not move a link, but does in `issued`";
    assert_eq!(faults::<Link>(&source), vec![reason]);
    let source = changed::<Link>(
        "on.code_wrong = { stay = true, do = \"count_wrong\" }",
        "on.code_wrong = { to = \"in_session\", do = \"open_session\" }",
    );
    let reason =
        "workflows/auth_link.toml:1: only a right code while challenged opens a session, not `code_wrong`";
    assert_eq!(faults::<Link>(&source), vec![reason]);
    for (from, to, input) in [
        (
            "on.resume = { to = \"connecting\", if = \"may_connect\", else = \"consent-needed\" }",
            "on.resume = { to = \"connecting\" }",
            "resume",
        ),
        (
            "on.resume = { to = \"connecting\", if = \"may_connect\", else = \"consent-needed\" }",
            "on.resume = { to = \"connecting\", if = \"origin_proved\", else = \"consent-needed\" }",
            "resume",
        ),
        (
            "do = \"activate_consent\", if = \"origin_proved\", else = \"origin-not-proved\"",
            "do = \"activate_consent\"",
            "agree",
        ),
        ("do = \"activate_consent\", if = \"origin_proved\"", "if = \"origin_proved\"", "agree"),
    ] {
        let reason = format!(
            "workflows/consent_session.toml:1: `{input}` reaches connecting without a proved origin and an active consent"
        );
        assert_eq!(faults::<ConsentSession>(&changed::<ConsentSession>(from, to)), vec![reason]);
    }
}

#[test]
fn a_deadline_cannot_open_a_session_or_reach_connecting() {
    let source = changed::<Link>(
        "after.code_lifetime = { to = \"issued\", do = \"forget_code\" }",
        "after.code_lifetime = { to = \"in_session\", do = \"open_session\" }",
    );
    let reason =
        "workflows/auth_link.toml:1: only a right code while challenged opens a session, not `code_lifetime`";
    assert_eq!(faults::<Link>(&source), vec![reason]);
    let source = ConsentSession::SOURCE.replacen(
        "after.idle = { to = \"timed_out\", do = \"time_out\" }",
        "after.idle = { to = \"connecting\" }",
        1,
    );
    let reason = "workflows/consent_session.toml:1: `idle` reaches connecting without a proved origin and an active consent";
    assert_eq!(faults::<ConsentSession>(&source), vec![reason]);
}

/// The file with the first such line after `[state.STATE]` changed.
fn changed_in<W: Workflow>(state: &str, from: &str, to: &str) -> String {
    let (before, inside) = W::SOURCE.split_once(&format!("[state.{state}]")).unwrap();
    assert!(inside.contains(from), "`{from}` must stand in {state} of {}", W::NAME);
    format!("{before}[state.{state}]{}", inside.replacen(from, to, 1))
}

#[test]
fn nothing_is_read_without_a_sign_in_or_a_consent_that_covers_it() {
    let covered = "do = \"show_accounts\", if = \"is_covered\", else = \"consent-needed\"";
    let finished = "do = \"finish\", if = \"is_covered\", else = \"consent-needed\"";
    for (state, from, to, reason) in [
        (
            "retrieving_accounts",
            covered,
            "do = \"show_accounts\"",
            "`accounts_read` begins to read without a sign-in or a consent that covers it",
        ),
        (
            "verifying",
            "on.resume = { to = \"failed\", do = \"fail\" }",
            "on.resume = { to = \"retrieving_accounts\", do = \"begin_again\" }",
            "`resume` begins to read without a sign-in or a consent that covers it",
        ),
        (
            "retrieving_transactions",
            finished,
            "do = \"finish\"",
            "`transactions_read` ends well without a consent that covers it",
        ),
        (
            "retrieving_transactions",
            "on.leave_out = { stay = true }",
            "on.leave_out = { to = \"success\" }",
            "`leave_out` ends well without a consent that covers it",
        ),
    ] {
        let source = changed_in::<Job>(state, from, to);
        assert_eq!(faults::<Job>(&source), vec![format!("workflows/job.toml:1: {reason}")]);
    }
}

#[test]
fn a_job_that_might_not_end_is_refused() {
    for (to, reason) in [
        (
            "after.total = { stay = true }",
            "state `answering` waits without a deadline and is not marked `rest`",
        ),
        (
            "after.total = { to = \"success\", do = \"finish\" }",
            "`answering` has no `after.total` that ends it",
        ),
    ] {
        let source = changed_in::<Job>("answering", "after.total = { to = \"failed\", do = \"fail\" }", to);
        let found = faults::<Job>(&source);
        assert!(found.iter().any(|fault| fault.ends_with(reason)), "{found:?}");
    }
}

#[test]
fn a_message_is_delivered_or_its_webhook_is_halted() {
    for (from, to, reason) in [
        (
            "on.fail = { stay = true, do = \"try_later\" }",
            "on.fail = { to = \"delivered\" }",
            "`fail` says delivered though the receiver did not take it",
        ),
        (
            "on.fail_last = { to = \"exhausted\", do = \"halt\" }",
            "on.fail_last = { to = \"exhausted\" }",
            "`fail_last` gives a message up and goes on as if nothing were",
        ),
        ("on.gone = { stay = true, do = \"halt\" }", "on.gone = { stay = true }", "`gone` does not halt"),
    ] {
        let source = changed_in::<Delivery>("retrying", from, to);
        assert_eq!(faults::<Delivery>(&source), vec![format!("workflows/webhook_delivery.toml:1: {reason}")]);
    }
}

#[test]
fn a_connection_becomes_active_by_a_job_that_ended_well_and_by_nothing_else() {
    for (from, input) in [("on.refuse = { stay = true }", "refuse"), ("on.fail = { stay = true }", "fail")] {
        let to = from.replace("stay = true", "to = \"active\"");
        let source = changed_in::<Connection>("invalid", from, &to);
        let reason = format!(
            "workflows/connection.toml:1: `{input}` makes a connection active without a job that ended well"
        );
        assert_eq!(faults::<Connection>(&source), vec![reason]);
    }
}

#[test]
fn limits_are_checked_where_they_stand() {
    for (value, reason) in [
        ("\"8 days\"", "limit `duration` `8 days` is not a duration such as \"7d\", \"10m\" or \"30s\""),
        ("\"d\"", "limit `duration` `d` is not a duration such as \"7d\", \"10m\" or \"30s\""),
        ("\"9w\"", "limit `duration` `9w` is not a duration such as \"7d\", \"10m\" or \"30s\""),
        ("\"\"", "limit `duration` `` is not a duration such as \"7d\", \"10m\" or \"30s\""),
        (
            "\"99999999999999999999d\"",
            "limit `duration` `99999999999999999999d` is not a duration such as \"7d\", \"10m\" or \"30s\"",
        ),
        ("\"367d\"", "limit `duration` `367d` must lie between 1s and 366d"),
        ("\"999ms\"", "limit `duration` `999ms` must lie between 1s and 366d"),
        ("7", "limit `duration` wants a duration such as \"7d\", \"10m\" or \"30s\""),
        ("true", "a limit is a duration, a whole number or a list of durations"),
    ] {
        let source = changed::<Consent>("duration = \"365d\"", &format!("duration = {value}"));
        let found = faults::<Consent>(&source);
        let place = format!("workflows/consent.toml:{}: {reason}", line_of(&source, "duration ="));
        assert_eq!(found.first(), Some(&place), "{found:?}");
    }
    refused::<Consent>(
        "after.duration = { to = \"expired\", do = \"expire\" }",
        "after.duration = { to = \"expired\", do = \"expire\", when = \"soon\" }",
        "after.duration",
        "`when` is not part of the grammar of an arrow",
    );
    refused::<Link>(
        "after.code_lifetime = {",
        "after.code_tries = { stay = true }\nafter.code_lifetime = {",
        "after.code_tries",
        "limit `code_tries` is not a deadline",
    );
}

#[test]
fn what_is_not_grammar_is_refused() {
    refused::<Consent>(
        "[state.active]",
        "[state.active]\nsound = \"loud\"",
        "sound",
        "`sound` is not part of the grammar of a state",
    );
    let not_true = changed::<Consent>("[state.expired]\nend = true", "[state.expired]\nend = false");
    let place = format!("workflows/consent.toml:{}: can only be `true`", line_of(&not_true, "end = false"));
    assert_eq!(faults::<Consent>(&not_true).first(), Some(&place));
    let broken = faults::<Consent>("initial = \"active\"\n[state.active\n");
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("workflows/consent.toml:2: "), "{broken:?}");
    let twice = faults::<Consent>(&format!("{}\n[state.expired]\nend = true\n", Consent::SOURCE));
    assert_eq!(twice.len(), 1, "{twice:?}");
}

#[test]
fn all_faults_are_told_at_once() {
    let source = Consent::SOURCE
        .replace("duration = \"365d\"", "duration = \"9w\"")
        .replace("on.revoke = { to = \"revoked\"", "on.revoke = { to = \"gone\"")
        .replace("on.supersede = { to = \"revoked\", do = \"end_consent\" }", "");
    let reasons: Vec<String> = faults::<Consent>(&source);
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    for part in ["is not a duration", "there is no state `gone`", "no answer for `supersede`"] {
        assert!(reasons.iter().any(|reason| reason.contains(part)), "{part} in {reasons:?}");
    }
}

fn overrides(text: &str) -> BTreeMap<String, Overrides> {
    toml::from_str(text).unwrap()
}

#[test]
fn an_operator_overrides_limits_within_their_bounds() {
    let set = overrides(
        "[auth_link]\nlifetime = \"1s\"\ncode_cooldown = [\"0s\", \"5s\"]\ncode_tries = 10\n[consent_session]\nidle = \"1s\"",
    );
    let all = Workflows::load(&set).unwrap();
    assert_eq!(all.auth_link.span(auth_link::Limit::Lifetime), Span::seconds(1));
    assert_eq!(all.auth_link.spans(auth_link::Limit::CodeCooldown), [Span(0), Span::seconds(5)]);
    assert_eq!(all.auth_link.count(auth_link::Limit::CodeTries), 10);
    assert_eq!(all.auth_link.span(auth_link::Limit::CodeLifetime), Span::minutes(10), "the rest stays");
}

#[test]
fn overrides_out_of_bounds_or_unknown_are_refused_all_at_once() {
    let set = overrides(
        "[auth_link]\nlifetime = \"31d\"\ncode_tries = 11\ncode_sends = 0\npatience = \"1s\"\ncode_cooldown = []\n[jobs]\nidle = \"1s\"\n[consent]\nduration = \"soon\"\n[job]\nopen_per_user = 21\nchallenge = \"16m\"\ntotal = \"2d\"\n[connection]\nper_user = 51",
    );
    let mut found: Vec<String> = Workflows::load(&set).unwrap_err().iter().map(ToString::to_string).collect();
    found.sort();
    assert_eq!(
        found,
        vec![
            "[workflow.auth_link]: limit `code_cooldown` wants 1 to 20 durations",
            "[workflow.auth_link]: limit `code_sends` must lie between 1 and 20",
            "[workflow.auth_link]: limit `code_tries` must lie between 1 and 10",
            "[workflow.auth_link]: limit `lifetime` `31d` must lie between 1s and 30d",
            "[workflow.auth_link]: there is no limit `patience`",
            "[workflow.connection]: limit `per_user` must lie between 1 and 50",
            "[workflow.consent]: limit `duration` `soon` is not a duration such as \"7d\", \"10m\" or \"30s\"",
            "[workflow.job]: limit `challenge` `16m` must lie between 1s and 15m",
            "[workflow.job]: limit `open_per_user` must lie between 1 and 20",
            "[workflow.job]: limit `total` `2d` must lie between 1s and 1d",
            "[workflow.jobs]: there is no workflow `jobs`",
        ]
    );
}

#[test]
fn durations_are_read_as_they_are_printed() {
    for (text, millis) in [("0s", 0), ("1ms", 1), ("1500ms", 1500), ("30s", 30_000), ("10m", 600_000)] {
        assert_eq!(parse_span(text), Some(Span(millis)));
        assert_eq!(print_span(Span(millis)), text);
    }
    assert_eq!(parse_span("7d"), Some(Span::days(7)));
    assert_eq!(print_span(Span::days(7)), "7d");
    for text in ["", "7", "d", "-1s", "1 s", "1.5s", "1S", "18446744073709551615d"] {
        assert_eq!(parse_span(text), None, "{text}");
    }
}
