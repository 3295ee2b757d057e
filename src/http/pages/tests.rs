//! Every page with every sample: whole, accessible, closed, small. The table of pages is tested in pick.

use super::assets;
use super::gallery::{gallery, rendered, rendered_in};
use super::language::{LANGUAGES, Language};
use super::view::{ConnectPage, Frame, Page, SignInPage, Stand, Stopped};
use askama::Template;
use std::collections::BTreeSet;

/// What lies between `open` and the next `close`, everywhere in `text`.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(found, _)| found).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    between(tag, &format!(" {name}=\""), "\"").first().copied()
}

/// Whether a tag has an attribute like `onclick`; what its values say does not count.
fn is_handled(tag: &str) -> bool {
    let names = tag.split('"').step_by(2).flat_map(|part| part.split(' '));
    names.into_iter().any(|name| name.starts_with("on"))
}

#[test]
fn every_page_stands_by_itself() {
    let pages = rendered();
    assert!(pages.len() > 330, "only {} pages", pages.len());
    for (name, html) in pages {
        let tag = name.split_once('.').map_or("en-AU", |(_, tag)| tag);
        let direction = if tag == "ar" { " dir=\"rtl\"" } else { "" };
        let start = format!("<!doctype html>\n<html lang=\"{tag}\"{direction}>");
        assert!(html.starts_with(&start), "{name}: doctype and language");
        assert!(html.trim_end().ends_with("</html>"), "{name}: is cut short");
        assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
        assert_eq!(html.matches("<main id=\"main\"").count(), 1, "{name}: one main part");
        assert!(html.contains("<a class=\"skip\" href=\"#main\">"), "{name}: skip link");
        assert!(html.contains("width=device-width, initial-scale=1\">"), "{name}: may be zoomed");
        let title = between(&html, "<title>", "</title>");
        assert!(title.len() == 1 && title[0].trim().len() > 4, "{name}: title {title:?}");
        if tag == "en-AU" {
            assert_eq!(title[0].starts_with("Error: "), html.contains("role=\"alert\""), "{name}: {title:?}");
        }
    }
}

#[test]
fn a_strict_content_security_policy_holds() {
    assert!(is_handled("a title=\"x\" onclick=\"y\"") && !is_handled("a title=\"on one\""));
    for (name, html) in rendered() {
        for forbidden in ["style=\"", "<style", "javascript:", "<iframe", "<base"] {
            assert!(!html.contains(forbidden), "{name}: holds {forbidden}");
        }
        for picture in between(&html, "<img", ">") {
            let folders = [" src=\"/assets/institutions/AU0000", " src=\"/assets/icon."];
            let is_ours = folders.iter().any(|folder| picture.contains(folder));
            assert!(is_ours && picture.contains(" alt=\"\""), "{name}: a picture of elsewhere: {picture}");
        }
        for tag in between(&html, "<", ">") {
            assert!(!is_handled(tag), "{name}: a handler in <{tag}>");
            let loaded = attribute(tag, "src").or(attribute(tag, "href").filter(|_| tag.starts_with("link")));
            assert!(loaded.is_none_or(|url| url.starts_with("/assets/")), "{name}: loads {loaded:?}");
        }
        for script in between(&html, "<script", "</script>") {
            assert!(script.ends_with("defer>") && script.contains("src="), "{name}: an inline script");
        }
    }
}

#[test]
fn fields_have_labels_and_forms_are_bound() {
    let mut forms_seen = 0;
    for (name, html) in rendered() {
        let ids: BTreeSet<&str> = between(&html, " id=\"", "\"").into_iter().collect();
        assert_eq!(ids.len(), html.matches(" id=\"").count(), "{name}: an id twice");
        for list in ["aria-describedby", "aria-labelledby", "for"] {
            let named = between(&html, &format!(" {list}=\""), "\"");
            for id in named.iter().flat_map(|list| list.split(' ')) {
                assert!(ids.contains(id), "{name}: {list} names {id}, which is not there");
            }
        }
        for input in between(&html, "<input ", ">").iter().filter(|tag| !tag.contains("type=\"hidden\"")) {
            let id = input.split('"').nth(1).unwrap();
            assert!(html.contains(&format!("<label for=\"{id}\"")), "{name}: no label for {id}");
            let wrong = input.contains("aria-invalid=\"true\"");
            let described = attribute(input, "aria-describedby").unwrap_or_default();
            assert_eq!(wrong, described.contains("-err"), "{name}: the error is not tied to its field");
        }
        assert!(html.matches(" autofocus").count() <= 1, "{name}: two fields want the reader");
        for form in between(&html, "<form", "</form>") {
            forms_seen += 1;
            if form.contains(" role=\"search\"") {
                assert!(
                    form.contains(" method=\"get\"") && !form.contains("csrf"),
                    "{name}: a search changes nothing"
                );
                continue;
            }
            assert!(form.contains(" method=\"post\""), "{name}: a form that does not post");
            assert!(form.contains("name=\"csrf\" value=\"sample\""), "{name}: a form without csrf");
            assert_eq!(form.matches("<button").count(), 1, "{name}: one button a form");
            assert!(!form.contains("action=\"http"), "{name}: posts to elsewhere");
        }
    }
    assert!(forms_seen > 20, "only {forms_seen} forms");
}

