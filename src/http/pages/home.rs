//! The pages of a consent session, held by the browser's cookie: asked, agreed, done, left. Every press
//! is answered by 303 to the same address, so that reload and the back button show how things stand.

use super::browser::{Cookie, CookieName, is_bound, is_same_origin};
use super::fill::{self, facts::BankFacts};
use super::language::{Language, Reader};
use super::pick::{Refused, SessionPage, landing, refused, session_page, trouble};
use super::view::{ConsentPage, End, EndedPage};
use super::{answer, check, notice};
use crate::domain::command::{Caller, Command, Failure, Reply, SessionView};
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::Errand;
use crate::domain::id::JobId;
use crate::domain::workflow::consent_session::State;
use crate::engine::data::Asking;
use crate::engine::pace::Average;
use crate::engine::read::sources::AccountFilter;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::body::{Body, Form};
use crate::http::{RequestContext, Response, Web, token};
use http::{HeaderMap, StatusCode};

/// Where "No" after "I agree" is told to be too late.
const AGREED_ALREADY: &str = "/home?told=agreed-already";

/// Where "I agree" to words that changed meanwhile is told to be none.
const POLICY_CHANGED: &str = "/home?told=policy-changed";

/// One request for a session's page.
pub struct HomeRequest {
    /// What every route may use.
    pub web: Web,
    /// The query.
    pub query: Form,
    /// What the browser says.
    pub headers: HeaderMap,
    /// Which request.
    pub context: RequestContext,
    /// Who reads the answer.
    pub reader: Reader,
    /// It only looks: a scanner's HEAD must not use up a token.
    pub is_head: bool,
}

/// What can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// I agree.
    Agree,
    /// No, don't share.
    Decline,
    /// I have disclosed all my accounts.
    Disclose,
    /// Leave without finishing.
    Leave,
    /// Let it last longer.
    Extend,
    /// What I came for is done.
    Finish,
}

impl Press {
    /// The last segment of its path.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment {
            "agree" => Some(Self::Agree),
            "decline" => Some(Self::Decline),
            "disclose" => Some(Self::Disclose),
            "leave" => Some(Self::Leave),
            "extend" => Some(Self::Extend),
            "finish" => Some(Self::Finish),
            _ => None,
        }
    }

    /// What it asks for, where that is all there is to it.
    fn command(self, cookie: CookieHash) -> Option<Command> {
        Some(match self {
            Self::Decline => Command::Decline(cookie),
            // What was shown is looked at first (`HomeRequest::agree`, `check::disclose`).
            Self::Agree | Self::Disclose => return None,
            Self::Leave => Command::Leave(cookie),
            Self::Extend => Command::Extend(cookie),
            Self::Finish => Command::Finish(cookie),
        })
    }
}

/// `GET /home`: with a token, it becomes a session; without, the session's page.
pub async fn home(request: HomeRequest) -> Response {
    match request.query.get("token").filter(|_| !request.is_head) {
        Some(text) => request.exchange(text).await,
        None => request.show().await,
    }
}

/// `POST /home/…`.
pub async fn press(request: HomeRequest, press: Press, mut body: Body) -> Response {
    let form = body.form().await.ok();
    let (cookie, form) = match request.trusted(form) {
        Ok(trusted) => trusted,
        Err(end) => return answer::bare(&request.reader, end),
    };
    let hash = request.hash(&cookie);
    if press == Press::Disclose {
        return match check::disclose(&request, &cookie, &form).await {
            Ok(response) => response,
            Err(refusal) => request.refused(hash, refusal).await,
        };
    }
    let command = match press.command(hash) {
        Some(command) => command,
        None => match request.agree(&cookie, &form).await {
            Ok(command) => command,
            Err(response) => return response,
        },
    };
    match request.ask(hash, command).await {
        // Who has agreed goes on to what they were sent for.
        Ok(Reply::Session(view)) if press == Press::Agree => answer::go(&landing(&view)),
        Ok(_) if matches!(press, Press::Extend | Press::Finish) => request.done(hash).await,
        Ok(_) => answer::go("/home"),
        Err(Refusal::Rule(Failure::NotNow)) if press == Press::Decline => answer::go(AGREED_ALREADY),
        Err(refusal) => request.refused(hash, refusal).await,
    }
}

/// The jobs of this session, in order: the partner gets their names.
fn own_jobs(view: &SessionView) -> Vec<JobId> {
    view.jobs.iter().filter(|job| job.session == Some(view.session)).map(|job| job.id).collect()
}

/// What an address says that somebody is sent for.
pub(super) fn errand(query: &Form) -> Errand {
    Errand::parse(query.get("action"), query.get("institutionId"), query.get("connectionId"))
}

impl HomeRequest {
    fn is_https(&self) -> bool {
        self.web.settings.is_https()
    }

    pub(super) fn cookie(&self) -> Option<Cookie> {
        Cookie::read(&self.headers, CookieName::Session, self.is_https())
    }

    pub(super) fn hash(&self, cookie: &Cookie) -> CookieHash {
        cookie.hash(&self.web.engine.house().keyring)
    }

