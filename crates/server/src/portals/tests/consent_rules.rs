//! Rules of an organisation about what people let apps do, as a person makes them.

use super::HOSTILE;
use crate::audit::{self, ChangeFilter};
use crate::graph::{Permission, Role};
use crate::tenants::Tenant;
use crate::testing::{Answer, Browser, TestServer, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

const LIST: &str = "/portal/contoso.example/consent-rules";
const RULE: &str = "/portal/contoso.example/consent-rules/our-own";
const POLICIES: &str = "/v1.0/policies/permissionGrantPolicies";
const DIRECTORY: &str = "00000003-0000-0000-c000-000000000000";

async fn read(server: &TestServer, tenant: &Tenant, path: &str) -> Answer {
    let reader = server.application(tenant.id, &[Permission::PolicyReadAll]);
    server.api_as(&reader, Method::GET, path, &Value::Null).await
}

/// The rule as programs see it.
async fn stored(server: &TestServer, tenant: &Tenant) -> Value {
    read(server, tenant, &format!("{POLICIES}/our-own")).await.json()
}

/// What holds for people.
async fn holding(server: &TestServer, tenant: &Tenant) -> Value {
    let policy = read(server, tenant, "/v1.0/policies/authorizationPolicy").await.json();
    policy["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"].clone()
}

/// Makes a rule by the API.
async fn make(server: &TestServer, tenant: &Tenant, name: &str) {
    let ada = server.administrator(tenant).await;
    let body = json!({ "id": "our-own", "displayName": name });
    let made = server.api_as(&ada, Method::POST, POLICIES, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

/// Makes an app; its client id.
async fn app(server: &TestServer, tenant: &Tenant, name: &str) -> String {
    let ada = server.administrator(tenant).await;
    let app = server.api_as(&ada, Method::POST, "/v1.0/applications", &json!({ "displayName": name })).await.json();
    let made = json!({ "appId": app["appId"] });
    let made = server.api_as(&ada, Method::POST, "/v1.0/servicePrincipals", &made).await;
    assert_eq!(made.status, 201, "{}", made.text);
    app["appId"].as_str().expect("an id").to_owned()
}

/// Sends a form that the page does not show, with the value of the page.
async fn forge(browser: &Browser<'_>, path: &str, fields: &str) -> Answer {
    let page = browser.page();
    let value = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a form");
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(format!("csrf={value}&{fields}"))).expect("a request")).await
}

#[tokio::test]
async fn a_rule_is_made_filled_let_hold_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let client = app(&server, &tenant, "Expenses").await;
        let browser = server.signed_in(&petra).await;
        let way = browser.get("/portal/contoso.example/consent-requests").await;
        assert!(way.text.contains(&format!("href=\"{LIST}\"")), "{}", way.text);
        assert!(browser.get(LIST).await.text.contains("No rule of your own"));
        let new = [("displayName", "Our own"), ("id", "Our-Own"), ("description", "What readers need")];
        let made = browser.submit_to("/consent-rules", &new).await;
        assert!(made.text.contains("The rule was made."), "{} {}", made.status, made.text);
        assert_eq!(browser.location(), format!("{RULE}?done=made"));

        let conditions = [
            ("side", "includes"),
            ("clients", client.as_str()),
            ("resource", DIRECTORY),
            ("permissions", "User.Read, User.ReadWrite"),
            ("low", "yes"),
        ];
        let added = browser.submit_to("/add", &conditions).await;
        for shown in [
            "The conditions were added.",
            "Expenses",
            "<bdi>User.Read User.ReadWrite</bdi>",
            "<small>Only what is of low risk.</small>",
        ] {
            assert!(added.text.contains(shown), "{shown}: {}", added.text);
        }
        let excluded = browser.submit_to("/add", &[("side", "excludes")]).await;
        assert!(excluded.text.contains("<bdi>Any app</bdi>"), "{}", excluded.text);
        let rule = stored(&server, &tenant).await;
        assert_eq!((&rule["displayName"], &rule["description"]), (&json!("Our own"), &json!("What readers need")));
        let included = &rule["includes"][0];
        assert_eq!(included["clientApplicationIds"], json!([client]));
        assert_eq!(included["resourceApplication"], DIRECTORY);
        assert_eq!(included["permissionType"], "delegated");
        assert_eq!(included["permissionClassification"], "low");
        assert_eq!(rule["excludes"][0]["permissionClassification"], "all");
        assert_eq!(included["permissions"].as_array().map(Vec::len), Some(2));
        assert_eq!(rule["excludes"][0]["clientApplicationIds"], json!(["all"]));

        let holds = browser.submit_to("/assign", &[]).await;
        assert!(holds.text.contains("The rule holds from the next app on"), "{}", holds.text);
        assert!(!holds.text.contains(&format!("{RULE}/remove")), "what holds is not removed: {}", holds.text);
        assert_eq!(holding(&server, &tenant).await, json!(["ManagePermissionGrantsForSelf.our-own"]));
        let early = forge(&browser, &format!("{RULE}/remove"), "").await;
        assert_eq!(early.status, 422, "{}", early.text);
        assert!(early.text.contains("Let it hold no more first."), "{}", early.text);
        browser.get(RULE).await;
        browser.submit_to("/unassign", &[]).await;
        assert_eq!(holding(&server, &tenant).await, json!([]));

        let taken = browser.submit_to("/take", &[]).await;
        assert!(taken.text.contains("The conditions were taken out."), "{}", taken.text);
        assert_eq!(stored(&server, &tenant).await["includes"], json!([]));
        browser.submit_to("/change", &[("displayName", "Ours"), ("description", "")]).await;
        let rule = stored(&server, &tenant).await;
        assert_eq!((&rule["displayName"], &rule["description"]), (&json!("Ours"), &Value::Null));
        let gone = browser.submit_to("/remove", &[]).await;
        assert!(gone.text.contains("The rule was removed.") && !gone.text.contains("our-own/"), "{}", gone.text);
        assert_eq!(read(&server, &tenant, &format!("{POLICIES}/our-own")).await.status, 404);

        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { initiator: Some(petra.id.0), ..ChangeFilter::default() };
        let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 50).await.expect("the log");
        for (activity, count) in [
            ("Add permission grant policy", 1),
            ("Update permission grant policy", 4),
            ("Update authorization policy", 2),
            ("Delete permission grant policy", 1),
        ] {
            assert_eq!(rows.iter().filter(|row| row.activity == activity).count(), count, "{activity}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_rule_that_makes_no_sense_is_refused_at_its_field() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        make(&server, &tenant, "Our own").await;
        let browser = server.signed_in(&ines).await;
        let long = "x".repeat(1025);
        for (field, value) in [
            ("id", ""),
            ("id", "a/b"),
            ("id", "microsoft-own"),
            ("id", ".."),
            ("id", "OUR-OWN"),
            ("id", HOSTILE),
            ("displayName", ""),
            ("displayName", long.as_str()),
            ("description", long.as_str()),
        ] {
            let fields = [("id", "another"), ("displayName", "Another"), ("description", "What for")];
            let kept = fields.into_iter().filter(|(given, _)| *given != field);
            let sent: Vec<_> = kept.chain([(field, value)]).collect();
            browser.get(LIST).await;
            let refused = browser.submit_to("/consent-rules", &sent).await;
            assert_eq!(refused.status, 422, "{field}={value}: {}", refused.text);
            assert!(refused.text.contains("<title>Error: Rules"), "{field}={value}");
            assert!(refused.text.contains(&format!("<a href=\"#{field}\">")), "{field}={value}: {}", refused.text);
            assert!(refused.text.contains(&format!("id=\"{field}\"")), "{field}={value}: {}", refused.text);
            assert!(!refused.text.contains("<script>alert"), "{field}={value}");
        }
        let all = read(&server, &tenant, POLICIES).await.json();
        assert_eq!(all["value"].as_array().map(Vec::len), Some(4), "three of the server, and one: {all}");
    })
    .await;
}

