//! A served installation with organisations to work on, and everybody's way to it: one process, or several of them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::json;
use tokio::sync::Mutex;

use super::mailroom::Mailroom;
use crate::Outcome;
use crate::demo::free_port;
use crate::graph::Graph;
use crate::operator::{Engine, Installation, Serving};
use crate::organisation::{Registered, register};
use crate::smtp_sink::{Misbehaviour, PASSWORD as RELAY_PASSWORD, SmtpSink, USERNAME};
use crate::visitor::Visitor;

/// Guests of this domain are not let in.
pub const BLOCKED_DOMAIN: &str = "blocked.example";

/// The public address. Its port is the one of HTTP, so that a client can be led to any process behind it.
pub const ADDRESS: &str = "http://localhost";

const PASSWORD: &str = "correct horse battery staple";

/// The limit of invitation mails of an organisation in an hour is 2,000; whatever goes beyond it waits.
const MAILS: usize = 1900;

/// A token of a program lives for an hour.
const TOKEN_AGE: Duration = Duration::from_mins(20);

/// What a script of an organisation needs here.
const PERMISSIONS: [&str; 5] = [
    "User.Invite.All",
    "User.ReadWrite.All",
    "AuditLog.Read.All",
    "Policy.ReadWrite.Authorization",
    "Application.ReadWrite.All",
];

/// An organisation of the site.
#[derive(Debug)]
pub struct Organisation {
    /// The tenant id.
    pub id: String,
    /// Its domain.
    pub domain: String,
    /// The program that works through the API.
    pub automation: Registered,
    /// The app that guests want to reach.
    pub app: Registered,
    graph: Mutex<(Instant, Graph)>,
    mails: AtomicUsize,
}

/// A way to one process.
#[derive(Debug)]
pub struct Front {
    /// Where the process listens.
    pub port: u16,
    /// Leads there, whatever the address says.
    pub client: Client,
}

/// The site; ended, and its files removed, with the value.
#[derive(Debug)]
pub struct Site {
    /// What the operator keeps.
    pub installation: Installation,
    /// The ways to its processes.
    pub fronts: Vec<Front>,
    /// Its organisations.
    pub organisations: Vec<Organisation>,
    /// The mails that arrived.
    pub mailroom: Mailroom,
    places: AtomicU32,
    /// The relay.
    pub sink: SmtpSink,
}

impl Site {
    /// Makes an installation with organisations; returns it with its processes, which are ready.
    pub async fn create(engine: Engine, processes: usize, organisations: usize) -> Outcome<(Self, Vec<Serving>)> {
        let sink = SmtpSink::start(&Misbehaviour::default())?;
        let installation = installation(engine, &sink)?;
        installation.configured(&["migrate"], &[])?;
        let mut ids = Vec::new();
        for number in 0..organisations {
            ids.push(found(&installation, &format!("org{number}.example"))?);
        }
        let (mut fronts, mut running) = (Vec::new(), Vec::new());
        for _ in 0..processes {
            let port = free_port()?;
            running.push(installation.serve_at(port).await?);
            fronts.push(Front { port, client: client(port)? });
        }
        let mailroom = Mailroom::of(&sink);
        let places = AtomicU32::new(Ipv4Addr::new(10, 0, 0, 1).to_bits());
        let mut site = Self { installation, fronts, organisations: Vec::new(), mailroom, places, sink };
        for (number, id) in ids.into_iter().enumerate() {
            let organisation = site.furnish(id, format!("org{number}.example")).await?;
            site.organisations.push(organisation);
        }
        Ok((site, running))
    }

    /// A browser that was never here, at a place of its own. It reaches the site through this front.
    pub fn visitor(&self, front: usize) -> Outcome<Visitor> {
        let place = Ipv4Addr::from_bits(self.places.fetch_add(1, Ordering::Relaxed));
        Ok(Visitor::new(self.fronts[front].client.clone(), ADDRESS)?.seen_from(place))
    }

