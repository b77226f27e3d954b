//! Apps, what they may do, and who may use them.

use super::{APP, CERTIFICATE, Form, LOGO, ON_PAGE, ORGANIZATIONS, form};
use crate::audit::Activity::{
    self, AddApplication, AddApplicationOwner, AddApplicationPolicy, AddClassification, AddDelegatedGrant,
    AddGrantPolicy, AddServicePrincipalOwner, AddServicePrincipalPolicy, AssignServicePrincipal, AssignUser,
    DeleteApplication, DeleteGrantPolicy, DeleteServicePrincipal, DenyConsentRequest, ManageCredentials,
    PurgeApplication, RemoveApplicationOwner, RemoveApplicationPolicy, RemoveDelegatedGrant,
    RemoveServicePrincipalOwner, RestoreApplication, RestoreServicePrincipal, UnassignServicePrincipal, UnassignUser,
    UpdateApplication, UpdateAuthorizationPolicy, UpdateConsentRequestPolicy, UpdateGrantPolicy,
    UpdateServicePrincipal, UpdateUser,
};

const RULES: &str = "/portal/{tenant}/consent-rules";
const RULE: &str = "/portal/{tenant}/consent-rules/{grant_policy}";
const LOW_RISK: &str = "/portal/{tenant}/low-risk?of=00000003-0000-0000-c000-000000000000";
const CONSENT_POLICY: &str = "/portal/{tenant}/consent-requests/policy";
const FEDERATED: &str = "/portal/{tenant}/apps/{application}/federated";
const EXTENSIONS: &str = "/portal/{tenant}/apps/{application}/extensions";
const LIFETIME: &str = "/portal/{tenant}/apps/{application}/token-lifetime";
const FOREIGN_LIFETIME: &str = "/portal/{tenant}/apps/foreign/{foreign}/token-lifetime";
const NOTES: &str = "/portal/{tenant}/apps/{application}/notes";
const FOREIGN_NOTES: &str = "/portal/{tenant}/apps/foreign/{foreign}/notes";
const PRINCIPALS: &str = "/portal/{tenant}/apps/removed/principals";

const FOREIGN: &str = "/portal/{tenant}/apps/foreign/{foreign}";

const TRUSTED: [(&str, &str); 4] = [
    ("name", "cluster"),
    ("issuer", "https://issuer.example"),
    ("subject", "cluster"),
    ("audience", "api://AzureADTokenExchange"),
];
const SAID: [(&str, &str); 2] = [("tags", "finance"), ("notes", "Ask Anna.")];
const EXPOSED: &str = "/portal/{tenant}/apps/{application}/exposed";
const NEEDS: &str = "/portal/{tenant}/apps/{application}/needs?of=00000003-0000-0000-c000-000000000000";

const fn app(to: &'static str, fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    form("POST /portal/{tenant}/apps/{app}/{part}", APP, to, fields, activity)
}

/// A form on the page of an app of another organisation.
const fn foreign(to: &'static str, fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    form("POST /portal/{tenant}/apps/foreign/{foreign}/{part}", FOREIGN, to, fields, activity)
}

const fn rule(to: &'static str, fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    form("POST /portal/{tenant}/consent-rules/{grant_policy}/{part}", RULE, to, fields, activity)
}

/// What is done with a service principal, by the form of those that were removed.
const fn principal(fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    const TO: &str = "/portal/{tenant}/apps/removed/principals/picked";
    form("POST /portal/{tenant}/apps/removed/principals/picked", PRINCIPALS, TO, fields, activity)
}

