//! Takes a drawing apart and writes it anew from what a logo needs: shapes, colours, gradients. Whatever
//! else could be in one (scripts, styles, text, links, other files) is refused with its place, so nobody
//! is shown something else than they gave. Must not know: who shows it.

use roxmltree::{Attribute, Document, Node, NodeType, ParsingOptions};
use std::fmt::Write;
use thiserror::Error;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// The most elements of a drawing.
pub const ELEMENTS_MAX: u32 = 500;

/// The deepest that elements stand within each other.
pub const DEPTH_MAX: usize = 16;

/// What a drawing may be made of.
const ELEMENTS: [&str; 14] = [
    "svg",
    "g",
    "defs",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
];

/// What is left out without a word: it is not shown.
const SILENT: [&str; 3] = ["title", "desc", "metadata"];

/// What may be said of them.
const ATTRIBUTES: [&str; 47] = [
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "cx",
    "cy",
    "d",
    "fill",
    "fill-opacity",
    "fill-rule",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "id",
    "offset",
    "opacity",
    "paint-order",
    "pathLength",
    "points",
    "preserveAspectRatio",
    "r",
    "rx",
    "ry",
    "shape-rendering",
    "spreadMethod",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "transform",
    "vector-effect",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Why a drawing is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SvgFault {
    /// No drawing at all.
    #[error("it is no SVG that can be read ({0})")]
    Unreadable(String),
    /// It says no size.
    #[error("its <svg> needs a viewBox, or a width and a height in plain numbers")]
    Size,
    /// It has a part that a logo does not need.
    #[error("line {line}: <{name}> has no place in a logo; turn text into outlines and export a plain SVG")]
    Element {
        /// Where.
        line: u32,
        /// Which.
        name: String,
    },
    /// A part refers to something outside of the drawing, or says what a logo does not need.
    #[error("line {line}: {name} has no place in a logo, or not with this value")]
    Attribute {
        /// Where.
        line: u32,
        /// Which.
        name: String,
    },
    /// Too many elements, or too deep.
    #[error("it has more than {ELEMENTS_MAX} elements, or more than {DEPTH_MAX} within each other")]
    Many,
}

/// A drawing written anew, and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Its text.
    pub text: String,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// Reads a drawing and writes it anew.
///
/// # Errors
/// The first thing in it that has no place in a logo.
pub fn drawing(bytes: &[u8]) -> Result<Drawing, SvgFault> {
    let unreadable = |reason: String| SvgFault::Unreadable(reason);
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".into()))?;
    // Without a document type there are no entities that could grow.
    let options = ParsingOptions { nodes_limit: ELEMENTS_MAX * 8, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(text, options).map_err(|error| unreadable(error.to_string()))?;
    let root = document.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err(unreadable("its first element is not <svg>".into()));
    }
    let (width, height) = size(root).ok_or(SvgFault::Size)?;
    let mut writer = Writer { document: &document, out: String::new(), elements: 0 };
    writer.element(root, 0)?;
    Ok(Drawing { text: writer.out, width, height })
}

/// The size that a drawing says: what it is drawn in, or as it wants to be shown.
fn size(root: Node<'_, '_>) -> Option<(u32, u32)> {
    let whole = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        let is_size = number.is_finite() && (1.0..=100_000.0).contains(&number);
        // A few thousand at most: counted up, no rounding matters.
        is_size.then(|| (1..=100_000_u32).find(|size| f64::from(*size) >= number - 0.5)).flatten()
    };
    if let Some(view) = root.attribute("viewBox") {
        let mut parts = view.split([' ', ',', '\t', '\n']).filter(|part| !part.is_empty()).skip(2);
        return whole(parts.next()?).zip(whole(parts.next()?));
    }
    whole(root.attribute("width")?).zip(whole(root.attribute("height")?))
}

struct Writer<'a, 'input> {
    document: &'a Document<'input>,
    out: String,
    elements: u32,
}

impl Writer<'_, '_> {
    fn line(&self, node: Node<'_, '_>) -> u32 {
        self.document.text_pos_at(node.range().start).row
    }

