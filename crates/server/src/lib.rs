//! Vestibule: guests of other organisations in your apps, under your rules.
//!
//! The rooms, from the ground up: a room uses only what stands above it here.

// What everything stands on.
pub mod config;
pub mod platform;
pub mod translations;

// Rules common to one surface each.
pub mod audit;
pub mod changes;
pub mod graph;
pub mod jobs;
pub mod outbox;
pub mod web;
pub mod words;

// Features, in their order.
pub mod applications;
pub mod authorization;
pub mod backups;
pub mod bulk_invitations;
pub mod consent_requests;
pub mod deleted_items;
pub mod directory_objects;
pub mod directory_roles;
pub mod doctor;
pub mod extensions;
pub mod groups;
pub mod invitations;
pub mod notifications;
pub mod portals;
pub mod redemption;
pub mod service_principals;
pub mod sign_in;
pub mod tenants;
pub mod token_lifetimes;
pub mod users;

#[cfg(test)]
pub mod testing;

// What puts them together.
pub mod caches;
pub mod command;
mod deleted;
#[cfg(feature = "demo")]
pub mod demo;
pub mod dispatch;
mod entrance;
pub mod router;
pub mod serve;
mod server;

pub use server::{Server, StartError};

use database::migration::Migration;

/// The schema, step by step.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first", text: include_str!("../migrations/0001_first.sql") },
    Migration { version: 2, name: "logs", text: include_str!("../migrations/0002_logs.sql") },
    Migration { version: 3, name: "overview", text: include_str!("../migrations/0003_overview.sql") },
    Migration { version: 4, name: "shares", text: include_str!("../migrations/0004_shares.sql") },
    Migration {
        version: 5,
        name: "sign_ins_of_nobody",
        text: include_str!("../migrations/0005_sign_ins_of_nobody.sql"),
    },
    Migration { version: 6, name: "organization", text: include_str!("../migrations/0006_organization.sql") },
    Migration { version: 7, name: "mail_turns", text: include_str!("../migrations/0007_mail_turns.sql") },
    Migration { version: 8, name: "acme", text: include_str!("../migrations/0008_acme.sql") },
    Migration { version: 9, name: "changes", text: include_str!("../migrations/0009_changes.sql") },
    Migration { version: 16, name: "settings", text: include_str!("../migrations/0016_settings.sql") },
    Migration { version: 17, name: "domains", text: include_str!("../migrations/0017_domains.sql") },
    Migration { version: 18, name: "branding", text: include_str!("../migrations/0018_branding.sql") },
    Migration { version: 19, name: "subscriptions", text: include_str!("../migrations/0019_subscriptions.sql") },
    Migration { version: 20, name: "people", text: include_str!("../migrations/0020_people.sql") },
    Migration { version: 21, name: "groups", text: include_str!("../migrations/0021_groups.sql") },
    Migration { version: 22, name: "membership_rules", text: include_str!("../migrations/0022_membership_rules.sql") },
    Migration { version: 23, name: "consent", text: include_str!("../migrations/0023_consent.sql") },
    Migration { version: 24, name: "credentials", text: include_str!("../migrations/0024_credentials.sql") },
    Migration { version: 25, name: "app_owners", text: include_str!("../migrations/0025_app_owners.sql") },
    Migration { version: 26, name: "group_claims", text: include_str!("../migrations/0026_group_claims.sql") },
    Migration { version: 27, name: "deleted_apps", text: include_str!("../migrations/0027_deleted_apps.sql") },
    Migration { version: 28, name: "optional_claims", text: include_str!("../migrations/0028_optional_claims.sql") },
    Migration { version: 29, name: "large_tenants", text: include_str!("../migrations/0029_large_tenants.sql") },
    Migration { version: 30, name: "queue", text: include_str!("../migrations/0030_queue.sql") },
    Migration { version: 32, name: "app_credentials", text: include_str!("../migrations/0032_app_credentials.sql") },
    Migration { version: 33, name: "policies", text: include_str!("../migrations/0033_policies.sql") },
    Migration { version: 34, name: "ages_and_words", text: include_str!("../migrations/0034_ages_and_words.sql") },
    Migration { version: 35, name: "bulk_groups", text: include_str!("../migrations/0035_bulk_groups.sql") },
    Migration { version: 36, name: "consent_requests", text: include_str!("../migrations/0036_consent_requests.sql") },
    Migration { version: 37, name: "extensions", text: include_str!("../migrations/0037_extensions.sql") },
    Migration { version: 38, name: "address_domains", text: include_str!("../migrations/0038_address_domains.sql") },
    Migration {
        version: 39,
        name: "organizations_of_a_person",
        text: include_str!("../migrations/0039_organizations_of_a_person.sql"),
    },
    Migration { version: 40, name: "aftermath", text: include_str!("../migrations/0040_aftermath.sql") },
    Migration { version: 41, name: "held_invitations", text: include_str!("../migrations/0041_held_invitations.sql") },
    Migration { version: 42, name: "directory_reads", text: include_str!("../migrations/0042_directory_reads.sql") },
    Migration { version: 43, name: "foreign_apps", text: include_str!("../migrations/0043_foreign_apps.sql") },
    Migration { version: 45, name: "word_parts", text: include_str!("../migrations/0045_word_parts.sql") },
    Migration { version: 46, name: "manifest", text: include_str!("../migrations/0046_manifest.sql") },
    Migration { version: 47, name: "sponsor_groups", text: include_str!("../migrations/0047_sponsor_groups.sql") },
    Migration { version: 48, name: "token_lifetimes", text: include_str!("../migrations/0048_token_lifetimes.sql") },
    Migration { version: 49, name: "classifications", text: include_str!("../migrations/0049_classifications.sql") },
    Migration { version: 50, name: "lanes", text: include_str!("../migrations/0050_lanes.sql") },
    Migration { version: 51, name: "lists", text: include_str!("../migrations/0051_lists.sql") },
    Migration { version: 52, name: "details", text: include_str!("../migrations/0052_details.sql") },
    Migration { version: 53, name: "lighter_writes", text: include_str!("../migrations/0053_lighter_writes.sql") },
    Migration {
        version: 54,
        name: "extension_attributes",
        text: include_str!("../migrations/0054_extension_attributes.sql"),
    },
    Migration { version: 55, name: "deaths", text: include_str!("../migrations/0055_deaths.sql") },
    Migration { version: 56, name: "waiting_mails", text: include_str!("../migrations/0056_waiting_mails.sql") },
    Migration { version: 57, name: "logos", text: include_str!("../migrations/0057_logos.sql") },
    Migration {
        version: 58,
        name: "phones_and_streets",
        text: include_str!("../migrations/0058_phones_and_streets.sql"),
    },
    Migration { version: 59, name: "domain_list", text: include_str!("../migrations/0059_domain_list.sql") },
    Migration { version: 60, name: "leaving", text: include_str!("../migrations/0060_leaving.sql") },
    Migration { version: 61, name: "pages", text: include_str!("../migrations/0061_pages.sql") },
    Migration { version: 62, name: "read_apart", text: include_str!("../migrations/0062_read_apart.sql") },
];
