use serde::{Deserialize, Serialize};

use crate::error::{Error, aadsts};

/// How the answer travels (OAuth 2.0 Multiple Response Types, Form Post Response Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI, the default for codes.
    #[default]
    Query,
    /// In its fragment, which no server sees.
    Fragment,
    /// In the body of a POST.
    FormPost,
}

impl ResponseMode {
    /// Reads `response_mode`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "query" => Ok(Self::Query),
            "fragment" => Ok(Self::Fragment),
            "form_post" => Ok(Self::FormPost),
            _ => Err(aadsts::UNSUPPORTED_RESPONSE_MODE.error().naming(text)),
        }
    }
}

/// Where and how the answer to an authorization request goes. One exists only after the redirect URI was matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyAddress {
    /// The matched redirect URI, as it was given.
    pub redirect_uri: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Echoed unchanged.
    pub state: Option<String>,
}

/// A refusal that may be told to the client by redirect (RFC 6749 section 4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it goes.
    pub reply_to: ReplyAddress,
    /// What it says.
    pub error: Error,
}
