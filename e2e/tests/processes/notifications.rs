//! Change notifications of two processes: each change is told by one of them, whichever that is, and by the other one if it dies
//! over it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use e2e::crash::site::Site;
use e2e::graph::text;
use e2e::operator::Engine;
use e2e::organisation::REDIRECT;
use e2e::receiver::Receiver;
use e2e::{Outcome, waiting};
use reqwest::Method;
use serde_json::{Value, json};

use super::{is_skipped, run_out};

/// How long a change may take to be told.
const SOON: Duration = Duration::from_secs(30);

/// Has the receiver told what changes about users; the id of the subscription.
async fn follow(site: &Site, front: usize, receiver: &Receiver) -> Outcome<String> {
    let graph = site.graph(&site.organisations[0], front).await?;
    let users = graph.list("/v1.0/users?$select=createdDateTime").await?;
    let made = users.first().and_then(|user| user["createdDateTime"].as_str()).ok_or("there is nobody")?;
    // They were made a moment ago, and what a clock says there comes an hour later in the next zone to the west.
    let body = json!({
        "changeType": "updated",
        "resource": "users",
        "notificationUrl": receiver.address,
        "expirationDateTime": format!("{}-01:00", made.trim_end_matches('Z')),
    });
    text(&graph.call(Method::POST, "/v1.0/subscriptions", &body).await?, "/id")
}

/// Invites people through one process, which is a change of a user each; their ids.
async fn change(site: &Site, front: usize, name: &str, count: usize) -> Outcome<Vec<String>> {
    let graph = site.graph(&site.organisations[0], front).await?;
    let mut people = Vec::new();
    for number in 0..count {
        let address = format!("{name}.{front}.{number}@partner.example");
        people.push(graph.invite(&address, "Guest", REDIRECT, false).await?.user);
    }
    Ok(people)
}

/// Whether each subscription was told of each of these people.
fn is_told(items: &[Value], subscriptions: &[String], people: &[String]) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told: HashSet<(String, String)> =
        items.iter().map(|item| (text(&item["subscriptionId"]), text(&item["resourceData"]["id"]))).collect();
    let mut owed =
        subscriptions.iter().flat_map(|subscription| people.iter().map(move |person| (subscription, person)));
    owed.all(|(subscription, person)| told.contains(&(subscription.clone(), person.clone())))
}

fn ids(items: &[Value]) -> HashSet<&str> {
    items.iter().filter_map(|item| item["id"].as_str()).collect()
}

#[tokio::test]
async fn two_processes_tell_each_change_and_none_twice() -> Outcome {
    const ROUNDS: usize = 2;
    const EACH: usize = 15;
    if is_skipped() {
        return Ok(());
    }
    let (site, processes) = Site::create(Engine::Postgres, 2, 1).await?;
    let receiver = Receiver::listen().await?;
    let mut subscriptions = Vec::new();
    for front in [0, 1, 0, 1] {
        subscriptions.push(follow(&site, front, &receiver).await?);
    }
    let mut people = Vec::new();
    // What is told again after one round came is there before the next one has come.
    for round in 0..ROUNDS {
        let name = format!("round{round}");
        let (one, other) = tokio::try_join!(change(&site, 0, &name, EACH), change(&site, 1, &name, EACH))?;
        people.extend(one);
        people.extend(other);
        waiting::until("every change", SOON, async || {
            Ok(is_told(&receiver.items(), &subscriptions, &people).then_some(()))
        })
        .await?;
    }
    let items = receiver.items();
    println!("{} changes came to {} subscriptions in {} items", people.len(), subscriptions.len(), items.len());
    // The id is made of what is told: whatever is told twice has it twice.
    assert_eq!(ids(&items).len(), items.len(), "nobody died, so nothing is told twice");
    for process in processes {
        process.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_a_process_was_telling_when_it_died_is_told_by_the_other() -> Outcome {
    const PEOPLE: usize = 10;
    if is_skipped() {
        return Ok(());
    }
    let (site, mut processes) = Site::create(Engine::Postgres, 2, 1).await?;
    let receiver = Receiver::listen().await?;
    // The other one stands still, so that it is known who has the message in hand.
    processes[1].signal("STOP")?;
    let subscriptions = [follow(&site, 0, &receiver).await?];
    receiver.keep_silent(true);
    let people = change(&site, 0, "guest", PEOPLE).await?;
    let held = waiting::until("a message", SOON, async || {
        let items = receiver.items();
        Ok((!items.is_empty()).then_some(items))
    })
    .await?;
    let dead = processes.remove(0);
    dead.signal("KILL")?;
    dead.ended().await?;
    let died = Instant::now();
    receiver.keep_silent(false);
    run_out(&site, "notify")?;
    processes[0].signal("CONT")?;

    let again = waiting::until("every change", SOON, async || {
        let items = receiver.items().split_off(held.len());
        Ok(is_told(&items, &subscriptions, &people).then_some(items))
    })
    .await?;
    println!("the last change was told {:.1} s after the death", died.elapsed().as_secs_f64());
    assert!(ids(&held).is_subset(&ids(&again)), "what is told again is known again: {held:?}, {again:?}");
    processes.remove(0).stop().await?;
    Ok(())
}
