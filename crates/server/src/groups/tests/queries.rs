//! `GET /groups`: pages, filters, orders, searches.

use super::{body, call, column, get, get_eventual, group, reference, refusal};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn groups_are_filtered_sorted_searched_and_counted() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for name in ["zeta", "Alpha team", "beta"] {
            group(&server, &admin, name).await;
        }
        let further = json!({ "mailNickname": "special", "description": "Die Prüfer", "uniqueName": "u1" });
        call(&server, &admin, Method::POST, "/v1.0/groups", body("Team of auditors", &further)).await;
        for (filter, expected) in [
            ("displayName eq 'ALPHA TEAM'", vec!["Alpha team"]),
            ("startsWith(displayName,'t')", vec!["Team of auditors"]),
            ("mailNickname eq 'Special'", vec!["Team of auditors"]),
            ("uniqueName eq 'U1'", vec!["Team of auditors"]),
            (
                "securityEnabled eq true and mailEnabled eq false and displayName in ('zeta','beta')",
                vec!["beta", "zeta"],
            ),
            ("groupTypes/any(c:c eq 'Unified')", vec![]),
            ("isAssignableToRole eq true", vec![]),
            ("isAssignableToRole in (true) or securityEnabled in (false,null)", vec![]),
            ("onPremisesSyncEnabled eq true or onPremisesSyncEnabled eq false", vec![]),
            ("onPremisesSyncEnabled eq null and startsWith(displayName,'z')", vec!["zeta"]),
        ] {
            let path = format!("/v1.0/groups?$filter={}", filter.replace(' ', "%20"));
            let mut found = column(&get(&server, &admin, &path).await, "displayName");
            found.sort();
            assert_eq!(found, expected, "{filter}");
        }
        let ruled = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.accountEnabled -eq true" });
        call(&server, &admin, Method::POST, "/v1.0/groups", body("Everybody", &ruled)).await;
        for (filter, expected) in [
            ("groupTypes/any(c:c eq 'dynamicmembership')", vec!["Everybody"]),
            ("groupTypes/any()", vec!["Everybody"]),
            ("groupTypes/all(c:c eq 'Unified')", vec!["Alpha team", "beta", "Team of auditors", "zeta"]),
            ("not groupTypes/any(c:c eq 'DynamicMembership')", vec!["Alpha team", "beta", "Team of auditors", "zeta"]),
        ] {
            let filter = filter.replace(' ', "%20");
            let path = format!("/v1.0/groups?$filter={filter}&$orderby=displayName&$count=true");
            assert_eq!(column(&get_eventual(&server, &admin, &path).await, "displayName"), expected, "{filter}");
        }
        let path = "/v1.0/groups?$filter=displayName%20eq%20'Everybody'&$select=id";
        let made = column(&get(&server, &admin, path).await, "id");
        assert_eq!(made.len(), 1);
        let path = format!("/v1.0/groups/{}", made[0]);
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let sorted = get(&server, &admin, "/v1.0/groups?$orderby=displayName%20desc&$select=displayName").await;
        assert_eq!(column(&sorted, "displayName"), ["zeta", "Team of auditors", "beta", "Alpha team"]);
        let searched = get_eventual(&server, &admin, "/v1.0/groups?$search=%22displayName:team%22&$count=true").await;
        assert_eq!(searched.json()["@odata.count"], 2);
        let described = get_eventual(&server, &admin, "/v1.0/groups?$search=%22description:pr%C3%BCf%22").await;
        assert_eq!(column(&described, "displayName"), ["Team of auditors"]);
        assert_eq!(get_eventual(&server, &admin, "/v1.0/groups/$count").await.text, "4");
        assert_eq!(refusal(&get(&server, &admin, "/v1.0/groups/$count").await).0, 400);
        let unknown = get(&server, &admin, "/v1.0/groups?$select=shoeSize").await;
        assert_eq!(unknown.json()["error"]["target"], "shoeSize");
        assert_eq!(refusal(&get(&server, &admin, "/v1.0/groups/abc").await).0, 400);
    })
    .await;
}

