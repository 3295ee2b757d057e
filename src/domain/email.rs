//! Whether a text is an email address. Must not know: whose address it is, whether mail arrives there.

/// Whether `text` is an address as RFC 5321 and 5322 allow, with a domain that has at least one dot:
/// partners mistype `name@example` far more often than they mean it.
pub fn is_valid(text: &str) -> bool {
    let options =
        email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
    email_address::EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["ada@example.test", "a.b+c@sub.example.com", "o'neil@example.com.au"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.test",
            "ada@example",
            "a b@example.test",
            "Ada <ada@example.test>",
            "ada@[127.0.0.1]",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
