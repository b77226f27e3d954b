//! The text that a policy of the list of domains holds (Graph, beta: the `definition` of a `b2bManagementPolicy`).
//!
//! The list is one of the parts that Entra writes into it. Programs read the text, change that part and send the whole back, and
//! configurations bring the other parts along with nothing in them. So these are taken where they ask for nothing that is not so
//! already, kept, and written again.

use super::change::SettingsChange;
use super::{CollaborationSettings, DomainListKind};
use crate::graph::Error;
use crate::graph::body::{self, Object};
use serde_json::{Map, Value, json};

/// The only kind of policy.
pub(super) const NAME: &str = "B2BManagementPolicy";

/// The property that holds the text.
pub(super) const DEFINITION: &str = "definition";

const DOMAINS: &str = "InvitationsAllowedAndBlockedDomainsPolicy";
const PREVIEW: &str = "PreviewPolicy";
const FEATURES: &str = "Features";

/// A list, and what may stand in it.
type Served = (&'static str, &'static [&'static str]);

/// What may stand beside the list of domains: the parts, and the lists of each. Guests redeem by themselves, wherever
/// they come from, so that the first part names nobody; codes by mail, once a preview, are there unless they were switched off.
const BESIDE: [(&str, &[Served]); 2] = [
    ("AutoRedeemPolicy", &[("AdminConsentedForUsersIntoTenantIds", &[]), ("NoAADConsentForUsersFromTenantsIds", &[])]),
    (PREVIEW, &[(FEATURES, &["OneTimePasscode"])]),
];

/// The change that the texts of a definition ask for.
///
/// # Errors
/// 400 where that is not one text of this form, or names what is not done here.
pub(super) fn read(texts: &[String]) -> Result<SettingsChange, Error> {
    let [text] = texts else { return Err(refused("it holds exactly one text")) };
    let mut whole = Object(body::parse(text.as_bytes()).map_err(|error| refused(error.message()))?);
    let mut policy = Object(take_object(&mut whole, NAME)?);
    let mut domains = Object(take_object(&mut policy, DOMAINS)?);
    let beside = take_beside(&mut policy)?;
    let allowed: Vec<String> = domains.take("AllowedDomains")?.unwrap_or_default();
    let blocked: Vec<String> = domains.take("BlockedDomains")?.unwrap_or_default();
    for left in [whole, policy, domains] {
        left.finish()?;
    }
    let (kind, listed) = match (allowed.is_empty(), blocked.is_empty()) {
        (false, false) => return Err(refused("a list either allows domains or blocks them")),
        (false, true) => (DomainListKind::Allow, allowed),
        (true, _) => (DomainListKind::Deny, blocked),
    };
    Ok(SettingsChange {
        domain_list_kind: Some(kind),
        listed_domains: Some(listed),
        domain_list_beside: Some(beside),
        ..SettingsChange::default()
    })
}

/// The text of the policy that is in force; nothing where there is no list.
pub(super) fn write(settings: &CollaborationSettings) -> Option<String> {
    let listed = settings.listed_domains.0.as_slice();
    let (allowed, blocked) = match settings.domain_list_kind {
        DomainListKind::Any => return None,
        DomainListKind::Allow => (listed, [].as_slice()),
        DomainListKind::Deny => ([].as_slice(), listed),
    };
    let mut policy = settings.domain_list_beside.0.clone();
    // Codes may have been switched off since: then the text no longer says that there are any, and can be sent back.
    if asks_for_passcodes(&policy) && !settings.has_passcodes_for_guests() {
        policy.insert(PREVIEW.to_owned(), json!({ FEATURES: [] }));
    }
    policy.insert(DOMAINS.to_owned(), json!({ "AllowedDomains": allowed, "BlockedDomains": blocked }));
    Some(json!({ NAME: policy }).to_string())
}

/// Whether what stands beside the list counts on codes by mail for guests.
pub(super) fn asks_for_passcodes(beside: &Map<String, Value>) -> bool {
    let features = beside.get(PREVIEW).and_then(|preview| preview.get(FEATURES)).and_then(Value::as_array);
    features.is_some_and(|features| !features.is_empty())
}

/// Takes the other parts out as they were written, and refuses what one of them asks for.
fn take_beside(policy: &mut Object) -> Result<Map<String, Value>, Error> {
    let mut beside = Map::new();
    for (part, lists) in BESIDE {
        let Some(sent) = policy.take::<Map<String, Value>>(part)? else { continue };
        let mut left = Object(sent.clone());
        for &(name, served) in lists {
            let listed: Vec<String> = left.take(name)?.unwrap_or_default();
            check_list((part, name), served, &listed)?;
        }
        left.finish()?;
        beside.insert(part.to_owned(), Value::Object(sent));
    }
    Ok(beside)
}

/// Refuses what a list may not hold, and what stands in it twice.
fn check_list((part, name): (&str, &str), served: &[&str], listed: &[String]) -> Result<(), Error> {
    for (at, one) in listed.iter().enumerate() {
        if !served.contains(&one.as_str()) {
            return Err(refused(format!("{part}.{name} asks for '{one}', which is not done here")));
        }
        if listed[..at].contains(one) {
            return Err(refused(format!("{part}.{name} holds '{one}' more than once")));
        }
    }
    Ok(())
}

fn take_object(owner: &mut Object, name: &'static str) -> Result<Map<String, Value>, Error> {
    owner.take(name)?.ok_or_else(|| refused(format!("it has no {name}")))
}

fn refused(problem: impl std::fmt::Display) -> Error {
    Error::invalid_property(DEFINITION, problem)
}
