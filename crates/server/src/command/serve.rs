//! `vestibule serve`

use super::{Configured, Error};
use crate::platform::log;
use crate::serve;

pub(super) async fn run(configured: &Configured) -> Result<(), Error> {
    log::start(&configured.settings()?.log).map_err(Error::refused)?;
    serve::run(configured.open().await?).await?;
    Ok(())
}
