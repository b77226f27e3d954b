//! Signing out at the wish of an app (OIDC RP-Initiated Logout 1.0).
//!
//! An app that proves by an ID token whom it means ends the session at once; anybody else could have put the link on a
//! page of theirs, so the person is asked. Whatever apps hold of an ended session is void from then on.

use super::client::Client;
use super::error::EndpointError;
use super::tokens;
use crate::applications::{self, Application};
use crate::service_principals::foreign;
use crate::sign_in::door::Door;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session::{self, Session};
use crate::users::User;
use crate::web::Routes;
use crate::web::form::holds_nul;
use crate::web::pages::{Problem, SignOutPage, SignedOutPage};
use crate::web::shell::Hidden;
use crate::web::{answer, csrf, misread};
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use oauth::claims::IdTokenClaims;
use oauth::logout_request::LogoutRequest;
use oauth::redirect_uri;

/// The field of our own form; a request of an app has none.
const FORM_VALUE: &str = "csrf";

/// The endpoint.
pub fn routes() -> Routes {
    Routes::new().route("/{tenant}/oauth2/v2.0/logout", get(by_query).post(by_form))
}

/// A wish to sign out with what is known about the app that has it.
struct Wish {
    request: LogoutRequest,
    hint: Option<IdTokenClaims>,
    /// Where the person goes afterwards, if the app registered that address.
    destination: Option<String>,
}

async fn by_query(door: Door, RawQuery(query): RawQuery) -> Response {
    let outcome = async {
        let wish = Wish::read(&door, query.unwrap_or_default().as_bytes()).await?;
        match current(&door).await? {
            Some((session, user)) if wish.means(&user) => wish.end(&door, &session, &user, None).await,
            Some((session, user)) => Ok(wish.ask(&door, &session, &user)),
            None => Ok(wish.done(&door)),
        }
    };
    door.answer(outcome.await)
}

/// Our own form, or an app's: the latter arrives without our cookies and is asked again by GET.
async fn by_form(door: Door, body: Result<Bytes, BytesRejection>) -> Response {
    let Ok(body) = body else { return misread::page(&door.server, &door.reader, StatusCode::PAYLOAD_TOO_LARGE) };
    if holds_nul(&body) {
        return misread::page(&door.server, &door.reader, StatusCode::BAD_REQUEST);
    }
    let value = url::form_urlencoded::parse(&body).find(|(name, _)| name == FORM_VALUE);
    let Some(value) = value.map(|(_, value)| value.into_owned()) else {
        let pairs = url::form_urlencoded::parse(&body);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        return answer::see_other(&format!("{}?{query}", path(&door)));
    };
    let outcome = async {
        let wish = Wish::read(&door, &body).await?;
        match current(&door).await? {
            Some((session, user)) => wish.end(&door, &session, &user, Some(&value)).await,
            None => Ok(wish.done(&door)),
        }
    };
    door.answer(outcome.await)
}

impl Wish {
    async fn read(door: &Door, form: &[u8]) -> Result<Self, Refusal> {
        let pairs = url::form_urlencoded::parse(form);
        let request = LogoutRequest::parse(pairs).map_err(|_| Refusal::Problem(Problem::BadRequest))?;
        let hint = match &request.id_token_hint {
            Some(token) => refused(tokens::hint::read(&door.server, door.tenant.id, token).await)?,
            None => None,
        };
        let destination = destination(door, &request, hint.as_ref()).await?;
        Ok(Self { request, hint, destination })
    }

    /// Whether the app has shown that it means this person.
    fn means(&self, user: &User) -> bool {
        self.hint.as_ref().is_some_and(|hint| hint.oid == user.id.to_string())
    }

    fn ask(&self, door: &Door, session: &Session, user: &User) -> Response {
        let request = &self.request;
        let kept = [
            ("post_logout_redirect_uri", &request.post_logout_redirect_uri),
            ("id_token_hint", &request.id_token_hint),
            ("client_id", &request.client_id),
            ("state", &request.state),
        ];
        let hidden: Vec<Hidden> =
            kept.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
        let page = SignOutPage {
            outside: door.outside.clone(),
            address: user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
            csrf: csrf::issue(&door.server, door.tenant.id, &session.form_key),
            action: door.reader.keep_language(&path(door)),
            hidden,
            stay_url: Some(home(door)),
        };
        answer::page(StatusCode::OK, &page)
    }

