//! Two processes on one PostgreSQL: they share the work, what is decided on one binds on the other, and either may die.

mod lists;
mod notifications;

use std::time::{Duration, Instant};

use e2e::crash::site::{ADDRESS, Site};
use e2e::operator::Engine;
use e2e::visitor::Visitor;
use e2e::{Outcome, waiting};
use reqwest::Method;
use serde_json::{Value, json};

const DOMAIN: &str = "org0.example";
const PASSWORD: &str = "a plain member's long password";

/// What was acknowledged on one process binds for every request that is sent to the other one after this.
const BINDING: Duration = Duration::from_secs(1);

/// How long mails may take of which some were in the hands of a process that died.
const MAILS: Duration = Duration::from_mins(1);

fn is_skipped() -> bool {
    !Engine::all().contains(&Engine::Postgres)
}

/// Lets the leases of the process that has a job of this kind in hand run out, once it is dead. They do so by themselves, after at
/// most twenty seconds.
fn run_out(site: &Site, kind: &str) -> Outcome {
    site.installation.sql(&format!(
        "UPDATE job SET lease_until = 0 WHERE lease_owner IN
             (SELECT j.lease_owner FROM job j WHERE j.kind = '{kind}' AND j.state = 'running')"
    ))
}

async fn invite(site: &Site, front: usize, address: &str) -> Outcome<(u16, Value)> {
    let body = json!({
        "invitedUserEmailAddress": address,
        "inviteRedirectUrl": "https://app.example/signed-in",
        "sendInvitationMessage": true,
    });
    let graph = site.graph(&site.organisations[0], front).await?;
    graph.ask(Method::POST, "/v1.0/invitations", Some(&body)).await
}

/// Mails that one process has handed over, by its own metrics.
async fn handed_over(site: &Site, front: usize) -> Outcome<usize> {
    let answer = site.fronts[front].client.get(format!("{ADDRESS}/metrics")).send().await?.text().await?;
    let line = answer.lines().find(|line| line.starts_with("vestibule_mails_total") && line.contains("handed_over"));
    let figure = line.and_then(|line| line.rsplit(' ').next()).unwrap_or("0");
    Ok(figure.parse()?)
}

#[tokio::test]
async fn two_processes_share_the_mails_and_send_none_twice() -> Outcome {
    const EACH: usize = 100;
    if is_skipped() {
        return Ok(());
    }
    let (site, processes) = Site::create(Engine::Postgres, 2, 1).await?;
    let by = async |front: usize| {
        for number in 0..EACH {
            let (status, answer) = invite(&site, front, &format!("guest{front}.{number}@partner.example")).await?;
            assert_eq!(status, 201, "{answer}");
        }
        Outcome::Ok(())
    };
    tokio::try_join!(by(0), by(1))?;
    let (one, other) = waiting::until("every mail", MAILS, async || {
        let counts = (handed_over(&site, 0).await?, handed_over(&site, 1).await?);
        Ok((counts.0 + counts.1 >= 2 * EACH).then_some(counts))
    })
    .await?;
    println!("{one} mails went out by one process, {other} by the other");
    assert!(one > 0 && other > 0, "they share the work");
    assert_eq!(one + other, 2 * EACH, "no mail is sent by both");
    // The relay's file is read a moment after the relay has said that it has a mail.
    let letters = waiting::until("every letter", MAILS, async || {
        let letters = site.mailroom.letters();
        Ok((letters.len() >= 2 * EACH).then_some(letters))
    })
    .await?;
    assert_eq!(letters.len(), 2 * EACH);
    assert!(letters.iter().all(|letter| letter.deliveries == 1), "each goes out once when nobody dies");
    for process in processes {
        process.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_mails_of_a_process_that_dies_are_sent_by_the_other() -> Outcome {
    const GUESTS: usize = 60;
    if is_skipped() {
        return Ok(());
    }
    let (site, mut processes) = Site::create(Engine::Postgres, 2, 1).await?;
    for number in 0..GUESTS {
        let (status, answer) = invite(&site, 0, &format!("guest{number}@partner.example")).await?;
        assert_eq!(status, 201, "{answer}");
    }
    let dead = processes.remove(0);
    dead.signal("KILL")?;
    dead.ended().await?;
    let (status, answer) = invite(&site, 1, "later@partner.example").await?;
    assert_eq!(status, 201, "the other one goes on: {answer}");
    let died = Instant::now();
    waiting::until("every mail", MAILS, async || Ok((site.mailroom.letters().len() > GUESTS).then_some(()))).await?;
    println!("the last mail came {:.1} s after the death", died.elapsed().as_secs_f64());
    assert_eq!(site.mailroom.letters().len(), GUESTS + 1, "under one Message-ID each");
    processes.remove(0).stop().await?;
    Ok(())
}

#[tokio::test]
async fn processes_of_before_stop_once_a_newer_one_has_migrated() -> Outcome {
    if is_skipped() {
        return Ok(());
    }
    let (site, processes) = Site::create(Engine::Postgres, 2, 1).await?;
    // What a newer program leaves behind.
    site.installation.sql("INSERT INTO schema_version (version, name, checksum) VALUES (10000, 'later', 0)")?;
    let migrated = Instant::now();
    for process in processes {
        let (status, log) = process.ended().await?;
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains("10000 (later)") && log.contains("run the newer program"), "{log}");
    }
    println!("both have stopped {:.1} s after the migration", migrated.elapsed().as_secs_f64());
    let again = site.installation.output(&["serve"], &[], &[])?;
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("10000 (later)"), "it does not start either");
    Ok(())
}

