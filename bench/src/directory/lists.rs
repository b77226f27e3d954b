//! Lists: pages of the admin centre, and collections of groups and service principals.

use super::cases::TURNS;
use super::ground::Ground;
use crate::Outcome;
use crate::measure::Figures;
use directory_fill::GIVEN_NAMES;

/// Rows of a page of the admin centre.
const ROWS: u32 = 25;

/// Groups of a page of a collection.
const GROUPS: u32 = 100;

/// Service principals of a page: a small directory has no more than twice as many.
const PROGRAMS: u32 = 20;

/// The first page of users.
pub async fn users(ground: &Ground) -> Outcome<Figures> {
    looked(ground, "users", &[String::new()], ground.directory.size.guests).await
}

/// One first name of 32.
pub async fn users_frequent(ground: &Ground) -> Outcome<Figures> {
    let queries: Vec<String> = GIVEN_NAMES.iter().map(|name| format!("?q={}", name.to_lowercase())).collect();
    looked(ground, "users", &queries, ground.directory.size.guests / 64).await
}

/// A last name that about 20 share.
pub async fn users_rare(ground: &Ground) -> Outcome<Figures> {
    let queries: Vec<String> = (0..TURNS).map(|name| format!("?q={}", ground.directory.surname(name))).collect();
    looked(ground, "users", &queries, 1).await
}

/// The first page of groups.
pub async fn groups(ground: &Ground) -> Outcome<Figures> {
    looked(ground, "groups", &[String::new()], ground.directory.size.groups).await
}

/// A word that every fourth has.
pub async fn groups_frequent(ground: &Ground) -> Outcome<Figures> {
    looked(ground, "groups", &["?q=project".to_owned()], ground.directory.size.groups / 4).await
}

/// The first page of apps.
pub async fn apps(ground: &Ground) -> Outcome<Figures> {
    looked(ground, "apps", &[String::new()], ground.directory.size.apps).await
}

/// A word that all have.
pub async fn apps_frequent(ground: &Ground) -> Outcome<Figures> {
    looked(ground, "apps", &["?q=app".to_owned()], ground.directory.size.apps).await
}

/// A list of the admin centre with these queries in turn; the first of them finds at least so many, as far as a page shows them.
async fn looked(ground: &Ground, list: &str, queries: &[String], least: u32) -> Outcome<Figures> {
    let paths: Vec<String> =
        queries.iter().map(|query| format!("/portal/{}/{list}{query}", ground.directory.domain)).collect();
    ground.measure_looking(&paths, least.clamp(1, ROWS) as usize).await
}

/// The first page of the collection of groups.
pub async fn group_page(ground: &Ground) -> Outcome<Figures> {
    let least = ground.directory.size.groups.min(GROUPS);
    ground.measure_reading(&[format!("/v1.0/groups?$top={GROUPS}")], least as usize).await
}

/// A word that every fourth has.
pub async fn group_search_frequent(ground: &Ground) -> Outcome<Figures> {
    let least = (ground.directory.size.groups / 4).clamp(1, GROUPS);
    ground.measure_reading(&[group_search("project")], least as usize).await
}

/// The number of one group.
pub async fn group_search_rare(ground: &Ground) -> Outcome<Figures> {
    let count = ground.directory.size.groups.min(TURNS);
    let paths: Vec<String> =
        (0..count).map(|group| group_search(last_word(&ground.directory.group(group).display_name))).collect();
    ground.measure_reading(&paths, 1).await
}

fn group_search(word: &str) -> String {
    format!("/v1.0/groups?$top={GROUPS}&$search=%22displayName:{word}%22")
}

/// The first page of the collection of service principals.
pub async fn program_page(ground: &Ground) -> Outcome<Figures> {
    let least = ground.directory.size.apps.min(PROGRAMS);
    ground.measure_reading(&[format!("/v1.0/servicePrincipals?$top={PROGRAMS}")], least as usize).await
}

/// A word that all have.
pub async fn program_search_frequent(ground: &Ground) -> Outcome<Figures> {
    let least = ground.directory.size.apps.min(PROGRAMS);
    ground.measure_reading(&[program_search("app")], least as usize).await
}

/// The number of one.
pub async fn program_search_rare(ground: &Ground) -> Outcome<Figures> {
    let count = ground.directory.size.apps.min(TURNS);
    let paths: Vec<String> =
        (0..count).map(|app| program_search(last_word(&ground.directory.app(app).display_name))).collect();
    ground.measure_reading(&paths, 1).await
}

/// The path that searches service principals by a word.
pub fn program_search(word: &str) -> String {
    format!("/v1.0/servicePrincipals?$top={PROGRAMS}&$search=%22displayName:{word}%22")
}

/// The number in the name of something that was filled in.
pub fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or_default()
}
