//! Reads everything the program logs during the tests: no line may tell a secret (security check X3).
//!
//! One listener for the whole process, because `tracing` keeps for the whole process whether anybody listens to a place
//! in the program: with a listener for one thread only, a place that another thread comes by first would stay silent.

use super::logs::overwritten_as_run;
use super::tenancy::unbound_as_run;
use crate::platform::SecretKind;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::sync::{LazyLock, Once};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Our own crates as they log; everything they say is read.
const OURS: [&str; 7] = ["vestibule", "database", "oauth", "odata", "bulk_file", "mail_address", "sample_app"];

/// From how many characters on a part of a secret or of a token is taken for one.
const TELLING: usize = 8;

/// What a test was told by the program and what the program logged meanwhile.
#[derive(Default)]
struct Heard {
    lines: BTreeSet<String>,
    secrets: BTreeSet<String>,
    left_out: BTreeSet<String>,
    recording: Option<Vec<String>>,
}

thread_local! {
    /// Of the test on this thread. Tests run on one thread each, handlers included.
    static HEARD: RefCell<Option<Heard>> = const { RefCell::new(None) };
}

/// Begins to listen for the test on this thread.
///
/// # Panics
/// When somebody else listens to the whole process.
pub fn begin() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let listener = tracing_subscriber::registry().with(listener());
        tracing::subscriber::set_global_default(listener).expect("nobody else listens to the whole process");
        // What another thread came by between the two halves of the line above is asked again.
        tracing::callsite::rebuild_interest_cache();
    });
    HEARD.set(Some(Heard::default()));
}

/// Ends what [`begin`] began.
///
/// # Panics
/// When an answer left out what it owes, a line of the log told a secret, or a statement was continued so that it leaves its
/// tenant or changes rows of a log.
pub fn end() {
    let left_out = with_heard(|heard| std::mem::take(&mut heard.left_out)).unwrap_or_default();
    assert!(left_out.is_empty(), "answers leave out what they owe: {left_out:#?}");
    let found = |rule: fn(&str) -> Option<String>| {
        with_heard(|heard| heard.lines.iter().filter_map(|line| rule(line)).collect::<Vec<_>>()).unwrap_or_default()
    };
    let strays = found(unbound_as_run);
    assert!(strays.is_empty(), "statements leave their tenant: {strays:#?}");
    let changed = found(overwritten_as_run);
    assert!(changed.is_empty(), "statements change rows of the logs: {changed:#?}");
    let leaks = leaks();
    assert!(leaks.is_empty(), "the log tells secrets: {leaks:#?}");
}

/// Keeps what an answer left out, so that a test tells all of it at its end.
///
/// # Panics
/// On a thread where no test listens.
pub fn left_out(line: &str) {
    // A test that ends before its time tells what was heard so far.
    eprintln!("left out: {line}");
    let kept = with_heard(|heard| heard.left_out.insert(line.to_owned()));
    assert!(kept.is_some(), "an answer leaves out what it owes: {line}");
}

/// Keeps what nobody but its holder may read: the log must not tell it, now or earlier in this test. What is shorter than a
/// code is no secret.
pub fn keep(secret: &str) {
    if secret.len() >= TELLING {
        with_heard(|heard| heard.secrets.insert(secret.to_owned()));
    }
}

/// Keeps what a form brings along in the fields that hold secrets, right or wrong.
pub fn keep_fields(fields: &[(&str, &str)]) {
    const SECRET: [&str; 5] = ["password", "code", "client_secret", "refresh_token", "code_verifier"];
    fields.iter().filter(|(name, _)| SECRET.contains(name)).for_each(|(_, value)| keep(value));
}

/// The lines of this test that tell a secret; then nothing is listened to any more.
fn leaks() -> Vec<String> {
    let Heard { lines, secrets, .. } = HEARD.take().unwrap_or_default();
    let tells = |line: &str| has_the_form_of_a_secret(line) || secrets.iter().any(|secret| contains(line, secret));
    lines.into_iter().filter(|line| tells(line)).collect()
}

/// The listener, for a test that also listens in its own way.
pub fn listener<S: Subscriber + for<'s> LookupSpan<'s>>() -> impl Layer<S> {
    Listener
}

/// What is listened to. Asked line by line: what a filter of `tracing` remembers of the line before, it also takes for
/// the next one, once another listener has come and gone.
fn is_read(metadata: &Metadata<'_>) -> bool {
    static READ: LazyLock<Targets> = LazyLock::new(|| {
        let ours = OURS.map(|target| (target, LevelFilter::TRACE));
        Targets::new().with_default(LevelFilter::INFO).with_targets(ours)
    });
    READ.would_enable(metadata.target(), metadata.level())
}

/// Records the statements that ran and the passwords that were hashed on this thread, until it is dropped.
pub struct Recorder(());

impl Recorder {
    /// Begins to record, in a test that has a server.
    pub fn start() -> Self {
        with_heard(|heard| heard.recording = Some(Vec::new()));
        Self(())
    }

    /// What was recorded since the last time.
    pub fn take(&self) -> Vec<String> {
        let Self(()) = self;
        with_heard(|heard| heard.recording.as_mut().map(std::mem::take).expect("recording goes on"))
            .expect("a test with a server")
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        with_heard(|heard| heard.recording = None);
    }
}

