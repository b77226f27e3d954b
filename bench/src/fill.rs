//! Guests of a tenant by their number: the same seed gives the same guests.

use crate::Outcome;
use crate::organisation::Organisation;
use crate::statistics::Random;
use database::Database;
use directory_fill::Guest;
pub use directory_fill::State;
use uuid::Uuid;

/// Microseconds of 2025-01-01T00:00:00Z, when the first guest was made.
const EPOCH: i64 = 1_735_689_600_000_000;

/// The mail address of a generated guest.
pub fn mail(prefix: &str, number: u32) -> String {
    format!("{prefix}{number:07}@partner{:03}.example", number % 400)
}

/// Adds guests to an organisation, numbered from zero.
pub async fn guests(
    database: &Database,
    organisation: &Organisation,
    prefix: &str,
    count: u32,
    state: State,
) -> Outcome {
    let seed = prefix.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let mut random = Random(seed);
    let guests: Vec<Guest> =
        (0..count).map(|number| guest(&mut random, organisation, (prefix, number), state)).collect();
    Ok(directory_fill::write_guests(database, organisation.id.parse()?, &organisation.domain, &guests).await?)
}

fn guest(random: &mut Random, organisation: &Organisation, (prefix, number): (&str, u32), state: State) -> Guest {
    const NAMES: [&str; 8] = ["Amal", "Birgit", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana"];
    let at = EPOCH + i64::from(number) * 1_000_000;
    let name = format!("{} {number:07}", NAMES[random.below(NAMES.len())]);
    Guest::new(id(random), &organisation.domain, mail(prefix, number), name, state, at)
}

/// An id as guests have it, whose time of making is nobody's business.
pub fn id(random: &mut Random) -> Uuid {
    let bytes = (u128::from(random.next()) << 64) | u128::from(random.next());
    uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
}
