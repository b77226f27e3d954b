//! The page: the same form for every reader and for those of one language.

use super::form::BrandingForm;
use crate::Server;
use crate::platform::ids::TenantId;
use crate::portals::failure;
use crate::tenants::branding::{self, BrandingError, ImageKind, Locale, Look};
use crate::translations::Language;
use crate::web::complaint::{Complaint, Feedback};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use std::collections::BTreeMap;

/// Where the languages stand on the page.
pub(super) const LANGUAGES: &str = "languages";

/// The links below every page: the property of the words of each and that of its address, and what they are called on the page.
const LINKS: [(&str, &str); 6] = [
    ("customPrivacyAndCookiesText", "Privacy: words"),
    ("customPrivacyAndCookiesUrl", "Privacy: address"),
    ("customTermsOfUseText", "Terms: words"),
    ("customTermsOfUseUrl", "Terms: address"),
    ("customCannotAccessYourAccountText", "Help with signing in: words"),
    ("customCannotAccessYourAccountUrl", "Help with signing in: address"),
];

/// The other texts, and what they are called on the page.
const TEXTS: [(&str, &str); 3] = [
    ("backgroundColor", "Colour"),
    ("signInPageText", "Below the sign-in"),
    ("usernameHintText", "About the name to sign in with"),
];

#[derive(Template)]
#[template(path = "portals/settings/branding.html")]
pub(super) struct BrandingPage {
    inside: Inside,
    /// The language it is for; none for every reader.
    spoken: Option<Spoken>,
    /// The version of what is shown; `0` where there is no branding yet.
    seen: String,
    done: &'static str,
    feedback: Feedback,
    texts: BTreeMap<String, String>,
    /// What stands for every reader, on the page of a language.
    inherited: BTreeMap<String, String>,
    colour_hint: &'static str,
    /// The field of each picture, its name, what it may be, and whether there is one.
    pictures: Vec<(&'static str, &'static str, &'static str, bool)>,
    links: [(&'static str, &'static str); 6],
    /// The languages, on the page for every reader.
    languages: Vec<Row>,
    /// Where it is removed, if it can be.
    remove_href: Option<String>,
    /// The same, when the visitor is asked before it is removed.
    asked_href: Option<String>,
    consequence: &'static str,
    path: String,
    /// Method and address of the call that does the same.
    method: &'static str,
    call: String,
}

/// A language, as its page calls it.
struct Spoken {
    tag: String,
    name: &'static str,
}

/// A language among the others.
struct Row {
    tag: String,
    name: &'static str,
    standing: String,
    href: String,
    verb: &'static str,
}

/// Where the page of this branding is.
pub(super) fn address(visitor: &Visitor, locale: &Locale) -> String {
    let base = format!("{}/settings/branding", visitor.base());
    if locale.is_default() { base } else { format!("{base}/{}", locale.as_str()) }
}

/// Reads what the page shows. For a language without branding it is empty.
pub(super) async fn read(server: &Server, visitor: &Visitor, locale: &Locale) -> Result<BrandingPage, Refusal> {
    if !branding::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let looks = match branding::get(server, &visitor.caller).await {
        Ok(looks) => looks,
        Err(BrandingError::Database(error)) => return Err(error.into()),
        Err(_) => return Err(Problem::NotAllowed.into()),
    };
    let own = looks.iter().find(|look| look.locale == *locale);
    let everybody = looks.iter().find(|look| look.locale.is_default());
    let is_localized = !locale.is_default();
    // The one for every reader goes last.
    let may_go = own.is_some() && (is_localized || looks.len() == 1);
    let base = address(visitor, &Locale::everybody());
    let (method, call) = call(visitor.caller.tenant, locale, own.is_some());
    Ok(BrandingPage {
        inside: visitor.inside(server, Section::Settings),
        spoken: locale.language().map(|language| Spoken { tag: locale.as_str().to_owned(), name: language.own_name() }),
        seen: own.map_or(0, Look::version).to_string(),
        done: "",
        feedback: Feedback::default(),
        texts: texts(own),
        inherited: texts(everybody.filter(|_| is_localized)),
        colour_hint: if is_localized { "Such as #8b1a4a." } else { "Such as #8b1a4a. Empty: the green of the design." },
        pictures: pictures(own),
        links: LINKS,
        languages: if is_localized { Vec::new() } else { languages(&looks, &base) },
        remove_href: may_go.then(|| format!("{base}/{}/remove", locale.as_str())),
        asked_href: None,
        consequence: if is_localized {
            "Its texts and pictures go. Readers of this language see what stands for every reader."
        } else {
            "Its texts and pictures go. Pages and mails look as they do where nothing was chosen."
        },
        path: address(visitor, locale),
        method,
        call,
    })
}

fn texts(look: Option<&Look>) -> BTreeMap<String, String> {
    let text = |name: &'static str| Some((name.to_owned(), look?.text(name)?.to_owned()));
    branding::names().filter_map(text).collect()
}

fn pictures(look: Option<&Look>) -> Vec<(&'static str, &'static str, &'static str, bool)> {
    [
        (ImageKind::SquareLogo, "Square mark", "PNG or JPEG, at most 240 x 240 pixels and 10 KB."),
        (ImageKind::SquareLogoDark, "Square mark on dark pages", "As the one above."),
        (ImageKind::BannerLogo, "Wide mark", "At most 245 x 36 pixels; shown where there is no square one."),
        (ImageKind::Favicon, "Icon of the tab", "At most 32 x 32 pixels and 5 KB."),
    ]
    .map(|(kind, label, hint)| (kind.as_str(), label, hint, look.is_some_and(|look| look.digest(kind).is_some())))
    .into()
}

/// Every language that pages have, with what there is for it. Of several, such as `de` and `de-at`, pages take the first.
fn languages(looks: &[Look], base: &str) -> Vec<Row> {
    let row = |language: Language, tag: &str, standing: String, verb: &'static str| Row {
        tag: tag.to_owned(),
        name: language.own_name(),
        standing,
        href: format!("{base}/{tag}"),
        verb,
    };
    let mut rows = Vec::new();
    for language in Language::ALL {
        let of_it = looks.iter().filter(|look| look.locale.language() == Some(language));
        let tags: Vec<&str> = of_it.map(|look| look.locale.as_str()).collect();
        let Some((first, others)) = tags.split_first() else {
            rows.push(row(language, language.tag(), "As for every reader".to_owned(), "Add"));
            continue;
        };
        rows.push(row(language, first, "Has its own".to_owned(), "Change"));
        rows.extend(others.iter().map(|tag| row(language, tag, format!("Not shown, because of {first}"), "Change")));
    }
    rows
}

