//! Which tiers a run holds: all of them, minus those switched off by name.

use crate::Outcome;
use crate::tiers::Tier;

/// A tier and whether this run skips it.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The tier.
    pub tier: Tier,
    /// Switched off by name, or not among those asked for.
    pub skipped: bool,
}

/// Reads `--only A,B` and `--skip A,B` (also with `=`) and the comma-separated `VESTIBULE_SKIP`.
/// An unknown name is an error: a typing mistake must not switch a tier off or on by accident.
pub fn parse(options: &[String], skipped_by_environment: &str) -> Outcome<Vec<Choice>> {
    let mut only: Option<Vec<Tier>> = None;
    let mut skip = tiers_named(skipped_by_environment)?;
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (word.as_str(), words.next().cloned().unwrap_or_default()),
        };
        if value.is_empty() {
            return Err(format!("{name} needs tier names, separated by commas"));
        }
        match name {
            "--only" => only.get_or_insert_with(Vec::new).extend(tiers_named(&value)?),
            "--skip" => skip.extend(tiers_named(&value)?),
            _ => return Err(format!("unknown option {name}; known: --only, --skip")),
        }
    }
    Ok(Tier::ALL
        .into_iter()
        .map(|tier| Choice {
            tier,
            skipped: skip.contains(&tier) || only.as_ref().is_some_and(|only| !only.contains(&tier)),
        })
        .collect())
}

fn tiers_named(list: &str) -> Outcome<Vec<Tier>> {
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            Tier::ALL.into_iter().find(|tier| tier.name() == name).ok_or_else(|| format!("no tier is called {name:?}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(options: &[&str], environment: &str) -> Outcome<Vec<Tier>> {
        let options: Vec<String> = options.iter().map(|&word| word.to_owned()).collect();
        let choices = parse(&options, environment)?;
        Ok(choices.into_iter().filter(|choice| !choice.skipped).map(|choice| choice.tier).collect())
    }

    #[test]
    fn everything_runs_by_default() {
        assert_eq!(running(&[], ""), Ok(Tier::ALL.to_vec()));
    }

    #[test]
    fn only_and_skip_combine() {
        let tiers = running(&["--only", "check,unit", "--skip=unit"], "");
        assert_eq!(tiers, Ok(vec![Tier::Check]));
    }

    #[test]
    fn the_environment_switches_off() {
        let tiers = running(&["--only", "check,mail"], "mail");
        assert_eq!(tiers, Ok(vec![Tier::Check]));
    }

    #[test]
    fn unknown_names_are_refused() {
        assert!(running(&["--skip", "brwoser"], "").is_err());
        assert!(running(&[], "nothing").is_err());
        assert!(running(&["--quick", "check"], "").is_err());
        assert!(running(&["--skip"], "").is_err());
    }
}
