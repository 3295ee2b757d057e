//! What happens to every request: ids, CORS, methods, envelopes, limits of connections.

use crate::rig::{Rig, Setup, answer, refusal};
use authlink::http::listen::ListenLimits;
use authlink::http::{Response, Web};
use reqwest::Method;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use warp::Filter;
use warp::filters::BoxedFilter;

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_the_usual_headers() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/events", "/users", "/nothing/here", "/token"] {
        let response = rig.call(&partner.token, Method::GET, path).send().await.unwrap();
        let headers = response.headers();
        let id = headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(uuid::Uuid::try_parse(&id).is_ok_and(|id| !id.is_nil()) && ids.insert(id));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn a_browser_is_told_what_it_may_send() {
    let rig = Rig::start();
    for path in ["/users", "/client_auth/7b0f2f0a-93c4-4f1e-b1f5-2f4b5f0c9d77", "/nothing/here"] {
        let request = rig.request(Method::OPTIONS, path).header("Origin", "https://partner.example.test");
        let response = request.header("Access-Control-Request-Method", "PUT").send().await.unwrap();
        assert_eq!(response.status(), 204);
        let headers = response.headers();
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["access-control-allow-methods"], "GET, POST, PUT, DELETE, OPTIONS");
        assert_eq!(
            headers["access-control-allow-headers"],
            "Content-Type, Authorization, Accept, If-None-Match, Idempotency-Key, Last-Event-ID, basiq-version"
        );
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_is_404_and_a_method_that_is_not_is_405() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let id = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";
    for path in ["/", "/nothing", "/users/a/b/c/d", "/events/types/a.b/c", "/token/x", "/jobs", "/jobs/1/2"] {
        for method in [Method::GET, Method::POST, Method::PATCH] {
            let refused = refusal(rig.call(&partner.token, method.clone(), path)).await;
            assert_eq!((refused.0, refused.1.as_str()), (404, "resource-not-found"), "{method} {path}");
            let (_, body) = answer(rig.call(&partner.token, method, path)).await;
            assert_eq!(body["data"][0]["detail"], "Route not found for this API version.", "{path}");
        }
    }
    for (path, allow) in [
        ("/token".to_owned(), "POST, OPTIONS"),
        ("/users".to_owned(), "POST, OPTIONS"),
        (format!("/users/{id}"), "GET, HEAD, POST, DELETE, OPTIONS"),
        (format!("/users/{id}/auth_link"), "GET, HEAD, POST, DELETE, OPTIONS"),
        (format!("/users/{id}/consents"), "GET, HEAD, OPTIONS"),
        (format!("/users/{id}/consents/{id}"), "GET, HEAD, DELETE, OPTIONS"),
        (format!("/users/{id}/connections"), "GET, HEAD, POST, OPTIONS"),
        (format!("/users/{id}/connections/{id}"), "GET, HEAD, POST, DELETE, OPTIONS"),
        (format!("/users/{id}/jobs"), "GET, HEAD, OPTIONS"),
        (format!("/jobs/{id}"), "GET, HEAD, OPTIONS"),
        (format!("/jobs/{id}/mfa"), "POST, OPTIONS"),
        (format!("/users/{id}/accounts"), "GET, HEAD, OPTIONS"),
        (format!("/users/{id}/transactions/{id}"), "GET, HEAD, OPTIONS"),
        ("/events".to_owned(), "GET, HEAD, OPTIONS"),
        ("/events/types".to_owned(), "GET, HEAD, OPTIONS"),
    ] {
        let response = rig.call(&partner.token, Method::PATCH, &path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["allow"].to_str().unwrap()),
            (405, allow),
            "{path}"
        );
        let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.split(", ").any(|name| name == "Allow"), "a browser may read it: {exposed}");
        let (_, body) = answer(rig.request(Method::PATCH, &path)).await;
        let error = &body["data"][0];
        assert_eq!(error["code"], "method-not-allowed");
        assert_eq!(error["detail"], format!("Allowed here: {allow}."));
    }
}

#[tokio::test]
async fn the_base_url_in_a_browser_says_what_is_there_and_leads_on() {
    let rig = Rig::start();
    let get = |accept: &'static str| rig.request(Method::GET, "/").header("Accept", accept);
    let response = get("text/html,application/xhtml+xml,*/*;q=0.8").send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &html()));
    let page = response.text().await.unwrap();
    assert!(page.contains("href=\"/docs\"") && page.contains("<h1>authlink</h1>"), "{page}");
    for path in ["/docs", "/docs/reference.css", "/openapi.json"] {
        assert!(page.contains(&format!("\"{path}\"")), "{path}");
        assert_eq!(rig.request(Method::GET, path).send().await.unwrap().status(), 200, "{path}");
    }
    for accept in ["*/*", "application/json"] {
        assert_eq!(refusal(get(accept)).await.0, 404, "a program is told that it is none of our paths");
    }
}

