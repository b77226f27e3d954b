//! Guests, how they sign in, and what they are found by.

use super::cell::Cell::{self, Flag, Id, List, Number, Text, Word};
use super::insert_rows;
use crate::guest::{Guest, State};
use database::{Result, Transaction, sql};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Writes guests as their invitations left them.
pub(super) async fn insert(tx: &mut Transaction, tenant: Uuid, domain: &str, guests: &[Guest]) -> Result<()> {
    let accounts = sql!(
        "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, mail, mail_folded, mail_reversed, mail_nickname, other_mails, proxy_addresses, user_type,
             creation_type, external_user_state, external_user_state_changed_at, account_enabled, business_phones,
             sessions_valid_from, created_at, version, terms_kept)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
    );
    insert_rows(tx, accounts, tenant, guests.iter().map(account).collect()).await?;
    let identities = sql!(
        "INSERT INTO user_identity (tenant_id, user_id, sign_in_type, issuer, issuer_assigned_id,
             issuer_assigned_id_folded)
         VALUES ($1, $2, $3, $4, $5, $6)"
    );
    insert_rows(tx, identities, tenant, guests.iter().flat_map(|guest| identities_of(guest, domain)).collect()).await?;
    let terms = sql!("INSERT INTO user_term (tenant_id, user_id, property, folded) VALUES ($1, $2, $3, $4)");
    insert_rows(tx, terms, tenant, guests.iter().flat_map(terms_of).collect()).await
}

fn account(guest: &Guest) -> Vec<Cell> {
    let (state, changes) = match guest.state {
        State::Pending => ("PendingAcceptance", 0),
        State::Accepted => ("Accepted", 1),
        State::Blocked => ("Accepted", 2),
    };
    vec![
        Id(guest.id),
        Text(guest.principal_name.clone()),
        Text(folded(&guest.principal_name)),
        Text(guest.display_name.clone()),
        Text(folded(&guest.display_name)),
        Text(guest.address.clone()),
        Text(guest.address.to_ascii_lowercase()),
        Text(guest.address.to_ascii_lowercase().chars().rev().collect()),
        Text(nickname(guest).to_owned()),
        List(vec![guest.address.clone()]),
        List(vec![proxy_address(guest)]),
        Word("Guest"),
        Word("Invitation"),
        Word(state),
        Number(guest.state_changed_at()),
        Flag(guest.state != State::Blocked),
        List(Vec::new()),
        Number(guest.state_changed_at()),
        Number(guest.created_at),
        Number(1 + changes),
        Flag(true),
    ]
}

/// The name in the tenant, and the mailbox of those who have accepted.
fn identities_of(guest: &Guest, domain: &str) -> Vec<Vec<Cell>> {
    let row = |kind, issuer: &str, name: &str| {
        vec![Id(guest.id), Word(kind), Text(issuer.to_owned()), Text(name.to_owned()), Text(name.to_ascii_lowercase())]
    };
    let mut rows = vec![row("userPrincipalName", domain, &guest.principal_name)];
    if guest.state != State::Pending {
        rows.push(row("federated", "mail", &guest.address));
    }
    rows
}

fn terms_of(guest: &Guest) -> Vec<Vec<Cell>> {
    let row = |property, value: &str| vec![Id(guest.id), Word(property), Text(folded(value))];
    let name = folded(&guest.display_name);
    let addresses = [folded(&guest.principal_name), guest.address.to_ascii_lowercase()];
    let domains: BTreeSet<&str> =
        addresses.iter().filter_map(|address| address.rsplit_once('@')).map(|(_, domain)| domain).collect();
    let addresses: BTreeSet<&str> = addresses.iter().flat_map(|address| words(address)).collect();
    let mut rows = vec![
        row("mailNickname", nickname(guest)),
        row("otherMails", &guest.address),
        row("proxyAddresses", &proxy_address(guest)),
    ];
    rows.extend(words(&name).collect::<BTreeSet<_>>().into_iter().map(|word| row("nameWord", word)));
    rows.extend(addresses.into_iter().map(|word| row("addressWord", word)));
    rows.extend(domains.into_iter().map(|domain| row("addressDomain", domain)));
    rows
}

/// The words that the product keeps one by one for its searches.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '-', '.', '_', '@']).filter(|word| !word.is_empty())
}

fn nickname(guest: &Guest) -> &str {
    guest.principal_name.split_once('@').map_or("", |(name, _)| name)
}

fn proxy_address(guest: &Guest) -> String {
    format!("SMTP:{}", guest.address)
}

/// What is compared without case, each character by itself.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
