//! What the demo command promises to scripts and to people who try it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use e2e::demo::{Demo, Options, binary, free_port};
use e2e::{Outcome, waiting};
use tempfile::TempDir;

#[tokio::test]
async fn the_contract_holds() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contract = &demo.contract;
    assert!(contract.base_url.starts_with("http://localhost:"), "{}", contract.base_url);
    assert!(!contract.base_url.ends_with('/'));
    assert!(contract.ca_certificate.is_none());
    assert_eq!(contract.mailbox, format!("{}/demo/mailbox.json", contract.base_url));
    let domains: Vec<&str> = contract.tenants.iter().map(|tenant| tenant.domain.as_str()).collect();
    assert_eq!(domains, ["contoso.example", "fabrikam.example"]);
    let mode = std::fs::metadata(demo.contract_file())?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds secrets");
    assert!(demo.inbox()?.mails_to("nobody@northwind.example").await?.is_empty());

    let client = demo.client()?;
    for tenant in &contract.tenants {
        let answer = client.get(&tenant.app.url).send().await?;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let to_us = location.is_some_and(|to| to.starts_with(&format!("{}/{}/", contract.base_url, tenant.id)));
        assert!(answer.status().is_redirection() && to_us, "a plain GET signs in: {location:?}");
    }
    Ok(())
}

#[tokio::test]
async fn it_ends_when_asked_and_comes_back_with_what_it_had() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let before = demo.contoso()?.id.clone();
    let (directory, status) = demo.stop().await?;
    assert!(status.success(), "{status}");
    std::fs::remove_file(directory.path().join("data/demo.json")).ok();
    let demo = Demo::start_in(directory, &Options::default(), false).await?;
    assert_eq!(demo.contoso()?.id, before);
    Ok(())
}

#[tokio::test]
async fn https_comes_with_an_authority_of_its_own() -> Outcome {
    let demo = Demo::start(&Options { https: true, ..Options::default() }).await?;
    assert!(demo.contract.base_url.starts_with("https://localhost:"));
    let answer = demo.client()?.get(&demo.contract.mailbox).send().await?;
    assert!(answer.status().is_success(), "{}", answer.status());

    // The client compares each name with the certificate; the demo then leads to the one name it goes by.
    let port = demo.contract.base_url.rsplit(':').next().unwrap_or_default();
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    for host in ["localhost", "127.0.0.1"].into_iter().chain(has_ipv6.then_some("[::1]")) {
        let answer = demo.client()?.get(format!("https://{host}:{port}/demo/mailbox.json")).send().await?;
        let expected = if host == "localhost" { 200 } else { 307 };
        assert_eq!(answer.status(), expected, "{host}");
    }
    Ok(())
}

#[tokio::test]
async fn an_old_contract_is_gone_before_the_start() -> Outcome {
    let (directory, _) = Demo::start(&Options::default()).await?.stop().await?;
    let data = directory.path().join("data");
    assert!(data.join("demo.json").exists());
    // A start that fails shows what it did before.
    std::fs::write(data.join("master.key"), "not a key")?;
    let mut command = Command::new(binary()?);
    command.args(["demo", "--listen", &format!("127.0.0.1:{}", free_port()?), "--data-dir"]).arg(&data);
    assert!(!command.output()?.status.success());
    assert!(!data.join("demo.json").exists(), "scripts would take it for a running demo");
    Ok(())
}

#[tokio::test]
async fn the_welcome_says_where_to_go_as_whom_and_what_to_try() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let told = waiting::until("the welcome", Duration::from_secs(5), async || {
        Ok(Some(demo.told()).filter(|told| told.contains("Stop with Ctrl-C")))
    })
    .await?;
    let contract = &demo.contract;
    for tenant in &contract.tenants {
        let portal = format!("{}/portal/{}", contract.base_url, tenant.id);
        let people = [&tenant.administrator, &tenant.member];
        let words = people.iter().flat_map(|person| [&person.upn, &person.password]);
        for word in words.chain([&portal, &tenant.app.url]) {
            assert!(told.contains(word.as_str()), "{word} is not in: {told}");
        }
    }
    let first = format!("{}/portal/{}/invitations/new", contract.base_url, demo.contoso()?.id);
    for word in ["Try this first", &first, &format!("{}/demo/mailbox", contract.base_url)] {
        assert!(told.contains(word), "{word} is not in: {told}");
    }
    Ok(())
}

#[test]
fn fresh_never_empties_a_directory_of_somebody_else() -> Outcome {
    let directory = TempDir::new()?;
    let precious = directory.path().join("precious.txt");
    std::fs::write(&precious, "keep me")?;
    let output = Command::new(binary()?)
        .args(["demo", "--fresh", "--listen", &format!("127.0.0.1:{}", free_port()?)])
        .arg("--data-dir")
        .arg(directory.path())
        .output()?;
    assert!(!output.status.success());
    assert!(!output.stderr.is_empty(), "it says why");
    assert_eq!(std::fs::read_to_string(&precious)?, "keep me");
    Ok(())
}

#[test]
fn it_listens_on_loopback_only() -> Outcome {
    let directory = TempDir::new()?;
    let output = Command::new(binary()?)
        .args(["demo", "--listen", "0.0.0.0:0", "--data-dir"])
        .arg(directory.path().join("data"))
        .output()?;
    assert!(!output.status.success(), "its mailbox is open to whoever reaches it");
    Ok(())
}
