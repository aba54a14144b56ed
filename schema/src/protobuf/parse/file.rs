//! The declarations of a file.

use std::collections::HashMap;

use super::PACKAGE_PARTS_MAX;
use super::reader::{Reader, Result, wrong_at};
use crate::protobuf::syntax::{File, Import, Position, Service, Syntax, Type};

/// Parses one file.
pub(super) struct FileParser<'a> {
    pub(super) reader: Reader<'a>,
    /// The syntax, known before the first field.
    pub(super) syntax: Option<Syntax>,
    types: HashMap<String, Position>,
    services: HashMap<String, Position>,
}

impl<'a> FileParser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (types, services) = (HashMap::new(), HashMap::new());
        Self { reader: Reader::new(text), syntax: None, types, services }
    }

    pub(super) fn parse(mut self) -> Result<File> {
        let mut file = File::default();
        loop {
            self.reader.skip()?;
            if self.reader.is_at_end() {
                file.syntax = self.syntax;
                return Ok(file);
            }
            self.declaration(&mut file)?;
        }
    }

    fn declaration(&mut self, file: &mut File) -> Result<()> {
        let is_first = self.reader.is_first();
        self.reader.count()?;
        if self.reader.takes(b';')? {
            return Ok(());
        }
        let position = self.reader.position();
        match self.reader.word()? {
            "syntax" => self.syntax(is_first, position)?,
            "edition" => self.edition(is_first, position)?,
            "package" => file.package = Some(self.package()?),
            "import" => self.import(file, position)?,
            "option" => file.options.push(self.reader.option_statement()?),
            "message" => self.add_type(file, position, Self::message_type)?,
            "enum" => self.add_type(file, position, Self::enum_type)?,
            "service" => {
                let service = self.service(position)?;
                self.add_service(file, service)?;
            }
            "extend" => file.extends.push(self.extend(position)?),
            // Means nothing outside of a message or an enum.
            "reserved" => drop(self.reserved(position)?),
            word => return Err(unknown(word, position)),
        }
        Ok(())
    }

    fn syntax(&mut self, is_first: bool, position: Position) -> Result<()> {
        self.must_be_first(is_first, "syntax", position)?;
        self.syntax = Some(match self.reader.quoted()?.as_str() {
            "proto2" => Syntax::Proto2,
            "proto3" => Syntax::Proto3,
            other => {
                let message =
                    format!("the syntax `{}` is not known; write `proto2` or `proto3`", short(other));
                return Err(wrong_at(position, message));
            }
        });
        self.reader.require(b';')
    }

    fn edition(&mut self, is_first: bool, position: Position) -> Result<()> {
        self.must_be_first(is_first, "edition", position)?;
        let edition = self.reader.quoted()?;
        if edition != "2023" && edition != "2024" {
            let message = format!("the edition `{}` is not known; write `2023` or `2024`", short(&edition));
            return Err(wrong_at(position, message));
        }
        self.syntax = Some(Syntax::Edition(edition));
        self.reader.require(b';')
    }

    fn must_be_first(&mut self, is_first: bool, keyword: &str, position: Position) -> Result<()> {
        self.reader.require(b'=')?;
        match (&self.syntax, is_first) {
            (Some(_), _) => Err(wrong_at(position, "the syntax is given twice; remove one of the two lines")),
            (None, false) => {
                let message =
                    format!("`{keyword}` must come before everything else; move it to the start of the file");
                Err(wrong_at(position, message))
            }
            (None, true) => Ok(()),
        }
    }

    fn package(&mut self) -> Result<String> {
        let name = self.reader.name()?.to_owned();
        if name.split('.').count() > PACKAGE_PARTS_MAX {
            let message = format!("the package has more than {PACKAGE_PARTS_MAX} parts; shorten its name");
            return Err(self.reader.wrong(message));
        }
        self.reader.require(b';')?;
        Ok(name)
    }

    fn import(&mut self, file: &mut File, position: Position) -> Result<()> {
        let into = match self.reader.peek()? {
            b'"' | b'\'' => &mut file.imports,
            _ => match self.reader.word()? {
                "public" => &mut file.public_imports,
                "weak" => &mut file.weak_imports,
                _ => {
                    return Err(wrong_at(
                        position,
                        "expected `public`, `weak` or a path in quotes after `import`",
                    ));
                }
            },
        };
        let path = plain_path(&self.reader.quoted()?);
        into.push(Import { path, position });
        self.reader.require(b';')
    }

    fn add_type(
        &mut self,
        file: &mut File,
        position: Position,
        parse: fn(&mut Self, Position) -> Result<Type>,
    ) -> Result<()> {
        let declared = parse(self, position)?;
        once(&mut self.types, declared.name(), position)?;
        file.types.push(declared);
        Ok(())
    }

    fn add_service(&mut self, file: &mut File, service: Service) -> Result<()> {
        once(&mut self.services, &service.name, service.position)?;
        file.services.push(service);
        Ok(())
    }
}

/// A path with forward slashes, without empty parts and without `.`.
fn plain_path(path: &str) -> String {
    let is_slash = |character| matches!(character, '/' | '\\');
    let parts: Vec<_> = path.split(is_slash).filter(|part| !matches!(*part, "" | ".")).collect();
    let root = if path.starts_with(is_slash) { "/" } else { "" };
    match (root, parts.is_empty()) {
        ("", true) => ".".to_owned(),
        _ => format!("{root}{}", parts.join("/")),
    }
}

fn once(declared: &mut HashMap<String, Position>, name: &str, position: Position) -> Result<()> {
    match declared.insert(name.to_owned(), position) {
        None => Ok(()),
        Some(Position { line, column }) => {
            let message = format!(
                "`{name}` is already defined at line {line}, column {column}; rename or remove one of the two"
            );
            Err(wrong_at(position, message))
        }
    }
}

fn unknown(word: &str, position: Position) -> crate::format::ParseError {
    let message = format!(
        "`{}` starts no declaration; expected `message`, `enum`, `service`, `extend`, `import`, `package` or `option`",
        short(word)
    );
    wrong_at(position, message)
}

/// As much of a word as a message needs.
pub(super) fn short(word: &str) -> String {
    word.chars().take(60).collect()
}