/// Does something with what the test on this thread heard; `None` on a thread without one.
fn with_heard<T>(act: impl FnOnce(&mut Heard) -> T) -> Option<T> {
    HEARD.try_with(|heard| heard.borrow_mut().as_mut().map(act)).ok().flatten()
}

struct Listener;

impl Listener {
    fn hear(metadata: &Metadata<'_>, record: impl FnOnce(&mut Line)) {
        if !is_read(metadata) {
            return;
        }
        let mut line = Line(String::new());
        record(&mut line);
        let text = format!("{} {} {}", metadata.level(), metadata.target(), line.0);
        let is_heard = with_heard(|heard| {
            // What asks after the changes of other processes runs beside every request.
            if *metadata.level() == Level::TRACE
                && !line.0.contains("/changes/")
                && let Some(recording) = &mut heard.recording
            {
                recording.push(line.0);
            }
            heard.lines.insert(text.clone());
        });
        // A thread beside the tests has nobody who could fail later.
        if is_heard.is_none() && has_the_form_of_a_secret(&text) {
            eprintln!("the log tells a secret: {text}");
            std::process::abort();
        }
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        Self::hear(event.metadata(), |line| event.record(line));
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        Self::hear(attributes.metadata(), |line| attributes.record(line));
    }

    fn on_record(&self, span: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(metadata) = context.metadata(span) {
            Self::hear(metadata, |line| values.record(line));
        }
    }
}

/// The fields of an event, the message among them.
struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        // As it stands and not as a literal of Rust. Writing into a text cannot fail.
        let _ = write!(self.0, "{}={value} ", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

/// Whether a line holds the beginning of one of our own secrets, or of a signed token.
fn has_the_form_of_a_secret(line: &str) -> bool {
    let after = |mark: &'static str| line.match_indices(mark).map(move |(at, _)| &line[at + mark.len()..]);
    let is_long = |rest: &str| length(rest) >= TELLING;
    let is_token = |rest: &str| {
        let (header, payload) = rest.split_at(length(rest));
        is_long(header) && payload.strip_prefix('.').is_some_and(is_long)
    };
    SecretKind::ALL.iter().any(|kind| after(kind.prefix()).any(is_long)) || after("eyJ").any(is_token)
}

/// How many characters of the alphabet of secrets and tokens a text begins with.
fn length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len())
}

/// Whether a line holds a secret. A number may be part of a longer one by chance, so its ends are looked at.
fn contains(line: &str, secret: &str) -> bool {
    let is_number = secret.chars().all(|c| c.is_ascii_digit());
    let continues = |c: Option<char>| is_number && c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    line.match_indices(secret).any(|(at, _)| {
        let (before, rest) = line.split_at(at);
        !continues(before.chars().next_back()) && !continues(rest[secret.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::TenantId;
    use crate::platform::{Entropy, Secret};
    use uuid::Uuid;

    /// What the listener says about one line.
    fn tells(write: impl FnOnce()) -> bool {
        begin();
        keep("correct horse battery");
        keep("12345678");
        write();
        !leaks().is_empty()
    }

    #[test]
    fn x3_a_line_that_tells_a_secret_is_caught_wherever_it_stands_in_it() {
        for kind in SecretKind::ALL {
            let secret = Secret::new(kind, TenantId(Uuid::from_u128(5)), &Entropy::system());
            let text = secret.text().to_string();
            assert!(tells(|| tracing::trace!("refused {text}")), "{text}");
            assert!(tells(|| tracing::info!(field = text.as_str(), "refused")), "{text}");
            assert!(tells(|| tracing::warn!(field = ?Some(&text[..20]), "refused")), "{text}");
            assert!(tells(|| drop(tracing::info_span!("request", field = %text))), "{text}");
            assert!(!tells(|| tracing::info!("nothing to be seen of {}", kind.prefix())), "{text}");
        }
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtYXJhIn0.c2lnbmF0dXJl";
        assert!(tells(|| tracing::debug!(%token, "a token")));
        assert!(tells(|| tracing::debug!(password = "correct horse battery")));
        assert!(tells(|| tracing::debug!("the code is 12345678.")));
        assert!(!tells(|| tracing::debug!(id = "0a12345678", at = 1_234_567_890, "12345678-0000")));
        assert!(tells(|| tracing::info!(target: "some_library", "sent {token}")));
        assert!(!tells(|| tracing::debug!("a quiet line")));
    }

    #[test]
    fn what_is_handed_out_after_the_line_is_caught_too() {
        begin();
        tracing::info!("sent 87654321");
        keep("87654321");
        assert_eq!(leaks().len(), 1);
    }

    #[test]
    #[should_panic(expected = "the log tells secrets")]
    fn x3_the_test_that_logged_a_secret_fails() {
        begin();
        tracing::info!(code = "vsc_0123456789abcdef", "redeemed");
        end();
    }

    /// The places of the program that another thread came by first are heard as well.
    #[test]
    fn a_place_that_another_thread_came_by_first_is_heard() {
        fn place() {
            tracing::trace!("a place of its own");
        }
        begin();
        std::thread::spawn(place).join().expect("an end");
        let recorder = Recorder::start();
        place();
        assert_eq!(recorder.take().len(), 1);
        drop(recorder);
        end();
    }
}
