//! `/v1.0/auditLogs`

use super::{blocked, contoso, tried};
use crate::audit::sign_in::{self, SignIn};
use crate::graph::{Permission, Role};
use crate::platform::clock::rfc3339;
use crate::platform::ids::ServicePrincipalId;
use crate::platform::request::Request;
use crate::testing::{on_both_engines, person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const SIGN_INS: &str = "/v1.0/auditLogs/signIns";
const CHANGES: &str = "/v1.0/auditLogs/directoryAudits";

#[tokio::test]
async fn sign_ins_are_listed_newest_first_filtered_and_by_pages() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let (ann, bob) = (server.member(&tenant, "ann", &[]).await, server.member(&tenant, "bob", &[]).await);
        tried(&server, &ann, 0xb21d_04e7, 50126).await;
        server.clock.advance(Duration::from_mins(1));
        let middle = rfc3339(server.clock.now());
        tried(&server, &ann, 0xb21d_04e8, 0).await;
        server.clock.advance(Duration::from_mins(1));
        tried(&server, &bob, 0xb21d_04e9, 0).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let codes = async |query: String| {
            let answer = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}{query}"), &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
            let body = answer.json();
            let names = body["value"].as_array().expect("rows").iter().map(|row| {
                format!("{} {}", row["userDisplayName"].as_str().unwrap_or_default(), row["status"]["errorCode"])
            });
            names.collect::<Vec<_>>()
        };
        assert_eq!(codes(String::new()).await, ["bob 0", "ann 0", "ann 50126"]);
        assert_eq!(codes(format!("?$filter=userId%20eq%20'{}'", ann.id)).await, ["ann 0", "ann 50126"]);
        assert_eq!(codes("?$filter=status/errorCode%20eq%2050126".to_owned()).await, ["ann 50126"]);
        assert_eq!(codes("?$filter=Status/ErrorCode%20eq%2050126".to_owned()).await, ["ann 50126"]);
        assert_eq!(codes(format!("?$filter=createdDateTime%20ge%20{middle}")).await, ["bob 0", "ann 0"]);
        assert_eq!(codes(format!("?$filter=createdDateTime%20le%20{middle}")).await, ["ann 0", "ann 50126"]);
        let (day, _) = middle.split_once('T').expect("an instant");
        assert_eq!(codes(format!("?$filter=createdDateTime%20ge%20{day}")).await.len(), 3);
        assert!(codes(format!("?$filter=createdDateTime%20le%20{day}")).await.is_empty(), "a day is its beginning");
        let id = super::request(0xb21d_04e8).correlation;
        assert_eq!(codes(format!("?$filter=correlationId%20eq%20'{id}'")).await, ["ann 0"]);

        let named = "?$filter=userPrincipalName%20eq%20'ANN@contoso.example'";
        assert_eq!(codes(named.to_owned()).await, ["ann 0", "ann 50126"]);
        assert_eq!(codes("?$filter=startsWith(userPrincipalName,'bo')".to_owned()).await, ["bob 0"]);
        assert!(codes("?$filter=appDisplayName%20eq%20'Nowhere'".to_owned()).await.is_empty());
        assert!(codes("?$filter=ipAddress%20eq%20'203.0.113.250'".to_owned()).await.is_empty());
        assert!(codes("?$filter=conditionalAccessStatus%20eq%20'failure'".to_owned()).await.is_empty());
        for filter in ["location/city%20eq%20'Lisbon'", "startsWith(location/countryOrRegion,'P')"] {
            assert!(codes(format!("?$filter={filter}")).await.is_empty(), "{filter}");
        }
        assert_eq!(codes("?$filter=location/state%20eq%20null".to_owned()).await.len(), 3);
        for (filter, rows) in [
            ("riskState%20eq%20'none'", 3),
            ("riskState%20eq%20'atRisk'", 0),
            ("riskLevelDuringSignIn%20eq%20'hidden'", 3),
            ("riskLevelAggregated%20eq%20'high'", 0),
            ("riskDetail%20eq%20'none'", 0),
        ] {
            assert_eq!(codes(format!("?$filter={filter}")).await.len(), rows, "{filter}");
        }

        let all = server.api_as(&reader, Method::GET, SIGN_INS, &Value::Null).await.json();
        let id = all["value"][0]["id"].as_str().expect("an id");
        let one = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}/{id}"), &Value::Null).await.json();
        assert_eq!(one["userDisplayName"], "bob");
        for asked in [format!("/{id}?$select=userDisplayName"), "?$select=userDisplayName&$top=1".to_owned()] {
            let path = format!("{SIGN_INS}{asked}");
            let part = server.api_as(&reader, Method::GET, &path, &Value::Null).await.json();
            let part = if part["value"].is_array() { part["value"][0].clone() } else { part };
            let names = part.as_object().expect("an object").keys().filter(|name| !name.starts_with('@'));
            assert_eq!(names.collect::<Vec<_>>(), ["userDisplayName"], "{path}");
            assert_eq!(part["userDisplayName"], "bob");
        }
        let none = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}/{}", ann.id), &Value::Null).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);

        let first = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}?$top=2"), &Value::Null).await.json();
        assert_eq!(first["value"].as_array().map(Vec::len), Some(2));
        let next = first["@odata.nextLink"].as_str().expect("a second page").to_owned();
        let path = next.strip_prefix(crate::testing::ADDRESS).expect("our address");
        let second = server.api_as(&reader, Method::GET, path, &Value::Null).await.json();
        assert_eq!(second["value"][0]["status"]["errorCode"], 50126);
        assert!(second.get("@odata.nextLink").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_says_with_what_and_from_where_as_far_as_it_is_known() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let agents = [
            Some("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"),
            Some("expenses/1.4 (library/2.0)"),
            None,
        ];
        let program = Some(ServicePrincipalId(Uuid::from_u128(3)));
        for (agent, principal, is_interactive) in
            [(agents[0], None, true), (agents[1], None, false), (agents[2], program, false)]
        {
            server.clock.advance(Duration::from_secs(1));
            let row = SignIn {
                user: principal.is_none().then_some(ann.id),
                client_display_name: Some("Expenses".to_owned()),
                service_principal: principal,
                is_interactive,
                ..SignIn::default()
            };
            let mut tx = server.write().await.expect("a transaction");
            let request = Request { user_agent: agent.map(str::to_owned), ..super::request(1) };
            let write = sign_in::record(&mut tx, &server, tenant.id, row);
            request.scope(write).await.expect("a row");
            tx.commit().await.expect("a commit");
        }
        let rows = async |filter: &str| {
            let path = format!("{SIGN_INS}?$filter={filter}");
            let answer = server.api_as(&reader, Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            answer.json()["value"].as_array().expect("rows").clone()
        };
        let person = rows("isInteractive%20eq%20true").await[0].clone();
        let others = rows("isInteractive%20eq%20false").await;
        let (program, app) = (&others[0], &others[1]);
        for (row, property, value) in [
            (&person, "/deviceDetail/browser", json!("Firefox 133.0")),
            (&person, "/deviceDetail/operatingSystem", json!("Linux")),
            (&person, "/clientAppUsed", json!("Browser")),
            (&person, "/servicePrincipalName", Value::Null),
            (&person, "/location/city", Value::Null),
            (&person, "/riskState", json!("none")),
            (&person, "/riskDetail", json!("hidden")),
            (&person, "/riskLevelAggregated", json!("hidden")),
            (app, "/clientAppUsed", json!("Mobile Apps and Desktop clients")),
            (app, "/deviceDetail/browser", Value::Null),
            (program, "/clientAppUsed", Value::Null),
            (program, "/servicePrincipalName", json!("Expenses")),
        ] {
            assert_eq!(row.pointer(property), Some(&value), "{property} of {row}");
        }
        assert_eq!(program["servicePrincipalId"], Uuid::from_u128(3).to_string());
    })
    .await;
}

