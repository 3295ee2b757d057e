//! The command line as its user meets it: the real program, in folders and on ports of its own.

use crate::process::{Demo, Guard, finished, program, run, text};
use authlink::store::sled::SledStore;
use authlink::store::{Order, Store};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every file of a data folder, and of the store every row: its own files it may tidy at any opening.
fn contents(folder: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("store") {
            let store = SledStore::open(&path, 1 << 24).unwrap();
            all.extend(store.scan(&[], &[u8::MAX], Order::Ascending, usize::MAX).unwrap());
        } else if path.is_dir() {
            all.extend(contents(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            all.insert(path.into_os_string().into_encoded_bytes(), bytes);
        }
    }
    all
}

fn one_sentence(output: &Output, code: i32, holds: &str) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.starts_with("authlink: ") && err.contains(holds), "{err}");
    assert_eq!((err.lines().count(), out.as_str()), (1, ""), "{err}");
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const ANY_PORTS: [&str; 4] = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];

#[tokio::test]
async fn the_demo_says_one_line_and_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    assert!(demo.ready.link.starts_with(&format!("{}/", demo.ready.api_url)));
    assert!(folder.path().join("admin.json").exists());
    let (code, rest) = demo.terminate();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert!(!folder.path().join("admin.json").exists());
    for secret in ["demo.json", "master.key", "keys"] {
        let mode = std::fs::metadata(folder.path().join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let store = std::fs::metadata(folder.path().join("store")).unwrap();
    assert_eq!(store.permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_kill_keeps_key_token_and_data() {
    let folder = tempfile::tempdir().unwrap();
    let first = Demo::start(folder.path());
    let before = first.ready.clone();
    first.kill();
    let second = Demo::start(folder.path());
    assert_eq!(second.ready.api_key, before.api_key);
    assert_eq!(second.ready.admin_token, before.admin_token);
    assert_ne!(second.ready.user_id, before.user_id);
    assert_ne!(second.ready.link, before.link);
    let records = lines(&run(folder.path(), &["export"]).await);
    for user in [&before.user_id, &second.ready.user_id] {
        let found = records.iter().find(|line| line["record"] == "user" && line["id"] == **user).unwrap();
        assert_eq!(found["auth_link"]["state"], "issued");
        assert_eq!(found["profile"]["mobile"], "+61491570006");
    }
    let applications = lines(&run(folder.path(), &["app", "list", "--json"]).await);
    let applications = applications[0]["applications"].as_array().unwrap().clone();
    assert_eq!(applications.len(), 1);
    // People come back to the port of this start, not of the one before.
    let back = format!("{}/demo/returned", second.ready.api_url);
    assert_eq!(applications[0]["redirect_url"], back);
}

#[tokio::test]
async fn a_request_that_was_answered_is_answered_the_same_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let client = reqwest::Client::new();
    let first = Demo::start(folder.path());
    let make = |demo: &Demo, token: String| {
        let request = client.post(format!("{}/users", demo.ready.api_url)).bearer_auth(token);
        request.header("Idempotency-Key", "one").json(&serde_json::json!({"email": "ada@example.test"}))
    };
    let answer = make(&first, first.token(&client).await).send().await.unwrap().text().await.unwrap();
    first.kill();
    let second = Demo::start(folder.path());
    let again = make(&second, second.token(&client).await).send().await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!((again.status().as_u16(), again.text().await.unwrap()), (201, answer));
}

#[tokio::test]
async fn a_second_start_on_the_same_folder_or_port_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = Demo::start(folder.path());
    let before = std::fs::read(folder.path().join("admin.json")).unwrap();
    let arguments: Vec<&str> = std::iter::once("demo").chain(ANY_PORTS).collect();
    one_sentence(&run(folder.path(), &arguments).await, 1, "is open in another process");
    assert_eq!(std::fs::read(folder.path().join("admin.json")).unwrap(), before);
    let other = tempfile::tempdir().unwrap();
    let taken = first.ready.api_url.trim_start_matches("http://");
    let arguments = ["demo", "--listen", taken, "--admin-listen", "127.0.0.1:0"];
    let output = run(other.path(), &arguments).await;
    one_sentence(&output, 1, &format!("{taken} (the public listener) is taken by another process"));
    assert_eq!(first.terminate().0, Some(0));
}

#[tokio::test]
async fn a_wrong_or_missing_master_key_starts_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert_eq!(Demo::start(&data).terminate().0, Some(0));
    let wrong = folder.path().join("wrong.key");
    std::fs::write(&wrong, [7; 32]).unwrap();
    let mode = |mode| std::fs::set_permissions(&wrong, std::fs::Permissions::from_mode(mode)).unwrap();
    for open in [0o644, 0o604, 0o620] {
        mode(open);
        let arguments = ["app", "list", "--master-key-file", wrong.to_str().unwrap()];
        one_sentence(&run(&data, &arguments).await, 78, "is open to others");
    }
    mode(0o640);
    let wrong = wrong.display().to_string();
    let key = std::fs::read(data.join("master.key")).unwrap();
    std::fs::remove_file(data.join("master.key")).unwrap();
    let before = contents(&data);
    for command in ["serve", "demo"] {
        let mut arguments = vec![command, "--master-key-file", &wrong];
        arguments.extend(ANY_PORTS);
        one_sentence(&run(&data, &arguments).await, 78, "not the one that this store was made with");
    }
    let with_ports = |command| std::iter::once(command).chain(ANY_PORTS).collect::<Vec<_>>();
    one_sentence(&run(&data, &with_ports("serve")).await, 78, "serve needs a master key: make one with");
    one_sentence(&run(&data, &with_ports("demo")).await, 78, "master.key is gone");
    one_sentence(&run(&data, &["app", "list"]).await, 78, "needs a master key");
    let after = contents(&data);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before == after, "a refused start changed a file or a record");
    std::fs::write(data.join("master.key"), key).unwrap();
    assert!(run(&data, &["app", "list"]).await.status.success());
}

