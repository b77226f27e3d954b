//! What is read is sent back with its `id`, wherever something can be changed; another id is refused.

use super::table::api;
use super::world::World;
use super::writes::ready;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Settings of ours, of which each organisation has one that has no id.
const UNNAMED: [&str; 2] = ["/vestibule/v1/collaborationSettings", "/vestibule/v1/organization"];

/// Routes that change something with an id at least, so that the test cannot pass by asking for nothing.
const NAMED: usize = 19;

/// Whether a route changes an object that has an id. Pictures are changed as files.
fn changes_what_is_named(route: &str) -> bool {
    let path = route.strip_prefix("PATCH ");
    path.is_some_and(|path| !path.contains("/photo") && !UNNAMED.contains(&path))
}

#[tokio::test]
async fn a_change_may_carry_the_id_of_what_is_changed_and_no_other() {
    on_both_engines(async |server| {
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for route in api().map(|row| row.route).filter(|route| changes_what_is_named(route)) {
            let world = World::new(&server, "Contoso", &format!("contoso{tried}.example")).await;
            let (path, body) = ready(&server, &world, route).await;
            let ask =
                async |method: Method, body: &Value| server.api_as(&world.administrator, method, &path, body).await;
            let before = ask(Method::GET, &Value::Null).await;
            let read = before.json();
            let own = read["id"].as_str().unwrap_or_else(|| panic!("{route}: {}", before.text)).to_owned();
            tried += 1;

            let is_uuid = own.parse::<Uuid>().is_ok();
            let another = if is_uuid { server.entropy.random_uuid().to_string() } else { "another".to_owned() };
            let mut sent = body.clone();
            sent["id"] = json!(another);
            let refused = ask(Method::PATCH, &sent).await;
            let is_refused = refused.status == 400 && refused.json()["error"]["target"] == "id";
            if !is_refused || ask(Method::GET, &Value::Null).await.text != before.text {
                wrong.push(format!("{route} with the id {another}: {} {}", refused.status, refused.text));
            }

            // Control information comes back with it.
            let mut sent = body;
            sent["id"] = json!(own);
            sent["id@odata.type"] = json!("#String");
            for (name, value) in read.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with('@')) {
                sent[name.as_str()] = value.clone();
            }
            let taken = ask(Method::PATCH, &sent).await;
            if !taken.status.is_success() {
                wrong.push(format!("{route} with its own id: {} {}", taken.status, taken.text));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(tried >= NAMED, "{tried}");
    })
    .await;
}
