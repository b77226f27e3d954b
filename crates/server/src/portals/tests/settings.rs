//! The settings.

use crate::audit::{self, ChangeFilter};
use crate::directory_roles;
use crate::graph::{Caller, Role};
use crate::tenants::{
    self, AssignedPolicy, CollaborationSettings, ConsentPolicy, DomainListKind, InvitersPolicy,
    PrivilegedRolesForGuests, Tenant,
};
use crate::testing::{TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::{Request, StatusCode};

const PATH: &str = "/portal/contoso.example/settings";

async fn contoso(server: &TestServer) -> (Tenant, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
    (tenant, ines)
}

async fn read(server: &TestServer, tenant: &Tenant) -> CollaborationSettings {
    let mut tx = server.read().await.expect("a connection");
    tenants::store::get_settings(&mut tx, tenant.id).await.expect("the settings")
}

/// Sends the form with these fields changed.
async fn save(server: &TestServer, user: &User, changes: &[(&str, &str)]) -> (StatusCode, String) {
    let browser = server.signed_in(user).await;
    let page = browser.get(PATH).await.text;
    let csrf = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a form");
    let seen = page.rsplit("name=\"seen\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a mark");
    let defaults = [
        ("csrf", csrf),
        ("seen", seen),
        ("allowInvitesFrom", "everyone"),
        ("guestUserRoleId", "10dae51f-b6af-4016-8d66-8c2a99b929b3"),
        ("domainListKind", "any"),
        ("domains", ""),
        ("landingAddresses", "known"),
        ("extraLandingAddresses", ""),
        ("invitationLifetimeDays", ""),
        ("notificationLanguage", "en"),
    ];
    let kept = defaults.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept.chain(changes)).finish();
    let request = Request::post(PATH)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(body.into()).expect("a request")).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn settings_are_changed_shown_again_and_audited() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let changes = [
            ("allowInvitesFrom", "adminsAndGuestInviters"),
            ("domainListKind", "deny"),
            ("domains", "Tailspin.example\r\nbücher.example"),
            ("wideAddresses", "yes"),
            ("invitationLifetimeDays", "30"),
            ("notificationLanguage", "de"),
            ("userConsent", ConsentPolicy::Legacy.as_str()),
        ];
        let (status, text) = save(&server, &ines, &changes).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let settings = read(&server, &tenant).await;
        assert_eq!(settings.allow_invites_from, InvitersPolicy::AdminsAndGuestInviters);
        assert_eq!(settings.domain_list_kind, DomainListKind::Deny);
        assert_eq!(settings.listed_domains.0, ["tailspin.example", "xn--bcher-kva.example"]);
        assert!(settings.wide_addresses);
        assert_eq!(settings.lifetime().map(|lifetime| lifetime.as_secs()), Some(30 * 24 * 60 * 60));
        assert_eq!(settings.notification_language, "de");
        assert_eq!(settings.consent_policies.0, [AssignedPolicy::BuiltIn(ConsentPolicy::Legacy)]);
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(
            page.contains("value=\"adminsAndGuestInviters\" checked") && page.contains(">tailspin.example"),
            "{page}"
        );
        let mut ticks = page.split("<label class=\"tick\">").skip(1).filter_map(|rest| rest.split("</label>").next());
        assert_eq!(ticks.find(|tick| !tick.contains("<small>")), None, "each says what it does");
        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { initiator: Some(ines.id.0), ..ChangeFilter::default() };
        let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 10).await.expect("the log");
        let mut names: Vec<&str> = rows.iter().map(|row| row.activity.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Add policy", "Update authorization policy", "Update policy"]);
    })
    .await;
}

