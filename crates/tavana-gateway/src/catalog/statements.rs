//! Statements that define or remove objects: the parts that DuckDB spells otherwise.

use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, ColumnOption, ColumnOptionDef, CommentObject,
    CreateIndex, CreateTableOptions, Expr, Ident, IndexType, Insert, ObjectName, ObjectNamePart,
    ObjectType, Query, RenameTableNameKind, SchemaName, SetExpr, SqlOption, Statement,
};

use super::names;
use super::transform::Transform;
use super::types::change_type;

/// Storage parameters and the like, which say nothing about the rows.
const STORAGE: [&str; 5] = [
    "fillfactor",
    "autovacuum_enabled",
    "oids",
    "toast_tuple_target",
    "parallel_workers",
];

/// Changes what the walk through expressions and relations does not reach.
pub(super) fn change(transform: &mut Transform, statement: &mut Statement) {
    match statement {
        Statement::CreateTable(table) => {
            for column in &mut table.columns {
                transform.changed |= change_type(&mut column.data_type);
            }
            if let CreateTableOptions::With(options) = &mut table.table_options {
                let before = options.len();
                options.retain(|option| !is_storage(option));
                transform.changed |= options.len() != before;
                if options.is_empty() {
                    table.table_options = CreateTableOptions::None;
                }
            }
            if let Some(query) = &mut table.query {
                transform.name_targets(query);
            }
        }
        Statement::CreateView(view) if view.columns.is_empty() => {
            transform.name_targets(&mut view.query);
        }
        Statement::CreateSchema {
            schema_name: SchemaName::Simple(name),
            ..
        } => transform.schema(name),
        Statement::AlterTable(table) => {
            if std::mem::take(&mut table.only) {
                transform.changed = true;
            }
            for operation in &mut table.operations {
                match operation {
                    AlterTableOperation::AddColumn { column_def, .. } => {
                        transform.changed |= change_type(&mut column_def.data_type);
                    }
                    AlterTableOperation::AlterColumn {
                        op: AlterColumnOperation::SetDataType { data_type, .. },
                        ..
                    } => transform.changed |= change_type(data_type),
                    AlterTableOperation::RenameTable {
                        table_name: RenameTableNameKind::To(name) | RenameTableNameKind::As(name),
                    } => {
                        // The new name stays in the schema of the old one.
                        if name.0.len() > 1
                            && let Some(last) = name.0.pop()
                        {
                            name.0 = vec![last];
                            transform.changed = true;
                        }
                    }
                    _ => {}
                }
            }
        }
        Statement::Drop {
            object_type, names, ..
        } => {
            for name in names {
                match object_type {
                    ObjectType::Schema => transform.schema(name),
                    _ => transform.object(name),
                }
            }
        }
        Statement::Comment {
            object_type,
            object_name,
            ..
        } => match object_type {
            CommentObject::Schema => transform.schema(object_name),
            CommentObject::Column => {
                // The last part is the column, those before it are the table.
                if let Some(column) = object_name.0.pop() {
                    transform.object(object_name);
                    object_name.0.push(column);
                }
            }
            _ => transform.object(object_name),
        },
        Statement::CreateIndex(index) => transform.changed |= change_index(index),
        Statement::Truncate(truncate) => {
            for target in &mut truncate.table_names {
                transform.object(&mut target.name);
                transform.changed |= target.only || target.has_asterisk;
                target.only = false;
                target.has_asterisk = false;
            }
            transform.changed |= truncate.identity.take().is_some();
            transform.changed |= truncate.cascade.take().is_some();
        }
        _ => {}
    }
}

