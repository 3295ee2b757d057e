//! Connections that hold their place and use it for nothing: those that take nothing, and too many of one address.

use crate::rig::{Rig, Setup};
use authlink::http::listen::ListenLimits;
use authlink::http::{Response, Web};
use reqwest::Method;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use warp::Filter;
use warp::filters::BoxedFilter;

const PATIENCE: Duration = Duration::from_secs(20);

fn address(rig: &Rig) -> SocketAddr {
    rig.base.strip_prefix("http://").unwrap().parse().unwrap()
}

async fn until(holds: impl Fn() -> bool) {
    let poll = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, poll).await.expect("it never came");
}

fn refused(rig: &Rig, limit: &str) -> bool {
    rig.engine.metrics().render().contains(&format!("limit_refusals_total{{limit=\"{limit}\"}} "))
}

/// An answer that fits into no buffer on the way.
fn big(_: Web) -> BoxedFilter<(Response,)> {
    warp::path("big").map(|| Response::new(vec![b'x'; 64 << 20].into())).boxed()
}

#[tokio::test]
async fn who_reads_nothing_of_an_answer_loses_the_connection() {
    let listen = ListenLimits { write_time_max: Duration::from_millis(200), ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen, routes: big, ..Setup::default() });
    let mut stream = TcpStream::connect(address(&rig)).await.unwrap();
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    until(|| refused(&rig, "write_time")).await;
    until(|| rig.engine.metrics().connections_open.get() == 0).await;

    let whole = rig.request(Method::GET, "/big").send().await.unwrap().bytes().await.unwrap();
    assert_eq!(whole.len(), 64 << 20, "who reads gets all of it");
}

/// The next frame of HTTP/2: its type, its flags, what it holds; none at the end of the connection.
async fn frame(stream: &mut TcpStream) -> Option<(u8, u8, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.ok()?;
    let mut held = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    stream.read_exact(&mut held).await.ok()?;
    Some((head[3], head[4], held))
}

#[tokio::test]
async fn a_connection_of_http_2_that_lets_nothing_be_sent_is_closed() {
    let listen = ListenLimits { write_time_max: Duration::from_millis(200), ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen, routes: big, ..Setup::default() });
    let mut stream = TcpStream::connect(address(&rig)).await.unwrap();
    // SETTINGS_INITIAL_WINDOW_SIZE 0: not a byte of an answer may follow its head.
    let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    let get = [0, 0, 11, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x04, 4, b'/', b'b', b'i', b'g', 0x41, 1, b'x'];
    stream.write_all(&[&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings, &get].concat()).await.unwrap();
    let talk = async {
        let mut answered = false;
        while let Some((kind, flags, held)) = frame(&mut stream).await {
            answered = answered || kind == 1;
            if kind == 6 && flags == 0 {
                let pong = [&[0, 0, 8, 6, 1, 0, 0, 0, 0][..], &held].concat();
                // It may be closed already: the next read says so.
                let _ = stream.write_all(&pong).await;
            }
        }
        answered
    };
    assert_eq!(tokio::time::timeout(PATIENCE, talk).await, Ok(true));
    assert!(refused(&rig, "write_time"));
}

#[tokio::test]
async fn a_stream_that_is_read_outlives_every_one_of_these_limits() {
    let short = Duration::from_millis(200);
    let listen = ListenLimits {
        head_time_max: short,
        write_time_max: short,
        drain_time_max: short,
        ..ListenLimits::default()
    };
    let rig = Rig::with(Setup { listen, ..Setup::default() });
    let partner = rig.partner("Quill Lending").await;
    let feed = rig.call(&partner.token, Method::GET, "/events/feed").header("Accept", "text/event-stream");
    let mut feed = feed.send().await.unwrap();
    assert_eq!(&feed.chunk().await.unwrap().unwrap()[..], b"retry: 1000\n\n");
    // Nothing happens, for longer than all of them.
    tokio::time::sleep(short * 5).await;
    rig.user(&partner, "+61400111222").await;
    let told = feed.chunk().await.unwrap().expect("it still stands");
    assert!(told.starts_with(b"id: 1\nevent: user.created\n"), "{told:?}");
}

async fn connect_from(rig: &Rig, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from.parse().unwrap()).unwrap();
    socket.connect(address(rig)).await.unwrap()
}

/// Whether the server answers there.
async fn is_served(stream: &mut TcpStream) -> bool {
    let asked = stream.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut read = [0; 12];
    let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut read)).await.unwrap();
    asked.is_ok() && read.is_ok()
}

#[tokio::test]
async fn one_address_has_its_share_of_the_connections_and_leaves_the_rest() {
    let listen = ListenLimits { connections_per_address: 2, ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen: listen.clone(), ..Setup::default() });
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(connect_from(&rig, "127.0.0.1:0").await);
        assert!(is_served(held.last_mut().unwrap()).await);
    }
    assert!(!is_served(&mut connect_from(&rig, "127.0.0.1:0").await).await, "one more is closed");
    assert!(refused(&rig, "connections_per_address"));
    assert!(is_served(&mut connect_from(&rig, "127.0.0.2:0").await).await, "another address is served");
    held.clear();
    until(|| rig.engine.metrics().connections_open.get() == 0).await;
    assert!(is_served(&mut connect_from(&rig, "127.0.0.1:0").await).await, "and what is given back counts");

    let listen = ListenLimits { proxies: vec!["127.0.0.0/8".parse().unwrap()], ..listen };
    let rig = Rig::with(Setup { listen, ..Setup::default() });
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(connect_from(&rig, "127.0.0.1:0").await);
        assert!(is_served(all.last_mut().unwrap()).await, "a proxy of ours stands for many");
    }
}
