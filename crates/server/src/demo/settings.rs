//! The configuration of the demo, and what of it the environment may change.

use super::directory::Directory;
use super::host::Public;
use crate::StartError;
use crate::config::{ConfigError, Settings};
use serde_json::json;

/// Stands where a relay would be named; no such host exists (RFC 6761 section 6.4).
const NO_RELAY: &str = "mailbox.invalid";

/// Reads the settings. `VESTIBULE_MAIL__..` sends mail to a real relay instead of the mailbox, `VESTIBULE_LOG__..`
/// shows more, `VESTIBULE_OUTBOUND__ALLOW_NETWORKS` lets change notifications reach a receiver beside the demo; everything
/// else is the demo's own.
pub(super) fn read(directory: &Directory, public: Public) -> Result<Settings, StartError> {
    // A string of JSON is one of TOML too, whatever characters a path has.
    let text = format!(
        "public_address = {address}\n\
         [database]\nurl = {database}\n\
         [keys]\nmaster_key_file = {key}\n\
         [mail]\nrelay = {NO_RELAY:?}\nsecurity = \"none\"\nfrom = \"invitations@vestibule.example\"\n\
         [log]\nfilter = \"warn\"\n",
        address = json!(public.address()),
        database = json!(format!("sqlite:{}", directory.database().display())),
        key = json!(directory.master_key()),
    );
    let settings: Result<Settings, ConfigError> =
        Settings::from_toml_with_environment(&text, &["mail", "log", "outbound"]);
    Ok(settings?)
}

/// Whether the environment named a relay.
pub(super) fn has_relay(settings: &Settings) -> bool {
    settings.mail.relay != NO_RELAY
}
