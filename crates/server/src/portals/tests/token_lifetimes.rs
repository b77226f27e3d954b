//! Policies of how long tokens are good, as a person makes them.

use super::HOSTILE;
use crate::graph::{Permission, Role};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::token_lifetimes::definition_of;
use crate::token_lifetimes::tests::{POLICIES, made, manager};
use axum::http::Method;
use serde_json::{Value, json};

const LIST: &str = "/portal/contoso.example/settings/token-lifetimes";

/// The policies as programs see them.
async fn stored(server: &TestServer, tenant: &Tenant) -> Vec<Value> {
    let reader = server.application(tenant.id, &[Permission::PolicyReadAll]);
    let all = server.api_as(&reader, Method::GET, POLICIES, &Value::Null).await.json();
    all["value"].as_array().expect("a collection").clone()
}

#[tokio::test]
async fn a_policy_is_made_changed_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let settings = browser.get("/portal/contoso.example/settings").await;
        assert!(settings.text.contains(&format!("href=\"{LIST}\"")), "{}", settings.text);
        let empty = browser.get(LIST).await.text;
        assert!(empty.contains("No policy yet") && empty.contains("value=\"01:00:00\""), "{empty}");

        let new = [("displayName", "Short"), ("lifetime", "00:30:00"), ("description", "For the till")];
        let shown = browser.submit_to("/token-lifetimes", &new).await;
        assert!(shown.text.contains("The policy was made."), "{} {}", shown.status, shown.text);
        assert!(shown.text.contains("Tokens are good for 30 minutes by it. No app was given it."), "{}", shown.text);
        let policy = stored(&server, &tenant).await.remove(0);
        let page = format!("{LIST}/{}", policy["id"].as_str().expect("an id"));
        assert_eq!(browser.location(), format!("{page}?done=made"));
        assert_eq!(policy["definition"], json!([definition_of("00:30:00")]));
        assert_eq!((&policy["displayName"], &policy["description"]), (&json!("Short"), &json!("For the till")));
        assert_eq!(policy["isOrganizationDefault"], false);

        let changes = [("displayName", "Long"), ("lifetime", "1.00:00:00"), ("isOrganizationDefault", "yes")];
        let shown = browser.submit_to("/change", &changes).await;
        assert!(shown.text.contains("It was saved."), "{} {}", shown.status, shown.text);
        assert!(shown.text.contains("Tokens are good for 1 day by it."), "{}", shown.text);
        let policy = stored(&server, &tenant).await.remove(0);
        assert_eq!(policy["definition"], json!([definition_of("1.00:00:00")]));
        assert_eq!((&policy["displayName"], &policy["description"]), (&json!("Long"), &Value::Null));
        assert_eq!(policy["isOrganizationDefault"], true);
        let list = browser.get(LIST).await.text;
        assert!(list.contains("Wherever no other is given") && list.contains("1 day"), "{list}");
        assert!(list.contains(&format!("href=\"{page}\"")), "{list}");

        browser.get(&page).await;
        let gone = browser.submit_to("/remove", &[]).await;
        assert!(gone.text.contains("The policy was removed."), "{} {}", gone.status, gone.text);
        assert!(stored(&server, &tenant).await.is_empty());
        assert_eq!(browser.get(&page).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_said_at_its_field_and_stays_typed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        made(&server, tenant.id, "02:00:00", true).await;
        let one = format!("{LIST}/{}", made(&server, tenant.id, "03:00:00", false).await);
        let before = stored(&server, &tenant).await;
        let browser = server.signed_in(&ines).await;
        let long = "x".repeat(1025);
        for (field, value) in [
            ("displayName", ""),
            ("displayName", long.as_str()),
            ("lifetime", ""),
            ("lifetime", "2 hours"),
            ("lifetime", "00:09:59"),
            ("lifetime", "24:00:00"),
            ("lifetime", "1.00:00:01"),
            ("lifetime", HOSTILE),
            ("description", long.as_str()),
            ("isOrganizationDefault", "yes"),
        ] {
            let fields = [("displayName", "Another"), ("lifetime", "00:20:00"), ("description", "What for")];
            let kept = fields.into_iter().filter(|(given, _)| *given != field);
            let sent: Vec<_> = kept.chain([(field, value)]).collect();
            for (page, form) in [(LIST, "/token-lifetimes"), (one.as_str(), "/change")] {
                browser.get(page).await;
                let refused = browser.submit_to(form, &sent).await;
                assert_eq!(refused.status, 422, "{field}={value}: {}", refused.text);
                assert!(refused.text.contains("<title>Error: "), "{field}={value}");
                assert!(refused.text.contains(&format!("<a href=\"#{field}\">")), "{field}={value}: {}", refused.text);
                assert!(refused.text.contains(&format!("id=\"{field}\"")), "{field}={value}: {}", refused.text);
                assert!(!refused.text.contains("<script>alert"), "{field}={value}");
                if field != "displayName" {
                    assert!(refused.text.contains("value=\"Another\""), "{field}={value}: {}", refused.text);
                }
            }
        }
        assert_eq!(stored(&server, &tenant).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_somebody_changed_meanwhile_is_not_overwritten() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let page = format!("{LIST}/{}", made(&server, tenant.id, "02:00:00", false).await);
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        late.get(&page).await;
        early.get(&page).await;
        let first = early.submit_to("/change", &[("displayName", "First"), ("lifetime", "00:20:00")]).await;
        assert_eq!(first.status, 200, "{}", first.text);
        let typed = [("displayName", "Second"), ("lifetime", "00:40:00")];
        let refused = late.submit_to("/change", &typed).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        for shown in ["Second", "00:40:00", "value=\"First\"", "value=\"00:20:00\""] {
            assert!(refused.text.contains(shown), "{shown}: {}", refused.text);
        }
        late.get(&page).await;
        early.submit_to("/change", &[("displayName", "Third"), ("lifetime", "00:20:00")]).await;
        let refused = late.submit_to("/remove", &[]).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert_eq!(stored(&server, &tenant).await[0]["displayName"], "Third");
    })
    .await;
}

