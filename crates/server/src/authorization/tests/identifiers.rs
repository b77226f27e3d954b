//! Tokens for an app that is asked for by what belongs to its organisation.

use super::claims;
use super::flow::{Flow, text};
use super::foreign::{add, for_several, set_policies, stranger};
use super::foreign_resource::exposing;
use crate::applications::{Changes, SignInAudience};
use crate::graph::Permission;
use crate::tenants::{self, ConsentPolicy, Domain, Tenant};
use crate::testing::{Answer, App, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// Calls the app by these names, as its organisation does.
async fn call_it(server: &TestServer, app: &App, names: &[&str]) -> Answer {
    let owner = server.application(app.tenant, &[Permission::ApplicationReadWriteAll]);
    let path = format!("/v1.0/applications/{}", app.registered.application.id);
    server.api_as(&owner, Method::PATCH, &path, &json!({ "identifierUris": names })).await
}

/// Proves a domain of a tenant, past the name servers; it may have been another one's before.
async fn prove(server: &TestServer, tenant: &Tenant, name: &str, of_before: Option<&Tenant>) {
    let mut tx = server.write().await.expect("a transaction");
    if let Some(before) = of_before {
        assert!(tenants::store::delete_domain(&mut tx, before.id, name).await.expect("an answer"), "it was theirs");
    }
    let domain = Domain::parse(name).expect("a domain");
    tenants::store::insert_domain(&mut tx, tenant.id, &domain, false, server.clock.now()).await.expect("a domain");
    tx.commit().await.expect("a commit");
}

/// An app with a scope of its own for one organisation.
fn at_home(server: &TestServer) -> Changes {
    Changes { sign_in_audience: Some(SignInAudience::MyOrganization), ..exposing(server) }
}

#[tokio::test]
async fn an_app_is_asked_for_by_a_domain_or_the_tenant_it_belongs_to() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        let orders = server.app(&flow.tenant, "Orders", at_home(&server)).await;
        let of_tenant = format!("api://{}/orders", flow.tenant.id);
        let of_client = format!("api://{}/orders", orders.client_id);
        let names =
            ["https://contoso.example/orders", "api://contoso.example/orders", of_tenant.as_str(), of_client.as_str()];
        let called = call_it(&server, &orders, &names).await;
        assert_eq!(called.status, 204, "{}", called.text);
        for name in names {
            let scope = format!("openid {name}/Harvest");
            let mut arrived = flow.ask(&[("scope", &scope), ("prompt", "none")]).await;
            if arrived.get("error").is_some_and(|error| error == "consent_required") {
                flow.browser.get(&flow.address(&[("scope", &scope)])).await;
                flow.browser.submit(&[("answer", "accept")]).await;
                arrived = flow.arrived();
            }
            let tokens = flow.redeem(&arrived["code"].clone(), &[]).await.json();
            let says = claims(text(&tokens, "access_token"));
            assert_eq!((&says["aud"], &says["scp"]), (&json!(name), &json!("Harvest")));
            let fields = [
                ("client_id", orders.client_id.as_str()),
                ("client_secret", orders.secret.as_str()),
                ("token", text(&tokens, "access_token")),
            ];
            let path = format!("/{}/oauth2/v2.0/introspect", flow.tenant.id);
            let told = server.post_form(&path, &fields, None).await.json();
            assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("Harvest")), "{name}: {told}");
        }
        for wrong in ["https://contoso.example/order", "https://Contoso.example/orders", "api://other.example/orders"] {
            let arrived = flow.ask(&[("scope", &format!("openid {wrong}/Harvest"))]).await;
            assert_eq!(arrived["error"], "invalid_resource", "{wrong}: {arrived:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_called_by_what_belongs_to_somebody_else() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let first = server.app(&contoso, "First", for_several()).await;
        let second = server.app(&contoso, "Second", at_home(&server)).await;
        let (foreign, other) = (format!("api://{}/x", fabrikam.id), format!("api://{}/x", first.client_id));
        let long = format!("https://contoso.example/{}", "x".repeat(256));
        for name in [
            "https://fabrikam.example/x",
            "https://sub.contoso.example/x",
            "https://graph.microsoft.com/x",
            "https://contoso.example",
            "https://contoso.example/",
            "https://contoso.example/x/",
            "https://contoso.example@fabrikam.example/x",
            "http://contoso.example/x",
            "api://x",
            foreign.as_str(),
            other.as_str(),
            long.as_str(),
        ] {
            let refused = call_it(&server, &second, &[name]).await;
            assert_eq!(refused.status, 400, "{name}: {}", refused.text);
            assert!(refused.text.contains("identifierUris"), "{name}: {}", refused.text);
        }
        let name = "https://contoso.example/x";
        assert_eq!(call_it(&server, &first, &[name]).await.status, 204);
        let taken = call_it(&server, &second, &[name]).await;
        assert_eq!(taken.status, 400, "{}", taken.text);
        let owner = server.application(contoso.id, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", first.registered.application.id);
        assert_eq!(server.api_as(&owner, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(call_it(&server, &second, &[name]).await.status, 400, "it can come back");
    })
    .await;
}

#[tokio::test]
async fn an_app_of_another_organisation_is_asked_for_by_its_domain_as_long_as_that_is_theirs() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, exposing(&server)).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        prove(&server, &home, "harvest.example", None).await;
        let name = "https://harvest.example/api";
        assert_eq!(call_it(&server, &flow.app, &[name]).await.status, 204);
        let scope = format!("openid {name}/Harvest");
        // Another app finds it once it stands here, and not before.
        let expenses = server.app(&flow.tenant, "Expenses", super::flow::web()).await;
        let of_expenses = [("client_id", expenses.client_id.as_str()), ("scope", scope.as_str())];
        assert_eq!(flow.ask(&of_expenses).await["error"], "invalid_resource");
        add(&server, &flow.tenant, &flow.app).await;
        flow.browser.get(&flow.address(&of_expenses)).await;
        assert!(flow.browser.page().contains("Bring the harvest in"), "{}", flow.browser.page());
        flow.browser.get(&flow.address(&[("scope", &scope)])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        let tokens = flow.redeem(&flow.arrived()["code"].clone(), &[]).await.json();
        assert_eq!(claims(text(&tokens, "access_token"))["aud"], name);

        prove(&server, &flow.tenant, "harvest.example", Some(&home)).await;
        let silent = flow.ask(&[("scope", &scope), ("prompt", "none")]).await;
        assert_eq!(silent["error"], "invalid_resource", "with the domain the name is gone");
        let fields = [
            ("client_id", flow.app.client_id.as_str()),
            ("client_secret", flow.app.secret.as_str()),
            ("token", text(&tokens, "access_token")),
        ];
        let path = format!("/{}/oauth2/v2.0/introspect", flow.tenant.id);
        assert_eq!(server.post_form(&path, &fields, None).await.json()["active"], false);
        assert_eq!(call_it(&server, &expenses, &[name]).await.status, 204, "it is this organisation's now");
        assert_eq!(call_it(&server, &flow.app, &[]).await.status, 204);
        assert_eq!(call_it(&server, &flow.app, &[name]).await.status, 400, "and not theirs any more");
    })
    .await;
}