/// In an order in which each can succeed after the one before.
pub(super) const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/apps/new",
        "/portal/{tenant}/apps/new",
        "/portal/{tenant}/apps/new",
        &[
            ("name", "Another"),
            ("redirect", "https://app.example/cb"),
            ("home", "https://app.example/"),
            ("required", "1"),
        ],
        AddApplication,
    ),
    form(
        "POST /portal/{tenant}/consent-requests/{principal}/{decision}",
        "/portal/{tenant}/consent-requests/{principal}",
        "/portal/{tenant}/consent-requests/{principal}/deny",
        &[("reason", "Nobody needs it")],
        DenyConsentRequest,
    ),
    form(
        "POST /portal/{tenant}/consent-requests/policy",
        CONSENT_POLICY,
        CONSENT_POLICY,
        &[("isEnabled", "yes"), ("requestDurationInDays", "7"), ("added", "holder@contoso.example")],
        UpdateConsentRequestPolicy,
    ),
    form(
        "POST /portal/{tenant}/consent-rules",
        RULES,
        RULES,
        &[("displayName", "Another"), ("id", "another"), ("description", "")],
        AddGrantPolicy,
    ),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/add", &[("side", "excludes")], UpdateGrantPolicy),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/take", &[("set", ON_PAGE)], UpdateGrantPolicy),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/change", &[("displayName", "Renamed")], UpdateGrantPolicy),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/assign", &[], UpdateAuthorizationPolicy),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/unassign", &[], UpdateAuthorizationPolicy),
    rule("/portal/{tenant}/consent-rules/{grant_policy}/remove", &[], DeleteGrantPolicy),
    form(
        "POST /portal/{tenant}/low-risk",
        LOW_RISK,
        "/portal/{tenant}/low-risk",
        &[("of", ON_PAGE), ("permission", "e1fe6dd8-ba31-4d61-89e7-88639da4683d")],
        AddClassification,
    ),
    app("addresses", &[("name", "Renamed"), ("algorithm", "ES256")], UpdateApplication),
    app("claims", &[("id-claim", "email")], UpdateApplication),
    app("access", &[("enabled", "1"), ("required", "1")], UpdateServicePrincipal),
    form(
        "POST /portal/{tenant}/apps/{app}/assignments/picked",
        APP,
        "/portal/{tenant}/apps/{application}/assignments/picked",
        &[("do", "unassign"), ("pick", ON_PAGE), ("sure", "1")],
        UnassignUser,
    ),
    app("assign", &[("address", "logged@contoso.example"), ("role", "")], AssignUser),
    app("unassign", &[("assignment", ON_PAGE)], UnassignUser),
    app("assign", &[("address", "holder@contoso.example"), ("role", "")], AssignUser),
    form(
        "POST /portal/{tenant}/apps/{app}/exposed",
        EXPOSED,
        EXPOSED,
        &[("do", "add-scope"), ("value", "Costs.Read"), ("type", "User")],
        UpdateApplication,
    ),
    form(
        "POST /portal/{tenant}/apps/{app}/needs",
        NEEDS,
        "/portal/{tenant}/apps/{application}/needs",
        &[("of", "00000003-0000-0000-c000-000000000000"), ("permission", "Scope/e1fe6dd8-ba31-4d61-89e7-88639da4683d")],
        UpdateApplication,
    ),
    app("add-secret", &[("purpose", "CI")], ManageCredentials),
    app("remove-secret", &[("secret", ON_PAGE)], ManageCredentials),
    app("add-certificate", &[("certificate", CERTIFICATE)], ManageCredentials),
    app("remove-certificate", &[("certificate-id", ON_PAGE)], ManageCredentials),
    app("add-role", &[("role-name", "Reader"), ("value", "Reader"), ("for-people", "1")], UpdateApplication),
    app("switch-role", &[("role", ON_PAGE), ("to", "off")], UpdateApplication),
    app("remove-role", &[("role", ON_PAGE)], UpdateApplication),
    app("permissions", &[("permission", "User.Read.All")], AssignServicePrincipal),
    app("permissions", &[], UnassignServicePrincipal),
    app("delegated", &[("permission", "User.Invite.All")], AddDelegatedGrant),
    form(
        "POST /myapps/{tenant}/permissions",
        "/myapps/{tenant}/permissions",
        "/myapps/{tenant}/permissions",
        &[("grant", ON_PAGE)],
        RemoveDelegatedGrant,
    ),
    form("POST /myapps/{tenant}/organizations", ORGANIZATIONS, ORGANIZATIONS, &[("tell", "no")], UpdateUser),
    app("add-owner", &[("owner", "logged@contoso.example")], AddApplicationOwner),
    app("remove-owner", &[("owner-id", ON_PAGE)], RemoveApplicationOwner),
    app("take-grant", &[("grant", ON_PAGE)], RemoveDelegatedGrant),
    form("POST /portal/{tenant}/apps/{app}/federated", FEDERATED, FEDERATED, &TRUSTED, ManageCredentials),
    form(
        "POST /portal/{tenant}/apps/{app}/federated/{credential}/remove",
        "/portal/{tenant}/apps/{application}/federated?ask={credential}",
        "/portal/{tenant}/apps/{application}/federated/{credential}/remove",
        &[],
        ManageCredentials,
    ),
    form(
        "POST /portal/{tenant}/apps/{app}/extensions",
        EXTENSIONS,
        EXTENSIONS,
        &[("name", "badge"), ("type", "Integer"), ("target", "User")],
        UpdateApplication,
    ),
    form(
        "POST /portal/{tenant}/apps/{app}/extensions/{property}/remove",
        "/portal/{tenant}/apps/{application}/extensions?ask={property}",
        "/portal/{tenant}/apps/{application}/extensions/{property}/remove",
        &[],
        UpdateApplication,
    ),
    form("POST /portal/{tenant}/apps/{app}/logo", APP, LOGO, &[("without", "1")], UpdateApplication),
    form("POST /portal/{tenant}/apps/{app}/notes", NOTES, NOTES, &SAID, UpdateApplication),
    form(
        "POST /portal/{tenant}/apps/foreign/{foreign}/notes",
        FOREIGN_NOTES,
        FOREIGN_NOTES,
        &SAID,
        UpdateServicePrincipal,
    ),
    // The app has a policy already.
    form("POST /portal/{tenant}/apps/{app}/token-lifetime", LIFETIME, LIFETIME, &[], RemoveApplicationPolicy),
    form(
        "POST /portal/{tenant}/apps/{app}/token-lifetime",
        LIFETIME,
        LIFETIME,
        &[("registration", "{lifetime_policy}")],
        AddApplicationPolicy,
    ),
    form(
        "POST /portal/{tenant}/apps/foreign/{foreign}/token-lifetime",
        FOREIGN_LIFETIME,
        FOREIGN_LIFETIME,
        &[("principal", "{lifetime_policy}")],
        AddServicePrincipalPolicy,
    ),
    principal(&[("do", "remove"), ("pick", "{principal}"), ("sure", "1")], DeleteServicePrincipal),
    principal(&[("do", "restore"), ("pick", ON_PAGE), ("sure", "1")], RestoreServicePrincipal),
    app("remove", &[], DeleteApplication),
    form(
        "POST /portal/{tenant}/apps/removed/{retired}/restore",
        "/portal/{tenant}/apps/removed",
        "/portal/{tenant}/apps/removed/{retired}/restore",
        &[],
        RestoreApplication,
    ),
    form(
        "POST /portal/{tenant}/apps/picked",
        "/portal/{tenant}/apps/removed",
        "/portal/{tenant}/apps/picked",
        &[("do", "purge"), ("pick", ON_PAGE), ("sure", "1")],
        PurgeApplication,
    ),
    foreign(
        "/portal/{tenant}/apps/foreign/{foreign}/access",
        &[("enabled", "1"), ("required", "1")],
        UpdateServicePrincipal,
    ),
    form(
        "POST /portal/{tenant}/apps/foreign/{foreign}/assignments/picked",
        FOREIGN,
        "/portal/{tenant}/apps/foreign/{foreign}/assignments/picked",
        &[("do", "unassign"), ("pick", ON_PAGE), ("sure", "1")],
        UnassignUser,
    ),
    foreign(
        "/portal/{tenant}/apps/foreign/{foreign}/assign",
        &[("address", "logged@contoso.example"), ("role", "")],
        AssignUser,
    ),
    foreign("/portal/{tenant}/apps/foreign/{foreign}/unassign", &[("assignment", ON_PAGE)], UnassignUser),
    foreign(
        "/portal/{tenant}/apps/foreign/{foreign}/add-owner",
        &[("owner", "logged@contoso.example")],
        AddServicePrincipalOwner,
    ),
    // The last one stays.
    foreign(
        "/portal/{tenant}/apps/foreign/{foreign}/add-owner",
        &[("owner", "holder@contoso.example")],
        AddServicePrincipalOwner,
    ),
    foreign(
        "/portal/{tenant}/apps/foreign/{foreign}/remove-owner",
        &[("owner-id", ON_PAGE)],
        RemoveServicePrincipalOwner,
    ),
    foreign("/portal/{tenant}/apps/foreign/{foreign}/take-role", &[("given", ON_PAGE)], UnassignServicePrincipal),
    foreign("/portal/{tenant}/apps/foreign/{foreign}/take-grant", &[("grant", ON_PAGE)], RemoveDelegatedGrant),
    foreign("/portal/{tenant}/apps/foreign/{foreign}/remove", &[], DeleteServicePrincipal),
];
