use std::fmt;

use serde::Serialize;

/// The `error` values of RFC 6749 (4.1.2.1, 5.2) and OIDC Core (3.1.2.6) that this server answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request lacks a parameter, repeats one or is malformed.
    InvalidRequest,
    /// The client did not authenticate, or is unknown.
    InvalidClient,
    /// The code or refresh token is wrong, used up, expired or somebody else's.
    InvalidGrant,
    /// The client may not use this grant here.
    UnauthorizedClient,
    /// The token cannot be given back (RFC 7009 section 2.2.1).
    UnsupportedTokenType,
    /// The grant type is not served.
    UnsupportedGrantType,
    /// The response type is not served.
    UnsupportedResponseType,
    /// The scope is unknown, malformed or too wide.
    InvalidScope,
    /// The resource is unknown in the tenant, in the word Microsoft's clients know.
    InvalidResource,
    /// The person, or a policy, said no.
    AccessDenied,
    /// `prompt=none`, but nobody is signed in.
    LoginRequired,
    /// `prompt=none`, but a page has to be shown.
    InteractionRequired,
    /// `prompt=none`, but consent is missing.
    ConsentRequired,
    /// `prompt=none`, but an account has to be chosen.
    AccountSelectionRequired,
    /// `request` is not served.
    RequestNotSupported,
    /// `request_uri` is not served.
    RequestUriNotSupported,
    /// `registration` is not served.
    RegistrationNotSupported,
    /// A fault of ours.
    ServerError,
    /// Overload or maintenance.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidResource => "invalid_resource",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
