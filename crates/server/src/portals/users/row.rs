//! A user as the list shows them.

use super::store::{self, Beside, InvitationEnd};
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use crate::portals::standing::Standing;
use crate::users::{User, UserType};
use database::{Result, Transaction};
use std::collections::HashMap;

/// A user with what stands beside them.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) user: User,
    pub(super) standing: Standing,
    /// The first who answers for them.
    pub(super) sponsor: Option<String>,
    /// When the invitation ends, or has ended, that they have not accepted.
    pub(super) invitation_end: Option<InvitationEnd>,
}

/// These users with what stands beside them, in their order.
pub(super) async fn rows(
    tx: &mut Transaction,
    tenant: TenantId,
    users: Vec<User>,
    now: Timestamp,
) -> Result<Vec<Listed>> {
    let beside = store::list_beside(tx, tenant, &users, now).await?;
    let mut beside: HashMap<UserId, Beside> = beside.into_iter().map(|beside| (beside.id, beside)).collect();
    let listed = |user: User| {
        let known = beside.remove(&user.id);
        let is_invited = known.as_ref().is_some_and(|known| known.has_open_invitation);
        let standing = Standing::of(user.account_enabled, user.external_user_state, is_invited);
        let invitation_end = known.as_ref().and_then(Beside::invitation_end);
        Listed { user, standing, sponsor: known.and_then(|known| known.sponsor), invitation_end }
    };
    Ok(users.into_iter().map(listed).collect())
}

impl Listed {
    pub(super) fn is_guest(&self) -> bool {
        self.user.user_type == UserType::Guest
    }

    /// The address they are known by.
    pub(super) fn address(&self) -> &str {
        self.user.mail.as_deref().unwrap_or(&self.user.user_principal_name)
    }

    /// The domain a guest is at home; nothing for a member.
    pub(super) fn home(&self) -> Option<String> {
        let domain = self.address().rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        domain.filter(|_| self.is_guest())
    }
}
