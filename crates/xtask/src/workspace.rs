//! Where things are: the repository, the target directory, the tools kept inside it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::Outcome;
use crate::command;

/// The repository root, known from where this crate was compiled.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_path_buf()
    })
}

/// Cargo's target directory, which `CARGO_TARGET_DIR` or a configuration file may have moved.
pub fn target_directory() -> Outcome<PathBuf> {
    let metadata = metadata(&["--no-deps"])?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata names no target directory".to_owned())
}

/// Tools installed for the tests and kept between runs: `target/tools`.
pub fn tools() -> Outcome<PathBuf> {
    let folder = target_directory()?.join("tools");
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    Ok(folder)
}

/// `cargo metadata` as JSON, never touching `Cargo.lock`.
pub fn metadata(extra: &[&str]) -> Outcome<Value> {
    let mut cargo = command::cargo();
    cargo.args(["metadata", "--format-version", "1", "--locked"]).args(extra);
    let text = command::output(&mut cargo)?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
}
