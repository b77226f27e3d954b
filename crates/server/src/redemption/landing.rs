//! Where an accepted guest goes.

use super::visit::Visit;
use crate::Server;
use crate::invitations::landing::{self, Ground, Landing};
use crate::invitations::{self, Invitation};
use crate::tenants::Tenant;
use crate::web::pages::Destination;
use database::{Result, Transaction};
use std::sync::Arc;

/// The end of the way, by the rules of this moment.
pub struct End {
    landing: Landing,
    ground: Arc<Ground>,
}

impl End {
    /// Checks again where the invitation leads: what is no longer allowed leads to My Apps instead.
    pub async fn of(tx: &mut Transaction, server: &Server, tenant: &Tenant, invitation: &Invitation) -> Result<Self> {
        let ground = invitations::operations::ground(tx, server, tenant).await?;
        let landing = landing::check(&invitation.redirect_url, &ground).unwrap_or(Landing::MyApps);
        Ok(Self { landing, ground })
    }

    /// What the reader is told it is.
    pub fn destination(&self) -> Destination {
        invitations::destination(&self.landing, &self.ground)
    }

    /// The host and address of a place that is not the organisation's.
    pub fn foreign(&self) -> Option<(String, String)> {
        matches!(self.landing, Landing::Foreign(_))
            .then(|| (self.landing.host(&self.ground), self.landing.address(&self.ground)))
    }

    /// The address of My Apps.
    pub fn my_apps(&self) -> String {
        self.ground.my_apps.clone()
    }

    /// The address to send an accepted guest to: a page of ours first, if it is not the organisation's.
    pub fn address(&self, visit: &Visit) -> String {
        if self.foreign().is_some() { visit.path("/leave") } else { self.landing.address(&self.ground) }
    }
}

/// Where an accepted guest goes: on to the app they wanted, or to where the invitation leads.
pub async fn onward(tx: &mut Transaction, visit: &Visit) -> Result<String> {
    if !visit.came_by_link() {
        return Ok(visit.place.continuation.resume_path());
    }
    let end = End::of(tx, &visit.place.server, &visit.place.tenant, &visit.case.invitation).await?;
    Ok(end.address(visit))
}