    /// The form, and the browser that it is bound to; otherwise what the browser is shown.
    pub(super) fn trusted(&self, form: Option<Form>) -> Result<(Cookie, Form), End> {
        let cookie = self.cookie().ok_or(End::SessionUnknown)?;
        let csrf = cookie.csrf(&self.web.engine.house().keyring);
        let is_ours = is_same_origin(&self.headers, &self.web.settings);
        let bound = form.filter(|form| is_ours && is_bound(form, &csrf));
        bound.map(|form| (cookie, form)).ok_or_else(|| {
            self.web.engine.metrics().refuse("form_trust");
            End::Forged
        })
    }

    /// What becomes of a press that was not done.
    pub(super) async fn refused(&self, cookie: CookieHash, refusal: Refusal) -> Response {
        match refusal {
            Refusal::Rule(failure) => match refused(failure) {
                Refused::Home => answer::go("/home"),
                Refused::Banks => answer::go("/connect"),
                Refused::Waiting => answer::go("/connect/waiting"),
                Refused::Check => answer::go("/connect/check"),
                Refused::Ended(End::PolicyChanged) => answer::go(POLICY_CHANGED),
                Refused::Ended(end) => self.stopped(cookie, end).await,
            },
            Refusal::Trouble(wrong) => answer::bare(&self.reader, trouble(wrong)),
        }
    }

    /// The page that asks, with the proof of what it says; none when the partner has no policy.
    fn consent_page(&self, view: &SessionView, csrf: String) -> Option<ConsentPage> {
        let house = self.web.engine.house();
        let mut page = fill::consent(house, view, view.now, csrf)?;
        let said = notice::of(self.reader.language(), &mut page);
        page.notice = said.map(|said| notice::proof(&house.keyring, &said)).unwrap_or_default();
        Some(page)
    }

    /// "I agree": to what the form's page said, word for word, when it was shown. Where the page of then would
    /// say something else by now, it is to be read again.
    async fn agree(&self, cookie: &Cookie, form: &Form) -> Result<Command, Response> {
        let (hash, house) = (self.hash(cookie), self.web.engine.house());
        let policy_version = form.get("policy_version").and_then(|text| text.parse().ok());
        let Some(policy_version) = policy_version else {
            self.web.engine.metrics().refuse("form_trust");
            return Err(answer::bare(&self.reader, End::Forged));
        };
        let view = match self.view(hash).await {
            Ok(view) => view,
            Err(refusal) => return Err(self.refused(hash, refusal).await),
        };
        let mut shown = None;
        let given = form.get(notice::NOTICE_FIELD).unwrap_or_default();
        let at = notice::shown_at(given).unwrap_or(view.now);
        if matches!(session_page(&view), SessionPage::Consent)
            && let Some(mut page) = fill::consent(house, &view, at, String::new())
        {
            let language = form.get(notice::LANGUAGE_FIELD).and_then(Language::find);
            let said = language.and_then(|language| notice::of(language, &mut page));
            let said = said.filter(|said| notice::is_proof(&house.keyring, said, given));
            let Some(said) = said else {
                return Err(self.refused(hash, Failure::PolicyChanged.into()).await);
            };
            shown = Some(Box::new(said));
        }
        Ok(Command::Agree { cookie: hash, policy_version, shown })
    }

    pub(super) async fn ask(&self, cookie: CookieHash, command: Command) -> Result<Reply, Refusal> {
        let user = self.web.engine.user_of_browser(&cookie)?.ok_or(Failure::SessionUnknown)?;
        self.web.engine.ask(user, Caller::Applicant, command, self.context.request_id).await
    }

    pub(super) async fn view(&self, cookie: CookieHash) -> Result<SessionView, Refusal> {
        self.session(cookie, Command::ViewSession(cookie)).await
    }

    pub(super) async fn session(&self, cookie: CookieHash, command: Command) -> Result<SessionView, Refusal> {
        match self.ask(cookie, command).await? {
            Reply::Session(view) => Ok(*view),
            _ => Err(Trouble::Defect.into()),
        }
    }

    /// The banks of this person, as pages show them.
    pub(super) async fn facts(&self, view: &SessionView) -> Result<BankFacts, Refusal> {
        let asking = Asking { user: view.user, caller: Caller::House, request_id: self.context.request_id };
        let has_accounts = view.connections.iter().any(|one| !one.accounts.is_empty());
        let accounts = if has_accounts {
            self.web.engine.accounts(asking, &AccountFilter::default()).await?
        } else {
            Vec::new()
        };
        let usual = |institution| self.web.engine.pace_of(institution).map(Average::total);
        Ok(BankFacts::of(view, accounts, usual))
    }

    async fn show(&self) -> Response {
        let Some(cookie) = self.cookie() else {
            return answer::bare(&self.reader, End::SessionUnknown);
        };
        match self.view(self.hash(&cookie)).await {
            Ok(view) => self.page(&view, &cookie).await,
            Err(Refusal::Rule(_)) => answer::bare(&self.reader, End::SessionUnknown),
            Err(Refusal::Trouble(wrong)) => answer::bare(&self.reader, trouble(wrong)),
        }
    }

