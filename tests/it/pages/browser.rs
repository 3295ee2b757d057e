//! A browser without a script: keeps cookies, reads forms, presses buttons, follows 303 when told to.

use std::collections::BTreeMap;

/// One browser; a clone of it is another tab.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    base: String,
    /// The jar; a test may empty or copy it.
    pub cookies: BTreeMap<String, String>,
    /// `Set-Cookie` headers as they came.
    pub set: Vec<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Shown {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub html: String,
}

/// A form on a page.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The same form with a field more, or another value in it.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.into(), value.into()));
        self
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

impl Shown {
    pub fn title(&self) -> &str {
        let (_, rest) = self.html.split_once("<title>").unwrap_or(("", "nothing</title>"));
        rest.split("</title>").next().unwrap()
    }

    pub fn heading(&self) -> &str {
        let (_, rest) = self.html.split_once("<h1>").unwrap_or(("", "nothing</h1>"));
        rest.split("</h1>").next().unwrap()
    }

    /// Status and heading: what a test compares.
    pub fn brief(&self) -> (u16, &str) {
        (self.status, self.heading())
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("nowhere", |value| value.to_str().unwrap())
    }

    /// The form whose button says `button`.
    pub fn form(&self, button: &str) -> Form {
        let mut forms = self.html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let form = forms
            .find(|form| form.contains(&format!(">{button}</button>")))
            .unwrap_or_else(|| panic!("no button says {button} on: {}", self.heading()));
        let hidden = form.split("<input").skip(1).filter(|tag| tag.contains("type=\"hidden\""));
        let fields =
            hidden.map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap())).collect();
        Form { action: attribute(form, "action").unwrap(), fields }
    }

    pub fn has_button(&self, button: &str) -> bool {
        self.html.contains(&format!(">{button}</button>"))
    }

    /// Where the link that says `text` leads.
    pub fn link(&self, text: &str) -> String {
        // A picture may stand before the words.
        let (before, _) = self.html.split_once(&format!("{text}</a>")).expect("no such link");
        attribute(&before[before.rfind("<a").unwrap()..], "href").unwrap()
    }
}

impl Browser {
    pub fn new(base: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, base: base.to_owned(), cookies: BTreeMap::new(), set: Vec::new() }
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    pub async fn head(&mut self, path: &str) -> Shown {
        let request = self.client.head(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// Presses a button and shows what comes back, without following.
    pub async fn post(&mut self, form: &Form) -> Shown {
        self.post_with(form, &[]).await
    }

    pub async fn post_with(&mut self, form: &Form, headers: &[(&str, &str)]) -> Shown {
        let mut request = self.client.post(format!("{}{}", self.base, form.action)).form(&form.fields);
        let mut instead = reqwest::header::HeaderMap::new();
        for (name, value) in headers {
            instead.insert(
                reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        request = request.headers(instead);
        self.send(request).await
    }

    /// Presses a button and follows where it leads.
    pub async fn press(&mut self, form: &Form) -> Shown {
        let mut shown = self.post(form).await;
        while shown.status == 303 {
            let place = shown.location().to_owned();
            shown = self.get(&place).await;
        }
        shown
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Shown {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if jar.is_empty() { request } else { request.header("cookie", jar.join("; ")) };
        let response = request.header("accept", "text/html").send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for set in headers.get_all("set-cookie") {
            let set = set.to_str().unwrap().to_owned();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            self.set.push(set);
        }
        Shown { status, headers, html: response.text().await.unwrap() }
    }
}
