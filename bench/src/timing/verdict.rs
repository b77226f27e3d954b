//! What the times of the answers tell: for the terminal, and as a table for the documentation.

use super::{Asker, Question, Times};
use crate::Engine;
use crate::statistics::{Difference, difference, quantile};
use std::fmt;
use std::fmt::Write as _;

/// What is compared, by the name it is shown under.
const PARTS: [(&str, f64); 2] = [("p50", 0.5), ("p95", 0.95)];

/// The answers of one case.
struct Case {
    name: &'static str,
    /// Milliseconds, of each of [`PARTS`].
    times: [f64; 2],
    /// How far each of them lies from the first case; the first case is compared with nothing.
    differences: Option<[Difference; 2]>,
}

impl Case {
    /// Whether chance explains what it differs by.
    fn is_silent(&self) -> bool {
        self.differences.is_none_or(|differences| differences.iter().all(Difference::is_noise))
    }
}

/// What one question found on one engine.
pub struct Verdict {
    question: &'static str,
    who: Asker,
    engine: Engine,
    samples: usize,
    cases: Vec<Case>,
}

impl Verdict {
    /// Compares every case with the first one.
    pub fn of(question: &Question, engine: Engine, times: &Times) -> Self {
        let [first, ..] = times;
        let case = |(at, (name, own)): (usize, (&'static str, &Vec<f64>))| Case {
            name,
            times: PARTS.map(|(_, part)| quantile(own, part)),
            differences: (at > 0).then(|| PARTS.map(|(_, part)| difference(first, own, part))),
        };
        let cases = question.cases.into_iter().zip(times).enumerate().map(case).collect();
        Self { question: question.name, who: question.who, engine, samples: first.len(), cases }
    }

    /// Whether the cases cannot be told apart by their times.
    pub fn is_silent(&self) -> bool {
        self.cases.iter().all(Case::is_silent)
    }

    /// Whether the times tell something to people who only guess.
    pub fn tells_anybody(&self) -> bool {
        self.who == Asker::Anybody && !self.is_silent()
    }

    /// The question and the engine.
    pub fn title(&self) -> String {
        format!("{} on {}", self.question, self.engine.name())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} ({} samples each, ms)", self.title(), self.samples)?;
        for case in &self.cases {
            let [p50, p95] = case.times;
            writeln!(out, "  {:<28} p50 {p50:>8.3}  p95 {p95:>8.3}", case.name)?;
        }
        for case in &self.cases {
            for ((part, _), Difference { found, noise }) in PARTS.iter().zip(case.differences.iter().flatten()) {
                writeln!(out, "  {:<28} {part} {found:+.3} against {noise:.3} by chance", case.name)?;
            }
        }
        write!(out, "  verdict: {}", judged(self.who, self.is_silent()))
    }
}

const fn judged(who: Asker, is_silent: bool) -> &'static str {
    match (is_silent, who) {
        (true, _) => "under the noise",
        (false, Asker::Anybody) => "the times DIFFER by more than chance",
        (false, Asker::Holder) => "differs by more than chance, for holders only",
    }
}

/// As Markdown, a line for each case.
pub fn table(verdicts: &[Verdict]) -> String {
    let mut text = String::from(
        "| question | by | case | p50 ms | p95 ms | p50 differs by | by chance | p95 differs by | by chance | verdict |\n\
         | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n",
    );
    for verdict in verdicts {
        let mut title = (verdict.question, verdict.engine.name());
        for case in &verdict.cases {
            let [p50, p95] = case.times;
            // Writing to a text does not fail.
            let _ = write!(text, "| {} | {} | {} | {p50:.3} | {p95:.3} |", title.0, title.1, case.name);
            match &case.differences {
                None => text.push_str(" | | | | |"),
                Some(differences) => {
                    for Difference { found, noise } in differences {
                        let _ = write!(text, " {found:+.3} | {noise:.3} |");
                    }
                    let _ = write!(text, " {} |", judged(verdict.who, case.is_silent()));
                }
            }
            text.push('\n');
            // The question stands in the first of its lines.
            title.0 = "";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question =
        Question { name: "X6 a secret", cases: ["wrong", "unknown", "blocked"], who: Asker::Anybody };

    fn times(shift: f64) -> Times {
        let around = |middle: f64| (0..100_u32).map(|n| middle + f64::from(n % 10) / 10.0).collect::<Vec<f64>>();
        [around(4.0), around(4.0), around(4.0 + shift)]
    }

    #[test]
    fn a_case_that_takes_longer_is_told_and_the_others_are_not() {
        let silent = Verdict::of(&QUESTION, Engine::Sqlite, &times(0.0));
        assert!(silent.is_silent());
        assert!(silent.to_string().ends_with("verdict: under the noise"), "{silent}");
        let telling = Verdict::of(&QUESTION, Engine::Postgres, &times(5.0));
        assert!(!telling.is_silent());
        let said = telling.to_string();
        assert!(said.starts_with("X6 a secret on PostgreSQL (100 samples each, ms)\n"), "{said}");
        assert!(said.contains(&format!("  {:<28} p50 +5.000 against ", "blocked")), "{said}");
        assert!(said.ends_with("verdict: the times DIFFER by more than chance"), "{said}");
        let held = Verdict::of(&Question { who: Asker::Holder, ..QUESTION }, Engine::Postgres, &times(5.0));
        assert!(!held.tells_anybody() && held.to_string().ends_with("for holders only"), "{held}");
    }

    #[test]
    fn the_table_names_the_engine_and_the_case_that_differs() {
        let verdicts = [Verdict::of(&QUESTION, Engine::Sqlite, &times(5.0))];
        let text = table(&verdicts);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(lines[0], "| X6 a secret | SQLite | wrong | 4.400 | 4.900 | | | | | |");
        assert!(lines[1].starts_with("|  | SQLite | unknown | 4.400 | 4.900 | +0.000 |"), "{text}");
        assert!(lines[1].ends_with("| under the noise |"), "{text}");
        assert!(lines[2].starts_with("|  | SQLite | blocked | 9.400 | 9.900 | +5.000 |"), "{text}");
        assert!(lines[2].ends_with("| the times DIFFER by more than chance |"), "{text}");
        assert_eq!(lines.len(), 3);
    }
}
