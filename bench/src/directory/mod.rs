//! What a directory costs that holds 10,000 guests or a million, and what a guest of many organisations costs.

mod cases;
mod ground;
mod lists;
mod people;
mod table;
mod work;

use crate::organisation::Organisation;
use crate::report;
use crate::site::Site;
use crate::{Engine, Options, Outcome};
use cases::CASES;
use database::sql_across;
use directory_fill::{Directory, Size};
use ground::Ground;
use std::time::Instant;
use table::{Bound, Figure, Table};

/// The same directories in every run.
const SEED: u64 = 20_251_129;

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
            format!("Each figure: the median of {} runs of {} s, one client.", options.runs, options.seconds),
        );
        report::write_between(file, PLACE, &format!("{}\n\n{text}", head.join("  \n")))?;
        println!("written: {}", file.display());
    }
    Ok(())
}

/// One server and one database for all sizes, each in a tenant of its own. A case is asked of one after the other, so that a processor
/// that is slow for a while is slow for all of them.
async fn on_engine(options: &Options, engine: Engine, table: &mut Table) -> Outcome {
    let mut site = Site::create(options, engine).await?;
    let mut filled_in = Vec::new();
    for users in &options.users {
        let organisation = Organisation::create(&site, &format!("guests{users}.example"))?;
        let directory = filled(&site, engine, &organisation, *users).await?;
        filled_in.push((organisation, directory));
    }
    site.start().await?;
    let mut grounds = Vec::new();
    for (organisation, directory) in filled_in {
        grounds.push(Ground::open(options, &site, &organisation, directory).await?);
    }
    for case in CASES.iter().filter(|case| options.wants(case.name)) {
        for ground in &grounds {
            let found = (case.run)(ground).await.map_err(|error| format!("{}: {error}", case.name))?;
            table.add(case.name, engine, case.bound, Figure { p50: found.p50, p99: found.p99 });
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

async fn filled(site: &Site, engine: Engine, organisation: &Organisation, users: u32) -> Outcome<Directory> {
    let size = Size::of(users);
    let tenant = organisation.id.parse()?;
    let directory = Directory { tenant, domain: organisation.domain.clone(), seed: SEED, size };
    let database = site.database().await?;
    let begin = Instant::now();
    directory_fill::write(&database, &directory).await?;
    let took = begin.elapsed();
    if engine == Engine::Postgres {
        // What its housekeeping does by itself within minutes; SQLite's planner is not told how much there is.
        let mut tx = database.alone().await?;
        tx.query(sql_across!("statistics of tables have no tenant", "ANALYZE")).execute().await?;
        tx.commit().await?;
    }
    database.close().await;
    let Size { guests, groups, apps, memberships } = size;
    println!(
        "{guests} guests, {groups} groups, {apps} apps, {memberships} memberships: written in {:.0} s, the database has \
         {:.0} MiB",
        took.as_secs_f64(),
        site.sizes().await?.0
    );
    Ok(directory)
}
