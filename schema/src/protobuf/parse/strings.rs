//! Quoted strings.

use super::reader::{Reader, Result};

impl Reader<'_> {
    /// A quoted string, without quotes and escapes. Adjacent strings are one.
    ///
    /// Escapes of numbers make the character of that number (`\xe9` is `é`), and a backslash before any other character
    /// is dropped: what was stored and hashed so far rests on that.
    pub(super) fn quoted(&mut self) -> Result<String> {
        let mut text = String::new();
        let mut quote = self.opening_quote()?;
        loop {
            let start = self.at;
            self.skip_plain(quote);
            text.push_str(self.since(start));
            match self.byte() {
                None => return Err(self.wrong("the string is not closed; add the missing quote")),
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escaped()?);
                }
                Some(_) => {
                    self.at += 1;
                    match self.peek()? {
                        b'"' | b'\'' => quote = self.opening_quote()?,
                        _ => return Ok(text),
                    }
                }
            }
        }
    }

    fn opening_quote(&mut self) -> Result<u8> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                Ok(quote)
            }
            _ => {
                let found = self.character();
                Err(self.wrong(format!("expected a string in quotes but found `{found}`")))
            }
        }
    }

    fn skip_plain(&mut self, quote: u8) {
        while let Some(byte) = self.byte() {
            if byte == quote || byte == b'\\' {
                break;
            }
            self.at += 1;
        }
    }

    fn escaped(&mut self) -> Result<char> {
        let Some(character) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) else {
            return Err(
                self.wrong("the string ends after a backslash; finish the escape and add the missing quote")
            );
        };
        if character.is_digit(8) {
            return self.numeric(8, 3);
        }
        self.at += character.len_utf8();
        Ok(match character {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' | 'X' => return self.numeric(16, 2),
            other => other,
        })
    }

    fn numeric(&mut self, radix: u32, digits_max: usize) -> Result<char> {
        let start = self.at;
        let mut value = 0;
        while self.at < start + digits_max {
            let Some(digit) = self.byte().and_then(|byte| char::from(byte).to_digit(radix)) else { break };
            value = value * radix + digit;
            self.at += 1;
        }
        match char::from_u32(value) {
            Some(character) if self.at > start => Ok(character),
            _ => Err(self.wrong("expected a hexadecimal digit after `\\x`")),
        }
    }
}
