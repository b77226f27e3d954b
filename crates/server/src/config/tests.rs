//! What an operator may get wrong is told by name, before anything starts.

use super::{Acme, Settings, Tls};
use crate::Server;
use crate::platform::{Clock, Entropy};
use database::{Database, migration};
use figment2::Figment;
use figment2::providers::{Format, Toml};
use url::Url;

const SOUND: &str = "public_address = \"https://id.example.org\"\n\
    [database]\nurl = \"sqlite:/nowhere/vestibule.db\"\n\
    [keys]\nmaster_key = \"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"\n\
    [mail]\nrelay = \"localhost\"\nfrom = \"invitations@example.org\"\n";

fn refusal(text: &str) -> String {
    Settings::from_toml(text).expect_err("must be refused").to_string()
}

#[test]
fn a_sound_configuration_is_read() {
    let settings = Settings::from_toml(SOUND).expect("settings");
    assert_eq!(settings.public_address(), "https://id.example.org");
    assert_eq!(settings.public_host(), "id.example.org");
    assert!(settings.is_secure());
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    for text in ["colour = \"red\"\n".to_owned() + SOUND, SOUND.to_owned() + "colour = \"red\"\n"] {
        assert!(refusal(&text).contains("colour"), "{}", refusal(&text));
    }
}

#[test]
fn the_public_address_is_one_origin() {
    for address in [
        "https://id.example.org/path",
        "https://id.example.org/?a=b",
        "https://id.example.org/#a",
        "https://user@id.example.org",
        "http://id.example.org",
        "ftp://id.example.org",
    ] {
        let error = refusal(&SOUND.replace("https://id.example.org", address));
        assert!(error.contains("public_address"), "{address}: {error}");
    }
    for address in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
        assert!(Settings::from_toml(&SOUND.replace("https://id.example.org", address)).is_ok(), "{address}");
    }
}

#[test]
fn a_secret_comes_from_one_place() {
    let directory = tempfile::tempdir().expect("a folder");
    let file = directory.path().join("master.key");
    std::fs::write(&file, format!("{}\n", "5a".repeat(32))).expect("a file");
    let by_file = format!("master_key_file = \"{}\"", file.display());
    let by_value = SOUND.lines().find(|line| line.starts_with("master_key")).expect("the key");

    let settings = Settings::from_toml(&SOUND.replace(by_value, &by_file)).expect("settings");
    assert_eq!(*settings.master_key().expect("a key"), "5a".repeat(32));

    let twice = Settings::from_toml(&SOUND.replace(by_value, &format!("{by_value}\n{by_file}"))).expect("settings");
    assert!(twice.master_key().expect_err("given twice").to_string().contains("keys.master_key"));

    let gone = Settings::from_toml(&SOUND.replace(by_value, "master_key_file = \"/nowhere/key\"")).expect("settings");
    assert!(gone.master_key().expect_err("unreadable").to_string().contains("/nowhere/key"));

    let none = Settings::from_toml(&SOUND.replace(by_value, "")).expect("settings");
    assert!(none.master_key().expect_err("absent").to_string().contains("master_key_file"));
}

#[tokio::test]
async fn another_master_key_stops_the_start_and_changes_nothing() {
    let directory = tempfile::tempdir().expect("a folder");
    let file = directory.path().join("vestibule.db");
    let text = SOUND.replace("/nowhere/vestibule.db", &file.display().to_string());
    let settings = |text: &str| Settings::from_toml(text).expect("settings");
    let database = Database::open(&settings(&text).database_settings().expect("a database")).await.expect("SQLite");
    migration::migrate(&database, crate::MIGRATIONS).await.expect("the schema");
    let open = async |text: &str| Server::open(settings(text), Clock::system(), Entropy::system()).await.map(drop);

    open(&text).await.expect("the first start leaves its proof");
    let error = open(&text.replace("5a5a", "6b6b")).await.expect_err("another key").to_string();
    assert!(error.contains("master key") && !error.contains('\n'), "{error}");
    let error = open(&text.replace("5a5a", "zz")).await.expect_err("no key at all").to_string();
    assert!(error.contains("32 bytes"), "{error}");
    open(&text).await.expect("the right key still opens");
}

#[test]
fn a_signing_key_signs_for_some_days_or_until_somebody_exchanges_it() {
    let with = |days: &str| SOUND.replace("[keys]\n", &format!("[keys]\nsigning_days = {days}\n"));
    let age = |text: &str| Settings::from_toml(text).expect("settings").keys.signing_age();
    let day = std::time::Duration::from_hours(24);
    assert_eq!(age(SOUND), Some(90 * day));
    assert_eq!(age(&with("30")), Some(30 * day));
    assert_eq!(age(&with("0")), None);
    let short = refusal(&with("1"));
    assert!(short.contains("keys.signing_days") && short.contains("at least 2"), "{short}");
    assert!(refusal(&with("-5")).contains("signing_days"));
}

#[test]
fn a_database_has_some_connections_and_not_billions() {
    let with = |count: &str| SOUND.replace("[database]\n", &format!("[database]\nconnections = {count}\n"));
    for engine in ["sqlite:/nowhere/vestibule.db", "postgres://db.example.org/vestibule"] {
        let with = |count: &str| with(count).replace("sqlite:/nowhere/vestibule.db", engine);
        for count in ["1", "10000"] {
            assert!(Settings::from_toml(&with(count)).is_ok(), "{count}");
        }
        for count in ["0", "10001", "4294967295"] {
            let told = refusal(&with(count));
            assert!(told.starts_with("database.connections: ") && told.contains("1 to 10000"), "{told}");
        }
    }
}

