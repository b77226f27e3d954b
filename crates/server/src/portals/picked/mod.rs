//! What is done with several users picked in the list: a question that says what follows in numbers, then each of them for
//! themselves, so that one who cannot be changed stops nobody else. What can be undone is undone by one button.

mod carry_out;
mod deed;
mod page;

pub(super) use deed::Deed;
pub(super) use page::routes;