    fn element(&mut self, node: Node<'_, '_>, depth: usize) -> Result<(), SvgFault> {
        let name = node.tag_name().name();
        let is_ours = node.tag_name().namespace() == Some(SVG);
        if is_ours && SILENT.contains(&name) || !is_ours && depth > 0 && is_editors(node) {
            return Ok(());
        }
        if !is_ours || !ELEMENTS.contains(&name) || (name == "svg") != (depth == 0) {
            return Err(SvgFault::Element { line: self.line(node), name: name.to_owned() });
        }
        self.elements += 1;
        if self.elements > ELEMENTS_MAX || depth >= DEPTH_MAX {
            return Err(SvgFault::Many);
        }
        self.put("<", name);
        if depth == 0 {
            self.out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
        }
        for (name, value) in self.attributes(node)? {
            self.put_attribute(name, value);
        }
        self.out.push('>');
        for child in node.children() {
            match child.node_type() {
                NodeType::Element => self.element(child, depth + 1)?,
                NodeType::Text if child.text().is_some_and(|text| !text.trim().is_empty()) => {
                    return Err(SvgFault::Element { line: self.line(child), name: "text".into() });
                }
                NodeType::PI => {
                    return Err(SvgFault::Element { line: self.line(child), name: "?".into() });
                }
                NodeType::Root | NodeType::Text | NodeType::Comment => {}
            }
        }
        self.put("</", name);
        self.out.push('>');
        Ok(())
    }

    /// What is kept of an element's attributes, each once: a style has the last word.
    fn attributes<'n>(&self, node: Node<'n, '_>) -> Result<Vec<Declared<'n>>, SvgFault> {
        let mut kept: Vec<Declared<'n>> = Vec::new();
        let is_style = |one: &Attribute<'_, '_>| one.namespace().is_none() && one.name() == "style";
        let (last, first): (Vec<_>, Vec<_>) = node.attributes().partition(is_style);
        for attribute in first.into_iter().chain(last) {
            let name = attribute.name().to_owned();
            let wrong = || SvgFault::Attribute { line: self.line(node), name };
            for (name, value) in said(node, attribute).ok_or_else(wrong)? {
                kept.retain(|(known, _)| *known != name);
                kept.push((name, value));
            }
        }
        Ok(kept)
    }

    fn put(&mut self, open: &str, name: &str) {
        self.out.push_str(open);
        self.out.push_str(name);
    }

    fn put_attribute(&mut self, name: &str, value: &str) {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        // Writing into a string does not fail.
        let _ = write!(self.out, " {name}=\"{value}\"");
    }
}

/// A name and a value.
type Declared<'n> = (&'n str, &'n str);

/// What an attribute says that is shown; none when it has no place in a logo.
fn said<'n>(node: Node<'n, '_>, attribute: Attribute<'n, '_>) -> Option<Vec<Declared<'n>>> {
    let (name, value) = (attribute.name(), attribute.value());
    let is_silent = ["version", "class", "role"].contains(&name);
    let is_silent = is_silent || name.starts_with("data-") || name.starts_with("aria-");
    match attribute.namespace() {
        // A gradient may take its stops from another one of the drawing.
        None | Some(XLINK) if name == "href" => {
            let is_inside = node.tag_name().name().ends_with("Gradient") && is_reference(value);
            is_inside.then(|| vec![("href", value)])
        }
        None if name == "style" => {
            let declared = declarations(value)?.into_iter().filter(|(name, _)| !name.starts_with('-'));
            let declared: Vec<_> = declared.collect();
            declared.iter().all(|(name, value)| is_shown(name, value)).then_some(declared)
        }
        None if is_silent => Some(Vec::new()),
        None => is_shown(name, value).then(|| vec![(name, value)]),
        Some(XLINK) => None,
        // What editors note for themselves is not shown.
        Some(_) => Some(Vec::new()),
    }
}

fn is_shown(name: &str, value: &str) -> bool {
    ATTRIBUTES.contains(&name) && is_plain(value)
}

/// What an editor keeps for itself in its own name.
fn is_editors(node: Node<'_, '_>) -> bool {
    let names = ["inkscape", "sodipodi", "adobe", "sketch", "figma", "serif", "rdf"];
    node.tag_name().namespace().is_some_and(|name| names.iter().any(|editor| name.contains(editor)))
}

/// `#name`.
fn is_reference(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    })
}

/// Refers to nothing outside: `url(#name)` and no other `url`.
fn is_plain(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let outside = value.split("url").skip(1).any(|rest| {
        let inner = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        !inner.is_some_and(|(inner, _)| is_reference(inner.trim().trim_matches(['"', '\''])))
    });
    !outside && !value.contains(['\\', ':', '@']) && !value.contains("/*") && !value.contains("image")
}

