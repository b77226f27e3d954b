//! Looking: the figures and what they mean.

use super::store;
use crate::Server;
use crate::graph::{Caller, Error};
use crate::jobs::suspects::{self, Suspects};
use crate::jobs::{self, State};
use crate::platform::{Timestamp, signing_keys};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use std::time::{Duration, Instant};

/// Jobs that are looked at, the oldest, and mails, the newest.
pub(super) const MOST: i64 = 10_000;
/// A job that has been due for longer is late: the worker looks every two seconds, and much work at once takes a while.
const LATE: Duration = Duration::from_mins(5);
/// A read or a change that takes longer is slow.
const SLOW: Duration = Duration::from_millis(250);
/// How far back it is looked for mails that came too late to be sent.
const DAY: Duration = Duration::from_hours(24);

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Attention,
    /// It does not work.
    Bad,
}

impl Standing {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }
}

/// A signing key of the organisation that is published.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Key {
    /// Its name in the key set (`kid`).
    pub id: String,
    /// `RS256` or `ES256`.
    pub algorithm: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the first token may be signed with it.
    pub active_from: Timestamp,
    /// When it leaves the key set; unknown until its successor is made.
    pub published_until: Option<Timestamp>,
}

/// How many jobs are in one state.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Depth {
    pub(super) state: State,
    pub(super) jobs: i64,
    pub(super) earliest: Timestamp,
    pub(super) owed: Option<Timestamp>,
}

/// Mails of the last day that were good for a while only and were not taken in that time: codes, mostly.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct TooLate {
    /// How many.
    pub mails: i64,
    /// When the last of them was given up.
    pub newest: Option<Timestamp>,
}

/// The last try of a mail that failed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Failure {
    pub(super) state: State,
    pub(super) attempts: i64,
    pub(super) run_at: Timestamp,
    /// What the relay said.
    pub reason: String,
}

impl Failure {
    /// When that was.
    pub fn at(&self) -> Timestamp {
        match self.state {
            State::Waiting => self.run_at.minus(jobs::pause(self.attempts)),
            State::Running | State::Failed => self.run_at,
        }
    }
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Health {
    /// The time of the server.
    pub now: Timestamp,
    /// When the process that answers was started.
    pub started_at: Timestamp,
    /// How long one row took to be read.
    pub read: Duration,
    /// How long a change took to be durable; absent if the database takes none.
    pub write: Option<Duration>,
    /// Jobs of the organisation that wait, run, and were given up; the oldest [`MOST`] are looked at.
    pub waiting: i64,
    /// See `waiting`.
    pub running: i64,
    /// See `waiting`.
    pub failed: i64,
    /// Those among them that may have killed the processes that tried them.
    pub suspects: Suspects,
    /// When the first of those that wait was or is due.
    pub earliest: Option<Timestamp>,
    /// When the relay last took a mail of the organisation.
    pub handed_over_at: Option<Timestamp>,
    /// When it last did not, among the mails that wait or were given up.
    pub failure: Option<Failure>,
    /// Since when the first of its mails is owed that was tried and not taken, of those that are tried again.
    pub owed_since: Option<Timestamp>,
    /// Its mails that came too late.
    pub too_late: TooLate,
    /// Its published signing keys.
    pub keys: Vec<Key>,
    /// How long a key signs; absent where the operator alone exchanges keys.
    pub signing_age: Option<Duration>,
}

impl Health {
    /// The database.
    pub fn database(&self) -> Standing {
        match self.write {
            None => Standing::Bad,
            Some(write) if self.read.max(write) > SLOW => Standing::Attention,
            Some(_) => Standing::Good,
        }
    }

    /// For how long the first job has been due; nothing if that is not too long.
    pub fn late(&self) -> Option<Duration> {
        let late = self.now.since(self.earliest?);
        (late > LATE).then_some(late)
    }

    /// The queue.
    pub fn queue(&self) -> Standing {
        if self.late().is_some() {
            Standing::Bad
        } else if self.failed > 0 || self.suspects.all() > 0 {
            Standing::Attention
        } else {
            Standing::Good
        }
    }

    /// For how long a mail has been owed that was tried and not taken; nothing if that is not too long.
    pub fn owed(&self) -> Option<Duration> {
        Some(self.now.since(self.owed_since?)).filter(|owed| *owed > LATE)
    }

