//! What a policy is: sets of conditions. What is granted matches it if one of the sets it includes fits, and none of those it
//! excludes (Graph: permissionGrantPolicy, permissionGrantConditionSet).

use crate::platform::ids::{ClientId, TenantId};
use crate::tenants::ConsentPolicy;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

/// Characters of an id at most.
pub const LONGEST_ID: usize = 64;
/// Policies of an organisation at most.
pub const MOST_POLICIES: usize = 100;
/// Sets that a policy includes at most; and as many that it excludes.
pub const MOST_SETS: usize = 50;
/// Entries of one list of a set at most.
pub const MOST_ENTRIES: usize = 100;

/// What stands in front of the id of a policy where it is assigned to people.
const ASSIGNED: &str = "ManagePermissionGrantsForSelf.";
/// What the ids of policies begin with that the server brings along.
const OURS: &str = "microsoft-";

database::text_enum! {
    /// Whose permission is granted (Graph: permissionType). What needs no administrator is a kind of its own only in policies
    /// that the server brings along.
    pub enum PermissionType {
        /// To act for people.
        Delegated = "delegated",
        /// To act by itself, which nobody grants for themselves.
        Application = "application",
    }
}

database::text_enum! {
    /// How much risk an organisation sees in a permission (Graph: permissionClassificationType). What nobody has classified is of
    /// none of these.
    pub enum Classification {
        /// People may agree to it by themselves, where the organisation lets them do so with what is of low risk.
        Low = "low",
        /// In between.
        Medium = "medium",
        /// People are better asked twice.
        High = "high",
    }
}

database::text_enum! {
    /// One of the two collections of sets, by its name in addresses and in forms.
    pub enum Side {
        /// What fits is granted.
        Includes = "includes",
        /// What fits is not granted, whatever else includes it.
        Excludes = "excludes",
    }
}

/// A policy of an organisation.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GrantPolicy {
    /// `id`, which the organisation chooses.
    pub id: String,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
    /// `includes`
    pub includes: Json<Vec<ConditionSet>>,
    /// `excludes`
    pub excludes: Json<Vec<ConditionSet>>,
    /// Counts the changes.
    pub version: i64,
}

/// Conditions that all have to be met. A list that is absent means any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionSet {
    /// `id`
    pub id: Uuid,
    /// `permissionType`
    pub permission_type: PermissionType,
    /// `resourceApplication`
    pub resource: Option<ClientId>,
    /// `permissions`: the ids of scopes.
    pub permissions: Option<Vec<Uuid>>,
    /// `permissionClassification`: what the organisation has to have classified them as. Sets of before it could classify any name none.
    #[serde(default)]
    pub classification: Option<Classification>,
    /// `clientApplicationIds`
    pub clients: Option<Vec<ClientId>>,
    /// `clientApplicationTenantIds`: where apps are registered.
    pub tenants: Option<Vec<TenantId>>,
    /// `clientApplicationPublisherIds`
    pub publishers: Option<Vec<String>>,
    /// `clientApplicationsFromVerifiedPublisherOnly`
    pub verified_publishers_only: bool,
}

/// A permission that somebody is about to grant an app for themselves.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// Where the app is registered: the organisation itself, or another one.
    pub tenant: TenantId,
    /// The app.
    pub client: ClientId,
    /// Where it may act.
    pub resource: ClientId,
    /// The id of the scope.
    pub permission: Uuid,
    /// What the organisation has classified it as, if it has.
    pub classification: Option<Classification>,
    /// Whether the resource says that this takes an administrator.
    pub needs_administrator: bool,
}

/// A policy as it is assigned to people (Graph: `permissionGrantPoliciesAssigned`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AssignedPolicy {
    /// One that the server brings along.
    BuiltIn(ConsentPolicy),
    /// One of the organisation, by its id.
    Custom(String),
}

impl AssignedPolicy {
    /// Reads the name a policy is assigned by; its case does not matter, as Graph writes the first letter both ways. Nothing for
    /// one that cannot be the name of a policy.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(built_in) = ConsentPolicy::ALL.iter().find(|policy| policy.as_str().eq_ignore_ascii_case(text)) {
            return Some(Self::BuiltIn(*built_in));
        }
        let (prefix, id) = text.split_at_checked(ASSIGNED.len())?;
        (prefix.eq_ignore_ascii_case(ASSIGNED) && is_custom_id(id)).then(|| Self::Custom(id.to_lowercase()))
    }
}

