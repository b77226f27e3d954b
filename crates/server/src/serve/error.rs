//! Why the server does not listen.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server does not listen, or stopped; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {}", reason(.problem))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        problem: io::Error,
    },
    /// Certificate or key cannot be used.
    #[error("tls: {}: {problem}", file.display())]
    Tls {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: io::Error,
    },
    /// The ACME server cannot be asked, or what is kept of it cannot be read.
    #[error("tls.acme: {0}")]
    Acme(String),
    /// The database was sealed with another master key while this process held the old one.
    #[error("the server stopped: the master key of the database was exchanged; start it with the new key")]
    MasterKeyExchanged,
    /// A newer program has migrated the database while this process served it.
    #[error("the server stopped: another process has migrated its database: {0}")]
    Migrated(database::Error),
    /// A socket failed while it was served, or signals cannot be received.
    #[error("the server stopped: {0}")]
    Stopped(#[from] io::Error),
}

fn reason(problem: &io::Error) -> String {
    match problem.kind() {
        io::ErrorKind::AddrInUse => "another program listens there already".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there; ports below 1024 need a privilege".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        _ => problem.to_string(),
    }
}
