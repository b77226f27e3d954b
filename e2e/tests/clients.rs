//! Clients written by others: Microsoft's for Python, and `openidconnect`.

use std::process::Command;

use e2e::demo::{Demo, Options};
use e2e::{Outcome, required_path};
use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{ClientId, ClientSecret, HttpRequest, HttpResponse, IssuerUrl, OAuth2TokenResponse as _, Scope};

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