/// Graph's v1.0 log holds what people did themselves.
#[tokio::test]
async fn what_nobody_did_in_person_is_listed_for_whoever_asks_for_it() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        tried(&server, &ann, 1, 0).await;
        for error_code in [0, 50058] {
            server.clock.advance(Duration::from_secs(1));
            let failure_reason = (error_code != 0).then(|| "There is no session".to_owned());
            let row = SignIn { user: Some(ann.id), error_code, failure_reason, ..SignIn::default() };
            let mut tx = server.write().await.expect("a transaction");
            let write = sign_in::record(&mut tx, &server, tenant.id, row);
            super::request(2).scope(write).await.expect("a row");
            tx.commit().await.expect("a commit");
        }
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let rows = async |query: &str| {
            let answer = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}{query}"), &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
            let body = answer.json();
            assert!(body.get("@odata.nextLink").is_none(), "{query}: {body}");
            body["value"].as_array().expect("rows").clone()
        };
        let of_ann = format!("?$filter=userId%20eq%20'{}'", ann.id);
        for plain in ["", "?$top=1", of_ann.as_str(), "?$filter=isInteractive%20eq%20true"] {
            let found = rows(plain).await;
            assert_eq!(found.len(), 1, "{plain}: {found:?}");
            assert_eq!(found[0]["isInteractive"], true, "{plain}");
        }
        let others = rows("?$filter=isInteractive%20eq%20false").await;
        let codes: Vec<&Value> = others.iter().map(|row| &row["status"]["errorCode"]).collect();
        assert_eq!(codes, [&json!(50058), &json!(0)]);
        let id = others[0]["id"].as_str().expect("an id");
        let one = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}/{id}"), &Value::Null).await.json();
        assert_eq!(one["isInteractive"], false, "each row has its address");
    })
    .await;
}

