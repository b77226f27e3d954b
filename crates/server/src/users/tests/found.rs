//! Whoever is looked for by the beginning of a text is found page by page, in the order of an index.

use super::{column, get_eventual, guest, program};
use crate::graph::Caller;
use crate::graph::query::{Condition, Place};
use crate::platform::ids::UserId;
use crate::testing::{TestServer, on_both_engines, on_sqlite};
use crate::users::access_path::{Access, Index};
use crate::users::resource::{ADDRESS_WORDS, NAME_PARTS, NAME_WORDS};
use crate::users::{User, name_parts, store};
use database::{Engine, sql};
use sqlx::types::Json;
use uuid::Uuid;

pub(super) const PEOPLE: [(&str, &str); 6] = [
    ("Anna Berg", "anna.berg@partner.example"),
    ("Anna Bergmann-Berg", "bergmann@partner.example"),
    ("Bert Annasson", "bert@anders.example"),
    ("anni", "Carl@partner.example"),
    ("Dora", "anja@partner.example"),
    ("Emil Ander", "emil@partner.example"),
];

/// Follows a query to its end by pages of two; the names in the order they came.
async fn followed(server: &TestServer, caller: &Caller, options: &str) -> Vec<String> {
    let options = options.replace(' ', "%20").replace('"', "%22");
    let mut path = format!("/v1.0/users?$top=2&{options}");
    let mut names = Vec::new();
    loop {
        let answer = get_eventual(server, caller, &path).await;
        let page = column(&answer, "displayName");
        assert!(page.len() <= 2);
        names.extend(page);
        match answer.json()["@odata.nextLink"].as_str() {
            Some(link) => link.strip_prefix(crate::testing::ADDRESS).expect("our own address").clone_into(&mut path),
            None => return names,
        }
    }
}

#[tokio::test]
async fn whoever_is_found_by_a_text_comes_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, address) in PEOPLE {
            guest(&server, &tenant, name, address).await;
        }
        let caller = program(&server, &tenant);
        for (options, expected) in [
            ("$filter=startsWith(displayName,'ann')", vec!["Anna Berg", "Anna Bergmann-Berg", "anni"]),
            ("$filter=startsWith(mail,'an')", vec!["Anna Berg", "Dora"]),
            ("$filter=startsWith(userPrincipalName,'bert_')", vec!["Bert Annasson"]),
            (
                "$filter=startsWith(displayName,'ann') or startsWith(mail,'an')",
                vec!["Anna Berg", "Anna Bergmann-Berg", "Dora", "anni"],
            ),
            ("$filter=displayName ge 'd'", vec!["Dora", "Emil Ander"]),
            ("$filter=startsWith(displayName,'ann') and mail eq 'carl@partner.example'", vec!["anni"]),
            ("$filter=startsWith(displayName,'ann') and userType eq 'Member'", vec![]),
            ("$filter=endsWith(mail,'anders.example')&$count=true", vec!["Bert Annasson"]),
            ("$filter=not startsWith(displayName,'ann') and startsWith(mail,'an')&$count=true", vec!["Dora"]),
            ("$search=\"displayName:berg\"", vec!["Anna Berg", "Anna Bergmann-Berg"]),
            (
                "$search=\"displayName:an\"",
                vec!["Anna Berg", "Anna Bergmann-Berg", "Bert Annasson", "Emil Ander", "anni"],
            ),
            (
                "$search=\"displayName:an\" OR \"mail:an\"",
                vec!["Anna Berg", "Anna Bergmann-Berg", "Bert Annasson", "Dora", "Emil Ander", "anni"],
            ),
            ("$search=\"displayName:an\" AND \"mail:berg\"", vec!["Anna Berg", "Anna Bergmann-Berg"]),
            ("$search=\"displayName:ber an\"", vec!["Anna Berg", "Anna Bergmann-Berg", "Bert Annasson"]),
            ("$search=\"mail:anna.be\"", vec!["Anna Berg"]),
            ("$search=\"mail:nna.be\"", vec![]),
            ("$search=\"displayName:an\"&$filter=startsWith(mail,'b')", vec!["Anna Bergmann-Berg", "Bert Annasson"]),
            ("$search=\"displayName:berg\"&$count=true", vec!["Anna Berg", "Anna Bergmann-Berg"]),
        ] {
            let mut found = followed(&server, &caller, options).await;
            found.sort();
            assert_eq!(found, expected, "{options}");
        }
        for (options, expected) in [
            // In the order of the text they are found by, and in the order that was asked for.
            ("$filter=startsWith(displayName,'a')", vec!["Anna Berg", "Anna Bergmann-Berg", "anni"]),
            ("$search=\"displayName:bert\" OR \"displayName:bergm\"", vec!["Anna Bergmann-Berg", "Bert Annasson"]),
            (
                "$filter=startsWith(displayName,'a')&$orderby=displayName desc&$count=true",
                vec!["anni", "Anna Bergmann-Berg", "Anna Berg"],
            ),
            (
                "$search=\"displayName:be\"&$orderby=userPrincipalName",
                vec!["Anna Berg", "Anna Bergmann-Berg", "Bert Annasson"],
            ),
            (
                "$search=\"displayName:an\" OR \"mail:an\"&$orderby=displayName",
                vec!["Anna Berg", "Anna Bergmann-Berg", "anni", "Bert Annasson", "Dora", "Emil Ander"],
            ),
        ] {
            assert_eq!(followed(&server, &caller, options).await, expected, "{options}");
        }
    })
    .await;
}

