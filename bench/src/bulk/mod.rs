//! What a list of very many people to invite costs: sent as a client sends it, checked, looked at, and invited from
//! (check X2 at its largest size).

mod list;
mod sender;
mod table;
mod watch;

use crate::connection::Connection;
use crate::measure::measure;
use crate::organisation::Organisation;
use crate::scenario::Repeat;
use crate::site::Site;
use crate::{Engine, Options, Outcome, report, requests};
use sender::Sender;
use std::time::{Duration, Instant};
use table::Table;
use watch::watched;

/// The lines of the page between which the figures stand.
pub const PLACE: (&str, &str) =
    ("<!-- bulk: written by `cargo xtask bench bulk --write` -->", "<!-- end of the bulk -->");

/// For how many minutes it invites, unless the options say; a shorter list is invited to its end.
const MINUTES: u64 = 5;

const MINUTE: Duration = Duration::from_mins(1);

/// Goes through one list on each engine.
pub async fn run(options: &Options) -> Outcome {
    let (mut table, mut peaks) = (Table::default(), Vec::new());
    for engine in options.engines() {
        println!("\n{}", engine.name());
        let peak = on_engine(options, engine, &mut table).await?;
        peaks.push(format!("{}: at most {peak:.1} MiB in memory since the start of the server.", engine.name()));
    }
    let text = format!("{}\n{}", table.text(), peaks.join("  \n"));
    println!("\n{text}");
    if let Some(file) = &options.write {
        let mut head = report::machine();
        head.insert(
            1,
            format!("Each latency: the median of {} runs of {} s, one client.", options.runs, options.seconds),
        );
        report::write_between(file, PLACE, &format!("{}\n\n{text}", head.join("  \n")))?;
        println!("written: {}", file.display());
    }
    Ok(())
}

/// MiB that the server held at most.
async fn on_engine(options: &Options, engine: Engine, table: &mut Table) -> Outcome<f64> {
    let mut site = Site::create(options, engine).await?;
    let organisation = Organisation::create(&site, "bulk.example")?;
    site.start().await?;
    let process = site.process()?;
    let mut portal = organisation.portal(&site.address).await?;
    let app = organisation.app(&mut portal, "Lists", &["User.Invite.All"]).await?;
    let mut sender = Sender::open(&site.address, &organisation, &app).await?;
    let rows = u64::from(options.rows);
    let expected = list::expected(options.rows);
    let list = list::text(options.rows);
    let bytes = format!("{} KiB", list.len().div_ceil(1024));
    let sent = watched(process, sender.send(&list)).await?;
    drop(list);
    table.went("uploaded", engine, rows, &sent, bytes);
    let checked = watched(process, sender.checked(expected)).await?;
    let faults = format!("{} cannot be invited, {} repeated", expected.failed, expected.repeated);
    table.went("checked", engine, rows, &checked, faults);
    show(options, engine, (&site, &organisation), &mut sender, table).await?;
    let length = MINUTE * u32::try_from(options.minutes.unwrap_or(MINUTES).max(1))?;
    let invited = watched(process, invite(&mut sender, length)).await?;
    let Invited { count, remark } = &invited.value;
    table.went("invited", engine, *count, &invited, remark.clone());
    let peak = site.divided()?.most;
    site.stop()?;
    Ok(peak)
}

/// What somebody looks at before they start it: all rows by the API, then single answers again and again.
async fn show(
    options: &Options,
    engine: Engine,
    (site, organisation): (&Site, &Organisation),
    sender: &mut Sender,
    table: &mut Table,
) -> Outcome {
    let process = site.process()?;
    let read = watched(process, sender.read_all()).await?;
    let count = u64::try_from(read.value)?;
    if count != u64::from(options.rows) {
        return Err(format!("{count} rows are shown, not {}", options.rows).into());
    }
    table.went("all rows by the API", engine, count, &read, "999 on a page".to_owned());
    let path = sender.path();
    let mut answers = Vec::new();
    for (name, path) in [("the run by the API", path.clone()), ("100 rows by the API", format!("{path}/rows"))] {
        answers.push((name, sender.request(&path).await?));
    }
    // Signed in now: before, it may have been left alone for too long.
    let cookies = organisation.portal(&site.address).await?.cookie_header();
    let page = format!("/portal/{}/invitations/bulk/{}", organisation.domain, sender.run());
    let middle = format!("{page}?after={}", options.rows / 2);
    let failed = format!("{page}?result=failed");
    for (name, path) in [("page, first rows", page), ("page, in the middle", middle), ("page, what failed", failed)] {
        answers.push((name, requests::get(&site.address.host, &path, &cookies)));
    }
    for (name, request) in answers {
        let worker = Repeat::new(Connection::open(site.address.socket).await?, request);
        table.shown(name, engine, &watched(process, measure(&options.plan(), vec![worker])).await?);
    }
    Ok(())
}

/// How many were invited, and how the rate went.
struct Invited {
    count: u64,
    remark: String,
}

/// Starts the run and lets it invite for so long, or to its end.
async fn invite(sender: &mut Sender, length: Duration) -> Outcome<Invited> {
    sender.start().await?;
    let begin = Instant::now();
    let end = begin + length;
    // Seconds and invitations since the beginning, at the end of each minute.
    let mut marks = vec![(0.0, 0)];
    loop {
        let state = sender.leaves("running", end.min(Instant::now() + MINUTE)).await?;
        let seconds = begin.elapsed().as_secs_f64();
        let [count, left] = sender.counts(["invited", "ready"]).await?;
        marks.push((seconds, count));
        if state == "running" && Instant::now() < end {
            continue;
        }
        if count == 0 || (state != "running" && left > 0) {
            return Err(format!("{count} were invited and {left} left when the list was {state}").into());
        }
        let whole = if left == 0 { "to its end".to_owned() } else { format!("{left} were left") };
        return Ok(Invited { count, remark: format!("{}; {whole}", rates(&marks)) });
    }
}

/// How the first minute compares with the last one.
#[expect(clippy::cast_precision_loss, reason = "at most some millions")]
fn rates(marks: &[(f64, u64)]) -> String {
    let of = |pair: &[(f64, u64)]| match pair {
        [(from, before), (to, after)] => after.saturating_sub(*before) as f64 / (to - from).max(0.001),
        _ => 0.0,
    };
    let rates: Vec<f64> = marks.windows(2).map(of).collect();
    let (first, last) = (rates.first().copied().unwrap_or_default(), rates.last().copied().unwrap_or_default());
    format!("{first:.0} /s in the first minute, {last:.0} /s in the last")
}

#[cfg(test)]
mod tests {
    use super::rates;

    #[test]
    fn the_first_minute_is_compared_with_the_last() {
        let marks = [(0.0, 0), (60.0, 30_000), (120.0, 54_000), (180.0, 66_000)];
        assert_eq!(rates(&marks), "500 /s in the first minute, 200 /s in the last");
        assert_eq!(rates(&marks[..2]), "500 /s in the first minute, 500 /s in the last");
    }
}
