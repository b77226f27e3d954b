//! Whoever is looked for by what somebody typed into the list of the admin centre.

use super::found::{PARTED, PEOPLE};
use super::guest;
use crate::graph::query::{Order, Slice};
use crate::testing::on_both_engines;
use crate::users::access_path::Access;
use crate::users::{Typed, USER, operations, store};

/// Words of names and addresses, whole names, beginnings of addresses.
#[tokio::test]
async fn people_are_found_by_what_somebody_typed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, address) in PEOPLE.iter().chain(&PARTED) {
            guest(&server, &tenant, name, address).await;
        }
        let mut tx = server.read().await.expect("a connection");
        let cases: [(&str, &[&str]); 15] = [
            ("berg", &["Anna Berg", "Anna Bergmann-Berg"]),
            (" Anna Berg ", &["Anna Berg", "Anna Bergmann-Berg"]),
            ("berg anna", &["Anna Berg", "Anna Bergmann-Berg"]),
            ("partner berg", &["Anna Berg", "Anna Bergmann-Berg"]),
            ("bergmann-berg", &["Anna Bergmann-Berg"]),
            ("anna.berg@P", &["Anna Berg"]),
            ("@anders", &["Bert Annasson"]),
            ("carl", &["anni"]),
            ("an", &["Anna Berg", "Anna Bergmann-Berg", "Bert Annasson", "Dora", "Emil Ander", "anni"]),
            ("World", &["Fabrikam Worldwide", "HelloWorld"]),
            ("hello world", &["HelloWorld"]),
            ("orld", &[]),
            ("%", &[]),
            ("-", &[]),
            ("@", &[]),
        ];
        for (text, expected) in cases {
            let typed = Typed::of(text).expect("a text");
            assert!(Access::to(&typed.leading()).is_some(), "{text} leads nowhere");
            let (mut after, mut found) = (None, Vec::new());
            loop {
                let slice = Slice { condition: Some(typed.leading()), order: Order::by_id(&USER), after, size: 2 };
                let (users, next) = operations::among(&mut tx, tenant.id, &slice, None).await.expect("users");
                assert!(users.len() <= 2, "{text}");
                found.extend(users.into_iter().map(|user| user.display_name));
                after = next;
                if after.is_none() {
                    break;
                }
            }
            found.sort();
            assert_eq!(found, expected, "{text}");
            let slice =
                Slice { condition: Some(typed.exact()), order: Order::by(&USER, "displayName"), after: None, size: 20 };
            let users = store::list(&mut tx, tenant.id, &slice).await.expect("users");
            assert_eq!(users.len(), expected.len(), "{text}");
        }
        assert!(Typed::of(" ").is_none());
    })
    .await;
}
