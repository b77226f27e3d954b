//! People sign in to apps of MSAL, Microsoft's client library: one on a server (Python), one in the browser (MSAL.js); and an
//! app of MSAL and the Graph SDK for Python goes through the whole directory.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options, Tenant};
use e2e::graph::Graph;
use e2e::journey::{Guest, Scrutiny, enter_code, redeem};
use e2e::spa::{Msal, Spa};
use e2e::{Outcome, hooks, required_path, waiting};
use serde_json::Value;
use thirtyfour::By;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

/// A window that opens or closes, an answer that a script waits for.
const PATIENCE: Duration = Duration::from_secs(20);

const MEMBER: &str = "member";
const GUEST: &str = "guest";
const ADMINISTRATOR: &str = "administrator";

async fn demo() -> Outcome<Demo> {
    Demo::start(&Options { https: true, ..Options::default() }).await
}

async fn browser() -> Outcome<Browser> {
    Browser::start(&BrowserOptions { any_certificate: true, ..BrowserOptions::default() }).await
}

/// Invites the guest and has them accept, in a browser that is not used again.
async fn accepted(demo: &Demo, tenant: &Tenant) -> Outcome {
    Graph::of(demo, tenant).await?.invite(ADA.address, ADA.name, &tenant.app.url, true).await?;
    let browser = browser().await?;
    redeem(demo, tenant, &demo.inbox()?, &browser, &ADA, Scrutiny::None).await?;
    browser.quit().await
}

/// Who signs in, and with which address.
fn address<'a>(tenant: &'a Tenant, kind: &str) -> &'a str {
    match kind {
        MEMBER => &tenant.member.upn,
        ADMINISTRATOR => &tenant.administrator.upn,
        _ => ADA.address,
    }
}

/// The password of who has one; a guest gets a code instead.
fn password<'a>(tenant: &'a Tenant, kind: &str) -> Option<&'a str> {
    match kind {
        MEMBER => Some(&tenant.member.password),
        ADMINISTRATOR => Some(&tenant.administrator.password),
        _ => None,
    }
}

/// Signs in on whatever page asks: an address unless the app has given one, then a password or a code.
async fn sign_in(browser: &Browser, demo: &Demo, tenant: &Tenant, kind: &str) -> Outcome {
    let address = address(tenant, kind);
    let known = demo.inbox()?.mails_to(address).await?.iter().filter(|mail| mail.code().is_some()).count();
    browser.find(&format!("{}, {}, {}", hooks::ADDRESS, hooks::PASSWORD_FIELD, hooks::CODE)).await?;
    if browser.driver.find(By::Css(hooks::ADDRESS)).await.is_ok() {
        browser.fill(hooks::ADDRESS, address).await?;
        browser.submit(hooks::SUBMIT).await?;
    }
    if let Some(password) = password(tenant, kind) {
        browser.fill(hooks::PASSWORD_FIELD, password).await?;
        return browser.submit(hooks::SUBMIT).await;
    }
    enter_code(browser, &demo.inbox()?, address, known).await
}

/// Runs a script of MSAL for Python, which may be told something first. Each line it writes is an address for the browser, and
/// it is told where the browser stands afterwards; at the first one the person signs in. How many addresses there were.
async fn run_python(demo: &Demo, name: &str, told: &str, kind: &str) -> Outcome<usize> {
    let contoso = demo.contoso()?;
    let browser = browser().await?;
    let mut client = Command::new(required_path("VESTIBULE_PYTHON")?)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name))
        .arg(demo.contract_file())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = client.stdin.take().ok_or("no input")?;
    let mut output = BufReader::new(client.stdout.take().ok_or("no output")?).lines();
    input.write_all(told.as_bytes()).await?;
    let mut visits = 0;
    let ended = loop {
        let Some(line) = output.next_line().await? else { break None };
        if line == "ok" {
            break Some(());
        }
        browser.open(&line).await?;
        if visits == 0 {
            sign_in(&browser, demo, contoso, kind).await?;
        }
        visits += 1;
        input.write_all(format!("{}\n", browser.url().await?).as_bytes()).await?;
    };
    assert!(ended.is_some(), "{name} ended after {visits} visits\n{}", demo.log());
    assert!(client.wait().await?.success());
    browser.quit().await?;
    Ok(visits)
}

