//! Whether a statement stays within one tenant, by its syntax tree.
//!
//! Every table of a tenant that a statement reads, changes or deletes from must be bound: the column that names its tenant is
//! equal to `$1`, or to that column of another bound table, in a condition that every row has to meet. So a condition under
//! OR or NOT binds nothing, the ON of a LEFT JOIN binds only what it joins, and a subquery binds nothing around it. A row
//! that is added gets `$1`, or the tenant of a bound table. What this does not understand is wrong.

use sqlparser::ast::{
    AssignmentTarget, BinaryOperator, ConflictTarget, Delete, Expr, FromTable, Insert, Join, JoinConstraint,
    JoinOperator, ObjectName, OnConflictAction, OnInsert, Query, Select, SelectItem, SetExpr, Statement, TableFactor,
    TableObject, TableWithJoins, Update, UpdateTableFromKind, Value, Visit as _, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// The stack of a thread that parses, in bytes. The parser calls itself for each part of a statement, and is not optimised in tests.
const STACK: usize = 64 << 20;

/// Tables that belong to no tenant: small, and with a tenant id without a foreign key where they have one.
pub const GLOBAL: [&str; 7] = [
    "acme_account",
    "acme_certificate",
    "acme_order",
    "domain",
    "global_attempt",
    "master_key_proof",
    "schema_version",
];

/// What in a statement that ran is not bound, by the line of the log that tells of it; nothing for one that ran as it is
/// registered, which a test of its own reads.
pub fn unbound_as_run(line: &str) -> Option<String> {
    let (place, continued) = line.split_once(" statement=")?.1.split_once(" continued=")?;
    // Most are not continued, and to look for one among all takes a while.
    if continued.trim().is_empty() {
        return None;
    }
    let statement = database::registered().find(|statement| statement.place() == place)?;
    if statement.across.is_some() {
        return None;
    }
    let wrong = unbound(&[statement.text, continued].concat());
    (!wrong.is_empty()).then(|| format!("{place}, continued with {continued}: {}", wrong.join(", ")))
}

/// What in a statement is not bound to the tenant in `$1`. Tests come by the same statements over and over, and what is said of one
/// follows from its text.
pub fn unbound(text: &str) -> Vec<String> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(wrong) = known().get(text) {
        return wrong.clone();
    }
    let wrong = thread::scope(|scope| {
        let reading = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read(text));
        reading.expect("a thread").join().expect("every text can be judged")
    });
    known().insert(text.to_owned(), wrong.clone());
    wrong
}

fn read(text: &str) -> Vec<String> {
    let statements = match Parser::parse_sql(&PostgreSqlDialect {}, text) {
        Ok(statements) => statements,
        Err(error) => return vec![format!("not understood: {error}")],
    };
    let [statement] = statements.as_slice() else { return vec!["not one statement".to_owned()] };
    let mut rule = Rule::default();
    let end = statement.visit(&mut rule);
    debug_assert!(end.is_continue() && rule.scopes.is_empty(), "every scope is left");
    rule.wrong
}

/// A table where it is mentioned.
struct Mention {
    /// What columns are qualified with.
    name: String,
    /// The column that names the tenant; none for what belongs to no tenant, and for the rows of a subquery.
    key: Option<&'static str>,
    is_bound: bool,
}

/// The tables of one FROM, UPDATE or DELETE.
type Scope = Vec<Mention>;

/// An equality that holds in every row, and the mentions it may bind.
struct Equality<'a> {
    sides: [&'a Expr; 2],
    binds: std::ops::Range<usize>,
}

#[derive(Default)]
struct Rule {
    /// From the outermost to the innermost.
    scopes: Vec<Scope>,
    /// Queries with a name (`WITH`).
    named: Vec<String>,
    wrong: Vec<String>,
}

