//! What a policy is given to.

use super::{POLICIES, give, ids, made};
use crate::applications::Changes;
use crate::graph::{Permission, Role};
use crate::testing::{ADDRESS, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn registrations_and_service_principals_are_listed_page_by_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let (mut registrations, mut principals) = (Vec::new(), Vec::new());
        for name in ["Expenses", "Travel"] {
            let app = server.app(&tenant, name, Changes::default()).await.registered;
            registrations.push(app.application.id.to_string());
            principals.push(app.service_principal.id.to_string());
        }
        registrations.sort();
        principals.sort();
        let all = [registrations, principals].concat();
        for (at, id) in all.iter().enumerate() {
            let set = if at < 2 { "applications" } else { "servicePrincipals" };
            give(&server, tenant.id, &format!("{set}/{id}"), &policy).await;
        }
        let other = made(&server, tenant.id, "02:00:00", false).await;
        let caller = server.application(tenant.id, &[Permission::PolicyReadAll, Permission::ApplicationReadAll]);
        let eventual = [("consistencylevel", "eventual")];
        let get = async |path: &str| server.api_with(&caller, Method::GET, path, &eventual, &Value::Null).await;
        assert!(ids(&get(&format!("{POLICIES}/{other}/appliesTo")).await).is_empty());
        let path = format!("{POLICIES}/{policy}/appliesTo");
        let whole = get(&format!("{path}?$count=true")).await;
        assert_eq!(ids(&whole), all);
        assert_eq!(whole.json()["@odata.count"], 4);
        let kinds: Vec<_> = (0..4).map(|at| whole.json()["value"][at]["@odata.type"].clone()).collect();
        let [app, principal] =
            ["application", "servicePrincipal"].map(|kind| json!(format!("#microsoft.graph.{kind}")));
        assert_eq!(kinds, [app.clone(), app, principal.clone(), principal]);
        let (mut paged, mut next) = (Vec::new(), Some(format!("{path}?$top=1&$select=id,appId")));
        while let Some(link) = next {
            let page = get(link.strip_prefix(ADDRESS).unwrap_or(&link)).await;
            assert!(page.json()["value"][0]["appId"].is_string(), "{}", page.text);
            assert!(page.json()["value"][0].get("displayName").is_none(), "{}", page.text);
            paged.extend(ids(&page));
            next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(paged, all);
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_is_not_listed_until_it_comes_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await.registered;
        let [registration, principal] = [app.application.id.to_string(), app.service_principal.id.to_string()];
        let call = async |method: Method, path: &str| server.api_as(&admin, method, path, &Value::Null).await;
        for (set, id) in [("applications", &registration), ("servicePrincipals", &principal)] {
            give(&server, tenant.id, &format!("{set}/{id}"), &policy).await;
        }
        let path = format!("{POLICIES}/{policy}/appliesTo");
        let both = [registration.clone(), principal.clone()];
        for (gone, left) in [
            (format!("servicePrincipals/{principal}"), &both[..1]),
            // The service principal is not there without its registration.
            (format!("applications/{registration}"), &both[..0]),
        ] {
            assert_eq!(ids(&call(Method::GET, &path).await), both);
            assert_eq!(call(Method::DELETE, &format!("/v1.0/{gone}")).await.status, 204);
            assert_eq!(ids(&call(Method::GET, &path).await), left);
            let id = gone.rsplit('/').next().expect("an id");
            let back = call(Method::POST, &format!("/v1.0/directory/deletedItems/{id}/restore")).await;
            assert_eq!(back.status, 200, "{}", back.text);
        }
        assert_eq!(ids(&call(Method::GET, &path).await), both);
    })
    .await;
}

#[tokio::test]
async fn people_need_a_role_to_see_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let path = format!("{POLICIES}/{policy}/appliesTo");
        for (roles, status) in [(Vec::new(), 403), (vec![Role::GuestInviter], 200)] {
            let answer = server.api_as(&person(&mia, roles), Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
    })
    .await;
}
