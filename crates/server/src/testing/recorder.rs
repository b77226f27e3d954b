//! Listens to what the program does, for tests that compare the work of two requests.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Records the statements that ran and the passwords that were hashed on this thread, until it is dropped.
pub struct Recorder {
    heard: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

impl Recorder {
    /// Begins to listen. Tests run on one thread each, handlers included.
    pub fn start() -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Listener(Arc::clone(&heard)));
        Self { heard, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// What was heard since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Listener(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let is_ours =
            event.metadata().target().starts_with("database") || event.metadata().target().starts_with("vestibule");
        if is_ours && *event.metadata().level() == tracing::Level::TRACE {
            let mut line = Line(String::new());
            event.record(&mut line);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing into a text cannot fail.
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}
