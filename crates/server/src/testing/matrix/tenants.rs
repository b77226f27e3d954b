//! An administrator of one tenant against every id of another (security checks A5, I5).

use super::table::api;
use super::world::World;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::json;

/// Whether a path names something of one tenant. The form of a file and the type of an object are words, and what the server
/// itself defines is the same in every tenant.
pub fn names_an_object(template: &str) -> bool {
    let words = ["{format}", "{cast}", "{template}", "{definition}", "{method}"];
    words.iter().fold(template.to_owned(), |path, word| path.replace(word, "")).contains('{')
}

#[tokio::test]
async fn i5_nothing_of_another_tenant_is_found_changed_or_shown() {
    on_both_engines(async |server| {
        let contoso = World::new(&server, "Contoso", "contoso.example").await;
        let fabrikam = World::new(&server, "Fabrikam", "fabrikam.example").await;
        let nowhere = contoso.with_unknown_ids(&server);
        let before = contoso.picture(&server).await;
        let mut wrong = Vec::new();
        for stranger in [fabrikam.administrator.clone(), fabrikam.program(&server)] {
            for row in api() {
                let (method, template) = row.route.split_once(' ').expect("method and path");
                let method: Method = method.parse().expect("a method");
                let names_an_object = names_an_object(template);
                let body = match (&method, template.ends_with("removePassword")) {
                    (&Method::GET, _) => json!(null),
                    (_, true) => json!({ "keyId": contoso.tenant.id }),
                    _ => json!({}),
                };
                if !names_an_object && method != Method::GET {
                    continue;
                }
                let absent = server.api_as(&stranger, method.clone(), &nowhere.path(template), &body).await;
                let answer = server.api_as(&stranger, method, &contoso.path(template), &body).await;
                // Object ids are no secret; what stands behind them is: somebody else's is as one that never was.
                if names_an_object {
                    let (theirs, unknown) = (contoso.without_ids(&answer), nowhere.without_ids(&absent));
                    if theirs != unknown || theirs.0 != 404 {
                        wrong.push(format!("{}: {theirs:?}, and for an id of nobody {unknown:?}", row.route));
                    }
                }
                // An error repeats the id that was asked for; an answer must not hold any.
                if answer.status.is_success() && contoso.ids().iter().any(|id| answer.text.contains(id)) {
                    wrong.push(format!("{} shows an id of another tenant", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(contoso.picture(&server).await, before, "something was changed");
    })
    .await;
}

/// An app of another tenant stands in this one and is registered there: nobody reaches from one into the other.
#[tokio::test]
async fn i5_an_app_of_another_tenant_opens_nothing_there_and_its_registration_nothing_here() {
    on_both_engines(async |server| {
        let contoso = World::new(&server, "Contoso", "contoso.example").await;
        let fabrikam = World::new(&server, "Fabrikam", "fabrikam.example").await;
        let (here, there) = (contoso.about_foreign(), contoso.about_registration());
        let nowhere = contoso.with_unknown_ids(&server);
        let before = contoso.picture(&server).await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        let (registrar, elsewhere) = (contoso.registrar(&server), fabrikam.program(&server));
        let program = contoso.program(&server);
        let tries = [
            (&here, &fabrikam.administrator, "an administrator elsewhere"),
            (&here, &elsewhere, "a program elsewhere"),
            (&here, &registrar, "whose app it is"),
            (&there, &contoso.administrator, "an administrator here, at home"),
            (&there, &program, "a program here, at home"),
        ];
        let named = ["{application}", "{principal}", "{grant}"];
        for row in api().filter(|row| named.iter().any(|name| row.route.contains(name))) {
            let (method, template) = row.route.split_once(' ').expect("method and path");
            // What was granted is not named by where the app is registered.
            let is_grant = template.contains("{grant}");
            let method: Method = method.parse().expect("a method");
            let body = match (&method, template.ends_with("removePassword")) {
                (&Method::GET, _) => json!(null),
                (_, true) => json!({ "keyId": contoso.tenant.id }),
                _ => json!({}),
            };
            for (world, caller, who) in tries.into_iter().filter(|(_, _, who)| !(is_grant && who.ends_with("home"))) {
                let absent = server.api_as(caller, method.clone(), &nowhere.path(template), &body).await;
                let answer = server.api_as(caller, method.clone(), &world.path(template), &body).await;
                let (theirs, unknown) = (world.without_ids(&answer), nowhere.without_ids(&absent));
                tried += 1;
                if theirs != unknown || theirs.0 != 404 {
                    wrong.push(format!("{who} {}: {theirs:?}, and for an id of nobody {unknown:?}", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(tried > 200, "most routes about apps were tried: {tried}");
        assert_eq!(contoso.picture(&server).await, before, "something was changed");
    })
    .await;
}

#[tokio::test]
async fn a_reference_to_another_tenants_object_in_a_body_is_not_found() {
    on_both_engines(async |server| {
        let contoso = World::new(&server, "Contoso", "contoso.example").await;
        let fabrikam = World::new(&server, "Fabrikam", "fabrikam.example").await;
        let [user, _, principal, ..] = contoso.ids().map(str::to_owned);
        let none = "00000000-0000-0000-0000-000000000000";
        let assign = fabrikam.path("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
        let [_, _, own, ..] = fabrikam.ids().map(str::to_owned);
        for body in [
            json!({ "principalId": user, "resourceId": own, "appRoleId": none }),
            json!({ "principalId": fabrikam.ids()[0], "resourceId": principal, "appRoleId": none }),
        ] {
            let answer = server.api_as(&fabrikam.administrator, Method::POST, &assign, &body).await;
            assert!(matches!(answer.status.as_u16(), 400 | 403 | 404), "{} {}", answer.status, answer.text);
        }
        let sponsored = json!({
            "invitedUserEmailAddress": "new@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "invitedUserSponsors": [{ "@odata.id": format!("http://localhost:8080/v1.0/users/{user}") }],
        });
        let answer = server.api_as(&fabrikam.administrator, Method::POST, "/v1.0/invitations", &sponsored).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{} {}", answer.status, answer.text);
    })
    .await;
}
