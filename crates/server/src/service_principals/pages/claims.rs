//! Which further claims the tokens of an app carry: a box for each claim, and for each thing that can be said about one.

use super::trouble::Trouble;
use crate::applications::optional_claims::KNOWN;
use crate::applications::{Application, Changes, OptionalClaim, OptionalClaimsChange};
use crate::web::fields::Fields;
use crate::web::pages::Problem;

/// The field of the boxes about ID tokens.
pub const ID_TOKEN: &str = "id-claim";

/// The field of the boxes about access tokens.
pub const ACCESS_TOKEN: &str = "access-claim";

const ANYWAY: &str = "In every token anyway.";

/// What can be ticked, and what it means: a claim, or a claim and what is said about it.
const BOXES: &[(&str, &str)] = &[
    ("acct", ANYWAY),
    ("auth_time", ANYWAY),
    ("email", "The address of the person."),
    ("family_name", ""),
    ("given_name", ""),
    ("groups", "Which groups is chosen above."),
    ("groups emit_as_roles", "Groups stand among the roles."),
    ("idtyp", ANYWAY),
    ("idtyp include_user_token", ANYWAY),
    ("login_hint", "What the app sends along when the person signs in again."),
    ("preferred_username", ANYWAY),
    ("sid", ANYWAY),
    ("upn", "The name the person has here; of guests only with one of the next two."),
    ("upn include_externally_authenticated_upn", "Of guests as it is, with #EXT#."),
    ("upn include_externally_authenticated_upn_without_hash", "Of guests with _EXT_ instead."),
    ("xms_cc", ANYWAY),
    ("xms_edov", "Whether the address was proved."),
    ("xms_pl", "The language the person prefers."),
    ("xms_tpl", "The language of the organization."),
];

/// A box.
pub struct Choice {
    /// What it stands for.
    pub value: &'static str,
    /// What that means; empty where the name says it.
    pub hint: &'static str,
    /// Whether the app asks for it.
    pub is_given: bool,
}

/// The boxes of one kind of token.
pub fn choices(given: &[OptionalClaim]) -> Vec<Choice> {
    BOXES.iter().map(|&(value, hint)| Choice { value, hint, is_given: is_given(value, given) }).collect()
}

fn is_given(value: &str, given: &[OptionalClaim]) -> bool {
    let (name, said) = value.split_once(' ').map_or((value, None), |(name, said)| (name, Some(said)));
    given.iter().any(|claim| claim.name == name && said.is_none_or(|said| claim.has(said)))
}

/// The boxes that are ticked, for the mark of the form.
pub fn given(claims: &[OptionalClaim]) -> impl Iterator<Item = &'static str> {
    BOXES.iter().map(|(value, _)| *value).filter(move |value| is_given(value, claims))
}

/// What the form asks for. The claims of both tokens are replaced; what it does not show of one that stays is kept.
pub fn changes(app: &Application, fields: &Fields) -> Result<Changes, Trouble> {
    let (id_token, access_token) = (&app.optional_claims.id_token, &app.optional_claims.access_token);
    let change = OptionalClaimsChange {
        id_token: Some(ticked(fields, ID_TOKEN, id_token)?),
        access_token: Some(ticked(fields, ACCESS_TOKEN, access_token)?),
    };
    Ok(Changes { optional_claims: Some(change), ..Changes::default() })
}

/// Whoever says something about a claim asks for the claim. Properties of extensions have no boxes and stay.
fn ticked(fields: &Fields, field: &str, kept: &[OptionalClaim]) -> Result<Vec<OptionalClaim>, Trouble> {
    let ticked = fields.all(field);
    if ticked.iter().any(|value| !BOXES.iter().any(|(known, _)| known == value)) {
        return Err(Problem::BadRequest.into());
    }
    let claim = |(name, properties): &(&'static str, &'static [&'static str])| {
        let is_said = |said: &&&str| ticked.iter().any(|value| value.split_once(' ') == Some((*name, **said)));
        let said: Vec<String> = properties.iter().filter(is_said).map(|said| (*said).to_owned()).collect();
        let is_asked_for = !said.is_empty() || ticked.contains(name);
        is_asked_for.then(|| OptionalClaim {
            name: (*name).to_owned(),
            source: None,
            essential: kept.iter().any(|claim| claim.name == *name && claim.essential),
            additional_properties: said,
        })
    };
    let added = kept.iter().filter(|claim| claim.extension().is_some()).cloned();
    Ok(KNOWN.iter().filter_map(claim).chain(added).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_box_for_everything_that_can_be_asked_for() {
        let known = KNOWN.iter().flat_map(|(name, properties)| {
            let said = properties.iter().map(move |said| format!("{name} {said}"));
            std::iter::once((*name).to_owned()).chain(said)
        });
        assert_eq!(BOXES.iter().map(|(value, _)| (*value).to_owned()).collect::<Vec<_>>(), known.collect::<Vec<_>>());
    }
}
