//! Random valid Avro schemas: every kind of type, names in namespaces, recursion, defaults, annotations.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What a type looks like before names are given.
#[derive(Clone, Debug)]
enum Shape {
    Primitive(usize),
    Logical(usize),
    Array(Box<Self>),
    Map(Box<Self>),
    /// Branches; of equal kinds only the first is kept.
    Union(Vec<Self>),
    Enum(Annotations, usize),
    Fixed(Annotations, u32),
    Record(Annotations, Vec<FieldShape>),
    /// A use of a type that is defined before or around this place.
    Use(usize),
}

#[derive(Clone, Debug)]
struct FieldShape {
    shape: Shape,
    annotations: Annotations,
    order: usize,
    has_default: bool,
}

#[derive(Clone, Debug)]
struct Annotations {
    namespace: usize,
    doc: Option<String>,
    aliases: usize,
    property: Option<i64>,
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const LOGICAL: [(&str, &str); 6] = [
    ("int", "date"),
    ("long", "timestamp-millis"),
    ("long", "time-micros"),
    ("string", "uuid"),
    ("bytes", "decimal"),
    ("string", "of-my-own"),
];
const NAMESPACES: [&str; 3] = ["shop", "shop.orders", "ads"];

/// The text of a schema that parses.
pub(crate) fn schema_text() -> impl Strategy<Value = String> {
    (shape(), any::<bool>()).prop_map(|(shape, in_namespaces)| {
        let mut namer = Namer { in_namespaces, ..Namer::default() };
        namer.value(&shape, false, "").to_string()
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        4 => (0..PRIMITIVES.len()).prop_map(Shape::Primitive),
        1 => (0..LOGICAL.len()).prop_map(Shape::Logical),
        1 => (annotations(), 1_usize..4).prop_map(|(annotations, count)| Shape::Enum(annotations, count)),
        1 => (annotations(), 0_u32..20).prop_map(|(annotations, size)| Shape::Fixed(annotations, size)),
        2 => (0_usize..8).prop_map(Shape::Use),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        let field = (inner.clone(), annotations(), 0_usize..3, any::<bool>());
        let field = field.prop_map(|(shape, annotations, order, has_default)| FieldShape {
            shape,
            annotations,
            order,
            has_default,
        });
        let fields = prop::collection::vec(field, 0..6);
        prop_oneof![
            1 => inner.clone().prop_map(|shape| Shape::Array(Box::new(shape))),
            1 => inner.clone().prop_map(|shape| Shape::Map(Box::new(shape))),
            2 => prop::collection::vec(inner, 1..4).prop_map(Shape::Union),
            4 => (annotations(), fields).prop_map(|(annotations, fields)| Shape::Record(annotations, fields)),
        ]
    })
}

fn annotations() -> impl Strategy<Value = Annotations> {
    let doc = prop::option::of("[ -~é\u{2028}\n\"\\\\]{0,12}");
    (0..NAMESPACES.len(), doc, 0_usize..3, prop::option::of(any::<i64>()))
        .prop_map(|(namespace, doc, aliases, property)| Annotations { namespace, doc, aliases, property })
}

/// Gives names and renders. Names are numbered, so none is defined twice.
#[derive(Default)]
struct Namer {
    in_namespaces: bool,
    count: usize,
    /// Full names of enums and fixeds, and of records that are complete.
    complete: Vec<String>,
    /// Records around the current place: uses of them stand inside an array, a map or a union with null.
    open: Vec<String>,
}

impl Namer {
    fn value(&mut self, shape: &Shape, is_indirect: bool, namespace: &str) -> Value {
        match shape {
            Shape::Primitive(index) => json!(PRIMITIVES[*index]),
            Shape::Logical(index) => {
                let (base, logical) = LOGICAL[*index];
                let mut object = json!({"type": base, "logicalType": logical});
                if logical == "decimal" {
                    object["precision"] = json!(9);
                    object["scale"] = json!(2);
                }
                object
            }
            Shape::Array(inner) => json!({"type": "array", "items": self.value(inner, true, namespace)}),
            Shape::Map(inner) => json!({"type": "map", "values": self.value(inner, true, namespace)}),
            Shape::Union(branches) => self.union(branches, namespace),
            Shape::Enum(annotations, count) => {
                let (mut object, name) = self.named("enum", annotations, namespace);
                let symbols: Vec<String> = (0..*count).map(|index| format!("S{index}")).collect();
                if annotations.aliases == 1 {
                    object.insert("default".to_owned(), json!(symbols[0]));
                }
                object.insert("symbols".to_owned(), json!(symbols));
                self.complete.push(name);
                Value::Object(object)
            }
            Shape::Fixed(annotations, size) => {
                let (mut object, name) = self.named("fixed", annotations, namespace);
                object.insert("size".to_owned(), json!(size));
                self.complete.push(name);
                Value::Object(object)
            }
            Shape::Record(annotations, fields) => self.record(annotations, fields, namespace),
            Shape::Use(index) => {
                let open = if is_indirect { &*self.open } else { &[] };
                let usable: Vec<&String> = self.complete.iter().chain(open).collect();
                match usable.len() {
                    0 => json!("string"),
                    count => json!(usable[index % count]),
                }
            }
        }
    }

