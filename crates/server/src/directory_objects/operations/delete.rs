//! Deleting an object by its id alone (Graph: delete directoryObject).

use super::by_id::{check_may_read, find};
use crate::changes::Kind;
use crate::graph::{Caller, Error, etag};
use crate::groups::store::find_object;
use crate::platform::ids::{ApplicationId, GroupId, ServicePrincipalId, TenantId, UserId};
use crate::{Server, applications, groups, service_principals, users};
use axum::http::StatusCode;
use database::Transaction;
use uuid::Uuid;

/// Deletes the object with this id as its own kind is deleted, with the rights that kind asks for. `expected` is the version of
/// the object that the caller has read.
///
/// # Errors
/// What may be neither deleted nor looked at is as absent as what is not there.
pub async fn delete(server: &Server, caller: &Caller, id: &str, expected: Option<i64>) -> Result<(), Error> {
    let absent = || check_may_read(caller).err().unwrap_or_else(|| Error::not_found(id));
    let parsed: Uuid = id.parse().map_err(|_| absent())?;
    let found = kind_of(&mut server.read().await?, caller.tenant, parsed).await?;
    let kind = found.ok_or_else(absent)?;
    let Err(refused) = delete_one(server, caller, (kind, parsed), expected).await else { return Ok(()) };
    // What cannot be looked at because the database does not answer stays hidden too.
    let is_hidden = refused.status() == StatusCode::FORBIDDEN && find(server, caller, id).await.is_err();
    Err(if is_hidden { absent() } else { refused })
}

/// What an id stands for, registrations included.
async fn kind_of(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> database::Result<Option<Kind>> {
    if let Some((kind, _)) = find_object(tx, tenant, id).await? {
        return Ok(Some(kind));
    }
    let application = applications::store::find(tx, tenant, ApplicationId(id)).await?;
    Ok(application.map(|_| Kind::Application))
}

async fn delete_one(
    server: &Server,
    caller: &Caller,
    (kind, id): (Kind, Uuid),
    expected: Option<i64>,
) -> Result<(), Error> {
    match kind {
        Kind::User => Ok(users::operations::delete(server, caller, &UserId(id).into(), expected).await?),
        Kind::Group => {
            let key = groups::operations::Key::Id(GroupId(id));
            Ok(groups::operations::delete(server, caller, &key, expected).await?)
        }
        Kind::ServicePrincipal => {
            let key = service_principals::operations::Key::Id(ServicePrincipalId(id));
            let deleted = service_principals::operations::delete_as_read(server, caller, key, expected).await;
            deleted.map_err(|error| etag::refusal(expected, error))
        }
        Kind::Application => {
            let key = applications::Key::Id(ApplicationId(id));
            let deleted = applications::operations::delete_as_read(server, caller, key, expected).await;
            deleted.map_err(|error| etag::refusal(expected, error))
        }
        Kind::DirectoryRole | Kind::Grant => Err(Error::not_found(id)),
    }
}
