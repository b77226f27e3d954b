//! Rows of the logs as they are read back.

use super::filter::Place;
use super::reads::Answered;
use super::{device, words};
use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, CorrelationId, EventId, ServicePrincipalId, TenantId, UserId};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// One sign-in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SignInEntry {
    /// Its id.
    pub id: EventId,
    /// When it was.
    pub at: Timestamp,
    /// Who, if the name was one of ours.
    pub user_id: Option<UserId>,
    /// Their name at that time.
    pub user_display_name: Option<String>,
    /// What they signed in as.
    pub user_principal_name: Option<String>,
    /// The tenant they are at home in, when it is on this server.
    pub home_tenant_id: Option<TenantId>,
    /// The domain they are at home in; rows of old have none.
    pub home_domain: Option<String>,
    /// The app they were on the way to.
    pub app_id: Option<ClientId>,
    /// Its name.
    pub app_display_name: Option<String>,
    /// The resource of the token.
    pub resource_id: Option<String>,
    /// Its name.
    pub resource_display_name: Option<String>,
    /// The program, if one signed in by itself.
    pub service_principal_id: Option<ServicePrincipalId>,
    /// Whether a person did something for it.
    pub is_interactive: bool,
    /// Where it came from.
    pub client_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// Of which request.
    pub correlation_id: CorrelationId,
    /// The number behind `AADSTS`; 0 for success.
    pub error_code: i64,
    /// Why not.
    pub failure_reason: Option<String>,
    /// The proof.
    pub method: Option<String>,
    /// How many attempts the row stands for; one, unless a failure was repeated very often.
    pub attempts: i64,
}

/// One change, done or refused.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChangeEntry {
    /// Its id.
    pub id: EventId,
    /// When it was.
    pub at: Timestamp,
    /// What was done (`activityDisplayName`).
    pub activity: String,
    /// `category`
    pub category: String,
    /// `loggedByService`
    pub service: String,
    /// `operationType`
    pub operation: String,
    /// `success` or `failure`.
    pub result: String,
    /// Why not.
    pub reason: Option<String>,
    /// Of which request.
    pub correlation_id: CorrelationId,
    /// Who did it.
    pub initiator_id: Option<Uuid>,
    /// `initiatedBy`, and for a person where they are at home.
    pub initiator: Json<Value>,
    /// `targetResources`
    pub targets: Json<Value>,
    /// `additionalDetails`
    pub details: Json<Value>,
}

/// What a guest read by one route in an hour.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReadEntry {
    /// Its id.
    pub id: EventId,
    /// The beginning of the hour.
    pub at: Timestamp,
    /// Who.
    pub user_id: UserId,
    /// Their name at that time.
    pub user_display_name: String,
    /// What they sign in as.
    pub user_principal_name: String,
    /// The tenant they are at home in, when it is on this server.
    pub home_tenant_id: Option<TenantId>,
    /// The domain they are at home in.
    pub home_domain: Option<String>,
    /// The app they used; none for the pages of the portal.
    pub app_id: Option<ClientId>,
    /// What was read: `users`, `groups`, ..
    pub kind: String,
    /// The route, with names in place of what was asked for.
    pub route: String,
    /// Whether they were told something.
    pub answered: Answered,
    /// How often in this hour.
    pub reads: i64,
    /// When first.
    pub first_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
    /// The object that the last of them named, if it was named by its id.
    pub object_id: Option<Uuid>,
    /// Where the last of them came from.
    pub client_address: Option<String>,
    /// The last request.
    pub correlation_id: CorrelationId,
}

impl ReadEntry {
    /// Where a page that ends with this row ended.
    pub const fn place(&self) -> Place {
        Place { at: self.at.microseconds(), id: self.id }
    }
}

impl SignInEntry {
    /// Where a page that ends with this row ended.
    pub const fn place(&self) -> Place {
        Place { at: self.at.microseconds(), id: self.id }
    }

    /// Why not, and how often if the row stands for more than one attempt.
    pub fn reason(&self) -> String {
        let reason = words::reason(self.failure_reason.as_deref().unwrap_or_default());
        if self.attempts > 1 { format!("{reason} {} times within this hour.", self.attempts) } else { reason }
    }

    /// What the header says of browser and operating system: `Firefox 133.0 on Linux`; `None` if it says nothing known.
    pub fn device(&self) -> Option<String> {
        let agent = self.user_agent.as_deref()?;
        match (device::browser(agent), device::operating_system(agent)) {
            (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
            (browser, system) => browser.or_else(|| system.map(str::to_owned)),
        }
    }

    /// Whether somebody was let in.
    pub const fn is_success(&self) -> bool {
        self.error_code == 0
    }
}

impl ChangeEntry {
    /// Where a page that ends with this row ended.
    pub const fn place(&self) -> Place {
        Place { at: self.at.microseconds(), id: self.id }
    }

    /// What was done or tried, in plain words.
    pub fn what(&self) -> &str {
        match &self.reason {
            Some(reason) if !self.is_success() => words::tried(&self.activity, reason),
            _ => words::plain(&self.activity),
        }
    }

    /// Why not, in sentences; nothing when it was done.
    pub fn why_not(&self) -> String {
        self.reason.as_deref().map(words::reason).unwrap_or_default()
    }

    /// It as one sentence: who did what to whom.
    pub fn sentence(&self) -> String {
        let (what, about) = (self.what(), self.target_name());
        // Strangers have no account to be named by; what a mailbox wants is written by the server in its name.
        let by = match self.activity.as_str() {
            "Redeem external user invite" | "Use recovery link" if self.initiator_id.is_none() => "Somebody",
            "Email subscribed" | "Email unsubscribed" => about,
            _ => self.initiator_name(),
        };
        let mut letters = what.chars();
        let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
        let about = if about.is_empty() || about == by { String::new() } else { format!(" ({about})") };
        format!("{by} {first}{}{about}.", letters.as_str())
    }

    /// Whether it was done.
    pub fn is_success(&self) -> bool {
        self.result == "success"
    }

    /// The name of who did it: of a person, a program, or the server.
    pub fn initiator_name(&self) -> &str {
        let name = |kind: &str| self.initiator.0[kind]["displayName"].as_str();
        name("user").or_else(|| name("app")).unwrap_or_default()
    }

    /// The domain whoever did it is at home in; nothing for a program, which is of this organisation.
    pub fn home_domain(&self) -> &str {
        self.initiator.0["user"]["homeDomain"].as_str().unwrap_or_default()
    }

    /// The tenant of this server that issues the identity of whoever did it; nothing for somebody from outside, and for a program.
    pub fn home_tenant(&self) -> &str {
        self.initiator.0["user"]["homeTenantId"].as_str().unwrap_or_default()
    }

    /// The name of what it was done to; a user without a name goes by their sign-in name.
    pub fn target_name(&self) -> &str {
        let target = &self.targets.0[0];
        target["displayName"].as_str().or_else(|| target["userPrincipalName"].as_str()).unwrap_or_default()
    }

    /// What changed: property, old and new value, each as it is on the wire.
    pub fn changed_properties(&self) -> Vec<[&str; 3]> {
        let properties = self.targets.0[0]["modifiedProperties"].as_array().map_or(&[][..], Vec::as_slice);
        properties
            .iter()
            .map(|property| {
                ["displayName", "oldValue", "newValue"].map(|key| property[key].as_str().unwrap_or_default())
            })
            .collect()
    }

    /// Further details: key and value.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.details.0.as_array().map_or(&[][..], Vec::as_slice);
        pairs.iter().filter_map(|pair| Some((pair["key"].as_str()?, pair["value"].as_str()?))).collect()
    }
}
