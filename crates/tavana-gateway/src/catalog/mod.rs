//! PostgreSQL's words for DuckDB: the catalog, the session's functions, names of columns.
//!
//! A statement of a PostgreSQL client is parsed, changed where DuckDB would refuse it or answer
//! otherwise, and printed. What the parser does not know is DuckDB's own language and goes there
//! as it is. So does every statement that the printing would change anywhere else: nobody's query
//! is respelled for the sake of a name.

mod columns;
mod dialect;
mod fidelity;
mod functions;
mod joins;
mod literals;
mod names;
mod operators;
mod plain;
mod scan;
mod shape;
mod slots;
mod statements;
mod steady;
mod system;
mod transform;
mod types;
mod unread;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use moka::sync::Cache;
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, SelectItem, SetExpr, Statement, Value, ValueWithSpan, VisitMut,
    VisitorMut,
};

pub(crate) use self::fidelity::position_in;
pub(crate) use self::functions::{Argument, Call};
pub(crate) use self::shape::Shape;
pub(crate) use self::slots::{ActivityRow, Owner, QueueRow, SettingRow, Slot, SlotValue};

use self::dialect::Language;
use self::scan::Scan;
use self::transform::{MARK, Reads, Transform};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::block_in_place;

use crate::error::{QueryError, SqlState};
use crate::session::secrecy::may_hold_credentials;

/// Statements up to this depth are read on the stack they come on.
const SHALLOW: usize = 200;
/// Longest text that is remembered, in bytes.
const KEPT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of stack beside those for the tree.
const STACK_BYTES: usize = 2 << 20;
/// Bytes of stack for one level of a statement's tree.
const LEVEL_BYTES: usize = 16 * 1024;

/// Rewrites statements, and remembers what became of them.
#[derive(Debug)]
pub(crate) struct Rewriter {
    plans: Cache<String, Arc<Plan>>,
    long: Semaphore,
}

impl Rewriter {
    /// Keeps at most `bytes_max` of texts, before and after.
    pub(crate) fn new(bytes_max: u64) -> Self {
        let weigh = |text: &String, plan: &Arc<Plan>| {
            u32::try_from(text.len() + plan.weight()).unwrap_or(u32::MAX)
        };
        Self {
            plans: Cache::builder()
                .max_capacity(bytes_max)
                .weigher(weigh)
                .build(),
            long: Semaphore::new(1),
        }
    }

    /// The right to read a statement of `bytes`: of long ones one at a time, which bounds the memory
    /// and the threads that they take. `None` for one that is not long.
    pub(crate) async fn turn(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes <= KEPT_BYTES_MAX {
            return None;
        }
        // It is never closed.
        self.long.acquire().await.ok()
    }

    /// What becomes of a statement. Nothing of a session is in it.
    pub(crate) fn plan(&self, sql: &str) -> Arc<Plan> {
        if sql.len() > KEPT_BYTES_MAX {
            return aside(|| Arc::new(Plan::of(sql)));
        }
        if let Some(plan) = self.plans.get(sql) {
            return plan;
        }
        let Some(scan) = scan::scan(sql) else {
            return Arc::default();
        };
        let plan = Arc::new(if scan.depth <= SHALLOW {
            Plan::scanned(sql, scan)
        } else {
            aside(|| Plan::scanned(sql, scan))
        });
        // A session's credentials end with it.
        if !may_hold_credentials(sql) {
            self.plans.insert(sql.to_owned(), Arc::clone(&plan));
        }
        plan
    }
}

/// Does what takes its time, while other tasks of the runtime go on.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        // No other task could go on.
        _ => work(),
    }
}

/// A statement as DuckDB gets it, and what its answer is to a PostgreSQL client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The statements to send, one after the other; none = the text as it is.
    texts: Vec<Template>,
    /// For `ALTER TABLE ... RENAME` of what turns out to be a view.
    of_view: Option<Template>,
    pub(crate) shape: Shape,
    /// Parameters of types that DuckDB lacks: number from 0, and OID.
    pub(crate) parameters: BTreeMap<usize, u32>,
    pub(crate) calls: Vec<Call>,
    /// It reads the catalog and nothing else.
    pub(crate) only_catalog: bool,
    /// Why it cannot be run.
    pub(crate) refused: Option<Refusal>,
    /// The values of a statement that asks for nothing but the session's.
    local: Vec<Local>,
    /// See [`Self::is_steady`].
    steady: bool,
}

