//! Dynamic groups: who belongs to them follows from their rules and from what changes about users.
//!
//! A rule that was set is evaluated for everybody, some users at a time; what changes about users meanwhile and later is read
//! from the log of changes. Both happen in transactions that move the tenant's place in the log on, so that one process at a
//! time works on a tenant, and nobody is decided by what is no longer true.

use super::{link, record};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Kind, What};
use crate::graph::Caller;
use crate::graph::query::{Condition, Order, Place, Slice, Value};
use crate::groups::membership::Person;
use crate::groups::store::{self, Evaluation, Window};
use crate::groups::{Group, GroupError, Relation, RuleState};
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::users::{self, USER, User};
use database::Transaction;
use membership_rule::Rule;
use std::collections::{BTreeSet, HashSet};

/// Users that one transaction decides about at most.
const USERS: u32 = 200;

/// Decisions, users times rules, that one transaction makes at most, so that nobody waits long for it.
const DECISIONS: usize = 20_000;

/// Rules that are held at a time: the patterns of one may take megabytes.
const RULES: usize = 16;

/// Brings the dynamic groups of every tenant to what their rules say of everybody as they are now; how many transactions that
/// took. What goes wrong in one tenant keeps no other waiting.
pub async fn follow_rules(server: &Server) -> Result<u64, GroupError> {
    let tenants = store::list_following(&mut server.read().await?).await?;
    let mut steps = 0;
    let mut failed = None;
    for tenant in tenants {
        loop {
            match step(server, tenant).await {
                Ok(true) => steps += 1,
                Ok(false) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(steps), Err)
}

/// One transaction; `false` if there is nothing to do, or another process does it.
async fn step(server: &Server, tenant: TenantId) -> Result<bool, GroupError> {
    let mut tx = server.read().await?;
    let Some(number) = store::find_followed(&mut tx, tenant).await? else { return Ok(false) };
    let (last, whole_from) = changes::store::bounds(&mut tx, tenant).await?;
    if number == last && store::find_pending(&mut tx, tenant).await?.is_none() {
        return Ok(false);
    }
    let size = size(store::list_rules(&mut tx, tenant).await?.len());
    drop(tx);
    let mut tx = server.write().await?;
    // What the log has dropped was never read: everybody is decided about anew.
    let is_whole = number >= whole_from;
    let (to, changed) =
        if is_whole { read(&mut tx, tenant, (number, last), size).await? } else { (last, BTreeSet::new()) };
    if !store::follow(&mut tx, tenant, number, to).await? {
        return Ok(false);
    }
    if !is_whole {
        store::request_every_evaluation(&mut tx, tenant).await?;
    }
    let turn = Turn { server, tenant, rules: store::list_rules(&mut tx, tenant).await? };
    turn.follow(&mut tx, &changed).await?;
    if let Some(evaluation) = store::find_pending(&mut tx, tenant).await? {
        turn.evaluate(&mut tx, evaluation).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// How many users are decided about at once.
fn size(rules: usize) -> u32 {
    u32::try_from(DECISIONS / rules.max(1)).unwrap_or(USERS).clamp(1, USERS)
}

/// The users that changed between two numbers, and up to which number that is.
async fn read(
    tx: &mut Transaction,
    tenant: TenantId,
    (number, last): (i64, i64),
    size: u32,
) -> Result<(i64, BTreeSet<UserId>), GroupError> {
    let logged = changes::store::list(tx, tenant, Kind::User, number, last, i64::from(size)).await?;
    let is_full = u32::try_from(logged.len()).unwrap_or(u32::MAX) >= size;
    let to = logged.last().filter(|_| is_full).map_or(last, |row| row.number);
    // Who is deleted keeps their place, and is decided about again when they are brought back.
    let changed = logged.iter().filter(|row| row.what == What::Set).map(|row| UserId(row.object_id)).collect();
    Ok((to, changed))
}

/// What one transaction knows.
struct Turn<'s> {
    server: &'s Server,
    tenant: TenantId,
    rules: Vec<(GroupId, String)>,
}

impl Turn<'_> {
    /// Decides about users that changed, for every rule.
    async fn follow(&self, tx: &mut Transaction, changed: &BTreeSet<UserId>) -> Result<(), GroupError> {
        if changed.is_empty() || self.rules.is_empty() {
            return Ok(());
        }
        let values = changed.iter().map(|user| Value::Id(user.0)).collect();
        let condition = Some(Condition::Among { column: "u.id", values });
        let slice = Slice { condition, order: Order::by_id(&USER), after: None, size: USERS };
        let users = users::store::list(tx, self.tenant, &slice).await?;
        for some in self.rules.chunks(RULES) {
            let mut read = Vec::new();
            for (group, text) in some {
                match text.parse::<Rule>() {
                    Ok(rule) => read.push((*group, rule)),
                    Err(error) => self.fail(tx, *group, &error).await?,
                }
            }
            self.decide(tx, &read, &users).await?;
        }
        Ok(store::note_followed(tx, self.tenant, self.server.clock.now()).await?)
    }

    /// Goes on with the evaluation of one rule for everybody.
    async fn evaluate(&self, tx: &mut Transaction, mut evaluation: Evaluation) -> Result<(), GroupError> {
        let group = evaluation.group_id;
        let rule = match self.rules.iter().find(|(of, _)| *of == group).map(|(_, text)| text.parse::<Rule>()) {
            Some(Ok(rule)) => rule,
            Some(Err(error)) => return self.fail(tx, group, &error).await,
            // It was paused or deleted; it begins anew when it is on again.
            None => {
                evaluation.is_pending = false;
                return Ok(store::update_evaluation(tx, self.tenant, &evaluation).await?);
            }
        };
        if evaluation.behind.is_none() {
            self.clear(tx, group).await?;
        }
        let after = evaluation.behind.map(|user| Place { key: None, id: user.0 });
        let slice = Slice { condition: None, order: Order::by_id(&USER), after, size: USERS };
        let mut users = users::store::list(tx, self.tenant, &slice).await?;
        evaluation.is_pending = slice.cut(&mut users);
        self.decide(tx, &[(group, rule)], &users).await?;
        evaluation.behind = users.last().map(|user| user.id).filter(|_| evaluation.is_pending);
        if !evaluation.is_pending {
            evaluation.evaluated_at = Some(self.server.clock.now());
        }
        Ok(store::update_evaluation(tx, self.tenant, &evaluation).await?)
    }

    /// Adds and removes members so that the rules hold of these users.
    async fn decide(&self, tx: &mut Transaction, rules: &[(GroupId, Rule)], users: &[User]) -> Result<(), GroupError> {
        let groups: Vec<GroupId> = rules.iter().map(|(group, _)| *group).collect();
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        let members: HashSet<(GroupId, UserId)> =
            store::list_belonging(tx, self.tenant, &groups, &ids).await?.into_iter().collect();
        for (id, rule) in rules {
            let differing =
                users.iter().filter(|user| rule.holds(&Person::new(user)) != members.contains(&(*id, user.id)));
            let differing: Vec<&User> = differing.collect();
            if differing.is_empty() {
                continue;
            }
            let Some(group) = store::find(tx, self.tenant, *id).await? else { continue };
            for user in differing {
                self.set(tx, &group, user, !members.contains(&(*id, user.id))).await?;
            }
        }
        Ok(())
    }

    async fn set(&self, tx: &mut Transaction, group: &Group, user: &User, belongs: bool) -> Result<(), GroupError> {
        let (edge, object) = ((Relation::Members, group.id), (Kind::User, user.id.0));
        let now = self.server.clock.now();
        let activity = if belongs {
            store::insert_edge(tx, self.tenant, edge, object, now).await?;
            Activity::AddGroupMember
        } else {
            store::delete_edge(tx, self.tenant, edge, object.1, now).await?;
            Activity::RemoveGroupMember
        };
        let target = link::target(group, (Kind::User, user.id.0, user.display_name.clone()), belongs);
        record(tx, self.server, &Caller::system(self.tenant), activity, &target).await
    }

    /// Takes out what a rule does not speak of: groups and programs from when members were chosen by hand.
    async fn clear(&self, tx: &mut Transaction, group: GroupId) -> Result<(), GroupError> {
        let Some(group) = store::find(tx, self.tenant, group).await? else { return Ok(()) };
        let (edge, system) = ((Relation::Members, group.id), Caller::system(self.tenant));
        for kind in [Kind::Group, Kind::ServicePrincipal] {
            let window = Window { kind: Some(kind), condition: None, after: None };
            for object in store::list_linked(tx, self.tenant, edge, &window, u32::MAX).await? {
                store::delete_edge(tx, self.tenant, edge, object.id, self.server.clock.now()).await?;
                let target = link::target(&group, (kind, object.id, object.display_name), false);
                record(tx, self.server, &system, Activity::RemoveGroupMember, &target).await?;
            }
        }
        Ok(())
    }

    /// A rule that this program does not read: whoever belongs to the group stays.
    async fn fail(
        &self,
        tx: &mut Transaction,
        group: GroupId,
        error: &membership_rule::Error,
    ) -> Result<(), GroupError> {
        let evaluation = store::find_evaluation(tx, self.tenant, group).await?;
        let Some(evaluation) = evaluation else { return Ok(()) };
        let failed = Evaluation { is_pending: false, behind: None, error: Some(error.to_string()), ..evaluation };
        Ok(store::update_evaluation(tx, self.tenant, &failed).await?)
    }
}

/// What a change of a group means for its evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::groups) enum Consequence {
    /// Nothing.
    Nothing,
    /// The rule is evaluated for everybody.
    Evaluate,
    /// There is no rule any more.
    Forget,
}

/// Prepares for a change, before it is written: whoever evaluates rules of the tenant ends first, and what is asked for by
/// [`conclude`] is not overwritten by what they did.
pub(in crate::groups) async fn prepare(
    tx: &mut Transaction,
    before: Option<&Group>,
    after: &Group,
) -> Result<Consequence, GroupError> {
    let rule = |group: &Group| (group.is_dynamic(), group.membership_rule.clone(), group.membership_rule_state);
    let is_same = before.is_some_and(|before| rule(before) == rule(after));
    let consequence = match after.is_dynamic() {
        _ if is_same => Consequence::Nothing,
        true if after.membership_rule_state == Some(RuleState::On) => Consequence::Evaluate,
        false if before.is_some_and(Group::is_dynamic) => Consequence::Forget,
        _ => Consequence::Nothing,
    };
    if consequence != Consequence::Nothing {
        let (last, _) = changes::store::bounds(tx, after.tenant_id).await?;
        store::begin_following(tx, after.tenant_id, last).await?;
    }
    Ok(consequence)
}

/// Does what a change has led to, after it is written.
pub(in crate::groups) async fn conclude(
    tx: &mut Transaction,
    group: &Group,
    consequence: Consequence,
) -> Result<(), GroupError> {
    match consequence {
        Consequence::Nothing => {}
        Consequence::Evaluate => store::request_evaluation(tx, group.tenant_id, group.id).await?,
        Consequence::Forget => store::delete_evaluation(tx, group.tenant_id, group.id).await?,
    }
    Ok(())
}