    /// Ends the session; a form must carry its value, which is bound to the session.
    async fn end(
        &self,
        door: &Door,
        session: &Session,
        user: &User,
        form_value: Option<&str>,
    ) -> Result<Response, Refusal> {
        let mut tx = door.server.write().await?;
        if let Some(value) = form_value {
            let is_ours = csrf::is_same_origin(&door.server, &door.headers)
                && csrf::spend(&mut tx, &door.server, door.tenant.id, &session.form_key, value).await?.is_first();
            if !is_ours {
                return Err(Refusal::Problem(Problem::StaleForm));
            }
        }
        let app = self.hint.as_ref().map(|hint| hint.aud.as_str());
        let cookie = session::end(&mut tx, &door.server, session, user, app).await?;
        tx.commit().await?;
        Ok(answer::with_cookies(self.done(door), [cookie]))
    }

    fn done(&self, door: &Door) -> Response {
        if let Some(address) = &self.destination {
            return answer::see_other(address);
        }
        let page = SignedOutPage { outside: door.outside.clone(), sign_in_url: Some(home(door)) };
        answer::page(StatusCode::OK, &page)
    }
}

/// The address to go to, with `state`, if the app that asks registered exactly it. MSAL.js does not say which app asks;
/// then it is any app that stands in the organisation, since everybody may name one.
async fn destination(
    door: &Door,
    request: &LogoutRequest,
    hint: Option<&IdTokenClaims>,
) -> Result<Option<String>, Refusal> {
    let Some(address) = &request.post_logout_redirect_uri else { return Ok(None) };
    let client_id = match (hint, &request.client_id) {
        // Section 2: both must name the same app.
        (Some(hint), Some(client_id)) if hint.aud != *client_id => return Ok(None),
        (Some(hint), _) => Some(&hint.aud),
        (None, client_id) => client_id.as_ref(),
    };
    let mut tx = door.server.read().await?;
    let is_registered = if let Some(client_id) = client_id {
        let client = known(Client::find(&mut tx, &door.server, door.tenant.id, client_id).await)?;
        client.is_some_and(|client| leads_to(&client.application, address))
    } else {
        let mut candidates = applications::address_store::list_by_address(&mut tx, door.tenant.id, address).await?;
        candidates.extend(foreign::registrations(&mut tx, door.tenant.id).await?);
        candidates.iter().any(|application| leads_to(application, address))
    };
    Ok(is_registered.then(|| with_state(address, request.state.as_deref())))
}

fn leads_to(application: &Application, address: &String) -> bool {
    application.redirects().iter().any(|registered| redirect_uri::matches(registered, address))
        || application.logout_url.as_ref() == Some(address)
}

fn with_state(address: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return address.to_owned() };
    let joint = if address.contains('?') { '&' } else { '?' };
    let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
    format!("{address}{joint}state={state}")
}

async fn current(door: &Door) -> Result<Option<(Session, User)>, Refusal> {
    let mut tx = door.server.read().await?;
    Ok(session::current(&mut tx, &door.server, door.tenant.id, &door.headers).await?)
}

/// An unknown app is no app; a failure stays one.
fn known<T>(found: Result<T, EndpointError>) -> Result<Option<T>, Refusal> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(EndpointError::Refused(_)) => Ok(None),
        Err(failure) => refused(Err(failure)),
    }
}

fn refused<T>(outcome: Result<T, EndpointError>) -> Result<T, Refusal> {
    outcome.map_err(|error| match error {
        EndpointError::Storage(failure) => Refusal::Database(failure),
        other => {
            let refusal = other.public();
            tracing::error!(%refusal, "a sign-out failed");
            Refusal::Problem(Problem::Failure)
        }
    })
}

fn path(door: &Door) -> String {
    format!("/{}/oauth2/v2.0/logout", door.tenant.id)
}

fn home(door: &Door) -> String {
    format!("/myapps/{}", door.tenant.initial_domain)
}
