//! `cargo xtask crash`: the crash test, as long as somebody wants.

use std::path::PathBuf;

use crate::{Outcome, tiers};

/// A setting of the test and the text it gets.
type Setting = (&'static str, PathBuf);

/// Reads the options and runs the test with them.
pub fn command(options: &[String]) -> Outcome {
    tiers::crash(&["crash"], &settings(options)?)
}

fn settings(options: &[String]) -> Outcome<Vec<Setting>> {
    let mut settings = Vec::new();
    let mut words = options.iter();
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value:?}"));
        let (variable, text) = match name.as_str() {
            "--minutes" => ("VESTIBULE_CRASH_SECONDS", number()?.saturating_mul(60).to_string()),
            "--seed" => ("VESTIBULE_CRASH_SEED", number()?.to_string()),
            "--engine" if matches!(value.as_str(), "sqlite" | "postgres") => ("VESTIBULE_CRASH_ENGINE", value.clone()),
            "--engine" => return Err(format!("no engine is called {value:?}")),
            _ => return Err(format!("unknown option {name}; known: --minutes, --engine, --seed")),
        };
        settings.push((variable, text.into()));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Outcome<Vec<Setting>> {
        settings(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_become_settings() {
        assert_eq!(read(""), Ok(vec![]));
        let wanted = [("VESTIBULE_CRASH_SECONDS", "120".into()), ("VESTIBULE_CRASH_ENGINE", "sqlite".into())];
        assert_eq!(read("--minutes 2 --engine sqlite"), Ok(wanted.to_vec()));
    }

    #[test]
    fn a_typing_mistake_runs_nothing() {
        for wrong in ["--minutes", "--minutes x", "--engine oracle", "--sed 1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
