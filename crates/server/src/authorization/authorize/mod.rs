//! The authorization endpoint (RFC 6749 section 3.1, OIDC Core section 3.1.2): a person goes to an app.
//!
//! Until the app and its redirect address are known, a refusal is a page of ours; from then on it goes to the app. What
//! is missing (a session, an acceptance) is caught up on other pages, which lead back here.

mod delivery;
mod grant;
mod need;
mod step;

use super::client::Client;
use super::error::EndpointError;
use super::person;
use super::resource::{self, Asked};
use super::store::grants::ClientKind;
use super::{consent, tenant_path};
use crate::Server;
use crate::audit::group::record_soon;
use crate::audit::sign_in::{self, SignIn};
use crate::service_principals;
use crate::sign_in::session::{self, Session};
use crate::tenants::Tenant;
use crate::users::User;
use crate::web::Routes;
use crate::web::answer;
use crate::web::reader::Reader;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use database::Transaction;
use delivery::Reply;
use need::Need;
use oauth::authorization_request::{AuthorizationRequest, Incoming, Prompt, Refusal};
use oauth::error::{Aadsts, aadsts};
use oauth::redirect_uri;
use std::sync::Arc;

/// Longest request that is taken over into an address, in bytes.
const MAX_FORM: usize = 48 * 1024;

/// The endpoint.
pub fn routes() -> Routes {
    Routes::new().route("/{tenant}/oauth2/v2.0/authorize", get(by_query).post(by_form))
}

/// One request at the door of a tenant.
struct Visit {
    server: Arc<Server>,
    tenant: Arc<Tenant>,
    reader: Reader,
    headers: HeaderMap,
    pairs: Vec<(String, String)>,
}

/// What an app asks for, once it and its redirect address are known.
struct Ask {
    client: Arc<Client>,
    kind: ClientKind,
    request: AuthorizationRequest,
}

/// Why a request was not even read.
enum Unread {
    /// Nobody knows whom to tell but the person.
    Page(EndpointError),
    /// The app is told.
    Refusal(Box<Refusal>),
}

impl<E: Into<EndpointError>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Page(error.into())
    }
}

async fn by_query(
    State(server): State<Arc<Server>>,
    Path(segment): Path<String>,
    RawQuery(query): RawQuery,
    reader: Reader,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let tenant = match at(&server, &segment).await {
        Ok(tenant) => tenant,
        Err(error) => return delivery::page(&server, None, &reader, error).await,
    };
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Visit { server, tenant, reader, headers, pairs }.answer().await
}

/// A form of another site arrives without our cookies (`SameSite=Lax`); asked again by GET, the browser sends them.
async fn by_form(
    State(server): State<Arc<Server>>,
    Path(segment): Path<String>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    // One that could not be read is beyond every limit too.
    let body = body.ok().filter(|body| body.len() <= MAX_FORM);
    let tenant = match at(&server, &segment).await {
        Ok(_) if body.is_none() => Err(aadsts::REQUEST_TOO_LONG.error().into()),
        other => other,
    };
    match tenant {
        Ok(tenant) => {
            let pairs = url::form_urlencoded::parse(body.as_deref().unwrap_or_default());
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            answer::see_other(&format!("/{}/oauth2/v2.0/authorize?{query}", tenant.id))
        }
        Err(error) => delivery::page(&server, None, &reader, error).await,
    }
}

async fn at(server: &Server, segment: &str) -> Result<Arc<Tenant>, EndpointError> {
    tenant_path::resolve(&mut server.read().await?, server, segment).await
}

impl Visit {
    async fn answer(self) -> Response {
        let ask = match self.read().await {
            Ok(ask) => ask,
            Err(Unread::Page(error)) => {
                return delivery::page(&self.server, Some(&self.tenant), &self.reader, error).await;
            }
            Err(Unread::Refusal(refusal)) => {
                let Refusal { reply_to, error } = *refusal;
                return self.reply("").refuse(&reply_to, error).await;
            }
        };
        match self.proceed(&ask).await {
            Ok(response) => response,
            Err(error) => {
                let error = delivery::for_app(error.public());
                self.reply(&ask.client.application.display_name).refuse(&ask.request.reply_to, error).await
            }
        }
    }

    fn reply<'a>(&'a self, app: &'a str) -> Reply<'a> {
        Reply { server: &self.server, tenant: &self.tenant, reader: &self.reader, app }
    }

