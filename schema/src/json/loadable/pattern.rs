//! Whether Java takes a text for a regular expression: the reference registry refuses patterns that it does not.
//!
//! Only the syntax is looked at, in one pass; names of scripts and blocks are believed.

use std::collections::HashSet;

/// What is wrong with the pattern, if anything is.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    let chars: Vec<char> = pattern.chars().collect();
    Syntax { chars, at: 0, open: 0, names: HashSet::new() }.check()
}

struct Syntax {
    chars: Vec<char>,
    at: usize,
    /// Groups that are open.
    open: usize,
    names: HashSet<String>,
}

/// What an escape stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escaped {
    /// One character, which may start or end a range.
    Single(char),
    /// A set of characters or a position.
    Other,
}

impl Syntax {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn eat(&mut self, expected: char) -> bool {
        let is_there = self.peek() == Some(expected);
        self.at += usize::from(is_there);
        is_there
    }

    fn check(mut self) -> Result<(), String> {
        while let Some(next) = self.next() {
            match next {
                '(' => self.group()?,
                ')' if self.open == 0 => return Err("a `)` without `(`".to_owned()),
                ')' => {
                    self.open -= 1;
                    self.quantifier()?;
                }
                '*' | '+' | '?' => return Err(format!("nothing stands before `{next}`")),
                '|' => {}
                '[' => {
                    self.class()?;
                    self.quantifier()?;
                }
                '\\' if self.eat('Q') => self.quoted(),
                '\\' => {
                    self.escape(Inside::Sequence)?;
                    self.quantifier()?;
                }
                '{' => {
                    self.at -= 1;
                    self.quantifier()?;
                }
                _ => self.quantifier()?,
            }
        }
        if self.open > 0 { Err("a `(` is not closed".to_owned()) } else { Ok(()) }
    }

    /// After `(`.
    fn group(&mut self) -> Result<(), String> {
        self.open += 1;
        if !self.eat('?') {
            return Ok(());
        }
        match self.next() {
            Some('=' | '!' | '>' | ':') => Ok(()),
            Some('<') if matches!(self.peek(), Some('=' | '!')) => {
                self.at += 1;
                Ok(())
            }
            Some('<') => self.group_name(),
            Some(first) => self.flags(first),
            None => Err("it ends after `(?`".to_owned()),
        }
    }

    fn group_name(&mut self) -> Result<(), String> {
        let mut name = String::new();
        while let Some(next) = self.next() {
            match next {
                '>' if !name.is_empty() => {
                    let is_new = self.names.insert(name.clone());
                    return if is_new { Ok(()) } else { Err(format!("two groups are called `{name}`")) };
                }
                next if next.is_ascii_alphabetic() || (next.is_ascii_digit() && !name.is_empty()) => {
                    name.push(next);
                }
                _ => break,
            }
        }
        Err("the name of a group consists of letters and digits".to_owned())
    }

    fn flags(&mut self, first: char) -> Result<(), String> {
        let mut next = Some(first);
        while let Some(flag) = next {
            match flag {
                ')' => {
                    self.open -= 1;
                    return Ok(());
                }
                ':' => return Ok(()),
                'i' | 'd' | 'm' | 's' | 'u' | 'x' | 'U' | '-' | 'c' => next = self.next(),
                _ => return Err(format!("`(?{flag}` starts no kind of group")),
            }
        }
        Err("a `(` is not closed".to_owned())
    }

    /// What may follow an atom.
    fn quantifier(&mut self) -> Result<(), String> {
        match self.peek() {
            Some('*' | '+' | '?') => self.at += 1,
            Some('{') => {
                self.at += 1;
                self.counts()?;
            }
            _ => return Ok(()),
        }
        if matches!(self.peek(), Some('?' | '+')) {
            self.at += 1;
        }
        Ok(())
    }

    fn counts(&mut self) -> Result<(), String> {
        let Some(least) = self.count()? else { return Err("no number follows `{`".to_owned()) };
        let most = if self.eat(',') { self.count()? } else { Some(least) };
        if !self.eat('}') {
            return Err("a `{` is not closed".to_owned());
        }
        match most {
            Some(most) if most < least => Err(format!("`{{{least},{most}}}` counts down")),
            _ => Ok(()),
        }
    }

