//! The link's own pages: start and code. Looking spends nothing and sends nothing; a press does.
//! Each handler asks the engine once; a press leads to a page that shows how things stand, and that can be
//! loaded again: what it says besides comes with a cookie.

use super::answer;
use super::browser::{Cookie, CookieName, Said, is_bound, is_same_origin, link_csrf};
use super::fill::{self, LinkPlace};
use super::home::errand;
use super::language::Reader;
use super::pick::{LinkPage, link_page, trouble};
use super::view::{CodeAgain, End};
use crate::domain::auth_link::{CodeText, LinkHash, PublicId};
use crate::domain::command::{Caller, Command, Entry, Failure, LinkFace, Reply};
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::Errand;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::body::{Body, Form};
use crate::http::{RequestContext, Response, Web, texts};
use http::{HeaderMap, StatusCode};

/// One request for a link's page.
pub struct LinkRequest {
    /// What every route may use.
    pub web: Web,
    /// Which link.
    pub id: PublicId,
    /// The link's own query, without the `?`.
    pub query: String,
    /// What the browser says.
    pub headers: HeaderMap,
    /// Which request.
    pub context: RequestContext,
    /// Who reads the answer.
    pub reader: Reader,
}

/// Which page of an open link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Phone,
    Code { keeps_no_cookie: bool },
}

/// `GET /{linkId}`.
pub async fn start(request: LinkRequest) -> Response {
    request.look(Place::Start, StatusCode::OK).await
}

/// `GET /{linkId}/code`.
pub async fn code(request: LinkRequest) -> Response {
    request.look(Place::Code { keeps_no_cookie: false }, StatusCode::OK).await
}

/// `GET /{linkId}/phone`: the same link for a phone's camera.
pub async fn phone(request: LinkRequest) -> Response {
    request.look(Place::Phone, StatusCode::OK).await
}

/// `POST /{linkId}`: text me a code.
pub async fn request_code(request: LinkRequest, mut body: Body) -> Response {
    if request.trusted(&mut body).await.is_none() {
        return answer::bare(&request.reader, End::Forged);
    }
    let hash = request.hash();
    let words = texts::code_words(&request.reader);
    let went_before = |face: &LinkFace| face.code.is_some_and(|code| code.sent_at < face.now);
    match request.ask(Command::RequestCode { hash, words }).await {
        Ok(Reply::Requested(face)) if went_before(&face) => request.go_on(Said::TooEarly),
        Ok(_) => {
            let place = answer::go(&format!("/{}/code{}", request.id.reveal(), request.question()));
            // A fresh one: who used this browser before may know the one that it holds.
            answer::with_cookie(place, request.fresh_entry())
        }
        // A refusal is how things stand: no text is left, or the link is over.
        Err(Refusal::Rule(_)) => request.go_on(Said::Nothing),
        Err(Refusal::Trouble(wrong)) => answer::bare(&request.reader, trouble(wrong)),
    }
}

