//! Everything the journeys know of the pages: addresses, field names, buttons. When a page changes, change it here.

use crate::smtp_sink::{PASSWORD, Protection, SmtpSink, USERNAME};

/// The sign-in page: who.
pub const ADDRESS: &str = "[name=address]";
/// The sign-in page, members: the password.
pub const PASSWORD_FIELD: &str = "[name=password]";
/// The passcode page.
pub const CODE: &str = "[name=code]";
/// The invite form: whom.
pub const INVITE_EMAIL: &str = "[name=email]";
/// The invite form: their name.
pub const INVITE_NAME: &str = "[name=display_name]";
/// The invite form: the inviter's words.
pub const INVITE_MESSAGE: &str = "[name=message]";
/// The invite form: the app to land in.
pub const INVITE_APP: &str = "select[name=app]";
/// The forms that invite: whether a mail is sent.
pub const INVITE_SEND: &str = "[name=send]";
/// The one primary button of a page.
pub const SUBMIT: &str = "main button.main";
/// Links that lead on within the portal; a file is no page.
pub const LINKS: &str = "a[href]:not([download])";
/// Stands on every page that shows an error in a form.
pub const FIELD_ERROR: &str = "[aria-invalid=true]";

/// The admin centre of a tenant; redirects to the sign-in.
pub fn portal(base_url: &str, tenant: &str) -> String {
    format!("{base_url}/portal/{tenant}")
}

/// The invite form.
pub fn new_invitation(base_url: &str, tenant: &str) -> String {
    format!("{base_url}/portal/{tenant}/invitations/new")
}

/// What became of every mail.
pub fn mails(base_url: &str, tenant: &str) -> String {
    format!("{base_url}/portal/{tenant}/mail")
}

/// The page that shows every part that pages are built from.
pub fn style(base_url: &str) -> String {
    format!("{base_url}/vestibule/style")
}

/// The guest's own page of apps.
pub fn my_apps(base_url: &str, tenant: &str) -> String {
    format!("{base_url}/myapps/{tenant}")
}

/// The settings that make a demo hand its mail to this relay instead of its own mailbox.
pub fn relay_settings(sink: &SmtpSink) -> Vec<(String, String)> {
    let security = match sink.protection {
        Protection::Starttls => "starttls",
        Protection::Tls => "tls",
    };
    [
        ("VESTIBULE_MAIL__RELAY", "localhost".to_owned()),
        ("VESTIBULE_MAIL__PORT", sink.port.to_string()),
        ("VESTIBULE_MAIL__SECURITY", security.to_owned()),
        ("VESTIBULE_MAIL__USERNAME", USERNAME.to_owned()),
        ("VESTIBULE_MAIL__PASSWORD", PASSWORD.to_owned()),
        ("VESTIBULE_MAIL__CERTIFICATE_AUTHORITY_FILE", sink.ca_certificate().display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// A name of 200 letters without a place to break it: as long as fits into a directory, and longer than any line.
pub fn long_name() -> String {
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente".chars().cycle().take(200).collect()
}
