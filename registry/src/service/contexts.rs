//! Contexts.

use async_trait::async_trait;
use schema::model::subject::Context;

use super::subjects::read::paged;
use super::{Registry, RegistryError, View};
use crate::store::{self, ContextScope, DeletedFilter, Operation, Page, SubjectQuery, Transaction};

impl Registry {
    /// The names of all contexts, the default one first.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn contexts(
        &self,
        view: &View,
        prefix: &str,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let others = view.contexts().await?;
        let names =
            std::iter::once(Context::default_context()).chain(others).map(|context| context.to_string());
        Ok(paged(names.filter(|name| name.starts_with(prefix)).collect(), page))
    }

    /// Forgets an empty context; an unknown one is no fault.
    ///
    /// # Errors
    /// [`RegistryError::ContextNotEmpty`] when it has subjects, soft-deleted ones included.
    pub async fn delete_context(
        &self,
        view: &View,
        context: &Context,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        view.set_uncacheable();
        store::write(view.store(), DeleteContext { context: context.clone(), actor }).await
    }
}

struct DeleteContext {
    context: Context,
    actor: Option<String>,
}

#[async_trait]
impl Operation for DeleteContext {
    type Output = ();
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<(), RegistryError> {
        let query = SubjectQuery {
            scope: ContextScope::One(self.context.clone()),
            name_prefix: String::new(),
            deleted: DeletedFilter::All,
            page: Page { offset: 0, limit: 1 },
        };
        if !transaction.subjects(&query).await?.is_empty() {
            return Err(RegistryError::ContextNotEmpty(self.context.clone()));
        }
        transaction.remove_context(&self.context).await?;
        Ok(())
    }
}
