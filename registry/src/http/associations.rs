//! `/associations/…`: this registry keeps none, so every list is empty and clients fall back to the topic's name.

use super::answer::Answer;

/// List the associations of a subject.
#[utoipa::path(get, operation_id = "listAssociationsOfSubject", path = "/associations/subjects/{subject}", tag = "Associations",
    params(("subject" = String, Path, description = "Subject.")),
    responses((status = 200, description = "An empty list.", body = Vec<String>)))]
pub(super) async fn of_subject() -> Answer<[String; 0]> {
    Answer([])
}

/// List the associations of a resource, by id.
#[utoipa::path(get, operation_id = "listAssociationsOfResourceId", path = "/associations/resources/{resourceId}", tag = "Associations",
    params(("resourceId" = String, Path, description = "Resource id.")),
    responses((status = 200, description = "An empty list.", body = Vec<String>)))]
pub(super) async fn of_resource_id() -> Answer<[String; 0]> {
    Answer([])
}

/// List the associations of a resource, by namespace and name.
#[utoipa::path(get, operation_id = "listAssociationsOfResource", path = "/associations/resources/{resourceNamespace}/{resourceName}", tag = "Associations",
    params(
        ("resourceNamespace" = String, Path, description = "Namespace; `-` stands for any."),
        ("resourceName" = String, Path, description = "Name; `-` stands for all."),
    ),
    responses((status = 200, description = "An empty list.", body = Vec<String>)))]
pub(super) async fn of_resource() -> Answer<[String; 0]> {
    Answer([])
}
