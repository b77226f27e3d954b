//! What an hour says: whether anything drifts.

use super::figures::{Figures, Growth, Latency};
use super::log::Log;
use crate::statistics::{median, slope};
use crate::{Engine, Outcome};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Memory may grow by this many MiB in an hour: a leak of less takes days to matter.
const MEMORY_AN_HOUR: f64 = 6.0;

/// Memory may wander by this many MiB in all: what a few minutes gain says little about an hour.
const MEMORY: f64 = 3.0;

/// The median of the last third may be longer than that of the first by this part.
const P50_PART: f64 = 0.25;

/// The 99th percentile may be longer by this part: in a minute it rests on few pieces of work.
const P99_PART: f64 = 0.5;

/// Or by this many milliseconds: somebody else takes the processor for a moment now and then.
const P99: f64 = 1.0;

/// A piece of work may take more of the database in the last third than in the middle one by this part.
const DATABASE_PART: f64 = 0.25;

/// Or all of the last third's by this many MiB: new pages reach SQLite's file when its log of 16 MiB is emptied.
const DATABASE: f64 = 16.0;

const MEBIBYTE: f64 = 1024.0 * 1024.0;

const NOT_GOOD: &str = "NOT GOOD";

/// SQLite's log is emptied at 4,096 pages (16 MiB) when no reader is in the way; beyond this nobody empties it.
const WAL: f64 = 32.0;

/// The table of the minutes, and a sentence for each question.
pub fn text(engine: Engine, all: &[Figures], growth: &Growth, log: &Log) -> String {
    let mut text = table(all);
    let wal = (engine == Engine::Sqlite).then(|| wal(all));
    let lines = [Some(memory(all)), wal, Some(database(all, growth)), Some(queue(all)), Some(failures(log))];
    for line in lines.into_iter().flatten() {
        let _ = write!(text, "\n- {line}");
    }
    for kind in kinds(all) {
        let _ = write!(text, "\n- {}", latency(all, kind));
    }
    let rows: Vec<String> = growth.0.iter().map(|(table, rows)| format!("{table} {rows:+}")).collect();
    let _ = write!(text, "\n- Rows gained: {}.", rows.join(", "));
    text
}

/// Fails with what the lines of [`text`] call not good.
pub fn conclude(text: &str) -> Outcome {
    let bad: Vec<&str> = text.lines().filter_map(not_good).collect();
    if bad.is_empty() { Ok(()) } else { Err(format!("not good: {}", bad.join(", ")).into()) }
}

/// What a line is about, if it says that it is not good.
fn not_good(line: &str) -> Option<&str> {
    let (subject, said) = line.strip_prefix("- ")?.split_once(": ")?;
    said.starts_with(NOT_GOOD).then_some(subject)
}

/// At most about ten lines of it.
fn table(all: &[Figures]) -> String {
    let mut text = String::from(
        "| minute | busy | memory MiB | anonymous | of files | at most | database MiB | WAL MiB | jobs | overdue s | files \
         | threads |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let step = all.len().div_ceil(10).max(1);
    for (at, f) in all.iter().enumerate().filter(|(at, _)| (at + 1) % step == 0 || *at == 0) {
        let busy = f.busy * 100.0;
        let _ = writeln!(
            text,
            "| {} | {busy:.0} % | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.0} | {} | {} |",
            at + 1,
            f.memory,
            f.anonymous,
            f.of_files,
            f.peak,
            f.file,
            f.wal,
            f.waiting,
            f.overdue,
            f.files,
            f.threads
        );
    }
    text
}

fn first_third(all: &[Figures]) -> &[Figures] {
    &all[..all.len().div_ceil(3)]
}

/// What the others leave: nothing of one or two minutes.
fn middle_third(all: &[Figures]) -> &[Figures] {
    let part = all.len().div_ceil(3);
    all.get(part..all.len() - part).unwrap_or_default()
}

fn last_third(all: &[Figures]) -> &[Figures] {
    &all[all.len() - all.len().div_ceil(3)..]
}

fn largest(figures: &[Figures], of: fn(&Figures) -> f64) -> f64 {
    figures.iter().map(of).fold(0.0, f64::max)
}

fn judged(is_good: bool) -> &'static str {
    if is_good { "good" } else { NOT_GOOD }
}

/// The first third fills caches and is left away. Where memory stands for a few minutes does not move the slope; what its parts
/// do says what grows.
#[expect(clippy::cast_precision_loss, reason = "a few minutes")]
fn memory(all: &[Figures]) -> String {
    let values: Vec<f64> = all[all.len() / 3..].iter().map(|figures| figures.memory).collect();
    let slope = slope(&values);
    let (gained, an_hour) = (slope * values.len() as f64, slope * 60.0);
    let is_flat = an_hour <= MEMORY_AN_HOUR || gained <= MEMORY;
    format!(
        "Memory: {}; {an_hour:+.2} MiB an hour over the last two thirds, at {:.1} MiB; by thirds, anonymous {} MiB and of \
         files {} MiB.",
        judged(is_flat),
        median(&values),
        by_thirds(all, |figures| figures.anonymous),
        by_thirds(all, |figures| figures.of_files)
    )
}

