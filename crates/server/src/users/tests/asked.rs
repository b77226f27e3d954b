//! Options at the relations of users, which are those of every collection.

use super::{column, delegated, get, get_eventual, guest, guest_caller, patch, program, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission};
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Names somebody in a relation of a user.
async fn relate(server: &TestServer, caller: &Caller, method: Method, path: &str, id: &str) {
    let reference = json!({ "@odata.id": format!("{ADDRESS}/v1.0/directoryObjects/{id}") });
    let answer = server.api_as(caller, method, path, &reference).await;
    assert_eq!(answer.status, 204, "{path}: {}", answer.text);
}

/// Follows a question to its end by pages of one: the names in the order they came, and the number that the first page told.
async fn followed(server: &TestServer, caller: &Caller, path: &str, options: &str) -> (Vec<String>, Value) {
    let mut path = format!("{path}?$top=1&$count=true&{}", options.replace(' ', "%20").replace('"', "%22"));
    let (mut names, mut number) = (Vec::new(), Value::Null);
    loop {
        let page = get_eventual(server, caller, &path).await;
        let found = column(&page, "displayName");
        assert!(found.len() <= 1, "{path}: {found:?}");
        names.extend(found);
        let body = page.json();
        if number.is_null() {
            number = body["@odata.count"].clone();
        }
        match body["@odata.nextLink"].as_str() {
            Some(link) => link.strip_prefix(ADDRESS).expect("our own address").clone_into(&mut path),
            None => return (names, number),
        }
    }
}

/// Those who report to Anna and whom she answers for, one after the other.
const GUESTS: [&str; 5] = ["Dora", "Bert", "Carl", "Emil", "Bea"];

#[tokio::test]
async fn reports_and_guests_of_a_sponsor_are_asked_whether_few_or_many() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        let mut people: Vec<User> = Vec::new();
        for name in GUESTS {
            let one = guest(&server, &tenant, name, &format!("{}@partner.example", name.to_lowercase())).await;
            let path = format!("/v1.0/users/{}", one.id);
            relate(&server, &caller, Method::PUT, &format!("{path}/manager/$ref"), &anna.id.to_string()).await;
            relate(&server, &caller, Method::POST, &format!("{path}/sponsors/$ref"), &anna.id.to_string()).await;
            people.push(one);
            server.clock.advance(Duration::from_mins(1));
            // Three are few here, and five are many.
            let cases: &[(&str, &[&str])] = match people.len() {
                3 => &[
                    ("", &["Dora", "Bert", "Carl"]),
                    ("$orderby=displayName", &["Bert", "Carl", "Dora"]),
                    ("$orderby=displayName desc&$filter=displayName ge 'c'", &["Dora", "Carl"]),
                    ("$filter=startsWith(displayName,'b')", &["Bert"]),
                    ("$filter=mail ne 'bert@partner.example'", &["Dora", "Carl"]),
                    ("$search=\"displayName:car\"", &["Carl"]),
                    ("$filter=displayName eq 'anna'", &[]),
                ],
                5 => &[
                    ("", &["Dora", "Bert", "Carl", "Emil", "Bea"]),
                    ("$orderby=displayName", &["Bea", "Bert", "Carl", "Dora", "Emil"]),
                    ("$orderby=mail desc", &["Emil", "Dora", "Carl", "Bert", "Bea"]),
                    ("$orderby=createdDateTime desc", &["Bea", "Emil", "Carl", "Bert", "Dora"]),
                    ("$filter=startsWith(displayName,'b')", &["Bea", "Bert"]),
                    ("$filter=userType eq 'Guest'&$orderby=displayName desc", &["Emil", "Dora", "Carl", "Bert", "Bea"]),
                    ("$search=\"mail:em\"", &["Emil"]),
                ],
                _ => &[],
            };
            for relation in ["directReports", "sponsorOf"] {
                let path = format!("/v1.0/users/{}/{relation}", anna.id);
                for (options, expected) in cases {
                    let (names, number) = followed(&server, &caller, &path, options).await;
                    assert_eq!(names, *expected, "{relation} {options}");
                    assert_eq!(number, json!(expected.len()), "{relation} {options}");
                }
            }
        }
        // What belongs to somebody else is not among them.
        let theirs = format!("/v1.0/users/{}/directReports", people[0].id);
        assert_eq!(followed(&server, &caller, &theirs, "$orderby=displayName").await, (Vec::new(), json!(0)));
    })
    .await;
}

