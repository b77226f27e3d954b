//! What PostgreSQL plans statements by.

use crate::{Database, Result};
use sqlx::{AssertSqlSafe, Executor as _};

/// The commands for tables of this role in which more has changed since their statistics were gathered than they had rows then, and
/// at least 500 rows. Whoever is at a table already, as another process may be, is not waited for.
const OUTGROWN: &str = "SELECT format('ANALYZE (SKIP_LOCKED) %I.%I', s.schemaname, s.relname)
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE s.schemaname = current_schema() AND s.n_mod_since_analyze >= 500
      AND s.n_mod_since_analyze > c.reltuples AND pg_has_role(c.relowner, 'USAGE')";

impl Database {
    /// Has PostgreSQL gather the statistics of tables that have doubled since it did so last, and plan anew what it planned by the
    /// old ones; how many tables those were. By itself it does so once in a minute at most, and until then goes by plans that were
    /// made for empty tables. SQLite plans without statistics.
    pub async fn analyze_outgrown(&self) -> Result<usize> {
        let Some(connections) = self.postgres() else { return Ok(0) };
        let mut lent = connections.take().await?;
        let commands: Vec<String> = sqlx::query_scalar(OUTGROWN).fetch_all(lent.connection()?).await?;
        for command in &commands {
            lent.connection()?.execute(AssertSqlSafe(command.clone())).await?;
        }
        lent.answered();
        Ok(commands.len())
    }
}
