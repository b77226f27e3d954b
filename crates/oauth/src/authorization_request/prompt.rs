use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, aadsts};

/// What the client wants the person to be asked (OIDC Core 3.1.2.1; `create` from Prompt Create 1.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// No page may be shown.
    None,
    /// Sign in again.
    Login,
    /// Consent again.
    Consent,
    /// Choose an account.
    SelectAccount,
    /// Make an account.
    Create,
}

/// The values of `prompt`; `none` stands alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompts(BTreeSet<Prompt>);

impl Prompts {
    /// Parses the space-separated values; an unknown one is refused.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let prompts = text.split(' ').filter(|word| !word.is_empty()).map(one).collect::<Result<BTreeSet<_>, _>>()?;
        if prompts.contains(&Prompt::None) && prompts.len() > 1 {
            return Err(aadsts::INVALID_VALUE.error().naming("prompt none stands alone"));
        }
        Ok(Self(prompts))
    }

    /// Whether the value was given.
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }
}

fn one(word: &str) -> Result<Prompt, Error> {
    Ok(match word {
        "none" => Prompt::None,
        "login" => Prompt::Login,
        "consent" => Prompt::Consent,
        "select_account" => Prompt::SelectAccount,
        "create" => Prompt::Create,
        _ => return Err(aadsts::INVALID_VALUE.error().naming(format!("prompt {word}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        let both = Prompts::parse("login select_account").unwrap();
        assert!(both.contains(Prompt::Login) && both.contains(Prompt::SelectAccount) && !both.contains(Prompt::None));
        assert!(Prompts::parse("none").unwrap().contains(Prompt::None));
        assert!(Prompts::parse("none login").is_err());
        assert!(Prompts::parse("Login").is_err());
    }
}
