//! What Graph has no place for: how far the rule of a group was evaluated.

use crate::Server;
use crate::graph::{Caller, Error, resource};
use crate::groups::operations::{self, Key, Sight};
use crate::groups::store::Evaluation;
use crate::groups::{Group, RuleState};
use crate::platform::clock::rfc3339;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `GET /vestibule/v1/groups/{id}`
pub async fn show(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let (group, sight) = operations::see(&mut tx, &caller, &key).await?;
    if sight == Sight::Id {
        return Err(Error::denied());
    }
    let evaluation = operations::evaluation(&mut tx, &caller, &group).await?;
    let body = Map::from_iter([
        ("id".to_owned(), json!(group.id)),
        ("displayName".to_owned(), json!(group.display_name)),
        ("membershipRule".to_owned(), json!(group.membership_rule)),
        ("membershipRuleProcessingState".to_owned(), json!(group.membership_rule_state)),
        ("evaluation".to_owned(), evaluation.map_or(Value::Null, |evaluation| write(&group, &evaluation))),
    ]);
    Ok(resource::entity(&server, StatusCode::OK, "groups/$entity", body))
}

fn write(group: &Group, evaluation: &Evaluation) -> Value {
    json!({
        "state": state(group, evaluation),
        "evaluatedDateTime": evaluation.evaluated_at.map(rfc3339),
        "error": evaluation.error,
    })
}

/// `waiting`, `done`, `paused` or `failed`.
pub fn state(group: &Group, evaluation: &Evaluation) -> &'static str {
    match group.membership_rule_state {
        _ if evaluation.error.is_some() => "failed",
        Some(RuleState::Paused) => "paused",
        _ if evaluation.is_pending => "waiting",
        _ => "done",
    }
}
