//! What the rules of a tenant say of its users, found before anything is written: reading a rule takes time, and whoever writes
//! waits for nobody who thinks.

use crate::Server;
use crate::changes::{self, Kind, What};
use crate::extensions::{self, Texts};
use crate::graph::query::{Order, Place, Slice};
use crate::groups::GroupError;
use crate::groups::membership::Person;
use crate::groups::store::{self, Evaluation};
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::users::{self, USER, User};
use database::Transaction;
use membership_rule::{Error, Rule};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Users that one step decides about at most.
const USERS: u32 = 200;

/// Decisions, users times rules, that one step makes at most. A tenant at the bound of its rules gets all of [`USERS`].
const DECISIONS: usize = 100_000;

/// Groups whose members are asked for at once.
const GROUPS: usize = 100;

/// Rules that are read before others get their turn.
const RULES: usize = 16;

/// Who belongs directly to which group.
type Members = HashSet<(GroupId, UserId)>;

/// What stands in the database when a step begins.
pub(super) struct Ground {
    /// Up to which change the rules have followed.
    pub(super) number: i64,
    /// Up to which they will have.
    pub(super) to: i64,
    /// Whether the log holds everything behind that number. What it has dropped was never read.
    pub(super) is_whole: bool,
    /// The rules that are on.
    pub(super) rules: Vec<(GroupId, String)>,
    /// Users that changed.
    pub(super) changed: Candidates,
    /// Some evaluation for everybody that is not at its end.
    pub(super) pending: Option<Pending>,
}

/// The next users of an evaluation.
pub(super) struct Pending {
    /// How far it is.
    pub(super) evaluation: Evaluation,
    /// The users behind the last one.
    pub(super) next: Candidates,
    /// Whether others follow.
    pub(super) more: bool,
}

/// Users who are decided about.
#[derive(Default)]
pub(super) struct Candidates {
    /// The users.
    pub(super) users: Vec<User>,
    /// What they have of the properties that apps added, as far as the rules name these.
    texts: Texts,
    /// Which of them belong.
    members: Members,
}

/// Somebody who belongs to a group and should not, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    /// The group.
    pub(super) group: GroupId,
    /// The user.
    pub(super) user: UserId,
    /// Whether they should belong.
    pub(super) belongs: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// What differs, group by group.
    pub(super) differences: Vec<Difference>,
    /// Rules that this program does not read.
    pub(super) failed: Vec<(GroupId, Error)>,
}

impl Ground {
    /// Reads it; `None` if there is nothing to do.
    pub(super) async fn read(server: &Server, tenant: TenantId) -> Result<Option<Self>, GroupError> {
        let mut tx = server.read().await?;
        let Some(number) = store::find_followed(&mut tx, tenant).await? else { return Ok(None) };
        let (last, whole_from) = changes::store::bounds(&mut tx, tenant).await?;
        let evaluation = store::find_pending(&mut tx, tenant).await?;
        if number == last && evaluation.is_none() {
            return Ok(None);
        }
        let rules = store::list_rules(&mut tx, tenant).await?;
        let is_whole = number >= whole_from;
        let (to, changed) = if is_whole {
            list_changed(&mut tx, tenant, (number, last), size(rules.len())).await?
        } else {
            (last, Vec::new())
        };
        let changed = Candidates::read(&mut tx, tenant, changed, &rules).await?;
        let pending = match evaluation {
            Some(evaluation) => Some(Pending::read(&mut tx, tenant, evaluation, &rules).await?),
            None => None,
        };
        Ok(Some(Self { number, to, is_whole, rules, changed, pending }))
    }

    /// What differs for the users that changed.
    pub(super) async fn decide(&self) -> Decided {
        if self.changed.users.is_empty() {
            return Decided::default();
        }
        decide(&self.rules, &self.changed).await
    }

    /// What differs for the next users of the evaluation that is not at its end; nothing for a rule that is not on any more.
    pub(super) async fn decide_pending(&self) -> Decided {
        match &self.pending {
            Some(Pending { evaluation, next, .. }) => decide(rule_of(&self.rules, evaluation.group_id), next).await,
            None => Decided::default(),
        }
    }
}

