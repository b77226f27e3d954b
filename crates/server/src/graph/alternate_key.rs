//! Keys in parentheses: `/v1.0/applications(appId='..')/addPassword`, `/v1.0/users('..')` (`OData` 4.01, URL Conventions, sections
//! 4.3.1 and 4.3.2).
//!
//! The router matches whole segments, so before it sees a path every `name(key='value')` becomes two segments,
//! `name/key=value`. Features serve one route for both kinds of key and tell them apart by the `key=` in front.
//!
//! Names of types and functions are written out too: `graph` is the alias of Graph's namespace (`OData` CSDL XML 4.01,
//! section 5.2), and the SDKs say `members/graph.user`.
//!
//! A slash at the end says nothing: Graph's own examples have `/users/{id}/?$expand=manager` and `/users/?$select=id`.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use tower::Layer as _;
use tower::util::MapRequestLayer;

/// Where the API lives; other paths stay as they are.
const ROOTS: [&str; 3] = ["/v1.0/", "/beta/", "/vestibule/"];

/// The namespace of types and functions, and its alias.
const NAMESPACE: &str = "microsoft.graph.";
const ALIAS: &str = "graph.";

/// Names in its keys may look like names of types: `domains/graph.group`.
const DOMAINS: &str = "domains";

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

/// The address with every key as a segment of its own and no slash at its end; `None` if there is nothing to rewrite.
pub fn rewritten(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !ROOTS.iter().any(|root| path.len() > root.len() && path.starts_with(root)) {
        return None;
    }
    let bare = path.strip_suffix('/');
    if bare.is_none() && !path.contains('(') && !path.contains("/graph.") {
        return None;
    }
    let mut before = "";
    let plain = |segment| plain(std::mem::replace(&mut before, segment), segment);
    let path: Vec<String> = bare.unwrap_or(path).split('/').map(plain).collect();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{}{query}", path.join("/"))).ok()?);
    Uri::from_parts(parts).ok()
}

/// A segment as the router knows it: `delta()` and `microsoft.graph.delta()` are `delta` (`OData` 4.01, URL Conventions,
/// section 4.5.5), `graph.user` is `microsoft.graph.user`.
fn plain(before: &str, segment: &str) -> String {
    if let Some(function) = segment.strip_suffix("()") {
        let name = function.strip_prefix(NAMESPACE).or_else(|| function.strip_prefix(ALIAS));
        return name.unwrap_or(function).to_owned();
    }
    match segment.strip_prefix(ALIAS) {
        Some(name) if before != DOMAINS && name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            format!("{NAMESPACE}{name}")
        }
        _ => split_key(segment).unwrap_or_else(|| segment.to_owned()),
    }
}

/// `name(key='value')` as `name/key=value`, `name('value')` as `name/value`. The quotes may be percent-encoded; one inside of the
/// value stands there twice (`users('o''neil@contoso.example')`), and an address with a single one is left alone.
fn split_key(segment: &str) -> Option<String> {
    let (name, rest) = segment.split_once('(')?;
    let inner = rest.strip_suffix(')')?.replace("%27", "'");
    let (key, quoted) = match inner.split_once('=') {
        Some((key, quoted)) if !inner.starts_with('\'') => (Some(key), quoted),
        _ => (None, inner.as_str()),
    };
    let value = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_word = |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_broken = value.split("''").any(|part| part.contains('\''));
    if name.is_empty() || value.is_empty() || is_broken || !key.is_none_or(is_word) {
        return None;
    }
    let value = value.replace("''", "'");
    Some(match key {
        Some(key) => format!("{name}/{key}={value}"),
        None => format!("{name}/{value}"),
    })
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
    fn so_does_the_key_of_an_object() {
        for text in ["/v1.0/users('a=b@c.example')/memberOf", "/v1.0/users(%27a=b@c.example%27)/memberOf"] {
            assert_eq!(path(text).as_deref(), Some("/v1.0/users/a=b@c.example/memberOf"));
        }
    }

    #[test]
    fn a_quote_in_a_value_stands_there_twice() {
        for text in ["/v1.0/users('o''neil@c.example')", "/v1.0/users(%27o%27%27neil@c.example%27)"] {
            assert_eq!(path(text).as_deref(), Some("/v1.0/users/o'neil@c.example"));
        }
        assert_eq!(path("/v1.0/groups(uniqueName='a''''b')").as_deref(), Some("/v1.0/groups/uniqueName=a''b"));
        assert_eq!(path("/v1.0/users('a'''b')").as_deref(), Some("/v1.0/users('a'''b')"));
    }

    #[test]
    fn a_function_without_parameters_is_its_name() {
        for name in ["delta", "microsoft.graph.delta", "graph.delta"] {
            let address: Uri = format!("/v1.0/users/{name}()?$select=id").parse().expect("an address");
            assert_eq!(rewritten(&address).expect("another").to_string(), "/v1.0/users/delta?$select=id");
        }
    }

    #[test]
    fn the_alias_of_the_namespace_is_written_out() {
        let whole = path("/v1.0/groups/x/members/graph.user/$count");
        assert_eq!(whole.as_deref(), Some("/v1.0/groups/x/members/microsoft.graph.user/$count"));
        let whole = path("/v1.0/directory/deletedItems/graph.servicePrincipal?$top=5");
        assert_eq!(whole.as_deref(), Some("/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal?$top=5"));
        for key in ["/v1.0/domains/graph.group/verify", "/v1.0/users/graph.team@contoso.example"] {
            assert_eq!(path(key).as_deref(), Some(key));
        }
        assert_eq!(path("/contoso/graph.user"), None);
    }

    #[test]
    fn a_slash_at_the_end_says_nothing() {
        for (text, meant) in [
            ("/v1.0/users/", "/v1.0/users"),
            ("/v1.0/users/a/?$expand=manager", "/v1.0/users/a?$expand=manager"),
            ("/v1.0/users/$count/?$filter=x", "/v1.0/users/$count?$filter=x"),
            ("/v1.0/users('a')/", "/v1.0/users/a"),
        ] {
            assert_eq!(path(text).as_deref(), Some(meant), "{text}");
        }
        // Only one, and of the API alone.
        assert_eq!(path("/v1.0/users//").as_deref(), Some("/v1.0/users/"));
        for text in ["/v1.0/", "/contoso/sign-in/"] {
            assert_eq!(path(text), None, "{text}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in ["/v1.0/users", "/contoso/sign-in(a='b')"] {
            assert_eq!(path(text), None, "{text}");
        }
        for text in
            ["/v1.0/applications(appId=a)", "/v1.0/applications(appId='a'b')", "/v1.0/(a='b')", "/v1.0/users('')"]
        {
            assert_eq!(path(text).as_deref(), Some(text));
        }
    }
}
