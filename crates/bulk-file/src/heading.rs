//! Which column is which.

use crate::error::FileError;

/// A column that is understood; every other is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Email,
    DisplayName,
    RedirectUrl,
    SendMail,
    Message,
    Language,
    Groups,
    AppRoles,
}

/// The heading of the column that says what was wrong. A file that has it was written by us, so that its cells are read
/// as they were before they were made safe for spreadsheets.
pub(crate) const PROBLEM: &str = "problem (Vestibule)";

/// The plain headings, in the order we write them.
pub(crate) const PLAIN: [&str; 8] =
    ["email", "displayName", "redirectUrl", "sendMail", "message", "language", "groups", "appRoles"];

impl Column {
    /// Entra's form is `Label [property] Required`; the property decides. Spaces, hyphens, underscores, case and marks of
    /// the encoding, which programs leave where they join files, do not.
    pub(crate) fn of(heading: &str) -> Option<Self> {
        let bracket = heading.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(name, _)| name);
        let name = bracket.unwrap_or(heading).chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{feff}'));
        match name.collect::<String>().to_lowercase().as_str() {
            "email" | "emailaddress" | "mail" | "address" | "inviteeemail" | "inviteduseremailaddress" => {
                Some(Self::Email)
            }
            "displayname" | "name" | "inviteduserdisplayname" => Some(Self::DisplayName),
            "redirecturl" | "inviteredirecturl" => Some(Self::RedirectUrl),
            "sendmail" | "sendemail" | "sendinvitationmessage" => Some(Self::SendMail),
            "message" | "customizedmessagebody" => Some(Self::Message),
            "language" | "messagelanguage" | "preferredlanguage" => Some(Self::Language),
            "groups" => Some(Self::Groups),
            "approles" => Some(Self::AppRoles),
            _ => None,
        }
    }
}

/// The columns of a table, by position.
#[derive(Debug)]
pub(crate) struct Heading {
    columns: Vec<Option<Column>>,
    /// Whether we wrote the file.
    pub(crate) is_ours: bool,
}

impl Heading {
    /// Refused without a column of addresses, and with two. Of two columns for another thing the first counts.
    pub(crate) fn read(cells: &[String]) -> Result<Self, FileError> {
        let mut addresses = cells.iter().filter(|cell| Column::of(cell.trim()) == Some(Column::Email));
        let first = addresses.next().ok_or(FileError::NoAddressColumn)?;
        if let Some(second) = addresses.next() {
            return Err(FileError::TwoAddressColumns { first: cut(first), second: cut(second) });
        }
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(cells.len());
        for cell in cells {
            let column = Column::of(cell.trim()).filter(|column| !columns.contains(&Some(*column)));
            columns.push(column);
        }
        let is_ours = cells.iter().any(|cell| cell == PROBLEM);
        Ok(Self { columns, is_ours })
    }

    pub(crate) fn column(&self, at: usize) -> Option<Column> {
        self.columns.get(at).copied().flatten()
    }
}

/// A heading as it is told.
fn cut(heading: &str) -> String {
    heading.trim().chars().take(40).collect()
}