#[tokio::test]
async fn changes_are_listed_with_who_and_to_whom() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        blocked(&server, &admin, &ann, 0xb21d_04e7).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let path = format!("{CHANGES}?$filter=activityDisplayName%20eq%20'Disable%20account'");
        let row = server.api_as(&reader, Method::GET, &path, &Value::Null).await.json()["value"][0].clone();
        assert_eq!(row["initiatedBy"]["user"]["displayName"], admin.display_name());
        assert_eq!(row["targetResources"][0]["userPrincipalName"], "ann@contoso.example");
        assert_eq!(row["targetResources"][0]["modifiedProperties"][0]["newValue"], "false");
        assert_eq!(row["additionalDetails"][0]["value"], "lost laptop");
        let id = row["id"].as_str().expect("an id");
        let one = server.api_as(&reader, Method::GET, &format!("{CHANGES}/{id}"), &Value::Null).await.json();
        assert_eq!(one["activityDisplayName"], "Disable account");
        let by = admin.user().expect("a person").principal_name.clone();
        for (filter, rows) in [
            (format!("targetResources/any(t:t/id%20eq%20'{}')", ann.id), 1),
            (
                "loggedByService%20eq%20'Core%20Directory'%20and%20activityDisplayName%20eq%20'Disable%20account'"
                    .to_owned(),
                1,
            ),
            ("result%20eq%20'failure'".to_owned(), 0),
            (format!("initiatedBy/user/userPrincipalName%20eq%20'{}'", by.to_uppercase()), 1),
            ("initiatedBy/user/userPrincipalName%20eq%20'ann@contoso.example'".to_owned(), 0),
        ] {
            let path = format!("{CHANGES}?$filter={filter}");
            let found = server.api_as(&reader, Method::GET, &path, &Value::Null).await;
            assert_eq!(found.json()["value"].as_array().map(Vec::len), Some(rows), "{filter}: {}", found.text);
        }
        let path = format!("{CHANGES}?$filter=activityDisplayName%20eq%20'Add%20user'");
        let none = server.api_as(&reader, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(none["value"].as_array().map(Vec::len), Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_page_leads_on_as_long_as_there_are_more_rows_and_no_further() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        for reference in [1, 2] {
            server.clock.advance(Duration::from_secs(1));
            tried(&server, &ann, reference, 0).await;
            blocked(&server, &admin, &ann, reference).await;
        }
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let get = async |path: &str| {
            let answer = server.api_as(&reader, Method::GET, path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            answer.json()
        };
        for log in [
            format!("{SIGN_INS}?$filter=userId%20eq%20'{}'", ann.id),
            format!("{CHANGES}?$filter=activityDisplayName%20eq%20'Disable%20account'"),
        ] {
            let both = get(&format!("{log}&$top=2")).await;
            assert_eq!(both["value"].as_array().map(Vec::len), Some(2), "{both}");
            assert!(both.get("@odata.nextLink").is_none(), "{both}");
            let first = get(&format!("{log}&$top=1&$select=id")).await;
            let next = first["@odata.nextLink"].as_str().expect("a second page");
            let second = get(next.strip_prefix(crate::testing::ADDRESS).expect("our address")).await;
            assert!(second.get("@odata.nextLink").is_none(), "{second}");
            for (page, row) in [(first, 0_usize), (second, 1)] {
                assert_eq!(page["value"], json!([{ "id": both["value"][row]["id"] }]), "{page}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_log_is_read_with_its_permission_and_by_administrators_of_users() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let other = server.application(tenant.id, &[Permission::UserReadAll, Permission::DirectoryReadAll]);
        let user = server.member(&tenant, "ann", &[]).await;
        for (caller, status) in [
            (other, StatusCode::FORBIDDEN),
            (person(&user, vec![]), StatusCode::FORBIDDEN),
            (person(&user, vec![Role::GuestInviter]), StatusCode::FORBIDDEN),
            (person(&user, vec![Role::UserAdministrator]), StatusCode::OK),
            (person(&user, vec![Role::GlobalAdministrator]), StatusCode::OK),
        ] {
            for path in [SIGN_INS, CHANGES] {
                let answer = server.api_as(&caller, Method::GET, path, &Value::Null).await;
                assert_eq!(answer.status, status, "{path} {caller:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_served_and_tokens_of_other_queries_are_refused() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        tried(&server, &ann, 1, 0).await;
        tried(&server, &ann, 2, 0).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let first = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}?$top=1"), &Value::Null).await.json();
        let next = first["@odata.nextLink"].as_str().expect("a second page");
        let token = next.split_once("$skiptoken=").expect("a token").1;
        for query in [
            "?$select=nothing".to_owned(),
            "?$orderby=createdDateTime".to_owned(),
            "?$format=xml".to_owned(),
            "?$deltatoken=latest".to_owned(),
            "?$top=0".to_owned(),
            "?$top=1001".to_owned(),
            "?$filter=userId%20ne%20'x'".to_owned(),
            format!("?$skiptoken={token}"),
            "?$skiptoken=AAAA".to_owned(),
        ] {
            let answer = server.api_as(&reader, Method::GET, &format!("{SIGN_INS}{query}"), &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
        }
    })
    .await;
}
