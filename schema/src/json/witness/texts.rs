//! Texts that have a pattern, a format or a length.

use std::iter::Peekable;
use std::str::Chars;

/// Characters that a sample of a pattern has, at most.
const SAMPLE_LENGTH_MAX: usize = 300;
/// Groups within groups that are followed.
const NESTING_MAX: usize = 20;

/// Texts of each kind that formats and editions tell apart.
pub(super) const EXAMPLES: &[&str] = &[
    "",
    "a",
    "ab",
    "0",
    "A",
    "a b",
    "é",
    "2026-11-28",
    "2026-11-28T20:42:00Z",
    "20:42:00Z",
    "P1D",
    "someone@example.com",
    "example.com",
    "192.0.2.1",
    "2001:db8::1",
    "https://example.com/a",
    "/a/b",
    "0/a",
    "urn:a",
    "{a}",
    "3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a",
    "YQ==",
    "{}",
    "-1",
    "1.5",
    "%",
    "(",
    "aaaaaaaaaaaaaaaa",
];

/// A text that probably has the pattern. Only plain patterns are understood; what is made is tried by the caller.
pub(super) fn sample(pattern: &str, variant: usize) -> Option<String> {
    let mut sampler = Sampler { rest: pattern.chars().peekable(), variant, out: String::new() };
    sampler.alternatives(0)?;
    sampler.rest.next().is_none().then_some(sampler.out)
}

struct Sampler<'p> {
    rest: Peekable<Chars<'p>>,
    variant: usize,
    out: String,
}

impl Sampler<'_> {
    /// One of the alternatives up to the end of the group.
    fn alternatives(&mut self, nesting: usize) -> Option<()> {
        let start = self.out.clone();
        let mut texts = Vec::new();
        loop {
            self.out.clone_from(&start);
            self.sequence(nesting)?;
            texts.push(self.out.clone());
            if self.rest.peek() != Some(&'|') {
                break;
            }
            self.rest.next();
        }
        let count = texts.len();
        self.out = texts.into_iter().nth(self.variant % count)?;
        Some(())
    }

    fn sequence(&mut self, nesting: usize) -> Option<()> {
        while let Some(next) = self.rest.peek().copied() {
            if next == '|' || next == ')' {
                return Some(());
            }
            self.rest.next();
            let start = self.out.len();
            self.atom(next, nesting)?;
            let atom = self.out.get(start..)?.to_owned();
            let times = self.repeats()?;
            self.out.truncate(start);
            for _ in 0..times {
                self.out.push_str(&atom);
            }
            if self.out.len() > SAMPLE_LENGTH_MAX {
                return None;
            }
        }
        Some(())
    }

    fn atom(&mut self, first: char, nesting: usize) -> Option<()> {
        match first {
            '^' | '$' => {}
            '.' => self.out.push('a'),
            '(' if nesting < NESTING_MAX => {
                if self.rest.peek() == Some(&'?') {
                    self.rest.next();
                    if self.rest.next() != Some(':') {
                        return None;
                    }
                }
                self.alternatives(nesting + 1)?;
                if self.rest.next() != Some(')') {
                    return None;
                }
            }
            '[' => {
                let character = self.class()?;
                self.out.push(character);
            }
            '\\' => {
                let escape = self.rest.next()?;
                if let Some(character) = escaped(escape) {
                    self.out.push(character);
                }
            }
            '(' | ')' | '*' | '+' | '?' | '{' => return None,
            other => self.out.push(other),
        }
        Some(())
    }

    /// A character of a class; for one that is negated, one that most of them leave over.
    fn class(&mut self) -> Option<char> {
        let negated = self.rest.peek() == Some(&'^');
        if negated {
            self.rest.next();
        }
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let next = match self.rest.next()? {
                ']' => break,
                '\\' => escaped(self.rest.next()?)?,
                other => other,
            };
            let mut end = next;
            if self.rest.peek() == Some(&'-') {
                self.rest.next();
                match self.rest.peek() {
                    Some(']') | None => ranges.push(('-', '-')),
                    Some(_) => end = self.rest.next()?,
                }
            }
            ranges.push((next, end));
        }
        if negated {
            let taken = |character: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&character));
            return "aA0 -_~é".chars().find(|character| !taken(*character));
        }
        let (from, to) = *ranges.get(self.variant % ranges.len().max(1))?;
        Some(if self.variant % 2 == 1 { to } else { from })
    }

    /// How often the quantifier behind an atom has it repeated.
    fn repeats(&mut self) -> Option<usize> {
        let times = match self.rest.peek() {
            Some('*') => self.variant % 3,
            Some('+') => 1 + self.variant % 3,
            Some('?') => self.variant % 2,
            Some('{') => return self.counted(),
            _ => return Some(1),
        };
        self.rest.next();
        self.skip_lazy();
        Some(times)
    }

    fn counted(&mut self) -> Option<usize> {
        self.rest.next();
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '}' => break,
                other => text.push(other),
            }
        }
        self.skip_lazy();
        let (min, max) = text.split_once(',').unwrap_or((&text, &text));
        let min: usize = min.parse().ok()?;
        let max = max.parse().unwrap_or(min + 2);
        let times = if self.variant % 2 == 1 { max } else { min };
        (times <= SAMPLE_LENGTH_MAX).then_some(times)
    }

    fn skip_lazy(&mut self) {
        if self.rest.peek() == Some(&'?') {
            self.rest.next();
        }
    }
}

/// A character for an escape; none for a boundary.
fn escaped(escape: char) -> Option<char> {
    Some(match escape {
        'd' => '0',
        'w' => 'a',
        's' => ' ',
        'D' | 'S' => 'a',
        'W' => '-',
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'b' | 'B' => return None,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_their_pattern() {
        for pattern in [
            "^[a-z]+$",
            "^\\d{4}-\\d{2}$",
            "^(foo|bar)x?$",
            "[^a]b*",
            "^x_",
            "^[A-Z]{2,4}(?:-[0-9]+)*$",
            "a.c",
            "^\\+?1",
        ] {
            let regex = fancy_regex::Regex::new(pattern).unwrap();
            for variant in 0..6 {
                let text = sample(pattern, variant).unwrap();
                assert!(regex.is_match(&text).unwrap(), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_has_no_sample() {
        for pattern in ["(?=a)", "(", "[a", "a{", "*"] {
            assert_eq!(sample(pattern, 0), None, "{pattern}");
        }
    }
}
