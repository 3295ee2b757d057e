//! What applicants see: the pages of a link and of a consent session. Server-rendered, whole without
//! a script. Parses, asks the engine, picks the page by the reply. Must not know: any rule of the
//! product, and how a page looks (web/templates).

mod answer;
pub mod assets;
mod browser;
mod check;
mod connect;
pub mod fill;
pub mod gallery;
mod home;
pub mod language;
mod link;
mod look;
mod manage;
mod notice;
mod pick;
mod reissue;
mod renew;
pub mod search;
pub mod stream;
pub mod view;

#[cfg(test)]
mod tests;

use super::{Response, Web, body, context, picture};
use crate::domain::auth_link::PublicId;
use crate::domain::time::Span;
use crate::http::body::Form;
use crate::http::edge::IsHead;
use home::{HomeRequest, Press};
use http::{HeaderMap, Method, StatusCode};
use language::Reader;
use link::LinkRequest;
use view::{End, EndedPage, Frame, ReturnedPage};
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;

/// The routes of this surface. What has fixed words comes first, a link's own page last. Paths are judged
/// before methods: a path that is not ours must not be answered with "method not allowed".
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let fixed =
        asset(&web).or(home_page(&web)).unify().or(home_press(&web)).unify().or(returned(&web)).unify();
    let fixed = fixed.boxed().or(bank_pages(&web)).unify().or(manage_pages(&web)).unify();
    let fixed = fixed.or(sent(&web)).unify();
    let links = link_look(&web).or(link_press(&web)).unify().or(lost()).unify();
    fixed.boxed().or(links.boxed()).unify().boxed()
}

fn asset(web: &Web) -> BoxedFilter<(Response,)> {
    let web = web.clone();
    let found = move |path: FullPath, headers: HeaderMap| {
        let path = path.as_str();
        let found = assets::answer(path, &headers).or_else(|| picture::answer(path));
        let found = found.or_else(|| look::answer(web.engine.house(), path));
        async move { found.ok_or_else(warp::reject::not_found) }
    };
    warp::path("assets")
        .and(warp::get())
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and_then(found)
        .boxed()
}

/// What whoever asks too often is shown.
pub fn too_many_page(headers: &HeaderMap, (path, query): (&str, &str), wait: Span) -> Response {
    let (reader, page) = (reader(headers, query, shown_at(path)), EndedPage::bare(End::Busy));
    answer::retry_after(answer::page(&reader, StatusCode::TOO_MANY_REQUESTS, page), wait.seconds_up().max(1))
}

/// The query as it is written; empty when there is none.
pub(super) fn raw_query() -> BoxedFilter<(String,)> {
    warp::query::raw().or(warp::any().map(String::new)).unify().boxed()
}

fn home_request(web: &Web) -> BoxedFilter<(HomeRequest,)> {
    let web = web.clone();
    raw_query()
        .and(warp::header::headers_cloned())
        .and(context())
        .and(warp::ext::optional::<IsHead>())
        .and(warp::path::full())
        .map(move |query: String, headers: HeaderMap, context, head: Option<IsHead>, path: FullPath| {
            HomeRequest {
                is_head: head.is_some(),
                web: web.clone(),
                reader: reader(&headers, &query, shown_at(path.as_str())),
                query: Form::parse(query.as_bytes()),
                headers,
                context,
            }
        })
        .boxed()
}

/// Where what is answered at `path` can be asked for again. What came of a press is seen where its form was.
fn shown_at(path: &str) -> &str {
    match path.strip_suffix("/again") {
        Some(link) if !link.is_empty() => link,
        None if path.split('/').nth(1) != Some("home") => path,
        _ => "/home",
    }
}

/// Who reads the answer. A page whose address holds a token is not offered in other languages: no
/// address that we write may hold one.
fn reader(headers: &HeaderMap, query: &str, path: &str) -> Reader {
    let reader = Reader::asking(headers, query);
    if Form::parse(query.as_bytes()).get("token").is_none() { reader.at(path, query) } else { reader }
}

