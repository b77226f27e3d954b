//! What is asked about one person, role or group is not sought among everything the tenant has. SQLite plans by the statement
//! alone, so a plan is the same with a million rows.

use super::on_sqlite;
use crate::applications::resource::APPLICATION;
use crate::graph::query::{Addition, Condition, Order, Place, Slice, Value};
use crate::groups::GROUP;
use crate::jobs::Lane;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::users::USER;
use uuid::Uuid;

/// Statements by where they stand and what they say, and the tables, by their aliases, that may be large.
const ASKED: [(&str, &str, &[&str]); 23] = [
    ("service_principals/assignment_store.rs", "r.principal_id = $2", &["r", "u", "p"]),
    ("service_principals/assignment_store.rs", "r.principal_id IN", &["r", "u", "p", "m"]),
    ("service_principals/assignment_store.rs", "r.resource_id = $2", &["r", "u", "p"]),
    ("service_principals/grants/store.rs", "p.client_id = $2", &["p", "t", "h", "u"]),
    ("service_principals/grants/store.rs", "p.user_id = $2", &["p", "c", "r"]),
    ("directory_roles/store.rs", "r.role_id = $2", &["u", "s", "g"]),
    ("directory_roles/store/holders.rs", "r.role_id = $2", &["r", "u", "s", "g"]),
    ("directory_roles/store.rs", "m.object_id = $2", &["m", "g"]),
    ("changes/grants.rs", "p.tenant_id = $1", &["p"]),
    ("invitations/store.rs", "i.user_id = $2", &["i"]),
    ("sign_in/passcode/store.rs", "lower(i.address) = $2", &["i", "n", "u"]),
    ("groups/store/nesting.rs", "WITH RECURSIVE", &["m", "g", "d"]),
    ("groups/store/belonging.rs", "m.object_id = $2", &["m", "g", "d"]),
    ("users/store.rs", "u.mail_folded = $2", &["u"]),
    ("users/edges.rs", "_id = $2", &["m", "u"]),
    ("users/store/claimed.rs", "AS way", &["u", "i", "t"]),
    ("authorization/store/behind.rs", "g.id = $2", &["g", "u", "s", "i"]),
    ("authorization/store/behind.rs", "c.secret_hash = $2", &["c", "g", "u", "s", "i"]),
    ("authorization/store/behind.rs", "r.secret_hash = $2", &["r", "g", "u", "s", "i"]),
    ("sign_in/store/sessions.rs", "s.secret_hash = $2", &["s", "u"]),
    ("portals/domains/store.rs", "a.id IN", &["a", "t", "u"]),
    ("portals/overview/store.rs", "o.object_id = $4", &["o", "a", "t"]),
    ("portals/overview/store.rs", "AS made", &["i", "m", "u"]),
];

#[tokio::test]
async fn nothing_about_one_is_sought_among_all() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        for (file, words, aliases) in ASKED {
            let statements = database::registered()
                .filter(|statement| statement.file.ends_with(file) && statement.text.contains(words))
                .filter(|statement| statement.text.starts_with("SELECT"));
            let mut seen = 0;
            for statement in statements {
                let mut query = tx.query(statement);
                for _ in 0..statement.placeholders {
                    query = query.bind(Uuid::nil());
                }
                let plan = query.explain().await.expect("a plan");
                let is_read_through = |alias: &&str| {
                    let (scan, by_tenant) = (format!("SCAN {alias}"), format!("SEARCH {alias} "));
                    plan.lines().any(|line| {
                        let line = line.trim();
                        line == scan || (line.starts_with(&by_tenant) && line.contains("(tenant_id=?)"))
                    })
                };
                assert!(!aliases.iter().any(is_read_through), "{}\n{plan}", statement.place());
                seen += 1;
            }
            assert!(seen > 0, "{file} says nowhere {words}");
        }
    })
    .await;
}

