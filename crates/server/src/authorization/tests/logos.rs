//! The logo of an app on the pages on the way to it.

use super::flow::Flow;
use super::foreign::{for_several, set_policies, stranger};
use crate::graph::Permission;
use crate::tenants::{ConsentPolicy, Tenant};
use crate::testing::{Answer, App, TestServer, on_both_engines, picture};
use axum::http;

/// What needs no administrator where the organisation lets people do it.
const OWN: &str = "openid offline_access User.ReadWrite";

/// Gives an app a logo, as its organisation does.
async fn give(server: &TestServer, app: &App) {
    let owner = server.application(app.tenant, &[Permission::ApplicationReadWriteAll]);
    let path = format!("/v1.0/applications/{}/logo", app.registered.application.id);
    let given = server.api_as(&owner, http::Method::PUT, &path, &picture()).await;
    assert_eq!(given.status, 204, "{}", given.text);
}

/// The address of the picture of this kind on a page, which fetches nothing from elsewhere.
fn shown(page: &Answer, class: &str, (tenant, app): (&Tenant, &App)) -> Option<String> {
    assert!(page.header("content-security-policy").contains("img-src 'self' data:;"), "{:?}", page.headers);
    let (_, rest) = page.text.split_once(&format!("<img class=\"{class}\" src=\""))?;
    let address = rest.split('"').next().unwrap_or_default().to_owned();
    assert!(address.starts_with(&format!("/{}/logos/{}?v=", tenant.id, app.client_id)), "{address}");
    Some(address)
}

#[tokio::test]
async fn the_pages_of_a_sign_in_show_the_logo_of_the_app_that_asks() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let page = server.browser().get(&flow.address(&[])).await;
        assert!(page.text.contains("Expenses"), "{}", page.text);
        assert_eq!(shown(&page, "app", (&flow.tenant, &flow.app)), None);
        give(&server, &flow.app).await;
        let page = server.browser().get(&flow.address(&[])).await;
        let address = shown(&page, "app", (&flow.tenant, &flow.app)).expect("a logo");
        let file = server.get(&address).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/png"));
        assert!(file.header("cache-control").contains("immutable"), "{address}");
        let chosen = flow.browser.get(&flow.address(&[("prompt", "select_account")])).await;
        assert_eq!(shown(&chosen, "app", (&flow.tenant, &flow.app)), Some(address));
    })
    .await;
}

#[tokio::test]
async fn a7_whoever_is_asked_to_let_an_app_in_sees_its_logo_and_nobody_before_that() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        give(&server, &flow.app).await;
        let at = (&flow.tenant, &flow.app);
        let page = server.browser().get(&flow.address(&[("scope", OWN)])).await;
        assert_eq!(page.status, 200);
        assert_eq!(shown(&page, "app", at), None, "nobody here let it in: it is not named, and not shown");
        for (policies, words) in
            [(&[][..], "needs an administrator"), (&[ConsentPolicy::Legacy.as_str()][..], "asks for your permission")]
        {
            set_policies(&server, &flow.tenant, policies).await;
            let page = flow.browser.get(&flow.address(&[("scope", OWN)])).await;
            assert!(page.text.contains(words), "{}", page.text);
            let address = shown(&page, "app big", at).expect("a logo");
            assert_eq!(server.get(&address).await.status, 200, "{address}");
        }
    })
    .await;
}