/// The declarations of a `style`.
fn declarations(style: &str) -> Option<Vec<(&str, &str)>> {
    let parts = style.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.split_once(':').map(|(name, value)| (name.trim(), value.trim()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inner: &str) -> String {
        format!("<svg xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\" viewBox=\"0 0 120 40\">{inner}</svg>")
    }

    fn read(text: &str) -> Result<Drawing, SvgFault> {
        drawing(text.as_bytes())
    }

    #[test]
    fn a_plain_drawing_comes_out_as_it_is() {
        let inner = "<defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"#fff\"></stop></linearGradient>\
            <linearGradient id=\"b\" xlink:href=\"#a\" x2=\"1\"></linearGradient></defs>\
            <g transform=\"scale(2)\"><path d=\"M0 0h4\" fill=\"url(#b)\"></path></g>";
        let Drawing { text, width, height } = read(&svg(inner)).unwrap();
        assert_eq!((width, height), (120, 40));
        let expected =
            format!("<svg xmlns=\"{SVG}\" viewBox=\"0 0 120 40\">{}</svg>", inner.replace("xlink:", ""));
        assert_eq!(text, expected);
        assert_eq!(read(&text).unwrap().text, text, "once is enough");
    }

    #[test]
    fn what_editors_leave_behind_goes() {
        let text = format!(
            "<?xml version=\"1.0\"?><!-- made by hand --><svg xmlns=\"{SVG}\" \
             xmlns:inkscape=\"http://www.inkscape.org/namespaces/inkscape\" width=\"24px\" height=\"12\" \
             version=\"1.1\" inkscape:version=\"1\"><title>Q</title><metadata>m</metadata>\
             <inkscape:grid/><path style=\"fill:#fff; -inkscape-x:1;stroke:none\" class=\"c\" d=\"M0 0\"/></svg>"
        );
        let drawn = read(&text).unwrap();
        assert_eq!((drawn.width, drawn.height), (24, 12));
        let path = "<path d=\"M0 0\" fill=\"#fff\" stroke=\"none\"></path>";
        assert_eq!(drawn.text, format!("<svg xmlns=\"{SVG}\" width=\"24px\" height=\"12\">{path}</svg>"));
    }

    #[test]
    fn a_style_has_the_last_word_and_nothing_is_said_twice() {
        let drawn =
            read(&svg("<path style=\"fill:#fff;fill:#eee\" fill=\"#000\" d=\"M0 0\"/>")).unwrap().text;
        assert!(drawn.contains("<path d=\"M0 0\" fill=\"#eee\"></path>"), "{drawn}");
    }

    #[test]
    fn whatever_could_do_something_is_refused() {
        for inner in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<style>*{}</style>",
            "<foreignObject/>",
            "<image href=\"https://x.example/a.png\"/>",
            "<use href=\"#a\"/>",
            "<a href=\"https://x.example\"/>",
            "<animate attributeName=\"href\"/>",
            "<set/>",
            "<text>Q</text>",
            "words",
            "<svg/>",
            "<path onclick=\"x()\"/>",
            "<path fill=\"url(https://x.example/#a)\"/>",
            "<path fill=\"URL( 'data:x' )\"/>",
            "<path style=\"fill:url(//x.example)\"/>",
            "<path style=\"background:url(#a)\"/>",
            "<path style=\"fill\"/>",
            "<path xlink:type=\"simple\"/>",
            "<path fill=\"u\\rl(x)\"/>",
            "<path href=\"#a\"/>",
            "<linearGradient href=\"https://x.example/#a\"/>",
            "<linearGradient xlink:href=\"javascript:alert(1)\"/>",
            "<path filter=\"url(#a)\"/>",
            "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">1</x:script>",
            "<?xml-stylesheet href=\"x\"?>",
        ] {
            let refused = read(&svg(inner));
            let is_named = matches!(
                refused,
                Err(SvgFault::Element { line: 1, .. } | SvgFault::Attribute { line: 1, .. })
            );
            assert!(is_named, "{inner}: {refused:?}");
        }
        for text in [
            "",
            "Q",
            "<html/>",
            "<svg/>",
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>",
        ] {
            assert!(matches!(read(text), Err(SvgFault::Unreadable(_))), "{text}");
        }
        assert!(matches!(drawing(b"<svg \xff/>"), Err(SvgFault::Unreadable(_))));
    }

    #[test]
    fn a_drawing_has_a_size_and_an_end() {
        let open = |attributes: &str| read(&format!("<svg xmlns=\"{SVG}\" {attributes}/>"));
        for sizeless in
            ["", "width=\"10\"", "viewBox=\"0 0 0 4\"", "viewBox=\"0 0 NaN 4\"", "width=\"1\" height=\"50%\""]
        {
            assert_eq!(open(sizeless), Err(SvgFault::Size), "{sizeless}");
        }
        let many = "<g/>".repeat(500);
        assert_eq!(read(&svg(&many)), Err(SvgFault::Many));
        let deep = format!("{}{}", "<g>".repeat(16), "</g>".repeat(16));
        assert_eq!(read(&svg(&deep)), Err(SvgFault::Many));
    }
}
