//! COPY with the client's own stream (PostgreSQL protocol, "COPY Operations").

pub(super) mod format;
mod input;
mod options;

use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::copy::{CopyDone, CopyOutResponse};
use tokio::io::{AsyncRead, AsyncWrite};

use self::format::{CopyEncoder, CopyFormat, ForceQuote};
use self::options::{Copying, Way};
use super::connection::{Connection, Fault, attend};
use super::rows::{Batches, encode_error, next_batch, send_ready};
use super::wire::FLUSH_BYTES;
use crate::session::statement::CopyOptions;
use crate::session::{Parameters, Statement};

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// COPY ... TO STDOUT.
    pub(super) async fn copy_out(
        &mut self,
        query: &Statement,
        options: &CopyOptions,
        parameters: Parameters,
    ) -> Result<(), Fault> {
        let Copying { format, .. } = options::parse(options, Way::Out)?;
        let (news, wanted) = (self.session.news(), self.wants_notices());
        let mut rows = tokio::select! {
            biased;
            rows = self.session.query(query, parameters) => rows?,
            problem = attend(&mut self.wire, &news, wanted) => return Err(problem.into()),
        };
        let mut batches = Batches::new(&rows.facts().schema)?;
        let (names, types): (Vec<String>, Vec<String>) = rows
            .facts()
            .columns
            .iter()
            .map(|column| (column.name.clone(), column.duckdb_type.clone()))
            .unzip();
        if let CopyFormat::Csv {
            force_quote: ForceQuote::Columns(wanted),
            ..
        } = &format
        {
            options::check_names(wanted, &names)?;
        }
        let code = i8::from(matches!(format, CopyFormat::Binary));
        let mut encoder = CopyEncoder::new(
            batches.schema(),
            &types,
            &names,
            format,
            self.session.settings().text(),
        )
        .map_err(|error| encode_error(&error))?;
        let columns = i16::try_from(types.len()).unwrap_or(i16::MAX);
        self.wire.put(&PgWireBackendMessage::CopyOutResponse(
            CopyOutResponse::new(code, columns, vec![i16::from(code); types.len()]),
        ))?;
        encoder.header(self.wire.output());
        let cancelled = self.session.canceller().current();
        let mut count = 0_u64;
        while let Some(batch) =
            next_batch(&mut self.wire, &mut batches, &mut rows, &cancelled).await?
        {
            let mut at = 0;
            while at < batch.num_rows() {
                at = encoder
                    .encode_until(
                        &batch,
                        at..batch.num_rows(),
                        FLUSH_BYTES,
                        self.wire.output(),
                    )
                    .map_err(|error| encode_error(&error))?;
                if self.wire.output().len() >= FLUSH_BYTES {
                    send_ready(&mut self.wire, &cancelled).await?;
                }
            }
            count += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        }
        encoder.trailer(self.wire.output());
        self.wire
            .put(&PgWireBackendMessage::CopyDone(CopyDone::new()))?;
        self.command_complete(&format!("COPY {count}"))?;
        Ok(())
    }
}
