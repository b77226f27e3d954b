//! Compares what the clients know with what is there in the end.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use super::ledger::{Fate, Guest};
use super::site::{Organisation, Site};
use crate::{Outcome, waiting};

/// How long the last mails may take: the leases of a process that died have to run out.
const LAST_MAILS: Duration = Duration::from_mins(2);

/// What one organisation holds, as its administrators see it.
struct Found {
    /// Guests by mailbox.
    guests: HashMap<String, Vec<Value>>,
    /// Invitations by mailbox.
    invitations: HashMap<String, Vec<Value>>,
    /// How often something was done to somebody, by activity and target.
    audit: HashMap<(String, String), usize>,
}

/// Looks at everything; fails on the first guest that is not as the ledger says.
pub async fn judge(site: &Site, guests: &[Guest]) -> Outcome {
    for (number, organisation) in site.organisations.iter().enumerate() {
        let found = Found::read(site, organisation).await?;
        let ours: Vec<&Guest> = guests.iter().filter(|guest| guest.organisation == number).collect();
        for guest in &ours {
            found.compare(guest).map_err(|error| format!("{}: {error}\n{guest:?}", guest.address))?;
        }
        let known = ours.iter().filter(|guest| found.guests.contains_key(&guest.address)).count();
        if known != found.guests.len() || known != found.invitations.len() {
            return Err(format!("{}: there are guests nobody asked for", organisation.domain).into());
        }
    }
    mails(site, guests).await
}

impl Found {
    async fn read(site: &Site, organisation: &Organisation) -> Outcome<Self> {
        let graph = site.graph(organisation, 0).await?;
        let fields = "id,mail,userType,externalUserState,accountEnabled";
        let mut users = graph.list(&format!("/v1.0/users?$select={fields}&$top=999")).await?;
        users.retain(|user| user["userType"] == "Guest");
        let mut audit = HashMap::new();
        for entry in graph.list("/v1.0/auditLogs/directoryAudits?$top=1000").await? {
            if entry["result"] == "success" {
                let about = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let key = (about(&entry["activityDisplayName"]), about(&entry["targetResources"][0]["id"]));
                *audit.entry(key).or_default() += 1;
            }
        }
        let invitations = graph.list("/vestibule/v1/invitations?$top=999").await?;
        let (guests, invitations) = (by(users, "mail"), by(invitations, "invitedUserEmailAddress"));
        Ok(Self { guests, invitations, audit })
    }

    fn compare(&self, guest: &Guest) -> Result<(), String> {
        let none = Vec::new();
        let users = self.guests.get(&guest.address).unwrap_or(&none);
        let invitations = self.invitations.get(&guest.address).unwrap_or(&none);
        agree("guests", guest.invited, users.len())?;
        agree("invitations", guest.invited, invitations.len())?;
        if users.len() != invitations.len() {
            return Err(format!("half an invitation: {users:?} {invitations:?}"));
        }
        let (Some(user), Some(invitation)) = (users.first(), invitations.first()) else { return Ok(()) };
        let id = user["id"].as_str().unwrap_or_default();
        let is_other = guest.user.as_deref().is_some_and(|told| told != id)
            || guest.invitation.as_deref().is_some_and(|told| invitation["id"] != told);
        if is_other {
            return Err(format!("another one than was acknowledged: {user} {invitation}"));
        }
        self.whole("the invitation", Fate::Done, true, self.times("Invite external user", id))?;
        let is_accepted = user["externalUserState"] == "Accepted";
        if is_accepted == invitation["acceptedDateTime"].is_null() {
            return Err(format!("half accepted: {user} {invitation}"));
        }
        // Whoever lost an answer began anew, until they were in.
        let accepted = if guest.holding.is_some() { Fate::Done } else { guest.accepted };
        let times = self.times("Redeem external user invite", id);
        self.whole("the acceptance", accepted, is_accepted, times)?;
        let times = self.times("Revoke external user invite", id);
        self.whole("the withdrawal", guest.withdrawn, !invitation["revokedDateTime"].is_null(), times)?;
        let is_disabled = user["accountEnabled"] == false;
        self.whole("the block", guest.disabled, is_disabled, self.times("Disable account", id))?;
        let times = self.times("Update StsRefreshTokenValidFrom Timestamp", id);
        agree("revocations of sessions", guest.sessions_revoked, times)
    }

    fn times(&self, activity: &str, target: &str) -> usize {
        self.audit.get(&(activity.to_owned(), target.to_owned())).copied().unwrap_or_default()
    }

    /// Something is as the client knows it, and told by the audit as often as it happened.
    #[expect(clippy::unused_self, reason = "reads beside its neighbours")]
    fn whole(&self, what: &str, fate: Fate, is_there: bool, told: usize) -> Result<(), String> {
        agree(what, fate, usize::from(is_there))?;
        if told == usize::from(is_there) { Ok(()) } else { Err(format!("{what} is told {told} times by the audit")) }
    }
}

fn agree(what: &str, fate: Fate, traces: usize) -> Result<(), String> {
    if fate.agrees(traces) { Ok(()) } else { Err(format!("{what}: {fate:?}, but there are {traces}")) }
}

fn by(rows: Vec<Value>, name: &str) -> HashMap<String, Vec<Value>> {
    let mut sorted: HashMap<String, Vec<Value>> = HashMap::new();
    for row in rows {
        sorted.entry(row[name].as_str().unwrap_or_default().to_owned()).or_default().push(row);
    }
    sorted
}

/// Every mail that is owed arrives, whatever had died in between, under one Message-ID. Nobody else gets one.
async fn mails(site: &Site, guests: &[Guest]) -> Outcome {
    let invitations = |guest: &Guest| {
        let letters = site.mailroom.letters_to(&guest.address);
        letters.into_iter().filter(|letter| letter.code.is_none()).count()
    };
    // A mail that waits when its invitation is withdrawn is no longer worth sending.
    let owed: Vec<&Guest> = guests.iter().filter(|guest| owes_mail(guest)).collect();
    let waited = waiting::until("the last mails", LAST_MAILS, async || {
        Ok(owed.iter().all(|guest| invitations(guest) > 0).then_some(()))
    });
    if let Err(error) = waited.await {
        let missing: Vec<&str> =
            owed.iter().filter(|guest| invitations(guest) == 0).map(|guest| guest.address.as_str()).collect();
        return Err(format!("{error}: {missing:?}").into());
    }
    for guest in guests {
        let most = usize::from(guest.is_mailed && matches!(guest.invited, Fate::Done | Fate::Unknown));
        if invitations(guest) > most {
            return Err(format!("{} got an invitation too many: {guest:?}", guest.address).into());
        }
    }
    Ok(())
}

fn owes_mail(guest: &Guest) -> bool {
    guest.is_mailed && guest.invited == Fate::Done && matches!(guest.withdrawn, Fate::NotAsked | Fate::Refused)
}
