//! Tokens that open nothing and get the same answer (check X6, token lookup).
//!
//! A refresh token was never given, or given to another app; one that was given back is told so by its answer. An access token was
//! given back, or is forged. One that was never given is a forged one, and one whose time is over says so itself; neither whether a
//! token was signed here nor until when it is good is a secret, because anybody verifies it by the published keys. So the look that a
//! token of ours takes and a forged one does not tells nothing more.

use super::{Asker, Question, Scene, Times, links, turns};
use crate::connection::Connection;
use crate::organisation::{App, member};
use crate::scenario::code_flow::Flow;
use crate::{Outcome, requests};
use std::time::Instant;

/// The second that was never given shows what chance makes of two that are alike.
pub const REFRESH: Question = Question {
    name: "X6 a refresh token",
    cases: ["unknown", "of another app", "unknown as well"],
    who: Asker::Holder,
};

/// As above, of those that were given back.
pub const ACCESS: Question = Question {
    name: "X6 an access token at userinfo",
    cases: ["given back", "forged", "given back as well"],
    who: Asker::Holder,
};

/// A request of the app, which is always the same.
fn request(scene: &Scene, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let app = [("client_id", scene.app.client_id.as_str()), ("client_secret", scene.app.secret.as_str())];
    requests::form(&scene.address.host, path, "", &[&app[..], fields].concat())
}

/// The flows of an app for whoever is signed in.
async fn flow(scene: &Scene, app: &App) -> Outcome<Flow> {
    // The others' passwords have been tried too often.
    let cookies = scene.organisation.portal(&scene.address).await?.cookie_header();
    Flow::of(&scene.address, &scene.organisation, app, &cookies).await
}

/// The POST with the refresh token; each is presented once.
pub async fn ask_to_refresh(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let (mut own, mut others) = (flow(scene, &scene.app).await?, flow(scene, &scene.second).await?);
    let mut connection = Connection::open(scene.address.socket).await?;
    for sample in 0..samples {
        let never_given = links::altered(&own.token("refresh_token").await?)?;
        let as_well = links::altered(&own.token("refresh_token").await?)?;
        let tokens = [never_given, others.token("refresh_token").await?, as_well];
        for case in turns(sample) {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", tokens[case].as_str())];
            let request = request(scene, &scene.organisation.token_path(), &fields);
            let before = Instant::now();
            connection.send(&request).await?.expect(400)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

/// The GET with the access token; each is presented once, so that none is known to be signed well.
pub async fn ask_userinfo(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let mut own = flow(scene, &scene.app).await?;
    let mut connection = Connection::open(scene.address.socket).await?;
    for sample in 0..samples {
        let ended = given_back(scene, &mut own, &mut connection).await?;
        let as_well = given_back(scene, &mut own, &mut connection).await?;
        let tokens = [ended.clone(), links::altered(&ended)?, as_well];
        for case in turns(sample) {
            let request = requests::get(&scene.address.host, "/oidc/userinfo", &requests::bearer(&tokens[case]));
            let before = Instant::now();
            connection.send(&request).await?.expect(401)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

/// The access token of a flow that was given back by the refresh token beside it.
async fn given_back(scene: &Scene, flow: &mut Flow, connection: &mut Connection) -> Outcome<String> {
    let tokens = flow.tokens().await?;
    let path = format!("/{}/oauth2/v2.0/revoke", scene.organisation.id);
    let request = request(scene, &path, &[("token", &member(&tokens, "refresh_token")?)]);
    connection.send(&request).await?.expect(200)?;
    member(&tokens, "access_token")
}
