//! Input, limits and the tokens that the grammars of all options share.

use winnow::combinator::opt;
use winnow::prelude::*;
use winnow::stream::{AsChar, LocatingSlice, Location, Stateful, Stream};
use winnow::token::{one_of, take_till, take_while};

use crate::error::{Error, Limit};
use crate::failure::Failure;
use crate::limits::{MAX_DEPTH, MAX_NODES, MAX_OPTION_LENGTH};
use crate::name::OptionName;

/// The text of one option together with what has been counted so far.
pub(crate) type Input<'a> = Stateful<LocatingSlice<&'a str>, State<'a>>;

/// The outcome of a parser over [`Input`].
pub(crate) type Parsed<T> = Result<T, Failure>;

/// Counters against the limits, and the range variables of the enclosing lambdas.
#[derive(Debug, Default)]
pub(crate) struct State<'a> {
    depth: usize,
    nodes: usize,
    pub(crate) variables: Vec<&'a str>,
}

/// Runs `parser` over the whole of `text`; `end` says what else could have followed a complete value.
pub(crate) fn parse_whole<'a, T>(
    option: OptionName,
    text: &'a str,
    end: &'static str,
    parser: impl FnOnce(&mut Input<'a>) -> Parsed<T>,
) -> Result<T, Error> {
    check_length(option, text)?;
    let mut input = Input { input: LocatingSlice::new(text), state: State::default() };
    let whole = parser(&mut input).and_then(|value| {
        spaces(&mut input)?;
        match input.peek_token() {
            None => Ok(value),
            Some(_) => Err(Failure::expected(position(&input), end)),
        }
    });
    whole.map_err(|failure| failure.into_error(option))
}

/// Applies [`MAX_OPTION_LENGTH`] to the decoded value of an option.
pub(crate) fn check_length(option: OptionName, text: &str) -> Result<(), Error> {
    if text.len() > MAX_OPTION_LENGTH {
        return Err(Error::TooLarge { option, position: MAX_OPTION_LENGTH, limit: Limit::Length });
    }
    Ok(())
}

/// The byte offset of what comes next.
pub(crate) fn position(input: &Input<'_>) -> usize {
    input.current_token_start()
}

/// Counts one node of the tree against [`MAX_NODES`].
pub(crate) fn count_node(input: &mut Input<'_>) -> Parsed<()> {
    if input.state.nodes == MAX_NODES {
        return Err(Failure::too_large(position(input), Limit::Nodes));
    }
    input.state.nodes += 1;
    Ok(())
}

/// Runs `parser` one level deeper. Every recursion of a grammar goes through here, which bounds the stack.
pub(crate) fn nested<'a, T>(input: &mut Input<'a>, parser: impl FnOnce(&mut Input<'a>) -> Parsed<T>) -> Parsed<T> {
    if input.state.depth == MAX_DEPTH {
        return Err(Failure::too_large(position(input), Limit::Depth));
    }
    input.state.depth += 1;
    let parsed = parser(input);
    input.state.depth -= 1;
    parsed
}

/// Whether an opening parenthesis comes next, after optional blanks.
pub(crate) fn at_parenthesis(input: &mut Input<'_>) -> Parsed<bool> {
    spaces(input)?;
    Ok(input.peek_token() == Some('('))
}

/// `( content )`, without counting a level.
pub(crate) fn parenthesised<'a, T>(
    input: &mut Input<'a>,
    parser: impl FnOnce(&mut Input<'a>) -> Parsed<T>,
) -> Parsed<T> {
    symbol(input, '(', "(")?;
    let content = parser(input)?;
    symbol(input, ')', "a closing parenthesis")?;
    Ok(content)
}

/// One or more items with commas between them.
pub(crate) fn list<'a, T>(input: &mut Input<'a>, mut item: impl FnMut(&mut Input<'a>) -> Parsed<T>) -> Parsed<Vec<T>> {
    let mut items = vec![item(input)?];
    while accept(input, ',')? {
        items.push(item(input)?);
    }
    Ok(items)
}

/// Operands with a connective between them: a lone operand stays itself, several are joined into one node.
pub(crate) fn chain<'a, T>(
    input: &mut Input<'a>,
    mut operand: impl FnMut(&mut Input<'a>) -> Parsed<T>,
    mut connective: impl FnMut(&mut Input<'a>) -> Parsed<bool>,
    join: impl FnOnce(Vec<T>) -> T,
) -> Parsed<T> {
    let first = operand(input)?;
    if !connective(input)? {
        return Ok(first);
    }
    count_node(input)?;
    let mut operands = vec![first, operand(input)?];
    while connective(input)? {
        operands.push(operand(input)?);
    }
    Ok(join(operands))
}

/// Optional blanks (the ABNF's BWS, after decoding).
pub(crate) fn spaces(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., (' ', '\t')).void().parse_next(input)
}

/// Takes `symbol` after optional blanks, or says that `expected` was due.
pub(crate) fn symbol(input: &mut Input<'_>, symbol: char, expected: &'static str) -> Parsed<()> {
    if accept(input, symbol)? {
        return Ok(());
    }
    Err(Failure::expected(position(input), expected))
}

/// Takes `symbol` after optional blanks if it is there.
pub(crate) fn accept(input: &mut Input<'_>, symbol: char) -> Parsed<bool> {
    spaces(input)?;
    opt(symbol).map(|found: Option<char>| found.is_some()).parse_next(input)
}

/// Takes a keyword after optional blanks if it is there, in any letter case.
pub(crate) fn word(input: &mut Input<'_>, word: &'static str) -> Parsed<bool> {
    opt((spaces, bare_identifier).verify(|((), found): &((), &str)| found.eq_ignore_ascii_case(word)))
        .map(|found| found.is_some())
        .parse_next(input)
}

/// An odataIdentifier in ASCII after optional blanks, at most 128 characters.
pub(crate) fn identifier<'a>(input: &mut Input<'a>, expected: &'static str) -> Parsed<&'a str> {
    spaces(input)?;
    bare_identifier.context(expected).parse_next(input)
}

fn bare_identifier<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    (one_of((AsChar::is_alpha, '_')), take_while(0..=127, (AsChar::is_alphanum, '_'))).take().parse_next(input)
}

/// Everything up to one of `stops`, possibly nothing.
pub(crate) fn until<'a>(input: &mut Input<'a>, stops: &'static [char]) -> Parsed<&'a str> {
    take_till(0.., stops).parse_next(input)
}

/// Digits that fit 32 bits, after optional blanks.
pub(crate) fn number(input: &mut Input<'_>) -> Parsed<u32> {
    spaces(input)?;
    take_while(1..=10, AsChar::is_dec_digit)
        .verify_map(|digits: &str| digits.parse().ok())
        .context("a whole number between 0 and 4294967295")
        .parse_next(input)
}

/// `true` or `false`, in any letter case.
pub(crate) fn boolean(input: &mut Input<'_>) -> Parsed<bool> {
    if word(input, "true")? {
        return Ok(true);
    }
    if word(input, "false")? {
        return Ok(false);
    }
    Err(Failure::expected(position(input), "true or false"))
}
