//! What is done with several rows picked in a list, whichever list it is: a question that says what follows in numbers, then
//! each of them for itself, so that one that cannot be changed stops no other. What can be undone is undone by one button.
//!
//! A list offers [`crate::web::picks::BulkAction`]s and sends its form here; a new list is one more [`list::List`].

mod asked;
mod carry_out;
mod failure;
mod form;
mod list;
mod page;
mod pick;
mod templates;
mod weigh;
mod words;

pub(super) use page::routes;
