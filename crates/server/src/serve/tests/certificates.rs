//! Certificates in files, exchanged while the server runs.

use crate::config::CertificateFiles;
use crate::platform;
use crate::serve::{Stop, tls};
use crate::testing::on_sqlite;
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertifiedKey, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::fs::{self, File};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{sleep, timeout};
use tokio_rustls::{TlsAcceptor, TlsConnector};

fn made() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

/// Writes both files, as if it were so many seconds after 1970: two writes within one tick of a file system bear the same time.
fn write(files: &CertificateFiles, pair: &CertifiedKey<KeyPair>, at: u64) {
    let parts = [(&files.certificate_file, pair.cert.pem()), (&files.key_file, pair.signing_key.serialize_pem())];
    for (file, text) in parts {
        fs::write(file, text).expect("a file");
        let written = File::options().write(true).open(file).expect("the file");
        written.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(at)).expect("another time");
    }
}

/// Whether somebody gets through who believes this certificate and no other.
async fn is_shown(config: &RustlsConfig, pair: &CertifiedKey<KeyPair>) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(pair.cert.der().clone()).expect("a certificate");
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (acceptor, connector) = (TlsAcceptor::from(config.get_inner()), TlsConnector::from(Arc::new(client)));
    let (asked, _served) = tokio::join!(connector.connect(name, near), acceptor.accept(far));
    asked.is_ok()
}

#[tokio::test]
async fn a_certificate_is_read_again_when_its_files_change_without_a_signal() {
    platform::tls::install_provider();
    on_sqlite(async |server| {
        let folder = tempfile::tempdir().expect("a folder");
        let [certificate_file, key_file] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        let files = CertificateFiles { certificate_file, key_file };
        let [first, second] = [made(), made()];
        write(&files, &first, 1);
        let stop = Stop::never();
        let config = tls::watch(&server, files.clone(), stop.clone()).await.expect("a certificate");
        assert!(is_shown(&config, &first).await && !is_shown(&config, &second).await);

        write(&files, &second, 2);
        let exchanged = async {
            while !is_shown(&config, &second).await {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(10), exchanged).await.expect("the files are looked at");
        assert!(!is_shown(&config, &first).await, "nobody is shown the one before any more");
        stop.now();
    })
    .await;
}
