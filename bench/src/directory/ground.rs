//! A running server with a filled directory, and a program that may read and write it.

use super::lists::{last_word, program_search};
use super::work::Turns;
use crate::connection::Connection;
use crate::measure::{Figures, Plan, measure};
use crate::organisation::Organisation;
use crate::scenario::PERMISSIONS;
use crate::site::{Address, Site};
use crate::{Options, Outcome, requests};
use directory_fill::Directory;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What advanced queries ask for (Graph: advanced query capabilities on directory objects).
pub const EVENTUAL: &str = "ConsistencyLevel: eventual\r\n";

/// So long the server may take to make the words of groups and apps that were filled in.
const SETTLING: Duration = Duration::from_mins(15);

/// Where everything is measured.
pub struct Ground {
    /// How long. Once, because the sizes take turns.
    pub plan: Plan,
    /// Where the server answers.
    pub address: Address,
    /// What was filled in.
    pub directory: Directory,
    /// The app's token; it outlives the cases.
    pub token: String,
    /// The header field by which the administrator is signed in to the portal.
    pub cookies: String,
    /// The paths of pages that were found already.
    pages: RefCell<BTreeMap<(String, u32), String>>,
}

impl Ground {
    /// Registers the program and gets its token.
    pub async fn open(
        options: &Options,
        site: &Site,
        organisation: &Organisation,
        directory: Directory,
    ) -> Outcome<Self> {
        let mut portal = organisation.portal(&site.address).await?;
        let app = organisation.app(&mut portal, "Directory", &PERMISSIONS).await?;
        let token = organisation.token(&site.address, &app).await?;
        let (address, cookies) = (site.address.clone(), portal.cookie_header());
        let plan = Plan { runs: 1, ..options.plan() };
        let ground = Self { plan, address, directory, token, cookies, pages: RefCell::default() };
        ground.settled().await?;
        Ok(ground)
    }

    /// Waits until the server has made the words that groups and apps are searched by, those of apps last, so that nothing is
    /// measured beside that.
    async fn settled(&self) -> Outcome {
        let Some(last) = self.directory.size.apps.checked_sub(1) else { return Ok(()) };
        let path = program_search(last_word(&self.directory.app(last).display_name));
        let mut connection = self.connection().await?;
        let begin = Instant::now();
        while self.read(&mut connection, &path).await?["value"].as_array().is_none_or(Vec::is_empty) {
            if begin.elapsed() > SETTLING {
                return Err("the server makes no words of what was filled in".into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// A connection of its own.
    pub async fn connection(&self) -> Outcome<Connection> {
        Connection::open(self.address.socket).await
    }

    /// A request that reads.
    pub fn get(&self, path: &str) -> Vec<u8> {
        requests::get(&self.address.host, path, &format!("{}{EVENTUAL}", requests::bearer(&self.token)))
    }

    /// What a path answers.
    pub async fn read(&self, connection: &mut Connection, path: &str) -> Outcome<Value> {
        let answer = connection.send(&self.get(path)).await?;
        answer.expect(200)?;
        Ok(serde_json::from_slice(answer.body)?)
    }

    /// Reads these paths in turn, over and over; the first of them must have at least so many objects.
    pub async fn measure_reading(&self, paths: &[String], least: usize) -> Outcome<Figures> {
        let mut connection = self.connection().await?;
        let first = paths.first().ok_or("nothing to read")?;
        let found = self.read(&mut connection, first).await?;
        let objects = found["value"].as_array().map_or(1, Vec::len);
        if objects < least {
            return Err(format!("{first} has {objects} objects, not {least}").into());
        }
        let requests = paths.iter().map(|path| self.get(path)).collect();
        measure(&self.plan, vec![Turns::new(connection, requests, 200)]).await
    }

    /// The same with pages of the admin centre; the first of them must have at least so many rows.
    pub async fn measure_looking(&self, paths: &[String], least: usize) -> Outcome<Figures> {
        let look = |path: &String| requests::get(&self.address.host, path, &self.cookies);
        let first = paths.first().ok_or("nothing to look at")?;
        let mut connection = self.connection().await?;
        let answer = connection.send(&look(first)).await?;
        answer.expect(200)?;
        let rows = answer.text().matches("role=\"rowheader\"").count();
        if rows < least {
            return Err(format!("{first} has {rows} rows, not {least}").into());
        }
        measure(&self.plan, vec![Turns::new(connection, paths.iter().map(look).collect(), 200)]).await
    }

    /// The path of the page behind so many others.
    pub async fn page(&self, first: &str, behind: u32) -> Outcome<String> {
        let asked = (first.to_owned(), behind);
        if let Some(known) = self.pages.borrow().get(&asked) {
            return Ok(known.clone());
        }
        let mut connection = self.connection().await?;
        let mut path = first.to_owned();
        for _ in 0..behind {
            let body = self.read(&mut connection, &path).await?;
            let next = body["@odata.nextLink"].as_str().ok_or("the collection has too few pages")?;
            requests::path_of(next).clone_into(&mut path);
        }
        self.pages.borrow_mut().insert(asked, path.clone());
        Ok(path)
    }

    /// Guests all over the directory, at most so many, each once.
    pub fn scattered(&self, most: u32) -> impl Iterator<Item = u32> + use<> {
        let guests = self.directory.size.guests;
        let count = most.min(guests);
        (0..count).map(move |at| at * (guests / count.max(1)))
    }
}
