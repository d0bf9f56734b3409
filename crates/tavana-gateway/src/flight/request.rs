//! What a request asks for in its headers, besides what its message says.

use tavana_common::proto::v1::Compression;
use tonic::Status;
use tonic::metadata::MetadataMap;

/// How the batches of a result are to be compressed: `lz4`, `zstd` or `none`.
pub(crate) const COMPRESSION: &str = "x-tavana-compression";
/// Among how many endpoints a result is to be divided.
pub(crate) const ENDPOINTS: &str = "x-tavana-endpoints";
/// Endpoints of one result.
const ENDPOINTS_MAX: u32 = 64;

/// The compression that a DoGet asks for, or the server's.
pub(crate) fn compression(
    metadata: &MetadataMap,
    otherwise: Compression,
) -> Result<Compression, Status> {
    let Some(value) = metadata.get(COMPRESSION) else {
        return Ok(otherwise);
    };
    value.to_str().ok().and_then(compression_of).ok_or_else(|| {
        Status::invalid_argument(format!("{COMPRESSION} is neither lz4, zstd nor none"))
    })
}

/// The compression of a name.
pub(crate) fn compression_of(name: &str) -> Option<Compression> {
    Some(match name {
        "none" => Compression::None,
        "lz4" => Compression::Lz4,
        "zstd" => Compression::Zstd,
        _ => return None,
    })
}

/// The number of endpoints that a request asks for; `None` when it does not.
pub(crate) fn endpoints(metadata: &MetadataMap) -> Result<Option<u32>, Status> {
    let Some(value) = metadata.get(ENDPOINTS) else {
        return Ok(None);
    };
    let count = value.to_str().ok().and_then(|text| text.parse().ok());
    count
        .filter(|count| (1..=ENDPOINTS_MAX).contains(count))
        .map(Some)
        .ok_or_else(|| {
            Status::invalid_argument(format!(
                "{ENDPOINTS} is no number from 1 to {ENDPOINTS_MAX}"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert(name, value.parse().expect("ASCII"));
        metadata
    }

    #[test]
    fn what_is_not_asked_for_is_as_the_server_has_it() {
        let nothing = MetadataMap::new();
        let found = compression(&nothing, Compression::Zstd).expect("no header");
        assert_eq!(found, Compression::Zstd);
        assert_eq!(endpoints(&nothing).expect("no header"), None);
    }

    #[test]
    fn headers_are_taken_as_they_are_or_refused() {
        for (text, expected) in [
            ("lz4", Some(Compression::Lz4)),
            ("zstd", Some(Compression::Zstd)),
            ("none", Some(Compression::None)),
            ("LZ4", None),
            ("gzip", None),
            ("", None),
        ] {
            let found = compression(&with(COMPRESSION, text), Compression::Zstd).ok();
            assert_eq!(found, expected, "{text:?}");
        }
        for (text, expected) in [
            ("1", Some(Some(1))),
            ("64", Some(Some(64))),
            ("0", None),
            ("65", None),
            ("-1", None),
            ("x", None),
        ] {
            assert_eq!(endpoints(&with(ENDPOINTS, text)).ok(), expected, "{text:?}");
        }
    }
}
