//! Dynamic groups: who belongs to them follows from their rules and from what changes about users.
//!
//! A rule that was set is evaluated for everybody, some users at a time; what changes about users meanwhile and later is read
//! from the log of changes. What rules say is found before anything is written (`decide.rs`); a transaction then writes what
//! differs and moves the tenant's place in the log on, so that one process at a time works on a tenant. A user who changes in
//! between is in the log behind that place, and decided about again.

use super::decide::{Decided, Difference, Ground, Pending, list_users};
use super::{link, record};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Kind};
use crate::extensions;
use crate::graph::Caller;
use crate::groups::store::{self, Evaluation, Window};
use crate::groups::{Group, GroupError, Relation, RuleState};
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::users::User;
use database::Transaction;
use std::collections::{BTreeSet, HashMap};

/// Groups of a tenant whose members follow from a rule, at most. Entra allows 15,000, and evaluates them on machines of their own.
pub const MOST_RULES: i64 = 500;

/// Members that one transaction adds and removes at most, so that nobody waits long for it.
const AT_ONCE: usize = 1_000;

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

/// Decides, then writes in one transaction; `false` if there is nothing to do, or another process does it.
async fn step(server: &Server, tenant: TenantId) -> Result<bool, GroupError> {
    let Some(ground) = Ground::read(server, tenant).await? else { return Ok(false) };
    let (mut changed, mut pending) = (ground.decide().await, ground.decide_pending().await);
    // What is too much is left where it is, and found again by the next step.
    let all_changed = cut(&mut changed.differences, AT_ONCE);
    let all_pending = cut(&mut pending.differences, AT_ONCE - changed.differences.len());
    let to = if all_changed { ground.to } else { ground.number };
    let mut tx = server.write().await?;
    if !store::follow(&mut tx, tenant, ground.number, to).await? {
        return Ok(false);
    }
    // Whoever sets a rule waits from here on. What was set before is decided about by the next step.
    let turn = Turn { server, tenant };
    if !turn.is_ground_of(&mut tx, &ground).await? {
        return Ok(true);
    }
    if !ground.is_whole {
        store::request_every_evaluation(&mut tx, tenant).await?;
        tx.commit().await?;
        return Ok(true);
    }
    turn.write(&mut tx, &changed).await?;
    if all_changed && !ground.changed.users.is_empty() && !ground.rules.is_empty() {
        store::note_followed(&mut tx, tenant, server.clock.now()).await?;
    }
    if let Some(evaluation) = ground.pending {
        turn.evaluate(&mut tx, evaluation, &pending, all_pending, &ground.rules).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Leaves so many of them; whether those were all.
fn cut(differences: &mut Vec<Difference>, most: usize) -> bool {
    let is_all = differences.len() <= most;
    differences.truncate(most);
    is_all
}

/// Who writes.
struct Turn<'s> {
    server: &'s Server,
    tenant: TenantId,
}

impl Turn<'_> {
    /// Whether rules and evaluation are still what was decided by.
    async fn is_ground_of(&self, tx: &mut Transaction, ground: &Ground) -> Result<bool, GroupError> {
        if store::list_rules(tx, self.tenant).await? != ground.rules {
            return Ok(false);
        }
        let Some(Pending { evaluation: before, .. }) = &ground.pending else { return Ok(true) };
        let now = store::find_evaluation(tx, self.tenant, before.group_id).await?;
        Ok(now.is_some_and(|now| now.is_pending && now.behind == before.behind))
    }

    /// Goes on with the evaluation of one rule for everybody.
    async fn evaluate(
        &self,
        tx: &mut Transaction,
        Pending { evaluation, next, more }: Pending,
        decided: &Decided,
        is_all: bool,
        rules: &[(GroupId, String)],
    ) -> Result<(), GroupError> {
        let group = evaluation.group_id;
        if !rules.iter().any(|(of, _)| *of == group) {
            // It was paused or deleted; it begins anew when it is on again.
            let ended = Evaluation { is_pending: false, ..evaluation };
            return Ok(store::update_evaluation(tx, self.tenant, &ended).await?);
        }
        if evaluation.behind.is_none() && decided.failed.is_empty() {
            self.clear(tx, group).await?;
        }
        self.write(tx, decided).await?;
        if !is_all || !decided.failed.is_empty() {
            return Ok(());
        }
        let behind = next.users.last().map(|user| user.id).filter(|_| more);
        let evaluated_at = if more { evaluation.evaluated_at } else { Some(self.server.clock.now()) };
        let further = Evaluation { group_id: group, is_pending: more, behind, evaluated_at, error: None };
        Ok(store::update_evaluation(tx, self.tenant, &further).await?)
    }

    /// Adds and removes members as it was decided. Who is gone by now is passed over.
    async fn write(&self, tx: &mut Transaction, decided: &Decided) -> Result<(), GroupError> {
        for (group, error) in &decided.failed {
            self.fail(tx, *group, error).await?;
        }
        let ids: BTreeSet<UserId> = decided.differences.iter().map(|difference| difference.user).collect();
        let users = list_users(tx, self.tenant, &ids).await?;
        let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let mut known: Option<Group> = None;
        for Difference { group, user, belongs } in &decided.differences {
            if known.as_ref().is_none_or(|known| known.id != *group) {
                known = store::find(tx, self.tenant, *group).await?;
            }
            if let (Some(group), Some(user)) = (&known, users.get(user)) {
                self.set(tx, group, user, *belongs).await?;
            }
        }
        Ok(())
    }

    async fn set(&self, tx: &mut Transaction, group: &Group, user: &User, belongs: bool) -> Result<(), GroupError> {
        let (edge, object) = ((Relation::Members, group.id), (Kind::User, user.id.0));
        let now = self.server.clock.now();
        let (activity, is_new) = if belongs {
            (Activity::AddGroupMember, store::insert_edge(tx, self.tenant, edge, object, now).await?)
        } else {
            let gone = store::delete_edge(tx, self.tenant, edge, object.1, now).await?;
            (Activity::RemoveGroupMember, gone.is_some())
        };
        // Somebody who changed while everybody was looked at is decided about twice.
        if !is_new {
            return Ok(());
        }
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
///
/// # Errors
/// `Invalid` for one rule too many in the tenant.
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
    let is_new = after.is_dynamic() && !before.is_some_and(Group::is_dynamic);
    if is_new || consequence != Consequence::Nothing {
        let (last, _) = changes::store::bounds(tx, after.tenant_id).await?;
        store::begin_following(tx, after.tenant_id, last).await?;
    }
    if is_new && store::count_dynamic(tx, after.tenant_id).await? >= MOST_RULES {
        let problem = format!("an organization has at most {MOST_RULES} groups with DynamicMembership");
        return Err(GroupError::Invalid { property: "groupTypes", problem });
    }
    Ok(consequence)
}

/// Refuses a new rule that names a property of an app which users do not have here as one text. One that is deleted later is nobody's.
pub(super) async fn check_named(tx: &mut Transaction, before: Option<&Group>, after: &Group) -> Result<(), GroupError> {
    let Some(rule) = after.membership_rule.as_deref() else { return Ok(()) };
    if before.is_some_and(|before| before.membership_rule.as_deref() == Some(rule)) {
        return Ok(());
    }
    let names = membership_rule::extensions(rule);
    match extensions::find_no_text(tx, after.tenant_id, &names).await? {
        None => Ok(()),
        Some(name) => {
            let problem = format!("there is no property {name} that users have as one text");
            Err(GroupError::Invalid { property: "membershipRule", problem })
        }
    }
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
