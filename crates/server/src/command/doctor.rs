//! `vestibule doctor`

use super::{Configured, Error};
use crate::doctor::{self, Finding, Verdict, Wishes};
use crate::platform::{Clock, Entropy};
use clap::Args;
use std::net::{IpAddr, SocketAddr};

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// Send a test mail to this address.
    #[arg(long, value_name = "ADDRESS")]
    mail_to: Option<String>,
    /// The name (selector) under which the relay publishes the key it signs with.
    #[arg(long, value_name = "NAME")]
    dkim_selector: Option<String>,
    /// The DNS server to ask about the sender's domain, instead of the machine's.
    #[arg(long, value_name = "IP[:PORT]", value_parser = nameserver)]
    nameserver: Option<SocketAddr>,
    /// Print one JSON document instead of lines for people.
    #[arg(long)]
    json: bool,
}

fn nameserver(text: &str) -> Result<SocketAddr, String> {
    let alone = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
    text.parse().or_else(|_| alone()).map_err(|_| "is neither an IP address nor one with a port".to_owned())
}

/// Fails when a finding is a failure; warnings do not count.
pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let findings = match options.configured.settings() {
        Ok(settings) => {
            let wishes = Wishes {
                mail_to: options.mail_to.clone(),
                nameserver: options.nameserver,
                dkim_selector: options.dkim_selector.clone(),
            };
            let mut findings = vec![Finding::ok("configuration", "Every key of it is known, and none is missing.")];
            findings.extend(doctor::examine(&settings, &wishes, &Clock::system(), &Entropy::system()).await);
            findings
        }
        Err(error) => {
            let advice =
                "Mend it; until then nothing else can be examined. docs/vestibule.example.toml explains every key.";
            vec![Finding::failure("configuration", format!("It cannot be used: {error}."), advice)]
        }
    };
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (failures, warnings) = (count(Verdict::Failure), count(Verdict::Warning));
    if options.json {
        let document = serde_json::json!({ "failures": failures, "warnings": warnings, "findings": findings });
        say!("{document:#}");
    } else {
        findings.iter().for_each(|finding| say!("{finding}"));
        say!("{} examined, {warnings} warnings, {failures} failures", findings.len());
    }
    if failures == 0 {
        Ok(())
    } else {
        Err(Error::refused(format!("{failures} of {} findings are failures", findings.len())))
    }
}
