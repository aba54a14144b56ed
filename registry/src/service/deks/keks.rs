//! Key encryption keys.

use async_trait::async_trait;
use schema::model::kek::{CreateKekRequest, InvalidKey, Kek, KekName, UpdateKekRequest};

use crate::clock::now_ms;
use crate::service::{DeleteKind, Registry, RegistryError, View};
use crate::store::{self, KeyFilter, KeyListings, KeyReads, Operation, Page, Transaction};

/// The subject that a KMS is tested with.
const TEST_SUBJECT: &str = "__TEST";

/// A key encryption key to be made.
pub struct NewKek {
    /// What the client sent.
    pub body: CreateKekRequest,
    /// Whether a shared key is to be tested first.
    pub test_sharing: bool,
    /// Who asks.
    pub actor: Option<String>,
}

/// A key encryption key to be changed.
pub struct UpdatedKek {
    /// Its name.
    pub name: String,
    /// What the client sent.
    pub body: UpdateKekRequest,
    /// Whether a shared key is to be tested first.
    pub test_sharing: bool,
    /// Who asks.
    pub actor: Option<String>,
}

impl Registry {
    /// Names of key encryption keys; with prefixes, of those that wrap a key of such a subject.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn kek_names(
        &self,
        view: &View,
        subject_prefixes: &[String],
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        Ok(if subject_prefixes.is_empty() {
            view.kek_names(filter, page).await?
        } else {
            view.kek_names_by_subject(subject_prefixes, filter, page).await?
        })
    }

    /// One key encryption key.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`].
    pub async fn kek(&self, view: &View, name: &str, filter: KeyFilter) -> Result<Kek, RegistryError> {
        KekName::parse(name)?;
        find(view, name, filter).await
    }

    /// Makes a key encryption key, or undeletes one that says the same.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyManagementNeeded`], [`RegistryError::TooManyKeys`],
    /// [`RegistryError::KeyExists`].
    pub async fn create_kek(&self, view: &View, new: NewKek) -> Result<Kek, RegistryError> {
        view.set_uncacheable();
        let kek = new.body.into_kek(now_ms())?;
        refuse_test(kek.shared && new.test_sharing)?;
        store::write(view.store(), CreateKek { kek, keys_max: self.rules().keys_max, actor: new.actor }).await
    }

    /// Changes a key encryption key; a change that changes nothing leaves its time alone.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`] (soft-deleted ones too),
    /// [`RegistryError::KeyManagementNeeded`].
    pub async fn update_kek(&self, view: &View, update: UpdatedKek) -> Result<Kek, RegistryError> {
        view.set_uncacheable();
        KekName::parse(&update.name)?;
        store::write(view.store(), UpdateKek(update)).await
    }

    /// Deletes a key encryption key that wraps nothing any more.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`], [`RegistryError::KeyReferenced`],
    /// [`RegistryError::KeyNotSoftDeleted`].
    pub async fn delete_kek(
        &self,
        view: &View,
        name: &str,
        kind: DeleteKind,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        view.set_uncacheable();
        KekName::parse(name)?;
        store::write(view.store(), DeleteKek { name: name.to_owned(), kind, actor }).await
    }

    /// Undeletes a key encryption key; a live one is left alone.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`].
    pub async fn undelete_kek(
        &self,
        view: &View,
        name: &str,
        actor: Option<String>,
    ) -> Result<(), RegistryError> {
        view.set_uncacheable();
        KekName::parse(name)?;
        store::write(view.store(), UndeleteKek { name: name.to_owned(), actor }).await
    }

    /// Would try out a shared key encryption key.
    ///
    /// # Errors
    /// Always: [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`], else
    /// [`RegistryError::KeyManagementNeeded`].
    pub async fn test_kek(&self, view: &View, name: &str) -> Result<Kek, RegistryError> {
        let kek = self.kek(view, name, KeyFilter::Live).await?;
        if !kek.shared {
            return Err(InvalidKey { field: "shared", cure: "only a shared key can be tested" }.into());
        }
        refuse_test(true)?;
        Ok(kek)
    }
}

/// The key encryption key of a name.
pub(super) async fn find<R: KeyReads + ?Sized>(
    reads: &R,
    name: &str,
    filter: KeyFilter,
) -> Result<Kek, RegistryError> {
    let kek = reads.kek(name).await?.filter(|kek| !kek.deleted || filter == KeyFilter::All);
    kek.ok_or_else(|| RegistryError::KeyNotFound(name.to_owned()))
}

fn refuse_test(wanted: bool) -> Result<(), RegistryError> {
    if wanted { Err(RegistryError::KeyManagementNeeded(TEST_SUBJECT.to_owned())) } else { Ok(()) }
}

struct CreateKek {
    kek: Kek,
    keys_max: u32,
    actor: Option<String>,
}

#[async_trait]
impl Operation for CreateKek {
    type Output = Kek;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Kek, RegistryError> {
        if transaction.count_keks().await? > u64::from(self.keys_max) {
            return Err(RegistryError::TooManyKeys(self.keys_max));
        }
        if let Some(stored) = transaction.kek(&self.kek.name).await?
            && (stored.deleted == self.kek.deleted || !stored.is_equivalent(&self.kek))
        {
            return Err(RegistryError::KeyExists(stored.name));
        }
        transaction.put_kek(&self.kek).await?;
        Ok(self.kek.clone())
    }
}

struct UpdateKek(UpdatedKek);

#[async_trait]
impl Operation for UpdateKek {
    type Output = Kek;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.0.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Kek, RegistryError> {
        let stored = find(transaction, &self.0.name, KeyFilter::Live).await?;
        let updated = Kek { ts: now_ms(), ..self.0.body.clone().apply_to(stored.clone()) };
        refuse_test(updated.shared && self.0.test_sharing)?;
        if updated.is_equivalent(&stored) {
            return Ok(stored);
        }
        transaction.put_kek(&updated).await?;
        Ok(updated)
    }
}

struct DeleteKek {
    name: String,
    kind: DeleteKind,
    actor: Option<String>,
}

#[async_trait]
impl Operation for DeleteKek {
    type Output = ();
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<(), RegistryError> {
        let stored = find(transaction, &self.name, KeyFilter::All).await?;
        let blocking = match self.kind {
            DeleteKind::Soft => KeyFilter::Live,
            DeleteKind::Permanent => KeyFilter::All,
        };
        if transaction.has_deks(&self.name, blocking).await? {
            return Err(RegistryError::KeyReferenced(self.name.clone()));
        }
        match self.kind {
            DeleteKind::Soft if stored.deleted => {}
            DeleteKind::Soft => {
                transaction.put_kek(&Kek { deleted: true, ts: now_ms(), ..stored }).await?;
            }
            DeleteKind::Permanent if stored.deleted => transaction.remove_kek(&self.name).await?,
            DeleteKind::Permanent => return Err(RegistryError::KeyNotSoftDeleted(self.name.clone())),
        }
        Ok(())
    }
}

struct UndeleteKek {
    name: String,
    actor: Option<String>,
}

#[async_trait]
impl Operation for UndeleteKek {
    type Output = ();
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<(), RegistryError> {
        let stored = find(transaction, &self.name, KeyFilter::All).await?;
        if stored.deleted {
            transaction.put_kek(&Kek { deleted: false, ts: now_ms(), ..stored }).await?;
        }
        Ok(())
    }
}
