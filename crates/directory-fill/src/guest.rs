//! Guests.

use crate::random::{Stream, id, number};
use crate::{Directory, made_at};
use uuid::Uuid;

/// The first names; each is as frequent as the others.
pub const GIVEN_NAMES: [&str; 32] = [
    "Amal", "Birgit", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kaito", "Leila", "Mateo",
    "Nadia", "Olga", "Pavel", "Qiang", "Rosa", "Samir", "Tuva", "Umar", "Vera", "Wanja", "Xenia", "Yusuf", "Zofia",
    "Aino", "Bela", "Cira", "Deniz", "Edda", "Finn",
];

/// A last name is four of these.
const SYLLABLES: [&str; 16] =
    ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za"];

/// Different last names at most.
const SURNAMES: u32 = 0x1_0000;

/// Guests who share a last name.
const NAMESAKES: u32 = 20;

/// Domains that guests come from.
const PARTNERS: u32 = 400;

/// How far a guest has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Invited, not accepted.
    Pending,
    /// Accepted an hour later.
    Accepted,
    /// Accepted, then blocked by an administrator.
    Blocked,
}

/// A guest who was invited by a program.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The object id.
    pub id: Uuid,
    /// The mail address, in small letters.
    pub address: String,
    /// `displayName`
    pub display_name: String,
    /// `userPrincipalName`
    pub principal_name: String,
    /// How far they have come.
    pub state: State,
    /// When they were invited, in microseconds since 1970.
    pub created_at: i64,
}

impl Guest {
    /// A guest of the tenant with this initial domain, by their address in small letters.
    pub fn new(id: Uuid, domain: &str, address: String, display_name: String, state: State, created_at: i64) -> Self {
        let principal_name = format!("{}#EXT#@{domain}", address.replace('@', "_"));
        Self { id, address, display_name, principal_name, state, created_at }
    }

    /// When the state changed last: an invitation is accepted after an hour.
    pub(crate) fn state_changed_at(&self) -> i64 {
        match self.state {
            State::Pending => self.created_at,
            State::Accepted | State::Blocked => self.created_at + 3_600_000_000,
        }
    }
}

impl Directory {
    /// The guest with this number. One in ten has not accepted yet, one in a hundred is blocked.
    pub fn guest(&self, place: u32) -> Guest {
        let chance = number(self.seed, Stream::GuestName, place);
        let given = GIVEN_NAMES[part(chance, 0, GIVEN_NAMES.len())];
        let surname = self.surname(u32::try_from(part(chance, 16, SURNAMES as usize)).unwrap_or_default());
        let partner = part(chance, 40, PARTNERS as usize);
        let address =
            format!("{}.{}.{place}@partner{partner:03}.example", given.to_lowercase(), surname.to_lowercase());
        let state = match place % 100 {
            99 => State::Blocked,
            number if number % 10 == 7 => State::Pending,
            _ => State::Accepted,
        };
        let name = format!("{given} {surname}");
        Guest::new(self.guest_id(place), &self.domain, address, name, state, made_at(place))
    }

    /// The object id of the guest with this number.
    pub fn guest_id(&self, place: u32) -> Uuid {
        id(self.seed, Stream::Guest, place)
    }

    /// One of the last names, of which there are as many that about 20 guests share each, whatever the size.
    pub fn surname(&self, place: u32) -> String {
        let surnames = (self.size.guests / NAMESAKES).clamp(1, SURNAMES);
        // An odd factor leads each place to another name, and neighbours to names that begin differently.
        let mut name = (place % surnames).wrapping_mul(0x9e37) % SURNAMES;
        let mut text = String::with_capacity(8);
        for _ in 0..4 {
            text.push_str(SYLLABLES[(name >> 12) as usize % SYLLABLES.len()]);
            name = (name << 4) % SURNAMES;
        }
        let first = text.remove(0).to_ascii_uppercase();
        text.insert(0, first);
        text
    }
}

/// A number below `limit` from a part of a larger one.
fn part(number: u64, shift: u32, limit: usize) -> usize {
    usize::try_from((number >> shift) % limit as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;
    use std::collections::HashSet;

    fn directory(seed: u64) -> Directory {
        Directory { tenant: Uuid::nil(), domain: "contoso.example".to_owned(), seed, size: Size::of(2_000) }
    }

    #[test]
    fn the_same_seed_gives_the_same_guests_and_another_one_others() {
        let address = |seed, place| directory(seed).guest(place).address;
        assert_eq!(address(1, 7), address(1, 7));
        assert_ne!(address(1, 7), address(2, 7));
    }

    #[test]
    fn no_two_guests_are_the_same_and_about_20_share_a_name() {
        let guests: Vec<Guest> = (0..2_000).map(|place| directory(3).guest(place)).collect();
        assert_eq!(guests.iter().map(|guest| guest.id).collect::<HashSet<_>>().len(), 2_000);
        assert_eq!(guests.iter().map(|guest| guest.address.as_str()).collect::<HashSet<_>>().len(), 2_000);
        let surnames: HashSet<String> = (0..100).map(|place| directory(3).surname(place)).collect();
        assert_eq!(surnames.len(), 100);
        assert!(guests.iter().all(|guest| surnames.contains(guest.display_name.split(' ').nth(1).expect("two names"))));
    }
}
