//! Who may ask for apps and who answers, as a person decides it.

use super::HOSTILE;
use crate::audit::{self, ChangeFilter};
use crate::consent_requests::{self, ConsentRequest, Status};
use crate::graph::{Permission, Role};
use crate::platform::ids::{ConsentRequestId, ServicePrincipalId};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/portal/contoso.example/consent-requests";
const PAGE: &str = "/portal/contoso.example/consent-requests/policy";
const POLICY: &str = "/v1.0/policies/adminConsentRequestPolicy";

async fn stored(server: &TestServer, tenant: &Tenant) -> Value {
    let reader = server.application(tenant.id, &[Permission::PolicyReadAll]);
    server.api_as(&reader, Method::GET, POLICY, &Value::Null).await.json()
}

/// Whom the policy names, in its order.
fn queries(policy: &Value) -> Vec<String> {
    let reviewers = policy["reviewers"].as_array().expect("a list").iter();
    reviewers.map(|one| one["query"].as_str().expect("a query").to_owned()).collect()
}

/// Lets people ask, and these answer, by the API.
async fn decide(server: &TestServer, tenant: &Tenant, reviewers: &[String]) {
    let reviewers: Vec<Value> = reviewers.iter().map(|query| json!({ "query": query })).collect();
    let body = json!({
        "isEnabled": true, "notifyReviewers": true, "remindersEnabled": true, "requestDurationInDays": 3,
        "reviewers": reviewers,
    });
    let writer = server.application(tenant.id, &[Permission::PolicyReadWriteConsentRequest]);
    let answer = server.api_as(&writer, Method::PUT, POLICY, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// Makes a group; its query as a reviewer.
async fn group(server: &TestServer, tenant: &Tenant, name: &str) -> String {
    let ada = server.administrator(tenant).await;
    let nickname = server.entropy.random_uuid().simple().to_string();
    let body = json!({ "displayName": name, "mailNickname": nickname, "mailEnabled": false, "securityEnabled": true });
    let made = server.api_as(&ada, Method::POST, "/v1.0/groups", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("/groups/{}/transitiveMembers", made.json()["id"].as_str().expect("an id"))
}

fn query_of(user: &User) -> String {
    format!("/users/{}", user.id)
}

#[tokio::test]
async fn an_administrator_of_apps_decides_who_may_ask_and_names_who_answers() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::ApplicationAdministrator]).await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let approvers = group(&server, &tenant, "Approvers of apps").await;
        let browser = server.signed_in(&ada).await;
        let list = browser.get(LIST).await;
        assert!(list.text.contains(&format!("href=\"{PAGE}\"")), "{}", list.text);
        let page = browser.get(PAGE).await;
        assert!(page.text.contains("Nobody is named.") && page.text.contains("value=\"30\""), "{}", page.text);
        assert!(page.text.contains("PUT</b> /v1.0/policies/adminConsentRequestPolicy"), "{}", page.text);

        let named = "MIA@contoso.example\r\n approvers OF apps \r\n\r\nmia@contoso.example";
        let typed = [
            ("isEnabled", "yes"),
            ("requestDurationInDays", "7"),
            ("remindersEnabled", "yes"),
            ("added", named),
            ("role", "cloud-application-administrator"),
        ];
        let saved = browser.submit_to("/policy", &typed).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        for shown in ["mia@contoso.example", "Approvers of apps", "Cloud Application Administrator", "value=\"7\""] {
            assert!(saved.text.contains(shown), "{shown}: {}", saved.text);
        }
        let policy = stored(&server, &tenant).await;
        for (name, value) in [("isEnabled", true), ("notifyReviewers", false), ("remindersEnabled", true)] {
            assert_eq!(policy[name], value, "{name}");
        }
        assert_eq!(policy["requestDurationInDays"], 7);
        let role = Role::CloudApplicationAdministrator.id();
        let role = format!("/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{role}'");
        assert_eq!(queries(&policy), [role, query_of(&mia), approvers]);

        let kept = query_of(&mia);
        let fewer = [("isEnabled", "yes"), ("requestDurationInDays", "7"), ("reviewer", kept.as_str())];
        browser.submit_to("/policy", &fewer).await;
        assert_eq!(queries(&stored(&server, &tenant).await), [kept]);
        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { initiator: Some(ada.id.0), ..ChangeFilter::default() };
        let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 10).await.expect("the log");
        let told: Vec<_> = rows.iter().filter(|row| row.activity == "Update admin consent request policy").collect();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|row| row.changed_properties().iter().any(|[name, ..]| *name == "Reviewers")));
    })
    .await;
}

