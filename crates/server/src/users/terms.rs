//! What users are found by beside names and addresses: folded values in rows of their own.
//!
//! A column and an index for each property would cost every user something for each; a row costs those who have the value.
//! A user who is written anew changes only the rows that differ.

use super::profile::EXTENSION_ATTRIBUTES;
use super::store;
use super::{TEXTS, User, fold};
use crate::Server;
use crate::graph::query::{beginning, parts, words};
use crate::platform::ids::{TenantId, UserId};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use database::{Result, Transaction, sql};
use std::collections::BTreeSet;

/// The texts that are kept as they are folded. `streetAddress` is not among them: it may be longer than an index takes
/// ([`fold_long`]).
const TEXT_PROPERTIES: &[&str] = &[
    "ageGroup",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "department",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mobilePhone",
    "officeLocation",
    "postalCode",
    "preferredLanguage",
    "state",
    "surname",
    "usageLocation",
];

/// A word of the display name.
pub(super) const NAME_WORD: &str = "nameWord";

/// A word of the display name that begins inside of another, as `World` in `HelloWorld`. It is a [`NAME_WORD`] too.
const NAME_PART: &str = "namePart";

/// A word of the mail address or of the `userPrincipalName`. They have most words in common, so each is kept once.
pub(super) const ADDRESS_WORD: &str = "addressWord";

/// The domain of the `userPrincipalName`, the mail address or a further address.
pub(super) const ADDRESS_DOMAIN: &str = "addressDomain";

/// Users of before that get their rows in one transaction: one may have hundreds, and a transaction has five seconds.
const AT_ONCE: i64 = 100;

/// So many rows are written by one statement at most.
const TOGETHER: usize = 256;

/// Characters of a long text that are kept as they are: PostgreSQL takes at most 2,704 bytes into a row of an index.
const WHOLE: usize = 512;

/// A property and one of its values, folded.
type Term = (&'static str, String);

/// Everything a user is found by.
fn of(user: &User) -> BTreeSet<Term> {
    let texts = TEXTS.iter().filter(|text| TEXT_PROPERTIES.contains(&text.name));
    let texts = texts.filter_map(|text| Some((text.name, fold((text.get)(user).as_deref()?))));
    let attributes = EXTENSION_ATTRIBUTES.iter().filter_map(|name| {
        let text = user.profile.0.extension_attributes.get(*name)?;
        Some((*name, fold_long(text)))
    });
    let street = user.profile.0.street_address.iter().map(|text| ("streetAddress", fold_long(text)));
    let nickname = user.mail_nickname.iter().map(|name| ("mailNickname", fold(name)));
    let phones = user.business_phones.iter().map(|number| ("businessPhones", fold(number)));
    let others = user.other_mails.iter().map(|address| ("otherMails", fold(address)));
    let proxies = user.proxy_addresses.iter().map(|address| ("proxyAddresses", fold(address)));
    let texts = texts.chain(attributes).chain(street).chain(nickname).chain(phones);
    texts.chain(others).chain(proxies).chain(words_of(user)).chain(domains_of(user)).collect()
}

/// The form in which texts are kept and compared that may be longer than an index takes: folded, and of a long one the beginning, with
/// the digest of all of it behind a character that no value holds. So long texts are told apart whole, and found by beginnings that
/// are not long themselves.
pub(super) fn fold_long(text: &str) -> String {
    let folded = fold(text);
    match folded.char_indices().nth(WHOLE) {
        None => folded,
        Some((end, _)) => format!("{}\u{1f}{}", &folded[..end], STANDARD.encode(digest(&SHA256, folded.as_bytes()))),
    }
}

/// The domains that the names and addresses of a user are on.
fn domains_of(user: &User) -> impl Iterator<Item = Term> {
    let addresses = std::iter::once(&user.user_principal_name).chain(&user.mail).chain(user.proxy_addresses.iter());
    addresses.filter_map(|address| address.rsplit_once('@')).map(|(_, domain)| (ADDRESS_DOMAIN, fold(domain)))
}

/// The words a user is searched by, each folded as the text it comes from.
pub(super) fn words_of(user: &User) -> BTreeSet<Term> {
    let name = fold(&user.display_name);
    let principal_name = fold(&user.user_principal_name);
    let mail = user.mail.as_deref().map(str::to_ascii_lowercase).unwrap_or_default();
    let addresses = words(&principal_name).chain(words(&mail)).map(|word| (ADDRESS_WORD, word.to_owned()));
    words(&name).map(|word| (NAME_WORD, word.to_owned())).chain(parts_of(&user.display_name)).chain(addresses).collect()
}

/// The words inside the words of a display name. Few names have any.
pub(super) fn parts_of(name: &str) -> impl Iterator<Item = Term> {
    parts(name).into_iter().flat_map(|part| {
        let folded = beginning(&fold(part)).to_owned();
        [(NAME_WORD, folded.clone()), (NAME_PART, folded)]
    })
}

/// What the first is found by and the second is not, and the other way round.
fn differences(before: &User, after: &User) -> (Vec<Term>, Vec<Term>) {
    let (old, new) = (of(before), of(after));
    (old.difference(&new).cloned().collect(), new.difference(&old).cloned().collect())
}

/// Adds the rows of a new user.
pub(super) async fn insert(tx: &mut Transaction, user: &User) -> Result<()> {
    let terms = Vec::from_iter(of(user));
    add(tx, user.tenant_id, user.id, terms).await
}

/// Brings the rows up to what the user is now. `before` is the user as they are stored.
pub(super) async fn update(tx: &mut Transaction, before: &User, after: &User) -> Result<()> {
    let (gone, new) = differences(before, after);
    for term in gone {
        remove(tx, after.tenant_id, after.id, term).await?;
    }
    add(tx, after.tenant_id, after.id, new).await
}

/// Removes all rows of a user.
pub(super) async fn delete(tx: &mut Transaction, user: &User) -> Result<()> {
    for term in of(user) {
        remove(tx, user.tenant_id, user.id, term).await?;
    }
    Ok(())
}

/// Makes the rows of users that were written by a version without them; how many users those were.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<usize> {
    let mut settled = 0;
    loop {
        let ids = list_without(&mut server.read().await?, tenant).await?;
        let mut tx = server.write().await?;
        for id in &ids {
            if mark(&mut tx, tenant, *id).await?
                && let Some(user) = store::find_even_deleted(&mut tx, tenant, *id).await?
            {
                insert(&mut tx, &user).await?;
            }
        }
        tx.commit().await?;
        settled += ids.len();
        if ids.is_empty() {
            return Ok(settled);
        }
    }
}

