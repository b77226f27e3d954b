//! What guests are told about an organisation.

use crate::audit::{self, ChangeFilter};
use crate::graph::{Permission, Role};
use crate::testing::{ADDRESS, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const PATH: &str = "/portal/contoso.example/settings/organization";
const STATEMENT: &str = "https://www.contoso.example/your-data";
const HELP: &str = "https://www.contoso.example/help";

#[tokio::test]
async fn guests_find_the_privacy_statement_and_the_help_on_pages_and_in_mails() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let door = async || server.browser().get("/portal/contoso.example").await.text;
        assert!(door().await.contains("has published no privacy statement"));

        let browser = server.signed_in(&ines).await;
        browser.get(PATH).await;
        let saved = browser.submit_to("/organization", &[("statementUrl", STATEMENT), ("helpUrl", HELP)]).await;
        assert!(saved.text.contains("It was saved.") && saved.text.contains(STATEMENT), "{}", saved.text);
        let page = door().await;
        for link in [format!("<a href=\"{STATEMENT}\">"), format!("<a href=\"{HELP}\">")] {
            assert!(page.contains(&link), "{link}: {page}");
        }

        let administrator = server.administrator(&tenant).await;
        let body = json!({
            "invitedUserEmailAddress": "sam@fabrikam.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        server.api_as(&administrator, Method::POST, "/v1.0/invitations", &body).await;
        server.run_due_jobs().await;
        let mail = server.mailbox().into_iter().next().expect("the mail");
        assert!(mail.html.contains(STATEMENT) && mail.text.contains(STATEMENT), "{}", mail.text);

        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { initiator: Some(ines.id.0), ..ChangeFilter::default() };
        let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 10).await.expect("the log");
        let row = rows.iter().find(|row| row.activity == "Set Company Information").expect("a row");
        assert_eq!(
            row.changed_properties(),
            [["PrivacyStatementUrl", "null", &format!("\"{STATEMENT}\"")], ["HelpUrl", "null", &format!("\"{HELP}\"")],]
        );
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_not_https_is_refused_at_its_field_and_nothing_is_changed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        for (field, other) in [("statementUrl", "helpUrl"), ("helpUrl", "statementUrl")] {
            browser.get(PATH).await;
            let page = browser.submit_to("/organization", &[(field, "javascript:alert(1)"), (other, STATEMENT)]).await;
            assert_eq!(page.status, 422, "{}", page.text);
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{}", page.text);
            assert!(page.text.contains("It must begin with https://."), "{}", page.text);
        }
        assert!(!browser.get(PATH).await.text.contains(STATEMENT));
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
        early.submit_to("/organization", &[("statementUrl", STATEMENT), ("helpUrl", "")]).await;
        let page = late.submit_to("/organization", &[("statementUrl", ""), ("helpUrl", HELP)]).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(page.text.contains(STATEMENT) && page.text.contains("You had written this"), "{}", page.text);
        assert!(!server.browser().get("/portal/contoso.example").await.text.contains(HELP));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_leads_nowhere_keeps_the_frame_of_the_admin_centre() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        for path in ["nowhere", "nowhere/at/all", "users/nobody", "sign-ins/nothing", "settings/nothing"] {
            let page = browser.get(&format!("/portal/contoso.example/{path}")).await;
            assert_eq!(page.status, 404, "{path}");
            let side = page.text.contains("aria-label=\"Main\"") && page.text.contains("To overview");
            assert!(side && page.text.contains("Reference"), "{path}: {}", page.text);
        }
        assert!(!server.browser().get("/portal/contoso.example/nowhere").await.text.contains("aria-label=\"Main\""));
    })
    .await;
}

