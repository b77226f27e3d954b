//! `$filter`: the tree, checked against the table of properties.

use super::added::{Added, PREFIX};
use super::condition::{Condition, Value, reversed};
use super::property::{Column, Property, Related, Resource, find};
use super::value::{among, compare, sign, unsupported};
use crate::graph::Error;
use odata::{ComparisonOperator, Expression, Lambda, Path, StringFunction};

/// How often a filter may look through the items of everybody: by `all`, by an `any` that is negated or asks for nothing, and by
/// whatever no index leads to.
const MOST_LOOKS: usize = 3;

/// Reads a filter. `names` collects the properties it looks at; `advanced` tells whether the caller has asked for an
/// advanced query.
pub(super) struct Reader<'n> {
    owner: &'static str,
    properties: &'static [Property],
    /// The range variable in scope; paths must start from it.
    variable: Option<&'n str>,
    advanced: bool,
    /// Whether a `not` stands around what is read.
    is_negated: bool,
    /// How often the items of everybody are looked through so far.
    looks: usize,
    /// What the organisation added, as far as the filter names it.
    added: &'n Added,
    names: &'n mut Vec<&'static str>,
}

impl<'n> Reader<'n> {
    pub(super) const fn new(
        resource: &'static Resource,
        advanced: bool,
        added: &'n Added,
        names: &'n mut Vec<&'static str>,
    ) -> Self {
        let (owner, properties) = (resource.type_name, resource.properties);
        Self { owner, properties, variable: None, advanced, is_negated: false, looks: 0, added, names }
    }

    pub(super) fn read(&mut self, expression: &Expression) -> Result<Condition, Error> {
        if self.variable.is_none()
            && let Some(condition) = self.added.condition(expression, self.advanced)
        {
            self.names.push(PREFIX);
            return condition;
        }
        match expression {
            Expression::And(operands) => self.read_all(operands).map(Condition::And),
            Expression::Or(operands) => self.read_all(operands).map(Condition::Or),
            Expression::Not(operand) => {
                self.needs_advanced("not")?;
                let was_negated = std::mem::replace(&mut self.is_negated, true);
                let condition = self.read(operand)?;
                self.is_negated = was_negated;
                Ok(Condition::Not(Box::new(condition)))
            }
            Expression::Compare { path, operator, value } => {
                let property = self.property(path)?;
                if *operator == ComparisonOperator::NotEqual {
                    self.needs_advanced("ne")?;
                }
                let condition = compare(property, *operator, value)?;
                self.counted(condition)
            }
            Expression::In { path, values } => {
                let condition = among(self.property(path)?, values)?;
                self.counted(condition)
            }
            Expression::Function { function, path, value } => self.function(*function, path, value),
            Expression::Any { collection, lambda: Some(lambda) } => self.any(collection, lambda),
            Expression::Any { collection, lambda: None } => self.not_empty(collection),
            Expression::All { collection, lambda } => self.all(collection, lambda),
            Expression::Has { path, .. } => Err(unsupported(self.property(path)?, "has")),
            Expression::Count { collection, operator, value } => self.count(collection, *operator, *value),
        }
    }

    fn read_all(&mut self, operands: &[Expression]) -> Result<Vec<Condition>, Error> {
        operands.iter().map(|operand| self.read(operand)).collect()
    }

    fn function(&mut self, function: StringFunction, path: &Path, text: &str) -> Result<Condition, Error> {
        let property = self.property(path)?;
        let condition = self.function_on(property, function, text)?;
        self.counted(condition)
    }

    fn function_on(&self, property: &Property, function: StringFunction, text: &str) -> Result<Condition, Error> {
        if let Some(Column::Elsewhere(related)) = property.column {
            let item = related.properties.first().ok_or_else(|| unsupported(property, function.as_str()))?;
            let condition = Box::new(self.function_on(item, function, text)?);
            return Ok(Condition::Exists { related, condition });
        }
        let Some(Column::Text { sql, fold, reversed: backwards }) = property.column else {
            return Err(unsupported(property, function.as_str()));
        };
        match function {
            StringFunction::StartsWith => Ok(Condition::prefix(sql, &fold(text))),
            StringFunction::EndsWith => {
                self.needs_advanced("endsWith")?;
                let suffix = fold(text);
                Ok(backwards.map_or_else(
                    || Condition::suffix(sql, &suffix),
                    |column| Condition::prefix(column, &reversed(&suffix)),
                ))
            }
            StringFunction::Contains => Err(unsupported(property, "contains")),
        }
    }

    fn any(&mut self, collection: &Path, lambda: &Lambda) -> Result<Condition, Error> {
        let property = self.property(collection)?;
        let Some(Column::Related(related)) = property.column else {
            return Err(unsupported(property, "any"));
        };
        let condition = Box::new(self.items(related, lambda)?);
        self.look(usize::from(related.is_looked_through(&condition, self.is_negated)))?;
        Ok(Condition::Exists { related, condition })
    }

    /// There is some item.
    fn not_empty(&mut self, collection: &Path) -> Result<Condition, Error> {
        let property = self.property(collection)?;
        let Some(Column::Related(related)) = property.column else {
            return Err(unsupported(property, "any() or $count"));
        };
        let condition = Box::new(Condition::always());
        self.look(usize::from(related.is_looked_through(&condition, self.is_negated)))?;
        Ok(Condition::Exists { related, condition })
    }