async fn signs_in_to_python(kind: &str) -> Outcome {
    let demo = demo().await?;
    let contoso = demo.contoso()?;
    if kind == GUEST {
        accepted(&demo, contoso).await?;
    }
    let told = format!("{kind}\n{}\n", address(contoso, kind));
    assert_eq!(run_python(&demo, "person.py", &told, kind).await?, 3);
    Ok(())
}

#[tokio::test]
async fn a_member_signs_in_to_msal_for_python() -> Outcome {
    signs_in_to_python(MEMBER).await
}

#[tokio::test]
async fn a_guest_signs_in_to_msal_for_python() -> Outcome {
    signs_in_to_python(GUEST).await
}

#[tokio::test]
async fn the_graph_sdk_for_python_goes_through_the_whole_directory() -> Outcome {
    // The receiver of notifications listens beside the demo, where servers reach nobody unless they are told to.
    let reaching = ("VESTIBULE_OUTBOUND__ALLOW_NETWORKS".to_owned(), "[\"127.0.0.0/8\"]".to_owned());
    let demo = Demo::start(&Options { https: true, environment: vec![reaching] }).await?;
    assert_eq!(run_python(&demo, "directory.py", "", ADMINISTRATOR).await?, 1);
    // What the first run made is gone, so it can be run again.
    assert_eq!(run_python(&demo, "directory.py", "", ADMINISTRATOR).await?, 1);
    Ok(())
}

/// What the app shows after a sign-in.
async fn shown(browser: &Browser) -> Outcome<Value> {
    let out = browser.find("#out[data-done]").await?;
    Ok(serde_json::from_str(&out.text().await?)?)
}

fn is_signed_in(answer: &Value, tenant: &Tenant, kind: &str) {
    let of_claims = |name: &str| answer["claims"][name].as_str().unwrap_or_default();
    assert_eq!(answer["username"], address(tenant, kind), "{answer}");
    assert_eq!(answer["homeAccountId"], format!("{}.{}", of_claims("oid"), tenant.id), "{answer}");
    assert_eq!(answer["tenantId"], tenant.id, "{answer}");
    assert_eq!(of_claims("idp"), if kind == GUEST { "mail" } else { "" }, "{answer}");
}

/// A window opens, the person signs in there, it closes, and the app goes on.
async fn popup(browser: &Browser, demo: &Demo, tenant: &Tenant, kind: &str) -> Outcome<Value> {
    let app = browser.driver.window().await?;
    browser.find("#popup").await?.click().await?;
    let windows = waiting::until("the popup", PATIENCE, async || {
        let windows = browser.driver.windows().await?;
        Ok((windows.len() == 2).then_some(windows))
    });
    let popup = windows.await?.into_iter().find(|window| *window != app).ok_or("no popup")?;
    browser.driver.switch_to_window(popup).await?;
    sign_in(browser, demo, tenant, kind).await?;
    let closed = async || Ok((browser.driver.windows().await?.len() == 1).then_some(()));
    waiting::until("the end of the popup", PATIENCE, closed).await?;
    browser.driver.switch_to_window(app).await?;
    shown(browser).await
}

