//! The look of an application as browsers get it: a style sheet of a few tokens, under a name that holds
//! the hash of its content. Must not know: what a page shows.

use super::assets;
use super::view::{FrameLogo, FrameLook};
use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::look::logo::Logo;
use crate::domain::look::palette::Palette;
use crate::domain::look::{Font, Look};
use crate::engine::house::House;
use crate::http::Response;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use std::fmt::Write;

/// Where the files of looks are.
const FOLDER: &str = "/assets/looks/";

/// What people's devices have, the best first. Nothing is loaded.
const fn stack(font: Font) -> &'static str {
    match font {
        Font::Serif => r#"ui-serif,"New York","Noto Serif",Charter,Georgia,serif"#,
        Font::Sans => r#"system-ui,-apple-system,"Segoe UI",Roboto,sans-serif"#,
        Font::Humanist => r#"Optima,Candara,"Noto Sans",Ubuntu,"Gill Sans",sans-serif"#,
        Font::Geometric => r#""Avenir Next",Avenir,"Century Gothic",Futura,"URW Gothic",sans-serif"#,
        Font::Rounded => r#"ui-rounded,"SF Pro Rounded","Arial Rounded MT Bold",Nunito,sans-serif"#,
        Font::Slab => r#""Rockwell Nova",Rockwell,"Roboto Slab","American Typewriter",serif"#,
        Font::OldStyle => r#""Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,serif"#,
    }
}

/// The style of what only a partner's look brings.
pub(super) const PIECES: &str = include_str!("../../../web/assets/look.css");

/// The style sheet; none where nothing is the partner's own but the name.
pub fn sheet(look: &Look) -> Option<String> {
    let plain = Look { brand_name: look.brand_name.clone(), flow: look.flow.clone(), ..Look::default() };
    if *look == plain {
        return None;
    }
    let palette = look.palette.unwrap_or(Palette::HOUSE);
    let Palette { brand, on, night } = palette;
    let [day, dark] = palette.tints();
    let (font, radius) = (stack(look.font), f64::from(look.radius.pixels()) / 16.0);
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        text,
        ":root{{--brand:{brand};--brand-on:{on};--brand-night:{night};--brand-font:{font};\
         --brand-radius:{radius}rem;--wash:{day}}}\n\
         @media (prefers-color-scheme:dark){{:root{{--wash:{dark}}}}}\n{PIECES}"
    );
    Some(text)
}

/// Where that style sheet is.
pub fn sheet_path(application: ApplicationId, look: &Look) -> Option<String> {
    sheet(look).map(|text| format!("{FOLDER}{application}/{}.css", assets::hash(text.as_bytes())))
}

impl FrameLook {
    /// What the look of that application brings to its pages.
    pub fn of(application: ApplicationId, look: &Look) -> Self {
        Self {
            sheet: sheet_path(application, look),
            rail: look.palette.map(|one| one.brand.to_string()),
            greeting: look.greeting.clone(),
            logo: look.logo.as_deref().map(|logo| FrameLogo {
                path: logo_path(application, logo),
                width: logo.width,
                height: logo.height,
                says_name: logo.says_name,
                has_plate: logo.has_plate,
            }),
            reference_name: look.flow.reference_name.clone(),
            manage_url: look.flow.manage_url.clone(),
            leads_to: None,
        }
    }

    /// The name is in the logo: it is heard and not seen.
    pub fn hides_name(&self) -> bool {
        self.logo.as_ref().is_some_and(|logo| logo.says_name)
    }
}

/// What keeps a logo from doing anything, whatever opens it.
const LOGO_POLICY: &str = "default-src 'none'; sandbox";

/// Where the logo is.
pub fn logo_path(application: ApplicationId, logo: &Logo) -> String {
    format!("{FOLDER}{application}/{}.{}", assets::hash(&logo.bytes), logo.format.extension())
}

fn logo(application: &Application, path: &str) -> Option<Response> {
    let logo = application.look.logo.as_ref()?;
    if logo_path(application.id, logo) != path {
        return None;
    }
    let mut response = assets::file(logo.format.media_type(), logo.bytes.to_vec());
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LOGO_POLICY));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    Some(response)
}

/// Both files, by their paths.
pub fn files(application: ApplicationId, look: &Look) -> Vec<(String, Vec<u8>)> {
    let sheet = sheet_path(application, look).zip(sheet(look).map(String::into_bytes));
    let logo = look.logo.as_ref().map(|logo| (logo_path(application, logo), logo.bytes.to_vec()));
    sheet.into_iter().chain(logo).collect()
}

/// The file under `path`, if there is one. A look that was changed has another name.
pub fn answer(house: &House, path: &str) -> Option<Response> {
    let (id, _) = path.strip_prefix(FOLDER)?.split_once('/')?;
    let application = house.application(ApplicationId::parse(id)?)?;
    if sheet_path(application.id, &application.look).is_none_or(|sheet| sheet != path) {
        return logo(&application, path);
    }
    Some(assets::file("text/css; charset=utf-8", sheet(&application.look)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::look::wanted::{WantedBrand, WantedLook};

    fn look(colour: Option<&str>, font: Option<Font>) -> Look {
        let brand = WantedBrand {
            colour: colour.map(Into::into),
            font: font.map(|font| font.name().into()),
            ..WantedBrand::default()
        };
        WantedLook { brand, ..WantedLook::default() }.try_into().unwrap()
    }

    #[test]
    fn with_nothing_set_there_is_no_sheet() {
        assert_eq!(sheet(&Look::default()), None);
        assert_eq!(sheet(&Look { brand_name: Some("Quill".into()), ..Look::default() }), None);
    }

    #[test]
    fn a_sheet_sets_tokens_and_loads_nothing() {
        for font in Font::ALL {
            let text = sheet(&look(Some("#6b2347"), Some(font))).unwrap();
            assert!(text.starts_with(":root{--brand:#6b2347;--brand-on:#ffffff;--brand-night:#"), "{text}");
            assert!(text.contains("--brand-radius:0.875rem;"), "{text}");
            assert!(!text.contains("url(") && !text.contains("@import") && !text.contains('<'), "{text}");
            assert_eq!(text.matches('{').count(), text.matches('}').count());
            assert!(text.len() < 2_000);
        }
    }

    #[test]
    fn the_house_s_own_font_is_the_one_of_the_common_sheet() {
        let common: String =
            include_str!("../../../web/assets/style.css").split(", ").collect::<Vec<_>>().join(",");
        assert!(common.contains(&format!("--brand-font: {};", stack(Font::Serif))));
        assert!(common.contains("--brand-radius: .875rem;"));
    }

    #[test]
    fn another_look_has_another_name() {
        let id = ApplicationId(uuid::Uuid::from_u128(1));
        let path = |colour| sheet_path(id, &look(Some(colour), None)).unwrap();
        assert_eq!(path("#6b2347"), path("#6B2347"));
        assert_ne!(path("#6b2347"), path("#6b2348"));
        assert!(path("#6b2347").starts_with("/assets/looks/00000000-0000-0000-0000-000000000001/"));
    }
}
