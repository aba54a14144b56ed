//! What is sent and what must come back: requests with the check of their answers.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::answer::Answer;
use crate::failure::Failure;

/// Longest piece of a request or an answer that a failure shows.
const SHOWN_SIZE_MAX: usize = 600;

/// The text of a request without a body.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// The text of a request with a JSON body.
pub(crate) fn post(path: &str, body: &Value) -> String {
    with_body("POST", path, body)
}

/// The text of a request with a JSON body.
pub(crate) fn put(path: &str, body: &Value) -> String {
    with_body("PUT", path, body)
}

fn with_body(method: &str, path: &str, body: &Value) -> String {
    let body = body.to_string();
    let size = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.schemaregistry.v1+json\r\n\
         Content-Length: {size}\r\n\r\n{body}"
    )
}

/// An answer that was not expected.
pub(crate) fn wrong(request: &[u8], answer: Answer<'_>, expected: &[u8]) -> Failure {
    let shown = |bytes: &[u8]| {
        String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_SIZE_MAX)]).replace("\r\n", " | ")
    };
    let got = format!("{} {}", answer.status, shown(answer.body));
    Failure::WrongAnswer { request: shown(request), got, expected: shown(expected) }
}

/// The requests of a measurement. Every answer must have status 200 and the expected content.
pub(crate) enum Traffic {
    /// Always the same one; the body of the answer must equal `expected`.
    Same { request: Vec<u8>, expected: Vec<u8> },
    /// Pairs of a request and what its answer must contain, drawn at random.
    Among(Vec<(Vec<u8>, Vec<u8>)>),
    /// Requests that differ in numbers; the answer must contain `expected`, filled with the same numbers.
    Numbered { request: Template, expected: Template, numbers: [Numbers; 2] },
}

impl Traffic {
    /// One request over and over.
    pub(crate) fn same(request: &str, expected: &[u8]) -> Arc<Self> {
        Arc::new(Self::Same { request: request.as_bytes().to_vec(), expected: expected.to_vec() })
    }

    /// Requests made from a template.
    pub(crate) fn numbered(request: &str, expected: &str, numbers: [Numbers; 2]) -> Arc<Self> {
        let (request, expected) = (Template::new(request), Template::new(expected));
        Arc::new(Self::Numbered { request, expected, numbers })
    }

    /// What one client of several sends.
    pub(crate) fn of_client(self: &Arc<Self>, client: u64) -> Draw {
        let random = Random(client.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Draw { traffic: Arc::clone(self), random, client, at: 0, request: Vec::new(), expected: Vec::new() }
    }
}

/// Where the numbers in a template come from.
pub(crate) enum Numbers {
    /// The number of the client that sends.
    Client,
    /// Each number once.
    Counted(AtomicU64),
    /// Uniformly random.
    Uniform(Range<u64>),
}

impl Numbers {
    /// Each number once, from `first` on.
    pub(crate) fn counted_from(first: u64) -> Self {
        Self::Counted(AtomicU64::new(first))
    }

    fn next(&self, client: u64, random: &mut Random) -> u64 {
        match self {
            Self::Client => client,
            Self::Counted(next) => next.fetch_add(1, Ordering::Relaxed),
            Self::Uniform(range) => random.within(range),
        }
    }
}

/// A text with numbers of fixed width: a run of `#` stands for the first, a run of `%` for the second.
pub(crate) struct Template {
    text: Vec<u8>,
    slots: Vec<Slot>,
}

struct Slot {
    range: Range<usize>,
    number: usize,
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.as_bytes().to_vec();
        let mut slots: Vec<Slot> = Vec::new();
        for (at, byte) in text.iter().enumerate() {
            let number = match byte {
                b'#' => 0,
                b'%' => 1,
                _ => continue,
            };
            match slots.last_mut().filter(|slot| slot.range.end == at && slot.number == number) {
                Some(slot) => slot.range.end += 1,
                None => slots.push(Slot { range: at..at + 1, number }),
            }
        }
        Self { text, slots }
    }