/// Whether somebody else who is not deleted has this value.
pub(super) async fn is_held(
    tx: &mut Transaction,
    tenant: TenantId,
    property: &str,
    value: &str,
    but: UserId,
) -> Result<bool> {
    let found: Option<(UserId,)> = tx
        .query(sql!(
            "SELECT t.user_id FROM user_term t
             JOIN user_account u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
             WHERE t.tenant_id = $1 AND t.property = $2 AND t.folded = $3 AND t.user_id <> $4 AND u.deleted_at IS NULL
             LIMIT 1"
        ))
        .bind(tenant)
        .bind(property.to_owned())
        .bind(fold(value))
        .bind(but)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Adds rows that are not there, however many.
pub(super) async fn add(tx: &mut Transaction, tenant: TenantId, user: UserId, terms: Vec<Term>) -> Result<()> {
    for some in terms.chunks(TOGETHER) {
        add_some(tx, tenant, user, some).await?;
    }
    Ok(())
}

/// The last one is written again until there are as many as a power of two, which changes nothing: an engine plans and keeps a
/// statement for each number of rows.
async fn add_some(tx: &mut Transaction, tenant: TenantId, user: UserId, terms: &[Term]) -> Result<()> {
    let Some((first, rest)) = terms.split_first() else { return Ok(()) };
    let last = rest.last().unwrap_or(first);
    let again = std::iter::repeat_n(last, terms.len().next_power_of_two() - terms.len());
    let mut query = tx
        .query(sql!("INSERT INTO user_term (tenant_id, user_id, property, folded) VALUES ($1, $2, $3, $4)"))
        .bind(tenant)
        .bind(user)
        .bind(first.0.to_owned())
        .bind(first.1.clone());
    for (property, folded) in rest.iter().chain(again) {
        query.push(", ($1, $2, ").value((*property).to_owned()).push(", ").value(folded.clone()).push(")");
    }
    query.push(" ON CONFLICT DO NOTHING");
    query.execute().await?;
    Ok(())
}

async fn remove(tx: &mut Transaction, tenant: TenantId, user: UserId, (property, folded): Term) -> Result<()> {
    tx.query(sql!("DELETE FROM user_term WHERE tenant_id = $1 AND property = $2 AND folded = $3 AND user_id = $4"))
        .bind(tenant)
        .bind(property.to_owned())
        .bind(folded)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}

async fn list_without(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<UserId>> {
    tx.query(sql!("SELECT id FROM user_account WHERE tenant_id = $1 AND NOT terms_kept ORDER BY id LIMIT $2"))
        .bind(tenant)
        .bind(AT_ONCE)
        .fetch_values()
        .await
}

/// Notes that a user has their rows; `false` if somebody else was faster. It is no change of the user.
async fn mark(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE user_account SET terms_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT terms_kept"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(rows == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_kept_by_its_beginning_and_told_apart_whole() {
        let short = "Ä".repeat(WHOLE);
        assert_eq!(fold_long(&short), fold(&short));
        let long = |end: &str| fold_long(&format!("{}{end}", "\u{10400}".repeat(1024 - end.len())));
        assert_eq!(long("A"), long("a"), "without case");
        assert_ne!(long("a"), long("b"));
        assert!(long("a").starts_with(&fold_long(&"\u{10428}".repeat(WHOLE))));
        // The tenant, the property and the user stand beside it.
        assert!(long("a").len() < 2704 - 16 - 24 - 16 - 64, "{}", long("a").len());
    }
}
