//! Reading and changing modes.

use async_trait::async_trait;
use schema::model::mode::Mode;
use schema::model::subject::{Context, Purpose, Subject};

use super::scope::{self, global_place};
use super::subjects::delete::{DeleteKind, refuse_referenced};
use super::{Registry, RegistryError, View};
use crate::store::{self, ContextScope, DeletedFilter, Operation, Page, Reads, SubjectQuery, Transaction};

impl Registry {
    /// The mode of the whole registry.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn global_mode(&self, view: &View, default_to_global: bool) -> Result<Mode, RegistryError> {
        let mut mode = view.mode(&global_place()).await?;
        if mode.is_none() && default_to_global {
            mode = view.mode(&Context::global().subject()).await?;
        }
        Ok(mode.unwrap_or(Mode::ReadWrite))
    }

    /// The mode stored at `place`, or (when `in_scope`) the one that holds there.
    ///
    /// # Errors
    /// [`RegistryError::ModeNotFound`] when none is stored there.
    pub async fn mode(&self, view: &View, place: &Subject, in_scope: bool) -> Result<Mode, RegistryError> {
        if *place == global_place() {
            return self.global_mode(view, in_scope).await;
        }
        if in_scope {
            return Ok(scope::mode(view, place).await?);
        }
        view.mode(place).await?.ok_or_else(|| RegistryError::ModeNotFound(place.clone()))
    }

    /// Sets (`Some`) or clears (`None`) the mode of a place. A change to import purges soft-deleted versions there and
    /// needs live ones gone, unless forced.
    ///
    /// # Errors
    /// [`RegistryError::InvalidSubject`], [`RegistryError::InvalidMode`], [`RegistryError::ForwardNotGlobal`],
    /// [`RegistryError::ModeImmutable`], [`RegistryError::ImportNeedsEmpty`], [`RegistryError::ReferenceExists`].
    pub async fn set_mode(
        &self,
        view: &View,
        place: &Subject,
        mode: Option<&str>,
        force: bool,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        view.set_uncacheable();
        if !place.is_valid_for(Purpose::Settings) {
            return Err(RegistryError::InvalidSubject(place.to_string()));
        }
        let parsed = mode.map(Mode::parse).transpose()?;
        if parsed == Some(Mode::Forward) && *place != Context::global().subject() {
            return Err(RegistryError::ForwardNotGlobal);
        }
        self.refuse_immutable()?;
        store::write(view.store(), SetMode { place: place.clone(), mode: parsed, force, actor }).await
    }

    /// Removes the mode of a place (`recursive`: of every subject below it too) and returns it.
    ///
    /// # Errors
    /// [`RegistryError::SubjectNotFound`] when none is stored and the call is not recursive,
    /// [`RegistryError::ModeImmutable`].
    pub async fn delete_mode(
        &self,
        view: &View,
        place: &Subject,
        recursive: bool,
        actor: Option<String>,
    ) -> Result<Option<Mode>, RegistryError> {
        view.set_uncacheable();
        self.refuse_immutable()?;
        store::write(view.store(), DeleteMode { place: place.clone(), recursive, actor }).await
    }

    fn refuse_immutable(&self) -> Result<(), RegistryError> {
        if self.rules().mode_mutability { Ok(()) } else { Err(RegistryError::ModeImmutable) }
    }
}

struct SetMode {
    place: Subject,
    mode: Option<Mode>,
    force: bool,
    actor: Option<String>,
}

#[async_trait]
impl Operation for SetMode {
    type Output = ();
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<(), RegistryError> {
        let entering_import = self.mode == Some(Mode::Import) && !self.force;
        if entering_import && scope::mode(transaction, &self.place).await? != Mode::Import {
            make_room(transaction, &self.place).await?;
        }
        transaction.set_mode(&self.place, self.mode).await?;
        Ok(())
    }
}

/// Refuses when live versions stand in the way of an import; purges soft-deleted ones.
async fn make_room(transaction: &dyn Transaction, place: &Subject) -> Result<(), RegistryError> {
    let subjects = covered_subjects(transaction, place).await?;
    for subject in &subjects {
        if transaction.subject_versions(subject).await?.latest().is_some() {
            return Err(RegistryError::ImportNeedsEmpty);
        }
    }
    for subject in &subjects {
        for row in &transaction.subject_versions(subject).await?.versions {
            refuse_referenced(transaction, subject, row.version, DeleteKind::Permanent, None).await?;
            transaction.remove_version(subject, row.version).await?;
        }
    }
    Ok(())
}

async fn covered_subjects(reads: &dyn Reads, place: &Subject) -> Result<Vec<Subject>, RegistryError> {
    if !place.is_context() {
        return Ok(vec![place.clone()]);
    }
    let everywhere = *place == global_place() || *place == Context::global().subject();
    let scope = if everywhere { ContextScope::All } else { ContextScope::One(place.context().clone()) };
    let page = Page { offset: 0, limit: u32::MAX };
    let query = SubjectQuery { scope, name_prefix: String::new(), deleted: DeletedFilter::All, page };
    Ok(reads.subjects(&query).await?)
}

struct DeleteMode {
    place: Subject,
    recursive: bool,
    actor: Option<String>,
}

#[async_trait]
impl Operation for DeleteMode {
    type Output = Option<Mode>;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Option<Mode>, RegistryError> {
        let mut mode = transaction.mode(&self.place).await?;
        if self.place == global_place() {
            mode.get_or_insert(Mode::ReadWrite);
        }
        if mode.is_none() && !self.recursive {
            return Err(RegistryError::SubjectNotFound(self.place.clone()));
        }
        transaction.set_mode(&self.place, None).await?;
        if self.recursive && self.place.is_context() {
            transaction.remove_modes_below(&self.place).await?;
        }
        Ok(mode)
    }
}
