//! How many instructions of the processor the server executes for one piece of work of the scenarios.
//!
//! Valgrind's tool callgrind counts them. Time differs by a tenth from one run to the next on a machine that others use; counts
//! come out nearly the same, so that they show whether a change made something a few hundredths dearer.

mod counter;
mod record;

use crate::process::Process;
use crate::report::{self, Row};
use crate::{Options, Outcome, scenario};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

pub use counter::Counter;

/// The lines of the page between which the figures stand.
pub const PLACE: (&str, &str) =
    ("<!-- counts: written by `cargo xtask bench counts --write` -->", "<!-- end of the counts -->");

/// The name of the file into which callgrind writes; a number behind it for each stretch of work.
pub const RECORD: &str = "callgrind.out";

/// Functions that are named.
const HEAVIEST: usize = 10;

/// Instructions for one piece of work.
#[derive(Debug, Clone, Serialize)]
pub struct Counted {
    /// The median of the runs, without what the server does by itself.
    pub each: f64,
    /// Each run, likewise.
    pub runs: Vec<f64>,
    /// What the server did by itself meanwhile, by a measured rate; the median of the runs. It is in none of the figures above.
    pub idle: f64,
    /// Those that executed the most in the last run, the heaviest first.
    pub heaviest: Vec<Function>,
}

/// A function by itself, with what the compiler has put into it and without what it calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Function {
    /// Its name, without types of arguments.
    pub name: String,
    /// Instructions for one piece of work.
    pub each: f64,
    /// Of all instructions.
    pub percent: f64,
}

impl Counted {
    /// By how much the runs differ, in percent of the median.
    fn spread(&self) -> f64 {
        let most = self.runs.iter().copied().fold(f64::MIN, f64::max);
        let least = self.runs.iter().copied().fold(f64::MAX, f64::min);
        100.0 * (most - least).max(0.0) / self.each.max(1.0)
    }
}

/// Counts in the chosen scenarios on the chosen engines.
pub async fn run(options: &Options) -> Outcome {
    if options.profile.is_some() {
        return Err("--profile is for time; --functions names what executes most of the instructions".into());
    }
    let valgrind = version()?;
    let mut rows = Vec::new();
    for engine in options.engines() {
        println!("\n{}", engine.name());
        scenario::run_all(options, engine, |row| say(row, options.functions), &mut rows).await?;
    }
    // How fast a queue of mails empties is no count.
    rows.retain(|row| row.counted.is_some());
    let conditions = conditions(options, &valgrind);
    if let Some(file) = &options.json {
        report::write_json(file, &conditions, &rows)?;
    }
    if let Some(file) = &options.write {
        report::write_between(file, PLACE, &format!("{}\n\n{}", conditions.join("  \n"), table(&rows)))?;
        println!("\nwritten: {}", file.display());
    }
    Ok(())
}

/// Starts a program under callgrind, which counts nothing until it is told to, and writes what it counts to files of this name
/// with a number.
pub fn start(program: &Path, arguments: &[&str], record: &str) -> Outcome<Process> {
    let (record, program) = (format!("--callgrind-out-file={record}"), program.display().to_string());
    let callgrind = ["-q", "--tool=callgrind", "--instr-atstart=no", record.as_str(), program.as_str()];
    Process::start(Path::new("valgrind"), &[&callgrind[..], arguments].concat())
}

/// What Valgrind says it is; fails unless it is there.
fn version() -> Outcome<String> {
    let found = Command::new("valgrind").arg("--version").stdin(Stdio::null()).output();
    match found {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        _ => Err("counts needs Valgrind, which cannot be started (on Debian, the package valgrind)".into()),
    }
}

/// What the figures depend on. The load of the machine is not among it.
fn conditions(options: &Options, valgrind: &str) -> Vec<String> {
    let mut lines = report::machine();
    lines.truncate(1);
    let (runs, pieces) = (options.runs.max(1), options.pieces);
    lines.push(format!(
        "Counted by {valgrind}. Each figure: the median of {runs} runs of {pieces} pieces of work, one client."
    ));
    lines
}

/// Prints a row as soon as it is known.
fn say(row: &Row, with_functions: bool) {
    let Some(counted) = &row.counted else { return };
    println!(
        "{:<46} {:>14} instructions  runs differ by {:.2} %",
        row.scenario,
        grouped(counted.each),
        counted.spread()
    );
    if with_functions {
        for Function { name, each, percent } in &counted.heaviest {
            println!("    {percent:>5.1} % {:>14}  {name}", grouped(*each));
        }
    }
}

/// As Markdown.
fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| work | by | instructions | runs differ by | taken off for what goes on by itself |\n\
         | --- | --- | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let Some(counted) = &row.counted else { continue };
        let (each, spread, idle) = (grouped(counted.each), counted.spread(), grouped(counted.idle));
        // Writing to a text does not fail.
        let _ = writeln!(text, "| {} | {} | {each} | {spread:.2} % | {idle} |", row.scenario, row.subject);
    }
    text
}

/// A whole number with commas between its thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.max(0.0));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Figures;
    use clap::Parser as _;

    fn counted() -> Counted {
        let function = Function { name: "sqlite3VdbeExec".to_owned(), each: 2_000.0, percent: 20.0 };
        Counted {
            each: 1_234_567.0,
            runs: vec![1_240_000.0, 1_234_567.0, 1_230_000.0],
            idle: 99.6,
            heaviest: vec![function],
        }
    }

    #[test]
    fn a_row_has_instructions_and_by_how_much_the_runs_differ() {
        let figures = Figures { counted: Some(counted()), ..Figures::default() };
        let work = Row::throughput("code-flow ES256", "SQLite", ">= 5,000 (5)", figures);
        let drained = Row::plain("mails", "SQLite", "", (3.0, "/s"), Vec::new());
        let text = table(&[work, drained]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(lines, ["| code-flow ES256 | SQLite | 1,234,567 | 0.81 % | 100 |"]);
    }

    #[test]
    fn nothing_is_said_of_the_load_of_the_machine() {
        let options = Options::try_parse_from(["bench", "counts", "--runs", "3", "--pieces", "50"]).expect("options");
        let lines = conditions(&options, "valgrind-3.19.0");
        assert_eq!(lines.len(), 2, "{lines:?}");
        let said = "Counted by valgrind-3.19.0. Each figure: the median of 3 runs of 50 pieces of work, one client.";
        assert_eq!(lines[1], said);
    }

    #[test]
    fn thousands_are_apart() {
        for (value, text) in [(-3.0, "0"), (0.4, "0"), (999.0, "999"), (1_000.0, "1,000"), (12_345_678.4, "12,345,678")]
        {
            assert_eq!(grouped(value), text);
        }
    }

    #[test]
    fn one_run_does_not_differ() {
        let one = Counted { runs: vec![1_234_567.0], ..counted() };
        assert!(one.spread() < f64::EPSILON);
        let none = Counted { runs: Vec::new(), ..counted() };
        assert!(none.spread() < f64::EPSILON);
    }
}