/// Names whose words begin behind symbols and where the case changes.
pub(super) const PARTED: [(&str, &str); 5] = [
    ("Sam (Fabrikam)", "sam@partner.example"),
    ("Müller/Schmidt", "office@partner.example"),
    ("HelloWorld", "hello@partner.example"),
    ("XMLParser Team", "xml@partner.example"),
    ("Fabrikam Worldwide", "fabrikam@partner.example"),
];

#[tokio::test]
async fn words_begin_behind_symbols_and_where_the_case_changes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, address) in PARTED {
            guest(&server, &tenant, name, address).await;
        }
        let caller = program(&server, &tenant);
        let cases: [(&str, &[&str]); 10] = [
            ("displayName:fabrikam", &["Fabrikam Worldwide", "Sam (Fabrikam)"]),
            ("displayName:(fab", &["Sam (Fabrikam)"]),
            ("displayName:schmi", &["Müller/Schmidt"]),
            ("displayName:world", &["Fabrikam Worldwide", "HelloWorld"]),
            ("displayName:hello world", &["HelloWorld"]),
            ("displayName:helloworld", &["HelloWorld"]),
            ("displayName:parser", &["XMLParser Team"]),
            ("displayName:orld", &[]),
            ("displayName:chmidt", &[]),
            ("displayName:abrikam", &[]),
        ];
        for (search, expected) in cases {
            let mut found = followed(&server, &caller, &format!("$search=\"{search}\"")).await;
            found.sort();
            assert_eq!(found, expected, "{search}");
            let mut sorted = followed(&server, &caller, &format!("$search=\"{search}\"&$orderby=displayName")).await;
            sorted.sort();
            assert_eq!(sorted, expected, "{search}");
        }
        let both = "$search=\"displayName:world\" AND \"displayName:fab\"";
        assert_eq!(followed(&server, &caller, both).await, ["Fabrikam Worldwide"]);
    })
    .await;
}

#[tokio::test]
async fn names_of_before_are_looked_through_for_parts_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, address) in PARTED {
            guest(&server, &tenant, name, address).await;
        }
        let caller = program(&server, &tenant);
        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM user_term WHERE tenant_id = $1 AND property = 'namePart'"),
            sql!("INSERT INTO name_part_backlog (tenant_id) VALUES ($1)"),
        ] {
            tx.query(statement).bind(tenant.id).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        let search = "$search=\"displayName:schmi\"";
        assert!(followed(&server, &caller, search).await.is_empty());
        assert_eq!(name_parts::settle(&server, tenant.id).await.expect("parts"), 4, "one name has none");
        assert_eq!(followed(&server, &caller, search).await, ["Müller/Schmidt"]);
        assert_eq!(name_parts::settle(&server, tenant.id).await.expect("parts"), 0);
    })
    .await;
}

