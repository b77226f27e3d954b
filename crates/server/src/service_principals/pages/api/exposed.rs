//! `/portal/{tenant}/apps/{app}/exposed`: the app as an API of others, with its names and what they may ask of it for people.

use super::{Complaint, Trouble, begin, require_manager, respond, update};
use crate::Server;
use crate::applications::{Application, Changes, ExposedScope, Origin, ScopeKind};
use crate::platform::ids::ApplicationId;
use crate::service_principals::classifications::operations::may_classify;
use crate::web::complaint::Answers;
use crate::web::failed_form::FailedForm;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{ButtonForm, Question};
use crate::web::seen::mark;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// The name of the page in its address.
const PAGE: &str = "exposed";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The scope that is to be removed.
    ask: Option<Uuid>,
    done: String,
}

#[derive(Template)]
#[template(path = "service_principals/pages/api/exposed.html")]
struct ExposedPage {
    inside: Inside,
    here: String,
    app: Application,
    /// Where it is said how much risk there is in the scopes, for those who may.
    low_risk: Option<String>,
    question: Option<Question>,
    is_done: bool,
    /// The mark of the identifiers that are shown.
    seen: String,
    /// The form that did nothing, with what was written.
    sent: FailedForm,
}

/// `GET /portal/{tenant}/apps/{app}/exposed`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = page(&server, &visitor, &app).await.map(|page| {
        let asked = page.app.exposed_scopes.iter().find(|scope| Some(scope.id) == wanted.ask && !scope.is_enabled);
        let question = asked.map(|scope| question(&page.here, scope));
        ExposedPage { question, is_done: !wanted.done.is_empty(), ..page }
    });
    visitor.respond(&server, outcome)
}

/// `POST /portal/{tenant}/apps/{app}/exposed`
pub async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = change(&server, &visitor, &headers, &app, &fields).await;
    respond(&server, &visitor, outcome, async |status: StatusCode, complaint: Complaint| {
        let shown = page(&server, &visitor, &app).await;
        shown.map(|page| {
            if status == StatusCode::CONFLICT {
                ExposedPage { sent: FailedForm::late(complaint, written(&fields)), ..page }
            } else {
                let part = fields.get("do").to_owned();
                ExposedPage { sent: FailedForm::again(part, fields, complaint), ..page }
            }
        })
    })
    .await
}

/// What was written into a form that was out of date, in words.
fn written(fields: &Fields) -> Answers {
    match fields.get("do") {
        "identifiers" => vec![("Names as an API", fields.lines("identifierUris").join("\n"))],
        "add-scope" => vec![("Scope", fields.get("value").to_owned())],
        _ => Answers::new(),
    }
}

/// Changes the registration as a form asks; the address of the page that says so.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    fields: &Fields,
) -> Result<String, Trouble> {
    let (mut tx, app) = begin(server, visitor, headers, (app, PAGE, fields.get("csrf"))).await?;
    let (changes, field) = match fields.get("do") {
        "identifiers" if fields.get("seen") != identifiers(&app) => return Err(Trouble::Stale),
        "identifiers" => {
            let uris = Some(fields.lines("identifierUris"));
            (Changes { identifier_uris: uris, ..Changes::default() }, "identifierUris")
        }
        "add-scope" => (with(&app, server.entropy.random_uuid(), fields), "value"),
        "switch" => (switched(&app, fields), ""),
        "remove" => (without(&app, fields), ""),
        _ => return Err(Problem::BadRequest.into()),
    };
    let updated = update(&mut tx, server, visitor, &app, changes).await;
    updated.map_err(|trouble| trouble.moved("", field))?;
    tx.commit().await?;
    Ok(format!("{}/apps/{}/{PAGE}?done=1", visitor.base(), app.id))
}

/// What is asked before a scope is removed.
fn question(here: &str, scope: &ExposedScope) -> Question {
    let consequence = "Apps that ask for it are refused. A scope of the same name that is added later is another one: registrations that \
                       name this one do not mean it.";
    Question {
        text: format!("Remove {}?", scope.value),
        consequences: vec![consequence.to_owned()],
        yes: ButtonForm {
            action: here.to_owned(),
            fields: vec![("scope", scope.id.to_string()), ("do", "remove".to_owned())],
            verb: "Remove 1 scope".to_owned(),
        },
        is_severe: true,
    }
}

fn exposing(scopes: Vec<ExposedScope>) -> Changes {
    Changes { exposed_scopes: Some(scopes), ..Changes::default() }
}

fn with(app: &Application, id: Uuid, fields: &Fields) -> Changes {
    let scope = ExposedScope {
        id,
        value: fields.get("value").to_owned(),
        kind: ScopeKind::parse(fields.get("type")).unwrap_or_default(),
        is_enabled: true,
        admin_consent_display_name: fields.filled("admin-title"),
        admin_consent_description: fields.filled("admin-text"),
        user_consent_display_name: fields.filled("user-title"),
        user_consent_description: fields.filled("user-text"),
        origin: Origin::Application,
    };
    exposing(app.exposed_scopes.iter().cloned().chain([scope]).collect())
}

fn switched(app: &Application, fields: &Fields) -> Changes {
    let chosen = fields.get("scope");
    // What the button said, not the other way than now: somebody may have switched it already.
    let on = fields.get("to") == "on";
    let switched = |scope: &ExposedScope| {
        let is_enabled = if scope.id.to_string() == chosen { on } else { scope.is_enabled };
        ExposedScope { is_enabled, ..scope.clone() }
    };
    exposing(app.exposed_scopes.iter().map(switched).collect())
}

fn without(app: &Application, fields: &Fields) -> Changes {
    let chosen = fields.get("scope");
    exposing(app.exposed_scopes.iter().filter(|scope| scope.id.to_string() != chosen).cloned().collect())
}

/// The mark of the form of identifiers.
fn identifiers(app: &Application) -> String {
    mark(app.identifier_uris.iter().map(String::as_str))
}

async fn page(server: &Server, visitor: &Visitor, app: &str) -> Result<ExposedPage, Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let app = require_manager(&mut server.read().await?, &visitor.caller, id).await?;
    Ok(ExposedPage {
        inside: visitor.inside(server, Section::Apps),
        here: format!("{}/apps/{id}/{PAGE}", visitor.base()),
        seen: identifiers(&app),
        low_risk: may_classify(&visitor.caller).then(|| format!("{}/low-risk?of={}", visitor.base(), app.app_id)),
        app,
        question: None,
        is_done: false,
        sent: FailedForm::default(),
    })
}

impl ExposedPage {
    fn is_for_administrators(&self) -> bool {
        self.sent.text("add-scope", "type", "") == ScopeKind::Admin.as_str()
    }

    /// The call that keeps what the page shows.
    fn call(&self) -> String {
        let body =
            r#"{ "identifierUris": ["…"], "api": { "oauth2PermissionScopes": [{ "id": "…", "value": "…", … }] } }"#;
        format!("/v1.0/applications/{}\n{body}", self.app.id)
    }
}
