//! `proxyAddresses` over the wire.

use super::{column, get, get_eventual, guest, nothing, patch, program, refusal};
use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// Adds a member with this address by the API.
async fn add(server: &TestServer, caller: &Caller, name: &str, mail: Value) -> UserId {
    let body = json!({
        "accountEnabled": true, "displayName": name, "mailNickname": name, "mail": mail,
        "userPrincipalName": format!("{name}@contoso.example"),
        "passwordProfile": { "password": "correct horse battery" },
    });
    let made = server.api_as(caller, Method::POST, "/v1.0/users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

async fn change(server: &TestServer, caller: &Caller, user: UserId, mail: Value) {
    let answer = patch(server, caller, user, json!({ "mail": mail })).await;
    assert_eq!(answer.status, 204, "{mail}: {}", answer.text);
}

async fn addresses(server: &TestServer, caller: &Caller, user: UserId) -> Value {
    let answer = get(server, caller, &format!("/v1.0/users/{user}?$select=proxyAddresses")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["proxyAddresses"].clone()
}

async fn invite(server: &TestServer, caller: &Caller, address: &str) -> Answer {
    let body = json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://contoso.example/" });
    server.api_as(caller, Method::POST, "/v1.0/invitations", &body).await
}

#[tokio::test]
async fn the_mail_is_among_them_and_an_earlier_one_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let lena = add(&server, &caller, "lena", json!("lena@contoso.example")).await;
        assert_eq!(addresses(&server, &caller, lena).await, json!(["SMTP:lena@contoso.example"]));
        for (mail, expected) in [
            ("roth@contoso.example", json!(["SMTP:roth@contoso.example", "smtp:lena@contoso.example"])),
            ("Roth@contoso.example", json!(["SMTP:Roth@contoso.example", "smtp:lena@contoso.example"])),
            ("lena@contoso.example", json!(["SMTP:lena@contoso.example", "smtp:Roth@contoso.example"])),
        ] {
            change(&server, &caller, lena, json!(mail)).await;
            assert_eq!(addresses(&server, &caller, lena).await, expected, "{mail}");
        }
        // What is no change of the address leaves them.
        assert_eq!(patch(&server, &caller, lena, json!({ "jobTitle": "Buyer" })).await.status, 204);
        assert_eq!(patch(&server, &caller, lena, nothing()).await.status, 204);
        assert_eq!(addresses(&server, &caller, lena).await[0], "SMTP:lena@contoso.example");
        let path = "/v1.0/users?$count=true&$filter=proxyAddresses/any(x:x%20eq%20'smtp:roth@contoso.example')";
        assert_eq!(column(&get_eventual(&server, &caller, path).await, "displayName"), ["lena"]);

        let silent = add(&server, &caller, "silent", Value::Null).await;
        assert_eq!(addresses(&server, &caller, silent).await, json!([]), "without a mail there is none");
        let written = patch(&server, &caller, silent, json!({ "proxyAddresses": ["SMTP:a@contoso.example"] })).await;
        assert_eq!(refusal(&written).0, 400, "nobody writes them");
    })
    .await;
}

#[tokio::test]
async fn those_of_before_get_theirs_when_their_mail_changes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        assert_eq!(addresses(&server, &caller, anna.id).await, json!([]));
        change(&server, &caller, anna.id, json!("berg@contoso.example")).await;
        let expected = json!(["SMTP:berg@contoso.example", "smtp:anna@contoso.example"]);
        assert_eq!(addresses(&server, &caller, anna.id).await, expected);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        change(&server, &caller, sam.id, json!("sam@new.example")).await;
        let expected = json!(["SMTP:sam@new.example", "smtp:sam@partner.example"]);
        assert_eq!(addresses(&server, &caller, sam.id).await, expected);
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_one_until_they_have_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let lena = add(&server, &caller, "lena", json!("lena@elsewhere.example")).await;
        change(&server, &caller, lena, json!("lena@contoso.example")).await;
        let twin = add(&server, &caller, "twin", json!("LENA@elsewhere.example")).await;
        assert_eq!(addresses(&server, &caller, twin).await, json!([]), "it is still hers");
        change(&server, &caller, twin, json!("twin@contoso.example")).await;
        assert_eq!(addresses(&server, &caller, twin).await, json!(["SMTP:twin@contoso.example"]));

        let refused = invite(&server, &caller, "lena@elsewhere.example").await;
        assert_eq!(refusal(&refused).0, 400, "{}", refused.text);
        change(&server, &caller, lena, Value::Null).await;
        assert_eq!(addresses(&server, &caller, lena).await, json!([]));
        change(&server, &caller, lena, json!("lena@contoso.example")).await;
        assert_eq!(addresses(&server, &caller, lena).await, json!(["SMTP:lena@contoso.example"]));
        let invited = invite(&server, &caller, "lena@elsewhere.example").await;
        assert_eq!(invited.status, 201, "{}", invited.text);
    })
    .await;
}
