use std::borrow::Cow;

/// One change of the schema: its id, what it depends on, the SQL that applies it and takes it back.
///
/// A constant when `migrations!` embeds it, owned when it is read at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    id: Cow<'static, str>,
    file: Cow<'static, str>,
    depends: Cow<'static, [Cow<'static, str>]>,
    up: Cow<'static, str>,
    down: Option<Cow<'static, str>>,
}

impl Migration {
    /// What `migrations!` expands to: parts that were validated when they were compiled.
    #[doc(hidden)]
    pub const fn embedded(
        id: &'static str,
        file: &'static str,
        depends: &'static [Cow<'static, str>],
        up: &'static str,
        down: Option<&'static str>,
    ) -> Self {
        Self {
            id: Cow::Borrowed(id),
            file: Cow::Borrowed(file),
            depends: Cow::Borrowed(depends),
            up: Cow::Borrowed(up),
            down: match down {
                Some(down) => Some(Cow::Borrowed(down)),
                None => None,
            },
        }
    }

    pub(crate) fn new(id: String, file: String, depends: Vec<String>, up: String, down: Option<String>) -> Self {
        Self {
            id: id.into(),
            file: file.into(),
            depends: depends.into_iter().map(Cow::from).collect(),
            up: up.into(),
            down: down.map(Cow::from),
        }
    }

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

    /// The whole text of its file, headers included, so that lines count as in the file.
    pub fn up(&self) -> &str {
        &self.up
    }

    /// The text of its rollback file, if there is one.
    pub fn down(&self) -> Option<&str> {
        self.down.as_deref()
    }
}
