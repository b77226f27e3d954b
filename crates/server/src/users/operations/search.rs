//! The portal's list of users.

use super::read::{Page, page};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Condition, Order, Place, Slice};
use crate::users::UserError;
use crate::users::resource::USER;
use crate::users::rights::Sight;
use crate::users::search::Search;

/// Users by display name, at most `size` of them behind `after`.
pub async fn search(
    server: &Server,
    caller: &Caller,
    search: &Search,
    after: Option<Place>,
    size: u32,
) -> Result<Page, UserError> {
    let sight = Sight::of_all(caller)?;
    let order = Order::by(&USER, "displayName");
    let mut tx = server.read().await?;
    let (mut conditions, places) = (search.filters(), search.places());
    if !places.is_empty() {
        conditions.push(Condition::Or(places));
    }
    let condition = if conditions.is_empty() { None } else { Some(Condition::And(conditions)) };
    page(&mut tx, caller, sight, &Slice { condition, order, after, size }).await
}
