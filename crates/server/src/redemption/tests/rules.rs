use crate::invitations::{Invitation, InviterKind};
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::redemption::way::{Bar, Way, masked};
use crate::tenants::{CollaborationSettings, DomainListKind, PasscodesForGuests};
use crate::testing::START;
use crate::users::{ExternalUserState, User};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

fn pending() -> User {
    User {
        external_user_state: Some(ExternalUserState::PendingAcceptance),
        ..User::member(TenantId(Uuid::nil()), UserId(Uuid::nil()), "sam".to_owned(), "Sam".to_owned(), START)
    }
}

fn invitation() -> Invitation {
    Invitation {
        tenant_id: TenantId(Uuid::nil()),
        id: InvitationId(Uuid::nil()),
        user_id: UserId(Uuid::nil()),
        address: "sam@fabrikam.example".to_owned(),
        ticket_hash: None,
        redirect_url: "https://contoso.example".to_owned(),
        application_id: None,
        inviter_kind: InviterKind::System,
        inviter_id: Uuid::nil(),
        inviter_name: "Vestibule".to_owned(),
        inviter_address: None,
        message: None,
        language: None,
        carbon_copies: Json(Vec::new()),
        mail_id: None,
        created_at: START,
        expires_at: None,
        opened_at: None,
        accepted_at: None,
        revoked_at: None,
        held_at: None,
        version: 1,
    }
}

#[test]
fn an_invitation_stands_open_until_something_ends_it() {
    let settings = CollaborationSettings::default();
    let end = START.plus(Duration::from_hours(1));
    let open = Invitation { expires_at: Some(end), ..invitation() };
    let accepted = User { external_user_state: Some(ExternalUserState::Accepted), ..pending() };
    let blocked = User { account_enabled: false, ..pending() };
    let blocked_later = User { account_enabled: false, ..accepted.clone() };
    let revoked = Invitation { revoked_at: Some(START), ..invitation() };
    let answered = Invitation { accepted_at: Some(START), ..open.clone() };
    let held = Invitation { held_at: Some(START), ..open.clone() };
    let held_and_revoked = Invitation { held_at: Some(START), ..revoked.clone() };
    for (invitation, guest, now, way) in [
        (&open, Some(&pending()), START, Way::Open),
        (&open, Some(&pending()), end, Way::Dead),
        (&revoked, Some(&pending()), START, Way::Dead),
        (&open, None, START, Way::Dead),
        (&answered, Some(&accepted), end, Way::Accepted),
        (&open, Some(&accepted), START, Way::Open),
        (&open, Some(&accepted), end, Way::Dead),
        (&revoked, Some(&accepted), START, Way::Accepted),
        (&held, Some(&pending()), START, Way::Barred(Bar::Held)),
        (&held, Some(&pending()), end, Way::Barred(Bar::Held)),
        (&held_and_revoked, Some(&pending()), START, Way::Dead),
        (&open, Some(&blocked), START, Way::Barred(Bar::Blocked)),
        (&open, Some(&blocked_later), START, Way::Barred(Bar::Blocked)),
    ] {
        assert_eq!(Way::of(invitation, guest, &settings, now), way);
    }
}

#[test]
fn a_list_of_domains_binds_pending_guests_and_leaves_accepted_ones_alone() {
    let settings = CollaborationSettings {
        domain_list_kind: DomainListKind::Deny,
        listed_domains: Json(vec!["fabrikam.example".to_owned()]),
        ..CollaborationSettings::default()
    };
    let accepted = User { external_user_state: Some(ExternalUserState::Accepted), ..pending() };
    assert_eq!(Way::of(&invitation(), Some(&pending()), &settings, START), Way::Barred(Bar::Domain));
    let answered = Invitation { accepted_at: Some(START), ..invitation() };
    assert_eq!(Way::of(&answered, Some(&accepted), &settings, START), Way::Accepted);
    let upper = Invitation { address: "sam@FABRIKAM.example.".to_owned(), ..invitation() };
    assert_eq!(Way::of(&upper, Some(&pending()), &settings, START), Way::Barred(Bar::Domain), "any spelling");
}

#[test]
fn codes_that_are_switched_off_bar_whoever_has_no_other_way_in() {
    let off = CollaborationSettings {
        passcodes_for_guests: PasscodesForGuests::Disabled,
        ..CollaborationSettings::default()
    };
    assert_eq!(Way::of(&invitation(), Some(&pending()), &off, START), Way::Barred(Bar::Passcodes));
    let accepted = User { external_user_state: Some(ExternalUserState::Accepted), ..pending() };
    let answered = Invitation { accepted_at: Some(START), ..invitation() };
    assert_eq!(Way::of(&answered, Some(&accepted), &off, START), Way::Accepted);
}

#[test]
fn i3_a_masked_address_is_known_again_by_its_owner_only() {
    assert_eq!(masked("sam@fabrikam.example"), "s***@fabrikam.example");
    assert_eq!(masked("a@p.test"), "a***@p.test");
    assert_eq!(masked("ärger@p.test"), "ä***@p.test");
}
