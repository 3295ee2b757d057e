//! Which way an application's pages lead. Every option has a default that offers all there is. Must not
//! know: pages.

use crate::domain::institution::InstitutionId;
use std::collections::BTreeSet;

/// The most institutions that are named one by one.
pub const INSTITUTIONS_MAX: usize = 200;

/// The longest URL, in bytes.
pub const URL_BYTES_MAX: usize = 1024;

/// The longest reference name, in characters.
pub const REFERENCE_CHARS_MAX: usize = 60;

/// Which way the pages lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// Whoever has disclosed goes straight back to the partner, where there is a way back.
    pub skips_success: bool,
    /// People connect one login and no more.
    pub is_single: bool,
    /// The institutions that people can choose; all when none is named.
    pub institutions: BTreeSet<InstitutionId>,
    /// Where people are told that they go back to, when it is not the brand.
    pub reference_name: Option<String>,
    /// Where the partner lets people manage what they share.
    pub manage_url: Option<String>,
    /// The page of a link that is over offers to text a new one.
    pub reissues_links: bool,
}

impl Flow {
    /// Whether people can choose that institution.
    pub fn offers(&self, id: InstitutionId) -> bool {
        self.institutions.is_empty() || self.institutions.contains(&id)
    }
}

/// A URL that a page can lead to: of the web, and nothing in it that is not printed.
pub fn is_web_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !host.is_empty() && url.len() <= URL_BYTES_MAX && url.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_named_offers_all_and_one_named_offers_it_alone() {
        let [one, other] = ["AU00000", "AU00001"].map(|id| InstitutionId::parse(id).unwrap());
        assert!(Flow::default().offers(one));
        let flow = Flow { institutions: [one].into(), ..Flow::default() };
        assert!(flow.offers(one) && !flow.offers(other));
    }

    #[test]
    fn a_page_leads_to_the_web_alone() {
        for good in ["https://quill.example", "http://quill.example/a?b=c#d"] {
            assert!(is_web_url(good), "{good}");
        }
        let long = format!("https://quill.example/{}", "x".repeat(URL_BYTES_MAX));
        for bad in
            ["", "javascript:alert(1)", "https://", "https:///a", "//quill.example", "https://a b", &long]
        {
            assert!(!is_web_url(bad), "{bad}");
        }
    }
}
