//! Backups of earlier versions. Each comes from a database under the schema of then that was filled by plain SQL, so
//! nothing in it was made by the program of today.

use super::{key, restore, schema, summaries};
use crate::MIGRATIONS;
use crate::backups::{self, Backup, Replace};
use crate::graph::Role;
use crate::invitations::operations::resend;
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::platform::{Entropy, MasterKey, Timestamp};
use crate::testing::{START, TestServer, on_empty_databases, person};
use crate::{tenants, users};
use database::copy::{self, Manifest, Schema, Summary};
use database::migration::{self, Migration};
use database::{Database, Transaction, sql};
use std::path::Path;
use std::time::Duration;
use uuid::{Uuid, uuid};

const TENANT: Uuid = uuid!("01976b5c-0000-7000-8000-000000000001");
const ADA: Uuid = uuid!("01976b5c-0000-7000-8000-000000000002");
const SAM: Uuid = uuid!("01976b5c-0000-7000-8000-000000000003");
const GRACE: Uuid = uuid!("01976b5c-0000-7000-8000-000000000004");
const INVITATION: Uuid = uuid!("01976b5c-0000-7000-8000-000000000005");
const APP: Uuid = uuid!("01976b5c-0000-7000-8000-000000000006");
const CLIENT: Uuid = uuid!("01976b5c-0000-7000-8000-000000000007");
const PRINCIPAL: Uuid = uuid!("01976b5c-0000-7000-8000-000000000008");
const RESOURCE: Uuid = uuid!("01976b5c-0000-7000-8000-000000000009");
const LIST: Uuid = uuid!("01976b5c-0000-7000-8000-00000000000a");

/// What became of the rows of a list, of each as many as its place says.
const RESULTS: [&str; 6] = ["unchecked", "ready", "invited", "alreadyInvited", "repeated", "failed"];

/// Tables whose rows a later step or the new epoch changes.
const CHANGED: &[&str] = &[
    "application_secret",
    "dead_ticket",
    "delegated_grant",
    "directory_audit",
    "invitation",
    "job",
    "mail",
    "service_principal",
    "session",
    "user_account",
    "user_term",
];

/// A row, as an earlier program wrote it.
macro_rules! row {
    ($tx:ident, $text:literal $(, $value:expr)*) => {
        $tx.query(sql!($text))$(.bind($value))*.execute().await.expect("a row of then")
    };
}

/// The first release, and one in the middle.
fn earlier() -> [&'static [Migration]; 2] {
    [1, 20].map(|version| &MIGRATIONS[..MIGRATIONS.partition_point(|step| step.version <= version)])
}

/// When the backup comes back.
fn later() -> Timestamp {
    START.plus(Duration::from_hours(1))
}

/// An organisation with its administrator, a guest who came in and one who has not yet.
async fn filled(url: &str, steps: &[Migration]) -> Database {
    let settings = TestServer::settings_of(url).database_settings().expect("settings");
    let database = Database::open(&settings).await.expect("a database");
    migration::migrate(&database, steps).await.expect("the schema of then");
    let mut tx = database.write().await.expect("a transaction");
    organisation(&mut tx).await;
    people(&mut tx).await;
    app(&mut tx).await;
    what_was_open(&mut tx).await;
    list(&mut tx).await;
    tx.commit().await.expect("a commit");
    database
}

async fn organisation(tx: &mut Transaction) {
    let proof = key().seal("master_key_proof/1", &[7; 32], &Entropy::system());
    row!(tx, "INSERT INTO master_key_proof (id, sealed) VALUES (1, $1)", proof);
    row!(
        tx,
        "INSERT INTO tenant (id, name, initial_domain, created_at, version)
         VALUES ($1, 'Contoso', 'contoso.example', 1795338000000000, 1)",
        TENANT
    );
    row!(
        tx,
        "INSERT INTO domain (tenant_id, name, is_initial, verified_at)
         VALUES ($1, 'contoso.example', TRUE, 1795338000000000)",
        TENANT
    );
    row!(
        tx,
        "INSERT INTO collaboration_settings (tenant_id, allow_invites_from, guest_user_role_id, domain_list_kind,
             listed_domains, landing_addresses, extra_landing_addresses, wide_addresses, notification_language, version)
         VALUES ($1, 'everyone', $2, 'deny', '[\"northwind.example\"]', 'any', '[]', FALSE, 'en', 3)",
        TENANT,
        uuid!("10dae51f-b6af-4016-8d66-8c2a99b929b3")
    );
}

