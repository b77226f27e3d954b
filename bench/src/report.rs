//! Figures as a table for the terminal, a table for the documentation, and JSON.

use crate::counts::Counted;
use crate::measure::Figures;
use crate::{Engine, Options, Outcome};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// The lines of the page between which the figures stand.
const PLACE: (&str, &str) = ("<!-- figures: written by `cargo xtask bench --write` -->", "<!-- end of the figures -->");

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was done.
    pub scenario: String,
    /// By which engine, or by which peer.
    pub subject: &'static str,
    /// The median of the runs.
    pub value: f64,
    /// Of the value.
    pub unit: &'static str,
    /// Milliseconds.
    pub p50: Option<f64>,
    /// Milliseconds.
    pub p99: Option<f64>,
    /// Microseconds of the server's processor time for one piece of work.
    pub processor: Option<f64>,
    /// Each run.
    pub runs: Vec<f64>,
    /// Instructions instead of all that, if these were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// What it should reach, by this engine.
    pub aim: String,
    /// What else one must know.
    pub note: String,
}

impl Row {
    /// Throughput with its latencies.
    pub fn throughput(scenario: impl Into<String>, subject: &'static str, aim: &'static str, figures: Figures) -> Self {
        Self {
            scenario: scenario.into(),
            subject,
            value: figures.throughput,
            unit: "/s",
            p50: Some(figures.p50),
            p99: Some(figures.p99),
            processor: Some(figures.processor),
            runs: figures.runs,
            counted: figures.counted,
            aim: aim_of(subject, "/s", aim),
            note: String::new(),
        }
    }

    /// A single figure.
    pub fn plain(
        scenario: &str,
        subject: &'static str,
        aim: &'static str,
        (value, unit): (f64, &'static str),
        runs: Vec<f64>,
    ) -> Self {
        let (scenario, aim) = (scenario.to_owned(), aim_of(subject, unit, aim));
        let (p50, p99, processor, counted, note) = (None, None, None, None, String::new());
        Self { scenario, subject, value, unit, p50, p99, processor, runs, counted, aim, note }
    }

    /// Says what else one must know.
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// The aims are for SQLite; on PostgreSQL, whose processes share the server's processor, half of them: half as much in a
/// second, or twice as long. Memory is the server's alone.
fn aim_of(subject: &str, unit: &str, aim: &str) -> String {
    if subject != Engine::Postgres.name() || unit == "MiB" {
        return aim.to_owned();
    }
    let (mut words, mut factor) = (Vec::new(), 1.0);
    for word in aim.split(' ') {
        match word {
            ">=" => factor = 0.5,
            "<=" => factor = 2.0,
            _ => {}
        }
        let in_brackets = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        words.push(match (in_brackets.and_then(read), read(word)) {
            // The aim for p99 is a time.
            (Some(value), _) => format!("({})", written(value * 2.0)),
            (None, Some(value)) => written(value * factor),
            (None, None) => word.to_owned(),
        });
    }
    words.join(" ")
}

/// A number as aims write it: `5,000` or `0.3`.
fn read(word: &str) -> Option<f64> {
    word.replace(',', "").parse().ok()
}

/// The same the other way round.
fn written(value: f64) -> String {
    let text = if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value}") };
    match text.len() {
        4.. if value.fract() == 0.0 => format!("{},{}", &text[..text.len() - 3], &text[text.len() - 3..]),
        _ => text,
    }
}

/// Prints a line as soon as it is known.
pub fn say(row: &Row) {
    let latency = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
    println!(
        "{:<46} {:>12} {:<4} p50 {:>8}  p99 {:>8}  cpu {:>8}  aim {:<10} {}",
        row.scenario,
        number(row.value),
        row.unit,
        latency(row.p50),
        latency(row.p99),
        latency(row.processor),
        row.aim,
        row.note
    );
}

/// Writes what was asked for.
pub fn finish(options: &Options, rows: &[Row]) -> Outcome {
    let conditions = conditions(options);
    if let Some(file) = &options.json {
        write_json(file, &conditions, rows)?;
    }
    if let Some(file) = &options.write {
        write_between(file, PLACE, &format!("{}\n\n{}", conditions.join("  \n"), markdown(rows)))?;
        println!("written: {}", file.display());
    }
    Ok(())
}

/// Writes rows as JSON, with what they depend on.
pub fn write_json(file: &Path, conditions: &[String], rows: &[Row]) -> Outcome {
    let document = serde_json::json!({ "conditions": conditions, "rows": rows });
    let written = std::fs::write(file, serde_json::to_vec_pretty(&document)?);
    written.map_err(|error| format!("{}: {error}", file.display()))?;
    println!("\nwritten: {}", file.display());
    Ok(())
}

/// What the figures depend on.
fn conditions(options: &Options) -> Vec<String> {
    let mut lines = machine();
    lines.insert(1, format!("Each figure: the median of {} runs of {} s.", options.runs, options.seconds));
    lines
}

/// The machine, and who else used it: a high load average says that somebody else was busy.
pub fn machine() -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let count = processors.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split(' ').nth(2).unwrap_or_default();
    vec![
        format!("Machine: {count} x {}, Linux {}.", model.trim_start_matches([' ', '\t', ':']), kernel.trim()),
        format!(
            "Load average over the last 15 minutes when the run ended: {load}. An idle machine shows about 2 here, one for \
             the server and one for the load; more means that something else was running, and the figures are low."
        ),
    ]
}

fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| work | by | result | p50 ms | p99 ms | processor µs | aim | remark |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
    );
    for row in rows {
        let latency = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let Row { scenario, subject, unit, aim, note, .. } = row;
        let (value, p50, p99) = (number(row.value), latency(row.p50), latency(row.p99));
        let processor = row.processor.map_or_else(String::new, number);
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "| {scenario} | {subject} | {value} {unit} | {p50} | {p99} | {processor} | {aim} | {note} |"
        );
    }
    text
}

fn number(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// Replaces what stands on a page between two lines.
pub fn write_between(file: &Path, lines: (&str, &str), table: &str) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let page = std::fs::read_to_string(file).map_err(failed)?;
    let page = replaced(&page, lines, table).ok_or("the page has no place for the table")?;
    std::fs::write(file, page).map_err(failed)?;
    Ok(())
}

fn replaced(page: &str, (begin, end): (&str, &str), table: &str) -> Option<String> {
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n\n{}\n\n{end}{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bulk, counts, directory, soak, timing};

    #[test]
    fn on_postgresql_half_of_an_aim_is_meant() {
        let postgres = Engine::Postgres.name();
        for (unit, aim, half) in [
            ("/s", ">= 100,000", ">= 50,000"),
            ("/s", ">= 5,000 (5)", ">= 2,500 (10)"),
            ("/s", ">= 1,500", ">= 750"),
            ("/s", "p50 <= 0.3", "p50 <= 0.6"),
            ("ms", "<= 30", "<= 60"),
            ("MiB", "<= 64", "<= 64"),
            ("/s", "", ""),
        ] {
            assert_eq!(aim_of(postgres, unit, aim), half);
            assert_eq!(aim_of(Engine::Sqlite.name(), unit, aim), aim);
        }
    }

    #[test]
    fn only_the_table_of_a_page_is_replaced() {
        let (begin, end) = PLACE;
        let page = format!("a\n{begin}\nold\n{end}\nb");
        assert_eq!(replaced(&page, PLACE, "new\n"), Some(format!("a\n{begin}\n\nnew\n\n{end}\nb")));
        assert_eq!(replaced("no place", PLACE, "new"), None);
    }

    #[test]
    fn the_page_has_one_place_for_each_kind_of_figures() {
        let page = include_str!("../../docs/performance.md");
        let soaks = [Engine::Sqlite, Engine::Postgres].map(soak::place);
        let all = [PLACE, bulk::PLACE, counts::PLACE, directory::PLACE, timing::PLACE];
        for (begin, end) in all.into_iter().chain(soaks) {
            assert_eq!((page.matches(begin).count(), page.matches(end).count()), (1, 1), "{begin}");
            assert!(page.find(begin) < page.find(end), "{begin}");
        }
    }
}