#[tokio::test]
async fn names_of_before_are_read_in_the_order_of_ids() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        for statement in database::registered().filter(|statement| statement.file.ends_with("users/name_parts.rs")) {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(Uuid::nil());
            }
            if statement.text.starts_with("SELECT u.id") {
                query.push(" AND u.id > ").value(Uuid::nil());
                query.push(" ORDER BY u.id LIMIT 10");
            }
            let plan = query.explain().await.expect("a plan");
            assert!(!plan.contains("SCAN ") && !plan.contains("TEMP B-TREE"), "{}\n{plan}", statement.place());
            seen += 1;
        }
        assert_eq!(seen, 5, "the statements stand elsewhere now");
    })
    .await;
}

#[tokio::test]
async fn parts_of_words_are_found_in_the_index_of_words() {
    on_sqlite(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let of = |related| Condition::Exists { related, condition: Box::new(Condition::prefix("t.folded", "an")) };
        let exact = Condition::Or(vec![Condition::word("u.display_name_folded", "an"), of(&NAME_PARTS)]);
        let searched = Condition::And(vec![of(&NAME_WORDS), exact]);
        let access = Access::to(&searched).expect("a path");
        let [path] = access.paths.as_slice() else { panic!("{access:?}") };
        let mut tx = server.read().await.expect("a connection");
        let query = store::query_along(&mut tx, tenant, (path, access.rest.as_ref()), None, 10);
        let plan = query.explain().await.expect("a plan");
        assert_eq!(plan.matches("property=? AND folded>? AND folded<?").count(), 2, "{plan}");
        assert!(!plan.contains("SCAN ") && !plan.contains("TEMP B-TREE"), "{plan}");
    })
    .await;
}

