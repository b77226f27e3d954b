//! `vestibule doctor`, asked by a program.

use serde_json::Value;

use crate::Outcome;
use crate::operator::Installation;

/// What the doctor says with these options and additions to its environment, and whether it found a failure. A finding that is
/// not well and says nothing about what to do is an error.
pub fn examine(
    installation: &Installation,
    options: &[&str],
    environment: &[(&str, &str)],
) -> Outcome<(Vec<Value>, bool)> {
    let output = installation.output(&["doctor"], &[&["--json"], options].concat(), environment)?;
    let document: Value = serde_json::from_slice(&output.stdout)?;
    let findings = document["findings"].as_array().ok_or("no findings")?.clone();
    let is_silent = |finding: &&Value| finding["verdict"] != "ok" && !finding["do"].is_string();
    if let Some(finding) = findings.iter().find(is_silent) {
        return Err(format!("a finding says nothing about what to do: {finding:#}").into());
    }
    Ok((findings, output.status.code() == Some(1)))
}

/// The verdict on the finding that holds these words.
///
/// # Panics
/// When there is none.
pub fn verdict<'f>(findings: &'f [Value], about: &str, words: &str) -> &'f str {
    let found = findings.iter().find(|finding| {
        finding["about"] == about && finding["means"].as_str().is_some_and(|means| means.contains(words))
    });
    found.and_then(|finding| finding["verdict"].as_str()).unwrap_or_else(|| panic!("{about}: {words} in {findings:#?}"))
}
