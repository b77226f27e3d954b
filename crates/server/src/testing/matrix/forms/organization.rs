//! Roles, domains and settings.

use super::{BRANDING, BRANDING_IN_GERMAN, Form, ON_PAGE, form};
use crate::audit::Activity::{
    AddRoleMember, AddTokenLifetimePolicy, AddUnverifiedDomain, AddVerifiedDomain, DeleteTokenLifetimePolicy,
    RemoveRoleMember, RemoveUnverifiedDomain, UpdateAuthorizationPolicy, UpdateCollaborationSettings, UpdateDomain,
    UpdateOrganization, UpdateTokenLifetimePolicy,
};

const ROLE: &str = "/portal/{tenant}/roles/{slug}";
const DOMAINS: &str = "/portal/{tenant}/domains";
const SETTINGS: &str = "/portal/{tenant}/settings";
const ORGANIZATION: &str = "/portal/{tenant}/settings/organization";
const CONTACTS: &str = "/portal/{tenant}/settings/contacts";
const LIFETIMES: &str = "/portal/{tenant}/settings/token-lifetimes";
const LIFETIME: &str = "/portal/{tenant}/settings/token-lifetimes/{lifetime_policy}";

/// In an order in which each can succeed after the one before.
pub(super) const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/roles/{slug}/give",
        ROLE,
        "/portal/{tenant}/roles/{slug}/give",
        &[("who", "logged@contoso.example")],
        AddRoleMember,
    ),
    form(
        "POST /portal/{tenant}/roles/{slug}/take",
        "/portal/{tenant}/roles/{slug}?ask={member}",
        "/portal/{tenant}/roles/{slug}/take",
        &[("holder", ON_PAGE)],
        RemoveRoleMember,
    ),
    form("POST /portal/{tenant}/domains", DOMAINS, DOMAINS, &[("name", "another.example")], AddUnverifiedDomain),
    form(
        "POST /portal/{tenant}/domains/{domain}/remove",
        "/portal/{tenant}/domains?ask=another.example",
        "/portal/{tenant}/domains/another.example/remove",
        &[],
        RemoveUnverifiedDomain,
    ),
    form(
        "POST /portal/{tenant}/domains/{domain}/verify",
        DOMAINS,
        "/portal/{tenant}/domains/{domain}/verify",
        &[],
        AddVerifiedDomain,
    ),
    form(
        "POST /portal/{tenant}/domains/{domain}/make-default",
        DOMAINS,
        "/portal/{tenant}/domains/{domain}/make-default",
        &[],
        UpdateDomain,
    ),
    form("POST /portal/{tenant}/settings", SETTINGS, SETTINGS, &POLICY, UpdateAuthorizationPolicy),
    form("POST /portal/{tenant}/settings", SETTINGS, SETTINGS, &COLLABORATION, UpdateCollaborationSettings),
    form(
        "POST /portal/{tenant}/settings/branding",
        BRANDING,
        BRANDING,
        &[("backgroundColor", "#1a5fb4")],
        UpdateOrganization,
    ),
    form(
        "POST /portal/{tenant}/settings/branding/{locale}",
        BRANDING_IN_GERMAN,
        BRANDING_IN_GERMAN,
        &[("usernameHintText", "Ihr Name")],
        UpdateOrganization,
    ),
    form(
        "POST /portal/{tenant}/settings/branding/{locale}/remove",
        "/portal/{tenant}/settings/branding/de?ask=remove",
        "/portal/{tenant}/settings/branding/de/remove",
        &[],
        UpdateOrganization,
    ),
    form(
        "POST /portal/{tenant}/settings/organization",
        ORGANIZATION,
        ORGANIZATION,
        &[("statementUrl", "https://contoso.example/privacy"), ("helpUrl", "")],
        UpdateOrganization,
    ),
    form(
        "POST /portal/{tenant}/settings/contacts",
        CONTACTS,
        CONTACTS,
        &[("street", "Rua Augusta 1"), ("businessPhones", "+351 21 000")],
        UpdateOrganization,
    ),
    form(
        "POST /portal/{tenant}/settings/token-lifetimes",
        LIFETIMES,
        LIFETIMES,
        &[("displayName", "Short"), ("lifetime", "00:30:00"), ("description", "")],
        AddTokenLifetimePolicy,
    ),
    form(
        "POST /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/{part}",
        LIFETIME,
        "/portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/change",
        &[("displayName", "Renamed"), ("lifetime", "00:30:00"), ("description", "")],
        UpdateTokenLifetimePolicy,
    ),
    form(
        "POST /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/{part}",
        LIFETIME,
        "/portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/remove",
        &[],
        DeleteTokenLifetimePolicy,
    ),
];

const POLICY: [(&str, &str); 8] = settings("none", "");
const COLLABORATION: [(&str, &str); 8] = settings("none", "30");

const fn settings(inviters: &'static str, days: &'static str) -> [(&'static str, &'static str); 8] {
    [
        ("allowInvitesFrom", inviters),
        ("guestUserRoleId", "10dae51f-b6af-4016-8d66-8c2a99b929b3"),
        ("domainListKind", "any"),
        ("domains", ""),
        ("landingAddresses", "known"),
        ("extraLandingAddresses", ""),
        ("invitationLifetimeDays", days),
        ("notificationLanguage", "en"),
    ]
}
