//! Which crates the widget's code comes from: sizes and names of its functions, read from the WebAssembly.

use std::collections::BTreeMap;

use anyhow::Result;
use wasmparser::{CustomSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

/// Crates that everybody builds on; their code is charged to the crate that it was made for.
const STANDARD: [&str; 3] = ["core", "alloc", "std"];

/// Bytes of code by crate, the largest first.
pub(crate) fn by_crate(wasm: &[u8]) -> Result<Vec<(String, usize)>> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            // They are numbered first.
            Payload::ImportSection(imports) => {
                let imports = imports.into_imports().collect::<Result<Vec<_>, _>>()?;
                imported = imports.iter().filter(|import| matches!(import.ty, TypeRef::Func(_))).count();
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(section) => names.extend(function_names(&section)?),
            _ => {}
        }
    }
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    for (at, size) in sizes.into_iter().enumerate() {
        let name = u32::try_from(imported + at).ok().and_then(|number| names.get(&number)).copied();
        *crates.entry(crate_of(name.unwrap_or_default()).to_owned()).or_default() += size;
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(crates)
}

fn function_names<'a>(section: &CustomSectionReader<'a>) -> Result<BTreeMap<u32, &'a str>> {
    let mut names = BTreeMap::new();
    if let KnownCustom::Name(parts) = section.as_known() {
        for part in parts {
            if let Name::Function(functions) = part? {
                for function in functions {
                    let function = function?;
                    names.insert(function.index, function.name);
                }
            }
        }
    }
    Ok(names)
}

/// The crate of a demangled name, such as `<tachys[1f…]::view::Any as core[2c…]::clone::Clone>::clone`.
fn crate_of(name: &str) -> &str {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let before = |(at, _)| name.get(..at).and_then(|text| text.rsplit(|letter| !is_word(letter)).next());
    let crates = || name.match_indices('[').filter_map(before).filter(|name| !name.is_empty());
    crates()
        .find(|name| !STANDARD.contains(name))
        .or_else(|| crates().next())
        .unwrap_or("without a crate's name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_first_crate_that_is_not_the_standard_library() {
        let cases = [
            ("aftercart[c507e605]::model::update", "aftercart"),
            ("<core[15]::option::Option<web_sys[7a]::Node>>::and_then", "web_sys"),
            ("core[15]::fmt::write", "core"),
            ("main", "without a crate's name"),
        ];
        for (name, expected) in cases {
            assert_eq!(crate_of(name), expected);
        }
    }

    #[test]
    fn code_is_counted_for_the_function_that_stands_at_its_number() {
        // One imported function, then two with code of 2 and 3 bytes, named as numbers 1 and 2.
        let header = b"\0asm\x01\0\0\0".as_slice();
        let imports = b"\x02\x05\x01\0\0\0\0";
        let types = b"\x03\x03\x02\0\0";
        let code = b"\x0a\x08\x02\x02\0\0\x03\0\0\0";
        let names = b"\0\x12\x04name\x01\x0b\x02\x01\x03a[]\x02\x03b[]";
        let wasm = [header, imports, types, code, names].concat();
        assert_eq!(by_crate(&wasm).unwrap(), [("b".to_owned(), 3), ("a".to_owned(), 2)]);
    }
}
