use std::borrow::Cow;

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitBool, LitStr, Path, Token, braced, bracketed};
use wheatear_core::CodeMigration;

/// What stands between the brackets of `migrations!`:
/// `"folder", { "id" => { version: "1", depends: ["id"], was: ["id"], compatible: true, up: path, down: path }, … }`
pub(crate) struct Input {
    pub folder: LitStr,
    pub code: Vec<CodeInput>,
}

/// One migration written in code.
pub(crate) struct CodeInput {
    id: LitStr,
    version: LitStr,
    depends: Vec<LitStr>,
    was: Vec<LitStr>,
    compatible: bool,
    pub up: Path,
    pub down: Option<Path>,
}

impl CodeInput {
    pub(crate) fn migration(&self) -> CodeMigration {
        let ids = |list: &[LitStr]| list.iter().map(|id| Cow::Owned(id.value())).collect();
        CodeMigration {
            id: self.id.value().into(),
            version: self.version.value().into(),
            depends: ids(&self.depends),
            was: ids(&self.was),
            compatible: self.compatible,
            has_down: self.down.is_some(),
        }
    }
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let folder = input.parse()?;
        let mut code = Vec::new();
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        if !input.is_empty() {
            let steps;
            braced!(steps in input);
            code = Punctuated::<CodeInput, Token![,]>::parse_terminated(&steps)?.into_iter().collect();
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(Self { folder, code })
    }
}

impl Parse for CodeInput {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let id: LitStr = input.parse()?;
        input.parse::<Token![=>]>()?;
        let fields;
        braced!(fields in input);
        let (mut depends, mut was) = (Vec::new(), Vec::new());
        let (mut version, mut compatible, mut up, mut down) = (None, false, None, None);
        while !fields.is_empty() {
            let name: syn::Ident = fields.parse()?;
            fields.parse::<Token![:]>()?;
            match name.to_string().as_str() {
                "version" => version = Some(fields.parse::<LitStr>()?),
                "depends" => depends = ids(&fields)?,
                "was" => was = ids(&fields)?,
                "compatible" => compatible = fields.parse::<LitBool>()?.value,
                "up" => up = Some(fields.parse::<Path>()?),
                "down" => down = Some(fields.parse::<Path>()?),
                other => {
                    let why = format!("there is no `{other}` here; use version, depends, was, compatible, up, down");
                    return Err(syn::Error::new(name.span(), why));
                }
            }
            if !fields.is_empty() {
                fields.parse::<Token![,]>()?;
            }
        }
        let missing = |field: &str| syn::Error::new(id.span(), format!("this code step has no `{field}:`"));
        let version = version.ok_or_else(|| missing("version"))?;
        let up = up.ok_or_else(|| missing("up"))?;
        Ok(Self { id, version, depends, was, compatible, up, down })
    }
}

fn ids(fields: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let ids;
    bracketed!(ids in fields);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&ids)?.into_iter().collect())
}
