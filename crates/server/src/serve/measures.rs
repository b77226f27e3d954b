//! Every measurement by name, with the help text that `/metrics` gives with it.

use metrics::Unit;

/// One family of measurements.
pub(super) struct Measure {
    /// Its name in the exposition format of Prometheus.
    pub name: &'static str,
    kind: Kind,
    help: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

const fn measure(name: &'static str, kind: Kind, help: &'static str) -> Measure {
    Measure { name, kind, help }
}

/// All of them.
pub(super) const MEASURES: &[Measure] = &[
    measure("http_requests_total", Counter, "Requests answered, by method, template of the route and status."),
    measure("http_request_duration_seconds", Histogram, "How long requests took, by method and template of the route."),
    measure(
        "vestibule_sign_ins_total",
        Counter,
        "Sign-ins by result: error 0 let somebody in, others are AADSTS numbers.",
    ),
    measure("vestibule_mails_total", Counter, "Tries to hand over a mail: handed_over, postponed, refused."),
    measure("vestibule_jobs", Gauge, "Jobs in the queue, by state; mails that wait are among them."),
    measure("vestibule_jobs_overdue_seconds", Gauge, "How long the first job of a state has been due."),
    measure("vestibule_database_available", Gauge, "1 if the database answered when this page was asked for, else 0."),
    measure("vestibule_database_waits_total", Counter, "Times a connection or a turn to write was waited for."),
    measure("vestibule_database_wait_seconds_total", Gauge, "Seconds spent on these waits; only grows."),
    measure("vestibule_database_writes_total", Counter, "Write transactions committed."),
    measure(
        "vestibule_database_write_seconds_total",
        Gauge,
        "Seconds from their beginning until they were durable; only grows.",
    ),
    measure("vestibule_database_commits_total", Counter, "Groups of writes that reached SQLite's disk together."),
];

/// Gives the recorder of the process the help texts.
pub(super) fn describe() {
    for Measure { name, kind, help } in MEASURES {
        let unit = if name.contains("seconds") { Unit::Seconds } else { Unit::Count };
        match kind {
            Counter => metrics::describe_counter!(*name, unit, *help),
            Gauge => metrics::describe_gauge!(*name, unit, *help),
            Histogram => metrics::describe_histogram!(*name, unit, *help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MEASURES;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn known() -> BTreeSet<String> {
        MEASURES.iter().map(|measure| measure.name.to_owned()).collect()
    }

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(&path).expect("a source file"));
            }
        }
    }

    #[test]
    fn what_is_measured_stands_in_the_list_and_nothing_else_does() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let mut measured = BTreeSet::new();
        for kind in ["counter", "gauge", "histogram"] {
            let macro_call = format!("metrics::{kind}!(\"");
            let names = text.split(&macro_call).skip(1).filter_map(|rest| rest.split('"').next());
            measured.extend(names.map(str::to_owned));
        }
        // The fragment of the format string above.
        measured.remove(");");
        assert_eq!(measured, known());
    }

    /// Words that look like a measurement, without what Prometheus adds to the name of a histogram.
    fn names(text: &str) -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.starts_with("vestibule_") || word.starts_with("http_request"))
            .map(|word| word.trim_end_matches("_bucket").trim_end_matches("_sum").trim_end_matches("_count").to_owned())
            .collect()
    }

    #[test]
    fn the_dashboard_and_the_alerts_ask_for_what_there_is() {
        for file in ["docs/monitoring/grafana-dashboard.json", "docs/monitoring/prometheus-alerts.yml"] {
            let asked = names(&std::fs::read_to_string(repository().join(file)).expect(file));
            assert!(asked.len() > 4, "{file} asks for something");
            let known = known();
            let unknown: Vec<_> = asked.difference(&known).collect();
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
        }
    }
}
