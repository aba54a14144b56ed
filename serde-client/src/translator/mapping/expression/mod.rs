//! tmp
pub mod cel;
pub mod jsonata;
#[derive(Clone, Debug)]
pub struct ExpressionError {
    pub reason: String,
}
