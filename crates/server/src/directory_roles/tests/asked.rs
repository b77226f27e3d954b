//! Options at the holders of a role, which are those of every collection.

use super::{get, holder, members};
use crate::graph::Role;
use crate::testing::{ADDRESS, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn holders_are_asked_like_any_collection() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        for name in ["dora", "bert", "carl"] {
            holder(&server, &tenant, name, &[Role::GuestInviter]).await;
        }
        let path = members(Role::GuestInviter);
        let eventual = [("consistencylevel", "eventual")];
        let ask = async |path: String| server.api_with(&ada, Method::GET, &path, &eventual, &Value::Null).await;
        let names = |body: &Value| -> Vec<String> {
            let items = body["value"].as_array().expect("a collection").iter();
            items.map(|item| item["displayName"].as_str().unwrap_or_default().to_owned()).collect()
        };
        for path in [path.clone(), format!("{path}/microsoft.graph.user")] {
            let first = ask(format!("{path}?$top=2&$count=true&$orderby=displayName%20desc")).await.json();
            assert_eq!(
                (names(&first), &first["@odata.count"]),
                (vec!["dora".to_owned(), "carl".to_owned()], &json!(3))
            );
            let next = first["@odata.nextLink"].as_str().expect("a link");
            let rest = ask(next.strip_prefix(ADDRESS).expect("our own address").to_owned()).await.json();
            assert_eq!(names(&rest), ["bert"]);
            let found = ask(format!("{path}?$filter=startsWith(displayName,'ca')&$select=displayName")).await.json();
            assert_eq!(names(&found), ["carl"]);
            let unknown = get(&server, &ada, &format!("{path}?$filter=nothing%20eq%20'x'")).await;
            assert_eq!((unknown.status.as_u16(), &unknown.json()["error"]["target"]), (400, &json!("nothing")));
        }
        let addresses = ask(format!("{path}/$ref?$top=1&$count=true")).await.json();
        assert_eq!((addresses["value"].as_array().map(Vec::len), &addresses["@odata.count"]), (Some(1), &json!(3)));
        let programs = ask(format!("{path}/microsoft.graph.servicePrincipal?$count=true")).await.json();
        assert_eq!((&programs["value"], &programs["@odata.count"]), (&json!([]), &json!(0)));
    })
    .await;
}
