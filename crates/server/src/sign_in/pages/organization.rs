//! The way in for who knows only their organisation: its apps, or its admin centre.

use crate::Server;
use crate::tenants::Domain;
use crate::web::answer;
use crate::web::language::Language;
use crate::web::query::Query;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Asks for the organisation. It says nothing about which ones are here.
#[derive(Template)]
#[template(path = "sign_in/pages/organization.html")]
struct OrganizationPage {
    outside: Outside,
    language: Option<&'static str>,
    typed: String,
    is_malformed: bool,
}

impl OrganizationPage {
    fn title(&self) -> String {
        let heading = self.outside.words.t("organization-heading");
        if self.is_malformed { self.outside.error_title(heading) } else { self.outside.title(heading) }
    }

    fn error(&self) -> String {
        if self.is_malformed { self.outside.words.t("organization-malformed") } else { String::new() }
    }
}

/// What the form sends: it changes nothing, so it is a GET.
#[derive(Deserialize)]
pub struct Wanted {
    organization: Option<String>,
    to: Option<String>,
    lang: Option<String>,
}

/// Asks which organisation, or leads to it. A whole address leads to the domain behind its `@`.
pub async fn show(State(_): State<Arc<Server>>, reader: Reader, Query(wanted): Query<Wanted>) -> Response {
    let typed = wanted.organization.map(|typed| typed.trim().chars().take(254).collect::<String>());
    let domain = typed.as_deref().and_then(|typed| Domain::parse(typed.rsplit('@').next().unwrap_or(typed)));
    if let Some(domain) = domain {
        let place = if wanted.to.as_deref() == Some("portal") { "portal" } else { "myapps" };
        return answer::see_other(&reader.keep_language(&format!("/{place}/{}", domain.as_str())));
    }
    let mut outside = Outside::nobody(reader.language(None, None));
    outside.address = Some("/".to_owned());
    let language = wanted.lang.as_deref().and_then(Language::from_tag).map(Language::tag);
    let is_malformed = typed.is_some();
    let status = if is_malformed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = OrganizationPage { outside, language, typed: typed.unwrap_or_default(), is_malformed };
    answer::page(status, &page)
}