/// The median of each third that has minutes.
fn by_thirds(all: &[Figures], of: fn(&Figures) -> f64) -> String {
    let thirds = [first_third(all), middle_third(all), last_third(all)];
    let thirds = thirds.iter().filter(|third| !third.is_empty());
    let medians = thirds.map(|third| format!("{:.1}", median(&third.iter().map(of).collect::<Vec<f64>>())));
    medians.collect::<Vec<String>>().join(", ")
}

fn wal(all: &[Figures]) -> String {
    let (first, last) = (largest(first_third(all), |f| f.wal), largest(last_third(all), |f| f.wal));
    format!("WAL: {}; at most {first:.1} MiB in the first third, {last:.1} MiB in the last.", judged(last <= WAL))
}

/// What the database grew by from the end of one minute to the end of another.
struct Stretch {
    /// MiB.
    gained: f64,
    /// Pieces of work of all kinds.
    work: f64,
}

impl Stretch {
    /// From the end of the first of these minutes to the end of the last one.
    #[expect(clippy::cast_precision_loss, reason = "counts of an hour")]
    fn over(minutes: &[Figures]) -> Self {
        let gained = minutes.last().map_or(0.0, |f| f.file) - minutes.first().map_or(0.0, |f| f.file);
        let work: usize = minutes.iter().skip(1).flat_map(|f| f.latencies.values()).map(|latency| latency.count).sum();
        Self { gained, work: work as f64 }
    }

    /// Bytes for each piece of work.
    fn each(&self) -> f64 {
        self.gained * MEBIBYTE / self.work.max(1.0)
    }
}

/// The rows that are kept on purpose explain that it grows: but a piece of work takes no more at the end than in the middle. At
/// the beginning it finds pages that are there already.
fn database(all: &[Figures], growth: &Growth) -> String {
    let whole = Stretch::over(all);
    let rows: i64 = growth.0.iter().map(|(_, rows)| rows).sum();
    let in_all = format!(
        "{:+.1} MiB, {:.0} bytes for each piece of work of all kinds; {rows:+} rows in all",
        whole.gained,
        whole.each()
    );
    let (first, middle) = (first_third(all).len(), middle_third(all).len());
    if middle == 0 {
        return format!("Database: not judged in fewer than three minutes; {in_all}.");
    }
    let middle_end = first + middle;
    let (middle, last) = (Stretch::over(&all[first - 1..middle_end]), Stretch::over(&all[middle_end - 1..]));
    let expected = middle.each() * last.work / MEBIBYTE;
    let is_steady = last.gained <= (expected * (1.0 + DATABASE_PART)).max(expected + DATABASE);
    format!(
        "Database: {}; {:.0} bytes for each piece of work in the middle third, {:.0} in the last; {in_all}.",
        judged(is_steady),
        middle.each(),
        last.each()
    )
}

fn queue(all: &[Figures]) -> String {
    let (overdue, given_up) = (largest(last_third(all), |f| f.overdue), largest(all, |f| f.given_up));
    let is_good = overdue < 60.0 && given_up < 1.0;
    format!("Jobs: {}; overdue by at most {overdue:.0} s in the last third, {given_up:.0} given up.", judged(is_good))
}

fn failures(log: &Log) -> String {
    let (count, first) = log.failures();
    let first = first.map_or_else(String::new, |first| format!("; the first: {first}"));
    format!("Failed requests: {}; {count}{first}.", judged(count == 0))
}

fn kinds(all: &[Figures]) -> BTreeSet<&'static str> {
    all.iter().flat_map(|figures| figures.latencies.keys().copied()).collect()
}

/// Medians of the minutes, so that one bad minute of a shared machine does not decide: of p50 and of p99; `None` if nothing of
/// this kind was done.
fn typical(part: &[Figures], kind: &str) -> Option<(f64, f64)> {
    let minutes: Vec<&Latency> = part.iter().filter_map(|figures| figures.latencies.get(kind)).collect();
    let of = |value: fn(&Latency) -> f64| median(&minutes.iter().copied().map(value).collect::<Vec<f64>>());
    (!minutes.is_empty()).then(|| (of(|latency| latency.p50), of(|latency| latency.p99)))
}