#[tokio::test]
async fn groups_are_found_by_the_number_of_their_owners() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let people = [server.member(&tenant, "ada", &[]).await.id, server.member(&tenant, "bob", &[]).await.id];
        for (name, owners) in [("none", 0), ("one", 1), ("two", 2)] {
            let made = group(&server, &admin, name).await;
            let path = format!("/v1.0/groups/{made}/owners/$ref");
            for owner in &people[..owners] {
                let added = call(&server, &admin, Method::POST, &path, reference(owner)).await;
                assert_eq!(added.status, 204, "{}", added.text);
            }
        }
        let ask = async |filter: &str| {
            let path = format!("/v1.0/groups?$filter={}&$orderby=displayName&$count=true", filter.replace(' ', "%20"));
            column(&get_eventual(&server, &admin, &path).await, "displayName")
        };
        for (filter, expected) in [
            ("owners/$count eq 0", vec!["none"]),
            ("owners/$count eq 0 or owners/$count eq 1", vec!["none", "one"]),
            ("owners/$count ge 1 and startsWith(displayName,'t')", vec!["two"]),
            ("owners/$count ne 1", vec!["none", "two"]),
            ("not owners/$count lt 2", vec!["two"]),
            ("proxyAddresses/$count eq 0", vec!["none", "one", "two"]),
            ("proxyAddresses/any(p:startsWith(p,'smtp:'))", vec![]),
        ] {
            assert_eq!(ask(filter).await, expected, "{filter}");
        }
        let plain = get(&server, &admin, "/v1.0/groups?$filter=owners/$count%20eq%200").await;
        assert_eq!((plain.status.as_u16(), &plain.json()["error"]["target"]), (400, &json!("owners/$count")));
        let gone = format!("/v1.0/users/{}", people[0]);
        assert_eq!(call(&server, &admin, Method::DELETE, &gone, Value::Null).await.status, 204);
        assert_eq!(ask("owners/$count eq 0").await, ["none", "one"], "whoever is deleted answers for nothing");
    })
    .await;
}

#[tokio::test]
async fn what_mailboxes_teams_and_licences_bring_is_empty() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let empty = json!({
            "resourceBehaviorOptions": [], "resourceProvisioningOptions": [], "theme": null, "classification": null,
        });
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("Travel", &empty)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        for (name, expected) in [
            ("classification", Value::Null),
            ("onPremisesSecurityIdentifier", Value::Null),
            ("onPremisesProvisioningErrors", json!([])),
            ("preferredDataLocation", Value::Null),
            ("resourceBehaviorOptions", json!([])),
            ("resourceProvisioningOptions", json!([])),
            ("serviceProvisioningErrors", json!([])),
            ("theme", Value::Null),
        ] {
            assert_eq!(made.get(name), Some(&expected), "{name}");
        }
        let path = format!("/v1.0/groups/{}", made["id"].as_str().expect("an id"));
        // What Graph tells of a group only where it is asked for.
        for (name, expected) in [
            ("accessType", Value::Null),
            ("assignedLabels", json!([])),
            ("assignedLicenses", json!([])),
            ("hasMembersWithLicenseErrors", Value::Null),
            ("licenseProcessingState", Value::Null),
        ] {
            assert_eq!(made.get(name), None, "{name}");
            let asked = get(&server, &admin, &format!("{path}?$select={name}")).await.json();
            assert_eq!(asked.get(name), Some(&expected), "{name}");
        }
        for (filter, expected) in [
            ("resourceProvisioningOptions/any(x:x eq 'Team')", vec![]),
            ("not resourceProvisioningOptions/any(x:x eq 'Team')", vec!["Travel"]),
            ("assignedLicenses/$count eq 0", vec!["Travel"]),
        ] {
            let path = format!("/v1.0/groups?$count=true&$filter={}", filter.replace(' ', "%20"));
            assert_eq!(column(&get_eventual(&server, &admin, &path).await, "displayName"), expected, "{filter}");
        }
        for (change, name) in [
            (json!({ "resourceProvisioningOptions": ["Team"] }), "resourceProvisioningOptions"),
            (json!({ "classification": "Secret" }), "classification"),
            (json!({ "theme": "Blue" }), "theme"),
        ] {
            let refused = call(&server, &admin, Method::PATCH, &path, change).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(name)), "{name}");
        }
        let renamed = json!({ "displayName": "Trips", "theme": null, "resourceBehaviorOptions": [] });
        assert_eq!(call(&server, &admin, Method::PATCH, &path, renamed).await.status, 204);
    })
    .await;
}
