//! The owners of an app. Whoever is named here answers for all of it that is in this organisation: the registration, if it is here,
//! and the service principal alike.

use super::trouble::Trouble;
use crate::Server;
use crate::applications::operations::{add_owner, may_write_owned, remove_owner};
use crate::applications::{ApplicationError, Owned, owner_store};
use crate::changes::Kind;
use crate::graph::Reference;
use crate::groups::shown_name;
use crate::groups::store::find_object;
use crate::users;
use crate::users::operations::NotOne;
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::visitor::Visitor;
use database::Transaction;
use uuid::Uuid;

/// An owner as the page shows them.
pub struct OwnerRow {
    /// The object id.
    pub id: Uuid,
    /// The name, or the id where the visitor may not read that.
    pub name: String,
    /// Their page, if they are a person.
    pub href: Option<String>,
}

/// What there is of an app to answer for, with its name.
pub type Answered<'a> = (Owned, &'a str);

/// The owners of all of it: those of the first, then those of the others alone.
pub async fn rows(tx: &mut Transaction, visitor: &Visitor, answered: &[Owned]) -> database::Result<Vec<OwnerRow>> {
    let (caller, base) = (&visitor.caller, visitor.base());
    let mut rows: Vec<OwnerRow> = Vec::new();
    for owned in answered {
        for (kind, id) in owner_store::list(tx, caller.tenant, *owned).await? {
            if rows.iter().any(|row| row.id == id) {
                continue;
            }
            let found = find_object(tx, caller.tenant, id).await?;
            let name = found.map_or_else(|| id.to_string(), |(kind, name)| shown_name(caller, (kind, id), name));
            rows.push(OwnerRow { id, name, href: (kind == Kind::User).then(|| format!("{base}/users/{id}")) });
        }
    }
    Ok(rows)
}

/// Makes somebody an owner of whatever of it the visitor may change: a person by address or name here, or by their id. Whoever may
/// not know of others learns by no address who is here.
pub async fn add(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    answered: &[Answered<'_>],
    fields: &Fields,
) -> Result<(), Trouble> {
    let (caller, text) = (&visitor.caller, fields.get("owner"));
    let nobody = |error: NotOne| Trouble::nobody(caller, error).moved("address", "owner");
    let id = match text.parse::<Uuid>() {
        Ok(id) => id,
        Err(_) => users::operations::find_known_by_address(tx, caller, text).await.map_err(nobody)?.id.0,
    };
    let object = Reference { set: "users", id };
    let mut is_new = false;
    for (owned, name) in changeable(tx, visitor, answered).await? {
        match add_owner(tx, server, caller, (owned, name), object).await {
            Ok(()) => is_new = true,
            Err(ApplicationError::IsOwner) => {}
            Err(ApplicationError::NoObject(_)) => return Err(nobody(NotOne::Nobody)),
            Err(error) => return Err(error.into()),
        }
    }
    if is_new { Ok(()) } else { Err(ApplicationError::IsOwner.into()) }
}

/// Takes an owner off whatever of it the visitor may change.
pub async fn remove(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    answered: &[Answered<'_>],
    fields: &Fields,
) -> Result<(), Trouble> {
    let id: Uuid = fields.get("owner-id").parse().map_err(|_| Problem::BadRequest)?;
    let mut is_gone = false;
    for (owned, name) in changeable(tx, visitor, answered).await? {
        match remove_owner(tx, server, &visitor.caller, (owned, name), id).await {
            Ok(()) => is_gone = true,
            Err(ApplicationError::NoObject(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if is_gone { Ok(()) } else { Err(ApplicationError::NoObject(id).into()) }
}

/// What of the app the visitor may change.
async fn changeable<'a>(
    tx: &mut Transaction,
    visitor: &Visitor,
    answered: &[Answered<'a>],
) -> database::Result<Vec<Answered<'a>>> {
    let mut found = Vec::new();
    for (owned, name) in answered {
        if may_write_owned(tx, &visitor.caller, *owned).await? {
            found.push((*owned, *name));
        }
    }
    Ok(found)
}