#[tokio::test]
async fn a_mistake_is_told_at_its_field_and_nothing_is_changed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        server.guest(&tenant, "sam@partner.example").await;
        let (foreign, theirs) = (server.member(&other, "eve", &[]).await, group(&server, &other, "Theirs").await);
        for _ in 0..2 {
            group(&server, &tenant, "Twins").await;
        }
        let foreign = query_of(&foreign);
        let many = "ada@contoso.example\n".repeat(51);
        let browser = server.signed_in(&ada).await;
        for (field, name, value, sentence) in [
            ("requestDurationInDays", "requestDurationInDays", "a while", "Write a whole number of days."),
            ("requestDurationInDays", "requestDurationInDays", "0", "between 1 and 60 days"),
            ("requestDurationInDays", "requestDurationInDays", "61", "between 1 and 60 days"),
            ("added", "added", "nobody@contoso.example", "Nobody here has the address nobody@contoso.example"),
            ("added", "added", "eve@fabrikam.example", "Nobody here has the address eve@fabrikam.example"),
            ("added", "added", "Theirs", "no group is called so"),
            ("added", "added", "Twins", "Several groups are called Twins."),
            ("added", "added", "sam@partner.example", "is a guest"),
            ("added", "added", many.as_str(), "At most 50 can answer."),
            ("role", "role", "emperor", "Choose one of the roles."),
            ("reviewers", "added", "", "Without any nobody would answer."),
            ("reviewers", "reviewer", "/me", "is none of"),
            ("reviewers", "reviewer", foreign.as_str(), "names no member and no group"),
            ("reviewers", "reviewer", theirs.as_str(), "names no member and no group"),
        ] {
            let fields = [("isEnabled", "yes"), ("requestDurationInDays", "30"), ("added", "ada@contoso.example")];
            let kept = fields.into_iter().filter(|(given, _)| *given != name);
            let sent: Vec<_> = kept.chain([(name, value)]).collect();
            browser.get(PAGE).await;
            let page = browser.submit_to("/policy", &sent).await;
            assert_eq!(page.status, 422, "{name}={value}: {}", page.text);
            assert!(page.text.contains("<title>Error: Who may ask"), "{name}={value}");
            assert!(page.text.contains(&format!("<a href=\"#{field}\">")), "{name}={value}: {}", page.text);
            assert!(page.text.contains(&format!("id=\"{field}\"")), "{name}={value}: {}", page.text);
            assert!(page.text.contains(sentence), "{name}={value}: {}", page.text);
            assert!(page.text.contains("value=\"yes\" checked"), "what was ticked stays: {}", page.text);
        }
        let policy = stored(&server, &tenant).await;
        assert_eq!((&policy["version"], &policy["isEnabled"]), (&json!(0), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn only_who_manages_apps_opens_the_page_and_reviewers_are_not_shown_the_way() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let reviewer = server.member(&tenant, "reviewer", &[]).await;
        decide(&server, &tenant, &[query_of(&reviewer)]).await;
        let before = stored(&server, &tenant).await;
        for (name, roles, list, page) in [
            ("a", &[][..], 403, 403),
            ("b", &[Role::UserAdministrator], 403, 403),
            ("c", &[Role::PrivilegedRoleAdministrator], 200, 403),
            ("d", &[Role::CloudApplicationAdministrator], 200, 200),
            ("e", &[Role::GlobalAdministrator], 200, 200),
        ] {
            let browser = server.signed_in(&server.member(&tenant, name, roles).await).await;
            let listed = browser.get(LIST).await;
            assert_eq!(listed.status, list, "{roles:?}");
            assert_eq!(listed.text.contains(PAGE), page == 200, "{roles:?}: {}", listed.text);
            assert_eq!(browser.get(PAGE).await.status, page, "{roles:?}");
        }
        let browser = server.signed_in(&reviewer).await;
        assert!(!browser.get(LIST).await.text.contains(PAGE));
        assert_eq!(browser.get(PAGE).await.status, 403);
        assert_eq!(stored(&server, &tenant).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_stayed_open_overwrites_nothing_and_says_what_was_typed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let late = server.signed_in(&ada).await;
        late.get(PAGE).await;
        decide(&server, &tenant, &[query_of(&ada)]).await;
        let before = stored(&server, &tenant).await;
        let typed = [("requestDurationInDays", "19"), ("added", "mia@contoso.example"), ("role", "reports-reader")];
        server.member(&tenant, "mia", &[]).await;
        for fields in [typed.to_vec(), [&typed[..], &[("seen", "")]].concat()] {
            let page = late.submit_to("/policy", &fields).await;
            assert_eq!(page.status, 409, "{}", page.text);
            assert!(page.text.contains("Somebody changed it after you opened the page."), "{}", page.text);
            let written = ["<bdi>19</bdi>", "<bdi>Reports Reader, mia@contoso.example</bdi>", "<bdi>no</bdi>"];
            assert!(written.iter().all(|text| page.text.contains(text)), "{}", page.text);
            assert!(page.text.contains("value=\"3\"") && page.text.contains("ada@contoso.example"), "{}", page.text);
            late.get(PAGE).await;
        }
        assert_eq!(stored(&server, &tenant).await, before);
    })
    .await;
}

