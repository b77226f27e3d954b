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
    /// Path and query of a page that can be loaded again, without the language.
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
            address: (method == Method::GET || method == Method::HEAD).then_some(address),
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

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
