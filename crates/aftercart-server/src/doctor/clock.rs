//! Whether our clock agrees with others'.
//!
//! Webhooks are refused when they are more than five minutes off, and prices hold for minutes.

use super::probe::Answer;
use super::report::Check;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

const WARN: SignedDuration = SignedDuration::from_secs(5);
const FAIL: SignedDuration = SignedDuration::from_mins(1);

/// Compares our clock with the `Date` of both answers.
pub(super) fn examine(dodo: Option<&Answer>, public: Option<&Answer>) -> [Check; 2] {
    let check = |name, whose, answer: Option<&Answer>| match answer {
        None => Check::skip(name, "there is no answer to compare with"),
        Some(answer) => judge(name, whose, answer.header("date"), answer.asked_at),
    };
    [check("clock.dodo", "Dodo's", dodo), check("clock.public", "our public address's", public)]
}

fn judge(name: &'static str, whose: &str, date: Option<&str>, ours: Timestamp) -> Check {
    let Some(theirs) = date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok()) else {
        return Check::skip(name, "the answer carries no date");
    };
    // `Date` has no fraction: half a second is the best guess.
    let off = ours.duration_since(theirs) - SignedDuration::from_millis(500);
    let seconds = off.abs().as_secs();
    let direction = if off.is_negative() { "behind" } else { "ahead of" };
    let seen = format!("{seconds} s {direction} {whose} clock");
    let advice = "set this machine's clock by NTP (`timedatectl set-ntp true`)";
    if off.abs() > FAIL {
        Check::fail(name, seen, advice)
    } else if off.abs() > WARN {
        Check::warn(name, seen, advice)
    } else {
        Check::ok(name, format!("within {} s of {whose} clock", seconds + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn seconds_are_fine_more_is_a_warning_and_a_minute_a_failure() {
        let date = "Fri, 16 Jan 2026 10:00:00 GMT";
        for (ours, verdict, words) in [
            ("2026-01-16T10:00:01Z", Verdict::Ok, "within"),
            ("2026-01-16T09:59:58Z", Verdict::Ok, "within"),
            ("2026-01-16T10:00:20Z", Verdict::Warn, "19 s ahead of"),
            ("2026-01-16T09:58:00Z", Verdict::Fail, "120 s behind"),
            ("2026-01-16T10:02:00Z", Verdict::Fail, "119 s ahead of"),
        ] {
            let check = judge("clock.dodo", "Dodo's", Some(date), ours.parse().unwrap());
            assert_eq!(check.verdict, verdict, "{check}");
            assert!(check.seen.starts_with(words), "{check}");
        }
    }

    #[test]
    fn an_answer_without_a_readable_date_is_not_judged() {
        for date in [None, Some("yesterday")] {
            assert_eq!(judge("clock.dodo", "Dodo's", date, Timestamp::now()).verdict, Verdict::Skip);
        }
    }
}
