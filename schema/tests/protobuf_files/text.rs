//! The files as text.

use super::{Enum, Field, Kind, Message, ProtoFile};

impl ProtoFile {
    /// The text of the file. Names of types are written as short as they can be, or in full with a leading dot.
    pub(crate) fn text(&self, names_in_full: bool) -> String {
        let mut out = format!("syntax = \"proto{}\";\n", if self.proto3 { 3 } else { 2 });
        if let Some(package) = self.package {
            out.push_str(&format!("package {package};\n"));
        }
        for path in &self.imports {
            out.push_str(&format!("import \"{path}\";\n"));
        }
        let writer = Writer { package: self.package.unwrap_or_default(), names_in_full };
        for message in &self.messages {
            writer.message(message, "", &mut out);
        }
        for each in &self.enums {
            writer.enumeration(each, "", &mut out);
        }
        out
    }
}

struct Writer<'f> {
    package: &'f str,
    names_in_full: bool,
}

impl Writer<'_> {
    fn message(&self, message: &Message, indent: &str, out: &mut String) {
        let inner = format!("{indent}  ");
        out.push_str(&format!("{indent}message {} {{\n", message.name));
        for (first, last) in &message.reserved {
            let range = if first == last { first.to_string() } else { format!("{first} to {last}") };
            out.push_str(&format!("{inner}reserved {range};\n"));
        }
        for nested in &message.messages {
            self.message(nested, &inner, out);
        }
        for (name, members) in &message.oneofs {
            out.push_str(&format!("{inner}oneof {name} {{\n"));
            for member in members {
                self.field(member, &format!("{inner}  "), out);
            }
            out.push_str(&format!("{inner}}}\n"));
        }
        for field in &message.fields {
            self.field(field, &inner, out);
        }
        for each in &message.enums {
            self.enumeration(each, &inner, out);
        }
        out.push_str(&format!("{indent}}}\n"));
    }

    fn enumeration(&self, each: &Enum, indent: &str, out: &mut String) {
        out.push_str(&format!("{indent}enum {} {{\n", each.name));
        for (name, number) in &each.constants {
            out.push_str(&format!("{indent}  {name} = {number};\n"));
        }
        out.push_str(&format!("{indent}}}\n"));
    }

    fn field(&self, field: &Field, indent: &str, out: &mut String) {
        let label = field.label.map(|label| format!("{label} ")).unwrap_or_default();
        let options = match field.options.as_slice() {
            [] => String::new(),
            options => format!(" [{}]", options.join(", ")),
        };
        let kind = self.kind(&field.kind);
        out.push_str(&format!("{indent}{label}{kind} {} = {}{options};\n", field.name, field.number));
    }

    fn kind(&self, kind: &Kind) -> String {
        match kind {
            Kind::Scalar(name) => (*name).to_owned(),
            Kind::Map(key, value) => format!("map<{key}, {}>", self.kind(value)),
            Kind::Message(full) | Kind::Enum(full) if self.names_in_full => format!(".{full}"),
            Kind::Message(full) | Kind::Enum(full) => {
                let inside = full.strip_prefix(self.package).and_then(|rest| rest.strip_prefix('.'));
                inside.unwrap_or(full).to_owned()
            }
        }
    }
}
