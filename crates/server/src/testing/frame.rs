//! The frame itself: every statement prepares on both engines and names its tenant, both engines have one schema.

use super::on_both_engines;
use crate::tenants;

#[tokio::test]
async fn a_tenant_is_found_by_its_id_and_by_its_domain_in_any_spelling() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut tx = server.read().await.expect("a connection");
        for name in [tenant.id.to_string().as_str(), "contoso.example", "CONTOSO.example."] {
            let found = tenants::resolve(&mut tx, &server, name).await.expect("an answer").expect("the tenant");
            assert_eq!(found.id, tenant.id, "{name}");
        }
        assert!(tenants::resolve(&mut tx, &server, "fabrikam.example").await.expect("an answer").is_none());
    })
    .await;
}

#[tokio::test]
async fn an_unknown_host_is_refused() {
    on_both_engines(async |server| {
        let request = axum::http::Request::get("/").header("host", "evil.example");
        let answer = server.send(request.body(axum::body::Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, 421);
    })
    .await;
}
