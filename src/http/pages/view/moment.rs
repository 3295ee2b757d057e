//! Instants as people read them, in UTC and saying so; machine-readable beside the words, so that the
//! script may show the reader's own zone. Must not know: whose instant it is.

use crate::domain::time::UnixMillis;
use chrono::{DateTime, Utc};

/// An instant on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    at: DateTime<Utc>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    Clock,
    Date,
}

impl Moment {
    /// Day and time: "Saturday 28 November 2026 at 9:14 am UTC".
    pub fn full(at: UnixMillis) -> Self {
        Self { at: at.date_time(), form: Form::Full }
    }

    /// The time alone, for instants that are minutes away: "2:24 pm UTC".
    pub fn clock(at: UnixMillis) -> Self {
        Self { at: at.date_time(), form: Form::Clock }
    }

    /// The day alone, for instants that are months away: "21 Feb 2027".
    pub fn date(at: UnixMillis) -> Self {
        Self { at: at.date_time(), form: Form::Date }
    }
}

/// Writes a `<time>` element. All of it is made here from numbers, so nothing is left to escape.
impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, words) = match self.form {
            Form::Full => ("moment", "%A %-d %B %Y at %-I:%M %P UTC"),
            Form::Clock => ("clock", "%-I:%M %P UTC"),
            Form::Date => ("date", "%-d %b %Y"),
        };
        let machine = self.at.format("%Y-%m-%dT%H:%M:%SZ");
        write!(out, r#"<time datetime="{machine}" data-form="{name}">{}</time>"#, self.at.format(words))
    }
}

impl askama::filters::HtmlSafe for Moment {}

/// A number of days as people say it: "1 day", "90 days", "12 months", "2 years".
pub fn days_in_words(days: u32) -> String {
    match days {
        1 => "1 day".into(),
        365 => "12 months".into(),
        730 => "2 years".into(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_reads_well_and_names_its_zone() {
        let at = UnixMillis(1_795_857_240_000);
        let words = |moment: Moment| moment.to_string();
        assert_eq!(
            words(Moment::full(at)),
            r#"<time datetime="2026-11-28T09:14:00Z" data-form="moment">Saturday 28 November 2026 at 9:14 am UTC</time>"#
        );
        assert_eq!(
            words(Moment::clock(at)),
            r#"<time datetime="2026-11-28T09:14:00Z" data-form="clock">9:14 am UTC</time>"#
        );
        assert_eq!(
            words(Moment::date(at)),
            r#"<time datetime="2026-11-28T09:14:00Z" data-form="date">28 Nov 2026</time>"#
        );
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let said = [1, 90, 365, 730].map(days_in_words);
        assert_eq!(said, ["1 day", "90 days", "12 months", "2 years"]);
    }
}
