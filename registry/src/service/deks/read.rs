//! Reading data encryption keys.

use schema::model::dek::{Dek, DekId, FIRST_VERSION, check_subject};
use schema::model::ids::{Version, VersionId};
use schema::model::kek::KekName;

use super::keks;
use crate::service::subjects::read::paged;
use crate::service::{Registry, RegistryError, View};
use crate::store::{KeyFilter, KeyListings, KeyReads, Page};

impl Registry {
    /// The subjects, written with their contexts, whose keys a key encryption key wraps.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`].
    pub async fn dek_subjects(
        &self,
        view: &View,
        kek: &str,
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        self.kek(view, kek, filter).await?;
        Ok(view.dek_subjects(kek, filter, page).await?)
    }

    /// The versions of a data encryption key, ascending; an unknown key has none.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`] for the key encryption key.
    pub async fn dek_versions(
        &self,
        view: &View,
        id: &DekId,
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<Version>, RegistryError> {
        check(id)?;
        keks::find(view, &id.kek, filter).await?;
        let shown = view.deks(id).await?.into_iter().filter(|dek| shows(filter, dek));
        Ok(paged(shown.map(|dek| dek.version).collect(), page))
    }

    /// One version of a data encryption key; without one, the first (not the latest).
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::InvalidVersion`], [`RegistryError::KeyNotFound`].
    pub async fn dek(
        &self,
        view: &View,
        id: &DekId,
        version: Option<&str>,
        filter: KeyFilter,
    ) -> Result<Dek, RegistryError> {
        check(id)?;
        let version = version.map_or(Ok(VersionId::Number(FIRST_VERSION)), VersionId::parse)?;
        keks::find(view, &id.kek, filter).await?;
        let found = match version {
            VersionId::Number(number) => view.dek(id, number).await?.filter(|dek| shows(filter, dek)),
            VersionId::Latest => view.deks(id).await?.into_iter().rfind(|dek| shows(filter, dek)),
        };
        found.ok_or_else(|| not_found(id))
    }
}

/// Refuses what names no key.
pub(super) fn check(id: &DekId) -> Result<(), RegistryError> {
    KekName::parse(&id.kek)?;
    check_subject(&id.subject)?;
    Ok(())
}

pub(super) fn not_found(id: &DekId) -> RegistryError {
    RegistryError::KeyNotFound(id.subject.to_string())
}

fn shows(filter: KeyFilter, dek: &Dek) -> bool {
    filter == KeyFilter::All || !dek.deleted
}
