//! Which address is what: boxed leaves, and one place for what fits none of them. Must not know: what
//! happens there.

use super::answer::{Answer, Refusal, Response};
use super::bank::Bank;
use super::handlers::{self, Visit};
use super::{body, control};
use http::header::AUTHORIZATION;
use std::convert::Infallible;
use std::sync::Arc;
use warp::filters::BoxedFilter;
use warp::reject::{MethodNotAllowed, Rejection};
use warp::{Filter, Reply};

type Routes = BoxedFilter<(Response,)>;

/// Everything that the bank answers.
pub fn routes(bank: Arc<Bank>) -> Routes {
    let all = institutions(bank.clone())
        .or(login(bank.clone()))
        .unify()
        .or(answer(bank.clone()))
        .unify()
        .or(logout(bank.clone()))
        .unify()
        .or(profile(bank.clone()))
        .unify()
        .or(accounts(bank.clone()))
        .unify()
        .or(transactions(bank.clone()))
        .unify()
        .boxed();
    let all = if bank.is_controlled() { all.or(faults(bank)).unify().boxed() } else { all };
    all.recover(nothing_fits).map(Reply::into_response).boxed()
}

async fn nothing_fits(rejection: Rejection) -> Result<Response, Infallible> {
    let is_method = rejection.find::<MethodNotAllowed>().is_some();
    let refusal = if is_method { Refusal::MethodNotAllowed } else { Refusal::NotFound };
    Ok(Answer::from(refusal).into_response())
}

fn with(bank: Arc<Bank>) -> BoxedFilter<(Arc<Bank>,)> {
    warp::any().map(move || bank.clone()).boxed()
}

/// Puts what each address needs into one value.
fn visit(bank: Arc<Bank>) -> BoxedFilter<(Arc<Bank>, Option<String>)> {
    let authorization = warp::header::headers_cloned().map(|headers: http::HeaderMap| {
        headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned)
    });
    with(bank).and(authorization).boxed()
}

fn institutions(bank: Arc<Bank>) -> Routes {
    warp::path!("institutions").and(warp::get()).and(with(bank)).then(handlers::institutions).boxed()
}

fn login(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "login")
        .and(warp::post())
        .and(visit(bank))
        .and(body::take())
        .then(|institution, bank, authorization, body| {
            handlers::login(Visit { bank, institution, authorization }, body)
        })
        .boxed()
}

fn answer(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "login" / String / "answer")
        .and(warp::post())
        .and(visit(bank))
        .and(body::take())
        .then(|institution, challenge, bank, authorization, body| {
            handlers::answer(Visit { bank, institution, authorization }, challenge, body)
        })
        .boxed()
}

fn logout(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "logout")
        .and(warp::post())
        .and(visit(bank))
        .then(|institution, bank, authorization| handlers::logout(Visit { bank, institution, authorization }))
        .boxed()
}

fn profile(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "profile")
        .and(warp::get())
        .and(visit(bank))
        .then(|institution, bank, authorization| {
            handlers::profile(Visit { bank, institution, authorization })
        })
        .boxed()
}

fn accounts(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "accounts")
        .and(warp::get())
        .and(visit(bank))
        .and(query())
        .then(|institution, bank, authorization, query| {
            handlers::accounts(Visit { bank, institution, authorization }, query)
        })
        .boxed()
}

/// The query as it came.
fn query() -> impl Filter<Extract = (String,), Error = std::convert::Infallible> + Clone {
    warp::query::raw().or(warp::any().map(String::new)).unify()
}

fn transactions(bank: Arc<Bank>) -> Routes {
    warp::path!(String / "accounts" / String / "transactions")
        .and(warp::get())
        .and(visit(bank))
        .and(query())
        .then(|institution, account_no, bank, authorization, query| {
            handlers::transactions(Visit { bank, institution, authorization }, account_no, query)
        })
        .boxed()
}

fn faults(bank: Arc<Bank>) -> Routes {
    let list = warp::get().and(with(bank.clone())).then(control::list);
    let set = warp::put().and(with(bank)).and(body::take()).then(control::set);
    warp::path!("control" / "faults").and(list.or(set).unify()).boxed()
}
