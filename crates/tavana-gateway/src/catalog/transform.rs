//! One statement's tree, changed from PostgreSQL's words to DuckDB's.
//!
//! Every change is one that the statement would fail or answer wrongly without. Text that belongs
//! to a session becomes a place in the printed text ([`Slots`]); the names of relations and
//! functions go to the hidden catalog database of the engine.

use std::collections::HashSet;
use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    ArrayElemTypeDef, BinaryOperator, CaseWhen, CastKind, DataType, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, ObjectNamePart,
    OrderByExpr, OrderBySort, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr,
    Statement, TableAlias, TableAliasColumnDef, TableFactor, UnaryOperator, Value, ValueWithSpan,
    VisitMut, Visitor, VisitorMut,
};
use tavana_common::catalog::{
    DATABASE, INFORMATION_SCHEMA, INFORMATION_SCHEMA_RELATIONS, PG_FUNCTIONS, PG_RELATIONS,
    PG_SCHEMA, REG_TYPES,
};

use super::names::{self, folded};
use super::slots::Slot;

/// Marks a place in the printed text: this character, the slot's number, this character again. No
/// text that holds it is rewritten.
pub(crate) const MARK: char = '\u{1}';

/// What belongs to a session, in the order of the marks' numbers.
#[derive(Debug, Default)]
pub(crate) struct Slots(pub(crate) Vec<Slot>);

impl Slots {
    /// An identifier that prints as the mark of `slot`.
    fn place(&mut self, slot: Slot) -> Ident {
        let number = match self.0.iter().position(|known| *known == slot) {
            Some(number) => number,
            None => {
                self.0.push(slot);
                self.0.len() - 1
            }
        };
        Ident::new(format!("{MARK}{number}{MARK}"))
    }
}

/// What a statement reads.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub(crate) catalog: bool,
    pub(crate) other: bool,
    common_tables: HashSet<String>,
}

impl Reads {
    /// Looks through a statement before anything is changed.
    pub(crate) fn of(statement: &Statement) -> Self {
        let mut common = CommonTables(HashSet::new());
        let ControlFlow::Continue(()) = sqlparser::ast::Visit::visit(statement, &mut common);
        let mut relations = Relations(Self {
            common_tables: common.0,
            ..Self::default()
        });
        let ControlFlow::Continue(()) = sqlparser::ast::Visit::visit(statement, &mut relations);
        relations.0
    }

    /// Whether the statement asks about the catalog and nothing else.
    pub(crate) fn only_catalog(&self) -> bool {
        self.catalog && !self.other
    }
}

struct CommonTables(HashSet<String>);

impl Visitor for CommonTables {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Infallible> {
        if let Some(with) = &query.with {
            self.0.extend(
                with.cte_tables
                    .iter()
                    .map(|table| folded(&table.alias.name)),
            );
        }
        ControlFlow::Continue(())
    }
}

struct Relations(Reads);

impl Visitor for Relations {
    type Break = Infallible;

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Infallible> {
        if let TableFactor::Table {
            name, args: None, ..
        } = factor
        {
            match Relation::of(name, &self.0.common_tables) {
                Relation::Catalog(..) | Relation::Session(_) => self.0.catalog = true,
                Relation::Common => {}
                Relation::Other => self.0.other = true,
            }
        }
        ControlFlow::Continue(())
    }
}

/// What a relation's name stands for.
enum Relation {
    /// In this schema of the hidden database.
    Catalog(&'static str, String),
    Session(Slot),
    Common,
    Other,
}

impl Relation {
    fn of(name: &ObjectName, common_tables: &HashSet<String>) -> Self {
        let Some(parts) = parts(name) else {
            return Self::Other;
        };
        let (schema, relation) = match parts.as_slice() {
            [relation] if common_tables.contains(relation) => return Self::Common,
            [relation] => ("pg_catalog", relation),
            [schema, relation] => (schema.as_str(), relation),
            // A catalog of another name: only what nobody else can have.
            [_, schema, relation] if schema == "pg_catalog" || schema == "information_schema" => {
                (schema.as_str(), relation)
            }
            _ => return Self::Other,
        };
        match schema {
            "pg_catalog" if relation == "pg_settings" => Self::Session(Slot::SettingsRelation),
            "pg_catalog" if relation == "pg_stat_activity" => Self::Session(Slot::ActivityRelation),
            "pg_catalog" if listed(PG_RELATIONS, relation) => {
                Self::Catalog(PG_SCHEMA, relation.clone())
            }
            "information_schema" if listed(INFORMATION_SCHEMA_RELATIONS, relation) => {
                Self::Catalog(INFORMATION_SCHEMA, relation.clone())
            }
            _ => Self::Other,
        }
    }
}

fn listed(list: &[&str], name: &str) -> bool {
    list.binary_search(&name).is_ok()
}

fn parts(name: &ObjectName) -> Option<Vec<String>> {
    name.0
        .iter()
        .map(|part| part.as_ident().map(folded))
        .collect()
}

/// A function that acts on the session, found among the targets of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `set_config(name, value, is_local)`.
    SetConfig {
        name: String,
        value: Argument,
        local: bool,
    },
    /// `pg_cancel_backend(pid)` or `pg_terminate_backend(pid)`: the target of this number is the pid.
    Signal { column: usize, terminates: bool },
    /// `pg_advisory_lock(...)` and its like, which lock nothing.
    AdvisoryLock,
}

