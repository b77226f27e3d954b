//! Refresh tokens that open nothing and get the same answer: never given, or given to another app (check X6, token lookup). One that
//! was given back is told so by its answer.

use super::{Asker, Question, Scene, Times, links, turns};
use crate::connection::Connection;
use crate::organisation::App;
use crate::scenario::code_flow::Flow;
use crate::{Outcome, requests};
use std::time::Instant;

/// The second that was never given shows what chance makes of two that are alike.
pub const QUESTION: Question = Question {
    name: "X6 a refresh token",
    cases: ["unknown", "of another app", "unknown as well"],
    who: Asker::Holder,
};

/// The request that renews, always by the same app.
fn renewal(scene: &Scene, token: &str) -> Vec<u8> {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", scene.app.client_id.as_str()),
        ("client_secret", &scene.app.secret),
        ("refresh_token", token),
    ];
    requests::form(&scene.address.host, &scene.organisation.token_path(), "", &fields)
}

/// The POST with the token; each is presented once.
pub async fn ask(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    // The others' passwords have been tried too often.
    let cookies = scene.organisation.portal(&scene.address).await?.cookie_header();
    let flow = async |app: &App| Flow::of(&scene.address, &scene.organisation, app, &cookies).await;
    let (mut own, mut others) = (flow(&scene.app).await?, flow(&scene.second).await?);
    let mut connection = Connection::open(scene.address.socket).await?;
    for sample in 0..samples {
        let never_given = links::altered(&own.token("refresh_token").await?)?;
        let as_well = links::altered(&own.token("refresh_token").await?)?;
        let tokens = [never_given, others.token("refresh_token").await?, as_well];
        for case in turns(sample) {
            let request = renewal(scene, &tokens[case]);
            let before = Instant::now();
            connection.send(&request).await?.expect(400)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}
