//! The whole user: what is written, changed and filtered by.

use super::{activities, column, get, get_eventual, guest, patch, program, refusal, stored};
use crate::platform::ids::{EventId, UserId};
use crate::testing::{TestServer, graph_type, on_both_engines};
use crate::users::{User, store, terms};
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn every_property_can_be_written_and_fits_the_schema() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let caller = program(&server, &tenant);
        let body = json!({
            "ageGroup": "Minor", "city": "Jena", "consentProvidedForMinor": "Granted", "country": "Germany",
            "employeeHireDate": "2020-02-29T08:00:00Z", "employeeId": "4711", "employeeType": "Contractor",
            "faxNumber": "+49 3", "postalCode": "07743", "showInAddressList": false, "state": "Thuringia",
            "streetAddress": "Markt 1", "mailNickname": "anna.x", "employeeOrgData": { "division": "West" },
            "onPremisesExtensionAttributes": { "extensionAttribute3": "three" },
        });
        assert_eq!(patch(&server, &caller, anna.id, body.clone()).await.status, 204);
        let read = get(&server, &caller, &format!("/v1.0/users/{}?$select=*", anna.id)).await.json();
        for (name, value) in body.as_object().expect("an object") {
            match value {
                Value::Object(members) => members.iter().for_each(|(key, value)| assert_eq!(&read[name][key], value)),
                value => assert_eq!(&read[name], value, "{name}"),
            }
        }
        assert_eq!(read["legalAgeGroupClassification"], "MinorWithParentalConsent");
        assert!(read["securityIdentifier"].as_str().is_some_and(|sid| sid.starts_with("S-1-12-1-")));
        assert_eq!(read["onPremisesSyncEnabled"], Value::Null);
        let shown = graph_type("user");
        let missing: Vec<_> = shown.keys().filter(|name| read.get(name.as_str()).is_none()).collect();
        // What belongs to mailboxes and sites, which this server has none of, and what takes a permission of its own.
        for name in &missing {
            let known = [
                "aboutMe",
                "authorizationInfo",
                "birthday",
                "customSecurityAttributes",
                "deviceEnrollmentLimit",
                "employeeLeaveDateTime",
                "hireDate",
                "identityParentId",
                "interests",
                "mySite",
                "pastProjects",
                "preferredName",
                "responsibilities",
                "schools",
                "signInActivity",
                "skills",
            ];
            assert!(known.contains(&name.as_str()), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn collections_are_replaced_and_complex_values_merged() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let caller = program(&server, &tenant);
        let steps = [
            (json!({ "division": "West", "costCenter": "7" }), json!({ "division": "West", "costCenter": "7" })),
            (json!({ "division": null }), json!({ "division": null, "costCenter": "7" })),
            (json!({}), json!({ "division": null, "costCenter": "7" })),
            (Value::Null, Value::Null),
        ];
        for (sent, expected) in steps {
            assert_eq!(patch(&server, &caller, anna.id, json!({ "employeeOrgData": sent })).await.status, 204);
            let path = format!("/v1.0/users/{}?$select=employeeOrgData", anna.id);
            assert_eq!(get(&server, &caller, &path).await.json()["employeeOrgData"], expected);
        }
        for mails in [json!(["a@x.example", "b@x.example"]), json!(["c@x.example"]), json!([])] {
            assert_eq!(patch(&server, &caller, anna.id, json!({ "otherMails": mails })).await.status, 204);
            let path = format!("/v1.0/users/{}?$select=otherMails", anna.id);
            assert_eq!(get(&server, &caller, &path).await.json()["otherMails"], mails);
        }
    })
    .await;
}

async fn people(server: &TestServer) -> (crate::tenants::Tenant, crate::graph::Caller, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let caller = program(server, &tenant);
    let anna = server.member(&tenant, "anna", &[]).await;
    let bert = server.member(&tenant, "bert", &[]).await;
    guest(server, &tenant, "Sam", "sam@partner.example").await;
    let facts = json!({
        "givenName": "Änne", "surname": "Öz", "jobTitle": "Auditor", "department": "Audit", "companyName": "Contoso",
        "country": "Germany", "employeeId": "4711", "usageLocation": "DE", "otherMails": ["Anna@Home.example"],
    });
    assert_eq!(patch(server, &caller, anna.id, facts).await.status, 204);
    assert_eq!(
        patch(server, &caller, bert.id, json!({ "jobTitle": "Aud%tor", "givenName": "Bert" })).await.status,
        204
    );
    (tenant, caller, anna)
}

