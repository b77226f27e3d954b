//! Domains, as a person names, proves and gives them up.

use crate::graph::Role;
use crate::tenants;
use crate::testing::name_server::publish;
use crate::testing::{Answer, Browser, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request};
use database::sql;
use serde_json::{Value, json};

const DOMAINS: &str = "/portal/contoso.example/domains";

#[tokio::test]
async fn a_domain_is_named_proved_and_given_up_and_every_refusal_says_why() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        for (typed, sentence) in [("no domain", "is not a domain name"), ("contoso.example", "has the domain already")]
        {
            browser.get(DOMAINS).await;
            let refused = browser.submit_to("/domains", &[("name", typed)]).await;
            assert_eq!(refused.status, 422, "{typed}");
            assert!(refused.text.contains(sentence), "{typed}: {}", refused.text);
        }
        browser.get(DOMAINS).await;
        let named = browser.submit_to("/domains", &[("name", &name)]).await;
        let record = named.text.split("vestibule-domain-verification=").nth(1).expect("the record");
        let record = format!("vestibule-domain-verification={}", &record[..32]);
        let early = browser.submit_to("/verify", &[]).await;
        assert_eq!(early.status, 422);
        assert!(early.text.contains("The DNS knows no"), "{}", early.text);
        publish(&name, &record);
        browser.get(DOMAINS).await;
        let proved = browser.submit_to("/verify", &[]).await;
        assert!(proved.text.contains("The domain was proved."), "{}", proved.text);
        assert!(!proved.text.contains(&record), "what is proved needs no record");
        assert!(!proved.text.contains("/remove\""), "it is asked first: {}", proved.text);
        let asked = browser.get(&format!("{DOMAINS}?ask={name}")).await;
        assert!(asked.text.contains("No open invitation leads there. No app has an identifier"), "{}", asked.text);
        let gone = browser.submit_to("/remove", &[]).await;
        let row = format!("<bdi>{name}</bdi>");
        assert!(gone.text.contains("The domain was given up.") && !gone.text.contains(&row), "{}", gone.text);
        for stays in ["contoso.example", "nowhere.example", "%3Cscript%3E"] {
            let page = browser.get(&format!("{DOMAINS}?ask={stays}")).await;
            assert_eq!(page.status, 200, "{stays}");
            assert!(!page.text.contains("/remove\""), "{stays}: {}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_was_given_up_is_taken_back_as_it_was() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        let row = format!("<bdi>{name}</bdi>");
        browser.get(DOMAINS).await;
        let named = browser.submit_to("/domains", &[("name", &name)]).await.text;
        let record = named.split("vestibule-domain-verification=").nth(1).expect("the record")[..32].to_owned();
        for is_proved in [false, true] {
            if is_proved {
                publish(&name, &format!("vestibule-domain-verification={record}"));
                browser.get(DOMAINS).await;
                browser.submit_to("/verify", &[]).await;
            }
            browser.get(&format!("{DOMAINS}?ask={name}")).await;
            let gone = browser.submit_to("/remove", &[]).await.text;
            assert!(gone.contains(&format!("Undo: take {name} back")) && !gone.contains(&row), "{is_proved}: {gone}");
            let back = browser.submit_to("/domains", &[]).await.text;
            assert!(back.contains("The domain is there again") && back.contains(&row), "{is_proved}: {back}");
            assert_eq!(back.contains(&record), !is_proved, "its text is the same, or none is asked for: {back}");
        }
        browser.get(&format!("{DOMAINS}?ask={name}")).await;
        browser.submit_to("/remove", &[]).await;
        let forged = browser.submit_to("/domains", &[("receipt", "forged")]).await;
        assert_eq!(forged.status, 422, "{}", forged.text);
        assert!(forged.text.contains("It cannot be taken back as it was any more"), "{}", forged.text);
    })
    .await;
}

#[tokio::test]
async fn it_is_said_what_hangs_on_a_domain_before_it_is_given_up() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let ada = server.administrator(&tenant).await;
        let browser = server.signed_in(&ines).await;
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        browser.get(DOMAINS).await;
        let named = browser.submit_to("/domains", &[("name", &name)]).await.text;
        let unproved = browser.get(&format!("{DOMAINS}?ask={name}")).await.text;
        assert!(unproved.contains("It was not proved, so nothing leads here by it."), "{unproved}");
        let record = &named.split("vestibule-domain-verification=").nth(1).expect("the record")[..32];
        publish(&name, &format!("vestibule-domain-verification={record}"));
        browser.get(DOMAINS).await;
        browser.submit_to("/verify", &[]).await;
        for (number, landing) in [
            format!("https://{name}/start"),
            format!("https://WWW.{name}/"),
            format!("http://localhost:8080/portal/{name}"),
            format!("http://localhost:8080/myapps/contoso.example?from={name}"),
        ]
        .into_iter()
        .enumerate()
        {
            let body = json!({
                "invitedUserEmailAddress": format!("guest{number}@partner.example"), "inviteRedirectUrl": landing,
            });
            let answer = server.api_as(&ada, Method::POST, "/v1.0/invitations", &body).await;
            assert_eq!(answer.status, 201, "{landing}: {}", answer.text);
        }
        let mut last = String::new();
        for (app, identifiers) in [
            ("Expenses", vec![format!("https://{name}/expenses")]),
            ("Travel", vec![format!("api://{name}/travel"), format!("https://{name}/travel")]),
            ("Elsewhere", vec![format!("https://contoso.example/{name}/costs")]),
            ("Retired", vec![format!("https://{name}/retired")]),
        ] {
            let body = json!({ "displayName": app, "identifierUris": identifiers });
            let made = server.api_as(&ada, Method::POST, "/v1.0/applications", &body).await;
            assert_eq!(made.status, 201, "{app}: {}", made.text);
            last = format!("/v1.0/applications/{}", made.json()["id"].as_str().expect("an id"));
        }
        assert_eq!(server.api_as(&ada, Method::DELETE, &last, &Value::Null).await.status, 204);
        let asked = browser.get(&format!("{DOMAINS}?ask={name}")).await.text;
        for said in [
            "3 open invitations lead there: whoever accepts gets to My Apps instead.",
            "2 apps have an identifier that begins with it",
            "unless another organisation proves the domain first.",
        ] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        // Apps of an older version count before they have their rows.
        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM object_word WHERE tenant_id = $1"),
            sql!("UPDATE application SET words_kept = FALSE WHERE tenant_id = $1"),
        ] {
            tx.query(statement).bind(tenant.id).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        let asked = browser.get(&format!("{DOMAINS}?ask={name}")).await.text;
        assert!(asked.contains("2 apps have an identifier that begins with it"), "{asked}");
    })
    .await;
}

