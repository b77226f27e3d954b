//! What is measured, one scenario a file, in this order.

pub mod client_credentials;
pub mod code_flow;
mod documents;
mod introspection;
pub mod invitations;
pub mod listing;
mod memory;
pub mod password;
pub mod redemptions;
pub mod refresh;
pub mod renewed;
mod start;
pub mod userinfo;
mod users;

use crate::connection::Connection;
use crate::counts::Counter;
use crate::measure::{Figures, Plan, Step, Worker, measure};
use crate::organisation::{App, Organisation};
use crate::profile::{self, Recording};
use crate::report::Row;
use crate::site::Site;
use crate::{Engine, Mode, Options, Outcome, fill};
use futures_util::future::LocalBoxFuture;

/// Members who sign in, one for each worker that needs somebody.
const MEMBERS: usize = 16;

/// Everything a program may need here.
pub const PERMISSIONS: [&str; 5] = [
    "User.Invite.All",
    "User.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
];

/// A scenario by its name; a run that wants only some of them gives the beginning of the name.
struct Scenario {
    name: &'static str,
    /// Whether instructions are counted in it. Not of a password, nearly all of whose instructions are one loop of its hash.
    is_counted: bool,
    run: for<'b> fn(&'b mut Bench) -> LocalBoxFuture<'b, Outcome<Vec<Row>>>,
}

const SCENARIOS: [Scenario; 13] = [
    Scenario { name: "start", is_counted: false, run: |bench| Box::pin(start::run(bench)) },
    Scenario { name: "discovery", is_counted: true, run: |bench| Box::pin(documents::run(bench)) },
    Scenario { name: "client-credentials", is_counted: true, run: |bench| Box::pin(client_credentials::run(bench)) },
    Scenario { name: "code-flow", is_counted: true, run: |bench| Box::pin(code_flow::run(bench)) },
    Scenario { name: "refresh", is_counted: true, run: |bench| Box::pin(refresh::run(bench)) },
    Scenario { name: "userinfo", is_counted: true, run: |bench| Box::pin(userinfo::run(bench)) },
    Scenario { name: "introspection", is_counted: true, run: |bench| Box::pin(introspection::run(bench)) },
    Scenario { name: "listing", is_counted: true, run: |bench| Box::pin(listing::run(bench)) },
    Scenario { name: "password", is_counted: false, run: |bench| Box::pin(password::run(bench)) },
    Scenario { name: "redemptions", is_counted: true, run: |bench| Box::pin(redemptions::run(bench)) },
    Scenario { name: "users", is_counted: false, run: |bench| Box::pin(users::run(bench)) },
    Scenario { name: "invitations", is_counted: true, run: |bench| Box::pin(invitations::run(bench)) },
    Scenario { name: "memory", is_counted: false, run: |bench| Box::pin(memory::run(bench)) },
];

/// A running server with an organisation to work on.
pub struct Bench {
    /// How long, how often.
    pub plan: Plan,
    /// The name of the engine.
    pub engine: &'static str,
    /// The server.
    pub site: Site,
    /// The organisation everything but invitations happens in.
    pub organisation: Organisation,
    /// Signs with RS256.
    pub rs256: App,
    /// Signs with ES256.
    pub es256: App,
    /// Further organisations, for the limit on invitation mails of each.
    pub senders: Vec<Organisation>,
    /// Where instructions are counted, instead of time.
    counter: Option<Counter>,
}

