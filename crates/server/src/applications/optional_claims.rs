//! Claims that tokens carry where the registration asks for them (Graph: optionalClaims).

use super::error::Invalid;
use crate::extensions;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

const PROPERTY: &str = "optionalClaims";

/// `upn` of somebody from outside as it is.
pub const WITH_OUTSIDE_UPN: &str = "include_externally_authenticated_upn";

/// The same without the hash, which some programs do not read.
pub const WITH_OUTSIDE_UPN_WITHOUT_HASH: &str = "include_externally_authenticated_upn_without_hash";

/// Groups stand among the roles.
pub const AS_ROLES: &str = "emit_as_roles";

/// The claims that can be asked for, and what can be said about each (Microsoft identity platform: optional claims). Some of them
/// are in every token anyway.
pub const KNOWN: &[(&str, &[&str])] = &[
    ("acct", &[]),
    ("auth_time", &[]),
    ("email", &[]),
    ("family_name", &[]),
    ("given_name", &[]),
    ("groups", &[AS_ROLES]),
    ("idtyp", &["include_user_token"]),
    ("login_hint", &[]),
    ("preferred_username", &[]),
    ("sid", &[]),
    ("upn", &[WITH_OUTSIDE_UPN, WITH_OUTSIDE_UPN_WITHOUT_HASH]),
    ("xms_cc", &[]),
    ("xms_edov", &[]),
    ("xms_pl", &[]),
    ("xms_tpl", &[]),
];

/// What each kind of token carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionalClaims {
    /// ID tokens of the application.
    pub id_token: Vec<OptionalClaim>,
    /// Access tokens for the application.
    pub access_token: Vec<OptionalClaim>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptionalClaim {
    /// The claim.
    pub name: String,
    /// Where its value comes from: `user` for a property that an app added to users; the directory itself without one.
    #[serde(default)]
    pub source: Option<String>,
    /// Whether the application cannot do without. It changes nothing.
    #[serde(default)]
    pub essential: bool,
    /// How it is written.
    #[serde(default)]
    pub additional_properties: Vec<String>,
}

/// New lists; `None` leaves one as it is.
#[derive(Debug, Clone, Default)]
pub struct OptionalClaimsChange {
    /// Of ID tokens.
    pub id_token: Option<Vec<OptionalClaim>>,
    /// Of access tokens.
    pub access_token: Option<Vec<OptionalClaim>>,
}

/// The source of claims that are properties of extensions.
const OF_USER: &str = "user";

impl OptionalClaim {
    /// What the claim of a property that an app added to users is called in tokens, behind `extn.`; `None` for any other claim.
    pub fn extension(&self) -> Option<&str> {
        extensions::chosen_part(&self.name).filter(|_| self.source.as_deref() == Some(OF_USER))
    }

    /// Whether this is said about the claim.
    pub fn has(&self, property: &str) -> bool {
        self.additional_properties.iter().any(|said| said == property)
    }
}

impl OptionalClaims {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.access_token.is_empty()
    }

    /// These claims with new lists.
    #[must_use]
    pub fn with(&self, change: OptionalClaimsChange) -> Self {
        Self {
            id_token: change.id_token.unwrap_or_else(|| self.id_token.clone()),
            access_token: change.access_token.unwrap_or_else(|| self.access_token.clone()),
        }
    }
}

/// Refuses a claim that no token can carry, and one that stands twice.
pub(super) fn check(claims: &OptionalClaims) -> Result<(), Invalid> {
    let refuse = |problem: String| Err(Invalid { property: PROPERTY, problem });
    for list in [&claims.id_token, &claims.access_token] {
        let (mut names, mut added) = (HashSet::new(), HashSet::new());
        for claim in list {
            let name = &claim.name;
            if let Some(chosen) = claim.extension() {
                if !claim.additional_properties.is_empty() {
                    return refuse(format!("nothing can be said about '{name}'"));
                }
                // Those of two apps would be one claim.
                if !added.insert(chosen) {
                    return refuse(format!("'extn.{chosen}' stands more than once"));
                }
                continue;
            }
            let Some((_, properties)) = KNOWN.iter().find(|(known, _)| known == name) else {
                return refuse(format!("no token carries a claim '{name}'"));
            };
            if let Some(source) = &claim.source {
                return refuse(format!("'{name}' does not come from '{source}', only from the directory itself"));
            }
            if let Some(other) = claim.additional_properties.iter().find(|said| !properties.contains(&said.as_str())) {
                return refuse(format!("'{other}' cannot be said about '{name}'"));
            }
            if !names.insert(name) {
                return refuse(format!("'{name}' stands more than once"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: &str, properties: &[&str]) -> OptionalClaim {
        let additional_properties = properties.iter().map(|property| (*property).to_owned()).collect();
        OptionalClaim { name: name.to_owned(), source: None, essential: false, additional_properties }
    }

    #[test]
    fn only_what_a_token_can_carry_is_taken() {
        let of = |id_token: Vec<OptionalClaim>| OptionalClaims { id_token, ..OptionalClaims::default() };
        let good = of(vec![claim("email", &[]), claim("upn", &[WITH_OUTSIDE_UPN]), claim("groups", &[AS_ROLES])]);
        assert_eq!(check(&good), Ok(()));
        let of_user = |name: &str| OptionalClaim { source: Some("user".to_owned()), ..claim(name, &[]) };
        let [one, other] = ["1", "2"].map(|digit| format!("extension_{}_code", digit.repeat(32)));
        assert_eq!(check(&of(vec![of_user(&one), claim("email", &[])])), Ok(()));
        let elsewhere = OptionalClaim { source: Some("user".to_owned()), ..claim("email", &[]) };
        for wrong in [
            vec![claim("onprem_sid", &[])],
            vec![claim("email", &[AS_ROLES])],
            vec![claim("email", &[]), claim("email", &[])],
            vec![elsewhere],
            vec![claim(&one, &[])],
            vec![of_user("extension_code")],
            vec![of_user(&one), of_user(&other)],
        ] {
            assert_eq!(check(&of(wrong)).expect_err("refused").property, PROPERTY);
        }
    }
}
