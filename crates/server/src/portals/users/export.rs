//! The list of users as a file: exactly what its filters show, for spreadsheets.

use super::filter::Filter;
use super::find::{Reading, Start, find};
use super::row::{Listed, rows};
use super::store::InvitationEnd;
use crate::Server;
use crate::audit::Activity;
use crate::platform::clock::rfc3339;
use crate::users::store::list_identities_of;
use crate::users::{Identity, SignInType};
use crate::web::export::{Export, Source};
use crate::web::visitor::Visitor;
use axum::response::Response;
use bulk_file::write_cells;
use database::Result;
use std::sync::Arc;

/// The last two columns are where somebody is at home, and who vouches for them (Entra: `identityIssuer`).
static EXPORT: Export = Export {
    name: "users",
    activity: Activity::ExportUsers,
    columns: &[
        "displayName",
        "mail",
        "userPrincipalName",
        "userType",
        "state",
        "sponsor",
        "lastSignInDateTime",
        "invitationExpiresDateTime",
        "id",
        "homeOrganization",
        "identityIssuer",
    ],
};

/// Which users, and the name of the organisation where members are at home.
struct Listing {
    filter: Filter,
    house: String,
}

/// The file; `words` is the filter as it stands in the address.
pub(super) async fn file(server: &Arc<Server>, visitor: &Visitor, (filter, words): (Filter, &str)) -> Result<Response> {
    let listing = Listing { filter, house: visitor.tenant_name.clone() };
    EXPORT.file(server, &visitor.caller, (words, listing), part).await
}

/// Some of the rows, and where those behind them begin.
async fn part(source: Arc<Source<Listing>>, start: Option<Start>) -> Result<(String, Option<Start>)> {
    let Source { server, tenant, listing } = source.as_ref();
    let (tenant, now) = (*tenant, server.clock.now());
    let start = start.unwrap_or(Start::First);
    let mut tx = server.read().await?;
    let found = find(&mut tx, tenant, &listing.filter, (&start, Reading::Part), now).await?;
    let ids: Vec<_> = found.users.iter().map(|user| user.id).collect();
    let identities = list_identities_of(&mut tx, tenant, &ids).await?;
    let listed = rows(&mut tx, tenant, found.users, now).await?;
    drop(tx);
    let mut text = String::new();
    for user in &listed {
        let known = identities.get(&user.user.id).map(Vec::as_slice).unwrap_or_default();
        write(user, known, &listing.house, &mut text);
    }
    Ok((text, found.next))
}

fn write(listed: &Listed, identities: &[Identity], house: &str, text: &mut String) {
    let user = &listed.user;
    let (id, last) = (user.id.to_string(), user.last_sign_in_at.map(rfc3339).unwrap_or_default());
    let home = listed.home();
    let ends = match listed.invitation_end {
        Some(InvitationEnd::At(end)) => rfc3339(end),
        Some(InvitationEnd::Never) | None => String::new(),
    };
    let cells = [
        user.display_name.as_str(),
        user.mail.as_deref().unwrap_or_default(),
        &user.user_principal_name,
        user.user_type.as_str(),
        listed.standing.word(),
        listed.sponsor.as_deref().unwrap_or_default(),
        &last,
        &ends,
        &id,
        home.as_deref().unwrap_or(house),
        issuer(listed, identities),
    ];
    write_cells(text, cells.into_iter());
}

/// Who vouches for somebody: of a guest whoever they have proved themselves with, nobody before that; of a member the
/// organisation, by its domain.
fn issuer<'i>(listed: &Listed, identities: &'i [Identity]) -> &'i str {
    let wanted = if listed.is_guest() { SignInType::Federated } else { SignInType::UserPrincipalName };
    let known = identities.iter().find(|identity| identity.sign_in_type == SignInType::Federated);
    let known = known.or_else(|| identities.iter().find(|identity| identity.sign_in_type == wanted));
    known.map_or("", |identity| identity.issuer.as_str())
}
