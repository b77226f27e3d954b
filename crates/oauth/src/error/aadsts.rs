//! Numbered causes. The numbers are Microsoft Entra's, because administrators search for them and client libraries branch on
//! them; the sentences are ours.

use super::{Error, ErrorCode};

/// One cause: its number, the standard code it usually travels with, and a sentence without its full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aadsts {
    /// The digits after `AADSTS`.
    pub number: u32,
    /// The usual standard code; [`Error::new`] takes another.
    pub code: ErrorCode,
    /// What happened, without the full stop.
    pub sentence: &'static str,
}

impl Aadsts {
    /// The refusal with the usual code.
    pub const fn error(self) -> Error {
        Error::new(self.code, self)
    }
}

macro_rules! causes {
    ($($name:ident = $number:literal $code:ident $sentence:literal;)*) => {
        $(
            #[doc = $sentence]
            pub const $name: Aadsts = Aadsts { number: $number, code: ErrorCode::$code, sentence: $sentence };
        )*

        /// Every cause, for documentation and tests.
        pub const ALL: &[Aadsts] = &[$($name),*];
    };
}

causes! {
    // The request
    REQUEST_TOO_LONG = 90015 InvalidRequest "The request is too long or has too many parameters";
    INVALID_VALUE = 90023 InvalidRequest "A request parameter is not valid";
    MISSING_FIELD = 90014 InvalidRequest "A required field is missing from the credential";
    MISSING_PARAMETER = 900_144 InvalidRequest "A required request parameter is missing";
    MALFORMED = 9_002_313 InvalidRequest "The request is malformed";
    UNSUPPORTED_GRANT_TYPE = 70003 UnsupportedGrantType "The grant type is not supported";
    UNSUPPORTED_RESPONSE_TYPE = 70005 UnsupportedResponseType "Only the response type 'code' is supported";
    UNSUPPORTED_RESPONSE_MODE = 70007 InvalidRequest "The response mode is not supported";
    REQUEST_OBJECT = 90023 RequestNotSupported "Request objects are not supported";
    REQUEST_OBJECT_BY_REFERENCE = 90023 RequestUriNotSupported "Request objects by reference are not supported";
    REGISTRATION_PARAMETER = 90023 RegistrationNotSupported "The registration parameter is not supported";
    INVALID_SCOPE = 70011 InvalidScope "The scope is not valid";
    SEVERAL_RESOURCES = 28000 InvalidScope "The scope names more than one resource";
    DEFAULT_SCOPE_NEEDED = 1_002_012 InvalidScope "Client credentials need the scope {resource}/.default";
    CHALLENGE_NEEDED = 9_002_325 InvalidRequest "This application must use PKCE with the method S256";
    CROSS_ORIGIN_ONLY = 9_002_327 InvalidRequest "A code of a single-page application is redeemed by a cross-origin request only";
    CROSS_ORIGIN_NOT_ALLOWED = 9_002_326 InvalidRequest "Cross-origin redemption is for single-page applications only";

    // The tenant, the application and its credential
    TENANT_NOT_FOUND = 90002 InvalidRequest "The tenant does not exist";
    APPLICATION_NOT_FOUND = 700_016 UnauthorizedClient "The application does not exist in this tenant";
    APPLICATION_DISABLED = 7_000_112 UnauthorizedClient "The application is disabled";
    NOT_MULTITENANT = 50194 InvalidRequest "The application belongs to one tenant; use the address of that tenant";
    REDIRECT_URI_MISMATCH = 50011 InvalidRequest "The redirect URI is not registered for the application";
    WRONG_SECRET = 7_000_215 InvalidClient "The client secret is wrong";
    EXPIRED_SECRET = 7_000_222 InvalidClient "The client secret has expired";
    INVALID_ASSERTION = 700_027 InvalidClient "The client assertion is not valid";
    FEDERATED_ISSUER = 700_211 InvalidClient "No federated identity credential of the application names the issuer of the assertion";
    FEDERATED_AUDIENCE = 700_212 InvalidClient "No federated identity credential of the application names the audience of the assertion";
    FEDERATED_SUBJECT = 700_213 InvalidClient "No federated identity credential of the application names the subject of the assertion";
    ISSUER_UNREADABLE = 50166 InvalidRequest "The keys of the issuer of the assertion could not be read";
    ASSERTION_REPLAYED = 700_024 InvalidClient "The client assertion is outside of its time or was presented elsewhere before";
    SECRET_NEEDED = 7_000_218 InvalidClient "This application must authenticate with its client secret";
    SECRET_NEEDED_FOR_CLIENT_CREDENTIALS = 7_000_216 InvalidClient "Client credentials need a client secret";
    SECRET_OF_PUBLIC_CLIENT = 700_025 InvalidClient "A public client must not send a secret";
    CLIENT_NOT_AUTHENTICATED = 70002 InvalidClient "The client did not authenticate";
    RESOURCE_NOT_FOUND = 500_011 InvalidResource "The resource does not exist in this tenant";

    // The grant
    INVALID_GRANT = 70000 InvalidGrant "The code or token is not valid";
    GRANT_EXPIRED = 70008 InvalidGrant "The code or refresh token has expired";
    REFRESH_TOKEN_INACTIVE = 700_082 InvalidGrant "The refresh token has expired because it was not used";
    SINGLE_PAGE_TOKEN_EXPIRED = 700_084 InvalidGrant "The refresh token of a single-page application has reached its fixed end";
    CODE_ALREADY_REDEEMED = 54005 InvalidGrant "The authorization code was already redeemed";
    VERIFIER_MISMATCH = 501_481 InvalidGrant "The PKCE code verifier does not match the request";
    GRANT_REVOKED = 50173 InvalidGrant "The grant was revoked; sign in again";
    SIGN_IN_FREQUENCY = 70043 InvalidGrant "Sign-in is too long ago for a policy of the tenant";

    UNSUPPORTED_TOKEN_TYPE = 70003 UnsupportedTokenType "A token of an application of its own cannot be given back; it ends by itself";

    // The account
    ACCOUNT_NOT_IN_TENANT = 50020 InteractionRequired "The account does not exist in this tenant and must be invited first";
    USER_NOT_FOUND = 50034 InvalidGrant "The account does not exist";
    ACCOUNT_NOT_IN_DIRECTORY = 51004 InvalidGrant "The account is not in the directory";
    EXTERNAL_ACCOUNT_NOT_IN_TENANT = 90072 AccessDenied "The external account does not exist in this tenant";
    GUEST_PENDING = 50014 InteractionRequired "The guest has not accepted the invitation";
    ACCOUNT_DISABLED = 50057 InvalidGrant "The account is disabled";
    NO_SESSION = 50058 LoginRequired "Silent sign-in was asked but nobody is signed in";
    SEVERAL_SESSIONS = 16000 AccountSelectionRequired "Silent sign-in was asked but an account must be chosen";
    INTERACTION_NEEDED = 50058 InteractionRequired "Silent sign-in was asked but a page must be shown";
    SIGN_IN_CANCELLED = 65004 AccessDenied "The person declined";
    NOT_ASSIGNED = 50105 AccessDenied "The account is not assigned to the application";
    CONSENT_MISSING = 65001 ConsentRequired "The application has no consent for the permissions it asks for";
    ADMIN_CONSENT_NEEDED = 90094 ConsentRequired "An administrator must consent";

    // Policies
    MFA_ENROLMENT_NEEDED = 50079 InteractionRequired "A second factor must be registered";
    MFA_NEEDED = 50076 InteractionRequired "A second factor is needed";
    MFA_EXPIRED = 50078 InteractionRequired "The second factor was shown too long ago";
    BLOCKED_BY_POLICY = 53003 AccessDenied "A conditional access policy blocks access";
    OUTBOUND_BLOCKED = 500_212 AccessDenied "The home organisation does not let its people into this tenant";
    INBOUND_BLOCKED = 500_213 AccessDenied "This tenant does not admit people of that organisation";

    // Us
    SERVER_ERROR = 90033 ServerError "The server met a fault";
    OVERLOADED = 90033 TemporarilyUnavailable "The server is busy; try again later";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_fit_into_an_error_description() {
        for cause in ALL {
            assert!(!cause.sentence.ends_with('.'), "{cause:?}");
            assert!(cause.sentence.bytes().all(|b| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\'), "{cause:?}");
        }
    }

    #[test]
    fn a_number_and_a_code_name_one_cause() {
        for (index, cause) in ALL.iter().enumerate() {
            let twins = ALL[..index].iter().filter(|other| (other.number, other.code) == (cause.number, cause.code));
            assert_eq!(twins.count(), 0, "{cause:?}");
        }
    }
}
