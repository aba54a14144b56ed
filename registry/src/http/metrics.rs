//! The page that Prometheus reads.

use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;

use crate::telemetry::Metrics;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All figures as text. The store's figures are those last given to [`Metrics::store`].
#[must_use]
pub fn page(metrics: &Metrics) -> Response {
    ([(CONTENT_TYPE, OPEN_METRICS)], metrics.encode()).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::telemetry::BuildInfo;

    #[tokio::test]
    async fn the_page_names_its_format() {
        let response = page(&Metrics::new(BuildInfo::CURRENT, &[]));
        assert_eq!(response.headers()[CONTENT_TYPE], OPEN_METRICS);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"# HELP ") && body.ends_with(b"# EOF\n"));
    }
}