#[tokio::test]
async fn serve_takes_its_key_from_the_environment_and_makes_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let key = "5a".repeat(32);
    let mut make = program();
    make.args(["app", "create", "--name", "Arbor Loans", "--json", "--data"])
        .arg(folder.path())
        .env("AUTHLINK_MASTER_KEY", &key);
    let made = &lines(&finished(make).await)[0];
    assert_eq!(made["application"]["name"], "Arbor Loans");
    let mut export = program();
    export.args(["export", "--data"]).arg(folder.path()).env("AUTHLINK_MASTER_KEY", &key);
    let records = lines(&finished(export).await);
    assert_eq!(records.iter().filter(|line| line["record"] == "application").count(), 1);
    assert!(records.iter().all(|line| line["record"] != "user"), "{records:?}");
    let mut other = program();
    other.args(["export", "--data"]).arg(folder.path()).env("AUTHLINK_MASTER_KEY", "5b".repeat(32));
    one_sentence(&finished(other).await, 78, "not the one that this store was made with");
    let mut short = program();
    short.args(["export", "--data"]).arg(folder.path()).env("AUTHLINK_MASTER_KEY", "5a");
    one_sentence(&finished(short).await, 78, "AUTHLINK_MASTER_KEY does not hold a master key");
}

/// What `app` does is the same through a running server and on the folder alone.
#[tokio::test]
async fn applications_are_made_with_and_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut ids = Vec::new();
    for running in [true, false] {
        let demo = running.then(|| Demo::start(folder.path()));
        let create =
            ["app", "create", "--name", "Brook Bank", "--redirect-url", "https://brook.example/back"];
        let create: Vec<&str> = create.into_iter().chain(["--json"]).collect();
        let made = &lines(&run(folder.path(), &create).await)[0];
        assert_eq!(made["application"]["mode"], "sandbox");
        assert_eq!(made["application"]["redirect_url"], "https://brook.example/back");
        let id = made["application"]["id"].as_str().unwrap().to_owned();
        let more = &lines(&run(folder.path(), &["app", "key", "--app", &id, "--json"]).await)[0];
        assert_eq!(more["application"]["id"], id.as_str());
        let (first, second) = (made["key"].as_str().unwrap(), more["key"].as_str().unwrap());
        assert!(first.len() > 40 && second.len() > 40 && first != second);
        let listed = &lines(&run(folder.path(), &["app", "keys", "--app", &id, "--json"]).await)[0];
        let known: Vec<&Value> = listed["keys"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(known.len(), 2, "{listed}");
        assert!(known.contains(&&made["key_id"]) && known.contains(&&more["key_id"]), "{listed}");
        assert!(!listed.to_string().contains(first) && !listed.to_string().contains(second), "never the key");
        let revoke = async |key: &Value, last: &[&str]| {
            let key = key.as_str().unwrap();
            let words = [&["app", "revoke", "--app", &id, "--key-id", key, "--json"][..], last].concat();
            run(folder.path(), &words).await
        };
        let left = &lines(&revoke(&made["key_id"], &[]).await)[0];
        assert_eq!((left["keys"].as_array().unwrap().len(), &left["keys"][0]["id"]), (1, &more["key_id"]));
        one_sentence(&revoke(&made["key_id"], &[]).await, 1, "the application has no such key");
        one_sentence(&revoke(&more["key_id"], &[]).await, 1, "the only key of the application");
        let none = &lines(&revoke(&more["key_id"], &["--last"]).await)[0];
        assert_eq!(none["keys"], Value::Array(Vec::new()));
        one_sentence(&revoke(&made["key"], &[]).await, 1, "--key-id wants 16 digits and letters");
        let live = run(folder.path(), &["app", "create", "--name", "X", "--mode", "live"]).await;
        one_sentence(&live, 1, "a live application needs a real SMS gateway");
        let odd = run(folder.path(), &["app", "create", "--name", "X", "--redirect-url", "nowhere"]).await;
        one_sentence(&odd, 1, "the redirect URL must begin with https:// or http://");
        let nobody = "00000000-0000-4000-8000-000000000000";
        let unknown = run(folder.path(), &["app", "key", "--app", nobody]).await;
        one_sentence(&unknown, 1, "there is no such application");
        ids.push(id);
        if let Some(demo) = demo {
            demo.kill();
        }
    }
    let listed = text(&run(folder.path(), &["app", "list"]).await.stdout);
    assert!(ids.iter().all(|id| listed.contains(id.as_str())), "{listed}");
    assert_eq!(listed.lines().count(), 3, "{listed}");
}

