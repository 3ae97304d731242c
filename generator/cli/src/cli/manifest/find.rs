//! Where the manifest of a folder is: in it, or in the nearest folder above, as Cargo looks for its own.

use std::path::{Path, PathBuf};

/// The manifest's name.
pub const FILE_NAME: &str = "thunkgen.toml";

/// The manifest of the current folder, as a path from there.
pub fn find() -> Option<PathBuf> {
    find_from(&std::env::current_dir().ok()?)
}

/// The manifest of `folder`, as a path from there.
fn find_from(folder: &Path) -> Option<PathBuf> {
    let above = folder.ancestors().position(|folder| folder.join(FILE_NAME).is_file())?;
    Some(std::iter::repeat_n("..", above).chain([FILE_NAME]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_one_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        std::fs::create_dir_all(&deep).unwrap();
        // A folder of that name is none.
        std::fs::create_dir(deep.join(FILE_NAME)).unwrap();
        std::fs::write(root.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find_from(&deep), Some(["..", "..", "..", FILE_NAME].iter().collect()));
        std::fs::write(root.path().join("a").join(FILE_NAME), "").unwrap();
        assert_eq!(find_from(&deep), Some(["..", "..", FILE_NAME].iter().collect()));
        assert_eq!(find_from(&root.path().join("a")), Some(FILE_NAME.into()));
    }
}
