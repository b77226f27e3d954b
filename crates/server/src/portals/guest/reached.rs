//! What somebody reaches, page by page.

use super::page::Known;
use crate::Server;
use crate::platform::ids::ServicePrincipalId;
use crate::portals::reach::{self, Reached, Which};
use crate::web::address::PageAddress;
use crate::web::paging::Edge;

/// Apps of one page. Tests have fewer.
pub(super) const APPS: usize = if cfg!(test) { 5 } else { 25 };

/// One of the pages.
pub(super) struct ReachedPage {
    pub(super) apps: Vec<Reached>,
    /// The first one, unless it is this.
    pub(super) first: Option<String>,
    /// The one behind it, if there is one.
    pub(super) next: Option<String>,
}

impl ReachedPage {
    /// The page behind an app, or the first one, which is known. `path` is that of the user.
    pub(super) async fn read(
        server: &Server,
        known: &Known,
        path: &str,
        after: Option<ServicePrincipalId>,
    ) -> database::Result<Self> {
        let (apps, next) = if after.is_some() {
            let mut tx = server.read().await?;
            let user = &known.user;
            let found = reach::of(&mut tx, user.tenant_id, user.id, Which::All, (after, APPS)).await?;
            (found.apps, found.next)
        } else {
            (known.reached.apps.clone(), known.reached.next)
        };
        let next = next.map(|last| PageAddress::new(path).at(Edge::After(last)));
        Ok(Self { apps, first: after.map(|_| path.to_owned()), next })
    }
}
