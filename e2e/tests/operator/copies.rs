//! Backups, moves to the other engine, and another master key.

use e2e::Outcome;
use e2e::operator::{Engine, Installation};

use super::{PASSWORD, ada, invite, is_invited, refused};

/// A second installation with the same master key and an empty database of an engine.
fn with_the_same_key(first: &Installation, engine: Engine) -> Outcome<Installation> {
    let second = Installation::new(engine)?;
    std::fs::copy(first.file("master.key"), second.file("master.key"))?;
    Ok(second)
}

#[tokio::test]
async fn a_backup_comes_back_on_either_engine_and_voids_what_was_open() -> Outcome {
    for engine in Engine::all() {
        let first = Installation::with_administrator(engine, PASSWORD)?;
        let serving = first.serve().await?;
        let mut visitor = ada(&first, PASSWORD).await?;
        invite(&mut visitor, "grace@northwind.example").await?;
        let file = first.file("backup.db").display().to_string();
        let told = first.configured(&["backup"], &[&file])?;
        assert!(told.contains("user_account") && told.contains("The master key is not in it"), "{told}");
        refused(&first.output(&["backup"], &[&file], &[])?, &["overwrites nothing"]);
        refused(&first.output(&["restore"], &[&file, "--replace", "--yes"], &[])?, &["stop every server"]);
        invite(&mut visitor, "late@northwind.example").await?;
        serving.stop().await?;

        for other in Engine::all() {
            let second = with_the_same_key(&first, other)?;
            refused(&second.output(&["restore"], &[&file], &[])?, &["not confirmed"]);
            let told = second.configured(&["restore"], &[&file, "--yes"])?;
            assert!(told.contains("A restore begins a new epoch") && told.contains("Restored."), "{told}");
            refused(&second.output(&["restore"], &[&file, "--yes"], &[])?, &["--replace"]);
            let serving = second.serve().await?;
            let mut visitor = ada(&second, PASSWORD).await?;
            assert!(is_invited(&mut visitor, "grace@northwind.example").await?);
            assert!(!is_invited(&mut visitor, "late@northwind.example").await?, "that came after the backup");
            serving.stop().await?;
        }
        let stranger = Installation::new(Engine::Sqlite)?;
        refused(&stranger.output(&["restore"], &[&file, "--yes"], &[])?, &["master key"]);
    }
    Ok(())
}

#[tokio::test]
async fn an_installation_moves_to_either_engine_and_exchanges_its_keys() -> Outcome {
    for (engine, other) in Engine::all().into_iter().zip(Engine::all().into_iter().rev()) {
        let first = Installation::with_administrator(engine, PASSWORD)?;
        let serving = first.serve().await?;
        invite(&mut ada(&first, PASSWORD).await?, "grace@northwind.example").await?;
        let second = with_the_same_key(&first, other)?;
        refused(&first.output(&["move"], &["--to", &second.database_url], &[])?, &["stop every server"]);
        serving.stop().await?;
        let told = first.configured(&["move"], &["--to", &second.database_url])?;
        assert!(told.contains("every table compared"), "{told}");
        refused(&first.output(&["move"], &["--to", &second.database_url], &[])?, &["not empty"]);

        let serving = second.serve().await?;
        let next = second.file("next.key").display().to_string();
        second.succeed(&["keys", "generate", &next])?;
        refused(&second.output(&["keys", "rotate-master"], &["--new", &next], &[])?, &["stop every server"]);
        serving.stop().await?;
        second.configured(&["keys", "rotate-master"], &["--new", &next])?;
        refused(&second.output(&["serve"], &[], &[])?, &["master key"]);
        std::fs::copy(second.file("next.key"), second.file("master.key"))?;
        let told = second.configured(&["keys", "rotate"], &[])?;
        assert!(told.contains("Contoso") && told.contains("ES256"), "{told}");
        refused(&second.output(&["keys", "rotate"], &["--now"], &[])?, &["not confirmed"]);
        let told = second.configured(&["keys", "rotate"], &["--now", "--yes"])?;
        assert!(told.contains("every organisation") && told.contains("ES256: "), "{told}");
        assert!(told.contains("signs from now on; withdrawn: "), "{told}");
        let serving = second.serve().await?;
        assert!(is_invited(&mut ada(&second, PASSWORD).await?, "grace@northwind.example").await?);
        serving.stop().await?;
    }
    Ok(())
}
