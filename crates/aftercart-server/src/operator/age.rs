//! Spans of time in words.

use jiff::Timestamp;

/// How long ago `then` was, such as `2 h 5 min`: two units at most, whole, rounded down. What is still to come
/// is `0 s` ago.
pub(super) fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..86_400 => format!("{hours} h {} min", minutes % 60),
        86_400..172_800 => format!("1 day {} h", hours % 24),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_two_units_at_most_and_never_runs_backwards() {
        let start = Timestamp::UNIX_EPOCH;
        let told = |seconds| age(start, Timestamp::from_second(seconds).unwrap());
        let ages = [0, 59, 60, 3599, 7_500, 100_000, 400_000].map(told);
        assert_eq!(ages, ["0 s", "59 s", "1 min", "59 min", "2 h 5 min", "1 day 3 h", "4 days"]);
        assert_eq!(age(Timestamp::from_second(9).unwrap(), start), "0 s");
    }
}
