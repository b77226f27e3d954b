//! Somebody in front of an invitation.

use super::operations::Case;
use super::pages::dead_link;
use crate::Server;
use crate::invitations::{self, Invitation};
use crate::sign_in::continuation::Next;
use crate::sign_in::place::Place;
use crate::sign_in::session::{self, Method, Session};
use crate::users::User;
use crate::web::{answer, names};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use database::{Result, Transaction};
use std::sync::Arc;

/// An invitation, and who stands in front of it. Handlers receive it for the steps `/{tenant}/redeem/{continuation}`:
/// begun by the link of an invitation, or by a guest who went straight to an app before accepting.
pub struct Visit {
    /// The step and its browser.
    pub place: Place,
    /// The invitation and where it stands.
    pub case: Case,
    /// Who is signed in at this organisation in this browser.
    pub session: Option<(Session, User)>,
}

enum Found {
    Case(Box<(Case, Option<(Session, User)>)>),
    /// Nobody is known here yet.
    Stranger,
    /// Somebody who has nothing to accept.
    Known,
    /// No invitation that could be accepted.
    Nothing,
}

impl Visit {
    /// Whether the link of the invitation led here, rather than the way to an app.
    pub fn came_by_link(&self) -> bool {
        self.place.continuation.invitation.is_some()
    }

    /// Whether the guest is signed in already: they have proved the mailbox, and need no second code. What counts before
    /// acceptance is the invited mailbox: a code of an earlier invitation may have come to another address, and a
    /// password says nothing about a mailbox.
    pub fn is_proved(&self) -> bool {
        let invitation = &self.case.invitation;
        self.session.as_ref().filter(|(_, user)| user.id == invitation.user_id).is_some_and(|(session, user)| {
            let is_invited = session.method == Method::Passcode && session.authenticated_at >= invitation.created_at;
            is_invited || !user.is_pending()
        })
    }

    /// The session of somebody else.
    pub fn stranger(&self) -> Option<&(Session, User)> {
        self.session.as_ref().filter(|(_, user)| user.id != self.case.invitation.user_id)
    }

    /// Name and address of the person to ask, if a person invited.
    pub fn inviter(&self) -> Option<(String, String)> {
        let invitation = &self.case.invitation;
        Some((self.inviter_name()?, invitation.inviter_address.clone()?))
    }

    /// The person who invites, as guests are told of them.
    pub fn inviter_name(&self) -> Option<String> {
        let outside = &self.place.outside;
        Some(names::inviter(outside.words, self.case.invitation.inviting_person()?, outside.name()))
    }

    /// A path of this step, in the reader's language.
    pub fn path(&self, rest: &str) -> String {
        self.place.path("redeem", rest)
    }
}

impl FromRequestParts<Arc<Server>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let place = Place::from_request_parts(parts, server).await?;
        let found = async {
            let mut tx = server.read().await?;
            find(&mut tx, &place).await
        };
        match found.await.map_err(|failure| place.failed(&failure))? {
            Found::Case(found) => {
                let (case, session) = *found;
                Ok(Self { place, case, session })
            }
            Found::Stranger => Err(answer::see_other(&place.path("sign-in", ""))),
            Found::Known => Err(answer::see_other(&beyond(&place))),
            Found::Nothing => Err(dead_link(&place)),
        }
    }
}

async fn find(tx: &mut Transaction, place: &Place) -> Result<Found> {
    let tenant = place.tenant.id;
    let session = session::current(tx, &place.server, tenant, &place.headers).await?;
    let invitation: Option<Invitation> = match (place.continuation.invitation, &session) {
        (Some(id), _) => invitations::store::find(tx, tenant, id).await?,
        (None, None) => return Ok(Found::Stranger),
        (None, Some((_, user))) if !user.is_pending() => return Ok(Found::Known),
        (None, Some((_, user))) => invitations::store::find_newest_of_user(tx, tenant, user.id).await?,
    };
    let Some(invitation) = invitation else { return Ok(Found::Nothing) };
    let case = Case::read(tx, &place.server, invitation).await?;
    Ok(Found::Case(Box::new((case, session))))
}

/// Where somebody goes who has nothing to accept. The step of a dead link leads nowhere but here, so: to My Apps.
fn beyond(place: &Place) -> String {
    match place.continuation.next() {
        Next::Redeem { .. } => format!("/myapps/{}", place.tenant.initial_domain),
        Next::Authorize { .. } | Next::Portal { .. } => place.continuation.resume_path(),
    }
}
