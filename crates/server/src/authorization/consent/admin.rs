//! An administrator answers for everybody, sent by an app or by a link (Microsoft identity platform: admin consent).
//!
//! What is asked for is what the registration says the app needs, or the scopes of the address. The app hears at its
//! redirect address what came of it.

use super::answer::AnswerForm;
use super::wanted::{Wanted, administrators, directory_api, principal};
use super::words::{asking, asking_for_itself};
use crate::Server;
use crate::applications::AccessKind;
use crate::authorization::client::Client;
use crate::authorization::error::{EndpointError, with_occurrence};
use crate::authorization::resource;
use crate::graph::{Caller, Permission};
use crate::platform::ids::{AppRoleId, ClientId};
use crate::service_principals::grants::{For, admitted, may_manage};
use crate::service_principals::{self, AssignError, NewAssignment, ServicePrincipal, foreign};
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::sign_in::door::Door;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session::{self, Session};
use crate::tenants::Tenant;
use crate::users::User;
use crate::web::csrf::{self, Worth};
use crate::web::form::Form;
use crate::web::pages::{Approval, Asking, ConsentNeededPage, ConsentPage, Problem, Whom};
use crate::web::{answer, seen};
use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use database::Transaction;
use oauth::error::{Aadsts, aadsts};
use oauth::redirect_uri;
use oauth::scope::Scopes;
use std::sync::Arc;

/// What is asked of an organisation.
struct Request {
    client: Arc<Client>,
    /// A registered address of the app.
    redirect_uri: String,
    state: Option<String>,
    scope: String,
    /// What it wants to do for people, by resource.
    wanted: Vec<Wanted>,
    /// What it wants to do by itself: the resource and the roles that are not assigned yet.
    roles: Vec<(ServicePrincipal, AppRoleId)>,
}

/// `GET /{tenant}/v2.0/adminconsent`, also without `v2.0`.
pub async fn show(door: Door, OriginalUri(uri): OriginalUri) -> Response {
    let outcome = ask(&door, &uri).await;
    door.answer(outcome)
}

/// `POST` to the same address: the answer.
pub async fn take(door: Door, OriginalUri(uri): OriginalUri, Form(form): Form<AnswerForm>) -> Response {
    let outcome = go_on(&door, &uri, &form).await;
    door.answer(outcome)
}

async fn ask(door: &Door, uri: &Uri) -> Result<Response, Refusal> {
    let server = &door.server;
    let mut tx = server.read().await?;
    let request = Request::read(&mut tx, server, &door.tenant, uri).await?;
    let current = session::current(&mut tx, server, door.tenant.id, &door.headers).await?;
    let Some((session, user)) = current.filter(|(_, user)| !user.is_pending()) else {
        drop(tx);
        return sign_in(door, uri).await;
    };
    let caller = session::caller(&mut tx, server, &user, Some(session.id), None).await?;
    request.page(&mut tx, door, uri, (&session, &user, &caller), StatusCode::OK).await
}

/// To the sign-in page, which leads back here.
async fn sign_in(door: &Door, uri: &Uri) -> Result<Response, Refusal> {
    let path = uri.path_and_query().map_or(uri.path(), axum::http::uri::PathAndQuery::as_str).to_owned();
    let mut tx = door.server.write().await?;
    let next = Beginning::from(Next::Portal { path });
    let step = continuation::begin(&mut tx, &door.server, door.tenant.id, &door.browser, next).await?;
    tx.commit().await?;
    Ok(answer::see_other(&step.sign_in_path()))
}

async fn go_on(door: &Door, uri: &Uri, form: &AnswerForm) -> Result<Response, Refusal> {
    let (server, tenant) = (&door.server, door.tenant.id);
    let mut tx = server.write().await?;
    let request = Request::read(&mut tx, server, &door.tenant, uri).await?;
    // Somebody who has yet to accept an invitation answers for nobody.
    let current = session::current(&mut tx, server, tenant, &door.headers).await?;
    let Some((session, user)) = current.filter(|(_, user)| !user.is_pending()) else {
        return Err(Refusal::Problem(Problem::StaleForm));
    };
    if !csrf::is_same_origin(server, &door.headers) {
        return Err(Refusal::Problem(Problem::StaleForm));
    }
    match csrf::spend(&mut tx, server, tenant, &session.form_key, &form.csrf).await? {
        Worth::First => {}
        Worth::Repeated => return Err(Refusal::Problem(Problem::SentAlready)),
        Worth::Nothing => return Err(Refusal::Problem(Problem::StaleForm)),
    }
    let caller = session::caller(&mut tx, server, &user, Some(session.id), None).await?;
    match form.answer.as_str() {
        "accept" if !may_manage(&caller) => return Err(Refusal::Problem(Problem::NotAllowed)),
        "accept" if form.seen != request.mark() => {
            return request.page(&mut tx, door, uri, (&session, &user, &caller), StatusCode::CONFLICT).await;
        }
        "accept" => request.grant(&mut tx, server, &caller).await?,
        "decline" => {
            tx.commit().await?;
            return Ok(answer::see_other(&request.refused(server, aadsts::SIGN_IN_CANCELLED)));
        }
        "unavailable" => {
            tx.commit().await?;
            return Ok(answer::see_other(&request.refused(server, aadsts::ADMIN_CONSENT_NEEDED)));
        }
        _ => return Err(Refusal::Problem(Problem::BadRequest)),
    }
    tx.commit().await?;
    Ok(answer::see_other(&request.done(&door.tenant)))
}

