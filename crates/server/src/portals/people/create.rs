//! `/portal/{tenant}/users/new`: a member who signs in with a password.

use super::{Failure, failure, require_administrator};
use crate::Server;
use crate::tenants;
use crate::users::operations::{self, NewUser, PasswordChange};
use crate::users::{Change, UserError};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use zeroize::Zeroizing;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/new", get(show).post(take))
}

/// What was typed. The password is never shown again.
#[derive(Default, Deserialize)]
#[serde(default)]
struct MemberForm {
    csrf: String,
    name: String,
    address: String,
    password: String,
    change: Option<String>,
}

/// The fields of the form by the properties they fill.
const FIELDS: [(&str, &str); 3] =
    [("displayName", "name"), ("userPrincipalName", "address"), ("passwordProfile", "password")];

#[derive(Template)]
#[template(path = "portals/people/create.html")]
struct CreatePage {
    inside: Inside,
    form: MemberForm,
    domains: String,
    mistakes: Vec<(String, String)>,
}

impl CreatePage {
    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let form = MemberForm { change: Some("1".to_owned()), ..MemberForm::default() };
    visitor.respond(&server, page(&server, &visitor, form, Vec::new()).await)
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<MemberForm>,
) -> Response {
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    let list = format!("{}/users", visitor.base());
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &list).await {
        return visitor.refuse(&server, refusal);
    }
    match create(&server, &visitor, &form).await {
        Ok(id) => answer::see_other(&format!("{}/users/{id}?done=created", visitor.base())),
        Err(Failure::Mistake(field, problem)) => {
            let mistakes = vec![(field.to_owned(), problem)];
            let shown = page(&server, &visitor, form, mistakes).await;
            visitor.respond_as(&server, StatusCode::UNPROCESSABLE_ENTITY, shown)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

async fn create(server: &Server, visitor: &Visitor, form: &MemberForm) -> Result<String, Failure> {
    let new = read(form).map_err(|error| failure(error, "name", &FIELDS))?;
    let user = operations::create(server, &visitor.caller, new).await;
    user.map(|user| user.id.to_string()).map_err(|error| failure(error, "name", &FIELDS))
}

/// The nickname is the name before the `@`, the mailbox is the sign-in name: one address for one person of the house.
fn read(form: &MemberForm) -> Result<NewUser, UserError> {
    let name = Change::display_name(&form.name)?;
    let address = Change::principal_name(form.address.trim())?;
    let text = |change: &Change| change.name().unwrap_or_default().to_owned();
    let (display_name, principal_name) = (text(&name), text(&address));
    let nickname = principal_name.split('@').next().unwrap_or_default().to_owned();
    let changes = vec![name, address, Change::mail_nickname(&nickname)?, Change::mail(Some(&principal_name))?];
    let password = Zeroizing::new(form.password.clone());
    let password = PasswordChange { password: Some(password), must_change: Some(form.change.is_some()) };
    let (extensions, sponsors) = (Vec::new(), Vec::new());
    Ok(NewUser { principal_name, display_name, changes, extensions, password, manager: None, sponsors })
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    form: MemberForm,
    mistakes: Vec<(String, String)>,
) -> Result<CreatePage, Refusal> {
    require_administrator(visitor)?;
    let mut tx = server.read().await?;
    let mut domains = tenants::store::list_domains(&mut tx, visitor.caller.tenant).await?;
    let tenant = tenants::find(&mut tx, server, visitor.caller.tenant).await?;
    // The one that names are meant to end in stands first.
    domains.sort_by_key(|name| tenant.as_ref().is_none_or(|tenant| *name != tenant.default_domain()));
    Ok(CreatePage { inside: visitor.inside(server, Section::Users), form, domains: domains.join(", "), mistakes })
}
