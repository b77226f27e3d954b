//! Guests written into the database in bulk: the same seed gives the same guests.

use crate::Outcome;
use crate::statistics::Random;
use database::{Database, Transaction, sql};
use uuid::Uuid;

/// Rows in one statement, and so in one transaction.
const BATCH: u32 = 500;

/// Whether a guest may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Accepted long ago.
    Accepted,
    /// Accepted, then blocked by an administrator.
    Blocked,
}

/// Microseconds of 2025-01-01T00:00:00Z, when the first guest was made.
const EPOCH: i64 = 1_735_689_600_000_000;

/// A guest as the generator makes them.
struct Guest {
    id: Uuid,
    identity: String,
    mail: String,
    name: String,
    at: i64,
    state: State,
}

/// The mail address of a generated guest.
pub fn mail(prefix: &str, number: u32) -> String {
    format!("{prefix}{number:07}@partner{:03}.example", number % 400)
}

/// Adds guests to a tenant, numbered from zero.
pub async fn guests(database: &Database, tenant: &str, prefix: &str, count: u32, state: State) -> Outcome {
    let tenant: Uuid = tenant.parse()?;
    let seed = prefix.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let mut random = Random(seed);
    for first in (0..count).step_by(BATCH as usize) {
        let batch: Vec<Guest> =
            (first..count.min(first + BATCH)).map(|number| guest(&mut random, prefix, number, state)).collect();
        let mut tx = database.write().await?;
        accounts(&mut tx, tenant, &batch).await?;
        identities(&mut tx, tenant, &batch).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn guest(random: &mut Random, prefix: &str, number: u32, state: State) -> Guest {
    const NAMES: [&str; 8] = ["Amal", "Birgit", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana"];
    let at = EPOCH + i64::from(number) * 1_000_000;
    // Ids sort by time: 48 bits of milliseconds in front (RFC 9562 section 5.7).
    let milliseconds = u128::from(at.unsigned_abs() / 1000) << 80;
    let noise = (u128::from(random.next()) << 64 | u128::from(random.next())) & ((1 << 80) - 1);
    let id = Uuid::from_u128((milliseconds | noise) & !(0xf << 76) & !(0x3 << 62) | 0x7 << 76 | 0x2 << 62);
    let mail = mail(prefix, number);
    let identity = mail.clone();
    Guest { id, identity, name: format!("{} {number:07}", NAMES[random.below(NAMES.len())]), mail, at, state }
}

async fn accounts(tx: &mut Transaction, tenant: Uuid, batch: &[Guest]) -> Outcome {
    let mut query = tx.query(sql!(
        "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, mail, mail_folded, mail_reversed, external_user_state_changed_at, sessions_valid_from,
             created_at, account_enabled, other_mails, proxy_addresses, user_type, creation_type, external_user_state,
             business_phones, version) VALUES "
    ));
    for (at, guest) in batch.iter().enumerate() {
        let principal = format!("{}#EXT#@bench.example", guest.mail.replace('@', "_"));
        query.push(if at == 0 { "(" } else { ", (" }).value(tenant);
        query.push(", ").value(guest.id);
        query.push(", ").value(principal.clone());
        query.push(", ").value(principal.to_lowercase());
        query.push(", ").value(guest.name.clone());
        query.push(", ").value(guest.name.to_lowercase());
        query.push(", ").value(guest.mail.clone());
        query.push(", ").value(guest.mail.clone());
        query.push(", ").value(guest.mail.chars().rev().collect::<String>());
        for _ in 0..3 {
            query.push(", ").value(guest.at);
        }
        query.push(", ").value(guest.state == State::Accepted);
        query.push(", '[]', '[]', 'Guest', 'Invitation', 'Accepted', '[]', 1)");
    }
    query.execute().await?;
    Ok(())
}

async fn identities(tx: &mut Transaction, tenant: Uuid, batch: &[Guest]) -> Outcome {
    let mut query = tx.query(sql!(
        "INSERT INTO user_identity (tenant_id, user_id, sign_in_type, issuer, issuer_assigned_id,
             issuer_assigned_id_folded) VALUES "
    ));
    for (at, guest) in batch.iter().enumerate() {
        query.push(if at == 0 { "(" } else { ", (" }).value(tenant);
        query.push(", ").value(guest.id);
        query.push(", 'federated', 'mail', ").value(guest.identity.clone());
        query.push(", ").value(guest.identity.clone());
        query.push(")");
    }
    query.execute().await?;
    Ok(())
}
