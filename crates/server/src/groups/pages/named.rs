//! Who or what is meant by what somebody wrote into a form.

use super::trouble::Trouble;
use crate::graph::{Caller, Reference};
use crate::groups::change::Named;
use crate::groups::operations;
use crate::users;
use crate::users::operations::NotOne;
use crate::web::fields::Fields;
use database::Transaction;

/// A person by address or name here, a group by its whole name, or anything by its id. Whoever may not know of others learns
/// neither by an address nor by a name who or what is here.
pub async fn find(tx: &mut Transaction, caller: &Caller, text: &str) -> Result<Named, Trouble> {
    if let Ok(id) = text.parse() {
        return Ok(Named { set: "directoryObjects", id });
    }
    let nobody = match users::operations::find_known_by_address(tx, caller, text).await {
        Ok(user) => return Ok(Named { set: "users", id: user.id.0 }),
        Err(error @ (NotOne::Storage(_) | NotOne::Several)) => return Err(error.into()),
        Err(error) => error,
    };
    match operations::known_with_name(tx, caller, text).await?.as_slice() {
        [only] => Ok(Named { set: "groups", id: only.id.0 }),
        [] => Err(nobody.into()),
        _ => Err(Trouble::at("", "Several groups have this name. Use the id.")),
    }
}

/// Everybody and everything that an area names, one on each line. What is named twice counts once.
pub async fn find_all(
    tx: &mut Transaction,
    caller: &Caller,
    fields: &Fields,
    field: &'static str,
) -> Result<Vec<Named>, Trouble> {
    let lines = fields.lines(field);
    if lines.len() > Reference::AT_ONCE {
        let most = Reference::AT_ONCE;
        return Err(Trouble::at(field, format!("At most {most} lines. Add the others once the group is made.")));
    }
    let mut found: Vec<Named> = Vec::new();
    for line in lines {
        let named = find(tx, caller, &line).await.map_err(|trouble| trouble.about_line(field, &line))?;
        if found.iter().all(|other| other.id != named.id) {
            found.push(named);
        }
    }
    Ok(found)
}
