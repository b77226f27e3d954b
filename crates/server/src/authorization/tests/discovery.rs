use crate::testing::{ADDRESS, on_both_engines};
use axum::body::Body;
use axum::http::{Request, StatusCode};

#[tokio::test]
async fn a_tenant_is_found_by_id_and_domain_and_is_its_own_issuer() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for name in [tenant.id.to_string(), "contoso.example".to_owned()] {
            let answer = server.get(&format!("/{name}/v2.0/.well-known/openid-configuration")).await;
            assert_eq!(answer.status, StatusCode::OK);
            let document = answer.json();
            assert_eq!(document["issuer"], format!("{ADDRESS}/{}/v2.0", tenant.id));
            assert_eq!(document["token_endpoint"], format!("{ADDRESS}/{}/oauth2/v2.0/token", tenant.id));
        }
        let alias = server.get("/organizations/v2.0/.well-known/openid-configuration").await.json();
        assert_eq!(alias["issuer"], format!("{ADDRESS}/{{tenantid}}/v2.0"));
        let instance = server.get("/common/discovery/instance?api-version=1.1").await.json();
        assert_eq!(instance["metadata"][0]["aliases"][0], "localhost:8080");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_tenant_is_refused_by_number() {
    on_both_engines(async |server| {
        for path in ["/fabrikam.example/v2.0/.well-known/openid-configuration", "/fabrikam.example/discovery/v2.0/keys"]
        {
            let answer = server.get(path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(answer.json()["error_codes"][0], 90002);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    })
    .await;
}

#[tokio::test]
async fn a5_keys_are_each_tenants_own() {
    on_both_engines(async |server| {
        let mut names = Vec::new();
        for (name, domain) in [("Contoso", "contoso.example"), ("Fabrikam", "fabrikam.example")] {
            server.tenant(name, domain).await;
            let answer = server.get(&format!("/{domain}/discovery/v2.0/keys")).await;
            let keys = answer.json()["keys"].as_array().expect("keys").clone();
            let mut algorithms: Vec<&str> = keys.iter().filter_map(|key| key["alg"].as_str()).collect();
            algorithms.sort_unstable();
            assert_eq!(algorithms, ["ES256", "RS256"]);
            assert!(!answer.text.contains("\"d\""), "a private member is published");
            names.extend(keys.iter().map(|key| key["kid"].to_string()));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 4);
        assert_eq!(server.get("/common/discovery/v2.0/keys").await.json()["keys"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn a14_a_foreign_origin_reads_nothing() {
    on_both_engines(async |server| {
        server.tenant("Contoso", "contoso.example").await;
        for origin in ["https://evil.example", "null"] {
            for (method, tenant) in [("GET", "contoso.example"), ("OPTIONS", "contoso.example"), ("OPTIONS", "common")]
            {
                let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
                let request = Request::builder().method(method).uri(path).header("origin", origin);
                let answer = server.send(request.body(Body::empty()).expect("a request")).await;
                assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
                assert_eq!(answer.header("access-control-allow-credentials"), "");
            }
        }
    })
    .await;
}