#[tokio::test]
async fn t2_nobody_asks_reports_by_what_they_may_not_see() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let manager = format!("/v1.0/users/{}/manager/$ref", sam.id);
        relate(&server, &caller, Method::PUT, &manager, &anna.id.to_string()).await;
        let reports = format!("/v1.0/users/{}/directReports", anna.id);
        let limited = guest_caller(&sam, guest_level::LIMITED);
        let by_name = get(&server, &limited, &format!("{reports}?$filter=displayName%20eq%20'sam'")).await;
        assert_eq!(column(&by_name, "displayName"), ["Sam"]);
        let by_title = get(&server, &limited, &format!("{reports}?$filter=jobTitle%20eq%20'x'")).await;
        assert_eq!(refusal(&by_title).0, 403, "{}", by_title.text);
        // How they sign in is told where it is asked for.
        let told = get(&server, &caller, &format!("{reports}?$select=id,identities")).await.json();
        assert_eq!(told["value"][0]["identities"][0]["issuer"], "mail");
    })
    .await;
}

#[tokio::test]
async fn t2_nobody_asks_sponsors_by_what_they_may_not_see() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let sponsors = format!("/v1.0/users/{}/sponsors/$ref", sam.id);
        relate(&server, &caller, Method::POST, &sponsors, &anna.id.to_string()).await;
        assert_eq!(patch(&server, &caller, anna.id, json!({ "department": "Sales" })).await.status, 204);
        let ask = async |caller: &Caller, path: &str, option: &str| {
            let path = format!("{path}?$count=true&{}", option.replace(' ', "%20"));
            get_eventual(&server, caller, &path).await
        };
        let own = ["/v1.0/me/sponsors", "/v1.0/me/sponsors/$ref"];
        // Neither what is so nor what is not so, and none of those who seem to have nothing there.
        let hidden = [
            "$filter=department eq 'Sales'",
            "$filter=department eq 'Audit'",
            "$filter=department eq null",
            "$filter=startsWith(department,'s')",
            "$filter=displayName eq 'anna' and not (department in ('Audit'))",
            "$filter=mail eq null or department ne 'Sales'",
            "$orderby=department",
            "$orderby=displayName,department desc",
        ];
        let basic =
            delegated(guest_caller(&sam, guest_level::MEMBER), &[Permission::UserRead, Permission::UserReadBasicAll]);
        for level in [guest_level::LIMITED, guest_level::RESTRICTED] {
            let sam = guest_caller(&sam, level);
            for (path, option) in own.into_iter().flat_map(|path| hidden.map(|option| (path, option))) {
                for caller in [&sam, &delegated(sam.clone(), &[Permission::UserRead]), &basic] {
                    let refused = refusal(&ask(caller, path, option).await);
                    assert_eq!(
                        (refused.0, refused.1.as_str()),
                        (403, "Authorization_RequestDenied"),
                        "{path} {option}"
                    );
                }
            }
            for option in ["$filter=displayName eq 'anna'", "$filter=userType eq 'Member'", "$orderby=mail desc"] {
                assert_eq!(column(&ask(&sam, own[0], option).await, "displayName"), ["anna"], "{option}");
                assert_eq!(column(&ask(&sam, own[1], option).await, "@odata.id").len(), 1, "{option}");
            }
        }
        // Whoever reads it asks by it.
        let equal = guest_caller(&sam, guest_level::MEMBER);
        for (option, found) in hidden.into_iter().zip([1, 0, 0, 1, 1, 0, 1, 1]) {
            assert_eq!(column(&ask(&equal, own[0], option).await, "displayName").len(), found, "{option}");
        }
    })
    .await;
}

