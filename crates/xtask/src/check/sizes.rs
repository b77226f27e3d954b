//! Long files are listed, not refused: a reader decides where the cut goes.

use super::feature_order::without_test_modules;
use crate::source::{File, Rust};

/// Lines without tests above which a file should be split by operation.
const LIMIT: usize = 400;

/// Prints the files over the limit, longest first, and the median.
pub fn report(files: &[File]) {
    let sizes = sizes(files);
    let median = sizes.get(sizes.len() / 2).map_or(0, |(lines, _)| *lines);
    println!("  file sizes: {} Rust files without tests, median {median} lines", sizes.len());
    for (lines, path) in sizes.iter().take_while(|(lines, _)| *lines > LIMIT) {
        println!("    {path}: {lines} lines, more than {LIMIT}: split it by operation");
    }
}

/// Longest first.
fn sizes(files: &[File]) -> Vec<(usize, &str)> {
    let mut sizes: Vec<(usize, &str)> = files
        .iter()
        .filter(|file| file.has_extension("rs") && !file.is_test())
        .map(|file| {
            let code = Rust::parse(&file.text).code;
            (without_test_modules(&code).lines().count(), file.path.as_str())
        })
        .collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file("a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"),
            file("b.rs", "\n\n\n"),
            file("tests/c.rs", "\n\n\n\n"),
        ];
        assert_eq!(sizes(&files), [(3, "b.rs"), (1, "a.rs")]);
    }
}
