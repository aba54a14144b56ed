//! Query parameters, read as the reference registry reads them: unknown ones are ignored, only `true` (in any letter
//! case) is true, and a number that is none is a resource that does not exist.

use percent_encoding::percent_decode_str;
use schema::model::dek::DekAlgorithm;

use super::error::HttpError;
use crate::service::RegistryError;
use crate::store::{DeletedFilter, KeyFilter, Page};

/// The query parameters of a request, decoded, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn of(query: Option<&str>) -> Result<Self, HttpError> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        decoded.collect::<Result<_, HttpError>>().map(Self)
    }

    /// The first value of `name`.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name`, as its own text.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// All values of `name`.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether `name` is given at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// Whether `name` is true.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    fn integer(&self, name: &str) -> Result<Option<i32>, HttpError> {
        let Some(text) = self.text(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| RegistryError::NoSuchResource.into())
    }

    /// `offset` and `limit`. A limit out of range means `limit_max`.
    pub(super) fn page(&self, limit_max: u32) -> Result<Page, HttpError> {
        let offset = self.integer("offset")?.unwrap_or(0);
        let offset = u32::try_from(offset)
            .map_err(|_| HttpError::bad_request(format!("offset must not be negative, found {offset}")))?;
        let limit = self.integer("limit")?.and_then(|limit| u32::try_from(limit).ok());
        Ok(Page { offset, limit: limit.filter(|limit| (1..=limit_max).contains(limit)).unwrap_or(limit_max) })
    }

    /// `algorithm`: an unknown one is a resource that does not exist.
    pub(super) fn algorithm(&self) -> Result<DekAlgorithm, HttpError> {
        let Some(text) = self.text("algorithm") else { return Ok(DekAlgorithm::default()) };
        DekAlgorithm::parse(text).ok_or_else(|| RegistryError::NoSuchResource.into())
    }

    /// Which keys `deleted` asks for.
    pub(super) fn key_filter(&self) -> KeyFilter {
        if self.flag("deleted") { KeyFilter::All } else { KeyFilter::Live }
    }

    /// `deletedOnly` and `deleted`.
    pub(super) fn deleted_filter(&self) -> DeletedFilter {
        if self.flag("deletedOnly") {
            DeletedFilter::DeletedOnly
        } else if self.flag("deleted") {
            DeletedFilter::All
        } else {
            DeletedFilter::Live
        }
    }
}

fn decode(text: &str) -> Result<String, HttpError> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| HttpError::bad_request(format!("query parameter `{text}` is not UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::of(Some(query)).unwrap_or_default()
    }

    #[test]
    fn flags_are_true_in_any_letter_case_and_nothing_else() {
        assert!(params("deleted=TRUE").flag("deleted"));
        assert!(!params("deleted=yes").flag("deleted"));
        assert!(!params("deleted").flag("deleted"));
    }

    #[test]
    fn limits_out_of_range_mean_the_default() {
        for (query, offset, limit) in
            [("", 0, 10), ("limit=3", 0, 3), ("limit=11", 0, 10), ("limit=-1&offset=2", 2, 10)]
        {
            assert_eq!(params(query).page(10).ok(), Some(Page { offset, limit }), "{query}");
        }
        assert!(params("limit=x").page(10).is_err());
        assert!(params("offset=-1").page(10).is_err());
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(params("subjectPrefix=%3A.a%3A+b").text("subjectPrefix"), Some(":.a: b"));
        assert!(Params::of(Some("a=%ff")).is_err());
    }
}
