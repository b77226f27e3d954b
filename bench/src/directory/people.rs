//! One person who is a guest in many organisations, beside others who are guests in one: sign-in, the pages with apps and
//! with organisations, and tokens. Both are measured in turn, so that what else happens on the machine meets both.

use super::PEOPLE;
use super::table::{Bound, Figure, Table};
use crate::browser::Browser;
use crate::organisation::{App, Organisation};
use crate::scenario::code_flow::Flow;
use crate::site::Site;
use crate::statistics::{Random, quantile};
use crate::{Engine, Options, Outcome, fill};
use directory_fill::{Guest, State};
use std::time::Instant;

/// Where the person is known everywhere.
const EVERYWHERE: &str = "everywhere@partner.example";

/// Sign-ins of each, at most: strangers get 20,000 codes in an hour on the whole server.
const SIGN_INS: usize = 500;

/// Pages and tokens of each.
const TURNS: usize = 1_000;

/// Microseconds of 2025-06-01T00:00:00Z, when they were invited.
const INVITED: i64 = 1_748_736_000_000_000;

/// The guest of one organisation: a different one in each.
fn local(number: usize) -> String {
    format!("only{number}@partner.example")
}

/// Times in milliseconds, for a guest of one organisation and of many.
#[derive(Default)]
struct Pair([Vec<f64>; 2]);

impl Pair {
    fn add_to(&self, table: &mut Table, work: &'static str, engine: Engine) {
        for times in &self.0 {
            let figure = Figure { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
            table.add(work, engine, Bound::Person, figure);
        }
    }

    fn note(&mut self, which: usize, before: Instant) {
        if let Some(times) = self.0.get_mut(which) {
            times.push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
}

/// Makes the organisations and their guests, and measures.
pub async fn run(options: &Options, engine: Engine, site: &mut Site, table: &mut Table) -> Outcome {
    let first = Organisation::create(site, &format!("{PEOPLE}.example"))?;
    let mut organisations = vec![first.clone()];
    for number in 1..options.organisations {
        organisations.push(Organisation::bare(site, &format!("{PEOPLE}{number}.example"))?);
    }
    invite(site, &organisations, options.seed).await?;
    println!("one person is a guest in {} organisations", organisations.len());
    site.start().await?;
    let mut portal = first.portal(&site.address).await?;
    let app = first.app(&mut portal, "App", &[]).await?;
    sign_ins(site, &organisations).await?.add_to(table, "sign-in with a code by mail", engine);
    say_memory(site)?;
    let mut browsers = [Browser::open(&site.address).await?, Browser::open(&site.address).await?];
    for (browser, address) in browsers.iter_mut().zip([local(0).as_str(), EVERYWHERE]) {
        browser.forget();
        sign_in(site, browser, &first, address).await?;
    }
    let apps = page_of(&first);
    lists(&mut browsers, &apps).await?.add_to(table, "organisations and apps", engine);
    say_memory(site)?;
    lists(&mut browsers, &format!("{apps}/organizations")).await?.add_to(table, "organisation list", engine);
    say_memory(site)?;
    tokens(site, &browsers, &first, &app).await?.add_to(table, "code flow", engine);
    say_memory(site)?;
    site.stop()
}

/// What the server holds after a case. The guests of one organisation and of many are asked about in turn, so it is no figure
/// of either.
fn say_memory(site: &Site) -> Outcome {
    println!("    memory {}", site.divided()?);
    Ok(())
}

/// Two guests in each: one who is everywhere, and one who is nowhere else.
async fn invite(site: &Site, organisations: &[Organisation], seed: u64) -> Outcome {
    let database = site.database().await?;
    let mut random = Random(seed);
    for (number, organisation) in organisations.iter().enumerate() {
        let guest = |id, address: String| {
            let name = address.clone();
            Guest::new(id, &organisation.domain, address, name, State::Accepted, INVITED)
        };
        let guests = [guest(fill::id(&mut random), local(number)), guest(fill::id(&mut random), EVERYWHERE.to_owned())];
        directory_fill::write_guests(&database, organisation.id.parse()?, &organisation.domain, &guests).await?;
    }
    database.close().await;
    Ok(())
}

async fn sign_ins(site: &Site, organisations: &[Organisation]) -> Outcome<Pair> {
    let mut pair = Pair::default();
    let mut browser = Browser::open(&site.address).await?;
    for (number, organisation) in organisations.iter().enumerate().take(SIGN_INS) {
        let mut both = [(0, local(number)), (1, EVERYWHERE.to_owned())];
        if number % 2 == 1 {
            both.reverse();
        }
        for (which, address) in both {
            browser.forget();
            let before = Instant::now();
            sign_in(site, &mut browser, organisation, &address).await?;
            pair.note(which, before);
        }
    }
    Ok(pair)
}

/// From the page with the apps, by a code, back to it.
async fn sign_in(site: &Site, browser: &mut Browser, organisation: &Organisation, address: &str) -> Outcome {
    let page = page_of(organisation);
    browser.get(&page).await?;
    browser.submit("", &[("address", address)]).await?;
    let code = site.arrived.code_to(address).await;
    let status = browser.submit("/code", &[("code", &code)]).await?;
    if status == 200 && browser.location().starts_with(&page) {
        return Ok(());
    }
    Err(format!("{address} is not let in: {status} {}", browser.location()).into())
}

async fn lists(browsers: &mut [Browser; 2], page: &str) -> Outcome<Pair> {
    let mut pair = Pair::default();
    for _ in 0..TURNS {
        for (which, browser) in browsers.iter_mut().enumerate() {
            let before = Instant::now();
            let status = browser.get(page).await?;
            pair.note(which, before);
            if status != 200 || !browser.location().starts_with(page) {
                return Err(format!("the page is not shown: {status} {}", browser.location()).into());
            }
        }
    }
    Ok(pair)
}

async fn tokens(site: &Site, browsers: &[Browser; 2], organisation: &Organisation, app: &App) -> Outcome<Pair> {
    let mut pair = Pair::default();
    let mut flows = Vec::new();
    for browser in browsers {
        flows.push(Flow::of(&site.address, organisation, app, &browser.cookie_header()).await?);
    }
    for _ in 0..TURNS {
        for (which, flow) in flows.iter_mut().enumerate() {
            let before = Instant::now();
            flow.tokens().await?;
            pair.note(which, before);
        }
    }
    Ok(pair)
}

fn page_of(organisation: &Organisation) -> String {
    format!("/myapps/{}", organisation.domain)
}
