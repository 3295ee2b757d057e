//! Every page with every sample, as files: for screenshots, for reviews, and for the tests.
//! Must not know: the engine.

use super::assets;
use super::view::{
    BanksPage, ChallengePage, CodePage, ConnectPage, ConsentPage, DonePage, EndedPage, LeftPage, Page,
    ReturnedPage, SignInPage, StartPage, WaitingPage,
};

/// One page as it would be sent: its name with the sample's number, and its HTML.
pub fn rendered() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    add::<StartPage>(&mut pages);
    add::<CodePage>(&mut pages);
    add::<ConsentPage>(&mut pages);
    add::<ConnectPage>(&mut pages);
    add::<BanksPage>(&mut pages);
    add::<SignInPage>(&mut pages);
    add::<ChallengePage>(&mut pages);
    add::<WaitingPage>(&mut pages);
    add::<DonePage>(&mut pages);
    add::<LeftPage>(&mut pages);
    add::<EndedPage>(&mut pages);
    add::<ReturnedPage>(&mut pages);
    pages
}

fn add<P: Page>(pages: &mut Vec<(String, String)>) {
    for (number, sample) in P::samples().into_iter().enumerate() {
        // A page that does not render would show as an empty one, and the tests refuse that.
        pages.push((format!("{}-{number:02}", P::NAME), sample.render().unwrap_or_default()));
    }
}

/// The same as files of one folder, with the style beside them: file name and content.
pub fn gallery() -> Vec<(String, String)> {
    let files = assets::all().map(|(path, text)| (path.trim_start_matches("/assets/").into(), text.into()));
    let local = |html: String| html.replace("\"/assets/", "\"");
    let pages = rendered().into_iter().map(|(name, html)| (format!("{name}.html"), local(html)));
    files.into_iter().chain(pages).collect()
}
