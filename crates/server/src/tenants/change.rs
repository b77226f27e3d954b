//! A change of the settings, and whether it makes sense.

use super::{
    AssignedPolicy, CollaborationSettings, DomainListKind, InvitersPolicy, KeptSwitch, LandingAddresses,
    PasscodesForGuests, PrivilegedRolesForGuests, domain_list_policy,
};
use crate::config::is_loopback;
use crate::graph::Error;
use crate::graph::role::guest_level;
use crate::translations::Language;
use mail_address::normalise_domain;
use serde_json::{Map, Value};
use sqlx::types::Json;
use std::collections::HashSet;
use url::Url;
use uuid::Uuid;

/// Characters of the whole list of domains (Entra: allow or block list).
const LIST_LIMIT: usize = 25_000;
/// Further landing addresses at most.
const LANDING_LIMIT: usize = 100;
/// Days an invitation may stay open at most; beyond it, for ever is meant.
const DAYS_LIMIT: u32 = 3650;
const MICROSECONDS_OF_DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// What is to be changed; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// Who may invite.
    pub allow_invites_from: Option<InvitersPolicy>,
    /// What guests may see: one of the three levels.
    pub guest_user_role_id: Option<Uuid>,
    /// What the list of domains means. Another kind empties the list unless one comes with it.
    pub domain_list_kind: Option<DomainListKind>,
    /// The list, in any spelling.
    pub listed_domains: Option<Vec<String>>,
    /// What its policy says beside the list.
    pub domain_list_beside: Option<Map<String, Value>>,
    /// Where invitations may lead.
    pub landing_addresses: Option<LandingAddresses>,
    /// Further origins they may lead to.
    pub extra_landing_addresses: Option<Vec<String>>,
    /// Whether addresses may hold `+` and the other characters of RFC 5321 that Entra refuses.
    pub wide_addresses: Option<bool>,
    /// Days an invitation stays open; `Some(None)` for ever.
    pub invitation_lifetime_days: Option<Option<u32>>,
    /// The language of mails when nothing better is known.
    pub notification_language: Option<String>,
    /// Whether members register apps.
    pub creates_apps: Option<bool>,
    /// Whether members make security groups.
    pub creates_groups: Option<bool>,
    /// Whether members read others.
    pub reads_others: Option<bool>,
    /// What people may consent to by themselves.
    pub consent_policies: Option<Vec<AssignedPolicy>>,
    /// What governs nothing here, switched on or off.
    pub kept_switches: Vec<(KeptSwitch, bool)>,
    /// Whether guests may hold roles that administer.
    pub privileged_roles_for_guests: Option<PrivilegedRolesForGuests>,
    /// Whether guests sign in with codes by mail.
    pub passcodes_for_guests: Option<PasscodesForGuests>,
    /// Whether guests may leave by themselves.
    pub guests_may_leave: Option<bool>,
    /// The version that the settings must still have; `None` changes them as they are.
    pub of_version: Option<i64>,
}

/// Why the settings are not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Only administrators.
    #[error("Insufficient privileges to complete the operation.")]
    NotAllowed,
    /// A value that makes no sense: the property, and what is wrong.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// Somebody else changed them since the version that was named.
    #[error("the settings were changed meanwhile")]
    Changed,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotAllowed => Self::denied(),
            SettingsError::Invalid(property, problem) => Self::invalid_property(property, problem),
            SettingsError::Changed => database::Error::Conflict(error.to_string()).into(),
            SettingsError::Database(error) => error.into(),
        }
    }
}

