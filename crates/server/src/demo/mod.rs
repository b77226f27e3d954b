//! `vestibule demo`: everything to try the program, in one process and one directory.
//!
//! Two organisations with people, programs and a sample app on a port of its own, mail in a mailbox that a browser reads.
//! It is made by the product's own operations, so what it shows is what a customer gets; only the sign-in names, the
//! passwords and the open mailbox are of the demonstration.

mod apps;
mod certificates;
mod contract;
mod directory;
mod host;
mod mailbox;
mod provision;
mod settings;
#[cfg(test)]
mod tests;
mod welcome;

use crate::command::Error;
use crate::platform::{Clock, Entropy, MailTransport, Mailbox, log};
use crate::serve::{self, Listener, Operations, Stop};
use crate::{MIGRATIONS, Server, StartError, router};
use clap::Args;
use contract::Contract;
use database::{Database, migration};
use directory::Directory;
use host::Public;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

/// Options of `vestibule demo`.
#[derive(Debug, Args)]
pub struct Options {
    /// Where the demo keeps its data.
    #[arg(long, value_name = "DIRECTORY", default_value = "vestibule-demo")]
    data_dir: PathBuf,
    /// Where it listens; loopback only, because its mailbox is open to whoever reaches it. Browsers always use localhost.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Start anew: empty the data directory first, if a demo made it.
    #[arg(long)]
    fresh: bool,
    /// Speak https, with a certificate authority of its own in the data directory.
    #[arg(long)]
    https: bool,
}

/// Runs the demo until it is told to stop.
pub(crate) async fn run(options: &Options) -> Result<(), Error> {
    if !options.listen.ip().is_loopback() {
        return Err(Error::refused(
            "--listen must be a loopback address: the demo's mailbox is open to whoever reaches it",
        ));
    }
    // The port first: whoever has it may be a demo on this very directory.
    let mut sockets = bind(options.listen)?;
    let directory = Directory::open(&options.data_dir, options.fresh)?;
    let public = Public::new(options.https, sockets[0].address().port());
    let certificate =
        if options.https { Some(certificates::provide(&directory, &Clock::system()).await?) } else { None };
    if let Some(certificate) = &certificate {
        sockets = sockets.into_iter().map(|socket| socket.with_tls(certificate.served.clone())).collect();
    }
    let stop = Stop::on_signals().map_err(serve::Error::from)?;
    let mailbox = Mailbox::default();
    let server = open(&directory, public, mailbox.clone()).await?;
    let operations = Operations::new(&server);
    let mut tenants = provision::tenants(&server, &directory).await?;
    let authority = certificate.map(|certificate| certificate.authority);
    let after = public.port.saturating_add(1);
    apps::start(&server, &directory, &mut tenants, authority.as_deref(), after, &stop).await?;
    let contract =
        Contract::new(public.address(), authority.is_some().then(|| directory.certificate_authority()), tenants);
    let pages = mailbox::routes(mailbox).fallback_service(router::public(Arc::clone(&server)));
    let router = operations.public_routes().fallback_service(host::only(public, pages));
    contract.write(&directory)?;
    welcome::print(&contract, &directory);
    let open = sockets.into_iter().map(|socket| (socket, router.clone())).collect();
    Ok(serve::until_stopped(&server, open, stop).await?)
}

/// The address asked for and, where the machine has it, the same port of the other loopback address: `localhost` means
/// either.
fn bind(listen: SocketAddr) -> Result<Vec<Listener>, Error> {
    let first = Listener::bind(listen)?;
    let other = match listen.ip() {
        IpAddr::V4(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let second = Listener::bind(SocketAddr::new(other, first.address().port()));
    Ok(std::iter::once(first).chain(second.ok()).collect())
}

async fn open(directory: &Directory, public: Public, mailbox: Mailbox) -> Result<Arc<Server>, Error> {
    directory.provide_master_key()?;
    let settings = settings::read(directory, public)?;
    log::start(&settings.log).map_err(Error::refused)?;
    directory.discard_unfinished()?;
    let database = Database::open(&settings.database_settings().map_err(StartError::from)?).await?;
    migration::migrate(&database, MIGRATIONS).await?;
    database.close().await;
    let mail = if settings::has_relay(&settings) {
        MailTransport::relay(&settings)
    } else {
        MailTransport::mailbox(&settings, mailbox)
    };
    let mail = mail.map_err(StartError::from)?;
    Ok(Server::open_with_mail(settings, Clock::system(), Entropy::system(), mail).await?)
}
