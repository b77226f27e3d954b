//! Certificate and key, and their exchange while the server runs.

use super::{Error, Stop};
use crate::Server;
use crate::config::CertificateFiles;
use crate::platform::certificate::Validity;
use axum_server::tls_rustls::RustlsConfig;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{SignalKind, signal};

/// How often the files are looked at; tests wait for it.
const LOOK: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_mins(1) };

/// Reads certificate and key; they must belong together.
pub async fn load(files: &CertificateFiles) -> Result<RustlsConfig, Error> {
    let (certificate, key) = read(files).await?;
    RustlsConfig::from_pem(certificate, key).await.map_err(|problem| failed(&files.certificate_file, problem))
}

/// Reads certificate and key, and again whenever they change or the process receives SIGHUP. Files that cannot be used
/// are reported in the log, and the ones before stay in use.
pub(super) async fn watch(server: &Arc<Server>, files: CertificateFiles, stop: Stop) -> Result<RustlsConfig, Error> {
    // Before they are read: what is written between the two is read again.
    let first = modified(&files).await;
    let config = load(&files).await?;
    measure(server, &files).await;
    let mut hang_up = signal(SignalKind::hangup())?;
    let (server, watched) = (Arc::clone(server), config.clone());
    tokio::spawn(async move {
        let mut seen = first;
        loop {
            let told = tokio::select! {
                () = stop.asked() => return,
                _ = hang_up.recv() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let now = modified(&files).await;
            if told || now != seen {
                seen = now;
                match reload(&watched, &files).await {
                    Ok(()) => {
                        measure(&server, &files).await;
                        tracing::info!("the certificate was read again");
                    }
                    Err(error) => tracing::error!(%error, "the certificate stays the one before"),
                }
            }
        }
    });
    Ok(config)
}

async fn reload(config: &RustlsConfig, files: &CertificateFiles) -> Result<(), Error> {
    let (certificate, key) = read(files).await?;
    config.reload_from_pem(certificate, key).await.map_err(|problem| failed(&files.certificate_file, problem))
}

/// Tells for how long the certificate that was just read is good.
async fn measure(server: &Server, files: &CertificateFiles) {
    let validity = match read(files).await {
        Ok((certificate, _)) => Validity::of_pem(&certificate),
        Err(error) => Err(error.to_string()),
    };
    match validity {
        Ok(validity) => server.measures.certificate(validity),
        Err(problem) => tracing::warn!(problem, "for how long the certificate is good cannot be read"),
    }
}

async fn read(files: &CertificateFiles) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let certificate = tokio::fs::read(&files.certificate_file).await;
    let key = tokio::fs::read(&files.key_file).await;
    Ok((
        certificate.map_err(|problem| failed(&files.certificate_file, problem))?,
        key.map_err(|problem| failed(&files.key_file, problem))?,
    ))
}

/// Nothing for a file that is not there: what is wrong with it is said when it is read.
async fn modified(files: &CertificateFiles) -> [Option<SystemTime>; 2] {
    let mut times = [None; 2];
    for (time, file) in times.iter_mut().zip([&files.certificate_file, &files.key_file]) {
        *time = tokio::fs::metadata(file).await.and_then(|data| data.modified()).ok();
    }
    times
}

fn failed(file: &Path, problem: std::io::Error) -> Error {
    Error::Tls { file: file.to_owned(), problem }
}
