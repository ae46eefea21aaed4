use serde::{Deserialize, Serialize};
use serde_json::Value;
use wheatear::TablePrefix;
use wheatear_check::Lint;

use crate::paths::join;
use crate::{Exit, Fault, Host};

/// Name of the file with a project's settings.
pub(crate) const FILE: &str = "wheatear.json";

/// What `wheatear.json` says.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The folder of migrations, from where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// What ids of new migrations begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Ids>,
    /// What the names of the ledger's tables begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_prefix: Option<String>,
    /// Ids of lints that are switched off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<String>,
    /// Id of the first migration that lints look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Folders and files with the application's queries, from where the file is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<String>,
}

/// What ids of new migrations begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Ids {
    /// The next number: `0003.add-humidity`.
    #[default]
    Number,
    /// The time in UTC: `20260501120000.add-humidity`, which two people never have in common.
    Time,
}

impl Settings {
    /// Those of the project that the working folder is in, and the way to where they are: empty, `..`, `../..`.
    ///
    /// # Errors
    /// The file is not what it must be.
    pub fn read(host: &dyn Host) -> Result<(Self, String), Fault> {
        let depth = host.working_folder()?.trim_matches('/').split('/').count();
        for ups in 0..=depth {
            let way = vec![".."; ups].join("/");
            let path = join(&way, FILE);
            if let Some(text) = host.text(&path)? {
                return Ok((Self::parse(&path, &text)?, way));
            }
        }
        Ok((Self::default(), String::new()))
    }

    fn parse(path: &str, text: &str) -> Result<Self, Fault> {
        let wrong = |why: String| Fault::new(Exit::Config, format!("{path}: {why}"));
        let value: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if !value.is_object() {
            return Err(wrong("must be an object, such as { \"folder\": \"migrations\" }".to_owned()));
        }
        let settings: Self = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        settings.prefix().map_err(|fault| wrong(fault.message))?;
        for id in &settings.off {
            id.parse::<Lint>().map_err(|error| wrong(format!("\"off\": {error}")))?;
        }
        Ok(settings)
    }

    /// The prefix of the ledger's tables.
    ///
    /// # Errors
    /// No table can be called so.
    pub fn prefix(&self) -> Result<TablePrefix, Fault> {
        let prefix = self.table_prefix.clone().unwrap_or_default();
        TablePrefix::new(prefix).map_err(|error| Fault::new(Exit::Config, error.to_string()))
    }
}
