//! Short expressions: paths, texts, numbers, and calls of built-in functions such as `lower($k)`.

use super::path::{Path, Scanner};

/// Calls nest this deep at most.
const DEPTH_MAX: usize = 16;

/// An expression that is compiled and typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A path.
    Path(Path),
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A call.
    Call(Function, Vec<Term>),
}

/// Built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// A text in lower case.
    Lower,
    /// A text in upper case.
    Upper,
    /// A text without white space at its ends.
    Trim,
    /// Characters of a text, bytes of bytes, items of a list or entries of a map.
    Size,
    /// A text, from a character on, and so many of them.
    Substring,
    /// A text with all places of one text replaced by another.
    Replace,
    /// Any plain value as text.
    Text,
    /// The absolute value of a number.
    Abs,
    /// The items of a list as one text, with a text in between.
    Join,
}

/// Name, and least and greatest number of arguments.
const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("lower", Function::Lower, 1, 1),
    ("upper", Function::Upper, 1, 1),
    ("trim", Function::Trim, 1, 1),
    ("size", Function::Size, 1, 1),
    ("substring", Function::Substring, 2, 3),
    ("replace", Function::Replace, 3, 3),
    ("text", Function::Text, 1, 1),
    ("abs", Function::Abs, 1, 1),
    ("join", Function::Join, 2, 2),
];

impl Function {
    /// As mappings spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(_, function, _, _)| *function == self).map_or("", |(name, ..)| name)
    }
}

/// Reads a rule in its short form.
pub(crate) fn parse(text: &str) -> Result<Term, String> {
    let mut scanner = Scanner::new(text.trim());
    let term = term(&mut scanner, 0)?;
    scanner.skip_spaces();
    if scanner.rest().is_empty() {
        Ok(term)
    } else {
        Err(format!("`{}` is left over behind the expression", scanner.rest()))
    }
}

fn term(scanner: &mut Scanner<'_>, depth: usize) -> Result<Term, String> {
    if depth > DEPTH_MAX {
        return Err(format!("calls nest deeper than {DEPTH_MAX}"));
    }
    scanner.skip_spaces();
    if let Some(text) = scanner.quoted()? {
        return Ok(Term::Text(text));
    }
    if let Some(path) = scanner.path()? {
        return Ok(Term::Path(path));
    }
    let start = scanner.rest();
    let Some(name) = scanner.name() else {
        return Err(format!(
            "`{start}` is no expression: write a path such as `$.id`, or a call such as `lower($.id)`"
        ));
    };
    if let Ok(number) = name.parse() {
        return Ok(Term::Integer(number));
    }
    if !scanner.eat("(") {
        return Err(format!(
            "`{start}` is no expression: a source path begins with `$` as in `$.{name}`, and a fixed value is written as `{{const: {name}}}`"
        ));
    }
    let Some((_, function, least, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(name, ..)| *name).collect();
        return Err(format!("there is no function `{name}`; known are `{}`", known.join("`, `")));
    };
    let arguments = arguments(scanner, depth)?;
    if !(*least..=*most).contains(&arguments.len()) {
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        return Err(format!("`{name}` takes {wanted} arguments, and has {}", arguments.len()));
    }
    Ok(Term::Call(*function, arguments))
}

fn arguments(scanner: &mut Scanner<'_>, depth: usize) -> Result<Vec<Term>, String> {
    let mut arguments = Vec::new();
    scanner.skip_spaces();
    while !scanner.eat(")") {
        if !arguments.is_empty() && !scanner.eat(",") {
            return Err("arguments are separated by `,` and end with `)`".to_owned());
        }
        arguments.push(term(scanner, depth + 1)?);
        scanner.skip_spaces();
    }
    Ok(arguments)
}

/// The pieces of a template such as `${brand} / ${sku}`; what stands in braces is a path behind `$.`, or a whole term.
pub(crate) fn template(text: &str) -> Result<Vec<Term>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, behind)) = after.split_once('}') else {
            return Err(format!("`${{` is not closed before `{after}`"));
        };
        if !before.is_empty() {
            pieces.push(Term::Text(before.to_owned()));
        }
        let inside = inside.trim();
        let is_term = inside.starts_with(['$', '@']) || inside.contains('(') || inside.starts_with("it.");
        pieces.push(if is_term { parse(inside)? } else { parse(&format!("$.{inside}"))? });
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Term::Text(rest.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_nest() {
        let term = parse("replace(lower($k), ' ', \"_\")").unwrap();
        let Term::Call(Function::Replace, arguments) = term else { panic!("{term:?}") };
        assert!(matches!(&arguments[0], Term::Call(Function::Lower, _)));
        assert_eq!(arguments[2], Term::Text("_".to_owned()));
    }

    #[test]
    fn a_bare_word_is_answered_with_both_cures() {
        let reason = parse("WEB").unwrap_err();
        assert!(reason.contains("`$.WEB`") && reason.contains("{const: WEB}"), "{reason}");
        assert!(parse("upper($.a, $.b)").unwrap_err().contains("takes 1 arguments"));
        assert!(parse("uper($.a)").unwrap_err().contains("known are"));
    }

    #[test]
    fn templates_take_names_paths_and_calls() {
        let pieces = template("${brand} / ${upper($.sku)}!").unwrap();
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[1], Term::Text(" / ".to_owned()));
        assert!(template("${a").is_err());
    }
}
