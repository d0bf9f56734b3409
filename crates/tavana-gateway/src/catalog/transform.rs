//! One statement's tree, changed from PostgreSQL's words to DuckDB's.
//!
//! Every change is one that the statement would fail or answer wrongly without. Text that belongs
//! to a session becomes a place in the printed text ([`Slots`]); the names of relations and
//! functions go to the hidden catalog database of the engine.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    AccessExpr, ArrayElemTypeDef, BinaryOperator, CaseWhen, CastKind, DataType, Expr, Function,
    FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName,
    ObjectNamePart, OrderByExpr, OrderBySort, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Statement, Subscript, TableAlias,
    TableAliasColumnDef, TableFactor, TableFunctionArgs, TimezoneInfo, Value, ValueWithSpan,
    Values, VisitMut, Visitor, VisitorMut,
};
use tavana_common::catalog::{
    DATABASE, INFORMATION_SCHEMA, INFORMATION_SCHEMA_RELATIONS, PG_FUNCTIONS, PG_RELATIONS,
    PG_SCHEMA, REG_COLUMNS, REG_TYPES,
};

use super::columns::counts_from_zero;
use super::dialect::Language;
use super::functions::Call;
use super::literals::{bits_of, literal_of, respell_interval_of};
use super::names::{self, folded};
use super::shape::holds_columns;
use super::slots::Slot;
use super::system::age_of_transaction;
use super::types::{
    array_literal, array_type, change_cast_type, dimensions_of, is_reg_type_array, is_text,
    is_text_array, reg_type,
};

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
    pub(super) common_tables: HashSet<String>,
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
pub(super) enum Relation {
    /// In this schema of the hidden database.
    Catalog(&'static str, String),
    Session(Slot),
    Common,
    Other,
}

impl Relation {
    pub(super) fn of(name: &ObjectName, common_tables: &HashSet<String>) -> Self {
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
            "tavana" if relation == "queue" => Self::Session(Slot::QueueRelation),
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

pub(super) fn listed(list: &[&str], name: &str) -> bool {
    list.binary_search(&name).is_ok()
}

pub(super) fn parts(name: &ObjectName) -> Option<Vec<String>> {
    name.0
        .iter()
        .map(|part| part.as_ident().map(folded))
        .collect()
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
    /// `->` may stand between the parameter of a lambda and what it does.
    pub(super) has_lambdas: bool,
    mentions_value: bool,
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
            has_lambdas: false,
            mentions_value: false,
        }
    }

    pub(crate) fn run(&mut self, statement: &mut Statement) {
        self.has_lambdas = super::operators::has_lambdas(statement);
        self.mentions_value = mentions_value(statement);
        if let Statement::Query(query) = statement {
            self.top_targets(query);
            self.in_order(query);
        }
        self.top = false;
        super::statements::change(self, statement);
        let ControlFlow::Continue(()) = VisitMut::visit(statement, self);
    }

    pub(crate) fn slot(&mut self, slot: Slot) -> Ident {
        self.changed = true;
        self.slots.place(slot)
    }

    pub(super) fn slot_expr(&mut self, slot: Slot) -> Expr {
        Expr::Identifier(self.slot(slot))
    }

