//! What needs somebody, each with the page where it is mended.

use super::secrets::{ending, way};
use super::store::{self, MOST};
use crate::applications::operations::may_write;
use crate::graph::Caller;
use crate::invitations::State;
use crate::invitations::operations::SOON;
use crate::jobs::{Kind, suspects};
use crate::platform::Timestamp;
use crate::portals::jobs::of_suspects;
use crate::service_principals::list_store::{self, Filter, Ownerless};
use crate::users::sponsors;
use crate::web::dates;
use database::{Result, Transaction};
use std::time::Duration;

/// How far back the overview looks for what went wrong.
const PAST: Duration = Duration::from_hours(7 * 24);
/// For how long a mail may be tried again before somebody should know.
const PATIENCE: Duration = Duration::from_mins(15);

/// One thing that needs somebody.
pub(super) struct Need {
    pub(super) number: String,
    pub(super) text: &'static str,
    pub(super) more: String,
    pub(super) href: String,
    pub(super) verb: &'static str,
}

impl Need {
    /// `one` and `many` follow the number. Nothing if the number is 0.
    fn of(
        number: i64,
        [one, many]: [&'static str; 2],
        more: impl Into<String>,
        way: (String, &'static str),
    ) -> Option<Self> {
        let shown = if number >= MOST { format!("{}+", MOST - 1) } else { number.to_string() };
        let text = if number == 1 { one } else { many };
        (number > 0).then(|| Self { number: shown, text, more: more.into(), href: way.0, verb: way.1 })
    }
}

/// Everything that needs somebody, what is most urgent first.
pub(super) async fn list(tx: &mut Transaction, caller: &Caller, base: &str, now: Timestamp) -> Result<Vec<Need>> {
    let mut needs = Vec::new();
    needs.extend(mails(tx, caller, base, now).await?);
    needs.extend(suspected(tx, caller, base).await?);
    needs.extend(jobs(tx, caller, base).await?);
    needs.extend(secrets(tx, caller, base, now).await?);
    if may_write(caller) {
        needs.extend(left(tx, caller, base).await?);
    }
    needs.extend(invitations(tx, caller, base, now).await?);
    needs.extend(runs(tx, caller, base).await?);
    if caller.may_administer_users() {
        needs.extend(guests(tx, caller, base).await?);
    }
    Ok(needs)
}

async fn mails(tx: &mut Transaction, caller: &Caller, base: &str, now: Timestamp) -> Result<Vec<Need>> {
    let owed = store::count_owed(tx, caller.tenant, now.minus(PATIENCE)).await?;
    let too_late = store::count_too_late(tx, caller.tenant, now.minus(PAST)).await?;
    let given_up = store::count_given_up(tx, caller.tenant, now.minus(PAST)).await?;
    let health = (format!("{base}/health"), "See why");
    let words = ["mail is not taken by the relay", "mails are not taken by the relay"];
    let owed = Need::of(owed, words, "They are tried again and again", health);
    let way = (format!("{base}/mail?state=expired"), "See them");
    let words = ["mail was too late to be sent", "mails were too late to be sent"];
    let too_late = Need::of(too_late, words, "In the last 7 days; codes are good for 15 minutes", way);
    let way = (format!("{base}/mail?state=refusedByRelay"), "Send again");
    let words = ["mail was given up", "mails were given up"];
    let given_up = Need::of(given_up, words, "In the last 7 days", way);
    Ok([owed, too_late, given_up].into_iter().flatten().collect())
}

/// Jobs of every kind that may have brought the server down.
async fn suspected(tx: &mut Transaction, caller: &Caller, base: &str) -> Result<Option<Need>> {
    let found = suspects::count(tx, caller.tenant, MOST).await?;
    let state = if found.apart == 0 { "?state=failed" } else { "" };
    let words = ["job may have brought the server down", "jobs may have brought the server down"];
    Ok(Need::of(found.all(), words, of_suspects(found), (format!("{base}/jobs{state}"), "See them")))
}

/// Jobs beside those of mails, which stand above.
async fn jobs(tx: &mut Transaction, caller: &Caller, base: &str) -> Result<Vec<Need>> {
    let failed = store::count_failed(tx, caller.tenant).await?;
    let count = |is_list: bool| -> i64 {
        failed.iter().filter(|(kind, _)| (*kind == Kind::InviteMany) == is_list).map(|(_, count)| *count).sum()
    };
    let why = "They failed too often";
    let way = (format!("{base}/jobs?state=failed&kind=invite_many"), "Try again");
    let lists = Need::of(count(true), ["list of people was given up", "lists of people were given up"], why, way);
    let way = (format!("{base}/jobs?state=failed"), "Try again");
    let words = ["piece of other work was given up", "pieces of other work were given up"];
    Ok([lists, Need::of(count(false), words, why, way)].into_iter().flatten().collect())
}

/// Apps whose last secret ends; an app with a newer one is in order. Only whoever may mend it is told.
async fn secrets(tx: &mut Transaction, caller: &Caller, base: &str, now: Timestamp) -> Result<Option<Need>> {
    let apps = ending(tx, caller, now).await?;
    let Some((_, name, end)) = apps.first() else { return Ok(None) };
    let more = format!("{name}: {} {}", if *end <= now { "ended" } else { "ends" }, dates::day(*end));
    let words = ["app has no secret beyond 30 days", "apps have no secret beyond 30 days"];
    Ok(Need::of(counted(apps.len()), words, more, (way(&apps, base), "Renew")))
}

/// Apps whose last owner has gone. The last one cannot be taken away, but whoever is one can leave the organisation.
async fn left(tx: &mut Transaction, caller: &Caller, base: &str) -> Result<Option<Need>> {
    let filter = Filter { ownerless: Some(Ownerless::Left), ..Filter::default() };
    let apps = list_store::list(tx, caller.tenant, &filter, None, MOST).await?;
    let Some(first) = apps.first() else { return Ok(None) };
    let href = match (apps.len(), first.application_id) {
        (1, Some(application)) => format!("{base}/apps/{application}"),
        (1, None) => format!("{base}/apps/foreign/{}", first.id),
        _ => format!("{base}/apps?owner=left"),
    };
    let words = ["app has no owner any more", "apps have no owner any more"];
    Ok(Need::of(counted(apps.len()), words, first.display_name.clone(), (href, "Name somebody")))
}

async fn invitations(tx: &mut Transaction, caller: &Caller, base: &str, now: Timestamp) -> Result<Vec<Need>> {
    let ending = store::count_ending(tx, caller.tenant, now, now.plus(SOON)).await?;
    let lapsed = store::count_ending(tx, caller.tenant, now.minus(PAST), now).await?;
    let held = store::count_held(tx, caller.tenant).await?;
    let again = (format!("{base}/invitations?state={}", State::HeldByRestore), "Send again");
    let why = "The server was restored from a backup, and they may have been withdrawn since";
    let held = Need::of(held, ["invitation is held", "invitations are held"], why, again);
    let soon = (format!("{base}/invitations?ends=soon"), "See them");
    let over = (format!("{base}/invitations?state=expired"), "Send again");
    let ending = Need::of(ending, ["invitation lapses", "invitations lapse"], "Within 7 days", soon);
    let lapsed = Need::of(lapsed, ["invitation lapsed", "invitations lapsed"], "In the last 7 days", over);
    Ok([held, ending, lapsed].into_iter().flatten().collect())
}

/// Guests for whom nobody answers.
async fn guests(tx: &mut Transaction, caller: &Caller, base: &str) -> Result<Option<Need>> {
    let guests = sponsors::count_unsponsored(tx, caller.tenant, MOST).await?;
    let way = (format!("{base}/users/without-sponsor"), "Name somebody");
    let words = ["guest has no sponsor", "guests have no sponsor"];
    Ok(Need::of(guests, words, "Their sponsor has left, or a program invited them", way))
}

async fn runs(tx: &mut Transaction, caller: &Caller, base: &str) -> Result<Option<Need>> {
    let runs = store::list_checked(tx, caller.tenant).await?;
    let Some((oldest, name)) = runs.first() else { return Ok(None) };
    let words = ["list of people waits to be started", "lists of people wait to be started"];
    let way = (format!("{base}/invitations/bulk/{oldest}"), "Review");
    Ok(Need::of(counted(runs.len()), words, name.clone(), way))
}

fn counted(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
