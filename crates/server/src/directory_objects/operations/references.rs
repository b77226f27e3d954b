//! What depends on a domain.

use super::Page;
use crate::Server;
use crate::directory_objects::directory_object::View;
use crate::graph::query::{Listing, Order, Place, Slice};
use crate::graph::{Caller, Error};
use crate::tenants::domains;
use crate::users::{self, USER};

/// A page of the objects that have a name or an address on a domain (Graph: list domainNameReferences), by id, and how many those
/// are if the listing asks for it. Groups have no address here, and the identifiers of apps begin with their client id, so that
/// users alone are among them; guests too, whose names end in the first domain.
///
/// # Errors
/// 400 for a filter and an order.
pub async fn list_references(
    server: &Server,
    caller: &Caller,
    domain: &str,
    listing: &Listing,
) -> Result<(Page, Option<i64>), Error> {
    let found = domains::find(server, caller, domain).await?;
    if let Some(name) = listing.names.first() {
        let message = format!("Unsupported Query. 'domainNameReferences' is not filtered or ordered by '{name}'.");
        return Err(Error::unsupported_query(message).with_target(*name));
    }
    let condition = Some(users::on_domain(&found.name));
    let mut tx = server.read().await?;
    let count = match listing.with_count {
        true => Some(users::store::count(&mut tx, caller.tenant, condition.as_ref()).await?),
        false => None,
    };
    let (after, size) = (listing.slice.after.clone(), listing.slice.size);
    let slice = Slice { condition, order: Order::by_id(&USER), after, size };
    let users = users::store::list(&mut tx, caller.tenant, &slice).await?;
    let (users, next) = slice.page(users, |user| Place { key: None, id: user.id.0 });
    let view = View::of(caller);
    Ok((Page { objects: users.into_iter().map(|user| view.user(user)).collect(), next }, count))
}
