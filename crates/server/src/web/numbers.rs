//! Numbers as pages write them.

use std::fmt;

/// Where counting the rows of a list ends.
pub const MOST: i64 = 10_000;

/// A number of things that were counted up to a limit. Counting ends there, so that a page costs the same however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    number: i64,
    has_more: bool,
}

impl Counted {
    /// What was counted up to one more than `limit`.
    pub fn up_to(limit: i64, counted: i64) -> Self {
        Self { number: counted.min(limit), has_more: counted > limit }
    }

    /// For a cell of a file: "1284", "more than 10,000". Programs read digits without anything between them.
    pub fn cell(self) -> String {
        if self.has_more { self.to_string() } else { self.number.to_string() }
    }

    /// All there are.
    pub const fn exactly(number: i64) -> Self {
        Self { number, has_more: false }
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { number: self.number.saturating_add(other.number), has_more: self.has_more || other.has_more }
    }

    /// "1 guest", "2 guests", "more than 10,000 guests".
    pub fn of(self, one: &str, many: &str) -> String {
        let is_one = self.number == 1 && !self.has_more;
        format!("{self} {}", if is_one { one } else { many })
    }
}

impl fmt::Display for Counted {
    /// "1,284", "more than 10,000".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_more {
            formatter.write_str("more than ")?;
        }
        formatter.write_str(&grouped(self.number))
    }
}

/// "1,284".
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("−{text}") } else { text }
}

/// The same with a capital, for the beginning of a sentence.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let texts: Vec<_> = [0, 999, 1_000, 1_284_000, -12_345].into_iter().map(grouped).collect();
        assert_eq!(texts, ["0", "999", "1,000", "1,284,000", "−12,345"]);
    }

    #[test]
    fn what_is_beyond_the_limit_is_more_than_it() {
        let guests = |counted| Counted::up_to(10_000, counted).of("guest", "guests");
        assert_eq!(guests(0), "0 guests");
        assert_eq!(guests(1), "1 guest");
        assert_eq!(guests(10_000), "10,000 guests");
        assert_eq!(guests(10_001), "more than 10,000 guests");
        assert_eq!(Counted::up_to(1, 2).of("guest", "guests"), "more than 1 guests");
        let cell = |counted| Counted::up_to(10_000, counted).cell();
        assert_eq!([cell(0), cell(10_000), cell(10_001)], ["0", "10000", "more than 10,000"]);
        let all = Counted::up_to(10_000, 10_001).and(Counted::exactly(7));
        assert_eq!(capitalized(&all.to_string()), "More than 10,007");
        assert_eq!(capitalized(""), "");
    }
}
