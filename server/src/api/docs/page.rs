//! The document as a page: every operation, then every form that a body may have. It shows what the document says and knows
//! no route.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::record::escaped;

/// What a response's reference begins with, and a schema's.
const SCHEMAS: &str = "#/components/schemas/";
const METHODS: [&str; 3] = ["get", "post", "delete"];

/// Writes the page of a document. What the document lacks is left out.
pub(super) fn write(document: &str) -> String {
    // A test reads the same text.
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut page = Page(String::new());
    page.head(&document);
    for tag in list(&document["tags"]) {
        let name = text(&tag["name"]);
        page.put(&format!(
            "<h2 id=\"tag-{}\">{} <span lang=\"en\">{}</span></h2>\n",
            anchor(name),
            escaped(text(&tag["x-name-ja"])),
            escaped(name)
        ));
        for (path, verb, operation) in
            operations(&document).filter(|(.., operation)| has_tag(operation, name))
        {
            page.operation(path, verb, operation);
        }
    }
    page.put("<h2 id=\"forms\">データの形 <span lang=\"en\">Forms of bodies</span></h2>\n");
    for (name, schema) in object(&document["components"]["schemas"]) {
        page.put(&format!(
            "<details id=\"form-{}\"><summary><code>{}</code></summary>\n<div lang=\"en\">\n",
            anchor(name),
            escaped(name)
        ));
        page.schema(schema);
        page.put("</div></details>\n");
    }
    page.put("</main>\n</body>\n</html>\n");
    page.0
}

/// Operations with their path and verb, in the document's order.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    object(&document["paths"]).flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |verb| Some((path.as_str(), verb, item.get(verb)?)))
    })
}

fn has_tag(operation: &Value, name: &str) -> bool {
    list(&operation["tags"]).any(|tag| tag == name)
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A name as part of an anchor: what is no letter or digit becomes a dash.
fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Text with `code` in it.
fn prose(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escaped(part);
        let _ = if index % 2 == 1 { write!(html, "<code>{part}</code>") } else { write!(html, "{part}") };
    }
    html.replace('\n', " ")
}

/// A form in a few words: a link to it where it has a name.
fn form(schema: &Value) -> String {
    if let Some(name) = text(&schema["$ref"]).strip_prefix(SCHEMAS) {
        return format!("<a href=\"#form-{}\"><code>{}</code></a>", anchor(name), escaped(name));
    }
    if let Some(value) = schema.get("const") {
        return format!("<code>{}</code>", escaped(&value.to_string()));
    }
    let choices: Vec<String> = list(&schema["enum"])
        .map(|value| format!("<code>{}</code>", escaped(&value.to_string())))
        .chain(list(&schema["anyOf"]).chain(list(&schema["oneOf"])).chain(list(&schema["allOf"])).map(form))
        .collect();
    if !choices.is_empty() {
        return choices.join(" | ");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        kinds => list(kinds).map(text).collect(),
    };
    let mut words = kinds.join(" | ");
    if let Some(name) = schema["format"].as_str() {
        words = format!("{words} ({name})");
    }
    if words == "array" || words == "array | null" {
        return format!("{words}: {}", form(&schema["items"]));
    }
    let values = object(&schema["patternProperties"]).map(|(_, values)| values);
    match values.chain(schema.get("additionalProperties").filter(|values| values.is_object())).next() {
        Some(values) => format!("{words}: {}", form(values)),
        None => escaped(&words),
    }
}

struct Page(String);