    /// Replaces what `out` holds by the text with these numbers.
    pub(crate) fn fill(&self, numbers: [u64; 2], out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.text);
        for slot in &self.slots {
            let mut rest = numbers[slot.number];
            for digit in out[slot.range.clone()].iter_mut().rev() {
                *digit = b"0123456789"[usize::try_from(rest % 10).unwrap_or(0)];
                rest /= 10;
            }
        }
    }
}

/// The requests of one client, one after the other.
pub(crate) struct Draw {
    traffic: Arc<Traffic>,
    random: Random,
    client: u64,
    at: usize,
    request: Vec<u8>,
    expected: Vec<u8>,
}

impl Draw {
    /// Makes the next request.
    pub(crate) fn advance(&mut self) {
        match &*self.traffic {
            Traffic::Same { .. } => {}
            Traffic::Among(pool) => {
                let size = u64::try_from(pool.len()).unwrap_or(u64::MAX);
                self.at = usize::try_from(self.random.within(&(0..size))).unwrap_or(0);
            }
            Traffic::Numbered { request, expected, numbers } => {
                let numbers = [0, 1].map(|index: usize| numbers[index].next(self.client, &mut self.random));
                request.fill(numbers, &mut self.request);
                expected.fill(numbers, &mut self.expected);
            }
        }
    }

    /// The request that [`Self::advance`] made.
    pub(crate) fn request(&self) -> &[u8] {
        match &*self.traffic {
            Traffic::Same { request, .. } => request,
            Traffic::Among(pool) => &pool[self.at].0,
            Traffic::Numbered { .. } => &self.request,
        }
    }

    /// Refuses any answer but the expected one.
    pub(crate) fn check(&self, answer: Answer<'_>) -> Result<(), Failure> {
        let (expected, right) = match &*self.traffic {
            Traffic::Same { expected, .. } => (expected, answer.body == expected),
            Traffic::Among(pool) => (&pool[self.at].1, contains(answer.body, &pool[self.at].1)),
            Traffic::Numbered { .. } => (&self.expected, contains(answer.body, &self.expected)),
        };
        if right && answer.status == 200 {
            return Ok(());
        }
        Err(wrong(self.request(), answer, expected))
    }
}

fn contains(body: &[u8], expected: &[u8]) -> bool {
    memchr::memmem::find(body, expected).is_some()
}

/// A generator of numbers that look random (splitmix64): the same ones in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn within(&mut self, range: &Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_its_width() {
        let mut out = b"something else".to_vec();
        Template::new("a-### b-%%-#").fill([12, 345], &mut out);
        assert_eq!(out, b"a-012 b-45-2");
    }

    #[test]
    fn a_counted_number_comes_once() {
        let traffic = Traffic::numbered("##/%%", "%%", [Numbers::Client, Numbers::counted_from(7)]);
        let mut draws = [traffic.of_client(3), traffic.of_client(4)];
        let mut seen = Vec::new();
        for draw in &mut draws {
            draw.advance();
            seen.push(draw.request().to_vec());
        }
        assert_eq!(seen, [b"03/07".to_vec(), b"04/08".to_vec()]);
    }

    #[test]
    fn an_answer_is_checked_by_status_and_content() {
        let draw = Traffic::same("GET /", b"yes").of_client(0);
        draw.check(Answer { status: 200, body: b"yes" }).unwrap();
        draw.check(Answer { status: 201, body: b"yes" }).unwrap_err();
        draw.check(Answer { status: 200, body: b"yes!" }).unwrap_err();
    }

    #[test]
    fn random_numbers_stay_within_their_range_and_reach_all_of_it() {
        let mut random = Random(1);
        let mut seen = [false; 5];
        for _ in 0..200 {
            let number = random.within(&(10..15));
            seen[usize::try_from(number - 10).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
    }
}
