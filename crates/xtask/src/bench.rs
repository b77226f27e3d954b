//! `cargo xtask bench`: the release build under load, held to one processor, with everything it needs around it.

use std::path::PathBuf;
use std::process::Command;

use crate::packages::Requirement;
use crate::postgres::{Cluster, Durability};
use crate::{Outcome, command, package, packages, workspace};

/// The peer that is measured in the same run; pinned, so that its figures can be compared with earlier ones.
const PEER: &str = "oidc-provider@9.13.3";

/// The processor that carries the load; the measured programs are held to the other one.
const LOAD_PROCESSOR: &str = "1";

/// Measures the program as packages hold it (profile `dist`) instead of the release build.
const PACKAGED: &str = "--packaged";

/// What is measured besides throughput, by the first word.
const MODES: [&str; 5] = ["timing", "soak", "directory", "bulk", COUNTS];

/// The first word of what counts instructions, by Valgrind.
const COUNTS: &str = "counts";

/// The first word of what measures nothing: a tenant of a database that exists is filled.
const FILL: &str = "fill";

/// Builds the server and the load driver, starts what the options ask for, and hands them on.
pub fn run(options: &[String]) -> Outcome {
    if options.first().is_some_and(|mode| mode == FILL) {
        return fill(options);
    }
    packages::ensure(needed(options))?;
    let target = workspace::target_directory()?;
    // One after the other: together they would share features, and the server would not be the one that is run.
    let server = if options.iter().any(|option| option == PACKAGED) {
        package::build()?
    } else {
        release("vestibule")?;
        target.join("release/vestibule")
    };
    release("bench")?;
    let mut load = Command::new("taskset");
    load.current_dir(workspace::root()).args(["-c", LOAD_PROCESSOR]).arg(target.join("release/bench"));
    load.arg("--server").arg(server);
    let cluster = if wants_postgres(options) { Some(Cluster::start(Durability::Full)?) } else { None };
    if let Some(cluster) = &cluster {
        load.args(["--postgres", cluster.url()]);
    }
    let is_load = !options.first().is_some_and(|mode| MODES.contains(&mode.as_str()));
    if is_load {
        load.arg("--json").arg(target.join("bench.json"));
    }
    if is_load && wants_peer(options) {
        load.arg("--peer").arg(peer()?);
    }
    command::run(load.args(written(options)))
}

/// What Debian brings of what a run needs, but for PostgreSQL and the peer.
fn needed(options: &[String]) -> &'static [Requirement] {
    let is_counted = options.first().is_some_and(|mode| mode == COUNTS);
    if is_counted { &[packages::TASKSET, packages::VALGRIND] } else { &[packages::TASKSET] }
}

/// Needs no server, and nothing around it. Files are named as they are seen from where the command was called.
fn fill(options: &[String]) -> Outcome {
    release("bench")?;
    command::run(Command::new(workspace::target_directory()?.join("release/bench")).args(options))
}

fn release(package: &str) -> Outcome {
    command::run(command::cargo().args(["build", "--release", "--locked", "--package", package]))
}

/// What the load driver is told: `--write` means the page of the documentation, and which build it is is not its affair.
fn written(options: &[String]) -> Vec<String> {
    let page = workspace::root().join("docs/performance.md").display().to_string();
    let words = options.iter().flat_map(|word| match word.as_str() {
        "--write" => vec![word.clone(), page.clone()],
        PACKAGED => Vec::new(),
        _ => vec![word.clone()],
    });
    words.collect()
}

/// A soak is on one engine, and that is SQLite unless it is named.
fn wants_postgres(options: &[String]) -> bool {
    let is_soak = options.first().is_some_and(|mode| mode == "soak");
    value(options, "--engine").map_or(!is_soak, |engine| engine == "postgres")
}

/// The scenarios that the peer shares with us, as the load driver knows them.
const SHARED: [&str; 6] = ["discovery", "client-credentials", "code-flow", "refresh", "userinfo", "introspection"];

/// The peer is measured with the scenarios that it shares with us.
fn wants_peer(options: &[String]) -> bool {
    let only: Vec<&str> = options.windows(2).filter(|pair| pair[0] == "--only").map(|pair| pair[1].as_str()).collect();
    only.is_empty() || only.iter().any(|name| SHARED.iter().any(|shared| shared.starts_with(name)))
}

fn value<'o>(options: &'o [String], name: &str) -> Option<&'o str> {
    let mut words = options.iter();
    while let Some(word) = words.next() {
        if word == name {
            return words.next().map(String::as_str);
        }
        if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

/// The folder with the peer, installed at first use, and the script that runs it.
fn peer() -> Outcome<PathBuf> {
    packages::ensure(&[packages::NPM])?;
    let folder = workspace::tools()?.join("oidc-provider");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == PEER) {
        return copied(folder);
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).arg("--prefix").arg(&folder).arg(PEER);
    command::run(&mut npm)?;
    std::fs::write(&stamp, PEER).map_err(failed)?;
    copied(folder)
}

/// Node finds packages beside the script, not beside the folder it is called in.
fn copied(folder: PathBuf) -> Outcome<PathBuf> {
    let script = "oidc-provider.mjs";
    std::fs::copy(workspace::root().join("bench/peer").join(script), folder.join(script))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_what_is_asked_for_is_started() {
        assert!(wants_postgres(&words("--runs 3")));
        assert!(wants_postgres(&words("timing --engine postgres")));
        assert!(!wants_postgres(&words("--engine=sqlite")));
        assert!(!wants_postgres(&words("soak --minutes 5")));
        assert!(wants_postgres(&words("soak --engine postgres")));
        assert!(wants_postgres(&words("directory --users 2000")));
        assert!(!wants_postgres(&words("directory --engine sqlite")));
        assert!(wants_postgres(&words("bulk --rows 2000")));
        assert!(wants_postgres(&words("counts --pieces 50")));
        assert!(!wants_postgres(&words("counts --engine sqlite")));
        assert!(wants_peer(&words("--only client")));
        assert!(wants_peer(&words("--only refresh --runs 1")));
        assert!(!wants_peer(&words("--only password --runs 1")));
    }

    #[test]
    fn valgrind_is_needed_where_instructions_are_counted() {
        let named = |text: &str| needed(&words(text)).iter().flat_map(|of| of.packages).copied().collect::<Vec<&str>>();
        assert_eq!(named("counts --only refresh"), ["util-linux", "valgrind"]);
        assert_eq!(named("--only refresh"), ["util-linux"]);
        assert_eq!(needed(&[]).len(), 1);
    }

    #[test]
    fn writing_needs_no_path() {
        let words = written(&words("--packaged --write --runs 3"));
        assert!(words[1].ends_with("docs/performance.md"), "{words:?}");
        assert_eq!(words.len(), 4);
    }
}
