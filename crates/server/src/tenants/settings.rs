//! How a tenant works with people from outside.

use super::grant_policies::AssignedPolicy;
use crate::graph::Role;
use crate::graph::caller::Defaults;
use crate::graph::role::guest_level;
use serde_json::{Map, Value};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

database::text_enum! {
    /// Who may invite (Graph: authorizationPolicy.allowInvitesFrom), from nobody to everybody.
    pub enum InvitersPolicy {
        /// Nobody, administrators included.
        None = "none",
        /// Global Administrators, User Administrators and Guest Inviters.
        AdminsAndGuestInviters = "adminsAndGuestInviters",
        /// Those and every member.
        AdminsGuestInvitersAndAllMembers = "adminsGuestInvitersAndAllMembers",
        /// Guests too.
        Everyone = "everyone",
    }
}

database::text_enum! {
    /// What the list of domains means.
    pub enum DomainListKind {
        /// There is no list: any domain may be invited.
        Any = "any",
        /// Only listed domains may be invited.
        Allow = "allow",
        /// Listed domains may not be invited.
        Deny = "deny",
    }
}

database::text_enum! {
    /// Where an invitation may lead.
    pub enum LandingAddresses {
        /// To apps, portals and domains of the tenant, and to what its list names.
        Known = "known",
        /// Anywhere, with a page that names the foreign host before leaving.
        Any = "any",
    }
}

database::text_enum! {
    /// Whether guests may hold roles that administer.
    pub enum PrivilegedRolesForGuests {
        /// No guest is given one, and one that is held has no effect.
        Never = "never",
        /// As members.
        Allowed = "allowed",
    }
}

database::text_enum! {
    /// Whether guests sign in with codes by mail (Graph: `allowExternalIdToUseEmailOtp`).
    pub enum PasscodesForGuests {
        /// As Entra decides, which is yes.
        Default = "default",
        /// They do.
        Enabled = "enabled",
        /// They do not, whatever they used before.
        Disabled = "disabled",
    }
}

database::text_enum! {
    /// What people may consent to by themselves, by the policies that the server brings along (Graph: permissionGrantPolicy).
    pub enum ConsentPolicy {
        /// What the organisation has classified as of low risk, for apps of its own.
        Low = "ManagePermissionGrantsForSelf.microsoft-user-default-low",
        /// What Microsoft recommends.
        Recommended = "ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
        /// Everything that needs no administrator.
        Legacy = "ManagePermissionGrantsForSelf.microsoft-user-default-legacy",
    }
}

database::text_enum! {
    /// What governs nothing here, because the server does not do what it would allow (Graph: authorizationPolicy). It is kept
    /// because programs write it and read it back.
    pub enum KeptSwitch {
        /// Whether people sign up to subscriptions by mail.
        EmailSubscriptions = "allowedToSignUpEmailBasedSubscriptions",
        /// Whether administrators reset their own passwords.
        PasswordReset = "allowedToUseSSPR",
        /// Whether members make organisations.
        Tenants = "allowedToCreateTenants",
        /// Whether members read the keys of disks of their devices.
        BitlockerKeys = "allowedToReadBitlockerKeysForOwnedDevice",
    }
}

impl KeptSwitch {
    /// Whether it stands in `defaultUserRolePermissions`.
    pub const fn is_of_members(self) -> bool {
        matches!(self, Self::Tenants | Self::BitlockerKeys)
    }
}

impl ConsentPolicy {
    /// The id of the policy, `microsoft-user-default-low`.
    pub fn id(self) -> &'static str {
        self.as_str().trim_start_matches("ManagePermissionGrantsForSelf.")
    }
}

