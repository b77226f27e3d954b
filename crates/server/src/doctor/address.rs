//! The public address: where its name leads, who answers there, and for how long the certificate is good.

use super::Finding;
use super::keys::Known;
use crate::config::Settings;
use crate::platform::certificate::Validity;
use crate::platform::fetch::innermost;
use crate::platform::{Clock, Timestamp, tls};
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, header};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

const ABOUT: &str = "address";
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a certificate should still be good for; whoever renews by machine does so a month before.
const SOON: Duration = Duration::from_hours(24 * 14);

#[expect(clippy::disallowed_methods, reason = "the operator's own addresses are asked, which may well be private ones")]
pub(super) fn client() -> reqwest::Result<Client> {
    tls::install_provider();
    Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).tls_info(true).build()
}

/// Whether the server on this machine says that it is ready. Not asked where only TLS is spoken: then the public
/// address tells.
pub(super) async fn listener(settings: &Settings) -> Option<Finding> {
    let mut address = match (&settings.operations, &settings.tls) {
        (Some(operations), _) => operations.listen,
        (None, None) => settings.listen,
        (None, Some(_)) => return None,
    };
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let asked = async { client()?.get(format!("http://{address}/readyz")).send().await };
    Some(match asked.await {
        Ok(response) if response.status().is_success() => {
            Finding::ok("server", format!("It runs on {address} and is ready."))
        }
        Ok(response) => Finding::failure(
            "server",
            format!("On {address} the answer to /readyz is {}.", response.status()),
            "The log of the server says what it waits for (journalctl -u vestibule).",
        ),
        Err(error) => Finding::warning(
            "server",
            format!("No server answers on {address}: {}.", innermost(&error)),
            "systemctl start vestibule, if it should be running.",
        ),
    })
}

/// What was found, and the instant that the answer carried.
pub(super) async fn examine(
    settings: &Settings,
    known: Option<&Known>,
    clock: &Clock,
) -> (Vec<Finding>, Option<Timestamp>) {
    let mut findings = vec![resolves(settings).await];
    let url = match known {
        Some(known) => format!("{}/{}/discovery/v2.0/keys", settings.public_address(), known.tenant),
        None => settings.public_address().to_owned(),
    };
    let asked = async { client()?.get(url).send().await };
    let response = match asked.await {
        Ok(response) => response,
        Err(error) => {
            let means = format!("Nobody gets through to {}: {}.", settings.public_address(), innermost(&error));
            let advice = "Start the server; then look at the proxy in front of it, the firewall, and the certificate.";
            findings.push(Finding::failure(ABOUT, means, advice));
            return (findings, None);
        }
    };
    findings.extend(certificate(&response, clock.now()));
    let date = date(&response);
    findings.push(recognise(settings, known, response).await);
    (findings, date)
}

async fn resolves(settings: &Settings) -> Finding {
    let host = settings.public_host();
    let target = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.clone()
    } else {
        format!("{host}:443")
    };
    let advice = "Publish an A or AAAA record for it, and look at /etc/resolv.conf.";
    match tokio::net::lookup_host(target).await {
        Ok(found) => {
            let mut addresses: Vec<String> = found.map(|address| address.ip().to_string()).collect();
            addresses.dedup();
            if addresses.is_empty() {
                return Finding::failure(ABOUT, format!("{host} has no address, so no link of ours works."), advice);
            }
            Finding::ok(ABOUT, format!("{host} leads to {}.", addresses.join(", ")))
        }
        Err(error) => {
            Finding::failure(ABOUT, format!("{host} cannot be resolved ({error}), so no link works."), advice)
        }
    }
}

/// Who answers is told by the names of the keys: nobody else publishes those of this database.
async fn recognise(settings: &Settings, known: Option<&Known>, response: Response) -> Finding {
    let address = settings.public_address();
    let Some(known) = known else {
        let means = format!("{address} answers; there is no organisation to recognise this server by.");
        return Finding::warning(ABOUT, means, "Make one (vestibule tenant create), then look again.");
    };
    let status = response.status();
    if !status.is_success() {
        let means = format!("{address} answers {status} where the keys of an organisation should be.");
        let advice =
            "A proxy in front must pass every path on, with the Host header unchanged; see docs/operations.md.";
        return Finding::failure(ABOUT, means, advice);
    }
    let document: Value = match response.json().await {
        Ok(document) => document,
        Err(error) => return another(address, &format!("what it says is no key set: {}", innermost(&error))),
    };
    let served: Vec<&str> =
        document["keys"].as_array().into_iter().flatten().filter_map(|key| key["kid"].as_str()).collect();
    if known.names.is_empty() {
        let means = format!("{address} answers; no organisation has a key yet to recognise this server by.");
        return Finding::warning(ABOUT, means, "Let somebody sign in, then look again.");
    }
    if known.names.iter().any(|name| served.contains(&name.as_str())) {
        return Finding::ok(ABOUT, format!("{address} leads to this server: it publishes the keys of this database."));
    }
    another(address, "it publishes other keys than those of this database")
}

fn another(address: &str, why: &str) -> Finding {
    let means = format!("Another server answers at {address}: {why}.");
    Finding::failure(ABOUT, means, "Let the name and the proxy lead to the server with this database.")
}

/// Days left. That the chain is believed and the name fits was decided before anything was answered.
fn certificate(response: &Response, now: Timestamp) -> Option<Finding> {
    let der = response.extensions().get::<TlsInfo>()?.peer_certificate()?;
    let about = "certificate";
    Some(match Validity::of_der(der) {
        Ok(validity) => {
            let left = validity.left(now);
            let means = format!("The certificate is believed, and good for {} more days", left.as_secs() / 86_400);
            // One that is made for days is renewed by machine in its last third.
            if left < SOON.min(validity.length() / 5) {
                Finding::warning(about, format!("{means} only."), "Look why it is not renewed, and renew it.")
            } else {
                Finding::ok(about, format!("{means}."))
            }
        }
        Err(error) => Finding::warning(
            about,
            format!("The certificate cannot be read: {error}."),
            "Look at it with openssl x509.",
        ),
    })
}

fn date(response: &Response) -> Option<Timestamp> {
    let text = response.headers().get(header::DATE)?.to_str().ok()?;
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Timestamp::from_microseconds(at.as_microsecond()))
}
