//! `/portal/{tenant}/apps/{app}/federated`: whose tokens prove the app, so that it holds no secret.

use super::trouble::{Complaint, Feedback, Trouble, respond};
use super::{begin, require_manager};
use crate::Server;
use crate::applications::operations::{CredentialKey, add_federated, remove_federated};
use crate::applications::{Application, FederatedChanges, FederatedCredential, Key, federated_store};
use crate::platform::ids::{ApplicationId, FederatedCredentialId};
use crate::web::fields::Fields;
use crate::web::form::{Form, PlainForm, RawForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::ButtonForm;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// The name of the page in its address.
const PAGE: &str = "federated";

/// What workloads ask their issuer for by default, with Microsoft's libraries (Graph: federatedIdentityCredential, audiences).
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    ask: Option<FederatedCredentialId>,
}

#[derive(Template)]
#[template(path = "service_principals/pages/federated.html")]
struct FederatedPage {
    inside: Inside,
    here: String,
    app: Application,
    credentials: Vec<FederatedCredential>,
    /// The one that is to be removed, if the page asks, and what removes it.
    asked: Option<(FederatedCredential, ButtonForm)>,
    /// What stands in the form.
    fields: Fields,
    feedback: Feedback,
}

/// `GET /portal/{tenant}/apps/{app}/federated`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = page(&server, &visitor, &app).await.map(|mut page| {
        let asked = page.credentials.iter().find(|credential| Some(credential.id) == wanted.ask);
        page.asked = asked.map(|credential| (credential.clone(), removing(&page.here, credential)));
        page
    });
    visitor.respond(&server, outcome)
}

/// `POST /portal/{tenant}/apps/{app}/federated`
pub async fn add(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = trust(&server, &visitor, &headers, &app, &fields).await;
    respond(&server, &visitor, outcome, async |_: StatusCode, complaint: Complaint| {
        let shown = page(&server, &visitor, &app).await;
        shown.map(|page| FederatedPage { fields, feedback: complaint.into(), ..page })
    })
    .await
}

/// `POST /portal/{tenant}/apps/{app}/federated/{credential}/remove`
pub async fn remove(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app, credential)): Path<(String, String, String)>,
    Form(form): Form<PlainForm>,
) -> Response {
    let outcome = trust_no_longer(&server, &visitor, &headers, (&app, &credential), &form.csrf).await;
    // All that is said of a credential that is removed is that it is not there.
    let gone = async |_: StatusCode, _: Complaint| Err::<FederatedPage, Refusal>(Problem::NotFound.into());
    respond(&server, &visitor, outcome, gone).await
}

/// Adds the credential that was written; the address of the page.
async fn trust(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    fields: &Fields,
) -> Result<String, Trouble> {
    let (id, here) = begin(server, visitor, headers, (app, PAGE, fields.get("csrf"))).await?;
    let new = FederatedChanges {
        name: Some(fields.get("name").to_owned()),
        issuer: Some(fields.get("issuer").to_owned()),
        subject: Some(fields.get("subject").to_owned()),
        audiences: Some(vec![fields.get("audience").to_owned()]),
        description: Some(fields.filled("description")),
    };
    let mut tx = server.write().await?;
    add_federated(&mut tx, server, &visitor.caller, Key::Id(id), new).await?;
    tx.commit().await?;
    Ok(here)
}

/// Removes the credential that the address names; the address of the page.
async fn trust_no_longer(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, credential): (&str, &str),
    csrf: &str,
) -> Result<String, Trouble> {
    let (id, here) = begin(server, visitor, headers, (app, PAGE, csrf)).await?;
    let credential: FederatedCredentialId = credential.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.write().await?;
    let which = CredentialKey::Id(credential);
    remove_federated(&mut tx, server, &visitor.caller, (Key::Id(id), &which)).await?;
    tx.commit().await?;
    Ok(here)
}

async fn page(server: &Server, visitor: &Visitor, app: &str) -> Result<FederatedPage, Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let app = require_manager(&mut tx, &visitor.caller, id).await?;
    let credentials = federated_store::list(&mut tx, app.tenant_id, id).await?;
    drop(tx);
    Ok(FederatedPage {
        inside: visitor.inside(server, Section::Apps),
        here: format!("{}/apps/{id}/{PAGE}", visitor.base()),
        app,
        credentials,
        asked: None,
        fields: Fields::filled_in(&[("audience", AUDIENCE)]),
        feedback: Feedback::default(),
    })
}

fn removing(here: &str, credential: &FederatedCredential) -> ButtonForm {
    ButtonForm {
        action: format!("{here}/{}/remove", credential.id),
        fields: Vec::new(),
        verb: "Remove the credential".to_owned(),
    }
}

impl FederatedPage {
    fn value(&self, field: &str) -> &str {
        self.fields.get(field)
    }

    /// The calls that read, add and remove what the page shows.
    fn call(&self) -> String {
        let path = format!("/v1.0/applications/{}/federatedIdentityCredentials", self.app.id);
        let body = r#"{ "name": "…", "issuer": "…", "subject": "…", "audiences": ["…"], "description": "…" }"#;
        format!("{path}\nPOST {path}\n{body}\nDELETE {path}/{{id}}")
    }
}