/// A text that a call takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(Option<String>),
    /// The parameter of this number, from 1.
    Parameter(usize),
}

/// Changes a statement.
pub(crate) struct Transform {
    pub(crate) slots: Slots,
    pub(crate) reads: Reads,
    pub(crate) calls: Vec<Call>,
    /// What cannot be done, as the client hears it.
    pub(crate) refused: Option<&'static str>,
    pub(crate) changed: bool,
    /// A quoted name like `"count_star()"` relies on DuckDB's own names of columns.
    keeps_names: bool,
    /// Calls are seen as targets of the statement only.
    top: bool,
}

impl Transform {
    pub(crate) fn new(reads: Reads, keeps_names: bool) -> Self {
        Self {
            slots: Slots::default(),
            reads,
            calls: Vec::new(),
            refused: None,
            changed: false,
            keeps_names,
            top: true,
        }
    }

    pub(crate) fn run(&mut self, statement: &mut Statement) {
        if let Statement::Query(query) = statement {
            self.top_targets(query);
        }
        self.top = false;
        super::statements::change(self, statement);
        let ControlFlow::Continue(()) = VisitMut::visit(statement, self);
    }

    pub(crate) fn slot(&mut self, slot: Slot) -> Ident {
        self.changed = true;
        self.slots.place(slot)
    }

    fn slot_expr(&mut self, slot: Slot) -> Expr {
        Expr::Identifier(self.slot(slot))
    }

