//! What stands between a request and its answer.

use super::Ask;
use super::step::Resumed;
use crate::Server;
use crate::authorization::error::EndpointError;
use crate::authorization::tokens;
use crate::platform::Timestamp;
use crate::sign_in::session::Session;
use crate::users::{self, Identity, User, fold};
use oauth::authorization_request::Prompt;
use oauth::error::{Aadsts, aadsts};
use std::time::Duration;

/// What has to be caught up on first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: somebody is signed in who may be asked about.
    Nothing,
    /// Signing in; `fresh` tells that a session from before does not count.
    SignIn { fresh: bool },
    /// Choosing between who is signed in and somebody else.
    Choose,
    /// Accepting the invitation.
    Accept,
    /// Answering what the app asks for.
    Consent,
}

impl Need {
    /// The refusal when no page may be shown (`prompt=none`).
    pub const fn silently_refused(self) -> Option<Aadsts> {
        match self {
            Self::Nothing => None,
            Self::SignIn { .. } | Self::Choose => Some(aadsts::NO_SESSION),
            Self::Accept => Some(aadsts::GUEST_PENDING),
            Self::Consent => Some(aadsts::CONSENT_MISSING),
        }
    }
}

/// Decides by the session and by what the app wants (OIDC Core section 3.1.2.1: `prompt`, `max_age`, hints). What was
/// caught up on is not asked for again: the app reads `auth_time` to be sure.
pub async fn of(
    server: &Server,
    ask: &Ask,
    resumed: Option<Resumed>,
    current: Option<&(Session, User)>,
) -> Result<Need, EndpointError> {
    let Some((session, user)) = current else { return Ok(Need::SignIn { fresh: false }) };
    let need = match resumed {
        Some(step) if step.must_be_fresh && session.authenticated_at < step.begun => Need::SignIn { fresh: true },
        Some(_) => Need::Nothing,
        None => wished(ask, session, server.clock.now()),
    };
    if need == Need::Nothing && resumed.is_none() && !is_hinted(server, ask, user).await? {
        return Ok(Need::SignIn { fresh: false });
    }
    Ok(if need == Need::Nothing && user.is_pending() { Need::Accept } else { need })
}

fn wished(ask: &Ask, session: &Session, now: Timestamp) -> Need {
    let prompt = &ask.request.prompt;
    let age = now.since(session.authenticated_at);
    let is_too_old = ask.request.max_age.is_some_and(|most| age > Duration::from_secs(most.into()) || most == 0);
    if prompt.contains(Prompt::Login) || prompt.contains(Prompt::Create) || is_too_old {
        return Need::SignIn { fresh: true };
    }
    if prompt.contains(Prompt::SelectAccount) { Need::Choose } else { Need::Nothing }
}

/// Whether who is signed in is who the app expects. A hint that is no address is one we did not write, and tells nothing.
async fn is_hinted(server: &Server, ask: &Ask, user: &User) -> Result<bool, EndpointError> {
    if let Some(token) = &ask.request.id_token_hint {
        let claims = tokens::hint::read(server, user.tenant_id, token).await?;
        return Ok(claims.is_some_and(|claims| claims.oid == user.id.to_string()));
    }
    let Some(hint) = ask.request.login_hint.as_deref().filter(|hint| hint.contains('@')) else { return Ok(true) };
    let hint = fold(hint);
    let mut names = [Some(user.user_principal_name.as_str()), user.mail.as_deref()].into_iter().flatten();
    if names.any(|name| fold(name) == hint) {
        return Ok(true);
    }
    // Whoever proved themselves anew may sign in by another address than the one they are written to.
    let mut tx = server.read().await?;
    let proved = users::store::find_by_identity(&mut tx, user.tenant_id, Identity::MAIL_ISSUER, &hint).await?;
    Ok(proved.is_some_and(|(id, _)| id == user.id))
}
