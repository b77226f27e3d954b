//! What a directory costs that holds 10,000 guests or a million, and what a guest of many organisations costs.

mod cases;
mod existing;
mod ground;
mod lists;
mod people;
mod table;
mod work;

use crate::measure::Figures;
use crate::organisation::Organisation;
use crate::report;
use crate::site::Site;
use crate::statistics::median;
use crate::{Engine, Options, Outcome};
use cases::CASES;
use database::{Database, sql_across};
use directory_fill::{Directory, Size};
use ground::Ground;
use std::time::{Duration, Instant};
use table::{Bound, Figure, Table};

pub use existing::fill;

/// The same directories in every run that names no other seed.
pub const SEED: u64 = 20_251_129;

/// The name under which [`people`] is chosen.
const PEOPLE: &str = "people";

/// The lines of the page between which the figures stand.
pub const PLACE: (&str, &str) =
    ("<!-- directory: written by `cargo xtask bench directory --write` -->", "<!-- end of the directory -->");

/// Measures every size on every engine and says how the largest compares with the smallest.
pub async fn run(options: &Options) -> Outcome {
    if !CASES.iter().any(|case| options.wants(case.name)) && !options.wants(PEOPLE) {
        let names: Vec<&str> = CASES.iter().map(|case| case.name).chain([PEOPLE]).collect();
        return Err(format!("no case begins so; there are: {}", names.join(", ")).into());
    }
    println!("seed {}", options.seed);
    let mut table = Table::new(options.users.clone());
    for engine in options.engines() {
        println!("\n{}", engine.name());
        on_engine(options, engine, &mut table).await?;
    }
    let text = table.text();
    println!("\n{text}");
    if let Some(file) = &options.write {
        let mut head = report::machine();
        head.insert(
            1,
            format!(
                "Each figure: the median of {} runs of {} s, the sizes in turn, one client. Seed {}.",
                options.runs, options.seconds, options.seed
            ),
        );
        report::write_between(file, PLACE, &format!("{}\n\n{text}", head.join("  \n")))?;
        println!("written: {}", file.display());
    }
    Ok(())
}

/// One server and one database for all sizes, each in a tenant of its own. Each run of a case is made with one after the other, so that
/// a processor that is slow for a while is slow for all of them.
async fn on_engine(options: &Options, engine: Engine, table: &mut Table) -> Outcome {
    let mut site = Site::create(options, engine).await?;
    let mut filled_in = Vec::new();
    for users in &options.users {
        let organisation = Organisation::create(&site, &format!("guests{users}.example"))?;
        let directory = filled(&site, &organisation, *users, options.seed).await?;
        filled_in.push((organisation, directory));
    }
    site.start().await?;
    let mut grounds = Vec::new();
    for (organisation, directory) in filled_in {
        grounds.push(Ground::open(options, &site, &organisation, directory).await?);
    }
    for case in CASES.iter().filter(|case| options.wants(case.name)) {
        let mut runs = vec![Vec::new(); grounds.len()];
        for _ in 0..options.runs {
            for (ground, runs) in grounds.iter().zip(&mut runs) {
                runs.push((case.run)(ground).await.map_err(|error| format!("{}: {error}", case.name))?);
            }
        }
        for runs in &runs {
            table.add(case.name, engine, case.bound, middle_of(runs));
        }
        table.hold(case.name, engine, site.divided()?);
    }
    let (_, peak) = site.memory()?;
    table.add("memory at most, MiB", engine, Bound::Memory, Figure { p50: peak, p99: peak });
    site.stop()?;
    if options.wants(PEOPLE) {
        people::run(options, engine, &mut site, table).await?;
    }
    Ok(())
}

/// What one run in the middle would have come to.
fn middle_of(runs: &[Figures]) -> Figure {
    let of = |value: fn(&Figures) -> f64| median(&runs.iter().map(value).collect::<Vec<f64>>());
    Figure { p50: of(|run| run.p50), p99: of(|run| run.p99) }
}

async fn filled(site: &Site, organisation: &Organisation, users: u32, seed: u64) -> Outcome<Directory> {
    let (tenant, domain) = (organisation.id.parse()?, organisation.domain.clone());
    let directory = Directory { tenant, domain, seed, size: Size::of(users) };
    let database = site.database().await?;
    let took = write(&database, &directory).await?;
    database.close().await;
    println!("{}, the database has {:.0} MiB", told(directory.size, took), site.sizes().await?.0);
    Ok(directory)
}

/// Writes a directory; how long that took.
async fn write(database: &Database, directory: &Directory) -> Outcome<Duration> {
    let begin = Instant::now();
    directory_fill::write(database, directory).await?;
    let took = begin.elapsed();
    if database.engine() == database::Engine::Postgres {
        // What its housekeeping does by itself within minutes; SQLite's planner is not told how much there is.
        let mut tx = database.alone().await?;
        tx.query(sql_across!("statistics of tables have no tenant", "ANALYZE")).execute().await?;
        tx.commit().await?;
    }
    Ok(took)
}

/// What was written, in words.
fn told(size: Size, took: Duration) -> String {
    let Size { guests, groups, apps, memberships } = size;
    let seconds = took.as_secs_f64();
    format!("{guests} guests, {groups} groups, {apps} apps, {memberships} memberships: written in {seconds:.0} s")
}
