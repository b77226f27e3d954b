//! How the users among objects of any kind sign in, which is kept apart from them.

use crate::Server;
use crate::directory_objects::directory_object::DirectoryObject;
use crate::graph::Error;
use crate::graph::query::Selection;
use crate::platform::ids::{TenantId, UserId};
use crate::users::{self, Identity};
use database::Transaction;
use std::collections::HashMap;

/// How each of some users signs in.
pub type Identities = HashMap<UserId, Vec<Identity>>;

/// How the users among these objects sign in, if it was selected; of those alone whose identities the caller may see.
pub async fn identities(
    server: &Server,
    tenant: TenantId,
    objects: &[DirectoryObject],
    selection: &Selection,
) -> Result<Identities, Error> {
    let ids = shown(objects, selection);
    if ids.is_empty() {
        return Ok(Identities::new());
    }
    Ok(users::store::list_identities_of(&mut server.read().await?, tenant, &ids).await?)
}

/// [`identities`] for whoever reads already.
pub(super) async fn identities_of(
    tx: &mut Transaction,
    tenant: TenantId,
    objects: &[DirectoryObject],
    selection: &Selection,
) -> database::Result<Identities> {
    users::store::list_identities_of(tx, tenant, &shown(objects, selection)).await
}

fn shown(objects: &[DirectoryObject], selection: &Selection) -> Vec<UserId> {
    const NAME: &str = "identities";
    if !selection.has(NAME) {
        return Vec::new();
    }
    let of = |object: &DirectoryObject| match object {
        DirectoryObject::User(user, sight) if sight.shows(NAME) => Some(user.id),
        _ => None,
    };
    objects.iter().filter_map(of).collect()
}