    /// Calls that act on the session stand among the targets of the outermost SELECT.
    fn top_targets(&mut self, query: &mut Query) {
        let SetExpr::Select(select) = &mut *query.body else {
            return;
        };
        let mut starred = false;
        for (column, item) in select.projection.iter_mut().enumerate() {
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item
            else {
                starred = true;
                continue;
            };
            let Expr::Function(function) = &*expr else {
                continue;
            };
            let Some(name) = session_function(function) else {
                continue;
            };
            let arguments = arguments(function);
            match name.as_str() {
                "set_config" => match set_config(&arguments) {
                    Some((call, value)) => {
                        self.calls.push(call);
                        *expr = match value {
                            Ok(slot) => self.slot_expr(slot),
                            Err(parameter) => cast(parameter, DataType::Varchar(None)),
                        };
                        self.changed = true;
                    }
                    None => self.refused = Some("set_config() takes literals or parameters here"),
                },
                "pg_cancel_backend" | "pg_terminate_backend" if !starred => {
                    if let Some(pid) = arguments.first() {
                        self.calls.push(Call::Signal {
                            column,
                            terminates: name == "pg_terminate_backend",
                        });
                        *expr = cast(pid.clone(), DataType::BigInt(None));
                        self.changed = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// What stands in a select list, a CASE or `||` shows an object's name, not its number.
    fn outward(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Nested(inner) => self.outward(inner),
            Expr::Case {
                conditions,
                else_result,
                ..
            } => {
                for CaseWhen { result, .. } in conditions {
                    self.outward(result);
                }
                if let Some(result) = else_result {
                    self.outward(result);
                }
            }
            Expr::Cast {
                expr: inner,
                data_type,
                ..
            } => {
                if let Some(reg) = reg_type(data_type) {
                    let mut value = (**inner).clone();
                    if is_name(&value) {
                        value = catalog_call(&format!("{reg}_in"), vec![text_of(value)]);
                    }
                    *expr = catalog_call(&format!("{reg}_out"), vec![value]);
                    self.changed = true;
                }
            }
            _ => {}
        }
    }

    /// Names the columns of a query in FROM or WITH, where other parts of the statement may use
    /// PostgreSQL's names for them.
    pub(crate) fn name_targets(&mut self, query: &mut Query) {
        if self.keeps_names {
            return;
        }
        let mut body = &mut *query.body;
        let select = loop {
            match body {
                SetExpr::Select(select) => break select,
                SetExpr::Query(query) => body = &mut query.body,
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return,
            }
        };
        let named: Vec<(Option<String>, bool)> = select
            .projection
            .iter()
            .map(|item| match item {
                SelectItem::UnnamedExpr(expr) => match names::target_name(expr) {
                    Some(name) => (Some(name), true),
                    None => (own_name(expr), false),
                },
                SelectItem::ExprWithAlias { alias, .. } => (Some(folded(alias)), false),
                _ => (None, false),
            })
            .collect();
        let wildcard = named.iter().any(|(name, _)| name.is_none());
        let mut uses = Mentions(HashSet::new());
        uses.look(select);
        for (at, item) in select.projection.iter_mut().enumerate() {
            let Some((Some(name), true)) = named.get(at) else {
                continue;
            };
            let twice = named
                .iter()
                .enumerate()
                .any(|(other, (taken, _))| other != at && taken.as_ref() == Some(name));
            // An alias must not come between a name and the column it means today; DuckDB would
            // rename a second column of the same name.
            if name == names::UNNAMED || twice || wildcard && !item_is_call(item) {
                continue;
            }
            if uses.0.contains(name) {
                continue;
            }
            if let SelectItem::UnnamedExpr(expr) = item {
                *item = SelectItem::ExprWithAlias {
                    expr: expr.clone(),
                    alias: quoted_if_needed(name),
                };
                self.changed = true;
            }
        }
    }

    fn relation(&mut self, factor: &mut TableFactor) {
        let TableFactor::Table {
            name, alias, args, ..
        } = factor
        else {
            return;
        };
        if args.is_some() {
            if let Some(changed) = self.function_name(name, false) {
                *name = changed;
                self.changed = true;
            }
            return;
        }
        match Relation::of(name, &self.reads.common_tables) {
            Relation::Catalog(schema, relation) => {
                *name = object_name(&[DATABASE, schema, &relation]);
                alias.get_or_insert_with(|| alias_of(&relation));
                self.changed = true;
            }
            Relation::Session(slot) => {
                let relation = if slot == Slot::SettingsRelation {
                    "pg_settings"
                } else {
                    "pg_stat_activity"
                };
                *name = ObjectName(vec![ObjectNamePart::Identifier(self.slot(slot))]);
                alias.get_or_insert_with(|| alias_of(relation));
            }
            Relation::Common | Relation::Other => {}
        }
    }

    /// The name a function has in DuckDB; `None` when it is the same.
    fn function_name(&mut self, name: &ObjectName, has_clauses: bool) -> Option<ObjectName> {
        let parts = parts(name)?;
        let (qualified, function) = match parts.as_slice() {
            [function] => (false, function),
            [schema, function] if schema == "pg_catalog" => (true, function),
            [schema, function]
                if schema == "information_schema" && function.starts_with("_pg_") =>
            {
                (true, function)
            }
            _ => return None,
        };
        if listed(PG_FUNCTIONS, function) && !has_clauses {
            return Some(object_name(&[DATABASE, PG_SCHEMA, function]));
        }
        qualified.then(|| ObjectName(name.0.last().cloned().into_iter().collect()))
    }

    fn function(&mut self, expr: &mut Expr) {
        let Expr::Function(function) = expr else {
            return;
        };
        if let Some(name) = session_function(function) {
            let arguments = arguments(function);
            if let Some(changed) = self.session_call(&name, &arguments) {
                *expr = changed;
                self.changed = true;
                return;
            }
        }
        let has_clauses = function.over.is_some()
            || function.filter.is_some()
            || !function.within_group.is_empty()
            || matches!(&function.args, FunctionArguments::List(list) if !list.clauses.is_empty());
        if let Some(name) = self.function_name(&function.name, has_clauses) {
            function.name = name;
            self.changed = true;
        }
    }

    /// What a function of the session is replaced by.
    fn session_call(&mut self, name: &str, arguments: &[Expr]) -> Option<Expr> {
        let constant = |value: Value| Some(Expr::Value(value.into()));
        match (name, arguments) {
            ("current_setting", [setting, rest @ ..]) => {
                let missing_ok = match rest.first().map(names::literal) {
                    None => false,
                    Some(Some(Value::Boolean(missing_ok))) => *missing_ok,
                    Some(_) => true,
                };
                if let Some(setting) = names::string(setting) {
                    let name = setting.to_owned();
                    return Some(self.slot_expr(Slot::Setting { name, missing_ok }));
                }
                let map = self.slot(Slot::Settings);
                let key = call("lower", vec![setting.clone()]);
                Some(call("map_extract_value", vec![Expr::Identifier(map), key]))
            }
            ("set_config", _) => {
                self.refused = Some("set_config() can only be a target of the statement");
                None
            }
            ("pg_cancel_backend" | "pg_terminate_backend", _) => {
                self.refused = Some(
                    "pg_cancel_backend() and pg_terminate_backend() can only be targets of the statement",
                );
                None
            }
            ("pg_backend_pid", []) => Some(self.slot_expr(Slot::Pid)),
            ("version", []) => Some(self.slot_expr(Slot::Version)),
            ("current_database" | "current_catalog", []) => Some(self.slot_expr(Slot::Database)),
            ("current_user" | "session_user" | "user" | "current_role", []) => {
                Some(self.slot_expr(Slot::User))
            }
            ("inet_client_addr", []) => Some(self.slot_expr(Slot::ClientAddress)),
            ("inet_server_addr", []) => Some(null_of(DataType::Varchar(None))),
            ("inet_client_port" | "inet_server_port", []) => Some(null_of(DataType::Integer(None))),
            ("txid_current" | "pg_current_xact_id", []) => {
                Some(self.slot_expr(Slot::TransactionId))
            }
            ("txid_current_if_assigned" | "pg_current_xact_id_if_assigned", []) => {
                Some(null_of(DataType::BigInt(None)))
            }
            ("pg_is_in_recovery", []) => constant(Value::Boolean(false)),
            ("pg_export_snapshot", []) => {
                constant(Value::SingleQuotedString("00000000-00000000-1".to_owned()))
            }
            (
                "pg_try_advisory_lock"
                | "pg_try_advisory_lock_shared"
                | "pg_try_advisory_xact_lock"
                | "pg_try_advisory_xact_lock_shared"
                | "pg_advisory_unlock"
                | "pg_advisory_unlock_shared",
                [_, ..],
            ) => {
                self.note_advisory();
                constant(Value::Boolean(true))
            }
            (
                "pg_advisory_lock"
                | "pg_advisory_lock_shared"
                | "pg_advisory_xact_lock"
                | "pg_advisory_xact_lock_shared",
                [_, ..],
            )
            | ("pg_advisory_unlock_all", []) => {
                self.note_advisory();
                constant(Value::SingleQuotedString(String::new()))
            }
            _ => None,
        }
    }

    fn note_advisory(&mut self) {
        if !self.calls.contains(&Call::AdvisoryLock) {
            self.calls.push(Call::AdvisoryLock);
        }
    }

    fn operator(&mut self, expr: &mut Expr) {
        let Expr::BinaryOp { left, op, right } = expr else {
            return;
        };
        let name = match &*op {
            BinaryOperator::PGCustomBinaryOperator(parts) => match parts.as_slice() {
                [schema, symbol] if schema.eq_ignore_ascii_case("pg_catalog") => symbol.as_str(),
                [symbol] => symbol.as_str(),
                _ => return,
            },
            BinaryOperator::PGRegexMatch => "~",
            BinaryOperator::PGRegexIMatch => "~*",
            BinaryOperator::PGRegexNotMatch => "!~",
            BinaryOperator::PGRegexNotIMatch => "!~*",
            BinaryOperator::PGLikeMatch => "~~",
            BinaryOperator::PGILikeMatch => "~~*",
            BinaryOperator::PGNotLikeMatch => "!~~",
            BinaryOperator::PGNotILikeMatch => "!~~*",
            BinaryOperator::Divide if self.divides_integers(left, right) => {
                *op = BinaryOperator::DuckIntegerDivide;
                self.changed = true;
                return;
            }
            _ => return,
        };
        let (left, right) = ((**left).clone(), (**right).clone());
        let negated = name.starts_with('!');
        let insensitive = name.ends_with('*');
        let changed = match name.trim_start_matches('!') {
            "~" | "~*" => {
                let mut arguments = vec![unnested(left), unnested(right)];
                if insensitive {
                    arguments.push(Expr::Value(
                        Value::SingleQuotedString("i".to_owned()).into(),
                    ));
                }
                let matches = call("regexp_matches", arguments);
                if negated {
                    Expr::Nested(Box::new(Expr::UnaryOp {
                        op: UnaryOperator::Not,
                        expr: Box::new(matches),
                    }))
                } else {
                    matches
                }
            }
            "~~" => Expr::Like {
                negated,
                any: false,
                expr: Box::new(left),
                pattern: Box::new(right),
                escape_char: None,
            },
            "~~*" => Expr::ILike {
                negated,
                any: false,
                expr: Box::new(left),
                pattern: Box::new(right),
                escape_char: None,
            },
            symbol => {
                let Some(op) = plain_operator(symbol) else {
                    return;
                };
                Expr::BinaryOp {
                    left: Box::new(left),
                    op,
                    right: Box::new(right),
                }
            }
        };
        // Its precedence may be another one than that of the operator it stands for.
        *expr = match changed {
            Expr::Like { .. } | Expr::ILike { .. } | Expr::BinaryOp { .. } => {
                Expr::Nested(Box::new(changed))
            }
            other => other,
        };
        self.changed = true;
    }

    /// Reads a literal as the type of what it is compared with.
    fn same_reg(&mut self, reg: Option<String>, literal: &mut Expr) {
        if let Some(reg) = reg
            && names::string(literal).is_some()
        {
            *literal = catalog_call(&format!("{reg}_in"), vec![literal.clone()]);
            self.changed = true;
        }
    }

    /// In statements about the catalog or the session, `/` between integers is PostgreSQL's.
    fn divides_integers(&self, left: &Expr, right: &Expr) -> bool {
        is_integer(left)
            && is_integer(right)
            && (self.reads.only_catalog() || holds_slot(left) || holds_slot(right))
    }

    /// `x = ANY('{a,b}')`, and LIKE ANY of a list, for which DuckDB has no words.
    fn any(&mut self, expr: &mut Expr) {
        match expr {
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => {
                if let Some(list) = names::string(right).and_then(|text| array_literal(text, None))
                {
                    **right = list;
                    self.changed = true;
                }
            }
            _ => {}
        }
        let (list, op, left, any) = match &*expr {
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => (&**right, like_operator(compare_op), &**left, true),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => (&**right, like_operator(compare_op), &**left, false),
            Expr::Like {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some((false, *negated)), &**expr, true),
            Expr::ILike {
                any: true,
                negated,
                expr,
                pattern,
                ..
            } => (&**pattern, Some((true, *negated)), &**expr, true),
            _ => return,
        };
        let Some((insensitive, negated)) = op else {
            return;
        };
        let patterns = match unnested(list.clone()) {
            Expr::Array(array) => array.elem,
            Expr::Cast { expr, .. } => match *expr {
                Expr::Array(array) => array.elem,
                _ => return,
            },
            other => match names::string(&other).and_then(|text| array_literal(text, None)) {
                Some(Expr::Array(array)) => array.elem,
                _ => return,
            },
        };
        let joined = patterns
            .into_iter()
            .map(|pattern| {
                let (expr, pattern) = (Box::new(left.clone()), Box::new(pattern));
                if insensitive {
                    Expr::ILike {
                        negated,
                        any: false,
                        expr,
                        pattern,
                        escape_char: None,
                    }
                } else {
                    Expr::Like {
                        negated,
                        any: false,
                        expr,
                        pattern,
                        escape_char: None,
                    }
                }
            })
            .reduce(|left, right| Expr::BinaryOp {
                left: Box::new(left),
                op: if any {
                    BinaryOperator::Or
                } else {
                    BinaryOperator::And
                },
                right: Box::new(right),
            });
        *expr = match joined {
            Some(joined) => Expr::Nested(Box::new(joined)),
            None => Expr::Value(Value::Boolean(!any).into()),
        };
        self.changed = true;
    }

    fn cast(&mut self, expr: &mut Expr) {
        let Expr::Cast {
            expr: inner,
            data_type,
            ..
        } = expr
        else {
            return;
        };
        if let Some(reg) = reg_type(data_type) {
            let value = (**inner).clone();
            *expr = if is_name(&value) {
                catalog_call(&format!("{reg}_in"), vec![text_of(value)])
            } else {
                cast(value, DataType::BigInt(None))
            };
            self.changed = true;
            return;
        }
        if let DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) = &*data_type
            && let Some(list) =
                names::string(inner).and_then(|text| array_literal(text, Some(&**element)))
        {
            **inner = list;
            self.changed = true;
        }
        self.changed |= change_type(data_type);
    }

    fn identifier(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Identifier(name) if name.quote_style.is_none() => {
                // Words that are values in PostgreSQL and names to the parser.
                match name.value.to_lowercase().as_str() {
                    "current_schema" => {
                        *expr = catalog_call("current_schema", Vec::new());
                        self.changed = true;
                    }
                    "current_role" => *expr = self.slot_expr(Slot::User),
                    _ => {}
                }
            }
            Expr::CompoundIdentifier(names) if names.len() >= 3 => {
                let Some(first) = names.first().map(folded) else {
                    return;
                };
                match first.as_str() {
                    "pg_catalog" | "information_schema" => {
                        names.remove(0);
                        self.changed = true;
                    }
                    "public" => {
                        if let Some(first) = names.first_mut() {
                            *first = self.slot(Slot::Public);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// `public.t`, and `db.schema.t` with the session's name of its database.
    pub(crate) fn object(&mut self, name: &mut ObjectName) {
        let Some(named) = parts(name) else {
            return;
        };
        match named.as_slice() {
            [schema, _] if schema == "public" => {
                let public = self.slot(Slot::Public);
                if let Some(first) = name.0.first_mut() {
                    *first = ObjectNamePart::Identifier(public);
                }
            }
            [database, schema, _] if database != DATABASE => {
                let written = name.0.first().map(ToString::to_string).unwrap_or_default();
                if written.contains(MARK) {
                    return;
                }
                let prefix = self.slot(Slot::Database3 {
                    written,
                    name: database.clone(),
                });
                let rest = if schema == "public" {
                    self.slot(Slot::Public).value
                } else {
                    name.0.get(1).map(ToString::to_string).unwrap_or_default()
                };
                let last = name.0.last().cloned();
                let joined = Ident::new(format!("{}{rest}", prefix.value));
                name.0 = vec![ObjectNamePart::Identifier(joined)];
                name.0.extend(last);
            }
            _ => {}
        }
    }

    /// `public` alone, as the name of a schema.
    pub(crate) fn schema(&mut self, name: &mut ObjectName) {
        if let Some(named) = parts(name)
            && matches!(named.as_slice(), [schema] if schema == "public")
        {
            let public = self.slot(Slot::Public);
            name.0 = vec![ObjectNamePart::Identifier(public)];
        }
    }

    /// Functions that return rows in a select list.
    fn set_returning(&mut self, expr: &mut Expr) {
        let Expr::Function(function) = &*expr else {
            return;
        };
        let name = match parts(&function.name).as_deref() {
            Some([name]) => name.clone(),
            Some([schema, name]) if schema == "pg_catalog" => name.clone(),
            _ => return,
        };
        let arguments = arguments(function);
        let rows = match (name.as_str(), arguments.as_slice()) {
            ("generate_series", _) => call("generate_series", arguments),
            ("regexp_split_to_table", [_, _]) => call("string_split_regex", arguments),
            _ => return,
        };
        *expr = call("unnest", vec![rows]);
        self.changed = true;
    }
}

impl VisitorMut for Transform {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        if let Some(with) = &mut query.with {
            for table in &mut with.cte_tables {
                if table.alias.columns.is_empty() {
                    self.name_targets(&mut table.query);
                }
            }
        }
        if !query.locks.is_empty() {
            // Nobody else changes what a session of its own reads.
            query.locks.clear();
            self.changed = true;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        for item in &mut select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                    self.outward(expr);
                    self.set_returning(expr);
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    _,
                ) => {
                    let named = parts(name);
                    match named.as_deref() {
                        Some([schema, _])
                            if schema == "pg_catalog" || schema == "information_schema" =>
                        {
                            name.0.remove(0);
                            self.changed = true;
                        }
                        _ => self.object(name),
                    }
                }
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Infallible> {
        match factor {
            TableFactor::Table { .. } => self.relation(factor),
            TableFactor::Function { name, .. } => {
                if let Some(changed) = self.function_name(name, false) {
                    *name = changed;
                    self.changed = true;
                }
            }
            TableFactor::Derived {
                subquery, alias, ..
            } => {
                if let (SetExpr::Values(values), Some(alias)) = (&*subquery.body, &mut *alias) {
                    name_values(
                        alias,
                        values.rows.first().map_or(0, |row| row.content.len()),
                    );
                    self.changed = true;
                } else if alias.as_ref().is_none_or(|alias| alias.columns.is_empty()) {
                    self.name_targets(subquery);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &mut ObjectName) -> ControlFlow<Infallible> {
        self.object(name);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Infallible> {
        match expr {
            Expr::Cast {
                expr: inner,
                data_type,
                ..
            } if is_text(data_type) => self.outward(inner),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::StringConcat,
                right,
            } => {
                self.outward(left);
                self.outward(right);
            }
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Eq | BinaryOperator::NotEq,
                right,
            } => {
                // A literal beside a `regclass` is one, too.
                let (of_left, of_right) = (cast_to_reg(left), cast_to_reg(right));
                self.same_reg(of_left, right);
                self.same_reg(of_right, left);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Infallible> {
        match expr {
            Expr::Cast { .. } => self.cast(expr),
            Expr::TypedString(typed) => self.changed |= change_type(&mut typed.data_type),
            Expr::Function(_) => self.function(expr),
            Expr::BinaryOp { .. } => self.operator(expr),
            Expr::AnyOp { .. } | Expr::AllOp { .. } | Expr::Like { .. } | Expr::ILike { .. } => {
                self.any(expr);
            }
            Expr::Collate {
                expr: inner,
                collation,
            } => {
                let plain = parts(collation).is_some_and(|parts| match parts.as_slice() {
                    [schema, _] => schema == "pg_catalog",
                    [name] => matches!(name.as_str(), "default" | "C" | "POSIX" | "c" | "posix"),
                    _ => false,
                });
                if plain {
                    *expr = (**inner).clone();
                    self.changed = true;
                }
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.identifier(expr),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_order_by_expr(&mut self, order: &mut OrderByExpr) -> ControlFlow<Infallible> {
        if self.reads.only_catalog()
            && order.options.nulls_first.is_none()
            && matches!(order.options.sort, Some(OrderBySort::Desc))
        {
            order.options.nulls_first = Some(true);
            self.changed = true;
        }
        ControlFlow::Continue(())
    }
}

/// The bare names that a SELECT groups by, where DuckDB would take an alias for a column. Elsewhere
/// it looks for the column first, or means the alias as PostgreSQL does.
struct Mentions(HashSet<String>);

impl Mentions {
    fn look(&mut self, select: &Select) {
        let ControlFlow::Continue(()) = sqlparser::ast::Visit::visit(&select.group_by, self);
        let ControlFlow::Continue(()) = sqlparser::ast::Visit::visit(&select.having, self);
        let ControlFlow::Continue(()) = sqlparser::ast::Visit::visit(&select.qualify, self);
    }
}

impl Visitor for Mentions {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        if let Expr::Identifier(name) = expr {
            self.0.insert(name.value.to_lowercase());
        }
        ControlFlow::Continue(())
    }
}

fn item_is_call(item: &SelectItem) -> bool {
    matches!(item, SelectItem::UnnamedExpr(Expr::Function(_)))
}

fn own_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(folded(name)),
        Expr::CompoundIdentifier(names) => names.last().map(folded),
        _ => None,
    }
}

/// An alias as PostgreSQL would show it; quoted where DuckDB's grammar might want the bare word.
fn quoted_if_needed(name: &str) -> Ident {
    Ident::with_quote('"', name)
}

fn name_values(alias: &mut TableAlias, columns: usize) {
    if !alias.columns.is_empty() {
        return;
    }
    alias.columns = (1..=columns)
        .map(|number| TableAliasColumnDef {
            name: Ident::new(format!("column{number}")),
            data_type: None,
        })
        .collect();
}

fn alias_of(relation: &str) -> TableAlias {
    TableAlias {
        explicit: true,
        name: Ident::new(relation),
        columns: Vec::new(),
        at: None,
    }
}

/// The name of a function that may be the session's: without a schema, or with `pg_catalog`.
fn session_function(function: &Function) -> Option<String> {
    match parts(&function.name)?.as_slice() {
        [name] => Some(name.clone()),
        [schema, name] if schema == "pg_catalog" => Some(name.clone()),
        _ => None,
    }
}

pub(crate) fn arguments(function: &Function) -> Vec<Expr> {
    let FunctionArguments::List(list) = &function.args else {
        return Vec::new();
    };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
            _ => None,
        })
        .collect()
}

type SetValue = Result<Slot, Expr>;

fn set_config(arguments: &[Expr]) -> Option<(Call, SetValue)> {
    let [name, value, local] = arguments else {
        return None;
    };
    let name = names::string(name)?.to_owned();
    let local = match names::literal(local)? {
        Value::Boolean(local) => *local,
        _ => return None,
    };
    let plain = match value {
        Expr::Cast { expr, .. } => &**expr,
        other => other,
    };
    let (value, shown) = match names::literal(plain)? {
        Value::Null => (Argument::Text(None), None),
        Value::Placeholder(number) => {
            let number = number.strip_prefix('$')?.parse().ok()?;
            (Argument::Parameter(number), Some(value.clone()))
        }
        _ => (Argument::Text(Some(names::string(plain)?.to_owned())), None),
    };
    let shown = match shown {
        Some(parameter) => Err(parameter),
        None => Ok(Slot::Setting {
            name: name.clone(),
            missing_ok: true,
        }),
    };
    Some((Call::SetConfig { name, value, local }, shown))
}

pub(crate) fn object_name(parts: &[&str]) -> ObjectName {
    ObjectName(
        parts
            .iter()
            .map(|part| ObjectNamePart::Identifier(Ident::new(*part)))
            .collect(),
    )
}

fn call_of(name: ObjectName, arguments: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments
                .into_iter()
                .map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)))
                .collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    call_of(object_name(&[name]), arguments)
}

fn catalog_call(name: &str, arguments: Vec<Expr>) -> Expr {
    call_of(object_name(&[DATABASE, PG_SCHEMA, name]), arguments)
}

fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(expr),
        data_type,
        format: None,
    }
}

fn null_of(data_type: DataType) -> Expr {
    cast(Expr::Value(Value::Null.into()), data_type)
}

fn unnested(expr: Expr) -> Expr {
    match expr {
        Expr::Nested(inner) => unnested(*inner),
        other => other,
    }
}

fn plain_operator(symbol: &str) -> Option<BinaryOperator> {
    Some(match symbol {
        "=" => BinaryOperator::Eq,
        "<>" => BinaryOperator::NotEq,
        "<" => BinaryOperator::Lt,
        ">" => BinaryOperator::Gt,
        "<=" => BinaryOperator::LtEq,
        ">=" => BinaryOperator::GtEq,
        "+" => BinaryOperator::Plus,
        "-" => BinaryOperator::Minus,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "||" => BinaryOperator::StringConcat,
        _ => return None,
    })
}

/// Whether an operator is LIKE or ILIKE, and negated.
fn like_operator(op: &BinaryOperator) -> Option<(bool, bool)> {
    Some(match op {
        BinaryOperator::PGLikeMatch => (false, false),
        BinaryOperator::PGILikeMatch => (true, false),
        BinaryOperator::PGNotLikeMatch => (false, true),
        BinaryOperator::PGNotILikeMatch => (true, true),
        _ => return None,
    })
}

fn is_integer(expr: &Expr) -> bool {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::Number(digits, _),
            ..
        }) => digits.bytes().all(|digit| digit.is_ascii_digit()),
        Expr::Nested(inner) => is_integer(inner),
        Expr::Cast { data_type, .. } => matches!(
            data_type,
            DataType::Int(_)
                | DataType::Integer(_)
                | DataType::Int2(_)
                | DataType::Int4(_)
                | DataType::Int8(_)
                | DataType::BigInt(_)
                | DataType::SmallInt(_)
        ),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::DuckIntegerDivide | BinaryOperator::Plus | BinaryOperator::Minus,
            right,
        } => is_integer(left) && is_integer(right),
        _ => false,
    }
}

fn holds_slot(expr: &Expr) -> bool {
    expr.to_string().contains(MARK)
}

/// The name of a type like `regclass`.
fn reg_type(data_type: &DataType) -> Option<String> {
    let name = match data_type {
        DataType::Regclass => "regclass".to_owned(),
        DataType::Custom(name, modifiers) if modifiers.is_empty() => {
            match parts(name)?.as_slice() {
                [name] => name.clone(),
                [schema, name] if schema == "pg_catalog" => name.clone(),
                _ => return None,
            }
        }
        _ => return None,
    };
    listed(REG_TYPES, &name).then_some(name)
}

fn cast_to_reg(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Nested(inner) => cast_to_reg(inner),
        Expr::Cast { data_type, .. } => reg_type(data_type),
        _ => None,
    }
}

/// Whether a value is the name of an object rather than its number.
fn is_name(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_name(inner),
        Expr::Cast {
            expr, data_type, ..
        } => is_text(data_type) && !matches!(**expr, Expr::Cast { .. }) || is_text(data_type),
        Expr::Value(value) => matches!(
            value.value,
            Value::SingleQuotedString(_)
                | Value::EscapedStringLiteral(_)
                | Value::DollarQuotedString(_)
                | Value::Placeholder(_)
        ),
        Expr::BinaryOp {
            op: BinaryOperator::StringConcat,
            ..
        } => true,
        Expr::Function(function) => matches!(
            names::last_part(&function.name).as_deref(),
            Some("quote_ident" | "format" | "concat" | "pg_get_serial_sequence")
        ),
        _ => false,
    }
}

