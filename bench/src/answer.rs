//! Reads an HTTP/1.1 answer from a buffer, without copying it.

use crate::failure::{Failure, Result};

/// A complete answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'b> {
    pub(crate) status: u16,
    pub(crate) body: &'b [u8],
}

/// The answer at the start of the buffer, once all of it is there, and how many bytes it takes.
pub(crate) fn read(buffer: &[u8]) -> Result<Option<(Answer<'_>, usize)>> {
    let Some(head_size) = memchr::memmem::find(buffer, b"\r\n\r\n") else { return Ok(None) };
    let (head, rest) = buffer.split_at(head_size + 4);
    let text = String::from_utf8_lossy(head);
    let unreadable = || Failure::Unreadable(text.trim_end().to_owned());
    let status = head.get(9..12).and_then(number).ok_or_else(unreadable)?;
    let length = content_length(head).ok_or_else(unreadable)?;
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let status = u16::try_from(status).map_err(|_| unreadable())?;
    Ok(Some((Answer { status, body }, head.len() + length)))
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let mut lines = head.split(|byte| *byte == b'\n');
    let line =
        lines.find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))?;
    number(line.get(NAME.len()..)?.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nx: y\r\n\r\nno";

    #[test]
    fn a_whole_answer_is_read() {
        let (answer, size) = read(WHOLE).unwrap().unwrap();
        assert_eq!((answer.status, answer.body, size), (404, &b"no"[..], WHOLE.len()));
    }

    #[test]
    fn a_part_of_an_answer_is_awaited() {
        for size in 0..WHOLE.len() {
            assert!(read(&WHOLE[..size]).unwrap().is_none(), "{size} bytes");
        }
    }

    #[test]
    fn an_answer_without_a_length_is_refused() {
        assert!(read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
