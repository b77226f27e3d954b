//! Who is the same person at another organisation, and who is told of it.

mod told;

use super::{Page, list};
use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::sign_in::session::{self, Method};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, Identity, SignInType, User, UserType};
use axum::http::HeaderMap;
use std::time::Duration;

const SAM: &str = "sam@partner.example";

/// A guest who has accepted, not stored yet.
fn guest(server: &TestServer, tenant: &Tenant, mail: &str) -> User {
    let now = server.clock.now();
    let name = format!("{}#EXT#@{}", mail.replace('@', "_"), tenant.initial_domain);
    User {
        mail: Some(mail.to_owned()),
        user_type: UserType::Guest,
        external_user_state: Some(ExternalUserState::Accepted),
        ..User::member(tenant.id, UserId(server.entropy.uuid(now)), name, "Sam".to_owned(), now)
    }
}

/// Stores a user who signs in as `issuer` says.
async fn store(server: &TestServer, user: &User, sign_in_type: SignInType, issuer: &str, assigned: &str) {
    let issuer_assigned_id = Some(assigned.to_owned());
    let identity = Identity { sign_in_type, issuer: issuer.to_owned(), issuer_assigned_id };
    let mut tx = server.write().await.expect("a transaction");
    users::store::insert(&mut tx, user).await.expect("a user");
    users::store::insert_identity(&mut tx, user.tenant_id, user.id, &identity).await.expect("an identity");
    tx.commit().await.expect("a commit");
}

/// A guest who has accepted with a code from this mailbox.
async fn accepted(server: &TestServer, tenant: &Tenant, mail: &str) -> User {
    let user = guest(server, tenant, mail);
    store(server, &user, SignInType::Federated, Identity::MAIL_ISSUER, mail).await;
    user
}

/// Somebody who has just proved who they are, in the portal.
async fn signed_in(server: &TestServer, user: &User, method: Method) -> Caller {
    let mut tx = server.write().await.expect("a transaction");
    let started = session::start(&mut tx, server, &HeaderMap::new(), user, method, None).await.expect("a session");
    let caller = session::caller(&mut tx, server, user, Some(started.session.id), None).await.expect("a caller");
    tx.commit().await.expect("a commit");
    caller
}

async fn page(server: &TestServer, caller: &Caller) -> Page {
    let mut tx = server.read().await.expect("a connection");
    list(&mut tx, server, caller, None).await.expect("a page")
}

/// The names on the first page, in alphabetical order.
async fn names(server: &TestServer, caller: &Caller) -> Vec<String> {
    let organizations = page(server, caller).await.organizations;
    let mut names: Vec<String> = organizations.into_iter().map(|organization| organization.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn whoever_accepted_with_the_very_same_mailbox_is_the_same_person() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        accepted(&server, &fabrikam, "Sam@Partner.EXAMPLE").await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert_eq!(names(&server, &caller).await, ["Contoso", "Fabrikam"]);
        assert_eq!(page(&server, &caller).await.mailbox.as_deref(), Some(SAM));
        let other = accepted(&server, &fabrikam, "sam@partner.example.org").await;
        let other = signed_in(&server, &other, Method::Passcode).await;
        assert_eq!(names(&server, &other).await, ["Fabrikam"]);
    })
    .await;
}

