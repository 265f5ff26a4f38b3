//! Times and days: RFC 3339 in UTC with whole seconds, and calendar days.
//!
//! A [`Timestamp`] has exactly one text, `2026-11-23T07:00:00Z`; whatever else the standard or a
//! library would accept (offsets, fractions, lower case, leap seconds) is refused. A [`Day`] in a
//! policy is inclusive and lasts to its end in UTC.

use std::fmt;
use std::str::FromStr;

use crate::id::text_serde;

/// The text is no time of the one accepted form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time as YYYY-MM-DDThh:mm:ssZ")]
pub struct ParseTimestampError(String);

/// The text is no day of the form `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day as YYYY-MM-DD")]
pub struct ParseDayError(String);

/// A moment: whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many seconds after the epoch; `None` outside the years 0 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let time = jiff::Timestamp::from_second(seconds).ok()?;
        (0..=9999).contains(&civil(time).year()).then_some(Self(seconds))
    }

    /// Seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The calendar day in UTC.
    pub fn day(self) -> Day {
        jiff::Timestamp::from_second(self.0).map_or(Day(jiff::civil::Date::ZERO), |time| Day(civil(time).date()))
    }

    /// This moment moved by some seconds, kept within the representable range.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_seconds(self.0.saturating_add(seconds)).unwrap_or(self)
    }
}

fn civil(time: jiff::Timestamp) -> jiff::civil::DateTime {
    jiff::tz::Offset::UTC.to_datetime(time)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds_of_day = self.0.rem_euclid(86_400);
        let (hour, minute, second) = (seconds_of_day / 3600, seconds_of_day / 60 % 60, seconds_of_day % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let refused = || ParseTimestampError(text.chars().take(40).collect());
        let time: jiff::Timestamp = text.parse().map_err(|_| refused())?;
        let parsed = Self::from_seconds(time.as_second()).ok_or_else(refused)?;
        if parsed.to_string() == text { Ok(parsed) } else { Err(refused()) }
    }
}

text_serde!(Timestamp, "RFC 3339 time in UTC, whole seconds", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");

/// A calendar day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// The day of this date; `None` for a date that does not exist or lies before the year 0.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        (year >= 0).then_some(())?;
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// The day this many days later, or the last representable one.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// The first second of the day in UTC.
    pub fn start(self) -> Timestamp {
        let midnight = self.0.to_datetime(jiff::civil::Time::midnight());
        Timestamp(jiff::tz::Offset::UTC.to_timestamp(midnight).map_or(0, |time| time.as_second()))
    }

    /// The last second of the day in UTC.
    pub fn end(self) -> Timestamp {
        Timestamp(self.start().0 + 86_399)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let refused = || ParseDayError(text.chars().take(40).collect());
        let date: jiff::civil::Date = text.parse().map_err(|_| refused())?;
        let day = Self::new(date.year(), date.month(), date.day()).ok_or_else(refused)?;
        if day.to_string() == text { Ok(day) } else { Err(refused()) }
    }
}

text_serde!(Day, "calendar day", r"^\d{4}-\d\d-\d\d$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_one_text_of_a_moment() {
        for text in ["2026-11-23T07:00:00Z", "1969-12-31T23:59:59Z", "9999-12-30T00:00:00Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in [
            "2026-11-23 07:00Z",
            "2026-11-23T07:00:60Z",
            "2026-11-23T07:00:00Z[UTC]",
            "2026-11-23T07:00:00+00:00",
            "2026-11-23T07:00:00.5Z",
            "2026-11-23t07:00:00z",
            "20261123T070000Z",
            "-000001-11-23T07:00:00Z",
            "",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert!("2026-02-30".parse::<Day>().is_err());
        assert!("20260228".parse::<Day>().is_err());
    }

    #[test]
    fn a_day_lasts_to_its_end() {
        let day: Day = "2026-11-23".parse().unwrap();
        assert_eq!(day.end().to_string(), "2026-11-23T23:59:59Z");
        assert_eq!(day.end().day(), day);
        assert_eq!(day.plus_days(8).to_string(), "2026-12-01");
    }
}
