//! `GET /users`: pages, filters, orders, searches.

use super::{column, get, get_eventual, guest, program, refusal};
use crate::graph::{Caller, Permission};
use crate::tenants::Tenant;
use crate::testing::{TestServer, is_blank, on_both_engines};
use std::time::Duration;

async fn people(server: &TestServer) -> (Tenant, Caller) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    for name in ["anna", "Bob", "carl"] {
        server.member(&tenant, name, &[]).await;
    }
    server.clock.advance(Duration::from_mins(1));
    guest(server, &tenant, "Zoë O'Neil", "zoe@partner.example").await;
    guest(server, &tenant, "Dan 100%_x", "Dan@Other.example").await;
    let caller = program(server, &tenant);
    (tenant, caller)
}

#[tokio::test]
async fn a_filter_finds_what_it_says_and_nothing_else() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        for (filter, expected) in [
            ("displayName eq 'ANNA'", vec!["anna"]),
            ("displayName eq 'Zoë O''Neil'", vec!["Zoë O'Neil"]),
            ("startsWith(displayName,'b')", vec!["Bob"]),
            ("startsWith(displayName,'dan 100%25_')", vec!["Dan 100%_x"]),
            ("startsWith(displayName,'dan 100%25%25')", vec![]),
            ("displayName in ('anna','carl')", vec!["anna", "carl"]),
            ("displayName ge 'c'", vec!["carl", "Dan 100%_x", "Zoë O'Neil"]),
            ("displayName le 'anna'", vec!["anna"]),
            ("mail eq 'DAN@other.example'", vec!["Dan 100%_x"]),
            ("userType eq 'guest'", vec!["Dan 100%_x", "Zoë O'Neil"]),
            ("userType eq 'Member' and (displayName eq 'Bob' or displayName eq 'carl')", vec!["Bob", "carl"]),
            ("accountEnabled eq false", vec![]),
            ("accountEnabled in (false,null)", vec![]),
            ("accountEnabled in (true,false)", vec!["anna", "Bob", "carl", "Dan 100%_x", "Zoë O'Neil"]),
            ("onPremisesSyncEnabled in (true,false)", vec![]),
            ("onPremisesSyncEnabled eq null", vec!["anna", "Bob", "carl", "Dan 100%_x", "Zoë O'Neil"]),
            ("createdDateTime ge 2026-11-23T09:01:00Z", vec!["Dan 100%_x", "Zoë O'Neil"]),
            ("createdDateTime le 2026-11-23T09:00:30Z", vec!["anna", "Bob", "carl"]),
            ("createdDateTime eq 2026-11-23T09:01:00Z", vec!["Dan 100%_x", "Zoë O'Neil"]),
            ("createdDateTime in (2026-11-23T09:01:00Z,2020-01-01)", vec!["Dan 100%_x", "Zoë O'Neil"]),
            (
                "identities/any(i:i/issuer eq 'mail' and i/issuerAssignedId eq 'zoe@partner.example')",
                vec!["Zoë O'Neil"],
            ),
            ("displayName eq 'x'' OR 1=1 --'", vec![]),
        ] {
            let path = format!("/v1.0/users?$filter={}", filter.replace(' ', "%20").replace('ë', "%C3%AB"));
            let mut found = column(&get(&server, &caller, &path).await, "displayName");
            found.sort_by_key(|name| name.to_lowercase());
            assert_eq!(found, expected, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_advanced_filter_needs_the_header_and_the_count() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        for (filter, expected) in [
            ("endsWith(mail,'@PARTNER.example')", vec!["Zoë O'Neil"]),
            ("endsWith(displayName,'%25_x')", vec!["Dan 100%_x"]),
            ("userType ne 'Guest'", vec!["anna", "Bob", "carl"]),
            ("not startsWith(displayName,'a')", vec!["Bob", "carl", "Dan 100%_x", "Zoë O'Neil"]),
            ("externalUserState eq 'PendingAcceptance'", vec!["Dan 100%_x", "Zoë O'Neil"]),
            ("externalUserState eq null", vec!["anna", "Bob", "carl"]),
            ("externalUserState ne 'PendingAcceptance'", vec!["anna", "Bob", "carl"]),
            ("creationType eq 'Invitation'", vec!["Dan 100%_x", "Zoë O'Neil"]),
            ("onPremisesSyncEnabled ne true and userType eq 'Guest'", vec!["Dan 100%_x", "Zoë O'Neil"]),
        ] {
            let path = format!("/v1.0/users?$filter={}&$orderby=displayName", filter.replace(' ', "%20"));
            let plain = get(&server, &caller, &path).await;
            assert_eq!(refusal(&plain).1, "Request_UnsupportedQuery", "{filter}");
            assert_eq!(refusal(&get_eventual(&server, &caller, &path).await).0, 400, "{filter}");
            let answer = get_eventual(&server, &caller, &format!("{path}&$count=true")).await;
            assert_eq!(column(&answer, "displayName"), expected, "{filter}");
            assert_eq!(answer.json()["@odata.count"], expected.len(), "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn names_of_properties_are_found_in_any_case() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        for options in [
            "$select=DisplayName,Id&$filter=startsWith(DisplayName,'a')&$orderby=UserPrincipalName",
            "$select=displayname&$search=%22DisplayName:anna%22",
            "$filter=USERTYPE%20eq%20'Member'%20and%20displayName%20eq%20'anna'",
        ] {
            let path = format!("/v1.0/users?$count=true&{options}");
            assert_eq!(column(&get_eventual(&server, &caller, &path).await, "displayName"), ["anna"], "{options}");
        }
        for path in ["/v1.0/users?$expand=Manager&$select=id", "/v1.0/users/?$select=ID&$expand=manager($select=Id)"] {
            let answer = get(&server, &caller, path).await;
            let first = answer.json()["value"][0].clone();
            assert!(first["id"].is_string() && first.get("manager").is_some(), "{path}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_words_of_graph_explain_what_is_missing() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        let message = |path: &'static str| {
            let (server, caller) = (&server, &caller);
            async move { refusal(&get(server, caller, path).await) }
        };
        let (status, code, text) = message("/v1.0/users?$filter=endsWith(mail,'x')").await;
        assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"));
        assert!(text.starts_with(
            "Operator 'endsWith' is not supported because the 'ConsistencyLevel:eventual' header is missing"
        ));
        let (_, code, text) = message("/v1.0/users?$search=%22displayName:anna%22").await;
        assert_eq!(code, "Request_UnsupportedQuery");
        assert!(text.starts_with(
            "Request with $search query parameter only works through MSGraph with a special request header"
        ));
        let (_, code, text) = message("/v1.0/users/$count").await;
        assert_eq!((code.as_str(), text.as_str()), ("Request_BadRequest", "$count is not currently supported."));
        for (path, named) in [
            ("/v1.0/users?$select=shoeSize", "shoeSize"),
            ("/v1.0/users?$filter=shoeSize%20eq%20'4'", "shoeSize"),
            ("/v1.0/users?$filter=passwordHash%20eq%20'4'", "passwordHash"),
            ("/v1.0/users?$orderby=surname", "surname"),
            ("/v1.0/users?$expand=mailFolders", "mailFolders"),
            ("/v1.0/users?$expand=calendars", "calendars"),
            ("/v1.0/users?$filter=contains(displayName,'a')", "contains"),
            ("/v1.0/users?$filter=accountEnabled%20eq%20'yes'", "accountEnabled"),
            ("/v1.0/users?$filter=id%20eq%20'nobody'", "id"),
            ("/v1.0/users?$filter=displayName%20eq", "$filter"),
            ("/v1.0/users?$top=0", "$top"),
            ("/v1.0/users?$top=1000", "$top"),
            ("/v1.0/users?$top=abc", "$top"),
            ("/v1.0/users?$skip=10", "$skip"),
        ] {
            let (status, _, text) = message(path).await;
            assert_eq!(status, 400, "{path}");
            assert!(text.contains(named), "{path}: {text}");
        }
        for (path, target) in [
            ("/v1.0/users?$top=abc", "$top"),
            ("/v1.0/users?$filter=displayName%20eq", "$filter"),
            ("/v1.0/users?$nothing=1", "$nothing"),
            ("/v1.0/auditLogs/signIns?$top=abc", "$top"),
            ("/vestibule/v1/invitations?$top=abc", "$top"),
            ("/vestibule/v1/bulkInvitations?$top=0", "$top"),
            ("/vestibule/v1/mails?$top=1", "$top"),
        ] {
            let answer = get(&server, &caller, path).await;
            assert_eq!(answer.status, 400, "{path}");
            assert_eq!(answer.json()["error"]["target"], target, "{path}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        for (options, expected) in [
            ("$orderby=displayName&$select=displayName", vec!["anna", "Bob", "carl", "Dan 100%_x", "Zoë O'Neil"]),
            ("$orderby=displayName%20desc", vec!["Zoë O'Neil", "Dan 100%_x", "carl", "Bob", "anna"]),
        ] {
            let mut path = format!("/v1.0/users?$top=2&{options}");
            let mut found = Vec::new();
            for _ in 0..4 {
                let answer = get(&server, &caller, &path).await;
                found.extend(column(&answer, "displayName"));
                match answer.json()["@odata.nextLink"].as_str() {
                    Some(link) => {
                        let rest = link.strip_prefix(crate::testing::ADDRESS).expect("an absolute link to this server");
                        assert!(rest.contains("$top=2") && rest.contains(options), "{rest}");
                        path = rest.to_owned();
                    }
                    None => break,
                }
            }
            assert_eq!(found, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn x8_a_skip_token_opens_nothing_in_another_tenant_or_query() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        server.member(&other, "mallory", &[]).await;
        let stranger = program(&server, &other);
        let first = get(&server, &caller, "/v1.0/users?$top=1&$orderby=displayName").await;
        let link = first.json()["@odata.nextLink"].as_str().expect("a link").to_owned();
        let path = link.strip_prefix(crate::testing::ADDRESS).expect("a link to this server");
        let token = path.split("$skiptoken=").nth(1).expect("a token");
        assert_eq!(column(&get(&server, &caller, path).await, "displayName"), ["Bob"]);
        assert_eq!(refusal(&get(&server, &stranger, path).await).0, 400);
        for altered in [
            format!("/v1.0/users?$top=1&$orderby=displayName%20desc&$skiptoken={token}"),
            format!("/v1.0/users?$top=1&$skiptoken={token}"),
            format!("/v1.0/users?$orderby=displayName&$filter=userType%20eq%20'Guest'&$count=true&$skiptoken={token}"),
            format!("/v1.0/users?$orderby=displayName&$skiptoken=A{token}"),
            "/v1.0/users?$skiptoken=1".to_owned(),
        ] {
            let (status, _, text) = refusal(&get(&server, &caller, &altered).await);
            assert_eq!(status, 400, "{altered}");
            assert!(text.contains("skip token"), "{altered}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_the_beginnings_of_words() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        for (search, expected) in [
            ("\"displayName:o'n\"", vec!["Zoë O'Neil"]),
            ("\"displayName:100%25\"", vec!["Dan 100%_x"]),
            ("\"mail:partner\"", vec!["Zoë O'Neil"]),
            ("\"displayName:bo\" OR \"mail:other\"", vec!["Bob", "Dan 100%_x"]),
            ("\"displayName:nna\"", vec![]),
        ] {
            let search = search.replace(' ', "%20").replace('"', "%22");
            let path = format!("/v1.0/users?$search={search}&$orderby=displayName");
            assert_eq!(column(&get_eventual(&server, &caller, &path).await, "displayName"), expected, "{search}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_looks_at_the_name_and_the_addresses_people_go_by() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        let search = async |property: &str| {
            get_eventual(&server, &caller, &format!("/v1.0/users?$search=%22{property}:anna%22")).await
        };
        for property in ["displayName", "mail", "userPrincipalName"] {
            let answer = search(property).await;
            assert_eq!(answer.status, 200, "{property}: {}", answer.text);
        }
        for property in ["otherMails", "proxyAddresses", "mailNickname", "givenName"] {
            let (status, code, text) = refusal(&search(property).await);
            assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"), "{property}");
            assert!(text.contains(&format!("'{property}' does not support $search")), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_count_is_a_number_and_follows_the_filter() {
    on_both_engines(async |server| {
        let (_, caller) = people(&server).await;
        let answer = get_eventual(&server, &caller, "/v1.0/users/$count?$filter=userType%20eq%20'Guest'").await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "2"));
        assert!(answer.header("content-type").starts_with("text/plain"));
        // Without the header `$count=true` is passed over, as Graph does.
        let plain = get(&server, &caller, "/v1.0/users?$count=true").await;
        assert_eq!(column(&plain, "id").len(), 5);
        assert!(plain.json().get("@odata.count").is_none());
    })
    .await;
}

#[tokio::test]
async fn t2_what_may_not_be_read_may_not_be_asked_by() {
    on_both_engines(async |server| {
        let (tenant, _) = people(&server).await;
        let basic = server.application(tenant.id, &[Permission::UserReadBasicAll]);
        let answer = get(&server, &basic, "/v1.0/users?$select=displayName,userType,mail,accountEnabled").await;
        let first = answer.json()["value"][0].clone();
        assert!(first["displayName"].is_string(), "{first}");
        assert!(is_blank(&first, "userType") && is_blank(&first, "accountEnabled"), "{first}");
        for query in ["$filter=userType%20eq%20'Guest'", "$filter=accountEnabled%20eq%20true"] {
            assert_eq!(refusal(&get(&server, &basic, &format!("/v1.0/users?{query}")).await).0, 403, "{query}");
        }
        let path = "/v1.0/users/$count?$filter=userType%20eq%20'Guest'";
        assert_eq!(refusal(&get_eventual(&server, &basic, path).await).0, 403);
    })
    .await;
}
