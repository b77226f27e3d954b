//! What a user is.

use super::profile::Profile;
use crate::audit::sign_in::SignIn;
use crate::graph::query::folded;
use crate::platform::ids::{EventId, TenantId, UserId};
use database::Timestamp;
use sqlx::types::Json;
use std::time::Duration;

database::text_enum! {
    /// `userType`. It grants nothing by itself; rights follow from the level the tenant gives guests.
    pub enum UserType {
        /// Somebody of the house.
        Member = "Member",
        /// Somebody from outside.
        Guest = "Guest",
    }
}

database::text_enum! {
    /// `creationType`; absent for an ordinary account.
    pub enum CreationType {
        /// Made by an invitation.
        Invitation = "Invitation",
    }
}

database::text_enum! {
    /// `externalUserState`; absent for somebody who never was external.
    pub enum ExternalUserState {
        /// Invited, not accepted.
        PendingAcceptance = "PendingAcceptance",
        /// Accepted.
        Accepted = "Accepted",
    }
}

database::text_enum! {
    /// `signInType` of an identity.
    pub enum SignInType {
        /// The name in this tenant.
        UserPrincipalName = "userPrincipalName",
        /// An identity from elsewhere.
        Federated = "federated",
    }
}

/// A member or guest.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct User {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The object id (`oid`).
    pub id: UserId,
    /// `userPrincipalName`; for a guest `sam_fabrikam.com#EXT#@contoso.example`.
    pub user_principal_name: String,
    /// `displayName`
    pub display_name: String,
    /// `givenName`
    pub given_name: Option<String>,
    /// `surname`
    pub surname: Option<String>,
    /// `mail`: where mail goes, byte for byte.
    pub mail: Option<String>,
    /// `mailNickname`
    pub mail_nickname: Option<String>,
    /// `otherMails`
    pub other_mails: Json<Vec<String>>,
    /// `proxyAddresses`
    pub proxy_addresses: Json<Vec<String>>,
    /// `userType`
    pub user_type: UserType,
    /// `creationType`
    pub creation_type: Option<CreationType>,
    /// `externalUserState`
    pub external_user_state: Option<ExternalUserState>,
    /// `externalUserStateChangeDateTime`
    pub external_user_state_changed_at: Option<Timestamp>,
    /// `accountEnabled`
    pub account_enabled: bool,
    /// `jobTitle`
    pub job_title: Option<String>,
    /// `companyName`
    pub company_name: Option<String>,
    /// `department`
    pub department: Option<String>,
    /// `officeLocation`
    pub office_location: Option<String>,
    /// `mobilePhone`
    pub mobile_phone: Option<String>,
    /// `businessPhones`
    pub business_phones: Json<Vec<String>>,
    /// `preferredLanguage`
    pub preferred_language: Option<String>,
    /// `usageLocation`
    pub usage_location: Option<String>,
    /// What few users have.
    pub profile: Json<Profile>,
    /// The password as a PHC string; guests have none.
    pub password_hash: Option<String>,
    /// `lastPasswordChangeDateTime`
    pub password_changed_at: Option<Timestamp>,
    /// Sessions and refresh tokens from before are void (`signInSessionsValidFromDateTime`).
    pub sessions_valid_from: Timestamp,
    /// `signInActivity.lastSignInDateTime`. It never goes back, so no session of the user began later.
    pub last_sign_in_at: Option<Timestamp>,
    /// `signInActivity.lastSignInRequestId`
    pub last_sign_in_request_id: Option<EventId>,
    /// `signInActivity.lastNonInteractiveSignInDateTime`: an app renewed what it holds of the user. Noted once an hour.
    pub last_app_sign_in_at: Option<Timestamp>,
    /// `signInActivity.lastNonInteractiveSignInRequestId`
    pub last_app_sign_in_request_id: Option<EventId>,
    /// `createdDateTime`
    pub created_at: Timestamp,
    /// `deletedDateTime`; set while it can be brought back.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes; the entity tag.
    pub version: i64,
}

