//! Arrow IPC messages as clients send them. The readers of the arrow crates trust what a message
//! says of itself, and panic where it is wrong.

use arrow_flight::FlightData;
use arrow_ipc::{Endianness, Field, TimeUnit, Type};
use arrow_schema::SchemaRef;

use crate::worker::decode_schema;

/// How deep types may nest.
const NESTING_MAX: usize = 64;

/// What a batch or a dictionary says of itself, and is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// 0 for a dictionary.
    pub(super) rows: u64,
    pub(super) body_bytes: usize,
    /// When its buffers are not compressed any more.
    pub(super) unfolded_bytes: usize,
}

/// Whether the header of a message fits its body. `Some(None)` for a message that is neither a
/// batch nor a dictionary, `None` for one that is malformed.
pub(super) fn check(message: &FlightData) -> Option<Option<Checked>> {
    let header = arrow_ipc::root_as_message(&message.data_header).ok()?;
    let dictionary = header.header_as_dictionary_batch();
    let rows = header.header_as_record_batch();
    let Some(batch) = rows.or_else(|| dictionary.and_then(|dictionary| dictionary.data())) else {
        return Some(None);
    };
    let body_bytes = usize::try_from(header.bodyLength()).ok()?;
    let body = message.data_body.get(..body_bytes)?;
    let length = u64::try_from(batch.length()).ok()?;
    let nodes_hold = batch.nodes().is_none_or(|nodes| {
        nodes
            .iter()
            .all(|node| (0..=node.length()).contains(&node.null_count()))
    });
    if !nodes_hold {
        return None;
    }
    let mut unfolded_bytes = 0_usize;
    for buffer in batch.buffers().into_iter().flatten() {
        let offset = usize::try_from(buffer.offset()).ok()?;
        let length = usize::try_from(buffer.length()).ok()?;
        let bytes = body.get(offset..offset.checked_add(length)?)?;
        let length = match (batch.compression(), bytes.first_chunk::<8>()) {
            // A compressed buffer begins with its unfolded length; -1 = it is not compressed.
            (Some(_), Some(prefix)) => match i64::from_le_bytes(*prefix) {
                -1 => length,
                unfolded => usize::try_from(unfolded).ok()?,
            },
            _ => length,
        };
        unfolded_bytes = unfolded_bytes.saturating_add(length);
    }
    Some(Some(Checked {
        rows: if rows.is_some() { length } else { 0 },
        body_bytes,
        unfolded_bytes,
    }))
}

/// The schema in a message; `None` when there is none, or one that cannot be.
pub(super) fn schema_of(header: &[u8]) -> Option<SchemaRef> {
    let message = arrow_ipc::root_as_message(header).ok()?;
    let schema = message.header_as_schema()?;
    let little = schema.endianness() == Endianness::Little;
    if !little || !schema.fields()?.iter().all(|field| is_sound(field, 0)) {
        return None;
    }
    decode_schema(header).ok()
}

/// Whether a field has a type that there is.
fn is_sound(field: Field<'_>, depth: usize) -> bool {
    let children = field.children();
    let count = children.map_or(0, |children| children.len());
    let below = || {
        depth < NESTING_MAX
            && children
                .into_iter()
                .flatten()
                .all(|child| is_sound(child, depth + 1))
    };
    let is_width = |width| matches!(width, 8 | 16 | 32 | 64);
    let keys = match field.dictionary() {
        None => true,
        Some(dictionary) => dictionary
            .indexType()
            .is_some_and(|keys| is_width(keys.bitWidth())),
    };
    let itself = match field.type_type() {
        Type::Null
        | Type::Bool
        | Type::Binary
        | Type::BinaryView
        | Type::LargeBinary
        | Type::Utf8
        | Type::Utf8View
        | Type::LargeUtf8 => true,
        Type::Int => field
            .type_as_int()
            .is_some_and(|int| is_width(int.bitWidth())),
        Type::FixedSizeBinary => field
            .type_as_fixed_size_binary()
            .is_some_and(|binary| binary.byteWidth() >= 0),
        Type::FloatingPoint => field
            .type_as_floating_point()
            .is_some_and(|float| float.precision().variant_name().is_some()),
        Type::Date => field
            .type_as_date()
            .is_some_and(|date| date.unit().variant_name().is_some()),
        Type::Time => field.type_as_time().is_some_and(|time| {
            matches!(
                (time.bitWidth(), time.unit()),
                (32, TimeUnit::SECOND | TimeUnit::MILLISECOND)
                    | (64, TimeUnit::MICROSECOND | TimeUnit::NANOSECOND)
            )
        }),
        Type::Timestamp => field
            .type_as_timestamp()
            .is_some_and(|timestamp| timestamp.unit().variant_name().is_some()),
        Type::Interval => field
            .type_as_interval()
            .is_some_and(|interval| interval.unit().variant_name().is_some()),
        Type::Duration => field
            .type_as_duration()
            .is_some_and(|duration| duration.unit().variant_name().is_some()),
        Type::Decimal => field.type_as_decimal().is_some_and(|decimal| {
            matches!(decimal.bitWidth(), 32 | 64 | 128 | 256)
                && u8::try_from(decimal.precision()).is_ok()
                && i8::try_from(decimal.scale()).is_ok()
        }),
        Type::List | Type::LargeList | Type::ListView | Type::LargeListView => count == 1,
        Type::FixedSizeList => {
            count == 1
                && field
                    .type_as_fixed_size_list()
                    .is_some_and(|list| list.listSize() >= 0)
        }
        Type::Struct_ => true,
        Type::RunEndEncoded => count == 2,
        Type::Map => count == 1 && field.type_as_map().is_some(),
        Type::Union => field.type_as_union().is_some_and(|union| {
            let ids = union.typeIds();
            let ids_fit = ids.is_none_or(|ids| {
                let mut all: Vec<i32> = ids.iter().collect();
                let in_range = all.iter().all(|id| (0..=127).contains(id));
                all.sort_unstable();
                all.dedup();
                in_range && all.len() == ids.len() && ids.len() == count
            });
            union.mode().variant_name().is_some() && ids_fit
        }),
        _ => false,
    };
    itself && keys && below()
}