#[test]
fn everyone_can_see_who_asks_and_for_which_mobile() {
    for (name, html) in rendered_in(Language::standard()) {
        let is_bare = !html.contains("Quill");
        assert_eq!(is_bare, !html.contains("Not you?"), "{name}: names a partner, but not whom it is for");
        // Where a link is sent, or is not, is told to nobody.
        if !is_bare && !name.starts_with("sent-") {
            assert!(html.contains("mobile ending in <b class=\"num\">222</b>. Not you?"), "{name}");
        }
    }
}

#[test]
fn whatever_is_shown_is_escaped() {
    let page = |start: &str| rendered().into_iter().find(|(name, _)| name == start).unwrap().1;
    assert!(page("returned-00").contains("&#60;b onclick=&#34;x&#34;&#62;&#38;&#39;"));
    assert!(page("start-00").contains("Quill &#38; Daughters Lending"));
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/web/templates");
    let mut read = 0;
    for entry in std::fs::read_dir(templates).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            assert!(!bare.contains("|safe") && !bare.contains("autoescape"), "{:?}", entry.path());
            read += 1;
        }
    }
    assert!(read >= 9, "only {read} templates");
}

#[test]
fn every_page_offers_the_other_languages() {
    for (name, html) in rendered() {
        let tag = name.split_once('.').map_or("en-AU", |(_, tag)| tag);
        for language in LANGUAGES.iter().filter(|one| one.tag != tag) {
            let name = name.split('.').next().unwrap();
            let link = format!("href=\"/{name}?lang={0}\" hreflang=\"{0}\" lang=\"{0}\"", language.tag);
            assert!(html.contains(&link), "{name}: no way to {}", language.name);
        }
    }
}

#[test]
fn every_page_with_its_files_is_small() {
    let loads = |html: &str| -> usize {
        assets::sent().filter(|(path, _)| html.contains(path)).map(|(_, bytes)| bytes).sum()
    };
    for (name, html) in rendered() {
        // Bytes as they are sent: the page as it is written, its files packed. Who comes to the pages about
        // banks has the common files already, as a rule; and the hub grows with the person's banks.
        let limit = if html.contains(&assets::assets().banks_script) { 60_000 } else { 30_000 };
        let has_many = html.matches("<div class=\"box\" id=").count() > 3;
        let size = html.len() + if has_many { 0 } else { loads(&html) };
        assert!(size < limit, "{name}: {size} bytes with its files");
    }
}

#[test]
fn a_page_loads_itself_again_only_while_something_goes_on_and_nobody_wants_it_still() {
    let mut reloads = 0;
    for page in ConnectPage::samples() {
        let html = page.render().unwrap();
        let head = html.split("</head>").next().unwrap();
        let is_reloaded =
            head.contains("<noscript><meta http-equiv=\"refresh\" content=\"5;url=/connect\"></noscript>");
        assert_eq!(is_reloaded, page.live.is_running() && !page.stays_still);
        assert_eq!(html.contains(" data-stream=\"/connect/progress\""), page.live.is_running());
        assert_eq!(html.contains("<a href=\"/connect?still=1\">"), is_reloaded, "there is a way to stop it");
        reloads += usize::from(is_reloaded);
    }
    assert!(reloads > 3);
    let held =
        rendered_in(Language::standard()).iter().filter(|(_, html)| html.contains("http-equiv")).count();
    assert_eq!(held, reloads, "another page loads itself again");
}