fn home_page(web: &Web) -> BoxedFilter<(Response,)> {
    warp::path!("home").and(warp::get()).and(home_request(web)).then(home::home).boxed()
}

fn home_press(web: &Web) -> BoxedFilter<(Response,)> {
    let pressed = |segment: String| async move { Press::parse(&segment).ok_or_else(warp::reject::not_found) };
    let again = warp::path!("again")
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(reissue::press_inside);
    let press = warp::path!("home" / String)
        .and_then(pressed)
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(|press, request, body| home::press(request, press, body));
    again.or(press).unify().boxed()
}

/// The pages about banks.
fn bank_pages(web: &Web) -> BoxedFilter<(Response,)> {
    let hub = warp::path!("connect").and(warp::get()).and(home_request(web)).then(connect::hub);
    let find = warp::path!("connect" / "banks").and(warp::get()).and(home_request(web)).then(connect::find);
    let waiting =
        warp::path!("connect" / "waiting").and(warp::get()).and(home_request(web)).then(check::waiting);
    let missing = warp::path!("connect" / "check").and(warp::get()).and(home_request(web)).then(check::page);
    let progress =
        warp::path!("connect" / "progress").and(warp::get()).and(home_request(web)).then(connect::progress);
    let looks = hub.or(find).unify().or(waiting).unify().or(missing).unify().or(progress).unify().boxed();
    let signs = sign_in_pages(web).or(renew_pages(web)).unify().boxed();
    looks.or(signs).unify().or(challenge_pages(web)).unify().boxed()
}

fn sign_in_pages(web: &Web) -> BoxedFilter<(Response,)> {
    let path = || warp::path!("connect" / "banks" / String);
    let look =
        path().and(warp::get()).and(home_request(web)).then(|id, request| connect::sign_in(request, id));
    let press = path()
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(|id, request, body| connect::do_sign_in(request, id, body));
    look.or(press).unify().boxed()
}

/// Those who sign in again.
fn renew_pages(web: &Web) -> BoxedFilter<(Response,)> {
    let list = warp::path!("connect" / "renew").and(warp::get()).and(home_request(web)).then(renew::list);
    let path = || warp::path!("connect" / "connections" / String);
    let look = path().and(warp::get()).and(home_request(web)).then(|id, request| renew::login(request, id));
    let press = path()
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(|id, request, body| renew::do_login(request, id, body));
    list.or(look).unify().or(press).unify().boxed()
}

fn challenge_pages(web: &Web) -> BoxedFilter<(Response,)> {
    let path = || warp::path!("connect" / "jobs" / String / "answer");
    let look =
        path().and(warp::get()).and(home_request(web)).then(|id, request| connect::challenge(request, id));
    let press = path()
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(|id, request, body| connect::do_answer(request, id, body));
    look.or(press).unify().boxed()
}

/// The person's own page, and what can be ended there.
fn manage_pages(web: &Web) -> BoxedFilter<(Response,)> {
    let page = warp::path!("manage").and(warp::get()).and(home_request(web)).then(manage::page);
    let receipt = warp::path!("manage" / "ended" / String)
        .and(warp::get())
        .and(home_request(web))
        .then(|id, request| manage::receipt(request, id));
    let all = || warp::path!("manage" / "withdraw");
    let ask = all().and(warp::get()).and(home_request(web)).then(manage::ask_all);
    let press = all().and(warp::post()).and(home_request(web)).and(body::take()).then(manage::end_all);
    let one = || warp::path!("manage" / "connections" / String / "withdraw");
    let ask_one =
        one().and(warp::get()).and(home_request(web)).then(|id, request| manage::ask_one(request, id));
    let press_one = one()
        .and(warp::post())
        .and(home_request(web))
        .and(body::take())
        .then(|id, request, body| manage::end_one(request, id, body));
    let looks = page.or(receipt).unify().or(ask).unify().or(ask_one).unify().boxed();
    looks.or(press).unify().or(press_one).unify().boxed()
}

