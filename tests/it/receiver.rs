//! A receiver of webhooks on this machine: says what it is told to say, and keeps what it heard.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long something that must come is waited for; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// One message as it arrived.
#[derive(Debug, Clone)]
pub struct Heard {
    pub head: String,
    pub body: String,
}

impl Heard {
    /// A header's value.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    /// The body, read.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Says = dyn Fn(usize, &Heard) -> String + Send + Sync;

/// It listens until it is dropped.
pub struct Receiver {
    pub at: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    task: tokio::task::JoinHandle<()>,
}

/// An answer without a body.
pub fn status(status: u16) -> String {
    format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n\r\n")
}

impl Receiver {
    /// One that says `says` of the message with that number, from 0 on.
    pub async fn start(says: impl Fn(usize, &Heard) -> String + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), says).await
    }

    /// The same at an address of the test's own.
    pub async fn at(at: SocketAddr, says: impl Fn(usize, &Heard) -> String + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind(at).await.unwrap(), says)
    }

    /// The same with a listener of the test's own.
    pub fn on(listener: TcpListener, says: impl Fn(usize, &Heard) -> String + Send + Sync + 'static) -> Self {
        let (at, heard) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Heard>>>::default());
        let (kept, says): (_, Arc<Says>) = (heard.clone(), Arc::new(says));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(tokio::spawn(converse(stream, kept.clone(), says.clone())));
            }
        });
        Self { at, heard, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.at)
    }

    /// What was heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// What was heard, once it is `count`.
    pub async fn hears(&self, count: usize) -> Vec<Heard> {
        let arrived = async {
            while self.heard.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, arrived).await.unwrap_or_else(|_| {
            panic!("{} messages came, {count} were waited for", self.heard.lock().unwrap().len())
        });
        self.heard()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, heard: Arc<Mutex<Vec<Heard>>>, says: Arc<Says>) {
    while let Some(one) = message(&mut stream).await {
        let number = {
            let mut heard = heard.lock().unwrap();
            heard.push(one.clone());
            heard.len() - 1
        };
        let answer = says(number, &one);
        // One that says nothing keeps the sender waiting.
        if answer.is_empty() {
            return std::future::pending().await;
        }
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn message(stream: &mut TcpStream) -> Option<Heard> {
    let (mut read, mut part) = (Vec::new(), [0; 1024]);
    loop {
        let many = stream.read(&mut part).await.ok().filter(|many| *many > 0)?;
        read.extend_from_slice(&part[..many]);
        let text = String::from_utf8(read.clone()).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let long = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        if body.len() == long.parse::<usize>().ok()? {
            return Some(Heard { head: head.to_owned(), body: body.to_owned() });
        }
    }
}
