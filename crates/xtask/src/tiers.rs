//! The tiers of `cargo xtask test`: what each of them needs and does.

use std::path::PathBuf;

use crate::packages::{CADDY, CHROMIUM, CXX, DNSMASQ, NGINX, NPM, PEBBLE, POSTGRESQL_CLIENT, PROMETHEUS, Requirement};
use crate::{
    Outcome, check, command, delivery, deny, fuzz, journeys, memory, npm, packages, pages, postgres, preparation,
    python,
};

/// Something a successful tier still has to tell the reader.
pub type Note = Option<String>;

/// One part of the whole test, in the order in which they run. What has the machine for itself stands before all that runs
/// beside others or behind them, or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Format, lints, links, architecture rules.
    Check,
    /// Every test in the workspace, on SQLite and PostgreSQL.
    Unit,
    /// Dependencies: licences, sources, vulnerabilities.
    Deny,
    /// Every parser of hostile input under libFuzzer, for a short time.
    Fuzz,
    /// Clients written by others.
    Clients,
    /// Journeys in a real browser, with axe on every page.
    Browser,
    /// Mail through a real SMTP server.
    Mail,
    /// The promises of the demo command.
    Demo,
    /// The program as its operator meets it, on both engines.
    Operator,
    /// The server killed again and again, on both engines, and two processes on one database.
    Crash,
}

impl Tier {
    /// All of them, in running order.
    pub const ALL: [Self; 10] = [
        Self::Check,
        Self::Unit,
        Self::Deny,
        Self::Fuzz,
        Self::Clients,
        Self::Browser,
        Self::Mail,
        Self::Demo,
        Self::Operator,
        Self::Crash,
    ];

    /// The name for `--only`, `--skip` and `VESTIBULE_SKIP`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Unit => "unit",
            Self::Deny => "deny",
            Self::Fuzz => "fuzz",
            Self::Operator => "operator",
            Self::Clients => "clients",
            Self::Browser => "browser",
            Self::Mail => "mail",
            Self::Demo => "demo",
            Self::Crash => "crash",
        }
    }

    /// What it consists of: one part, or several.
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Check => &[Part { name: "check", pace: Pace::Alone, programs: &[] }],
            Self::Unit => &[Part { name: "unit", pace: Pace::Alone, programs: &[] }],
            Self::Deny => &[Part { name: "deny", pace: Pace::Behind, programs: &[] }],
            Self::Fuzz => &[Part { name: "fuzz", pace: Pace::Behind, programs: &[] }],
            Self::Clients => CLIENTS,
            Self::Browser => BROWSER,
            Self::Mail => &[Part { name: "mail", pace: Pace::Waiting, programs: &["mail"] }],
            Self::Demo => &[Part { name: "demo", pace: Pace::Beside, programs: &["demo", "instruments"] }],
            Self::Operator => OPERATOR,
            Self::Crash => &[Part { name: "crash", pace: Pace::Alone, programs: &["crash", "processes"] }],
        }
    }

    /// What it needs from Debian, besides what a database and Python need.
    pub fn requirements(self) -> Vec<Requirement> {
        match self {
            Self::Check | Self::Unit | Self::Deny | Self::Demo => Vec::new(),
            Self::Fuzz => vec![CXX],
            Self::Operator => [OPERATING, delivery::requirements()].concat(),
            Self::Browser | Self::Mail | Self::Clients => vec![CHROMIUM, NPM],
            Self::Crash => vec![POSTGRESQL_CLIENT],
        }
    }

    /// Runs a part of it, on a machine that has or gets what it needs, in a run that holds these tiers.
    pub fn run(self, part: &Part, chosen: &[Self]) -> Outcome<Note> {
        packages::ensure(&self.requirements())?;
        let work = || match self {
            Self::Check => check::tier().map(|()| None),
            Self::Unit => unit(chosen).map(|()| None),
            Self::Deny => deny::run(),
            Self::Fuzz => fuzz::all_briefly().map(|()| None),
            Self::Clients => clients(part).map(|()| None),
            Self::Browser => browser(part).map(|()| None),
            Self::Mail => mail(part).map(|()| None),
            Self::Demo => in_memory(part, &[]).map(|()| None),
            Self::Operator => operator(part),
            Self::Crash => crash(part.programs, &[]).map(|()| None),
        };
        if part.pace == Pace::Behind { command::behind_others(work) } else { work() }
    }

    /// Judges what can be seen only once all of its parts have passed.
    pub fn conclude(self) -> Outcome {
        if self != Self::Browser {
            return Ok(());
        }
        let notes: Vec<PathBuf> = BROWSER.iter().map(|part| pages::notes(part.name)).collect::<Outcome<_>>()?;
        pages::accept(&notes)
    }
}