async fn people(tx: &mut Transaction) {
    row!(
        tx,
        "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, other_mails, proxy_addresses, user_type, account_enabled, business_phones,
             sessions_valid_from, created_at, version)
         VALUES ($1, $2, 'ada@contoso.example', 'ada@contoso.example', 'Ada Lovelace', 'ada lovelace', '[]', '[]',
             'Member', TRUE, '[\"+44 20 7946 0000\"]', 1795338000000000, 1795338000000000, 1)",
        TENANT,
        ADA
    );
    row!(
        tx,
        "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, mail, mail_folded, mail_reversed, other_mails, proxy_addresses, user_type,
             creation_type, external_user_state, external_user_state_changed_at, account_enabled, business_phones,
             sessions_valid_from, created_at, version)
         VALUES ($1, $2, 'sam_fabrikam.example#EXT#@contoso.example', 'sam_fabrikam.example#ext#@contoso.example',
             'Sam Rivera', 'sam rivera', 'Sam@fabrikam.example', 'sam@fabrikam.example', 'elpmaxe.makirbaf@mas',
             '[\"Sam@fabrikam.example\"]', '[]', 'Guest', 'Invitation', 'Accepted', 1795338000000000, TRUE, '[]',
             1795338000000000, 1795338000000000, 4)",
        TENANT,
        SAM
    );
    row!(
        tx,
        "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, mail, mail_folded, mail_reversed, other_mails, proxy_addresses, user_type,
             creation_type, external_user_state, external_user_state_changed_at, account_enabled, business_phones,
             sessions_valid_from, created_at, version)
         VALUES ($1, $2, 'grace_fabrikam.example#EXT#@contoso.example',
             'grace_fabrikam.example#ext#@contoso.example', 'Grace', 'grace', 'grace@fabrikam.example',
             'grace@fabrikam.example', 'elpmaxe.makirbaf@ecarg',
             '[\"grace@fabrikam.example\"]', '[]', 'Guest', 'Invitation', 'PendingAcceptance', 1795338000000000, TRUE,
             '[]', 1795338000000000, 1795338000000000, 1)",
        TENANT,
        GRACE
    );
    row!(
        tx,
        "INSERT INTO user_identity (tenant_id, user_id, sign_in_type, issuer, issuer_assigned_id,
             issuer_assigned_id_folded)
         VALUES ($1, $2, 'userPrincipalName', 'contoso.example', 'ada@contoso.example', 'ada@contoso.example')",
        TENANT,
        ADA
    );
    row!(
        tx,
        "INSERT INTO directory_role_assignment (tenant_id, principal_id, role_id, created_at)
         VALUES ($1, $2, $3, 1795338000000000)",
        TENANT,
        ADA,
        uuid!("62e90394-69f5-4237-9190-012177145e10")
    );
}

/// An app whose secret has the hint of then, and a grant of which nothing is left.
async fn app(tx: &mut Transaction) {
    row!(
        tx,
        "INSERT INTO application (tenant_id, id, app_id, display_name, display_name_folded, sign_in_audience,
             identifier_uris, web_redirect_uris, spa_redirect_uris, public_redirect_uris, app_roles, exposed_scopes,
             required_resource_access, signing_algorithm, created_at, version)
         VALUES ($1, $2, $3, 'Expenses', 'expenses', 'AzureADMyOrg', '[]',
             '[\"https://expenses.contoso.example/back\"]', '[]', '[]', '[]', '[]', '[]', 'RS256', 1795338000000000, 2)",
        TENANT,
        APP,
        CLIENT
    );
    row!(
        tx,
        "INSERT INTO application_secret (tenant_id, id, application_id, hint, secret_hash, starts_at, ends_at)
         VALUES ($1, $2, $2, 'vsa', $3, 1795338000000000, 1895338000000000)",
        TENANT,
        APP,
        vec![3_u8; 32]
    );
    for (id, client) in [(PRINCIPAL, CLIENT), (RESOURCE, RESOURCE)] {
        row!(
            tx,
            "INSERT INTO service_principal (tenant_id, id, app_id, display_name, display_name_folded, kind,
                 account_enabled, app_role_assignment_required, sessions_valid_from, created_at, version)
             VALUES ($1, $2, $3, 'Expenses', 'expenses', 'Application', TRUE, FALSE, 1795338000000000, 1795338000000000,
                 1)",
            TENANT,
            id,
            client
        );
    }
    row!(
        tx,
        "INSERT INTO delegated_grant (tenant_id, id, client_id, resource_id, scope, created_at)
         VALUES ($1, $2, $2, $3, 'User.Read', 1795338000000000)",
        TENANT,
        PRINCIPAL,
        RESOURCE
    );
    row!(
        tx,
        "INSERT INTO delegated_grant (tenant_id, id, client_id, resource_id, scope, created_at)
         VALUES ($1, $2, $2, $3, '', 1795338000000000)",
        TENANT,
        RESOURCE,
        PRINCIPAL
    );
}

