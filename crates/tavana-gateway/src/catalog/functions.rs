//! Functions: those of the session, those of the hidden catalog, and those that return rows.

use sqlparser::ast::{
    BinaryOperator, DataType, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments, Ident, ObjectName, Query, SelectItem, SetExpr, Value, WindowFrameBound,
    WindowSpec, WindowType,
};
use tavana_common::catalog::{DATABASE, PG_FUNCTIONS, PG_RENAMES, PG_SCHEMA};

use super::columns::counts_from_zero;
use super::names;
use super::slots::Slot;
use super::transform::{
    Transform, call, cast, listed, object_name, own_name, parts, series_of_arguments,
};

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

impl Transform {
    /// Calls that act on the session stand among the targets of the outermost SELECT.
    pub(super) fn top_targets(&mut self, query: &mut Query) {
        let SetExpr::Select(select) = &mut *query.body else {
            return;
        };
        let mut starred = false;
        // Its ORDER BY must name the targets as they are.
        let is_distinct_query = select.distinct.is_some();
        let first_set = select.projection.iter().position(sets);
        for (column, item) in select.projection.iter_mut().enumerate() {
            // A word that is a call to DuckDB.
            if let SelectItem::UnnamedExpr(Expr::Identifier(word)) = item
                && word.quote_style.is_none()
                && word.value.eq_ignore_ascii_case("current_schema")
            {
                *item = SelectItem::ExprWithAlias {
                    expr: Expr::Identifier(word.clone()),
                    alias: Ident::new("current_schema"),
                };
                continue;
            }
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
                // Drivers make texts of integers of eight bytes, or decimals.
                name if LENGTHS.contains(&name) && !is_distinct_query => {
                    *expr = cast(expr.clone(), DataType::Integer(None));
                    self.changed = true;
                }
                // Targets are computed from left to right; the settings are changed before that.
                "current_setting" if first_set.is_some_and(|first| column < first) => {
                    if let [setting, ..] = arguments.as_slice()
                        && let Some(name) = names::string(setting)
                    {
                        let name = name.to_owned();
                        let missing_ok = arguments.len() > 1;
                        *expr = self.slot_expr(Slot::SettingBefore { name, missing_ok });
                    }
                }
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

    /// The name a function has in DuckDB; `None` when it is the same.
    pub(super) fn function_name(
        &mut self,
        name: &ObjectName,
        has_clauses: bool,
    ) -> Option<ObjectName> {
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
        // The same function under another name.
        if let Some(renamed) = renamed(function) {
            return Some(object_name(&[renamed]));
        }
        if listed(PG_FUNCTIONS, function) && !has_clauses {
            return Some(object_name(&[DATABASE, PG_SCHEMA, function]));
        }
        qualified.then(|| ObjectName(name.0.last().cloned().into_iter().collect()))
    }

    pub(super) fn function(&mut self, expr: &mut Expr) {
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
        if let Some("json_agg" | "jsonb_agg") = names::last_part(&function.name).as_deref()
            && (has_clauses || is_distinct(function))
        {
            // DuckDB's own is a macro, which knows none of the words of an aggregate.
            function.name = object_name(&["list"]);
            *expr = call("to_json", vec![expr.clone()]);
            self.changed = true;
            return;
        }
        if let Some(WindowType::WindowSpec(WindowSpec {
            window_frame: Some(frame),
            ..
        })) = &mut function.over
        {
            let end = frame.end_bound.as_mut();
            for bound in std::iter::once(&mut frame.start_bound).chain(end) {
                if let WindowFrameBound::Preceding(Some(distance))
                | WindowFrameBound::Following(Some(distance)) = bound
                {
                    // The parser has made an interval of a literal.
                    self.changed |= matches!(**distance, Expr::Interval(_));
                }
            }
        }
        if let Some(
            name @ ("generate_series" | "date_trunc" | "current_timestamp" | "localtimestamp"),
        ) = names::last_part(&function.name).as_deref()
        {
            if name == "generate_series" {
                if let FunctionArguments::List(list) = &mut function.args {
                    self.changed |= series_of_arguments(&mut list.args);
                }
            } else if let Some(changed) = time_call(name, &arguments(function)) {
                *expr = changed;
                self.changed = true;
                return;
            }
        }
        // DuckDB wants to be told that blanks are meant.
        if let Some("lpad" | "rpad") = names::last_part(&function.name).as_deref()
            && let FunctionArguments::List(list) = &mut function.args
            && list.args.len() == 2
        {
            let blank = Expr::Value(Value::SingleQuotedString(" ".to_owned()).into());
            list.args
                .push(FunctionArg::Unnamed(FunctionArgExpr::Expr(blank)));
            self.changed = true;
        }
        if let Some(name) = self.function_name(&function.name, has_clauses) {
            function.name = name;
            self.changed = true;
        }
        // The elements of the catalog's vectors count from 0.
        if self.reads.catalog
            && names::last_part(&function.name).as_deref() == Some("generate_subscripts")
            && let Some(list) = arguments(function).first().and_then(own_name)
            && counts_from_zero(&list)
        {
            *expr = Expr::Nested(Box::new(Expr::BinaryOp {
                left: Box::new(expr.clone()),
                op: BinaryOperator::Minus,
                right: Box::new(Expr::Value(Value::Number("1".to_owned(), false).into())),
            }));
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

    /// Functions that return rows in a select list.
    pub(super) fn set_returning(&mut self, expr: &mut Expr) {
        // In a statement about anything else, DuckDB's lists are what its users expect.
        if !self.reads.catalog {
            return;
        }
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

/// `date_trunc` with a zone, and moments with a precision.
fn time_call(name: &str, arguments: &[Expr]) -> Option<Expr> {
    match (name, arguments) {
        // The day begins where the zone is.
        ("date_trunc", [part, moment, zone]) => {
            let there = call("timezone", vec![zone.clone(), moment.clone()]);
            let begins = call("date_trunc", vec![part.clone(), there]);
            Some(call("timezone", vec![zone.clone(), begins]))
        }
        ("current_timestamp" | "localtimestamp", [digits]) => {
            let moment = Expr::Identifier(Ident::new(name));
            let part = match names::literal(digits) {
                Some(Value::Number(digits, _)) if digits == "0" => "second",
                Some(Value::Number(digits, _)) if digits == "3" => "milliseconds",
                Some(Value::Number(digits, _)) if digits == "6" => "microseconds",
                // DuckDB has no other parts.
                _ => return None,
            };
            let part = Expr::Value(Value::SingleQuotedString(part.to_owned()).into());
            Some(call("date_trunc", vec![part, moment]))
        }
        _ => None,
    }
}

/// Functions that give an integer of four bytes in PostgreSQL.
const LENGTHS: [&str; 8] = [
    "bit_length",
    "char_length",
    "character_length",
    "json_array_length",
    "jsonb_array_length",
    "length",
    "octet_length",
    "strpos",
];

/// What DuckDB calls a function that it has under another name.
pub(super) fn renamed(function: &str) -> Option<&'static str> {
    let at = PG_RENAMES
        .binary_search_by_key(&function, |(name, _)| name)
        .ok()?;
    PG_RENAMES.get(at).map(|(_, renamed)| *renamed)
}

/// The name of a function that may be the session's: without a schema, or with `pg_catalog`.
pub(super) fn session_function(function: &Function) -> Option<String> {
    match parts(&function.name)?.as_slice() {
        [name] => Some(name.clone()),
        [schema, name] if schema == "pg_catalog" => Some(name.clone()),
        _ => None,
    }
}

fn is_distinct(function: &Function) -> bool {
    matches!(&function.args, FunctionArguments::List(list)
        if list.duplicate_treatment == Some(DuplicateTreatment::Distinct))
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

/// Whether a target calls `set_config`.
fn sets(item: &SelectItem) -> bool {
    match item {
        SelectItem::UnnamedExpr(Expr::Function(function))
        | SelectItem::ExprWithAlias {
            expr: Expr::Function(function),
            ..
        } => session_function(function).as_deref() == Some("set_config"),
        _ => false,
    }
}

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

fn null_of(data_type: DataType) -> Expr {
    cast(Expr::Value(Value::Null.into()), data_type)
}
