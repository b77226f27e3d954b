//! Signing out at the wish of an app.

use super::flow::{Flow, REDIRECT, number, text};
use crate::sign_in::session::Method;
use crate::testing::on_both_engines;

fn address(flow: &Flow<'_>, parameters: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/{}/oauth2/v2.0/logout?{query}", flow.tenant.id)
}

#[tokio::test]
async fn a12_an_app_that_knows_whom_it_means_ends_the_session_and_every_token_of_it() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let parameters =
            [("id_token_hint", text(&tokens, "id_token")), ("post_logout_redirect_uri", REDIRECT), ("state", "a b")];
        flow.browser.get(&address(&flow, &parameters)).await;
        assert_eq!(flow.browser.location(), format!("{REDIRECT}?state=a+b"));
        assert_eq!(flow.ask(&[("prompt", "none")]).await["error"], "login_required");
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 50173);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a12_without_proof_the_person_is_asked_and_no_other_site_can_answer() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let parameters = [("client_id", flow.app.client_id.as_str()), ("post_logout_redirect_uri", REDIRECT)];
        let page = flow.browser.get(&address(&flow, &parameters)).await;
        assert_eq!(page.status, 200);
        assert!(flow.ask(&[("prompt", "none")]).await.contains_key("code"), "nothing ended");
        flow.browser.get(&address(&flow, &parameters)).await;
        let forged = flow.browser.submit(&[("csrf", "forged")]).await;
        assert_eq!(forged.status, 403);
        flow.browser.get(&address(&flow, &parameters)).await;
        flow.browser.submit(&[]).await;
        assert_eq!(flow.browser.location(), REDIRECT);
        assert_eq!(flow.ask(&[("prompt", "none")]).await["error"], "login_required");
    })
    .await;
}

#[tokio::test]
async fn a12_an_app_that_does_not_say_its_name_is_gone_back_to_by_its_address() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for (parameters, target) in [
            (vec![("post_logout_redirect_uri", "https://app.example/c_")], ""),
            (vec![("post_logout_redirect_uri", "https://app.example/")], ""),
            (vec![("post_logout_redirect_uri", "%")], ""),
            (vec![("post_logout_redirect_uri", REDIRECT), ("client_id", "00000000-0000-0000-0000-000000000001")], ""),
            (vec![("post_logout_redirect_uri", REDIRECT), ("logout_hint", "x"), ("state", "s")], "?state=s"),
        ] {
            let page = flow.browser.get(&address(&flow, &parameters)).await;
            assert_eq!(page.status, 200, "the person is asked");
            flow.browser.submit(&[]).await;
            let gone = flow.browser.location().strip_prefix(REDIRECT).map(str::to_owned).unwrap_or_default();
            assert_eq!(gone, target, "{parameters:?}");
            flow.browser.sign_in_as(flow.server, &flow.user, Method::Password).await;
        }
        // The address of another organisation's app is a stranger's.
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let query = "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fcb";
        let page = flow.browser.get(&format!("/{}/oauth2/v2.0/logout?{query}", other.id)).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (200, ""));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_not_the_apps_is_never_gone_to() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let hint = text(&tokens, "id_token");
        let parameters = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")];
        let page = flow.browser.get(&address(&flow, &parameters)).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (200, ""));
    })
    .await;
}
