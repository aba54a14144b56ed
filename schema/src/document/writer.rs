//! Compact JSON text, escaped as the reference registry does.

use super::Json;

impl Json {
    /// Appends the value without blanks. Numbers appear as they are spelled.
    pub fn write_compact(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(spelling) => out.push_str(spelling),
            Self::String(text) => write_string(out, text),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_compact(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_string(out, key);
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
        }
    }
}

/// Appends `text` in quotes. Only quotes, backslashes and characters below U+0020 are escaped.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + 1;
        write_escape(out, byte);
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

fn write_escape(out: &mut String, byte: u8) {
    let short = match byte {
        b'"' => '"',
        b'\\' => '\\',
        0x08 => 'b',
        0x09 => 't',
        0x0a => 'n',
        0x0c => 'f',
        0x0d => 'r',
        _ => {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            out.push_str("\\u00");
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_is_escaped() {
        let mut out = String::new();
        write_string(&mut out, "a\"b\\c/\u{0}\u{1f}\u{8}\t\n\u{c}\r\u{7f}\u{2028}é😀");
        assert_eq!(out, "\"a\\\"b\\\\c/\\u0000\\u001F\\b\\t\\n\\f\\r\u{7f}\u{2028}é😀\"");
    }

    #[test]
    fn values_print_without_blanks_and_as_spelled() {
        let text = r#" { "b" : [ 1.50 , -0, 1e2, true, false, null, {} , [] ], "a" : { "x" : "" } } "#;
        let mut out = String::new();
        Json::parse(text).unwrap().write_compact(&mut out);
        assert_eq!(out, r#"{"b":[1.50,-0,1e2,true,false,null,{},[]],"a":{"x":""}}"#);
    }
}
