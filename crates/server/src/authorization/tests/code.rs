//! The code: whose it is, how often and how long it is good, and what comes of it.

use super::claims;
use super::flow::{Flow, VERIFIER, guest, number, text, web};
use crate::applications::Changes;
use crate::sign_in::session::Method;
use crate::testing::{ADDRESS, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::Method as Verb;
use oauth::jose::token_hash;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_member_stands_in_the_app_with_tokens_that_say_who_it_is() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let arrived = flow.ask(&[("client_info", "1")]).await;
        assert_eq!(arrived["state"], "s&1");
        assert_eq!(arrived["iss"], format!("{ADDRESS}/{}/v2.0", flow.tenant.id));
        let answer = flow.redeem(&arrived["code"], &[]).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let answer = answer.json();
        assert_eq!(answer["scope"], super::flow::SCOPE);
        assert_eq!(answer["client_info"], arrived["client_info"]);
        let access_token = text(&answer, "access_token");
        let id = claims(text(&answer, "id_token"));
        assert_eq!(id["aud"], flow.app.client_id);
        assert_eq!(id["oid"], flow.user.id.to_string());
        assert_eq!(id["nonce"], "n");
        assert_eq!(id["acct"], 0);
        assert_eq!(id["amr"], json!(["pwd"]));
        assert_eq!(id["sid"], arrived["session_state"]);
        assert_eq!(id["at_hash"], token_hash(access_token));
        assert_eq!(id["preferred_username"], "mara@contoso.example");
        assert_eq!(id.get("email"), None, "a member's address is given only if it is asked for");
        let access = claims(access_token);
        assert_eq!(access["scp"], "openid profile");
        assert_ne!(access["sub"], id["sub"], "pairwise");
        let userinfo = flow.userinfo(access_token).await.json();
        assert_eq!(userinfo, json!({ "sub": id["sub"], "name": "mara" }));
    })
    .await;
}

#[tokio::test]
async fn o7_a_guest_by_mailed_code_is_told_as_such_and_never_as_two_factors() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = guest(&server, &tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        let flow = Flow::with(&server, tenant, user, Method::Passcode, web()).await;
        let tokens = flow.tokens().await;
        for token in ["id_token", "access_token"] {
            let says = claims(text(&tokens, token));
            assert_eq!(says["iss"], format!("{ADDRESS}/{}/v2.0", flow.tenant.id));
            assert_eq!(says["tid"], flow.tenant.id.to_string());
            assert_eq!(says["oid"], flow.user.id.to_string());
            assert_eq!(says["idp"], "mail");
            assert_eq!(says["acct"], 1);
            assert_eq!(says["email"], "sam@fabrikam.example");
            assert_eq!(says["preferred_username"], "sam@fabrikam.example");
            assert_eq!(says["amr"], json!(["otp", "email"]));
        }
    })
    .await;
}

#[tokio::test]
async fn t3_apps_are_told_the_proved_address_of_a_guest_whatever_mail_says() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = guest(&server, &tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        let user = User { mail: Some("boss@victim.example".to_owned()), ..user };
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let user = User { version: user.version + 1, ..user };
        let flow = Flow::with(&server, tenant, user, Method::Passcode, web()).await;
        let scope = [("scope", "openid profile email")];
        let tokens = flow.redeem(&flow.ask(&scope).await["code"], &[]).await.json();
        for token in ["id_token", "access_token"] {
            let says = claims(text(&tokens, token));
            assert_eq!(says["email"], "sam@fabrikam.example");
            assert_eq!(says["preferred_username"], "sam@fabrikam.example");
        }
        let told = flow.userinfo(text(&tokens, "access_token")).await.json();
        assert_eq!(told["email"], "sam@fabrikam.example");
    })
    .await;
}

