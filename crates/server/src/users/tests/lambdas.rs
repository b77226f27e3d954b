//! What is asked of the items of a collection, over users.

use super::{column, get, get_eventual, guest, patch, program, refusal};
use crate::graph::Caller;
use crate::testing::{TestServer, on_both_engines};
use serde_json::json;

/// Anna has two further addresses, Bert one, and Sam, a guest, none.
async fn people(server: &TestServer) -> Caller {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let caller = program(server, &tenant);
    let anna = server.member(&tenant, "anna", &[]).await.id;
    let bert = server.member(&tenant, "bert", &[]).await.id;
    guest(server, &tenant, "Sam", "sam@partner.example").await;
    let mails = json!({ "otherMails": ["anna@home.example", "anna@partner.example"] });
    assert_eq!(patch(server, &caller, anna, mails).await.status, 204);
    assert_eq!(patch(server, &caller, bert, json!({ "otherMails": ["Bert@Home.example"] })).await.status, 204);
    // Whose address differs by nothing but the tenant is not among them.
    let other = server.tenant("Fabrikam", "fabrikam.example").await;
    guest(server, &other, "Sam", "sam@partner.example").await;
    caller
}

fn path(filter: &str) -> String {
    format!("/v1.0/users?$filter={}&$orderby=displayName&$count=true", filter.replace(' ', "%20"))
}

#[tokio::test]
async fn all_holds_where_no_item_differs() {
    on_both_engines(async |server| {
        let caller = people(&server).await;
        for (filter, expected) in [
            ("otherMails/all(x:endsWith(x,'@home.example'))", vec!["bert", "Sam"]),
            ("otherMails/all(x:startsWith(x,'ANNA@'))", vec!["anna", "Sam"]),
            ("otherMails/all(x:x eq 'bert@home.example' or endsWith(x,'@partner.example'))", vec!["bert", "Sam"]),
            ("not otherMails/all(x:endsWith(x,'@home.example'))", vec!["anna"]),
            ("otherMails/any() and otherMails/all(x:endsWith(x,'@home.example'))", vec!["bert"]),
            ("otherMails/any(x:endsWith(x,'@home.example'))", vec!["anna", "bert"]),
            ("identities/all(i:i/issuer ne 'mail')", vec!["anna", "bert"]),
            ("identities/all(i:i/issuer eq 'mail' and i/signInType eq 'federated')", vec!["Sam"]),
        ] {
            let answer = get_eventual(&server, &caller, &path(filter)).await;
            assert_eq!(column(&answer, "displayName"), expected, "{filter}");
            assert_eq!(answer.json()["@odata.count"], expected.len(), "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn all_is_an_advanced_operator_with_a_limit() {
    on_both_engines(async |server| {
        let caller = people(&server).await;
        let all = "otherMails/all(x:x eq 'a')";
        let plain = get(&server, &caller, &format!("/v1.0/users?$filter={}", all.replace(' ', "%20"))).await;
        let (status, code, text) = refusal(&plain);
        assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"));
        assert!(text.contains("'all'"), "{text}");
        for (filter, named) in [
            ([all; 4].join(" and "), "'all'"),
            ("displayName/all(x:x eq 'a')".to_owned(), "displayName"),
            ("otherMails/all(x:x/colour eq 'a')".to_owned(), "colour"),
            ("otherMails/all(x:displayName eq 'a')".to_owned(), "displayName"),
            ("otherMails/all()".to_owned(), "$filter"),
        ] {
            let (status, _, text) = refusal(&get_eventual(&server, &caller, &path(&filter)).await);
            assert_eq!(status, 400, "{filter}");
            assert!(text.contains(named), "{filter}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn collections_are_empty_or_not() {
    on_both_engines(async |server| {
        let caller = people(&server).await;
        for (filter, expected) in [
            ("otherMails/$count eq 0", vec!["Sam"]),
            ("otherMails/$count ne 0", vec!["anna", "bert"]),
            ("otherMails/$count ge 1 and startsWith(displayName,'a')", vec!["anna"]),
            ("assignedLicenses/$count eq 0", vec!["anna", "bert", "Sam"]),
            ("assignedLicenses/$count ne 0", vec![]),
            ("assignedLicenses/any(l:l/skuId eq 00000000-0000-0000-0000-000000000001)", vec![]),
        ] {
            let answer = get_eventual(&server, &caller, &path(filter)).await;
            assert_eq!(column(&answer, "displayName"), expected, "{filter}");
            assert_eq!(answer.json()["@odata.count"], expected.len(), "{filter}");
        }
        for filter in ["otherMails/$count eq 2", "displayName/$count eq 0", "owners/$count eq 0"] {
            assert_eq!(refusal(&get_eventual(&server, &caller, &path(filter)).await).0, 400, "{filter}");
        }
        let plain = get(&server, &caller, "/v1.0/users?$filter=otherMails/$count%20eq%200").await;
        assert_eq!(refusal(&plain).1, "Request_UnsupportedQuery");
    })
    .await;
}
