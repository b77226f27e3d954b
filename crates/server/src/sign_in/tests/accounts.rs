//! Going on as who is signed in, and finding one's organisation.

use super::{PASSWORD, begin, has_arrived, member, sign_in};
use crate::testing::on_both_engines;

#[tokio::test]
async fn an_account_is_chosen_or_another_one_is() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        member(&server, &tenant, "mara").await;
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        browser.get(&step.account_path()).await;
        assert_eq!(browser.location(), step.sign_in_path());

        sign_in(&server, &tenant, &browser, "mara@contoso.example", PASSWORD).await;
        let step = begin(&server, &tenant, &browser).await;
        let page = browser.get(&step.account_path()).await.text;
        assert!(page.contains("mara@contoso.example") && page.contains(&step.sign_in_path()));
        browser.submit(&[("account", "somebody-else")]).await;
        assert_eq!(browser.location(), step.sign_in_path());

        let page = browser.get(&step.account_path()).await.text;
        let (_, rest) = page.split_once("name=\"account\" value=\"").expect("a choice");
        let account = rest.split('"').next().unwrap_or_default();
        browser.submit(&[("account", account)]).await;
        assert!(has_arrived(&browser));
    })
    .await;
}

#[tokio::test]
async fn i17_the_organisation_is_asked_for_without_saying_which_ones_are_here() {
    on_both_engines(async |server| {
        server.tenant("Contoso", "contoso.example").await;
        for (typed, to, leads) in [
            ("Contoso.Example", "", "/myapps/contoso.example"),
            ("mara%40contoso.example", "portal", "/portal/contoso.example"),
            ("nobody.example", "", "/myapps/nobody.example"),
        ] {
            let answer = server.get(&format!("/?organization={typed}&to={to}")).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, leads));
        }
        for typed in ["", "contoso", "%2F%2Fevil.example", "a%0Ab.example"] {
            assert_eq!(server.get(&format!("/?organization={typed}")).await.status, 422, "{typed}");
        }
        assert!(server.get("/?lang=de").await.text.contains("<input type=\"hidden\" name=\"lang\" value=\"de\">"));
    })
    .await;
}