#[tokio::test]
async fn the_organisation_is_read_and_changed_as_in_graph() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let program = server.application(tenant.id, &[Permission::OrganizationReadWriteAll]);
        let call = async |method: Method, path: &str, body: Value| server.api_as(&program, method, path, &body).await;
        let path = format!("/v1.0/organization/{}", tenant.id);
        let profile = |value: Value| json!({ "privacyProfile": value });
        let changed = call(Method::PATCH, &path, profile(json!({ "statementUrl": STATEMENT }))).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let list = call(Method::GET, "/v1.0/organization", Value::Null).await.json();
        let one = call(Method::GET, &path, Value::Null).await.json();
        let organization = &list["value"][0];
        assert_eq!(organization["displayName"], "Contoso");
        assert_eq!(organization["verifiedDomains"][0]["name"], "contoso.example");
        assert_eq!(organization["privacyProfile"], json!({ "contactEmail": null, "statementUrl": STATEMENT }));
        assert_eq!(one["privacyProfile"], organization["privacyProfile"]);
        for (body, property) in [
            (profile(json!({ "statementUrl": "http://contoso.example" })), "statementUrl"),
            (profile(json!({ "contactEmail": "privacy at contoso" })), "contactEmail"),
            (profile(json!({ "phone": "112" })), "phone"),
            (json!({ "preferredLanguage": "tlh" }), "preferredLanguage"),
            (json!({ "preferredLanguage": null }), "preferredLanguage"),
            (json!({ "technicalNotificationMails": ["ops@contoso.example", "ops"] }), "technicalNotificationMails"),
            (json!({ "displayName": "Evil" }), "displayName"),
        ] {
            let refused = call(Method::PATCH, &path, body).await;
            assert_eq!(refused.status, 400, "{}", refused.text);
            assert!(refused.text.contains(property), "{}", refused.text);
        }
        let elsewhere = format!("/v1.0/organization/{}", other.id);
        assert_eq!(call(Method::GET, &elsewhere, Value::Null).await.status, 404);
        assert_eq!(call(Method::PATCH, &elsewhere, profile(Value::Null)).await.status, 404);
        assert_eq!(call(Method::PATCH, &path, profile(Value::Null)).await.status, 204);
        let one = call(Method::GET, &path, Value::Null).await.json();
        assert_eq!(one["privacyProfile"]["statementUrl"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn guests_are_told_whom_to_ask_and_in_which_language() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let path = format!("/v1.0/organization/{}", tenant.id);
        let change = json!({
            "privacyProfile": { "contactEmail": "privacy@contoso.example" },
            "preferredLanguage": "de",
            "technicalNotificationMails": ["ops@contoso.example"],
        });
        let changed = server.api_as(&admin, Method::PATCH, &path, &change).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let read = server.api_as(&admin, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(read["privacyProfile"], json!({ "contactEmail": "privacy@contoso.example", "statementUrl": null }));
        assert_eq!(read["preferredLanguage"], "de");
        assert_eq!(read["technicalNotificationMails"], json!(["ops@contoso.example"]));
        let settings = "/vestibule/v1/collaborationSettings";
        let settings = server.api_as(&admin, Method::GET, settings, &Value::Null).await.json();
        assert_eq!(settings["notificationLanguage"], "de", "it is one setting");
        let guest = person(&server.guest(&tenant, "kim@partner.example").await, Vec::new());
        let seen = server.api_as(&guest, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(seen["technicalNotificationMails"], Value::Null);
        assert_eq!(seen["privacyProfile"], read["privacyProfile"]);

        let invitation = json!({
            "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let invited = server.api_as(&admin, Method::POST, "/v1.0/invitations", &invitation).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        server.run_due_jobs().await;
        let mail = server.mailbox().pop().expect("a mail");
        let is_there = mail.text.contains("Fragen zum Datenschutz") && mail.text.contains("privacy@contoso.example");
        assert!(is_there && mail.html.contains("privacy@contoso.example"), "{}", mail.text);
        let link = invited.json()["inviteRedeemUrl"].as_str().expect("a link").to_owned();
        let browser = server.browser();
        let page = browser.get(link.strip_prefix(ADDRESS).unwrap_or(&link)).await;
        assert!(page.text.contains("href=\"mailto:privacy@contoso.example\""), "{}", page.text);

        let cleared = json!({ "privacyProfile": null, "technicalNotificationMails": null });
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &cleared).await.status, 204);
        let read = server.api_as(&admin, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(read["privacyProfile"], json!({ "contactEmail": null, "statementUrl": null }));
        assert_eq!((&read["technicalNotificationMails"], &read["preferredLanguage"]), (&json!([]), &json!("de")));
    })
    .await;
}

#[tokio::test]
async fn where_an_organisation_is_and_whom_to_ask_is_kept() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let path = format!("/v1.0/organization/{}", tenant.id);
        let read = async || server.api_as(&admin, Method::GET, &path, &Value::Null).await.json();
        let before = read().await;
        assert_eq!((&before["city"], &before["businessPhones"]), (&Value::Null, &json!([])));
        assert_eq!((&before["onPremisesSyncEnabled"], &before["deletedDateTime"]), (&Value::Null, &Value::Null));
        for (name, expected) in [
            ("assignedPlans", json!([])),
            ("mobileDeviceManagementAuthority", json!("unknown")),
            ("partnerTenantType", Value::Null),
            ("provisionedPlans", json!([])),
        ] {
            assert_eq!(before.get(name), Some(&expected), "{name}");
            let asked = server.api_as(&admin, Method::GET, &format!("{path}?$select={name}"), &Value::Null).await;
            assert_eq!(asked.json().get(name), Some(&expected), "{name}: {}", asked.text);
        }
        let change = json!({
            "street": "Rua Augusta 1", "city": "Lisbon", "postalCode": "1100-053", "state": "Lisbon", "country": "Portugal",
            "countryLetterCode": "pt", "defaultUsageLocation": "PT", "businessPhones": ["+351 21 000"],
            "marketingNotificationEmails": ["news@contoso.example"],
            "securityComplianceNotificationMails": ["security@contoso.example"],
            "securityComplianceNotificationPhones": ["+351 21 001"],
        });
        let changed = server.api_as(&admin, Method::PATCH, &path, &change).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let after = read().await;
        for (name, sent) in change.as_object().expect("an object") {
            let kept = if name == "countryLetterCode" { json!("PT") } else { sent.clone() };
            assert_eq!(after[name], kept, "{name}");
        }
        assert_ne!(after["@odata.etag"], before["@odata.etag"]);
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Set%20Company%20Information'";
        let audits = server.api_as(&admin, Method::GET, audits, &Value::Null).await;
        assert!(audits.text.contains("\"City\"") && audits.text.contains("Lisbon"), "{}", audits.text);

        let eventual = [("consistencylevel", "eventual")];
        let list = "/v1.0/organization?$select=city&$count=true&$top=1&$filter=city%20eq%20'lisbon'";
        let list = server.api_with(&admin, Method::GET, list, &eventual, &Value::Null).await.json();
        assert_eq!((&list["@odata.count"], &list["value"][0]["city"]), (&json!(1), &json!("Lisbon")));
        let guest = person(&server.guest(&tenant, "kim@partner.example").await, Vec::new());
        let seen = server.api_as(&guest, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(seen["displayName"], "Contoso");
        assert!(seen.get("city").is_none() && seen.get("businessPhones").is_none(), "{seen}");

        for (change, name) in [
            (json!({ "countryLetterCode": "Portugal" }), "countryLetterCode"),
            (json!({ "marketingNotificationEmails": ["news"] }), "marketingNotificationEmails"),
            (json!({ "city": ["Lisbon"] }), "city"),
            (json!({ "onPremisesSyncEnabled": true }), "onPremisesSyncEnabled"),
        ] {
            let refused = server.api_as(&admin, Method::PATCH, &path, &change).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(name)), "{change}");
        }
        let cleared = json!({ "city": null, "businessPhones": null });
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &cleared).await.status, 204);
        let after = read().await;
        assert_eq!((&after["city"], &after["businessPhones"]), (&Value::Null, &json!([])));
        assert_eq!(after["country"], "Portugal", "what is left out stays");
    })
    .await;
}
