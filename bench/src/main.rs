//! Measures the finished program from outside: how much work it does in a second and how long each piece takes.
//!
//! `cargo xtask bench` builds the server, starts PostgreSQL, and runs this on the processor beside the server's.

mod browser;
mod bulk;
mod connection;
mod counts;
mod directory;
mod fill;
mod measure;
mod organisation;
mod peer;
mod process;
mod profile;
mod report;
mod requests;
mod scenario;
mod sink;
mod site;
mod soak;
mod statistics;
mod timing;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What every step answers.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Throughput and latency of every scenario.
    Load,
    /// How many instructions of the processor the server executes for each piece of work.
    Counts,
    /// Whether answers about the known and the unknown take different times.
    Timing,
    /// Whether anything drifts in an hour of mixed load.
    Soak,
    /// What a directory costs that is small or large.
    Directory,
    /// What a list of a million people to invite costs.
    Bulk,
    /// Nothing: a tenant of a database that exists gets guests, groups and apps, to be tried with.
    Fill,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// SQLite, inside the server.
    Sqlite,
    /// PostgreSQL, its processes on the server's processor.
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

#[derive(Debug, Clone, Parser)]
struct Options {
    #[arg(default_value = "load")]
    mode: Mode,
    /// Measured runs of each scenario; the median counts.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// How long one run lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only scenarios whose name begins so; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only this engine.
    #[arg(long)]
    engine: Option<Engine>,
    /// Guests in the directory that is listed.
    #[arg(long, default_value_t = 100_000)]
    guests: u32,
    /// Guests in the directories that `directory` compares, the smaller one first; given once for each. For `fill`, given once, how
    /// many are added.
    #[arg(long, value_name = "N", default_values_t = [10_000_u32, 1_000_000])]
    users: Vec<u32>,
    /// What the directories of `directory` and `fill` follow from: the same gives the same.
    #[arg(long, value_name = "N", default_value_t = directory::SEED)]
    seed: u64,
    /// The database of `fill`, as `database.url` of a server says it.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A domain of the tenant of `fill`.
    #[arg(long, value_name = "DOMAIN")]
    tenant: Option<String>,
    /// Organisations in which one person is a guest, for `directory`.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    organisations: u32,
    /// Samples of each case of `timing`.
    #[arg(long, default_value_t = 500)]
    samples: usize,
    /// Pieces of work in each run of `counts`.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pieces: u32,
    /// Lets `counts` name the functions that execute most of the instructions.
    #[arg(long)]
    functions: bool,
    /// How long `soak` lasts, 60 unless it is said, and for how long `bulk` invites, 5.
    #[arg(long)]
    minutes: Option<u64>,
    /// Multiplies the load of `soak`; at 1 it takes a part of one processor.
    #[arg(long, default_value_t = 1.0, value_parser = multiplier)]
    rate: f64,
    /// Lets `soak` load as fast as the server answers.
    #[arg(long)]
    full_speed: bool,
    /// Rows of the list of `bulk`.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    rows: u32,
    /// Shows where the time of this scenario of `load` goes, by perf, which takes some of it.
    #[arg(long, value_name = "NAME", conflicts_with = "write")]
    profile: Option<String>,
    /// Writes the table into this page.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Writes the figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The server to be measured.
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// A PostgreSQL whose commits wait for the disk.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The folder with the installed peer.
    #[arg(long, value_name = "DIRECTORY")]
    peer: Option<PathBuf>,
}

impl Options {
    /// Warm-up, runs, their length.
    fn plan(&self) -> measure::Plan {
        let length = Duration::from_secs(self.seconds.max(1));
        measure::Plan { warm_up: length.min(Duration::from_secs(2)), length, runs: self.runs.max(1) }
    }

    fn engines(&self) -> Vec<Engine> {
        let all = [Engine::Sqlite, Engine::Postgres];
        all.into_iter().filter(|engine| self.engine.is_none_or(|only| only == *engine)).collect()
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }
}

/// What `--rate` may be: no interval between two requests is endless or nothing.
fn multiplier(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().map_err(|error| error.to_string())?;
    if (0.001..=1000.0).contains(&rate) { Ok(rate) } else { Err("between 0.001 and 1000".to_owned()) }
}

/// One thread carries all the load: the other processor belongs to the server.
fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let tasks = tokio::task::LocalSet::new();
    let done = match options.mode {
        Mode::Load => tasks.block_on(&runtime, load(&options)),
        Mode::Counts => tasks.block_on(&runtime, counts::run(&options)),
        Mode::Bulk => tasks.block_on(&runtime, bulk::run(&options)),
        Mode::Directory => tasks.block_on(&runtime, directory::run(&options)),
        Mode::Fill => tasks.block_on(&runtime, directory::fill(&options)),
        Mode::Soak => tasks.block_on(&runtime, soak::run(&options)),
        Mode::Timing => tasks.block_on(&runtime, timing::run(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("bench: {error}");
    ExitCode::FAILURE
}

async fn load(options: &Options) -> Outcome {
    let mut rows = Vec::new();
    for engine in options.engines() {
        println!("\n{}", engine.name());
        scenario::run_all(options, engine, report::say, &mut rows).await?;
    }
    if let Some(folder) = options.peer.as_deref().filter(|_| peer::SHARED.iter().any(|name| options.wants(name))) {
        println!("\noidc-provider");
        peer::run(folder, options, &mut rows).await?;
    }
    report::finish(options, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_the_usual_one_unless_another_is_said() {
        let parsed = |words: &str| Options::try_parse_from(words.split(' ')).expect("options");
        assert_eq!(parsed("bench directory --server vestibule").seed, directory::SEED);
        assert_eq!(parsed("bench directory --server vestibule --seed 7").seed, 7);
        let fill = parsed("bench fill --database sqlite:a.db --tenant contoso.example --users 2000 --seed 8");
        assert_eq!((fill.mode, fill.users, fill.seed), (Mode::Fill, vec![2_000], 8));
    }

    #[test]
    fn a_rate_leaves_an_interval_between_two_requests() {
        assert_eq!(multiplier("2"), Ok(2.0));
        for wrong in ["0", "-1", "inf", "NaN", "1e-300", "much"] {
            assert!(multiplier(wrong).is_err(), "{wrong}");
        }
    }
}