/// Runs the chosen scenarios on one engine; says each row as soon as it is known.
pub async fn run_all(options: &Options, engine: Engine, say: impl Fn(&Row), rows: &mut Vec<Row>) -> Outcome {
    let all = SCENARIOS.iter();
    let offered: Vec<&Scenario> = all.filter(|one| one.is_counted || options.mode != Mode::Counts).collect();
    let chosen: Vec<&Scenario> = offered.iter().copied().filter(|scenario| options.wants(scenario.name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = offered.iter().map(|scenario| scenario.name).collect();
        return Err(format!("no scenario begins so; there are: {}", names.join(", ")).into());
    }
    if let Some(name) = options.profile.as_deref() {
        // Each start of the server is another process, of which nothing would be left to look at.
        if name == "start" || !chosen.iter().any(|scenario| scenario.name == name) {
            return Err(format!("no scenario of this run that can be profiled is called {name}").into());
        }
        profile::require()?;
    }
    let mut bench = Bench::set_up(options, engine).await?;
    for scenario in chosen {
        let is_profiled = options.profile.as_deref() == Some(scenario.name);
        let recording = if is_profiled { Some(Recording::start(bench.site.process()?)?) } else { None };
        let found = (scenario.run)(&mut bench).await.map_err(|error| format!("{}: {error}", scenario.name))?;
        for row in &found {
            say(row);
        }
        if let Some(recording) = recording {
            println!("\n{} on {}, {}", scenario.name, engine.name(), recording.finish()?);
        }
        rows.extend(found);
    }
    bench.site.stop()
}

impl Bench {
    /// For the mixture of a soak, which needs what all scenarios need.
    pub async fn for_soak(options: &Options, engine: Engine) -> Outcome<Self> {
        Self::set_up(&Options { only: Vec::new(), ..options.clone() }, engine).await
    }

    async fn set_up(options: &Options, engine: Engine) -> Outcome<Self> {
        let mut site = Site::create(options, engine).await?;
        let organisation = Organisation::create(&site, "bench.example")?;
        for number in 0..MEMBERS {
            organisation.member(&site, &member(number), &[])?;
        }
        let senders = if options.wants("invitations") { invitations::senders(&site)? } else { Vec::new() };
        if options.wants("listing") {
            let database = site.database().await?;
            fill::guests(&database, &organisation, "guest", options.guests, fill::State::Accepted).await?;
            database.close().await;
        }
        site.start().await?;
        let mut portal = organisation.portal(&site.address).await?;
        let rs256 = organisation.app(&mut portal, "RS256", &PERMISSIONS).await?;
        let es256 = organisation.app(&mut portal, "ES256", &PERMISSIONS).await?;
        let token = organisation.token(&site.address, &rs256).await?;
        organisation.sign_with_es256(&site.address, &token, &es256).await?;
        let counter = if options.mode == Mode::Counts { Some(Counter::start(options, &site).await?) } else { None };
        Ok(Self { plan: options.plan(), engine: engine.name(), site, organisation, rs256, es256, senders, counter })
    }

    /// The apps by how their tokens are signed.
    pub fn apps(&self) -> [(&'static str, App); 2] {
        [("RS256", self.rs256.clone()), ("ES256", self.es256.clone())]
    }

    /// Measures as planned, or counts instructions.
    pub async fn measure<W: Worker + 'static>(&self, workers: Vec<W>) -> Outcome<Figures> {
        match &self.counter {
            Some(counter) => counter.count(workers).await,
            None => measure(&self.plan, workers).await,
        }
    }

    /// How many of so many workers there are: one, where instructions are counted.
    pub fn at_once(&self, count: usize) -> usize {
        if self.counter.is_some() { count.min(1) } else { count }
    }

    /// As many connections as workers.
    pub async fn connections(&self, count: usize) -> Outcome<Vec<Connection>> {
        let count = self.at_once(count);
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Connection::open(self.site.address.socket).await?);
        }
        Ok(connections)
    }
}

/// The name of a member.
pub fn member(number: usize) -> String {
    format!("member{number:02}")
}

/// Sends the same request over and over.
pub struct Repeat {
    connection: Connection,
    request: Vec<u8>,
}

impl Repeat {
    /// On this connection.
    pub fn new(connection: Connection, request: Vec<u8>) -> Self {
        Self { connection, request }
    }
}

impl Worker for Repeat {
    async fn work(&mut self) -> Outcome<Step> {
        self.connection.send(&self.request).await?.expect(200)?;
        Ok(Step::Done)
    }
}
