//! `vestibule check-config`: reads the configuration and every file it names, without touching the database.

use super::{Configured, Error};
use crate::StartError;
use crate::config::{Settings, Tls};
use crate::platform::MasterKey;
#[cfg(feature = "acme")]
use crate::serve;
use crate::serve::tls;

pub(super) async fn run(configured: &Configured) -> Result<(), Error> {
    let settings = configured.settings()?;
    check(&settings).await?;
    say!("The configuration is sound. People reach this server at {}", settings.public_address());
    say!("{}.", settings.mail.invitations_per_hour);
    Ok(())
}

async fn check(settings: &Settings) -> Result<(), Error> {
    settings.database_settings().map_err(StartError::from)?;
    let key = settings.master_key().map_err(StartError::from)?;
    MasterKey::parse(&key).map_err(StartError::from)?;
    settings.mail_password().map_err(StartError::from)?;
    if let Some(file) = &settings.mail.certificate_authority_file {
        std::fs::read(file).map_err(Error::file(file))?;
    }
    match &settings.tls {
        Some(Tls::Files(files)) => drop(tls::load(files).await?),
        #[cfg(feature = "acme")]
        Some(Tls::Acme(settings)) => serve::acme::check(settings)?,
        _ => {}
    }
    Ok(())
}
