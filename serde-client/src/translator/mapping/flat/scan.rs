//! Passing over a record, with a note of where things begin.

use super::cursor::Cursor;
use super::node::Node;
use super::{FlatProgram, Marks};

/// A step through a record of the source.
#[derive(Debug)]
pub(super) enum Scan {
    /// Notes the place.
    Mark(usize),
    /// Passes over what nothing looks into, at most `depth` levels deep.
    Pass { nodes: Vec<Node>, depth: usize },
    /// Notes the branch, and where it begins.
    Union { branch: usize, content: usize, arms: Box<[Box<[Scan]>]> },
}

impl FlatProgram {
    pub(super) fn scan(&self, steps: &[Scan], cursor: &mut Cursor<'_>, marks: &mut Marks) -> Option<()> {
        for step in steps {
            match step {
                Scan::Mark(mark) => *marks.get_mut(*mark)? = cursor.at(),
                Scan::Pass { nodes, depth } => {
                    for node in nodes {
                        self.nodes.pass(cursor, *node, *depth)?;
                    }
                }
                Scan::Union { branch, content, arms } => {
                    let chosen = cursor.index(arms.len())?;
                    *marks.get_mut(*branch)? = chosen;
                    *marks.get_mut(*content)? = cursor.at();
                    self.scan(arms.get(chosen)?, cursor, marks)?;
                }
            }
        }
        Some(())
    }
}
