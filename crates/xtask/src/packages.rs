//! What the tests need from the system: found, installed when we may, otherwise named in one line.

use std::process::Command;

use crate::turn::Turn;
use crate::{Outcome, command, output, postgres};

/// apt works for one at a time, and what it has only unpacked is not to be used yet.
static INSTALLING: Turn = Turn::new("what comes from Debian");

/// Something a tier needs and the Debian packages that bring it.
#[derive(Debug, Clone, Copy)]
pub struct Requirement {
    /// Debian 12 package names.
    pub packages: &'static [&'static str],
    /// Whether it is already there.
    pub present: fn() -> bool,
}

/// The PostgreSQL server programs.
pub const POSTGRESQL: Requirement =
    Requirement { packages: &["postgresql"], present: || postgres::programs().is_some() };

/// The program `psql`, with which the operator's tests make databases.
pub const POSTGRESQL_CLIENT: Requirement =
    Requirement { packages: &["postgresql-client"], present: || command::exists("psql") };

/// A DNS server; the package without the service.
pub const DNSMASQ: Requirement = Requirement { packages: &["dnsmasq-base"], present: || command::exists("dnsmasq") };

/// An ACME server for tests.
pub const PEBBLE: Requirement = Requirement { packages: &["pebble"], present: || command::exists("pebble") };

/// A reverse proxy of the manual.
pub const NGINX: Requirement = Requirement { packages: &["nginx"], present: || command::exists("nginx") };

/// Another one.
pub const CADDY: Requirement = Requirement { packages: &["caddy"], present: || command::exists("caddy") };

/// What judges a unit; systemd need not run.
pub const SYSTEMD: Requirement = Requirement { packages: &["systemd"], present: || command::exists("systemd-analyze") };

/// Makes a Debian in a folder.
pub const DEBOOTSTRAP: Requirement =
    Requirement { packages: &["debootstrap"], present: || command::exists("debootstrap") };

/// Builds container images without a service and without a registry.
pub const BUILDAH: Requirement = Requirement { packages: &["buildah"], present: || command::exists("buildah") };

/// `promtool`, which judges alert rules.
pub const PROMETHEUS: Requirement = Requirement { packages: &["prometheus"], present: || command::exists("promtool") };

/// A C++ compiler, for libFuzzer.
pub const CXX: Requirement = Requirement { packages: &["g++"], present: || command::exists("c++") };

/// Holds programs to processors.
pub const TASKSET: Requirement = Requirement { packages: &["util-linux"], present: || command::exists("taskset") };

/// Counts the instructions of a program; `vgdb` tells it when.
pub const VALGRIND: Requirement =
    Requirement { packages: &["valgrind"], present: || command::exists("valgrind") && command::exists("vgdb") };

/// A browser with its WebDriver server.
pub const CHROMIUM: Requirement = Requirement {
    packages: &["chromium", "chromium-driver"],
    present: || command::exists("chromium") && command::exists("chromedriver"),
};

/// npm, which brings axe-core and MSAL.js.
pub const NPM: Requirement =
    Requirement { packages: &["nodejs", "npm"], present: || command::exists("node") && command::exists("npm") };

/// Python able to make virtual environments; Debian splits that part off.
pub const PYTHON_VENV: Requirement = Requirement {
    packages: &["python3", "python3-venv"],
    present: || command::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])),
};

/// Makes sure that all of them are there, installing with apt-get when we are root.
pub fn ensure(requirements: &[Requirement]) -> Outcome {
    if requirements.is_empty() {
        return Ok(());
    }
    let _turn = INSTALLING.take();
    let wanted = missing(requirements);
    if wanted.is_empty() {
        return Ok(());
    }
    let advice = format!("install the Debian packages: {}", wanted.join(" "));
    if !(command::is_root() && command::exists("apt-get")) {
        return Err(advice);
    }
    install(&wanted).map_err(|error| format!("{advice} ({error})"))?;
    let still = missing(requirements);
    if still.is_empty() { Ok(()) } else { Err(format!("installed, but still not usable: {}", still.join(" "))) }
}

fn missing(requirements: &[Requirement]) -> Vec<&'static str> {
    requirements
        .iter()
        .filter(|requirement| !(requirement.present)())
        .flat_map(|requirement| requirement.packages.iter().copied())
        .collect()
}

/// A failing `update` is no reason to stop: one unreachable source list must not hide
/// a package that the others, or the lists already on disk, have.
fn install(packages: &[&str]) -> Outcome {
    if let Err(error) = command::run(apt_get().arg("update")) {
        output::say(&format!("    apt-get update failed, trying with the lists on disk: {error}"));
    }
    command::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // In runlevel 1 a package does not start the service it brings: the tests start programs on ports of their own.
    command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1").arg("-qq");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: Requirement = Requirement { packages: &["there"], present: || true };
    const ABSENT: Requirement = Requirement { packages: &["absent", "absent-driver"], present: || false };

    #[test]
    fn only_the_missing_is_named() {
        assert_eq!(missing(&[THERE, ABSENT]), ["absent", "absent-driver"]);
        assert!(missing(&[THERE]).is_empty());
    }
}
