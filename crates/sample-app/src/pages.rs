//! The pages, written as text. Whatever comes from outside goes through [`escape`].

use std::fmt::Write as _;

use axum::http::HeaderValue;
use serde_json::Value;
use url::Url;

use crate::claims::{self, Claims, Standing};
use crate::routes::SIGN_OUT;

const STYLE: &str = include_str!("style.css");

/// Whose page it is.
pub(crate) struct Page<'a> {
    pub(crate) app: &'a str,
    pub(crate) organisation: &'a str,
}

/// Why a sign-in failed: a sentence of ours, and the provider's own code and words.
#[derive(Default)]
pub(crate) struct Problem<'a> {
    pub(crate) detail: &'a str,
    pub(crate) code: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
}

/// Makes text safe between tags and inside a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Allows our own style, icon and form, and the form's onward way to the provider's sign-out:
/// browsers hold `form-action` against redirects too.
pub(crate) fn content_security_policy(issuer: &Url) -> HeaderValue {
    let provider = issuer.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {provider}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}

/// The stylesheet, in a hue of the application's own, so that two of them can be told apart.
pub(crate) fn stylesheet(app: &str) -> String {
    format!(":root {{ --hue: {}; }}\n{STYLE}", hue(app))
}

/// The application's sign: its first letter on a disc.
pub(crate) fn icon(app: &str) -> String {
    let letter: String = app.chars().take(1).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><circle cx=\"16\" cy=\"16\" r=\"16\" \
         fill=\"oklch(.43 .09 {})\"/><text x=\"16\" y=\"22\" text-anchor=\"middle\" font-family=\"sans-serif\" \
         font-size=\"18\" font-weight=\"600\" fill=\"#fff\">{}</text></svg>",
        hue(app),
        escape(&letter)
    )
}

fn hue(app: &str) -> u32 {
    app.chars().fold(0, |hue, character| (hue * 31 + u32::from(character)) % 360)
}

/// Who is signed in, and everything the token says.
pub(crate) fn person(page: &Page<'_>, claims: &Claims, issuer: &str) -> String {
    let name = escape(claims::name(claims));
    let main = format!(
        "<p class=\"over\">You are signed in</p>\n<h1>Hello, <bdi>{name}</bdi></h1>\n{facts}\n\
         <form method=\"post\" action=\"{SIGN_OUT}\"><button>Sign out</button></form>\n{table}\n\
         <p class=\"soft\">Verified against the keys of <code>{issuer}</code>.</p>",
        facts = facts(page, claims),
        table = claims_table(claims),
        issuer = escape(issuer),
    );
    document(page, "person", "Signed in", &main)
}

/// The page after signing out.
pub(crate) fn signed_out(page: &Page<'_>) -> String {
    let main = format!(
        "<h1>You are signed out</h1>\n<p>Your session in {} has ended.</p>\n\
         <p><a class=\"button\" href=\"/\">Sign in again</a></p>",
        escape(page.app)
    );
    document(page, "signed_out", "Signed out", &main)
}

/// A sign-in that failed, with the way to another try.
pub(crate) fn problem(page: &Page<'_>, problem: &Problem<'_>) -> String {
    let mut main = format!("<h1>Sign-in did not work</h1>\n<p>{}</p>\n", escape(problem.detail));
    if problem.code.is_some() || problem.description.is_some() {
        main.push_str("<dl class=\"facts\">\n");
        main.push_str(&optional_fact("Error", problem.code));
        main.push_str(&optional_fact("Explanation", problem.description));
        main.push_str("</dl>\n");
    }
    main.push_str("<p><a class=\"button\" href=\"/\">Try again</a></p>");
    document(page, "problem", "Sign-in did not work", &main)
}

/// The page for an address there is nothing at.
pub(crate) fn not_found(page: &Page<'_>) -> String {
    let main = "<h1>Nothing here</h1>\n<p>There is no page at this address.</p>\n\
                <p><a class=\"button\" href=\"/\">Go to the start</a></p>";
    document(page, "not_found", "Nothing here", main)
}

/// `name` tells the checker of accessibility which page it has seen.
fn document(page: &Page<'_>, name: &str, title: &str, main: &str) -> String {
    let app = escape(page.app);
    let organisation = escape(page.organisation);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · {app}</title>\n\
         <link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body data-page=\"sample-app/{name}\">\n\
         <header><img src=\"/icon.svg\" alt=\"\" width=\"32\" height=\"32\"><span class=\"app\">{app}</span>\
         <span class=\"owner\">{organisation}</span></header>\n\
         <main>\n{main}\n</main>\n\
         <footer><p>A demonstration application. It keeps its sessions in memory and nothing else.</p></footer>\n\
         </body>\n</html>\n"
    )
}

