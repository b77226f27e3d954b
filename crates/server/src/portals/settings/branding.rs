//! `/portal/{tenant}/settings/branding`: how the pages of the organisation look, for every reader.

use super::page::sentence;
use crate::Server;
use crate::tenants::branding::{self, Absent, BrandingError, ImageKind, Locale};
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of the form at most.
const FIELDS: usize = 24;

/// The links below every page: the property of the words, that of the address, and what they are about.
const LINKS: [(&str, &str, &str); 3] = [
    ("customPrivacyAndCookiesText", "customPrivacyAndCookiesUrl", "Privacy"),
    ("customTermsOfUseText", "customTermsOfUseUrl", "Terms"),
    ("customCannotAccessYourAccountText", "customCannotAccessYourAccountUrl", "Help with signing in"),
];

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/settings/branding", get(show).post(save))
}

#[derive(Template)]
#[template(path = "portals/settings/branding.html")]
struct BrandingPage {
    inside: Inside,
    is_saved: bool,
    mistakes: Vec<(String, String)>,
    texts: BTreeMap<String, String>,
    /// The field of each picture, its name, what it may be, and whether there is one.
    pictures: Vec<(&'static str, &'static str, &'static str, bool)>,
    links: [(&'static str, &'static str, &'static str); 3],
    path: String,
    id: String,
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

/// What was sent.
#[derive(Default)]
struct Sent {
    texts: BTreeMap<String, String>,
    pictures: Vec<(ImageKind, String, Vec<u8>)>,
    without: Vec<ImageKind>,
}

/// Why nothing was changed.
enum Failure {
    /// A field, and what is wrong with it.
    Mistake(&'static str, String),
    /// A page of its own.
    Refusal(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<BrandingError> for Failure {
    fn from(error: BrandingError) -> Self {
        match error {
            BrandingError::Invalid(property, problem) => Self::Mistake(property, problem),
            BrandingError::Image(kind, problem) => Self::Mistake(kind.as_str(), problem),
            BrandingError::Database(error) => Self::Refusal(error.into()),
            BrandingError::NotAllowed => Self::Refusal(Problem::NotAllowed.into()),
            _ => Self::Refusal(Problem::BadRequest.into()),
        }
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let is_saved = wanted.done.is_some();
    let page = page(&server, &visitor, None).await.map(|page| BrandingPage { is_saved, ..page });
    visitor.respond(&server, page)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    typed: Option<BTreeMap<String, String>>,
) -> Result<BrandingPage, Refusal> {
    if !branding::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let looks = match branding::get(server, &visitor.caller).await {
        Ok(looks) => looks,
        Err(BrandingError::Database(error)) => return Err(error.into()),
        Err(_) => return Err(Problem::NotAllowed.into()),
    };
    let own = looks.iter().find(|look| look.locale.is_default());
    let stored = || {
        let text = |name: &'static str| Some((name.to_owned(), own?.text(name)?.to_owned()));
        branding::names().filter_map(text).collect()
    };
    let picture = |kind: ImageKind, label, hint| {
        (kind.as_str(), label, hint, own.is_some_and(|look| look.digest(kind).is_some()))
    };
    Ok(BrandingPage {
        inside: visitor.inside(server, Section::Settings),
        is_saved: false,
        mistakes: Vec::new(),
        texts: typed.unwrap_or_else(stored),
        pictures: vec![
            picture(ImageKind::SquareLogo, "Square mark", "PNG or JPEG, at most 240 x 240 pixels and 10 KB."),
            picture(ImageKind::SquareLogoDark, "Square mark on dark pages", "As the one above."),
            picture(ImageKind::BannerLogo, "Wide mark", "At most 245 x 36 pixels; shown where there is no square one."),
            picture(ImageKind::Favicon, "Icon of the tab", "At most 32 x 32 pixels and 5 KB."),
        ],
        links: LINKS,
        path: format!("{}/settings/branding", visitor.base()),
        id: visitor.caller.tenant.to_string(),
    })
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    if !branding::may_change(&visitor.caller) {
        return visitor.refuse(&server, Problem::NotAllowed.into());
    }
    let Ok(form) = form else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    let mut sent = Sent::default();
    let outcome = match read(&server, &visitor, &headers, form, &mut sent).await {
        Ok(()) => change(&server, &visitor, &mut sent).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(()) => answer::see_other(&format!("{}/settings/branding?done=saved", visitor.base())),
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
        Err(Failure::Mistake(field, problem)) => match page(&server, &visitor, Some(sent.texts)).await {
            Ok(page) => {
                let mistakes = vec![(field.to_owned(), sentence(&problem))];
                answer::page(StatusCode::UNPROCESSABLE_ENTITY, &BrandingPage { mistakes, ..page })
            }
            Err(refusal) => visitor.refuse(&server, refusal),
        },
    }
}

/// Reads the form; its value comes first and is spent before anything else is looked at.
async fn read(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    mut form: Multipart,
    sent: &mut Sent,
) -> Result<(), Refusal> {
    let mut is_ours = false;
    for _ in 0..FIELDS {
        let Some(field) = form.next_field().await.map_err(|_| Problem::BadRequest)? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        let kind = field.content_type().unwrap_or_default().to_owned();
        let content = field.bytes().await.map_err(|_| Problem::BadRequest)?;
        // No text of PostgreSQL holds U+0000.
        let text = || String::from_utf8_lossy(&content).replace('\0', "\u{fffd}");
        if name == "csrf" {
            let outcome = visitor.spend(server, headers, &text()).await;
            outcome.map_err(|refusal| refusal.leading_to(format!("{}/settings/branding", visitor.base())))?;
            is_ours = true;
        } else if !is_ours {
            break;
        } else if name == "without" {
            sent.without.extend(ImageKind::parse(&text()));
        } else if let Some(picture) = ImageKind::parse(&name) {
            // A field of a file that was left empty is sent without content.
            if !content.is_empty() {
                sent.pictures.push((picture, kind, content.to_vec()));
            }
        } else {
            sent.texts.insert(name, text());
        }
    }
    if is_ours { Ok(()) } else { Err(Problem::StaleForm.into()) }
}

async fn change(server: &Server, visitor: &Visitor, sent: &mut Sent) -> Result<(), Failure> {
    let (caller, locale) = (&visitor.caller, Locale::everybody());
    let changes = branding::names().map(|name| (name, sent.texts.get(name).cloned())).collect();
    branding::change(server, caller, &locale, changes, Absent::Made, None).await?;
    for kind in std::mem::take(&mut sent.without) {
        match branding::remove_image(server, caller, &locale, kind).await {
            // Somebody else took it away already.
            Ok(()) | Err(BrandingError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for (kind, said, content) in std::mem::take(&mut sent.pictures) {
        branding::put_image(server, caller, &locale, kind, &said, content).await?;
    }
    Ok(())
}

impl BrandingPage {
    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}
