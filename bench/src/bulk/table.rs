//! What was measured, a line for each part of the work.

use super::watch::Watched;
use crate::Engine;
use crate::measure::Figures;
use crate::process::Memory;
use std::fmt::Write as _;

/// One line.
struct Row {
    part: &'static str,
    engine: Engine,
    rows: Option<u64>,
    seconds: f64,
    /// Milliseconds: p50 and p99.
    latency: Option<(f64, f64)>,
    memory: Memory,
    note: String,
}

/// All lines.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a part that went through so many rows, and says it.
    pub fn went<T>(&mut self, part: &'static str, engine: Engine, rows: u64, watched: &Watched<T>, note: String) {
        let Watched { seconds, memory, .. } = *watched;
        self.add(Row { part, engine, rows: Some(rows), seconds, latency: None, memory, note });
    }

    /// Adds a page that was asked for again and again, and says it.
    pub fn shown(&mut self, part: &'static str, engine: Engine, watched: &Watched<Figures>) {
        let Watched { value, seconds, memory } = watched;
        let latency = Some((value.p50, value.p99));
        let (seconds, memory) = (*seconds, *memory);
        self.add(Row { part, engine, rows: None, seconds, latency, memory, note: String::new() });
    }

    fn add(&mut self, row: Row) {
        println!("{}", row.line());
        self.0.push(row);
    }

    /// As Markdown.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "| part | by | rows | seconds | rows /s | p50 ms | p99 ms | memory at most, MiB | anonymous | of files | remark \
             |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n",
        );
        for row in &self.0 {
            let Row { part, engine, seconds, memory: Memory { all, anonymous, of_files, .. }, note, .. } = row;
            let rows = row.rows.map_or_else(String::new, |rows| rows.to_string());
            let rate = row.rate().map_or_else(String::new, |rate| format!("{rate:.0}"));
            let latency = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
            let (p50, p99) = (latency(row.latency.map(|of| of.0)), latency(row.latency.map(|of| of.1)));
            // Writing to a text does not fail.
            let _ = writeln!(
                text,
                "| {part} | {} | {rows} | {seconds:.1} | {rate} | {p50} | {p99} | {all:.1} | {anonymous:.1} | {of_files:.1} \
                 | {note} |",
                engine.name()
            );
        }
        text
    }
}

impl Row {
    /// Rows in a second.
    #[expect(clippy::cast_precision_loss, reason = "at most some millions")]
    fn rate(&self) -> Option<f64> {
        self.rows.map(|rows| rows as f64 / self.seconds.max(0.001))
    }

    fn line(&self) -> String {
        let Self { part, seconds, memory, note, .. } = self;
        let mut text = format!("{part:<32} {seconds:>8.1} s");
        if let Some((rows, rate)) = self.rows.zip(self.rate()) {
            let _ = write!(text, "  {rows} rows, {rate:.0} /s");
        }
        if let Some((p50, p99)) = self.latency {
            let _ = write!(text, "  p50 {p50:.2} ms, p99 {p99:.2} ms");
        }
        let _ = write!(text, "  {memory}");
        if !note.is_empty() {
            let _ = write!(text, "  {note}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMORY: Memory = Memory { all: 60.0, anonymous: 35.0, of_files: 25.0, most: 70.0 };

    #[test]
    fn a_part_has_rows_in_a_second_or_a_latency() {
        let mut table = Table::default();
        let uploaded = Watched { value: (), seconds: 4.0, memory: MEMORY };
        table.went("uploaded", Engine::Sqlite, 10_000, &uploaded, "0.5 MiB".to_owned());
        let figures = Figures { throughput: 20.0, p50: 50.0, p99: 75.5, processor: 9.0, ..Figures::default() };
        table.shown("page", Engine::Postgres, &Watched { value: figures, seconds: 12.0, memory: MEMORY });
        let text = table.text();
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(lines[0], "| uploaded | SQLite | 10000 | 4.0 | 2500 |  |  | 60.0 | 35.0 | 25.0 | 0.5 MiB |");
        assert_eq!(lines[1], "| page | PostgreSQL |  | 12.0 |  | 50.00 | 75.50 | 60.0 | 35.0 | 25.0 |  |");
        let said = table.0[0].line();
        assert!(said.contains("10000 rows, 2500 /s  60.0 MiB (anonymous 35.0, of files 25.0), at most 70.0  0.5 MiB"));
    }
}