/// Why a statement cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    sqlstate: SqlState,
    message: &'static str,
}

impl From<Refusal> for QueryError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.sqlstate, refusal.message)
    }
}

/// A target that the gateway can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Local {
    name: String,
    value: LocalValue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum LocalValue {
    Int(i32),
    Text(String),
    Bool(bool),
    Slot(Slot),
    /// `current_schema()`, as long as the search path is the usual one.
    Schema,
}

/// A value that the gateway answers itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Text(Option<String>),
    Int(i32),
    BigInt(i64),
    Bool(bool),
}

/// A text with places for what belongs to the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

impl Template {
    /// Cuts a printed text at its marks.
    fn cut(printed: &str, slots: &[Slot]) -> Self {
        let mut pieces = Vec::new();
        for (at, part) in printed.split(MARK).enumerate() {
            let slot = part
                .parse()
                .ok()
                .and_then(|number: usize| slots.get(number));
            match slot {
                Some(slot) if at % 2 == 1 => pieces.push(Piece::Slot(slot.clone())),
                _ if part.is_empty() => {}
                _ => pieces.push(Piece::Text(part.to_owned())),
            }
        }
        Self(pieces)
    }

    fn render(&self, owner: &dyn Owner) -> Cow<'_, str> {
        if let [Piece::Text(text)] = self.0.as_slice() {
            return Cow::Borrowed(text);
        }
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Slot(slot) => slot.render(owner, &mut text),
            }
        }
        Cow::Owned(text)
    }

    fn weight(&self) -> usize {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Slot(_) => size_of::<Slot>(),
            })
            .sum()
    }
}

impl Plan {
    fn of(sql: &str) -> Self {
        scan::scan(sql).map_or_else(Self::default, |scan| Self::scanned(sql, scan))
    }

    fn scanned(sql: &str, scan: Scan) -> Self {
        if scan.is_too_complex() {
            return Self {
                refused: Some(Refusal {
                    sqlstate: SqlState::PROGRAM_LIMIT,
                    message: "the statement is too complex: it has too many words, or they nest too deep",
                }),
                ..Self::default()
            };
        }
        if scan.depth <= SHALLOW {
            return Self::parsed(sql, scan);
        }
        // A long chain of operators is a deep tree.
        std::thread::scope(|scope| {
            std::thread::Builder::new()
                .stack_size(STACK_BYTES + scan.depth.saturating_mul(LEVEL_BYTES))
                .spawn_scoped(scope, || Self::parsed(sql, scan))
                .ok()
                .and_then(|thread| thread.join().ok())
                .unwrap_or_default()
        })
    }

    fn parsed(sql: &str, scan: Scan) -> Self {
        let respelled = literals::respelled(sql);
        let sql = respelled.as_deref().unwrap_or(sql);
        let unread = |sql: &str| {
            let mut plan = Self::unread(sql);
            if respelled.is_some() && plan.texts.is_empty() && plan.refused.is_none() {
                plan.texts = vec![Template::cut(sql, &[])];
            }
            plan
        };
        let sql = &*plain::plainly(sql);
        let Some((language, mut statement)) = Language::read(sql) else {
            return unread(sql);
        };
        let statement = &mut statement;
        let named = sql.contains('"') && literals::name_columns_like_types(statement);
        let reads = Reads::of(statement);
        let mut plan = Self {
            shape: Shape::of(statement, &reads),
            parameters: shape::parameters(statement, &reads),
            ..Self::default()
        };
        let only_catalog = reads.only_catalog();
        let steady = steady::is_steady(statement, &reads);
        plan.only_catalog = only_catalog;
        let faithful = || {
            let printed = language.parse(sql).as_ref().map(print);
            fidelity::same(sql, &printed.unwrap_or_default())
        };
        let local = local_targets(statement, &plan.shape);
        let renames = statements::renames(statement);
        let mut transform = Transform::new(reads, scan.keeps_names);
        transform.run(statement);
        transform.changed |= respelled.is_some() || named;
        let parts = statements::split(statement);
        plan.refused = transform.refused.map(|message| Refusal {
            sqlstate: SqlState::FEATURE_NOT_SUPPORTED,
            message,
        });
        if !transform.changed && parts.len() == 1 && !renames {
            plan.local = local;
            plan.steady = steady;
            return plan;
        }
        if !(only_catalog && language == Language::PostgreSql || faithful()) {
            let unread = unread(sql);
            plan.texts = unread.texts;
            plan.refused = plan.refused.or(unread.refused);
            return plan;
        }
        let slots = &transform.slots.0;
        if transform.changed || parts.len() > 1 {
            plan.texts = parts
                .iter()
                .map(|part| Template::cut(&print(part), slots))
                .collect();
        }
        if renames {
            let printed = print(statement);
            plan.of_view = printed
                .strip_prefix("ALTER TABLE")
                .map(|rest| Template::cut(&format!("ALTER VIEW{rest}"), slots));
        }
        plan.calls = transform.calls;
        if plan.calls.is_empty() {
            plan.local = local;
            plan.steady = steady && slots.iter().all(steady::is_steady_slot);
        }
        plan
    }

