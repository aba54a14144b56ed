//! Changes as people make them, wise and unwise.

use crate::protobuf_files::{Choices, Enum, Field, Kind, Message, ProtoFile, SCALARS};

/// Changes one thing of a file, or nothing where the thing is not there.
pub(super) fn change(file: &mut ProtoFile, choices: &mut Choices<'_>) {
    let mut kinds = Vec::new();
    each_message(&mut file.messages, &mut |message| {
        kinds.extend(message.fields.iter().map(|field| field.kind.clone()));
    });
    let proto3 = file.proto3;
    match choices.below(12) {
        0 => drop(take(&mut file.messages, choices)),
        1 => file.messages.reverse(),
        2 => file.package = [Some("shop"), None][choices.below(2)],
        3 => {
            if let Some(each) = pick(&mut file.enums, choices) {
                change_enum(each, choices);
            }
        }
        _ => {
            let mut count = 0;
            each_message(&mut file.messages, &mut |_| count += 1);
            let (chosen, mut index) = (choices.below(count), 0);
            each_message(&mut file.messages, &mut |message| {
                if index == chosen {
                    change_message(message, choices, &kinds, proto3);
                }
                index += 1;
            });
        }
    }
}

fn each_message(messages: &mut [Message], visit: &mut dyn FnMut(&mut Message)) {
    for message in messages {
        visit(message);
        each_message(&mut message.messages, visit);
    }
}

fn pick<'t, T>(items: &'t mut [T], choices: &mut Choices<'_>) -> Option<&'t mut T> {
    let index = choices.below(items.len());
    items.get_mut(index)
}

fn take<T>(items: &mut Vec<T>, choices: &mut Choices<'_>) -> Option<T> {
    if items.is_empty() {
        return None;
    }
    let index = choices.below(items.len());
    Some(items.remove(index))
}

fn change_enum(each: &mut Enum, choices: &mut Choices<'_>) {
    if choices.yes() && each.constants.len() > 1 {
        each.constants.pop();
    } else {
        each.constants.push((choices.name("ADDED"), 100));
    }
}

fn change_message(message: &mut Message, choices: &mut Choices<'_>, kinds: &[Kind], proto3: bool) {
    match choices.below(13) {
        0 => drop(take(&mut message.fields, choices)),
        1 | 2 => {
            if let Some(field) = pick(&mut message.fields, choices) {
                field.kind = kind(choices, kinds);
                if matches!(field.kind, Kind::Map(..)) {
                    field.label = None;
                } else if !proto3 && field.label.is_none() {
                    field.label = Some("optional");
                }
            }
        }
        3 => {
            let label = label(choices, proto3);
            if let Some(field) = pick(&mut message.fields, choices)
                && !matches!(field.kind, Kind::Map(..))
            {
                field.label = label;
            }
        }
        4 => {
            let number = message.number_after();
            let kind = Kind::Scalar(SCALARS[choices.below(SCALARS.len())]);
            let (label, name) = (label(choices, proto3), choices.name("added_"));
            message.fields.push(Field { label, kind, name, number, options: Vec::new() });
        }
        5 => {
            if let Some(field) = pick(&mut message.fields, choices) {
                field.name = choices.name("renamed_");
            }
        }
        6 => {
            if let Some((_, members)) = pick(&mut message.oneofs, choices)
                && let Some(member) = pick(members, choices)
            {
                member.kind = kind(choices, kinds);
                if matches!(member.kind, Kind::Map(..)) {
                    member.kind = Kind::Scalar("bool");
                }
            }
        }
        7 | 8 => move_in(message, choices),
        9 => {
            if let Some((_, members)) = pick(&mut message.oneofs, choices)
                && let Some(mut field) = take(members, choices)
            {
                field.label = Some("optional");
                message.fields.push(field);
            }
            message.oneofs.retain(|(_, members)| !members.is_empty());
        }
        10 => {
            if let Some((_, members)) = pick(&mut message.oneofs, choices) {
                take(members, choices);
            }
            message.oneofs.retain(|(_, members)| !members.is_empty());
        }
        11 => drop(take(&mut message.oneofs, choices)),
        _ => drop(take(&mut message.messages, choices)),
    }
}

/// Moves one or two fields into a oneof that is there or new.
fn move_in(message: &mut Message, choices: &mut Choices<'_>) {
    for _ in 0..=choices.below(2) {
        let Some(mut field) = take(&mut message.fields, choices) else { return };
        if matches!(field.kind, Kind::Map(..)) {
            message.fields.push(field);
            return;
        }
        field.label = None;
        if message.oneofs.is_empty() || choices.below(4) == 0 {
            message.oneofs.push((choices.name("choice"), Vec::new()));
        }
        if let Some((_, members)) = pick(&mut message.oneofs, choices) {
            members.push(field);
        }
        message.oneofs.retain(|(_, members)| !members.is_empty());
    }
}

fn kind(choices: &mut Choices<'_>, kinds: &[Kind]) -> Kind {
    if choices.below(3) == 0 && !kinds.is_empty() {
        return kinds[choices.below(kinds.len())].clone();
    }
    Kind::Scalar(SCALARS[choices.below(SCALARS.len())])
}

fn label(choices: &mut Choices<'_>, proto3: bool) -> Option<&'static str> {
    let labels = if proto3 {
        [None, Some("repeated"), Some("optional")]
    } else {
        [Some("optional"), Some("repeated"), Some("required")]
    };
    labels[choices.below(3)]
}

impl Message {
    /// A number that no field has.
    pub(crate) fn number_after(&self) -> u32 {
        let members = self.oneofs.iter().flat_map(|(_, members)| members);
        let numbers = self.fields.iter().chain(members).map(|field| field.number);
        let reserved = self.reserved.iter().map(|(_, last)| *last);
        numbers.chain(reserved).max().unwrap_or(0) + 1
    }
}
