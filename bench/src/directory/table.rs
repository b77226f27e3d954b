//! What was measured, the sizes beside each other.

use crate::Engine;
use crate::process::Memory;
use std::fmt::Write as _;

/// How much more a million may cost than ten thousand.
const FLAT: f64 = 1.5;

/// Milliseconds that what people wait for may take in the median, on SQLite.
const QUICK: f64 = 2.0;

/// MiB that the server may hold at most.
const MEMORY: f64 = 150.0;

/// How much more a guest of many organisations may cost than a guest of one.
const PERSON: f64 = 1.2;

/// What something may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The same at every size.
    Flat,
    /// The same, and little.
    Quick,
    /// It counts, so it costs by the size.
    Counted,
    /// A size in memory.
    Memory,
    /// The same for a guest of one organisation and of many.
    Person,
}

/// Milliseconds; MiB of memory.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// The median.
    pub p50: f64,
    /// What one in a hundred exceeds.
    pub p99: f64,
}

struct Row {
    work: &'static str,
    engine: Engine,
    bound: Bound,
    figures: Vec<Figure>,
}

/// What the server, which has all sizes, held in memory after a case.
struct Held {
    work: &'static str,
    engine: Engine,
    memory: Memory,
}

/// All rows.
pub struct Table {
    users: Vec<u32>,
    rows: Vec<Row>,
    held: Vec<Held>,
}

impl Table {
    /// For directories of these sizes.
    pub fn new(users: Vec<u32>) -> Self {
        Self { users, rows: Vec::new(), held: Vec::new() }
    }

    /// Adds a figure, the sizes one after the other, and says it.
    pub fn add(&mut self, work: &'static str, engine: Engine, bound: Bound, figure: Figure) {
        println!("{work:<36} p50 {:>9.3}  p99 {:>9.3}", figure.p50, figure.p99);
        match self.rows.iter_mut().find(|row| row.work == work && row.engine == engine) {
            Some(row) => row.figures.push(figure),
            None => self.rows.push(Row { work, engine, bound, figures: vec![figure] }),
        }
    }

    /// Adds what the server holds after a case, and says it.
    pub fn hold(&mut self, work: &'static str, engine: Engine, memory: Memory) {
        println!("    memory {memory}");
        self.held.push(Held { work, engine, memory });
    }

    /// As Markdown: the directories, then the people, then the memory.
    pub fn text(&self) -> String {
        let of = |users: &u32| format!("{users} guests");
        let sizes: Vec<String> = self.users.iter().map(of).collect();
        let (people, directories): (Vec<&Row>, Vec<&Row>) =
            self.rows.iter().partition(|row| row.bound == Bound::Person);
        let mut text = table(&sizes, &directories);
        if !people.is_empty() {
            let _ = write!(text, "\n{}", table(&["one organisation".to_owned(), "many".to_owned()], &people));
        }
        if !self.held.is_empty() {
            let _ = write!(text, "\n{}", memories(&self.held));
        }
        text
    }
}

fn table(sizes: &[String], rows: &[&Row]) -> String {
    let mut text = String::from("| work | by |");
    for size in sizes {
        let _ = write!(text, " {size}, p50 ms | p99 ms |");
    }
    text.push_str(" times | aim | |\n| --- | --- |");
    text.push_str(&" ---: | ---: |".repeat(sizes.len()));
    text.push_str(" ---: | --- | --- |\n");
    for row in rows {
        let _ = write!(text, "| {} | {} |", row.work, row.engine.name());
        // What is not asked of each size stands at the last.
        text.push_str(&"  |  |".repeat(sizes.len().saturating_sub(row.figures.len())));
        for figure in &row.figures {
            let _ = write!(text, " {:.2} | {:.2} |", figure.p50, figure.p99);
        }
        let times = row.times().map_or_else(String::new, |times| format!("{times:.2}"));
        let judged = match row.is_good() {
            Some(true) => "good",
            Some(false) => "NOT GOOD",
            None => "",
        };
        let _ = writeln!(text, " {times} | {} | {judged} |", row.aim());
    }
    text
}

