//! The real process is killed while it streams its feed to a reader that goes on behind the last id it saw, as
//! browsers do. Nothing is left out, nothing comes twice, and every event whose cause was acknowledged comes.

use crate::listen::again;
use crate::process::Demo;
use authlink::random::{EntropySource, SystemEntropy};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUNDS: usize = 5;

/// How long a stream may take to say what is there; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a reader of the stream keeps.
#[derive(Default)]
struct Reader {
    /// Every event that it saw: its id, and whom it is about.
    seen: Vec<(u64, String)>,
    /// What came of the next one.
    held: String,
}

impl Reader {
    async fn open(&mut self, demo: &Demo, client: &Client, token: &str) -> Option<Response> {
        self.held.clear();
        let request = client.get(format!("{}/events/feed", demo.ready.api_url)).bearer_auth(token);
        let request = request.header("Accept", "text/event-stream");
        let request = match self.seen.last() {
            Some((last, _)) => request.header("Last-Event-ID", last.to_string()),
            None => request,
        };
        request.send().await.ok()
    }

    /// Reads until the stream breaks off.
    async fn read(&mut self, mut stream: Response) {
        while let Ok(Some(chunk)) = stream.chunk().await {
            self.take(&chunk);
        }
    }

    /// Reads until it has seen all of these.
    async fn read_until(&mut self, mut stream: Response, users: &BTreeSet<String>) {
        while !users.is_subset(&self.users()) {
            let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await.expect("a stream that tells");
            self.take(&chunk.unwrap().expect("a stream that goes on"));
        }
    }

    /// A block counts once it is whole.
    fn take(&mut self, chunk: &[u8]) {
        self.held.push_str(std::str::from_utf8(chunk).unwrap());
        while let Some((block, rest)) = self.held.split_once("\n\n") {
            let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(id), Some(data)) = (line("id: "), line("data: ")) {
                let event: Value = serde_json::from_str(data).unwrap();
                assert_eq!(event["cursor"], id);
                self.seen.push((id.parse().unwrap(), event["userId"].as_str().unwrap().to_owned()));
            }
            self.held = rest.to_owned();
        }
    }

    fn users(&self) -> BTreeSet<String> {
        self.seen.iter().map(|(_, user)| user.clone()).collect()
    }
}

/// Makes users until the server is gone; those whose making was answered are noted.
async fn make_users(url: String, token: String, client: Client, made: Arc<Mutex<BTreeSet<String>>>) {
    let body = json!({"mobile": "+61400111222"});
    loop {
        let request = client.post(format!("{url}/users")).bearer_auth(&token).json(&body);
        let Ok(answer) = request.send().await else { return };
        assert_eq!(answer.status(), 201);
        let Ok(user) = answer.json::<Value>().await else { return };
        made.lock().unwrap().insert(user["id"].as_str().unwrap().to_owned());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_over_kills_of_its_server_tells_everything_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path());
    let (client, made) = (Client::new(), Arc::<Mutex<BTreeSet<String>>>::default());
    let mut reader = Reader::default();
    let mut entropy = SystemEntropy.draw().unwrap();
    for _ in 0..ROUNDS {
        let token = demo.token(&client).await;
        let stream = reader.open(&demo, &client, &token).await.unwrap();
        let url = demo.ready.api_url.clone();
        let workers: Vec<_> = (0..4)
            .map(|_| tokio::spawn(make_users(url.clone(), token.clone(), client.clone(), made.clone())))
            .collect();
        let dies = async {
            tokio::time::sleep(Duration::from_millis(150 + entropy.below(400))).await;
            again(folder.path(), demo)
        };
        let (next, ()) = tokio::join!(dies, reader.read(stream));
        demo = next;
        for worker in workers {
            worker.await.unwrap();
        }
    }
    assert!(reader.seen.len() > 50, "streams were broken in their middle");
    let users = made.lock().unwrap().clone();
    assert!(users.len() > 50, "{}", users.len());
    let token = demo.token(&client).await;
    let stream = reader.open(&demo, &client, &token).await.unwrap();
    reader.read_until(stream, &users).await;
    let numbers: Vec<u64> = reader.seen.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    demo.kill();
}
