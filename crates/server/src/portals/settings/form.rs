//! The form: what was typed, and the change it asks for.

use crate::tenants::{
    AssignedPolicy, CollaborationSettings, ConsentPolicy, DomainListKind, InvitersPolicy, LandingAddresses,
    PasscodesForGuests, PrivilegedRolesForGuests, SettingsChange,
};
use crate::web::complaint::Answers;
use serde::Deserialize;

/// What was typed. Fields have the names of the properties in the API, so that an error finds its field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SettingsForm {
    pub(super) csrf: String,
    /// The version of the settings that the page showed.
    pub(super) seen: String,
    pub(super) allow_invites_from: String,
    pub(super) guest_user_role_id: String,
    pub(super) domain_list_kind: String,
    pub(super) domains: String,
    pub(super) landing_addresses: String,
    pub(super) user_consent: String,
    pub(super) extra_landing_addresses: String,
    pub(super) wide_addresses: Option<String>,
    pub(super) invitation_lifetime_days: String,
    pub(super) notification_language: String,
    /// `members` where the form shows what members may; without it these boxes and those of guests say nothing.
    pub(super) shows: String,
    pub(super) allowed_to_create_apps: Option<String>,
    pub(super) allowed_to_create_security_groups: Option<String>,
    pub(super) allowed_to_read_other_users: Option<String>,
    pub(super) privileged_roles_for_guests: Option<String>,
    pub(super) passcodes_for_guests: String,
    pub(super) allow_external_identities_to_leave: Option<String>,
}

/// Domains of the field that are compared with invitations that wait; the settings hold no more.
const LOOKED_AT: usize = 10_000;

/// What a form says that shows what members may.
const MEMBERS: &str = "members";

/// What a form says that lets people consent to nothing.
pub(super) const NO_CONSENT: &str = "nothing";

/// What a form says that leaves rules of the organisation itself as they are.
pub(super) const OWN_CONSENT: &str = "own";

