//! Clients written by others: Microsoft's for Python, and `openidconnect`.

use std::collections::HashMap;
use std::process::Command;

use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::journey::{Scrutiny, sign_in};
use e2e::{Outcome, required_path};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use url::Url;

#[tokio::test]
async fn msal_and_the_graph_sdk_invite_and_read_back() -> Outcome {
    let demo = Demo::start(&Options { https: true, ..Options::default() }).await?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/journey.py");
    let status = Command::new(required_path("VESTIBULE_PYTHON")?).arg(script).arg(demo.contract_file()).status()?;
    assert!(status.success(), "journey.py ended with {status}\n{}", demo.log());
    Ok(())
}

#[tokio::test]
async fn openidconnect_discovers_each_tenant_and_gets_a_token() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let client = demo.client()?;
    let http = |request: HttpRequest| send(client.clone(), request);
    for tenant in &demo.contract.tenants {
        let base_url = &demo.contract.base_url;
        // Discovery compares the issuer in the document with the one asked for.
        let issuer = IssuerUrl::new(format!("{base_url}/{}/v2.0", tenant.id))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await?;
        assert!(!metadata.jwks().keys().is_empty(), "the tenant publishes keys");
        let token = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(tenant.daemon.client_id.clone()),
            Some(ClientSecret::new(tenant.daemon.client_secret.clone())),
        )
        .exchange_client_credentials()?
        .add_scope(Scope::new(format!("{base_url}/.default")))
        .request_async(&http)
        .await?;
        assert!(!token.access_token().secret().is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn openidconnect_signs_a_person_in_with_the_code_flow() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let app = &contoso.app;
    let client = demo.client()?;
    let http = |request: HttpRequest| send(client.clone(), request);
    let issuer = IssuerUrl::new(format!("{}/{}/v2.0", demo.contract.base_url, contoso.id))?;
    let metadata = CoreProviderMetadata::discover_async(issuer, &http).await?;
    let secret = Some(ClientSecret::new(app.client_secret.clone()));
    let relying_party = CoreClient::from_provider_metadata(metadata, ClientId::new(app.client_id.clone()), secret)
        .set_redirect_uri(RedirectUrl::new(app.redirect_uri.clone())?);

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = relying_party
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes([Scope::new("profile".to_owned()), Scope::new("email".to_owned())])
        .set_pkce_challenge(challenge)
        .url();
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(url.as_str()).await?;
    sign_in(&browser, &contoso.member, Scrutiny::None).await?;
    // The sample app listens there, but it did not begin this sign-in: it leaves the code unused.
    let landed = Url::parse(&browser.url().await?)?;
    browser.quit().await?;
    assert!(landed.as_str().starts_with(&app.redirect_uri), "{landed}");
    let answer: HashMap<String, String> = landed.query_pairs().into_owned().collect();
    assert_eq!(answer.get("state"), Some(state.secret()), "{landed}");
    let code = answer.get("code").cloned().ok_or_else(|| format!("no code in {landed}"))?;

    let exchange = async |verifier: PkceCodeVerifier| -> Outcome<_> {
        let request = relying_party.exchange_code(AuthorizationCode::new(code.clone()))?;
        Ok(request.set_pkce_verifier(verifier).request_async(&http).await?)
    };
    let again = PkceCodeVerifier::new(verifier.secret().clone());
    let tokens = exchange(verifier).await?;
    let id_token = tokens.id_token().ok_or("no ID token")?;
    let claims = id_token.claims(&relying_party.id_token_verifier(), &nonce)?;
    let name = claims.preferred_username().map(|name| name.as_str().to_owned());
    assert_eq!(name.as_deref(), Some(contoso.member.upn.as_str()));
    let subject = claims.subject().clone();
    let request = relying_party.user_info(tokens.access_token().clone(), Some(subject.clone()))?;
    let person: CoreUserInfoClaims = request.request_async(&http).await?;
    assert_eq!(person.subject(), &subject);
    assert!(exchange(again).await.is_err(), "a code works once");
    Ok(())
}

/// `openidconnect` brings no HTTP client of its own here; it takes any function from request to response.
async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let response = client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send().await?;
    let mut answer = HttpResponse::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}