    fn union(&mut self, shapes: &[Shape], namespace: &str) -> Value {
        let mut branches = vec![json!("null")];
        let mut kinds = vec!["null".to_owned()];
        for shape in shapes {
            if matches!(shape, Shape::Union(_)) {
                continue;
            }
            let branch = self.value(shape, true, namespace);
            let kind = match &branch {
                Value::String(name) => name.clone(),
                other => match other["type"].as_str() {
                    // Defined just now, so it is in no branch yet.
                    Some("record" | "enum" | "fixed") => {
                        branches.push(branch);
                        // A later use of it would be a second branch of that name.
                        kinds.extend(self.complete.last().cloned());
                        continue;
                    }
                    kind => kind.unwrap_or_default().to_owned(),
                },
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
                branches.push(branch);
            }
        }
        Value::Array(branches)
    }

    fn record(&mut self, annotations: &Annotations, fields: &[FieldShape], namespace: &str) -> Value {
        let (mut object, name) = self.named("record", annotations, namespace);
        let inner = name.rsplit_once('.').map_or("", |(namespace, _)| namespace).to_owned();
        self.open.push(name);
        let fields: Vec<Value> =
            fields.iter().enumerate().map(|(index, field)| self.field(index, field, &inner)).collect();
        object.insert("fields".to_owned(), json!(fields));
        self.complete.extend(self.open.pop());
        Value::Object(object)
    }

    fn field(&mut self, index: usize, field: &FieldShape, namespace: &str) -> Value {
        let field_type = self.value(&field.shape, false, namespace);
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(format!("f{index}")));
        if let Some(default) = default_of(&field_type).filter(|_| field.has_default) {
            object.insert("default".to_owned(), default);
        }
        object.insert("type".to_owned(), field_type);
        if field.order > 0 {
            object.insert("order".to_owned(), json!(["descending", "ignore"][field.order - 1]));
        }
        if field.annotations.aliases > 0 {
            object.insert("aliases".to_owned(), json!([format!("old{index}")]));
        }
        annotate(&mut object, &field.annotations);
        Value::Object(object)
    }

    fn named(&mut self, kind: &str, annotations: &Annotations, around: &str) -> (Map<String, Value>, String) {
        let simple = format!("T{}", self.count);
        self.count += 1;
        let mut object = Map::new();
        object.insert("type".to_owned(), json!(kind));
        object.insert("name".to_owned(), json!(simple));
        let mut full = simple;
        if self.in_namespaces {
            let namespace = NAMESPACES[annotations.namespace];
            if namespace != around {
                object.insert("namespace".to_owned(), json!(namespace));
            }
            full = format!("{namespace}.{full}");
        }
        if annotations.aliases > 0 {
            let aliases: Vec<String> =
                (0..annotations.aliases).map(|index| format!("Old{}_{index}", self.count)).collect();
            object.insert("aliases".to_owned(), json!(aliases));
        }
        annotate(&mut object, annotations);
        (object, full)
    }
}

fn annotate(object: &mut Map<String, Value>, annotations: &Annotations) {
    if let Some(doc) = &annotations.doc {
        object.insert("doc".to_owned(), json!(doc));
    }
    if let Some(property) = annotations.property {
        object.insert("x-owner".to_owned(), json!({"team": property, "a": [1.5, null]}));
    }
}

/// A default for types that have a simple one.
fn default_of(field_type: &Value) -> Option<Value> {
    match field_type {
        Value::Array(branches) => default_of(branches.first()?),
        Value::String(name) => Some(match name.as_str() {
            "null" => Value::Null,
            "boolean" => json!(true),
            "int" | "long" => json!(-7),
            "float" | "double" => json!(1.5e10),
            "bytes" => json!("\u{ff}"),
            "string" => json!("text"),
            _ => return None,
        }),
        Value::Object(object) => match object.get("type")?.as_str()? {
            "array" => Some(json!([])),
            "map" => Some(json!({})),
            "enum" => Some(json!("S0")),
            "record" | "fixed" => None,
            // Other libraries want values of the logical type here.
            _ if object.contains_key("logicalType") => None,
            primitive => default_of(&json!(primitive)),
        },
        _ => None,
    }
}
