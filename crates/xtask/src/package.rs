//! The Debian package: the finished program, its unit, its settings and its manual, put together by `dpkg-deb`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, command, workspace};

/// Where a file of the repository goes, and its mode.
const FILES: &[(&str, &str, &str)] = &[
    ("packaging/vestibule.service", "usr/lib/systemd/system/vestibule.service", "644"),
    ("docs/vestibule.example.toml", "etc/vestibule/vestibule.toml", "600"),
    ("docs/vestibule.example.toml", "usr/share/doc/vestibule/vestibule.example.toml", "644"),
    ("docs/operations.md", "usr/share/doc/vestibule/operations.md", "644"),
    ("docs/performance.md", "usr/share/doc/vestibule/performance.md", "644"),
    ("docs/errors.md", "usr/share/doc/vestibule/errors.md", "644"),
    ("docs/monitoring/prometheus-alerts.yml", "usr/share/doc/vestibule/monitoring/prometheus-alerts.yml", "644"),
    ("docs/monitoring/grafana-dashboard.json", "usr/share/doc/vestibule/monitoring/grafana-dashboard.json", "644"),
    ("CHANGELOG.md", "usr/share/doc/vestibule/changelog", "644"),
    ("packaging/debian/copyright", "usr/share/doc/vestibule/copyright", "644"),
    ("packaging/debian/vestibule.1", "usr/share/man/man1/vestibule.1", "644"),
    ("packaging/debian/conffiles", "DEBIAN/conffiles", "644"),
    ("packaging/debian/postinst", "DEBIAN/postinst", "755"),
    ("packaging/debian/prerm", "DEBIAN/prerm", "755"),
];

/// Debian wants these compressed, without a time in them.
const COMPRESSED: &[&str] = &["usr/share/doc/vestibule/changelog", "usr/share/man/man1/vestibule.1"];

/// What a program for Debian may load at run time; everything else is in it.
const LIBRARIES: &[&str] = &["linux-vdso.so", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-"];

/// The C library that a machine with the package has at least, that of Debian 12; `packaging/debian/control` says the same.
const C_LIBRARY: (u32, u32) = (2, 36);

/// What that library has beside its numbered versions.
const FEATURES: &[&str] = &["ABI_DT_RELR"];

/// `cargo xtask package [--binary FILE]`: makes `target/debian/vestibule_VERSION_ARCH.deb`; without a finished program
/// it builds one with the profile `dist`, without the demo and with ACME.
pub fn run(options: &[String]) -> Outcome {
    let program = match options {
        [] => build()?,
        [option, file] if option == "--binary" => PathBuf::from(file),
        _ => return Err("usage: cargo xtask package [--binary FILE]".to_owned()),
    };
    loads_little(&command::output(Command::new("ldd").arg(&program))?)?;
    needs_nothing_newer(&command::output(Command::new("readelf").arg("--version-info").arg(&program))?)?;
    let package = assemble(&program)?;
    println!("{}", package.display());
    Ok(())
}

/// Builds the program that the package holds.
pub fn build() -> Outcome<PathBuf> {
    let mut cargo = command::cargo();
    cargo.args(["build", "--locked", "--profile", "dist", "--package", "vestibule"]);
    cargo.args(["--no-default-features", "--features", "acme"]);
    command::run(&mut cargo)?;
    Ok(workspace::target_directory()?.join("dist/vestibule"))
}

/// Reads what `ldd` says.
fn loads_little(told: &str) -> Outcome {
    let name = |line: &str| line.trim().rsplit('/').next().unwrap_or_default().to_owned();
    let loaded = told.lines().map(|line| name(line.split(" => ").next().unwrap_or(line)));
    let strange: Vec<String> =
        loaded.filter(|name| !LIBRARIES.iter().any(|library| name.starts_with(library))).collect();
    if strange.is_empty() { Ok(()) } else { Err(format!("the program needs more than the C library: {strange:?}")) }
}

/// Reads what `readelf` says of the versions of symbols: a program that was built on a newer machine needs some that Debian 12
/// does not have, and does not start there.
fn needs_nothing_newer(told: &str) -> Outcome {
    let is_in_name = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    let words = told.split(|letter: char| !is_in_name(letter));
    let needed: BTreeSet<&str> = words.filter_map(|word| word.strip_prefix("GLIBC_")).collect();
    if needed.is_empty() {
        return Err("the program does not say which C library it needs".to_owned());
    }
    let newer: Vec<&str> = needed.into_iter().filter(|version| !is_there(version)).collect();
    let (major, minor) = C_LIBRARY;
    if newer.is_empty() {
        Ok(())
    } else {
        Err(format!("the program needs a newer C library than {major}.{minor}, so build it on Debian 12: {newer:?}"))
    }
}

/// Whether the C library of Debian 12 has this version of a symbol, `2.34`, or this feature.
fn is_there(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) <= C_LIBRARY,
        _ => FEATURES.contains(&version),
    }
}

