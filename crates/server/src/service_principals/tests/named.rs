//! Whom the forms of an app find, and what they tell an owner who may not know who is here.

use crate::applications::Changes;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller};
use crate::testing::{Answer, Browser, Recorder, TestServer, on_both_engines, person};
use crate::users::{self, ExternalUserState, User};
use axum::http::Method;
use serde_json::{Value, json};

/// The forms of an app in which somebody is named, and their fields.
const FORMS: [(&str, &str); 2] = [("/add-owner", "owner"), ("/assign", "address")];

/// What an administrator sees to.
async fn call(server: &TestServer, admin: &Caller, method: Method, path: &str, body: Value) {
    let answer = server.api_as(admin, method, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
}

/// An organisation with a group, a member whose mailbox is elsewhere, and an app that a guest owns: the administrator, the member,
/// the guest and the page of the app.
async fn world(server: &TestServer) -> (Caller, User, User, String) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let boss = server.member(&tenant, "boss", &[]).await;
    let mailed = json!({ "mail": "boss@elsewhere.example" });
    call(server, &admin, Method::PATCH, &format!("/v1.0/users/{}", boss.id), mailed).await;
    let group =
        json!({ "displayName": "Zephyr", "mailNickname": "zephyr", "mailEnabled": false, "securityEnabled": true });
    call(server, &admin, Method::POST, "/v1.0/groups", group).await;
    let mut sam = server.guest(&tenant, "sam@partner.example").await;
    sam.external_user_state = Some(ExternalUserState::Accepted);
    let mut tx = server.write().await.expect("a transaction");
    assert!(users::store::update(&mut tx, &sam, server.clock.now()).await.expect("an answer"));
    tx.commit().await.expect("a commit");
    let app = server.app(&tenant, "Expenses", Changes::default()).await.registered;
    let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", sam.id) });
    for owned in
        [format!("applications/{}", app.application.id), format!("servicePrincipals/{}", app.service_principal.id)]
    {
        call(server, &admin, Method::POST, &format!("/v1.0/{owned}/owners/$ref"), owner.clone()).await;
    }
    (admin, boss, sam, format!("/portal/contoso.example/apps/{}", app.application.id))
}

