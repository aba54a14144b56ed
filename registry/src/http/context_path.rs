//! Paths below `/contexts/{context}/…` mean the same resources within that context; they are rewritten before routing.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use schema::model::subject::{Context, InvalidContext};

/// Path and query after rewriting; borrowed where nothing had to change.
pub(super) struct Target<'a> {
    pub(super) path: Cow<'a, str>,
    pub(super) query: Option<Cow<'a, str>>,
}

/// Rewrites a raw (still encoded) path and query. Trailing slashes are dropped.
pub(super) fn rewrite<'a>(path: &'a str, query: Option<&'a str>) -> Result<Target<'a>, InvalidContext> {
    let trimmed = path.trim_end_matches('/');
    let path = if trimmed.is_empty() { "/" } else { trimmed };
    let untouched = Target { path: Cow::Borrowed(path), query: query.map(Cow::Borrowed) };
    let Some((context, rest)) = path.strip_prefix("/contexts/").and_then(|below| below.split_once('/'))
    else {
        return Ok(untouched);
    };
    let context = Context::parse(&percent_decode_str(context).decode_utf8_lossy())?;
    let segments: Vec<&str> = rest.split('/').collect();
    Ok(Target {
        path: Cow::Owned(rewrite_path(&context, &segments)),
        query: rewrite_query(&context, &segments, query),
    })
}

fn rewrite_path(context: &Context, segments: &[&str]) -> String {
    let root = segments.first().copied().unwrap_or_default();
    let is_settings = matches!(root, "config" | "mode");
    let mut path = String::new();
    for (index, segment) in segments.iter().enumerate() {
        path.push('/');
        let previous = index.checked_sub(1).and_then(|at| segments.get(at)).copied().unwrap_or_default();
        let names_subject = matches!(previous, "subjects" | "deks") || (is_settings && index == 1);
        if names_subject && !segment.is_empty() && !is_qualified(segment) {
            path.push_str(&encoded(&context.qualifier()));
        }
        path.push_str(segment);
    }
    if is_settings && segments.len() == 1 && !context.is_default() {
        path.push('/');
        path.push_str(&encoded(&context.qualifier()));
    }
    path
}

fn rewrite_query<'a>(context: &Context, segments: &[&str], query: Option<&'a str>) -> Option<Cow<'a, str>> {
    let root = segments.first().copied().unwrap_or_default();
    let by_id = root == "schemas" && segments.get(1) == Some(&"ids");
    let name = match root {
        "schemas" if by_id => "subject",
        "schemas" | "subjects" | "keks" => "subjectPrefix",
        _ => return query.map(Cow::Borrowed),
    };
    let qualifier = if context.is_default() { ":.:".to_owned() } else { context.qualifier() };
    let qualifier = encoded(&qualifier);
    let mut found = false;
    let mut pairs: Vec<String> = Vec::new();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').unwrap_or((pair, "")) {
            (key, value) if key == name => {
                found = true;
                pairs.push(format!("{key}={qualifier}{value}"));
            }
            _ => pairs.push(pair.to_owned()),
        }
    }
    if !found {
        pairs.push(format!("{name}={qualifier}"));
    }
    Some(Cow::Owned(pairs.join("&")))
}

fn is_qualified(segment: &str) -> bool {
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    decoded.starts_with(":.") || decoded.starts_with(":*:")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, query: Option<&str>, expected: &str) {
        let target = rewrite(path, query).map(|target| match target.query {
            Some(query) => format!("{}?{query}", target.path),
            None => target.path.into_owned(),
        });
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        assert_eq!(target.as_deref().map(decode), Ok(expected.to_owned()), "{path}");
    }

    #[test]
    fn subjects_and_settings_move_into_the_context() {
        check("/contexts/.c/subjects/s/versions/1", None, "/subjects/:.c:s/versions/1?subjectPrefix=:.c:");
        check(
            "/contexts/c/compatibility/subjects/s/versions",
            None,
            "/compatibility/subjects/:.c:s/versions",
        );
        check("/contexts/:.c:/config/", None, "/config/:.c:");
        check("/contexts/c/mode/s", None, "/mode/:.c:s");
        check("/contexts/c/subjects/%3A.d%3As/versions", None, "/subjects/:.d:s/versions?subjectPrefix=:.c:");
        check("/contexts/./config", None, "/config");
    }

    #[test]
    fn queries_name_the_context() {
        check("/contexts/c/schemas/ids/1", None, "/schemas/ids/1?subject=:.c:");
        check("/contexts/c/schemas/ids/1", Some("subject=s&x=1"), "/schemas/ids/1?subject=:.c:s&x=1");
        check("/contexts/c/subjects", Some("subjectPrefix=a"), "/subjects?subjectPrefix=:.c:a");
        check("/contexts/c/schemas", None, "/schemas?subjectPrefix=:.c:");
    }

    #[test]
    fn everything_else_is_left_alone_but_for_trailing_slashes() {
        check("/contexts/", None, "/contexts");
        check("/contexts/c/", None, "/contexts/c");
        check("/subjects/s/versions//", Some("deleted=true"), "/subjects/s/versions?deleted=true");
        check("/", None, "/");
        assert!(rewrite("/contexts/a:b/subjects", None).is_err());
    }
}
