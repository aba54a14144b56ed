//! Names of Avro as names of Rust.

/// Words that cannot be names, not even with `r#`.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];
/// Words that can be names with `r#`.
const KEYWORDS: [&str; 46] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where",
];

/// A name as a Rust type or variant: `UpperCamelCase`.
pub(super) fn type_name(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in words(name) {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        let is_shouted = !word.contains(|letter: char| letter.is_ascii_lowercase());
        camel.extend(letters.map(|letter| if is_shouted { letter.to_ascii_lowercase() } else { letter }));
    }
    usable(camel)
}

/// A name as a Rust field: `snake_case`.
pub(super) fn field_name(name: &str) -> String {
    let snake: Vec<String> = words(name).map(|word| word.to_ascii_lowercase()).collect();
    let snake = usable(snake.join("_"));
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// A name that Rust takes: some begin with a digit once their underscores are gone, some can never be names.
fn usable(name: String) -> String {
    if NEVER_RAW.contains(&name.as_str()) {
        return format!("{name}_");
    }
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("_{name}") }
}

/// The first name that is not taken, of this one and this one with a number.
pub(super) fn free(name: String, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{}_{number}", name.trim_start_matches("r#")));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or(name)
}

/// The words of a name: between underscores, and where a capital follows a small letter or begins a word after capitals.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let is_shouted = !letters.iter().any(char::is_ascii_lowercase);
        let mut word = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let after_small =
                at > 0 && letters.get(at - 1).is_some_and(|before| !before.is_ascii_uppercase());
            let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
            if letter.is_ascii_uppercase() && !word.is_empty() && !is_shouted && (after_small || before_small)
            {
                words.push(std::mem::take(&mut word));
            }
            word.push(*letter);
        }
        words.push(word);
    }
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rust() {
        for (avro, of_type, of_field) in [
            ("user_id", "UserId", "user_id"),
            ("userId", "UserId", "user_id"),
            ("HTTPServer", "HttpServer", "http_server"),
            ("URL", "Url", "url"),
            ("C13", "C13", "c13"),
            ("type", "Type", "r#type"),
            ("self", "Self_", "self_"),
            ("_1", "_1", "_1"),
            ("__", "_", "_"),
            ("a__b", "AB", "a_b"),
        ] {
            assert_eq!((type_name(avro).as_str(), field_name(avro).as_str()), (of_type, of_field), "{avro}");
        }
        assert_eq!(free("a".into(), &["a".into(), "a_2".into()]), "a_3");
    }
}
