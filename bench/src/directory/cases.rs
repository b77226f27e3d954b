//! What is asked of a directory, in this order: everything that only reads comes first.

use super::ground::Ground;
use super::lists;
use super::table::Bound;
use super::work::{Inviter, Turns};
use crate::measure::{Figures, measure};
use crate::{Outcome, requests};
use directory_fill::{GIVEN_NAMES, JOINED, JOINER, LARGE_GROUP};
use futures_util::future::LocalBoxFuture;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

/// One case.
pub struct Case {
    /// Its name; a run that wants only some gives the beginning of it.
    pub name: &'static str,
    /// What it may cost.
    pub bound: Bound,
    /// Measures it.
    pub run: for<'g> fn(&'g Ground) -> LocalBoxFuture<'g, Outcome<Figures>>,
}

macro_rules! case {
    ($name:literal, $bound:ident, $run:path) => {
        Case { name: $name, bound: Bound::$bound, run: |ground| Box::pin($run(ground)) }
    };
}

/// All of them.
pub const CASES: [Case; 29] = [
    case!("first page", Quick, first_page),
    case!("page 5,000", Flat, deep_page),
    case!("point read", Quick, point_read),
    case!("startsWith, frequent", Flat, begins_with_frequent),
    case!("startsWith, rare", Flat, begins_with_rare),
    case!("$search, frequent", Flat, search_frequent),
    case!("$search, rare", Flat, search_rare),
    case!("$search, by name or mail", Flat, search_either),
    case!("externalUserState with $count", Counted, state_counted),
    case!("externalUserState, next page", Flat, state_next),
    case!("members of a large group", Flat, members),
    case!("members of a large group, deep", Flat, members_deep),
    case!("transitive membership, 200 groups", Flat, transitive),
    case!("groups, first page", Flat, lists::group_page),
    case!("groups, $search, frequent", Flat, lists::group_search_frequent),
    case!("groups, $search, rare", Flat, lists::group_search_rare),
    case!("service principals, first page", Flat, lists::program_page),
    case!("service principals, $search, frequent", Flat, lists::program_search_frequent),
    case!("service principals, $search, rare", Flat, lists::program_search_rare),
    case!("portal, users", Flat, lists::users),
    case!("portal, users by a frequent name", Counted, lists::users_frequent),
    case!("portal, users by a rare name", Flat, lists::users_rare),
    case!("portal, groups", Counted, lists::groups),
    case!("portal, groups by a frequent word", Counted, lists::groups_frequent),
    case!("portal, apps", Counted, lists::apps),
    case!("portal, apps by a frequent word", Counted, lists::apps_frequent),
    case!("create", Flat, create),
    case!("patch", Flat, patch),
    case!("delta after 100 changes", Flat, delta),
];

const FIRST: &str = "/v1.0/users?$top=100";

/// Objects on a page of these cases.
const PAGE: u32 = 100;

/// So many different guests or words in turn, so that no single row is always at hand.
pub const TURNS: u32 = 1_000;

async fn first_page(ground: &Ground) -> Outcome<Figures> {
    ground.measure_reading(&[FIRST.to_owned()], PAGE as usize).await
}

/// Page 5,000, or the one in the middle of a directory that has fewer.
async fn deep_page(ground: &Ground) -> Outcome<Figures> {
    let path = ground.page(FIRST, middle(ground.directory.size.guests, 4_999)).await?;
    ground.measure_reading(&[path], PAGE as usize).await
}

/// How many pages stand in front of the one in the middle, at most so many.
fn middle(objects: u32, most: u32) -> u32 {
    (objects / PAGE / 2).min(most)
}

async fn point_read(ground: &Ground) -> Outcome<Figures> {
    let paths: Vec<String> =
        ground.scattered(TURNS).map(|guest| format!("/v1.0/users/{}", ground.directory.guest_id(guest))).collect();
    ground.measure_reading(&paths, 1).await
}

/// One first name of 32.
async fn begins_with_frequent(ground: &Ground) -> Outcome<Figures> {
    let path = |name: &&str| format!("/v1.0/users?$top=100&$filter=startswith(displayName,'{name}')");
    ground.measure_reading(&GIVEN_NAMES.iter().map(path).collect::<Vec<_>>(), full(ground, 32)).await
}

/// The whole address of somebody but for its domain.
async fn begins_with_rare(ground: &Ground) -> Outcome<Figures> {
    let path = |guest| {
        let address = ground.directory.guest(guest).address;
        format!("/v1.0/users?$top=100&$filter=startswith(mail,'{}@')", address.split('@').next().unwrap_or_default())
    };
    let paths: Vec<String> = ground.scattered(TURNS).map(path).collect();
    ground.measure_reading(&paths, 1).await
}

