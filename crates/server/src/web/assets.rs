//! The files a browser fetches beside a page: embedded in the program, named by the hash of their content, and
//! therefore kept for ever. Everything comes from our own origin.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// One embedded file under an address that changes whenever its content does.
struct Asset {
    path: String,
    tag: HeaderValue,
    kind: HeaderValue,
    content: Cow<'static, str>,
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, content: impl Into<Cow<'static, str>>) -> Self {
        let content = content.into();
        let hash = short_hash(content.as_bytes());
        Self {
            path: format!("/assets/{stem}.{hash}.{extension}"),
            tag: tag(content.as_bytes()),
            kind: HeaderValue::from_static(kind),
            content,
        }
    }

    fn answer(&'static self, request: &HeaderMap) -> Response {
        let known = request.get(header::IF_NONE_MATCH) == Some(&self.tag);
        let headers = [
            (header::CONTENT_TYPE, self.kind.clone()),
            (header::ETAG, self.tag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        if known {
            (StatusCode::NOT_MODIFIED, headers).into_response()
        } else {
            (headers, &*self.content).into_response()
        }
    }
}

/// The stylesheet: a file for each of its layers, in their order.
pub(super) const STYLESHEET: &str = concat!(
    include_str!("assets/style/tokens.css"),
    include_str!("assets/style/base.css"),
    include_str!("assets/style/parts.css"),
    include_str!("assets/style/outside.css"),
    include_str!("assets/style/inside.css"),
    include_str!("assets/style/modes.css"),
);

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", lean(STYLESHEET)));
static COPY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("copy", "js", "text/javascript; charset=utf-8", include_str!("assets/copy.js")));
static FORM_POST: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("form-post", "js", "text/javascript; charset=utf-8", include_str!("assets/form-post.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("favicon", "svg", "image/svg+xml", include_str!("assets/favicon.svg")));

/// The address of the stylesheet of every page.
///
/// An organisation's branding will be a second, tiny stylesheet beside it that sets `--brand-h` and `--brand-c`;
/// the layouts have the block `branding` for its link.
pub fn style_path() -> &'static str {
    &STYLE.path
}

/// The address of the script behind "Copy" buttons, which stay hidden without it.
pub fn copy_path() -> &'static str {
    &COPY.path
}

/// The address of the script that submits the page of `response_mode=form_post` by itself.
pub fn form_post_path() -> &'static str {
    &FORM_POST.path
}

/// The address of the icon in the browser's tab.
pub fn icon_path() -> &'static str {
    &ICON.path
}

/// Serves every embedded file.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&STYLE, &COPY, &FORM_POST, &ICON].into_iter().fold(Router::new(), |router, asset| {
        router.route(&asset.path, get(move |headers: HeaderMap| async move { asset.answer(&headers) }))
    })
}

/// A stylesheet without what only its readers need: comments, indentation, and the spaces that no rule needs. It says the same in
/// fewer bytes, because every page carries it. No text within quotation marks of ours holds what is taken out.
fn lean(style: &str) -> String {
    let mut rules = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, comment)) = rest.split_once("/*") {
        rules.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    rules.push_str(rest);
    let lines: Vec<&str> = rules.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let spaces =
        [("; ", ";"), (" { ", "{"), (" {", "{"), (" }", "}"), (": ", ":"), (", ", ","), ("{\n", "{"), (";\n", ";")];
    spaces.iter().fold(lines.join("\n"), |text, (long, short)| text.replace(*long, short))
}

/// The entity tag of a file.
pub fn tag(content: &[u8]) -> HeaderValue {
    // Hexadecimal digits in quotes are always a header value.
    HeaderValue::from_str(&format!("\"{}\"", short_hash(content))).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The first 64 bits of SHA-256 in hexadecimal: enough to tell versions apart, no protection against forgery.
fn short_hash(content: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
    let first = digest.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    format!("{first:016x}")
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn a_lean_stylesheet_says_the_same() {
        let style = "/* Why. */\n@layer a, b {\n  a:hover, .b > c { color: red; /* x */ margin: 0 auto; }\n}\n";
        assert_eq!(lean(style), "@layer a,b{a:hover,.b > c{color:red; margin:0 auto;}\n}");
        let (whole, lean) = (STYLESHEET, lean(STYLESHEET));
        let rules = |text: &str| [text.matches('{').count(), text.matches('}').count(), text.matches(';').count()];
        let comments = whole.matches("/*").count();
        assert!(comments > 0 && !lean.contains("/*"), "{comments}");
        assert_eq!(rules(&lean)[..2], rules(whole)[..2], "no comment of ours holds a rule");
        assert!(lean.len() + 2_000 < whole.len(), "{} of {}", lean.len(), whole.len());
    }

    async fn fetch(path: &str, known: Option<HeaderValue>) -> Response {
        let mut request = Request::builder().uri(path);
        if let Some(tag) = known {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).expect("a plain request");
        routes::<()>().with_state(()).oneshot(request).await.expect("the router answers")
    }

    #[tokio::test]
    async fn the_stylesheet_is_kept_for_ever_and_not_sent_twice() {
        let first = fetch(style_path(), None).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let tag = first.headers()[header::ETAG].clone();
        assert_eq!(fetch(style_path(), Some(tag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(fetch("/assets/style.0000000000000000.css", None).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn an_address_carries_sixteen_digits_of_the_hash() {
        let digits = style_path().strip_prefix("/assets/style.").and_then(|rest| rest.strip_suffix(".css"));
        assert!(digits.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit())));
    }
}