    /// The plan of a statement that the parser does not know.
    fn unread(sql: &str) -> Self {
        match unread::changed(sql) {
            Ok(text) => Self {
                texts: text.into_iter().collect(),
                ..Self::default()
            },
            Err(message) => Self {
                refused: Some(Refusal {
                    sqlstate: SqlState::FEATURE_NOT_SUPPORTED,
                    message,
                }),
                ..Self::default()
            },
        }
    }

    /// Whether sessions alike that have changed nothing yet get the same answer: it is about the
    /// catalog, and nothing in it moves by itself.
    pub(crate) fn is_steady(&self) -> bool {
        self.steady && self.refused.is_none() && self.texts.len() <= 1
    }

    /// Whether it calls functions that set, cancel or end something.
    pub(crate) fn acts(&self) -> bool {
        let locks = |call: &Call| *call == Call::AdvisoryLock;
        !self.calls.iter().all(locks)
    }

    /// Whether a statement goes to DuckDB as the client wrote it.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.texts.is_empty()
    }

    /// How many statements it is to DuckDB.
    pub(crate) fn count(&self) -> usize {
        self.texts.len().max(1)
    }

    /// The text of statement `at` for a session.
    pub(crate) fn text<'a>(&'a self, sql: &'a str, at: usize, owner: &dyn Owner) -> Cow<'a, str> {
        match self.texts.get(at) {
            Some(template) => template.render(owner),
            None => Cow::Borrowed(sql),
        }
    }

    /// The text for a view, where the statement can rename one.
    pub(crate) fn view_text(&self, owner: &dyn Owner) -> Option<String> {
        self.of_view
            .as_ref()
            .map(|template| template.render(owner).into_owned())
    }

    /// The one row of a statement that asks for what the gateway knows, with the names of its
    /// columns; `None` when only DuckDB can answer.
    pub(crate) fn answer(&self, owner: &dyn Owner) -> Option<Vec<(&str, Answered)>> {
        if self.local.is_empty() {
            return None;
        }
        self.local
            .iter()
            .map(|local| {
                let value = match &local.value {
                    LocalValue::Int(number) => Answered::Int(*number),
                    LocalValue::Text(text) => Answered::Text(Some(text.clone())),
                    LocalValue::Bool(value) => Answered::Bool(*value),
                    LocalValue::Schema => {
                        let path = owner.setting("search_path")?;
                        if path != "\"$user\", public" || owner.has_public() {
                            return None;
                        }
                        Answered::Text(Some("public".to_owned()))
                    }
                    LocalValue::Slot(slot) => match slot.value(owner)? {
                        SlotValue::Text(text) => Answered::Text(text),
                        SlotValue::Int(number) => Answered::Int(number),
                        SlotValue::BigInt(number) => Answered::BigInt(number),
                    },
                };
                Some((local.name.as_str(), value))
            })
            .collect()
    }

    fn weight(&self) -> usize {
        size_of::<Self>()
            + self
                .texts
                .iter()
                .chain(&self.of_view)
                .map(Template::weight)
                .sum::<usize>()
    }
}

/// The text of a statement. The parser's own printing of quotes inside of quotes guesses.
fn print(statement: &Statement) -> String {
    let mut statement = statement.clone();
    let ControlFlow::Continue(()) = VisitMut::visit(&mut statement, &mut Quotes);
    if let Statement::Comment {
        comment: Some(comment),
        ..
    } = &mut statement
    {
        *comment = comment.replace('\'', "''");
    }
    statement.to_string()
}

