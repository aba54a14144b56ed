//! The addresses of a registry: which is asked first, and where a call goes when that one fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;

use super::error::RegistryError;
use super::secret::Secret;

/// One address.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without user, password and slash at the end.
    pub(crate) text: Arc<str>,
    /// User and password, if the URL held them.
    pub(crate) login: Option<(String, Secret)>,
}

impl BaseUrl {
    fn parse(text: &str) -> Result<Self, RegistryError> {
        // The text itself is not quoted: it may hold a password.
        let refused = |why: &str| {
            RegistryError::invalid(format!("a URL of the registry {why}, such as http://localhost:8081"))
        };
        let mut url =
            Url::parse(text).map_err(|_| refused("cannot be read; give one with scheme and host"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(refused("is not of HTTP; give one that starts with http:// or https://"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("has a query or a fragment; give one without"));
        }
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = (!url.username().is_empty() || url.password().is_some())
            .then(|| (decoded(url.username()), Secret::new(decoded(url.password().unwrap_or_default()))));
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| refused("cannot hold a user"))?;
        Ok(Self { text: Arc::from(url.as_str().trim_end_matches('/')), login })
    }
}

/// The addresses in their order, and where calls start.
#[derive(Debug)]
pub(crate) struct UrlList {
    urls: Vec<BaseUrl>,
    first: AtomicUsize,
}

impl UrlList {
    /// Reads addresses; each text may be several, parted by commas.
    pub(crate) fn parse(texts: &[String]) -> Result<Self, RegistryError> {
        let texts =
            texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty());
        let urls = texts.map(BaseUrl::parse).collect::<Result<Vec<_>, _>>()?;
        if urls.is_empty() {
            return Err(RegistryError::invalid("the client has no URL; give that of the registry"));
        }
        Ok(Self { urls, first: AtomicUsize::new(0) })
    }

    /// Starts at any of them, so that many clients spread over all.
    pub(crate) fn shuffle(&self) {
        self.first.store(fastrand::usize(..self.urls.len()), Ordering::Relaxed);
    }

    /// Every address once, with its position.
    pub(crate) fn once_around(&self) -> impl Iterator<Item = (usize, &BaseUrl)> {
        let first = self.first.load(Ordering::Relaxed);
        self.urls.iter().enumerate().cycle().skip(first).take(self.urls.len())
    }

    /// Lets later calls start behind the address at `position`, unless they do so already.
    pub(crate) fn rotate_away(&self, position: usize) {
        let next = (position + 1) % self.urls.len();
        let exchanged = self.first.compare_exchange(position, next, Ordering::Relaxed, Ordering::Relaxed);
        if exchanged.is_ok() && next != position {
            let (left, taken) = (self.urls.get(position), self.urls.get(next));
            tracing::warn!(left = ?left.map(|url| &url.text), taken = ?taken.map(|url| &url.text), "another registry is asked");
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &BaseUrl> {
        self.urls.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_and_their_passwords_taken_out() {
        let list = UrlList::parse(&["http://u%40:hid%3Aden@a:8081/, https://b/prefix/".to_owned()]).unwrap();
        let texts: Vec<_> = list.iter().map(|url| url.text.to_string()).collect();
        assert_eq!(texts, ["http://a:8081", "https://b/prefix"]);
        let (user, password) = list.urls[0].login.clone().unwrap();
        assert_eq!((user.as_str(), password.reveal()), ("u@", "hid:den"));
        assert!(!format!("{list:?}").contains("den"));
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_quoted() {
        for text in [
            "",
            "localhost:8081",
            "ftp://u:hidden@a",
            "http://",
            "http://u:hidden@a/?q",
            "http://u:hidden@[a",
        ] {
            let error = UrlList::parse(&[text.to_owned()]).unwrap_err().to_string();
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn many_failures_of_one_address_rotate_once() {
        let list = UrlList::parse(&["http://a,http://b,http://c".to_owned()]).unwrap();
        list.rotate_away(0);
        list.rotate_away(0);
        let order: Vec<_> = list.once_around().map(|(position, _)| position).collect();
        assert_eq!(order, [1, 2, 0]);
    }
}
