//! Proofs against real receivers on this machine: quick, slow, silent, broken, redirecting, talkative,
//! forbidden, not to be trusted.

use super::resolve::{NoAddress, held};
use super::{HttpSender, Post, WebhookSender};
use crate::domain::delivery::{Answer, NoAnswer};
use crate::domain::time::{Span, UnixMillis};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

fn sender() -> HttpSender {
    HttpSender::new(|_| true).unwrap()
}

fn post(url: String) -> Post {
    Post {
        url,
        id: "0193a1b2-0000-8000-8000-000000000001".into(),
        at: UnixMillis(1_767_225_600_999),
        signatures: "v1,one v1,other".into(),
        body: b"{\"a\":1}".to_vec(),
        patience: Span::seconds(20),
    }
}

/// Reads one request, head and body.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut read, mut part) = (Vec::new(), [0; 1024]);
    loop {
        let many = stream.read(&mut part).await.ok().filter(|many| *many > 0)?;
        read.extend_from_slice(&part[..many]);
        if read.ends_with(b"{\"a\":1}") {
            return String::from_utf8(read).ok();
        }
    }
}

/// A receiver that says the same to everybody; what it hears comes back.
async fn receiver(says: String) -> (SocketAddr, mpsc::UnboundedReceiver<String>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let (hears, heard) = mpsc::unbounded_channel();
    let counted = connections.clone();
    drop(tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let (hears, says) = (hears.clone(), says.clone());
            drop(tokio::spawn(async move {
                while let Some(head) = request(&mut stream).await {
                    let _ = hears.send(head);
                    if stream.write_all(says.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }));
        }
    }));
    (at, heard, connections)
}

#[tokio::test]
async fn a_message_arrives_with_its_headers_and_byte_for_byte() {
    let (at, mut heard, connections) = receiver("HTTP/1.1 204 No Content\r\n\r\n".into()).await;
    let sender = sender();
    for _ in 0..3 {
        let answer = sender.post(post(format!("http://{at}/hooks?key=1"))).await;
        assert_eq!(answer, Answer::Status(204, None));
    }
    let head = heard.recv().await.unwrap();
    assert!(head.starts_with("POST /hooks?key=1 HTTP/1.1\r\n"), "{head}");
    for line in [
        "content-type: application/json",
        concat!("user-agent: authlink/", env!("CARGO_PKG_VERSION")),
        "webhook-id: 0193a1b2-0000-8000-8000-000000000001",
        "webhook-timestamp: 1767225600",
        "webhook-signature: v1,one v1,other",
        "content-length: 7",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line}\n{head}");
    }
    assert!(head.ends_with("\r\n\r\n{\"a\":1}"));
    assert_eq!(connections.load(Ordering::SeqCst), 1, "a connection serves again");
}

#[tokio::test]
async fn a_name_is_looked_up_and_held_to_what_is_allowed() {
    let (at, mut heard, _) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
    let url = format!("http://localhost:{}/", at.port());
    assert_eq!(sender().post(post(url.clone())).await, Answer::Status(200, None));
    heard.recv().await.unwrap();
    let public_only = HttpSender::new(|address| !address.is_loopback()).unwrap();
    for url in [url, format!("http://{at}/"), format!("http://[::1]:{}/", at.port())] {
        assert_eq!(public_only.post(post(url)).await, Answer::None(NoAnswer::Forbidden));
    }
    assert!(heard.try_recv().is_err(), "nothing was sent");
    let nowhere = sender().post(post("http://nowhere.invalid/".into())).await;
    assert_eq!(nowhere, Answer::None(NoAnswer::NoName));
}

#[test]
fn of_a_names_addresses_the_allowed_ones_are_left() {
    let some = |all: &[&str]| Some(all.iter().map(|one| one.parse().unwrap()).collect::<Vec<SocketAddr>>());
    let allows = |address: std::net::IpAddr| !address.is_loopback();
    let left = held(some(&["127.0.0.1:0", "1.1.1.1:0", "[::1]:0"]), &allows).unwrap();
    assert_eq!(left.collect::<Vec<_>>(), some(&["1.1.1.1:0"]).unwrap());
    assert_eq!(held(some(&["127.0.0.1:0"]), &allows).err(), Some(NoAddress::Forbidden));
    assert_eq!(held(some(&[]), &allows).err(), Some(NoAddress::Unknown));
    assert_eq!(held(None, &allows).err(), Some(NoAddress::Unknown));
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let (target, mut heard, _) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
    for status in [301, 302, 307, 308] {
        let says =
            format!("HTTP/1.1 {status} Moved\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n");
        let (at, _heard, _) = receiver(says).await;
        assert_eq!(sender().post(post(format!("http://{at}/"))).await, Answer::Status(status, None));
    }
    assert!(heard.try_recv().is_err(), "nobody was followed");
}

#[tokio::test]
async fn what_a_receiver_asks_for_comes_back() {
    let says = "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nbusy";
    let (at, _heard, _) = receiver(says.into()).await;
    let answer = sender().post(post(format!("http://{at}/"))).await;
    assert_eq!(answer, Answer::Status(503, Some(Span::seconds(7))));
}

#[tokio::test]
async fn a_long_body_is_not_read_to_its_end() {
    let long = "x".repeat(200 * 1024);
    let says = format!("HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n{long}");
    let (at, _heard, connections) = receiver(says).await;
    let sender = sender();
    for _ in 0..2 {
        let answer = sender.post(post(format!("http://{at}/"))).await;
        assert_eq!(answer, Answer::Status(200, None), "its status has said everything");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2, "such a connection is closed");
}

#[tokio::test]
async fn whoever_says_nothing_is_waited_for_as_long_as_was_said() {
    let (at, mut heard, _) = receiver(String::new()).await;
    let impatient = Post { patience: Span(300), ..post(format!("http://{at}/")) };
    assert_eq!(sender().post(impatient).await, Answer::None(NoAnswer::TimedOut));
    heard.recv().await.unwrap();
    let (at, _heard, _) = receiver("HTTP/1.1 200 OK\r\n".into()).await;
    let impatient = Post { patience: Span(300), ..post(format!("http://{at}/")) };
    assert_eq!(sender().post(impatient).await, Answer::None(NoAnswer::TimedOut), "half a head");
}

#[tokio::test]
async fn nobody_there_and_nonsense_have_names_of_their_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let nobody = sender().post(post(format!("http://{at}/"))).await;
    assert_eq!(nobody, Answer::None(NoAnswer::NoConnection));
    let (at, _heard, _) = receiver("I am no server\r\n\r\n".into()).await;
    assert_eq!(sender().post(post(format!("http://{at}/"))).await, Answer::None(NoAnswer::Broken));
    assert_eq!(sender().post(post("not a url".into())).await, Answer::None(NoAnswer::NoName));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    use rustls::pki_types::PrivateKeyDer;
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
            drop(tokio::spawn(tokio::time::timeout(Duration::from_secs(5), acceptor.accept(stream))));
        }
    }));
    let answer = sender().post(post(format!("https://localhost:{port}/"))).await;
    assert_eq!(answer, Answer::None(NoAnswer::NotTrusted));
}

#[test]
fn a_message_prints_nothing() {
    assert_eq!(format!("{:?}", post("https://example.test/secret".into())), "Post(..)");
}
