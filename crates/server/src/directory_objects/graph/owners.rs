//! Reading who answers for an app, and what somebody answers for.

use super::asked::Asked;
use super::collections::{count_of, respond};
use crate::Server;
use crate::directory_objects::operations::{self, Wanted};
use crate::directory_objects::selection;
use crate::graph::query::{Count, Listing};
use crate::graph::resource::number;
use crate::graph::{Caller, Error};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

/// `GET /applications/{id}/owners` and `GET /servicePrincipals/{id}/owners`
pub async fn of_app(
    server: &Server,
    caller: &Caller,
    asked: &Asked,
    (uri, headers): (&Uri, &HeaderMap),
) -> Result<Response, Error> {
    let owned = asked.subject.find_owned(server, caller).await?;
    if asked.is_count {
        let wanted = Wanted::of_count(asked.cast, uri, headers)?;
        return Ok(number(operations::count_owners(server, caller, owned, &wanted).await?));
    }
    let listing = Listing::read(server, caller.tenant, selection::linked(asked.cast), uri, headers)?;
    let page = operations::list_owners(server, caller, (owned, asked.cast), &listing).await?;
    let count = if listing.with_count {
        let wanted = Wanted::of_listing(asked.cast, &listing)?;
        Some(operations::count_owners(server, caller, owned, &wanted).await?)
    } else {
        None
    };
    respond(server, caller, (page, count), asked, &listing).await
}

/// `GET ../ownedObjects`
pub async fn owned_by(
    server: &Server,
    caller: &Caller,
    asked: &Asked,
    (uri, headers): (&Uri, &HeaderMap),
) -> Result<Response, Error> {
    let who = (asked.cast, asked.subject.find(server, caller, false).await?);
    let resource = selection::owned(asked.cast);
    if asked.is_count {
        let count = Count::read(resource, uri, headers)?;
        return Ok(number(operations::count_owned(server, caller, who, &count).await?));
    }
    let listing = Listing::read(server, caller.tenant, resource, uri, headers)?;
    let page = operations::list_owned(server, caller, who, &listing).await?;
    let count = match listing.with_count {
        true => Some(operations::count_owned(server, caller, who, &count_of(&listing)).await?),
        false => None,
    };
    respond(server, caller, (page, count), asked, &listing).await
}
