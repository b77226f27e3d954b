//! Filters by what few have, and by what only a directory elsewhere gives.

use super::{column, get, get_eventual, guest, patch, program, refusal};
use crate::graph::{Caller, Permission};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::terms;
use database::sql;
use serde_json::json;

const ALL: [&str; 3] = ["anna", "bert", "Sam"];

/// A street that is longer than an index takes.
fn long_street() -> String {
    format!("{}1", "Long street. ".repeat(78))
}

/// Anna and Bert have a telephone, a street and a day on which they were hired; Sam, a guest, has nothing.
async fn people(server: &TestServer) -> (Tenant, Caller) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let caller = program(server, &tenant);
    let anna = server.member(&tenant, "anna", &[]).await.id;
    let bert = server.member(&tenant, "bert", &[]).await.id;
    guest(server, &tenant, "Sam", "sam@partner.example").await;
    let facts = json!({
        "businessPhones": ["+49 30 1"], "streetAddress": "Markt 1", "employeeHireDate": "2020-02-29T08:00:00Z",
    });
    assert_eq!(patch(server, &caller, anna, facts).await.status, 204);
    let facts = json!({
        "businessPhones": ["+49 30 12"], "streetAddress": long_street(), "employeeHireDate": "2024-01-01T00:00:00Z",
    });
    assert_eq!(patch(server, &caller, bert, facts).await.status, 204);
    (tenant, caller)
}

fn path(filter: &str) -> String {
    format!("/v1.0/users?$filter={}", filter.replace('+', "%2B").replace(' ', "%20"))
}

/// Whom an advanced query finds, by name.
async fn found(server: &TestServer, caller: &Caller, filter: &str) -> Vec<String> {
    let path = format!("{}&$orderby=displayName&$count=true", path(filter));
    column(&get_eventual(server, caller, &path).await, "displayName")
}

