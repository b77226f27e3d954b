//! Compares what the two logs newly say with what they should.

use crate::audit::store;
use crate::audit::{ChangeFilter, SignInFilter};
use crate::platform::ids::EventId;
use crate::tenants::Tenant;
use crate::testing::TestServer;
use futures_util::future::LocalBoxFuture;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// More rows than any test writes.
const ALL: i64 = 1000;

/// The rows of both logs of an organisation, read as lines with names instead of ids.
pub struct Book<'s> {
    server: &'s TestServer,
    tenant: &'s Tenant,
    names: RefCell<BTreeMap<String, &'static str>>,
    read: RefCell<BTreeSet<EventId>>,
    wrong: RefCell<Vec<String>>,
}

impl<'s> Book<'s> {
    pub fn new(server: &'s TestServer, tenant: &'s Tenant) -> Self {
        let names = RefCell::new(BTreeMap::from([(tenant.id.to_string(), "Contoso")]));
        Self { server, tenant, names, read: RefCell::default(), wrong: RefCell::default() }
    }

    /// Calls whoever has this id by a name.
    pub fn call(&self, id: &impl ToString, name: &'static str) {
        self.names.borrow_mut().insert(id.to_string(), name);
    }

    /// Passes over what was written up to now.
    pub async fn skip(&self) {
        self.news().await;
        self.server.take_answered();
    }

    /// Does something, and notes what the logs should have said and did not, or said and should not have.
    pub fn tells<'a, T: 'a>(
        &'a self,
        what: &'a str,
        expected: &'a [&'a str],
        action: impl Future<Output = T> + 'a,
    ) -> LocalBoxFuture<'a, T> {
        Box::pin(async move {
            // No two happen at one instant.
            self.server.clock.advance(Duration::from_secs(1));
            self.skip().await;
            let done = action.await;
            let mut told = self.news().await;
            let mut expected = expected.to_vec();
            told.sort_unstable();
            expected.sort_unstable();
            if told != expected {
                self.wrong.borrow_mut().push(format!("{what}: expected {expected:#?}, told {told:#?}"));
            }
            done
        })
    }

    /// # Panics
    /// When something was not told as it should be.
    pub fn close(&self) {
        let wrong = self.wrong.take();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// The rows that were not read before, as lines.
    async fn news(&self) -> Vec<String> {
        self.server.flush_sign_ins().await;
        let requests = self.server.answered();
        let by = |id: String| requests.iter().find(|(known, _)| *known == id).map_or("nothing", |(_, route)| route);
        let mut tx = self.server.read().await.expect("a connection");
        let tenant = self.tenant.id;
        let sign_ins = store::list_sign_ins(&mut tx, tenant, &SignInFilter::default(), None, ALL).await;
        let changes = store::list_changes(&mut tx, tenant, &ChangeFilter::default(), None, ALL).await;
        let mut lines = Vec::new();
        for row in sign_ins.expect("the sign-in log") {
            if !self.read.borrow_mut().insert(row.id) {
                continue;
            }
            let who = self.name(row.user_id.map(|id| id.0).or(row.service_principal_id.map(|id| id.0)));
            let who = if who == "nobody" { row.user_principal_name.clone().unwrap_or(who) } else { who };
            let (app, home) = (self.name(row.app_id), self.name(row.home_tenant_id));
            let resource = row.resource_display_name.as_deref().unwrap_or("nothing");
            let method = row.method.as_deref().unwrap_or("nothing");
            let hand = if row.is_interactive { "in person" } else { "silently" };
            lines.push(format!(
                "{} by {}: {who} of {home} to {app} for {resource} with {method} {hand}",
                row.error_code,
                by(row.correlation_id.to_string()),
            ));
            assert_eq!(row.is_success(), row.failure_reason.is_none(), "a refusal has its reason: {row:?}");
        }
        for row in changes.expect("the audit") {
            if !self.read.borrow_mut().insert(row.id) {
                continue;
            }
            let target = row.targets.0[0]["id"].as_str().map(str::to_owned);
            let (who, target) = (self.name(row.initiator_id), self.name(target));
            let who = if who == "nobody" { row.initiator_name().to_owned() } else { who };
            let by = by(row.correlation_id.to_string());
            lines.push(format!("{} by {by}: {who} {} {target}", row.result, row.activity));
            assert_eq!(row.is_success(), row.reason.is_none(), "a refusal has its reason: {row:?}");
        }
        lines
    }

    fn name(&self, id: Option<impl ToString>) -> String {
        let Some(id) = id.map(|id| id.to_string()) else { return "nobody".to_owned() };
        self.names.borrow().get(&id).map_or(id, |name| (*name).to_owned())
    }
}
