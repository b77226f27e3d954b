//! Who reads a page, as far as their browser says: the language they want, and the page they stand on.

use super::language::{Language, Wishes, negotiate};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use std::convert::Infallible;

/// The query parameter of the language links.
const LANGUAGE: &str = "lang";

/// A reader in front of a page.
#[derive(Debug, Clone)]
pub struct Reader {
    language: Option<String>,
    accepted: Option<String>,
    /// Path and query of a page that can be loaded, without the language: this one, or the one whose form was sent.
    pub address: Option<String>,
}

impl Reader {
    /// The reader who sent a request.
    pub fn of(parts: &Parts) -> Self {
        Self::new(&parts.uri, &parts.method, &parts.headers)
    }

    pub(super) fn new(uri: &Uri, method: &Method, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or_default();
        let (wishes, rest): (Vec<_>, Vec<_>) =
            url::form_urlencoded::parse(query.as_bytes()).partition(|(name, _)| name == LANGUAGE);
        let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        let address = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{rest}", uri.path()) };
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self {
            language: wishes.into_iter().next().map(|(_, value)| value.into_owned()),
            accepted: accepted.map(str::to_owned),
            address: match *method {
                Method::GET | Method::HEAD => Some(address),
                _ => page_of_form(&address),
            },
        }
    }

    /// The language to answer in: the reader's choice, the invitation's, the browser's, the organisation's.
    pub fn language(&self, invitation: Option<Language>, tenant: Option<&str>) -> Language {
        negotiate(&Wishes {
            query: self.language.as_deref(),
            cookie: None,
            invitation: invitation.map(Language::tag),
            accept_language: self.accepted.as_deref(),
            tenant,
        })
    }

    /// A path with the reader's choice of language, for the next page.
    pub fn keep_language(&self, path: &str) -> String {
        match self.language.as_deref().and_then(Language::from_tag) {
            Some(language) => {
                let joint = if path.contains('?') { '&' } else { '?' };
                format!("{path}{joint}{LANGUAGE}={}", language.tag())
            }
            None => path.to_owned(),
        }
    }
}

/// The page a form on the way in stands on, by the address it was sent to. Forms of apps and of the admin centre are not
/// among them: an app puts into its form what the address alone does not hold, and the admin centre has one language. Nor is that
/// of a recovery link, whose address is a secret.
fn page_of_form(address: &str) -> Option<String> {
    let (path, query) = address.split_once('?').map_or((address, None), |(path, query)| (path, Some(query)));
    let part = path.split('/').nth(2)?;
    let is_on_the_way =
        matches!(part, "sign-in" | "redeem" | "no-more-invitations" | "sign-out" | "consent" | "adminconsent");
    // By GET the address for signing out says that nobody is signed in any more, or asks.
    if !is_on_the_way && !path.ends_with("/v2.0/adminconsent") && !path.ends_with("/oauth2/v2.0/logout") {
        return None;
    }
    let (step, last) = path.rsplit_once('/')?;
    let page = match last {
        "resend" => format!("{step}/code"),
        "switch" | "undo" => step.to_owned(),
        _ => path.to_owned(),
    };
    Some(query.map_or_else(|| page.clone(), |query| format!("{page}?{query}")))
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(method: &Method, uri: &'static str) -> Option<String> {
        Reader::new(&Uri::from_static(uri), method, &HeaderMap::new()).address
    }

    #[test]
    fn after_a_form_the_language_links_lead_to_the_page_it_stood_on() {
        for (sent_to, page) in [
            ("/t/redeem/c/code?lang=de", Some("/t/redeem/c/code")),
            ("/t/redeem/c/resend", Some("/t/redeem/c/code")),
            ("/t/redeem/c/switch", Some("/t/redeem/c")),
            ("/t/redeem/c/fresh", Some("/t/redeem/c/fresh")),
            ("/t/sign-in/c/password", Some("/t/sign-in/c/password")),
            ("/t/sign-in/c/resend?lang=ar", Some("/t/sign-in/c/code")),
            ("/t/no-more-invitations/undo?token=x&lang=ar", Some("/t/no-more-invitations?token=x")),
            ("/t/consent/c?lang=de", Some("/t/consent/c")),
            ("/t/adminconsent?client_id=x&lang=de", Some("/t/adminconsent?client_id=x")),
            ("/t/v2.0/adminconsent?client_id=x", Some("/t/v2.0/adminconsent?client_id=x")),
            ("/t/oauth2/v2.0/logout?lang=ar", Some("/t/oauth2/v2.0/logout")),
            ("/t/oauth2/v2.0/authorize", None),
            ("/t/recover/vsl_secret", None),
            ("/portal/t/settings", None),
        ] {
            assert_eq!(address(&Method::POST, sent_to).as_deref(), page, "{sent_to}");
        }
        assert_eq!(address(&Method::GET, "/t/redeem/c/code?lang=de&x=1").as_deref(), Some("/t/redeem/c/code?x=1"));
    }
}
