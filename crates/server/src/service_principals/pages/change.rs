//! The forms of one app. Each changes one thing and leads back to the page.

use super::app;
use super::standing::Wanted;
use super::trouble::Trouble;
use super::{claims, grants, hold, lifetime, require_manager, seen, standing};
use crate::Server;
use crate::applications::{
    self, AppRole, Application, ApplicationError, Changes, Key, MemberType, NewKey, NewSecret, Origin, Owned,
    SignInAudience, SigningAlgorithm, group_claims,
};
use crate::platform::ids::{AppRoleId, ApplicationId};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations as principals;
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::names;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use std::sync::Arc;

/// What a form leads to.
enum Done {
    /// The page of the app.
    Page,
    /// The list of apps.
    List,
    /// The page of the app with a secret that is shown this once.
    Secret(String),
}

/// `POST /portal/{tenant}/apps/{app}/{part}`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let apps = format!("{}/apps", visitor.base());
    let (status, secret, complaint) = match change(&server, &visitor, &headers, (&app, &part), &fields).await {
        Ok(Done::Page) => return answer::see_other(&format!("{apps}/{app}")),
        Ok(Done::List) => return answer::see_other(&apps),
        Ok(Done::Secret(text)) => (StatusCode::OK, Some(text), None),
        Err(trouble) => match trouble.shown() {
            Ok((status, complaint)) => (status, None, Some(complaint)),
            Err(refusal) => return visitor.refuse(&server, refusal),
        },
    };
    let shown = app::page(&server, &visitor, &app, &Wanted::default()).await.map(|mut page| {
        page.new_secret = secret;
        if let Some(complaint) = complaint {
            page.sent = seen::failed(part, fields, complaint, status == StatusCode::CONFLICT);
        }
        page
    });
    visitor.respond_as(&server, status, shown)
}