/// Whoever runs another organisation on the server registers what they like there.
#[tokio::test]
async fn a7_a_rule_lets_in_apps_of_other_organisations_only_where_it_was_said() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let client = app(&server, &tenant, "Expenses").await;
        make(&server, &tenant, "Our own").await;
        let browser = server.signed_in(&ines).await;
        browser.get(RULE).await;
        let (own, any) = (json!([tenant.id]), json!(["all"]));
        let cases = [
            (&[][..], "Registered in this organisation.", &own),
            (&[("elsewhere", "yes")], "Those of other organisations, too.", &any),
            (&[("clients", client.as_str())], "Expenses", &any),
        ];
        let named = [("side", "includes"), ("resource", DIRECTORY), ("permissions", "User.Read")];
        for (number, (further, said, registered)) in cases.into_iter().enumerate() {
            let added = browser.submit_to("/add", &[&named[..], further].concat()).await;
            assert!(added.text.contains(said), "{further:?}: {}", added.text);
            assert_eq!(&stored(&server, &tenant).await["includes"][number]["clientApplicationTenantIds"], registered);
        }
        browser.submit_to("/add", &[("side", "excludes")]).await;
        let barred = stored(&server, &tenant).await["excludes"][0]["clientApplicationTenantIds"].clone();
        assert_eq!(barred, any, "what is barred is barred wherever it was registered");
    })
    .await;
}

