//! What may be done to the rows of the logs: they are added, and purged by age (security check X10). Two kinds of them count, and
//! what counts is named here, column by column.

/// The tables.
pub const LOGS: [&str; 3] = ["directory_audit", "sign_in", "directory_read"];

/// What an addition may do to a row that has its id already.
const COUNTERS: [(&str, &str); 2] = [
    // Failures of programs that repeat without end become a number, which only grows
    // (docs/decisions/failures-that-repeat-become-a-number.md).
    ("sign_in", "(tenant_id, id) DO UPDATE SET attempts = sign_in.attempts + excluded.attempts"),
    // What a guest reads is counted by the hour: the number and the time between the first and the last only grow; object, client
    // address and request are those of the last one (docs/decisions/reads-by-guests-are-counted-by-the-hour.md).
    (
        "directory_read",
        "(tenant_id, id) DO UPDATE SET \
         reads = directory_read.reads + excluded.reads, \
         first_at = CASE WHEN excluded.first_at < directory_read.first_at THEN excluded.first_at \
         ELSE directory_read.first_at END, \
         last_at = CASE WHEN excluded.last_at > directory_read.last_at THEN excluded.last_at \
         ELSE directory_read.last_at END, \
         object_id = COALESCE(excluded.object_id, directory_read.object_id), \
         client_address = excluded.client_address, correlation_id = excluded.correlation_id",
    ),
];

/// Whether a statement that adds to a log changes nothing that is there but what counts.
pub fn only_adds(log: &str, text: &str) -> bool {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !words.starts_with("INSERT INTO ") {
        return false;
    }
    let Some((_, conflict)) = words.split_once(" ON CONFLICT ") else { return true };
    let counters = COUNTERS.iter().find(|(of, _)| *of == log).map(|(_, counters)| *counters);
    conflict == "DO NOTHING" || Some(conflict) == counters
}

/// What a statement that was continued while it ran changed of the rows of a log, by the line that tells of it.
pub fn overwritten_as_run(line: &str) -> Option<String> {
    let (place, continued) = line.split_once(" statement=")?.1.split_once(" continued=")?;
    if !continued.contains("ON CONFLICT") {
        return None;
    }
    let statement = database::registered().find(|statement| statement.place() == place)?;
    let log = statement.writes.filter(|table| LOGS.contains(table))?;
    let text = [statement.text, continued].concat();
    (!only_adds(log, &text)).then(|| format!("{place}, continued with {continued}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x10_an_addition_that_changes_what_is_there_is_found_unless_it_counts() {
        let insert =
            |log: &str, conflict: &str| format!("INSERT INTO {log} (tenant_id, id)\n  VALUES ($1, $2){conflict}");
        for log in LOGS {
            assert!(only_adds(log, &insert(log, "")) && only_adds(log, &insert(log, " ON CONFLICT DO NOTHING")));
            let reason = " ON CONFLICT (tenant_id, id) DO UPDATE SET failure_reason = excluded.failure_reason";
            assert!(!only_adds(log, &insert(log, reason)), "{log}");
            assert!(!only_adds(log, &format!("UPDATE {log} SET attempts = 2 WHERE tenant_id = $1")), "{log}");
        }
        let counted = "\n ON CONFLICT (tenant_id, id) DO UPDATE SET attempts = sign_in.attempts + excluded.attempts";
        assert!(only_adds("sign_in", &insert("sign_in", counted)));
        assert!(!only_adds("directory_audit", &insert("directory_audit", counted)));
        assert!(!only_adds("sign_in", &insert("sign_in", &format!("{counted}, at = excluded.at"))));
    }

    #[test]
    fn x10_a_statement_is_judged_as_it_ran() {
        let is_of_log = |statement: &&database::Statement| {
            statement.writes == Some("sign_in") && statement.text.starts_with("INSERT INTO ")
        };
        let place = database::registered().find(is_of_log).expect("the statement that adds sign-ins").place();
        let line = |continued: &str| format!("TRACE database message=x statement={place} continued={continued} ");
        let counted =
            ", ($1, $22) ON CONFLICT (tenant_id, id) DO UPDATE SET attempts = sign_in.attempts + excluded.attempts";
        assert_eq!(overwritten_as_run(&line(counted)), None);
        assert!(overwritten_as_run(&line(" ON CONFLICT (tenant_id, id) DO UPDATE SET attempts = 1")).is_some());
        assert_eq!(overwritten_as_run(&line("")), None);
    }
}
