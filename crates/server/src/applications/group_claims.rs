//! Which groups and directory roles tokens tell an app.

use super::error::Invalid;

database::text_enum! {
    /// A word of `groupMembershipClaims`.
    pub enum GroupClaim {
        /// Every group the person belongs to, directly or through other groups.
        SecurityGroup = "SecurityGroup",
        /// Of the groups the person belongs to directly, those that are assigned to the app.
        ApplicationGroup = "ApplicationGroup",
        /// The directory roles of the person.
        DirectoryRole = "DirectoryRole",
        /// Groups and directory roles.
        All = "All",
    }
}

/// Reads `groupMembershipClaims`: `None`, or words with commas between them.
///
/// # Errors
/// The word that is none of them.
pub fn parse(text: &str) -> Result<Vec<GroupClaim>, Invalid> {
    let mut claims = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| *word != "None") {
        let claim = GroupClaim::parse(word).ok_or_else(|| Invalid {
            property: "groupMembershipClaims",
            problem: format!("'{word}' is none of None, SecurityGroup, ApplicationGroup, DirectoryRole and All"),
        })?;
        if !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    Ok(claims)
}

/// `groupMembershipClaims` as it is written; nothing where tokens tell none.
pub fn text(claims: &[GroupClaim]) -> Option<String> {
    let words: Vec<&str> = claims.iter().map(|claim| claim.as_str()).collect();
    (!words.is_empty()).then(|| words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_once_each_and_written_back() {
        for (read, written) in [
            ("None", None),
            ("All", Some("All")),
            ("SecurityGroup, ApplicationGroup,SecurityGroup", Some("SecurityGroup,ApplicationGroup")),
        ] {
            assert_eq!(text(&parse(read).expect(read)).as_deref(), written, "{read}");
        }
        for wrong in ["", "securityGroup", "All;None", "All,,None"] {
            assert_eq!(parse(wrong).expect_err(wrong).property, "groupMembershipClaims");
        }
    }
}
