//! Tells a receiver of one event as a webhook would: the same body, the same headers, signed. Must not know:
//! where events come from.

use super::feed::Item;
use crate::adapters::webhook::{HttpSender, Post, WebhookSender as _};
use crate::cli::failure::Failure;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::delivery::Answer;
use crate::domain::time::Span;
use crate::domain::webhook::body::Body;
use crate::domain::webhook::secret::WebhookSecret;
use http::Uri;

/// How long a receiver may take: as long as a webhook may unless its operator says otherwise.
const PATIENCE: Span = Span::seconds(15);

/// The way to one receiver.
pub(super) struct Forward {
    sender: HttpSender,
    url: String,
    secret: WebhookSecret,
}

impl Forward {
    /// To the place that the person named, wherever it is.
    pub(super) fn new(url: String, secret: WebhookSecret) -> Result<Self, Failure> {
        let is_place = url.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        });
        if !is_place {
            return Err(Failure::new("--forward-to wants a URL, as http://localhost:3000/hooks"));
        }
        let sender = HttpSender::new(|_| true).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { sender, url, secret })
    }

    /// Posts it once. The line says what it was and how it went.
    pub(super) async fn tell(&self, item: &Item) -> String {
        let at = SystemClock.now();
        let body =
            Body::of_event(item.type_id(), item.id.clone(), item.links.own.clone(), item.data_ref.clone())
                .bytes();
        let signatures = self.secret.sign(&item.id, at.0.div_euclid(1000), &body);
        let (url, id) = (self.url.clone(), item.id.clone());
        let answer = self.sender.post(Post { url, id, at, signatures, body, patience: PATIENCE }).await;
        let took = SystemClock.now().since(at).0;
        line(item, answer, took, &at.rfc3339())
    }
}

fn line(item: &Item, answer: Answer, took: u64, at: &str) -> String {
    let how = match answer {
        Answer::Status(status, _) => format!("{status} in {took} ms"),
        Answer::None(why) => format!("FAILED, {}", why.words()),
    };
    // What a server says is shown, and does nothing to the terminal.
    let shown = |text: &str| text.escape_debug().to_string();
    let (number, kind, user) = (shown(&item.cursor), shown(&item.type_id()), shown(&item.user_id));
    format!("{at}  {number:>6}  {kind:<24} user {user}  -> {how}\n")
}
