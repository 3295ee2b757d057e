//! Bodies that are too long, too deep, broken, or of another type: always an answer, nothing done.

use crate::rig::{Rig, answer, refusal};
use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn broken_and_deep_json_is_refused() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let deep = format!(r#"{{"x":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", r#"{"x":"#.repeat(30_000), "}".repeat(30_000));
    let bodies = [
        "{",
        "}",
        "null",
        "[]",
        "\"\"",
        "{\"email\":\"a@example.test\"",
        "{\"email\":\"\\ud800\"}",
        "\u{0}",
        &deep,
        &objects,
    ];
    for path in ["/users".to_owned(), format!("/users/{user}"), format!("/users/{user}/auth_link")] {
        for body in bodies {
            let request =
                rig.call(&partner.token, Method::POST, &path).header("Content-Type", "application/json");
            let refused = refusal(request.body(body.to_owned())).await;
            assert_eq!((refused.0, refused.1.as_str()), (400, "invalid-content"), "{path} {body:.40}");
        }
        let bytes = rig.call(&partner.token, Method::POST, &path).body(vec![b'{', 0xff, 0xfe, b'}']);
        assert_eq!(refusal(bytes).await.0, 400);
    }
    let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
    assert_eq!(answer(request).await.0, 404, "nothing was made");
}

#[tokio::test]
async fn other_content_types_are_refused_by_name() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let request = rig.call(&partner.token, Method::POST, "/users").header("Content-Type", "text/xml");
    let (status, body) = answer(request.body("<user/>")).await;
    assert_eq!(status, 415);
    assert_eq!(body["data"][0]["detail"], "Content type text/xml is not supported on requested endpoint.");
    let json = rig.token_request(&partner.key);
    let json = json.header("Content-Type", "application/json");
    assert_eq!(refusal(json.body("{}")).await.0, 415);
}

#[tokio::test]
async fn accept_that_leaves_us_nothing_is_refused() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let get = |accept: &str| rig.call(&partner.token, Method::GET, "/events").header("Accept", accept);
    assert_eq!(answer(get("application/json")).await.0, 200);
    assert_eq!(answer(get("text/html, */*;q=0.1")).await.0, 200);
    assert_eq!(refusal(get("text/html")).await.1, "unsupported-accept");
}

fn long(request: RequestBuilder) -> RequestBuilder {
    request.header("Content-Type", "application/json").body(vec![b' '; 30 * MIB])
}

#[tokio::test]
async fn thirty_mebibytes_are_refused_wherever_they_are_sent() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let link = rig.link(&partner, &user).await;
    for path in ["/users".to_owned(), format!("/users/{user}"), format!("/users/{user}/auth_link")] {
        let refused = refusal(long(rig.call(&partner.token, Method::POST, &path))).await;
        assert_eq!((refused.0, refused.1.as_str()), (413, "request-not-valid"), "{path}");
    }
    let response = long(rig.call(&partner.token, Method::POST, "/users")).send().await.unwrap();
    assert_eq!(response.headers()["connection"], "close");
    let token = rig.token_request(&partner.key).body(vec![b'a'; 30 * MIB]);
    assert_eq!(refusal(token).await.0, 413);
    let unsigned = long(rig.request(Method::POST, "/users"));
    assert_eq!(refusal(unsigned).await.0, 401, "who may not be here is told so");
    let code = long(rig.request(Method::POST, &format!("/client_auth/{link}/token")));
    let code = code.header("Authorization", format!("Basic SMS_CODE:{link}"));
    assert_eq!(answer(code).await.0, 413);
    let rendered = rig.engine.metrics().render();
    assert!(rendered.contains(r#"limit_refusals_total{limit="body_bytes"}"#), "{rendered}");
}

/// Writes a chunked body of `count` chunks of 64 KiB and reads the answer's head.
async fn chunked(rig: &Rig, token: &str, count: usize) -> String {
    let mut stream = TcpStream::connect(rig.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 65_536], b"\r\n".to_vec()].concat();
    for _ in 0..count {
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test]
async fn a_chunked_body_counts_like_any_other() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let short = chunked(&rig, &partner.token, 3).await;
    assert!(short.starts_with("HTTP/1.1 400 "), "{short:.200}");
    let long = chunked(&rig, &partner.token, 30 * 16).await;
    assert!(long.starts_with("HTTP/1.1 413 "), "{long:.200}");
    assert!(long.contains("\"code\":\"request-not-valid\""), "{long}");
}
