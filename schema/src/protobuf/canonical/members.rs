//! Fields, oneofs, groups, extensions of messages and services.

use super::Purpose;
use super::output::Output;
use crate::protobuf::syntax::{Extend, Field, Group, OneOf, OptionValue, ProtoOption, Rpc, Service};

impl Output {
    pub(super) fn fields(&mut self, fields: &[Field]) {
        fields.iter().for_each(|field| self.field(field));
    }

    fn field(&mut self, field: &Field) {
        self.indent();
        if let Some(label) = field.label {
            self.words(&[label.as_str(), " "]);
        }
        self.words(&[&field.type_name, " ", &field.name, " = "]);
        self.number(field.tag);
        let special = self.special_options(field);
        if special.is_empty() && !field.options.is_empty() {
            self.text.push(' ');
            self.bracketed(&field.options);
        } else if !special.is_empty() {
            let options: Vec<_> = field.options.iter().cloned().chain(special).collect();
            self.text.push(' ');
            self.bracketed(&options);
        }
        self.text.push_str(";\n");
    }

    /// `default` and `json_name`, which stand behind the options.
    fn special_options(&self, field: &Field) -> Vec<ProtoOption> {
        let option = |name: &str, value| ProtoOption { name: name.to_owned(), is_custom: false, value };
        let default = field.default.as_ref().map(|value| option("default", self.default_value(field, value)));
        let json_name =
            field.json_name.as_ref().map(|name| option("json_name", OptionValue::String(name.clone())));
        default.into_iter().chain(json_name).collect()
    }

    fn default_value(&self, field: &Field, value: &str) -> OptionValue {
        let simple_type = field.type_name.rsplit('.').next().unwrap_or_default();
        let is_text = match simple_type {
            "string" => true,
            "bytes" => self.purpose == Purpose::Compilation,
            _ => false,
        };
        // What is no word could not be read again.
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if is_text || value.is_empty() || !value.bytes().all(is_word) {
            OptionValue::String(value.to_owned())
        } else {
            OptionValue::Enum(value.to_owned())
        }
    }

    /// Nothing of a oneof without a name, which stands for those that the normal form leaves out.
    pub(super) fn oneof(&mut self, oneof: &OneOf) {
        if oneof.name.is_empty() {
            return;
        }
        self.indent();
        self.words(&["oneof ", &oneof.name, " {"]);
        if !oneof.options.is_empty() {
            self.section();
            self.deeper(|output| output.option_statements(&oneof.options));
        }
        if !oneof.fields.is_empty() {
            self.section();
            self.deeper(|output| output.fields(&oneof.fields));
        }
        if !oneof.groups.is_empty() {
            self.section();
            self.deeper(|output| output.groups(&oneof.groups));
        }
        self.close();
    }

    pub(super) fn groups(&mut self, groups: &[Group]) {
        for group in groups {
            self.indent();
            if let Some(label) = group.label {
                self.words(&[label.as_str(), " "]);
            }
            self.words(&["group ", &group.name, " = "]);
            self.number(group.tag);
            self.text.push_str(" {");
            self.block_of_fields(&group.fields);
        }
    }

    /// Nothing of a block without a name, which stands for those that the normal form leaves out.
    pub(super) fn extend(&mut self, extend: &Extend) {
        if extend.name.is_empty() {
            return;
        }
        self.indent();
        self.words(&["extend ", &extend.name, " {"]);
        self.block_of_fields(&extend.fields);
    }

    fn block_of_fields(&mut self, fields: &[Field]) {
        if !fields.is_empty() {
            self.section();
            self.deeper(|output| output.fields(fields));
        }
        self.close();
    }

    pub(super) fn service(&mut self, service: &Service) {
        self.indent();
        self.words(&["service ", &service.name, " {"]);
        if !service.options.is_empty() {
            self.section();
            self.deeper(|output| output.option_statements(&service.options));
        }
        if !service.rpcs.is_empty() {
            self.section();
            self.deeper(|output| service.rpcs.iter().for_each(|rpc| output.rpc(rpc)));
        }
        self.close();
    }

    fn rpc(&mut self, rpc: &Rpc) {
        let stream = |is_stream: bool| if is_stream { "stream " } else { "" };
        self.indent();
        self.words(&["rpc ", &rpc.name, " (", stream(rpc.request_streaming), &rpc.request_type]);
        self.words(&[") returns (", stream(rpc.response_streaming), &rpc.response_type, ")"]);
        if !rpc.options.is_empty() {
            self.text.push_str(" {\n");
            self.deeper(|output| output.option_statements(&rpc.options));
            self.indent();
            self.text.push('}');
        }
        self.text.push_str(";\n");
    }
}