/// Asks until it binds. A request that is sent more than a second after the acknowledgement must see it.
async fn binds(what: &str, mut is_bound: impl AsyncFnMut() -> Outcome<bool>) -> Outcome {
    let acknowledged = Instant::now();
    loop {
        let sent = acknowledged.elapsed();
        if is_bound().await? {
            println!("{what}: seen by a request sent after {} ms", sent.as_millis());
            return Ok(());
        }
        if sent > BINDING {
            return Err(format!("{what} does not bind {} ms later", sent.as_millis()).into());
        }
    }
}

async fn member(site: &Site, front: usize) -> Outcome<Visitor> {
    let mut visitor = site.visitor(front)?;
    visitor.open(&format!("/portal/{DOMAIN}")).await?;
    let page = visitor.sign_in(&format!("mara@{DOMAIN}"), PASSWORD).await?;
    assert!(page.text.contains("Mara Member"), "{page:?}");
    Ok(visitor)
}

async fn is_in(visitor: &mut Visitor) -> Outcome<bool> {
    Ok(visitor.open(&format!("/portal/{DOMAIN}")).await?.text.contains("Mara Member"))
}

/// Changes something through one process; the answer must be this status.
async fn change(site: &Site, front: usize, method: Method, path: &str, body: Value, good: u16) -> Outcome<Value> {
    let graph = site.graph(&site.organisations[0], front).await?;
    let (status, answer) = graph.ask(method, path, Some(&body)).await?;
    assert_eq!(status, good, "{path}: {answer}");
    Ok(answer)
}

async fn keys(site: &Site, front: usize) -> Outcome<usize> {
    let url = format!("{ADDRESS}/{}/discovery/v2.0/keys", site.organisations[0].id);
    let text = site.fronts[front].client.get(url).send().await?.text().await?;
    let document: Value = serde_json::from_str(&text)?;
    Ok(document["keys"].as_array().map_or(0, Vec::len))
}

#[tokio::test]
async fn what_is_decided_on_one_process_binds_on_the_other_within_a_second() -> Outcome {
    if is_skipped() {
        return Ok(());
    }
    let (site, processes) = Site::create(Engine::Postgres, 2, 1).await?;
    let file = site.installation.write("member-password", PASSWORD)?.display().to_string();
    let upn = format!("mara@{DOMAIN}");
    let person = ["--tenant", DOMAIN, "--upn", &upn, "--name", "Mara Member", "--password-file", &file];
    site.installation.configured(&["user", "create"], &person)?;
    for (here, there) in [(0, 1), (1, 0)] {
        who_may_invite(&site, here, there).await?;
        which_domains(&site, here, there).await?;
        whose_session(&site, here, there).await?;
        which_secret(&site, here, there).await?;
    }
    which_keys(&site).await?;
    for process in processes {
        process.stop().await?;
    }
    Ok(())
}