fn html() -> reqwest::header::HeaderValue {
    reqwest::header::HeaderValue::from_static("text/html; charset=utf-8")
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for path in ["/events", "/events/types", "/events/x", "/nothing/here"] {
        let get = rig.call(&partner.token, Method::GET, path).send().await.unwrap();
        let (status, len) = (get.status(), get.bytes().await.unwrap().len());
        let head = rig.call(&partner.token, Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), status, "{path}");
        assert_eq!(head.headers()["content-length"], len.to_string(), "{path}");
        assert!(head.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_when_to_come_back() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let link = rig.link(&partner, &user).await;
    // A server that ends gives no permits any more: the same no as when all are taken.
    rig.engine.drain(Duration::from_secs(10)).await;
    let path = format!("/users/{user}/auth_link");
    for request in
        [rig.call(&partner.token, Method::POST, &path), rig.call(&partner.token, Method::GET, &path)]
    {
        assert_eq!(refusal(request).await, (503, "service-unavailable".into(), String::new()));
    }
    for path in [path, format!("/client_auth/{link}")] {
        let response = rig.call(&partner.token, Method::GET, &path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (503, &"1".parse().unwrap())
        );
    }
    let (status, body) = answer(rig.request(Method::GET, &format!("/client_auth/{link}"))).await;
    assert!(status == 503 && body["message"].is_string(), "{body}");
}

/// Waits for what must come.
async fn until(mut is_so: impl FnMut() -> bool) {
    let come = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), come).await.expect("it did not come");
}

async fn connect(rig: &Rig) -> TcpStream {
    TcpStream::connect(rig.base.strip_prefix("http://").unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_never_ends_its_head_is_closed() {
    let listen = ListenLimits { head_time_max: Duration::from_millis(200), ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen, ..Setup::default() });
    for said in ["", "GET /events HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP/2"] {
        let mut stream = connect(&rig).await;
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        let ended = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut read)).await;
        assert!(ended.is_ok(), "{said:?} is held open");
        let text = String::from_utf8_lossy(&read).into_owned();
        assert!(!text.starts_with("HTTP/1.1 200"), "{text}");
    }
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
async fn a_connection_of_http_2_that_only_answers_pings_is_closed() {
    let listen = ListenLimits { head_time_max: Duration::from_millis(200), ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen, ..Setup::default() });
    let mut stream = connect(&rig).await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let get = [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'x'];
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
    let ended = tokio::time::timeout(Duration::from_mins(1), talk).await;
    assert_eq!(ended, Ok(true), "the one request is answered, and the place is free again");
}

#[tokio::test]
async fn connections_have_a_number_and_the_next_one_waits() {
    let listen = ListenLimits { connections_max: 2, ..ListenLimits::default() };
    let rig = Rig::with(Setup { listen, ..Setup::default() });
    let get = b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (mut first, second) = (connect(&rig).await, connect(&rig).await);
    let mut third = connect(&rig).await;
    third.write_all(get).await.unwrap();
    let refused = r#"limit_refusals_total{limit="connections"}"#;
    until(|| rig.engine.metrics().render().contains(refused)).await;
    assert_eq!(rig.engine.metrics().connections_open.get(), 2);
    first.write_all(get).await.unwrap();
    for stream in [&mut first, &mut third] {
        let mut read = Vec::new();
        stream.read_to_end(&mut read).await.unwrap();
        assert!(read.starts_with(b"HTTP/1.1 401 "), "{:?}", String::from_utf8_lossy(&read));
    }
    drop(second);
}

#[tokio::test]
async fn answers_are_counted_by_surface_and_status() {
    let rig = Rig::start();
    answer(rig.request(Method::GET, "/events")).await;
    answer(rig.request(Method::GET, "/client_auth/x")).await;
    answer(rig.request(Method::GET, "/nothing/here")).await;
    let rendered = rig.engine.metrics().render();
    for line in [
        r#"answers_total{surface="api",status="401"} 1"#,
        r#"answers_total{surface="client_auth",status="404"} 1"#,
        r#"answers_total{surface="pages",status="404"} 1"#,
    ] {
        assert!(rendered.contains(line), "{line} is not in\n{rendered}");
    }
}

