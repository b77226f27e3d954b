//! The machine's clock: whether somebody keeps it in step, and whether it agrees with another one.

use super::Finding;
use crate::platform::{Clock, Timestamp};
use database::Database;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

const ABOUT: &str = "clock";

/// How long systemd may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Made by systemd-timesyncd when it has set the clock since the machine was started.
const SET: &str = "/run/systemd/timesync/synchronized";
/// Seconds two clocks may differ before tokens are refused elsewhere, as apps allow a few minutes.
const DRIFT: i64 = 5;
const LARGE_DRIFT: i64 = 60;

/// What the system says of the clock, and how it compares with the database's or, without one, with the `Date` of an answer from
/// the public address.
pub(super) async fn examine(database: Option<&Database>, answered: Option<Timestamp>, clock: &Clock) -> Vec<Finding> {
    let mut findings = vec![kept(is_kept().await)];
    // Why the database does not answer is told by what examines it.
    let shown = match database {
        Some(database) => database.clock().await.ok().flatten(),
        None => None,
    };
    let other = shown.map(|shown| ("the database's clock", shown));
    let other = other.or_else(|| answered.map(|answered| ("the clock behind the public address", answered)));
    findings.extend(other.map(|(whose, other)| drift(whose, clock.now().seconds() - other.seconds())));
    findings
}

/// Whether the kernel counts its clock as kept in step, by whatever keeps it (adjtimex(2), `STA_UNSYNC`); systemd is asked for
/// it. `None` where nobody can be asked, as in most containers.
async fn is_kept() -> Option<bool> {
    let mut command = Command::new("timedatectl");
    command.args(["show", "--property=NTPSynchronized", "--value"]).stdin(Stdio::null()).kill_on_drop(true);
    let said = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => said(&output.stdout),
        // It is not there, or has nobody to ask.
        Ok(Err(_)) | Err(_) => None,
    };
    said.or_else(|| Path::new(SET).exists().then_some(true))
}

fn said(text: &[u8]) -> Option<bool> {
    match text.trim_ascii() {
        b"yes" => Some(true),
        b"no" => Some(false),
        _ => None,
    }
}

fn kept(is_kept: Option<bool>) -> Finding {
    match is_kept {
        Some(true) => Finding::ok(ABOUT, "The system says that this machine's clock is kept in step."),
        Some(false) => Finding::warning(
            ABOUT,
            "The system says that nothing keeps this machine's clock in step: it drifts, and then tokens are refused, and \
             links end too early or late.",
            "Let the machine keep the time by NTP (timedatectl set-ntp true, or chrony).",
        ),
        None => Finding::warning(
            ABOUT,
            "Whether this machine's clock is kept in step cannot be known here: there is no systemd to ask.",
            "Look on the machine that keeps the time, which for a container is the one around it: timedatectl, or chronyc \
             tracking.",
        ),
    }
}

fn drift(whose: &str, seconds: i64) -> Finding {
    let means = format!("This machine's clock and {whose} differ by {} s", seconds.abs());
    let advice = "Let both machines keep the time by NTP (timedatectl set-ntp true).";
    match seconds.abs() {
        0..=DRIFT => Finding::ok(ABOUT, format!("{means}, which says nothing where both are one machine's.")),
        6..=LARGE_DRIFT => Finding::warning(ABOUT, format!("{means}; tokens may count as not yet valid."), advice),
        _ => Finding::failure(ABOUT, format!("{means}: apps refuse tokens, and links end too early or late."), advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict::{Failure, Ok as Well, Warning};

    #[test]
    fn clocks_that_differ_are_worse_the_further_they_are_apart() {
        let verdicts = [0, -5, 6, -60, 61].map(|seconds| drift("x", seconds).verdict);
        assert_eq!(verdicts, [Well, Well, Warning, Warning, Failure]);
    }

    #[test]
    fn what_nobody_can_say_is_not_taken_for_good() {
        assert_eq!([&b"yes\n"[..], b"no\n", b"", b"n/a"].map(said), [Some(true), Some(false), None, None]);
        assert_eq!([Some(true), Some(false), None].map(|it| kept(it).verdict), [Well, Warning, Warning]);
        assert!(kept(None).means.contains("cannot be known"));
    }
}
