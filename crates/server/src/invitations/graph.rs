//! `POST /invitations` (Graph: invitation).

use super::new_invitation::{GROUPS, NewInvitation};
use super::operations::{self, Invited};
use crate::Server;
use crate::applications::AppRole;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::{Caller, Error, Reference, resource};
use crate::platform::ids::{AppRoleId, GroupId, ServicePrincipalId, UserId};
use crate::users::UserType;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// The only verb of the set is POST; invitations are listed beyond Graph, in `overview`.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/v1.0/invitations", post(invite)).route("/beta/invitations", post(invite))
}

async fn invite(State(server): State<Arc<Server>>, caller: Caller, sent: UnreadBody) -> Result<Response, Error> {
    // Who may not invite learns nothing about what was sent.
    operations::require_inviter(&server, &caller).await?;
    let wish = read(sent.object()?)?;
    let (language, copy) = (wish.language.clone(), wish.cc.first().cloned());
    let invited = operations::invite(&server, &caller, wish).await?;
    let body = answer(&invited, echo(language.as_deref(), invited.invitation.message.as_deref(), copy.as_deref()));
    // Graph's set has no address for one invitation; ours has.
    Ok(resource::created(&server, "/vestibule/v1/invitations", "invitations/$entity", body))
}

fn read(mut body: Object) -> Result<NewInvitation, Error> {
    let address: Option<String> = body.take("invitedUserEmailAddress")?;
    let redirect_url: Option<String> = body.take("inviteRedirectUrl")?;
    let mut wish = NewInvitation::new(address.unwrap_or_default(), redirect_url.unwrap_or_default());
    wish.display_name = body.take("invitedUserDisplayName")?;
    if let Some(user_type) = body.take::<UserType>("invitedUserType")? {
        wish.user_type = user_type;
    }
    wish.send_mail = body.take("sendInvitationMessage")?.unwrap_or(false);
    if let Some(info) = body.take::<Map<String, Value>>("invitedUserMessageInfo")? {
        read_message_info(Object(info), &mut wish)?;
    }
    wish.sponsors = read_sponsors(&mut body)?;
    wish.invited_user = read_user(&mut body)?;
    wish.reset_redemption = body.take("resetRedemption")?.unwrap_or(false);
    wish.groups = read_groups(&mut body)?;
    wish.assignments = read_assignments(&mut body)?;
    body.finish()?;
    Ok(wish)
}

/// The user to be converted or reset; nothing but their id.
fn read_user(body: &mut Object) -> Result<Option<UserId>, Error> {
    const NAME: &str = "invitedUser";
    let Some(user) = body.take::<Map<String, Value>>(NAME)? else { return Ok(None) };
    let mut user = Object(user);
    let id: Option<UserId> = user.take("id")?;
    let id = id.ok_or_else(|| Error::invalid_property(NAME, "it names a user by id"))?;
    user.finish()?;
    Ok(Some(id))
}

/// Groups, which Graph's call does not take: objects with `@odata.id`, or addresses in `groups@odata.bind`.
fn read_groups(body: &mut Object) -> Result<Vec<GroupId>, Error> {
    let objects: Option<Vec<Map<String, Value>>> = body.take(GROUPS)?;
    let bound: Option<Vec<String>> = body.take("groups@odata.bind")?;
    let mut groups = Vec::new();
    for object in objects.unwrap_or_default() {
        let address = object.get("@odata.id").and_then(Value::as_str);
        groups.push(group(address.ok_or_else(|| Error::invalid_property(GROUPS, "each group has an @odata.id"))?)?);
    }
    for address in bound.unwrap_or_default() {
        groups.push(group(&address)?);
    }
    Ok(groups)
}

fn group(address: &str) -> Result<GroupId, Error> {
    match Reference::parse(address) {
        Some(Reference { set: "groups" | "directoryObjects", id }) => Ok(GroupId(id)),
        _ => Err(Error::invalid_property(GROUPS, format!("{address} is not the address of a group"))),
    }
}

/// Roles of apps, which Graph's call does not take either, as they are written where they are assigned; without `appRoleId`
/// access to the app and no role in particular.
fn read_assignments(body: &mut Object) -> Result<Vec<(ServicePrincipalId, AppRoleId)>, Error> {
    const NAME: &str = "appRoleAssignments";
    let objects: Option<Vec<Map<String, Value>>> = body.take(NAME)?;
    let mut assignments = Vec::new();
    for object in objects.unwrap_or_default() {
        let mut object = Object(object);
        let resource: Option<ServicePrincipalId> = object.take("resourceId")?;
        let role: Option<AppRoleId> = object.take("appRoleId")?;
        object.finish()?;
        let resource = resource.ok_or_else(|| Error::invalid_property(NAME, "each has the resourceId of an app"))?;
        assignments.push((resource, role.unwrap_or(AppRole::DEFAULT)));
    }
    Ok(assignments)
}

