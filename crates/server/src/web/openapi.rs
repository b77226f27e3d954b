//! The document that describes every call of the API (`OpenAPI` 3.1). It is written from the sources by `cargo xtask openapi` and
//! holds nothing of any organisation, so that it is everybody's to read.

use super::{Routes, assets};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

const DOCUMENT: &str = include_str!("openapi.json");

static TAG: LazyLock<HeaderValue> = LazyLock::new(|| assets::tag(DOCUMENT.as_bytes()));

/// Serves the document.
pub fn routes() -> Routes {
    Routes::new().route("/openapi.json", get(show))
}

/// Scripts of any origin may read it: it is the same for everybody, and nobody is known by it.
async fn show(request: HeaderMap) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, TAG.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    if request.get(header::IF_NONE_MATCH) == Some(&*TAG) {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, DOCUMENT).into_response()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::on_both_engines;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};

    #[tokio::test]
    async fn the_document_is_everybodys_and_not_sent_twice() {
        on_both_engines(async |server| {
            let first = server.get("/openapi.json").await;
            assert_eq!(first.status, StatusCode::OK);
            assert_eq!(first.header("content-type"), "application/json");
            assert_eq!(first.header("access-control-allow-origin"), "*");
            let document = first.json();
            assert_eq!(document["openapi"], "3.1.0");
            assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
            assert!(document["paths"]["/v1.0/users/{user}"]["get"].is_object());
            let again = Request::get("/openapi.json").header("if-none-match", first.header("etag"));
            let again = server.send(again.body(Body::empty()).expect("a request")).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        })
        .await;
    }
}