#[tokio::test]
async fn who_was_removed_is_counted_and_taken_out_by_whoever_saves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let mia = server.member(&tenant, "mia", &[]).await;
        decide(&server, &tenant, &[query_of(&mia), query_of(&ada)]).await;
        let administrator = server.administrator(&tenant).await;
        let path = format!("/v1.0/users/{}", mia.id);
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &Value::Null).await.status, 204);
        let browser = server.signed_in(&ada).await;
        let page = browser.get(PAGE).await;
        assert!(page.text.contains("One who stood here was removed"), "{}", page.text);
        assert!(!page.text.contains(&mia.id.to_string()), "{}", page.text);
        let own = query_of(&ada);
        let fields = [("isEnabled", "yes"), ("requestDurationInDays", "3"), ("reviewer", own.as_str())];
        let saved = browser.submit_to("/policy", &fields).await;
        assert!(saved.text.contains("It was saved.") && !saved.text.contains("was removed"), "{}", saved.text);
        assert_eq!(queries(&stored(&server, &tenant).await), [own]);
    })
    .await;
}

#[tokio::test]
async fn names_and_what_is_typed_stay_text() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let hostile = group(&server, &tenant, HOSTILE).await;
        decide(&server, &tenant, &[hostile]).await;
        let browser = server.signed_in(&ada).await;
        let page = browser.get(PAGE).await;
        assert!(page.text.contains("alert(1)"), "the name is shown: {}", page.text);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
        let typed = format!("{HOSTILE}{HOSTILE}");
        for (name, value) in [
            ("added", typed.as_str()),
            ("role", HOSTILE),
            ("reviewer", HOSTILE),
            ("requestDurationInDays", HOSTILE),
            ("seen", HOSTILE),
        ] {
            browser.get(PAGE).await;
            let fields = [("isEnabled", "yes"), ("requestDurationInDays", "3"), ("added", "ada@contoso.example")];
            let kept = fields.into_iter().filter(|(given, _)| *given != name);
            let sent: Vec<_> = kept.chain([(name, value)]).collect();
            let refused = browser.submit_to("/policy", &sent).await;
            assert!([409, 422].contains(&refused.status.as_u16()), "{name}: {}", refused.status);
            assert!(!refused.text.contains("<script>alert"), "{name}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_says_what_becomes_of_requests_that_wait() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let administrator = server.administrator(&tenant).await;
        let app = json!({ "displayName": "Expenses" });
        let app = server.api_as(&administrator, Method::POST, "/v1.0/applications", &app).await.json();
        let made = json!({ "appId": app["appId"] });
        let made = server.api_as(&administrator, Method::POST, "/v1.0/servicePrincipals", &made).await.json();
        let app: ServicePrincipalId = made["id"].as_str().expect("an id").parse().expect("an id");
        let browser = server.signed_in(&ada).await;
        assert!(browser.get(PAGE).await.text.contains("No request waits."));
        for (name, sentence) in [
            ("mia", "1 request waits; each keeps its own end."),
            ("max", "2 requests wait; what waits can be answered without this, too."),
        ] {
            let user = server.member(&tenant, name, &[]).await;
            wait(&server, &user, app).await;
            let page = browser.get(PAGE).await;
            assert!(page.text.contains(sentence), "{}", page.text);
        }
    })
    .await;
}

/// Lets somebody wait for an app, past its page.
async fn wait(server: &TestServer, user: &User, app: ServicePrincipalId) {
    let now = server.clock.now();
    let request = ConsentRequest {
        tenant_id: user.tenant_id,
        id: ConsentRequestId(server.entropy.uuid(now)),
        client_id: app,
        resource_id: app,
        user_id: user.id,
        scope: "User.Read.All".to_owned(),
        reason: "For the audit".to_owned(),
        language: "en".to_owned(),
        status: Status::InProgress,
        verdict: None,
        created_at: now,
        remind_at: now.plus(Duration::from_hours(24)),
        expires_at: now.plus(Duration::from_hours(48)),
        told_at: None,
        reminded_at: None,
        completed_at: None,
    };
    let mut tx = server.write().await.expect("a transaction");
    assert!(consent_requests::insert(&mut tx, &request).await.expect("an answer"), "it is the first one");
    tx.commit().await.expect("a commit");
}
