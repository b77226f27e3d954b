//! Refresh tokens that open nothing: never given, given to another app, or given back (check X6, token lookup).

use super::{Question, Scene, Times, links, turns};
use crate::connection::Connection;
use crate::organisation::App;
use crate::scenario::code_flow::Flow;
use crate::{Outcome, requests};
use std::time::Instant;

pub const QUESTION: Question =
    Question { name: "X6 a refresh token", cases: ["unknown", "of another app", "given back"] };

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

/// Gives a token back (RFC 7009).
async fn give_back(scene: &Scene, connection: &mut Connection, token: &str) -> Outcome {
    let fields = [("client_id", scene.app.client_id.as_str()), ("client_secret", &scene.app.secret), ("token", token)];
    let request = requests::form(&scene.address.host, &scene.organisation.revocation_path(), "", &fields);
    connection.send(&request).await?.expect(200)
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
        let returned = own.token("refresh_token").await?;
        give_back(scene, &mut connection, &returned).await?;
        let tokens = [links::altered(&returned)?, others.token("refresh_token").await?, returned];
        for case in turns(sample) {
            let request = renewal(scene, &tokens[case]);
            let before = Instant::now();
            connection.send(&request).await?.expect(400)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}