/// Sends the form of a button that the page does not show, with the value of the page.
async fn forge(browser: &Browser<'_>, path: &str) -> Answer {
    let page = browser.page();
    let value = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a form");
    let request = Request::post(format!("{DOMAINS}/{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(format!("csrf={value}"))).expect("a request")).await
}

#[tokio::test]
async fn a_proved_domain_is_made_the_default_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        server.tenant("Fabrikam", "fabrikam.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let known_by = async || {
            let mut tx = server.read().await.expect("a connection");
            let found = tenants::store::find(&mut tx, tenant.id).await.expect("an answer").expect("the tenant");
            found.default_domain().to_owned()
        };
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        browser.get(DOMAINS).await;
        let named = browser.submit_to("/domains", &[("name", &name)]).await;
        assert!(!named.text.contains("/make-default"), "{}", named.text);
        assert_eq!(named.text.matches(">Default<").count(), 1, "{}", named.text);
        let record = named.text.split("vestibule-domain-verification=").nth(1).expect("the record");
        publish(&name, &format!("vestibule-domain-verification={}", &record[..32]));

        let early = forge(&browser, &format!("{name}/make-default")).await;
        assert_eq!(early.status, 422, "{}", early.text);
        assert!(early.text.contains("It is not proved."), "{}", early.text);
        for foreign in ["fabrikam.example", "nowhere.example", "%3Cscript%3E"] {
            browser.get(DOMAINS).await;
            let refused = forge(&browser, &format!("{foreign}/make-default")).await;
            assert_eq!(refused.status, 404, "{foreign}: {}", refused.text);
        }
        assert_eq!(known_by().await, "contoso.example");

        browser.get(DOMAINS).await;
        browser.submit_to("/verify", &[]).await;
        let made = browser.submit_to(&format!("/{name}/make-default"), &[]).await;
        assert!(made.text.contains("The domain is the default."), "{}", made.text);
        assert!(made.text.contains("Undo: make contoso.example the default"), "{}", made.text);
        assert_eq!(known_by().await, name);
        let row = made.text.split(&format!("<bdi>{name}</bdi>")).nth(1).expect("its row");
        let row = row.split("</tr>").next().unwrap_or_default();
        assert!(row.contains(">Default<") && !row.contains("<form"), "it stays as it is: {row}");
        let back = browser.submit_to("/contoso.example/make-default", &[]).await;
        assert!(back.text.contains("The domain is the default."), "{}", back.text);
        assert_eq!(known_by().await, "contoso.example");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_shows_a_domain_of_before_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        early.get(DOMAINS).await;
        let named = early.submit_to("/domains", &[("name", &name)]).await.text;
        let record = &named.split("vestibule-domain-verification=").nth(1).expect("the record")[..32];
        // The question says that nothing leads here by it, and then it is proved.
        let asked = late.get(&format!("{DOMAINS}?ask={name}")).await.text;
        assert!(asked.contains("It was not proved"), "{asked}");
        publish(&name, &format!("vestibule-domain-verification={record}"));
        let proved = early.submit_to("/verify", &[]).await.text;
        assert!(proved.contains("The domain was proved."), "{proved}");
        let kept = late.submit_to("/remove", &[]).await;
        assert_eq!(kept.status, 409, "{}", kept.text);
        let says = kept.text.contains("Somebody changed it after you opened the page.");
        assert!(says && kept.text.contains(&format!("<bdi>{name}</bdi>")), "{}", kept.text);
        // Whoever chooses a default after it was chosen is not overruled by the button that undoes the earlier choice.
        let chosen = late.submit_to(&format!("/{name}/make-default"), &[]).await.text;
        assert!(chosen.contains("Undo: make contoso.example the default"), "{chosen}");
        early.get(DOMAINS).await;
        let back = early.submit_to("/contoso.example/make-default", &[]).await.text;
        assert!(back.contains(&format!("Undo: make {name} the default")), "{back}");
        let stale = late.submit_to("/contoso.example/make-default", &[]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
    })
    .await;
}