#[tokio::test]
async fn conditions_that_name_nothing_here_are_refused_at_their_field_and_stay_typed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let foreign = app(&server, &other, "Theirs").await;
        make(&server, &tenant, "Our own").await;
        let browser = server.signed_in(&ines).await;
        let many = format!("{DIRECTORY} ").repeat(101);
        for (field, sent, sentence) in [
            ("side", &[("side", "both")][..], "Choose one of the answers."),
            ("resource", &[("resource", "the directory")], "No app here has the client id the directory."),
            ("resource", &[("resource", foreign.as_str())], "No app here has the client id"),
            ("resource", &[("permissions", "User.Read")], "Say whose permissions these are."),
            ("permissions", &[("resource", DIRECTORY), ("permissions", "User.Rule")], "has no permission User.Rule."),
            ("permissions", &[("resource", DIRECTORY), ("permissions", HOSTILE)], "has no permission"),
            ("clients", &[("clients", foreign.as_str())], "No app here has the client id"),
            ("clients", &[("clients", many.as_str())], "At most 100 are possible."),
        ] {
            let side = [("side", "excludes")];
            let fields: Vec<_> = side.iter().filter(|_| field != "side").chain(sent).copied().collect();
            browser.get(RULE).await;
            let refused = browser.submit_to("/add", &fields).await;
            assert_eq!(refused.status, 422, "{fields:?}: {}", refused.text);
            assert!(refused.text.contains(&format!("<a href=\"#{field}\">")), "{fields:?}: {}", refused.text);
            assert!(refused.text.contains(&format!("id=\"{field}\"")), "{fields:?}: {}", refused.text);
            assert!(refused.text.contains(sentence), "{fields:?}: {}", refused.text);
            let is_kept = field == "side" || refused.text.contains("value=\"excludes\" checked");
            assert!(is_kept && !refused.text.contains("<script>alert"), "{fields:?}: {}", refused.text);
        }
        let rule = stored(&server, &tenant).await;
        assert_eq!((&rule["includes"], &rule["excludes"]), (&json!([]), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_somebody_changed_meanwhile_is_not_overwritten() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        make(&server, &tenant, "Our own").await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        late.get(RULE).await;
        early.get(RULE).await;
        early.submit_to("/change", &[("displayName", "First")]).await;
        for fields in [&[("displayName", "Second")][..], &[("displayName", "Second"), ("seen", "")]] {
            let refused = late.submit_to("/change", fields).await;
            assert_eq!(refused.status, 409, "{}", refused.text);
            let told = refused.text.contains("<bdi>Second</bdi>") && refused.text.contains("value=\"First\"");
            assert!(told, "what was typed stands beside what is stored: {}", refused.text);
            late.get(RULE).await;
        }
        let wrong = late.submit_to("/change", &[("displayName", " ")]).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        assert!(wrong.text.contains("<a href=\"#displayName\">"), "{}", wrong.text);
        assert_eq!(stored(&server, &tenant).await["displayName"], "First");
    })
    .await;
}

#[tokio::test]
async fn rules_are_nobody_elses_and_those_of_others_are_not_there() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        make(&server, &tenant, HOSTILE).await;
        for (name, roles, status) in [
            ("a", &[][..], 403),
            ("b", &[Role::ApplicationAdministrator], 403),
            ("c", &[Role::PrivilegedRoleAdministrator], 200),
            ("d", &[Role::GlobalAdministrator], 200),
        ] {
            let browser = server.signed_in(&server.member(&tenant, name, roles).await).await;
            for page in [LIST, RULE] {
                let shown = browser.get(page).await;
                assert_eq!(shown.status, status, "{roles:?} {page}");
                assert!(!shown.text.contains("<script>alert"), "{roles:?} {page}: {}", shown.text);
            }
        }
        let eve = server.member(&other, "eve", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&eve).await;
        let theirs = RULE.replace("contoso", "fabrikam");
        for (part, fields) in [
            ("change", "displayName=Evil&seen=1"),
            ("add", "side=includes"),
            ("assign", ""),
            ("unassign", ""),
            ("remove", ""),
            ("nothing", ""),
        ] {
            assert_eq!(browser.get(&theirs).await.status, 404);
            browser.get(&LIST.replace("contoso", "fabrikam")).await;
            let refused = forge(&browser, &format!("{theirs}/{part}"), fields).await;
            assert_eq!(refused.status, 404, "{part}: {}", refused.text);
        }
        let rule = stored(&server, &tenant).await;
        assert_eq!((&rule["displayName"], &rule["includes"]), (&json!(HOSTILE), &json!([])));
        assert_eq!(holding(&server, &tenant).await, json!([]));
    })
    .await;
}
