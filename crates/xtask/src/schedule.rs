//! The tiers of `cargo xtask test` in their order, some of them beside each other, and the table at the end.

use std::time::{Duration, Instant};

use crate::beside::{self, Lanes, News};
use crate::selection::Choice;
use crate::tiers::{self, Note, Pace, Part, Tier};
use crate::{Outcome, postgres, preparation};

/// What is done for a tier.
trait Doing: Sync {
    /// Runs a part of it.
    fn run(&self, tier: Tier, part: &Part) -> Outcome<Note>;

    /// Judges what can be seen only once all of its parts have passed.
    fn conclude(&self, tier: Tier) -> Outcome;
}

/// What a run does that holds these tiers.
struct Testing(Vec<Tier>);

impl Doing for Testing {
    fn run(&self, tier: Tier, part: &Part) -> Outcome<Note> {
        tier.run(part, &self.0)
    }

    fn conclude(&self, tier: Tier) -> Outcome {
        tier.conclude()
    }
}

enum End {
    Passed(Note),
    Failed(String),
    Skipped,
}

/// A tier and its place in the order.
struct Entry<'c> {
    number: usize,
    /// The place as it is shown.
    position: String,
    choice: &'c Choice,
}

/// What a lane takes: a part of a tier.
struct Piece<'e> {
    entry: &'e Entry<'e>,
    part: &'static Part,
}

/// A line of the table.
struct Row {
    number: usize,
    name: &'static str,
    end: End,
    took: Duration,
}

/// Runs what was chosen; a failing tier does not keep the others from running. Fails when any tier failed.
pub fn run(choices: &[Choice]) -> Outcome {
    if let Some(complaint) = postgres::complaint() {
        println!("{complaint}");
    }
    let begun = Instant::now();
    let testing = Testing(choices.iter().filter(|choice| !choice.skipped).map(|choice| choice.tier).collect());
    let rows = std::thread::scope(|scope| {
        preparation::begin(scope, &testing.0);
        run_all(choices, beside::lanes(), &testing)
    });
    print!("{}", table(&rows, begun.elapsed()));
    let failed: Vec<&str> = rows.iter().filter(|row| matches!(row.end, End::Failed(_))).map(|row| row.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// What became of every tier, in the order of the choices.
fn run_all(choices: &[Choice], lanes: usize, doing: &impl Doing) -> Vec<Row> {
    let position = |index: usize| format!("[{}/{}]", index + 1, choices.len());
    let entries = choices.iter().enumerate();
    let entries: Vec<Entry> =
        entries.map(|(number, choice)| Entry { number, position: position(number), choice }).collect();
    let (skipped, chosen): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| entry.choice.skipped);
    for entry in &skipped {
        println!("\n{} {}: skipped by name", entry.position, entry.name());
    }
    let pieces: Vec<Piece> = chosen.iter().flat_map(|&entry| entry.pieces()).collect();
    let mut outcomes = stages(&pieces).flat_map(|stage| run_stage(stage, lanes, doing));
    let mut rows: Vec<Row> = skipped.iter().map(|entry| entry.row(End::Skipped, Duration::ZERO)).collect();
    for entry in chosen {
        let own = outcomes.by_ref().take(entry.choice.tier.parts().len()).collect();
        rows.push(entry.ended(own, doing));
    }
    rows.sort_by_key(|row| row.number);
    rows
}

/// What runs at one time: a part alone, or those that follow each other and run beside others or behind them.
fn stages<'p, 'e>(pieces: &'p [Piece<'e>]) -> impl Iterator<Item = &'p [Piece<'e>]> {
    pieces.chunk_by(|one, next| one.part.pace != Pace::Alone && next.part.pace != Pace::Alone)
}

/// Who takes what: two lanes for what has a browser, one for what waits and one for what computes. With one processor everything
/// comes one after the other.
fn lanes_of(stage: &[Piece<'_>], lanes: usize) -> Vec<Lanes> {
    if lanes < 2 {
        return vec![Lanes { count: 1, pieces: (0..stage.len()).collect() }];
    }
    let of = |count: usize, paces: &[Pace]| {
        let pieces = stage.iter().enumerate().filter(|(_, piece)| paces.contains(&piece.part.pace));
        Lanes { count, pieces: pieces.map(|(index, _)| index).collect() }
    };
    vec![of(lanes, &[Pace::Alone, Pace::Beside]), of(1, &[Pace::Waiting]), of(1, &[Pace::Behind])]
}

/// What became of each piece.
fn run_stage(stage: &[Piece<'_>], lanes: usize, doing: &impl Doing) -> Vec<(Outcome<Note>, Duration)> {
    let names: Vec<&str> = stage.iter().map(|piece| piece.part.name).collect();
    beside::run_in(
        &lanes_of(stage, lanes),
        &names,
        |index| doing.run(stage[index].entry.choice.tier, stage[index].part),
        |news| match news {
            News::Began(index) => println!("\n{} {} ...", stage[index].entry.position, names[index]),
            News::Ended(index, outcome, took) => {
                let word = if outcome.is_ok() { "passed" } else { "FAILED" };
                println!("{} {}: {word} in {}", stage[index].entry.position, names[index], seconds(took));
            }
        },
    )
}

impl Entry<'_> {
    fn name(&self) -> &'static str {
        self.choice.tier.name()
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.choice.tier.parts().iter().map(move |part| Piece { entry: self, part })
    }

    /// What became of it, by what became of its parts. It took as long as all of them together.
    fn ended(&self, parts: Vec<(Outcome<Note>, Duration)>, doing: &impl Doing) -> Row {
        let took = parts.iter().map(|(_, took)| *took).sum();
        let passed = tiers::all_passed(parts.into_iter().map(|(outcome, _)| outcome));
        let end = match passed.and_then(|note| doing.conclude(self.choice.tier).map(|()| note)) {
            Ok(note) => End::Passed(note),
            Err(error) => End::Failed(error),
        };
        self.row(end, took)
    }

    fn row(&self, end: End, took: Duration) -> Row {
        Row { number: self.number, name: self.name(), end, took }
    }
}