impl Request {
    async fn read(tx: &mut Transaction, server: &Server, tenant: &Tenant, uri: &Uri) -> Result<Self, Refusal> {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        let pairs: Vec<(String, String)> = pairs.collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let client = Client::find_or_offered(tx, server, tenant.id, &value("client_id").unwrap_or_default()).await?;
        client.check_enabled()?;
        let redirect_uri = value("redirect_uri").unwrap_or_default();
        let registered = client.application.redirects();
        if !registered.iter().any(|registered| redirect_uri::matches(registered, &redirect_uri)) {
            return Err(Refusal::Problem(Problem::BadRequest));
        }
        let scope = value("scope").unwrap_or_default();
        let (wanted, roles) = wanted(tx, server, tenant, &client, &scope).await?;
        Ok(Self { client, redirect_uri, state: value("state"), scope, wanted, roles })
    }

    fn mark(&self) -> String {
        let marks: Vec<String> = self.wanted.iter().map(Wanted::mark).collect();
        let roles = self.roles.iter().map(|(resource, role)| format!("{} {role}", resource.id));
        let all: Vec<String> = marks.into_iter().chain(roles).collect();
        seen::mark(all.iter().map(String::as_str))
    }

    async fn page(
        &self,
        tx: &mut Transaction,
        door: &Door,
        uri: &Uri,
        (session, user, caller): (&Session, &User, &Caller),
        status: StatusCode,
    ) -> Result<Response, Refusal> {
        let words = door.outside.words;
        let csrf = csrf::issue(&door.server, door.tenant.id, &session.form_key);
        let action = uri.path_and_query().map_or(uri.path(), axum::http::uri::PathAndQuery::as_str).to_owned();
        let address = user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone());
        let (app, logo) = (self.client.application.display_name.clone(), self.client.principal.logo_path());
        let publisher = foreign::publisher(tx, &door.server, &self.client.principal).await?;
        let list = |names: fn(&Wanted) -> &Vec<String>| {
            let each =
                |wanted| names(wanted).iter().map(|name| asking(words, &wanted.resource, name)).collect::<Vec<_>>();
            self.wanted.iter().flat_map(each).collect::<Vec<_>>()
        };
        let mut asked = list(|wanted| &wanted.missing);
        asked.extend(self.roles.iter().map(|(resource, role)| of_role(words, resource, *role)));
        if !may_manage(caller) {
            let page = ConsentNeededPage {
                outside: door.outside.clone(),
                app,
                logo,
                publisher,
                address,
                asked,
                administrators: administrators(tx, caller).await?,
                approval: Approval::Closed,
                csrf,
                action,
                reference: door.reference(),
            };
            return Ok(answer::page(StatusCode::OK, &page));
        }
        let page = ConsentPage {
            outside: door.outside.clone(),
            app,
            logo,
            publisher,
            address,
            asked,
            granted: list(|wanted| &wanted.granted),
            whom: Whom::Everybody,
            csrf,
            seen: self.mark(),
            action,
            is_stale: status == StatusCode::CONFLICT,
        };
        Ok(answer::page(status, &page))
    }

    async fn grant(&self, tx: &mut Transaction, server: &Server, caller: &Caller) -> Result<(), Refusal> {
        let offered = &self.client.principal;
        // In once, also where nothing or much is asked for.
        let (program, _) = admitted(tx, server, caller, (offered, offered)).await?;
        for wanted in &self.wanted {
            let resource = if wanted.resource.app_id == program.app_id { &program } else { &wanted.resource };
            wanted.grant_to(tx, server, caller, (&program, resource), For::Everybody).await?;
        }
        for (resource, role) in &self.roles {
            let resource = if resource.app_id == program.app_id { program.id } else { resource.id };
            let new = NewAssignment { principal: program.id.into(), resource, role: *role };
            match service_principals::assign(tx, server, caller, new).await {
                Ok(_) | Err(AssignError::Exists) => {}
                Err(AssignError::Storage(error)) => return Err(error.into()),
                Err(AssignError::Denied) => return Err(Refusal::Problem(Problem::NotAllowed)),
                Err(_) => return Err(Refusal::Problem(Problem::BadRequest)),
            }
        }
        Ok(())
    }

    fn done(&self, tenant: &Tenant) -> String {
        let id = tenant.id.to_string();
        self.answered(&[("admin_consent", "True"), ("tenant", &id), ("scope", &self.scope)])
    }

    fn refused(&self, server: &Server, cause: Aadsts) -> String {
        let error = cause.error();
        let description = with_occurrence(server, |when| error.description(when));
        let code = error.code().as_str();
        self.answered(&[
            ("admin_consent", "False"),
            ("error", code),
            ("error_subcode", "cancel"),
            ("error_description", &description),
        ])
    }

    /// The redirect address with an answer. It is appended to the text: a rewritten address might not be the registered one.
    fn answered(&self, fields: &[(&str, &str)]) -> String {
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let address = format!("{}{separator}", self.redirect_uri);
        let start = address.len();
        let mut query = url::form_urlencoded::Serializer::for_suffix(address, start);
        query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        query.extend_pairs(self.state.iter().map(|state| ("state", state)));
        query.finish()
    }
}

