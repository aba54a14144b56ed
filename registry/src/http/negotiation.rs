//! Content types: which bodies are read and in which type the answer goes out.
//!
//! Types and their server-side preference are those of the reference registry: the versioned type first, then the
//! unversioned one, then plain JSON.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::error::HttpError;

/// The type of an answer when the client has no wish.
pub(super) const PREFERRED: &str = "application/vnd.schemaregistry.v1+json";
const UNVERSIONED: &str = "application/vnd.schemaregistry+json";
const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";

/// Offered types with the server's preference in thousandths.
const OFFERED: [(&str, u32); 3] = [(PREFERRED, 1000), (UNVERSIONED, 900), (JSON, 500)];

/// Refuses bodies and wishes that cannot be met, and labels the answer. Runs only for routes and methods that exist.
pub(super) async fn negotiate(request: Request, next: Next) -> Response {
    let chosen = choose(request.headers());
    let response = if has_body(request.method()) && !is_readable(request.headers()) {
        HttpError::unsupported_media_type().into_response()
    } else if chosen.is_none() {
        // The reference registry leaves this answer without a type, since none would be accepted.
        let mut refusal = HttpError::not_acceptable().into_response();
        refusal.headers_mut().remove(CONTENT_TYPE);
        return refusal;
    } else {
        next.run(request).await
    };
    labelled(response, chosen.unwrap_or(PREFERRED))
}

fn labelled(mut response: Response, content_type: &'static str) -> Response {
    if response.status() != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn has_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT)
}

fn is_readable(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let Ok(text) = value.to_str() else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim();
    [PREFERRED, UNVERSIONED, JSON, OCTETS].iter().any(|known| essence.eq_ignore_ascii_case(known))
}

/// The best offered type that the client accepts; `None` when it accepts none of them.
pub(super) fn choose(headers: &HeaderMap) -> Option<&'static str> {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let wishes: Vec<_> =
        texts.flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty()).map(wish).collect();
    if wishes.is_empty() { Some(PREFERRED) } else { best(&wishes) }
}

fn best(wishes: &[(String, u32)]) -> Option<&'static str> {
    let mut best: Option<(&'static str, u32, u32)> = None;
    for (offered, preference) in OFFERED {
        let specificity = |range: &str| match range {
            "*/*" | "*" => Some(0),
            "application/*" => Some(1),
            exact if exact == offered => Some(2),
            _ => None,
        };
        let wanted =
            wishes.iter().filter_map(|(range, q)| Some((specificity(range)?, *q))).max_by_key(|(s, _)| *s);
        let Some((_, q)) = wanted.filter(|(_, q)| *q > 0) else { continue };
        if best.is_none_or(|(_, best_q, best_preference)| (q, preference) > (best_q, best_preference)) {
            best = Some((offered, q, preference));
        }
    }
    best.map(|(offered, ..)| offered)
}

/// A media range and its weight in thousandths.
fn wish(text: &str) -> (String, u32) {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.trim().parse::<f32>().ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 before")]
    let thousandths = (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as u32;
    (range, thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_type_wins() {
        for (accept, expected) in [
            (None, Some(PREFERRED)),
            (Some(""), Some(PREFERRED)),
            (Some("*/*"), Some(PREFERRED)),
            (Some("application/json"), Some(JSON)),
            (Some("application/vnd.schemaregistry+json"), Some(UNVERSIONED)),
            (Some("application/vnd.schemaregistry.v1+json; q=0.4, application/json; q=0.5"), Some(JSON)),
            (Some("application/json, */*;q=0"), Some(JSON)),
            (Some("application/*"), Some(PREFERRED)),
            (Some("text/html, */*;q=0.1"), Some(PREFERRED)),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(choose(&headers), expected, "{accept:?}");
        }
    }
}
