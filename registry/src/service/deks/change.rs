//! Deleting data encryption keys, first softly, then permanently, and undeleting them.

use async_trait::async_trait;
use schema::model::dek::{Dek, DekId};
use schema::model::ids::VersionId;

use super::keks;
use super::read::{check, not_found};
use crate::clock::now_ms;
use crate::service::{DeleteKind, Registry, RegistryError, View};
use crate::store::{self, KeyFilter, Operation, Transaction};

impl Registry {
    /// Deletes a version of a data encryption key, or all of them.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::InvalidVersion`], [`RegistryError::KeyNotFound`],
    /// [`RegistryError::KeyNotSoftDeleted`].
    pub async fn delete_dek(
        &self,
        view: &View,
        id: DekId,
        version: Option<&str>,
        kind: DeleteKind,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        let change = match kind {
            DeleteKind::Soft => Change::Hide,
            DeleteKind::Permanent => Change::Remove,
        };
        change_deks(view, id, version, change, actor).await
    }

    /// Undeletes a version of a data encryption key, or all of them; live ones are left alone.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::InvalidVersion`], [`RegistryError::KeyNotFound`],
    /// [`RegistryError::KeySoftDeleted`] for the key encryption key.
    pub async fn undelete_dek(
        &self,
        view: &View,
        id: DekId,
        version: Option<&str>,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        change_deks(view, id, version, Change::Show, actor).await
    }
}

async fn change_deks(
    view: &View,
    id: DekId,
    version: Option<&str>,
    change: Change,
    actor: Option<String>,
) -> Result<(), RegistryError> {
    view.set_uncacheable();
    check(&id)?;
    let version = version.map(VersionId::parse).transpose()?;
    store::write(view.store(), ChangeDeks { id, version, change, actor }).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Hide,
    Show,
    Remove,
}

struct ChangeDeks {
    id: DekId,
    version: Option<VersionId>,
    change: Change,
    actor: Option<String>,
}

#[async_trait]
impl Operation for ChangeDeks {
    type Output = ();
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<(), RegistryError> {
        let kek = keks::find(transaction, &self.id.kek, KeyFilter::All).await?;
        let deks = self.meant(transaction).await?;
        if deks.is_empty() {
            return Err(not_found(&self.id));
        }
        if self.change == Change::Show && kek.deleted {
            return Err(RegistryError::KeySoftDeleted(kek.name));
        }
        if self.change == Change::Remove && deks.iter().any(|dek| !dek.deleted) {
            return Err(RegistryError::KeyNotSoftDeleted(self.id.subject.to_string()));
        }
        for dek in deks {
            match self.change {
                Change::Remove => transaction.remove_dek(&self.id, dek.version).await?,
                Change::Hide if !dek.deleted => mark(transaction, dek, true).await?,
                Change::Show if dek.deleted => mark(transaction, dek, false).await?,
                Change::Hide | Change::Show => {}
            }
        }
        Ok(())
    }
}

impl ChangeDeks {
    /// The versions that the request names, soft-deleted ones included.
    async fn meant(&self, transaction: &dyn Transaction) -> Result<Vec<Dek>, RegistryError> {
        Ok(match self.version {
            None => transaction.deks(&self.id).await?,
            Some(VersionId::Latest) => transaction.deks(&self.id).await?.pop().into_iter().collect(),
            Some(VersionId::Number(number)) => transaction.dek(&self.id, number).await?.into_iter().collect(),
        })
    }
}

async fn mark(transaction: &dyn Transaction, dek: Dek, deleted: bool) -> Result<(), RegistryError> {
    transaction.put_dek(&Dek { deleted, ts: now_ms(), ..dek }).await?;
    Ok(())
}
