//! What one box of a list stands for.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// An object; in the list of who may use an app, also the role it has there. Both say what an assignment is even after it was
/// taken back, so that it can be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pick {
    /// The user, group, app, invitation, or whoever is assigned.
    pub(super) object: Uuid,
    /// The role of the app, all zero for none in particular.
    pub(super) role: Option<Uuid>,
}

impl FromStr for Pick {
    type Err = uuid::Error;

    /// Reads an id, or two with a full stop between them.
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let Some((object, role)) = text.split_once('.') else {
            return Ok(Self { object: text.parse()?, role: None });
        };
        Ok(Self { object: object.parse()?, role: Some(role.parse()?) })
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            None => self.object.fmt(formatter),
            Some(role) => write!(formatter, "{}.{role}", self.object),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let object = Uuid::from_u128(7);
        for role in [None, Some(Uuid::nil())] {
            let pick = Pick { object, role };
            assert_eq!(pick.to_string().parse::<Pick>().ok(), Some(pick));
        }
        for wrong in ["", "x", ".", &format!("{object}."), &format!("{object}.{object}.{object}")] {
            assert!(wrong.parse::<Pick>().is_err(), "{wrong}");
        }
    }
}