/// The slow route has been asked.
static BEGUN: AtomicBool = AtomicBool::new(false);

/// Routes that do what no route of ours should.
fn strange_routes(_: Web) -> BoxedFilter<(Response,)> {
    let panics = warp::path("panics").then(|| async { panic!("a secret") }).boxed();
    let hangs = warp::path("hangs").then(|| async { std::future::pending::<Response>().await }).boxed();
    let slow = warp::path("slow").then(|| async {
        BEGUN.store(true, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(300)).await;
        Response::new("done".into())
    });
    let with = |status: u16, kind: &'static str| {
        let mut response = Response::new("as it is".into());
        *response.status_mut() = status.try_into().unwrap();
        response.headers_mut().insert("content-type", kind.parse().unwrap());
        response.headers_mut().insert("x-kept", "yes".parse().unwrap());
        response
    };
    let text = warp::path!("text" / u16).map(move |status| with(status, "text/plain")).boxed();
    let html = warp::path!("html" / u16).map(move |status| with(status, "text/html; charset=utf-8")).boxed();
    let own = warp::path!("own" / u16).map(move |status| with(status, "application/json")).boxed();
    let first = panics.or(hangs).unify().boxed().or(slow.boxed()).unify().boxed();
    first.or(text).unify().boxed().or(html).unify().boxed().or(own).unify().boxed()
}

fn strange(listen: ListenLimits) -> Rig {
    Rig::with(Setup { listen, routes: strange_routes, ..Setup::default() })
}

#[tokio::test]
async fn a_panic_is_an_answer_that_says_nothing_of_it() {
    let rig = strange(ListenLimits::default());
    let response = rig.request(Method::GET, "/panics").send().await.unwrap();
    assert_eq!(response.status(), 500);
    let text = response.text().await.unwrap();
    assert!(text.contains("internal-server-error") && !text.contains("secret"), "{text}");
    assert_eq!(refusal(rig.request(Method::GET, "/panics")).await.0, 500, "and the next one is answered");
}

#[tokio::test]
async fn a_request_has_its_time_and_no_more() {
    let listen = ListenLimits { request_time_max: Duration::from_millis(100), ..ListenLimits::default() };
    let rig = strange(listen);
    let response = rig.request(Method::GET, "/hangs").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(refusal(rig.request(Method::GET, "/hangs")).await.1, "service-unavailable");
}

#[tokio::test]
async fn an_error_leaves_as_html_as_json_or_as_the_envelope() {
    let rig = strange(ListenLimits::default());
    for status in [400_u16, 404, 411, 413, 418, 429, 500, 502, 503] {
        let refused = refusal(rig.request(Method::GET, &format!("/text/{status}"))).await;
        assert_eq!(refused.0, status, "{refused:?}");
        for kind in ["html", "own"] {
            let response = rig.request(Method::GET, &format!("/{kind}/{status}")).send().await.unwrap();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key("access-control-allow-origin"), kind == "own");
            assert_eq!(response.text().await.unwrap(), "as it is");
        }
    }
    let response = rig.request(Method::GET, "/text/404").send().await.unwrap();
    assert_eq!(response.headers()["x-kept"], "yes");
    assert_eq!(answer(rig.request(Method::GET, "/text/200")).await.0, 200);
}

#[tokio::test]
async fn the_stop_lets_open_requests_end_and_takes_no_more() {
    let rig = strange(ListenLimits::default());
    let mut open = connect(&rig).await;
    open.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    until(|| BEGUN.load(Ordering::SeqCst)).await;
    rig.stop();
    let mut read = Vec::new();
    open.read_to_end(&mut read).await.unwrap();
    let text = String::from_utf8_lossy(&read);
    assert!(text.starts_with("HTTP/1.1 200 ") && text.ends_with("done"), "{text}");
    assert!(TcpStream::connect(rig.base.strip_prefix("http://").unwrap()).await.is_err());
}

#[tokio::test]
async fn the_stop_waits_no_longer_than_its_patience() {
    let listen = ListenLimits { drain_time_max: Duration::from_millis(100), ..ListenLimits::default() };
    let rig = strange(listen);
    let mut open = connect(&rig).await;
    open.write_all(b"GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    until(|| rig.engine.metrics().connections_open.get() == 1).await;
    let mut read = Vec::new();
    rig.stop();
    let ended = tokio::time::timeout(Duration::from_secs(20), open.read_to_end(&mut read)).await;
    assert!(ended.is_ok() && read.is_empty(), "{:?}", String::from_utf8_lossy(&read));
}
