//! From a configuration to the first sign-in, and what keeps the program from starting.

use e2e::Outcome;
use e2e::operator::{Engine, Installation};
use e2e::organisation::use_app;
use e2e::secrets::seen;
use e2e::visitor::Visitor;

use super::{ADA, PASSWORD, PORTAL, ada, client, invite, is_invited, refused};

const NEW_PASSWORD: &str = "another horse, another staple";

fn silent_about(log: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!log.contains(secret.as_str()), "the log tells {secret}");
    }
}

#[test]
fn the_configuration_is_checked_before_anything_runs() -> Outcome {
    let mut installation = Installation::new(Engine::Sqlite)?;
    let told = installation.configured(&["check-config"], &[])?;
    assert!(told.contains(&installation.base_url), "{told}");
    let check = |installation: &Installation, environment: &[(&str, &str)]| {
        installation.output(&["check-config"], &[], environment)
    };

    let from_environment = [("VESTIBULE_PUBLIC_ADDRESS", "https://id.example.org")];
    let told = check(&installation, &from_environment)?;
    assert!(String::from_utf8_lossy(&told.stdout).contains("https://id.example.org"), "the environment wins");
    refused(&check(&installation, &[("VESTIBULE_MAIL__RELAI", "localhost")])?, &["relai"]);

    let key = std::fs::read_to_string(installation.file("master.key"))?;
    refused(&check(&installation, &[("VESTIBULE_KEYS__MASTER_KEY", key.trim())])?, &["keys.master_key", "twice"]);
    let nowhere = installation.file("nowhere").display().to_string();
    refused(&check(&installation, &[("VESTIBULE_MAIL__PASSWORD_FILE", &nowhere)])?, &["mail.password", &nowhere]);

    installation.sections.push_str("[colours]\nsky = \"blue\"\n");
    refused(&check(&installation, &[])?, &["colours"]);
    assert!(!installation.file("vestibule.db").exists(), "a check touches nothing");
    Ok(())
}

#[test]
fn keys_are_never_overwritten() -> Outcome {
    let installation = Installation::new(Engine::Sqlite)?;
    let file = installation.file("master.key");
    let before = std::fs::read(&file)?;
    assert!(installation.succeed(&["keys", "generate", &file.display().to_string()]).is_err());
    assert_eq!(std::fs::read(&file)?, before);
    Ok(())
}

#[tokio::test]
async fn x3_from_an_empty_database_to_the_admin_centre_and_no_secret_in_the_log() -> Outcome {
    for engine in Engine::all() {
        let installation = Installation::with_administrator(engine, PASSWORD)?;
        let serving = installation.serve().await?;
        let visitor = ada(&installation, PASSWORD).await?;
        let mut secrets: Vec<String> = visitor.secrets().collect();
        assert!(!secrets.is_empty(), "a session is a cookie");

        let recover = ["--tenant", "contoso.example", "--upn", ADA];
        let told = installation.configured(&["user", "recover"], &recover)?;
        let link = told.lines().next().ok_or("no link")?.to_owned();
        let mut locked_out = Visitor::new(client(None)?, &installation.base_url)?;
        assert_eq!(locked_out.open(&link).await?.status, 200);
        locked_out.submit(&[("password", NEW_PASSWORD)]).await?;
        assert_eq!(
            Visitor::new(client(None)?, &installation.base_url)?.open(&link).await?.status,
            410,
            "it works once"
        );
        let mut visitor = ada(&installation, NEW_PASSWORD).await?;
        let changes = visitor.open(&format!("{PORTAL}/changes")).await?;
        assert!(changes.text.contains("Issue recovery link"), "{}", changes.text);
        let told = installation.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
        assert!(told.contains("RS256") && told.contains("ES256"), "{told}");
        invite(&mut visitor, "grace@northwind.example").await?;
        use_app(&client(None)?, &mut visitor, PORTAL).await?;
        secrets.extend(seen());

        let master_key = std::fs::read_to_string(installation.file("master.key"))?;
        let ticket = link.rsplit('/').next().ok_or("no ticket")?.to_owned();
        secrets.extend(visitor.secrets().chain(locked_out.secrets()));
        secrets.extend([PASSWORD.to_owned(), NEW_PASSWORD.to_owned(), master_key.trim().to_owned(), ticket]);
        let log = serving.stop().await?;
        assert!(log.contains("/{tenant}/recover/{secret}"), "the route is logged, without what it holds: {log}");
        silent_about(&log, &secrets);

        let serving = installation.serve().await?;
        let mut visitor = ada(&installation, NEW_PASSWORD).await?;
        assert!(is_invited(&mut visitor, "grace@northwind.example").await?, "the second start finds what it had");
        silent_about(&serving.stop().await?, &secrets);
    }
    Ok(())
}

#[tokio::test]
async fn without_its_master_key_nothing_starts_and_nothing_changes() -> Outcome {
    for engine in Engine::all() {
        let mut installation = Installation::with_administrator(engine, PASSWORD)?;
        let good = installation.sections.clone();
        let key = installation.file("master.key");
        let right = std::fs::read_to_string(&key)?;
        let start = |installation: &Installation| installation.output(&["serve"], &[], &[]);

        std::fs::remove_file(&key)?;
        refused(&start(&installation)?, &["keys.master_key", "master.key"]);
        assert!(!key.exists(), "never a silent new key");
        std::fs::create_dir(&key)?;
        refused(&start(&installation)?, &["keys.master_key", "cannot be read"]);
        std::fs::remove_dir(&key)?;
        std::fs::write(&key, "not a key")?;
        refused(&start(&installation)?, &["32 bytes"]);
        std::fs::write(&key, "5a".repeat(32))?;
        refused(&start(&installation)?, &["master key", "not the key this database was made with"]);
        installation.sections =
            good.lines().filter(|line| !line.contains("master_key_file")).collect::<Vec<_>>().join("\n");
        refused(&start(&installation)?, &["master_key_file"]);

        installation.sections = good;
        std::fs::write(&key, right)?;
        let serving = installation.serve().await?;
        ada(&installation, PASSWORD).await?;
        serving.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_cannot_be_written_stops_the_start() -> Outcome {
    let mut installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let good = installation.database_url.clone();
    // The system's own files refuse writing also to the superuser, who runs these tests in a container.
    for nowhere in ["sqlite:/proc/vestibule.db", "sqlite:/nowhere/at/all/vestibule.db"] {
        installation.database_url = nowhere.to_owned();
        refused(&installation.output(&["serve"], &[], &[])?, &["database"]);
        refused(&installation.output(&["migrate"], &[], &[])?, &["database"]);
    }
    installation.database_url = good;
    installation.serve().await?.stop().await?;
    Ok(())
}