#[tokio::test]
async fn a2_neither_the_challenge_nor_the_verifier_can_be_left_away() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        let public = Changes { public_redirect_uris: web().web_redirect_uris, ..Changes::default() };
        let flow = Flow::with(&server, tenant, user, Method::Password, public).await;
        let without = flow.ask(&[("code_challenge", ""), ("code_challenge_method", "")]).await;
        assert!(without["error_description"].starts_with("AADSTS9002325:"), "{without:?}");
        let plain = flow.ask(&[("code_challenge", VERIFIER), ("code_challenge_method", "plain")]).await;
        assert_eq!(plain["error"], "invalid_request");
        let no_secret = ("client_secret", "");
        assert_eq!(number(&flow.redeem(&flow.code().await, &[no_secret, ("code_verifier", "")]).await), 501_481);
        let wrong = "x".repeat(43);
        assert_eq!(number(&flow.redeem(&flow.code().await, &[no_secret, ("code_verifier", &wrong)]).await), 501_481);
        assert_eq!(number(&flow.redeem(&flow.code().await, &[]).await), 700_025);
        assert_eq!(flow.redeem(&flow.code().await, &[no_secret]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a2_a_verifier_without_a_challenge_is_refused() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let bare = [("code_challenge", ""), ("code_challenge_method", "")];
        let code = flow.ask(&bare).await["code"].clone();
        assert_eq!(number(&flow.redeem(&code, &[]).await), 501_481);
        assert_eq!(flow.redeem(&code, &[("code_verifier", "")]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a3_a_second_use_ends_everything_the_first_one_gave() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let code = flow.code().await;
        let first = flow.redeem(&code, &[]).await.json();
        assert_eq!(flow.userinfo(text(&first, "access_token")).await.status, 200);
        assert_eq!(number(&flow.redeem(&code, &[]).await), 54005);
        assert_eq!(flow.userinfo(text(&first, "access_token")).await.status, 401);
        assert_eq!(number(&flow.refresh(text(&first, "refresh_token"), &[]).await), 50173);
    })
    .await;
}

#[tokio::test]
async fn a3_a_code_is_its_clients_for_its_address_and_for_a_minute() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let other = server.app(&flow.tenant, "Other", web()).await;
        let code = flow.code().await;
        let as_other = [("client_id", other.client_id.as_str()), ("client_secret", other.secret.as_str())];
        assert_eq!(number(&flow.redeem(&code, &as_other).await), 70000);
        assert_eq!(number(&flow.redeem(&code, &[("redirect_uri", "https://app.example/other")]).await), 70000);
        assert_eq!(number(&flow.redeem(&code, &[("client_secret", "")]).await), 7_000_218);
        assert_eq!(flow.redeem(&code, &[]).await.status, 200, "wrong guesses spend nothing");
        let late = flow.code().await;
        server.clock.advance(Duration::from_mins(1));
        assert_eq!(number(&flow.redeem(&late, &[]).await), 70008);
    })
    .await;
}

#[tokio::test]
async fn a3_of_twenty_at_once_one_is_served() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let code = flow.code().await;
        let attempts = (0..20).map(|_| flow.redeem(&code, &[]));
        let answers = futures_util::future::join_all(attempts).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a5_code_refresh_token_and_id_token_are_nothing_elsewhere() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let app = server.app(&other, "Orders", web()).await;
        let tokens = flow.tokens().await;
        let path = format!("/{}/oauth2/v2.0/token", other.id);
        let own = [("client_id", app.client_id.as_str()), ("client_secret", app.secret.as_str())];
        let code = flow.code().await;
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", super::flow::REDIRECT)];
        fields.extend(own);
        assert_eq!(number(&server.post_form(&path, &fields, None).await), 70000);
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        fields.extend(own);
        assert_eq!(number(&server.post_form(&path, &fields, None).await), 70000);
        assert_eq!(super::logged(&server, other.id).await, [70000, 70000]);
        for path in ["/v1.0/me", "/oidc/userinfo"] {
            let answer = server.api(Verb::GET, path, text(&tokens, "id_token"), &Value::Null).await;
            assert_eq!(answer.status, 401, "{path}");
        }
        let elsewhere = flow.address(&[("prompt", "none")]);
        let elsewhere = elsewhere.replace(&flow.tenant.id.to_string(), &other.id.to_string());
        assert!(flow.browser.get(&elsewhere).await.text.contains("AADSTS700016"), "the app is another tenant's");
    })
    .await;
}