    /// The way out for mail. It is shut when nothing was ever taken, nothing since a mail is owed for too long, or nothing since
    /// one came too late; where some is taken and some is not, it is not all well.
    pub fn mail(&self) -> Standing {
        let failed = self.failure.as_ref().map(Failure::at);
        let Some(last) = failed.max(self.too_late.newest).max(self.owed_since) else { return Standing::Good };
        let is_taken_since = |at: Timestamp| self.handed_over_at.is_some_and(|taken| taken > at);
        let owed = self.owed_since.filter(|_| self.owed().is_some());
        let is_shut = [owed, self.too_late.newest].into_iter().flatten().any(|since| !is_taken_since(since));
        if self.handed_over_at.is_none() || is_shut {
            Standing::Bad
        } else if !is_taken_since(last) || owed.is_some() || self.too_late.mails > 0 {
            Standing::Attention
        } else {
            Standing::Good
        }
    }

    /// When another key begins to sign: one that is published already, or the successor of the oldest, which is an instant of the
    /// past when it did not come. Absent without a key, and where the operator decides.
    pub fn next_exchange(&self) -> Option<Timestamp> {
        let begins = self.keys.iter().map(|key| key.active_from);
        begins.filter(|begin| *begin > self.now).min().or_else(|| {
            let newest = self.keys.iter().filter(|key| key.published_until.is_none()).map(|key| key.active_from);
            Some(newest.min()?.plus(self.signing_age?))
        })
    }

