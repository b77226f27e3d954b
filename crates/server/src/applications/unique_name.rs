//! The name by which programs find a registration again (Graph: application, uniqueName).

use super::error::Invalid;
use std::fmt;
use std::str::FromStr;

/// Its greatest length in characters.
const LONGEST: usize = 128;

/// A unique name in small letters. Case does not tell two apart, and it is ASCII, so that a key that holds one is copied as
/// easily as one that holds an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UniqueName {
    length: usize,
    bytes: [u8; LONGEST],
}

/// Reads one as it stands in a path.
///
/// # Errors
/// What no registration can be called.
impl FromStr for UniqueName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        check(text)?;
        let mut bytes = [0; LONGEST];
        for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
        Ok(Self { length: text.len(), bytes })
    }
}

impl fmt::Display for UniqueName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl UniqueName {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Refuses what cannot be a unique name.
pub(super) fn check(text: &str) -> Result<(), Invalid> {
    let is_usual = |byte: u8| byte.is_ascii_graphic() && byte != b'\'';
    let problem = if text.is_empty() || !text.bytes().all(is_usual) {
        "it has ASCII characters only, at least one, without spaces and apostrophes"
    } else if text.len() > LONGEST {
        "it is longer than 128 characters"
    } else {
        return Ok(());
    };
    Err(Invalid { property: "uniqueName", problem: problem.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<UniqueName> {
        text.parse().ok()
    }

    #[test]
    fn a_unique_name_is_plain_and_case_does_not_matter() {
        assert_eq!(read("Expenses-2026").expect("a name").as_str(), "expenses-2026");
        assert_eq!(read(&"x".repeat(128)).expect("a name").as_str().len(), 128);
        for text in ["", "o'neil", "a b", "é", &"x".repeat(129)] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
