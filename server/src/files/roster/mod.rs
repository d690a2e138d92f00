//! A roster's file → rows to be taken, with every repair and doubt by its line. Must not take anything, and must not
//! know a meeting: who is there already comes as a [`Known`] roster.

mod known;
mod reader;
#[cfg(test)]
mod tests;

use engawa_protocol::preparation::{FileColumn, FileProblem, Finding, PreviewedRow, RosterReading};

pub use known::Known;

use self::reader::Reader;
use super::columns::{Columns, by_contents, by_names};
use super::table;

/// Reads a roster's file.
#[must_use]
pub fn read(bytes: &[u8], known: &Known) -> RosterReading {
    match try_read(bytes, known) {
        Ok(reading) => reading,
        Err(problem) => RosterReading::Refused { problem },
    }
}

fn try_read(bytes: &[u8], known: &Known) -> Result<RosterReading, FileProblem> {
    let table = table::read(bytes)?;
    let columns = by_names(&table, has_names).unwrap_or_else(|| by_contents(&table));
    if !has_names(&columns) {
        return Err(FileProblem::FileNoNames {});
    }
    let mut reader = Reader::new(&columns, known);
    for row in columns.body(&table) {
        reader.take(row);
    }
    let (rows, findings): (Vec<PreviewedRow>, Vec<Finding>) = reader.finish();
    if rows.is_empty() && findings.is_empty() {
        return Err(FileProblem::FileNoRows {});
    }
    let header_line = columns.header.and_then(|index| table.rows.get(index)).map(|row| row.line);
    Ok(RosterReading::Read { form: table.form, header_line, columns: columns.kinds, rows, findings })
}

fn has_names(columns: &Columns) -> bool {
    columns.has(FileColumn::Name)
        || (columns.has(FileColumn::FamilyName) && columns.has(FileColumn::GivenName))
}
