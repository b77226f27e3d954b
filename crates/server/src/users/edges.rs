//! Users whom one user leads to: those who report to them, and those they answer for. By a condition or in an order.
//!
//! From few edges everybody is read and put in order by the caller. The edges come first, whose order SQLite keeps in a CROSS JOIN:
//! by the statement alone its planner would go through everybody the tenant has. Where there are many, users are met on another
//! way, and those who are on no edge are passed over.

use super::User;
use super::store::columns;
use crate::graph::query::{Condition, Related, Value, write_condition};
use crate::platform::ids::{TenantId, UserId};
use database::{Query, Result, Statement, Transaction, sql};
use uuid::Uuid;

/// A way from one user to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// To those who report to them.
    Reports,
    /// To those they answer for.
    Guests,
}

macro_rules! users {
    ($columns:expr, $edges:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $edges,
            " = $2 AND u.tenant_id = $1 AND u.id = m.user_id AND u.deleted_at IS NULL"
        )
    };
}

macro_rules! reports {
    ($columns:expr) => {
        users!($columns, "user_manager m CROSS JOIN user_account u WHERE m.tenant_id = $1 AND m.manager_id")
    };
}

macro_rules! guests {
    ($columns:expr) => {
        users!($columns, "user_sponsor m CROSS JOIN user_account u WHERE m.tenant_id = $1 AND m.sponsor_id")
    };
}

/// They are looked at one by one, for users who are met on another way.
static REPORTS: Related = Related {
    type_name: "user",
    subquery: "EXISTS (SELECT 1 FROM user_manager m WHERE m.tenant_id = $1 AND m.user_id = u.id AND ",
    properties: &[],
};
static GUESTS: Related = Related {
    type_name: "user",
    subquery: "EXISTS (SELECT 1 FROM user_sponsor m WHERE m.tenant_id = $1 AND m.user_id = u.id AND ",
    properties: &[],
};

impl Edge {
    /// That a user is at the end of such an edge from this one.
    pub fn leads_from(self, user: UserId) -> Condition {
        let (related, column) = match self {
            Self::Reports => (&REPORTS, "m.manager_id"),
            Self::Guests => (&GUESTS, "m.sponsor_id"),
        };
        let from = Condition::Compare { column, operator: " = ", value: Value::Id(user.0) };
        Condition::Exists { related, condition: Box::new(from) }
    }

    fn ask<'t>(
        tx: &'t mut Transaction,
        statement: &'static Statement,
        (tenant, user): (TenantId, UserId),
        condition: Option<&Condition>,
    ) -> Query<'t> {
        let mut query = tx.query(statement).bind(tenant).bind(user);
        write_condition(condition, &mut query);
        query
    }

    /// Whether there are more such edges than `number`, those to deleted users included.
    pub async fn are_more(self, tx: &mut Transaction, from: (TenantId, UserId), number: u32) -> Result<bool> {
        let statement = match self {
            Self::Reports => sql!("SELECT m.user_id FROM user_manager m WHERE m.tenant_id = $1 AND m.manager_id = $2"),
            Self::Guests => sql!("SELECT m.user_id FROM user_sponsor m WHERE m.tenant_id = $1 AND m.sponsor_id = $2"),
        };
        let mut query = Self::ask(tx, statement, from, None);
        query.push(" LIMIT 1 OFFSET ").value(i64::from(number));
        let found: Option<(Uuid,)> = query.fetch_optional().await?;
        Ok(found.is_some())
    }

    /// The users at the ends who meet a condition, in no order.
    pub async fn list(
        self,
        tx: &mut Transaction,
        from: (TenantId, UserId),
        condition: Option<&Condition>,
    ) -> Result<Vec<User>> {
        let statement = match self {
            Self::Reports => sql!(reports!(columns!())),
            Self::Guests => sql!(guests!(columns!())),
        };
        Self::ask(tx, statement, from, condition).fetch_all().await
    }

    /// How many users at the ends meet a condition.
    pub async fn count(
        self,
        tx: &mut Transaction,
        from: (TenantId, UserId),
        condition: Option<&Condition>,
    ) -> Result<i64> {
        let statement = match self {
            Self::Reports => sql!(reports!("COUNT(*)")),
            Self::Guests => sql!(guests!("COUNT(*)")),
        };
        Self::ask(tx, statement, from, condition).fetch_value().await
    }
}