/// A field and what is wrong with it.
pub(super) type Mistake = (&'static str, String);

impl SettingsForm {
    /// The form as it shows these settings.
    pub(super) fn of(settings: &CollaborationSettings) -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            csrf: String::new(),
            seen: settings.version.to_string(),
            allow_invites_from: settings.allow_invites_from.to_string(),
            guest_user_role_id: settings.guest_user_role_id.to_string(),
            domain_list_kind: settings.domain_list_kind.to_string(),
            domains: settings.listed_domains.0.join("\n"),
            landing_addresses: settings.landing_addresses.to_string(),
            user_consent: consent_of(settings),
            extra_landing_addresses: settings.extra_landing_addresses.0.join("\n"),
            wide_addresses: settings.wide_addresses.then(|| "yes".to_owned()),
            invitation_lifetime_days: settings
                .lifetime()
                .map_or_else(String::new, |lifetime| (lifetime.as_secs() / DAY).to_string()),
            notification_language: settings.notification_language.clone(),
            shows: MEMBERS.to_owned(),
            allowed_to_create_apps: ticked(settings.creates_apps),
            allowed_to_create_security_groups: ticked(settings.creates_groups),
            allowed_to_read_other_users: ticked(settings.reads_others),
            privileged_roles_for_guests: ticked(
                settings.privileged_roles_for_guests == PrivilegedRolesForGuests::Allowed,
            ),
            passcodes_for_guests: settings.passcodes_for_guests.to_string(),
            allow_external_identities_to_leave: ticked(settings.guests_may_leave),
        }
    }

    /// The change it asks for, or the first field that holds nothing the page offers.
    pub(super) fn change(&self) -> Result<SettingsChange, Mistake> {
        let choose = "choose one of the answers".to_owned();
        let kind = DomainListKind::parse(&self.domain_list_kind).ok_or(("domainListKind", choose.clone()))?;
        let domains = if kind == DomainListKind::Any { Vec::new() } else { words(&self.domains) };
        let level = self.guest_user_role_id.parse().map_err(|_| ("guestUserRoleId", choose.clone()))?;
        Ok(SettingsChange {
            allow_invites_from: Some(
                InvitersPolicy::parse(&self.allow_invites_from).ok_or(("allowInvitesFrom", choose.clone()))?,
            ),
            guest_user_role_id: Some(level),
            domain_list_kind: Some(kind),
            listed_domains: Some(domains),
            landing_addresses: Some(
                LandingAddresses::parse(&self.landing_addresses).ok_or(("landingAddresses", choose))?,
            ),
            extra_landing_addresses: Some(words(&self.extra_landing_addresses)),
            wide_addresses: Some(self.wide_addresses.is_some()),
            invitation_lifetime_days: Some(self.days()?),
            notification_language: Some(self.notification_language.clone()),
            consent_policies: self.consent()?,
            // They govern nothing, and the page does not show them.
            kept_switches: Vec::new(),
            domain_list_beside: None,
            // No settings have the version 0.
            of_version: Some(self.seen.parse().unwrap_or(0)),
            creates_apps: self.member_box(self.allowed_to_create_apps.as_ref()),
            creates_groups: self.member_box(self.allowed_to_create_security_groups.as_ref()),
            reads_others: self.member_box(self.allowed_to_read_other_users.as_ref()),
            privileged_roles_for_guests: self.member_box(self.privileged_roles_for_guests.as_ref()).map(|allowed| {
                if allowed { PrivilegedRolesForGuests::Allowed } else { PrivilegedRolesForGuests::Never }
            }),
            passcodes_for_guests: PasscodesForGuests::parse(&self.passcodes_for_guests),
            guests_may_leave: self.member_box(self.allow_external_identities_to_leave.as_ref()),
        })
    }

    /// What a box says; nothing if the form does not show it.
    fn member_box(&self, ticked: Option<&String>) -> Option<bool> {
        (self.shows == MEMBERS).then_some(ticked.is_some())
    }

    /// What people may let apps do; a form without the question leaves it.
    fn consent(&self) -> Result<Option<Vec<AssignedPolicy>>, Mistake> {
        match self.user_consent.as_str() {
            "" | OWN_CONSENT => Ok(None),
            NO_CONSENT => Ok(Some(Vec::new())),
            policy => {
                let policy =
                    ConsentPolicy::parse(policy).ok_or(("userConsent", "choose one of the answers".to_owned()))?;
                Ok(Some(vec![policy.into()]))
            }
        }
    }

    /// The domains in the field, in the form the list has; what is no domain is left out.
    pub(super) fn listed(&self) -> Vec<String> {
        words(&self.domains).iter().take(LOOKED_AT).filter_map(|word| mail_address::normalise_domain(word)).collect()
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Answers {
        let domains = |form: &Self| if form.domain_list_kind == "any" { String::new() } else { form.domains.clone() };
        let answers = |form: &Self| {
            [
                ("Who may invite", form.allow_invites_from.clone()),
                ("An invitation stays open for (days)", form.invitation_lifetime_days.trim().to_owned()),
                ("Language of mails", form.notification_language.clone()),
                ("What guests see of others", form.guest_user_role_id.clone()),
                ("Who may be invited", form.domain_list_kind.clone()),
                ("Domains", words(&domains(form)).join("\n")),
                ("Unusual addresses", if form.wide_addresses.is_some() { "yes" } else { "no" }.to_owned()),
                ("Where an invitation may lead", form.landing_addresses.clone()),
                ("What people may let apps do", form.user_consent.clone()),
                ("Further addresses", words(&form.extra_landing_addresses).join("\n")),
                ("Members register apps", yes(form.allowed_to_create_apps.as_ref())),
                ("Members make groups", yes(form.allowed_to_create_security_groups.as_ref())),
                ("Members read others", yes(form.allowed_to_read_other_users.as_ref())),
                ("Guests hold roles that administer", yes(form.privileged_roles_for_guests.as_ref())),
                ("Codes by mail", form.passcodes_for_guests.clone()),
                ("Guests leave by themselves", yes(form.allow_external_identities_to_leave.as_ref())),
            ]
        };
        answers(self).into_iter().zip(answers(other)).filter(|(own, other)| own != other).map(|(own, _)| own).collect()
    }

    /// Days, or none for an invitation that stays open.
    fn days(&self) -> Result<Option<u32>, Mistake> {
        match self.invitation_lifetime_days.trim() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(days) => Ok(Some(days)),
                Err(_) => Err(("invitationLifetimeDays", "write a whole number of days, or nothing".to_owned())),
            },
        }
    }
}

