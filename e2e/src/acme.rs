//! An ACME server by others: Pebble, with which the authors of Let's Encrypt test clients. It forgets everything when it
//! ends, and makes a new authority when it starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::tls::TlsInfo;
use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Outcome;
use crate::demo::free_port;
use crate::neighbours::Running;

/// Where an ACME server is, and how it asks; it runs only between [`Place::start`] and the end of what that gives.
#[derive(Debug)]
pub struct Place {
    directory: TempDir,
    port: u16,
    management: u16,
}

impl Place {
    /// Makes the files of an ACME server that asks `tls_port` of every host and signs for `lifetime`.
    pub fn new(tls_port: u16, lifetime: Duration) -> Outcome<Self> {
        let place =
            Self { directory: TempDir::with_prefix("vestibule-acme-")?, port: free_port()?, management: free_port()? };
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &authority)?;
        std::fs::write(place.authority_file(), authority.pem())?;
        std::fs::write(place.file("certificate.pem"), certificate.pem())?;
        std::fs::write(place.file("key.pem"), key.serialize_pem())?;
        let settings = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", place.port),
            "managementListenAddress": format!("127.0.0.1:{}", place.management),
            "certificate": place.file("certificate.pem"),
            "privateKey": place.file("key.pem"),
            "httpPort": 9,
            "tlsPort": tls_port,
            "certificateValidityPeriod": lifetime.as_secs(),
        }});
        std::fs::write(place.file("pebble.json"), settings.to_string())?;
        Ok(place)
    }

    /// Lets it make accounts only for somebody who has this key, in base64url, by this name (RFC 8555 section 7.3.4).
    pub fn require_account(&self, name: &str, key: &str) -> Outcome {
        let file = self.file("pebble.json");
        let mut settings: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        settings["pebble"]["externalAccountBindingRequired"] = json!(true);
        settings["pebble"]["externalAccountMACKeys"] = json!({ name: key });
        Ok(std::fs::write(file, settings.to_string())?)
    }

    /// Starts it; names are looked up at this DNS server.
    pub async fn start(&self, nameserver: &str) -> Outcome<Running> {
        let log = std::fs::File::options().create(true).append(true).open(self.file("log"))?;
        let mut command = Command::new("pebble");
        command
            .arg("-config")
            .arg(self.file("pebble.json"))
            .args(["-dnsserver", nameserver])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdout(log)
            .stderr(Stdio::null());
        Running::start(&mut command, self.port).await
    }

    /// The section of the configuration that names it.
    pub fn section(&self) -> String {
        format!(
            "[tls.acme]\ndirectory = \"https://localhost:{}/dir\"\nterms_of_service_agreed = true\n\
             email = \"ops@contoso.example\"\ncertificate_authority_file = {:?}\n",
            self.port,
            self.authority_file().display().to_string()
        )
    }

    /// The authority that signs for the host in this run.
    pub async fn root(&self) -> Outcome<Certificate> {
        let own = Certificate::from_pem(&std::fs::read(self.authority_file())?)?;
        let client = Client::builder().no_proxy().tls_certs_only([own]).build()?;
        let answer = client.get(format!("https://localhost:{}/roots/0", self.management)).send().await?;
        Ok(Certificate::from_pem(&answer.error_for_status()?.bytes().await?)?)
    }

    /// What it wrote about its work, in every run.
    pub fn log(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.file("log"))?)
    }

    fn authority_file(&self) -> PathBuf {
        self.file("authority.pem")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// The certificate that a host shows on a port of this machine, in DER, to somebody who believes `root` and nobody else.
pub async fn shown(root: &Certificate, host: &str, port: u16) -> Outcome<Vec<u8>> {
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([root.clone()])
        .tls_info(true)
        .resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .timeout(Duration::from_secs(20))
        .build()?;
    let answer = client.get(format!("https://{host}:{port}/healthz")).send().await?;
    let info = answer.extensions().get::<TlsInfo>().ok_or("no TLS")?;
    Ok(info.peer_certificate().ok_or("no certificate")?.to_vec())
}