    /// What the last press is told, for as long as it is so.
    fn told(&self, view: &SessionView) -> Option<End> {
        let is_asked = matches!(session_page(view), SessionPage::Consent);
        match self.query.get("told")? {
            "agreed-already" if view.state == State::Connecting => Some(End::AgreedAlready),
            "policy-changed" if is_asked => Some(End::PolicyChanged),
            _ => None,
        }
    }

    async fn page(&self, view: &SessionView, cookie: &Cookie) -> Response {
        let house = self.web.engine.house();
        if let Some(end) = self.told(view) {
            return answer::ended(&self.reader, fill::session_ended(house, view, end, None));
        }
        let csrf = cookie.csrf(&house.keyring);
        let facts = match self.facts(view).await {
            Ok(facts) => facts,
            Err(refusal) => return self.refused(self.hash(cookie), refusal).await,
        };
        let broken = |end| {
            let csrf = cookie.csrf(&house.keyring);
            answer::ended(&self.reader, fill::session_ended(house, view, end, Some(csrf)))
        };
        match session_page(view) {
            SessionPage::Consent => self.consent_page(view, csrf).map_or_else(
                || broken(End::PolicyMissing),
                |page| answer::page(&self.reader, StatusCode::OK, page),
            ),
            SessionPage::Connect | SessionPage::Renew if self.query.get("arrived").is_some() => {
                answer::go(&landing(view))
            }
            SessionPage::Connect => answer::go("/connect"),
            SessionPage::Renew => answer::go("/connect/renew"),
            SessionPage::Manage => answer::go("/manage"),
            SessionPage::Extend => fill::errands::extend(house, view, csrf).map_or_else(
                || broken(End::PolicyMissing),
                |page| answer::page(&self.reader, StatusCode::OK, page),
            ),
            SessionPage::Nothing => {
                answer::page(&self.reader, StatusCode::CONFLICT, fill::errands::nothing(house, view))
            }
            SessionPage::Done => {
                answer::page(&self.reader, StatusCode::OK, fill::done(house, view, &facts, &own_jobs(view)))
            }
            SessionPage::Finished => {
                let page = fill::errands::finished(house, view, &own_jobs(view));
                answer::page(&self.reader, StatusCode::OK, page)
            }
            SessionPage::Left => answer::page(&self.reader, StatusCode::OK, fill::left(house, view, &facts)),
            SessionPage::Ended(end) => broken(end),
        }
    }

    /// All is disclosed, or the errand is done: to the receipt, or straight back where the partner wants that.
    pub(super) async fn done(&self, cookie: CookieHash) -> Response {
        let view = self.view(cookie).await.ok();
        let back =
            view.and_then(|view| fill::way_straight_back(self.web.engine.house(), &view, &own_jobs(&view)));
        back.map_or_else(|| answer::go("/home"), |url| answer::go(&url))
    }

    /// A dead end on the way of a session: who asks is still named.
    async fn stopped(&self, cookie: CookieHash, end: End) -> Response {
        let page = match self.view(cookie).await {
            Ok(view) => fill::session_ended(self.web.engine.house(), &view, end, None),
            Err(_) => EndedPage::bare(end),
        };
        answer::ended(&self.reader, page)
    }

    /// The token becomes a session and leaves the address (decisions section 1).
    async fn exchange(&self, text: &str) -> Response {
        let engine = &self.web.engine;
        let claims = token::accept(engine.house(), text, engine.now()).ok();
        let known = claims.and_then(|claims| claims.user.zip(claims.caller()));
        let Some((user, caller)) = known else {
            return answer::bare(&self.reader, End::TokenDead);
        };
        let Ok(mut entropy) = engine.draw() else {
            return answer::bare(&self.reader, End::Broken);
        };
        let (fresh, old) = (Cookie::new(entropy.bytes()), self.cookie());
        let command = Command::Exchange {
            cookie: self.hash(&fresh),
            old_cookie: old.map(|cookie| self.hash(&cookie)),
            return_state: self.query.get("state").filter(|text| !text.is_empty()).map(Into::into),
            errand: errand(&self.query),
        };
        match engine.ask(user, caller, command, self.context.request_id).await {
            Ok(Reply::Session(view)) => {
                // The same browser again keeps the cookie that it has.
                let is_fresh = view.cookie == Some(self.hash(&fresh));
                let set = is_fresh.then(|| fresh.header(CookieName::Session, self.is_https())).flatten();
                let response = answer::with_cookie(answer::go(&landing(&view)), set);
                answer::with_cookie(response, self.reader.cookie())
            }
            Ok(_) => answer::bare(&self.reader, End::Broken),
            Err(Refusal::Rule(failure)) => match refused(failure) {
                Refused::Home | Refused::Banks | Refused::Waiting | Refused::Check => answer::go("/home"),
                Refused::Ended(End::SessionUnknown) => answer::bare(&self.reader, End::TokenDead),
                Refused::Ended(end) => answer::bare(&self.reader, end),
            },
            Err(Refusal::Trouble(wrong)) => answer::bare(&self.reader, trouble(wrong)),
        }
    }
}