#[tokio::test]
async fn a_seed_makes_the_same_users_through_a_server_and_on_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let seed = ["seed", "--users", "1100", "--links", "1150", "--seed", "7"];
    let first = &lines(&run(folder.path(), &seed).await)[0];
    assert_eq!(first["users_made"], 1100);
    assert_eq!(first["links_made"], 1150);
    demo.kill();
    let again = &lines(&run(folder.path(), &["seed", "--users", "1100", "--seed", "7"]).await)[0];
    assert_eq!((&again["users_made"], &again["users_found"]), (&Value::from(0), &Value::from(1100)));
    let other = &lines(&run(folder.path(), &["seed", "--users", "3", "--seed", "8"]).await)[0];
    assert_eq!(other["users_made"], 3);
    let records = lines(&run(folder.path(), &["export"]).await);
    let users = records.iter().filter(|line| line["record"] == "user").count();
    assert_eq!(users, 1 + 1100 + 3);
    let created = records.iter().filter(|line| line["event"] == "auth_link.created").count();
    assert_eq!(created, 1 + 1150);
}

#[tokio::test]
async fn a_broken_configuration_is_refused_with_all_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authlink.toml");
    std::fs::write(&file, "listn = \"x\"\n[store]\ncache_bytes = 1\n[workflow.auth_link]\nlifetime = 7\n")
        .unwrap();
    let name = file.display().to_string();
    for command in
        [&["config", "check"][..], &["config", "show"], &["serve"], &["demo"], &["workflow", "check"]]
    {
        let mut broken = program();
        broken.args(command).args(["--config", &name]).env("AUTHLINK_ENGINE_PERMITS", "0");
        let output = finished(broken).await;
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(78), "{command:?}: {err}");
        assert!(output.stdout.is_empty());
        for fault in [
            ":1: there is no setting listn; did you mean listen?",
            ":3: store.cache_bytes wants a whole number from",
            ":5: workflow.auth_link.lifetime wants a duration",
            "environment AUTHLINK_ENGINE_PERMITS: engine.permits wants a whole number from 1 to 65536, not 0",
        ] {
            assert!(err.contains(fault), "{command:?}: {fault}\n{err}");
        }
    }
    let fine = finished({
        let mut command = program();
        command.args(["config", "check"]);
        command
    });
    let fine = fine.await;
    assert_eq!((fine.status.code(), text(&fine.stdout).as_str()), (Some(0), "The configuration is fine.\n"));
}

