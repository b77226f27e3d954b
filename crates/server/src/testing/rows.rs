//! The rows that each flow leaves in the database: none that another one tells. Whoever makes a flow leave more finds it here, and says
//! what the row is for. How many statements and transactions a flow takes is pinned beside its feature (`work.rs`).

use super::{App, TestServer, on_both_engines};
use crate::authorization::tests::flow::{Flow, REDIRECT, text};
use crate::graph::Permission;
use crate::redemption::tests::code;
use crate::sign_in::tests::{PASSWORD, member};
use axum::http::Method;
use serde_json::json;
use std::collections::BTreeMap;

/// A table, how many of its rows are gone, and how many are new. A row that was changed is one of each.
type Changed = (&'static str, usize, usize);

/// What each flow leaves when it is not the first of its hour.
const KNOWN: &[(&str, &[Changed])] = &[
    // The token itself stands in no row.
    ("a token of a program", &[("sign_in", 0, 1)]),
    (
        "an invitation with a mail",
        &[
            // Numbers the changes of the organisation, so that whoever follows them misses none.
            ("change_turn", 1, 1),
            // That the user was added, and that they were invited: Entra's log has a row for each.
            ("directory_audit", 0, 2),
            // What delta queries, subscriptions and rules of groups follow; it goes after 8 days.
            ("directory_change", 0, 1),
            ("invitation", 0, 1),
            ("job", 0, 1),
            ("mail", 0, 1),
            // A program invited, so that nobody answers for the guest. A person would be a row of `user_sponsor`.
            ("unsponsored_guest", 0, 1),
            ("user_account", 0, 1),
            // The name in the organisation. The mailbox comes beside it once it is proved.
            ("user_identity", 0, 1),
            // What searches and filters find them by: a word of the name, five of the addresses, two domains, the nickname, and
            // one of each kind of further address.
            ("user_term", 0, 11),
        ],
    ),
    // The last one counts what the organisation sent, over all processes; the mail stays for whoever asks what became of it.
    ("its mail leaves", &[("job", 1, 0), ("mail", 1, 1), ("mail_turn", 1, 1)]),
    (
        "a redemption with a code",
        &[
            // Codes that were mailed and tried for this invitation.
            ("attempt", 0, 2),
            ("change_turn", 1, 1),
            // The step: in which browser, for which invitation.
            ("continuation", 0, 1),
            // Two services of Entra's tell of it.
            ("directory_audit", 0, 2),
            ("directory_change", 0, 1),
            // What strangers of the network, and all of them, made the server write in this hour.
            ("global_attempt", 2, 2),
            ("invitation", 1, 1),
            // Keeps the tries of this browser apart from those of strangers.
            ("known_browser", 0, 1),
            // That of the code, whose job is gone.
            ("mail", 0, 1),
            ("passcode", 0, 1),
            ("session", 0, 1),
            ("sign_in", 0, 1),
            // The forms of both pages are taken once.
            ("spent_form_value", 0, 2),
            ("user_account", 1, 1),
            // The mailbox that was proved.
            ("user_identity", 0, 1),
        ],
    ),
    (
        "a password on the way to an app",
        &[
            // Tries of all strangers at the account. Those of the place are forgotten with the right password.
            ("attempt", 0, 1),
            ("authorization_code", 0, 1),
            ("continuation", 0, 1),
            ("global_attempt", 2, 2),
            ("known_browser", 0, 1),
            ("session", 0, 1),
            // That of the session, which tells of the app as well.
            ("sign_in", 0, 1),
            ("spent_form_value", 0, 2),
            ("token_grant", 0, 1),
            // When they signed in last.
            ("user_account", 1, 1),
        ],
    ),
    (
        "an app, by a session that goes on",
        &[
            // Stays for a day, so that a second use of it is noticed.
            ("authorization_code", 0, 1),
            ("refresh_token", 0, 1),
            ("sign_in", 0, 1),
            ("token_grant", 0, 1),
        ],
    ),
    // The one that was replaced stays, so that a second use of it is noticed. When an app renewed last is noted once an hour.
    ("a refresh", &[("refresh_token", 1, 2), ("sign_in", 0, 1)]),
    // The codes and tokens of the grant end with it, and are not touched.
    ("a revocation", &[("directory_audit", 0, 1), ("token_grant", 1, 1)]),
];

#[tokio::test]
async fn each_flow_leaves_the_rows_it_needs() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let program = server.program(&flow.tenant, &[Permission::UserInviteAll]).await;
        // The first ones make keys, and the counters of the hour.
        round(&flow, &program, "ann").await;
        let seen = round(&flow, &program, "bob").await;
        let seen: Vec<(&str, &[Changed])> = seen.iter().map(|(flow, rows)| (*flow, rows.as_slice())).collect();
        assert_eq!(seen, KNOWN);
    })
    .await;
}