#[tokio::test]
async fn users_are_found_by_telephone_street_and_day_of_hire() {
    on_both_engines(async |server| {
        let (tenant, caller) = people(&server).await;
        for (filter, expected) in [
            ("businessPhones/any(x:x eq '+49 30 1')", vec!["anna"]),
            ("businessPhones/any(x:startsWith(x,'+49 30'))", vec!["anna", "bert"]),
            ("not businessPhones/any(x:x eq '+49 30 1')", vec!["bert", "Sam"]),
            ("businessPhones/$count eq 0", vec!["Sam"]),
            ("streetAddress eq 'MARKT 1'", vec!["anna"]),
            ("streetAddress in ('markt 1',null)", vec!["anna", "Sam"]),
            ("startsWith(streetAddress,'long street.')", vec!["bert"]),
            ("streetAddress eq null", vec!["Sam"]),
            ("streetAddress ne 'markt 1'", vec!["bert", "Sam"]),
            ("employeeHireDate eq 2020-02-29T08:00:00Z", vec!["anna"]),
            ("employeeHireDate ge 2020-02-29T08:00:01Z", vec!["bert"]),
            ("employeeHireDate le 2020-02-29T08:00:00Z", vec!["anna"]),
            ("employeeHireDate le 2020-02-29", vec![]),
            ("employeeHireDate eq null", vec!["Sam"]),
            ("employeeHireDate in (2020-02-29T08:00:00Z,null)", vec!["anna", "Sam"]),
            ("employeeHireDate ne 2020-02-29T08:00:00Z", vec!["bert", "Sam"]),
        ] {
            assert_eq!(found(&server, &caller, filter).await, expected, "{filter}");
            assert_eq!(refusal(&get(&server, &caller, &path(filter)).await).0, 400, "it is advanced: {filter}");
        }
        let long = long_street();
        assert_eq!(found(&server, &caller, &format!("streetAddress eq '{}'", long.to_uppercase())).await, ["bert"]);
        assert!(found(&server, &caller, &format!("streetAddress eq '{long}2'")).await.is_empty());
        for filter in ["businessPhones eq '+49 30 1'", "employeeHireDate eq '2020'", "startsWith(employeeHireDate,'2')"]
        {
            let path = format!("{}&$count=true", path(filter));
            assert_eq!(refusal(&get_eventual(&server, &caller, &path).await).0, 400, "{filter}");
        }
        let blind = server.application(tenant.id, &[Permission::UserReadBasicAll]);
        for filter in ["streetAddress eq 'Markt 1'", "businessPhones/any(x:x eq '1')", "employeeHireDate eq null"] {
            let path = format!("{}&$count=true", path(filter));
            assert_eq!(refusal(&get_eventual(&server, &blind, &path).await).0, 403, "{filter}");
        }
        // As the migration leaves whoever had one before they could be filtered by.
        let mut tx = server.write().await.expect("a transaction");
        let forget =
            sql!("DELETE FROM user_term WHERE tenant_id = $1 AND property IN ('businessPhones', 'streetAddress')");
        assert_eq!(tx.query(forget).bind(tenant.id).execute().await.expect("an older database"), 4);
        let mark = sql!(
            "UPDATE user_account SET terms_kept = FALSE
             WHERE tenant_id = $1 AND (business_phones <> '[]' OR (profile -> 'streetAddress') IS NOT NULL)"
        );
        assert_eq!(tx.query(mark).bind(tenant.id).execute().await.expect("the migration"), 2);
        tx.commit().await.expect("a commit");
        assert!(found(&server, &caller, "streetAddress eq 'markt 1'").await.is_empty());
        assert_eq!(terms::settle(&server, tenant.id).await.expect("terms"), 2);
        assert_eq!(found(&server, &caller, "streetAddress eq 'markt 1'").await, ["anna"]);
        assert_eq!(found(&server, &caller, "businessPhones/any(x:x eq '+49 30 12')").await, ["bert"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_has_what_a_directory_elsewhere_gives() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        let all = || ALL.to_vec();
        for (filter, expected) in [
            ("imAddresses/any(x:x eq 'sip:anna')", vec![]),
            ("onPremisesImmutableId eq 'a'", vec![]),
            ("onPremisesImmutableId eq null", all()),
            ("onPremisesLastSyncDateTime ge 2020-01-01T00:00:00Z", vec![]),
            ("onPremisesLastSyncDateTime eq null", all()),
            ("onPremisesProvisioningErrors/any(x:x/category eq 'PropertyConflict')", vec![]),
            ("onPremisesSecurityIdentifier in ('S-1','S-2')", vec![]),
            ("onPremisesSecurityIdentifier eq null", all()),
            ("startsWith(onPremisesUserPrincipalName,'a')", vec![]),
        ] {
            let answer = get(&server, &caller, &path(filter)).await;
            let mut plain = column(&answer, "displayName");
            plain.sort_by_key(|name| name.to_lowercase());
            assert_eq!(plain, expected, "{filter}");
            assert_eq!(found(&server, &caller, filter).await, expected, "{filter}");
        }
        for (filter, expected) in [
            ("not imAddresses/any(x:x eq 'sip:anna')", all()),
            ("not onPremisesProvisioningErrors/any(x:x/category eq 'PropertyConflict')", all()),
            ("onPremisesProvisioningErrors/$count eq 0", all()),
            ("onPremisesLastSyncDateTime ne 2020-01-01T00:00:00Z", all()),
            ("onPremisesSamAccountName eq 'anna'", vec![]),
            ("not startsWith(onPremisesSamAccountName,'a')", all()),
            ("passwordPolicies eq null", all()),
            ("passwordPolicies ne 'DisableStrongPassword'", all()),
        ] {
            assert_eq!(found(&server, &caller, filter).await, expected, "{filter}");
            assert_eq!(refusal(&get(&server, &caller, &path(filter)).await).0, 400, "it is advanced: {filter}");
        }
    })
    .await;
}
