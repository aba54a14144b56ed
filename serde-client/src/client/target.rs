//! Path and query of a request, encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::RegistryError;

/// What is encoded in a segment of a path: all but the unreserved characters and the colon of qualified subjects, which
/// every client leaves as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// A path with its query.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    path: String,
    query: String,
    fault: Option<String>,
}

impl Target {
    /// Starts with a fixed path.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), query: String::new(), fault: None }
    }

    /// Adds a segment that a caller gave. What a URL cannot carry is an error when the request is made.
    pub(crate) fn segment(mut self, text: &str) -> Self {
        // A URL with such a segment means another path, however it is encoded.
        if matches!(text, "" | "." | "..") {
            self.fault = Some(format!("`{text}` cannot stand in the path of a request; give another name"));
        }
        self.path.push('/');
        self.path.extend(utf8_percent_encode(text, SEGMENT));
        self
    }

    /// Adds a fixed path behind a segment.
    pub(crate) fn then(mut self, path: &str) -> Self {
        self.path.push_str(path);
        self
    }

    /// Adds a parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(name);
        self.query.push('=');
        self.query.extend(utf8_percent_encode(value, SEGMENT));
        self
    }

    /// Adds a parameter if it has a value.
    pub(crate) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a parameter for each value.
    pub(crate) fn each(self, name: &str, values: &[String]) -> Self {
        values.iter().fold(self, |target, value| target.query(name, value))
    }

    /// Adds a switch if it is on.
    pub(crate) fn flag(self, name: &str, on: bool) -> Self {
        if on { self.query(name, "true") } else { self }
    }

    /// The text.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] when a segment cannot be carried.
    pub(crate) fn text(self) -> Result<String, RegistryError> {
        match self.fault {
            Some(fault) => Err(RegistryError::invalid(fault)),
            None => Ok(self.path + &self.query),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_values_are_encoded() {
        let target = Target::new("/subjects").segment(":.eu:a/b ü?%").then("/versions");
        let target = target.query("format", "a&b").flag("deleted", true).flag("normalize", false);
        assert_eq!(
            target.text().unwrap(),
            "/subjects/:.eu:a%2Fb%20%C3%BC%3F%25/versions?format=a%26b&deleted=true"
        );
    }

    #[test]
    fn what_a_url_cannot_carry_is_refused() {
        for text in ["", ".", ".."] {
            assert!(Target::new("/subjects").segment(text).text().is_err(), "{text}");
        }
        assert!(Target::new("/subjects").segment("...").text().is_ok());
    }
}
