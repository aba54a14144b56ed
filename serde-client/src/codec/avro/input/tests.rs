//! Primitives from bytes.

use super::*;
use crate::codec::avro::output::Output;

fn input(bytes: &[u8]) -> Input<'_> {
    Input::new(bytes, Limits { depth_max: 2, allocation_max: 100 })
}

fn reason<T: std::fmt::Debug>(result: Result<T, DecodeError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn numbers_round_trip_at_every_length() {
    let mut value = 1_i64;
    let mut values = vec![0, i64::MIN, i64::MAX];
    while value < i64::MAX / 2 {
        values.extend([value, value - 1, -value, -value - 1]);
        value *= 2;
    }
    for value in values {
        let mut bytes = Vec::new();
        Output::new(&mut bytes, 0).long(value);
        for padding in [0, 9] {
            let mut padded = bytes.clone();
            padded.resize(bytes.len() + padding, 0xff);
            let mut input = input(&padded);
            assert_eq!(input.long().unwrap(), value);
            assert_eq!(input.offset(), bytes.len());
        }
        for end in 0..bytes.len() {
            assert!(input(&bytes[..end]).long().is_err());
        }
    }
}

#[test]
fn what_cannot_be_a_number() {
    let nines = [0xff; 9];
    for (last, fits) in [(0x01, true), (0x02, false), (0x81, false)] {
        let bytes = [&nines[..], &[last, 0]].concat();
        assert_eq!(input(&bytes).long().is_ok(), fits, "{last}");
    }
    assert_eq!(reason(input(&[]).long()), "the record ends within a number (byte 0)");
    let too_large = [0x80, 0x80, 0x80, 0x80, 0x10];
    assert_eq!(reason(input(&too_large).int()), "an int is 2147483648, which has more than 32 bits (byte 0)");
}

#[test]
fn lengths_are_compared_with_what_is_left() {
    assert_eq!(input(b"\x06foo").string().unwrap(), "foo");
    assert_eq!(reason(input(b"\x06fo").string()), "a text of 3 bytes where the record has 2 left (byte 1)");
    assert_eq!(reason(input(b"\x01").string()), "a length is -1 (byte 0)");
    assert_eq!(reason(input(b"\x06f\xffo").string()), "a string is no UTF-8 (byte 2)");
    let two_gib = [0x80, 0x80, 0x80, 0x80, 0x10, 0];
    assert!(reason(input(&two_gib).bytes()).contains("2147483648 bytes"));
    assert!(reason(input(&two_gib).block(1)).contains("2147483648 items"));
    assert_eq!(input(&[3, 2, 0, 0]).block(0).unwrap(), Block { count: 2, size: Some(1) });
    assert!(reason(input(&[3, 1]).block(0)).contains("a block of -1 bytes"));
    assert!(input(&[3, 6, 0, 0]).block(0).is_err());
}

#[test]
fn choices_have_bounds() {
    assert_eq!(input(&[2]).index(2).unwrap(), 1);
    assert_eq!(reason(input(&[4]).index(2)), "an index is 2 where the schema has 2 choices (byte 0)");
    assert_eq!(reason(input(&[1]).index(2)), "an index is -1 where the schema has 2 choices (byte 0)");
    assert!(reason(input(&[2]).finish()).contains("1 bytes follow"));
    assert!(reason(input(&[2]).boolean()).contains("0x02"));
}

#[test]
fn depth_and_memory_have_limits() {
    let mut input = input(&[]);
    input.enter().and_then(|()| input.enter()).unwrap();
    assert!(input.enter().is_err());
    input.leave();
    input.enter().unwrap();
    input.charge(2, 0).and_then(|()| input.charge(2, 30)).unwrap();
    assert!(input.charge(1, 1).is_err() && input.charge(usize::MAX, 2).is_err());
}
