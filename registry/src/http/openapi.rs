//! The OpenAPI document, made from the handlers.

use utoipa::OpenApi;

/// The document of the whole interface.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Schema registry",
        description = "A Confluent-compatible schema registry: schemas by subject and version, compatibility checks that say why, config and modes at global, context and subject level. Every path also exists below `/contexts/{context}`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "Subjects", description = "Names that schemas are registered under."),
        (name = "Versions", description = "Registering, reading and deleting the versions of a subject."),
        (name = "Schemas", description = "Schemas by id and guid."),
        (name = "Compatibility", description = "Checks before registering."),
        (name = "Config", description = "Compatibility level and data contracts."),
        (name = "Mode", description = "What is accepted where."),
        (name = "Contexts", description = "Separate id spaces within one registry."),
        (name = "Key encryption keys", description = "Names for keys of key management systems. Only their names and places are kept."),
        (name = "Data encryption keys", description = "What clients encrypt fields with, kept as it was wrapped. This registry speaks to no key management system: it neither makes nor unwraps keys."),
        (name = "Associations", description = "Links between subjects and resources; none are kept."),
        (name = "Server", description = "What the server says of itself."),
    ),
    paths(
        super::metadata::root, super::metadata::post_root, super::metadata::id, super::metadata::version,
        super::metadata::deployment, super::subjects::list, super::subjects::lookup, super::subjects::delete,
        super::subjects::latest_with_metadata, super::versions::list, super::versions::register,
        super::versions::get, super::versions::delete, super::versions::get_text, super::versions::bundle,
        super::versions::referenced_by,
        super::versions::tag, super::schemas::list, super::schemas::types, super::schemas::by_id,
        super::schemas::text_by_id, super::schemas::bundle_by_id, super::schemas::id_subjects, super::schemas::id_versions,
        super::schemas::by_guid, super::schemas::guid_ids, super::compatibility::check_all,
        super::compatibility::check_version, super::config::get_global, super::config::update_global,
        super::config::delete_global, super::config::get, super::config::update, super::config::delete,
        super::mode::get_global, super::mode::set_global, super::mode::delete_global, super::mode::get,
        super::mode::update, super::mode::delete, super::contexts::list, super::contexts::delete,
        super::keks::list, super::keks::create, super::keks::get, super::keks::update, super::keks::delete,
        super::keks::undelete, super::keks::test, super::deks::subjects, super::deks::create, super::deks::get,
        super::deks::create_for_subject, super::deks::delete, super::deks::undelete, super::deks::versions,
        super::deks::get_version, super::deks::delete_version, super::deks::undelete_version,
        super::associations::of_subject, super::associations::of_resource_id, super::associations::of_resource,
    ),
)]
struct Document;

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The document as YAML: what `openapi.yaml` holds.
///
/// # Errors
/// When a part of the document has no YAML form.
pub fn yaml() -> Result<String, String> {
    document().to_yaml().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn paths() -> serde_json::Map<String, Value> {
        let document = serde_json::to_value(document()).unwrap();
        document["paths"].as_object().unwrap().clone()
    }

    /// Parameters may be spelled differently.
    fn shape(path: &str) -> String {
        path.split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    #[test]
    fn every_route_of_the_api_is_described_and_nothing_else() {
        let beside = ["/health/live", "/health/ready", "/metrics", "/openapi.yaml", "/docs"];
        let routes: BTreeSet<_> =
            crate::http::patterns().into_iter().filter(|path| !beside.contains(path)).map(shape).collect();
        let described: BTreeSet<_> = paths().keys().map(|path| shape(path)).collect();
        assert_eq!(routes, described);
    }

    #[test]
    fn operations_have_names_of_their_own_and_describe_their_path() {
        let mut names = BTreeSet::new();
        for (path, operations) in paths() {
            for (method, operation) in operations.as_object().unwrap() {
                assert!(names.insert(operation["operationId"].to_string()), "{method} {path}");
                let described = operation["parameters"].as_array().into_iter().flatten();
                let described = described.filter(|parameter| parameter["in"] == "path").count();
                assert_eq!(described, path.matches('{').count(), "{method} {path}");
            }
        }
    }
}
