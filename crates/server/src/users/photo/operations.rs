//! Reading, setting and removing a picture.

use super::{Image, Photo, store};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::graph::Caller;
use crate::users::operations::{Key, get_for, look_up, record, target};
use crate::users::rights::{self, Deed};
use crate::users::{self, User, UserError};
use database::Transaction;
use serde_json::Value;

/// The picture of a user.
///
/// # Errors
/// `NotFound` also for a user without one.
pub async fn find(server: &Server, caller: &Caller, key: &Key) -> Result<Photo, UserError> {
    let mut tx = server.read().await?;
    let user = match look_up(&mut tx, caller.tenant, key).await? {
        Some(user) if rights::is_self(caller, user.id) => {
            rights::check_own_photo(caller)?;
            user
        }
        // What is refused must not depend on whether the user exists.
        other => {
            rights::check_photo_of_other(caller, key)?;
            other.ok_or_else(|| UserError::NotFound(key.to_string()))?
        }
    };
    let photo = store::find(&mut tx, caller.tenant, user.id).await?;
    photo.ok_or_else(|| UserError::NotFound("photo".to_owned()))
}

/// Sets the picture of a user. Everybody of the house may set their own. `shown` is the [`Photo::mark`] of what the caller has seen
/// in its place; nothing for whoever overwrites whatever is there.
///
/// # Errors
/// `Changed` if another picture is there by now, or none any more.
pub async fn put(
    server: &Server,
    caller: &Caller,
    key: &Key,
    content: Vec<u8>,
    shown: Option<&str>,
) -> Result<(), UserError> {
    check_may_change_any(caller)?;
    let mut tx = server.write().await?;
    let user = get_to_change(&mut tx, caller, key).await?;
    check_shown(&mut tx, &user, shown).await?;
    let refused = |error: super::ImageError| UserError::Invalid { property: "photo", problem: error.to_string() };
    let Image { media_type, width, height } = Image::read(&content).map_err(refused)?;
    let photo = Photo {
        tenant_id: caller.tenant,
        user_id: user.id,
        media_type: media_type.to_owned(),
        width: width.into(),
        height: height.into(),
        content,
        version: 1,
    };
    store::put(&mut tx, &photo).await?;
    let size = format!("{media_type}, {width} × {height}");
    note(&mut tx, server, caller, &user, size.into()).await?;
    Ok(tx.commit().await?)
}

/// Removes the picture of a user; `shown` is as for [`put`].
///
/// # Errors
/// `NotFound` for a user without one, `Changed` as for [`put`].
pub async fn remove(server: &Server, caller: &Caller, key: &Key, shown: Option<&str>) -> Result<(), UserError> {
    check_may_change_any(caller)?;
    let mut tx = server.write().await?;
    let user = get_to_change(&mut tx, caller, key).await?;
    check_shown(&mut tx, &user, shown).await?;
    if !store::delete(&mut tx, caller.tenant, user.id).await? {
        return Err(UserError::NotFound("photo".to_owned()));
    }
    note(&mut tx, server, caller, &user, Value::Null).await?;
    Ok(tx.commit().await?)
}

/// Refuses to write over what the caller has not seen. The row of the user is held, so that of two who saw the same picture the
/// second finds that of the first.
async fn check_shown(tx: &mut Transaction, user: &User, shown: Option<&str>) -> Result<(), UserError> {
    let Some(shown) = shown else { return Ok(()) };
    if !users::store::lock(tx, user.tenant_id, user.id).await? {
        return Err(UserError::NotFound(user.id.to_string()));
    }
    let stored = store::find(tx, user.tenant_id, user.id).await?;
    if Photo::mark(stored.as_ref()) == shown { Ok(()) } else { Err(UserError::Changed) }
}

/// Who may set no picture at all learns nothing about what was sent.
fn check_may_change_any(caller: &Caller) -> Result<(), UserError> {
    if Deed::Photo.is_allowed(caller) || rights::may_set_own_photo(caller) { Ok(()) } else { Err(UserError::Denied) }
}

async fn get_to_change(tx: &mut Transaction, caller: &Caller, key: &Key) -> Result<User, UserError> {
    if rights::may_set_own_photo(caller)
        && let Some(own) = look_up(tx, caller.tenant, key).await?.filter(|user| rights::is_self(caller, user.id))
    {
        return Ok(own);
    }
    get_for(tx, caller, key, Deed::Photo, None).await
}

async fn note(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    user: &User,
    new: Value,
) -> Result<(), UserError> {
    changes::note(tx, caller.tenant, server.clock.now(), Change::set(Kind::User, user.id.0)).await?;
    record(tx, server, caller, Activity::UpdateUser, &target(user).change("photo", Value::Null, new)).await
}
