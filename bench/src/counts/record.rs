//! What callgrind writes: which lines of which functions executed how many instructions (format "callgrind", version 1).

use super::Function;
use super::counter::number;
use crate::Outcome;
use std::collections::HashMap;

/// What was counted in one stretch of work.
#[derive(Debug)]
pub struct Record {
    /// All instructions, of all threads.
    pub total: u64,
    /// Instructions of each function by itself, the heaviest first.
    functions: Vec<(String, u64)>,
}

impl Record {
    /// From the text of a file. Its line `summary` is not looked at: it is wrong in what was written after counting had been turned
    /// off and on.
    pub fn read(text: &str) -> Outcome<Self> {
        let mut names: HashMap<&str, &str> = HashMap::new();
        let mut costs: HashMap<&str, u64> = HashMap::new();
        let (mut function, mut is_call, mut total) = ("", false, None);
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("fn=") {
                function = full(&mut names, name);
            } else if let Some(name) = line.strip_prefix("cfn=") {
                full(&mut names, name);
            } else if line.starts_with("calls=") {
                // The next line has what was called with all that it calls, which stands once more where it is by itself.
                is_call = true;
            } else if let Some(sum) = line.strip_prefix("totals:") {
                total = Some(sum.trim().parse::<u64>()?);
            } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
                let cost = line.split_whitespace().nth(1).unwrap_or("0").parse::<u64>();
                let cost = cost.map_err(|error| format!("callgrind wrote {line:?}: {error}"))?;
                if !std::mem::take(&mut is_call) {
                    *costs.entry(once(function)).or_insert(0) += cost;
                }
            }
        }
        let total = total.ok_or("callgrind wrote no totals")?;
        let mut functions: Vec<(String, u64)> = costs.into_iter().map(|(name, cost)| (name.to_owned(), cost)).collect();
        functions.sort_unstable_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
        Ok(Self { total, functions })
    }

    /// The heaviest functions, for one of so many pieces of work.
    pub fn heaviest(&self, count: usize, pieces: f64) -> Vec<Function> {
        let all = number(self.total).max(1.0);
        let heaviest = self.functions.iter().take(count);
        heaviest
            .map(|(name, cost)| Function {
                name: name.clone(),
                each: number(*cost) / pieces,
                percent: 100.0 * number(*cost) / all,
            })
            .collect()
    }
}

/// A name stands behind its number where it comes first, and afterwards the number stands alone.
fn full<'t>(names: &mut HashMap<&'t str, &'t str>, word: &'t str) -> &'t str {
    match word.split_once(' ') {
        Some((number, name)) => {
            names.insert(number, name);
            name
        }
        None => names.get(word).copied().unwrap_or(word),
    }
}

/// The name without the mark `'2` of a function that runs within itself.
fn once(name: &str) -> &str {
    match name.rsplit_once('\'') {
        Some((name, depth)) if !depth.is_empty() && depth.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `valgrind-3.19.0` wrote of a small program, shortened, with a summary as it comes in later parts.
    const WRITTEN: &str = "\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 14029
cmd:  ./small 1
part: 3


desc: I1 cache:
desc: Timerange: Basic block 338581 - 492482
desc: Trigger: dump

positions: line
events: Ir
summary: 18446744073709521111


ob=(2) /usr/lib/x86_64-linux-gnu/libc.so.6
fl=(1) ./time/clock_nanosleep.c
fn=(0) clock_nanosleep@@GLIBC_2.17
34 200
+3 400
-15 400
cfi=(2) ./nptl/cancellation.c
cfn=(14) __pthread_enable_asynccancel
calls=100 -16
* 1700
* 1000

fl=(2)
fn=(14)
32 100
fi=(7) ./nptl/../nptl/descr.h
438 200

ob=(1) /tmp/small
fl=(3) small.c
fn=(6) walk'2
9 30
cfn=(8) walk
calls=3 9
10 90

fn=(8)
9 60
12

totals: 2390
";

    #[test]
    fn a_function_has_what_it_executes_by_itself() {
        let record = Record::read(WRITTEN).expect("a record");
        assert_eq!(record.total, 2_390);
        let found: Vec<(&str, u64)> = record.functions.iter().map(|(name, cost)| (name.as_str(), *cost)).collect();
        let expected = [("clock_nanosleep@@GLIBC_2.17", 2_000), ("__pthread_enable_asynccancel", 300), ("walk", 90)];
        assert_eq!(found, expected);
        assert_eq!(found.iter().map(|(_, cost)| cost).sum::<u64>(), record.total, "nothing stands twice");
    }

    #[test]
    fn the_heaviest_are_told_for_one_piece_of_work() {
        let record = Record { total: 4_000, functions: vec![("a".to_owned(), 3_000), ("b".to_owned(), 1_000)] };
        let expected = Function { name: "a".to_owned(), each: 30.0, percent: 75.0 };
        assert_eq!(record.heaviest(1, 100.0), [expected]);
    }

    #[test]
    fn a_file_that_was_not_written_to_its_end_is_refused() {
        assert!(Record::read("fn=(1) a\n1 2\n").is_err());
        assert!(Record::read("fn=(1) a\n1 many\ntotals: 2\n").is_err());
        assert_eq!(Record::read("totals: 0\n").expect("nothing happened").total, 0);
    }

    #[test]
    fn only_a_depth_is_taken_from_a_name() {
        for (name, without) in [("walk'2", "walk"), ("walk'", "walk'"), ("f<'a>", "f<'a>"), ("main", "main")] {
            assert_eq!(once(name), without);
        }
    }
}