/// The rule of a group alone; nothing if it is not on.
fn rule_of(rules: &[(GroupId, String)], group: GroupId) -> &[(GroupId, String)] {
    rules.iter().find(|(of, _)| *of == group).map(std::slice::from_ref).unwrap_or_default()
}

impl Pending {
    async fn read(
        tx: &mut Transaction,
        tenant: TenantId,
        evaluation: Evaluation,
        rules: &[(GroupId, String)],
    ) -> Result<Self, GroupError> {
        let after = evaluation.behind.map(|user| Place { key: None, id: user.0 });
        let slice = Slice { condition: None, order: Order::by_id(&USER), after, size: USERS };
        let mut users = users::store::list(tx, tenant, &slice).await?;
        let more = slice.cut(&mut users);
        let next = Candidates::read(tx, tenant, users, rule_of(rules, evaluation.group_id)).await?;
        Ok(Self { evaluation, next, more })
    }
}

impl Candidates {
    /// Reads what these rules look at beside the users themselves, and who of them belongs.
    async fn read(
        tx: &mut Transaction,
        tenant: TenantId,
        users: Vec<User>,
        rules: &[(GroupId, String)],
    ) -> Result<Self, GroupError> {
        if users.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        let (mut members, mut named) = (Members::new(), BTreeSet::new());
        for some in rules.chunks(GROUPS) {
            let groups: Vec<GroupId> = some.iter().map(|(group, _)| *group).collect();
            members.extend(store::list_belonging(tx, tenant, &groups, &ids).await?);
            named.extend(some.iter().flat_map(|(_, rule)| membership_rule::extensions(rule)));
        }
        let ids: Vec<Uuid> = ids.into_iter().map(|user| user.0).collect();
        let texts = extensions::texts_of_users(tx, tenant, &ids, &named).await?;
        Ok(Self { users, texts, members })
    }
}

/// These users, as far as they are there.
pub(super) async fn list_users(
    tx: &mut Transaction,
    tenant: TenantId,
    ids: &BTreeSet<UserId>,
) -> Result<Vec<User>, GroupError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|user| user.0).collect();
    Ok(users::store::list(tx, tenant, &Slice::of_ids(&USER, &ids)).await?)
}

/// How many users are decided about at once.
fn size(rules: usize) -> u32 {
    u32::try_from(DECISIONS / rules.max(1)).unwrap_or(USERS).clamp(1, USERS)
}

/// The users that changed between two numbers, and up to which number that is.
async fn list_changed(
    tx: &mut Transaction,
    tenant: TenantId,
    (number, last): (i64, i64),
    size: u32,
) -> Result<(i64, Vec<User>), GroupError> {
    let logged = changes::store::list(tx, tenant, Kind::User, number, last, i64::from(size)).await?;
    let is_full = u32::try_from(logged.len()).unwrap_or(u32::MAX) >= size;
    let to = logged.last().filter(|_| is_full).map_or(last, |row| row.number);
    // Who is deleted keeps their place, and is decided about again when they are brought back.
    let ids = logged.iter().filter(|row| row.what == What::Set).map(|row| UserId(row.object_id)).collect();
    Ok((to, list_users(tx, tenant, &ids).await?))
}

/// Compares what rules say with who belongs. One rule is held at a time: its patterns may take megabytes.
async fn decide(rules: &[(GroupId, String)], Candidates { users, texts, members }: &Candidates) -> Decided {
    let mut decided = Decided::default();
    for some in rules.chunks(RULES) {
        for (group, text) in some {
            let rule = match text.parse::<Rule>() {
                Ok(rule) => rule,
                Err(error) => {
                    decided.failed.push((*group, error));
                    continue;
                }
            };
            let differing = users.iter().filter_map(|user| {
                let belongs = rule.holds(&Person::new(user, texts.get(&user.id.0)));
                let differs = belongs != members.contains(&(*group, user.id));
                differs.then_some(Difference { group: *group, user: user.id, belongs })
            });
            decided.differences.extend(differing);
        }
        tokio::task::yield_now().await;
    }
    decided
}
