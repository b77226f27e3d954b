//! The list that is sent: people by their number, with the faults that lists have.

use std::fmt::Write as _;

/// One row in so many has an address that is none, and one repeats an address of the rows before.
const FAULTS: u32 = 100;

/// Where among these the faults stand.
const WRONG: u32 = 41;
const REPEATED: u32 = 42;

/// What must become of the rows when they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Those that can be invited.
    pub ready: u64,
    /// Those whose address is none.
    pub failed: u64,
    /// Those whose address stood in a row before.
    pub repeated: u64,
}

/// A table of so many rows in CSV (RFC 4180), about 50 bytes each.
pub fn text(rows: u32) -> String {
    let mut text = String::from("email,displayName\r\n");
    for number in 0..rows {
        let address = match number % FAULTS {
            WRONG => format!("person{number:07} at partner"),
            // The row before the wrong one.
            REPEATED => address(number - 2),
            _ => address(number),
        };
        // Writing to a text does not fail.
        let _ = write!(text, "{address},Person {number:07}\r\n");
    }
    text
}

/// What the rows of [`text`] must become.
pub fn expected(rows: u32) -> Expected {
    let of = |place: u32| u64::from(rows / FAULTS + u32::from(rows % FAULTS > place));
    let (failed, repeated) = (of(WRONG), of(REPEATED));
    Expected { ready: u64::from(rows) - failed - repeated, failed, repeated }
}

fn address(number: u32) -> String {
    format!("person{number:07}@partner{:03}.example", number % 400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_list_has_the_faults_that_are_expected() {
        for rows in [1, 41, 42, 43, 250, 1_000] {
            let text = text(rows);
            let addresses: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
            assert_eq!(addresses.len(), rows as usize);
            let good: BTreeSet<&str> = addresses.iter().copied().filter(|address| address.contains('@')).collect();
            let failed = addresses.iter().filter(|address| !address.contains('@')).count();
            let repeated = addresses.len() - failed - good.len();
            let found = (good.len() as u64, failed as u64, repeated as u64);
            let Expected { ready, failed, repeated } = expected(rows);
            assert_eq!(found, (ready, failed, repeated), "{rows} rows");
        }
        assert_eq!(expected(1_000_000), Expected { ready: 980_000, failed: 10_000, repeated: 10_000 });
    }
}