    fn count(&mut self) -> Result<Option<u32>, String> {
        let start = self.at;
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars.get(start..self.at).unwrap_or_default().iter().collect();
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse::<i32>().ok().and_then(|count| u32::try_from(count).ok()) {
            Some(count) => Ok(Some(count)),
            None => Err(format!("{digits} repetitions are too many")),
        }
    }

    /// After `[`.
    fn class(&mut self) -> Result<(), String> {
        // For each open class, whether something already stands in it: a `]` before that stands for itself.
        let mut open = vec![false];
        self.eat('^');
        while let Some(filled) = open.last_mut() {
            match self.next() {
                None => return Err("a `[` is not closed".to_owned()),
                Some(']') if *filled => {
                    open.pop();
                    if let Some(outer) = open.last_mut() {
                        *outer = true;
                    }
                }
                Some('[') => {
                    open.push(false);
                    self.eat('^');
                }
                Some('&') if self.peek() == Some('&') => self.at += 1,
                Some(first) => {
                    *filled = true;
                    self.range(first)?;
                }
            }
        }
        Ok(())
    }

    /// One character of a class, or a range.
    fn range(&mut self, first: char) -> Result<(), String> {
        let low = match first {
            '\\' if self.eat('Q') => {
                self.quoted();
                return Ok(());
            }
            '\\' => self.escape(Inside::Class)?,
            other => Escaped::Single(other),
        };
        let Escaped::Single(low) = low else { return Ok(()) };
        if self.peek() != Some('-') || matches!(self.chars.get(self.at + 1), None | Some(']' | '[')) {
            return Ok(());
        }
        self.at += 1;
        let high = match self.next() {
            Some('\\') => self.escape(Inside::Class)?,
            Some(other) => Escaped::Single(other),
            None => return Err("a `[` is not closed".to_owned()),
        };
        match high {
            Escaped::Single(high) if high >= low => Ok(()),
            Escaped::Single(high) => Err(format!("the range `{low}-{high}` goes backwards")),
            Escaped::Other => Err(format!("the range that starts at `{low}` does not end at a character")),
        }
    }

    /// Up to `\E`.
    fn quoted(&mut self) {
        while let Some(next) = self.next() {
            if next == '\\' && self.eat('E') {
                return;
            }
        }
    }

    /// After a backslash.
    fn escape(&mut self, inside: Inside) -> Result<Escaped, String> {
        let Some(next) = self.next() else { return Err("it ends with a backslash".to_owned()) };
        let in_sequence = inside == Inside::Sequence;
        match next {
            'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'v' | 'V' | 'w' | 'W' => Ok(Escaped::Other),
            'A' | 'B' | 'G' | 'Z' | 'z' | 'b' | 'R' | 'X' | '1'..='9' if in_sequence => Ok(Escaped::Other),
            'a' => Ok(Escaped::Single('\u{7}')),
            'e' => Ok(Escaped::Single('\u{1b}')),
            'f' => Ok(Escaped::Single('\u{c}')),
            'n' => Ok(Escaped::Single('\n')),
            'r' => Ok(Escaped::Single('\r')),
            't' => Ok(Escaped::Single('\t')),
            '0' => self.number(8, 1, 3),
            'c' => {
                let control = self.next().map(|next| u32::from(next) ^ 64);
                control
                    .and_then(char::from_u32)
                    .map(Escaped::Single)
                    .ok_or("nothing follows `\\c`".to_owned())
            }
            'x' if self.eat('{') => {
                let found = self.number(16, 1, 6)?;
                if self.eat('}') { Ok(found) } else { Err("a `\\x{` is not closed".to_owned()) }
            }
            'x' => self.number(16, 2, 2),
            'u' => self.number(16, 4, 4),
            'p' | 'P' => self.property(),
            'N' => self.braced("\\N").map(|_| Escaped::Other),
            'k' if in_sequence && self.eat('<') => self.back_reference(),
            letter if letter.is_ascii_alphanumeric() => Err(format!("`\\{letter}` is no escape")),
            other => Ok(Escaped::Single(other)),
        }
    }

