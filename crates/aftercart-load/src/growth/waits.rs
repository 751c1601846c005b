//! How long requests took.

use std::time::Duration;

/// The answers of one measurement.
pub(crate) struct Waits {
    sorted: Vec<Duration>,
    took: Duration,
    server_cpu: Duration,
}

impl Waits {
    /// From each answer's time, the time of all together, and the processor time that the server used.
    pub(crate) fn new(mut waits: Vec<Duration>, took: Duration, server_cpu: Duration) -> Self {
        waits.sort_unstable();
        Self { sorted: waits, took, server_cpu }
    }

    /// So many of a hundred answers came within this time.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = (self.sorted.len() * percent).div_ceil(100).saturating_sub(1);
        self.sorted.get(at).copied().unwrap_or_default()
    }

    /// Answers a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    /// The server's own processor time for one answer, microseconds.
    pub(crate) fn server_micros(&self) -> f64 {
        self.server_cpu.as_secs_f64() * 1e6 / self.count()
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.sorted.len()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundredth_of_a_hundred_is_the_slowest() {
        let waits = (1..=100).rev().map(Duration::from_millis).collect();
        let waits = Waits::new(waits, Duration::from_secs(2), Duration::from_millis(1));
        let ms = |percent| waits.percentile(percent).as_millis();
        assert_eq!((ms(50), ms(99), ms(100)), (50, 99, 100));
        assert!((waits.per_second() - 50.0).abs() < 1e-9 && (waits.server_micros() - 10.0).abs() < 1e-9);
    }
}