/// The settings of one tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CollaborationSettings {
    /// Who may invite.
    pub allow_invites_from: InvitersPolicy,
    /// What guests may see.
    pub guest_user_role_id: Uuid,
    /// What the list of domains means.
    pub domain_list_kind: DomainListKind,
    /// The list, in A-label form.
    pub listed_domains: Json<Vec<String>>,
    /// What its policy says beside the list (Graph, beta: b2bManagementPolicy): nothing that is not so. Empty without a list.
    pub domain_list_beside: Json<Map<String, Value>>,
    /// Where invitations may lead.
    pub landing_addresses: LandingAddresses,
    /// Further origins they may lead to.
    pub extra_landing_addresses: Json<Vec<String>>,
    /// Whether addresses may hold `+` and the other characters of RFC 5321 that Entra refuses.
    pub wide_addresses: bool,
    /// How long an invitation stays open, in microseconds; `None` for ever.
    pub invitation_lifetime: Option<i64>,
    /// The language of mails when nothing better is known.
    pub notification_language: String,
    /// Whether members register apps (Graph: `allowedToCreateApps`).
    pub creates_apps: bool,
    /// Whether members make security groups (Graph: `allowedToCreateSecurityGroups`).
    pub creates_groups: bool,
    /// Whether members read others (Graph: `allowedToReadOtherUsers`).
    pub reads_others: bool,
    /// What people may consent to by themselves; nothing without a policy.
    pub consent_policies: Json<Vec<AssignedPolicy>>,
    /// What is switched on of what governs nothing here.
    pub kept_switches: Json<Vec<KeptSwitch>>,
    /// Whether guests may hold roles that administer.
    pub privileged_roles_for_guests: PrivilegedRolesForGuests,
    /// Whether guests sign in with codes by mail.
    pub passcodes_for_guests: PasscodesForGuests,
    /// Whether guests may leave by themselves (Graph, beta: externalIdentitiesPolicy, `allowExternalIdentitiesToLeave`).
    pub guests_may_leave: bool,
    /// Counts the changes.
    pub version: i64,
}

impl CollaborationSettings {
    /// How long an invitation stays open.
    pub fn lifetime(&self) -> Option<Duration> {
        self.invitation_lifetime.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros)
    }

    /// Whether a guest may hold this role, and may use it.
    pub fn lets_guests_hold(&self, role: Role) -> bool {
        !role.is_privileged() || self.privileged_roles_for_guests == PrivilegedRolesForGuests::Allowed
    }

    /// Whether guests sign in with codes by mail.
    pub fn has_passcodes_for_guests(&self) -> bool {
        self.passcodes_for_guests != PasscodesForGuests::Disabled
    }

    /// What a person of this level may without a role: members and guests who are equal to them have the same.
    pub fn defaults_at(&self, level: Uuid) -> Defaults {
        let is_member = level == guest_level::MEMBER;
        Defaults {
            creates_apps: is_member && self.creates_apps,
            creates_groups: is_member && self.creates_groups,
            reads_others: self.reads_others,
        }
    }

    /// Whether the list lets this domain in. Sub-domains are listed separately.
    pub fn admits_domain(&self, domain: &str) -> bool {
        let listed = self.listed_domains.0.iter().any(|entry| entry == domain);
        match self.domain_list_kind {
            DomainListKind::Any => true,
            DomainListKind::Allow => listed,
            DomainListKind::Deny => !listed,
        }
    }
}

impl Default for CollaborationSettings {
    fn default() -> Self {
        Self {
            allow_invites_from: InvitersPolicy::Everyone,
            guest_user_role_id: guest_level::LIMITED,
            domain_list_kind: DomainListKind::Any,
            listed_domains: Json(Vec::new()),
            domain_list_beside: Json(Map::new()),
            landing_addresses: LandingAddresses::Known,
            extra_landing_addresses: Json(Vec::new()),
            wide_addresses: false,
            invitation_lifetime: None,
            notification_language: "en".to_owned(),
            creates_apps: false,
            creates_groups: false,
            reads_others: true,
            consent_policies: Json(Vec::new()),
            kept_switches: Json(Vec::new()),
            privileged_roles_for_guests: PrivilegedRolesForGuests::Never,
            passcodes_for_guests: PasscodesForGuests::Default,
            guests_may_leave: true,
            version: 1,
        }
    }
}
