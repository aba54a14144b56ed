//! URIs as texts: what the resolution of references needs of RFC 3986, for bases that may themselves be relative.

/// `reference` seen from `base`, both without fragment. An empty base leaves the reference as it is.
pub(super) fn join(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    let (scheme, rest) = split_scheme(base);
    if split_scheme(reference).0.is_some() {
        return reference.to_owned();
    }
    if base.is_empty() {
        return without_dots(reference);
    }
    let prefix = scheme.map_or(String::new(), |scheme| format!("{scheme}:"));
    if scheme.is_some() && !rest.starts_with('/') {
        // `urn:` and the like have no path to resolve against.
        return if matches!(scheme, Some("urn" | "tag")) {
            format!("{base}{reference}")
        } else {
            reference.to_owned()
        };
    }
    if reference.starts_with("//") {
        return prefix + reference;
    }
    let (authority, path) = split_authority(rest);
    let path = path.split('?').next().unwrap_or(path);
    let merged = if reference.starts_with('/') {
        without_dots(reference)
    } else if reference.starts_with('?') {
        format!("{path}{reference}")
    } else {
        let folder = path.rfind('/').map_or("", |at| &path[..=at]);
        let slash = if folder.is_empty() && !authority.is_empty() { "/" } else { folder };
        without_dots(&format!("{slash}{reference}"))
    };
    format!("{prefix}{authority}{merged}")
}

/// The URI before `#`, and what follows it, if there is one.
pub(super) fn split_fragment(reference: &str) -> (&str, Option<&str>) {
    match reference.split_once('#') {
        Some((uri, fragment)) => (uri, Some(fragment)),
        None => (reference, None),
    }
}

fn split_scheme(uri: &str) -> (Option<&str>, &str) {
    match uri.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, uri),
    }
}

fn split_authority(rest: &str) -> (&str, &str) {
    match rest.strip_prefix("//") {
        Some(inner) => rest.split_at(inner.find(['/', '?']).map_or(rest.len(), |at| at + 2)),
        None => ("", rest),
    }
}

/// The path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return format!("{path}{query}");
    }
    let is_absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.trim_start_matches('/').split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." => {}
            ".." => {
                if kept.last().is_some_and(|last| *last != "..") {
                    kept.pop();
                } else if !is_absolute {
                    kept.push(segment);
                }
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if segments.peek().is_none() {
            kept.push("");
        }
    }
    format!("{}{}{query}", if is_absolute { "/" } else { "" }, kept.join("/"))
}

/// Whether the reference registry takes the text for a URI or a relative reference: no blanks, quotes, angle brackets
/// and the like, and each `%` starts an escape.
pub(crate) fn is_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (_, fragment) = split_fragment(text);
    if fragment.is_some_and(|fragment| fragment.contains('#')) || text.starts_with(':') {
        return false;
    }
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f => false,
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_seen_from_their_base() {
        for (base, reference, expected) in [
            ("", "a.json", "a.json"),
            ("", "./a.json", "a.json"),
            ("", "../a.json", "../a.json"),
            ("a/b.json", "c.json", "a/c.json"),
            ("a/b.json", "../c.json", "c.json"),
            ("http://x/a/b.json", "", "http://x/a/b.json"),
            ("http://x/a/b.json", "c.json", "http://x/a/c.json"),
            ("http://x/a/b.json", "./c.json", "http://x/a/c.json"),
            ("http://x/a/b.json", "../c.json", "http://x/c.json"),
            ("http://x/a/b.json", "../../../c.json", "http://x/c.json"),
            ("http://x/a/b.json", "/c/./d.json", "http://x/c/d.json"),
            ("http://x/a/b.json", "//y/d.json", "http://y/d.json"),
            ("http://x/a/b.json", "?q", "http://x/a/b.json?q"),
            ("http://x/a/b.json?q/r", "c.json", "http://x/a/c.json"),
            ("http://x/a/b.json", ".", "http://x/a/"),
            ("http://x", "c.json", "http://x/c.json"),
            ("http://x/a", "urn:y", "urn:y"),
            ("urn:x", "y", "urn:xy"),
            ("mailto:x", "y", "y"),
            ("a:b", "https://y/z", "https://y/z"),
        ] {
            assert_eq!(join(base, reference), expected, "{base} {reference}");
        }
    }

    #[test]
    fn texts_that_are_no_references_are_known() {
        for text in ["", "#", "#/a/b", "#/a%20b", "a.json#/é", "http://x/[y]", "#/$defs/a~1b"] {
            assert!(is_reference(text), "{text}");
        }
        for text in ["a b", "#/a<b>", "#/100%", "#/%zz", "##", "#a#b", "a\\b", "{x}", ":x"] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