/// A parameter has the type that PostgreSQL would give it.
fn text_of(expr: Expr) -> Expr {
    match &expr {
        Expr::Value(ValueWithSpan {
            value: Value::Placeholder(_),
            ..
        }) => cast(expr, DataType::Varchar(None)),
        _ => expr,
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text
        | DataType::Varchar(_)
        | DataType::CharacterVarying(_)
        | DataType::CharVarying(_)
        | DataType::Character(_)
        | DataType::Char(_) => true,
        DataType::Custom(name, _) => matches!(
            names::last_part(name).as_deref(),
            Some("text" | "varchar" | "name" | "bpchar")
        ),
        _ => false,
    }
}

/// Spells a type as DuckDB does; whether that changed anything.
pub(crate) fn change_type(data_type: &mut DataType) -> bool {
    let changed = match data_type {
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _)
            | ArrayElemTypeDef::Qualified(element, _)
            | ArrayElemTypeDef::AngleBracket(element),
        ) => return change_type(element),
        DataType::JSONB => DataType::JSON,
        DataType::BitVarying(_) | DataType::VarBit(_) => DataType::Bit(None),
        DataType::Custom(name, modifiers) => {
            let Some(parts) = parts(name) else {
                return false;
            };
            let (system, name) = match parts.as_slice() {
                [name] => (false, name.as_str()),
                [schema, name] if schema == "pg_catalog" || schema == "information_schema" => {
                    (true, name.as_str())
                }
                _ => return false,
            };
            match name {
                "name" | "cstring" | "unknown" | "citext" | "pg_node_tree" | "aclitem" | "inet"
                | "cidr" | "macaddr" | "xml" | "sql_identifier" | "character_data"
                | "yes_or_no" | "pg_lsn" | "tid" | "refcursor" => DataType::Varchar(None),
                // The type, not the keyword: `"char"`.
                "char" => DataType::Varchar(None),
                "bpchar" | "text" | "varchar" if system => DataType::Varchar(None),
                "oid" | "xid" | "cid" | "xid8" => DataType::BigInt(None),
                "cardinal_number" => DataType::Integer(None),
                "int2vector" => array_type(DataType::SmallInt(None)),
                "oidvector" => array_type(DataType::BigInt(None)),
                "money" => {
                    DataType::Decimal(sqlparser::ast::ExactNumberInfo::PrecisionAndScale(18, 2))
                }
                "jsonb" => DataType::JSON,
                "varbit" => DataType::Bit(None),
                _ if listed(REG_TYPES, name) => DataType::BigInt(None),
                _ if system => {
                    *data_type = DataType::Custom(object_name(&[name]), modifiers.clone());
                    return true;
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    *data_type = changed;
    true
}

fn array_type(element: DataType) -> DataType {
    DataType::Array(ArrayElemTypeDef::SquareBracket(Box::new(element), None))
}

/// `{1,2}` as a list, if it is a plain one; elements of `element` other than texts stay bare
/// strings, which the cast around them reads.
fn array_literal(text: &str, element: Option<&DataType>) -> Option<Expr> {
    let body = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut values = Vec::new();
    let mut characters = body.chars().peekable();
    if body.trim().is_empty() {
        return Some(list_of(values));
    }
    loop {
        while characters.next_if(|next| next.is_whitespace()).is_some() {}
        let mut value = String::new();
        let quoted = characters.next_if_eq(&'"').is_some();
        loop {
            match characters.next() {
                Some('\\') => value.extend(characters.next()),
                Some('"') if quoted => break,
                Some('{' | '}' | '"') if !quoted => return None,
                Some(',') if !quoted => {
                    values.push(element_of(value.trim(), quoted));
                    value.clear();
                    while characters.next_if(|next| next.is_whitespace()).is_some() {}
                    if characters.peek() == Some(&'"') {
                        break;
                    }
                }
                Some(other) => value.push(other),
                None if quoted => return None,
                None => {
                    values.push(element_of(value.trim(), quoted));
                    return Some(typed(values, element));
                }
            }
        }
        if quoted {
            values.push(element_of(&value, true));
            while characters.next_if(|next| next.is_whitespace()).is_some() {}
            match characters.next() {
                Some(',') => {}
                None => return Some(typed(values, element)),
                Some(_) => return None,
            }
        }
    }
}

fn element_of(text: &str, quoted: bool) -> Expr {
    if !quoted && text.eq_ignore_ascii_case("null") {
        return Expr::Value(Value::Null.into());
    }
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

fn typed(values: Vec<Expr>, _element: Option<&DataType>) -> Expr {
    list_of(values)
}

fn list_of(elem: Vec<Expr>) -> Expr {
    Expr::Array(sqlparser::ast::Array { elem, named: true })
}
