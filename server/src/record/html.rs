//! The record as a page of its own to print on A4: no script, nothing from anywhere else, readable without a server.

use super::document::{Block, tell};
use super::told::Told;

/// How the page looks on a screen and on paper. 14 px is the smallest on the screen, 10 pt on paper.
const STYLE: &str = "\
:root{font-family:system-ui,\"Hiragino Sans\",\"Yu Gothic UI\",\"Noto Sans JP\",sans-serif;color:#1a1a1a;background:#fff}\
body{max-width:60rem;margin:0 auto;padding:1rem;font-size:16px;line-height:1.7;overflow-wrap:anywhere}\
h1{font-size:1.8rem;line-height:1.4}h2{font-size:1.4rem;border-bottom:2px solid #1a1a1a;margin-top:2.5rem}\
h3{font-size:1.15rem;margin-top:1.8rem}h4{font-size:1rem;margin:1.2rem 0 .3rem}\
p{white-space:pre-line}ul{padding-left:1.4rem;margin:.3rem 0}li{margin:.4rem 0;white-space:pre-line}\
.aside{display:block;color:#4d4d4d;font-size:.875rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}\
th,td{border:1px solid #767676;padding:.25rem .5rem;text-align:left;vertical-align:top;white-space:pre-line}\
th{background:#f2f2f2}td.number{text-align:right}\
@page{size:A4;margin:16mm 14mm}\
@media print{body{max-width:none;padding:0;font-size:10.5pt}.wide{overflow:visible}table,.aside{font-size:10pt}\
h1,h2,h3,h4{break-after:avoid}li,tr{break-inside:avoid}thead{display:table-header-group}}";

pub(super) fn write(told: &Told<'_>) -> String {
    let title = format!("{} {}", told.record.meeting.title, told.words.record);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n",
        told.words.tag,
        escaped(&title),
    );
    tell(told, &mut |block| put(&mut page, block));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn put(page: &mut String, block: Block<'_>) {
    match block {
        Block::Heading(depth, title) => {
            page.push_str(&format!("<h{depth}>{}</h{depth}>\n", escaped(&title)));
        }
        Block::Paragraph(text) => page.push_str(&format!("<p>{}</p>\n", escaped(&text))),
        Block::List(items) => {
            page.push_str("<ul>\n");
            for item in items {
                page.push_str(&format!("<li>{}", escaped(item.text)));
                if !item.aside.is_empty() {
                    page.push_str(&format!("<span class=\"aside\">{}</span>", escaped(&item.aside)));
                }
                page.push_str("</li>\n");
            }
            page.push_str("</ul>\n");
        }
        Block::Table(table) => {
            // A table that is wider than a screen is moved by keyboard as well.
            page.push_str(&format!(
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n<thead><tr>",
                escaped(table.title)
            ));
            for column in table.columns {
                page.push_str(&format!("<th scope=\"col\">{}</th>", escaped(column)));
            }
            page.push_str("</tr></thead>\n<tbody>\n");
            for row in &table.rows {
                page.push_str("<tr>");
                for cell in row {
                    let class = match cell {
                        super::Cell::Number(_) => " class=\"number\"",
                        super::Cell::Empty | super::Cell::Text(_) | super::Cell::Time(_) => "",
                    };
                    page.push_str(&format!("<td{class}>{}</td>", escaped(&cell.text())));
                }
                page.push_str("</tr>\n");
            }
            page.push_str("</tbody>\n</table>\n</div>\n");
        }
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
