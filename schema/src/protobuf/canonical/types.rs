//! Messages, enums and what they reserve.

use super::output::{Output, in_quotes};
use crate::protobuf::syntax::{
    Enum, EnumConstant, Extensions, MAX_TAG, Message, Reserved, ReservedValue, TagRange,
};

impl Output {
    pub(super) fn message(&mut self, message: &Message) {
        self.indent();
        self.words(&["message ", &message.name, " {"]);
        if !message.reserved.is_empty() {
            self.section();
            self.deeper(|output| output.reserved(&message.reserved));
        }
        if !message.options.is_empty() {
            self.section();
            self.deeper(|output| output.option_statements(&message.options));
        }
        self.members(message);
        if !message.extensions.is_empty() {
            self.section();
            self.deeper(|output| message.extensions.iter().for_each(|each| output.extensions(each)));
        }
        if !message.extends.is_empty() {
            self.section();
            self.deeper(|output| message.extends.iter().for_each(|each| output.extend(each)));
        }
        if !message.types.is_empty() {
            self.section();
            self.deeper(|output| output.types(&message.types));
        }
        self.close();
    }

    fn members(&mut self, message: &Message) {
        if !message.fields.is_empty() {
            self.section();
            self.deeper(|output| output.fields(&message.fields));
        }
        if !message.oneofs.is_empty() {
            self.section();
            self.deeper(|output| message.oneofs.iter().for_each(|oneof| output.oneof(oneof)));
        }
        if !message.groups.is_empty() {
            self.section();
            self.deeper(|output| output.groups(&message.groups));
        }
    }

    pub(super) fn enum_type(&mut self, declared: &Enum) {
        self.indent();
        self.words(&["enum ", &declared.name, " {"]);
        if !(declared.reserved.is_empty() && declared.options.is_empty() && declared.constants.is_empty()) {
            self.section();
        }
        self.deeper(|output| {
            output.reserved(&declared.reserved);
            output.option_statements(&declared.options);
            declared.constants.iter().for_each(|constant| output.constant(constant));
        });
        self.close();
    }

    fn constant(&mut self, constant: &EnumConstant) {
        self.indent();
        self.words(&[&constant.name, " = "]);
        self.number(constant.tag);
        if !constant.options.is_empty() {
            self.text.push(' ');
            self.bracketed(&constant.options);
        }
        self.text.push_str(";\n");
    }

    fn reserved(&mut self, statements: &[Reserved]) {
        for statement in statements {
            self.indent();
            self.text.push_str("reserved ");
            for (index, value) in statement.values.iter().enumerate() {
                self.comma(index);
                match value {
                    ReservedValue::Name(name) if self.is_edition => self.text.push_str(name),
                    ReservedValue::Name(name) => self.words(&["\"", &in_quotes(name), "\""]),
                    ReservedValue::Tags(range) => self.range(*range),
                }
            }
            self.text.push_str(";\n");
        }
    }

    fn extensions(&mut self, statement: &Extensions) {
        self.indent();
        self.text.push_str("extensions ");
        for (index, range) in statement.values.iter().enumerate() {
            self.comma(index);
            self.range(*range);
        }
        if !statement.options.is_empty() {
            self.text.push(' ');
            self.bracketed(&statement.options);
        }
        self.text.push_str(";\n");
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.text.push_str(", ");
        }
    }

    fn range(&mut self, range: TagRange) {
        self.number(range.first());
        if let TagRange::Range(_, last) = range {
            self.text.push_str(" to ");
            if last < MAX_TAG {
                self.number(last);
            } else {
                self.text.push_str("max");
            }
        }
    }
}