fn facts(page: &Page<'_>, claims: &Claims) -> String {
    let standing = match claims::standing(claims) {
        Standing::Guest => "Guest",
        Standing::Member => "Member",
    };
    let tenant = claims::text(claims, "tid").unwrap_or_default();
    let organisation = format!("{}<br><code>{}</code>", escape(page.organisation), escape(tenant));
    let voucher = match (claims::voucher(claims), claims::text(claims, "idp")) {
        (Some(voucher), Some(idp)) => format!("{voucher}<br><code>{}</code>", escape(idp)),
        _ => escape(page.organisation),
    };
    format!(
        "<dl class=\"facts\">\n{}{}{}{}</dl>",
        fact("E-mail", &format!("<bdi>{}</bdi>", escape(claims::text(claims, "email").unwrap_or("not given")))),
        fact("Let in by", &organisation),
        fact("You are here as", &format!("<strong>{standing}</strong>")),
        fact("Vouched for by", &voucher),
    )
}

fn fact(term: &str, html: &str) -> String {
    format!("<div><dt>{term}</dt><dd>{html}</dd></div>\n")
}

fn optional_fact(term: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| fact(term, &escape(text)))
}

fn claims_table(claims: &Claims) -> String {
    let mut rows = String::new();
    for (claim, value) in claims {
        let meaning = claims::meaning(claim).map_or_else(String::new, |text| format!("<small>{text}</small>"));
        // Writing to a string cannot fail.
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\"><code>{}</code>{meaning}</th><td>{}</td></tr>",
            escape(claim),
            claim_value(claim, value)
        );
    }
    format!(
        "<table>\n<caption>What the ID token says</caption>\n\
         <thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Value</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>"
    )
}

fn claim_value(claim: &str, value: &Value) -> String {
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let instant = value
        .as_i64()
        .filter(|_| claims::is_time(claim))
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(String::new, |at| format!("<small><time>{at}</time></small>"));
    format!("<code>{}</code>{instant}", escape(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAGE: Page<'_> = Page { app: "Orders & Co", organisation: "Fabrikam" };

    fn claims(value: Value) -> Claims {
        let Value::Object(claims) = value else { panic!("claims are an object") };
        claims
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("<a href=\"x\" id='y'>&amp;"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
        assert_eq!(escape("Żółć 😀"), "Żółć 😀");
    }

    #[test]
    fn nothing_from_outside_stays_unescaped() {
        let evil = "<script>alert(1)</script>";
        let all = claims(json!({
            "name": evil, "email": evil, "tid": evil, "idp": evil, "iss": "https://a", evil: [evil, {evil: evil}],
        }));
        let pages = [
            person(&Page { app: evil, organisation: evil }, &all, evil),
            problem(&PAGE, &Problem { detail: evil, code: Some(evil), description: Some(evil) }),
            icon("<"),
        ];
        for page in &pages {
            assert!(!page.contains("<script"), "{page}");
            assert!(!page.contains("<<"), "{page}");
        }
    }

    #[test]
    fn every_claim_has_a_row_and_times_can_be_read() {
        let page = person(&PAGE, &claims(json!({"sub": "s", "iat": 1_700_000_000, "roles": ["Reader"]})), "https://a");
        assert!(page.contains("<code>1700000000</code><small><time>2023-11-14T22:13:20Z</time></small>"), "{page}");
        assert!(page.contains("<code>[&quot;Reader&quot;]</code>"), "{page}");
        assert_eq!(page.matches("scope=\"row\"").count(), 3);
    }

    #[test]
    fn two_applications_differ_in_colour() {
        assert_ne!(hue("Contoso Expenses"), hue("Fabrikam Orders"));
        assert!(stylesheet("Contoso Expenses").starts_with(":root { --hue: "));
    }

    #[test]
    fn the_policy_allows_no_inline_style_and_the_way_to_the_provider() {
        let issuer = Url::parse("https://login.example:8443/tenant/v2.0").expect("a URL");
        let policy = content_security_policy(&issuer);
        let policy = policy.to_str().expect("ASCII");
        assert!(policy.contains("form-action 'self' https://login.example:8443;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}
