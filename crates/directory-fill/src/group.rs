//! Groups, and who belongs to them.

use crate::random::{Stream, id_at, number};
use crate::{Directory, JOINED, JOINER, LARGE_GROUP, made_at};
use uuid::Uuid;

/// The group with five times the number of a group belongs to it.
const NESTING: u32 = 5;

/// A group of chosen members.
#[derive(Debug, Clone)]
pub struct Group {
    /// The object id.
    pub id: Uuid,
    /// `displayName`
    pub display_name: String,
    /// `mailNickname`
    pub mail_nickname: String,
    /// When it was made, in microseconds since 1970.
    pub created_at: i64,
}

/// Somebody or something that belongs to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    /// The guest with this number.
    Guest(u32),
    /// The group with this number.
    Group(u32),
}

impl Directory {
    /// The group with this number.
    pub fn group(&self, place: u32) -> Group {
        const KINDS: [&str; 4] = ["Project", "Team", "Readers", "Region"];
        let created_at = made_at(place);
        let kind = KINDS[place as usize % KINDS.len()];
        Group {
            id: id_at(self.seed, Stream::Group, place, created_at),
            display_name: format!("{kind} {place:05}"),
            mail_nickname: format!("{}{place:05}", kind.to_lowercase()),
            created_at,
        }
    }

    /// Who belongs to the group with this number, each once. All groups together have as many members as the size says, if
    /// there are guests enough.
    pub fn members(&self, group: u32) -> Vec<Member> {
        let mut members = Vec::new();
        members.extend(self.nested(group).map(Member::Group));
        if self.has_joiner(group) {
            members.push(Member::Guest(JOINER));
        }
        members.extend(self.drawn(group).map(Member::Guest));
        members
    }

    /// The group that belongs to this one.
    fn nested(&self, group: u32) -> Option<u32> {
        group.checked_mul(NESTING).filter(|below| group != LARGE_GROUP && *below < self.size.groups)
    }

    fn has_joiner(&self, group: u32) -> bool {
        self.size.guests > 0 && (1..=JOINED).contains(&group)
    }

    /// Guests without [`JOINER`], by a stride that meets each of them once before it meets one twice.
    fn drawn(&self, group: u32) -> impl Iterator<Item = u32> + use<> {
        let others = u64::from(self.size.guests.saturating_sub(1));
        let chance = number(self.seed, Stream::GroupMembers, group);
        let stride = (1 + chance % others.max(1)..).find(|stride| common_divisor(*stride, others) == 1).unwrap_or(1);
        let start = chance >> 32;
        (0..u64::from(self.drawn_count(group)))
            .map(move |at| JOINER + 1 + u32::try_from((start + at * stride) % others.max(1)).unwrap_or_default())
    }

    /// The large group has a tenth of all guests; what is left is divided evenly.
    fn drawn_count(&self, group: u32) -> u32 {
        let others = self.size.guests.saturating_sub(1);
        let large = self.size.guests / 10;
        let small = self.size.groups.saturating_sub(1);
        if group == LARGE_GROUP {
            return large.min(others);
        }
        let joined = JOINED.min(small);
        let left = self.size.memberships.saturating_sub(large + joined + small / NESTING);
        let surplus = u32::from(group <= left % small.max(1));
        (left / small.max(1) + surplus).min(others)
    }
}

fn common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;
    use std::collections::HashSet;

    #[test]
    fn every_membership_is_there_once() {
        for guests in [2_000, 10_000] {
            let size = Size::of(guests);
            let directory = Directory { tenant: Uuid::nil(), domain: String::new(), seed: 5, size };
            let mut all = 0;
            let mut joined = 0;
            for group in 0..size.groups {
                let members = directory.members(group);
                let once: HashSet<&Member> = members.iter().collect();
                assert_eq!(once.len(), members.len(), "group {group}");
                assert!(members.iter().all(|member| match member {
                    Member::Guest(guest) => *guest < guests,
                    Member::Group(below) => *below < size.groups && *below > group,
                }));
                all += members.len();
                joined += u32::from(members.contains(&Member::Guest(JOINER)));
            }
            assert_eq!(all, size.memberships as usize);
            assert_eq!(joined, JOINED.min(size.groups - 1));
        }
    }
}
