//! Apps, what they may do, and who may use them.

use super::{APP, CERTIFICATE, Form, ON_PAGE, form};
use crate::audit::Activity::{
    self, AddApplication, AddApplicationOwner, AddDelegatedGrant, AssignServicePrincipal, AssignUser, DeleteApplication,
    DenyConsentRequest, ManageCredentials, PurgeApplication, RemoveApplicationOwner, RemoveDelegatedGrant,
    RestoreApplication, UnassignServicePrincipal, UnassignUser, UpdateApplication, UpdateServicePrincipal,
};

const EXPOSED: &str = "/portal/{tenant}/apps/{application}/exposed";
const NEEDS: &str = "/portal/{tenant}/apps/{application}/needs?of=00000003-0000-0000-c000-000000000000";

const fn app(to: &'static str, fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    form("POST /portal/{tenant}/apps/{app}/{part}", APP, to, fields, activity)
}

/// In an order in which each can succeed after the one before.
pub(super) const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/apps/new",
        "/portal/{tenant}/apps/new",
        "/portal/{tenant}/apps/new",
        &[("name", "Another"), ("redirect", "https://app.example/cb"), ("home", "https://app.example/")],
        AddApplication,
    ),
    form(
        "POST /portal/{tenant}/consent-requests/{principal}/{decision}",
        "/portal/{tenant}/consent-requests/{principal}",
        "/portal/{tenant}/consent-requests/{principal}/deny",
        &[("reason", "Nobody needs it")],
        DenyConsentRequest,
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
        &[
            ("of", "00000003-0000-0000-c000-000000000000"),
            ("permission", "Scope/e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
        ],
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
    app("add-owner", &[("owner", "logged@contoso.example")], AddApplicationOwner),
    app("remove-owner", &[("owner-id", ON_PAGE)], RemoveApplicationOwner),
    app("take-grant", &[("grant", ON_PAGE)], RemoveDelegatedGrant),
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
];