/// What people may consent to: what the organisation says itself, if it does, or else by the widest of the policies.
fn consent_of(settings: &CollaborationSettings) -> String {
    let assigned = &settings.consent_policies.0;
    if assigned.iter().any(|policy| matches!(policy, AssignedPolicy::Custom(_))) {
        return OWN_CONSENT.to_owned();
    }
    let holds = |policy: &&ConsentPolicy| assigned.contains(&AssignedPolicy::BuiltIn(**policy));
    let widest = ConsentPolicy::ALL.iter().rev().find(holds);
    widest.map_or_else(|| NO_CONSENT.to_owned(), |policy| policy.to_string())
}

fn ticked(is: bool) -> Option<String> {
    is.then(|| "yes".to_owned())
}

fn yes(ticked: Option<&String>) -> String {
    if ticked.is_some() { "yes" } else { "no" }.to_owned()
}

/// What stands on lines of its own, or between commas or spaces.
fn words(text: &str) -> Vec<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    text.split(is_between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_settings_asks_for_those_settings() {
        let mut form = SettingsForm::of(&CollaborationSettings::default());
        let change = form.change().expect("a change");
        assert_eq!(change.allow_invites_from, Some(InvitersPolicy::Everyone));
        assert_eq!(change.invitation_lifetime_days, Some(None));
        assert_eq!(change.wide_addresses, Some(false));
        assert_eq!(change.guests_may_leave, Some(true));
        form.allow_external_identities_to_leave = None;
        assert_eq!(form.change().expect("a change").guests_may_leave, Some(false));
        form.shows.clear();
        assert_eq!(form.change().expect("a change").guests_may_leave, None, "a form without the box");
        "deny".clone_into(&mut form.domain_list_kind);
        "fabrikam.example,\r\n tailspin.example".clone_into(&mut form.domains);
        let change = form.change().expect("a change");
        assert_eq!(
            change.listed_domains.as_deref(),
            Some(&["fabrikam.example", "tailspin.example"].map(str::to_owned)[..])
        );
    }

    #[test]
    fn only_answers_that_differ_are_told() {
        let kept = SettingsForm::of(&CollaborationSettings::default());
        let mut form = kept.clone();
        "unread under this kind".clone_into(&mut form.domains);
        assert!(form.other_than(&kept).is_empty());
        "deny".clone_into(&mut form.domain_list_kind);
        "fabrikam.example,\r\n tailspin.example".clone_into(&mut form.domains);
        let told = form.other_than(&kept);
        let wanted = [("Who may be invited", "deny"), ("Domains", "fabrikam.example\ntailspin.example")];
        assert_eq!(told, wanted.map(|(name, text)| (name, text.to_owned())));
    }

    #[test]
    fn a_field_that_makes_no_sense_is_named() {
        let good = SettingsForm::of(&CollaborationSettings::default());
        let with = |set: fn(&mut SettingsForm)| {
            let mut form = good.clone();
            set(&mut form);
            form.change().expect_err("a mistake").0
        };
        assert_eq!(with(|form| "somebody".clone_into(&mut form.allow_invites_from)), "allowInvitesFrom");
        assert_eq!(with(|form| "high".clone_into(&mut form.guest_user_role_id)), "guestUserRoleId");
        assert_eq!(with(|form| "some".clone_into(&mut form.domain_list_kind)), "domainListKind");
        assert_eq!(with(|form| String::new().clone_into(&mut form.landing_addresses)), "landingAddresses");
        assert_eq!(with(|form| "-1".clone_into(&mut form.invitation_lifetime_days)), "invitationLifetimeDays");
    }
}