impl SettingsChange {
    /// The settings after the change.
    pub(super) fn apply(self, before: &CollaborationSettings) -> Result<CollaborationSettings, SettingsError> {
        let mut after = before.clone();
        set(&mut after.allow_invites_from, self.allow_invites_from);
        set(&mut after.landing_addresses, self.landing_addresses);
        set(&mut after.wide_addresses, self.wide_addresses);
        set(&mut after.creates_apps, self.creates_apps);
        set(&mut after.creates_groups, self.creates_groups);
        set(&mut after.reads_others, self.reads_others);
        set(&mut after.consent_policies.0, self.consent_policies.map(without_repetition));
        for (switch, is_on) in self.kept_switches {
            after.kept_switches.retain(|known| *known != switch);
            after.kept_switches.extend(is_on.then_some(switch));
        }
        after.kept_switches.sort_unstable();
        set(&mut after.privileged_roles_for_guests, self.privileged_roles_for_guests);
        set(&mut after.passcodes_for_guests, self.passcodes_for_guests);
        set(&mut after.guests_may_leave, self.guests_may_leave);
        if let Some(level) = self.guest_user_role_id {
            after.guest_user_role_id = level_of_guests(level)?;
        }
        if let Some(kind) = self.domain_list_kind.filter(|kind| *kind != before.domain_list_kind) {
            after.domain_list_kind = kind;
            after.listed_domains = Json(Vec::new());
        }
        if let Some(domains) = self.listed_domains {
            after.listed_domains = Json(domain_list(&domains)?);
        }
        if let Some(beside) = self.domain_list_beside {
            check_beside(&beside, &after)?;
            after.domain_list_beside = Json(beside);
        }
        if after.domain_list_kind == DomainListKind::Any {
            after.domain_list_beside = Json(Map::new());
            if !after.listed_domains.is_empty() {
                return Err(SettingsError::Invalid("domains", "without a list there are no domains".to_owned()));
            }
        }
        if after.domain_list_kind == DomainListKind::Allow && after.listed_domains.is_empty() {
            let problem = "only the listed domains are allowed, and none is listed: nobody could be invited";
            return Err(SettingsError::Invalid("domains", problem.to_owned()));
        }
        if let Some(addresses) = self.extra_landing_addresses {
            after.extra_landing_addresses = Json(origins(&addresses)?);
        }
        if let Some(days) = self.invitation_lifetime_days {
            after.invitation_lifetime = days.map(lifetime).transpose()?;
        }
        if let Some(language) = self.notification_language {
            after.notification_language = notification_language(&language)?;
        }
        Ok(after)
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn without_repetition(mut policies: Vec<AssignedPolicy>) -> Vec<AssignedPolicy> {
    policies.sort_unstable();
    policies.dedup();
    policies
}

fn level_of_guests(level: Uuid) -> Result<Uuid, SettingsError> {
    if [guest_level::MEMBER, guest_level::LIMITED, guest_level::RESTRICTED].contains(&level) {
        return Ok(level);
    }
    Err(SettingsError::Invalid("guestUserRoleId", "it is none of the three levels of guests".to_owned()))
}

/// Refuses a policy that counts on codes by mail for guests where these are switched off.
fn check_beside(beside: &Map<String, Value>, settings: &CollaborationSettings) -> Result<(), SettingsError> {
    if settings.has_passcodes_for_guests() || !domain_list_policy::asks_for_passcodes(beside) {
        return Ok(());
    }
    let problem = "PreviewPolicy.Features asks for 'OneTimePasscode', and codes by mail for guests are switched off \
                   (authenticationMethodsPolicy)";
    Err(SettingsError::Invalid(domain_list_policy::DEFINITION, problem.to_owned()))
}

fn domain_list(domains: &[String]) -> Result<Vec<String>, SettingsError> {
    let too_long = || SettingsError::Invalid("domains", format!("the list has more than {LIST_LIMIT} characters"));
    // The normal form of a name is hardly ever shorter than this, and a list out of all proportion is not worth reading.
    if domains.iter().map(String::len).sum::<usize>() > 4 * LIST_LIMIT {
        return Err(too_long());
    }
    let (mut list, mut known) = (Vec::new(), HashSet::new());
    for domain in domains {
        let form = normalise_domain(domain)
            .ok_or_else(|| SettingsError::Invalid("domains", format!("'{domain}' is not a domain name")))?;
        if known.insert(form.clone()) {
            list.push(form);
        }
    }
    if list.iter().map(String::len).sum::<usize>() > LIST_LIMIT {
        return Err(too_long());
    }
    Ok(list)
}

/// Origins in the form browsers compare: `https://host[:port]`, http on loopback only.
fn origins(addresses: &[String]) -> Result<Vec<String>, SettingsError> {
    const NAME: &str = "extraLandingAddresses";
    if addresses.len() > LANDING_LIMIT {
        return Err(SettingsError::Invalid(NAME, format!("at most {LANDING_LIMIT} addresses are possible")));
    }
    let origin = |address: &String| {
        let url = Url::parse(address).ok()?;
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_plain = url.username().is_empty() && url.password().is_none() && !address.contains('*');
        (is_secure && is_origin && is_plain).then(|| url.origin().ascii_serialization())
    };
    let refused = |address: &String| {
        SettingsError::Invalid(NAME, format!("'{address}' is not an origin such as https://wiki.example.com"))
    };
    addresses.iter().map(|address| origin(address).ok_or_else(|| refused(address))).collect()
}

fn lifetime(days: u32) -> Result<i64, SettingsError> {
    if (1..=DAYS_LIMIT).contains(&days) {
        return Ok(i64::from(days) * MICROSECONDS_OF_DAY);
    }
    Err(SettingsError::Invalid("invitationLifetimeDays", format!("it must be between 1 and {DAYS_LIMIT} days")))
}

fn notification_language(tag: &str) -> Result<String, SettingsError> {
    Language::from_tag(tag)
        .map(|language| language.tag().to_owned())
        .ok_or_else(|| SettingsError::Invalid("notificationLanguage", "mails are written in en, de and ar".to_owned()))
}
