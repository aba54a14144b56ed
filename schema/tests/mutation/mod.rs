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

/// One of `inputs` after one to six changes; some take in parts of another one, or one of `words`.
pub(crate) fn mutated(inputs: &[Vec<u8>], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = inputs[random.below(inputs.len())].clone();
    for _ in 0..=random.below(6) {
        let range = random.range(input.len());
        match random.below(8) {
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
            3 | 4 => {
                let other = &inputs[random.below(inputs.len())];
                let taken = other[random.range(other.len())].to_vec();
                input.splice(range, taken);
            }
            5 => {
                const TELLING: &[u8] = b"{}[]\"\\,:0-9.eE/*\n;=<>()\xff\x00";
                input.splice(range, [TELLING[random.below(TELLING.len())]]);
            }
            _ => drop(input.splice(range, words[random.below(words.len())].iter().copied())),
        }
        input.truncate(LENGTH_MAX);
    }
    input
}

/// The words of a dictionary of the fuzzer: a word in quotes on each line.
pub(crate) fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let quoted = dictionary.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted
        .map(|word| word.replace("\\\"", "\"").replace("\\x0a", "\n").replace("\\\\", "\\").into_bytes())
        .collect()
}