/// What a page says, without the values that are new on every page and without what was typed.
fn gist(answer: &Answer, typed: &str) -> String {
    let mut parts = answer.text.split("name=\"csrf\" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| text + part.split_once('"').map_or(part, |(_, rest)| rest));
    text.replace(typed, "…")
}

/// What a form says that finds nobody, and which statements read and wrote meanwhile.
async fn refused(
    (browser, recorder): (&Browser<'_>, &Recorder),
    (form, field): (&str, &str),
    typed: &str,
) -> (String, Vec<String>, Vec<String>) {
    recorder.take();
    let answer = browser.submit_to(form, &[(field, typed)]).await;
    let work = recorder.work();
    assert_eq!(answer.status, 400, "{form} {typed}: {}", answer.text);
    assert!(answer.text.contains("You find nobody by this."), "{form} {typed}: {}", answer.text);
    (gist(&answer, typed), work.reads, work.writes)
}

/// Every form answers what is here as it answers what is not: in the same words, for the same work.
async fn tells_nothing(browser: &Browser<'_>, pairs: &[(&str, &str)]) {
    let recorder = Recorder::start();
    for form in FORMS {
        // The first to come makes the server read what it keeps for everybody.
        refused((browser, &recorder), form, "nobody@elsewhere.example").await;
        for (known, unknown) in pairs {
            let mut seen = Vec::new();
            // What runs in the background may ask the database as well, so that a second and a third look may be needed.
            for _ in 0..3 {
                let expected = refused((browser, &recorder), form, unknown).await;
                assert!(!expected.1.is_empty(), "the work was seen");
                let told = refused((browser, &recorder), form, known).await;
                assert_eq!(told.0, expected.0, "{form:?} {known}");
                let works = [(told.1, told.2), (expected.1, expected.2)];
                let is_same = works[0] == works[1];
                seen.push(works);
                if is_same {
                    break;
                }
            }
            assert!(seen.last().is_some_and(|[told, expected]| told == expected), "{form:?} {known}: {seen:#?}");
        }
    }
}

#[tokio::test]
async fn i17_t2_a_guest_who_owns_an_app_learns_by_no_address_who_is_here() {
    on_both_engines(async |server| {
        let (_, _, sam, page) = world(&server).await;
        server.caught_up().await;
        let browser = server.signed_in(&sam).await;
        browser.get(&page).await;
        tells_nothing(&browser, &[("boss@elsewhere.example", "none@elsewhere.example")]).await;
        // What the API tells them too, and themselves.
        for (form, field, typed, said) in [
            ("/add-owner", "owner", "boss@contoso.example", "Remove the owner boss"),
            ("/assign", "address", "boss@contoso.example", "Remove boss, "),
            ("/assign", "address", "zephyr", "Remove Zephyr, "),
            ("/assign", "address", "Sam@Partner.example", "Remove sam@partner.example, "),
        ] {
            let answer = browser.submit_to(form, &[(field, typed)]).await;
            assert!(answer.status == 200 && answer.text.contains(said), "{form} {typed}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn i17_t2_an_owner_who_sees_nobody_learns_by_no_name_who_or_what_is_here() {
    on_both_engines(async |server| {
        let (admin, boss, sam, page) = world(&server).await;
        let lowest = json!({ "guestUserRoleId": guest_level::RESTRICTED });
        call(&server, &admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", lowest).await;
        server.caught_up().await;
        let browser = server.signed_in(&sam).await;
        browser.get(&page).await;
        let pairs = [
            ("boss@elsewhere.example", "none@elsewhere.example"),
            ("boss@contoso.example", "none@contoso.example"),
            ("Zephyr", "Zither"),
        ];
        tells_nothing(&browser, &pairs).await;
        let unknown = server.entropy.random_uuid().to_string();
        let nobody = browser.submit_to("/add-owner", &[("owner", &unknown)]).await;
        assert!(nobody.status == 400 && nobody.text.contains("You find nobody by this."), "{}", nobody.text);
        let id = boss.id.to_string();
        let of_boss = format!("Remove the owner {id}");
        for (form, field, typed, said) in [
            ("/add-owner", "owner", id.as_str(), of_boss.as_str()),
            ("/assign", "address", "sam@partner.example", "Remove sam@partner.example, "),
        ] {
            let answer = browser.submit_to(form, &[(field, typed)]).await;
            assert!(answer.status == 200 && answer.text.contains(said), "{form} {typed}: {}", answer.text);
        }
    })
    .await;
}

/// The id of the one object in a collection that has this name.
async fn named(server: &TestServer, admin: &Caller, set: &str, name: &str) -> String {
    let path = format!("/v1.0/{set}?$filter=displayName%20eq%20'{name}'&$select=id");
    let found = server.api_as(admin, Method::GET, &path, &Value::Null).await.json();
    found["value"][0]["id"].as_str().unwrap_or_else(|| panic!("no {name}: {found}")).to_owned()
}

#[tokio::test]
async fn t2_an_owner_who_sees_nobody_reads_no_name_on_the_page_of_their_app() {
    const DEFAULT: &str = "00000000-0000-0000-0000-000000000000";
    on_both_engines(async |server| {
        let (admin, boss, sam, page) = world(&server).await;
        let app = named(&server, &admin, "servicePrincipals", "Expenses").await;
        let (boss, group) = (boss.id.to_string(), named(&server, &admin, "groups", "Zephyr").await);
        let assigned = format!("/v1.0/servicePrincipals/{app}/appRoleAssignedTo");
        let given = |principal: &str| json!({ "principalId": principal, "resourceId": app, "appRoleId": DEFAULT });
        for principal in [&boss, &group] {
            call(&server, &admin, Method::POST, &assigned, given(principal)).await;
        }
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{boss}") });
        call(&server, &admin, Method::POST, &format!("/v1.0/servicePrincipals/{app}/owners/$ref"), owner).await;

        let picked = [format!("{boss}.{DEFAULT}"), format!("{group}.{DEFAULT}")];
        let fields = [("do", "unassign"), ("pick", picked[0].as_str()), ("pick", picked[1].as_str())];
        let browser = server.signed_in(&sam).await;
        // Whom they can name they may read at this level, and the names of groups.
        let shown = browser.get(&page).await.text;
        for said in ["Remove the owner boss", "Remove boss, ", "Remove Zephyr, "] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        let asked = browser.submit_to("/assignments/picked", &fields).await.text;
        assert!(asked.contains("boss") && asked.contains("Zephyr"), "{asked}");

        let lowest = json!({ "guestUserRoleId": guest_level::RESTRICTED });
        call(&server, &admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", lowest).await;
        let shown = browser.get(&page).await.text;
        let asked = browser.submit_to("/assignments/picked", &fields).await.text;
        for name in ["boss", "Zephyr"] {
            assert!(!shown.contains(name), "{name}: {shown}");
            assert!(!asked.contains(name), "{name}: {asked}");
        }
        let ids = [format!("Remove the owner {boss}"), format!("Remove {boss}, "), format!("Remove {group}, ")];
        let said = ids.iter().map(String::as_str).chain(["Remove the owner sam@partner.example", "by their ids."]);
        for said in said {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        assert!(asked.contains(&boss) && asked.contains(&group), "{asked}");

        // Nor does the API call by name whom they give the app by an id.
        let mut caller = person(&sam, Vec::new());
        if let Actor::User(person) = &mut caller.actor {
            person.level = guest_level::RESTRICTED;
        }
        let other = admin.user().expect("a person").id.to_string();
        let made = server.api_as(&caller, Method::POST, &assigned, &given(&other)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        assert_eq!((&made["principalId"], &made["principalDisplayName"]), (&json!(other), &Value::Null), "{made}");
    })
    .await;
}
