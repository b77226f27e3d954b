//! What the tiers will need from elsewhere, begun at the start: it is fetched, and compiled by processors that are
//! idle, while the first tiers run.
//!
//! All of it is what the tiers ask for themselves. Whoever asks second waits or finds it there (see [`crate::turn`]),
//! and where it failed here, the tier that needs it tries again and tells its own failure. So nobody asks how this went.

use std::thread::Scope;
use std::time::Duration;

use crate::output::Log;
use crate::packages::{self, Requirement};
use crate::tiers::Tier;
use crate::{Outcome, command, delivery, deny, fuzz, journeys, npm, postgres, python};

/// Who needs something, and what makes it.
type Need = (&'static [Tier], fn() -> Outcome);

const WITH_POSTGRES: &[Tier] = &[Tier::Unit, Tier::Operator, Tier::Crash];
const WITH_PYTHON: &[Tier] = &[Tier::Operator, Tier::Mail, Tier::Clients, Tier::Crash];

/// What comes over the network, after the Debian packages.
const FETCHED: [Need; 4] = [
    (&[Tier::Browser, Tier::Mail], || npm::axe().map(drop)),
    (&[Tier::Clients], || npm::msal().map(drop)),
    (WITH_PYTHON, || python::interpreter().map(drop)),
    (&[Tier::Operator], delivery::fetch),
];

/// What is compiled in folders of its own, so that no lock of cargo is waited for.
const COMPILED: [Need; 2] = [(&[Tier::Deny], || deny::program().map(drop)), (&[Tier::Fuzz], fuzz::compile)];

/// What tests get to start before journeys are compiled. Cargo lets in one at a time until it knows that nothing is to be
/// compiled; whoever comes second only waits.
const HEAD_START: Duration = Duration::from_secs(10);

/// Begins for these tiers. What is said meanwhile stands in `target/tiers`; the scope ends when all of this has.
pub fn begin<'scope>(scope: &'scope Scope<'scope, '_>, tiers: &[Tier]) {
    let requirements = requirements(tiers);
    let (fetched, compiled) = (needed(&FETCHED, tiers), needed(&COMPILED, tiers));
    if !(requirements.is_empty() && fetched.is_empty()) {
        scope.spawn(move || {
            aside("fetched", || {
                drop(packages::ensure(&requirements));
                make(&fetched);
            });
        });
    }
    if !compiled.is_empty() {
        scope.spawn(move || aside("compiled", || command::behind_others(|| make(&compiled))));
    }
}

/// Compiles test programs of `e2e` on idle processors, beside tests that are compiled already and about to start. What is
/// said meanwhile stands in `target/tiers`; what fails is compiled again, and told, by the tier that runs it.
pub fn compile_journeys(programs: &[&str]) {
    std::thread::sleep(HEAD_START);
    aside("journeys", || command::behind_others(|| drop(journeys::compile(programs))));
}

/// All packages in one go: each time apt looks for news, and that takes longer than to install most of them.
fn requirements(tiers: &[Tier]) -> Vec<Requirement> {
    let mut all: Vec<Requirement> = tiers.iter().flat_map(|tier| tier.requirements()).collect();
    if is_needed(WITH_POSTGRES, tiers) {
        all.extend(postgres::requirements());
    }
    if is_needed(WITH_PYTHON, tiers) {
        all.push(packages::PYTHON_VENV);
    }
    all
}

fn is_needed(by: &[Tier], tiers: &[Tier]) -> bool {
    tiers.iter().any(|tier| by.contains(tier))
}

fn needed(all: &[Need], tiers: &[Tier]) -> Vec<Need> {
    all.iter().filter(|(by, _)| is_needed(by, tiers)).copied().collect()
}

fn make(needs: &[Need]) {
    for (_, make) in needs {
        // The tier tries again, and tells it.
        drop(make());
    }
}

/// Without a file it would write over the tiers; they ask for everything themselves.
fn aside(name: &str, work: impl FnOnce()) {
    if let Ok(log) = Log::create(name) {
        log.during(work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_is_prepared() {
        assert!(requirements(&[Tier::Check, Tier::Deny]).is_empty());
        assert_eq!(needed(&FETCHED, &[Tier::Check, Tier::Unit]).len(), 0);
        assert_eq!(needed(&FETCHED, &[Tier::Mail]).len(), 2);
        assert_eq!(needed(&COMPILED, &[Tier::Deny]).len(), 1);
        assert_eq!(needed(&COMPILED, &Tier::ALL).len(), COMPILED.len());
        let names: Vec<&str> = requirements(&Tier::ALL).iter().flat_map(|one| one.packages).copied().collect();
        for name in ["python3-venv", "g++", "systemd", "chromium"] {
            assert!(names.contains(&name), "{name}");
        }
    }
}
