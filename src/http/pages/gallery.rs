//! Every page with every sample, as files: for screenshots, for reviews, and for the tests.
//! Must not know: the engine.

use super::assets;
use super::language::{LANGUAGES, Language, Reader};
use super::view::{
    BanksPage, ChallengePage, CheckPage, CodePage, ConnectPage, ConsentPage, DonePage, EndedPage, ExtendPage,
    FinishedPage, LeftPage, ManagePage, NothingPage, Page, PhonePage, ReceiptPage, RenewLoginPage, RenewPage,
    ReturnedPage, SignInPage, StartPage, WaitingPage, WithdrawPage,
};

/// Every page in one language: its name with the sample's number, and its HTML.
pub fn rendered_in(language: &'static Language) -> Vec<(String, String)> {
    let mut pages = Pages { language, all: Vec::new() };
    pages.add::<StartPage>();
    pages.add::<PhonePage>();
    pages.add::<CodePage>();
    pages.add::<ConsentPage>();
    pages.add::<ConnectPage>();
    pages.add::<BanksPage>();
    pages.add::<SignInPage>();
    pages.add::<ChallengePage>();
    pages.add::<WaitingPage>();
    pages.add::<CheckPage>();
    pages.add::<DonePage>();
    pages.add::<ExtendPage>();
    pages.add::<RenewPage>();
    pages.add::<RenewLoginPage>();
    pages.add::<ManagePage>();
    pages.add::<WithdrawPage>();
    pages.add::<ReceiptPage>();
    pages.add::<FinishedPage>();
    pages.add::<NothingPage>();
    pages.add::<LeftPage>();
    pages.add::<EndedPage>();
    pages.add::<ReturnedPage>();
    pages.all
}

/// Every page in every language.
pub fn rendered() -> Vec<(String, String)> {
    LANGUAGES.iter().flat_map(rendered_in).collect()
}

struct Pages {
    language: &'static Language,
    all: Vec<(String, String)>,
}

impl Pages {
    fn add<P: Page>(&mut self) {
        for (number, mut sample) in P::samples().into_iter().enumerate() {
            let name = format!("{}-{number:02}", P::NAME);
            sample.speak(&Reader::of(self.language).at(&format!("/{name}"), ""));
            // A page that does not render would show as an empty one, and the tests refuse that.
            self.all.push((file(&name, self.language), sample.render().unwrap_or_default()));
        }
    }
}

/// What a page in that language is called: `start-00`, `start-00.ar`.
fn file(name: &str, language: &Language) -> String {
    if language == Language::standard() { name.to_owned() } else { format!("{name}.{}", language.tag) }
}

/// The same as files of one folder, with the style beside them: file name and content.
pub fn gallery() -> Vec<(String, String)> {
    let files =
        assets::all().map(|(path, text)| (path.trim_start_matches("/assets/").to_owned(), text.to_owned()));
    let pages = rendered().into_iter().map(|(name, html)| {
        let bare = name.split('.').next().unwrap_or_default();
        let local = LANGUAGES.iter().fold(html.replace("\"/assets/", "\""), |html, language| {
            let link = format!("\"/{bare}?lang={}\"", language.tag);
            html.replace(&link, &format!("\"{}.html\"", file(bare, language)))
        });
        (format!("{name}.html"), local)
    });
    files.chain(pages).collect()
}
