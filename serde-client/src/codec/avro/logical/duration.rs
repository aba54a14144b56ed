//! Avro's `duration`.

/// A span of time as people say it: months and days have no fixed length, so the three parts stay apart.
///
/// ```
/// use serde_client::logical::Duration;
///
/// let month = Duration { months: 1, ..Duration::default() };
/// assert_ne!(month, Duration { days: 30, ..Duration::default() });
/// assert_eq!(month.to_bytes(), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/// assert_eq!(Duration::from_bytes(month.to_bytes()), month);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Calendar months.
    pub months: u32,
    /// Calendar days.
    pub days: u32,
    /// Milliseconds.
    pub millis: u32,
}

impl Duration {
    /// As it stands on the wire: three little-endian numbers.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let numbers = [self.months, self.days, self.millis].map(u32::to_le_bytes);
        for (place, number) in bytes.as_chunks_mut().0.iter_mut().zip(numbers) {
            *place = number;
        }
        bytes
    }

    /// Of what stands on the wire.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        let [m0, m1, m2, m3, d0, d1, d2, d3, ms0, ms1, ms2, ms3] = bytes;
        Self {
            months: u32::from_le_bytes([m0, m1, m2, m3]),
            days: u32::from_le_bytes([d0, d1, d2, d3]),
            millis: u32::from_le_bytes([ms0, ms1, ms2, ms3]),
        }
    }
}
