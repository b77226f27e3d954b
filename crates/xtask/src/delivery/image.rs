//! The container image, built by `buildah` from `packaging/Containerfile` without a registry, and run in a root of its
//! own.
//!
//! The images it begins with are made here, of the Debian that is there anyway; the one that compiles has a stand-in for
//! cargo, which puts the program of this build where cargo would. Everything else is done as it is written.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::serving::Serving;
use super::{inside, remove};
use crate::{Outcome, command, workspace};

const CONTAINERFILE: &str = "packaging/Containerfile";
const SETTINGS: &str = "/etc/vestibule/vestibule.toml";
/// Where the user of the image may write.
const KEY: &str = "/var/lib/vestibule/master.key";
const STAND_IN: &str = "#!/bin/sh\nexec install -D program target/dist/vestibule\n";

/// Builds the image of this program, looks at it, and runs it.
pub fn try_out(root: &Path, program: &Path) -> Outcome {
    let folder = workspace::target_directory()?.join("image");
    remove(&folder)?;
    let context = folder.join("context");
    std::fs::create_dir_all(&context).map_err(|error| format!("{}: {error}", context.display()))?;
    let copied = std::fs::copy(program, context.join("program")).map_err(|error| error.to_string());
    let outcome = copied.and_then(|_| live(&Buildah { store: folder.clone() }, root, &context));
    remove(&folder)?;
    outcome
}

fn live(buildah: &Buildah, root: &Path, context: &Path) -> Outcome {
    let containerfile = workspace::root().join(CONTAINERFILE);
    let text = std::fs::read_to_string(&containerfile).map_err(|error| format!("{CONTAINERFILE}: {error}"))?;
    let begins: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("FROM ")?.split(' ').next()).collect();
    let [compiles, runs] = begins.as_slice() else { return Err(format!("{CONTAINERFILE} begins with {begins:?}")) };
    buildah.make_beginnings(root, compiles, runs)?;
    let mut build = buildah.command();
    build.args(["build", "--isolation=chroot", "--pull-never", "--quiet", "--tag", "vestibule", "--file"]);
    command::run(build.arg(&containerfile).arg(context))?;
    let config = buildah.config()?;
    check(&config)?;
    let container = buildah.ask(&["from", "--pull-never", "vestibule"])?;
    run(&PathBuf::from(buildah.ask(&["mount", &container])?), &config)
}

struct Buildah {
    store: PathBuf,
}

impl Buildah {
    /// With images and containers of its own, kept without any help from the kernel.
    fn command(&self) -> Command {
        let mut command = Command::new("buildah");
        command.arg("--root").arg(self.store.join("images")).arg("--runroot").arg(self.store.join("run"));
        command.args(["--storage-driver", "vfs"]);
        command
    }

    fn ask(&self, words: &[&str]) -> Outcome<String> {
        Ok(command::output(self.command().args(words))?.trim().to_owned())
    }

    /// The images by the names that the Containerfile gives them.
    fn make_beginnings(&self, root: &Path, compiles: &str, runs: &str) -> Outcome {
        let cargo = self.store.join("cargo");
        std::fs::write(&cargo, STAND_IN).map_err(|error| format!("{}: {error}", cargo.display()))?;
        let container = self.ask(&["from", "scratch"])?;
        self.ask(&["add", "--quiet", &container, &root.display().to_string(), "/"])?;
        self.ask(&["commit", "--quiet", &container, runs])?;
        let cargo = cargo.display().to_string();
        self.ask(&["add", "--quiet", "--chmod=0755", &container, &cargo, "/usr/bin/cargo"])?;
        self.ask(&["commit", "--quiet", &container, compiles])?;
        self.ask(&["rm", &container]).map(|_| ())
    }

    /// How a container of the image is run (OCI image specification).
    fn config(&self) -> Outcome<Value> {
        let told = self.ask(&["inspect", "--type", "image", "vestibule"])?;
        let document: Value = serde_json::from_str(&told).map_err(|error| format!("buildah inspect: {error}"))?;
        Ok(document["OCIv1"]["config"].clone())
    }
}

fn check(config: &Value) -> Outcome {
    let wanted = [
        ("User", json!("vestibule")),
        ("StopSignal", json!("SIGTERM")),
        ("Volumes", json!({ "/var/lib/vestibule": {} })),
        ("ExposedPorts", json!({ "8080/tcp": {} })),
    ];
    let differing = wanted.iter().filter(|(name, value)| config[name] != *value);
    let wrong: Vec<&str> = differing.map(|(name, _)| *name).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("the image is not as it should be in {wrong:?}: {config}")) }
}

/// Runs it as its user, by the words the image names, with the settings of the example.
fn run(root: &Path, config: &Value) -> Outcome {
    let settings = root.join(SETTINGS.trim_start_matches('/'));
    let example = workspace::root().join("docs/vestibule.example.toml");
    command::run(Command::new("install").args(["-D", "-m", "644"]).arg(example).arg(settings))?;
    let words = |name: &str| {
        let words = config[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        words.map(str::to_owned).collect::<Vec<String>>()
    };
    let entrypoint = words("Entrypoint");
    let [program] = entrypoint.as_slice() else { return Err(format!("the image begins with {entrypoint:?}")) };
    let as_user = |words: &[String]| {
        let mut command = inside(root, "vestibule", program);
        command.args(words).env("VESTIBULE_KEYS__MASTER_KEY_FILE", KEY);
        command
    };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    command::run(&mut as_user(&owned(&["keys", "generate", KEY])))?;
    command::run(&mut as_user(&owned(&["migrate", "--config", SETTINGS])))?;
    Serving::start(&mut as_user(&words("Cmd"))).map(drop)
}