    fn number(&mut self, radix: u32, least: usize, most: usize) -> Result<Escaped, String> {
        let (mut value, mut count) = (0_u32, 0);
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(radix)).filter(|_| count < most) {
            value = value * radix + digit;
            count += 1;
            self.at += 1;
        }
        if count < least || value > 0x10_ffff {
            return Err("an escape has too few or wrong digits".to_owned());
        }
        // Halves of surrogate pairs are no characters here; whatever they stand for, they are believed.
        Ok(char::from_u32(value).map_or(Escaped::Single(char::MAX), Escaped::Single))
    }

    fn braced(&mut self, before: &str) -> Result<String, String> {
        if !self.eat('{') {
            return Err(format!("no `{{` follows `{before}`"));
        }
        let start = self.at;
        while let Some(next) = self.next() {
            if next == '}' {
                return Ok(self.chars.get(start..self.at - 1).unwrap_or_default().iter().collect());
            }
        }
        Err(format!("a `{before}{{` is not closed"))
    }

    fn property(&mut self) -> Result<Escaped, String> {
        let name = match self.peek() {
            Some('{') => self.braced("\\p")?,
            Some(letter) => {
                self.at += 1;
                letter.to_string()
            }
            None => return Err("nothing follows `\\p`".to_owned()),
        };
        let is_known = PROPERTIES.contains(&name.as_str())
            || name.contains('=')
            || ["Is", "In", "java"].iter().any(|start| name.starts_with(start) && name.len() > start.len());
        if is_known { Ok(Escaped::Other) } else { Err(format!("`{name}` is no property of characters")) }
    }

    fn back_reference(&mut self) -> Result<Escaped, String> {
        let start = self.at;
        while let Some(next) = self.next() {
            if next == '>' {
                let name: String = self.chars.get(start..self.at - 1).unwrap_or_default().iter().collect();
                let is_known = self.names.contains(&name);
                return if is_known {
                    Ok(Escaped::Other)
                } else {
                    Err(format!("no group is called `{name}`"))
                };
            }
        }
        Err("a `\\k<` is not closed".to_owned())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Sequence,
    Class,
}

const PROPERTIES: [&str; 54] = [
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf",
    "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L", "M", "N", "Z", "C",
    "P", "S", "LC", "LD", "L1", "all", "ASCII", "Alnum", "Alpha", "Blank", "Cntrl", "Digit", "Graph",
    "Lower", "Print", "Punct", "Space", "Upper", "XDigit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_java_are_taken() {
        for pattern in [
            "",
            "a",
            "^a.*b$",
            "[a-z]+",
            "[^]a]",
            "[]a]",
            "[a-]",
            "[\\w-.]",
            "[a&&[^b]]",
            "[[a]b]",
            "(a|b)*?",
            "(?:a)",
            "(?<name>a)\\k<name>",
            "(?i)a",
            "(?i:a)",
            "(?=a)",
            "(?<!a)b",
            "a{2}",
            "a{2,}",
            "a{2,3}+",
            "{3}",
            "}",
            "]",
            "\\p{L}",
            "\\pL",
            "\\p{IsLatin}",
            "\\p{Script=Greek}",
            "\\P{Alpha}",
            "\\x41",
            "\\x{1F600}",
            "\\u0041",
            "\\uD83D",
            "\\077",
            "\\Q(\\E",
            "\\-",
            "\\/",
            "\\_",
            "é",
            "\\é",
            "a*",
            "\\1",
            "^*",
            "(|a)",
            "a++",
            "[\\Q]\\E]",
            "\\cA",
        ] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn what_java_refuses_is_refused() {
        for pattern in [
            "[",
            "[a",
            "[]",
            "[^]",
            "(",
            "a)",
            "*",
            "+a",
            "?",
            "a|*",
            "(*)",
            "a**",
            "a*??",
            "a{",
            "a{x}",
            "a{2",
            "a{3,2}",
            "a{99999999999}",
            "{",
            "\\",
            "\\y",
            "\\i",
            "[\\b]",
            "[z-a]",
            "[a-\\d]",
            "\\p{Letter}",
            "\\p",
            "\\p{L",
            "\\x4",
            "\\u12",
            "\\08",
            "(?",
            "(?P<a>b)",
            "(?<1>a)",
            "(?<a>b)(?<a>c)",
            "\\k<a>",
            "(?z)",
        ] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn deep_patterns_are_no_danger() {
        assert!(check(&"(".repeat(1_000_000)).is_err());
        assert!(check(&"[".repeat(1_000_000)).is_err());
        assert!(check(&("(".repeat(100_000) + &")".repeat(100_000))).is_ok());
    }
}
