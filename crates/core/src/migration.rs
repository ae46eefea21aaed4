use std::borrow::Cow;

use crate::Digest;

/// One change of the database: its id, what it depends on, what applies it and takes it back.
///
/// A constant when `migrations!` embeds it, owned when it is read at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    pub(crate) id: Cow<'static, str>,
    pub(crate) file: Cow<'static, str>,
    pub(crate) depends: Cow<'static, [Cow<'static, str>]>,
    pub(crate) was: Cow<'static, [Cow<'static, str>]>,
    pub(crate) compatible: bool,
    pub(crate) checksum: Digest,
    pub(crate) accepted_checksums: Cow<'static, [Digest]>,
    pub(crate) body: Body,
}

/// What a migration consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// SQL from files.
    Sql {
        /// What applies it.
        up: Script,
        /// What takes it back.
        down: Option<Script>,
    },
    /// A function of the program that carries the set.
    Code {
        /// Its author's name for what the function does; the checksum is made of it.
        version: Cow<'static, str>,
        /// Whether there is a function that takes it back.
        has_down: bool,
    },
}

/// SQL from a file, and how it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Script {
    /// Path of the file, as errors name it.
    pub file: Cow<'static, str>,
    /// The whole text, headers included, so that lines count as in the file.
    pub sql: Cow<'static, str>,
    /// Whether it runs in a transaction.
    pub transactional: bool,
    /// Whether foreign keys are enforced while it runs.
    pub foreign_keys: bool,
}

/// SQL that runs after every run that applied something: a file `post-apply*.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hook {
    /// File name without `.sql`, such as `post-apply.views`.
    pub id: Cow<'static, str>,
    /// What runs.
    pub script: Script,
}

impl Migration {
    /// File name without `.sql`, such as `0002.alter-table`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Path of its file, as errors name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Ids of the migrations that must be applied before this one.
    pub fn depends(&self) -> impl Iterator<Item = &str> {
        self.depends.iter().map(AsRef::as_ref)
    }

    /// Ids under which databases may have recorded it, because it had them before.
    pub fn was(&self) -> impl Iterator<Item = &str> {
        self.was.iter().map(AsRef::as_ref).filter(|old| !old.contains(','))
    }

    /// What databases may have recorded instead of it: an id that it had before, or several ids, with a comma between
    /// each two, of the migrations that it replaces. A database that has all of these has it.
    pub fn recorded_as(&self) -> impl Iterator<Item = &str> {
        self.was.iter().map(AsRef::as_ref)
    }

    /// Whether code that does not know this migration may go on using a database that has it.
    pub fn is_compatible(&self) -> bool {
        self.compatible
    }

    /// SHA-256 over the normal form of its SQL, or over the version of its code.
    pub fn checksum(&self) -> Digest {
        self.checksum
    }

    /// Whether a database that applied it with this checksum has applied it.
    pub fn accepts(&self, checksum: Digest) -> bool {
        self.checksum == checksum || self.accepted_checksums.contains(&checksum)
    }

    /// Checksums of earlier texts that count as applied too, and those of this one with other line ends inside of
    /// strings, which earlier releases did not read as the same.
    pub fn accepted_checksums(&self) -> &[Digest] {
        &self.accepted_checksums
    }

    /// SQL or code.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The whole text of its file, headers included; `None` for code.
    pub fn up(&self) -> Option<&str> {
        match &self.body {
            Body::Sql { up, .. } => Some(&up.sql),
            Body::Code { .. } => None,
        }
    }

    /// The text of its rollback file, if there is one; `None` for code.
    pub fn down(&self) -> Option<&str> {
        match &self.body {
            Body::Sql { down, .. } => down.as_ref().map(|script| script.sql.as_ref()),
            Body::Code { .. } => None,
        }
    }

    /// Whether it can be taken back.
    pub fn has_down(&self) -> bool {
        match &self.body {
            Body::Sql { down, .. } => down.is_some(),
            Body::Code { has_down, .. } => *has_down,
        }
    }

    /// Whether it runs in a transaction.
    pub fn is_transactional(&self) -> bool {
        match &self.body {
            Body::Sql { up, .. } => up.transactional,
            Body::Code { .. } => true,
        }
    }
}

/// What `migrations!` expands to: parts that were validated when they were compiled.
#[doc(hidden)]
impl Migration {
    #[expect(clippy::too_many_arguments, reason = "only a macro writes them")]
    pub const fn embedded(
        id: &'static str,
        file: &'static str,
        depends: &'static [Cow<'static, str>],
        was: &'static [Cow<'static, str>],
        compatible: bool,
        checksum: [u8; 32],
        accepted_checksums: &'static [Digest],
        body: Body,
    ) -> Self {
        Self {
            id: Cow::Borrowed(id),
            file: Cow::Borrowed(file),
            depends: Cow::Borrowed(depends),
            was: Cow::Borrowed(was),
            compatible,
            checksum: Digest::from_bytes(checksum),
            accepted_checksums: Cow::Borrowed(accepted_checksums),
            body,
        }
    }
}

#[doc(hidden)]
impl Body {
    pub const fn embedded_sql(up: Script, down: Option<Script>) -> Self {
        Self::Sql { up, down }
    }

    pub const fn embedded_code(version: &'static str, has_down: bool) -> Self {
        Self::Code { version: Cow::Borrowed(version), has_down }
    }
}

#[doc(hidden)]
impl Script {
    pub const fn embedded(file: &'static str, sql: &'static str, transactional: bool, foreign_keys: bool) -> Self {
        Self { file: Cow::Borrowed(file), sql: Cow::Borrowed(sql), transactional, foreign_keys }
    }
}

#[doc(hidden)]
impl Hook {
    pub const fn embedded(id: &'static str, script: Script) -> Self {
        Self { id: Cow::Borrowed(id), script }
    }
}
