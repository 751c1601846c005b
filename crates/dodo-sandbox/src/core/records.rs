//! Records that are found by their id and listed in the order of creation, however many there are.

use indexmap::IndexMap;
use indexmap::map::{IntoValues, Values, ValuesMut};

/// What has an id of its own.
pub trait Record {
    /// For example `pay_…`.
    fn id(&self) -> &str;
}

/// Records of one kind.
#[derive(Clone, Debug)]
pub struct Records<T>(IndexMap<String, T>);

impl<T: Record> Records<T> {
    /// As the newest; one of the same id goes.
    pub fn push(&mut self, record: T) {
        self.0.shift_remove(record.id());
        self.0.insert(record.id().to_owned(), record);
    }

    /// The one of this id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.0.get(id)
    }

    /// The one of this id, to be changed; its id stays.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.get_mut(id)
    }

    /// Oldest first.
    pub fn iter(&self) -> Values<'_, String, T> {
        self.0.values()
    }

    /// Oldest first, to be changed; ids stay.
    pub fn iter_mut(&mut self) -> ValuesMut<'_, String, T> {
        self.0.values_mut()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: Record> Extend<T> for Records<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, records: I) {
        records.into_iter().for_each(|record| self.push(record));
    }
}

impl<T: Record> IntoIterator for Records<T> {
    type Item = T;
    type IntoIter = IntoValues<String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}

impl<'r, T: Record> IntoIterator for &'r Records<T> {
    type Item = &'r T;
    type IntoIter = Values<'r, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'r, T: Record> IntoIterator for &'r mut Records<T> {
    type Item = &'r mut T;
    type IntoIter = ValuesMut<'r, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Record for (&'static str, u32) {
        fn id(&self) -> &str {
            self.0
        }
    }

    #[test]
    fn a_record_is_found_by_its_id_and_listed_where_it_was_written_last() {
        let mut records = Records::default();
        records.extend([("a", 1), ("b", 2), ("c", 3)]);
        records.push(("a", 4));
        assert_eq!(records.iter().map(|record| record.1).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!((records.get("a"), records.get("d")), (Some(&("a", 4)), None));
        assert_eq!(records.len(), 3);
    }
}
