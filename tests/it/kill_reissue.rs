//! The real process is killed right after it answered a press for a new link: the link is there, and its text
//! goes out after the next start.

use crate::process::Demo;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Its gateway is busy twice, so that a text is under way for some seconds: time to be killed in.
const BUSY: &str = "+61491577644";

/// How long is waited for what must come; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// A hidden field of a page.
fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("no such field");
    rest.split('"').next().unwrap().to_owned()
}

async fn admin(http: &Client, demo: &Demo, path: &str) -> Value {
    let url = format!("{}/admin{path}", demo.ready.admin_url);
    http.get(url).bearer_auth(&demo.ready.admin_token).send().await.unwrap().json().await.unwrap()
}

/// Asks again until the answer is there.
async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let comes = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, comes).await.expect("it does not come")
}

/// A link of a user with that number.
async fn link(http: &Client, demo: &Demo, mobile: &str) -> String {
    let token = demo.token(http).await;
    let post = |path: String| http.post(format!("{}{path}", demo.ready.api_url)).bearer_auth(&token);
    let user: Value =
        post("/users".into()).json(&json!({ "mobile": mobile })).send().await.unwrap().json().await.unwrap();
    let path = format!("/users/{}/auth_link", user["id"].as_str().unwrap());
    let made: Value = post(path).send().await.unwrap().json().await.unwrap();
    made["links"]["public"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_link_that_was_asked_for_is_texted_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();

    // A link that is soon over; what comes after it lives as long as links do.
    let demo = Demo::with(folder.path(), &[], &[("AUTHLINK_WORKFLOW_AUTH_LINK_LIFETIME", "1s")]);
    let application = admin(&http, &demo, "/applications").await["applications"][0]["id"].clone();
    let path = format!("{}/admin/applications/{}/look", demo.ready.admin_url, application.as_str().unwrap());
    let look = json!({ "flow": { "reissue": true } });
    let set = http.post(path).bearer_auth(&demo.ready.admin_token).json(&look).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::OK);
    let id = link(&http, &demo, BUSY).await;
    let page = until(async || {
        let shown = http.get(format!("{}/{id}", demo.ready.api_url)).send().await.unwrap();
        (shown.status() == StatusCode::GONE).then_some(shown)
    });
    let page = page.await.text().await.unwrap();
    demo.kill();

    let demo = Demo::start(folder.path());
    let form = ["csrf", "by"].map(|name| (name, field(&page, name)));
    let again = format!("{}/{id}/again", demo.ready.api_url);
    assert_eq!(http.post(again).form(&form).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let outbox = admin(&http, &demo, "/outbox").await;
    assert_eq!(outbox["entries"][0]["wish"], "link", "it is on its way: {outbox}");
    demo.kill();

    let demo = Demo::start(folder.path());
    let text = until(async || {
        let texts = admin(&http, &demo, &format!("/sms?to={}", BUSY.replace('+', "%2B"))).await;
        assert!(texts["texts"].as_array().unwrap().len() < 2, "once: {texts}");
        texts["texts"][0]["body"].as_str().map(str::to_owned)
    });
    let text = text.await;
    let new = text.rsplit('/').next().unwrap();
    assert_ne!(new, id);
    let opened = http.get(format!("{}/{new}", demo.ready.api_url)).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::OK, "the link in it opens");
}