#[tokio::test]
async fn guests_are_kept_from_leaving_and_let_go_again() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let boxed = "name=\"allowExternalIdentitiesToLeave\" value=\"yes\"";
        assert!(server.signed_in(&ines).await.get(PATH).await.text.contains(&format!("{boxed} checked")));
        let shown = ("shows", "members");
        // A form without the box says nothing.
        let sent = [&[shown][..], &[], &[shown, ("allowExternalIdentitiesToLeave", "yes")]];
        for (fields, may) in sent.into_iter().zip([false, false, true]) {
            let (status, text) = save(&server, &ines, fields).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
            assert_eq!(read(&server, &tenant).await.guests_may_leave, may, "{fields:?}");
            let page = server.signed_in(&ines).await.get(PATH).await.text;
            assert_eq!(page.contains(&format!("{boxed} checked")), may, "{page}");
        }
        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { initiator: Some(ines.id.0), ..ChangeFilter::default() };
        let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 20).await.expect("the log");
        let told = rows.iter().filter(|row| row.target_name() == "External Identities Policy");
        assert_eq!(told.count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_mistake_names_its_field_and_changes_nothing() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let before = read(&server, &tenant).await;
        for changes in [
            &[("allowInvitesFrom", "somebody")][..],
            &[("guestUserRoleId", "62e90394-69f5-4237-9190-012177145e10")],
            &[("invitationLifetimeDays", "0")],
            &[("invitationLifetimeDays", "soon")],
            &[("notificationLanguage", "tlh")],
            &[("userConsent", "everything")],
            &[("extraLandingAddresses", "javascript:alert(1)")],
            &[("extraLandingAddresses", "https://*.partner.example")],
            &[("domains", "not a domain!"), ("domainListKind", "allow")],
            &[("domains", " \r\n,"), ("domainListKind", "allow")],
        ] {
            let (status, text) = save(&server, &ines, changes).await;
            let field = changes[0].0;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
            assert!(text.contains("<title>Error: Settings"), "{changes:?}");
            assert!(text.contains(&format!("<a href=\"#{field}\">")), "{changes:?}: {text}");
            assert!(text.contains(&format!("id=\"{field}\"")), "{changes:?}: {text}");
            assert!(!text.contains("<script>"));
        }
        assert_eq!(read(&server, &tenant).await.version, before.version);
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_is_the_last_administrator_keeps_what_they_administer_by() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let allow = [("shows", "members"), ("privilegedRolesForGuests", "yes")];
        assert_eq!(save(&server, &ines, &allow).await.0, StatusCode::SEE_OTHER);
        let mut sam = server.guest(&tenant, "sam@partner.example").await;
        sam.external_user_state = Some(ExternalUserState::Accepted);
        let (role, now) = (Role::GlobalAdministrator, server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &sam, now).await.expect("an answer"));
        assert!(directory_roles::store::insert(&mut tx, tenant.id, sam.id.into(), role, now).await.expect("an answer"));
        assert!(directory_roles::store::delete(&mut tx, tenant.id, ines.id.into(), role).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let (status, text) = save(&server, &sam, &[("shows", "members")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("The last Global Administrator who can sign in is a guest"), "{text}");
        assert!(text.contains("<a href=\"#privilegedRolesForGuests\">"), "{text}");
        assert!(text.contains("id=\"privilegedRolesForGuests\""), "{text}");
        assert_eq!(read(&server, &tenant).await.privileged_roles_for_guests, PrivilegedRolesForGuests::Allowed);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_too_long_comes_back_to_be_shortened() {
    on_both_engines(async |server| {
        let (_, ines) = contoso(&server).await;
        let domains: String = (0..20_000).map(|number| format!("domain-{number}.example\n")).collect();
        assert!(domains.len() > 256 * 1024);
        let changes = [("domainListKind", "deny"), ("domains", domains.as_str()), ("invitationLifetimeDays", "17")];
        let (status, text) = save(&server, &ines, &changes).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("<a href=\"#domains\">") && text.contains("more than 25000 characters"));
        assert!(text.contains("domain-19999.example") && text.contains("value=\"17\""), "nothing typed is lost");
    })
    .await;
}

/// Both saw the same settings; whoever is later by an instant is told, on an engine with many writers too.
#[tokio::test]
async fn of_two_who_save_at_once_one_is_told() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let (one, two) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        for days in ["17", "18", "19"] {
            let before = read(&server, &tenant).await;
            one.get(PATH).await;
            two.get(PATH).await;
            let fields = |inviters: &'static str| {
                [
                    ("allowInvitesFrom", inviters),
                    ("guestUserRoleId", "10dae51f-b6af-4016-8d66-8c2a99b929b3"),
                    ("domainListKind", "any"),
                    ("landingAddresses", "known"),
                    ("invitationLifetimeDays", days),
                    ("notificationLanguage", "en"),
                ]
            };
            let (first, second) = (fields("none"), fields("everyone"));
            let (first, second) = tokio::join!(one.submit_to("/settings", &first), two.submit_to("/settings", &second));
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            assert_eq!(read(&server, &tenant).await.version, before.version + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_stayed_open_does_not_undo_what_somebody_saved_meanwhile() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let late = server.signed_in(&ines).await;
        late.get(PATH).await;
        let barred = [("domainListKind", "deny"), ("domains", "evil.example"), ("allowInvitesFrom", "none")];
        let (status, text) = save(&server, &ines, &barred).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let before = read(&server, &tenant).await;
        let open = [
            ("allowInvitesFrom", "everyone"),
            ("guestUserRoleId", "10dae51f-b6af-4016-8d66-8c2a99b929b3"),
            ("domainListKind", "any"),
            ("landingAddresses", "known"),
            ("invitationLifetimeDays", "17"),
            ("notificationLanguage", "en"),
        ];
        for fields in [&open[..], &[&open[..], &[("seen", "")]].concat()] {
            let answer = late.submit_to("/settings", fields).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
            assert!(answer.text.contains("Somebody changed them after you opened the page"), "{}", answer.text);
            assert!(answer.text.contains("value=\"none\" checked"), "what is stored: {}", answer.text);
            assert!(answer.text.contains("<bdi>17</bdi>"), "what was typed: {}", answer.text);
            assert!(answer.text.contains("<bdi>Everybody</bdi>"), "in words: {}", answer.text);
            let after = read(&server, &tenant).await;
            assert_eq!((after.version, after.allow_invites_from), (before.version, InvitersPolicy::None));
            late.get(PATH).await;
        }
        let answer = late.submit_to("/settings", &open).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(read(&server, &tenant).await.allow_invites_from, InvitersPolicy::Everyone);
    })
    .await;
}

