//! What each flow asks of the database, once what hardly ever changes has been read: statements that read, statements
//! that write, and write transactions. Whoever makes a flow ask for more finds it here.

use super::flow::{Flow, guest, text, web};
use crate::applications::Changes;
use crate::sign_in::session::Method;
use crate::testing::{App, Recorder, TestServer, Work, on_both_engines};
use crate::users::ExternalUserState;
use std::collections::HashSet;

/// What the flow asks of the database from one look to the next.
struct Meter<'s> {
    server: &'s TestServer,
    recorder: Recorder,
    committed: u64,
}

impl<'s> Meter<'s> {
    fn start(server: &'s TestServer) -> Self {
        Self { server, recorder: Recorder::start(), committed: server.database.statistics().writes.count }
    }

    /// What was asked since the last time, and how many write transactions that took. What the log gets a little later is no part
    /// of it.
    async fn asked(&mut self) -> (Work, u64) {
        let work = self.recorder.work();
        let transactions = self.server.database.statistics().writes.count - self.committed;
        self.server.flush_sign_ins().await;
        self.recorder.take();
        self.committed = self.server.database.statistics().writes.count;
        (work, transactions)
    }
}

#[tokio::test]
async fn the_provider_reads_what_may_have_changed_and_nothing_else() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let flow = Flow::new(&server).await;
        // The first look makes the keys.
        assert_eq!(server.get(&format!("/{}/discovery/v2.0/keys", flow.tenant.id)).await.status, 200);
        let mut meter = Meter::start(&server);
        let mut counts = Vec::new();
        for _ in 0..2 {
            counts.clear();
            let path = format!("/{}/v2.0/.well-known/openid-configuration", flow.tenant.initial_domain);
            assert_eq!(server.get(&path).await.status, 200);
            counts.push(("discovery", meter.asked().await));
            assert_eq!(server.get(&format!("/{}/discovery/v2.0/keys", flow.tenant.id)).await.status, 200);
            counts.push(("keys", meter.asked().await));
            assert_eq!(program(&server, &flow.app).await, 200);
            counts.push(("client credentials", meter.asked().await));
            let code = flow.code().await;
            counts.push(("authorize", meter.asked().await));
            let tokens = flow.redeem(&code, &[]).await.json();
            counts.push(("code", meter.asked().await));
            assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);
            counts.push(("userinfo", meter.asked().await));
            for (name, token) in [("introspection", "access_token"), ("of a refresh token", "refresh_token")] {
                assert_eq!(introspected(&server, &flow.app, text(&tokens, token)).await, 200);
                counts.push((name, meter.asked().await));
            }
            assert_eq!(flow.refresh(text(&tokens, "refresh_token"), &[]).await.status, 200);
            counts.push(("refresh", meter.asked().await));
            for (name, (work, _)) in &counts {
                let once: HashSet<_> = work.reads.iter().collect();
                assert_eq!(once.len(), work.reads.len(), "{name} reads something twice: {work:#?}");
            }
        }
        let seen: Vec<_> = counts.iter().map(|(name, (work, commits))| (*name, work.count(), *commits)).collect();
        let known = [
            ("discovery", (0, 0), 0),
            ("keys", (0, 0), 0),
            ("client credentials", (0, 0), 0),
            ("authorize", (1, 3), 1),
            ("code", (1, 2), 1),
            ("userinfo", (1, 0), 0),
            ("introspection", (1, 0), 0),
            ("of a refresh token", (1, 0), 0),
            ("refresh", (1, 2), 1),
        ];
        assert_eq!(seen, known, "{counts:#?}");
    })
    .await;
}

async fn introspected(server: &TestServer, app: &App, token: &str) -> u16 {
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
    let path = format!("/{}/oauth2/v2.0/introspect", app.tenant);
    server.post_form(&path, &fields, None).await.status.as_u16()
}

/// What somebody from outside has proved is read with them.
#[tokio::test]
async fn a_guest_costs_what_a_member_does() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = guest(&server, &tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        let flow = Flow::with(&server, tenant, user, Method::Passcode, web()).await;
        server.caught_up().await;
        let mut counts = Vec::new();
        let mut meter = Meter::start(&server);
        // The first time what hardly ever changes is read, and that an app renewed its tokens is noted for an hour.
        for _ in 0..2 {
            counts.clear();
            let code = flow.code().await;
            meter.asked().await;
            let tokens = flow.redeem(&code, &[]).await.json();
            counts.push(meter.asked().await.0.count());
            assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);
            counts.push(meter.asked().await.0.count());
            assert_eq!(flow.refresh(text(&tokens, "refresh_token"), &[]).await.status, 200);
            counts.push(meter.asked().await.0.count());
        }
        assert_eq!(counts, [(1, 2), (1, 0), (1, 2)], "a code, userinfo, a refresh");
    })
    .await;
}

async fn program(server: &TestServer, app: &App) -> u16 {
    server.ask_token(app, "https://graph.microsoft.com/.default").await.status.as_u16()
}

#[tokio::test]
async fn made_up_names_fill_nothing() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let flow = Flow::new(&server).await;
        let app = server.app(&flow.tenant, "Other", Changes::default()).await;
        let strange = |n: u32| App { client_id: uuid::Uuid::from_u128(n.into()).to_string(), ..app.clone() };
        for n in 1..20 {
            assert_eq!(program(&server, &strange(n)).await, 400);
            server.get(&format!("/{}/v2.0/.well-known/openid-configuration", uuid::Uuid::from_u128(n.into()))).await;
            server.get(&format!("/strange{n}.example/v2.0/.well-known/openid-configuration")).await;
            server.post_form("/oidc/userinfo", &[], Some(&format!("https://strange{n}.example"))).await;
        }
        for spelling in [flow.tenant.id.to_string().to_uppercase(), flow.tenant.id.0.simple().to_string()] {
            let path = format!("/{spelling}/v2.0/.well-known/openid-configuration");
            assert_eq!(server.get(&path).await.status, 200);
        }
        let caches = &server.caches;
        let kept = [caches.clients.count(), caches.tenants.count(), caches.domains.count(), caches.origins.count()];
        assert!(kept.iter().all(|&kept| kept <= 1), "{kept:?}");
    })
    .await;
}