#[tokio::test]
async fn the_configuration_is_shown_without_its_secrets() {
    let key = "ab".repeat(32);
    let mut show = program();
    show.args(["config", "show"]).env("AUTHLINK_MASTER_KEY", &key).env("AUTHLINK_LOG_LEVEL", "debug");
    let output = finished(show).await;
    let shown = text(&output.stdout);
    assert!(output.status.success() && !shown.contains(&key), "{shown}");
    assert!(
        shown.contains("log.level = \"debug\"") && shown.contains("environment AUTHLINK_LOG_LEVEL"),
        "{shown}"
    );
    assert!(shown.contains("workflow.auth_link.lifetime = \"7d\""), "{shown}");
}

#[tokio::test]
async fn a_lifecycle_is_drawn_and_an_unknown_one_refused() {
    let draw = |name: &str| {
        let mut command = program();
        command.args(["workflow", "draw", name]);
        finished(command)
    };
    let drawn = text(&draw("auth_link").await.stdout);
    assert!(
        drawn.starts_with("stateDiagram-v2\n") && drawn.contains("challenged --> in_session: code_right"),
        "{drawn}"
    );
    one_sentence(&draw("auth").await, 1, "there is no workflow auth: auth_link, consent_session, consent");
}

/// A disk that takes no more: the process says so and ends with its own code, and what it had
/// acknowledged is there at the next start. The limit on the size of files stands in for the disk.
#[tokio::test]
async fn a_store_that_fails_ends_the_server_with_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("bash");
    let program = env!("CARGO_BIN_EXE_authlink");
    let script = format!(
        "trap '' XFSZ; ulimit -f 6000; exec '{program}' demo --json --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --data \"$0\""
    );
    shell.args(["-c", &script]).arg(folder.path());
    let mut demo = Demo::of(shell);
    let seeded = run(folder.path(), &["seed", "--users", "60000", "--links", "60000"]).await;
    assert!(!seeded.status.success(), "the limit was never reached");
    assert_eq!(demo.finish(), (Some(75), String::new()));
    let records = lines(&run(folder.path(), &["export"]).await);
    assert!(records.iter().any(|line| line["record"] == "user" && line["id"] == demo.ready.user_id.as_str()));
}

/// What the demo prints for people, line by line.
fn told(lines: &mut impl Iterator<Item = std::io::Result<String>>, first: &str) -> String {
    let found = lines.map(Result::unwrap).find(|line| line.trim_start().starts_with(first));
    found.unwrap_or_else(|| panic!("no line begins with {first}")).trim().to_owned()
}

/// The three lines to try are run as they are printed, by the shell that a person would paste them into.
#[tokio::test]
async fn the_demo_tells_what_to_try_and_shows_its_texts() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["demo", "--log-level", "debug"]).args(ANY_PORTS).arg("--data").arg(folder.path());
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut demo = Guard(child);
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let link = told(&mut lines, "Link").trim_start_matches("Link").trim().to_owned();
    let mut shell = Command::new("bash");
    let tries = ["TOKEN=", "curl", "curl"].map(|first| told(&mut lines, first));
    shell.args(["-euc", &tries.join("\necho\n")]);
    let answers = text(&finished(shell).await.stdout);
    let answers: Vec<Value> = answers
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers[0]["links"]["public"], link.as_str());
    assert_eq!(answers[1]["state"]["auth_link"]["state"], "issued");
    let (api, id) = link.rsplit_once('/').unwrap();
    let ask = Client::new().post(format!("{api}/client_auth/{id}"));
    let asked = ask.header("authorization", format!("Basic SMS_CODE:{id}")).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let sms = told(&mut lines, "Text message to +61491570006:");
    assert!(!sms.is_empty());
    let body = lines.next().unwrap().unwrap();
    let code = body.trim().split(' ').next().unwrap().to_owned();
    assert!(code.len() == 6 && body.contains("is your code to share bank data with Quill Lending"), "{body}");
    drop(demo);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("answered"), "the log is empty: {log}");
    let words: BTreeSet<&str> =
        log.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').collect();
    for secret in [code.as_str(), id, "61491570006"] {
        assert!(!words.contains(secret), "{secret} is in the log");
    }
}

