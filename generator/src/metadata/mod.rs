//! Reads images and metadata.