fn latency(all: &[Figures], kind: &str) -> String {
    let thirds = typical(first_third(all), kind).zip(typical(last_third(all), kind));
    let Some(((early, early_99), (late, late_99))) = thirds else {
        return format!("Latency of {kind}: {}; none was done in the first third, or in the last.", judged(false));
    };
    let is_steady = late <= early * (1.0 + P50_PART);
    let is_steady_99 = late_99 <= (early_99 * (1.0 + P99_PART)).max(early_99 + P99);
    let by = match (is_steady, is_steady_99) {
        (true, true) => "",
        (false, true) => " by p50",
        (true, false) => " by p99",
        (false, false) => " by both",
    };
    format!(
        "Latency of {kind}: {}{by}; p50 {early:.2} ms in the first third, {late:.2} ms in the last; p99 {early_99:.1} and \
         {late_99:.1} ms.",
        judged(is_steady && is_steady_99)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour in which each minute shows what is set for its number.
    fn hour(set: impl Fn(f64, &mut Figures)) -> Vec<Figures> {
        let minute = |number: u32| {
            let mut figures = Figures::default();
            set(f64::from(number), &mut figures);
            figures
        };
        (0..60).map(minute).collect()
    }

    fn working(p50: f64, p99: f64) -> Latency {
        Latency { count: 3_000, p50, p99 }
    }

    #[test]
    fn memory_that_stands_higher_for_some_minutes_does_not_grow_and_a_leak_does() {
        let wandering = |minute: f64| 103.0 + 3.0 * (minute * 2.0).sin();
        let flat = hour(|minute, f| f.memory = if minute > 55.0 { 126.0 } else { wandering(minute) });
        assert!(memory(&flat).starts_with("Memory: good; "), "{}", memory(&flat));
        let leaking = hour(|minute, f| f.memory = wandering(minute) + 0.2 * minute);
        assert!(memory(&leaking).starts_with("Memory: NOT GOOD; +1"), "{}", memory(&leaking));
        let short = memory(&leaking[..6]);
        assert!(short.starts_with("Memory: good; "), "three MiB in a few minutes are no growth: {short}");
    }

    #[test]
    fn the_parts_of_memory_stand_by_thirds() {
        let growing = hour(|minute, f| (f.anonymous, f.of_files) = (40.0 + (minute / 20.0).floor(), 30.0));
        let said = memory(&growing);
        assert!(said.ends_with("anonymous 40.0, 41.0, 42.0 MiB and of files 30.0, 30.0, 30.0 MiB."), "{said}");
        assert!(memory(&growing[..1]).ends_with("anonymous 40.0, 40.0 MiB and of files 30.0, 30.0 MiB."));
    }

    #[test]
    fn the_database_may_grow_but_not_by_more_for_each_piece_of_work() {
        let growing = |late: f64| {
            hour(move |minute, f| {
                f.file = 300.0 + 3.0 * minute + late * (minute - 39.0).max(0.0);
                f.latencies.insert("userinfo", working(1.0, 2.0));
            })
        };
        let none = Growth(Vec::new());
        let steady = database(&growing(0.0), &none);
        assert!(steady.starts_with("Database: good; 1049 bytes for each piece of work in the middle third, 1049 in"));
        let faster = database(&growing(2.0), &none);
        assert!(
            faster.starts_with("Database: NOT GOOD; 1049 bytes for each piece of work in the middle third, 1748 in")
        );
        assert!(database(&growing(0.0)[..2], &none).starts_with("Database: not judged"));
        assert!(database(&growing(0.0)[..3], &none).starts_with("Database: good"));
    }

    #[test]
    fn the_longest_waits_are_judged_too() {
        let hour = |late: f64, late_99: f64| {
            hour(move |minute, f| {
                let latency = if minute < 40.0 { working(2.5, 8.0) } else { working(late, late_99) };
                f.latencies.insert("code flow", latency);
                f.latencies.insert("userinfo", working(0.5, if (49.5..50.5).contains(&minute) { 90.0 } else { 1.4 }));
            })
        };
        let said = |late, late_99| latency(&hour(late, late_99), "code flow");
        assert!(said(2.6, 8.4).starts_with("Latency of code flow: good; "));
        assert!(said(2.6, 23.2).starts_with("Latency of code flow: NOT GOOD by p99; "));
        assert!(said(3.2, 8.4).starts_with("Latency of code flow: NOT GOOD by p50; "));
        assert!(said(3.2, 23.2).starts_with("Latency of code flow: NOT GOOD by both; "));
        assert!(latency(&hour(2.5, 8.0), "userinfo").contains(": good; "), "one minute does not decide");
        assert!(latency(&hour(2.5, 8.0), "refresh").contains(": NOT GOOD; none was done"));
    }

    #[test]
    fn whatever_is_not_good_is_a_failure() {
        let hour = |wal: f64, late: f64| {
            hour(move |minute, f| {
                f.wal = wal;
                f.latencies.insert("refresh", if minute < 40.0 { working(2.5, 8.0) } else { working(late, 8.0) });
            })
        };
        let said = |wal, late| text(Engine::Sqlite, &hour(wal, late), &Growth(Vec::new()), &Log::default());
        assert!(conclude(&said(16.4, 2.5)).is_ok(), "{}", said(16.4, 2.5));
        let failed = conclude(&said(40.0, 3.5)).expect_err("two of them are not good").to_string();
        assert_eq!(failed, "not good: WAL, Latency of refresh");
    }

    #[test]
    fn the_log_of_sqlite_is_not_asked_for_on_postgresql() {
        let hour = hour(|_, f| f.wal = 16.4);
        let said = |engine| text(engine, &hour, &Growth(Vec::new()), &Log::default());
        assert!(said(Engine::Sqlite).contains("\n- WAL: good; "));
        assert!(!said(Engine::Postgres).contains("WAL:"));
    }
}