#[tokio::test]
async fn nonsense_of_somebody_else_is_refused_for_the_role_and_not_for_the_nonsense() {
    on_both_engines(async |server| {
        let (tenant, _) = contoso(&server).await;
        let member = server.member(&tenant, "max", &[]).await;
        let browser = server.signed_in(&member).await;
        for body in ["allowInvitesFrom=somebody", "domainListKind=allow&domains=%21", "", "\u{1}=%ff"] {
            let request = Request::post(PATH)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
            let answer = browser.send(request.body(body.into()).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{body}");
            assert!(!answer.text.contains("allowInvitesFrom"), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_settings_are_for_global_administrators() {
    on_both_engines(async |server| {
        let (tenant, _) = contoso(&server).await;
        for (name, roles, status) in [
            ("a", &[][..], StatusCode::FORBIDDEN),
            ("b", &[Role::GuestInviter], StatusCode::FORBIDDEN),
            ("c", &[Role::UserAdministrator], StatusCode::FORBIDDEN),
            ("d", &[Role::GlobalAdministrator], StatusCode::OK),
        ] {
            let user = server.member(&tenant, name, roles).await;
            assert_eq!(server.signed_in(&user).await.get(PATH).await.status, status, "{roles:?}");
        }
        let caller: Caller = crate::testing::person(&server.member(&tenant, "e", &[]).await, vec![]);
        let change = tenants::SettingsChange::default();
        assert!(
            tenants::operations::change_settings(&server, &caller, tenants::operations::Part::Collaboration, change)
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn the_page_says_what_a_list_of_domains_does_to_invitations_that_wait() {
    on_both_engines(async |server| {
        let (_, ines) = contoso(&server).await;
        let caller = crate::testing::person(&ines, vec![Role::GlobalAdministrator]);
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(page.contains("The list is emptied. No invitation waits."), "{page}");
        for mail in ["a@fabrikam.example", "b@Fabrikam.example", "c@tailspin.example"] {
            super::guest::invite(&server, &caller, mail).await;
        }
        let (status, text) = save(&server, &ines, &[("domainListKind", "deny"), ("domains", "fabrikam.example")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(page.contains("3 invitations wait, and none of them is barred by this."), "{page}");
        assert!(page.contains("3 invitations wait; 1 of them cannot be accepted under this."), "{page}");
        assert!(page.contains("3 invitations wait; 2 of them cannot be accepted under this."), "{page}");
        assert!(page.contains("3 invitations wait; each keeps its own end until it is sent again."), "{page}");
    })
    .await;
}
