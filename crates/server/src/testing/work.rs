//! What requests ask of the database, for tests that pin it.

use super::Recorder;

/// What the requests since the last time asked of the database.
#[derive(Debug)]
pub struct Work {
    /// Where the statements stand that read, in their order.
    pub reads: Vec<String>,
    /// Where those stand that write.
    pub writes: Vec<String>,
}

impl Work {
    /// How many read, and how many write.
    pub fn count(&self) -> (usize, usize) {
        (self.reads.len(), self.writes.len())
    }
}

impl Recorder {
    /// What was asked of the database since the last time.
    pub fn work(&self) -> Work {
        let heard = self.take();
        let places = heard.iter().filter_map(|line| line.split("statement=").nth(1));
        let places = places.map(|place| place.split(' ').next().unwrap_or_default().to_owned());
        let (reads, writes) = places.partition(|place| {
            let statement = database::registered().find(|statement| statement.place() == *place);
            statement.is_some_and(|statement| statement.text.starts_with("SELECT"))
        });
        Work { reads, writes }
    }
}
