//! The hosted pages over HTTP, as a browser without a script walks them.

mod accesses;
pub mod browser;
mod errands;
mod files;
mod languages;
mod links;
mod looks;
mod manage;
mod missing;
mod notices;
mod place;
mod reissue;
mod sessions;

use browser::{Browser, Shown};
use place::Place;

/// Asks for a code on the link's page and enters the one that comes.
async fn enter(place: &Place, browser: &mut Browser, link: &str) -> Shown {
    let before = place.texts();
    let start = browser.get(link).await;
    let asks = if start.has_button("Text me a code") { "Text me a code" } else { "Text me a new code" };
    let code_page = browser.press(&start.form(asks)).await;
    let code = place.code(before + 1).await;
    browser.press(&code_page.form("Continue").with("code", &code)).await
}
