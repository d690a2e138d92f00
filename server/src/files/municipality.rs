//! 全国地方公共団体コード: five digits and a check digit (総務省: the first five times 6, 5, 4, 3, 2; 11 minus the rest of
//! the sum by 11, its last digit), the prefecture in the first two (JIS X 0401). Also as they look after Excel has taken
//! them for numbers.

use engawa_protocol::text::comparison_key;

/// The prefectures in the order of JIS X 0401.
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A code as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// The six digits.
    pub(super) digits: String,
    /// What had to be done to it.
    pub(super) repair: Repair,
}

/// What had to be done to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// Nothing.
    None,
    /// The leading zero was put back.
    ZeroRestored,
    /// The check digit was added; the zero too, perhaps.
    CheckDigitAdded,
    /// It cannot be right.
    Wrong,
}

impl Code {
    /// Whether it can be a municipality's.
    pub(super) fn is_valid(&self) -> bool {
        self.repair != Repair::Wrong
    }

    /// The prefecture.
    pub(super) fn prefecture(&self) -> Option<&'static str> {
        let number: usize = self.digits.get(..2)?.parse().ok()?;
        PREFECTURES.get(number.checked_sub(1)?).copied().filter(|_| self.is_valid())
    }
}

/// Reads a code; none if there is none. A prefecture given beside it decides where two readings are possible.
pub(super) fn read_code(written: &str, region: Option<&str>) -> Option<Code> {
    let digits: String = comparison_key(written).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() {
        return None;
    }
    let wrong = Code { digits: digits.clone(), repair: Repair::Wrong };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(wrong);
    }
    let with_zero = format!("0{digits}");
    let readings: Vec<Code> = match digits.len() {
        6 => vec![Code { digits, repair: Repair::None }],
        5 => vec![
            Code { digits: with_zero, repair: Repair::ZeroRestored },
            Code { digits: checked(&digits), repair: Repair::CheckDigitAdded },
        ],
        4 => vec![Code { digits: checked(&with_zero), repair: Repair::CheckDigitAdded }],
        _ => Vec::new(),
    };
    let possible: Vec<Code> = readings.into_iter().filter(|code| is_right(&code.digits)).collect();
    let fits = |code: &&Code| {
        region.is_some_and(|region| {
            code.prefecture().is_some_and(|prefecture| same_prefecture(region, prefecture))
        })
    };
    Some(possible.iter().find(fits).or_else(|| possible.first()).cloned().unwrap_or(wrong))
}

/// Whether a text is the name of a prefecture, be it without its last character.
pub(super) fn is_prefecture(text: &str) -> bool {
    PREFECTURES.iter().any(|prefecture| same_prefecture(text, prefecture))
}

/// Whether a text means a prefecture: 青森 and 青森県 are one.
pub(super) fn same_prefecture(text: &str, prefecture: &str) -> bool {
    let text = comparison_key(text);
    text == prefecture || prefecture.strip_suffix(['県', '府', '都']).is_some_and(|short| text == short)
}

/// Five digits and their check digit.
fn checked(five: &str) -> String {
    let sum: u32 =
        five.bytes().zip([6, 5, 4, 3, 2]).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    format!("{five}{}", (11 - sum % 11) % 10)
}

fn is_right(six: &str) -> bool {
    let (Some(five), Some(prefecture)) =
        (six.get(..5), six.get(..2).and_then(|two| two.parse::<usize>().ok()))
    else {
        return false;
    };
    (1..=PREFECTURES.len()).contains(&prefecture) && checked(five) == six
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes as 総務省 publishes them.
    #[test]
    fn codes_as_they_come_out_of_excel() {
        let cases = [
            ("022021", None, "022021", Repair::None, Some("青森県")),
            ("０２２０２１", None, "022021", Repair::None, Some("青森県")),
            ("22021", None, "022021", Repair::ZeroRestored, Some("青森県")),
            ("11002", None, "011002", Repair::ZeroRestored, Some("北海道")),
            ("02202", None, "022021", Repair::CheckDigitAdded, Some("青森県")),
            ("2202", None, "022021", Repair::CheckDigitAdded, Some("青森県")),
            ("13101", None, "131016", Repair::CheckDigitAdded, Some("東京都")),
            ("131016", None, "131016", Repair::None, Some("東京都")),
            ("131017", None, "131017", Repair::Wrong, None),
            ("990000", None, "990000", Repair::Wrong, None),
            ("弘前", None, "弘前", Repair::Wrong, None),
        ];
        for (written, region, digits, repair, prefecture) in cases {
            let code = read_code(written, region).unwrap();
            assert_eq!((code.digits.as_str(), code.repair), (digits, repair), "{written}");
            assert_eq!(code.prefecture(), prefecture, "{written}");
        }
        assert_eq!(read_code(" ", None), None);
    }

    #[test]
    fn the_prefecture_decides_between_two_readings() {
        // Both are codes: 札幌市 whose zero was lost, and one of 埼玉県 without its check digit.
        assert_eq!(read_code("11002", Some("埼玉県")).unwrap().prefecture(), Some("埼玉県"));
        assert_eq!(read_code("11002", Some("北海道")).unwrap().prefecture(), Some("北海道"));
    }

    #[test]
    fn prefectures_with_and_without_their_ending() {
        assert!(
            is_prefecture("青森")
                && is_prefecture("青森県")
                && is_prefecture(" 東京 ")
                && is_prefecture("京都")
        );
        assert!(!is_prefecture("東北") && !is_prefecture("北海") && !is_prefecture(""));
    }
}
