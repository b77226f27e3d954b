//! `schemathesis`, which knows nothing but the document at `/openapi.json`, asks for everything that stands there.

use std::io::Write as _;
use std::process::{Command, Stdio};

use e2e::demo::{Demo, Options, Person, Tenant};
use e2e::graph::{Graph, text};
use e2e::visitor::{Page, Visitor};
use e2e::{Outcome, required_path};
use reqwest::Method;
use serde_json::{Value, json};

/// The challenge and the verifier of RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The directory API as Microsoft Graph is named everywhere.
const DIRECTORY: &str = "00000003-0000-0000-c000-000000000000";

const GUEST: &str = "ada@northwind.example";

/// Where apps live that nobody has consented to; nobody is led there.
const REDIRECT: &str = "https://asked.example/signed-in";

/// Apps that a member asks for.
const REQUESTS: usize = 4;

/// No answer is a failure of the server's, and none is left out of the document: for an administrator, a member and a guest
/// through an app that may act for all of them, and for nobody.
#[tokio::test]
async fn every_answer_stands_in_the_document() -> Outcome {
    // The receiver of notifications listens beside the demo, where servers reach nobody unless they are told to.
    let reaching = ("VESTIBULE_OUTBOUND__ALLOW_NETWORKS".to_owned(), "[\"127.0.0.0/8\"]".to_owned());
    let demo = Demo::start(&Options { environment: vec![reaching], ..Options::default() }).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    ask_for_apps(&demo, contoso, &graph).await?;
    grant_everything(&graph, contoso).await?;
    let callers = json!({
        "administrator": token_of(&demo, contoso, &contoso.administrator).await?,
        "member": token_of(&demo, contoso, &contoso.member).await?,
        "guest": token_of_guest(&demo, contoso, &graph).await?,
    });

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/openapi.py");
    let mut command = Command::new(required_path("VESTIBULE_PYTHON")?);
    command.arg(script).arg(demo.contract_file()).stdin(Stdio::piped());
    let mut process = command.spawn()?;
    // The pipe is closed at the end of the statement, which is how the script knows that nothing follows.
    process.stdin.take().ok_or("no pipe")?.write_all(callers.to_string().as_bytes())?;
    let status = process.wait()?;
    assert!(status.success(), "openapi.py ended with {status}\n{}", demo.log());
    Ok(())
}

