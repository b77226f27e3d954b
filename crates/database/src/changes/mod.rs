//! Which tables have changed, so that what was read from them can be kept until they do.
//!
//! A reader takes a [`Stamp`] of its tables, reads, and keeps what it read beside the stamp; it is good for as long as
//! the tables have the same stamp. A commit moves the tables on that it wrote to, before it is acknowledged: whatever
//! was read before it then has an older stamp, and whatever is read afterwards has seen it.
//!
//! What other processes commit is heard of by [`following`]. While that cannot be relied on there is no stamp, so that
//! nothing is kept.

mod following;

pub(crate) use following::Following;

use crate::{Database, Engine, Error, Result, Statement, Transaction};
use std::ops::BitOr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// For how long what was heard of other processes is enough in production: a change binds everywhere within this time.
pub const LEASE: Duration = Duration::from_millis(750);

/// How often they are asked after.
const PERIOD: Duration = Duration::from_millis(250);

/// Where processes on one PostgreSQL tell each other what they changed.
const CHANNEL: &str = "vestibule_changes";

/// What stands for every table in such a message; for operators who changed rows by hand.
const EVERYTHING: &str = "*";

static NOTIFY: Statement =
    Statement::new("SELECT pg_notify($1, $2)", file!(), line!(), Some("tells other processes, and reads no table"));

/// A table of which somebody keeps what they read; see [`crate::watched!`].
#[doc(hidden)]
pub struct Watched(pub &'static str);

inventory::collect!(Watched);

/// The watched tables of this program, in the order of their bits. They stand in its source, so that any test finds too many.
static WATCHED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names: Vec<_> = inventory::iter::<Watched>.into_iter().map(|watched| watched.0).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() <= MOST, "{} tables are watched; {MOST} fit", names.len());
    names
});

/// Tables that can be watched.
const MOST: usize = 64;

/// Names the tables that something is read from which is kept, as [`Tables`]. Every process of this program then tells
/// when it writes to them.
#[macro_export]
macro_rules! watched {
    ($($table:literal),+ $(,)?) => {{
        $($crate::private::inventory::submit! { $crate::Watched($table) })+
        $crate::Tables::NONE $(| $crate::Tables::named($table))+
    }};
}

/// A set of watched tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tables(u64);

impl Tables {
    /// No table.
    pub const NONE: Self = Self(0);

    /// The table with this name; none if it is not watched.
    pub fn named(name: &str) -> Self {
        WATCHED.binary_search(&name).map_or(Self::NONE, |bit| Self(1 << bit))
    }

    fn bits(self) -> impl Iterator<Item = usize> {
        (0..MOST).filter(move |bit| self.0 & (1 << bit) != 0)
    }
}

impl BitOr for Tables {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The state of some tables at one moment: another state has another stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(u64);

/// How often each watched table has changed, as far as this process knows.
pub struct Changes {
    tables: [AtomicU64; MOST],
    everything: AtomicU64,
    opened: Instant,
    /// Until when all changes are known, in microseconds after `opened`.
    known_until: AtomicU64,
    /// How this process signs what it tells others, which comes back to it too.
    name: String,
    /// Whether a commit failed that may have been kept; then only what comes back says when.
    unsure: AtomicBool,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            tables: std::array::from_fn(|_| AtomicU64::new(0)),
            everything: AtomicU64::new(0),
            opened: Instant::now(),
            known_until: AtomicU64::new(0),
            name: name(),
            unsure: AtomicBool::new(false),
        }
    }
}

/// Nobody else's, on whichever machine.
fn name() -> String {
    let mut bytes = [0; 16];
    // Without randomness it is nobody's, so that what comes back is taken for another's.
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => format!("{:032x}", u128::from_be_bytes(bytes)),
        Err(_) => String::new(),
    }
}

impl Changes {
    /// The state of the tables now. To be taken before they are read. `None` while it is not known what other processes
    /// change.
    pub fn stamp(&self, tables: Tables) -> Option<Stamp> {
        if self.micros(Instant::now()) >= self.known_until.load(SeqCst) {
            return None;
        }
        // Every term only grows, so two sums are equal only if no table changed between them.
        let changes = tables.bits().map(|bit| self.tables[bit].load(SeqCst)).fold(0, u64::wrapping_add);
        Some(Stamp(changes.wrapping_add(self.everything.load(SeqCst))))
    }

    fn move_on(&self, tables: Tables) {
        for bit in tables.bits() {
            self.tables[bit].fetch_add(1, SeqCst);
        }
    }

    /// Whatever was read may have changed since.
    fn forget(&self) {
        self.everything.fetch_add(1, SeqCst);
    }

    /// Nobody tells what others change; what they told before is as good as nothing.
    fn lose(&self) {
        self.known_until.store(0, SeqCst);
        self.forget();
    }

    /// All that others had changed at this instant is known, which is enough for a while.
    fn know(&self, at: Instant, lease: Duration) {
        self.known_until.store(self.micros(at + lease), SeqCst);
    }

    /// What to tell others about a transaction that wrote to these tables.
    fn tell(&self, tables: Tables) -> String {
        let names: Vec<_> = tables.bits().filter_map(|bit| WATCHED.get(bit).copied()).collect();
        format!("{}:{}", self.name, names.join(","))
    }

    /// Takes over what a process told.
    fn hear(&self, told: &str) {
        let Some((name, tables)) = told.split_once(':').filter(|_| told != EVERYTHING) else { return self.forget() };
        if name.is_empty() || name != self.name || self.unsure.load(SeqCst) {
            self.move_on(tables.split(',').map(Tables::named).fold(Tables::NONE, Tables::bitor));
        }
    }

    fn micros(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.opened).as_micros()).unwrap_or(u64::MAX)
    }
}

impl Database {
    /// What this process knows about changes.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }
}

/// What a transaction wrote to, of which others keep what they read.
pub(crate) struct Touched {
    changes: Arc<Changes>,
    tables: Tables,
}

impl Touched {
    pub(crate) const fn nothing(changes: Arc<Changes>) -> Self {
        Self { changes, tables: Tables::NONE }
    }

    pub(crate) fn note(&mut self, statement: &Statement) {
        if let Some(table) = statement.writes {
            self.tables = self.tables | Tables::named(table);
        }
    }

    fn tell(&self) -> String {
        self.changes.tell(self.tables)
    }

    /// What it wrote to, if that is anything.
    pub(crate) fn take(&mut self) -> Option<Self> {
        let tables = std::mem::replace(&mut self.tables, Tables::NONE);
        (tables != Tables::NONE).then(|| Self { changes: Arc::clone(&self.changes), tables })
    }
}

/// Moves the tables on, whatever became of the commit: one that seems to have failed may have been kept.
struct MovesOn(Touched);

impl Drop for MovesOn {
    fn drop(&mut self) {
        self.0.changes.move_on(self.0.tables);
    }
}

/// Commits what changes watched tables. It runs in a task of its own: a caller who goes away in the middle must not keep
/// the tables from moving on once the commit is there.
pub(crate) async fn commit(mut transaction: Transaction, touched: Touched) -> Result<()> {
    let committed = tokio::spawn(async move {
        let moves_on = MovesOn(touched);
        if transaction.engine() == Engine::Postgres {
            let told = transaction.query(&NOTIFY).bind(CHANNEL.to_owned()).bind(moves_on.0.tell());
            told.execute().await?;
        }
        let outcome = transaction.finish().await;
        if outcome.is_err() {
            moves_on.0.changes.unsure.store(true, SeqCst);
        }
        outcome
    });
    committed.await.unwrap_or_else(|failure| Err(Error::Unavailable(failure.to_string())))
}