#[test]
fn invitations_of_an_hour_have_shares_that_fit_into_each_other() {
    let with = |numbers: &str| format!("{SOUND}invitations_per_hour = {{ {numbers} }}\n");
    let hour = |text: &str| {
        let hour = Settings::from_toml(text).expect("settings").mail.invitations_per_hour;
        (hour.all(), hour.yielding(), hour.of_one())
    };
    assert_eq!(hour(SOUND), (2000, 1500, 500));
    assert_eq!(hour(&with("organization = 20000")), (20_000, 15_000, 5000));
    assert_eq!(hour(&with("organization = 100000")), (100_000, 75_000, 10_000));
    assert_eq!(hour(&with("organization = 4")), (4, 3, 1));
    assert_eq!(hour(&with("yields = 300")), (2000, 300, 300), "one person has no more than all of them");
    assert_eq!(hour(&with("organization = 9000, yields = 9000, inviter = 9000")), (9000, 9000, 9000));
    for (numbers, key, range) in [
        ("organization = 3", "organization", "from 4 to 100000"),
        ("organization = 100001", "organization", "from 4 to 100000"),
        ("yields = 2001", "yields", "from 1 to 2000"),
        ("yields = 0", "yields", "from 1 to 2000"),
        ("inviter = 1501", "inviter", "from 1 to 1500"),
        ("organization = 50000, inviter = 10001", "inviter", "from 1 to 10000"),
    ] {
        let told = refusal(&with(numbers));
        assert!(told.starts_with(&format!("mail.invitations_per_hour.{key}: ")) && told.contains(range), "{told}");
    }
    assert!(refusal(&with("organization = -5")).contains("organization"));
    assert!(refusal(&with("mailbox = 9")).contains("mailbox"));
}

#[test]
fn a_certificate_comes_from_files_or_from_an_acme_server() {
    let files = "certificate_file = \"c.pem\"\nkey_file = \"k.pem\"\n";
    let acme = "[tls.acme]\nterms_of_service_agreed = true\n";
    let settings = Settings::from_toml(&format!("{SOUND}[tls]\n{files}")).expect("files");
    assert!(matches!(settings.tls, Some(Tls::Files(files)) if files.key_file.ends_with("k.pem")));
    for wrong in [
        format!("{SOUND}[tls]\n{files}{acme}"),
        format!("{SOUND}[tls]\ncertificate_file = \"c.pem\"\n{acme}"),
        format!("{SOUND}[tls]\nkey_file = \"k.pem\"\n"),
        format!("{SOUND}[tls]\n"),
    ] {
        let error = refusal(&wrong);
        assert!(error.contains("certificate_file") && error.contains("[tls.acme]"), "{error}");
    }
    let missing = refusal(&format!("{SOUND}[tls.acme]\n"));
    assert!(missing.contains("terms_of_service_agreed"), "{missing}");
    let unknown = refusal(&format!("{SOUND}{acme}colour = \"red\"\n"));
    assert!(unknown.contains("colour"), "{unknown}");
    // The same with the feature and without it.
    match Settings::from_toml(&format!("{SOUND}{acme}")) {
        Ok(settings) => assert!(cfg!(feature = "acme") && matches!(settings.tls, Some(Tls::Acme(_)))),
        Err(error) => assert!(!cfg!(feature = "acme") && error.to_string().contains("cargo feature acme"), "{error}"),
    }
}

#[test]
fn what_an_acme_server_cannot_certify_is_refused() {
    let section: Acme =
        Figment::new().merge(Toml::string("terms_of_service_agreed = true")).extract().expect("a section");
    let problem = |acme: &Acme, address: &str, built_in| {
        acme.problem(&Url::parse(address).expect("an address"), built_in)
            .map(|(key, problem)| format!("{key}: {problem}"))
    };
    let public = "https://id.example.org";
    assert_eq!(problem(&section, public, true), None);
    assert_eq!(section.directory.as_str(), "https://acme-v02.api.letsencrypt.org/directory");
    let absent = problem(&section, public, false).expect("a program without ACME");
    assert!(
        absent.starts_with("tls.acme: ") && absent.contains("cargo feature acme") && !absent.contains('\n'),
        "{absent}"
    );
    for address in ["https://localhost", "https://app.localhost", "https://192.0.2.1", "https://[2001:db8::1]:8443"] {
        assert!(
            problem(&section, address, true).is_some_and(|problem| problem.contains("public_address")),
            "{address}"
        );
    }
    let wrong = |text: &str| {
        let acme: Acme = Figment::new().merge(Toml::string(text)).extract().expect("a section");
        problem(&acme, public, true).expect("a refusal")
    };
    assert!(wrong("terms_of_service_agreed = false").contains("terms_of_service_agreed"));
    assert!(wrong("terms_of_service_agreed = true\nemail = \"nobody\"").contains("tls.acme.email"));
    assert!(wrong("terms_of_service_agreed = true\ndirectory = \"http://ca.example\"").contains("tls.acme.directory"));
    let nameless = "terms_of_service_agreed = true\n[external_account]\nkey_id = \"\"\nkey_file = \"eab.key\"";
    assert!(wrong(nameless).contains("tls.acme.external_account.key_id"));
}

#[test]
fn the_documented_example_is_sound() {
    let example = include_str!("../../../../docs/vestibule.example.toml");
    Settings::from_toml(example).expect("every key of the example is known");
}
