//! What a connection is doing and since when: the ground for its deadline.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Limits, Pace};

/// Time left to a connection that is in the way of others.
const HURRIED_TIMEOUT: Duration = Duration::from_secs(1);

/// Steps of a connection's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The head of a request is awaited, and the first one at least is due; or it has begun to arrive.
    Head,
    /// The service has the request. It has time-outs of its own.
    Service,
    /// The answer is being taken by the client.
    Answer,
    /// Between two requests.
    Idle,
}

impl Step {
    const ALL: [Self; 4] = [Self::Head, Self::Service, Self::Answer, Self::Idle];
}

/// Shared by the parts of one connection, which all run in one task: the atomics are never contended.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    step: AtomicU8,
    since_ns: AtomicU64,
    lingers: AtomicBool,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            step: AtomicU8::new(0),
            since_ns: AtomicU64::new(0),
            lingers: AtomicBool::new(false),
        }
    }

    fn step(&self) -> Step {
        Step::ALL.get(usize::from(self.step.load(Ordering::Relaxed))).copied().unwrap_or(Step::Head)
    }

    fn enter(&self, step: Step) {
        let place =
            Step::ALL.iter().position(|other| *other == step).and_then(|place| u8::try_from(place).ok());
        self.step.store(place.unwrap_or(0), Ordering::Relaxed);
    }

    fn touch(&self) {
        let since = u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.since_ns.store(since, Ordering::Relaxed);
    }

    /// Bytes arrived.
    pub(super) fn received(&self) {
        if self.step() == Step::Idle {
            self.enter(Step::Head);
            self.touch();
        }
    }

    /// The service got a request.
    pub(super) fn request_began(&self) {
        self.enter(Step::Service);
    }

    /// The service gave its answer.
    pub(super) fn request_ended(&self) {
        self.enter(Step::Answer);
        self.touch();
    }

    /// The client took a part of the answer, but not all that was offered.
    pub(super) fn sent_in_part(&self) {
        if self.step() == Step::Answer {
            self.touch();
        }
    }

    /// All that was to be sent is sent.
    pub(super) fn flushed(&self) {
        if self.step() == Step::Answer {
            self.enter(Step::Idle);
        }
    }

    /// The client may still be sending what nobody will read.
    pub(super) fn linger(&self) {
        self.lingers.store(true, Ordering::Relaxed);
    }

    pub(super) fn lingers(&self) -> bool {
        self.lingers.load(Ordering::Relaxed)
    }

    /// When to cut the connection off, as things are.
    pub(super) fn deadline(&self, limits: Limits, pace: Pace) -> Option<Instant> {
        let timeout = match self.step() {
            Step::Service => return None,
            Step::Answer => limits.keep_alive_timeout,
            Step::Head if pace == Pace::Normal => limits.header_timeout,
            Step::Idle if pace == Pace::Normal => limits.keep_alive_timeout,
            Step::Head => limits.header_timeout.min(HURRIED_TIMEOUT),
            Step::Idle => limits.keep_alive_timeout.min(HURRIED_TIMEOUT),
        };
        let since = Duration::from_nanos(self.since_ns.load(Ordering::Relaxed));
        Some(self.opened + since + timeout)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const LIMITS: Limits = Limits {
        connections_max: NonZeroU32::MIN,
        header_timeout: Duration::from_secs(10),
        keep_alive_timeout: Duration::from_secs(60),
        shutdown_timeout: Duration::from_secs(30),
    };

    /// Whole seconds from the last change of step to the deadline.
    fn patience(activity: &Activity, pace: Pace) -> Option<u64> {
        let since = Duration::from_nanos(activity.since_ns.load(Ordering::Relaxed));
        activity.deadline(LIMITS, pace).map(|at| (at - activity.opened - since).as_secs())
    }

    #[test]
    fn each_step_has_its_deadline() {
        let activity = Activity::new();
        assert_eq!(patience(&activity, Pace::Normal), Some(10));
        assert_eq!(patience(&activity, Pace::Hurried), Some(1));
        activity.received();
        activity.request_began();
        assert_eq!(patience(&activity, Pace::Draining), None);
        activity.request_ended();
        assert_eq!(patience(&activity, Pace::Hurried), Some(60), "an answer under way is not hurried");
        activity.flushed();
        assert_eq!(patience(&activity, Pace::Normal), Some(60));
        assert_eq!(patience(&activity, Pace::Hurried), Some(1));
        activity.received();
        assert_eq!(patience(&activity, Pace::Normal), Some(10));
    }

    #[test]
    fn more_of_a_head_does_not_extend_its_deadline() {
        let activity = Activity::new();
        let deadline = activity.deadline(LIMITS, Pace::Normal);
        activity.received();
        activity.flushed();
        assert_eq!(activity.deadline(LIMITS, Pace::Normal), deadline);
    }
}
