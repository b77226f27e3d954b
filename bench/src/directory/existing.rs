//! A tenant that is there already is filled, for whoever wants to try the program with many guests.

use super::{told, write};
use crate::{Options, Outcome};
use database::{Database, Settings};
use directory_fill::{Directory, Size};
use std::path::PathBuf;

/// Fills the tenant that the options name, beside what it has.
pub async fn fill(options: &Options) -> Outcome {
    let url = options.database.as_deref().ok_or("--database is missing")?;
    let domain = options.tenant.as_deref().ok_or("--tenant is missing")?;
    let (settings, users) = (settings(url)?, guests(&options.users)?);
    if settings.is_in_use().await? {
        return Err("the database is in use: stop every server first".into());
    }
    let database = Database::open(&settings).await?;
    let filled = fill_in(&database, domain, users, options.seed).await;
    database.close().await;
    filled
}

async fn fill_in(database: &Database, domain: &str, users: u32, seed: u64) -> Outcome {
    let found = directory_fill::find_tenant(database, domain).await?;
    let (tenant, domain) = found.ok_or_else(|| format!("no organisation has the domain {domain}"))?;
    let directory = Directory { tenant, domain, seed, size: Size::of(users) };
    if directory_fill::is_written(database, &directory).await? {
        return Err(format!("the organisation has the guests of the seed {seed}: another --seed adds others").into());
    }
    println!("seed {seed}");
    let took = write(database, &directory).await?;
    println!("{}", told(directory.size, took));
    Ok(())
}

/// How many guests are added. `--users` names sizes to be compared, of which there is one here.
fn guests(users: &[u32]) -> Outcome<u32> {
    match users {
        [users] if *users > 0 => Ok(*users),
        _ => Err("--users says once how many guests are added".into()),
    }
}

/// The database behind an address. A file that is not there is not made.
fn settings(url: &str) -> Outcome<Settings> {
    if let Some(file) = url.strip_prefix("sqlite:").map(PathBuf::from) {
        if !file.is_file() {
            return Err(format!("{} is not there", file.display()).into());
        }
        return Ok(Settings::Sqlite { file, readers: 1 });
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Settings::Postgres { url: url.to_owned(), connections: 1 });
    }
    Err("--database must begin with sqlite: or postgres://".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_guests_is_said_once() {
        assert_eq!(guests(&[2_000]).ok(), Some(2_000));
        assert!(guests(&[]).is_err() && guests(&[0]).is_err());
        assert!(guests(&[10_000, 1_000_000]).is_err(), "what is compared unless it is said");
    }

    #[test]
    fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vestibule.db");
        let url = format!("sqlite:{}", file.display());
        assert!(settings(&url).is_err() && !file.exists());
        std::fs::write(&file, "").expect("a file");
        assert!(matches!(settings(&url), Ok(Settings::Sqlite { .. })));
        assert!(matches!(settings("postgres://localhost/vestibule"), Ok(Settings::Postgres { .. })));
        assert!(settings("mysql://localhost/vestibule").is_err());
    }
}
