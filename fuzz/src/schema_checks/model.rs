//! What must hold for names of subjects and bodies of requests.

use schema::fingerprint::guid;
use schema::model::api::{RegisterSchemaRequest, TagSchemaRequest};
use schema::model::config::{Config, ConfigUpdate};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::subject::{Context, Purpose, Subject};

/// A printed subject is read back as the same subject.
pub fn subject_name(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let subject = Subject::parse(text);
    assert_eq!(Subject::parse(&subject.to_string()), subject, "{text:?}");
    if subject.is_valid_for(Purpose::Register) {
        assert!(subject.is_valid_for(Purpose::Settings), "{text:?}");
    }
    if let Ok(context) = Context::parse(text) {
        assert_eq!(Context::parse(context.as_str()).as_ref(), Ok(&context), "{text:?}");
        let moved = subject.in_context(&context);
        assert_eq!((moved.context(), moved.name()), (&context, subject.name()), "{text:?}");
        assert_eq!(Subject::parse_in(&subject.to_string(), subject.context()), subject, "{text:?}");
        assert_eq!(context.subject().context(), &context);
    }
}

/// No body makes the models panic; what was read is written and read again without loss.
pub fn request_body(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<RegisterSchemaRequest>(data) {
        contract(request.metadata.as_ref(), request.rule_set.as_ref());
        let references = request.references.unwrap_or_default();
        let text = request.schema.unwrap_or_default();
        let print = || guid(&text, &references, request.metadata.as_ref(), request.rule_set.as_ref());
        assert_eq!(print(), print());
    }
    if let Ok(request) = serde_json::from_slice::<TagSchemaRequest>(data) {
        contract(request.metadata.as_ref(), request.rule_set.as_ref());
        let older = request.rule_set.as_ref();
        let mut merged = RuleSet::merge(older, request.rules_to_merge.as_ref()).unwrap_or_default();
        merged.remove(&request.rules_to_remove.unwrap_or_default());
        let _ = merged.validate();
    }
    if let Ok(update) = serde_json::from_slice::<ConfigUpdate>(data)
        && let Ok(config) = update.apply_to(Config::default())
    {
        contract(config.default_metadata.as_ref(), config.default_rule_set.as_ref());
        contract(config.override_metadata.as_ref(), config.override_rule_set.as_ref());
        let _ = serde_json::to_string(&config);
    }
}

fn contract(metadata: Option<&Metadata>, rule_set: Option<&RuleSet>) {
    if let Some(metadata) = metadata {
        let written = serde_json::to_string(metadata).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Metadata>(&written).ok().as_ref(), Some(metadata), "{written}");
        assert_eq!(Metadata::merge(Some(metadata), Some(metadata)).as_ref(), Some(metadata), "{written}");
    }
    if let Some(rule_set) = rule_set {
        let written = serde_json::to_string(rule_set).unwrap_or_default();
        let read = serde_json::from_str::<RuleSet>(&written);
        let read = read.unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(serde_json::to_string(&read).ok().as_ref(), Some(&written));
        assert_eq!(guid("", &[], None, Some(&read)), guid("", &[], None, Some(rule_set)), "{written}");
        // As in the reference registry an empty type counts as a type, but is not written.
        if rule_set.rules().all(|rule| rule.rule_type.as_deref() != Some("")) {
            assert_eq!(read.validate().is_ok(), rule_set.validate().is_ok(), "{written}");
        }
    }
}