/// Puts the package of this program together; where it is.
pub fn assemble(program: &Path) -> Outcome<PathBuf> {
    let target = workspace::target_directory()?.join("debian");
    let folder = target.join("root");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    install(program, &folder.join("usr/bin/vestibule"), "755")?;
    for (from, to, mode) in FILES {
        install(&workspace::root().join(from), &folder.join(to), mode)?;
    }
    for file in COMPRESSED {
        command::run(Command::new("gzip").args(["-9", "-n"]).arg(folder.join(file)))?;
    }
    let architecture = command::output(Command::new("dpkg").arg("--print-architecture"))?;
    let size = command::output(Command::new("du").args(["-sk"]).arg(&folder))?;
    let version = env!("CARGO_PKG_VERSION");
    let template = workspace::root().join("packaging/debian/control");
    let control = std::fs::read_to_string(&template)
        .map_err(|error| format!("{}: {error}", template.display()))?
        .replace("@VERSION@", version)
        .replace("@HOMEPAGE@", env!("CARGO_PKG_REPOSITORY"))
        .replace("@ARCHITECTURE@", architecture.trim())
        .replace("@SIZE@", size.split_whitespace().next().unwrap_or("0"));
    let written = folder.join("DEBIAN/control");
    std::fs::write(&written, control).map_err(|error| format!("{}: {error}", written.display()))?;
    let package = target.join(format!("vestibule_{version}_{}.deb", architecture.trim()));
    command::run(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&folder).arg(&package))?;
    Ok(package)
}

fn install(from: &Path, to: &Path, mode: &str) -> Outcome {
    command::run(Command::new("install").args(["-D", "-m", mode]).arg(from).arg(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_is_all_that_is_loaded() {
        let told = "\tlinux-vdso.so.1 (0x1)\n\tlibgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x2)\n\
                    \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x3)\n\t/lib64/ld-linux-x86-64.so.2 (0x4)\n";
        assert_eq!(loads_little(told), Ok(()));
        assert!(loads_little(&format!("{told}\tlibssl.so.3 => /lib/libssl.so.3 (0x5)\n")).is_err());
    }

    #[test]
    fn the_c_library_of_debian_12_is_new_enough() {
        let told = "Version symbols section '.gnu.version' contains 3 entries:\n\
                    \x20 000:   0 (*local*)       2 (GLIBC_2.2.5)   3 (GLIBC_2.36)    4 (GCC_4.2.0)\n\
                    Version needs section '.gnu.version_r' contains 1 entry:\n\
                    \x20 000000: Version: 1  File: libc.so.6  Cnt: 3\n\
                    \x20 0x0010:   Name: GLIBC_2.36  Flags: none  Version: 3\n\
                    \x20 0x0020:   Name: GLIBC_ABI_DT_RELR  Flags: none  Version: 5\n";
        assert_eq!(needs_nothing_newer(told), Ok(()));
        for newer in ["GLIBC_2.37", "GLIBC_2.100", "GLIBC_3.0", "GLIBC_ABI_GNU2_TLS", "GLIBC_PRIVATE"] {
            let refused = needs_nothing_newer(&told.replace("GLIBC_2.2.5", newer)).expect_err(newer);
            assert!(refused.contains(newer.trim_start_matches("GLIBC_")), "{refused}");
            assert!(!refused.contains("\"2.36\""), "only what is newer is named: {refused}");
        }
        assert!(needs_nothing_newer("No version information found in this file.\n").is_err());
    }

    #[test]
    fn the_package_depends_on_the_c_library_that_is_looked_for() {
        let (major, minor) = C_LIBRARY;
        let control = include_str!("../../../packaging/debian/control");
        assert!(control.contains(&format!("libc6 (>= {major}.{minor})")), "{control}");
    }
}
