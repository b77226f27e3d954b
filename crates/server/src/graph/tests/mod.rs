//! What is common to all of the API, through the router and on both engines.

mod annotations;
mod batch;
mod bombs;
mod delta;
mod etag;
mod expand;
mod location;
mod preference;
mod throttle;
mod unserved;
