//! Why a page is not shown.

use crate::Server;
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::shell::Outside;
use axum::response::Response;

/// Why a page is not shown; handlers pass it up with `?`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Something about the request.
    #[error("{0:?}")]
    Problem(Problem),
    /// The database.
    #[error("{0}")]
    Database(#[from] database::Error),
}

impl Refusal {
    /// The page that says so; a failure of ours is logged.
    pub fn page(&self, server: &Server, outside: Outside) -> Response {
        let now = server.clock.now();
        match self {
            Self::Problem(problem) => answer::problem(outside, *problem, now),
            Self::Database(failure) => answer::failed(outside, failure, now),
        }
    }
}