/// What every form begins with: the visitor may change the app, the value of the form is spent, and the form shows what is stored.
/// The registration is held until the transaction ends.
async fn begin(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, part): (&str, &str),
    fields: &Fields,
) -> Result<(Transaction, Application, ServicePrincipal), Trouble> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    require_manager(&mut server.read().await?, &visitor.caller, id).await?;
    visitor.spend_for(server, headers, fields.get("csrf"), &format!("{}/apps/{app}", visitor.base())).await?;
    let (mut tx, app) = hold(server, visitor, id).await?;
    let by_client = principals::Key::Client(app.app_id);
    let principal = principals::find(&mut tx, visitor.caller.tenant, by_client).await?;
    seen::require(&mut tx, (visitor.caller.tenant, part), (&app, &principal), fields).await?;
    Ok((tx, app, principal))
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, part): (&str, &str),
    fields: &Fields,
) -> Result<Done, Trouble> {
    let (mut tx, app, principal) = begin(server, visitor, headers, (app, part), fields).await?;
    let mut done = Done::Page;
    match part {
        "addresses" => update(&mut tx, server, visitor, &app, addresses(fields)).await?,
        "claims" => update(&mut tx, server, visitor, &app, claims::changes(&app, fields)?).await?,
        "add-secret" => done = Done::Secret(add_secret(&mut tx, server, visitor, &app, fields).await?),
        "remove-secret" => remove_secret(&mut tx, server, visitor, (&app, &principal), fields).await?,
        "add-certificate" => add_certificate(&mut tx, server, visitor, &app, fields).await?,
        "remove-certificate" => {
            let certificate = fields.get("certificate-id").parse().map_err(|_| Problem::BadRequest)?;
            let key = Key::Id(app.id);
            applications::operations::remove_key(&mut tx, server, &visitor.caller, key, certificate).await?;
        }
        "add-role" => {
            let added = update(&mut tx, server, visitor, &app, with_role(server, &app, fields)).await;
            added.map_err(|trouble| trouble.moved("", role_field(fields)))?;
        }
        "switch-role" => update(&mut tx, server, visitor, &app, with_role_switched(&app, fields)).await?,
        "remove-role" => update(&mut tx, server, visitor, &app, without_role(&app, fields)).await?,
        "permissions" => grants::set_permissions(&mut tx, server, visitor, &principal, fields).await?,
        "delegated" => grants::set_delegated(&mut tx, server, visitor, &principal, fields).await?,
        "remove" => {
            applications::operations::delete(&mut tx, server, &visitor.caller, Key::Id(app.id)).await?;
            done = Done::List;
        }
        _ => {
            let (name, name_here) = (app.display_name.as_str(), principal.display_name.as_str());
            let answered = [(Owned::from(app.id), name), (Owned::from(principal.id), name_here)];
            let about = (&principal, answered.as_slice());
            if !standing::carry_out(&mut tx, server, visitor, about, (part, fields)).await? {
                return Err(Problem::NotFound.into());
            }
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// Changes the registration, unless another one has changed it after it was read here.
pub async fn update(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    app: &Application,
    changes: Changes,
) -> Result<(), Trouble> {
    let after = applications::operations::update(tx, server, &visitor.caller, Key::Id(app.id), changes).await?;
    standing::require_next(app.version, after.version)
}

fn addresses(fields: &Fields) -> Changes {
    Changes {
        display_name: Some(fields.get("name").to_owned()),
        web_redirect_uris: Some(fields.lines("web")),
        spa_redirect_uris: Some(fields.lines("spa")),
        public_redirect_uris: Some(fields.lines("public")),
        home_page_url: Some(fields.filled("home")),
        logout_url: Some(fields.filled("logout")),
        signing_algorithm: SigningAlgorithm::parse(fields.get("algorithm")),
        group_membership_claims: group_claims::parse(fields.get("groups")).ok(),
        sign_in_audience: SignInAudience::parse(fields.get("audience")),
        ..Changes::default()
    }
}

async fn add_secret(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    app: &Application,
    fields: &Fields,
) -> Result<String, Trouble> {
    let ends_at = lifetime::end(fields, server.clock.now())?;
    let new = NewSecret { display_name: fields.filled("purpose"), ends_at, ..NewSecret::default() };
    let added = applications::operations::add_secret(tx, server, &visitor.caller, Key::Id(app.id), new).await?;
    Ok(added.text.to_string())
}

async fn add_certificate(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    app: &Application,
    fields: &Fields,
) -> Result<(), Trouble> {
    let new = NewKey {
        display_name: fields.filled("certificate-name"),
        certificate: fields.get("certificate").to_owned(),
        ..NewKey::default()
    };
    applications::operations::add_key(tx, server, &visitor.caller, Key::Id(app.id), new).await?;
    Ok(())
}

/// Removes a secret of the registration, or of the service principal if it is none of the registration.
async fn remove_secret(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    (app, principal): (&Application, &ServicePrincipal),
    fields: &Fields,
) -> Result<(), Trouble> {
    let secret = fields.get("secret").parse().map_err(|_| Problem::BadRequest)?;
    let key = Key::Id(app.id);
    match applications::operations::remove_secret(tx, server, &visitor.caller, key, secret).await {
        Err(ApplicationError::NoSuchSecret) => {
            let key = principals::Key::Id(principal.id);
            Ok(principals::remove_secret(tx, server, &visitor.caller, key, secret).await?)
        }
        done => Ok(done?),
    }
}

fn with_role(server: &Server, app: &Application, fields: &Fields) -> Changes {
    let kinds = [(MemberType::User, "for-people"), (MemberType::Application, "for-programs")];
    let role = AppRole {
        id: AppRoleId(server.entropy.random_uuid()),
        value: fields.filled("value"),
        display_name: fields.get("role-name").to_owned(),
        description: None,
        allowed_member_types: kinds
            .into_iter()
            .filter(|(_, name)| fields.is_ticked(name))
            .map(|(kind, _)| kind)
            .collect(),
        is_enabled: true,
        origin: Origin::Application,
    };
    let roles = app.app_roles.iter().cloned().chain([role]).collect();
    Changes { app_roles: Some(roles), ..Changes::default() }
}

/// The field of a new role that a refusal is about: the name and the kinds are looked at before the value.
fn role_field(fields: &Fields) -> &'static str {
    let name = fields.get("role-name");
    if name.is_empty() || names::holds_hidden(name) {
        "role-name"
    } else if !fields.is_ticked("for-people") && !fields.is_ticked("for-programs") {
        "for-whom"
    } else {
        "value"
    }
}

fn with_role_switched(app: &Application, fields: &Fields) -> Changes {
    let chosen = fields.get("role");
    // What the button said, not the other way than now: somebody may have switched it already.
    let on = fields.get("to") == "on";
    let switched = |role: &AppRole| {
        let is_enabled = if role.id.to_string() == chosen { on } else { role.is_enabled };
        AppRole { is_enabled, ..role.clone() }
    };
    Changes { app_roles: Some(app.app_roles.iter().map(switched).collect()), ..Changes::default() }
}

fn without_role(app: &Application, fields: &Fields) -> Changes {
    let chosen = fields.get("role");
    let others = app.app_roles.iter().filter(|role| role.id.to_string() != chosen).cloned();
    Changes { app_roles: Some(others.collect()), ..Changes::default() }
}
