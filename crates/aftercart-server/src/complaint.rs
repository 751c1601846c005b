//! Something wrong in a file or variable that a person wrote: where, what, and what to do.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One mistake. Shown as `file:line: sentence`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    place: Place,
    /// What is wrong and what to do, as one sentence or two.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Line { file: PathBuf, line: usize },
    File(PathBuf),
    Variable(&'static str),
}

impl Complaint {
    /// About a whole file, such as one that cannot be read.
    pub(crate) fn file(file: &Path, message: impl Into<String>) -> Self {
        Self { place: Place::File(file.to_owned()), message: message.into() }
    }

    /// About an environment variable. The message never repeats its value.
    pub(crate) fn variable(name: &'static str, message: impl Into<String>) -> Self {
        Self { place: Place::Variable(name), message: message.into() }
    }

    /// The line it is on, counted from 1, if it is on one.
    pub fn line(&self) -> Option<usize> {
        match self.place {
            Place::Line { line, .. } => Some(line),
            _ => None,
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Line { file, line } => write!(f, "{}:{line}: {}", file.display(), self.message),
            Place::File(file) => write!(f, "{}: {}", file.display(), self.message),
            Place::Variable(name) => write!(f, "{name}: {}", self.message),
        }
    }
}

/// So many mistakes are told at once. Nobody reads more, and each costs a look through the file.
const MOST: usize = 100;

/// A TOML file that is being checked: turns byte spans into lines and collects every mistake.
pub(crate) struct Checked<'a> {
    file: &'a Path,
    text: &'a str,
    pub(crate) complaints: Vec<Complaint>,
}

impl<'a> Checked<'a> {
    pub(crate) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, complaints: Vec::new() }
    }

    /// Notes a mistake at a span of the text, up to a hundred of them.
    pub(crate) fn note(&mut self, span: &Range<usize>, message: impl Into<String>) {
        if self.complaints.len() >= MOST {
            return;
        }
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        self.complaints.push(Complaint {
            place: Place::Line { file: self.file.to_owned(), line },
            message: message.into(),
        });
    }

    /// Notes what the TOML reader refused: bad syntax, a wrong type, an unknown or missing key.
    pub(crate) fn note_toml(&mut self, error: &toml::de::Error) {
        self.note(&error.span().unwrap_or(0..0), error.message().trim().replace('\n', "; "));
    }

    /// Keeps the value, or notes why it is none.
    pub(crate) fn keep<T, E: fmt::Display>(
        &mut self,
        span: &Range<usize>,
        name: &str,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.note(span, format!("{name}: {error}"))).ok()
    }
}
