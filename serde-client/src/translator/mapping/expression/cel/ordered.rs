//! A pass over a compiled expression: everything that a macro walks through goes through a function first, and every
//! variable is one that exists.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedEntryExpr};

use super::super::ExpressionError;

/// The function. No expression can name it.
pub(super) const FUNCTION: &str = "@ordered";
/// Names of types, and the first parts of dotted names.
const TYPES: [&str; 16] = [
    "bool",
    "bytes",
    "double",
    "dyn",
    "google",
    "int",
    "list",
    "map",
    "math",
    "null_type",
    "optional",
    "optional_type",
    "string",
    "strings",
    "type",
    "uint",
];

/// The expression with the function in it.
pub(super) fn ordered(code: &IdedExpr, variables: &[&str]) -> Result<IdedExpr, ExpressionError> {
    let mut code = code.clone();
    let mut pass = Pass { variables, bound: Vec::new() };
    pass.visit(&mut code)?;
    Ok(code)
}

struct Pass<'v> {
    variables: &'v [&'v str],
    /// Variables of the macros around.
    bound: Vec<String>,
}

impl Pass<'_> {
    /// As deep as the text nests, which the parser bounds.
    fn visit(&mut self, node: &mut IdedExpr) -> Result<(), ExpressionError> {
        match &mut node.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.known(name),
            Expr::Call(call) => {
                let target = call.target.iter_mut().map(|target| &mut **target);
                target.chain(&mut call.args).try_for_each(|node| self.visit(node))
            }
            Expr::List(list) => list.elements.iter_mut().try_for_each(|node| self.visit(node)),
            Expr::Select(select) => self.visit(&mut select.operand),
            Expr::Map(map) => self.entries(&mut map.entries),
            Expr::Struct(value) => self.entries(&mut value.entries),
            Expr::Comprehension(macro_) => {
                self.visit(&mut macro_.iter_range)?;
                self.visit(&mut macro_.accu_init)?;
                let depth = self.bound.len();
                self.bound.push(macro_.iter_var.clone());
                self.bound.extend(macro_.iter_var2.clone());
                self.bound.push(macro_.accu_var.clone());
                self.visit(&mut macro_.loop_cond)?;
                self.visit(&mut macro_.loop_step)?;
                self.visit(&mut macro_.result)?;
                self.bound.truncate(depth);
                if macro_.iter_var2.is_none() {
                    let range = std::mem::take(&mut macro_.iter_range);
                    let id = range.id;
                    let call = CallExpr { func_name: FUNCTION.to_owned(), target: None, args: vec![range] };
                    macro_.iter_range = IdedExpr { id, expr: Expr::Call(call) };
                }
                Ok(())
            }
        }
    }

    fn entries(&mut self, entries: &mut [IdedEntryExpr]) -> Result<(), ExpressionError> {
        entries.iter_mut().try_for_each(|entry| match &mut entry.expr {
            EntryExpr::StructField(field) => self.visit(&mut field.value),
            EntryExpr::MapEntry(entry) => {
                self.visit(&mut entry.key)?;
                self.visit(&mut entry.value)
            }
        })
    }

    fn known(&self, name: &str) -> Result<(), ExpressionError> {
        if self.variables.contains(&name)
            || TYPES.contains(&name)
            || self.bound.iter().any(|bound| bound == name)
        {
            return Ok(());
        }
        let (last, others) = self.variables.split_last().unwrap_or((&"", &[]));
        let others = others.join("`, `");
        Err(ExpressionError::new(format!("there is no variable `{name}`: there are `{others}` and `{last}`")))
    }
}