/// Asks for users until the server is gone; every acknowledged one is noted.
async fn make_users(api: Arc<(Client, String, String)>, acknowledged: Arc<AtomicUsize>) -> Vec<String> {
    let mut made = Vec::new();
    loop {
        let (client, url, token) = api.as_ref();
        let request = client.post(format!("{url}/users")).bearer_auth(token);
        let Ok(answer) = request.json(&json!({"email": "ada@example.test"})).send().await else {
            return made;
        };
        let status = answer.status();
        let Ok(body) = answer.json::<Value>().await else { return made };
        match status.as_u16() {
            201 => made.push(body["id"].as_str().unwrap().to_owned()),
            503 => return made,
            other => panic!("{other}: {body}"),
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_signal_under_load_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let client = Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(format!("{}/token", demo.ready.api_url))
        .header("authorization", format!("Basic {}", demo.ready.api_key))
        .header("basiq-version", "3.0")
        .form(&[("scope", "SERVER_ACCESS")]);
    let token: Value = answer.send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let api = Arc::new((client, demo.ready.api_url.clone(), token));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> =
        (0..8).map(|_| tokio::spawn(make_users(api.clone(), acknowledged.clone()))).collect();
    while acknowledged.load(Ordering::Relaxed) < 100 {
        assert!(workers.iter().any(|worker| !worker.is_finished()), "nobody works");
        tokio::task::yield_now().await;
    }
    let ended = tokio::task::spawn_blocking(|| demo.terminate());
    let mut made = BTreeSet::new();
    for worker in workers {
        made.extend(worker.await.unwrap());
    }
    assert_eq!(ended.await.unwrap(), (Some(0), String::new()));
    assert!(made.len() >= 100);
    let records = lines(&run(folder.path(), &["export"]).await);
    let users = records.iter().filter(|line| line["record"] == "user");
    let there: BTreeSet<String> = users.map(|line| line["id"].as_str().unwrap().to_owned()).collect();
    assert!(made.is_subset(&there), "lost: {:?}", made.difference(&there));
}

/// A request whose body is still on its way holds the stop up; the listener takes no other.
struct HalfRequest(std::net::TcpStream);

impl HalfRequest {
    fn send(demo: &Demo) -> Self {
        let address = demo.ready.api_url.trim_start_matches("http://");
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /token HTTP/1.1\r\nhost: x\r\nauthorization: Basic {}\r\nbasiq-version: 3.0\r\ncontent-length: 18\r\n\r\nscope=",
            demo.ready.api_key
        );
        stream.write_all(head.as_bytes()).unwrap();
        Self(stream)
    }

    fn complete(mut self) -> String {
        self.0.write_all(b"SERVER_ACCES").unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).unwrap();
        answer
    }
}

async fn readiness(admin_url: &str) -> String {
    let answer = Client::new().get(format!("{admin_url}/readyz")).send().await.unwrap();
    let status = answer.status().as_u16();
    format!("{status} {}", answer.text().await.unwrap())
}

#[tokio::test]
async fn a_stopping_server_answers_what_is_under_way_and_says_that_it_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path());
    let half = HalfRequest::send(&demo);
    assert!(readiness(&demo.ready.admin_url).await.starts_with("200"));
    demo.signal();
    let mut shown = String::new();
    for _ in 0..100_000 {
        shown = readiness(&demo.ready.admin_url).await;
        if shown.starts_with("503") {
            break;
        }
    }
    assert!(shown.starts_with("503") && shown.contains("stopping"), "{shown}");
    let health = Client::new().get(format!("{}/healthz", demo.ready.admin_url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let answer = half.complete();
    assert!(answer.starts_with("HTTP/1.1 ") && answer.contains("x-request-id"), "{answer}");
    assert!(Client::new().get(format!("{}/x", demo.ready.api_url)).send().await.is_err(), "it still listens");
    assert_eq!(demo.finish(), (Some(0), String::new()));
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path());
    let _half = HalfRequest::send(&demo);
    demo.signal();
    while !readiness(&demo.ready.admin_url).await.starts_with("503") {}
    demo.signal();
    assert_eq!(demo.finish(), (Some(130), String::new()));
}