/// Where the person is a guest whose account is elsewhere, which is where they can leave, in alphabetical order.
async fn guest_at(server: &TestServer, caller: &Caller) -> Vec<String> {
    let organizations = page(server, caller).await.organizations.into_iter();
    let mut names: Vec<String> = organizations.filter(|found| found.is_guest).map(|found| found.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_organisation_says_whether_the_person_is_a_guest_there() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let member = User { user_type: UserType::Member, ..guest(&server, &fabrikam, SAM) };
        store(&server, &member, SignInType::Federated, Identity::MAIL_ISSUER, SAM).await;
        let northwind = server.tenant("Northwind", "northwind.example").await;
        accepted(&server, &northwind, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert_eq!(names(&server, &caller).await, ["Contoso", "Fabrikam", "Northwind"]);
        assert_eq!(guest_at(&server, &caller).await, ["Contoso", "Northwind"]);
        let caller = signed_in(&server, &sam, Method::Password).await;
        assert_eq!(guest_at(&server, &caller).await, ["Contoso"]);
        // Whoever is a guest by name only has their account here.
        let own = User { external_user_state: None, ..guest(&server, &contoso, "kim@contoso.example") };
        store(&server, &own, SignInType::UserPrincipalName, "contoso.example", "kim@contoso.example").await;
        let caller = signed_in(&server, &own, Method::Password).await;
        assert!(names(&server, &caller).await == ["Contoso"] && guest_at(&server, &caller).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_that_nobody_proved_there_lists_nothing() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let (federated, mail) = (SignInType::Federated, Identity::MAIL_ISSUER);
        let elsewhere = server.tenant("Waiting", "waiting.example").await;
        let pending = Some(ExternalUserState::PendingAcceptance);
        let user = User { external_user_state: pending, ..guest(&server, &elsewhere, SAM) };
        store(&server, &user, federated, mail, SAM).await;
        let elsewhere = server.tenant("Blocked", "blocked.example").await;
        let user = User { account_enabled: false, ..guest(&server, &elsewhere, SAM) };
        store(&server, &user, federated, mail, SAM).await;
        let elsewhere = server.tenant("Removed", "removed.example").await;
        let user = User { deleted_at: Some(server.clock.now()), ..guest(&server, &elsewhere, SAM) };
        store(&server, &user, federated, mail, SAM).await;
        // Sam's address is only written on the account.
        let elsewhere = server.tenant("Written", "written.example").await;
        store(&server, &guest(&server, &elsewhere, SAM), federated, mail, "mallory@partner.example").await;
        // An account of the organisation itself that is called so.
        let elsewhere = server.tenant("Invented", "invented.example").await;
        let user = User { external_user_state: None, ..guest(&server, &elsewhere, SAM) };
        store(&server, &user, SignInType::UserPrincipalName, mail, SAM).await;
        let elsewhere = server.tenant("Others", "others.example").await;
        store(&server, &guest(&server, &elsewhere, SAM), federated, "https://issuer.example", SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert_eq!(names(&server, &caller).await, ["Contoso"]);
    })
    .await;
}

#[tokio::test]
async fn a_password_proves_an_account_of_its_own_organisation_alone() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let mara = server.member(&contoso, "mara", &[]).await;
        accepted(&server, &fabrikam, "mara@contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        accepted(&server, &fabrikam, SAM).await;
        for user in [&mara, &sam] {
            let caller = signed_in(&server, user, Method::Password).await;
            assert_eq!(names(&server, &caller).await, ["Contoso"]);
            assert_eq!(page(&server, &caller).await.mailbox, None);
        }
        // A code says nothing about a mailbox where the account has none.
        let caller = signed_in(&server, &mara, Method::Passcode).await;
        assert_eq!(names(&server, &caller).await, ["Contoso"]);
        assert!(page(&server, &Caller::system(contoso.id)).await.organizations.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_ends_a_session_ends_what_it_proved() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        accepted(&server, &fabrikam, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert_eq!(names(&server, &caller).await.len(), 2);
        let mut tx = server.write().await.expect("a transaction");
        session::end_all(&mut tx, &server, contoso.id, sam.id).await.expect("ended");
        tx.commit().await.expect("a commit");
        assert_eq!(names(&server, &caller).await, ["Contoso"]);
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        server.clock.advance(Duration::from_hours(25));
        assert_eq!(names(&server, &caller).await, ["Contoso"], "the session has ended by itself");
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        server.clock.advance(Duration::from_secs(1));
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        assert!(users::store::revoke_sessions(&mut tx, contoso.id, sam.id, now).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(names(&server, &caller).await, ["Contoso"], "the session is void");
    })
    .await;
}

/// I18: after a reset of redemption the mailbox of before leads neither out of the organisation nor into it.
#[tokio::test]
async fn i18_the_mailbox_of_before_a_reset_lists_nothing() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let there = accepted(&server, &fabrikam, SAM).await;
        let before = signed_in(&server, &sam, Method::Passcode).await;
        let elsewhere = signed_in(&server, &there, Method::Passcode).await;
        assert_eq!(names(&server, &elsewhere).await, ["Contoso", "Fabrikam"]);
        let mut tx = server.write().await.expect("a transaction");
        let found = users::store::find(&mut tx, contoso.id, sam.id).await.expect("an answer").expect("Sam");
        let pending = users::operations::reset(&mut tx, &server, &found).await.expect("a reset");
        tx.commit().await.expect("a commit");
        assert_eq!(names(&server, &elsewhere).await, ["Fabrikam"]);
        assert_eq!(names(&server, &before).await, ["Contoso"]);
        // Somebody else proves themselves as the same object.
        let mut tx = server.write().await.expect("a transaction");
        let after = User { external_user_state: Some(ExternalUserState::Accepted), ..pending };
        assert!(users::store::update(&mut tx, &after, server.clock.now()).await.expect("an update"));
        let identity = Identity {
            sign_in_type: SignInType::Federated,
            issuer: Identity::MAIL_ISSUER.to_owned(),
            issuer_assigned_id: Some("alex@partner.example".to_owned()),
        };
        users::store::insert_identity(&mut tx, contoso.id, sam.id, &identity).await.expect("an identity");
        tx.commit().await.expect("a commit");
        assert_eq!(names(&server, &elsewhere).await, ["Fabrikam"]);
        assert_eq!(names(&server, &before).await, ["Contoso"], "the old session proves nothing about the new mailbox");
        let alex = signed_in(&server, &after, Method::Passcode).await;
        assert_eq!(names(&server, &alex).await, ["Contoso"]);
        assert_eq!(page(&server, &alex).await.mailbox.as_deref(), Some("alex@partner.example"));
    })
    .await;
}