/// Puts what is quoted into the tree as it shall be printed.
struct Quotes;

impl VisitorMut for Quotes {
    type Break = Infallible;

    fn post_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Infallible> {
        let text = match &value.value {
            Value::SingleQuotedString(text)
            | Value::EscapedStringLiteral(text)
            | Value::UnicodeStringLiteral(text) => text,
            Value::DollarQuotedString(text) => &text.value,
            _ => return ControlFlow::Continue(()),
        };
        let mut quoted = String::with_capacity(text.len() + 2);
        slots::quote(text, &mut quoted);
        // A placeholder is printed as it is.
        value.value = Value::Placeholder(quoted);
        ControlFlow::Continue(())
    }

    fn post_visit_ident(&mut self, name: &mut Ident) -> ControlFlow<Infallible> {
        if name.quote_style == Some('"') && name.value.contains('"') {
            let quoted = format!("\"{}\"", name.value.replace('"', "\"\""));
            *name = Ident::new(quoted);
        }
        ControlFlow::Continue(())
    }
}

/// The targets of a SELECT without FROM, if the gateway knows the values of all of them.
fn local_targets(statement: &Statement, shape: &Shape) -> Vec<Local> {
    let Statement::Query(query) = statement else {
        return Vec::new();
    };
    let SetExpr::Select(select) = &*query.body else {
        return Vec::new();
    };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(list, more)
        if list.is_empty() && more.is_empty());
    let plain = query.with.is_none()
        && query.order_by.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && query.locks.is_empty()
        && select.distinct.is_none()
        && select.into.is_none()
        && select.from.is_empty()
        && select.selection.is_none()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.named_window.is_empty()
        && !grouped;
    if !plain {
        return Vec::new();
    }
    let targets = select.projection.iter().enumerate().map(|(at, item)| {
        let (expr, alias) = match item {
            SelectItem::UnnamedExpr(expr) => (expr, None),
            SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias.value.as_str())),
            _ => return None,
        };
        let name = alias.or_else(|| shape.name(at)).unwrap_or(match expr {
            Expr::Identifier(name) => name.value.as_str(),
            _ => names::UNNAMED,
        });
        Some(Local {
            name: name.to_owned(),
            value: local_value(expr)?,
        })
    });
    targets.collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn local_value(expr: &Expr) -> Option<LocalValue> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, false) => digits.parse().ok().map(LocalValue::Int),
            Value::SingleQuotedString(text) => Some(LocalValue::Text(text.clone())),
            Value::Boolean(value) => Some(LocalValue::Bool(*value)),
            _ => None,
        },
        Expr::Identifier(name) if name.quote_style.is_none() => {
            match name.value.to_ascii_lowercase().as_str() {
                "current_schema" => Some(LocalValue::Schema),
                "current_role" => Some(LocalValue::Slot(Slot::User)),
                _ => None,
            }
        }
        Expr::Function(function) => {
            let plain = function.over.is_none()
                && function.filter.is_none()
                && function.within_group.is_empty();
            let name = names::last_part(&function.name).filter(|_| plain)?;
            let qualifier = function.name.0.first()?.as_ident().map(names::folded)?;
            if function.name.0.len() > 2 || function.name.0.len() == 2 && qualifier != "pg_catalog"
            {
                return None;
            }
            let arguments = functions::arguments(function);
            match (name.as_str(), arguments.as_slice()) {
                ("current_schema", []) => Some(LocalValue::Schema),
                ("version", []) => Some(LocalValue::Slot(Slot::Version)),
                ("pg_backend_pid", []) => Some(LocalValue::Slot(Slot::Pid)),
                ("current_database" | "current_catalog", []) => {
                    Some(LocalValue::Slot(Slot::Database))
                }
                ("current_user" | "session_user" | "user", []) => {
                    Some(LocalValue::Slot(Slot::User))
                }
                ("pg_is_in_recovery", []) => Some(LocalValue::Bool(false)),
                ("inet_client_addr", []) => Some(LocalValue::Slot(Slot::ClientAddress)),
                ("current_setting", [setting]) => Some(LocalValue::Slot(Slot::Setting {
                    name: names::string(setting)?.to_owned(),
                    missing_ok: false,
                })),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