/// Each of the ways from an address to whoever it may belong to begins at an index of addresses.
#[tokio::test]
async fn whoever_an_address_may_belong_to_is_found_by_it() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let claimed = database::registered()
            .find(|statement| statement.file.ends_with("users/store/claimed.rs"))
            .expect("the statement");
        let mut query = tx.query(claimed);
        for _ in 0..claimed.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        for (sought, times) in [
            ("user_principal_name_folded=?", 2),
            ("mail_folded=?", 1),
            ("issuer_assigned_id_folded=?", 1),
            ("(tenant_id=? AND property=? AND folded=?)", 1),
        ] {
            assert_eq!(plan.matches(sought).count(), times, "{sought}\n{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn places_in_a_queue_are_read_in_their_order() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let places = database::registered().filter(|statement| {
            statement.file.ends_with("outbox/place_store.rs") && statement.text.starts_with("SELECT")
        });
        let mut seen = 0;
        for statement in places {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(0_i64);
            }
            let plan = query.explain().await.expect("a plan");
            assert!(plan.contains("INDEX mail_placed ("), "{}\n{plan}", statement.place());
            assert!(!plan.contains("SCAN mail") && !plan.contains("TEMP B-TREE"), "{}\n{plan}", statement.place());
            seen += 1;
        }
        assert_eq!(seen, 5, "the last places, the next queue, the first places, the one before, how many there are");
    })
    .await;
}

#[tokio::test]
async fn what_is_purged_is_found_by_its_age() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let is_by_age = |text: &str| text.contains(" < $1") || text.contains(" <= $1");
        let purges = database::registered().filter(|statement| {
            statement.across.is_some_and(|reason| reason.contains("purged")) && is_by_age(statement.text)
        });
        let mut seen = 0;
        for statement in purges {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(0_i64);
            }
            let plan = query.explain().await.expect("a plan");
            assert!(!plan.contains("SCAN "), "{}\n{plan}", statement.place());
            seen += 1;
        }
        assert!(seen >= 16, "{seen} statements purge by age");
    })
    .await;
}

#[tokio::test]
async fn groups_and_apps_come_in_the_order_of_the_names_they_are_found_by() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let after = Place { key: Some("anna".to_owned()), id: Uuid::nil() };
        for (file, resource, column, index) in [
            ("groups/store/groups.rs", &GROUP, "g.display_name_folded", "group_by_display_name"),
            ("applications/store.rs", &APPLICATION, "a.display_name_folded", "application_by_display_name"),
            (
                "service_principals/store.rs",
                &SERVICE_PRINCIPAL,
                "s.display_name_folded",
                "service_principal_by_display_name",
            ),
        ] {
            let lists = database::registered().filter(|statement| {
                let is_list = statement.placeholders == 1 && statement.text.ends_with(".deleted_at IS NULL");
                statement.file.ends_with(file) && is_list && !statement.text.contains("COUNT(*)")
            });
            let mut seen = 0;
            for statement in lists {
                for after in [None, Some(after.clone())] {
                    let condition = Some(Condition::And(vec![Condition::prefix(column, "an")]));
                    let slice = Slice { condition, order: Order::by_id(resource), after, size: 10 };
                    let mut query = tx.query(statement).bind(Uuid::nil());
                    slice.led_by("displayName").write(&mut query);
                    let plan = query.explain().await.expect("a plan");
                    let first = plan.lines().next().unwrap_or_default();
                    assert!(first.contains(index) && first.contains("display_name_folded>?"), "{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
                    seen += 1;
                }
            }
            assert!(seen >= 2, "{file} lists nothing");
        }
    })
    .await;
}