/// What was held after each case. The most of a process only grows: the case at which it does so has taken it.
fn memories(held: &[Held]) -> String {
    let mut text = String::from(
        "| memory after | by | MiB | anonymous | of files | at most |\n\
         | --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    for Held { work, engine, memory: Memory { all, anonymous, of_files, most } } in held {
        let name = engine.name();
        let _ = writeln!(text, "| {work} | {name} | {all:.1} | {anonymous:.1} | {of_files:.1} | {most:.1} |");
    }
    text
}

impl Row {
    /// The last of several sizes against the first, in the median.
    fn times(&self) -> Option<f64> {
        let (first, last) = (self.figures.first()?, self.figures.last()?);
        (self.figures.len() > 1 && self.bound != Bound::Memory && first.p50 > 0.0).then(|| last.p50 / first.p50)
    }

    fn aim(&self) -> String {
        match self.bound {
            Bound::Quick if self.engine == Engine::Sqlite => format!("<= {FLAT}, p50 < {QUICK} ms"),
            Bound::Flat | Bound::Quick => format!("<= {FLAT}"),
            Bound::Counted => String::new(),
            Bound::Memory => format!("< {MEMORY} MiB"),
            Bound::Person => format!("<= {PERSON}"),
        }
    }

    /// Whether it costs no more than it may; nothing where that cannot be said.
    fn is_good(&self) -> Option<bool> {
        let last = self.figures.last()?;
        let is_within = |most| self.times().map(|times| times <= most);
        match self.bound {
            Bound::Quick if self.engine == Engine::Sqlite && last.p50 >= QUICK => Some(false),
            Bound::Flat | Bound::Quick => is_within(FLAT),
            Bound::Counted => None,
            Bound::Memory => Some(last.p50 < MEMORY),
            Bound::Person => is_within(PERSON),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(bound: Bound, figures: &[f64]) -> Row {
        let figures = figures.iter().map(|p50| Figure { p50: *p50, p99: *p50 }).collect();
        Row { work: "first page", engine: Engine::Sqlite, bound, figures }
    }

    #[test]
    fn a_row_is_judged_by_its_bound() {
        assert_eq!(row(Bound::Flat, &[1.0, 1.4]).is_good(), Some(true));
        assert_eq!(row(Bound::Flat, &[1.0, 1.6]).is_good(), Some(false));
        assert_eq!(row(Bound::Flat, &[1.0]).is_good(), None);
        assert_eq!(row(Bound::Quick, &[1.9, 2.1]).is_good(), Some(false));
        assert_eq!(row(Bound::Counted, &[1.0, 90.0]).is_good(), None);
        assert_eq!(row(Bound::Memory, &[90.0, 151.0]).is_good(), Some(false));
        assert_eq!(row(Bound::Person, &[1.0, 1.3]).is_good(), Some(false));
    }

    #[test]
    fn the_sizes_stand_beside_each_other() {
        let mut table = Table::new(vec![10, 20]);
        for p50 in [1.0, 1.25] {
            table.add("first page", Engine::Sqlite, Bound::Flat, Figure { p50, p99: 2.0 });
        }
        let text = table.text();
        assert!(text.contains("| first page | SQLite | 1.00 | 2.00 | 1.25 | 2.00 | 1.25 | <= 1.5 | good |"), "{text}");
    }

    #[test]
    fn memory_stands_once_for_all_sizes() {
        let mut table = Table::new(vec![10, 20]);
        table.add("memory at most, MiB", Engine::Sqlite, Bound::Memory, Figure { p50: 101.5, p99: 101.5 });
        let text = table.text();
        assert!(!text.contains("memory after"), "{text}");
        let line = "| memory at most, MiB | SQLite |  |  | 101.50 | 101.50 |  | < 150 MiB | good |";
        assert!(text.contains(line), "{text}");
        table.hold("create", Engine::Sqlite, Memory { all: 60.0, anonymous: 35.0, of_files: 25.0, most: 101.5 });
        assert!(table.text().ends_with("| create | SQLite | 60.0 | 35.0 | 25.0 | 101.5 |\n"), "{}", table.text());
    }
}
