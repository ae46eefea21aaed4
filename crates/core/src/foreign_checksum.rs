//! Checksums that other tools record of the texts that they apply. A page's module has those of tools that there are for pages:
//! the others would be 4 KB of its download.

use crate::Digest;
use crate::sql_text::leading_comments;

/// What is computed of a migration's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignChecksum {
    /// Drizzle and Prisma: SHA-256 of the file, in hexadecimal.
    Sha256,
    /// sqlx: SHA-384 of the file, in hexadecimal.
    Sha384,
    /// refinery: SipHash 1-3 of name, version and text; the version has 32 bits, or 64 with its feature `int8-versions`.
    ///
    /// Source: <https://github.com/rust-db/refinery/blob/main/refinery_core/src/runner.rs>
    Sip13,
    /// Flyway: CRC-32 of the lines without their ends, as a signed number.
    ///
    /// Source: <https://github.com/flyway/flyway>, `ChecksumCalculator`
    Crc32,
}

impl ForeignChecksum {
    /// Whether `recorded` is the checksum of this text; also of the text without comments that were put in front of it, and
    /// with the line ends of another system. `name` is that of the row.
    pub fn is_of(self, recorded: &str, name: Option<&str>, text: &str) -> bool {
        let is_it = |text: &str| self.is_of_exactly(recorded, name, text);
        let feeds = text.replace("\r\n", "\n");
        let returns = feeds.replace('\n', "\r\n");
        [text, &feeds, &returns].into_iter().any(|text| {
            let behind = leading_comments(text).map(|(at, comment)| at + 2 + comment.len() + 1);
            let starts = std::iter::once(0).chain(behind);
            // A blank line may have been put between.
            starts.filter_map(|start| text.get(start..)).any(|rest| {
                let trimmed = rest.trim_start_matches(['\r', '\n']);
                is_it(rest) || (trimmed.len() < rest.len() && is_it(trimmed))
            })
        })
    }

    /// Also `true` if it cannot be computed here.
    fn is_of_exactly(self, recorded: &str, name: Option<&str>, text: &str) -> bool {
        match self {
            // Of a normal form and of a file it is computed alike.
            Self::Sha256 => Digest::of_normal_form(text).to_string() == recorded,
            _ => self.is_of_others(recorded, name, text),
        }
    }

    /// What no tool for pages records.
    #[cfg(any(feature = "foreign-checksums", not(all(target_family = "wasm", target_os = "unknown"))))]
    fn is_of_others(self, recorded: &str, name: Option<&str>, text: &str) -> bool {
        use sha2::Digest as _;

        match self {
            Self::Sha256 => false,
            Self::Sha384 => hexadecimal(&sha2::Sha384::digest(text)) == recorded,
            Self::Sip13 => {
                // Such as `V1__create`.
                let (version, name) = name.and_then(|name| name.get(1..)?.split_once("__")).unwrap_or_default();
                let narrow = version.parse::<i32>().map(|version| sip_13(name, version, text));
                let wide = version.parse::<i64>().map(|version| sip_13(name, version, text));
                [narrow, wide].into_iter().flatten().any(|computed| computed == recorded)
            }
            Self::Crc32 => {
                let lines = text.trim_start_matches('\u{feff}').split(['\r', '\n']).flat_map(str::bytes);
                (!lines.fold(u32::MAX, crc_32)).cast_signed().to_string() == recorded
            }
        }
    }

    #[cfg(not(any(feature = "foreign-checksums", not(all(target_family = "wasm", target_os = "unknown")))))]
    fn is_of_others(self, _: &str, _: Option<&str>, _: &str) -> bool {
        true
    }
}

#[cfg(any(feature = "foreign-checksums", not(all(target_family = "wasm", target_os = "unknown"))))]
fn sip_13(name: &str, version: impl std::hash::Hash, text: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    version.hash(&mut hash);
    text.hash(&mut hash);
    hash.finish().to_string()
}

/// One byte more.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc1952#section-8>
#[cfg(any(feature = "foreign-checksums", not(all(target_family = "wasm", target_os = "unknown"))))]
fn crc_32(crc: u32, byte: u8) -> u32 {
    (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
}

#[cfg(any(feature = "foreign-checksums", not(all(target_family = "wasm", target_os = "unknown"))))]
fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "CREATE TABLE note (text);\nCREATE INDEX by_text ON note (text);\n";

    // Of TEXT, by `sha256sum`, `sha384sum`, and refinery for `V1__note`.
    const RECORDED: [(ForeignChecksum, &str); 3] = [
        (ForeignChecksum::Sha256, "4a3efd2189192a188fb6711f6e6e61ae1580302505f25d57a1e602fe311bed5c"),
        (
            ForeignChecksum::Sha384,
            "c9b90ec60273841a5f3c1a1a8d7e855a9e4c7501a6e20c8cd2fd41e443a2a48a900927ad284e1e0179dca5aa15ea1f48",
        ),
        (ForeignChecksum::Sip13, "8399885513865307873"),
    ];

    #[test]
    fn comments_in_front_and_line_ends_do_not_count() {
        for (kind, recorded) in RECORDED {
            let name = Some("V1__note");
            for same in [
                TEXT.to_owned(),
                format!("-- depends: 1\n{TEXT}"),
                format!("-- depends: 1\n-- transactional: false\n\n{TEXT}"),
                TEXT.replace('\n', "\r\n"),
            ] {
                assert!(kind.is_of(recorded, name, &same), "{kind:?} {same:?}");
            }
            assert!(!kind.is_of(recorded, name, &TEXT.replace("note", "notes")), "{kind:?}");
        }
        // `printf a'\r\n' | sha256sum`
        let returns = "8e4621379786ef42a4fec155cd525c291dd7db3c1fde3478522f4f61c03fd1bd";
        assert!(ForeignChecksum::Sha256.is_of(returns, None, "a\n"));
    }

    #[test]
    fn the_checksums_are_the_known_ones() {
        // Of `printf a | sha256sum` and its like; the check value of CRC-32.
        let sha_256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
        let sha_384 =
            "54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31";
        assert!(ForeignChecksum::Sha256.is_of_exactly(sha_256, None, "a"));
        assert!(ForeignChecksum::Sha384.is_of_exactly(sha_384, None, "a"));
        let crc_32 = 0xcbf4_3926_u32.cast_signed().to_string();
        assert!(ForeignChecksum::Crc32.is_of_exactly(&crc_32, None, "\u{feff}1234\r\n5678\n9"));
    }

    /// Computed by refinery 0.10.0, the first without its feature `int8-versions`, the others with it.
    #[test]
    fn versions_of_32_and_of_64_bits_are_known() {
        let text = "CREATE TABLE note (text);\n";
        for (name, recorded) in [
            ("V1__note", "1593930342710121361"),
            ("V1__note", "5482525565910879005"),
            ("V20240501120000__note", "13277831975702789120"),
        ] {
            assert!(ForeignChecksum::Sip13.is_of(recorded, Some(name), text), "{name}");
            assert!(!ForeignChecksum::Sip13.is_of(recorded, Some("V2__note"), text), "{name}");
        }
    }
}