/// How a user signs in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Identity {
    /// `signInType`
    pub sign_in_type: SignInType,
    /// `issuer`: the tenant's domain, `mail` for a passcode, `ExternalAzureAD` for another tenant.
    pub issuer: String,
    /// `issuerAssignedId`
    pub issuer_assigned_id: Option<String>,
}

impl Identity {
    /// The issuer of guests who sign in with a code by mail.
    pub const MAIL_ISSUER: &'static str = "mail";
}

impl User {
    /// An ordinary member, without a password.
    pub fn member(tenant: TenantId, id: UserId, principal_name: String, display_name: String, now: Timestamp) -> Self {
        Self {
            tenant_id: tenant,
            id,
            mail_nickname: principal_name.split_once('@').map(|(local, _)| local.to_owned()),
            mail: Some(principal_name.clone()),
            user_principal_name: principal_name,
            display_name,
            given_name: None,
            surname: None,
            other_mails: Json(Vec::new()),
            proxy_addresses: Json(Vec::new()),
            user_type: UserType::Member,
            creation_type: None,
            external_user_state: None,
            external_user_state_changed_at: None,
            account_enabled: true,
            job_title: None,
            company_name: None,
            department: None,
            office_location: None,
            mobile_phone: None,
            business_phones: Json(Vec::new()),
            preferred_language: None,
            usage_location: None,
            profile: Json(Profile::default()),
            password_hash: None,
            password_changed_at: None,
            sessions_valid_from: now,
            last_sign_in_at: None,
            last_sign_in_request_id: None,
            last_app_sign_in_at: None,
            last_app_sign_in_request_id: None,
            created_at: now,
            deleted_at: None,
            version: 1,
        }
    }

    /// Whether this is somebody from outside.
    pub fn is_guest(&self) -> bool {
        self.user_type == UserType::Guest
    }

    /// Whether this is a guest whose account is elsewhere, who may leave by themselves where the organisation lets its guests.
    pub fn is_external_guest(&self) -> bool {
        self.is_guest() && self.external_user_state.is_some()
    }

    /// Whether their account is elsewhere, or was: what they are told by is what they have proved, and not what stands here.
    pub fn is_from_outside(&self) -> bool {
        self.is_guest() || self.external_user_state.is_some()
    }

    /// Voids every session begun so far, and all that apps hold by them. Sessions are compared by the instant they began
    /// at, and the clock may have been set back since: what voids them lies behind the newest of them, whatever it says.
    pub fn void_sessions(&mut self, now: Timestamp) {
        let newest = self.last_sign_in_at.map(|at| at.plus(Duration::from_micros(1)));
        self.sessions_valid_from = newest.into_iter().fold(now.max(self.sessions_valid_from), Timestamp::max);
    }

    /// The tenant whose account this is: this one, or none on this server for somebody who came by an invitation and
    /// proves a mailbox. Users whose identity another tenant of this server issues do not exist yet.
    pub fn home_tenant(&self) -> Option<TenantId> {
        self.external_user_state.is_none().then_some(self.tenant_id)
    }

    /// A row of the sign-in log with who it is filled in.
    pub fn logged(&self, row: SignIn) -> SignIn {
        SignIn {
            user: Some(self.id),
            user_display_name: Some(self.display_name.clone()),
            user_principal_name: Some(self.user_principal_name.clone()),
            home_tenant: self.home_tenant(),
            ..row
        }
    }

    /// Whether an invitation is still to be accepted.
    pub fn is_pending(&self) -> bool {
        self.external_user_state == Some(ExternalUserState::PendingAcceptance)
    }
}

/// The folded form of a name for searching and sorting: Unicode lower case, the same for both engines. Each character is
/// folded by itself, so that the beginning of a text folds to the beginning of its folded form.
pub fn fold(text: &str) -> String {
    folded(text)
}