/// The rows of a property are found by what is sought, and the objects by their ids.
#[tokio::test]
async fn what_has_a_value_of_an_extension_is_found_by_the_value() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        for addition in inventory::iter::<Addition> {
            let (file, resource) = match addition.of {
                "user" => ("users/store.rs", &USER),
                "group" => ("groups/store/groups.rs", &GROUP),
                _ => ("applications/store.rs", &APPLICATION),
            };
            let list = database::registered().find(|statement| {
                let is_list = statement.placeholders == 1 && statement.text.ends_with(".deleted_at IS NULL");
                statement.file.ends_with(file) && is_list && !statement.text.contains("COUNT(*)")
            });
            let list = list.unwrap_or_else(|| panic!("{file} lists nothing"));
            for value in [Condition::equal(addition.text, "a".to_owned()), Condition::prefix(addition.text, "a")] {
                let property = Value::Id(Uuid::nil());
                let property = Condition::Compare { column: addition.property, operator: " = ", value: property };
                let condition = Box::new(Condition::And(vec![property, value]));
                let condition = Some(Condition::Exists { related: addition.values, condition });
                let slice = Slice { condition, order: Order::by_id(resource), after: None, size: 10 };
                let mut query = tx.query(list).bind(Uuid::nil());
                slice.write(&mut query);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains("extension_value_by_text (tenant_id=? AND property_id=? AND compared"), "{plan}");
                assert!(plan.contains("(tenant_id=? AND id=?)") && !plan.contains("SCAN "), "{plan}");
                seen += 1;
            }
        }
        assert_eq!(seen, 6, "users, groups and apps");
    })
    .await;
}

#[tokio::test]
async fn counting_users_reads_an_index_alone() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let counts = database::registered().filter(|statement| {
            statement.file.ends_with("users/store.rs")
                && statement.text.starts_with("SELECT COUNT(*) FROM user_account u")
        });
        let mut seen = 0;
        for statement in counts {
            for condition in ["", " AND u.user_type = 'Guest'", " AND u.external_user_state = 'Accepted'"] {
                let mut query = tx.query(statement).bind(Uuid::nil());
                query.push(condition);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains("USING COVERING INDEX"), "{}\n{plan}", statement.place());
                seen += 1;
            }
        }
        assert!(seen > 0, "users are counted elsewhere now");
    })
    .await;
}

/// To SQLite `IS NOT NULL` is a range, and a range in a unique index wins over a user's few rows: every invitation once went
/// through the tickets of its whole tenant, so that each cost more than the one before.
#[tokio::test]
async fn nothing_is_sought_by_being_there() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        let is_looked_at = |text: &str, file: &str| {
            text.contains(" IS NOT NULL") && !file.contains("/tests") && !file.contains("/testing/")
        };
        for statement in database::registered().filter(|statement| is_looked_at(statement.text, statement.file)) {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(Uuid::nil());
            }
            // Some texts go on after their last word here; those that are sought in have tests of their own.
            let Ok(plan) = query.explain().await else { continue };
            for column in plan.lines().filter_map(only_range) {
                let is_range = [">", "<"].iter().any(|sign| statement.text.contains(&format!("{column} {sign}")));
                // Where the deleted are asked for, their index holds them and nobody else.
                let is_asked = is_range || column == "deleted_at";
                assert!(is_asked, "{} is sought by {column}\n{plan}", statement.place());
            }
            seen += 1;
        }
        assert!(seen > 20, "only {seen} statements were looked at");
    })
    .await;
}

/// The column of a line of a plan that says nothing but the tenant and a range.
fn only_range(line: &str) -> Option<&str> {
    line.split_once("(tenant_id=? AND ")?.1.strip_suffix(">?)").filter(|column| !column.contains(' '))
}

/// Whoever is a guest of two thousand organisations has a first page that costs as much as that of a guest of twenty.
#[tokio::test]
async fn organisations_of_a_person_are_found_by_what_was_proved_and_in_order() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let list = database::registered()
            .find(|statement| statement.file.ends_with("sign_in/organizations/store.rs"))
            .expect("the statement");
        let mut query = tx.query(list);
        for _ in 0..list.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        let first = plan.lines().next().unwrap_or_default();
        let sought = "user_identity_by_proof (issuer=? AND issuer_assigned_id_folded=? AND tenant_id>?)";
        assert!(first.contains(sought), "{plan}");
        assert!(!plan.contains("SCAN ") && !plan.contains("TEMP B-TREE"), "{plan}");
        assert!(!plan.contains("(tenant_id=?)"), "nobody is sought among everybody of an organisation: {plan}");
    })
    .await;
}

