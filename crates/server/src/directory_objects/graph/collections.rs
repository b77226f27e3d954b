//! Reading what hangs on what.

use super::asked::{Asked, Way};
use super::{owners, wire};
use crate::Server;
use crate::directory_objects::directory_object::{Cast, View};
use crate::directory_objects::operations::{self, Above, Depth, Linked, Page, Subject};
use crate::directory_objects::selection;
use crate::graph::query::{Count, Listing, Resource};
use crate::graph::resource::number;
use crate::graph::{Caller, Error};
use crate::groups::store::Above as Edges;
use crate::groups::{GROUP, Relation};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::sync::Arc;

/// What a way leads along.
enum Edge {
    Linked(Linked),
    Above(Above),
}

impl Edge {
    fn of(way: Way, cast: Option<Cast>) -> Self {
        let linked = |relation, depth| Self::Linked(Linked { relation, depth, cast });
        let above = |edges| Self::Above(Above { edges, cast });
        match way {
            Way::Members => linked(Relation::Members, Depth::Direct),
            Way::TransitiveMembers => linked(Relation::Members, Depth::Transitive),
            Way::Owners => linked(Relation::Owners, Depth::Direct),
            Way::MemberOf => above(Edges::Direct),
            Way::TransitiveMemberOf => above(Edges::Transitive),
            Way::OwnedObjects => above(Edges::Owned),
        }
    }
}

/// `GET /groups/{id}/members` and every other collection of [`Way`], with or without a type behind it, and `/$count` of each.
pub async fn read(
    State(server): State<Arc<Server>>,
    caller: Caller,
    asked: Asked,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    match (asked.way, &asked.subject) {
        (Way::Owners, Subject::Application(_) | Subject::Program(_)) => {
            return owners::of_app(&server, &caller, &asked, (&uri, &headers)).await;
        }
        (Way::OwnedObjects, _) => return owners::owned_by(&server, &caller, &asked, (&uri, &headers)).await,
        _ => {}
    }
    match Edge::of(asked.way, asked.cast) {
        Edge::Linked(linked) => {
            let group = asked.subject.find_group(&server, &caller).await?;
            let resource = selection::linked(asked.cast);
            if asked.is_count {
                let count = Count::read(resource, &uri, &headers)?;
                return Ok(number(operations::count_linked(&server, &caller, (linked, group), &count).await?));
            }
            let listing = Listing::read(&server, caller.tenant, resource, &uri, &headers)?;
            let page = operations::list_linked(&server, &caller, (linked, group), &listing).await?;
            let count = if listing.with_count {
                let count = count_of(&listing);
                Some(operations::count_linked(&server, &caller, (linked, group), &count).await?)
            } else {
                None
            };
            respond(&server, &caller, (page, count), &asked, &listing).await
        }
        Edge::Above(above) => {
            let who = asked.subject.find(&server, &caller, false).await?;
            let resource: &'static Resource = &GROUP;
            if asked.is_count {
                let count = Count::read(resource, &uri, &headers)?;
                return Ok(number(operations::count_above(&server, &caller, (above, who), &count).await?));
            }
            let listing = Listing::read(&server, caller.tenant, resource, &uri, &headers)?;
            let page = operations::list_above(&server, &caller, (above, who), &listing).await?;
            let count = if listing.with_count {
                Some(operations::count_above(&server, &caller, (above, who), &count_of(&listing)).await?)
            } else {
                None
            };
            respond(&server, &caller, (page, count), &asked, &listing).await
        }
    }
}

/// The count that belongs to a page.
pub fn count_of(listing: &Listing) -> Count {
    Count { condition: listing.slice.condition.clone(), names: listing.names.clone() }
}

/// A page as an answer.
pub async fn respond(
    server: &Server,
    caller: &Caller,
    (page, count): (Page, Option<i64>),
    asked: &Asked,
    listing: &Listing,
) -> Result<Response, Error> {
    let items = if asked.is_reference {
        let base = server.settings.public_address();
        page.objects.iter().map(|object| wire::reference(base, object)).collect()
    } else {
        View::of(caller).check_activity(&listing.selection)?;
        wire::objects(server, caller.tenant, &page.objects, &listing.selection).await?
    };
    let set = asked.cast.map_or("directoryObjects", Cast::set);
    Ok(listing.answer(server, caller.tenant, set, items, (count, page.next)))
}
