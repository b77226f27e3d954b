//! How often a password may be tried, without anybody being able to lock somebody else out.
//!
//! A browser in which the person has signed in before has tries of its own. Strangers are limited by where they come
//! from, by account and place together, and by account; when an account has too many strangers, each place still has a
//! few tries, so that its owner gets in from a new device while guessing from one place gets nowhere.

use super::attempts::{self, Counted, Limit};
use super::browser::Browser;
use crate::Server;
use crate::platform::ids::TenantId;
use crate::platform::request::Request;
use crate::platform::{SecretHash, Timestamp};
use database::{Result, Transaction};
use std::time::Duration;

const QUARTER: Duration = Duration::from_mins(15);

/// Tries in a browser that knows the person.
const FAMILIAR: Limit = Limit { scope: "password.familiar", most: 20, window: QUARTER };

/// Tries of a client address at any account of any organisation.
const PLACE: Limit = Limit { scope: "password.place", most: 100, window: QUARTER };

/// Tries of a client address at one account.
const PLACE_AND_ACCOUNT: Limit = Limit { scope: "password.place-and-account", most: 10, window: QUARTER };

/// Tries of all strangers at one account.
const ACCOUNT: Limit = Limit { scope: "password.account", most: 100, window: Duration::from_hours(1) };

/// Tries of a client address at an account that has too many strangers.
const CROWDED: i64 = 3;

/// Whose tries are counted.
pub struct Tries {
    tenant: TenantId,
    browser: SecretHash,
    account: SecretHash,
    place: SecretHash,
    /// Whether the person has signed in here before.
    pub is_familiar: bool,
}

/// What counting a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be made.
    Open,
    /// Not before this instant.
    Shut {
        /// When tries count anew.
        until: Timestamp,
        /// Whether this is the first one turned away, which is enough to tell the log.
        is_first: bool,
    },
}

impl Tries {
    /// Tries at an account, named by its folded sign-in name, from this browser at its client address.
    pub async fn at(tx: &mut Transaction, tenant: TenantId, browser: &Browser, account: &str) -> Result<Self> {
        Ok(Self {
            tenant,
            browser: attempts::subject(&[&browser.hash().0, account.as_bytes()]),
            account: attempts::subject(&[account.as_bytes()]),
            place: attempts::client(Request::current().client_address),
            is_familiar: browser.has_proved(tx, tenant, account).await?,
        })
    }

    /// Tries at an account by an app, which shows no browser: they are those of a stranger, and share their counts, so that
    /// neither way in gives guesses that the other does not.
    pub fn by_app(tenant: TenantId, account: &str) -> Self {
        let account = attempts::subject(&[account.as_bytes()]);
        Self {
            tenant,
            // Nobody is familiar here, so nothing is counted for it.
            browser: account.clone(),
            account,
            place: attempts::client(Request::current().client_address),
            is_familiar: false,
        }
    }

    /// Counts one try. The count must be committed before the password is looked at.
    pub async fn count(&self, tx: &mut Transaction, server: &Server) -> Result<Verdict> {
        if self.is_familiar {
            return Ok(verdict(&[FAMILIAR.count(tx, server, self.tenant, &self.browser).await?]));
        }
        let place = PLACE.count_globally(tx, server, &self.place).await?;
        let account = ACCOUNT.count(tx, server, self.tenant, &self.account).await?;
        let mut both = PLACE_AND_ACCOUNT.count(tx, server, self.tenant, &self.place_and_account()).await?;
        if !account.is_within() {
            both.most = CROWDED;
        }
        Ok(verdict(&[place, both]))
    }

    /// Gives back what the tries of somebody cost who then was right.
    pub async fn forget(&self, tx: &mut Transaction, server: &Server) -> Result<()> {
        if self.is_familiar {
            return FAMILIAR.forget(tx, server, self.tenant, &self.browser).await;
        }
        PLACE.give_back_globally(tx, server, &self.place).await?;
        PLACE_AND_ACCOUNT.forget(tx, server, self.tenant, &self.place_and_account()).await
    }

    fn place_and_account(&self) -> SecretHash {
        attempts::subject(&[&self.place.0, &self.account.0])
    }
}

fn verdict(counts: &[Counted]) -> Verdict {
    let beyond = counts.iter().filter(|counted| !counted.is_within());
    let Some(longest) = beyond.max_by_key(|counted| counted.until) else { return Verdict::Open };
    Verdict::Shut { until: longest.until, is_first: longest.attempts == longest.most + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestServer, on_both_engines};
    use axum::http::HeaderMap;

    /// Counts one try at an account by a browser that was never here, at a place.
    async fn try_from(server: &TestServer, tenant: TenantId, place: &str) -> Verdict {
        let request = Request { client_address: Some(place.parse().expect("an address")), ..Request::current() };
        let counted = async {
            let browser = Browser::of(server, &HeaderMap::new());
            let mut tx = server.write().await.expect("a transaction");
            let tries = Tries::at(&mut tx, tenant, &browser, "mara@contoso.example").await.expect("tries");
            let verdict = tries.count(&mut tx, server).await.expect("a count");
            tx.commit().await.expect("a commit");
            verdict
        };
        request.scope(counted).await
    }

    #[tokio::test]
    async fn o5_a_crowd_of_strangers_leaves_a_few_tries_to_every_place() {
        on_both_engines(async |server| {
            let tenant = server.tenant("Contoso", "contoso.example").await.id;
            for place in 0..10 {
                for _ in 0..10 {
                    let verdict = try_from(&server, tenant, &format!("198.51.100.{place}")).await;
                    assert_eq!(verdict, Verdict::Open);
                }
            }
            for late in ["203.0.113.1", "203.0.113.2"] {
                for _ in 0..CROWDED {
                    assert_eq!(try_from(&server, tenant, late).await, Verdict::Open);
                }
                let Verdict::Shut { until, is_first } = try_from(&server, tenant, late).await else {
                    panic!("a fourth try at {late}")
                };
                assert_eq!((until, is_first), (server.clock.now().plus(QUARTER), true));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn x7_a_place_has_so_many_tries_at_all_accounts_together() {
        on_both_engines(async |server| {
            let mut open = 0;
            for at in 0..11 {
                let tenant = server.tenant("Contoso", &format!("contoso{at}.example")).await.id;
                for host in 0..10 {
                    // Another address of the same household each time.
                    let verdict = try_from(&server, tenant, &format!("2001:db8:1:2::{host}")).await;
                    open += usize::from(verdict == Verdict::Open);
                }
            }
            assert_eq!(open, 100);
        })
        .await;
    }
}
