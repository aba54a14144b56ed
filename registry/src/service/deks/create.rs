//! Making data encryption keys.

use async_trait::async_trait;
use schema::model::dek::{CreateDekRequest, Dek, DekId, FIRST_VERSION};
use schema::model::kek::InvalidKey;
use schema::model::subject::Subject;

use super::keks;
use super::read::check;
use crate::clock::now_ms;
use crate::service::{Registry, RegistryError, View};
use crate::store::{self, KeyFilter, Operation, Transaction};

/// A data encryption key to be made.
pub struct NewDek {
    /// Name of the key encryption key that wraps it.
    pub kek: String,
    /// The subject whose records it encrypts.
    pub subject: Subject,
    /// What the client sent; the subject in it does not count.
    pub body: CreateDekRequest,
    /// Whether a key that exists is to be wrapped anew.
    pub rewrap: bool,
    /// Who asks.
    pub actor: Option<String>,
}

impl Registry {
    /// Makes a data encryption key, undeletes one that says the same, or (to rewrap) replaces one.
    ///
    /// # Errors
    /// [`RegistryError::InvalidKey`], [`RegistryError::KeyNotFound`] for the key encryption key,
    /// [`RegistryError::TooManyKeys`], [`RegistryError::KeyExists`], [`RegistryError::KeyManagementNeeded`].
    pub async fn create_dek(&self, view: &View, new: NewDek) -> Result<Dek, RegistryError> {
        view.set_uncacheable();
        let dek = Dek {
            kek_name: new.kek,
            subject: new.subject,
            version: new.body.version.unwrap_or(FIRST_VERSION),
            algorithm: new.body.algorithm.unwrap_or_default(),
            encrypted_key_material: new.body.encrypted_key_material,
            ts: now_ms(),
            deleted: new.body.deleted,
        };
        let id = dek.id();
        check(&id)?;
        let keys_max = self.rules().keys_max;
        store::write(view.store(), CreateDek { id, dek, rewrap: new.rewrap, keys_max, actor: new.actor })
            .await
    }
}

struct CreateDek {
    id: DekId,
    dek: Dek,
    rewrap: bool,
    keys_max: u32,
    actor: Option<String>,
}

#[async_trait]
impl Operation for CreateDek {
    type Output = Dek;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Dek, RegistryError> {
        let dek = &self.dek;
        let allowed = if dek.deleted { KeyFilter::All } else { KeyFilter::Live };
        let kek = keks::find(transaction, &self.id.kek, allowed).await?;
        if transaction.count_deks().await? > u64::from(self.keys_max) {
            return Err(RegistryError::TooManyKeys(self.keys_max));
        }
        let stored = transaction.dek(&self.id, dek.version).await?;
        let exists = || RegistryError::KeyExists(dek.subject.to_string());
        if let Some(stored) = &stored
            && !self.rewrap
            && (stored.deleted == dek.deleted || !stored.is_equivalent(dek))
        {
            return Err(exists());
        }
        match (&dek.encrypted_key_material, kek.shared) {
            (Some(_), true) if stored.is_some() => return Err(exists()),
            (Some(_), _) => {}
            (None, true) => return Err(RegistryError::KeyManagementNeeded(dek.subject.to_string())),
            (None, false) => {
                let cure = "give the key as the key encryption key has wrapped it, in base64";
                return Err(InvalidKey { field: "encryptedKeyMaterial", cure }.into());
            }
        }
        transaction.put_dek(dek).await?;
        Ok(dek.clone())
    }
}