impl End {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed(_) => "FAILED",
            Self::Skipped => "skipped",
        }
    }

    fn remark(&self) -> &str {
        match self {
            Self::Passed(note) => note.as_deref().unwrap_or_default(),
            Self::Failed(error) => error.lines().next().unwrap_or_default(),
            Self::Skipped => "switched off by name",
        }
    }
}

/// The whole is less than the sum of the lines when tiers ran beside each other.
fn table(rows: &[Row], whole: Duration) -> String {
    let mut text = String::from("\ntier      result   time\n");
    for row in rows {
        let line = format!("{:<9} {:<8} {:>8}  {}", row.name, row.end.word(), seconds(row.took), row.end.remark());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{:<9} {:<8} {:>8}\n", "in all", "", seconds(whole)));
    text
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn everything() -> Vec<Choice> {
        Tier::ALL.into_iter().map(|tier| Choice { tier, skipped: tier == Tier::Fuzz || tier == Tier::Mail }).collect()
    }

    /// Writes down the parts that run. One tier fails whole, one with its last part, and one when everything has passed.
    struct Pretending(Mutex<Vec<&'static str>>);

    impl Doing for Pretending {
        fn run(&self, tier: Tier, part: &Part) -> Outcome<Note> {
            self.0.lock().expect("no panic").push(part.name);
            let fails = tier == Tier::Unit || (tier == Tier::Browser && tier.parts().last() == Some(part));
            if fails { Err(part.name.to_owned()) } else { Ok(None) }
        }

        fn conclude(&self, tier: Tier) -> Outcome {
            if tier == Tier::Clients { Err("not everything was seen".to_owned()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_tier_that_fails_or_is_skipped_keeps_no_other_from_running() {
        let doing = Pretending(Mutex::default());
        let rows = run_all(&everything(), 1, &doing);
        let chosen = Tier::ALL.into_iter().filter(|tier| !matches!(tier, Tier::Fuzz | Tier::Mail));
        let parts: Vec<&str> = chosen.flat_map(Tier::parts).map(|part| part.name).collect();
        assert_eq!(doing.0.into_inner().expect("no panic"), parts, "in their order, each once");
        let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
        assert_eq!(names, Tier::ALL.map(Tier::name), "the table has all of them in their order");
        let words = |word: &str| -> Vec<&'static str> {
            rows.iter().filter(|row| row.end.word() == word).map(|row| row.name).collect()
        };
        assert_eq!(words("FAILED"), ["unit", "clients", "browser"]);
        assert_eq!(words("skipped"), ["fuzz", "mail"]);
    }

    fn names(stage: &[Piece<'_>]) -> Vec<&'static str> {
        stage.iter().map(|piece| piece.part.name).collect()
    }

    #[test]
    fn what_measures_time_runs_alone() {
        let choices = everything();
        let entry = |(number, choice)| Entry { number, position: String::new(), choice };
        let entries: Vec<Entry> = choices.iter().enumerate().map(entry).collect();
        let pieces: Vec<Piece> = entries.iter().flat_map(|entry| entry.pieces()).collect();
        let (together, alone): (Vec<&[Piece<'_>]>, Vec<&[Piece<'_>]>) =
            stages(&pieces).partition(|stage| stage.len() > 1);
        let alone: Vec<&str> = alone.into_iter().flat_map(names).collect();
        assert_eq!(alone, ["check", "unit", "operator", "crash"]);
        let &[stage] = together.as_slice() else { panic!("{} stages", together.len()) };
        let [beside, waiting, behind]: [Lanes; 3] = lanes_of(stage, 2).try_into().expect("three lists");
        let named = |lanes: &Lanes| lanes.pieces.iter().map(|&index| names(stage)[index]).collect::<Vec<_>>();
        assert_eq!(named(&waiting), ["mail", "operator-acme", "operator-delivery"]);
        assert_eq!(named(&behind), ["deny", "fuzz"]);
        assert_eq!((beside.count, waiting.count, behind.count), (2, 1, 1));
        assert_eq!(beside.pieces.len() + 5, stage.len(), "each piece is taken once");
        let [one]: [Lanes; 1] = lanes_of(stage, 1).try_into().expect("one list");
        assert_eq!((one.count, one.pieces.len()), (1, stage.len()));
    }

    #[test]
    fn the_table_names_every_tier_and_why() {
        let row = |number, name, end, took| Row { number, name, end, took };
        let rows = [
            row(0, "check", End::Passed(None), Duration::from_millis(1500)),
            row(1, "mail", End::Failed("no chromium\nmore".to_owned()), Duration::ZERO),
            row(2, "demo", End::Skipped, Duration::ZERO),
        ];
        let table = table(&rows, Duration::from_millis(2500));
        assert!(table.contains("check     passed      1.5 s\n"), "{table}");
        assert!(table.contains("no chromium\n"), "{table}");
        assert!(table.contains("demo      skipped"), "{table}");
        assert!(table.ends_with("in all                2.5 s\n"), "{table}");
    }
}
