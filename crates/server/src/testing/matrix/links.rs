//! Nobody reads the secret of a link to redeem (security check I4).

use super::table::{PORTAL, api};
use super::world::World;
use crate::platform::{Secret, SecretKind};
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

/// What would give a link away: how tickets begin, the ticket, and what is stored of it.
fn traces(invited: &Value) -> [String; 3] {
    let url = invited["inviteRedeemUrl"].as_str().expect("a link");
    let ticket = url.split_once("ticket=").expect("a ticket").1;
    let hash = Secret::parse(SecretKind::InvitationTicket, ticket).expect("our own ticket").hash();
    let hexadecimal = hash.0.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    ["vsi_".to_owned(), ticket.to_owned(), hexadecimal]
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
                assert!(!traces.iter().any(|trace| said.contains(trace)), "{kind:?} {route}: {said}");
            }
        }
        assert!(served > 100, "most of what there is to read was read: {served}");
    })
    .await;
}