/// A member asks for apps that nobody has consented to, so that there are requests to be read and decided.
async fn ask_for_apps(demo: &Demo, tenant: &Tenant, graph: &Graph) -> Outcome {
    let (status, reviewer) = graph.ask(Method::GET, &format!("/v1.0/users/{}", tenant.administrator.upn), None).await?;
    if status != 200 {
        return Err(format!("no administrator: {status} {reviewer}").into());
    }
    let policy = json!({
        "isEnabled": true, "notifyReviewers": false, "remindersEnabled": false, "requestDurationInDays": 30,
        "reviewers": [{ "query": format!("/users/{}", text(&reviewer, "/id")?), "queryType": "MicrosoftGraph" }],
    });
    graph.call(Method::PUT, "/v1.0/policies/adminConsentRequestPolicy", &policy).await?;
    let mut member = Visitor::new(demo.client()?, &demo.contract.base_url)?;
    for number in 0..REQUESTS {
        let body = json!({ "displayName": format!("Asked for {number}"), "web": { "redirectUris": [REDIRECT] } });
        let app = text(&graph.call(Method::POST, "/v1.0/applications", &body).await?, "/appId")?;
        graph.call(Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": app })).await?;
        member.open(&authorize(demo, tenant, (&app, REDIRECT), "openid User.Read.All")).await?;
        if number == 0 {
            member.sign_in(&tenant.member.upn, &tenant.member.password).await?;
        }
        let page = member.submit(&[("reason", "For the audit"), ("answer", "ask")]).await?;
        if page.status >= 400 {
            return Err(format!("nothing is asked for: {page:?}").into());
        }
    }
    let asked = graph.list("/v1.0/identityGovernance/appConsent/appConsentRequests").await?;
    if asked.len() == REQUESTS { Ok(()) } else { Err(format!("asked for {asked:?}").into()) }
}

/// An administrator consents to everything the sample app could ask for, on behalf of everybody.
async fn grant_everything(graph: &Graph, tenant: &Tenant) -> Outcome {
    let principal = async |app: &str| -> Outcome<Value> {
        let path = format!("/v1.0/servicePrincipals(appId='{app}')");
        let (status, found) = graph.ask(Method::GET, &path, None).await?;
        if status == 200 { Ok(found) } else { Err(format!("{path}: {status} {found}").into()) }
    };
    let (app, directory) = (principal(&tenant.app.client_id).await?, principal(DIRECTORY).await?);
    let scopes = directory["oauth2PermissionScopes"].as_array().ok_or("the directory exposes no scopes")?;
    let scopes: Vec<&str> = scopes.iter().filter_map(|scope| scope["value"].as_str()).collect();
    let grant = json!({
        "clientId": app["id"],
        "consentType": "AllPrincipals",
        "resourceId": directory["id"],
        "scope": scopes.join(" "),
    });
    graph.call(Method::POST, "/v1.0/oauth2PermissionGrants", &grant).await.map(drop)
}

async fn token_of(demo: &Demo, tenant: &Tenant, person: &Person) -> Outcome<String> {
    let mut visitor = Visitor::new(demo.client()?, &demo.contract.base_url)?;
    visitor.open(&authorize_sample(demo, tenant)).await?;
    let page = visitor.sign_in(&person.upn, &person.password).await?;
    token(demo, tenant, &page).await
}

/// Invites somebody, who accepts and then opens the app.
async fn token_of_guest(demo: &Demo, tenant: &Tenant, graph: &Graph) -> Outcome<String> {
    let invited = graph.invite(GUEST, "Ada", &tenant.app.url, false).await?;
    let mut guest = Visitor::new(demo.client()?, &demo.contract.base_url)?;
    guest.open(&invited.link).await?;
    guest.submit(&[]).await?;
    let mail = demo.inbox()?.wait_for(GUEST, "a code", |mail| mail.code().is_some()).await?;
    let code = mail.code().ok_or("a mail without a code")?;
    guest.submit_to("/code", &[("code", &code)]).await?;
    let page = guest.open(&authorize_sample(demo, tenant)).await?;
    token(demo, tenant, &page).await
}

/// Where the sample app sends people to sign in.
fn authorize_sample(demo: &Demo, tenant: &Tenant) -> String {
    let scope = format!("openid profile email {}/.default", demo.contract.base_url);
    authorize(demo, tenant, (&tenant.app.client_id, &tenant.app.redirect_uri), &scope)
}

/// Where an app sends people to sign in.
fn authorize(demo: &Demo, tenant: &Tenant, (client, redirect): (&str, &str), scope: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", client),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    format!("{}/{}/oauth2/v2.0/authorize?{query}", demo.contract.base_url, tenant.id)
}

/// The access token for the code that a page leads back to the app with.
async fn token(demo: &Demo, tenant: &Tenant, page: &Page) -> Outcome<String> {
    let back = page.leads_to.as_ref().ok_or_else(|| format!("not sent back to the app: {page:?}"))?;
    let code = back.query_pairs().find(|(name, _)| name == "code").ok_or_else(|| format!("no code: {back}"))?;
    let url = format!("{}/{}/oauth2/v2.0/token", demo.contract.base_url, tenant.id);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &tenant.app.client_id),
        ("client_secret", &tenant.app.client_secret),
        ("redirect_uri", &tenant.app.redirect_uri),
        ("code_verifier", VERIFIER),
        ("code", &code.1),
    ];
    let answer: Value = demo.client()?.post(url).form(&form).send().await?.error_for_status()?.json().await?;
    text(&answer, "/access_token")
}