    /// What stands in a select list, a CASE or `||` shows an object's name, not its number.
    fn outward(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Nested(inner) => self.outward(inner),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) if self.reads.only_catalog() => {
                if let Some(reg) = own_name(expr).and_then(|name| reg_of_column(&name)) {
                    *expr = catalog_call(&format!("{reg}_out"), vec![expr.clone()]);
                    self.changed = true;
                }
            }
            Expr::Function(function) => {
                let name = names::last_part(&function.name);
                let reg = name.as_deref().and_then(|name| name.strip_prefix("to_"));
                if let Some(reg) = reg.filter(|reg| REG_TYPES.contains(reg)) {
                    *expr = catalog_call(&format!("{reg}_out"), vec![expr.clone()]);
                    self.changed = true;
                }
            }
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
                } else if is_reg_type_array(data_type) {
                    *expr = catalog_call("_regtypes_out", vec![(**inner).clone()]);
                    self.changed = true;
                }
            }
            _ => {}
        }
    }

    /// As [`Self::outward`], for what becomes an array of texts.
    fn outward_list(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Nested(inner) => self.outward_list(inner),
            Expr::Cast { data_type, .. } if is_reg_type_array(data_type) => self.outward(expr),
            Expr::Function(function)
                if names::last_part(&function.name).as_deref() == Some("coalesce") =>
            {
                if let FunctionArguments::List(list) = &mut function.args {
                    for argument in &mut list.args {
                        if let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument {
                            self.outward_list(argument);
                        }
                    }
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
                SelectItem::UnnamedExpr(expr) if holds_columns(expr) => (None, false),
                SelectItem::UnnamedExpr(expr) => match names::target_name(expr) {
                    // DuckDB would take `current_date` for what its alias is, and calls it so.
                    Some(name) => (Some(name), !is_bare_function(expr)),
                    None => (own_name(expr), false),
                },
                SelectItem::ExprWithAlias { alias, .. } => (Some(folded(alias)), false),
                _ => (None, false),
            })
            .collect();
        let wildcard = named.iter().any(|(name, _)| name.is_none());
        let mut uses = Mentions(HashSet::new());
        uses.look(select);
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for (name, _) in &named {
            *taken
                .entry(name.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
        for (at, item) in select.projection.iter_mut().enumerate() {
            let Some((Some(name), true)) = named.get(at) else {
                continue;
            };
            let twice = taken.get(name.as_str()).is_some_and(|count| *count > 1);
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
            let series = names::last_part(name).as_deref() == Some("generate_series");
            if let Some(changed) = self.function_name(name, false) {
                *name = changed;
                self.changed = true;
            }
            // The one column of a function has the name that the function is given.
            if let Some(alias) = alias
                && series
                && alias.columns.is_empty()
            {
                alias.columns = vec![TableAliasColumnDef {
                    name: alias.name.clone(),
                    data_type: None,
                }];
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
                let relation = match slot {
                    Slot::SettingsRelation => "pg_settings",
                    Slot::QueueRelation => "queue",
                    _ => "pg_stat_activity",
                };
                *name = ObjectName(vec![ObjectNamePart::Identifier(self.slot(slot))]);
                alias.get_or_insert_with(|| alias_of(relation));
            }
            Relation::Common | Relation::Other => {}
        }
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
        let literal = names::string(inner).and_then(|text| literal_of(text, data_type));
        if let Some(literal) = literal {
            **inner = literal;
            self.changed = true;
        }
        self.changed |= change_cast_type(data_type);
        if matches!(
            data_type,
            DataType::Array(ArrayElemTypeDef::SquareBracket(..))
        ) && let Some((list, dimensions)) = names::string(inner).and_then(array_literal)
        {
            **inner = list;
            // PostgreSQL's type is the same for any number of dimensions.
            for _ in dimensions_of(data_type)..dimensions {
                *data_type = array_type(data_type.clone());
            }
            self.changed = true;
        }
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

    /// `generate_series(1, 3) AS i`: to PostgreSQL `i` is the column, to DuckDB a row of it.
    fn name_only_column(&mut self, alias: Option<&mut TableAlias>) {
        if let Some(alias) = alias
            && alias.columns.is_empty()
        {
            alias.columns = vec![TableAliasColumnDef {
                name: alias.name.clone(),
                data_type: None,
            }];
            self.changed = true;
        }
    }

    /// `indkey[0]`: the elements of the catalog's vectors count from 0, those of DuckDB's lists
    /// from 1.
    fn subscript(&mut self, root: &Expr, access_chain: &mut [AccessExpr]) {
        if !self.reads.catalog {
            return;
        }
        let mut name = own_name(root);
        for access in access_chain {
            match access {
                AccessExpr::Dot(field) => name = own_name(field),
                AccessExpr::Subscript(Subscript::Index { index }) => {
                    if name.take().is_some_and(|name| counts_from_zero(&name)) {
                        *index = Expr::BinaryOp {
                            left: Box::new(Expr::Nested(Box::new(index.clone()))),
                            op: BinaryOperator::Plus,
                            right: Box::new(Expr::Value(
                                Value::Number("1".to_owned(), false).into(),
                            )),
                        };
                        self.changed = true;
                    }
                }
                AccessExpr::Subscript(Subscript::Slice { .. }) => name = None,
            }
        }
    }

    /// A backslash escapes in a pattern of PostgreSQL.
    fn escape(&mut self, pattern: &Expr, escape_char: &mut Option<Box<Expr>>) {
        if escape_char.is_none() {
            *escape_char = escape_of(pattern);
            self.changed |= escape_char.is_some();
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
}

impl VisitorMut for Transform {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        if let Some(with) = &mut query.with {
            for table in &mut with.cte_tables {
                if let SetExpr::Values(values) = &*table.query.body {
                    name_values(&mut table.alias, values);
                    self.changed = true;
                } else if table.alias.columns.is_empty() {
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
        self.system_columns(select);
        self.schemas_last(select);
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
        self.changed |= series_of(factor);
        if let Some(derived) = rows_of(factor, self.mentions_value) {
            *factor = derived;
            self.changed = true;
        }
        match factor {
            TableFactor::Table { .. } => self.relation(factor),
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset: false,
                with_ordinality: false,
                ..
            } if array_exprs.len() == 1 => self.name_only_column(alias.as_mut()),
            TableFactor::Function { name, alias, .. } => {
                let one_column = names::last_part(name)
                    .is_some_and(|name| ONE_COLUMN.binary_search(&name.as_str()).is_ok());
                if one_column {
                    self.name_only_column(alias.as_mut());
                }
                if let Some(changed) = self.function_name(name, false) {
                    *name = changed;
                    self.changed = true;
                }
            }
            TableFactor::Derived {
                subquery, alias, ..
            } => {
                if let SetExpr::Values(values) = &*subquery.body {
                    let named = || TableAlias {
                        name: quoted_if_needed("*VALUES*"),
                        ..alias_of("")
                    };
                    name_values(alias.get_or_insert_with(named), values);
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
        self.never_case(expr);
        self.pages(expr);
        self.json_path(expr);
        self.json_key(expr);
        self.json_operands(expr);
        self.substring_of_pattern(expr);
        self.changed |= age_of_transaction(expr);
        match expr {
            Expr::Cast {
                expr: inner,
                data_type,
                ..
            } if is_text(data_type) => {
                self.outward(inner);
                self.vector_text(inner);
            }
            Expr::Cast {
                expr: inner,
                data_type,
                ..
            } if is_text_array(data_type) => self.outward_list(inner),
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
            Expr::TypedString(typed) => {
                let literal = match &typed.value.value {
                    Value::SingleQuotedString(text) => literal_of(text, &typed.data_type),
                    _ => None,
                };
                self.changed |= change_cast_type(&mut typed.data_type) | literal.is_some();
                match literal {
                    Some(Expr::Value(text)) => typed.value = text,
                    Some(moment) => *expr = cast(moment, typed.data_type.clone()),
                    None => {}
                }
            }
            Expr::Interval(interval) => self.changed |= respell_interval_of(interval),
            Expr::Value(value) => {
                if let Some(bits) = bits_of(value) {
                    *expr = bits;
                    self.changed = true;
                }
            }
            Expr::Function(_) => self.function(expr),
            Expr::Overlay {
                expr: text,
                overlay_what: what,
                overlay_from: from,
                overlay_for: length,
            } => {
                let given = [Some(text), Some(what), Some(from), length.as_mut()];
                let arguments = given.into_iter().flatten();
                let arguments = arguments.map(|argument| (**argument).clone()).collect();
                *expr = catalog_call("overlay", arguments);
                self.changed = true;
            }
            Expr::BinaryOp { .. } => self.operator(expr),
            Expr::AnyOp { .. } | Expr::AllOp { .. } | Expr::Like { .. } | Expr::ILike { .. } => {
                self.any(expr);
                if let Expr::Like {
                    pattern,
                    escape_char,
                    any: false,
                    ..
                }
                | Expr::ILike {
                    pattern,
                    escape_char,
                    any: false,
                    ..
                } = expr
                {
                    self.escape(pattern, escape_char);
                }
            }
            Expr::CompoundFieldAccess { root, access_chain } => self.subscript(root, access_chain),
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

/// Whether a statement names a column `value`, as that of the elements of JSON is called.
fn mentions_value(statement: &Statement) -> bool {
    struct Value;

    impl Visitor for Value {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match own_name(expr) {
                Some(name) if name == "value" => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }

    sqlparser::ast::Visit::visit(statement, &mut Value).is_break()
}

/// The type of a column that holds an OID here and shows a name in PostgreSQL.
fn reg_of_column(column: &str) -> Option<&'static str> {
    let at = REG_COLUMNS
        .binary_search_by_key(&column, |(name, _)| name)
        .ok()?;
    REG_COLUMNS.get(at).map(|(_, reg)| *reg)
}

/// What DuckDB has in a select list only, as a query: `unnest` of several arrays,
/// `generate_subscripts`, and functions that give one value.
///
/// `mentions_value`: see [`mentions_value`].
fn rows_of(factor: &TableFactor, mentions_value: bool) -> Option<TableFactor> {
    let mut keeps_name = false;
    let (targets, alias) = match factor {
        TableFactor::UNNEST {
            alias,
            array_exprs,
            with_offset: false,
            with_ordinality,
            ..
        } if array_exprs.len() > 1 => {
            let unnest = |list: Expr| call("unnest", vec![list]);
            let mut targets: Vec<(Expr, String)> = array_exprs
                .iter()
                .map(|array| (unnest(array.clone()), "unnest".to_owned()))
                .collect();
            if *with_ordinality {
                let lengths = array_exprs
                    .iter()
                    .map(|array| call("len", vec![array.clone()]))
                    .collect();
                let one = Expr::Value(Value::Number("1".to_owned(), false).into());
                let places = vec![one, call("greatest", lengths)];
                let numbers = unnest(call("generate_series", places));
                targets.push((numbers, "ordinality".to_owned()));
            }
            (targets, alias.clone())
        }
        TableFactor::Table {
            name,
            alias,
            args: Some(TableFunctionArgs { args, .. }),
            with_ordinality: false,
            ..
        }
        | TableFactor::Function {
            name,
            alias,
            args,
            with_ordinality: false,
            ..
        } => {
            let own = match parts(name)?.as_slice() {
                [_] => true,
                [schema, _] => schema == "pg_catalog",
                _ => false,
            };
            let values = args
                .iter()
                .map(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value.clone()),
                    _ => None,
                })
                .collect::<Option<Vec<Expr>>>()?;
            let function = names::last_part(name)?;
            if let Some(targets) = json_rows(&function, &values).filter(|_| own) {
                // Tools name the function and then either its column or, as if it were a value,
                // the function.
                keeps_name = mentions_value || alias.is_none();
                let own_alias = || TableAlias {
                    explicit: true,
                    name: Ident::new(function),
                    columns: Vec::new(),
                    at: None,
                };
                (targets, Some(alias.clone().unwrap_or_else(own_alias)))
            } else if function == "generate_subscripts"
                || own && VALUE_FUNCTIONS.contains(&function.as_str())
                || function.starts_with("pg_")
                    && listed(PG_FUNCTIONS, &function)
                    && !TABLE_FUNCTIONS.contains(&function.as_str())
            {
                (vec![(call(&function, values), function)], alias.clone())
            } else {
                return None;
            }
        }
        _ => return None,
    };
    let Some(Statement::Query(mut subquery)) = Language::PostgreSql.parse("SELECT 1") else {
        return None;
    };
    let SetExpr::Select(select) = &mut *subquery.body else {
        return None;
    };
    let alone = targets.len() == 1;
    select.projection = targets
        .into_iter()
        .map(|(expr, name)| SelectItem::ExprWithAlias {
            expr,
            // The one column of a function has the name that the function is given.
            alias: match &alias {
                Some(alias) if alone && !keeps_name => alias.name.clone(),
                _ => Ident::new(name),
            },
        })
        .collect();
    Some(TableFactor::Derived {
        lateral: true,
        subquery,
        alias,
        sample: None,
    })
}

/// The columns of functions that make rows of a JSON value.
fn json_rows(function: &str, values: &[Expr]) -> Option<Vec<(Expr, String)>> {
    let [value] = values else {
        return None;
    };
    let json = || cast(value.clone(), DataType::JSON);
    let path = || Expr::Value(Value::SingleQuotedString("$.*".to_owned()).into());
    let unnest = |list: Expr| call("unnest", vec![list]);
    let keys = || (unnest(call("json_keys", vec![json()])), "key".to_owned());
    let members = |extract: &str| {
        let list = call(extract, vec![json(), path()]);
        vec![keys(), (unnest(list), "value".to_owned())]
    };
    Some(match function {
        "json_array_elements"
        | "json_array_elements_text"
        | "jsonb_array_elements"
        | "jsonb_array_elements_text" => {
            vec![(call(function, vec![value.clone()]), "value".to_owned())]
        }
        "json_object_keys" | "jsonb_object_keys" => {
            vec![(call(function, vec![value.clone()]), function.to_owned())]
        }
        // `json_each` is DuckDB's own, with more columns.
        "jsonb_each" => members("json_extract"),
        "json_each_text" | "jsonb_each_text" => members("json_extract_string"),
        _ => return None,
    })
}

/// `generate_series(a, b, '1 day')`: to DuckDB, the step is no interval yet.
fn series_of(factor: &mut TableFactor) -> bool {
    let (TableFactor::Table {
        name,
        args: Some(TableFunctionArgs { args, .. }),
        ..
    }
    | TableFactor::Function { name, args, .. }) = factor
    else {
        return false;
    };
    if names::last_part(name).as_deref() != Some("generate_series") {
        return false;
    }
    series_of_arguments(args)
}

/// See [`series_of`]. A beginning or an end that is a literal is a point in time, too.
pub(super) fn series_of_arguments(arguments: &mut [FunctionArg]) -> bool {
    let [
        FunctionArg::Unnamed(FunctionArgExpr::Expr(start)),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(stop)),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(step)),
    ] = arguments
    else {
        return false;
    };
    if !interval_of(step) && !matches!(step, Expr::Interval(_)) {
        return false;
    }
    let zone = if names::string(start).is_some() && names::string(stop).is_some() {
        TimezoneInfo::Tz
    } else {
        TimezoneInfo::None
    };
    for end in [start, stop] {
        if let Some(text) = names::string(end) {
            let data_type = DataType::Timestamp(None, zone);
            let value = literal_of(text, &data_type).unwrap_or_else(|| end.clone());
            *end = cast(value, data_type);
        }
    }
    true
}

/// A literal that says how long something is, as an interval.
pub(super) fn interval_of(literal: &mut Expr) -> bool {
    let Some(text) = names::string(literal) else {
        return false;
    };
    // Numbers have steps without a unit.
    if !text.contains(|next: char| next.is_ascii_alphabetic() || next == ':') {
        return false;
    }
    let data_type = DataType::Interval {
        fields: None,
        precision: None,
    };
    let value = literal_of(text, &data_type).unwrap_or_else(|| literal.clone());
    *literal = cast(value, data_type);
    true
}

/// Functions with one value that clients ask for as if it were a table.
const VALUE_FUNCTIONS: [&str; 22] = [
    "abs",
    "clock_timestamp",
    "concat",
    "current_database",
    "current_schema",
    "current_setting",
    "currval",
    "date_trunc",
    "gen_random_uuid",
    "length",
    "lower",
    "md5",
    "nextval",
    "now",
    "random",
    "round",
    "statement_timestamp",
    "to_char",
    "to_date",
    "transaction_timestamp",
    "upper",
    "version",
];

/// Functions of the catalog that give rows.
const TABLE_FUNCTIONS: [&str; 10] = [
    "pg_available_extension_versions",
    "pg_available_extensions",
    "pg_get_keywords",
    "pg_get_publication_tables",
    "pg_listening_channels",
    "pg_options_to_table",
    "pg_partition_ancestors",
    "pg_partition_tree",
    "pg_sequence_parameters",
    "pg_tablespace_databases",
];

/// Functions with one column, which PostgreSQL names as the alias says.
const ONE_COLUMN: [&str; 8] = [
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_array_elements_text",
    "json_object_keys",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
];

/// `current_date`: a function without parentheses.
fn is_bare_function(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(function) if matches!(function.args, FunctionArguments::None))
}

fn item_is_call(item: &SelectItem) -> bool {
    matches!(item, SelectItem::UnnamedExpr(Expr::Function(_)))
}

pub(super) fn own_name(expr: &Expr) -> Option<String> {
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

fn name_values(alias: &mut TableAlias, values: &Values) {
    if !alias.columns.is_empty() {
        return;
    }
    let columns = values.rows.first().map_or(0, |row| row.content.len());
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

pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    call_of(object_name(&[name]), arguments)
}

pub(super) fn catalog_call(name: &str, arguments: Vec<Expr>) -> Expr {
    call_of(object_name(&[DATABASE, PG_SCHEMA, name]), arguments)
}

pub(super) fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(expr),
        data_type,
        format: None,
    }
}

/// The character that escapes in a pattern for which a statement names none, where there can be
/// something to escape.
pub(super) fn escape_of(pattern: &Expr) -> Option<Box<Expr>> {
    let literal_without = names::string(pattern).is_some_and(|text| !text.contains('\\'));
    let backslash = Value::SingleQuotedString("\\".to_owned());
    (!literal_without).then(|| Box::new(Expr::Value(backslash.into())))
}

pub(super) fn unnested(expr: Expr) -> Expr {
    match expr {
        Expr::Nested(inner) => unnested(*inner),
        other => other,
    }
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