impl Page {
    fn put(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn head(&mut self, document: &Value) {
        let version = escaped(text(&document["info"]["version"]));
        self.put(&format!(
            "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>Engawa HTTP API</title>\n\
             <link rel=\"stylesheet\" href=\"/api/docs/style.css\">\n</head>\n<body>\n<main>\n\
             <h1>Engawa HTTP API <span lang=\"en\">({version})</span></h1>\n\
             <p>このサーバーのHTTP APIの一覧です。同じ内容をOpenAPI 3.1の文書として \
             <a href=\"/api/openapi.json\"><code>/api/openapi.json</code></a> から取り出せます。説明は英語です。</p>\n"
        ));
        for paragraph in text(&document["info"]["description"]).split("\n\n") {
            self.put(&format!("<p lang=\"en\">{}</p>\n", prose(paragraph)));
        }
        self.put("<nav aria-label=\"目次 Contents\">\n<ul>\n");
        for tag in list(&document["tags"]) {
            let name = text(&tag["name"]);
            self.put(&format!(
                "<li><a href=\"#tag-{}\">{} <span lang=\"en\">{}</span></a></li>\n",
                anchor(name),
                escaped(text(&tag["x-name-ja"])),
                escaped(name)
            ));
        }
        self.put("<li><a href=\"#forms\">データの形 <span lang=\"en\">Forms of bodies</span></a></li>\n</ul>\n</nav>\n");
        self.put("<h2 id=\"keys\">鍵 <span lang=\"en\">Keys</span></h2>\n<dl>\n");
        for (name, scheme) in object(&document["components"]["securitySchemes"]) {
            self.entry(&format!("<code>{}</code>", escaped(name)), text(&scheme["description"]));
        }
        self.put("</dl>\n");
    }

    fn entry(&mut self, term: &str, description: &str) {
        self.put(&format!("<dt>{term}</dt>\n<dd lang=\"en\">{}</dd>\n", prose(description)));
    }

    fn label(&mut self, ja: &str, en: &str) {
        self.put(&format!("<h4>{ja} <span lang=\"en\">{en}</span></h4>\n"));
    }

    fn operation(&mut self, path: &str, verb: &str, operation: &Value) {
        self.put(&format!(
            "<section>\n<h3 id=\"{}\"><code class=\"verb\">{}</code> <code>{}</code></h3>\n<p lang=\"en\">{}. {}</p>\n",
            anchor(text(&operation["operationId"])),
            verb.to_uppercase(),
            escaped(path),
            prose(text(&operation["summary"])),
            prose(text(&operation["description"])),
        ));
        self.put(&format!("<p class=\"aside\">SPEC {}</p>\n", escaped(text(&operation["x-rule"]))));
        self.label("鍵", "Key");
        self.put("<ul class=\"plain\">\n");
        for requirement in list(&operation["security"]) {
            if object(requirement).next().is_none() {
                self.put("<li>不要 <span lang=\"en\">none</span></li>\n");
            }
            for (scheme, roles) in object(requirement) {
                let roles: Vec<&str> = list(roles).map(text).collect();
                let roles = if roles.is_empty() { String::new() } else { format!(": {}", roles.join(", ")) };
                self.put(&format!(
                    "<li lang=\"en\"><code>{}</code>{}</li>\n",
                    escaped(scheme),
                    escaped(&roles)
                ));
            }
        }
        self.put("</ul>\n");
        if list(&operation["parameters"]).next().is_some() {
            self.label("アドレスの部分", "Parameters");
            self.put("<dl>\n");
            for parameter in list(&operation["parameters"]) {
                let term = format!(
                    "<code>{}</code> ({}): {}",
                    escaped(text(&parameter["name"])),
                    escaped(text(&parameter["in"])),
                    form(&parameter["schema"])
                );
                self.entry(&term, text(&parameter["description"]));
            }
            self.put("</dl>\n");
        }
        if let Some(body) = operation.get("requestBody") {
            self.label("送る内容", "Body");
            self.put("<dl>\n<dt>本文 <span lang=\"en\">content</span></dt>\n");
            self.content(text(&body["description"]), &body["content"]);
            self.put("</dl>\n");
        }
        self.label("応答", "Answers");
        self.put("<dl>\n");
        for (status, response) in object(&operation["responses"]) {
            self.put(&format!("<dt><strong>{}</strong></dt>\n", escaped(status)));
            self.content(text(&response["description"]), &response["content"]);
        }
        self.put("</dl>\n</section>\n");
    }

    fn content(&mut self, description: &str, content: &Value) {
        let types: Vec<String> = object(content)
            .map(|(media_type, body)| match body.get("schema") {
                Some(schema) => format!("<code>{}</code>: {}", escaped(media_type), form(schema)),
                None => format!("<code>{}</code>", escaped(media_type)),
            })
            .collect();
        self.put(&format!("<dd lang=\"en\">{}", prose(description)));
        for line in types {
            self.put(&format!("<br>{line}"));
        }
        self.put("</dd>\n");
    }

    fn schema(&mut self, schema: &Value) {
        if let Some(description) = schema["description"].as_str() {
            self.put(&format!("<p>{}</p>\n", prose(description)));
        }
        let variants: Vec<&Value> = list(&schema["oneOf"]).chain(list(&schema["anyOf"])).collect();
        if !variants.is_empty() {
            self.put("<ul class=\"plain\">\n");
            for variant in variants {
                self.put("<li>");
                if variant.get("properties").is_none() {
                    self.put(&form(variant));
                }
                self.schema(variant);
                self.put("</li>\n");
            }
            self.put("</ul>\n");
        }
        if let Some(name) = text(&schema["$ref"]).strip_prefix(SCHEMAS)
            && schema.get("properties").is_some()
        {
            self.put(&format!(
                "<p>+ <a href=\"#form-{}\"><code>{}</code></a></p>\n",
                anchor(name),
                escaped(name)
            ));
        }
        let required: Vec<&Value> = list(&schema["required"]).collect();
        if object(&schema["properties"]).next().is_some() {
            self.put("<dl>\n");
            for (name, field) in object(&schema["properties"]) {
                let optional = if required.iter().any(|one| *one == name) { "" } else { " (optional)" };
                let term = format!("<code>{}</code>{optional}: {}", escaped(name), form(field));
                self.entry(&term, text(&field["description"]));
            }
            self.put("</dl>\n");
        } else if schema.get("oneOf").or(schema.get("anyOf")).or(schema.get("const")).is_none() {
            self.put(&format!("<p>{}</p>\n", form(schema)));
        }
    }
}
