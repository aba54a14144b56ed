//! Options and their values.

use super::output::Output;
use crate::protobuf::syntax::{OptionValue, ProtoOption};

impl Output {
    pub(super) fn option_statements(&mut self, options: &[ProtoOption]) {
        for option in options {
            self.indent();
            self.text.push_str("option ");
            self.option(option);
            self.text.push_str(";\n");
        }
    }

    /// Options in brackets: one stands on the line, several have a line each.
    pub(super) fn bracketed(&mut self, options: &[ProtoOption]) {
        self.in_brackets(options, Self::option);
    }

    fn in_brackets<T>(&mut self, items: &[T], mut print: impl FnMut(&mut Self, &T)) {
        if let [only] = items {
            self.text.push('[');
            print(self, only);
            self.text.push(']');
        } else {
            self.lines("[\n", items, "]", print);
        }
    }

    /// Items on lines of their own, with commas between them.
    fn lines<T>(&mut self, open: &str, items: &[T], close: &str, mut print: impl FnMut(&mut Self, &T)) {
        self.text.push_str(open);
        self.deeper(|output| {
            for (index, item) in items.iter().enumerate() {
                if output.is_too_long() {
                    break;
                }
                output.indent();
                print(output, item);
                output.text.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
        });
        self.indent();
        self.text.push_str(close);
    }

    fn option(&mut self, option: &ProtoOption) {
        let mut option = option;
        loop {
            if option.is_custom {
                self.words(&["(", &option.name, ")"]);
            } else {
                self.text.push_str(&option.name);
            }
            match &option.value {
                OptionValue::Nested(inner) => {
                    self.text.push('.');
                    option = inner;
                }
                value => {
                    self.text.push_str(" = ");
                    return self.option_value(value);
                }
            }
        }
    }

    fn option_value(&mut self, value: &OptionValue) {
        match value {
            OptionValue::List(list) => self.in_brackets(list, Self::value),
            value => self.value(value),
        }
    }

    /// A value inside of an aggregate or a list, where every list has its elements on lines of their own.
    fn value(&mut self, value: &OptionValue) {
        match value {
            OptionValue::String(text) => self.quoted(text),
            OptionValue::Boolean(value) => self.text.push_str(if *value { "true" } else { "false" }),
            OptionValue::Number(text) | OptionValue::Enum(text) => self.text.push_str(text),
            OptionValue::Map(entries) => self.lines("{\n", entries, "}", |output, (key, value)| {
                output.words(&[key, ": "]);
                output.value(value);
            }),
            OptionValue::List(list) => self.lines("[\n", list, "]", Self::value),
            OptionValue::Nested(option) => self.option(option),
        }
    }
}
