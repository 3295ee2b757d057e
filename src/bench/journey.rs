//! One whole journey, as a partner and a person make it: user, link, text, code, consent, two banks (one
//! of which asks a question), accounts, every transaction, disclosure. Everything over the wire; the code
//! is read where the operator reads it. Must not know: how the server works inside.

use super::BenchError;
use super::server::Server;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a journey waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How often it looks before it gives up: a minute.
const LOOKS_MAX: usize = 3000;

/// The institutions of a journey, each with a persona of the sandbox.
const BANKS: [(&str, &str, &str); 2] = [("AU00000", "Whistler", "ShowBox"), ("AU00002", "jared", "django")];

/// What the second bank is answered.
const ANSWER: &str = "1234";

/// Whoever makes journeys, one after the other.
pub struct Traveller {
    client: Client,
    api_url: String,
    admin_url: String,
    admin_token: String,
    authorization: String,
    /// How many began: each has a mobile number of its own, for texts are found by it.
    begun: AtomicU64,
}

impl Traveller {
    /// One for a server whose texts can be read.
    ///
    /// # Errors
    /// When they cannot.
    pub fn new(server: &Server, authorization: &str) -> Result<Self, BenchError> {
        let Some((admin_url, admin_token)) = server.admin.clone() else {
            return Err(BenchError::Server("a journey wants a server that is started here".into()));
        };
        let policy = reqwest::redirect::Policy::none();
        let client = Client::builder().redirect(policy).build().map_err(broken)?;
        let (api_url, authorization) = (server.api_url.clone(), authorization.to_owned());
        let begun = AtomicU64::new(0);
        Ok(Self { client, api_url, admin_url, admin_token, authorization, begun })
    }

