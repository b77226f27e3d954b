//! Domains: named, proved by the DNS, given up.

use super::get;
use crate::graph::{Actor, Caller, Permission};
use crate::tenants::domains::{self, DomainError};
use crate::tenants::given_up;
use crate::testing::name_server::publish;
use crate::testing::{Answer, TestServer, on_both_engines, person, told};
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

/// Names a domain and proves it.
async fn prove(server: &TestServer, caller: &Caller) -> String {
    let name = fresh(server);
    assert_eq!(add(server, caller, &name).await.status, 201);
    publish(&name, &proof(server, caller, &name).await);
    assert_eq!(verify(server, caller, &name).await.status, 200);
    name
}

/// Security check T6: what was given up is taken back by the tenant that had it, for an hour, unless another one proved it.
#[tokio::test]
async fn t6_a_domain_that_was_given_up_is_taken_back_by_who_had_it_and_not_from_somebody_else() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let (ada, eve) = (server.administrator(&contoso).await, server.administrator(&fabrikam).await);
        let name = prove(&server, &ada).await;
        let give_up = async || {
            let gone = domains::remove(&server, &ada, &name, None).await.expect("it is given up");
            given_up::receipt(&server, &ada, &gone).await.expect("a receipt")
        };
        let is_known =
            async || server.get(&format!("/{name}/v2.0/.well-known/openid-configuration")).await.status == 200;
        let receipt = give_up().await;
        assert!(!is_known().await);
        let foreign = given_up::take_back(&server, &eve, &receipt).await;
        assert!(matches!(foreign, Err(DomainError::TooLate)), "{foreign:?}");
        let bob = person(&server.member(&contoso, "bob", &[]).await, Vec::new());
        let denied = given_up::take_back(&server, &bob, &receipt).await;
        assert!(matches!(denied, Err(DomainError::NotAllowed)), "{denied:?}");
        // Named anew, it is proved again, and waits no more.
        assert_eq!(add(&server, &ada, &name).await.status, 201);
        given_up::take_back(&server, &ada, &receipt).await.expect("it is taken back");
        assert!(is_known().await);
        let listed = domains::list(&server, &ada).await.expect("the domains");
        assert_eq!(listed.iter().filter(|domain| domain.name == name && domain.proof.is_none()).count(), 1);
        assert_eq!(listed.len(), 2, "{listed:?}");
        let twice = given_up::take_back(&server, &ada, &receipt).await;
        assert!(matches!(twice, Err(DomainError::Exists)), "{twice:?}");
        let told = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Add%20verified%20domain'";
        let told = get(&server, &ada, told).await.text;
        assert_eq!(told.matches("\"TakenBack\"").count(), 1, "{told}");

        // Whoever gives it up once more means that: the receipt of before is good for nothing.
        let before = receipt;
        let receipt = give_up().await;
        let replayed = given_up::take_back(&server, &ada, &before).await;
        assert!(matches!(replayed, Err(DomainError::TooLate)), "{replayed:?}");
        server.clock.advance(given_up::LIFETIME);
        let late = given_up::take_back(&server, &ada, &receipt).await;
        assert!(matches!(late, Err(DomainError::TooLate)), "{late:?}");
        assert_eq!(add(&server, &ada, &name).await.status, 201);
        publish(&name, &proof(&server, &ada, &name).await);
        assert_eq!(verify(&server, &ada, &name).await.status, 200);
        let receipt = give_up().await;
        assert_eq!(add(&server, &eve, &name).await.status, 201);
        publish(&name, &proof(&server, &eve, &name).await);
        assert_eq!(verify(&server, &eve, &name).await.status, 200);
        let taken = given_up::take_back(&server, &ada, &receipt).await;
        assert!(matches!(taken, Err(DomainError::Taken)), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn one_domain_is_the_default_and_stays_as_long_as_it_is() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let patch = async |name: &str, body: Value| {
            server.api_as(&ada, Method::PATCH, &format!("{DOMAINS}/{name}"), &body).await
        };
        let unproved = fresh(&server);
        assert_eq!(add(&server, &ada, &unproved).await.status, 201);
        assert_eq!(patch(&unproved, json!({ "isDefault": true })).await.status, 400, "it is not proved");
        let name = prove(&server, &ada).await;
        assert_eq!(patch(&name, json!({ "isDefault": true, "supportedServices": ["Email"] })).await.status, 204);
        let defaults = get(&server, &ada, &format!("{DOMAINS}?$filter=isDefault%20eq%20true&$select=id")).await.json();
        assert_eq!(defaults["value"], json!([{ "id": name }]));
        let organization = get(&server, &ada, "/v1.0/organization").await.json();
        let shown: Vec<_> = organization["value"][0]["verifiedDomains"].as_array().expect("domains").clone();
        let of = |wanted: &str| shown.iter().find(|domain| domain["name"] == wanted).cloned().expect("the domain");
        assert_eq!((&of(&name)["isDefault"], &of(&name)["isInitial"]), (&json!(true), &json!(false)));
        let first = of("contoso.example");
        assert_eq!((&first["isDefault"], &first["isInitial"]), (&json!(false), &json!(true)));

        assert_eq!(remove(&server, &ada, &name).await, 400, "the default stays");
        for (target, body) in [
            ("isDefault", json!({ "isDefault": false })),
            ("isDefault", json!({ "isDefault": null })),
            ("supportedServices", json!({ "supportedServices": ["Email", "Intune"] })),
            ("isVerified", json!({ "isVerified": false })),
        ] {
            let refused = patch(&name, body).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)));
        }
        assert_eq!(patch("contoso.example", json!({ "isDefault": true })).await.status, 204);
        assert_eq!(patch(&name, json!({ "isDefault": false })).await.status, 204, "it is not any more");
        assert_eq!(remove(&server, &ada, &name).await, 204);
        let reader = server.application(tenant.id, &[Permission::DomainReadAll]);
        let path = format!("{DOMAINS}/contoso.example");
        assert_eq!(server.api_as(&reader, Method::PATCH, &path, &json!({ "isDefault": true })).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn guests_are_shown_the_default_domain() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let name = prove(&server, &ada).await;
        let path = format!("{DOMAINS}/{name}");
        assert_eq!(server.api_as(&ada, Method::PATCH, &path, &json!({ "isDefault": true })).await.status, 204);
        let invitation = json!({
            "invitedUserEmailAddress": "gus@fabrikam.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        assert_eq!(post(&server, &ada, "/v1.0/invitations", &invitation).await.status, 201);
        server.run_due_jobs().await;
        let mails = server.mailbox();
        assert!(mails.iter().any(|mail| mail.text.contains(&name)), "the mail names the default domain");
    })
    .await;
}

