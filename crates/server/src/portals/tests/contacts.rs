//! Where an organisation is and whom to ask, as a person says it.

use crate::graph::{Permission, Role};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const PATH: &str = "/portal/contoso.example/settings/contacts";

/// The organisation as programs see it.
async fn stored(server: &TestServer, tenant: &Tenant) -> Value {
    let reader = server.application(tenant.id, &[Permission::OrganizationReadAll]);
    server.api_as(&reader, Method::GET, &format!("/v1.0/organization/{}", tenant.id), &Value::Null).await.json()
}

#[tokio::test]
async fn where_the_organisation_is_and_whom_to_ask_is_said_on_a_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let settings = browser.get("/portal/contoso.example/settings").await;
        assert!(settings.text.contains(&format!("href=\"{PATH}\"")), "{}", settings.text);
        browser.get(PATH).await;
        let answers = [
            ("street", "Rua Augusta 1"),
            ("postalCode", "1100-053"),
            ("city", " Lisbon "),
            ("state", ""),
            ("country", "Portugal"),
            ("countryLetterCode", "pt"),
            ("businessPhones", "+351 21 000\r\n\r\n +351 21 001 "),
            ("technicalNotificationMails", "ops@contoso.example"),
            ("securityComplianceNotificationMails", "security@contoso.example\r\nlegal@contoso.example"),
        ];
        let saved = browser.submit_to("/contacts", &answers).await;
        assert!(saved.text.contains("It was saved.") && saved.text.contains("Rua Augusta 1"), "{}", saved.text);
        assert!(saved.text.contains("+351 21 000\n+351 21 001"), "one on each line: {}", saved.text);
        let kept = stored(&server, &tenant).await;
        for (property, value) in [
            ("street", json!("Rua Augusta 1")),
            ("postalCode", json!("1100-053")),
            ("city", json!("Lisbon")),
            ("state", Value::Null),
            ("country", json!("Portugal")),
            ("countryLetterCode", json!("PT")),
            ("defaultUsageLocation", Value::Null),
            ("businessPhones", json!(["+351 21 000", "+351 21 001"])),
            ("technicalNotificationMails", json!(["ops@contoso.example"])),
            ("securityComplianceNotificationMails", json!(["security@contoso.example", "legal@contoso.example"])),
            ("marketingNotificationEmails", json!([])),
        ] {
            assert_eq!(kept[property], value, "{property}");
        }
        let admin = server.administrator(&tenant).await;
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Set%20Company%20Information'";
        let audits = server.api_as(&admin, Method::GET, audits, &Value::Null).await.text;
        assert!(audits.contains("\"BusinessPhones\"") && audits.contains("Rua Augusta 1"), "{audits}");

        browser.get(PATH).await;
        browser.submit_to("/contacts", &[("street", ""), ("businessPhones", "")]).await;
        let kept = stored(&server, &tenant).await;
        assert_eq!((&kept["street"], &kept["businessPhones"]), (&Value::Null, &json!([])));
        assert_eq!(kept["city"], "Lisbon", "what was not sent stays");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_field_and_nothing_is_changed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let (street, phones) = ("x".repeat(1025), "1\n".repeat(21));
        for (field, typed) in [
            ("street", street.as_str()),
            ("city", "Lis\u{202e}bon"),
            ("countryLetterCode", "Portugal"),
            ("defaultUsageLocation", "1x"),
            ("businessPhones", phones.as_str()),
            ("technicalNotificationMails", "ops"),
            ("marketingNotificationEmails", "news@contoso.example\nnews"),
        ] {
            browser.get(PATH).await;
            let page = browser.submit_to("/contacts", &[("state", "Lisboa"), (field, typed)]).await;
            assert_eq!(page.status, 422, "{field}: {}", page.text);
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.text);
            assert!(page.text.contains("value=\"Lisboa\""), "what was typed stands there: {}", page.text);
        }
        assert!(!browser.get(PATH).await.text.contains("Lisboa"));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_shows_what_is_not_stored_any_more_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        late.get(PATH).await;
        early.get(PATH).await;
        early.submit_to("/contacts", &[("city", "Lisbon"), ("country", "Portugal")]).await;
        let page = late.submit_to("/contacts", &[("city", "Porto"), ("country", "Portugal")]).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(page.text.contains("value=\"Lisbon\""), "what is stored stands in the field: {}", page.text);
        let typed = page.text.split("You had written this").nth(1).expect("what was typed");
        let typed = typed.split("</dl>").next().unwrap_or_default();
        assert!(typed.contains("Porto") && !typed.contains("Portugal"), "only what differs: {typed}");
        assert_eq!(stored(&server, &tenant).await["city"], "Lisbon");
        let again = late.submit_to("/contacts", &[("city", "Porto")]).await;
        assert!(again.text.contains("It was saved."), "{}", again.text);
    })
    .await;
}

#[tokio::test]
async fn a_page_with_as_much_as_there_may_be_is_light_enough() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let admin = server.administrator(&tenant).await;
        let sign = |count: usize| "&".repeat(count);
        let phones = vec![sign(64); 20];
        let mails: Vec<String> =
            (10..30).map(|number| format!("{}{number}@{}.example", "a".repeat(60), "b".repeat(60))).collect();
        let change = json!({
            "street": sign(1024), "postalCode": sign(40), "city": sign(128), "state": sign(128), "country": sign(128),
            "businessPhones": phones, "securityComplianceNotificationPhones": phones, "technicalNotificationMails": mails,
            "securityComplianceNotificationMails": mails, "marketingNotificationEmails": mails,
        });
        let path = format!("/v1.0/organization/{}", tenant.id);
        let changed = server.api_as(&admin, Method::PATCH, &path, &change).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let page = server.signed_in(&ines).await.get(PATH).await;
        assert!(page.text.contains(&mails[0]) && page.text.len() < 61_440, "{}", page.text.len());
    })
    .await;
}
