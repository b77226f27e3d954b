//! The server among the programs an operator puts around it: `vestibule doctor` against a DNS server, a relay and a
//! certificate; Prometheus's own judgement on the alert rules.

use std::path::Path;
use std::process::Command;

use e2e::Outcome;
use e2e::doctor::{examine, verdict};
use e2e::neighbours::{self, Running};
use e2e::operator::{Engine, Installation};
use e2e::smtp_sink::{Misbehaviour, PASSWORD as RELAY_PASSWORD, SmtpSink, USERNAME};
use serde_json::Value;

const PASSWORD: &str = "correct horse battery staple";

/// A DNS server that knows these texts.
async fn dns(records: &[(&str, &str)]) -> Outcome<(Running, String)> {
    let options: Vec<String> = records.iter().map(|(name, text)| format!("--txt-record={name},{text}")).collect();
    neighbours::dns(&options).await
}

fn with_relay(installation: &mut Installation, relay: &SmtpSink, password: &str) {
    let good = format!(
        "relay = \"localhost\"\nport = {}\nsecurity = \"starttls\"\nusername = {USERNAME:?}\npassword = {password:?}\n\
         certificate_authority_file = {:?}\n",
        relay.port,
        relay.ca_certificate().display().to_string()
    );
    let bad = "relay = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\n";
    assert!(installation.sections.contains(bad), "{}", installation.sections);
    installation.sections = installation.sections.replace(bad, &good).replace("@example.org", "@contoso.example");
}

/// The search path of this machine, with a system in front that says this of its clock.
fn with_clock(installation: &Installation, word: &str) -> Outcome<String> {
    let file = installation.write("timedatectl", &format!("#!/bin/sh\necho {word}\n"))?;
    Command::new("chmod").arg("0755").arg(&file).status()?;
    Ok(format!("{}:{}", installation.file("").display(), std::env::var("PATH")?))
}