#[tokio::test]
async fn what_depends_on_a_domain_is_listed_by_the_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let name = prove(&server, &ada).await;
        let references = format!("{DOMAINS}/{name}/domainNameReferences");
        let none = get(&server, &ada, &references).await;
        assert_eq!((none.status.as_u16(), &none.json()["value"]), (200, &json!([])), "{}", none.text);
        let moved = crate::tenants::Tenant { initial_domain: name.clone(), ..tenant.clone() };
        let bob = server.member(&moved, "bob", &[]).await;
        let sam = server.guest(&tenant, &format!("sam@{name}")).await;
        server.guest(&tenant, &format!("eve@not-{name}")).await;
        let mut ids = Vec::new();
        let mut next = Some(format!("{references}?$top=1&$select=id,mail"));
        while let Some(path) = next {
            let page = get(&server, &ada, &path).await.json();
            let objects = page["value"].as_array().expect("objects");
            assert!(objects.iter().all(|object| object["@odata.type"] == "#microsoft.graph.user"), "{page}");
            ids.extend(objects.iter().map(|object| object["id"].clone()));
            let link = page["@odata.nextLink"].as_str().map(str::to_owned);
            next = link.map(|link| link.trim_start_matches("http://localhost:8080").to_owned());
        }
        let mut wanted = [bob.id, sam.id];
        wanted.sort_unstable_by_key(|id| id.0);
        assert_eq!(ids, wanted.map(|id| json!(id)));
        // Guests are named after the first domain, whatever their address.
        let path = format!("{DOMAINS}/contoso.example/domainNameReferences");
        let all = get(&server, &ada, &path).await.json();
        let all: Vec<_> = all["value"].as_array().expect("objects").iter().map(|one| one["id"].clone()).collect();
        assert!(all.contains(&json!(sam.id)) && !all.contains(&json!(bob.id)), "{all:?}");
        // Who may read domains and nobody's names sees that there is somebody.
        let reader = server.application(tenant.id, &[Permission::DomainReadAll]);
        let hidden = get(&server, &reader, &references).await.json();
        assert_eq!(told(&hidden["value"][0]), ["@odata.type", "id"], "{hidden}");
        let mut member = person(&bob, Vec::new());
        assert_eq!(get(&server, &member, &references).await.status, 200);
        if let Actor::User(person) = &mut member.actor {
            person.defaults.reads_others = false;
        }
        assert_eq!(get(&server, &member, &format!("{DOMAINS}/{name}")).await.status, 200);
        assert_eq!(get(&server, &member, &references).await.status, 403, "t2: who reads nobody else counts nobody");
        let filtered = get(&server, &ada, &format!("{references}?$filter=displayName%20eq%20'bob'")).await;
        assert_eq!(filtered.status, 400, "{}", filtered.text);
        assert_eq!(get(&server, &ada, &format!("{DOMAINS}/other.example/domainNameReferences")).await.status, 404);
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