    /// One journey.
    ///
    /// # Errors
    /// What was answered otherwise than wanted.
    pub async fn travel(&self) -> Result<(), BenchError> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let mobile = format!("+614{:08}", 10_000_000 + number % 80_000_000);
        let user = self.partner(Method::POST, "/users", Some(json!({ "mobile": mobile })), 201).await?;
        let user = format!("/users/{}", text(&user, "/id"));
        let link = self.partner(Method::POST, &format!("{user}/auth_link"), Some(json!({})), 201).await?;
        let public = text(&link, "/links/public");
        let link = public.rsplit('/').next().unwrap_or_default();
        let token = self.enter(link, &mobile).await?;
        self.consent(&token).await?;
        let mut jobs = Vec::new();
        for (institution, login_id, password) in BANKS {
            let body =
                json!({ "institution": { "id": institution }, "loginId": login_id, "password": password });
            let path = format!("{user}/connections");
            let job = json_of("a job", 202, self.as_person(&token, Method::POST, &path).json(&body)).await?;
            jobs.push(text(&job, "/id").to_owned());
        }
        for job in &jobs {
            self.watch(&token, job).await?;
        }
        self.read(&user).await?;
        let path = format!("/client_auth/{link}");
        let gone = sent(self.as_person(&token, Method::PUT, &path)).await?;
        expect("the disclosure", 204, gone).await.map(drop)
    }

    async fn partner(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Result<Value, BenchError> {
        let mut request = self.client.request(method, format!("{}{path}", self.api_url));
        request = request.header("authorization", &self.authorization);
        if let Some(body) = body {
            request = request.json(&body);
        }
        json_of("the partner's call", status, request).await
    }

    fn as_person(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.api_url)).bearer_auth(token)
    }

    /// The code by text, and the token that it earns.
    async fn enter(&self, link: &str, mobile: &str) -> Result<String, BenchError> {
        let url = format!("{}/client_auth/{link}", self.api_url);
        expect("the text", 200, sent(self.client.post(&url)).await?).await?;
        let code = self.code(mobile).await?;
        let request = self
            .client
            .post(format!("{url}/token"))
            .header("authorization", format!("Basic SMS_CODE:{link}"))
            .json(&json!({ "sms-code": code }));
        let token = json_of("the code", 200, request).await?;
        Ok(text(&token, "/access_token").to_owned())
    }

    async fn code(&self, mobile: &str) -> Result<String, BenchError> {
        for _ in 0..LOOKS_MAX {
            let url = format!("{}/admin/sms", self.admin_url);
            let request = self.client.get(url).query(&[("to", mobile)]).bearer_auth(&self.admin_token);
            let texts = json_of("the texts", 200, request).await?;
            if let Some(body) = texts.pointer("/texts/0/body").and_then(Value::as_str) {
                return Ok(body.chars().take(6).collect());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(BenchError::Server("a text did not come".into()))
    }

    /// Agrees on the page, as there is no other way to agree.
    async fn consent(&self, token: &str) -> Result<(), BenchError> {
        let home = format!("{}/home", self.api_url);
        let entered = sent(self.client.get(&home).query(&[("token", token)])).await?;
        let cookie = entered.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        let page = sent(self.client.get(&home).header("cookie", &cookie)).await?;
        let page = page.text().await.map_err(broken)?;
        let form = ["csrf", "policy_version", "language", "notice"]
            .map(|name| (name, field(&page, name).unwrap_or_default()));
        let agree = self.client.post(format!("{home}/agree")).header("cookie", &cookie).form(&form);
        expect("the consent", 303, sent(agree).await?).await.map(drop)
    }

    /// Watches a job to its end, and answers what it asks.
    async fn watch(&self, token: &str, job: &str) -> Result<(), BenchError> {
        let path = format!("/jobs/{job}");
        for _ in 0..LOOKS_MAX {
            let seen = json_of("a job", 200, self.as_person(token, Method::GET, &path)).await?;
            match text(&seen, "/status") {
                "success" => return Ok(()),
                "failed" => return Err(refused("a job", 200, &seen.to_string())),
                _ if is_asked(&seen) => {
                    let answer = json!({ "mfa-response": [ANSWER] });
                    let request = self.as_person(token, Method::POST, &format!("{path}/mfa")).json(&answer);
                    json_of("an answer", 202, request).await?;
                }
                _ => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
        Err(BenchError::Server("a job did not end".into()))
    }

    /// Accounts, and every transaction by its pages.
    async fn read(&self, user: &str) -> Result<(), BenchError> {
        self.partner(Method::GET, &format!("{user}/accounts"), None, 200).await?;
        let mut next = Some(format!("{user}/transactions"));
        while let Some(path) = next {
            let page = self.partner(Method::GET, &path, None, 200).await?;
            let link = page.pointer("/links/next").and_then(Value::as_str);
            next = link.and_then(|link| link.strip_prefix(&self.api_url)).map(str::to_owned);
        }
        Ok(())
    }
}

fn is_asked(job: &Value) -> bool {
    let steps = job.pointer("/steps").and_then(Value::as_array).into_iter().flatten();
    steps.into_iter().any(|step| step["title"] == "mfa-challenge" && step["status"] == "in-progress")
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The value of a hidden field of a form.
fn field(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn broken(error: reqwest::Error) -> BenchError {
    BenchError::Http(error.without_url().to_string())
}

fn refused(what: &'static str, status: u16, body: &str) -> BenchError {
    BenchError::Refused { what, status, body: body.chars().take(400).collect() }
}

async fn sent(request: RequestBuilder) -> Result<Response, BenchError> {
    request.send().await.map_err(broken)
}

async fn expect(what: &'static str, status: u16, response: Response) -> Result<String, BenchError> {
    let got = response.status().as_u16();
    let body = response.text().await.map_err(broken)?;
    if got == status { Ok(body) } else { Err(refused(what, got, &body)) }
}

async fn json_of(what: &'static str, status: u16, request: RequestBuilder) -> Result<Value, BenchError> {
    let body = expect(what, status, sent(request).await?).await?;
    serde_json::from_str(&body).map_err(|_| refused(what, status, &body))
}
