//! The code: what a person gives an app.

use super::step::Resumed;
use super::{Ask, Visit};
use crate::audit::sign_in::{self, SignIn};
use crate::authorization::error::EndpointError;
use crate::authorization::store::codes::{self, Code};
use crate::authorization::store::grants::{self, ClientKind, Grant};
use crate::platform::ids::GrantId;
use crate::platform::{Secret, SecretKind, Timestamp};
use crate::sign_in::session::{Method, Session};
use crate::users::User;
use axum::response::Response;
use oauth::authorization_response::Granted;
use oauth::pkce::Challenge;
use sqlx::types::Json;
use std::time::Duration;

/// How long a code is good for: it is redeemed by the app at once or never.
const CODE: Duration = Duration::from_mins(1);

/// How long a single-page application may refresh, whatever it does: its tokens lie where scripts can read them.
const SINGLE_PAGE: Duration = Duration::from_hours(24);

impl Visit {
    /// Writes grant, code and log row together, then answers the app.
    pub(super) async fn grant(
        &self,
        ask: &Ask,
        session: &Session,
        user: &User,
        resumed: Option<Resumed>,
    ) -> Result<Response, EndpointError> {
        let server = &self.server;
        let now = server.clock.now();
        let grant = new_grant(ask, session, user, GrantId(server.entropy.uuid(now)), now);
        let secret = Secret::new(SecretKind::AuthorizationCode, self.tenant.id, &server.entropy);
        let request = &ask.request;
        let code = Code {
            tenant_id: self.tenant.id,
            secret_hash: secret.hash(),
            grant_id: grant.id,
            redirect_uri: request.reply_to.redirect_uri.clone(),
            challenge: request.code_challenge.clone().map(Challenge::into),
            nonce: request.nonce.clone(),
            capabilities: Json(request.claims.client_capabilities.clone()),
            wants_client_info: request.client_info,
            issued_at: now,
            expires_at: now.plus(CODE),
            used_at: None,
        };
        let mut tx = server.write().await?;
        grants::insert(&mut tx, &grant).await?;
        codes::insert(&mut tx, &code).await?;
        if !is_logged(session, resumed) {
            let row = SignIn { is_interactive: resumed.is_some(), ..logged(ask, user) };
            sign_in::record(&mut tx, server, self.tenant.id, row).await?;
        }
        tx.commit().await?;
        let session_state = session.id.to_string();
        let client_info = oauth::claims::client_info(&user.id.to_string(), &user.tenant_id.to_string());
        let granted = Granted {
            code: &secret.text(),
            session_state: Some(&session_state),
            client_info: request.client_info.then_some(client_info.as_str()),
        };
        Ok(self.reply(&ask.client.application.display_name).grant(&request.reply_to, &granted).await)
    }
}

fn new_grant(ask: &Ask, session: &Session, user: &User, id: GrantId, now: Timestamp) -> Grant {
    // Somebody without a password here proves the mailbox again after a day, in apps too.
    let end_of_proof = (session.method == Method::Passcode).then_some(session.expires_at);
    let end_of_script = (ask.kind == ClientKind::SinglePage).then_some(now.plus(SINGLE_PAGE));
    Grant {
        tenant_id: user.tenant_id,
        id,
        client_id: ask.client.id(),
        user_id: user.id,
        session_id: session.id,
        redirect_kind: ask.kind,
        scope: ask.request.scope.as_str().to_owned(),
        created_at: now,
        ends_at: [end_of_proof, end_of_script].into_iter().flatten().min(),
        revoked_at: None,
    }
}

/// Whether the session's own row in the log already tells of this way to the app.
fn is_logged(session: &Session, resumed: Option<Resumed>) -> bool {
    resumed.is_some_and(|step| session.authenticated_at >= step.begun)
}

/// The row of the sign-in log for a person on the way to an app.
pub(super) fn logged(ask: &Ask, user: &User) -> SignIn {
    user.logged(SignIn { method: Some("session"), ..ask.client.logged() })
}
