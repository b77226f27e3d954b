//! What the alert rules are tried with is what the server exposes: the case of a relay that is away is played here minute by
//! minute, and each series of the test of the rules is compared with `/metrics`.

use crate::outbox::{self, Kind, Message};
use crate::platform::ids::TenantId;
use crate::serve::Operations;
use crate::testing::{TestServer, on_both_engines};
use crate::{dispatch, jobs};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tower::ServiceExt as _;

const CASE: &str = "a relay that refuses connections";
const MINUTE: Duration = Duration::from_mins(1);

/// The series of the case, by their names, with a value for each minute. What Prometheus itself knows is left out.
fn fed() -> BTreeMap<String, Vec<f64>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring/prometheus-alerts.test.yml");
    let text = std::fs::read_to_string(file).expect("the test of the rules");
    let case = text.split("  - name: ").find(|case| case.starts_with(CASE)).expect("the case");
    let series = case.lines().filter_map(|line| {
        let (name, values) = line.split_once("series: '")?.1.split_once("', values: '")?;
        let name = name.replace("{job=\"vestibule\"}", "").replace("job=\"vestibule\",", "");
        let values: Vec<f64> = values.split_once('\'')?.0.split(' ').flat_map(expanded).collect();
        Some((name, values))
    });
    series.filter(|(name, _)| name != "up").collect()
}

/// One value, `axn` (it and n more like it) or `a+bxn` (and n more, each larger by b), as promtool reads them.
fn expanded(word: &str) -> Vec<f64> {
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let Some((values, times)) = word.split_once('x') else { return vec![number(word)] };
    let times: u32 = times.parse().expect("how often");
    let (first, step) = values.split_once('+').map_or((values, "0"), |parts| parts);
    (0..=times).map(|at| number(step).mul_add(f64::from(at), number(first))).collect()
}

async fn queue(server: &TestServer, tenant: TenantId, kind: Kind, lifetime: Option<Duration>) {
    let message = Message {
        kind,
        recipient: "sam@fabrikam.example".to_owned(),
        cc: Vec::new(),
        reply_to: None,
        sender_name: "Contoso".to_owned(),
        subject: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello".to_owned(),
        invitation: None,
        expires_at: lifetime.map(|lifetime| server.clock.now().plus(lifetime)),
        unsubscribe: None,
    };
    let prepared = outbox::prepare(server, tenant, &message);
    let mut tx = server.write().await.expect("a transaction");
    outbox::enqueue(&mut tx, server, prepared).await.expect("a mail");
    tx.commit().await.expect("a commit");
}

async fn exposed(routes: &Router) -> String {
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let answer = routes.clone().oneshot(request).await.expect("an answer");
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a page");
    String::from_utf8(body.to_vec()).expect("text")
}

#[tokio::test]
async fn the_rules_are_tried_with_what_a_server_exposes_whose_relay_is_away() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let alone = server.without_relay().await;
        let routes = Operations::new(&alone).routes();
        let fed = fed();
        assert!(fed.len() >= 10, "{fed:?}");
        let minutes = fed.values().map(Vec::len).min().expect("a series");
        assert!(minutes > 40);
        for minute in 0..minutes {
            if minute == 1 {
                queue(&server, tenant, Kind::Invitation, None).await;
                queue(&server, tenant, Kind::Passcode, Some(15 * MINUTE)).await;
            }
            jobs::run_due(&alone, dispatch::HANDS).await.expect("the queue");
            let page = exposed(&routes).await;
            for (name, values) in &fed {
                let is_it = |line: &&str| line.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '));
                let line = page.lines().find(is_it).unwrap_or_else(|| panic!("{name} is not exposed: {page}"));
                let value: f64 = line.rsplit(' ').next().and_then(|text| text.parse().ok()).expect("a value");
                assert!((value - values[minute]).abs() < 0.001, "minute {minute}: {line}, not {}", values[minute]);
            }
            server.clock.advance(MINUTE);
        }
    })
    .await;
}
