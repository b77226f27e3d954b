//! `vestibule user recover`

use super::find_tenant;
use crate::command::{Configured, Error};
use crate::platform::clock::rfc3339;
use crate::sign_in::recovery;
use clap::Args;

/// Options of `user recover`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// The organisation: its id or one of its domains.
    #[arg(long)]
    tenant: String,
    /// The name the member signs in with.
    #[arg(long)]
    upn: String,
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let server = options.configured.open().await?;
    let tenant = find_tenant(&server, &options.tenant).await?;
    let Some(issued) = recovery::issue(&server, &tenant, &options.upn).await? else {
        return Err(Error::refused(format!("--upn: {} has no member {}", tenant.name, options.upn)));
    };
    say!("{}\nworks once, until {}", issued.address, rfc3339(issued.expires_at));
    Ok(())
}