    /// The app, its redirect address, then the rest, in this order.
    async fn read(&self) -> Result<Ask, Unread> {
        let pairs = self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let incoming = Incoming::read(pairs)?;
        let mut tx = self.server.read().await?;
        let client = Client::find_or_offered(&mut tx, &self.server, self.tenant.id, incoming.client_id()).await?;
        let registered = client.application.redirects();
        let matching = registered.iter().find(|registered| redirect_uri::matches(registered, incoming.redirect_uri()));
        let kind = matching.ok_or_else(|| aadsts::REDIRECT_URI_MISMATCH.error())?.kind;
        let request = incoming.validate().map_err(Unread::Refusal)?;
        request.check_challenge(kind).map_err(|error| Unread::Refusal(Box::new(request.refuse(error))))?;
        Ok(Ask { client, kind: kind.into(), request })
    }

    async fn proceed(&self, ask: &Ask) -> Result<Response, EndpointError> {
        ask.client.check_enabled()?;
        let mut tx = self.server.read().await?;
        let asked = resource::asked(&mut tx, &self.server, &ask.client, &ask.request.scope).await?;
        let current = session::current(&mut tx, &self.server, self.tenant.id, &self.headers).await?;
        drop(tx);
        let resumed = step::resumed(&self.pairs);
        let need = need::of(&self.server, ask, resumed, current.as_ref()).await?;
        if let Some(refusal) = need.silently_refused().filter(|_| ask.request.prompt.contains(Prompt::None)) {
            self.refused_silently(ask, need, current.as_ref(), refusal);
            return Err(refusal.error().into());
        }
        match (need, current) {
            (Need::Nothing, Some((session, user))) => {
                let outcome = async {
                    let mut tx = self.server.read().await?;
                    person::check(&mut tx, &ask.client, &session, &user).await?;
                    consent::refused(&self.pairs).map_or(Ok(()), |refusal| Err(refusal.error()))?;
                    self.lacks_consent(&mut tx, ask, &asked, &user).await
                };
                match outcome.await {
                    Ok(false) => self.grant(ask, &session, &user, resumed).await,
                    Ok(true) if ask.request.prompt.contains(Prompt::None) => {
                        self.refused_silently(ask, Need::Consent, Some(&(session, user)), aadsts::CONSENT_MISSING);
                        Err(aadsts::CONSENT_MISSING.error().with_suberror("consent_required").into())
                    }
                    Ok(true) => self.send_away(ask, &Need::Consent).await,
                    Err(error) => Err(self.turned_away(ask, &user, error).await),
                }
            }
            (need, _) => self.send_away(ask, &need).await,
        }
    }

    /// Whether the person is to be asked what the app may do for them: something is not granted, or the app wants it, or nobody has
    /// let it in yet.
    async fn lacks_consent(
        &self,
        tx: &mut Transaction,
        ask: &Ask,
        asked: &Asked,
        user: &User,
    ) -> Result<bool, EndpointError> {
        let (tenant, app) = (self.tenant.id, ask.client.principal.id);
        let granted = service_principals::granted(tx, &self.server, tenant, app, user.id).await?;
        if asked.is_nothing(&ask.client, &granted) {
            return Err(aadsts::INVALID_SCOPE.error().naming("it names nothing that could be granted").into());
        }
        let is_in = ask.client.principal.is_admitted();
        let lacks = !asked.missing(&ask.client, &granted).is_empty() || !asked.missing_beside(&granted).is_empty();
        Ok(!is_in || step::asks_to_consent(&self.pairs) || lacks)
    }

    /// A silent sign-in that would have needed a page stands in the log. It is counted and written in a group: everybody
    /// can ask for it without end, and the libraries of apps do so every hour.
    fn refused_silently(&self, ask: &Ask, need: Need, current: Option<&(Session, User)>, refusal: Aadsts) {
        let row = SignIn {
            error_code: refusal.number.into(),
            failure_reason: Some(refusal.sentence.to_owned()),
            ..ask.client.logged()
        };
        let row = match current {
            // A session that will not do because of whose it is tells nothing about who was meant.
            Some((_, user)) if need != (Need::SignIn { fresh: false }) => user.logged(row),
            _ => row,
        };
        record_soon(&self.server, self.tenant.id, row);
    }

    /// A person who is known and may not go on stands in the log.
    async fn turned_away(&self, ask: &Ask, user: &User, error: EndpointError) -> EndpointError {
        let EndpointError::Refused(refusal) = &error else { return error };
        let row = SignIn {
            error_code: refusal.aadsts().number.into(),
            failure_reason: Some(refusal.aadsts().sentence.to_owned()),
            is_interactive: step::resumed(&self.pairs).is_some(),
            ..grant::logged(ask, user)
        };
        let write = async {
            let mut tx = self.server.write().await?;
            sign_in::record(&mut tx, &self.server, self.tenant.id, row).await?;
            tx.commit().await
        };
        match write.await {
            Ok(()) => error,
            Err(failure) => failure.into(),
        }
    }
}
