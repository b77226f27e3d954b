//! What is handed out is stored nowhere: a copy of the database opens nothing.

use super::{App, Browser, TestServer, on_both_engines};
use crate::applications::Changes;
use crate::platform::{Secret, SecretKind};
use crate::sign_in::recovery;
use crate::tenants::Tenant;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const REDIRECT: &str = "https://app.example/cb";
const PASSWORD: &str = "a long enough password";

/// The secrets that people and programs hold.
#[derive(Default)]
struct HandedOut {
    texts: Vec<String>,
    /// The prefixes of the kinds of which the hash was found where the secret is not.
    found: BTreeSet<&'static str>,
}

impl HandedOut {
    fn keep(&mut self, text: &str) {
        assert!(text.len() >= 8, "{text} is no secret");
        self.texts.push(text.to_owned());
    }

    fn keep_cookies(&mut self, browser: &Browser<'_>) {
        for name in browser.cookie_names() {
            let value = browser.cookie(&name).unwrap_or_default();
            if SecretKind::ALL.iter().any(|kind| value.starts_with(kind.prefix())) {
                self.keep(&value);
            }
        }
    }

    fn keep_form_value(&mut self, browser: &Browser<'_>) {
        let page = browser.page();
        let value = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.keep(value.expect("a form value"));
    }

    /// Looks for all of them in every table, in each form in which a column could hold them.
    async fn look(&mut self, server: &TestServer) {
        let contents = server.contents().await;
        let rows: Vec<String> = contents.values().flatten().map(|row| row.to_lowercase()).collect();
        let is_stored = |needle: &str| rows.iter().any(|row| row.contains(&needle.to_lowercase()));
        for text in &self.texts {
            assert!(!is_stored(text) && !is_stored(&hexadecimal(text.as_bytes())), "{text} is stored");
            for kind in SecretKind::ALL {
                let Some(secret) = Secret::parse(kind, text) else { continue };
                let bytes = URL_SAFE_NO_PAD.decode(&text[kind.prefix().len()..]).expect("our own text");
                assert!(!is_stored(&hexadecimal(&bytes[16..])), "the random bits of {text} are stored");
                if is_stored(&hexadecimal(&secret.hash().0)) {
                    self.found.insert(kind.prefix());
                }
            }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The code that arrived in the only mailbox there is.
async fn mailed_code(server: &TestServer) -> String {
    server.run_due_jobs().await;
    let mails = server.mailbox();
    // Eight digits may stand in an id as well, in the middle of an address.
    let mut words = mails.iter().flat_map(|mail| mail.text.split_whitespace());
    let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.find(is_code).expect("a code").to_owned()
}

/// A guest accepts an invitation by a mailed code.
async fn accept(server: &TestServer, tenant: &Tenant, handed_out: &mut HandedOut) {
    let administrator = server.administrator(tenant).await;
    let body = json!({
        "invitedUserEmailAddress": "sam@partner.example",
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
    });
    let invited = server.api_as(&administrator, Method::POST, "/v1.0/invitations", &body).await.json();
    let link = invited["inviteRedeemUrl"].as_str().expect("a link");
    handed_out.keep(link.split_once("ticket=").expect("a ticket").1);
    handed_out.look(server).await;
    let browser = server.browser();
    browser.get(link.strip_prefix(super::ADDRESS).expect("our own address")).await;
    browser.submit(&[]).await;
    let code = mailed_code(server).await;
    handed_out.keep(&code);
    handed_out.keep_cookies(&browser);
    handed_out.keep_form_value(&browser);
    handed_out.look(server).await;
    browser.submit_to("/code", &[("code", &code)]).await;
    handed_out.keep_cookies(&browser);
}

/// A member chooses a password by a recovery link and signs in with it.
async fn recover(server: &TestServer, tenant: &Tenant, browser: &Browser<'_>, handed_out: &mut HandedOut) {
    server.member(tenant, "mara", &[]).await;
    let issued = recovery::issue(server, tenant, "mara@contoso.example").await.expect("an answer");
    let link = issued.expect("a link").address;
    handed_out.keep(link.rsplit('/').next().expect("a secret"));
    handed_out.keep(PASSWORD);
    handed_out.look(server).await;
    browser.get(&link).await;
    browser.submit(&[("password", PASSWORD)]).await;
    browser.submit(&[("address", "mara@contoso.example")]).await;
    browser.submit(&[("password", PASSWORD)]).await;
    handed_out.keep_cookies(browser);
}

/// An app gets a code, tokens for it, and further tokens.
async fn authorize(server: &TestServer, app: &App, browser: &Browser<'_>, handed_out: &mut HandedOut) {
    handed_out.keep(&app.secret);
    let asked = [
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid offline_access"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
    browser.get(&format!("/{}/oauth2/v2.0/authorize?{query}", app.tenant)).await;
    let location = url::Url::parse(&browser.location()).expect("the app");
    let code = location.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    handed_out.keep(&code);
    handed_out.look(server).await;
    let tokens = redeem(server, app, &[("grant_type", "authorization_code"), ("code", &code)]).await;
    let first = keep_tokens(&tokens, handed_out);
    handed_out.look(server).await;
    let tokens = redeem(server, app, &[("grant_type", "refresh_token"), ("refresh_token", &first)]).await;
    keep_tokens(&tokens, handed_out);
    handed_out.look(server).await;
}

async fn redeem(server: &TestServer, app: &App, fields: &[(&str, &str)]) -> Value {
    let whole = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("redirect_uri", REDIRECT)];
    let fields: Vec<_> = whole.iter().chain(fields).copied().collect();
    let answer = server.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// Keeps all tokens; the one to refresh with.
fn keep_tokens(tokens: &Value, handed_out: &mut HandedOut) -> String {
    for name in ["access_token", "id_token", "refresh_token"] {
        handed_out.keep(tokens[name].as_str().unwrap_or_else(|| panic!("no {name}")));
    }
    tokens["refresh_token"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn x6_i1_no_secret_that_was_handed_out_is_stored_and_every_kind_is_found_by_its_hash() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut handed_out = HandedOut::default();
        accept(&server, &tenant, &mut handed_out).await;
        let browser = server.browser();
        recover(&server, &tenant, &browser, &mut handed_out).await;
        let properties = Changes { web_redirect_uris: Some(vec![REDIRECT.to_owned()]), ..Changes::default() };
        let app = server.app(&tenant, "Expenses", properties).await;
        authorize(&server, &app, &browser, &mut handed_out).await;
        let kinds: BTreeSet<_> = SecretKind::ALL.iter().map(|kind| kind.prefix()).collect();
        assert_eq!(handed_out.found, kinds, "each kind was handed out and is stored as its hash");
    })
    .await;
}
