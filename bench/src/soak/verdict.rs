//! What an hour says: whether anything drifts.

use super::figures::{Figures, Growth};
use super::log::Log;
use crate::statistics::median;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Memory may wander by this many MiB in the last two thirds: caches fill late.
const MEMORY: f64 = 3.0;

/// Or by this part of it.
const MEMORY_PART: f64 = 0.05;

/// The last third may be slower than the first by this part.
const LATENCY_PART: f64 = 0.25;

/// SQLite's log is emptied at 4,096 pages (16 MiB) when no reader is in the way; beyond this nobody empties it.
const WAL: f64 = 32.0;

/// The table of the minutes, and a sentence for each question.
pub fn text(all: &[Figures], growth: &Growth, log: &Log) -> String {
    let mut text = table(all);
    for line in [memory(all), wal(all), file(all, growth), queue(all), failures(log)] {
        let _ = write!(text, "\n- {line}");
    }
    for kind in kinds(all) {
        let _ = write!(text, "\n- {}", latency(all, kind));
    }
    let rows: Vec<String> = growth.0.iter().map(|(table, rows)| format!("{table} {rows:+}")).collect();
    let _ = write!(text, "\n- Rows gained: {}.", rows.join(", "));
    text
}

/// At most about ten lines of it.
fn table(all: &[Figures]) -> String {
    let mut text = String::from(
        "| minute | busy | memory MiB | at most | database MiB | WAL MiB | jobs | overdue s | files | threads |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let step = all.len().div_ceil(10).max(1);
    for (at, f) in all.iter().enumerate().filter(|(at, _)| (at + 1) % step == 0 || *at == 0) {
        let busy = f.busy * 100.0;
        let _ = writeln!(
            text,
            "| {} | {busy:.0} % | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.0} | {} | {} |",
            at + 1,
            f.memory,
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

fn last_third(all: &[Figures]) -> &[Figures] {
    &all[all.len() - all.len().div_ceil(3)..]
}

fn largest(figures: &[Figures], of: fn(&Figures) -> f64) -> f64 {
    figures.iter().map(of).fold(0.0, f64::max)
}

fn judged(is_good: bool) -> &'static str {
    if is_good { "good" } else { "NOT GOOD" }
}

/// The first third fills caches and is left away.
#[expect(clippy::cast_precision_loss, reason = "a few minutes")]
fn memory(all: &[Figures]) -> String {
    let values: Vec<f64> = all[all.len() / 3..].iter().map(|figures| figures.memory).collect();
    let slope = slope(&values);
    let (gain, mean) = (slope * values.len() as f64, values.iter().sum::<f64>() / values.len().max(1) as f64);
    let is_flat = gain <= MEMORY.max(mean * MEMORY_PART);
    format!("Memory: {}; {:+.2} MiB an hour over the last two thirds, at {mean:.1} MiB.", judged(is_flat), slope * 60.0)
}

/// Least squares, for each step.
#[expect(clippy::cast_precision_loss, reason = "a few minutes")]
fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count.max(1.0));
    let (mut above, mut below) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let distance = at as f64 - middle;
        above += distance * (value - mean);
        below += distance * distance;
    }
    if below > 0.0 { above / below } else { 0.0 }
}

fn wal(all: &[Figures]) -> String {
    let (first, last) = (largest(first_third(all), |f| f.wal), largest(last_third(all), |f| f.wal));
    format!("WAL: {}; at most {first:.1} MiB in the first third, {last:.1} MiB in the last.", judged(last <= WAL))
}

/// Growth is explained by the rows that are kept on purpose: it should not be faster at the end than at the beginning.
#[expect(clippy::cast_precision_loss, reason = "counts of an hour")]
fn file(all: &[Figures], growth: &Growth) -> String {
    let gained = all.last().map_or(0.0, |f| f.file) - all.first().map_or(0.0, |f| f.file);
    let work: usize = all.iter().skip(1).flat_map(|f| f.latencies.values()).map(|latency| latency.count).sum();
    let rows: i64 = growth.0.iter().map(|(_, rows)| rows).sum();
    let each = gained * 1024.0 * 1024.0 / work.max(1) as f64;
    format!("Database: {gained:+.1} MiB, {each:.0} bytes for each piece of work of all kinds; {rows:+} rows in all.")
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

/// Medians of the minutes, so that one bad minute of a shared machine does not decide.
fn latency(all: &[Figures], kind: &str) -> String {
    let of = |part: &[Figures], value: fn(&super::figures::Latency) -> f64| {
        median(&part.iter().filter_map(|figures| figures.latencies.get(kind)).map(value).collect::<Vec<f64>>())
    };
    let (first, last) = (first_third(all), last_third(all));
    let (early, late) = (of(first, |latency| latency.p50), of(last, |latency| latency.p50));
    let (early_99, late_99) = (of(first, |latency| latency.p99), of(last, |latency| latency.p99));
    let is_steady = late <= early * (1.0 + LATENCY_PART);
    format!(
        "Latency of {kind}: {}; p50 {early:.2} ms in the first third, {late:.2} ms in the last; p99 {early_99:.1} and \
         {late_99:.1} ms.",
        judged(is_steady)
    )
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn a_slope_is_the_gain_of_a_step() {
        assert!((slope(&[1.0, 3.0, 5.0, 7.0]) - 2.0).abs() < 1e-9);
        assert!(slope(&[4.0, 4.0]).abs() < 1e-9);
        assert!(slope(&[4.0]).abs() < 1e-9 && slope(&[]).abs() < 1e-9);
    }
}