impl Visitor for Rule {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let named = query.with.iter().flat_map(|with| &with.cte_tables);
        self.named.extend(named.map(|table| table.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let scope = self.scope(&select.from, select.selection.as_ref());
        self.enter(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let scope = match statement {
            Statement::Query(_) => Scope::new(),
            Statement::Insert(insert) => {
                self.check_insert(insert);
                Scope::new()
            }
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            _ => {
                self.wrong.push(format!("not a statement of this program: {statement}"));
                Scope::new()
            }
        };
        self.enter(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, _: &Statement) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }
}

impl Rule {
    /// What is not bound is wrong, in every scope that is entered.
    fn enter(&mut self, scope: Scope) {
        let unbound = scope.iter().filter(|mention| mention.key.is_some() && !mention.is_bound);
        self.wrong.extend(unbound.map(|mention| mention.name.clone()));
        self.scopes.push(scope);
    }

    fn update(&mut self, update: &Update) -> Scope {
        let targets = update.assignments.iter().map(|assignment| &assignment.target);
        self.check_tenant_stays(targets);
        let mut from = vec![update.table.clone()];
        if let Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) = &update.from {
            from.extend(tables.iter().cloned());
        }
        self.scope(&from, update.selection.as_ref())
    }

    fn delete(&mut self, delete: &Delete) -> Scope {
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        let from: Vec<TableWithJoins> = tables.iter().chain(delete.using.iter().flatten()).cloned().collect();
        self.scope(&from, delete.selection.as_ref())
    }

    /// The tables, with those bound that the conditions bind.
    fn scope(&mut self, from: &[TableWithJoins], selection: Option<&Expr>) -> Scope {
        let (mut scope, mut equalities) = (Scope::new(), Vec::new());
        for tables in from {
            self.mention_all(tables, &mut scope, &mut equalities);
        }
        let all = 0..scope.len();
        conjuncts(selection, &mut |sides| equalities.push(Equality { sides, binds: all.clone() }));
        while self.bind_one(&mut scope, &equalities) {}
        scope
    }

    fn mention_all<'a>(&mut self, tables: &'a TableWithJoins, scope: &mut Scope, equalities: &mut Vec<Equality<'a>>) {
        let first = scope.len();
        self.mention(&tables.relation, scope, equalities);
        for Join { relation, join_operator, .. } in &tables.joins {
            let joined = scope.len();
            self.mention(relation, scope, equalities);
            let (constraint, binds) = match join_operator {
                JoinOperator::Join(constraint)
                | JoinOperator::Inner(constraint)
                | JoinOperator::CrossJoin(constraint) => (constraint, first..scope.len()),
                // Rows on the left stay whatever the condition says of them.
                JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                    (constraint, joined..scope.len())
                }
                _ => {
                    self.wrong.push(format!("a join that the rule does not know: {relation}"));
                    continue;
                }
            };
            match constraint {
                JoinConstraint::On(condition) => {
                    conjuncts(Some(condition), &mut |sides| equalities.push(Equality { sides, binds: binds.clone() }));
                }
                JoinConstraint::None => {}
                _ => self.wrong.push(format!("a join that the rule does not know: {relation}")),
            }
        }
    }

    fn mention<'a>(&mut self, factor: &'a TableFactor, scope: &mut Scope, equalities: &mut Vec<Equality<'a>>) {
        let mention = match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let table = name.to_string();
                let key = self.key(&table);
                Mention { name: alias.as_ref().map_or(table, |alias| alias.name.value.clone()), key, is_bound: false }
            }
            // The query inside is a scope of its own.
            TableFactor::Derived { alias: Some(alias), .. } => {
                Mention { name: alias.name.value.clone(), key: None, is_bound: false }
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                return self.mention_all(table_with_joins, scope, equalities);
            }
            _ => return self.wrong.push(format!("a table that the rule does not know: {factor}")),
        };
        scope.push(mention);
    }

    /// The column that names the tenant of a table.
    fn key(&self, table: &str) -> Option<&'static str> {
        if GLOBAL.contains(&table) || self.named.iter().any(|named| named == table) {
            return None;
        }
        Some(if table == "tenant" { "id" } else { "tenant_id" })
    }

    /// Binds a mention that the equalities bind and that was not bound; `false` if there is none left.
    fn bind_one(&self, scope: &mut Scope, equalities: &[Equality<'_>]) -> bool {
        for Equality { sides: [left, right], binds } in equalities {
            for (side, other) in [(left, right), (right, left)] {
                let Some(at) = tenant_of(side, scope).filter(|at| binds.contains(at) && !scope[*at].is_bound) else {
                    continue;
                };
                if self.is_tenant(other, scope) {
                    scope[at].is_bound = true;
                    return true;
                }
            }
        }
        false
    }

    /// Whether an expression is `$1`, or names the tenant of a table that is bound, here or in a query around this one.
    fn is_tenant(&self, expression: &Expr, scope: &Scope) -> bool {
        if is_first_parameter(expression) {
            return true;
        }
        let mut scopes = std::iter::once(scope).chain(self.scopes.iter().rev());
        let is_named = |scope: &&Scope| match expression {
            Expr::CompoundIdentifier(parts) => scope.iter().any(|mention| mention.name == parts[0].value),
            _ => true,
        };
        let Some(scope) = scopes.find(is_named) else { return false };
        tenant_of(expression, scope).is_some_and(|at| scope[at].is_bound)
    }

    fn check_insert(&mut self, insert: &Insert) {
        let TableObject::TableName(name) = &insert.table else {
            return self.wrong.push(format!("a table that the rule does not know: {}", insert.table));
        };
        let table = name.to_string();
        let Some(key) = self.key(&table) else { return };
        let place = insert.columns.iter().position(|column| is_column(column, key));
        let body = insert.source.as_deref().map(|source| source.body.as_ref());
        let gets_tenant = match (place, body) {
            (Some(place), Some(SetExpr::Values(values))) => {
                values.rows.iter().all(|row| row.content.get(place).is_some_and(is_first_parameter))
            }
            (Some(place), Some(SetExpr::Select(select))) => match select.projection.get(place) {
                Some(SelectItem::UnnamedExpr(given) | SelectItem::ExprWithAlias { expr: given, .. }) => {
                    let wrong = self.wrong.len();
                    let scope = self.scope(&select.from, select.selection.as_ref());
                    // It is looked at once more, where the query is visited.
                    self.wrong.truncate(wrong);
                    self.is_tenant(given, &scope)
                }
                _ => false,
            },
            _ => false,
        };
        if !gets_tenant {
            self.wrong.push(table);
        }
        if let Some(OnInsert::OnConflict(conflict)) = &insert.on
            && let OnConflictAction::DoUpdate(update) = &conflict.action
        {
            self.check_tenant_stays(update.assignments.iter().map(|assignment| &assignment.target));
            // A row that is in the way in another index may be another tenant's.
            let is_own = matches!(&conflict.conflict_target,
                Some(ConflictTarget::Columns { columns, .. }) if columns.iter().any(|column| column.value == key));
            if !is_own {
                self.wrong.push("ON CONFLICT without the tenant".to_owned());
            }
        }
    }

    fn check_tenant_stays<'a>(&mut self, mut targets: impl Iterator<Item = &'a AssignmentTarget>) {
        let is_moved = targets.any(|target| match target {
            AssignmentTarget::ColumnName(name) => is_column(name, "tenant_id"),
            AssignmentTarget::Tuple(names) => names.iter().any(|name| is_column(name, "tenant_id")),
        });
        if is_moved {
            self.wrong.push("SET tenant_id".to_owned());
        }
    }
}