/// Tokens without a person, and what they open.
async fn silently(browser: &Browser, spa: &Spa, tenant: &Tenant, kind: &str, answer: &Value) -> Outcome<String> {
    let mut tokens = vec![answer["token"].as_str().ok_or("no token")?.to_owned()];
    for (how, from_cache) in [("Default", true), ("RefreshToken", false), ("RefreshToken", false), ("Skip", false)] {
        let silent: Value = spa.call(browser, "silent", &[how]).await?;
        assert_eq!(silent["fromCache"], from_cache, "{how}: {silent}");
        is_signed_in(&silent, tenant, kind);
        let token = silent["token"].as_str().ok_or("no token")?.to_owned();
        assert_eq!(tokens.contains(&token), from_cache, "{how}: the same token only from the cache");
        tokens.push(token);
    }
    for token in &tokens {
        let me: Value = spa.call(browser, "call", &["/v1.0/me", token]).await?;
        assert_eq!(me["status"], 200, "{me}");
        assert_eq!(me["body"]["id"], answer["claims"]["oid"], "{me}");
    }
    let refused: Value = spa.call(browser, "call", &["/v1.0/users", &tokens[0]]).await?;
    assert_eq!(refused["status"], 403, "the script reads why: {refused}");
    tokens.pop().ok_or_else(|| "no token".into())
}

/// The session is over, for the app, for whatever it holds, and for a frame that asks.
async fn is_signed_out(browser: &Browser, spa: &Spa, tenant: &Tenant, kind: &str, token: &str) -> Outcome {
    waiting::until("the page after signing out", PATIENCE, async || {
        // Version 5 adds a state, for the page that takes its answers.
        Ok(browser.url().await?.starts_with(&format!("{}/signed-out", spa.origin)).then_some(()))
    })
    .await?;
    spa.open(browser).await?;
    assert_eq!(spa.call::<Value>(browser, "accounts", &[]).await?, Value::Array(Vec::new()));
    let refused: Value = spa.call(browser, "call", &["/v1.0/me", token]).await?;
    assert_eq!(refused["status"], 401, "{refused}");
    assert!(refused["challenge"].as_str().is_some_and(|text| text.starts_with("Bearer")), "{refused}");
    let silent: Value = spa.call(browser, "sso", &[address(tenant, kind)]).await?;
    assert_eq!(silent["error"], "login_required", "{silent}");
    Ok(())
}

async fn signs_in_to_the_browser(msal: Msal) -> Outcome {
    let demo = demo().await?;
    let contoso = demo.contoso()?;
    accepted(&demo, contoso).await?;
    let spa = Spa::start(&demo, contoso, msal).await?;
    let browser = browser().await?;

    spa.open(&browser).await?;
    let answer = popup(&browser, &demo, contoso, GUEST).await?;
    is_signed_in(&answer, contoso, GUEST);
    let token = silently(&browser, &spa, contoso, GUEST, &answer).await?;
    // Without a proof whom it means, the server asks the person.
    browser.driver.execute("spa.logout(false);", Vec::new()).await?;
    browser.find("body[data-page='sign_in/pages/sign_out']").await?;
    browser.submit(hooks::SUBMIT).await?;
    is_signed_out(&browser, &spa, contoso, GUEST, &token).await?;

    browser.submit("#redirect").await?;
    sign_in(&browser, &demo, contoso, MEMBER).await?;
    let answer = shown(&browser).await?;
    is_signed_in(&answer, contoso, MEMBER);
    let token = silently(&browser, &spa, contoso, MEMBER, &answer).await?;
    // A tab that begins anew knows nobody, but the session of the browser answers from a frame.
    browser.driver.execute("sessionStorage.clear(); localStorage.clear();", Vec::new()).await?;
    spa.open(&browser).await?;
    let silent: Value = spa.call(&browser, "sso", &[&contoso.member.upn]).await?;
    is_signed_in(&silent, contoso, MEMBER);
    browser.driver.execute("spa.logout(true);", Vec::new()).await?;
    is_signed_out(&browser, &spa, contoso, MEMBER, &token).await?;
    browser.quit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_to_msal_js_5() -> Outcome {
    signs_in_to_the_browser(Msal::Five).await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_to_msal_js_4() -> Outcome {
    signs_in_to_the_browser(Msal::Four).await
}
