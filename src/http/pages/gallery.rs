//! Every page with every sample, as files: for screenshots, for reviews, for a partner who tries a look on,
//! and for the tests. Must not know: the engine.

use super::{assets, look};
use crate::domain::id::ApplicationId;
use crate::domain::look::Look;
use crate::http::picture;
use askama::Template;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::language::{LANGUAGES, Language, Reader};
use super::view::FrameLook;
use super::view::{
    BanksPage, ChallengePage, CheckPage, CodePage, ConnectPage, ConsentPage, DonePage, EndedPage, ExtendPage,
    FinishedPage, LeftPage, ManagePage, NothingPage, Page, PhonePage, ReceiptPage, RenewLoginPage, RenewPage,
    ReturnedPage, SentPage, SignInPage, StartPage, WaitingPage, WithdrawPage,
};

/// Every page in one language: its name with the sample's number, and its HTML.
pub fn rendered_in(language: &'static Language) -> Vec<(String, String)> {
    dressed_in(language, None)
}

/// The same in a partner's dress.
fn dressed_in(language: &'static Language, dress: Option<&Dress<'_>>) -> Vec<(String, String)> {
    let mut pages = Pages { language, dress, all: Vec::new() };
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
    pages.add::<SentPage>();
    pages.add::<ReturnedPage>();
    pages.all
}

/// Every page in every language.
pub fn rendered() -> Vec<(String, String)> {
    LANGUAGES.iter().flat_map(rendered_in).collect()
}

/// What a partner tries on.
struct Dress<'a> {
    name: &'a str,
    look: FrameLook,
}

struct Pages<'a> {
    language: &'static Language,
    dress: Option<&'a Dress<'a>>,
    all: Vec<(String, String)>,
}

impl Pages<'_> {
    fn add<P: Page>(&mut self) {
        for (number, mut sample) in P::samples().into_iter().enumerate() {
            let name = format!("{}-{number:02}", P::NAME);
            sample.speak(&Reader::of(self.language).at(&format!("/{name}"), ""));
            if let Some(dress) = self.dress {
                let frame = sample.frame();
                frame.look = dress.look.clone();
                frame.partner = frame.partner.is_some().then(|| dress.name.to_owned());
            }
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
    let pages = rendered().into_iter().map(|(name, html)| (format!("{name}.html"), local(&name, &html)));
    files.chain(pages).collect()
}

/// A page that finds its files and its other languages beside it, and asks nobody how far a bank is.
fn local(name: &str, html: &str) -> String {
    let bare = name.split('.').next().unwrap_or_default();
    let still = html
        .replace("\"/assets/", "\"")
        .replace(" data-stream=\"/connect/progress\"", "")
        .replace(" id=\"pending\"", "");
    LANGUAGES.iter().fold(still, |html, language| {
        let link = format!("\"/{bare}?lang={}\"", language.tag);
        html.replace(&link, &format!("\"{}.html\"", file(bare, language)))
    })
}

/// The page that shows them all.
#[derive(Template)]
#[template(path = "gallery.html")]
struct Index<'a> {
    name: &'a str,
    language: &'static Language,
    /// Each language with its index.
    languages: Vec<(&'static Language, String)>,
    /// Each page with the names of its samples.
    pages: BTreeMap<String, Vec<String>>,
}

fn index(language: &Language) -> String {
    format!("{}.html", file("index", language))
}

/// Every page in the dress of a partner, as files of one folder that needs nothing else: file name and
/// content. `index.html` shows them all.
pub fn preview(name: &str, look: &Look) -> Vec<(String, Vec<u8>)> {
    let nobody = ApplicationId(Uuid::nil());
    let dress = Dress { name, look: FrameLook::of(nobody, look) };
    let own = look::files(nobody, look).into_iter();
    let common = assets::all().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let pictures = picture::all().map(|(path, text)| (path, text.into_bytes()));
    let stem = |path: String| path.trim_start_matches("/assets/").to_owned();
    let mut files: Vec<_> =
        own.chain(common).chain(pictures).map(|(path, file)| (stem(path), file)).collect();
    for language in &LANGUAGES {
        let mut pages: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (page, html) in dressed_in(language, Some(&dress)) {
            files.push((format!("{page}.html"), local(&page, &html).into_bytes()));
            let kind = page.split('-').next().unwrap_or_default().to_owned();
            pages.entry(kind).or_default().push(page);
        }
        let languages = LANGUAGES.iter().map(|one| (one, index(one))).collect();
        let page = Index { name, language, languages, pages };
        files.push((index(language), page.render().unwrap_or_default().into_bytes()));
    }
    files
}
