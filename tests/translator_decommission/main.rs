//! When the old topic may go: real groups of a real broker, and the command line that judges them.

mod brownout;
mod command_line;
mod gates;
mod queue;
mod stage;
mod steps;