#[tokio::test]
async fn sponsors_are_asked_like_any_collection() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let path = format!("/v1.0/users/{}/sponsors", sam.id);
        for name in ["bert", "anna"] {
            let one = server.member(&tenant, name, &[]).await;
            relate(&server, &caller, Method::POST, &format!("{path}/$ref"), &one.id.to_string()).await;
            server.clock.advance(Duration::from_mins(1));
        }
        let group = json!({
            "displayName": "Hosts", "mailNickname": "hosts", "mailEnabled": false, "securityEnabled": true,
        });
        let group = server.api_as(&caller, Method::POST, "/v1.0/groups", &group).await.json();
        let hosts = group["id"].as_str().expect("an id");
        relate(&server, &caller, Method::POST, &format!("{path}/$ref"), hosts).await;
        let cases: [(&str, &[&str]); 4] = [
            ("", &["bert", "anna", "Hosts"]),
            ("$orderby=displayName", &["anna", "bert", "Hosts"]),
            ("$filter=startsWith(displayName,'ho')", &["Hosts"]),
            ("$filter=mailNickname ne 'hosts'", &["bert", "anna"]),
        ];
        for (options, expected) in cases {
            let (names, number) = followed(&server, &caller, &path, options).await;
            assert_eq!(names, expected, "{options}");
            assert_eq!(number, json!(expected.len()), "{options}");
        }
        let by_id = get(&server, &caller, &format!("{path}?$filter=id%20eq%20'{hosts}'&$select=id")).await;
        assert_eq!(column(&by_id, "id"), [hosts]);
        let first = get_eventual(&server, &caller, &format!("{path}/$ref?$top=1&$count=true")).await;
        assert_eq!((column(&first, "@odata.id").len(), &first.json()["@odata.count"]), (1, &json!(3)));
        assert!(first.json()["@odata.nextLink"].is_string(), "{}", first.text);
        for (path, target) in [
            (format!("{path}?$filter=nothing%20eq%20'x'"), "nothing"),
            (format!("{path}?$search=%22displayName:a%22"), "$search"),
            (format!("{path}/$ref?$select=id"), "$select"),
            (format!("/v1.0/users/{}/manager?$count=true", sam.id), "$count"),
            (format!("/v1.0/users/{}?$count=true", sam.id), "$count"),
        ] {
            let refused = get_eventual(&server, &caller, &path).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)), "{path}");
        }
    })
    .await;
}

/// Sponsors are asked as they are written, and this is not written with the rest: all of them would seem never to have signed in.
#[tokio::test]
async fn the_last_sign_in_is_asked_by_where_it_is_read_and_refused_elsewhere() {
    const LAST: &str = "signInActivity/lastSignInDateTime";
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        server.browser().sign_in_as(&server, &anna, crate::sign_in::session::Method::Password).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let [of_anna, of_sam] = [&anna, &sam].map(|user| format!("/v1.0/users/{}", user.id));
        let group = json!({
            "displayName": "Hosts", "mailNickname": "hosts", "mailEnabled": false, "securityEnabled": true,
        });
        let group = server.api_as(&caller, Method::POST, "/v1.0/groups", &group).await.json();
        let of_group = format!("/v1.0/groups/{}", group["id"].as_str().expect("an id"));
        relate(&server, &caller, Method::PUT, &format!("{of_sam}/manager/$ref"), &anna.id.to_string()).await;
        relate(&server, &caller, Method::POST, &format!("{of_sam}/sponsors/$ref"), &anna.id.to_string()).await;
        for user in [&anna, &sam] {
            relate(&server, &caller, Method::POST, &format!("{of_group}/members/$ref"), &user.id.to_string()).await;
        }
        for (path, signed_in) in [
            (format!("{of_anna}/directReports"), vec![]),
            (format!("{of_anna}/sponsorOf"), vec![]),
            (format!("{of_group}/members/microsoft.graph.user"), vec!["anna"]),
        ] {
            let found = get(&server, &caller, &format!("{path}?$filter={LAST}%20ge%202020-01-01T00:00:00Z")).await;
            assert_eq!(column(&found, "displayName"), signed_in, "{path}");
            let found = get(&server, &caller, &format!("{path}?$filter={LAST}%20eq%20null")).await;
            assert_eq!(column(&found, "displayName"), ["Sam"], "{path}");
        }
        let selected = format!("{of_sam}/sponsors?$select=id,signInActivity");
        let told = get(&server, &caller, &selected).await.json();
        assert!(told["value"][0]["signInActivity"]["lastSignInDateTime"].is_string(), "{told}");
        for path in [
            format!("{of_sam}/sponsors?$filter={LAST}%20eq%20null"),
            format!("{of_sam}/sponsors?$filter=displayName%20eq%20'x'%20and%20{LAST}%20eq%20null"),
            format!("{of_sam}/sponsors?$orderby={LAST}"),
            format!("{of_sam}/sponsors/$ref?$filter={LAST}%20eq%20null"),
            format!("{selected}&$filter={LAST}%20eq%20null"),
            format!("{of_group}/members?$filter={LAST}%20eq%20null"),
            format!("{of_group}/owners?$orderby={LAST}"),
        ] {
            let refused = get(&server, &caller, &path).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(LAST)), "{path}");
            assert!(refusal(&refused).2.contains("does not support"), "{path}: {}", refused.text);
        }
    })
    .await;
}
