//! Nobody reads the secret of a link to redeem (security check I4).

use super::table::{PORTAL, api};
use super::world::World;
use crate::platform::{Secret, SecretKind};
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

/// What would give a link away: the ticket, and what is stored of it.
fn traces(invited: &Value) -> [String; 2] {
    let url = invited["inviteRedeemUrl"].as_str().expect("a link");
    let ticket = url.split_once("ticket=").expect("a ticket").1;
    let hash = Secret::parse(SecretKind::InvitationTicket, ticket).expect("our own ticket").hash();
    let hexadecimal = hash.0.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    [ticket.to_owned(), hexadecimal]
}

/// Whether any ticket begins in the text. Within a word its four letters are chance: other secrets are words of the same alphabet.
fn begins_ticket(text: &str) -> bool {
    let ends_word = |before: &str| !before.ends_with(|last: char| last.is_ascii_alphanumeric() || "_-".contains(last));
    text.match_indices("vsi_").any(|(at, _)| ends_word(&text[..at]))
}

#[test]
fn a_ticket_is_told_from_letters_within_a_word() {
    assert!(begins_ticket("?ticket=vsi_N2") && begins_ticket("vsi_N2"));
    assert!(!begins_ticket("ToDMvsi_58"));
}

#[tokio::test]
async fn i4_no_role_reads_the_secret_of_a_link_by_the_api_or_in_the_portal() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let body = json!({
            "invitedUserEmailAddress": "kim@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let mut served = 0;
        for (kind, user, roles) in world.people(&server).await {
            let caller = person(&user, roles);
            // Each has invited somebody, so that their own invitations are among what they read.
            let invited = server.api_as(&caller, Method::POST, "/v1.0/invitations", &body).await;
            assert_eq!(invited.status, 201, "{kind:?} {}", invited.text);
            let (traces, id) = (traces(&invited.json()), invited.json()["id"].as_str().expect("an id").to_owned());
            let browser = server.signed_in(&user).await;
            for route in api().chain(PORTAL).map(|row| row.route) {
                let Some(template) = route.strip_prefix("GET ") else { continue };
                let mine = template.replace("/invitations/{id}", &format!("/invitations/{id}"));
                let path = world.path(&mine);
                let is_page = template.starts_with("/portal") || template.starts_with("/myapps");
                let answer = if is_page {
                    browser.get(&path).await
                } else {
                    let headers = [("consistencylevel", "eventual")];
                    server.api_with(&caller, Method::GET, &path, &headers, &Value::Null).await
                };
                served += u32::from(answer.status.is_success());
                let said = format!("{:?} {}", answer.headers, answer.text);
                let gives_away = begins_ticket(&said) || traces.iter().any(|trace| said.contains(trace));
                assert!(!gives_away, "{kind:?} {route}: {said}");
            }
        }
        assert!(served > 100, "most of what there is to read was read: {served}");
    })
    .await;
}