    /// The keys that tokens are signed with.
    pub fn signing(&self) -> Standing {
        let is_overdue =
            |key: &Key| signing_keys::is_overdue(key.active_from, key.published_until, self.signing_age, self.now);
        if self.keys.iter().any(is_overdue) { Standing::Attention } else { Standing::Good }
    }
}

/// Why the health is not shown.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// Only administrators of users see it.
    #[error("the health is for administrators of users")]
    NotAllowed,
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<HealthError> for Error {
    fn from(error: HealthError) -> Self {
        match error {
            HealthError::NotAllowed => Self::denied(),
            HealthError::Database(error) => error.into(),
        }
    }
}

impl From<HealthError> for Refusal {
    fn from(error: HealthError) -> Self {
        match error {
            HealthError::NotAllowed => Problem::NotAllowed.into(),
            HealthError::Database(error) => error.into(),
        }
    }
}

/// Looks at everything. The database is asked as any request asks it, once to read and once to change.
pub async fn look(server: &Server, caller: &Caller) -> Result<Health, HealthError> {
    if !caller.may_administer_users() {
        return Err(HealthError::NotAllowed);
    }
    let (tenant, now) = (caller.tenant, server.clock.now());
    let began = Instant::now();
    let mut tx = server.read().await?;
    store::read_one(&mut tx, tenant).await?;
    let read = began.elapsed();
    let depths = store::depths(&mut tx, tenant, MOST).await?;
    let suspects = suspects::count(&mut tx, tenant, MOST).await?;
    let handed_over_at = store::last_handed_over(&mut tx, tenant, MOST).await?;
    let failure = store::last_failure(&mut tx, tenant, MOST).await?;
    let too_late = store::too_late(&mut tx, tenant, now.minus(DAY), MOST).await?;
    let keys = store::keys(&mut tx, tenant, now).await?;
    drop(tx);
    let of = |state| depths.iter().find(|depth| depth.state == state);
    let count = |state| of(state).map_or(0, |depth| depth.jobs);
    Ok(Health {
        now,
        started_at: server.started_at,
        read,
        write: change(server, caller).await,
        waiting: count(State::Waiting),
        running: count(State::Running),
        failed: count(State::Failed),
        suspects,
        earliest: of(State::Waiting).map(|depth| depth.earliest),
        handed_over_at,
        failure,
        owed_since: [State::Waiting, State::Running].into_iter().filter_map(|state| of(state)?.owed).min(),
        too_late,
        keys,
        signing_age: server.settings.keys.signing_age(),
    })
}

/// How long it takes until a change is durable; nothing if it cannot be made, which the page then says.
async fn change(server: &Server, caller: &Caller) -> Option<Duration> {
    let began = Instant::now();
    let changed = async {
        let mut tx = server.write().await?;
        store::touch(&mut tx, caller.tenant).await?;
        tx.commit().await
    };
    match changed.await {
        Ok(()) => Some(began.elapsed()),
        Err(error) => {
            tracing::warn!(%error, "the database takes no changes");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_microseconds(1_795_424_400_000_000);
    const MINUTE: Duration = Duration::from_mins(1);
    const AGE: Duration = Duration::from_hours(24 * 90);

    fn well() -> Health {
        let key = Key {
            id: "a".to_owned(),
            algorithm: "RS256".to_owned(),
            created_at: NOW.minus(AGE),
            active_from: NOW.minus(AGE),
            published_until: None,
        };
        Health {
            now: NOW,
            started_at: NOW,
            read: Duration::from_millis(1),
            write: Some(SLOW),
            waiting: 1,
            running: 0,
            failed: 0,
            suspects: Suspects::default(),
            earliest: Some(NOW.minus(LATE)),
            handed_over_at: None,
            failure: None,
            owed_since: None,
            too_late: TooLate::default(),
            keys: vec![key],
            signing_age: Some(AGE),
        }
    }

    fn standings(health: &Health) -> [Standing; 4] {
        [health.database(), health.queue(), health.mail(), health.signing()]
    }

    #[test]
    fn each_part_is_well_up_to_its_limit() {
        use Standing::{Attention, Bad, Good};
        assert_eq!(standings(&well()), [Good; 4]);
        let mut health = well();
        health.write = Some(SLOW + Duration::from_micros(1));
        health.failed = 1;
        health.now = NOW.plus(Duration::from_micros(1));
        health.earliest = Some(NOW.plus(MINUTE));
        assert_eq!(standings(&health), [Attention, Attention, Good, Attention]);
        assert_eq!(Health { write: None, ..well() }.database(), Bad);
        for suspects in [Suspects { apart: 1, given_up: 0 }, Suspects { apart: 0, given_up: 1 }] {
            assert_eq!(Health { suspects, ..well() }.queue(), Attention);
        }
        assert_eq!(Health { earliest: Some(NOW.minus(6 * MINUTE)), ..well() }.late(), Some(6 * MINUTE));
        assert_eq!(Health { earliest: Some(NOW.minus(6 * MINUTE)), ..well() }.queue(), Bad);
    }

    #[test]
    fn a_key_that_was_replaced_may_be_old() {
        let mut health = well();
        health.now = NOW.plus(MINUTE);
        assert_eq!(health.signing(), Standing::Attention);
        health.keys[0].published_until = Some(NOW.plus(AGE));
        assert_eq!(health.signing(), Standing::Good);
    }

    #[test]
    fn a_key_that_the_operator_exchanges_may_sign_for_a_year() {
        let mut health = Health { signing_age: None, now: NOW.plus(MINUTE), ..well() };
        assert_eq!(health.signing(), Standing::Good);
        health.keys[0].active_from = NOW.minus(signing_keys::YEAR);
        assert_eq!(health.signing(), Standing::Attention);
    }

    #[test]
    fn the_next_key_is_the_one_that_waits_or_comes_by_age() {
        let mut health = Health { signing_age: Some(2 * AGE), ..well() };
        assert_eq!(health.next_exchange(), Some(NOW.plus(AGE)));
        health.signing_age = None;
        assert_eq!(health.next_exchange(), None);
        let next = Key { active_from: NOW.plus(MINUTE), ..health.keys[0].clone() };
        health.keys.push(next);
        assert_eq!(health.next_exchange(), Some(NOW.plus(MINUTE)), "an operator made it");
        health.keys.clear();
        assert_eq!(health.next_exchange(), None);
    }

    #[test]
    fn mail_is_as_its_last_try_was() {
        let failed = |run_at| Failure { state: State::Failed, attempts: 30, run_at, reason: "550".to_owned() };
        let mut health = Health { failure: Some(failed(NOW)), ..well() };
        assert_eq!(health.mail(), Standing::Bad, "none was ever taken");
        health.handed_over_at = Some(NOW.minus(MINUTE));
        assert_eq!(health.mail(), Standing::Attention);
        health.handed_over_at = Some(NOW.plus(MINUTE));
        assert_eq!(health.mail(), Standing::Good);
        health.owed_since = Some(NOW.minus(LATE));
        assert_eq!(health.mail(), Standing::Good, "it is tried again soon");
        health.owed_since = Some(NOW.minus(LATE + MINUTE));
        assert_eq!(health.mail(), Standing::Attention, "others are taken");
        health.handed_over_at = Some(NOW.minus(LATE + 2 * MINUTE));
        assert_eq!(health.mail(), Standing::Bad, "nothing was taken since it is owed");
        let too_late = TooLate { mails: 1, newest: Some(NOW.minus(MINUTE)) };
        let mut health = Health { too_late, handed_over_at: Some(NOW), ..well() };
        assert_eq!(health.mail(), Standing::Attention, "somebody could not sign in");
        health.handed_over_at = Some(NOW.minus(2 * MINUTE));
        assert_eq!(health.mail(), Standing::Bad, "and nobody can");
        // One that waits failed when its pause began.
        let waits = Failure { state: State::Waiting, attempts: 3, ..failed(NOW.plus(2 * MINUTE)) };
        assert_eq!(waits.at(), NOW);
    }
}
