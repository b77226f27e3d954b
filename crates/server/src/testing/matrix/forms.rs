//! Every form of the portal that writes is told by the audit, as what was done and who did it (security check X10).

use super::table::PORTAL;
use super::world::World;
use super::writes::{give_up, hold};
use crate::audit::Activity::{
    self, AddApplication, AddApplicationOwner, AddDelegatedGrant, AddGroup, AddGroupMember, AddGroupOwner,
    AddRoleMember, AddUnverifiedDomain, AddUser, AddVerifiedDomain, AssignServicePrincipal, AssignUser,
    DeleteApplication, DeleteExternalUser, DeleteGroup, DenyConsentRequest, DisableAccount, EnableAccount,
    InviteExternalUser, ManageCredentials, PurgeApplication, PurgeGroup, RemoveApplicationOwner, RemoveDelegatedGrant,
    RemoveGroupMember, RemoveGroupOwner, RemoveRoleMember, RemoveUnverifiedDomain, ResetRedemption, RestoreApplication,
    RestoreGroup, RestoreUser, RetryMail, RevokeExternalUserInvite, RevokeSessions, SendBulkInvite, StartBulkInvite,
    StopBulkInvite, UnassignServicePrincipal, UnassignUser, UpdateApplication, UpdateAuthorizationPolicy,
    UpdateCollaborationSettings, UpdateGroup, UpdateOrganization, UpdateServicePrincipal, UpdateUser,
};
use crate::audit::{ChangeFilter, store};
use crate::graph::Actor;
use crate::testing::name_server::publish;
use crate::testing::{Answer, Browser, Certified, TestServer, on_both_engines};
use crate::users::{self, User};
use axum::body::Body;
use axum::http::Request;
use std::collections::BTreeSet;
use std::time::Duration;

/// A form: the route it goes to, the page it stands on, where it is sent, what is filled in, what the audit says.
struct Form {
    route: &'static str,
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
}

/// Stands for a certificate that is made for the test.
const CERTIFICATE: &str = "{certificate}";

/// Stands for the value that the page holds for the field.
const ON_PAGE: &str = "{on the page}";

const BULK: &str = "/portal/{tenant}/invitations/bulk/{id}";
const JOBS: &str = "/portal/{tenant}/jobs";
const UPLOAD: &str = "/portal/{tenant}/invitations/bulk";
const HELD: &str = "/portal/{tenant}/invitations/resend-held";
const ROLE: &str = "/portal/{tenant}/roles/{slug}";
const DOMAINS: &str = "/portal/{tenant}/domains";
const BRANDING: &str = "/portal/{tenant}/settings/branding";
const SETTINGS: &str = "/portal/{tenant}/settings";
const ORGANIZATION: &str = "/portal/{tenant}/settings/organization";
const GROUP: &str = "/portal/{tenant}/groups/{group}";
const APP: &str = "/portal/{tenant}/apps/{application}";

const fn form(
    route: &'static str,
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
) -> Form {
    Form { route, page, to, fields, activity }
}

/// A question about a user: the page and the form have one address.
const fn user(address: &'static str, activity: Activity) -> Form {
    form("POST /portal/{tenant}/users/{id}/{action}", address, address, &[], activity)
}

/// Takes one sponsor of the guest away.
const fn without_sponsor() -> Form {
    const PAGE: &str = "/portal/{tenant}/users/{user}/relations";
    let fields = &[("do", "remove-sponsor"), ("sponsor", ON_PAGE)];
    form("POST /portal/{tenant}/users/{id}/relations", PAGE, PAGE, fields, UpdateUser)
}

const fn app(to: &'static str, fields: &'static [(&'static str, &'static str)], activity: Activity) -> Form {
    form("POST /portal/{tenant}/apps/{app}/{part}", APP, to, fields, activity)
}

const fn group(
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
) -> Form {
    form("POST /portal/{tenant}/groups/{group}/{part}", page, to, fields, activity)
}