fn of_role(words: crate::translations::Words, resource: &ServicePrincipal, role: AppRoleId) -> Asking {
    if let Some(permission) = Permission::from_role_id(role.0).filter(|_| resource.is_directory_api()) {
        return asking_for_itself(words, permission);
    }
    let declared = resource.app_roles().into_iter().find(|declared| declared.id == role);
    let (name, value) = declared.map_or_else(Default::default, |role| (role.display_name, role.value));
    let text = words.t2("may-at-app", "permission", &name, "app", &resource.display_name);
    Asking { text, name: value.unwrap_or_default() }
}

/// What is asked: the scopes of the address, or everything that the registration says the app needs.
async fn wanted(
    tx: &mut Transaction,
    server: &Server,
    tenant: &Tenant,
    client: &Arc<Client>,
    scope: &str,
) -> Result<(Vec<Wanted>, Vec<(ServicePrincipal, AppRoleId)>), Refusal> {
    let required = &client.application.required_resource_access;
    let (mut wanted, mut roles) = (Vec::new(), Vec::new());
    let scopes: Vec<String> = if scope.trim().is_empty() {
        required.iter().map(|entry| format!("{}/.default", entry.resource_app_id)).collect()
    } else {
        vec![scope.to_owned()]
    };
    let held = service_principals::grants::store::held_for_everybody(tx, tenant.id, client.principal.id).await?;
    let mut identity: Vec<String> = Vec::new();
    for scope in &scopes {
        let scopes = Scopes::parse(scope).map_err(EndpointError::from)?;
        let asked = resource::asked(tx, server, client, &scopes).await?;
        let principal = principal(tx, tenant.id, &asked.resource).await?;
        if asked.is_default() {
            roles.extend(lacking(tx, client, &principal).await?);
        }
        identity.extend_from_slice(asked.identity_beside());
        wanted.push(of_resource(client, principal, asked.words(), &held));
    }
    identity.retain(|word| !wanted.iter().any(|wanted: &Wanted| wanted.names_at_directory(word)));
    identity.sort_unstable();
    identity.dedup();
    if !identity.is_empty() {
        let api = directory_api(tx, tenant.id).await?;
        wanted.push(of_resource(client, api, identity.iter(), &held));
    }
    wanted.retain(|wanted| !wanted.missing.is_empty() || !wanted.granted.is_empty());
    Ok((wanted, roles))
}

/// The words at one resource, apart by whether they were granted for everybody.
fn of_resource<'w>(
    client: &Arc<Client>,
    resource: ServicePrincipal,
    words: impl Iterator<Item = &'w String>,
    held: &[(ClientId, String)],
) -> Wanted {
    let here = held.iter().filter(|(at, _)| *at == resource.app_id);
    let held: Vec<&str> = here.flat_map(|(_, words)| words.split_ascii_whitespace()).collect();
    let (granted, missing) = words.cloned().partition(|word: &String| held.contains(&word.as_str()));
    Wanted { client: Arc::clone(client), resource, missing, granted, beside: None }
}

/// The roles at a resource that the registration says the app needs and that it was not given.
async fn lacking(
    tx: &mut Transaction,
    client: &Client,
    resource: &ServicePrincipal,
) -> Result<Vec<(ServicePrincipal, AppRoleId)>, Refusal> {
    let tenant = resource.tenant_id;
    let program = client.principal.id.into();
    let held = service_principals::assignment_store::list_roles(tx, tenant, program, resource.id).await?;
    let required = client.application.required_resource_access.iter();
    let entries = required.filter(|entry| entry.resource_app_id == resource.app_id);
    let needed = entries.flat_map(|entry| &entry.resource_access).filter(|access| access.kind == AccessKind::Role);
    let declared = resource.app_roles();
    let is_declared = |id: &AppRoleId| declared.iter().any(|role| role.id == *id && role.is_enabled);
    let lacks = needed.map(|access| AppRoleId(access.id)).filter(|id| is_declared(id) && !held.contains(id));
    Ok(lacks.map(|id| (resource.clone(), id)).collect())
}