/// Beside what a part may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It has the machine for itself: it compiles on all cores, or it matters when something happens (an outage that must be
    /// over, what binds within a second, a process that dies in the middle).
    Alone,
    /// It has a server, and a browser or another client, whose limits of time are each many times what is needed: two at a time.
    Beside,
    /// It waits most of the time: for a mail that is tried again, for a certificate that grows old, for the disk. One at a time, in
    /// a lane of its own.
    Waiting,
    /// It computes all the time, and when it ends matters to nothing in it: one at a time, on what the others leave of the processors.
    Behind,
}

/// What runs at a time, and what its output is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The tier's name, or one that begins with it.
    pub name: &'static str,
    /// Beside what it may run.
    pub pace: Pace,
    /// The test programs of `e2e` that it runs, if it runs any.
    pub programs: &'static [&'static str],
}

/// What waits for certificates, what is delivered, and what measures time.
const OPERATOR: &[Part] = &[
    Part { name: "operator-acme", pace: Pace::Waiting, programs: &["acme"] },
    Part { name: DELIVERED, pace: Pace::Waiting, programs: &[] },
    Part { name: "operator", pace: Pace::Alone, programs: &["operator", "surroundings", "proxies"] },
];

/// The part that is no journey.
const DELIVERED: &str = "operator-delivery";

/// The longest first, here and below, so that the lanes end at about the same time.
const CLIENTS: &[Part] = &[
    Part { name: "clients-openapi", pace: Pace::Beside, programs: &["openapi"] },
    Part { name: "clients", pace: Pace::Beside, programs: &["clients", "msal"] },
];

const BROWSER: &[Part] = &[
    Part { name: "browser-forms", pace: Pace::Beside, programs: &["forms", "people", "editing"] },
    Part { name: "browser-apps", pace: Pace::Beside, programs: &["apps", "consent", "inviting"] },
    Part { name: "browser-portal", pace: Pace::Beside, programs: &["pages"] },
    Part { name: "browser-detours", pace: Pace::Beside, programs: &["detours"] },
    Part { name: "browser-guests", pace: Pace::Beside, programs: &["harness", "journey", "keyboard"] },
];

/// What the operator puts around the server, and what makes databases.
const OPERATING: &[Requirement] = &[POSTGRESQL_CLIENT, DNSMASQ, NGINX, CADDY, PROMETHEUS, PEBBLE];

/// How many tests the test harness runs at a time.
const THREADS_VARIABLE: &str = "RUST_TEST_THREADS";

/// Of the tests that run at a time, how many wait for something: a lease to end, a database, a relay that says nothing.
const ASLEEP: usize = 1;

/// The tests are compiled with the server. While they run the processors are idle now and then, and the journeys of the
/// tiers that follow are compiled.
fn unit(chosen: &[Tier]) -> Outcome {
    let postgres = postgres::ForTests::find_or_start()?;
    journeys::server()?;
    let programs = programs(chosen);
    std::thread::scope(|scope| {
        if !programs.is_empty() {
            scope.spawn(|| preparation::compile_journeys(&programs));
        }
        let mut cargo = journeys::everything_else("test");
        cargo.env(postgres::URL_VARIABLE, postgres.url()).envs(memory::setting());
        if std::env::var_os(THREADS_VARIABLE).is_none() {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            cargo.env(THREADS_VARIABLE, (processors + ASLEEP).to_string());
        }
        command::run(&mut cargo)
    })
}

