//! `/metrics`: who reads it.

use super::{Finding, address};
use crate::config::Settings;

const ABOUT: &str = "metrics";

/// A measurement of ours, by which the page is recognised.
const OURS: &str = "vestibule_database_available";

/// Where the measurements are told, and whether the whole world is told them.
pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![listener(settings)];
    // On this machine alone nobody else asks.
    if !settings.is_loopback() && is_told_to_all(settings).await {
        let means = format!("Everybody reads the measurements at {}/metrics.", settings.public_address());
        let advice = "Let the proxy in front hand on that path to no listener of [operations].";
        findings.push(Finding::failure(ABOUT, means, advice));
    }
    findings
}

fn listener(settings: &Settings) -> Finding {
    let Some(operations) = &settings.operations else {
        let means = format!("They are told to this machine alone, at {} (/metrics).", settings.listen);
        return Finding::ok(ABOUT, means);
    };
    let (listen, ip) = (operations.listen, operations.listen.ip());
    if ip.is_unspecified() {
        let means = format!("They are told on every address of this machine ({listen}), to whoever gets there.");
        let advice = "Set [operations] listen to an address that only your monitoring reaches, or keep others out by a \
                      firewall.";
        Finding::warning(ABOUT, means, advice)
    } else if ip.is_loopback() {
        Finding::ok(ABOUT, format!("They are told to this machine alone, at {listen}."))
    } else {
        Finding::ok(ABOUT, format!("They are told at {listen}, which only your monitoring should reach."))
    }
}

/// Nobody gets through, or somebody else answers: that is told where the public address is examined.
async fn is_told_to_all(settings: &Settings) -> bool {
    let asked = async {
        let answer = address::client()?.get(format!("{}/metrics", settings.public_address())).send().await?;
        answer.error_for_status()?.text().await
    };
    asked.await.is_ok_and(|page| page.contains(OURS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict::{self, Ok as Well, Warning};

    fn judged(section: &str) -> Verdict {
        let text = format!(
            "public_address = \"https://id.example.org\"\n[database]\nurl = \"sqlite:/nowhere/vestibule.db\"\n[keys]\n\
             [mail]\nrelay = \"localhost\"\nfrom = \"invitations@example.org\"\n{section}"
        );
        listener(&Settings::from_toml(&text).expect("settings")).verdict
    }

    #[test]
    fn a_listener_that_everybody_reaches_is_a_warning() {
        let at = |address: &str| judged(&format!("[operations]\nlisten = \"{address}\"\n"));
        assert_eq!(judged(""), Well);
        assert_eq!(
            ["127.0.0.1:9090", "10.0.0.5:9090", "0.0.0.0:9090", "[::]:9090"].map(at),
            [Well, Well, Warning, Warning]
        );
    }
}
