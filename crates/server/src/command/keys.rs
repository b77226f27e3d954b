//! `vestibule keys generate`, `vestibule keys rotate`, `vestibule keys rotate-master`

use super::tenant::{self, Exchange};
use super::{Configured, Error, confirmation};
use crate::backups;
use crate::platform::{Entropy, MasterKey, private_file};
use crate::{StartError, tenants};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new master key into a file that only its owner can read. A file that exists is left alone.
    Generate {
        /// Where the key is written.
        file: PathBuf,
    },
    /// Publish new signing keys, of one organisation or of all. They are used a day later, when every app has seen them, or with
    /// --now at once, and then the old ones are void.
    Rotate(Rotate),
    /// Seal everything with another master key, while no server runs.
    RotateMaster(RotateMaster),
}

/// Options of `keys rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    configured: Configured,
    /// The organisation, by its id or domain; all of them without it.
    #[arg(long)]
    tenant: Option<String>,
    /// Withdraw the keys there are, because somebody else may hold them: new ones sign at once, and every token signed before is
    /// void. Asks first.
    #[arg(long)]
    now: bool,
    /// Do not ask.
    #[arg(long, requires = "now")]
    yes: bool,
}

/// Options of `keys rotate-master`.
#[derive(Debug, Args)]
pub struct RotateMaster {
    #[command(flatten)]
    configured: Configured,
    /// A file with the new key, made by `vestibule keys generate`.
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
}

pub(super) async fn run(command: &Command) -> Result<(), Error> {
    match command {
        Command::Generate { file } => generate(file),
        Command::Rotate(options) => rotate(options).await,
        Command::RotateMaster(options) => rotate_master(options).await,
    }
}

fn generate(file: &PathBuf) -> Result<(), Error> {
    let key = MasterKey::generate(&Entropy::system());
    private_file::create(file, format!("{}\n", *key).as_bytes()).map_err(Error::file(file))?;
    say!(
        "The master key is in {}. Name it in the configuration (keys.master_key_file) and keep a copy apart from the \
         database: without it, signing keys and queued mails cannot be read.",
        file.display()
    );
    Ok(())
}

async fn rotate(options: &Rotate) -> Result<(), Error> {
    if options.now {
        say!("{}", announcement(options.tenant.as_deref()));
        if !options.yes && !confirmation::is_typed("withdraw")? {
            return Err(Error::refused("no key was withdrawn: it was not confirmed (type withdraw, or give --yes)"));
        }
    }
    let exchange = if options.now { Exchange::AtOnce } else { Exchange::InADay };
    let server = options.configured.open().await?;
    if let Some(name) = &options.tenant {
        return tenant::rotate_keys_of(&server, name, exchange).await;
    }
    let mut tx = server.read().await?;
    let every = tenants::store::list(&mut tx).await?;
    drop(tx);
    let mut failed = 0;
    for each in every {
        say!("{} ({})", each.name, each.initial_domain);
        if let Err(error) = tenant::rotate_keys_of(&server, &each.id.to_string(), exchange).await {
            say!("{error}");
            failed += 1;
        }
    }
    if failed == 0 { Ok(()) } else { Err(Error::refused(format!("{failed} organisations keep keys that they had"))) }
}

/// What is said before keys are withdrawn.
fn announcement(tenant: Option<&str>) -> String {
    let whose = tenant.map_or_else(|| "every organisation".to_owned(), |name| format!("the organisation {name}"));
    format!(
        "The signing keys of {whose} are withdrawn, those too that wait for their day, and new ones sign from this moment on.\n\
         \x20 - Every access token and ID token signed before is void: all servers refuse it within a second. Apps get new ones by\n\
         \x20   their refresh tokens, programs by asking again.\n\
         \x20 - An app that checks tokens by itself believes the old keys until it reads the key set again: when it meets a key it\n\
         \x20   does not know, or when what it keeps has ended, which many libraries let take a day. Restart those that must not wait.\n\
         \x20 - Sessions, refresh tokens and secrets of apps stay.\n\
         \x20 - A backup from before holds the old keys: whoever restores it withdraws them again."
    )
}

async fn rotate_master(options: &RotateMaster) -> Result<(), Error> {
    let settings = options.configured.settings()?;
    let old = MasterKey::parse(&settings.master_key().map_err(StartError::from)?).map_err(StartError::from)?;
    let text = std::fs::read_to_string(&options.new).map_err(Error::file(&options.new))?;
    let new = MasterKey::parse(&zeroize::Zeroizing::new(text)).map_err(StartError::from)?;
    let database = backups::open_target(&settings.database_settings().map_err(StartError::from)?).await?;
    let resealed = backups::reseal(&database, &old, &new, &Entropy::system()).await?;
    database.close().await;
    say!(
        "{} signing keys, {} mails, the clientState of {} subscriptions and {} keys of TLS are sealed with the new key. Name {} in \
         keys.master_key_file before the next start; keep the old key for as long as you keep backups from before.",
        resealed.signing_keys,
        resealed.mails,
        resealed.client_states,
        resealed.acme,
        options.new.display()
    );
    if resealed.client_states_left > 0 {
        say!(
            "The clientState of {} subscriptions is sealed with neither key and stays so: nothing is told to them. Make them anew, or let \
             them end.",
            resealed.client_states_left
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::key_rotation;
    use crate::testing::on_both_engines;
    use oauth::jose::Algorithm;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn what_keeps_one_algorithm_from_its_exchange_keeps_no_other_from_it() {
        on_both_engines(async |server| {
            let contoso = server.tenant("Contoso", "contoso.example").await;
            key_rotation::rotate(&server, &contoso, Algorithm::Rs256).await.expect("a key that waits");
            let published = async || server.signing_keys.published(&server, contoso.id).await.expect("keys").len();
            let in_a_day = tenant::rotate_keys_of(&server, "contoso.example", Exchange::InADay).await;
            let refused = in_a_day.expect_err("RS256 has one that waits").to_string();
            assert!(refused.contains("RS256: ") && !refused.contains("ES256"), "{refused}");
            assert_eq!(published().await, 4, "and ES256 has one now");
            tenant::rotate_keys_of(&server, "contoso.example", Exchange::AtOnce).await.expect("whatever waits");
            assert_eq!(published().await, 2);
        })
        .await;
    }

    #[test]
    fn a_key_is_private_and_never_overwritten() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("master.key");
        generate(&file).expect("a new key");
        let text = std::fs::read_to_string(&file).expect("the key");
        MasterKey::parse(&text).expect("a usable key");
        assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);

        let error = generate(&file).expect_err("the file is there already");
        assert!(error.to_string().contains("master.key"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).expect("the key"), text);
    }
}