#[tokio::test]
async fn users_are_found_by_what_they_seldom_have() {
    on_both_engines(async |server| {
        let (_, caller, _) = people(&server).await;
        for (filter, expected) in [
            ("startsWith(givenName,'ÄN')", vec!["anna"]),
            ("surname eq 'öz'", vec!["anna"]),
            ("jobTitle eq 'AUDITOR'", vec!["anna"]),
            ("startsWith(jobTitle,'aud%25')", vec!["bert"]),
            ("department in ('audit','sales')", vec!["anna"]),
            ("country eq 'germany' and usageLocation eq 'DE'", vec!["anna"]),
            ("employeeId eq '4711' or givenName eq 'bert'", vec!["anna", "bert"]),
            ("employeeId eq '471'", vec![]),
            ("otherMails/any(x:x eq 'anna@home.example')", vec!["anna"]),
            ("otherMails/any(x:startsWith(x,'ANNA@'))", vec!["anna"]),
            ("otherMails/any(x:x eq 'sam@partner.example')", vec![]),
            ("jobTitle eq null", vec!["Sam"]),
            ("jobTitle in ('auditor',null)", vec!["anna", "Sam"]),
            ("startsWith(mailNickname,'ANN')", vec!["anna"]),
        ] {
            let encoded = filter.replace(' ', "%20").replace('Ä', "%C3%84").replace('ö', "%C3%B6");
            let mut found =
                column(&get(&server, &caller, &format!("/v1.0/users?$filter={encoded}")).await, "displayName");
            found.sort_by_key(|name| name.to_lowercase());
            assert_eq!(found, expected, "{filter}");
        }
        for (filter, expected) in [
            ("companyName eq 'contoso'", vec!["anna"]),
            ("jobTitle ne 'auditor'", vec!["bert", "Sam"]),
            ("endsWith(jobTitle,'TOR')", vec!["anna", "bert"]),
            ("not otherMails/any(x:x eq 'anna@home.example')", vec!["bert", "Sam"]),
        ] {
            let path = format!("/v1.0/users?$filter={}&$orderby=displayName", filter.replace(' ', "%20"));
            assert_eq!(refusal(&get(&server, &caller, &path).await).0, 400, "{filter}");
            let answer = get_eventual(&server, &caller, &format!("{path}&$count=true")).await;
            assert_eq!(column(&answer, "displayName"), expected, "{filter}");
        }
        for (filter, named) in [
            ("jobTitle gt 'a'", "jobTitle"),
            ("jobTitle eq 4", "jobTitle"),
            ("jobTitle/any(x:x eq 'a')", "jobTitle"),
            ("otherMails eq 'a'", "otherMails"),
            ("onPremisesDistinguishedName eq 'cn'", "onPremisesDistinguishedName"),
            ("onPremisesDomainName eq 'contoso.example'", "onPremisesDomainName"),
            ("accountEnabled in (true,'x')", "accountEnabled"),
            ("createdDateTime in (2026-11-23T09:01:00Z,true)", "createdDateTime"),
        ] {
            let path = format!("/v1.0/users?$filter={}", filter.replace(' ', "%20"));
            let (status, _, text) = refusal(&get(&server, &caller, &path).await);
            assert_eq!(status, 400, "{filter}");
            assert!(text.contains(named), "{filter}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_value_that_was_replaced_finds_nobody() {
    on_both_engines(async |server| {
        let (tenant, caller, anna) = people(&server).await;
        let body = json!({ "jobTitle": "Lead", "otherMails": [], "surname": null });
        assert_eq!(patch(&server, &caller, anna.id, body).await.status, 204);
        for (filter, count) in [
            ("jobTitle eq 'auditor'", 0),
            ("jobTitle eq 'lead'", 1),
            ("otherMails/any(x:x eq 'anna@home.example')", 0),
            ("surname eq 'öz'", 0),
            ("department eq 'audit'", 1),
        ] {
            let path = format!("/v1.0/users?$filter={}", filter.replace(' ', "%20").replace('ö', "%C3%B6"));
            assert_eq!(column(&get(&server, &caller, &path).await, "id").len(), count, "{filter}");
        }
        assert!(activities(&server, &tenant).await.iter().all(|activity| activity == "Update user"));
    })
    .await;
}

#[tokio::test]
async fn users_of_before_get_their_terms_later() {
    on_both_engines(async |server| {
        let (tenant, caller, anna) = people(&server).await;
        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM user_term WHERE tenant_id = $1"),
            sql!("UPDATE user_account SET terms_kept = FALSE WHERE tenant_id = $1"),
        ] {
            tx.query(statement).bind(tenant.id).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        let path = "/v1.0/users?$filter=department%20eq%20'audit'";
        assert!(column(&get(&server, &caller, path).await, "id").is_empty());
        let version = stored(&server, &anna).await.map(|user| user.version);
        assert_eq!(terms::settle(&server, tenant.id).await.expect("terms"), 3);
        assert_eq!(column(&get(&server, &caller, path).await, "id"), [anna.id.to_string()]);
        assert_eq!(stored(&server, &anna).await.map(|user| user.version), version, "it is no change of a user");
        assert_eq!(terms::settle(&server, tenant.id).await.expect("terms"), 0);
    })
    .await;
}

/// What is written about them meanwhile adds its own rows alone, and takes away none of what is still to come.
#[tokio::test]
async fn whoever_is_changed_before_their_terms_are_made_gets_the_others_later() {
    on_both_engines(async |server| {
        let (tenant, caller, anna) = people(&server).await;
        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM user_term WHERE tenant_id = $1"),
            sql!("UPDATE user_account SET terms_kept = FALSE WHERE tenant_id = $1"),
        ] {
            tx.query(statement).bind(tenant.id).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        assert_eq!(patch(&server, &caller, anna.id, json!({ "jobTitle": "Lead" })).await.status, 204);
        assert_eq!(terms::settle(&server, tenant.id).await.expect("terms"), 3);
        for (filter, count) in [("jobTitle eq 'lead'", 1), ("jobTitle eq 'auditor'", 0), ("department eq 'audit'", 1)] {
            let path = format!("/v1.0/users?$filter={}", filter.replace(' ', "%20"));
            assert_eq!(column(&get(&server, &caller, &path).await, "id").len(), count, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn users_are_found_by_extension_attributes() {
    on_both_engines(async |server| {
        let (tenant, caller, anna) = people(&server).await;
        let bert = column(&get(&server, &caller, "/v1.0/users?$filter=givenName%20eq%20'bert'").await, "id");
        let bert: UserId = bert[0].parse().expect("an id");
        let long = "Long text. ".repeat(93);
        let attributes = json!({ "extensionAttribute1": "Project Öst", "extensionAttribute15": long });
        for (user, attributes) in [(anna.id, attributes), (bert, json!({ "extensionAttribute1": "north" }))] {
            let body = json!({ "onPremisesExtensionAttributes": attributes });
            assert_eq!(patch(&server, &caller, user, body).await.status, 204);
        }
        let path = |filter: &str| {
            let filter = filter.replace('@', "onPremisesExtensionAttributes/extensionAttribute");
            format!("/v1.0/users?$filter={}", filter.replace(' ', "%20").replace('Ö', "%C3%96").replace('ö', "%C3%B6"))
        };
        let (other, beginning) = (format!("{}!", &long[..1022]), &long[..500]);
        for (filter, expected) in [
            ("@1 eq 'PROJECT ÖST'".to_owned(), vec!["anna"]),
            ("@1 in ('north','project öst')".to_owned(), vec!["anna", "bert"]),
            ("@1 in ('north',null)".to_owned(), vec!["bert", "Sam"]),
            ("startsWith(@1,'proj')".to_owned(), vec!["anna"]),
            ("@1 eq 'project' or @2 eq 'north'".to_owned(), vec![]),
            ("@1 eq null".to_owned(), vec!["Sam"]),
            (format!("@15 eq '{}'", long.to_uppercase()), vec!["anna"]),
            (format!("@15 eq '{other}'"), vec![]),
            (format!("startsWith(@15,'{beginning}')"), vec!["anna"]),
        ] {
            let mut found = column(&get(&server, &caller, &path(&filter)).await, "displayName");
            found.sort_by_key(|name| name.to_lowercase());
            assert_eq!(found, expected, "{filter}");
        }
        for (filter, expected) in [
            ("@1 ne 'north'", vec!["anna", "Sam"]),
            ("not (@1 eq 'project öst')", vec!["bert", "Sam"]),
            ("endsWith(@1,'RTH')", vec!["bert"]),
        ] {
            let path = format!("{}&$orderby=displayName", path(filter));
            assert_eq!(refusal(&get(&server, &caller, &path).await).0, 400, "{filter}");
            let answer = get_eventual(&server, &caller, &format!("{path}&$count=true")).await;
            assert_eq!(column(&answer, "displayName"), expected, "{filter}");
        }
        for (filter, named) in [
            ("@1 gt 'a'", "onPremisesExtensionAttributes/extensionAttribute1"),
            ("@1 eq 4", "onPremisesExtensionAttributes/extensionAttribute1"),
            ("@16 eq 'a'", "onPremisesExtensionAttributes/extensionAttribute16"),
            ("onPremisesExtensionAttributes eq null", "onPremisesExtensionAttributes"),
        ] {
            let (status, _, text) = refusal(&get(&server, &caller, &path(filter)).await);
            assert_eq!(status, 400, "{filter}");
            assert!(text.contains(named), "{filter}: {text}");
        }
        let blind = server.application(tenant.id, &[crate::graph::Permission::UserReadBasicAll]);
        assert_eq!(refusal(&get(&server, &blind, &path("@1 eq 'north'")).await).0, 403);
        // As the migration leaves whoever had some before they could be filtered by.
        let mut tx = server.write().await.expect("a transaction");
        let forget = sql!("DELETE FROM user_term WHERE tenant_id = $1 AND property LIKE 'extensionAttribute%'");
        assert_eq!(tx.query(forget).bind(tenant.id).execute().await.expect("an older database"), 3);
        let mark = sql!(
            "UPDATE user_account SET terms_kept = FALSE
             WHERE tenant_id = $1 AND (profile -> 'extensionAttributes') IS NOT NULL"
        );
        assert_eq!(tx.query(mark).bind(tenant.id).execute().await.expect("the migration"), 2);
        tx.commit().await.expect("a commit");
        assert_eq!(terms::settle(&server, tenant.id).await.expect("terms"), 2);
        assert_eq!(column(&get(&server, &caller, &path("@1 eq 'north'")).await, "displayName"), ["bert"]);

        let gone = json!({ "onPremisesExtensionAttributes": { "extensionAttribute1": null } });
        assert_eq!(patch(&server, &caller, bert, gone).await.status, 204);
        assert!(column(&get(&server, &caller, &path("@1 eq 'north'")).await, "displayName").is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_last_sign_in_is_filtered_by_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let bert = server.member(&tenant, "bert", &[]).await;
        server.browser().sign_in_as(&server, &anna, crate::sign_in::session::Method::Password).await;
        let caller = program(&server, &tenant);
        let filter = |text: &str| format!("/v1.0/users?$filter={}", text.replace(' ', "%20"));
        for (text, expected) in [
            ("signInActivity/lastSignInDateTime ge 2020-01-01T00:00:00Z", vec!["anna"]),
            ("signInActivity/lastSignInDateTime le 2020-01-01T00:00:00Z", vec![]),
            ("signInActivity/lastSignInDateTime eq null", vec!["bert"]),
            ("signInActivity/lastSuccessfulSignInDateTime ge 2020-01-01T00:00:00Z", vec!["anna"]),
            ("signInActivity/lastSuccessfulSignInDateTime eq null", vec!["bert"]),
        ] {
            assert_eq!(column(&get(&server, &caller, &filter(text)).await, "displayName"), expected, "{text}");
        }
        // An app renews what it holds of both.
        server.clock.advance(Duration::from_hours(1));
        let now = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        for user in [&anna, &bert] {
            store::note_app_sign_in(&mut tx, user, EventId(server.entropy.uuid(now)), now).await.expect("noted");
        }
        tx.commit().await.expect("a commit");
        for (text, expected) in [
            ("signInActivity/lastSuccessfulSignInDateTime ge 2026-11-23T10:00:00Z", 2),
            ("signInActivity/lastSuccessfulSignInDateTime in (2026-11-23T10:00:00Z,null)", 2),
            ("signInActivity/lastSuccessfulSignInDateTime lt 2026-11-23T10:00:00Z", 0),
            ("signInActivity/lastSuccessfulSignInDateTime eq null", 0),
            ("signInActivity/lastSignInDateTime ge 2026-11-23T10:00:00Z", 0),
        ] {
            assert_eq!(column(&get(&server, &caller, &filter(text)).await, "displayName").len(), expected, "{text}");
        }
        let mixed = filter("signInActivity/lastSignInDateTime eq null and displayName eq 'bert'");
        assert_eq!(refusal(&get(&server, &caller, &mixed).await).0, 400);
        let selected = "/v1.0/users?$select=signInActivity/lastSignInDateTime";
        assert_eq!(refusal(&get(&server, &caller, selected).await).0, 400);
        let blind = server.application(tenant.id, &[crate::graph::Permission::UserReadAll]);
        let path = filter("signInActivity/lastSignInDateTime eq null");
        assert_eq!(refusal(&get(&server, &blind, &path).await).0, 403);
    })
    .await;
}