impl TryFrom<String> for AssignedPolicy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("there is no policy '{text}'"))
    }
}

impl From<AssignedPolicy> for String {
    fn from(policy: AssignedPolicy) -> Self {
        match policy {
            AssignedPolicy::BuiltIn(policy) => policy.as_str().to_owned(),
            AssignedPolicy::Custom(id) => format!("{ASSIGNED}{id}"),
        }
    }
}

impl From<ConsentPolicy> for AssignedPolicy {
    fn from(policy: ConsentPolicy) -> Self {
        Self::BuiltIn(policy)
    }
}

/// Whether a policy of an organisation may have this id: letters, digits, hyphens, underscores and full stops, and not as those
/// begin that the server brings along.
pub(super) fn is_custom_id(id: &str) -> bool {
    let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let is_ours = id.get(..OURS.len()).is_some_and(|start| start.eq_ignore_ascii_case(OURS));
    (1..=LONGEST_ID).contains(&id.len()) && is_plain && !is_ours
}

impl GrantPolicy {
    /// The sets of one side.
    pub const fn sets(&self, side: Side) -> &Vec<ConditionSet> {
        match side {
            Side::Includes => &self.includes.0,
            Side::Excludes => &self.excludes.0,
        }
    }

    /// The sets of one side, to change them.
    pub const fn sets_mut(&mut self, side: Side) -> &mut Vec<ConditionSet> {
        match side {
            Side::Includes => &mut self.includes.0,
            Side::Excludes => &mut self.excludes.0,
        }
    }

    /// Whether it asks for what a permission is classified as, so that this has to be known.
    pub fn asks_for_classification(&self) -> bool {
        self.includes.0.iter().chain(&self.excludes.0).any(|set| set.classification.is_some())
    }

    /// Whether somebody may grant this for themselves by this policy. What the resource keeps for administrators is included
    /// only where it is named; whatever fits is excluded.
    pub fn lets(&self, event: &Event) -> bool {
        let is_included = |set: &ConditionSet| {
            set.fits(event) && (!event.needs_administrator || (set.resource.is_some() && set.permissions.is_some()))
        };
        self.includes.0.iter().any(is_included) && !self.excludes.0.iter().any(|set| set.fits(event))
    }
}