/// The demo's stand-in for the partner's page.
fn returned(web: &Web) -> BoxedFilter<(Response,)> {
    let is_demo = web.settings.is_demo;
    let in_demo = move || async move { if is_demo { Ok(()) } else { Err(warp::reject::not_found()) } };
    warp::path!("demo" / "returned")
        .and(warp::get())
        .and_then(in_demo)
        .untuple_one()
        .and(raw_query())
        .and(warp::header::headers_cloned())
        .map(|query: String, headers: HeaderMap| {
            let reader = Reader::asking(&headers, "");
            let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            answer::page(&reader, StatusCode::OK, ReturnedPage { frame: Frame::default(), query })
        })
        .boxed()
}

/// The page behind a press for a new link. It is of no link: its address holds none.
fn sent(web: &Web) -> BoxedFilter<(Response,)> {
    warp::path!("sent")
        .and(warp::get())
        .and(home_request(web))
        .map(|request: HomeRequest| reissue::page(&request.web, &request.query, &request.reader))
        .boxed()
}

/// A path segment that is a link's public id; anything else is somebody else's path.
#[derive(Clone, Copy)]
struct LinkId(PublicId);

impl std::str::FromStr for LinkId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        PublicId::parse(text).map(Self).ok_or(())
    }
}

/// Which page: `/{linkId}`, `/{linkId}/code`, `/{linkId}/phone` or `/{linkId}/again`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Start,
    Code,
    Phone,
    Again,
}

fn link_request(web: &Web) -> BoxedFilter<(LinkRequest, Tail)> {
    let web = web.clone();
    let start = warp::path::end().map(|| Tail::Start);
    let code = warp::path("code").and(warp::path::end()).map(|| Tail::Code);
    let phone = warp::path("phone").and(warp::path::end()).map(|| Tail::Phone);
    let again = warp::path("again").and(warp::path::end()).map(|| Tail::Again);
    warp::path::param::<LinkId>()
        .and(start.or(code).unify().or(phone).unify().or(again).unify())
        .and(raw_query())
        .and(warp::header::headers_cloned())
        .and(context())
        .and(warp::path::full())
        .map(move |LinkId(id), tail, query: String, headers: HeaderMap, context, path: FullPath| {
            let reader = reader(&headers, &query, shown_at(path.as_str()));
            (LinkRequest { web: web.clone(), id, query, headers, context, reader }, tail)
        })
        .untuple_one()
        .boxed()
}

fn link_look(web: &Web) -> BoxedFilter<(Response,)> {
    let look = |request, tail| async move {
        match tail {
            // Nothing is to be seen where a new link is asked for: a reload there shows the link's own page.
            Tail::Start | Tail::Again => link::start(request).await,
            Tail::Code => link::code(request).await,
            Tail::Phone => link::phone(request).await,
        }
    };
    link_request(web).and(warp::get()).then(look).boxed()
}

fn link_press(web: &Web) -> BoxedFilter<(Response,)> {
    let press = |request, tail, body| async move {
        match tail {
            // Nothing is pressed on the page for phones; whoever posts there wants what the link's own does.
            Tail::Start | Tail::Phone => link::request_code(request, body).await,
            Tail::Code => link::try_code(request, body).await,
            Tail::Again => reissue::press(request, body).await,
        }
    };
    link_request(web).and(warp::post()).and(body::take()).then(press).boxed()
}

/// A person whose link was cut short on its way: one segment that is no link of ours, asked for by a
/// browser. Programs get the envelope.
fn lost() -> BoxedFilter<(Response,)> {
    let wants_html = |_: String, method: Method, accept: Option<String>| async move {
        let is_browser = method == Method::GET && accept.is_some_and(|kinds| kinds.contains("text/html"));
        if is_browser { Ok(()) } else { Err(warp::reject::not_found()) }
    };
    warp::path::param::<String>()
        .or(warp::any().map(String::new))
        .unify()
        .and(warp::path::end())
        .and(warp::method())
        .and(warp::header::optional::<String>("accept"))
        .and_then(wants_html)
        .untuple_one()
        .and(warp::header::headers_cloned())
        .map(|headers: HeaderMap| answer::bare(&Reader::asking(&headers, ""), End::LinkUnknown))
        .boxed()
}
