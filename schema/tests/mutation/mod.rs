//! Random changes of inputs that are kept: what a fuzzer does, without its eyes.

/// A small generator of numbers, so that a run can be repeated.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from((self.next() >> 11) % u64::try_from(count.max(1)).unwrap()).unwrap()
    }

    /// A stretch of `length` bytes, mostly short.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = if self.below(4) == 0 { length } else { 12 };
        start..(start + self.below(longest + 1)).min(length)
    }
}

/// Inputs grow no longer than this.
const LENGTH_MAX: usize = 16_384;

/// One of `inputs` after one to four changes; some take in parts of another one, or one of `words`.
pub(crate) fn mutated(inputs: &[Vec<u8>], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = inputs[random.below(inputs.len())].clone();
    for _ in 0..=random.below(5).saturating_sub(1) {
        let range = random.range(input.len());
        match random.below(24) {
            // Mostly what leaves the text one of its language: whole pieces for others of their kind.
            8.. => exchange(&mut input, &inputs[random.below(inputs.len())], random),
            0 => {
                let at = random.below(input.len());
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => drop(input.drain(range)),
            2 => {
                let copy = input[range].to_vec();
                let at = random.below(input.len() + 1);
                for _ in 0..=random.below(8) {
                    input.splice(at..at, copy.iter().copied());
                }
            }
            3 => {
                let other = &inputs[random.below(inputs.len())];
                let taken = other[random.range(other.len())].to_vec();
                input.splice(range, taken);
            }
            4 => {
                const TELLING: &[u8] = b"{}[]\"\\,:0-9.eE/*\n;=<>()\xff\x00";
                input.splice(range, [TELLING[random.below(TELLING.len())]]);
            }
            _ => drop(input.splice(range, words[random.below(words.len())].iter().copied())),
        }
        input.truncate(LENGTH_MAX);
    }
    input
}

/// Puts a piece of `other` in the place of a piece of `input` that is bounded in the same way, or before it.
fn exchange(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let Some(place) = piece(input, random, None) else { return };
    let bound = input[place.start];
    let source = if random.below(3) == 0 { input.clone() } else { other.to_vec() };
    let Some(taken) = piece(&source, random, Some(bound)) else { return };
    let is_list = bound == b'\n' || bound == b'[';
    let place = if is_list && random.below(3) == 0 { place.start..place.start } else { place };
    input.splice(place, source[taken].iter().copied());
}

/// A random stretch of brackets, quotes, or a line, that begins with `bound` if that is given.
fn piece(text: &[u8], random: &mut Random, bound: Option<u8>) -> Option<std::ops::Range<usize>> {
    let from = random.below(text.len());
    let opens = |byte: u8| bound.map_or(b"{[\"\n".contains(&byte), |bound| byte == bound);
    let found = text[from..].iter().position(|&byte| opens(byte)).map(|at| from + at);
    let start = found.or_else(|| text.iter().position(|&byte| opens(byte)))?;
    let close = match text[start] {
        b'{' => b'}',
        b'[' => b']',
        same => {
            return text[start + 1..].iter().position(|&byte| byte == same).map(|at| {
                // A line is taken without the break that ends it.
                start..start + 1 + at + usize::from(same == b'"')
            });
        }
    };
    let mut depth = 0_usize;
    for (at, &byte) in text.iter().enumerate().skip(start) {
        if byte == text[start] {
            depth += 1;
        } else if byte == close {
            depth -= 1;
        }
        if depth == 0 {
            return Some(start..at + 1);
        }
    }
    None
}

/// The words of a dictionary of the fuzzer: a word in quotes on each line.
pub(crate) fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let quoted = dictionary.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted
        .map(|word| word.replace("\\\"", "\"").replace("\\x0a", "\n").replace("\\\\", "\\").into_bytes())
        .collect()
}