#[test]
fn every_state_of_a_bank_says_what_it_is_and_the_way_on() {
    let frame = Frame::default();
    for why in Stopped::ALL {
        let words = frame.say(why.words()).with("bank", "Sandbox Bank").to_string();
        let title = frame.say(why.title()).to_string();
        assert!(words.ends_with('.') && !title.ends_with('.'), "{why:?}: {words}");
        assert!(!words.contains('!') && !frame.say(why.next()).to_string().is_empty(), "{why:?}");
    }
    for one in ConnectPage::samples().into_iter().filter(|page| page.live.boxes.len() == 1) {
        let html = one.live.render().unwrap();
        let [bank] = one.live.boxes.as_slice() else { unreachable!() };
        assert!(html.contains(&format!("data-told=\"{}", bank.bank.name)), "it is told");
        match &bank.stand {
            Stand::Asking { job, .. } => {
                assert!(html.contains(&format!("href=\"/connect/jobs/{job}/answer\"")));
            }
            Stand::Stopped(why) => {
                assert!(
                    html.contains(&frame.say(why.title()).to_string())
                        && html.contains(&format!("\"/connect/banks/{}\"", bank.bank.id))
                );
            }
            Stand::Working { .. } => assert!(html.contains("class=\"now\"")),
            Stand::Connected { .. } => assert!(html.contains("Connected, ")),
        }
        assert_eq!(html.contains("class=\"now\""), bank.is_running(), "{html}");
    }
}

#[test]
fn a_password_is_never_shown_again() {
    for page in SignInPage::samples() {
        let html = page.render().unwrap();
        let [field] = between(&html, "<input id=\"password\"", ">")[..] else { panic!("one password") };
        assert!(field.contains("type=\"password\"") && !field.contains(" value="), "{field}");
        assert!(html.contains("Test bank: never type a real password."));
    }
}

#[test]
fn the_sheet_and_the_pages_know_the_same_names() {
    let sheets: Vec<&str> =
        assets::all().filter(|(_, text)| text.starts_with("/* authlink:")).map(|(_, text)| text).collect();
    assert_eq!(sheets.len(), 1);
    let sheets = [sheets, vec![super::look::PIECES]].concat();
    let rules: String = between(&format!("}}{}", sheets.concat().replace("/*", "}/*")), "}", "{").join(" ");
    let names = |text: &str| -> BTreeSet<String> {
        let starts =
            text.split('.').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        starts.map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
    };
    let styled = names(&rules);
    let pages = rendered();
    let used: BTreeSet<String> = pages
        .iter()
        .flat_map(|(_, html)| between(html, " class=\"", "\""))
        .flat_map(|list| list.split(' ').map(Into::into))
        .collect();
    let unused: Vec<_> = styled.difference(&used).collect();
    assert!(unused.is_empty(), "styled, but on no page: {unused:?}");
    let unstyled: Vec<_> = used.difference(&styled).collect();
    assert!(unstyled.is_empty(), "on a page, but not styled: {unstyled:?}");
}

#[test]
fn a_piece_is_styled_in_one_sheet() {
    let sheets = assets::all().filter(|(_, text)| text.starts_with("/* authlink:")).map(|(_, text)| text);
    let is_name = |rule: &&str| {
        let name = rule.strip_prefix('.');
        name.is_some_and(|name| name.chars().all(|letter| letter.is_ascii_alphanumeric()))
    };
    let mut seen = BTreeSet::new();
    for sheet in sheets.chain([super::look::PIECES]) {
        let rules = between(&format!("}}{}", sheet.replace("*/", "}")), "}", "{").join(",");
        let own: BTreeSet<String> = rules.split(',').map(str::trim).filter(is_name).map(Into::into).collect();
        assert!(own.len() > 1, "nothing was read: {rules}");
        let twice: Vec<_> = own.intersection(&seen).collect();
        assert!(twice.is_empty(), "two pieces of one name get each other's style: {twice:?}");
        seen.extend(own);
    }
}

#[test]
fn the_gallery_needs_nothing_but_its_folder() {
    let files = gallery();
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), files.len(), "a name twice");
    for (name, html) in files.iter().filter(|(_, text)| text.starts_with("<!doctype html>")) {
        let head = html.split("</head>").next().unwrap();
        for url in between(head, "href=\"", "\"").into_iter().chain(between(head, "src=\"", "\"")) {
            assert!(names.contains(url), "{name}: {url} is not in the folder");
        }
    }
    if let Ok(folder) = std::env::var("AUTHLINK_GALLERY") {
        for (name, text) in &files {
            std::fs::write(format!("{folder}/{name}"), text).unwrap();
        }
    }
}