    /// The administrator's browser, in the portal.
    pub async fn administrator(&self, front: usize, domain: &str) -> Outcome<Visitor> {
        let mut visitor = self.visitor(front)?;
        visitor.open(&format!("/portal/{domain}")).await?;
        let page = visitor.sign_in(&format!("ada@{domain}"), PASSWORD).await?;
        if page.status != 200 || !page.text.contains("Ada Lovelace") {
            return Err(format!("the administrator is not signed in: {page:?}").into());
        }
        Ok(visitor)
    }

    /// The program of an organisation, through this front.
    pub async fn graph(&self, organisation: &Organisation, front: usize) -> Outcome<Graph> {
        let client = self.fronts[front].client.clone();
        let mut kept = organisation.graph.lock().await;
        if kept.0.elapsed() > TOKEN_AGE {
            let (id, program) = (&organisation.id, &organisation.automation.program);
            // A server that is dead just now: the token is good for a while yet.
            if let Ok(renewed) = Graph::signed_in(client.clone(), ADDRESS, id, program).await {
                *kept = (Instant::now(), renewed);
            }
        }
        Ok(kept.1.by(client))
    }

    async fn furnish(&self, id: String, domain: String) -> Outcome<Organisation> {
        let portal = format!("/portal/{domain}");
        let mut visitor = self.administrator(0, &domain).await?;
        let automation = register(&mut visitor, &portal, "Automation", &PERMISSIONS).await?;
        let app = register(&mut visitor, &portal, "App", &[]).await?;
        let graph = Graph::signed_in(self.fronts[0].client.clone(), ADDRESS, &id, &automation.program).await?;
        graph.set_rules(&json!({ "domainList": { "kind": "deny", "domains": [BLOCKED_DOMAIN] } })).await?;
        let graph = Mutex::new((Instant::now(), graph));
        Ok(Organisation { id, domain, automation, app, graph, mails: AtomicUsize::new(0) })
    }
}

impl Organisation {
    /// Whether one more invitation mail goes out within the hour.
    pub fn may_mail(&self) -> bool {
        self.mails.fetch_add(1, Ordering::Relaxed) < MAILS
    }

    /// The path of the token endpoint.
    pub fn token_path(&self) -> String {
        format!("/{}/oauth2/v2.0/token", self.id)
    }
}

/// A client that reaches one process, whatever port the address has.
fn client(port: u16) -> Outcome<Client> {
    // An error only says that an earlier test in this process has chosen it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let there = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    Ok(builder.resolve("localhost", there).timeout(Duration::from_mins(1)).build()?)
}

fn installation(engine: Engine, sink: &SmtpSink) -> Outcome<Installation> {
    let mut installation = Installation::new(engine)?;
    let key = installation.file("master.key").display().to_string();
    ADDRESS.clone_into(&mut installation.base_url);
    installation.settings.push_str("trusted_proxies = [\"127.0.0.1/32\"]\n");
    installation.sections = format!(
        "[keys]\nmaster_key_file = {key:?}\n\
         [mail]\nrelay = \"localhost\"\nport = {}\nsecurity = \"starttls\"\nfrom = \"invitations@example.org\"\n\
         username = {USERNAME:?}\npassword = {RELAY_PASSWORD:?}\ncertificate_authority_file = {:?}\n\
         [outbound]\nallow_networks = [\"127.0.0.0/8\"]\n\
         [log]\nfilter = \"warn,vestibule::serve=info\"\n",
        sink.port,
        sink.ca_certificate().display().to_string(),
    );
    Ok(installation)
}

/// Makes an organisation with its administrator; its id.
fn found(installation: &Installation, domain: &str) -> Outcome<String> {
    let told = installation.configured(&["tenant", "create"], &["--name", domain, "--domain", domain])?;
    let id = told.trim().rsplit(' ').next().unwrap_or_default().to_owned();
    let file = installation.write("password", PASSWORD)?.display().to_string();
    let upn = format!("ada@{domain}");
    let person = ["--tenant", domain, "--upn", &upn, "--name", "Ada Lovelace"];
    let rights = ["--role", "Global Administrator", "--password-file", &file];
    installation.configured(&["user", "create"], &[&person[..], &rights[..]].concat())?;
    Ok(id)
}
