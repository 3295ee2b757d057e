//! Instants as people read them, in UTC and saying so; machine-readable beside the words, so that the
//! script may show the reader's own zone. Must not know: whose instant it is.

use crate::domain::time::UnixMillis;
use crate::http::pages::language::{Language, Put};
use chrono::{DateTime, Utc};
use fluent_bundle::FluentValue;

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

/// A `<time>` element. All of it is made here from numbers, so nothing is left to escape.
impl Put for Moment {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        let (name, pattern) = match self.form {
            Form::Full => ("moment", "moment-full"),
            Form::Clock => ("clock", "moment-clock"),
            Form::Date => ("date", "moment-date"),
        };
        let (machine, words) = (self.at.format("%Y-%m-%dT%H:%M:%SZ"), language.instant(pattern, self.at));
        format!(r#"<time datetime="{machine}" data-form="{name}">{words}</time>"#).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::view::Frame;

    #[test]
    fn an_instant_reads_well_and_names_its_zone() {
        let at = UnixMillis(1_795_857_240_000);
        let words = |moment: Moment| Frame::default().show(moment).to_string();
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
}
