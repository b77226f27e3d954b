//! Writing the directory audit.

use super::directory::{Activity, Outcome, Target};
use super::sign_in::home_domain;
use crate::Server;
use crate::graph::{Actor, Caller};
use crate::platform::ids::EventId;
use crate::platform::request::Request;
use database::{Result, Transaction, sql};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

/// What one row tells.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'d> {
    /// What was done.
    pub activity: Activity,
    /// How it ended.
    pub outcome: &'d Outcome,
    /// What it was done to.
    pub target: &'d Target,
    /// Pairs of key and value for the reader.
    pub details: &'d [(&'d str, &'d str)],
}

/// Writes one row, in the transaction of the change. `details` are pairs of key and value for the reader.
pub async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    outcome: &Outcome,
    target: &Target,
    details: &[(&str, &str)],
) -> Result<()> {
    record_each(tx, server, caller, &[Deed { activity, outcome, target, details }]).await
}

/// Writes a row for each of what one caller did at once, in this order and in one statement.
pub async fn record_each(tx: &mut Transaction, server: &Server, caller: &Caller, deeds: &[Deed<'_>]) -> Result<()> {
    let Some((first, others)) = deeds.split_first() else { return Ok(()) };
    let request = Request::current();
    let now = server.clock.now();
    let (initiator_id, initiator) = initiator(caller, &request);
    let row = Row::of(first);
    let mut query = tx
        .query(sql!(
            "INSERT INTO directory_audit (tenant_id, at, correlation_id, initiator_id, initiator, initiator_name, id,
                                          activity, category, service, operation, result, reason, target_id, targets,
                                          details)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ))
        .bind(caller.tenant)
        .bind(now)
        .bind(request.correlation)
        .bind(initiator_id)
        .bind(Json(initiator))
        .bind(caller.user().map(|user| user.principal_name.to_ascii_lowercase()))
        .bind(EventId(server.entropy.uuid(now)))
        .bind(row.activity)
        .bind(row.category)
        .bind(row.service)
        .bind(row.operation)
        .bind(row.result)
        .bind(row.reason)
        .bind(row.target_id)
        .bind(row.targets)
        .bind(row.details);
    for deed in others {
        let row = Row::of(deed);
        query.push(", ($1, $2, $3, $4, $5, $6, ").value(EventId(server.entropy.uuid(now)));
        query.push(", ").value(row.activity).push(", ").value(row.category).push(", ").value(row.service);
        query.push(", ").value(row.operation).push(", ").value(row.result).push(", ").value(row.reason);
        query.push(", ").value(row.target_id).push(", ").value(row.targets).push(", ").value(row.details).push(")");
    }
    query.execute().await?;
    Ok(())
}

/// The columns that rows of one caller do not have in common.
struct Row {
    activity: &'static str,
    category: &'static str,
    service: &'static str,
    operation: &'static str,
    result: &'static str,
    reason: Option<String>,
    target_id: Option<Uuid>,
    targets: Json<Vec<Value>>,
    details: Json<Vec<Value>>,
}

impl Row {
    fn of(deed: &Deed<'_>) -> Self {
        let (activity, service, category, operation) = deed.activity.words();
        let (result, reason) = match deed.outcome {
            Outcome::Success => ("success", None),
            Outcome::Failure(reason) => ("failure", Some(reason.clone())),
        };
        let detail = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
        Self {
            activity,
            category,
            service,
            operation,
            result,
            reason,
            target_id: deed.target.id,
            targets: Json(vec![deed.target.wire()]),
            details: Json(deed.details.iter().map(detail).collect()),
        }
    }
}

fn initiator(caller: &Caller, request: &Request) -> (Option<Uuid>, Value) {
    match &caller.actor {
        Actor::User(user) => (
            Some(user.id.0),
            json!({ "user": {
                "id": user.id,
                "displayName": user.display_name,
                "userPrincipalName": user.principal_name,
                "ipAddress": request.client_address,
                "homeTenantId": user.home_tenant,
                "homeDomain": home_domain(&user.principal_name).map(str::to_ascii_lowercase),
            }, "app": null }),
        ),
        Actor::Application(application) => (
            Some(application.service_principal.0),
            json!({ "user": null, "app": {
                "appId": application.client,
                "displayName": application.display_name,
                "servicePrincipalId": application.service_principal,
                "servicePrincipalName": application.display_name,
            } }),
        ),
        Actor::System => (
            None,
            json!({ "user": null, "app": {
                "appId": null, "displayName": "Vestibule", "servicePrincipalId": null, "servicePrincipalName": null,
            } }),
        ),
    }
}