/// The link of Grace's invitation, and a session of Ada's.
async fn what_was_open(tx: &mut Transaction) {
    row!(
        tx,
        "INSERT INTO invitation (tenant_id, id, user_id, address, ticket_hash, redirect_url, inviter_kind, inviter_id,
             inviter_name, carbon_copies, created_at, version)
         VALUES ($1, $2, $3, 'grace@fabrikam.example', $4, 'https://expenses.contoso.example/', 'user', $5,
             'Ada Lovelace', '[]', 1795338000000000, 1)",
        TENANT,
        INVITATION,
        GRACE,
        vec![9_u8; 32],
        ADA
    );
    row!(
        tx,
        "INSERT INTO session (tenant_id, secret_hash, id, user_id, method, authenticated_at, created_at, expires_at)
         VALUES ($1, $2, $3, $3, 'password', 1795338000000000, 1795338000000000, 1895338000000000)",
        TENANT,
        vec![5_u8; 32],
        ADA
    );
}

/// A list of people, whose rows were counted at each look.
async fn list(tx: &mut Transaction) {
    row!(
        tx,
        "INSERT INTO bulk_invitation (tenant_id, id, name, state, redirect_url, send_mail, inviter_kind, inviter_id,
             inviter_name, row_count, created_at)
         VALUES ($1, $2, 'people.csv', 'checked', 'https://expenses.contoso.example/', TRUE, 'user', $3, 'Ada Lovelace',
             21, 1795338000000000)",
        TENANT,
        LIST,
        ADA
    );
    let results = (1..).zip(RESULTS).flat_map(|(number, result)| vec![result; number]);
    for (position, result) in (1_i64..).zip(results) {
        row!(
            tx,
            "INSERT INTO bulk_invitation_row (tenant_id, bulk_id, position, line, address, display_name, redirect_url,
                 send_mail, message, language, digest, invitation_id, result)
             VALUES ($1, $2, $3, $3, '', '', '', '', '', '', $4, $2, $5)",
            TENANT,
            LIST,
            position,
            vec![7_u8; 32],
            result.to_owned()
        );
    }
}

/// A backup as the program of then made it.
async fn saved(database: &Database, steps: &[Migration], file: &Path) -> Manifest {
    let schema = Schema::of(steps);
    let mut from = database.snapshot().await.expect("a view");
    std::fs::write(file, b"").expect("a file");
    let mut into = copy::create(file, steps).expect("a file");
    let tables = copy::copy(&schema, &mut from, &mut into).await.expect("a copy");
    let manifest = Manifest::new(START.microseconds(), "0.0.1", &schema, tables);
    copy::finish(into, &manifest).await.expect("a backup");
    manifest
}

/// What the manifest says of tables that come through as they are: same columns, and nothing changes their rows.
fn unchanged<'m>(manifest: &'m Manifest, steps: &[Migration]) -> Vec<&'m Summary> {
    let (then, now) = (Schema::of(steps), schema());
    let is_same = |name: &str| {
        let columns = |schema: &Schema| schema.tables.iter().find(|table| table.name == name).cloned();
        columns(&then) == columns(&now) && !CHANGED.contains(&name)
    };
    manifest.tables.iter().filter(|summary| is_same(&summary.table)).collect()
}

fn rows(tables: &[Summary], name: &str) -> u64 {
    tables.iter().find(|summary| summary.table == name).expect("the table").rows
}