impl ConditionSet {
    /// Whether all conditions are met. No app here has a publisher that somebody verified.
    fn fits(&self, event: &Event) -> bool {
        let among = |list: Option<&[Uuid]>, id: Uuid| list.is_none_or(|ids| ids.contains(&id));
        self.permission_type == PermissionType::Delegated
            && !self.verified_publishers_only
            && self.publishers.is_none()
            && self.resource.is_none_or(|resource| resource == event.resource)
            && among(self.permissions.as_deref(), event.permission)
            && self.classification.is_none_or(|wanted| event.classification == Some(wanted))
            && self.clients.as_ref().is_none_or(|clients| clients.contains(&event.client))
            && self.tenants.as_ref().is_none_or(|tenants| tenants.contains(&event.tenant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> ConditionSet {
        ConditionSet {
            id: Uuid::from_u128(1),
            permission_type: PermissionType::Delegated,
            resource: None,
            permissions: None,
            classification: None,
            clients: None,
            tenants: None,
            publishers: None,
            verified_publishers_only: false,
        }
    }

    fn event() -> Event {
        Event {
            tenant: TenantId(Uuid::from_u128(10)),
            client: ClientId(Uuid::from_u128(11)),
            resource: ClientId(Uuid::from_u128(12)),
            permission: Uuid::from_u128(13),
            classification: Some(Classification::Low),
            needs_administrator: false,
        }
    }

    fn policy(includes: Vec<ConditionSet>, excludes: Vec<ConditionSet>) -> GrantPolicy {
        GrantPolicy {
            id: "own".to_owned(),
            display_name: "Own".to_owned(),
            description: None,
            includes: Json(includes),
            excludes: Json(excludes),
            version: 1,
        }
    }

    #[test]
    fn every_condition_has_to_be_met() {
        let (event, other) = (event(), Uuid::from_u128(99));
        let fitting = ConditionSet {
            resource: Some(event.resource),
            permissions: Some(vec![event.permission]),
            classification: event.classification,
            clients: Some(vec![event.client]),
            tenants: Some(vec![event.tenant]),
            ..set()
        };
        assert!(policy(vec![set()], Vec::new()).lets(&event));
        assert!(policy(vec![fitting.clone()], Vec::new()).lets(&event));
        assert!(!policy(Vec::new(), Vec::new()).lets(&event), "nothing is included");
        for wrong in [
            ConditionSet { permission_type: PermissionType::Application, ..fitting.clone() },
            ConditionSet { resource: Some(ClientId(other)), ..fitting.clone() },
            ConditionSet { permissions: Some(vec![other]), ..fitting.clone() },
            ConditionSet { classification: Some(Classification::High), ..fitting.clone() },
            ConditionSet { clients: Some(vec![ClientId(other)]), ..fitting.clone() },
            ConditionSet { tenants: Some(vec![TenantId(other)]), ..fitting.clone() },
            ConditionSet { publishers: Some(vec!["1234567".to_owned()]), ..fitting.clone() },
            ConditionSet { verified_publishers_only: true, ..fitting.clone() },
        ] {
            assert!(!policy(vec![wrong.clone()], Vec::new()).lets(&event), "{wrong:?}");
            assert!(policy(vec![wrong.clone(), set()], Vec::new()).lets(&event), "one that fits is enough");
            assert!(policy(vec![set()], vec![wrong.clone()]).lets(&event), "{wrong:?} excludes nothing");
        }
        assert!(!policy(vec![set()], vec![fitting]).lets(&event), "what is excluded is out");
    }

    #[test]
    fn what_is_kept_for_administrators_has_to_be_named() {
        let event = Event { needs_administrator: true, ..event() };
        let named = ConditionSet { permissions: Some(vec![event.permission]), ..set() };
        assert!(!policy(vec![set()], Vec::new()).lets(&event));
        assert!(!policy(vec![named.clone()], Vec::new()).lets(&event), "without its resource");
        let whole = ConditionSet { resource: Some(event.resource), ..named };
        assert!(policy(vec![whole.clone()], Vec::new()).lets(&event));
        assert!(!policy(vec![whole], vec![set()]).lets(&event), "everything is excluded");
    }

    #[test]
    fn what_is_not_classified_is_of_no_risk_that_a_set_names() {
        let low = ConditionSet { classification: Some(Classification::Low), ..set() };
        let (asking, not_asking) = (policy(vec![low.clone()], Vec::new()), policy(vec![set()], Vec::new()));
        assert!(asking.asks_for_classification() && policy(Vec::new(), vec![low]).asks_for_classification());
        assert!(!not_asking.asks_for_classification());
        let unclassified = Event { classification: None, ..event() };
        assert!(asking.lets(&event()) && !asking.lets(&unclassified));
        assert!(not_asking.lets(&unclassified), "a set that names none means any");
        let for_administrators = Event { needs_administrator: true, ..event() };
        assert!(!asking.lets(&for_administrators), "what is of low risk does not name a permission");
    }

    #[test]
    fn a_set_that_was_stored_before_anything_was_classified_names_no_classification() {
        let mut stored = serde_json::to_value(set()).expect("JSON");
        stored.as_object_mut().expect("an object").remove("classification");
        assert_eq!(serde_json::from_value::<ConditionSet>(stored).expect("a set"), set());
    }

    #[test]
    fn policies_are_assigned_by_their_names() {
        for (text, policy) in [
            (
                "managepermissiongrantsforself.MICROSOFT-user-default-low",
                Some(AssignedPolicy::BuiltIn(ConsentPolicy::Low)),
            ),
            ("ManagePermissionGrantsForSelf.our-own", Some(AssignedPolicy::Custom("our-own".to_owned()))),
            ("managePermissionGrantsForSelf.Our_Own.2", Some(AssignedPolicy::Custom("our_own.2".to_owned()))),
            ("ManagePermissionGrantsForSelf.microsoft-other", None),
            ("ManagePermissionGrantsForOwnedResource.our-own", None),
            ("ManagePermissionGrantsForSelf.", None),
            ("ManagePermissionGrantsForSelf.a/b", None),
            ("our-own", None),
            ("", None),
        ] {
            assert_eq!(AssignedPolicy::parse(text), policy, "{text}");
        }
        let written = serde_json::to_string(&AssignedPolicy::Custom("our-own".to_owned())).expect("a text");
        assert_eq!(written, "\"ManagePermissionGrantsForSelf.our-own\"");
        assert!(serde_json::from_str::<AssignedPolicy>("\"everything\"").is_err());
    }
}
