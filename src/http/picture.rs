//! The pictures of institutions: their initials on their colour, drawn when they are asked for. We have
//! no right to anybody's logo. Must not know: who shows them.

use crate::domain::institution::{Institution, InstitutionId, SANDBOX};
use crate::http::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Where pictures are.
const FOLDER: &str = "/assets/institutions/";

/// What the names of full pictures end in.
const FULL: &str = "-full";

/// The path of the square picture.
pub fn square_path(id: InstitutionId) -> String {
    format!("{FOLDER}{id}.svg")
}

/// The path of the picture with the name in it.
pub fn full_path(id: InstitutionId) -> String {
    format!("{FOLDER}{id}{FULL}.svg")
}

/// Every square picture: its path and its text.
pub fn all() -> impl Iterator<Item = (String, String)> {
    SANDBOX.iter().map(|one| (square_path(one.id), square(one)))
}

/// The picture under `path`, if there is one.
pub fn answer(path: &str) -> Option<Response> {
    let stem = path.strip_prefix(FOLDER)?.strip_suffix(".svg")?;
    let (id, is_full) = stem.strip_suffix(FULL).map_or((stem, false), |id| (id, true));
    let institution = Institution::find(InstitutionId::parse(id)?)?;
    let text = if is_full { full(institution) } else { square(institution) };
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    // Partners keep these links: they have no hash in them, and are asked for again after a day.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    Some(response)
}

/// Attributes alone and no style: the policy of our answers holds in pictures too.
fn square(institution: &Institution) -> String {
    picture(institution, 64, &badge(institution))
}

fn full(institution: &Institution) -> String {
    // Whatever font there is, the name takes so much room: it is never cut off.
    let length = u32::try_from(institution.name.chars().count()).unwrap_or(0) * 15;
    let name = format!(
        "<text x=\"80\" y=\"33\" dominant-baseline=\"central\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" {FONT} font-size=\"26\" fill=\"{}\">{}</text>",
        institution.colour,
        escaped(institution.name)
    );
    picture(institution, 96 + length, &(badge(institution) + &name))
}

const FONT: &str = "font-family=\"system-ui, sans-serif\" font-weight=\"600\"";

fn picture(institution: &Institution, width: u32, inner: &str) -> String {
    let name = escaped(institution.name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} 64\" role=\"img\"><title>{name}</title>{inner}</svg>"
    )
}

fn badge(institution: &Institution) -> String {
    format!(
        "<rect width=\"64\" height=\"64\" rx=\"14\" fill=\"{}\"/><text x=\"32\" y=\"33\" text-anchor=\"middle\" dominant-baseline=\"central\" {FONT} font-size=\"22\" fill=\"#ffffff\">{}</text>",
        institution.colour,
        escaped(&initials(institution.name))
    )
}

/// The first letters of the first words; three at most.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(3).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::institution::Authorization;

    #[test]
    fn every_institution_has_two_pictures_and_nobody_else_has_any() {
        for one in SANDBOX {
            for path in [square_path(one.id), full_path(one.id)] {
                assert!(answer(&path).is_some(), "{path}");
            }
        }
        for path in [
            "/assets/institutions/AU99999.svg",
            "/assets/institutions/AU00000.png",
            "/assets/institutions/AU00000-full-full.svg",
            "/assets/institutions/-full.svg",
            "/assets/institutions/.svg",
            "/assets/institutions/../AU00000.svg",
            "/assets/AU00000.svg",
        ] {
            assert!(answer(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_name_stays_text() {
        let odd = Institution {
            id: InstitutionId(*b"AU00009"),
            name: "A<b> & \"C\" \u{e9}toile",
            short_name: "A",
            authorization: Authorization::User,
            colour: "#123456",
            registered: None,
        };
        assert_eq!(initials(odd.name), "A&\"");
        for text in [square(&odd), full(&odd)] {
            let clean =
                text.replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").replace("&amp;", "");
            assert!(!clean.contains('&') && !clean.contains("<b>"), "{text}");
            assert!(!text.contains("style"), "the policy forbids it");
            assert_eq!(clean.matches('<').count(), clean.matches('>').count());
        }
    }
}