/// DuckDB makes no names for indexes, and has one kind of them.
fn change_index(index: &mut CreateIndex) -> bool {
    let mut changed = std::mem::take(&mut index.concurrently);
    if matches!(index.using, Some(IndexType::BTree | IndexType::Hash)) {
        index.using = None;
        changed = true;
    }
    if index.name.is_none()
        && let Some(table) = names::last_part(&index.table_name)
    {
        let name = std::iter::once(table)
            .chain(
                index
                    .columns
                    .iter()
                    .map(|column| match &column.column.expr {
                        Expr::Identifier(name) => names::folded(name),
                        Expr::Function(function) => {
                            names::last_part(&function.name).unwrap_or_else(|| "expr".to_owned())
                        }
                        _ => "expr".to_owned(),
                    }),
            )
            .chain(std::iter::once("idx".to_owned()))
            .collect::<Vec<_>>()
            .join("_");
        let name = ObjectNamePart::Identifier(Ident::with_quote('"', name));
        index.name = Some(ObjectName(vec![name]));
        changed = true;
    }
    changed
}

fn is_storage(option: &SqlOption) -> bool {
    match option {
        SqlOption::KeyValue { key, .. } | SqlOption::Ident(key) => {
            let name = key.value.to_ascii_lowercase();
            STORAGE.contains(&name.as_str()) || name.starts_with("autovacuum_")
        }
        _ => false,
    }
}

/// The statements that one with several objects stands for; one when it has only one.
pub(super) fn split(statement: &Statement) -> Vec<Statement> {
    match statement {
        Statement::Drop { names, .. } if names.len() > 1 => names
            .iter()
            .map(|name| {
                let mut one = statement.clone();
                if let Statement::Drop { names, .. } = &mut one {
                    *names = vec![name.clone()];
                }
                one
            })
            .collect(),
        Statement::Truncate(truncate) if truncate.table_names.len() > 1 => truncate
            .table_names
            .iter()
            .map(|target| {
                let mut one = truncate.clone();
                one.table_names = vec![target.clone()];
                Statement::Truncate(one)
            })
            .collect(),
        Statement::AlterTable(table) => {
            let one = |operation: AlterTableOperation| {
                let mut one = table.clone();
                one.operations = vec![operation];
                Statement::AlterTable(one)
            };
            let operations = table.operations.iter().flat_map(operations);
            let statements: Vec<Statement> = operations.map(one).collect();
            if statements.len() > 1 {
                statements
            } else {
                vec![statement.clone()]
            }
        }
        _ => vec![statement.clone()],
    }
}

/// What DuckDB takes for one operation: a column that it adds has no constraints yet.
fn operations(operation: &AlterTableOperation) -> Vec<AlterTableOperation> {
    let mut added = operation.clone();
    if let AlterTableOperation::AddColumn {
        column_def,
        if_not_exists: false,
        ..
    } = &mut added
    {
        let is_not_null = |option: &ColumnOptionDef| option.option == ColumnOption::NotNull;
        let before = column_def.options.len();
        column_def.options.retain(|option| !is_not_null(option));
        if column_def.options.len() != before {
            let filled = AlterTableOperation::AlterColumn {
                column_name: column_def.name.clone(),
                op: AlterColumnOperation::SetNotNull,
            };
            return vec![added, filled];
        }
    }
    vec![added]
}

/// Whether it renames a table, which PostgreSQL lets it do to a view, too.
pub(super) fn renames(statement: &Statement) -> bool {
    matches!(statement, Statement::AlterTable(table)
        if matches!(table.operations.as_slice(), [AlterTableOperation::RenameTable { .. }]))
}

/// The targets that a statement returns, if it has a list of them.
pub(super) fn returning(statement: &Statement) -> Option<&[sqlparser::ast::SelectItem]> {
    match statement {
        Statement::Insert(Insert { returning, .. }) => returning.as_deref(),
        Statement::Update(update) => update.returning.as_deref(),
        Statement::Delete(delete) => delete.returning.as_deref(),
        Statement::Query(query) => first_targets(query),
        _ => None,
    }
}

fn first_targets(query: &Query) -> Option<&[sqlparser::ast::SelectItem]> {
    let mut body = &*query.body;
    loop {
        match body {
            SetExpr::Select(select) => return Some(&select.projection),
            SetExpr::Query(query) => body = &query.body,
            SetExpr::SetOperation { left, .. } => body = left,
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement) => {
                return returning(statement);
            }
            _ => return None,
        }
    }
}
