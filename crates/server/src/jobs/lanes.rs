//! Lanes: what a job waits behind, and how many jobs of each lane a process works on at a time.
//!
//! Each lane has slots of its own, so that nothing waits behind what is less urgent: a code not behind a list, a list not behind
//! programs that do not answer, and no other work behind a relay that says nothing. What may have killed its process has one slot
//! beside them.

database::text_enum! {
    /// What a job waits behind, the most urgent first.
    pub enum Lane {
        /// Mails with a code, for whom somebody waits at a sign-in.
        Code = "code",
        /// Other mails to one person.
        Mail = "mail",
        /// Mails of lists of people.
        ListMail = "list_mail",
        /// Work on our own database: inviting the people of a list, clearing up.
        Work = "work",
        /// Calls to programs of others, which may take their time.
        Call = "call",
    }
}

impl Lane {
    /// The lanes of mails.
    pub const MAILS: [Self; 3] = [Self::Code, Self::Mail, Self::ListMail];

    /// Jobs of this lane that one process works on at a time.
    const fn slots(self) -> i64 {
        match self {
            Self::Mail => 8,
            Self::Code | Self::ListMail | Self::Call => 4,
            Self::Work => 2,
        }
    }
}

/// What a running job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// One of a lane.
    Of(Lane),
    /// The one of jobs that may have killed their process, see `deaths`.
    Apart,
}

/// The slots of a process that are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Free {
    pub(super) code: i64,
    pub(super) mail: i64,
    pub(super) list_mail: i64,
    pub(super) work: i64,
    pub(super) call: i64,
    pub(super) apart: i64,
    /// Deaths that the job may have behind it that is begun apart.
    pub(super) deaths: i64,
}

impl Free {
    /// What is free while jobs run that take these.
    pub(super) fn beside(running: impl Iterator<Item = Slot> + Clone) -> Self {
        let taken = |slot: Slot| i64::try_from(running.clone().filter(|one| *one == slot).count()).unwrap_or(i64::MAX);
        let free = |lane: Lane| lane.slots().saturating_sub(taken(Slot::Of(lane))).max(0);
        Self {
            code: free(Lane::Code),
            mail: free(Lane::Mail),
            list_mail: free(Lane::ListMail),
            work: free(Lane::Work),
            call: free(Lane::Call),
            apart: 1_i64.saturating_sub(taken(Slot::Apart)).max(0),
            deaths: i64::MAX,
        }
    }

    /// All of them.
    pub(super) fn all() -> Self {
        Self::beside(std::iter::empty())
    }

    /// Whether there is none.
    pub(super) const fn is_none(self) -> bool {
        self.code + self.mail + self.list_mail + self.work + self.call + self.apart == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_is_full_takes_no_slot_of_another() {
        let lists = std::iter::repeat_n(Slot::Of(Lane::ListMail), 9);
        assert_eq!(Free::beside(lists), Free { list_mail: 0, ..Free::all() });
        assert_eq!(Free::beside(std::iter::once(Slot::Apart)), Free { apart: 0, ..Free::all() });
        let lanes = Lane::ALL.iter().flat_map(|lane| std::iter::repeat_n(Slot::Of(*lane), 8));
        let all: Vec<Slot> = lanes.chain([Slot::Apart]).collect();
        assert!(Free::beside(all.iter().copied()).is_none());
        assert!(!Free::beside(all.iter().copied().skip(5)).is_none(), "one of a code is free");
    }
}
