//! One row after the other, with what earlier ones have said.

use std::collections::{BTreeMap, BTreeSet};

use engawa_protocol::Role;
use engawa_protocol::command::RosterRow;
use engawa_protocol::limits::{BYTES_PER_GRAPHEME_MAX, EMAIL_GRAPHEMES_MAX, NAME_GRAPHEMES_MAX};
use engawa_protocol::preparation::{FileColumn, Finding, FindingGrade, FindingKind, PreviewedRow};
use engawa_protocol::text::{comparison_key, graphemes, is_blank};

use super::Known;
use crate::files::clean::{clean, look_alike_key};
use crate::files::columns::{Columns, role_of};
use crate::files::municipality::{Repair, is_prefecture, read_code, same_prefecture};
use crate::files::table::TableRow;

/// Reads rows.
pub(super) struct Reader<'a> {
    columns: &'a Columns,
    known: &'a Known,
    rows: Vec<PreviewedRow>,
    findings: Vec<Finding>,
    /// Where each person stands, by team, region and name, folded.
    people: BTreeMap<(String, String, String), u32>,
    look_alikes: BTreeMap<(String, String, String), (String, u32)>,
    /// Which team a code stands for.
    codes: BTreeMap<String, (String, u32)>,
    /// The regions of each team's name, folded.
    regions: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(columns: &'a Columns, known: &'a Known) -> Self {
        Self {
            columns,
            known,
            rows: Vec::new(),
            findings: Vec::new(),
            people: BTreeMap::new(),
            look_alikes: BTreeMap::new(),
            codes: BTreeMap::new(),
            regions: BTreeMap::new(),
        }
    }

    fn note(&mut self, line: u32, grade: FindingGrade, what: FindingKind) {
        self.findings.push(Finding { line, grade, what });
    }

    /// Takes a row.
    pub(super) fn take(&mut self, row: &TableRow) {
        let line = row.line;
        let team = self.cell(row, FileColumn::Team);
        let region = self.cell(row, FileColumn::Region);
        let region = self.region(row, &team, region);
        let Some(name) = self.name(row) else { return };
        if !(self.fits(line, FileColumn::Team, &team) && self.fits(line, FileColumn::Region, &region)) {
            return;
        }
        let email = self.email(row);
        let role = self.role(row, &team, &region, &name);
        let place = (comparison_key(&team), comparison_key(&region));
        let key = (place.0.clone(), place.1.clone(), comparison_key(&name));
        if let Some(first) = self.people.get(&key).copied() {
            self.note(line, FindingGrade::LeftOut, FindingKind::DuplicateRow { line: first });
            return;
        }
        self.people.insert(key, line);
        if team.is_empty() && role == Role::Participant {
            self.note(line, FindingGrade::Doubtful, FindingKind::TeamMissing {});
        }
        self.regions.entry(place.0.clone()).or_default().insert(place.1.clone());
        let row = RosterRow { team, region: (!region.is_empty()).then_some(region), name, role, email };
        self.look_for_alikes(line, place, &row);
        let effect = self.known.effect(&row);
        self.rows.push(PreviewedRow { line, row, effect });
    }

    /// All rows, and what was found, by line.
    pub(super) fn finish(mut self) -> (Vec<PreviewedRow>, Vec<Finding>) {
        for PreviewedRow { line, row, .. } in &self.rows {
            if row.region.is_some() || row.team.is_empty() {
                continue;
            }
            let mut regions = self.regions.get(&comparison_key(&row.team)).cloned().unwrap_or_default();
            regions.extend(self.known.regions(&row.team).cloned());
            if regions.iter().filter(|region| !region.is_empty()).count() > 1 {
                let what = FindingKind::RegionMissing { team: row.team.clone() };
                self.findings.push(Finding { line: *line, grade: FindingGrade::Doubtful, what });
            }
        }
        self.findings.sort_by_key(|finding| finding.line);
        (self.rows, self.findings)
    }

    fn cell(&mut self, row: &TableRow, column: FileColumn) -> String {
        let text = clean(self.columns.cell(row, column), column, row.line, &mut self.findings);
        let merged = self.columns.index(column).is_some_and(|index| row.merged.contains(&index));
        if merged && !text.is_empty() {
            let what = FindingKind::MergedFilled { column, value: text.clone() };
            self.note(row.line, FindingGrade::Repaired, what);
        }
        text
    }

    /// The region, with what the municipality's code says about it.
    fn region(&mut self, row: &TableRow, team: &str, region: String) -> String {
        let written = self.columns.cell(row, FileColumn::MunicipalityCode).trim().to_owned();
        let given = (!region.is_empty()).then_some(region.as_str());
        let Some(code) = read_code(&written, given) else { return region };
        let line = row.line;
        match code.repair {
            Repair::None => {}
            Repair::ZeroRestored => {
                let what = FindingKind::CodeZeroRestored { written, municipality_code: code.digits.clone() };
                self.note(line, FindingGrade::Repaired, what);
            }
            Repair::CheckDigitAdded => {
                let what = FindingKind::CheckDigitAdded { written, municipality_code: code.digits.clone() };
                self.note(line, FindingGrade::Repaired, what);
            }
            Repair::Wrong => {
                self.note(line, FindingGrade::Doubtful, FindingKind::CheckDigitWrong { written });
                return region;
            }
        }
        let (other, first) =
            self.codes.entry(code.digits.clone()).or_insert_with(|| (team.to_owned(), line)).clone();
        if comparison_key(&other) != comparison_key(team) {
            let what = FindingKind::CodeOfAnother {
                municipality_code: code.digits.clone(),
                team: other,
                line: first,
            };
            self.note(line, FindingGrade::Doubtful, what);
        }
        let Some(prefecture) = code.prefecture() else { return region };
        if region.is_empty() {
            let what = FindingKind::RegionFromCode { region: prefecture.to_owned() };
            self.note(line, FindingGrade::Repaired, what);
            return prefecture.to_owned();
        }
        if is_prefecture(&region) && !same_prefecture(&region, prefecture) {
            let region_of_code = prefecture.to_owned();
            let what = FindingKind::RegionContradictsCode { region: region.clone(), region_of_code };
            self.note(line, FindingGrade::Doubtful, what);
        }
        region
    }

    /// The name, or none: the row is left out.
    fn name(&mut self, row: &TableRow) -> Option<String> {
        let whole = self.cell(row, FileColumn::Name);
        let name = if whole.is_empty() && self.columns.has(FileColumn::FamilyName) {
            let (family, given) =
                (self.cell(row, FileColumn::FamilyName), self.cell(row, FileColumn::GivenName));
            format!("{family} {given}").trim().to_owned()
        } else {
            whole
        };
        if is_blank(&name) {
            self.note(row.line, FindingGrade::LeftOut, FindingKind::NameMissing {});
            return None;
        }
        self.fits(row.line, FileColumn::Name, &name).then_some(name)
    }

    fn fits(&mut self, line: u32, column: FileColumn, text: &str) -> bool {
        let max = NAME_GRAPHEMES_MAX;
        let fits = graphemes(text) as u64 <= max && text.len() as u64 <= max * BYTES_PER_GRAPHEME_MAX;
        if !fits {
            self.note(line, FindingGrade::LeftOut, FindingKind::TooLong { column, max });
        }
        fits
    }

    fn email(&mut self, row: &TableRow) -> Option<String> {
        let text = self.cell(row, FileColumn::Email);
        if text.is_empty() {
            return None;
        }
        // Full-width signs of an address are slips: no address has them.
        let address = comparison_key(&text).replace(' ', "");
        let odd = !matches!(address.split_once('@'), Some((local, host))
            if !local.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.'));
        if odd || address.len() as u64 > EMAIL_GRAPHEMES_MAX {
            self.note(row.line, FindingGrade::Doubtful, FindingKind::EmailOdd { written: text });
            return None;
        }
        Some(if text.is_ascii() { text } else { address })
    }

    /// The role as written; where nothing is written, the one the person has, or a participant's.
    fn role(&mut self, row: &TableRow, team: &str, region: &str, name: &str) -> Role {
        let text = self.cell(row, FileColumn::Role);
        let usual = self.known.role(team, region, name).unwrap_or(Role::Participant);
        if text.is_empty() {
            return usual;
        }
        role_of(&text).unwrap_or_else(|| {
            self.note(row.line, FindingGrade::Doubtful, FindingKind::RoleUnknown { written: text });
            usual
        })
    }

    fn look_for_alikes(&mut self, line: u32, (team, region): (String, String), row: &RosterRow) {
        let key = (team, region, look_alike_key(&row.name));
        let similar = match self.look_alikes.get(&key) {
            Some((name, first)) => Some((name.clone(), Some(*first))),
            None => self.known.look_alike(row).map(|name| (name.to_owned(), None)),
        };
        match similar {
            Some((name, first)) => {
                let what = FindingKind::SimilarName { name, line: first };
                self.note(line, FindingGrade::Doubtful, what);
            }
            None => {
                self.look_alikes.insert(key, (row.name.clone(), line));
            }
        }
    }
}
