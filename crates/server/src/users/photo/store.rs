//! The SQL of pictures.

use super::Photo;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};

/// The picture of a user.
pub(super) async fn find(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<Photo>> {
    tx.query(sql!(
        "SELECT tenant_id, user_id, media_type, width, height, content, version FROM user_photo
         WHERE tenant_id = $1 AND user_id = $2"
    ))
    .bind(tenant)
    .bind(user)
    .fetch_optional()
    .await
}

/// Stores a picture in place of another.
pub(super) async fn put(tx: &mut Transaction, photo: &Photo) -> Result<()> {
    let photo = photo.clone();
    tx.query(sql!(
        "INSERT INTO user_photo (tenant_id, user_id, media_type, width, height, content, version)
         VALUES ($1, $2, $3, $4, $5, $6, 1)
         ON CONFLICT (tenant_id, user_id) DO UPDATE
         SET media_type = excluded.media_type, width = excluded.width, height = excluded.height,
             content = excluded.content, version = user_photo.version + 1"
    ))
    .bind(photo.tenant_id)
    .bind(photo.user_id)
    .bind(photo.media_type)
    .bind(photo.width)
    .bind(photo.height)
    .bind(photo.content)
    .execute()
    .await?;
    Ok(())
}

/// Removes the picture of a user; `false` if there is none.
pub(super) async fn delete(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM user_photo WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(rows == 1)
}