/// The equalities among the conditions that must all hold.
fn conjuncts<'a>(condition: Option<&'a Expr>, take: &mut impl FnMut([&'a Expr; 2])) {
    match condition {
        Some(Expr::Nested(inner)) => conjuncts(Some(inner), take),
        Some(Expr::BinaryOp { left, op: BinaryOperator::And, right }) => {
            conjuncts(Some(left), take);
            conjuncts(Some(right), take);
        }
        Some(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) => take([left, right]),
        _ => {}
    }
}

/// Which mention of a scope an expression names the tenant of. A column without a table in front is taken for one only where
/// there is a single table.
fn tenant_of(expression: &Expr, scope: &Scope) -> Option<usize> {
    match expression {
        Expr::Identifier(column) => match scope.as_slice() {
            [only] => (only.key == Some(column.value.as_str())).then_some(0),
            _ => None,
        },
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [table, column] => scope
                .iter()
                .position(|mention| mention.name == table.value && mention.key == Some(column.value.as_str())),
            _ => None,
        },
        _ => None,
    }
}

fn is_first_parameter(expression: &Expr) -> bool {
    matches!(expression, Expr::Value(value) if matches!(&value.value, Value::Placeholder(name) if name == "$1"))
}

fn is_column(name: &ObjectName, column: &str) -> bool {
    name.to_string() == column
}
