//! One person of a file.

use crate::error::RowError;
use crate::heading::Column;

/// What a row says; empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    /// Who is invited. Whether it is an address is not known here.
    pub email: String,
    /// Their name.
    pub display_name: String,
    /// Where the invitation leads.
    pub redirect_url: String,
    /// Whether a mail is sent, as it was written.
    pub send_mail: String,
    /// The inviter's words.
    pub message: String,
    /// The language of the mail.
    pub language: String,
    /// The groups the person belongs to at once: names or ids with semicolons between them. Whether there are such is not
    /// known here.
    pub groups: String,
    /// The roles of apps they get at once, written as the groups.
    pub app_roles: String,
}

impl Cells {
    pub(crate) const fn get_mut(&mut self, column: Column) -> &mut String {
        match column {
            Column::Email => &mut self.email,
            Column::DisplayName => &mut self.display_name,
            Column::RedirectUrl => &mut self.redirect_url,
            Column::SendMail => &mut self.send_mail,
            Column::Message => &mut self.message,
            Column::Language => &mut self.language,
            Column::Groups => &mut self.groups,
            Column::AppRoles => &mut self.app_roles,
        }
    }

    /// Whether a mail is sent; `None` where the row leaves it open.
    pub fn sends_mail(&self) -> Result<Option<bool>, RowError> {
        match self.send_mail.trim().to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err(RowError::SendMail),
        }
    }
}

/// One row, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line it begins in, counted from 1. Several entries of a list may share one.
    pub line: u64,
    /// What it says, as far as it could be read.
    pub cells: Cells,
    /// What is wrong with it.
    pub problem: Option<RowError>,
}

impl Row {
    pub(crate) fn new(line: u64, mut cells: Cells, problem: Option<RowError>) -> Self {
        cells.email = cells.email.trim().to_owned();
        cells.redirect_url = cells.redirect_url.trim().to_owned();
        cells.language = cells.language.trim().to_owned();
        let problem = problem
            .or_else(|| cells.email.is_empty().then_some(RowError::NoAddress))
            .or_else(|| cells.sends_mail().err());
        Self { line, cells, problem }
    }
}
