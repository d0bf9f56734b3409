//! The languages in which statements are read: PostgreSQL's, and DuckDB's where that fails.

use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect, PostgreSqlDialect};
use sqlparser::parser::Parser;

/// How deep parentheses, subqueries and the like may nest.
const NESTING_MAX: usize = 50;

#[expect(unreachable_pub, reason = "the macro makes what is public")]
mod friendly {
    use sqlparser::derive_dialect;
    use sqlparser::dialect::PostgreSqlDialect;

    // What DuckDB takes and PostgreSQL does not (DuckDB's documentation, "Friendly SQL"). Everything
    // else, the precedence of operators above all, is PostgreSQL's.
    derive_dialect!(Friendly, PostgreSqlDialect, preserve_type_id = true, overrides = {
        support_map_literal_syntax = true,
        supports_dictionary_syntax = true,
        supports_from_first_select = true,
        supports_lambda_functions = true,
        supports_named_fn_args_with_eq_operator = true,
        supports_named_fn_args_with_assignment_operator = true,
        supports_order_by_all = true,
        supports_select_wildcard_exclude = true,
        supports_select_wildcard_replace = true,
        supports_trailing_commas = true,
        supports_values_as_table_factor = true,
        supports_window_clause_named_window_reference = true,
    });
}

/// A language in which a statement can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    PostgreSql,
    DuckDb,
}

impl Language {
    /// The one statement of `sql` and the language it is in; `None` when it is none that the parser
    /// knows.
    pub(super) fn read(sql: &str) -> Option<(Self, Statement)> {
        [Self::PostgreSql, Self::DuckDb]
            .into_iter()
            .find_map(|language| Some((language, language.parse(sql)?)))
    }

    /// The one statement of `sql`.
    pub(super) fn parse(self, sql: &str) -> Option<Statement> {
        let friendly = friendly::Friendly::new();
        let dialect: &dyn Dialect = match self {
            Self::PostgreSql => &PostgreSqlDialect {},
            Self::DuckDb => &friendly,
        };
        let parser = Parser::new(dialect)
            .with_recursion_limit(NESTING_MAX)
            .try_with_sql(sql);
        let mut statements = parser.ok()?.parse_statements().ok()?;
        match statements.len() {
            1 => statements.pop(),
            _ => None,
        }
    }
}
