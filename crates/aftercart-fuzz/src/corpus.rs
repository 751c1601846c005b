//! Good documents to start from, and the words that a parser knows.

use crate::regressions::fixtures;

/// Words that open doors in more than one of our parsers.
const WORDS: &[&str] = &[
    "null",
    "true",
    "1e400",
    "-0",
    "1.0",
    "2147483648",
    "9223372036854775808",
    "\"",
    "\\u0000",
    "\\ud800",
    "\u{202e}",
    "\u{feff}",
    ",",
    ":",
    "{}",
    "[]",
    "https://",
    "http://localhost",
    "javascript:",
    "@",
    "/../",
    "%00",
    "\r\n",
];

/// What a run starts from: at least one document, and words to put into it.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    pub(crate) seeds: Vec<Vec<u8>>,
    pub(crate) words: Vec<String>,
}

impl Corpus {
    /// Documents written in the test itself.
    pub fn of(seeds: &[&str]) -> Self {
        let words = WORDS.iter().map(|word| (*word).to_owned()).collect();
        Self { seeds: seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect(), words }
    }

    /// Every file of a folder in `fixtures/` whose name starts with one of `prefixes`.
    ///
    /// Panics when there is none: a run without documents proves nothing.
    pub fn fixtures(folder: &str, prefixes: &[&str]) -> Self {
        let mut corpus = Self::of(&[]);
        let files = std::fs::read_dir(fixtures().join(folder)).into_iter().flatten().flatten();
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        // The order of a directory differs between machines, and a seed must mean the same on each.
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                corpus.seeds.extend(std::fs::read(&path));
            }
        }
        assert!(!corpus.seeds.is_empty(), "no document in fixtures/{folder} starts with one of {prefixes:?}");
        corpus
    }

    /// With more documents.
    #[must_use]
    pub fn and(mut self, seeds: &[&str]) -> Self {
        self.seeds.extend(seeds.iter().map(|seed| seed.as_bytes().to_vec()));
        self
    }

    /// With the words of this parser's own format.
    #[must_use]
    pub fn words(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }
}