async fn who_may_invite(site: &Site, here: usize, there: usize) -> Outcome {
    const POLICY: &str = "/v1.0/policies/authorizationPolicy";
    let mut mara = member(site, there).await?;
    let form = format!("/portal/{DOMAIN}/invitations/new");
    assert_eq!(mara.open(&form).await?.status, 200);
    change(site, here, Method::PATCH, POLICY, json!({ "allowInvitesFrom": "adminsAndGuestInviters" }), 204).await?;
    binds("who may invite", async || Ok(mara.open(&form).await?.status == 403)).await?;
    change(site, here, Method::PATCH, POLICY, json!({ "allowInvitesFrom": "everyone" }), 204).await?;
    binds("who may invite again", async || Ok(mara.open(&form).await?.status == 200)).await
}

async fn which_domains(site: &Site, here: usize, there: usize) -> Outcome {
    let domain = format!("later{here}.example");
    assert_eq!(invite(site, there, &format!("before@{domain}")).await?.0, 201);
    let list = json!({ "domainList": { "kind": "deny", "domains": [domain] } });
    change(site, here, Method::PATCH, "/vestibule/v1/collaborationSettings", list, 204).await?;
    let mut number = 0;
    binds("the list of domains", async || {
        number += 1;
        Ok(invite(site, there, &format!("guest{number}@{domain}")).await?.0 == 400)
    })
    .await
}

async fn whose_session(site: &Site, here: usize, there: usize) -> Outcome {
    let mut mara = member(site, there).await?;
    let path = format!("/v1.0/users/mara@{DOMAIN}");
    change(site, here, Method::POST, &format!("{path}/revokeSignInSessions"), json!({}), 200).await?;
    binds("a revoked session", async || Ok(!is_in(&mut mara).await?)).await?;
    let mut mara = member(site, there).await?;
    change(site, here, Method::PATCH, &path, json!({ "accountEnabled": false }), 204).await?;
    binds("a disabled user", async || Ok(!is_in(&mut mara).await?)).await?;
    change(site, here, Method::PATCH, &path, json!({ "accountEnabled": true }), 204).await?;
    Ok(())
}

async fn which_secret(site: &Site, here: usize, there: usize) -> Outcome {
    let organisation = &site.organisations[0];
    let path = format!("/v1.0/applications/{}", organisation.app.id);
    let added = json!({ "passwordCredential": { "displayName": "second" } });
    let added = change(site, here, Method::POST, &format!("{path}/addPassword"), added, 200).await?;
    let secret = added["secretText"].as_str().ok_or("no secret")?;
    let token = async || {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", organisation.app.program.client_id.as_str()),
            ("client_secret", secret),
            ("scope", &format!("{ADDRESS}/.default")),
        ];
        let url = format!("{ADDRESS}{}", organisation.token_path());
        Outcome::Ok(site.fronts[there].client.post(url).form(&form).send().await?.status().as_u16())
    };
    binds("a new secret", async || Ok(token().await? == 200)).await?;
    let gone = json!({ "keyId": added["keyId"] });
    change(site, here, Method::POST, &format!("{path}/removePassword"), gone, 204).await?;
    binds("a removed secret", async || Ok(token().await? == 401)).await
}

async fn which_keys(site: &Site) -> Outcome {
    let before = (keys(site, 0).await?, keys(site, 1).await?);
    site.installation.configured(&["keys", "rotate"], &["--tenant", DOMAIN])?;
    binds("a rotated key", async || Ok(keys(site, 0).await? > before.0 && keys(site, 1).await? > before.1)).await?;
    let program = [site.graph(&site.organisations[0], 0).await?, site.graph(&site.organisations[0], 1).await?];
    let status = async |front: usize| {
        let (status, _) = program[front].ask(Method::GET, "/v1.0/users?$top=1", None).await?;
        Outcome::Ok(status)
    };
    assert_eq!((status(0).await?, status(1).await?), (200, 200));
    site.installation.configured(&["keys", "rotate"], &["--tenant", DOMAIN, "--now", "--yes"])?;
    binds("withdrawn keys", async || Ok(status(0).await? == 401 && status(1).await? == 401)).await?;
    assert_eq!((keys(site, 0).await?, keys(site, 1).await?), (2, 2), "one of each algorithm");
    Ok(())
}
