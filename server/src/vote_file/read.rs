//! Reading the file: line by line, nothing guessed.

use engawa_protocol::{Ledger, LedgerLine, PosterId, Timestamp, codec};

use super::{FIRST_LINE, ReadError, VoteFile};

/// Lines that say something, with their numbers.
struct Lines<'a> {
    lines: Vec<(usize, &'a str)>,
    next: usize,
}

impl<'a> Lines<'a> {
    /// What stands behind a word on the next line.
    fn take(&mut self, word: &'static str) -> Result<(usize, &'a str), ReadError> {
        let (line, text) = *self.lines.get(self.next).ok_or(ReadError::Short { expected: word })?;
        let rest = text.strip_prefix(word).and_then(|rest| rest.strip_prefix(' '));
        let rest = rest.ok_or(ReadError::Line { line, expected: word })?;
        self.next += 1;
        Ok((line, rest))
    }

    /// The same, if the next line begins with the word.
    fn take_if(&mut self, word: &'static str) -> Option<(usize, &'a str)> {
        self.take(word).ok()
    }

    fn parse<T>(&mut self, word: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, ReadError> {
        let (line, text) = self.take(word)?;
        parse(text).ok_or(ReadError::Line { line, expected: word })
    }
}

/// Reads a file.
///
/// # Errors
/// A [`ReadError`] that names the line.
pub fn read(text: &str) -> Result<VoteFile, ReadError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut all = (1..).zip(text.lines()).map(|(number, line)| (number, line.trim_end()));
    if all.next().is_none_or(|(_, first)| first != FIRST_LINE) {
        return Err(ReadError::NotAVoteFile);
    }
    let lines = all.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect();
    let mut lines = Lines { lines, next: 0 };

    let (line, rules_text) = lines.take("rules")?;
    let rules = codec::from_slice(rules_text.as_bytes());
    let rules = rules.map_err(|_| ReadError::Line { line, expected: "rules" })?;
    let candidates = lines.parse("candidates", posters)?;
    let closed_at = Timestamp(lines.parse("closed_at", |text| text.parse().ok())?);
    let header_hash = lines.take("header")?.1.to_owned();
    let mut ballots = Vec::new();
    while let Some((line, text)) = lines.take_if("ballot") {
        ballots.push(ballot(text).ok_or(ReadError::Line { line, expected: "ballot" })?);
    }
    let told = lines.parse("ballots", |text| text.parse().ok())?;
    let last_hash = lines.take("last")?.1.to_owned();
    let mut places = Vec::new();
    while lines.next < lines.lines.len() {
        places.push(lines.parse("place", place)?);
    }
    let ledger = Ledger { header_hash, rules, candidates, closed_at, lines: ballots };
    Ok(VoteFile { ledger, rules_text: rules_text.to_owned(), ballots: told, last_hash, places })
}

fn ballot(text: &str) -> Option<LedgerLine> {
    let mut parts = text.split(' ');
    let line = LedgerLine {
        number: parts.next()?.parse().ok()?,
        receipt: parts.next()?.to_owned(),
        choices: posters(parts.next()?)?,
        hash: parts.next()?.to_owned(),
    };
    parts.next().is_none().then_some(line)
}

fn place(text: &str) -> Option<(u32, u32, PosterId)> {
    let mut parts = text.split(' ').map(|part| part.parse().ok());
    let place = (parts.next()??, parts.next()??, PosterId(parts.next()??));
    parts.next().is_none().then_some(place)
}

fn posters(text: &str) -> Option<Vec<PosterId>> {
    text.split(',').map(|id| id.parse().ok().map(PosterId)).collect()
}