/// A definition may hold an id of its maker; whoever changes the name leaves it as it is.
#[tokio::test]
async fn a_definition_stays_as_it_was_written_unless_the_time_is_changed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let page = format!("{LIST}/{}", made(&server, tenant.id, "02:00:00", false).await);
        let path = page.replace(LIST, POLICIES);
        let definition = r#"{"TokenLifetimePolicy":{"ID":"own","Version":1,"AccessTokenLifetime":"0.2:00:00"}}"#;
        let body = json!({ "definition": [definition] });
        let set = server.api_as(&manager(&server, tenant.id), Method::PATCH, &path, &body).await;
        assert_eq!(set.status, 204, "{}", set.text);
        let browser = server.signed_in(&ines).await;
        for (name, lifetime, said) in [
            ("One", "02:00:00", definition.to_owned()),
            ("Two", "0.2:00:00", definition_of("0.2:00:00")),
            ("Three", "04:00:00", definition_of("04:00:00")),
        ] {
            browser.get(&page).await;
            let saved = browser.submit_to("/change", &[("displayName", name), ("lifetime", lifetime)]).await;
            assert_eq!(saved.status, 200, "{}", saved.text);
            assert_eq!(stored(&server, &tenant).await[0]["definition"], json!([said]), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn policies_are_for_those_who_manage_apps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let body = json!({ "displayName": HOSTILE, "definition": [definition_of("02:00:00")] });
        let new = server.api_as(&manager(&server, tenant.id), Method::POST, POLICIES, &body).await.json();
        let one = format!("{LIST}/{}", new["id"].as_str().expect("an id"));
        let back = |section: &str| format!("href=\"/portal/contoso.example/{section}\">←");
        for (name, roles, status, section) in [
            ("a", &[][..], 403, ""),
            ("b", &[Role::PrivilegedRoleAdministrator], 403, ""),
            ("c", &[Role::ApplicationAdministrator], 200, "apps"),
            ("d", &[Role::CloudApplicationAdministrator], 200, "apps"),
            ("e", &[Role::GlobalAdministrator], 200, "settings"),
        ] {
            let browser = server.signed_in(&server.member(&tenant, name, roles).await).await;
            for page in [LIST, one.as_str()] {
                let shown = browser.get(page).await;
                assert_eq!(shown.status, status, "{roles:?} {page}");
                assert!(!shown.text.contains("<script>alert"), "{roles:?} {page}: {}", shown.text);
            }
            let list = browser.get(LIST).await.text;
            assert!(section.is_empty() || list.contains(&back(section)), "{roles:?}: {list}");
        }
    })
    .await;
}
