//! What an examination found, for people and for programs.

use serde::Serialize;
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, or could not be judged; somebody should look.
    Warning,
    /// Something that people or apps rely on does not work.
    Failure,
}

/// One thing that was examined.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was examined: `database`, `keys`, ..
    pub about: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was seen and what it means, in one sentence.
    pub means: String,
    /// What to do; empty when nothing needs to be done.
    #[serde(rename = "do", skip_serializing_if = "String::is_empty")]
    pub advice: String,
}

impl Finding {
    /// Nothing to do.
    pub fn ok(about: &'static str, means: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Ok, means: means.into(), advice: String::new() }
    }

    /// Somebody should look.
    pub fn warning(about: &'static str, means: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Warning, means: means.into(), advice: advice.into() }
    }

    /// It does not work.
    pub fn failure(about: &'static str, means: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Failure, means: means.into(), advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Failure => "FAILURE",
        };
        write!(formatter, "{word:<8} {:<14} {}", self.about, self.means)?;
        if self.advice.is_empty() { Ok(()) } else { write!(formatter, "\n{:>24}{}", "", self.advice) }
    }
}
