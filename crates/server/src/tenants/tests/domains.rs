//! Domains: named, proved by the DNS, given up.

use super::get;
use crate::graph::{Caller, Permission};
use crate::testing::name_server::publish;
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const DOMAINS: &str = "/v1.0/domains";

async fn post(server: &TestServer, caller: &Caller, path: &str, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, path, body).await
}

async fn add(server: &TestServer, caller: &Caller, name: &str) -> Answer {
    post(server, caller, DOMAINS, &json!({ "id": name })).await
}

async fn verify(server: &TestServer, caller: &Caller, name: &str) -> Answer {
    post(server, caller, &format!("{DOMAINS}/{name}/verify"), &Value::Null).await
}

async fn remove(server: &TestServer, caller: &Caller, name: &str) -> u16 {
    server.api_as(caller, Method::DELETE, &format!("{DOMAINS}/{name}"), &Value::Null).await.status.as_u16()
}

/// The text that the DNS is to hold.
async fn proof(server: &TestServer, caller: &Caller, name: &str) -> String {
    let records = get(server, caller, &format!("{DOMAINS}/{name}/verificationDnsRecords")).await.json();
    let record = &records["value"][0];
    assert_eq!((&record["label"], &record["recordType"]), (&json!(name), &json!("Txt")));
    record["text"].as_str().expect("a text").to_owned()
}

/// A name that no other test and no other engine publishes anything under.
fn fresh(server: &TestServer) -> String {
    format!("d{}.example", server.entropy.random_uuid().simple())
}

#[tokio::test]
async fn a_domain_is_proved_by_a_text_in_its_dns_and_leads_to_its_tenant() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let name = fresh(&server);
        let made = add(&server, &ada, &name.to_uppercase()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((&made.json()["id"], &made.json()["isVerified"]), (&json!(name), &json!(false)));
        let organization = async || get(&server, &ada, "/v1.0/organization").await.json()["value"][0].clone();
        assert_eq!(organization().await["verifiedDomains"].as_array().map(Vec::len), Some(1));
        let path = format!("/{name}/v2.0/.well-known/openid-configuration");
        assert_eq!(server.get(&path).await.status, 400, "it leads nowhere yet");

        let unknown = verify(&server, &ada, &name).await;
        assert_eq!(unknown.status, 400);
        assert!(unknown.text.contains("the DNS knows no"), "{}", unknown.text);
        publish(&name, "v=spf1 -all");
        publish(&name, "vestibule-domain-verification=of-somebody-else");
        let other = verify(&server, &ada, &name).await;
        assert!(other.text.contains("has 2 TXT records"), "{}", other.text);
        publish(&name, &proof(&server, &ada, &name).await);
        let proved = verify(&server, &ada, &name).await;
        assert_eq!(proved.status, 200, "{}", proved.text);
        assert_eq!(proved.json()["isVerified"], true);
        assert_eq!(verify(&server, &ada, &name).await.status, 400, "it is proved");
        assert_eq!(organization().await["verifiedDomains"].as_array().map(Vec::len), Some(2));
        assert_eq!(server.get(&path).await.status, 200);
        let found = get(&server, &ada, &format!("{DOMAINS}?$filter=isInitial%20eq%20false")).await.json();
        assert_eq!(found["value"][0]["id"], name);

        assert_eq!(remove(&server, &ada, &name).await, 204);
        assert_eq!(remove(&server, &ada, &name).await, 404);
        assert_eq!(remove(&server, &ada, "contoso.example").await, 400, "the initial domain stays");
        assert_eq!(server.get(&path).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn t6_a_domain_belongs_to_the_tenant_whose_own_text_its_dns_holds() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let (ada, eve) = (server.administrator(&contoso).await, server.administrator(&fabrikam).await);
        assert_eq!(add(&server, &eve, "contoso.example").await.status, 409);
        assert_eq!(add(&server, &ada, "contoso.example").await.status, 409);
        let name = fresh(&server);
        for caller in [&ada, &eve] {
            assert_eq!(add(&server, caller, &name).await.status, 201);
            assert_eq!(add(&server, caller, &name).await.status, 409);
        }
        let (hers, theirs) = (proof(&server, &ada, &name).await, proof(&server, &eve, &name).await);
        assert_ne!(hers, theirs);
        publish(&name, &hers);
        assert_eq!(verify(&server, &eve, &name).await.status, 400, "the text is another tenant's");
        assert_eq!(verify(&server, &ada, &name).await.status, 200);
        publish(&name, &theirs);
        assert_eq!(verify(&server, &eve, &name).await.status, 409, "it is taken");
        // Whoever may read domains does not learn how one is proved, and binds none.
        let reader = server.application(contoso.id, &[Permission::DomainReadAll]);
        assert_eq!(get(&server, &reader, DOMAINS).await.status, 200);
        assert_eq!(add(&server, &reader, &fresh(&server)).await.status, 403);
        let member = crate::testing::person(&server.member(&contoso, "bob", &[]).await, Vec::new());
        let records = format!("{DOMAINS}/{name}/verificationDnsRecords");
        assert_eq!(get(&server, &member, &records).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_names_of_users_end_in_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let name = fresh(&server);
        assert_eq!(add(&server, &ada, &name).await.status, 201);
        publish(&name, &proof(&server, &ada, &name).await);
        assert_eq!(verify(&server, &ada, &name).await.status, 200);
        let moved = crate::tenants::Tenant { initial_domain: name.clone(), ..tenant.clone() };
        server.member(&moved, "bob", &[]).await;
        assert_eq!(remove(&server, &ada, &name).await, 400);
        for bad in ["", "x", "no domain", "a..example", "https://contoso.example"] {
            assert_eq!(add(&server, &ada, bad).await.status, 400, "{bad}");
        }
    })
    .await;
}
