//! Days as text, by CLDR.

use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_locale_core::Locale;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The day of a moment as people of this locale write it, such as `January 16, 2026`.
///
/// The day is UTC's and the calendar Gregorian in every locale: Dodo bills by both. `None` when the
/// locale is not a language tag or ICU4X has no data for it: the browser's `Intl` then formats.
pub(crate) fn date_text(moment: Timestamp, locale: &str) -> Option<String> {
    let locale = Locale::try_from_str(locale).ok()?;
    let day = moment.to_zoned(TimeZone::UTC).date();
    let (month, number) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    let day = Date::try_new_gregorian(i32::from(day.year()), month, number).ok()?;
    let formatter =
        FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new((&locale).into(), YMD::long()).ok()?;
    Some(formatter.format(&day).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_people_write_it() {
        let moment: Timestamp = "2026-01-16T23:30:00Z".parse().unwrap();
        for (locale, expected) in [
            ("en", "January 16, 2026"),
            ("en-GB", "16 January 2026"),
            ("fr-CA", "16 janvier 2026"),
            ("de", "16. Januar 2026"),
            ("es", "16 de enero de 2026"),
            ("pt-BR", "16 de janeiro de 2026"),
            ("ja", "2026年1月16日"),
            ("ko", "2026년 1월 16일"),
            ("zh-CN", "2026年1月16日"),
            ("sv", "16 januari 2026"),
            ("ar-SA", "١٦ يناير ٢٠٢٦"),
        ] {
            assert_eq!(date_text(moment, locale).as_deref(), Some(expected), "{locale}");
        }
        assert_eq!(date_text(moment, "not a locale!"), None);
    }
}