async fn search_frequent(ground: &Ground) -> Outcome<Figures> {
    let path = |name: &&str| format!("/v1.0/users?$top=100&$search=%22displayName:{}%22", name.to_lowercase());
    ground.measure_reading(&GIVEN_NAMES.iter().map(path).collect::<Vec<_>>(), full(ground, 32)).await
}

/// A last name that about 20 share.
async fn search_rare(ground: &Ground) -> Outcome<Figures> {
    let path = |name| format!("/v1.0/users?$top=100&$search=%22displayName:{}%22", ground.directory.surname(name));
    ground.measure_reading(&(0..TURNS).map(path).collect::<Vec<_>>(), 1).await
}

/// As address fields of programs ask.
async fn search_either(ground: &Ground) -> Outcome<Figures> {
    let path = |name| {
        let name = ground.directory.surname(name);
        format!("/v1.0/users?$top=100&$search=%22displayName:{name}%22%20OR%20%22mail:{name}%22")
    };
    ground.measure_reading(&(0..TURNS).map(path).collect::<Vec<_>>(), 1).await
}

const PENDING: &str = "/v1.0/users?$top=100&$count=true&$filter=externalUserState%20eq%20'PendingAcceptance'";

async fn state_counted(ground: &Ground) -> Outcome<Figures> {
    ground.measure_reading(&[PENDING.to_owned()], full(ground, 10)).await
}

/// The pages behind the first do not count.
async fn state_next(ground: &Ground) -> Outcome<Figures> {
    let path = ground.page(PENDING, 1).await?;
    ground.measure_reading(&[path], 1).await
}

async fn members(ground: &Ground) -> Outcome<Figures> {
    ground.measure_reading(&[members_path(ground)], full(ground, 10)).await
}

async fn members_deep(ground: &Ground) -> Outcome<Figures> {
    let path = ground.page(&members_path(ground), middle(ground.directory.size.guests / 10, 500)).await?;
    ground.measure_reading(&[path], 1).await
}

fn members_path(ground: &Ground) -> String {
    format!("/v1.0/groups/{}/members?$top=100", ground.directory.group(LARGE_GROUP).id)
}

async fn transitive(ground: &Ground) -> Outcome<Figures> {
    let path = format!("/v1.0/users/{}/transitiveMemberOf?$top=999", ground.directory.guest_id(JOINER));
    let groups = JOINED.min(ground.directory.size.groups.saturating_sub(1));
    ground.measure_reading(&[path], groups as usize).await
}

async fn create(ground: &Ground) -> Outcome<Figures> {
    let worker = Inviter::new(ground.connection().await?, ground.address.host.clone(), ground.token.clone());
    measure(&ground.plan, vec![worker]).await
}

async fn patch(ground: &Ground) -> Outcome<Figures> {
    // Twice through the same guests with other words, so that each of them is a change.
    let titles = [new_title(), new_title()];
    let requests = titles.iter().flat_map(|title| patches(ground, 10 * TURNS, title)).collect();
    measure(&ground.plan, vec![Turns::new(ground.connection().await?, requests, 204)]).await
}

/// A title that nobody has had in any run.
fn new_title() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("Buyer {}", MADE.fetch_add(1, Ordering::Relaxed))
}

fn patches(ground: &Ground, most: u32, title: &str) -> Vec<Vec<u8>> {
    let body = json!({ "jobTitle": title });
    let patch = |guest| {
        let path = format!("/v1.0/users/{}", ground.directory.guest_id(guest));
        requests::json("PATCH", &ground.address.host, &path, &ground.token, &body)
    };
    ground.scattered(most).map(patch).collect()
}

async fn delta(ground: &Ground) -> Outcome<Figures> {
    const CHANGES: u32 = 100;
    let mut connection = ground.connection().await?;
    let body = ground.read(&mut connection, "/v1.0/users/delta?$deltatoken=latest").await?;
    let link = body["@odata.deltaLink"].as_str().ok_or("no deltaLink")?.to_owned();
    for request in patches(ground, CHANGES, &new_title()) {
        connection.send(&request).await?.expect(204)?;
    }
    ground.measure_reading(&[requests::path_of(&link).to_owned()], CHANGES as usize).await
}

/// A full page, or what a small directory has of something that one in so many has; names are drawn, so with some leeway.
fn full(ground: &Ground, one_in: u32) -> usize {
    (ground.directory.size.guests / one_in / 2).clamp(1, PAGE) as usize
}