    /// There is no item that does not meet the lambda, so that it holds where there is none at all (`OData` 4.01 URL
    /// Conventions, section 5.1.1.13.2).
    fn all(&mut self, collection: &Path, lambda: &Lambda) -> Result<Condition, Error> {
        let property = self.property(collection)?;
        let Some(Column::Related(related)) = property.column else {
            return Err(unsupported(property, "all"));
        };
        self.needs_advanced("all")?;
        let exception = Condition::Not(Box::new(self.items(related, lambda)?));
        self.look(usize::from(related.is_looked_through(&exception, true)))?;
        Ok(Condition::Not(Box::new(Condition::Exists { related, condition: Box::new(exception) })))
    }

    /// How many objects a relation leads to, or whether a collection is empty (Graph: `/$count eq 0` and `ne 0`).
    fn count(&mut self, collection: &Path, operator: ComparisonOperator, number: u32) -> Result<Condition, Error> {
        use ComparisonOperator::{Equal, GreaterOrEqual, GreaterThan, LessOrEqual, LessThan, NotEqual};
        let relation = format!("{}/$count", collection.property());
        let is_related = |property: &Property| property.name.eq_ignore_ascii_case(&relation);
        if collection.variable().is_none() && self.properties.iter().any(is_related) {
            let property = self.property(&Path::new(relation))?;
            let Some(Column::Counted(column)) = property.column else {
                return Err(unsupported(property, "$count"));
            };
            // Each object is counted for.
            self.look(1)?;
            let value = Value::Number(i64::from(number));
            return Ok(Condition::Compare { column, operator: sign(operator), value });
        }
        let property = self.property(collection)?;
        self.needs_advanced("$count")?;
        match (operator, number) {
            (Equal | LessOrEqual, 0) | (LessThan, 1) => Ok(Condition::Not(Box::new(self.not_empty(collection)?))),
            (NotEqual | GreaterThan, 0) | (GreaterOrEqual, 1) => self.not_empty(collection),
            _ => {
                let message = format!("Unsupported Query. '{collection}/$count' is compared with 0 only.");
                Err(Error::unsupported_query(message).with_target(property.name))
            }
        }
    }

    fn items(&mut self, related: &'static Related, lambda: &Lambda) -> Result<Condition, Error> {
        // Which properties of an item are looked at adds nothing to who may see the collection.
        let mut names = Vec::new();
        let variable = Some(lambda.variable.as_str());
        let (owner, properties, advanced) = (related.type_name, related.properties, self.advanced);
        let (is_negated, looks, added) = (false, 0, self.added);
        let mut items = Reader { owner, properties, variable, advanced, is_negated, looks, added, names: &mut names };
        items.read(&lambda.predicate)
    }

    /// The same condition on one property, with what it looks through counted.
    fn counted(&mut self, condition: Condition) -> Result<Condition, Error> {
        self.look(condition.looks())?;
        Ok(condition)
    }

    /// Notes that the items of everybody are looked through so many times more.
    fn look(&mut self, times: usize) -> Result<(), Error> {
        self.looks += times;
        if self.looks <= MOST_LOOKS {
            return Ok(());
        }
        let message = format!(
            "Unsupported Query. A filter looks through the values of everybody at most {MOST_LOOKS} times: by 'all', by \
             'any' that is negated or names neither a value nor a beginning, by '$count', and by 'endsWith' and 'null' \
             where values are kept one by one."
        );
        Err(Error::unsupported_query(message).with_target("$filter"))
    }

    fn property(&mut self, path: &Path) -> Result<&'static Property, Error> {
        if path.variable() != self.variable {
            return Err(Error::unsupported_query(format!(
                "Unsupported Query. '{path}' is not served inside a lambda."
            )));
        }
        let property = find(self.owner, self.properties, path.property())?;
        self.names.push(property.name);
        if property.column.is_none() {
            let message = format!("Unsupported Query. Property '{}' does not support filtering.", property.name);
            return Err(Error::unsupported_query(message).with_target(property.name));
        }
        if property.is_advanced && !self.advanced {
            let message = format!(
                "Unsupported Query. A filter on '{}' needs the header 'ConsistencyLevel: eventual' and '$count=true'.",
                property.name
            );
            return Err(Error::unsupported_query(message).with_target(property.name));
        }
        Ok(property)
    }

    fn needs_advanced(&self, operator: &str) -> Result<(), Error> {
        needs_advanced(self.advanced, operator)
    }
}

/// The way to every property that an expression is about. What a lambda asks of an item is about the collection.
pub(super) fn subjects(expression: &Expression) -> Vec<&Path> {
    let mut found = Vec::new();
    collect(expression, &mut found);
    found
}

fn collect<'e>(expression: &'e Expression, found: &mut Vec<&'e Path>) {
    match expression {
        Expression::And(operands) | Expression::Or(operands) => {
            for operand in operands {
                collect(operand, found);
            }
        }
        Expression::Not(operand) => collect(operand, found),
        Expression::Compare { path, .. }
        | Expression::In { path, .. }
        | Expression::Function { path, .. }
        | Expression::Has { path, .. } => found.push(path),
        Expression::Any { collection, .. }
        | Expression::All { collection, .. }
        | Expression::Count { collection, .. } => found.push(collection),
    }
}

/// Refuses an operator of advanced queries in one that is none.
pub(super) fn needs_advanced(advanced: bool, operator: &str) -> Result<(), Error> {
    if advanced {
        return Ok(());
    }
    Err(Error::unsupported_query(format!(
        "Operator '{operator}' is not supported because the 'ConsistencyLevel:eventual' header is missing, \
         or '$count=true' is."
    )))
}