/// The call that does what the form does.
fn call(tenant: TenantId, locale: &Locale, is_stored: bool) -> (&'static str, String) {
    let branding = format!("/v1.0/organization/{tenant}/branding");
    let id = locale.as_str();
    let picture = format!("PUT {branding}/localizations/{id}/squareLogo");
    match (locale.is_default(), is_stored) {
        (true, _) => ("PATCH", format!("{branding}\n{picture}")),
        (false, true) => ("PATCH", format!("{branding}/localizations/{id}\n{picture}")),
        (false, false) => ("POST", format!("{branding}/localizations\n{picture}")),
    }
}

/// What a text is called on the page.
fn label(name: &str) -> Option<&'static str> {
    TEXTS.iter().chain(&LINKS).find(|(property, _)| *property == name).map(|(_, label)| *label)
}

impl BrandingPage {
    /// With what its address asks for: what was done, and the question before it is removed.
    pub(super) fn asked_for(self, done: &str, ask: &str) -> Self {
        let done = match done {
            "saved" => "It was saved.",
            "removed" => "The branding was removed.",
            _ => "",
        };
        let asked_href = self.remove_href.clone().filter(|_| ask == "remove");
        Self { done, asked_href, ..self }
    }

    /// With what is wrong. What was sent stands in the fields, if something was.
    pub(super) fn with_mistake(self, complaint: Complaint, sent: Option<BrandingForm>) -> Self {
        let feedback = complaint.into();
        match sent {
            Some(BrandingForm { seen, texts, .. }) => Self { feedback, seen, texts, ..self },
            None => Self { feedback, ..self },
        }
    }

    /// With what is stored now, instead of a form that came too late.
    pub(super) fn instead_of(self, sent: Option<BrandingForm>) -> Self {
        let texts = sent.map(|sent| sent.texts).unwrap_or_default().into_iter();
        let others = texts.filter(|(name, text)| text.trim() != self.text(name));
        let written = others.filter_map(|(name, text)| Some((label(&name)?, text))).collect();
        Self { feedback: failure::stale(written), ..self }
    }

    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// What is said below a field; on the page of a language also what holds where it is left empty.
    fn hint(&self, name: &str, own: &str) -> String {
        let inherited = self.inherited.get(name).map(|text| format!("For every reader: {text}"));
        let parts = [own, inherited.as_deref().unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}