fn read_message_info(mut info: Object, wish: &mut NewInvitation) -> Result<(), Error> {
    wish.message = info.take("customizedMessageBody")?;
    wish.language = info.take("messageLanguage")?;
    for recipient in info.take::<Vec<Map<String, Value>>>("ccRecipients")?.unwrap_or_default() {
        let mut recipient = Object(recipient);
        if let Some(address) = recipient.take::<Map<String, Value>>("emailAddress")? {
            let mut address = Object(address);
            // The name is shown nowhere: it would be the inviter's word for somebody else.
            address.take::<String>("name")?;
            wish.cc.extend(address.take::<String>("address")?);
            address.finish()?;
        }
        recipient.finish()?;
    }
    // Graph honours the first.
    wish.cc.truncate(1);
    info.finish()
}

const SPONSORS: &str = "invitedUserSponsors";

/// Sponsors as objects that name themselves, or as addresses in `invitedUserSponsors@odata.bind`.
fn read_sponsors(body: &mut Object) -> Result<Option<Vec<Reference>>, Error> {
    let objects: Option<Vec<Map<String, Value>>> = body.take(SPONSORS)?;
    let bound: Option<Vec<String>> = body.take("invitedUserSponsors@odata.bind")?;
    if objects.is_none() && bound.is_none() {
        return Ok(None);
    }
    let mut sponsors = Vec::new();
    for object in objects.unwrap_or_default() {
        sponsors.push(read_sponsor(Object(object))?);
    }
    for address in bound.unwrap_or_default() {
        sponsors.push(sponsor(&address)?);
    }
    Ok(Some(sponsors))
}

/// One sponsor, by `@odata.id` or, as Microsoft's libraries write a user or a group, by `id`.
fn read_sponsor(mut object: Object) -> Result<Reference, Error> {
    let address: Option<String> = object.take("@odata.id")?;
    let id: Option<Uuid> = object.take("id")?;
    let kind: Option<String> = object.take("@odata.type")?;
    object.finish()?;
    let named = address.as_deref().map(sponsor).transpose()?;
    let set = match kind.as_deref().map(|kind| kind.trim_start_matches("#microsoft.graph.")) {
        Some("user") => "users",
        Some("group") => "groups",
        _ => "directoryObjects",
    };
    match (named, id) {
        (Some(named), Some(id)) if named.id != id => {
            Err(Error::invalid_property(SPONSORS, "the @odata.id and the id of a sponsor are those of two objects"))
        }
        _ => named
            .or(id.map(|id| Reference { set, id }))
            .ok_or_else(|| Error::invalid_property(SPONSORS, "each sponsor has an @odata.id or an id")),
    }
}

/// The user or group in an address such as `{base}/v1.0/users/{id}` or `groups/{id}`.
fn sponsor(address: &str) -> Result<Reference, Error> {
    match Reference::parse(address) {
        Some(named) if named.set != "servicePrincipals" => Ok(named),
        _ => Err(Error::invalid_property(SPONSORS, format!("{address} is not the address of a user or group"))),
    }
}

/// What was said about the mail as the answer repeats it; null throughout when nothing was. Words that no mail carries, such
/// as those of a program, are not repeated: whoever reads them back would believe that the guest does too.
fn echo(language: Option<&str>, message: Option<&str>, copy: Option<&str>) -> Value {
    json!({
        "messageLanguage": language,
        "customizedMessageBody": message,
        "ccRecipients": [{ "emailAddress": { "name": null, "address": copy } }],
    })
}

fn answer(invited: &Invited, message_info: Value) -> Map<String, Value> {
    let Invited { invitation, guest, redeem_url, .. } = invited;
    let status = if guest.is_pending() { "PendingAcceptance" } else { "Completed" };
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(invitation.id));
    body.insert("inviteRedeemUrl".to_owned(), json!(redeem_url));
    body.insert("invitedUserDisplayName".to_owned(), json!(guest.display_name));
    body.insert("invitedUserType".to_owned(), json!(guest.user_type));
    body.insert("invitedUserEmailAddress".to_owned(), json!(invitation.address));
    body.insert("sendInvitationMessage".to_owned(), json!(invited.is_mail_asked));
    body.insert("resetRedemption".to_owned(), json!(invited.is_reset));
    body.insert("inviteRedirectUrl".to_owned(), json!(invitation.redirect_url));
    body.insert("status".to_owned(), json!(status));
    body.insert("invitedUserMessageInfo".to_owned(), message_info);
    body.insert("invitedUser".to_owned(), json!({ "id": guest.id }));
    body
}
