//! A list of people that is invited by whichever process lives.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use e2e::crash::site::Site;
use e2e::graph::{Graph, text};
use e2e::operator::Engine;
use e2e::{Outcome, waiting};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{MAILS, is_skipped, run_out};

const ROWS: usize = 300;

/// How long the list may take to be checked, begun and ended.
const SOON: Duration = Duration::from_secs(30);

/// Between two looks at a list that is over within a second.
const PAUSE: Duration = Duration::from_millis(5);

async fn look(graph: &Graph, list: &str) -> Outcome<Value> {
    let (status, answer) = graph.ask(Method::GET, list, None).await?;
    if status == 200 { Ok(answer) } else { Err(format!("{list}: {status} {answer}").into()) }
}

async fn comes_to(graph: &Graph, list: &str, state: &str) -> Outcome<Value> {
    waiting::until(state, SOON, async || {
        let found = look(graph, list).await?;
        Ok((found["state"] == state).then_some(found))
    })
    .await
}

/// Waits until the first rows are noted as invited. They are noted by the hundred.
async fn begins(graph: &Graph, list: &str) -> Outcome {
    let asked = Instant::now();
    while look(graph, list).await?["results"]["invited"] == 0 {
        if asked.elapsed() > SOON {
            return Err("nobody is invited".into());
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// How many a collection holds, and the values of one property of theirs, each once.
async fn distinct(graph: &Graph, path: &str, property: &str) -> Outcome<(usize, BTreeSet<String>)> {
    let found = graph.list(path).await?;
    let values = found.iter().map(|one| one[property].as_str().unwrap_or_default().to_owned()).collect();
    Ok((found.len(), values))
}

#[tokio::test]
async fn a_list_whose_process_dies_is_ended_by_the_other_with_one_guest_and_one_mail_a_row() -> Outcome {
    if is_skipped() {
        return Ok(());
    }
    let (site, mut processes) = Site::create(Engine::Postgres, 2, 1).await?;
    let organisation = &site.organisations[0];
    let (here, there) = (site.graph(organisation, 0).await?, site.graph(organisation, 1).await?);
    let people: BTreeSet<String> = (0..ROWS).map(|number| format!("guest{number}@partner.example")).collect();
    let rows: Vec<&str> = people.iter().map(String::as_str).collect();
    let sent = here.send_list(&format!("email\n{}\n", rows.join("\n")), true).await?;
    let list = format!("/vestibule/v1/bulkInvitations/{}", text(&sent, "/id")?);
    comes_to(&there, &list, "checked").await?;

    // Whoever is asked to start it rings for its own worker.
    here.call(Method::POST, &format!("{list}/start"), &json!({})).await?;
    begins(&there, &list).await?;
    let dead = processes.remove(0);
    dead.signal("KILL")?;
    dead.ended().await?;
    let died = Instant::now();
    let left = look(&there, &list).await?;
    assert_eq!(left["state"], "running", "it died too late to be in the middle: {left}");
    run_out(&site, "invite_many")?;

    let done = comes_to(&there, &list, "finished").await?;
    let (noted, seconds) = (&left["results"]["invited"], died.elapsed().as_secs_f64());
    println!("{noted} of {ROWS} rows were noted at the death, all of them {seconds:.1} s after it");
    assert_eq!(done["rowCount"], ROWS, "{done}");
    let results = done["results"].as_object().ok_or("no results")?;
    for (result, count) in results {
        assert_eq!(*count, if result == "invited" { ROWS } else { 0 }, "{result}: {done}");
    }
    let (count, invitations) = distinct(&there, &format!("{list}/rows?$top=999"), "invitationId").await?;
    assert_eq!((count, invitations.len()), (ROWS, ROWS), "each row has an invitation of its own");
    let made = distinct(&there, "/vestibule/v1/invitations?$top=999", "id").await?;
    assert_eq!(made, (ROWS, invitations), "and there is no other");
    let guests = "/v1.0/users?$select=mail&$filter=userType eq 'Guest'&$top=999";
    assert_eq!(distinct(&there, guests, "mail").await?, (ROWS, people.clone()), "one guest for each row");

    waiting::until("every mail", MAILS, async || {
        Ok(people.iter().all(|address| !site.mailroom.letters_to(address).is_empty()).then_some(()))
    })
    .await?;
    println!("the last mail came {:.1} s after the death", died.elapsed().as_secs_f64());
    assert_eq!(site.mailroom.letters().len(), ROWS, "under one Message-ID each");
    processes.remove(0).stop().await?;
    Ok(())
}
