//! The SQL of service principals that were deleted by themselves.

use super::store::columns;
use crate::deleted_items::store::{Statements, select_deleted, select_old};
use database::sql;

macro_rules! select {
    ($columns:expr) => {
        select_deleted!(
            $columns,
            "service_principal s LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id",
            "s"
        )
    };
}

/// What reads them.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select!(columns!()), " AND s.id = $3")),
    list: sql!(select!(columns!())),
    count: sql!(select!("COUNT(*)")),
    list_old: sql!(select_old!("service_principal")),
};
