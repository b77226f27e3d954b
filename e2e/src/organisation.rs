//! An organisation's apps, registered in the portal as an administrator registers them.

use reqwest::Client;
use serde_json::Value;

use crate::demo::Program;
use crate::graph::text;
use crate::visitor::Visitor;
use crate::{Outcome, secrets};

/// Where its apps want people sent back to. Nobody listens there.
pub const REDIRECT: &str = "https://app.example/signed-in";

/// An app with a secret.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The object id.
    pub id: String,
    /// What it signs in with.
    pub program: Program,
}

/// Registers an app that everybody here may use, and gives it these permissions of its own. `portal` is the path of the
/// admin centre that the visitor is signed in to.
pub async fn register(visitor: &mut Visitor, portal: &str, name: &str, permissions: &[&str]) -> Outcome<Registered> {
    visitor.open(&format!("{portal}/apps/new")).await?;
    // Without the box that leaves it to those who are assigned: whoever visits signs in to it at once.
    visitor.submit_to("/apps/new", &[("name", name), ("redirect", REDIRECT)]).await?;
    let id = visitor.at().path().rsplit('/').next().unwrap_or_default().to_owned();
    if !permissions.is_empty() {
        let fields: Vec<(&str, &str)> = permissions.iter().map(|name| ("permission", *name)).collect();
        visitor.submit_to("/permissions", &fields).await?;
    }
    let page = visitor.submit_to("/add-secret", &[("purpose", "tests")]).await?;
    let client_id = code_after(&page.text, "Client id").ok_or("the page names no client id")?;
    let client_secret = code_after(&page.text, "shown this once").ok_or("the page shows no secret")?;
    Ok(Registered { id, program: Program { client_id, client_secret } })
}

/// Registers an app and does with it what apps do, rightly and wrongly: sends the visitor to it, exchanges the code,
/// refreshes, signs in by itself, and presents each secret where it does not belong. Every secret is remembered.
pub async fn use_app(client: &Client, visitor: &mut Visitor, portal: &str) -> Outcome {
    let program = register(visitor, portal, "Expenses", &[]).await?.program;
    secrets::see(program.client_secret.clone());
    let base = visitor.at().origin().ascii_serialization();
    let tenant = portal.rsplit('/').next().unwrap_or_default();
    let code = code_for(visitor, &format!("{base}/{tenant}/oauth2/v2.0/authorize"), &program).await?;
    let endpoint = format!("{base}/{tenant}/oauth2/v2.0/token");
    let exchange = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT), ("code", &code)];
    let tokens = ask(client, &endpoint, &program, &exchange, 200).await?;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &text(&tokens, "/refresh_token")?)];
    ask(client, &endpoint, &program, &refresh, 200).await?;
    let itself = [("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default")];
    let token = text(&ask(client, &endpoint, &program, &itself, 200).await?, "/access_token")?;
    let listed = client.get(format!("{base}/v1.0/users")).bearer_auth(&token).send().await?;
    if listed.status() != 403 {
        return Err(format!("a program without permissions reads the users: {}", listed.status()).into());
    }

    ask(client, &endpoint, &program, &exchange, 400).await?;
    ask(client, &endpoint, &program, &[("grant_type", "refresh_token"), ("refresh_token", &code)], 400).await?;
    let mixed =
        [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT), ("code", program.client_secret.as_str())];
    ask(client, &endpoint, &program, &mixed, 400).await?;
    let guess = Program { client_secret: token, ..program };
    ask(client, &endpoint, &guess, &itself, 401).await?;
    Ok(())
}

/// The code that an app gets for the visitor, who is signed in.
async fn code_for(visitor: &mut Visitor, endpoint: &str, program: &Program) -> Outcome<String> {
    let asked = [
        ("client_id", program.client_id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid offline_access"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
    let page = visitor.open(&format!("{endpoint}?{query}")).await?;
    let arrived = page.leads_to.as_ref().ok_or_else(|| format!("the app gets no answer: {page:?}"))?;
    let code = arrived.query_pairs().find(|(name, _)| name == "code").ok_or("no code")?.1.into_owned();
    secrets::see(code.clone());
    Ok(code)
}

/// Asks for tokens, which must be answered so; what comes is remembered.
async fn ask(
    client: &Client,
    endpoint: &str,
    program: &Program,
    fields: &[(&str, &str)],
    status: u16,
) -> Outcome<Value> {
    let own = [("client_id", program.client_id.as_str()), ("client_secret", &program.client_secret)];
    let form: Vec<(&str, &str)> = own.iter().chain(fields).copied().collect();
    let answer = client.post(endpoint).form(&form).send().await?;
    let told = answer.status().as_u16();
    let answer: Value = answer.json().await?;
    if told != status {
        return Err(format!("{fields:?}: {told} {answer}").into());
    }
    let tokens = ["access_token", "id_token", "refresh_token"].iter().filter_map(|name| answer[*name].as_str());
    tokens.for_each(|token| secrets::see(token.to_owned()));
    Ok(answer)
}

/// The first code element behind a text of a page.
fn code_after(page: &str, text: &str) -> Option<String> {
    let (_, rest) = page.split_once(text)?;
    let (_, rest) = rest.split_once("<code")?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split('<').next()?.to_owned())
}