#[tokio::test]
async fn the_doctor_finds_nothing_where_all_is_well_and_sends_its_mail() -> Outcome {
    let (_dns, nameserver) = dns(&[
        ("contoso.example", "v=spf1 include:relay.example -all"),
        ("s1._domainkey.contoso.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
        ("_dmarc.contoso.example", "v=DMARC1; p=quarantine"),
    ])
    .await?;
    for engine in Engine::all() {
        let relay = SmtpSink::start(&Misbehaviour::default())?;
        let mut installation = Installation::with_administrator(engine, PASSWORD)?;
        with_relay(&mut installation, &relay, RELAY_PASSWORD);
        installation.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
        let serving = installation.serve().await?;
        let options = ["--nameserver", &nameserver, "--dkim-selector", "s1", "--mail-to", "ops@northwind.example"];
        let path = with_clock(&installation, "yes")?;
        let (findings, failed) = examine(&installation, &options, &[("PATH", &path)])?;
        let bad: Vec<&Value> = findings.iter().filter(|finding| finding["verdict"] != "ok").collect();
        assert!(bad.is_empty() && !failed, "{bad:#?}");
        verdict(&findings, "address", "publishes the keys of this database");
        verdict(&findings, "keys", "is the one of this database");
        verdict(&findings, "metrics", "to this machine alone");
        verdict(&findings, "clock", "is kept in step");
        verdict(&findings, "clock", "differ by");
        verdict(&findings, "relay", "lets us in");
        let mails = relay.received()?;
        assert_eq!(mails.len(), 1, "one mail, and only because it was asked for");
        assert_eq!(mails[0].envelope_to, ["ops@northwind.example"]);
        assert!(mails[0].tls && mails[0].authenticated && mails[0].mail.subject.contains(&installation.base_url));
        serving.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_doctor_examines_everything_although_everything_is_broken() -> Outcome {
    let (_dns, nameserver) = dns(&[
        ("contoso.example", "v=spf1 -all"),
        ("contoso.example", "v=spf1 +all"),
        ("old._domainkey.contoso.example", "v=DKIM1; p="),
        ("_dmarc.contoso.example", "v=DMARC1; p=none"),
    ])
    .await?;
    for engine in Engine::all() {
        let relay = SmtpSink::start(&Misbehaviour::default())?;
        let mut installation = Installation::with_administrator(engine, PASSWORD)?;
        with_relay(&mut installation, &relay, "wrong");
        let key = installation.file("master.key");
        std::fs::write(&key, "5a".repeat(32))?;
        Command::new("chmod").arg("0644").arg(&key).status()?;
        Command::new("chmod").arg("0755").arg(installation.file("")).status()?;
        let options = ["--nameserver", &nameserver, "--dkim-selector", "old", "--mail-to", "ops@northwind.example"];
        let path = with_clock(&installation, "no")?;
        let (findings, failed) = examine(&installation, &options, &[("PATH", &path)])?;
        assert!(failed);
        assert_eq!(verdict(&findings, "files", "master.key"), "failure");
        assert_eq!(verdict(&findings, "keys", "does not open this database"), "failure");
        assert_eq!(verdict(&findings, "clock", "nothing keeps"), "warning");
        assert_eq!(verdict(&findings, "server", "No server answers"), "warning");
        assert_eq!(verdict(&findings, "address", "Nobody gets through"), "failure");
        assert_eq!(verdict(&findings, "relay", "No mail leaves"), "failure");
        assert_eq!(verdict(&findings, "relay", "did not take the test mail"), "failure");
        assert_eq!(verdict(&findings, "spf", "2 SPF records"), "failure");
        assert_eq!(verdict(&findings, "dkim", "revoked"), "failure");
        assert_eq!(verdict(&findings, "dmarc", "only reports"), "warning");
        assert!(relay.received()?.is_empty());

        // Another domain, of which the DNS knows nothing.
        installation.sections = installation.sections.replace("@contoso.example", "@fabrikam.example");
        let (findings, _) = examine(&installation, &["--nameserver", &nameserver], &[])?;
        assert_eq!(verdict(&findings, "spf", "does not say who may send"), "failure");
        assert_eq!(verdict(&findings, "dkim", "publishes no key"), "failure");
        assert_eq!(verdict(&findings, "dmarc", "does not say what happens"), "warning");

        installation.sections.push_str("[colours]\nsky = \"blue\"\n");
        let (findings, failed) = examine(&installation, &[], &[])?;
        assert!(failed && verdict(&findings, "configuration", "colours") == "failure");
    }
    Ok(())
}

#[tokio::test]
async fn the_doctor_tells_another_server_from_this_one_and_a_missing_schema() -> Outcome {
    let first = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    first.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
    let mut second = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    second.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
    let serving = first.serve().await?;
    second.base_url.clone_from(&first.base_url);
    let (findings, failed) = examine(&second, &[], &[])?;
    assert!(failed);
    assert_eq!(verdict(&findings, "address", &first.base_url), "failure");
    serving.stop().await?;

    let empty = Installation::new(Engine::Sqlite)?;
    let (findings, failed) = examine(&empty, &[], &[])?;
    assert!(failed && verdict(&findings, "database", "There is no database") == "failure");
    assert!(!empty.file("vestibule.db").exists(), "an examination makes nothing");
    for engine in Engine::all().into_iter().filter(|engine| *engine == Engine::Postgres) {
        let (findings, failed) = examine(&Installation::new(engine)?, &[], &[])?;
        assert!(failed && verdict(&findings, "database", "schema") == "failure");
    }
    Ok(())
}

#[test]
fn prometheus_accepts_the_alert_rules_and_they_fire_when_they_should() -> Outcome {
    let monitoring = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/monitoring");
    let run = |words: &[&str], file: &Path| -> Outcome {
        let output = Command::new("promtool").args(words).arg(file).output()?;
        let told = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        if output.status.success() { Ok(()) } else { Err(told.into()) }
    };
    run(&["check", "rules"], &monitoring.join("prometheus-alerts.yml"))?;
    let dashboard: Value = serde_json::from_slice(&std::fs::read(monitoring.join("grafana-dashboard.json"))?)?;
    let targets = dashboard["panels"].as_array().into_iter().flatten().filter_map(|panel| panel["targets"].as_array());
    let queries = targets.flatten().filter_map(|target| target["expr"].as_str());
    let filled = queries.map(|query| query.replace("$__rate_interval", "5m").replace("$job", "vestibule"));
    let rules: Vec<Value> = filled
        .enumerate()
        .map(|(number, query)| serde_json::json!({ "record": format!("panel:{number}"), "expr": query }))
        .collect();
    assert!(rules.len() > 10, "the dashboard has queries");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("dashboard.json");
    // JSON is YAML.
    std::fs::write(&file, serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string())?;
    run(&["check", "rules"], &file)?;
    run(&["test", "rules"], &monitoring.join("prometheus-alerts.test.yml"))
}
