//! The properties of branding that are texts: which there are, and what they may hold.

use super::BrandingError;
use crate::graph::Error;
use crate::graph::body::Object;
use crate::web::accent::Accent;
use url::Url;

/// What a property holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// `#RRGGBB`
    Colour,
    /// Words of at most so many characters.
    Words(usize),
    /// An https address of at most 128 characters.
    Address,
}

/// What pages show. Limits are those of Entra.
const SERVED: [(&str, Kind); 9] = [
    ("backgroundColor", Kind::Colour),
    ("customCannotAccessYourAccountText", Kind::Words(256)),
    ("customCannotAccessYourAccountUrl", Kind::Address),
    ("customPrivacyAndCookiesText", Kind::Words(256)),
    ("customPrivacyAndCookiesUrl", Kind::Address),
    ("customTermsOfUseText", Kind::Words(256)),
    ("customTermsOfUseUrl", Kind::Address),
    ("signInPageText", Kind::Words(1024)),
    ("usernameHintText", Kind::Words(64)),
];

/// What no page of ours has a place for: null, and nothing else is taken.
pub(super) const UNSERVED: [&str; 8] = [
    "contentCustomization",
    "customAccountResetCredentialsUrl",
    "customForgotMyPasswordText",
    "customResetItNowText",
    "headerBackgroundColor",
    "loginPageLayoutConfiguration",
    "loginPageTextVisibilitySettings",
    "customCSSRelativeUrl",
];

/// The names of what pages show.
pub fn names() -> impl Iterator<Item = &'static str> {
    SERVED.into_iter().map(|(name, _)| name)
}

/// Takes the changes out of a body: a text, or nothing for null and for an empty text.
pub(super) fn read(body: &mut Object) -> Result<Vec<(&'static str, Option<String>)>, Error> {
    let mut changes = Vec::new();
    for (name, _) in SERVED {
        if let Some(value) = body.take_change::<String>(name)? {
            changes.push((name, value));
        }
    }
    for name in UNSERVED {
        if body.0.remove(name).is_some_and(|value| !value.is_null()) {
            return Err(Error::invalid_property(name, "no page has a place for it, so it is always null"));
        }
    }
    Ok(changes)
}

/// The text as it is stored; nothing for an empty one.
pub(super) fn check(name: &'static str, text: &str) -> Result<Option<String>, BrandingError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refused = |problem: String| Err(BrandingError::Invalid(name, problem));
    let Some((_, kind)) = SERVED.iter().find(|(served, _)| *served == name) else {
        return refused("there is no such property".to_owned());
    };
    match kind {
        Kind::Colour if Accent::parse(text).is_none() => refused("it must be a colour such as #1a5fb4".to_owned()),
        Kind::Words(limit) if text.chars().count() > *limit => refused(format!("it has more than {limit} characters")),
        Kind::Words(_) if text.chars().any(|letter| letter.is_control() && letter != '\n') => {
            refused("it holds control characters".to_owned())
        }
        Kind::Address => match Url::parse(text) {
            Ok(url) if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() => {
                refused("it must begin with https:// and hold no user name".to_owned())
            }
            Ok(url) if url.as_str().len() > 128 => refused("it has more than 128 characters".to_owned()),
            Ok(url) => Ok(Some(url.into())),
            Err(_) => refused("it is no address such as https://www.contoso.example/terms".to_owned()),
        },
        Kind::Colour | Kind::Words(_) => Ok(Some(text.to_owned())),
    }
}
