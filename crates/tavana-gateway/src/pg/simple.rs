//! The simple protocol: one Query, any number of statements, one ReadyForQuery.

use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::{Connection, Fault};
use super::rows::ActiveRows;
use crate::session::{Answer, Class, Parameters, Statement};

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Runs the statements one after the other, and stops at the first that fails.
    pub(super) async fn simple_query(&mut self, sql: &str) -> Result<(), Fault> {
        let statements = Statement::split(sql)?;
        if statements.is_empty() {
            self.empty_query()?;
            return Ok(());
        }
        let several = statements.len() > 1;
        let result = self.simple_statements(&statements, several).await;
        let well = result.is_ok() && !self.session.block_failed();
        let ended = self.session.end_implicit(well).await;
        result?;
        ended?;
        Ok(())
    }

    async fn simple_statements(
        &mut self,
        statements: &[Statement],
        several: bool,
    ) -> Result<(), Fault> {
        for statement in statements {
            // Several statements are one transaction unless they say otherwise; ones that only
            // read need none.
            let alone = !several && !self.session.settings().transaction_read_only();
            if statement.needs_implicit_block(alone) {
                self.session.begin_implicit();
            }
            self.simple_statement(statement).await?;
        }
        Ok(())
    }

    async fn simple_statement(&mut self, statement: &Statement) -> Result<(), Fault> {
        match statement.class() {
            Class::CopyOut { query, options } => {
                let (query, options) = (query.clone(), options.clone());
                return self.copy_out(&query, &options, Parameters::none()).await;
            }
            Class::CopyIn {
                table,
                columns,
                options,
            } => {
                let (table, columns, options) = (table.clone(), columns.clone(), options.clone());
                return self.copy_in(&table, &columns, &options).await;
            }
            // Statements of the extended protocol and of SQL share their names.
            Class::Deallocate { name } if self.statements.remove(name).is_some() => {
                return Ok(self.command_complete("DEALLOCATE")?);
            }
            _ => {}
        }
        match self.execute_watching(statement, Parameters::none()).await? {
            Answer::Rows(rows) => {
                // What FETCH gives has the format that DECLARE said.
                let formats = match statement.class() {
                    Class::Fetch { name, .. } => vec![self.session.cursor_format(name)],
                    _ => Vec::new(),
                };
                let mut rows = ActiveRows::new(rows, &formats, self.session.settings().text())?;
                self.put_row_description(rows.columns(), &formats)?;
                self.send_rows(&mut rows, None).await?;
                let tag = rows.tag(statement);
                self.command_complete(&tag)?;
            }
            Answer::Done(completion) => {
                self.notices(&completion.notices)?;
                if let Class::Commit { .. } | Class::Rollback { .. } | Class::DiscardAll =
                    statement.class()
                {
                    self.portals.clear();
                }
                if let Class::DiscardAll = statement.class() {
                    self.statements.clear();
                }
                if let Class::Discard { what } = statement.class()
                    && what == "DEALLOCATE ALL"
                {
                    self.statements.clear();
                }
                self.command_complete(&completion.tag)?;
            }
        }
        Ok(())
    }
}