/// In an order in which each can succeed after the one before.
const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/mail/{id}/retry",
        "/portal/{tenant}/mail",
        "/portal/{tenant}/mail/{id}/retry",
        &[],
        RetryMail,
    ),
    form("POST /portal/{tenant}/jobs/retry", JOBS, "/portal/{tenant}/jobs/retry", &[], RetryMail),
    form("POST /portal/{tenant}/jobs/{id}/retry", JOBS, "/portal/{tenant}/jobs/{id}/retry", &[], RetryMail),
    form(
        "POST /portal/{tenant}/invitations/bulk/{id}/start",
        BULK,
        "/portal/{tenant}/invitations/bulk/{id}/start",
        &[],
        StartBulkInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/bulk/{id}/stop",
        BULK,
        "/portal/{tenant}/invitations/bulk/{id}/stop",
        &[],
        StopBulkInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/bulk",
        UPLOAD,
        UPLOAD,
        &[("send", "yes"), ("list", "new@partner.example")],
        SendBulkInvite,
    ),
    user("/portal/{tenant}/users/{user}/resend", InviteExternalUser),
    form(
        "POST /portal/{tenant}/invitations/{id}/resend",
        "/portal/{tenant}/invitations/{id}?ask=resend",
        "/portal/{tenant}/invitations/{id}/resend",
        &[],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/resend-held",
        "/portal/{tenant}/invitations?state=heldByRestore&ask=resend-held",
        HELD,
        &[],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/{id}/revoke",
        "/portal/{tenant}/invitations/{id}?ask=revoke",
        "/portal/{tenant}/invitations/{id}/revoke",
        &[],
        RevokeExternalUserInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        &[("email", "guest@partner-of-contoso.example")],
        InviteExternalUser,
    ),
    user("/portal/{tenant}/users/{user}/withdraw", RevokeExternalUserInvite),
    form(
        "POST /portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        &[("email", "second@partner-of-contoso.example")],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/picked",
        "/portal/{tenant}/invitations?state=notSent",
        "/portal/{tenant}/invitations/picked",
        &[("do", "withdraw"), ("pick", ON_PAGE), ("sure", "1")],
        RevokeExternalUserInvite,
    ),
    form(
        "POST /portal/{tenant}/users/new",
        "/portal/{tenant}/users/new",
        "/portal/{tenant}/users/new",
        &[("name", "New"), ("address", "brandnew@contoso.example"), ("password", "correct horse battery")],
        AddUser,
    ),
    form(
        "POST /portal/{tenant}/users/{id}/relations",
        "/portal/{tenant}/users/{user}/relations",
        "/portal/{tenant}/users/{user}/relations",
        &[("do", "set-manager"), ("manager", "logged@contoso.example")],
        UpdateUser,
    ),
    form(
        "POST /portal/{tenant}/users/{id}/reset",
        "/portal/{tenant}/users/{user}/reset",
        "/portal/{tenant}/users/{user}/reset",
        &[("address", "guest@partner-of-contoso.example")],
        ResetRedemption,
    ),
    without_sponsor(),
    without_sponsor(),
    form(
        "POST /portal/{tenant}/users/without-sponsor",
        "/portal/{tenant}/users/without-sponsor",
        "/portal/{tenant}/users/without-sponsor",
        &[("guest", ON_PAGE), ("sponsor", "holder@contoso.example")],
        UpdateUser,
    ),
    form(
        "POST /portal/{tenant}/users/removed/{removed}/restore",
        "/portal/{tenant}/users/removed",
        "/portal/{tenant}/users/removed/{removed}/restore",
        &[],
        RestoreUser,
    ),
    user("/portal/{tenant}/users/{member}/block", DisableAccount),
    user("/portal/{tenant}/users/{member}/unblock", EnableAccount),
    user("/portal/{tenant}/users/{member}/sign-out", RevokeSessions),
    form(
        "POST /portal/{tenant}/users/picked",
        "/portal/{tenant}/users?q=holder",
        "/portal/{tenant}/users/picked",
        &[("do", "sign-out"), ("pick", ON_PAGE), ("sure", "1")],
        RevokeSessions,
    ),
    user("/portal/{tenant}/users/{member}/take-guest-inviter", RemoveRoleMember),
    user("/portal/{tenant}/users/{member}/give-guest-inviter", AddRoleMember),
    user("/portal/{tenant}/users/{member}/give-user-administrator", AddRoleMember),
    user("/portal/{tenant}/users/{member}/take-user-administrator", RemoveRoleMember),
    user("/portal/{tenant}/users/{member}/give-global-administrator", AddRoleMember),
    user("/portal/{tenant}/users/{member}/take-global-administrator", RemoveRoleMember),
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
    form(
        "POST /portal/{tenant}/groups/new",
        "/portal/{tenant}/groups/new",
        "/portal/{tenant}/groups/new",
        &[("name", "Auditors"), ("rule", "user.userType -eq \"Guest\"")],
        AddGroup,
    ),
    form(
        "POST /portal/{tenant}/groups/{group}/members/picked",
        GROUP,
        "/portal/{tenant}/groups/{group}/members/picked",
        &[("do", "take-out"), ("pick", ON_PAGE), ("sure", "1")],
        RemoveGroupMember,
    ),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-member", &[("member", "holder@contoso.example")], AddGroupMember),
    group(
        "/portal/{tenant}/groups/{group}?ask=remove-member&object={member}",
        "/portal/{tenant}/groups/{group}/remove-member",
        &[("object", ON_PAGE)],
        RemoveGroupMember,
    ),
    group(
        "/portal/{tenant}/groups/{group}?ask=remove-owner&object={member}",
        "/portal/{tenant}/groups/{group}/remove-owner",
        &[("object", ON_PAGE)],
        RemoveGroupOwner,
    ),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-member", &[("member", "holder@contoso.example")], AddGroupMember),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-owner", &[("owner", "holder@contoso.example")], AddGroupOwner),
    group(GROUP, "/portal/{tenant}/groups/{group}/change", &[("name", "Renamed"), ("description", "Who")], UpdateGroup),
    group(
        GROUP,
        "/portal/{tenant}/groups/{group}/rule",
        &[("rule", "user.userType -eq \"Guest\""), ("on", "1")],
        UpdateGroup,
    ),
    group("/portal/{tenant}/groups/{group}?ask=remove", "/portal/{tenant}/groups/{group}/remove", &[], DeleteGroup),
    form(
        "POST /portal/{tenant}/groups/removed/{gone}/restore",
        "/portal/{tenant}/groups/removed",
        "/portal/{tenant}/groups/removed/{gone}/restore",
        &[],
        RestoreGroup,
    ),
    form(
        "POST /portal/{tenant}/groups/picked",
        "/portal/{tenant}/groups/removed",
        "/portal/{tenant}/groups/picked",
        &[("do", "purge"), ("pick", ON_PAGE), ("sure", "1")],
        PurgeGroup,
    ),
    user("/portal/{tenant}/users/{user}/remove", DeleteExternalUser),
    form(
        "POST /portal/{tenant}/roles/{slug}/give",
        ROLE,
        "/portal/{tenant}/roles/{slug}/give",
        &[("who", "logged@contoso.example")],
        AddRoleMember,
    ),
    form(
        "POST /portal/{tenant}/roles/{slug}/take",
        ROLE,
        "/portal/{tenant}/roles/{slug}/take",
        &[("holder", ON_PAGE)],
        RemoveRoleMember,
    ),
    form("POST /portal/{tenant}/domains", DOMAINS, DOMAINS, &[("name", "another.example")], AddUnverifiedDomain),
    form(
        "POST /portal/{tenant}/domains/{domain}/remove",
        DOMAINS,
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
        "POST /portal/{tenant}/settings/organization",
        ORGANIZATION,
        ORGANIZATION,
        &[("statementUrl", "https://contoso.example/privacy"), ("helpUrl", "")],
        UpdateOrganization,
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

/// The value that a page holds for a field: the last one, because the side bar has a form of its own.
fn value_on(page: &str, name: &str) -> String {
    let value = page.rsplit(&format!("name=\"{name}\" value=\"")).next().and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().to_owned()
}

/// What the form says it shows; nothing if it says nothing.
fn seen_by(page: &str, to: &str) -> String {
    let action = format!("/{}\"", to.rsplit('/').next().unwrap_or_default());
    let form = page.split("<form").find(|form| form.contains(&action) && form.contains("name=\"seen\""));
    form.map_or_else(String::new, |form| value_on(form, "seen"))
}

/// Opens the page and sends the form.
async fn send(browser: &Browser<'_>, world: &World, form: &Form) -> Answer {
    let page = browser.get(&world.path(form.page)).await;
    assert_eq!(page.status, 200, "{}: {}", form.page, page.text);
    if form.activity == AddVerifiedDomain {
        let text = page.text.split("vestibule-domain-verification=").nth(1).expect("the text of the record");
        publish(&world.path("{domain}"), &format!("vestibule-domain-verification={}", &text[..32]));
    }
    let mut fields = vec![("csrf", value_on(&page.text, "csrf")), ("seen", seen_by(&page.text, form.to))];
    for (name, value) in form.fields {
        let filled = match *value {
            ON_PAGE => value_on(&page.text, name),
            CERTIFICATE => Certified::p256().base64(),
            value => value.to_owned(),
        };
        fields.push((name, filled));
    }
    let to = if form.to.starts_with('/') { world.path(form.to) } else { world.path(&format!("{APP}/{}", form.to)) };
    let (kind, body) = if [UPLOAD, BRANDING].contains(&form.to) { multipart(&fields) } else { encoded(&fields) };
    let request = Request::post(to).header("sec-fetch-site", "same-origin").header("content-type", kind);
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

fn encoded(fields: &[(&str, String)]) -> (&'static str, String) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    ("application/x-www-form-urlencoded", body)
}

/// As browsers send a form that may hold a file.
fn multipart(fields: &[(&str, String)]) -> (&'static str, String) {
    let parts = fields
        .iter()
        .map(|(name, value)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    ("multipart/form-data; boundary=b", parts.chain(["--b--\r\n".to_owned()]).collect())
}

/// What is wrong with what the audit says about this answer.
async fn missing(server: &TestServer, who: &User, answer: &Answer, activity: Activity) -> Option<String> {
    if !(answer.status.is_success() || answer.status == 303) {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let mut tx = server.read().await.expect("a connection");
    let rows = store::list_changes(&mut tx, who.tenant_id, &ChangeFilter::default(), None, 1000).await;
    let rows = rows.expect("the audit").into_iter();
    let told: Vec<_> = rows.filter(|row| row.correlation_id.to_string() == answer.header("request-id")).collect();
    let is_told = told.iter().any(|row| {
        row.activity == activity.name()
            && row.is_success()
            && row.initiator_id == Some(who.id.0)
            && !row.target_name().is_empty()
    });
    (!is_told).then(|| format!("no row {:?} in {told:#?} after {}", activity.name(), answer.text))
}

/// Whoever made what is in the world.
async fn administrator(server: &TestServer, world: &World) -> User {
    let Actor::User(who) = &world.administrator.actor else { panic!("a person") };
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, world.tenant.id, who.id).await.expect("an answer").expect("the administrator")
}

#[test]
fn every_form_of_the_portal_stands_in_the_list() {
    let listed: BTreeSet<_> = FORMS.iter().map(|form| form.route).collect();
    let routes = PORTAL.iter().map(|row| row.route).filter(|route| route.starts_with("POST "));
    assert_eq!(listed, routes.collect());
}

#[tokio::test]
async fn every_form_that_is_taken_is_told_by_the_audit() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let who = administrator(&server, &world).await;
        let browser = server.signed_in(&who).await;
        let mut wrong = Vec::new();
        for form in FORMS {
            // No two happen at one instant, so that each page shows the newest of what it is about.
            server.clock.advance(Duration::from_secs(1));
            if form.activity == RetryMail {
                give_up(&server, &world).await;
            }
            if form.to == HELD {
                hold(&server, &world).await;
            }
            if form.activity == StartBulkInvite {
                server.run_due_jobs().await;
            }
            let answer = send(&browser, &world, form).await;
            let found = missing(&server, &who, &answer, form.activity).await;
            wrong.extend(found.map(|found| format!("{} {}: {found}", form.route, form.to)));
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
