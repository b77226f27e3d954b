//! The certificate from the ACME server: what is kept, and how the last orders went.

use super::Finding;
use crate::config::Settings;
use crate::platform::Timestamp;
use crate::platform::acme::{self, Order, Subject};
use crate::platform::certificate::Validity;
use crate::platform::clock::rfc3339;
use database::Database;
use std::time::Duration;

const ABOUT: &str = "certificate";

/// Nothing where the certificate comes from elsewhere, or the database is away.
pub(super) async fn examine(settings: &Settings, database: Option<&Database>, now: Timestamp) -> Vec<Finding> {
    let (Some(subject), Some(database)) = (Subject::of(settings), database) else { return Vec::new() };
    match read(database, &subject).await {
        Ok((kept, order)) => {
            let is_good = kept.is_some_and(|kept| !kept.left(now).is_zero());
            let failing = order.as_ref().and_then(|order| failing(order, &subject, is_good));
            std::iter::once(judge(kept, &subject, now, order.as_ref())).chain(failing).collect()
        }
        Err(error) => {
            let means = format!("What is kept of the ACME server cannot be read: {error}.");
            vec![Finding::failure(ABOUT, means, "Mend the database.")]
        }
    }
}

async fn read(database: &Database, subject: &Subject) -> database::Result<(Option<Validity>, Option<Order>)> {
    let mut tx = database.read().await?;
    Ok((acme::validity(&mut tx, subject).await?, acme::order(&mut tx, subject).await?))
}

fn judge(kept: Option<Validity>, subject: &Subject, now: Timestamp, order: Option<&Order>) -> Finding {
    let Some(kept) = kept else {
        let means = format!("No certificate for {} is here yet, so nobody gets through.", subject.host);
        return Finding::failure(ABOUT, means, "Start the server, which orders one; its log says how that goes.");
    };
    let (left, ends) = (length(kept.left(now)), rfc3339(kept.ends));
    if kept.left(now).is_zero() {
        let means = format!("The certificate for {} ended at {ends}, so nobody gets through.", subject.host);
        return Finding::failure(ABOUT, means, "Mend what keeps the next one from coming.");
    }
    let means =
        format!("The certificate for {} from {} is good for {left}, until {ends}", subject.host, subject.directory);
    if kept.renewal() > now {
        return Finding::ok(
            ABOUT,
            format!(
                "{means}; the next one is ordered at {}, unless the ACME server asks for another time.{}",
                rfc3339(kept.renewal()),
                past(order)
            ),
        );
    }
    let means = format!("{means}; the next one is due since {}.", rfc3339(kept.renewal()));
    let advice = "Look whether the server runs, and whether its log tells of failures, or of a later time.";
    Finding::warning(ABOUT, means, advice)
}

/// A failure that has been overcome.
fn past(order: Option<&Order>) -> String {
    match order {
        Some(Order { failures: 0, failure: Some(failure), failed_at: Some(at), .. }) => {
            format!(" What failed last, at {}, was overcome: {failure}", rfc3339(*at))
        }
        _ => String::new(),
    }
}

/// Failures since the last certificate came. As long as that is good, nobody notices them.
fn failing(order: &Order, subject: &Subject, is_good: bool) -> Option<Finding> {
    let (failure, at) = (order.failure.as_deref()?, order.failed_at?);
    if order.failures == 0 {
        return None;
    }
    let means = format!(
        "{} orders in a row failed, the last at {}: {failure}. The next try is at {}.",
        order.failures,
        rfc3339(at),
        rfc3339(order.next_at)
    );
    let advice = format!(
        "Port 443 of {} must lead to this server with TLS untouched, and the server must reach {}. When that is mended, \
         systemctl reload vestibule tries at once.",
        subject.host, subject.directory
    );
    Some(if is_good { Finding::warning(ABOUT, means, advice) } else { Finding::failure(ABOUT, means, advice) })
}

fn length(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}