#[tokio::test]
async fn every_path_follows_its_index_and_sorts_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let words = |related| Condition::Exists { related, condition: Box::new(Condition::prefix("t.folded", "an")) };
        let is_sqlite = server.database.engine() == Engine::Sqlite;
        let after = Place { key: Some("anna".to_owned()), id: Uuid::nil() };
        for (condition, index) in [
            (Condition::prefix("u.display_name_folded", "an"), "user_by_display_name"),
            (Condition::prefix("u.user_principal_name_folded", "an"), "user_by_principal_name"),
            (Condition::prefix("u.mail_folded", "an"), "user_by_mail"),
            (Condition::prefix("u.mail_reversed", "an"), "user_by_mail_reversed"),
            (words(&NAME_WORDS), "user_term"),
            (words(&ADDRESS_WORDS), "user_term"),
        ] {
            let rest = Condition::Or(vec![condition.clone(), Condition::equal("u.user_type", "Guest".to_owned())]);
            let access = Access::to(&condition).expect("a path");
            let [path] = access.paths.as_slice() else { panic!("{access:?}") };
            assert_eq!(matches!(path.index, Index::Words(_)), index == "user_term");
            for after in [None, Some(&after)] {
                let mut tx = server.read().await.expect("a connection");
                let query = store::query_along(&mut tx, tenant, (path, Some(&rest)), after, 10);
                let plan = query.explain().await.expect("a plan");
                if is_sqlite {
                    let first = plan.lines().next().unwrap_or_default();
                    assert!(first.contains(index) && first.contains(">?") && first.contains("<?"), "{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_for_blanks_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        for search in ["\"displayName: \"", "\"displayName:an\" AND NOT \"mail:%C2%A0%09\""] {
            let search = search.replace(' ', "%20").replace('"', "%22");
            for path in ["/v1.0/users", "/v1.0/users/$count"] {
                let answer = get_eventual(&server, &caller, &format!("{path}?$search={search}")).await;
                assert_eq!(answer.status, 400, "{path} {search}: {}", answer.text);
                assert!(answer.text.contains("$search"), "{path} {search}: {}", answer.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn all_of_nothing_holds_and_one_of_nothing_does_not() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let (all, one) = (|| Condition::And(Vec::new()), || Condition::Or(Vec::new()));
        for (condition, found) in [
            (all(), 1),
            (one(), 0),
            (Condition::Not(Box::new(all())), 0),
            (Condition::Not(Box::new(one())), 1),
            (Condition::And(vec![all(), Condition::Or(vec![one(), all()])]), 1),
        ] {
            let mut tx = server.read().await.expect("a connection");
            let count = store::count(&mut tx, tenant.id, Some(&condition)).await.expect("a number");
            assert_eq!(count, found, "{condition:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_on_a_domain_is_found_by_it_until_they_leave_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@Partner.example").await;
        guest(&server, &tenant, "Eve", "eve@not-partner.example").await;
        guest(&server, &other, "Sam", "sam@partner.example").await;
        let found = async |domain: &str| {
            let mut tx = server.read().await.expect("a connection");
            let users = store::list_on_domain(&mut tx, tenant.id, domain, None, 10).await.expect("users");
            let count = store::count_on_domain(&mut tx, tenant.id, domain).await.expect("a number");
            assert_eq!(usize::try_from(count), Ok(users.len()), "{domain}");
            let mut names: Vec<String> = users.into_iter().map(|user| user.display_name).collect();
            names.sort();
            names
        };
        assert_eq!(found("partner.example").await, ["Sam"]);
        assert_eq!(found("contoso.example").await, ["Eve", "Sam"], "guests are named after the first domain");
        assert!(found("example").await.is_empty());
        let proxies = Json(vec!["smtp:sam@further.example".to_owned()]);
        let moved = User { mail: Some("sam@new.example".to_owned()), proxy_addresses: proxies, ..sam };
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::update(&mut tx, &moved, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert!(found("partner.example").await.is_empty());
        for domain in ["new.example", "further.example"] {
            assert_eq!(found(domain).await, ["Sam"], "{domain}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_nobody_is_on_is_one_look_into_an_index() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let is_sqlite = server.database.engine() == Engine::Sqlite;
        for after in [None, Some(UserId(Uuid::nil()))] {
            let mut tx = server.read().await.expect("a connection");
            let query = store::query_on_domain(&mut tx, tenant, "nobody.example", after, 10);
            let plan = query.explain().await.expect("a plan");
            if is_sqlite {
                let first = plan.lines().next().unwrap_or_default();
                assert!(first.contains("user_term") && first.contains("folded=?"), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    })
    .await;
}

#[test]
fn only_texts_lead_to_users_and_only_where_nothing_leads_better() {
    let prefix = || Condition::prefix("u.display_name_folded", "an");
    let mail = Condition::equal("u.mail_folded", "anna@partner.example".to_owned());
    let guests = Condition::equal("u.user_type", "Guest".to_owned());
    for (condition, paths) in [
        (prefix(), 1),
        (Condition::And(vec![prefix()]), 1),
        (Condition::And(vec![guests.clone(), prefix()]), 1),
        (Condition::And(vec![mail, prefix()]), 0),
        (Condition::Or(vec![prefix(), Condition::prefix("u.mail_folded", "an")]), 2),
        (Condition::Or(vec![prefix(), guests.clone()]), 0),
        (Condition::Not(Box::new(prefix())), 0),
        (Condition::prefix("u.job_title", "an"), 0),
        (guests, 0),
        (Condition::Or(vec![prefix(); 9]), 0),
    ] {
        assert_eq!(Access::to(&condition).map_or(0, |access| access.paths.len()), paths, "{condition:?}");
    }
    let longer = Condition::And(vec![prefix(), Condition::prefix("u.mail_folded", "anna.be")]);
    let access = Access::to(&longer).expect("a path");
    assert_eq!((access.paths.len(), access.paths[0].from.as_str()), (1, "anna.be"));
    assert_eq!(
        access.rest.as_ref().and_then(Condition::range).map(|(column, ..)| column),
        Some("u.display_name_folded")
    );
}
