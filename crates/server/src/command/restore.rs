//! `vestibule restore FROM`

use super::{Configured, Error, backup, confirmation};
use crate::backups::{self, Backup, Replace};
use crate::platform::clock::rfc3339;
use crate::platform::{Clock, Entropy, MailTransport, MasterKey};
use crate::{Server, StartError};
use clap::Args;
use std::path::PathBuf;

/// Options of `restore`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// A file that `vestibule backup` made.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Give up everything that is in the database now.
    #[arg(long)]
    replace: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let settings = options.configured.settings()?;
    let key = MasterKey::parse(&settings.master_key().map_err(StartError::from)?).map_err(StartError::from)?;
    let backup = Backup::open(&options.from, &key).await?;
    describe(options, &backup);
    if !options.yes && !confirmation::is_typed("restore")? {
        return Err(Error::refused("nothing was restored: it was not confirmed (type restore, or give --yes)"));
    }
    let database = backups::open_target(&settings.database_settings().map_err(StartError::from)?).await?;
    let mail = MailTransport::relay(&settings).map_err(StartError::from)?;
    let server = Server::assemble(settings, database, Clock::system(), Entropy::system(), mail)?;
    let replace = if options.replace { Replace::Everything } else { Replace::Nothing };
    let voided = backup.restore(&server, replace).await?;
    server.database.close().await;
    say!(
        "Restored. Void are {} sessions and {} grants to apps; {} mails were dropped and {} are held in the outbox.",
        voided.sessions,
        voided.grants,
        voided.mails_dropped,
        voided.mails_held
    );
    say!(
        "{} invitations are held until they are sent again: in the admin centre they stand under \"Needs somebody\"; or \
         POST /vestibule/v1/invitations/resendHeld.",
        voided.invitations
    );
    Ok(())
}

fn describe(options: &Options, backup: &Backup) {
    let manifest = &backup.manifest;
    backup::show(&manifest.tables);
    say!(
        "{} was made at {} by version {} and holds {} rows of schema version {}. It is whole.\n",
        options.from.display(),
        rfc3339(backup.made_at()),
        manifest.program,
        manifest.rows(),
        manifest.schema_version
    );
    if let Some(older) = backup.older_schema() {
        say!("Schema version {older} is older: it is restored as version {}.\n", backups::schema().version);
    }
    say!("{}", backups::announcement());
    if options.replace {
        say!("Everything that is in the database now is given up.");
    }
}
