//! Turns old->new into new->old: producers of the old topic have stopped, everything that they wrote is in the new one, and
//! from a recorded offset of the new topic on its own records go back to the old one.
//!
//! A [`Cutover`] is a record of the state topic. Runs obey it as they obey a pause: [`Turn`] says what it means for a
//! direction. [`cut_over`] takes it step by step; whoever calls it again after a crash goes on where it was. Until the last
//! step nothing has changed for anybody, so it can be taken back.

mod drain;
mod natives;
mod record;
mod settling;
mod steps;

pub use record::{CUTOVER_KEY, Cutover, CutoverPassage, CutoverStep, Turn, transactional_id, turn};
pub use steps::{CutoverEnd, CutoverError, CutoverHook, CutoverMoment, CutoverOptions, cut_over, take_back};
