//! How the list of users is read. SQLite plans by the statement alone, so a plan is the same with a million rows.

use super::filter::{Filter, Lead};
use super::store::{self, Span};
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use crate::portals::standing::Standing;
use crate::testing::on_sqlite;
use crate::users::{Typed, UserType};
use uuid::Uuid;

const NOBODY: TenantId = TenantId(Uuid::nil());

fn now() -> Timestamp {
    Timestamp::from_microseconds(0)
}

fn filters() -> Vec<Filter> {
    let stands = |standing| Filter { standing: Some(standing), ..Filter::default() };
    vec![
        Filter::default(),
        Filter { kind: Some(UserType::Guest), ..Filter::default() },
        Filter { domain: Some("partner.example".to_owned()), ..Filter::default() },
        stands(Standing::Active),
        stands(Standing::Invited),
        stands(Standing::Lapsed),
        stands(Standing::Blocked),
    ]
}

fn spans() -> Vec<Span> {
    let place = || Some(("anna".to_owned(), UserId(Uuid::nil())));
    let mut spans = Vec::new();
    for is_backwards in [false, true] {
        spans.push(Span { place: None, end: None, is_backwards });
        spans.push(Span { place: place(), end: place(), is_backwards });
    }
    spans
}

#[tokio::test]
async fn people_are_gone_through_by_name_and_never_sorted() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        for filter in filters() {
            let is_blocked = filter.standing == Some(Standing::Blocked);
            let index = if is_blocked { "user_blocked_by_name" } else { "user_by_display_name" };
            for span in spans() {
                let condition = filter.condition(now());
                let query = store::query_by_name(&mut tx, NOBODY, condition.as_ref(), &span, 26);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.lines().next().is_some_and(|first| first.contains(index)), "{filter:?}\n{plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{filter:?}\n{plan}");
                // The other end bounds what is looked at, too.
                let end = if span.is_backwards { "display_name_folded>?" } else { "display_name_folded<?" };
                assert!(span.end.is_none() || plan.contains(end), "{span:?}\n{plan}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn few_people_are_read_by_their_ids() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let ids = [UserId(Uuid::nil()), UserId(Uuid::max())];
        for filter in filters() {
            for span in spans() {
                let condition = filter.condition(now());
                let query = store::query_among(&mut tx, NOBODY, (&ids, condition.as_ref()), &span, 26);
                let plan = query.explain().await.expect("a plan");
                for alias in ["x", "u"] {
                    let line = plan.lines().find(|line| line.contains(&format!("SEARCH {alias} ")));
                    assert!(line.is_some_and(|line| line.contains("(tenant_id=? AND id=?)")), "{alias}\n{plan}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_filter_that_leads_somewhere_has_its_index() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let typed = ["anna", "anna@partner"].map(|text| Filter { typed: Typed::of(text), ..Filter::default() });
        let leads: Vec<Lead> = filters().iter().chain(&typed).flat_map(Filter::leads).collect();
        let indexes: [&[&str]; 6] = [
            &["user_of_type (tenant_id=? AND user_type=?)"],
            &["user_by_mail_reversed (tenant_id=? AND mail_reversed>? AND mail_reversed<?)"],
            &["invitation_open (tenant_id=? AND expires_at>?)", "invitation_open (tenant_id=? AND expires_at=?)"],
            &["user_of_state (tenant_id=? AND external_user_state=?)"],
            &["(tenant_id=? AND property=? AND folded>? AND folded<?)"; 2],
            &["display_name_folded<?)", "mail_folded<?)", "user_principal_name_folded<?)"],
        ];
        assert_eq!(leads.len(), indexes.len());
        for (lead, indexes) in leads.iter().zip(indexes) {
            let plan = store::query_led(&mut tx, NOBODY, lead, now(), 3).explain().await.expect("a plan");
            assert!(indexes.iter().all(|index| plan.contains(index)), "{lead:?}\n{plan}");
            assert_eq!(plan.matches("SEARCH").count(), indexes.len(), "{lead:?}\n{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_stands_beside_a_page_is_read_by_ids_and_counts_read_an_index_alone() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let of_list = || database::registered().filter(|statement| statement.file.ends_with("portals/users/store.rs"));
        let beside = of_list().find(|statement| statement.text.contains("AS sponsor")).expect("the statement");
        let mut query = tx.query(beside).bind(NOBODY).bind(now());
        query.push(" AND u.id IN (").value(Uuid::nil()).push(")");
        let plan = query.explain().await.expect("a plan");
        assert!(!plan.contains("(tenant_id=?)") && !plan.contains("SCAN"), "{plan}");
        let totals = of_list().find(|statement| statement.text.contains("LIMIT $3) m")).expect("the statement");
        let mut query = tx.query(totals);
        for _ in 0..totals.placeholders {
            query = query.bind(Uuid::nil());
        }
        let plan = query.explain().await.expect("a plan");
        assert_eq!(plan.matches("COVERING INDEX user_of_type (tenant_id=? AND user_type=?)").count(), 2, "{plan}");
    })
    .await;
}