/// The test programs of `e2e` that these tiers run.
fn programs(tiers: &[Tier]) -> Vec<&'static str> {
    tiers.iter().flat_map(|tier| tier.parts()).flat_map(|part| part.programs).copied().collect()
}

fn operator(part: &Part) -> Outcome<Note> {
    if part.name == DELIVERED {
        return delivery::try_out(&journeys::server()?);
    }
    let postgres = postgres::ForTests::find_or_start()?;
    let environment = [(postgres::URL_VARIABLE, postgres.url().into()), ("VESTIBULE_PYTHON", python::interpreter()?)];
    journeys::run(part.programs, &environment).map(|()| None)
}

/// Every failure, or every note.
pub fn all_passed(outcomes: impl IntoIterator<Item = Outcome<Note>>) -> Outcome<Note> {
    let (mut notes, mut failures) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(note) => notes.extend(note),
            Err(failure) => failures.push(failure),
        }
    }
    match (failures.is_empty(), notes.is_empty()) {
        (false, _) => Err(failures.join("; ")),
        (true, false) => Ok(Some(notes.join("; "))),
        (true, true) => Ok(None),
    }
}

fn clients(part: &Part) -> Outcome {
    let environment = [("VESTIBULE_PYTHON", python::interpreter()?), ("VESTIBULE_MSAL", npm::msal()?)];
    in_memory(part, &environment)
}

fn browser(part: &Part) -> Outcome {
    let environment = [("VESTIBULE_AXE", npm::axe()?), (pages::NOTES_VARIABLE, pages::begin_notes(part.name)?)];
    in_memory(part, &environment)
}

fn mail(part: &Part) -> Outcome {
    let environment = [("VESTIBULE_PYTHON", python::interpreter()?), ("VESTIBULE_AXE", npm::axe()?)];
    in_memory(part, &environment)
}

/// Runs the journeys of a part that are not about the disk. Those of an operator write to it, as in service, and so do those
/// in which the server is killed.
fn in_memory(part: &Part, environment: &[(&str, PathBuf)]) -> Outcome {
    let memory: Vec<(&str, PathBuf)> = memory::setting().into_iter().collect();
    journeys::run(part.programs, &[environment, &memory[..]].concat())
}

/// The crash test: these test programs of it, with these settings.
pub fn crash(programs: &[&str], settings: &[(&str, PathBuf)]) -> Outcome {
    packages::ensure(&Tier::Crash.requirements())?;
    let postgres = postgres::ForTests::find_or_start()?;
    let own = [("VESTIBULE_PYTHON", python::interpreter()?), (postgres::URL_VARIABLE, postgres.url().into())];
    journeys::run(programs, &[&own, settings].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_name_of_its_own_that_begins_with_the_tiers() {
        let mut names = Vec::new();
        for tier in Tier::ALL {
            assert!(tier.parts().iter().all(|part| part.name.starts_with(tier.name())), "{tier:?}");
            names.extend(tier.parts().iter().map(|part| part.name));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "the outputs have names of their own");
    }

    #[test]
    fn only_the_journeys_of_the_chosen_tiers_are_compiled() {
        assert!(programs(&[Tier::Check, Tier::Unit, Tier::Fuzz]).is_empty());
        assert_eq!(programs(&[Tier::Unit, Tier::Mail, Tier::Crash]), ["mail", "crash", "processes"]);
    }

    #[test]
    fn every_failure_is_told_and_every_note() {
        let fails = |text: &str| Err(text.to_owned());
        let told = all_passed([fails("no dnsmasq"), Ok(Some("not root".to_owned())), fails("too late")]);
        assert_eq!(told, Err("no dnsmasq; too late".to_owned()));
        assert_eq!(all_passed([Ok(None), Ok(Some("not root".to_owned()))]), Ok(Some("not root".to_owned())));
        assert_eq!(all_passed([Ok(None), Ok(None)]), Ok(None));
    }
}
