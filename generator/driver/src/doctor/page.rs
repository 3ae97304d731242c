//! A report as one HTML file, which loads nothing else.

use thunkgen_templates::{REPORT_PAGE, REPORT_SCRIPT, REPORT_STYLE};

use super::report::InteropReport;

/// The report as a page. Equal reports give equal pages.
///
/// ```
/// let page = thunkgen_driver::doctor::page(&Default::default());
/// assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("src="));
/// ```
pub fn page(report: &InteropReport) -> String {
    // `</script>` in a name would end the data.
    let data = serde_json::to_string(report).unwrap_or_default().replace('<', "\\u003c");
    let level = match (report.verdict.errors, report.verdict.warnings) {
        (0, 0) => "good",
        (0, _) => "warning",
        _ => "error",
    };
    let value = |name: &str| match name {
        "title" => format!("{} – thunkgen report", escaped(&report.root)),
        "subject" => escaped(&report.root),
        "level" => level.to_owned(),
        "verdict" => escaped(&report.verdict.summary),
        "data" => data.clone(),
        "style" => REPORT_STYLE.trim_end().to_owned(),
        _ => REPORT_SCRIPT.trim_end().to_owned(),
    };
    let mut page = String::new();
    // Values are not looked at again: they may contain braces.
    for (index, part) in REPORT_PAGE.split(['{', '}']).enumerate() {
        if index % 2 == 0 { page.push_str(part) } else { page.push_str(&value(part)) }
    }
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
