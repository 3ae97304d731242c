//! The measured rows, from `fixtures/verdicts/verdicts.tsv.gz`.

use std::io::Read as _;
use std::rc::Rc;

use flate2::read::GzDecoder;

/// The rows of one measurement.
pub struct Suite {
    /// Its name; `-drm` at the end means an assembly with DisableRuntimeMarshalling.
    pub name: String,
    /// In the order of the file.
    pub rows: Vec<Row>,
}

/// One declaration and the runtime's answer.
pub struct Row {
    columns: Rc<[String]>,
    cells: Vec<String>,
}

impl Suite {
    /// The name without `-drm`.
    pub fn kind(&self) -> &str {
        self.name.strip_suffix("-drm").unwrap_or(&self.name)
    }

    /// True if the rows belong into an assembly with DisableRuntimeMarshalling.
    pub fn is_disabled(&self) -> bool {
        self.name.ends_with("-drm")
    }
}

impl Row {
    /// The text of a column; `None` if it is `-` or the suite does not have it.
    pub fn get(&self, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.cells.get(at).map(String::as_str).filter(|text| *text != "-")
    }

    /// What is declared: the whole declaration, or type, MarshalAs and place.
    pub fn shape(&self) -> String {
        let shape = ["mode", "type", "as", "pos", "charset", "decl"].into_iter().filter_map(|column| self.get(column));
        shape.collect::<Vec<_>>().join(" ")
    }

    /// The exception, with `@` if only the call throws it; `ok`; or `crash`.
    pub fn verdict(&self) -> &str {
        self.get("verdict").expect("a verdict")
    }
}

/// All suites.
pub fn suites(compressed: &[u8]) -> Vec<Suite> {
    let mut text = String::new();
    GzDecoder::new(compressed).read_to_string(&mut text).expect("a gzip file of UTF-8");
    let split = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let mut suites: Vec<Suite> = Vec::new();
    let mut columns: Rc<[String]> = Rc::new([]);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("# ") {
            suites.push(Suite { name: name.to_owned(), rows: Vec::new() });
            columns = split(lines.next().expect("the names of the columns")).into();
            continue;
        }
        let row = Row { columns: Rc::clone(&columns), cells: split(line) };
        assert_eq!(row.cells.len(), columns.len(), "{line}");
        suites.last_mut().expect("a suite").rows.push(row);
    }
    suites
}