/// `POST /{linkId}/code`: this is the code.
pub async fn try_code(request: LinkRequest, mut body: Body) -> Response {
    let Some(form) = request.trusted(&mut body).await else {
        return answer::bare(&request.reader, End::Forged);
    };
    // The code page gave this cookie. A browser that did not keep it would not keep the session's either:
    // the code would be spent, and nobody would be in.
    let Some(entry) = request.entry() else {
        return request.look(Place::Code { keeps_no_cookie: true }, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let Some(code) = form.get("code").and_then(CodeText::parse) else {
        return request.go_on(Said::Malformed);
    };
    let cookie = entry.earned(&request.web.engine.house().keyring, &request.hash(), &code);
    let cookie_hash = cookie.hash(&request.web.engine.house().keyring);
    let return_state = request.return_state();
    let entry = Entry::Cookie { cookie: cookie_hash, return_state, errand: errand(&request.form()) };
    match request.ask(Command::TryCode { hash: request.hash(), code, entry }).await {
        Ok(_) => request.enter(&cookie),
        Err(Refusal::Rule(Failure::CodeWrong { .. })) => request.go_on(Said::Wrong),
        Err(Refusal::Rule(Failure::CodeLate)) => request.go_on(Said::Late),
        // The same browser sent the same code twice: it is in already.
        Err(Refusal::Rule(Failure::LinkSpent)) if request.holds(cookie_hash).await => request.enter(&cookie),
        Err(Refusal::Rule(_)) => request.go_on(Said::Nothing),
        Err(Refusal::Trouble(wrong)) => answer::bare(&request.reader, trouble(wrong)),
    }
}

impl LinkRequest {
    pub(super) fn hash(&self) -> LinkHash {
        self.id.hash(&self.web.engine.house().keyring)
    }

    fn is_https(&self) -> bool {
        self.web.settings.is_https()
    }

    /// The query with its `?`, as it goes on through the forms.
    pub(super) fn question(&self) -> String {
        if self.query.is_empty() { String::new() } else { format!("?{}", self.query) }
    }

    fn form(&self) -> Form {
        Form::parse(self.query.as_bytes())
    }

    fn return_state(&self) -> Option<String> {
        self.form().get("state").filter(|text| !text.is_empty()).map(Into::into)
    }

    pub(super) fn csrf(&self) -> String {
        link_csrf(&self.web.engine.house().keyring, self.id)
    }

    /// The form, when it is ours.
    pub(super) async fn trusted(&self, body: &mut Body) -> Option<Form> {
        let form = body.form().await.ok();
        let form = form
            .filter(|form| is_same_origin(&self.headers, &self.web.settings) && is_bound(form, &self.csrf()));
        if form.is_none() {
            self.web.engine.metrics().refuse("form_trust");
        }
        form
    }

    /// The cookie that came with the code page.
    fn entry(&self) -> Option<Cookie> {
        Cookie::read(&self.headers, CookieName::Entry, self.is_https())
    }

    fn enter(&self, cookie: &Cookie) -> Response {
        // What the address says that they are sent for is the first that they see.
        let is_sent = errand(&self.form()) != Errand::default();
        let place = if is_sent { "/home?arrived=1" } else { "/home" };
        answer::with_cookie(answer::go(place), cookie.header(CookieName::Session, self.is_https()))
    }

    async fn ask(&self, command: Command) -> Result<Reply, Refusal> {
        let user = self.web.engine.user_of_link(&self.hash())?.ok_or(Failure::LinkUnknown)?;
        self.web.engine.ask(user, Caller::Applicant, command, self.context.request_id).await
    }

    async fn face(&self, cookie: Option<CookieHash>) -> Result<LinkFace, Refusal> {
        match self.ask(Command::ViewLink { hash: self.hash(), cookie }).await? {
            Reply::Face(face) => Ok(*face),
            _ => Err(Trouble::Defect.into()),
        }
    }

    async fn holds(&self, cookie: CookieHash) -> bool {
        let face = self.face(Some(cookie)).await;
        face.is_ok_and(|face| link_page(&face) == LinkPage::Home && face.takes_code_again)
    }

    /// To the code page, which shows how the link stands, and says this.
    fn go_on(&self, said: Said) -> Response {
        let response = answer::go(&format!("/{}/code{}", self.id.reveal(), self.question()));
        let Some(entry) = self.entry() else { return response };
        let cookie = entry.saying(&self.web.engine.house().keyring, &self.hash(), said);
        answer::with_cookie(response, cookie.header(CookieName::Said, self.is_https()))
    }

    /// What this browser's last press is told.
    fn said(&self) -> Said {
        let given = Cookie::read(&self.headers, CookieName::Said, self.is_https());
        let said = self
            .entry()
            .zip(given)
            .map(|(entry, given)| entry.said(&self.web.engine.house().keyring, &self.hash(), &given));
        said.unwrap_or(Said::Nothing)
    }

    /// Shows how the link stands; `status` is for a page of an open link.
    async fn look(&self, place: Place, status: StatusCode) -> Response {
        let keyring = &self.web.engine.house().keyring;
        let cookie = Cookie::read(&self.headers, CookieName::Session, self.is_https());
        let face = match self.face(cookie.map(|cookie| cookie.hash(keyring))).await {
            Ok(face) => face,
            Err(Refusal::Rule(_)) => return answer::bare(&self.reader, End::LinkUnknown),
            Err(Refusal::Trouble(wrong)) => return answer::bare(&self.reader, trouble(wrong)),
        };
        match link_page(&face) {
            LinkPage::Open => self.open(&face, place, status),
            LinkPage::Home => answer::go("/home"),
            LinkPage::Ended(end) => {
                let query = self.question();
                let here = LinkPlace { id: self.id, query: &query, csrf: self.csrf() };
                let mut page = fill::link_ended(self.web.engine.house(), &face, end, here);
                page.code_again = self.code_again(&face);
                answer::ended(&self.reader, page)
            }
        }
    }

    /// Somebody is in by the link: it may be this browser, when the answer to the right code was lost on
    /// its way. The same code with the same entry cookie earns the session's cookie again.
    fn code_again(&self, face: &LinkFace) -> Option<CodeAgain> {
        self.entry().filter(|_| face.takes_code_again)?;
        let action = format!("/{}/code{}", self.id.reveal(), self.question());
        Some(CodeAgain { action, csrf: self.csrf() })
    }

    fn open(&self, face: &LinkFace, place: Place, status: StatusCode) -> Response {
        let (house, question) = (self.web.engine.house(), self.question());
        let here = LinkPlace { id: self.id, query: &question, csrf: self.csrf() };
        match place {
            Place::Start => answer::page(&self.reader, status, fill::start(house, face, here)),
            Place::Phone => {
                let address = self.web.settings.url(&format!("/{}{question}", self.id.reveal()));
                match fill::phone(house, face, here, &address) {
                    Some(page) => answer::page(&self.reader, status, page),
                    // A query of that length fits in no square: the page that it belongs to goes on.
                    None => answer::go(&format!("/{}{question}", self.id.reveal())),
                }
            }
            Place::Code { keeps_no_cookie } => {
                let said = if keeps_no_cookie { Said::NoCookie } else { self.said() };
                let page = fill::code(house, face, here, said);
                answer::with_cookie(answer::page(&self.reader, status, page), self.entry_cookie())
            }
        }
    }

    /// The entry cookie, for a browser that has none yet.
    fn entry_cookie(&self) -> Option<http::HeaderValue> {
        if self.entry().is_some() { None } else { self.fresh_entry() }
    }

    fn fresh_entry(&self) -> Option<http::HeaderValue> {
        // Without entropy there is no cookie; the page that takes the code then asks for it once more.
        let bytes = self.web.engine.draw().ok()?.bytes();
        Cookie::new(bytes).header(CookieName::Entry, self.is_https())
    }
}
