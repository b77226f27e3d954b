//! The relay: whether it lets us in, and, when asked, whether it takes a mail.

use super::{Finding, Wishes};
use crate::config::Settings;
use crate::outbox;
use crate::platform::mail_transport::Refusal;
use crate::platform::{Clock, Entropy, MailTransport};
use std::time::Duration;

const ABOUT: &str = "relay";
/// How long one conversation may take; somebody waits before the screen.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn examine(settings: &Settings, wishes: &Wishes, clock: &Clock, entropy: &Entropy) -> Vec<Finding> {
    let relay = &settings.mail.relay;
    let transport = match MailTransport::relay_within(settings, PATIENCE) {
        Ok(transport) => transport,
        Err(error) => {
            let means = format!("The settings of the relay cannot be used: {error}.");
            return vec![Finding::failure(ABOUT, means, "Look at [mail] in the configuration.")];
        }
    };
    let mut findings = vec![match transport.probe().await {
        Ok(()) if settings.mail.username.is_some() => {
            Finding::ok(ABOUT, format!("{relay} takes our connection ({:?}) and lets us in.", settings.mail.security))
        }
        Ok(()) => Finding::ok(ABOUT, format!("{relay} takes our connection ({:?}).", settings.mail.security)),
        Err(refusal) => Finding::failure(
            ABOUT,
            format!("No mail leaves, because {relay} does not let us in: {}", words(&refusal)),
            "Look at [mail]: host, port, security, user name and password, and at the firewall. Mail waits meanwhile.",
        ),
    }];
    if let Some(to) = &wishes.mail_to {
        let subject = format!("Test mail from {}", settings.public_address());
        let text = "vestibule doctor sent this mail. That you read it shows that mail from this server arrives.\n\nLook at \
                    its headers too: Authentication-Results should say pass for spf, dkim and dmarc.\n";
        findings.push(match outbox::send_at_once(&transport, to, (&subject, text), clock.now(), entropy).await {
            Ok(()) => {
                Finding::ok(ABOUT, format!("It took the test mail for {to}; look whether it arrives, and not as spam."))
            }
            Err(refusal) => Finding::failure(
                ABOUT,
                format!("It did not take the test mail for {to}: {}", words(&refusal)),
                "Look at mail.from, which the relay must let us use, and at the address.",
            ),
        });
    }
    findings.push(Finding::ok(ABOUT, format!("{}.", settings.mail.invitations_per_hour)));
    findings
}

fn words(refusal: &Refusal) -> &str {
    let (Refusal::Later(words) | Refusal::Never(words)) = refusal;
    words
}
