//! `authlink listen` as its user meets it: the real program beside a real server and a real receiver.

use crate::process::{Demo, finished, program, text};
use crate::receiver::{Heard, Receiver, status};
use authlink::domain::webhook::secret::WebhookSecret;
use reqwest::Client;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The command, once it is ready.
pub struct Listener {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What it said before.
    said: String,
}

fn command(demo: &Demo, receiver: &Receiver, arguments: &[&str]) -> Command {
    command_at(&demo.ready.api_url, demo, receiver, arguments)
}

fn command_at(url: &str, demo: &Demo, receiver: &Receiver, arguments: &[&str]) -> Command {
    let mut command = program();
    command.env("AUTHLINK_API_KEY", &demo.ready.api_key);
    command.args(["listen", "--api-url", url, "--forward-to", &receiver.url()]).args(arguments);
    command
}

impl Listener {
    pub fn start(demo: &Demo, receiver: &Receiver, arguments: &[&str]) -> Self {
        Self::of(command(demo, receiver, arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut listener = Self { child, stdout, said: String::new() };
        while !listener.said.contains("Ready") {
            let line = listener.line();
            assert!(!line.is_empty(), "it ended: {}", listener.said);
            listener.said.push_str(&line);
        }
        listener
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Ctrl-C. Its exit code and what it still said.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn make_user(demo: &Demo) -> String {
    let client = Client::new();
    let token = demo.token(&client).await;
    let request = client.post(format!("{}/users", demo.ready.api_url)).bearer_auth(token);
    let answer = request.json(&json!({"mobile": "+61400111222"})).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

fn is_signed(heard: &Heard, secret: &str) -> bool {
    let seconds = heard.header("webhook-timestamp").parse().unwrap();
    let secret = WebhookSecret::parse(secret).unwrap();
    let wanted = secret.sign(heard.header("webhook-id"), seconds, heard.body.as_bytes());
    heard.header("webhook-signature") == wanted
}

fn user_of(heard: &Heard) -> String {
    heard.json()["links"]["eventEntity"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// One that listens where the one before did.
pub fn again(data: &Path, before: Demo) -> Demo {
    let at = before.ready.api_url.trim_start_matches("http://").to_owned();
    before.kill();
    let mut command = program();
    command.args(["demo", "--json", "--listen", &at, "--admin-listen", "127.0.0.1:0", "--data"]).arg(data);
    Demo::of(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_arrive_as_signed_webhooks_over_a_kill_of_the_server_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let receiver = Receiver::start(|number, _| status(if number == 1 { 500 } else { 200 })).await;
    let arguments = ["--events", "user.created", "--secret", SECRET];
    let mut listener = Listener::start(&demo, &receiver, &arguments);
    assert!(!listener.said.contains("whsec_"), "whoever gave it knows it: {}", listener.said);
    let first = make_user(&demo).await;
    let heard = receiver.hears(1).await.remove(0);
    assert!(heard.head.starts_with("POST /hooks "), "{}", heard.head);
    assert!(is_signed(&heard, SECRET));
    let (body, event) = (heard.json(), heard.header("webhook-id").to_owned());
    let url = format!("{}/events/{event}", demo.ready.api_url);
    let entity = format!("{}/users/{first}", demo.ready.api_url);
    let links = json!({"event": url, "eventEntity": entity});
    assert_eq!(body, json!({"eventTypeId": "user.created", "eventId": event, "links": links}));
    let line = listener.line();
    assert!(line.contains("user.created") && line.contains(&first) && line.contains("-> 200 in "), "{line}");

    // The start makes a user of its own.
    let demo = again(folder.path(), demo);
    let last = make_user(&demo).await;
    let users: Vec<_> = receiver.hears(3).await.iter().map(user_of).collect();
    assert_eq!(users, [first, demo.ready.user_id.clone(), last]);
    let line = listener.line();
    assert!(line.contains("-> 500 in "), "{line}");
    let line = listener.line();
    let cursor = line.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(listener.interrupt(), (Some(0), String::new()));

    // What happened while nobody listened comes too, for whoever names where it was.
    let missed = make_user(&demo).await;
    let listener = Listener::start(&demo, &receiver, &["--events", "user.created", "--after", &cursor]);
    let secret = listener.said.lines().find_map(|line| line.strip_prefix("Secret   ")).unwrap();
    let heard = receiver.hears(4).await.remove(3);
    assert_eq!(user_of(&heard), missed);
    assert!(is_signed(&heard, secret));
    assert_eq!(receiver.heard().len(), 4);
}

/// A way to `to` by TLS with a certificate of its own: its URL, and the certificate.
async fn behind_tls(to: String) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            drop(tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await?;
                let mut inside = TcpStream::connect(to).await?;
                tokio::io::copy_bidirectional(&mut outside, &mut inside).await
            }));
        }
    }));
    (format!("https://localhost:{port}"), made.cert.pem())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_behind_tls_is_listened_to_where_its_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let receiver = Receiver::start(|_, _| status(200)).await;
    let (url, certificate) = behind_tls(demo.ready.api_url.trim_start_matches("http://").to_owned()).await;
    let stranger = finished(command_at(&url, &demo, &receiver, &[])).await;
    let said = text(&stranger.stderr);
    assert!(!stranger.status.success() && said.contains("certificate is not one that"), "{said}");
    let file = folder.path().join("certificate.pem");
    std::fs::write(&file, certificate).unwrap();
    let mut trusting = command_at(&url, &demo, &receiver, &["--events", "user.created"]);
    trusting.env("SSL_CERT_FILE", &file);
    let _listener = Listener::of(trusting);
    let made = make_user(&demo).await;
    assert_eq!(user_of(&receiver.hears(1).await.remove(0)), made);
}

#[tokio::test]
async fn what_cannot_work_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let receiver = Receiver::start(|_, _| status(200)).await;
    for (arguments, holds) in [
        (&["--events", "user.made"][..], "user.made is no type of event"),
        (&["--secret", "whsec_AAAA"], "--secret wants whsec_"),
        (&["--api-key", "bm9ib2R5"], "the server answered 40"),
    ] {
        let output = finished(command(&demo, &receiver, arguments)).await;
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(holds) && said.lines().count() == 1, "{said}");
    }
    let mut nowhere = program();
    nowhere.args(["listen", "--forward-to", "localhost:3000", "--api-key", "bm9ib2R5"]);
    assert!(text(&finished(nowhere).await.stderr).contains("--forward-to wants a URL"));
    let mut nobody = command(&demo, &receiver, &[]);
    demo.kill();
    nobody.stdout(Stdio::null());
    assert!(text(&finished(nobody).await.stderr).contains("nobody answers"));
    assert_eq!(receiver.heard().len(), 0);
}
