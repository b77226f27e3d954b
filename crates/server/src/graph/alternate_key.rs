//! Alternate keys in paths: `/v1.0/applications(appId='..')/addPassword` (`OData` 4.01, URL Conventions, section 4.3.2).
//!
//! The router matches whole segments, so before it sees a path every `name(key='value')` becomes two segments,
//! `name/key=value`. Features serve one route for both kinds of key and tell them apart by the `key=` in front.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use tower::Layer as _;
use tower::util::MapRequestLayer;

/// Where the API lives; other paths stay as they are.
const ROOTS: [&str; 3] = ["/v1.0/", "/beta/", "/vestibule/"];

/// Puts the rewriting in front of a router.
pub fn in_front_of(router: Router) -> Router {
    Router::new().fallback_service(MapRequestLayer::new(rewrite).layer(router))
}

fn rewrite(mut request: Request) -> Request {
    if let Some(uri) = rewritten(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// The address with every alternate key as a segment of its own; `None` if there is none to rewrite.
fn rewritten(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !ROOTS.iter().any(|root| path.starts_with(root)) || !path.contains('(') {
        return None;
    }
    let path: Vec<String> = path.split('/').map(plain).collect();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{}{query}", path.join("/"))).ok()?);
    Uri::from_parts(parts).ok()
}

/// A segment as the router knows it: `delta()` and `microsoft.graph.delta()` are `delta` (`OData` 4.01, URL Conventions,
/// section 4.5.5).
fn plain(segment: &str) -> String {
    if let Some(function) = segment.strip_suffix("()") {
        return function.strip_prefix("microsoft.graph.").unwrap_or(function).to_owned();
    }
    split_key(segment).unwrap_or_else(|| segment.to_owned())
}

/// `name(key='value')` as `name/key=value`. The quotes may be percent-encoded; a value with a quote in it is left alone.
fn split_key(segment: &str) -> Option<String> {
    let (name, rest) = segment.split_once('(')?;
    let (key, quoted) = rest.strip_suffix(')')?.split_once('=')?;
    let quoted = quoted.replace("%27", "'");
    let value = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_plain = !name.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !value.contains('\'');
    is_plain.then(|| format!("{name}/{key}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &'static str) -> Option<String> {
        rewritten(&Uri::from_static(text)).map(|uri| uri.to_string())
    }

    #[test]
    fn a_key_becomes_a_segment() {
        for text in
            ["/v1.0/applications(appId='a')/addPassword?x=1", "/v1.0/applications(appId=%27a%27)/addPassword?x=1"]
        {
            assert_eq!(path(text).as_deref(), Some("/v1.0/applications/appId=a/addPassword?x=1"));
        }
    }

    #[test]
    fn a_function_without_parameters_is_its_name() {
        for text in ["/v1.0/users/delta()?$select=id", "/v1.0/users/microsoft.graph.delta()?$select=id"] {
            assert_eq!(path(text).as_deref(), Some("/v1.0/users/delta?$select=id"));
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in ["/v1.0/users", "/contoso/sign-in(a='b')"] {
            assert_eq!(path(text), None, "{text}");
        }
        for text in ["/v1.0/applications(appId=a)", "/v1.0/applications(appId='a'b')", "/v1.0/(a='b')"] {
            assert_eq!(path(text).as_deref(), Some(text));
        }
    }
}
