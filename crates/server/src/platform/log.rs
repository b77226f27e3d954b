//! The log: one line for each event, on standard error. A panic is one too.

use super::request::Request;
use crate::config::{Log, LogFormat};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts the log of the process, in which panics stand too from then on. Fails, with the reason in words, when the filter cannot
/// be read.
pub fn start(settings: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| format!("log.filter: {error}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(OneLine(io::stderr));
    // What cannot be written would be told by a print that panics for the same reason, in the middle of a panic perhaps.
    let lines = lines.log_internal_errors(false);
    let started = match settings.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    started.map_err(|error| error.to_string())?;
    panic::set_hook(Box::new(report));
    Ok(())
}

/// One line for a panic: where it was, for which request, and why if the words stand in the program. Words that were put together
/// while it ran may hold what somebody sent.
fn report(panic: &PanicHookInfo<'_>) {
    let correlation = Request::current().correlation;
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let reason = panic.payload().downcast_ref::<&'static str>().copied();
    tracing::error!(%correlation, place, reason, "a thread panicked");
}

/// Keeps each event on one line: what a field brings along in control characters is written as `\u000a`, so that nobody
/// can write lines of their own into the log or move the cursor of the terminal that shows it.
struct OneLine<M>(M);

impl<'w, M: MakeWriter<'w>> MakeWriter<'w> for OneLine<M> {
    type Writer = Escaping<M::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Escaping(self.0.make_writer())
    }
}

struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    /// The subscriber hands over one whole event, its line break last.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len() + 1);
        for character in text.strip_suffix('\n').unwrap_or(&text).chars() {
            if character.is_control() {
                // Also an escape of JSON, which itself escapes only the lower half of the control characters.
                line.extend(format!("\\u{:04x}", u32::from(character)).chars());
            } else {
                line.push(character);
            }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written in one of the formats meanwhile.
    fn written(json: bool, write: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(OneLine(move || writer.clone()));
        if json {
            tracing::subscriber::with_default(lines.json().finish(), write);
        } else {
            tracing::subscriber::with_default(lines.finish(), write);
        }
        let bytes = captured.0.lock().expect("no writer panicked").clone();
        String::from_utf8(bytes).expect("text")
    }

    fn logged(json: bool, field: &str) -> String {
        written(json, || tracing::warn!(name = field, debug = ?field, "refused {field}"))
    }

    /// Reports the panics of this thread, and leaves those of other tests to the hook there was.
    fn report_here() {
        let (before, here) = (panic::take_hook(), std::thread::current().id());
        panic::set_hook(Box::new(
            move |panic: &PanicHookInfo<'_>| {
                if std::thread::current().id() == here { report(panic) } else { before(panic) }
            },
        ));
    }

    fn panicked(json: bool, act: fn(&str)) -> String {
        let text = written(json, || {
            assert!(panic::catch_unwind(|| act("hidden\nfrom all")).is_err());
        });
        assert_eq!(text.matches('\n').count(), 1, "{text:?}");
        assert!(text.contains("a thread panicked") && text.contains(".rs:"), "{text}");
        assert!(text.contains("00000000-0000-0000-0000-000000000000"), "no request was at hand: {text}");
        text
    }

    #[test]
    fn x3_a_panic_is_one_line_and_tells_nothing_that_somebody_sent() {
        report_here();
        let made: [fn(&str); 3] = [
            |told| panic!("cannot read {told}"),
            |told| assert_eq!(told, "something else"),
            |told| assert!(told[told.len() + 1..].is_empty()),
        ];
        for json in [false, true] {
            for act in made {
                let text = panicked(json, act);
                assert!(!text.contains("hidden") && !text.contains("cannot read"), "{text}");
            }
            assert!(panicked(json, |_| panic!("a plain defect")).contains("a plain defect"));
        }
        let line: serde_json::Value = serde_json::from_str(&panicked(true, made[0])).expect("one JSON object");
        assert_eq!(line["level"], "ERROR");
    }

    #[test]
    fn x3_no_field_writes_a_line_of_its_own() {
        for field in ["a\r\nINFO forged", "\u{1b}[2Jgone", "\u{9b}31m", "\"}\n{\"level\":\"INFO\"", "\u{85}next"] {
            for json in [false, true] {
                let text = logged(json, field);
                assert_eq!(text.matches('\n').count(), 1, "{text:?}");
                assert!(!text.trim_end_matches('\n').contains(char::is_control), "{text:?}");
            }
            let line: serde_json::Value = serde_json::from_str(&logged(true, field)).expect("one JSON object");
            assert_eq!(line["fields"]["name"], field, "{field:?}");
            assert_eq!(line["level"], "WARN");
        }
    }
}