/// Every flow once, for a guest and a member of this name.
async fn round(flow: &Flow<'_>, program: &App, name: &str) -> Vec<(&'static str, Vec<Changed>)> {
    let server = flow.server;
    member(server, &flow.tenant, name).await;
    let mut ledger = Ledger::open(server).await;
    let token = server.token(program).await;
    ledger.note("a token of a program").await;

    let address = format!("{name}@fabrikam.example");
    let wish = json!({
        "invitedUserEmailAddress": address,
        "inviteRedirectUrl": "https://contoso.example/",
        "sendInvitationMessage": true,
    });
    let invited = server.api(Method::POST, "/v1.0/invitations", &token, &wish).await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    ledger.note("an invitation with a mail").await;
    server.run_due_jobs().await;
    ledger.note("its mail leaves").await;

    let browser = server.browser();
    browser.get(text(&invited.json(), "inviteRedeemUrl")).await;
    browser.submit(&[]).await;
    let code = code(server, &address).await;
    assert_eq!(browser.submit_to("/code", &[("code", &code)]).await.status, 303);
    ledger.note("a redemption with a code").await;

    let browser = server.browser();
    browser.get(&flow.address(&[])).await;
    browser.submit(&[("address", &format!("{name}@contoso.example"))]).await;
    browser.submit(&[("password", PASSWORD)]).await;
    assert!(browser.location().starts_with(REDIRECT), "{}: {}", browser.location(), browser.page());
    ledger.note("a password on the way to an app").await;

    let tokens = flow.tokens().await;
    ledger.note("an app, by a session that goes on").await;
    let renewed = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
    ledger.note("a refresh").await;
    let App { client_id, secret, .. } = &flow.app;
    let token = text(&renewed, "refresh_token");
    let fields = [("client_id", client_id.as_str()), ("client_secret", secret), ("token", token)];
    let path = format!("/{}/oauth2/v2.0/revoke", flow.tenant.id);
    assert_eq!(server.post_form(&path, &fields, None).await.status, 200);
    ledger.note("a revocation").await;
    ledger.seen
}

/// What one flow after the other changes.
struct Ledger<'s> {
    server: &'s TestServer,
    contents: BTreeMap<&'static str, Vec<String>>,
    seen: Vec<(&'static str, Vec<Changed>)>,
}

impl<'s> Ledger<'s> {
    async fn open(server: &'s TestServer) -> Self {
        Self { server, contents: server.contents().await, seen: Vec::new() }
    }

    /// Notes what a flow changed, with what the log gets a little later.
    async fn note(&mut self, flow: &'static str) {
        self.server.flush_sign_ins().await;
        let now = self.server.contents().await;
        let changed = self.contents.iter().map(|(table, before)| {
            let after = &now[table];
            (*table, missing(before, after), missing(after, before))
        });
        let changed = changed.filter(|(_, gone, new)| gone + new > 0).collect();
        self.seen.push((flow, changed));
        self.contents = now;
    }
}

/// How many of some rows are not among others, which are in order.
fn missing(rows: &[String], among: &[String]) -> usize {
    rows.iter().filter(|row| among.binary_search(row).is_err()).count()
}
