//! Configuration that we read and write: a few keys of our own and git's. It never changes what is
//! checked, only what is convenient, and where trust starts.

use git2::{ConfigLevel, ErrorCode};

use super::{Cause, Repository};

/// Configuration could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {deed} configuration `{key}`: {source}")]
pub struct ConfigError {
    deed: &'static str,
    key: String,
    #[source]
    source: Cause,
}

impl Repository {
    /// The value of a key: the repository's, else the user's, else the system's; `None` where there is none.
    ///
    /// # Errors
    /// [`ConfigError`] when a configuration file cannot be read.
    pub fn config(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let value = self.inner.config().and_then(|mut config| config.snapshot()).and_then(|config| {
            match config.get_string(key) {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        });
        value.map_err(|source| ConfigError { deed: "read", key: key.to_owned(), source: source.into() })
    }

    /// Whether ref names that differ only in case may be one file here (`core.ignoreCase`).
    ///
    /// # Errors
    /// [`ConfigError`] when a configuration file cannot be read, or says neither yes nor no.
    pub fn folds_case(&self) -> Result<bool, ConfigError> {
        let value = self.inner.config().and_then(|config| config.get_bool("core.ignorecase"));
        match value {
            Ok(value) => Ok(value),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(source) => Err(ConfigError { deed: "read", key: "core.ignorecase".to_owned(), source: source.into() }),
        }
    }

    /// Every value of a key that may have several, such as `remote.origin.fetch`.
    ///
    /// # Errors
    /// [`ConfigError`] when a configuration file cannot be read.
    pub fn config_all(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let values = || -> Result<Vec<String>, git2::Error> {
            let config = self.inner.config()?;
            let mut values = Vec::new();
            match config.multivar(key, None) {
                Ok(mut entries) => {
                    while let Some(entry) = entries.next() {
                        if let Ok(value) = entry?.value() {
                            values.push(value.to_owned());
                        }
                    }
                    Ok(values)
                }
                Err(error) if error.code() == ErrorCode::NotFound => Ok(values),
                Err(error) => Err(error),
            }
        };
        values().map_err(|source| ConfigError { deed: "read", key: key.to_owned(), source: source.into() })
    }

    /// Sets a key in the repository's own configuration.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be written.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), ConfigError> {
        let set = self
            .inner
            .config()
            .and_then(|config| config.open_level(ConfigLevel::Local))
            .and_then(|mut config| config.set_str(key, value));
        set.map_err(|source| ConfigError { deed: "write", key: key.to_owned(), source: source.into() })
    }

    /// Adds a value to a key that may have several, in the repository's own configuration.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be written.
    pub fn add_config(&self, key: &str, value: &str) -> Result<(), ConfigError> {
        let added = self
            .inner
            .config()
            .and_then(|config| config.open_level(ConfigLevel::Local))
            .and_then(|mut config| config.set_multivar(key, "^$", value));
        added.map_err(|source| ConfigError { deed: "write", key: key.to_owned(), source: source.into() })
    }

    /// The names of the remotes, by name.
    ///
    /// # Errors
    /// [`ConfigError`] when a configuration file cannot be read.
    pub fn remotes(&self) -> Result<Vec<String>, ConfigError> {
        let names = self.inner.remotes().map_err(|source| ConfigError {
            deed: "read",
            key: "remote".to_owned(),
            source: source.into(),
        })?;
        let mut names: Vec<String> = names.iter().flatten().flatten().map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }
}
