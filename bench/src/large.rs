//! Large schemas of the two formats that are measured without a server, each with a later version that can follow it.

use std::fmt::Write;

use schema::references::{ResolvedReference, ResolvedReferences};

/// Messages of [`messages`].
pub(crate) const MESSAGES: usize = 500;
/// Files that [`messages`] imports.
pub(crate) const IMPORTS: usize = 5;
/// Properties of [`properties`].
pub(crate) const PROPERTIES: usize = 1_000;

/// A `.proto` file of 500 messages of eight fields; `further` fields follow in each.
pub(crate) fn messages(further: usize) -> String {
    let mut text = "syntax = \"proto3\";\npackage bench;\n".to_owned();
    for import in 0..IMPORTS {
        let _ = writeln!(text, "import \"part_{import}.proto\";");
    }
    for number in 0..MESSAGES {
        let _ = writeln!(text, "message Event{number} {{");
        let _ = writeln!(
            text,
            "  string id = 1; int64 at = 2; repeated double values = 3; map<string, int32> counts = 4;"
        );
        let _ = writeln!(
            text,
            "  Part{} part = 5; Event{} previous = 6;",
            number % IMPORTS,
            number.saturating_sub(1)
        );
        let _ = writeln!(text, "  oneof choice {{ bytes raw = 7; Kind kind = 8; }}");
        for field in 0..further {
            let _ = writeln!(text, "  string further_{field} = {};", field + 9);
        }
        let _ = writeln!(text, "  enum Kind {{ UNKNOWN = 0; CREATED = 1; DELETED = 2; }}\n}}");
    }
    text
}

/// The files that [`messages`] imports.
pub(crate) fn parts() -> ResolvedReferences {
    let part = |number: usize| ResolvedReference {
        name: format!("part_{number}.proto"),
        text: format!(
            "syntax = \"proto3\";\npackage bench;\n\nmessage Part{number} {{\n  string name = 1;\n  int64 value = 2;\n}}\n"
        ),
    };
    ResolvedReferences { in_order: (0..IMPORTS).map(part).collect() }
}

/// A closed JSON Schema of 1,000 properties; `further` optional ones follow.
pub(crate) fn properties(further: usize) -> String {
    let kinds = [
        r#"{"type":"string","maxLength":100}"#,
        r#"{"type":"integer","minimum":0}"#,
        r#"{"type":["number","null"]}"#,
        r##"{"$ref":"#/definitions/Part"}"##,
        r#"{"type":"array","items":{"type":"string"}}"#,
        r#"{"enum":["A","B","C"]}"#,
    ];
    let named = (0..PROPERTIES + further).zip(kinds.iter().cycle());
    let properties: Vec<String> =
        named.map(|(number, kind)| format!("\"property_{number}\":{kind}")).collect();
    format!(
        r#"{{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{{{}}},"required":["property_0"],"additionalProperties":false,"definitions":{{"Part":{{"type":"object","properties":{{"name":{{"type":"string"}}}}}}}}}}"#,
        properties.join(",")
    )
}