/// A worker that finds a thousand jobs due looks at those that it takes.
#[tokio::test]
async fn due_jobs_are_claimed_without_looking_at_all_that_wait() {
    on_sqlite(async |server| {
        let mut tx = server.write().await.expect("a transaction");
        let claim = database::registered()
            .find(|statement| {
                statement.file.ends_with("jobs/store.rs") && statement.text.contains("attempts = attempts + 1")
            })
            .expect("the statement");
        let mut query = tx.query(claim);
        for _ in 0..claim.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        assert!(plan.contains("SEARCH job USING INDEX sqlite_autoindex_job_1 (tenant_id=? AND id=?)"), "{plan}");
        let in_order = "SEARCH w USING INDEX job_by_lane (state=? AND lane=? AND run_at<?)";
        assert_eq!(plan.matches(in_order).count(), Lane::ALL.len(), "each lane by itself: {plan}");
        assert!(plan.contains("SEARCH w USING INDEX job_apart (state=? AND run_at<?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "nothing is put into order: {plan}");
    })
    .await;
}

/// Whoever looks at the health or the overview of an organisation reads the few jobs that are told of, and not all that wait.
#[tokio::test]
async fn jobs_that_may_have_killed_are_counted_without_looking_at_the_others() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        for statement in database::registered().filter(|statement| statement.file.ends_with("src/jobs/suspects.rs")) {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(0_i64);
            }
            let plan = query.explain().await.expect("a plan");
            let is_apart = statement.text.contains("deaths >= 2");
            let index = if is_apart { "INDEX job_apart (state=?)" } else { "INDEX job_failed (tenant_id=?)" };
            let reads = statement.text.matches("FROM job ").count();
            assert_eq!(plan.matches(index).count(), reads, "{}\n{plan}", statement.place());
            assert!(!plan.contains("TEMP B-TREE"), "{}\n{plan}", statement.place());
            seen += 1;
        }
        assert_eq!(seen, 2, "those that run apart, and those that were given up");
    })
    .await;
}

/// Neither what a mail was copied to nor what was let through to a mailbox, or for somebody, nor what waits for one is sought among
/// all mails.
#[tokio::test]
async fn mails_are_found_by_what_they_have_in_common() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let find = |is_it: fn(&str) -> bool| {
            database::registered()
                .find(|statement| statement.file.ends_with("outbox/store.rs") && is_it(statement.text))
                .expect("the statement")
        };
        let withdraw = find(|text| text.contains("(created_at, message_id) ="));
        let mut query = tx.query(withdraw);
        for _ in 0..withdraw.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        let sought = "SEARCH mail USING INDEX mail_by_state (tenant_id=? AND state=? AND created_at=?)";
        assert!(plan.contains(sought), "{plan}");
        let few = find(|text| text.ends_with("FROM mail WHERE tenant_id = $1 AND admitted_at > $2"));
        for index in ["mail_by_recipient", "mail_by_share"] {
            let mut query = tx.query(few).bind(Uuid::nil()).bind(0_i64);
            if index == "mail_by_share" {
                query.push(" AND share_of = ").value(Uuid::nil());
            } else {
                query.push(" AND kind = ").value("invitation".to_owned());
                query.push(" AND recipient_folded = ").value("sam@fabrikam.example".to_owned());
            }
            query.push(" ORDER BY admitted_at DESC LIMIT 1 OFFSET ").value(4_i64);
            let plan = query.explain().await.expect("a plan");
            assert!(plan.contains(index) && plan.contains("admitted_at>?") && !plan.contains("TEMP"), "{plan}");
        }
        let before = find(|text| text.contains("(m.created_at, m.id) < ($3, $4)"));
        let mut query = tx.query(before);
        for _ in 0..before.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        assert!(plan.contains("INDEX mail_waiting (tenant_id=? AND recipient_folded=? AND"), "{plan}");
    })
    .await;
}