/// What came back, counted and read by the program of today.
async fn came_back(url: &str, manifest: &Manifest, steps: &[Migration]) {
    let restored = TestServer::at(url, later()).await;
    let after = summaries(&restored).await;
    let same = unchanged(manifest, steps);
    assert!(same.iter().filter(|summary| summary.rows > 0).count() >= 3, "{same:?}");
    for summary in same {
        assert!(after.contains(summary), "{summary:?} is not in {after:?}");
    }
    for (table, expected) in [("user_account", 3), ("invitation", 1), ("application", 1), ("service_principal", 2)] {
        assert_eq!((rows(&manifest.tables, table), rows(&after, table)), (expected, expected), "{table}");
    }
    // The later steps did their work on the rows of then.
    assert_eq!((rows(&manifest.tables, "delegated_grant"), rows(&after, "delegated_grant")), (2, 1));
    let mut tx = restored.read().await.expect("a connection");
    let hints: Vec<(String,)> = tx
        .query(sql!("SELECT hint FROM application_secret WHERE tenant_id = $1"))
        .bind(TENANT)
        .fetch_all()
        .await
        .expect("hints");
    let expected = if manifest.schema_version < 6 { "" } else { "vsa" };
    assert_eq!(hints, [(expected.to_owned(),)]);
    let kept: Vec<(i64, i64, i64, i64, i64, i64)> = tx
        .query(sql!(
            "SELECT unchecked_rows, ready_rows, invited_rows, already_invited_rows, repeated_rows, failed_rows
             FROM bulk_invitation WHERE tenant_id = $1"
        ))
        .bind(TENANT)
        .fetch_all()
        .await
        .expect("numbers");
    assert_eq!(kept, [(1, 2, 3, 4, 5, 6)], "the rows of the list, by what became of them");
    // A form that was open then would say of guests that they may not leave.
    let settings = tenants::store::get_settings(&mut tx, TenantId(TENANT)).await.expect("settings");
    assert!(settings.guests_may_leave && settings.version > 3, "{settings:?}");
    for (domain, expected) in
        [("contoso.example", vec![ADA, SAM, GRACE]), ("fabrikam.example", vec![SAM, GRACE]), ("example", vec![])]
    {
        let found = users::store::list_on_domain(&mut tx, TenantId(TENANT), domain, None, 10).await.expect("users");
        assert_eq!(found.into_iter().map(|user| user.id.0).collect::<Vec<_>>(), expected, "{domain}");
    }

    let ada = users::store::find(&mut tx, TenantId(TENANT), UserId(ADA)).await.expect("an answer").expect("Ada");
    drop(tx);
    let page = restored.signed_in(&ada).await.get("/portal/contoso.example/users").await.text;
    assert!(page.contains("Ada Lovelace") && page.contains("Sam Rivera"), "{page}");
    let ada = person(&ada, vec![Role::GlobalAdministrator]);
    resend(&restored, &ada, InvitationId(INVITATION)).await.expect("Grace is sent a fresh link");
    let next = tempfile::tempdir().expect("a folder");
    let saved = backups::write(&restored.database, &next.path().join("next.db"), later()).await.expect("a backup");
    assert_eq!(saved.schema_version, schema().version);
    restored.database.close().await;
}

#[tokio::test]
async fn a_backup_of_an_earlier_version_comes_back_on_either_engine() {
    for steps in earlier() {
        on_empty_databases(async |source| {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("backup.db");
            let database = filled(&source, steps).await;
            let manifest = saved(&database, steps, &file).await;
            database.close().await;
            let bytes = std::fs::read(&file).expect("the backup");
            on_empty_databases(async |target| {
                let voided = restore(&file, &target, Replace::Nothing, later()).await.expect("a restore");
                assert_eq!((voided.invitations, voided.sessions), (1, 1));
                Box::pin(came_back(&target, &manifest, steps)).await;
            })
            .await;
            assert_eq!(std::fs::read(&file).expect("the backup"), bytes, "the file is only read");
        })
        .await;
    }
}

#[tokio::test]
async fn an_earlier_backup_is_checked_as_one_of_today() {
    for steps in earlier() {
        on_empty_databases(async |source| {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("backup.db");
            let database = filled(&source, steps).await;
            saved(&database, steps, &file).await;
            database.close().await;
            let whole = Backup::open(&file, &key()).await.expect("whole");
            assert_eq!(whole.older_schema(), steps.last().map(|step| step.version));
            drop(whole);
            let other = MasterKey::parse(&"0f".repeat(32)).expect("a key");
            let refused = Backup::open(&file, &other).await.err().expect("another key").to_string();
            assert!(refused.contains("master key"), "{refused}");
            let connection = rusqlite::Connection::open(&file).expect("the file");
            connection.execute_batch("UPDATE domain SET is_initial = 0").expect("a change");
            let refused = Backup::open(&file, &key()).await.err().expect("a changed row").to_string();
            assert!(refused.contains("domain should have 1 rows"), "{refused}");
        })
        .await;
    }
}
