//! A bank that answers every request with the same bytes, whatever they are, and keeps what it was asked.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Ends with the runtime of its test.
pub struct Liar {
    pub base: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    /// Answers with `answer`, and then hangs up.
    pub async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (heard, answer) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(answer.into()));
        let kept = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answer.clone(), kept.clone()));
            }
        });
        Self { base, heard }
    }

    /// Answers 200 with a JSON body.
    pub async fn saying(body: &str) -> Self {
        Self::answering(whole("200 OK", body)).await
    }

    /// Every request so far, as it came.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// A whole answer.
pub fn whole(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn talk(mut stream: TcpStream, answer: Arc<Vec<u8>>, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        request.extend_from_slice(&part[..count]);
    }
    heard.lock().unwrap().push(String::from_utf8(request).unwrap());
    // Whoever has heard enough hangs up in the middle.
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
