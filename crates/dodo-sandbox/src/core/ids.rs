//! Names for new records, from a source that can be seeded.

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH: usize = 21;

/// Makes ids such as `pay_` and 21 characters. The same seed gives the same ids in the same order.
#[derive(Debug)]
pub(crate) struct Ids {
    source: fastrand::Rng,
}

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { source: fastrand::Rng::with_seed(seed) }
    }

    /// `prefix`, an underscore, and 21 letters or digits.
    pub(crate) fn next(&mut self, prefix: &str) -> String {
        let mut id = String::with_capacity(prefix.len() + 1 + LENGTH);
        id.push_str(prefix);
        id.push('_');
        for _ in 0..LENGTH {
            let index = self.source.usize(..ALPHABET.len());
            id.push(ALPHABET.get(index).map_or('0', |byte| char::from(*byte)));
        }
        id
    }

    /// A whole number below `limit`, for shuffled deliveries; 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.source.u64(..limit) }
    }
}
