//! Proves what the architecture promises, file by file.

use std::path::Path;
use std::process::Command;

use registry_tests::registry::binary;
use registry_tests::{repository, run};

/// Lines that a Rust file may have: beyond that it holds more than one idea.
const FILE_LINES_MAX: usize = 500;

/// Folders that are not part of the source.
const SKIPPED: &[&str] = &[".git", ".venv", ".tools", "node_modules", "target", "corpus", "artifacts"];

/// A file of the repository, with its path from the root.
struct File {
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    /// Whether it holds nothing but tests of the module that it lies beside.
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn lies_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The lines of code outside tests and comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        let lines = lines.map(|line| line.split("//").next().unwrap_or_default());
        lines.enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Where the code holds a text.
    fn places(&self, needle: &str) -> Vec<String> {
        let found = self.code().filter(|(_, line)| line.contains(needle));
        found.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

/// Every text file of the repository.
fn files() -> Vec<File> {
    let root = repository();
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_symlink() || SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push(File { path: relative(&root, &path), text });
            }
        }
    }
    assert!(files.iter().any(File::is_rust), "no sources below {}", root.display());
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// The sources of the product: what is shipped.
fn product() -> Vec<File> {
    files()
        .into_iter()
        .filter(|file| {
            file.is_rust()
                && !file.is_test()
                && file.lies_in(&["schema/src/", "registry/src/", "serde-client/src/", "serde-derive/src/"])
        })
        .collect()
}

#[track_caller]
fn assert_none(places: &[String], rule: &str) {
    assert!(places.is_empty(), "{rule}:\n{}", places.join("\n"));
}

#[test]
fn the_schema_crate_does_no_io() {
    let manifest = std::fs::read_to_string(repository().join("schema/Cargo.toml")).expect("a manifest");
    let shipped = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    for name in
        ["tokio", "axum", "hyper", "sqlx", "reqwest", "ureq", "tracing", "rand", "registry", "async-trait"]
    {
        let named = shipped.lines().any(|line| line.starts_with(name));
        assert!(!named, "schema/Cargo.toml names {name}");
    }
    let mut places = Vec::new();
    for file in product().iter().filter(|file| file.lies_in(&["schema/"])) {
        for needle in [
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "SystemTime",
            "Instant::now",
            "async fn",
        ] {
            places.extend(file.places(needle));
        }
    }
    assert_none(&places, "schema is pure: no I/O, clock, threads or environment");
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let read =
        |path: &str| std::fs::read_to_string(repository().join(path)).expect("a file of the repository");
    let manifest = read("Cargo.toml");
    let table = manifest.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let names =
        table.expect("a table").lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let reasons = read("docs/dependencies.md");
    let unexplained: Vec<String> = names
        .filter(|name| {
            !["schema", "registry", "serde-client", "serde-client-derive"].contains(name)
                && !reasons.contains(&format!("* **{name}**: "))
        })
        .map(str::to_owned)
        .collect();
    assert_none(&unexplained, "dependencies without a line in docs/dependencies.md");
}

#[test]
fn each_library_of_an_edge_is_named_in_one_folder() {
    for (library, folders) in [
        ("axum", &["registry/src/http/"][..]),
        ("sqlx", &["registry/src/store/"]),
        ("reqwest", &["serde-client/src/client/"]),
        (
            "rdkafka",
            &[
                "serde-client/src/kafka/",
                "serde-client/src/translator/cluster/",
                "serde-client/src/translator/run/",
            ],
        ),
    ] {
        let mut places = Vec::new();
        for file in product().iter().filter(|file| !file.lies_in(folders)) {
            places.extend(file.places(&format!("{library}::")));
            places.extend(file.places(&format!("use {library}")));
        }
        assert_none(&places, &format!("{library} is named only in {folders:?}"));
    }
}

#[test]
fn layers_call_downwards_only() {
    let mut places = Vec::new();
    for file in &product() {
        let forbidden: &[&str] = match file.path.as_str() {
            path if path.starts_with("registry/src/service/") => &["crate::http"],
            path if path.starts_with("registry/src/store/") => &["crate::http", "crate::service"],
            path if path.starts_with("schema/") => &["registry::", "serde_client::"],
            path if path.starts_with("serde-client/src/codec/") => {
                &["RegistryClient", "crate::kafka", "crate::serializer", "crate::deserializer", "async fn"]
            }
            path if path.starts_with("serde-client/src/client/") => {
                &["crate::codec", "crate::kafka", "crate::serializer", "crate::deserializer"]
            }
            path if path.starts_with("serde-client/") => &[" registry::", "(registry::", "<registry::"],
            _ => &[],
        };
        places.extend(forbidden.iter().flat_map(|needle| file.places(needle)));
    }
    assert_none(
        &places,
        "http calls service, service calls store, pipelines call client and codec; never the other way",
    );
}

#[test]
fn status_numbers_stand_in_one_table() {
    let table = "schema/src/model/error_code.rs";
    let text = std::fs::read_to_string(repository().join(table)).expect("the table");
    let numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|word| word.len() == 5 && word.starts_with(['4', '5']))
        .collect();
    assert!(numbers.len() > 15, "the table has {} five-digit codes", numbers.len());
    let mut places = Vec::new();
    // The translator answers no client of the registry: a probe gets yes or no.
    let elsewhere = ["registry/src/http/", "serde-client/src/translator/run/health.rs"];
    for file in product().iter().filter(|file| file.path != table && !file.lies_in(&elsewhere)) {
        places.extend(file.places("StatusCode::"));
        places.extend(numbers.iter().flat_map(|number| file.places(number)));
    }
    assert_none(&places, "status numbers stand in error_code.rs and http");
}

#[test]
fn nothing_is_global_and_mutable() {
    let mut places = Vec::new();
    for file in &product() {
        for needle in ["thread_local!", "lazy_static", "static mut"] {
            places.extend(file.places(needle));
        }
        for (number, line) in file.code() {
            let item = line.trim_start().trim_start_matches("pub").trim_start_matches("(crate)").trim_start();
            // A `LazyLock` of something that cannot change is a constant that is made when first needed.
            let mutable = ["Mutex", "RwLock", "Atomic", "Cell", "OnceLock"];
            if item.starts_with("static ") && mutable.iter().any(|kind| item.contains(kind)) {
                places.push(format!("{}:{number}: {line}", file.path));
            }
        }
    }
    assert_none(&places, "what is used is passed in");
}

#[test]
fn files_hold_one_idea() {
    let long: Vec<String> = files()
        .iter()
        .filter(|file| file.is_rust() && file.text.lines().count() > FILE_LINES_MAX)
        .map(|file| format!("{}: {} lines", file.path, file.text.lines().count()))
        .collect();
    assert_none(&long, "files above 500 lines");
}

#[test]
fn names_say_what_a_thing_is() {
    let vague = ["util", "utils", "helper", "helpers", "common", "manager", "misc", "handler", "handlers"];
    let mut places = Vec::new();
    for file in files().iter().filter(|file| file.is_rust()) {
        let stems = file.path.trim_end_matches(".rs").split('/');
        if stems.into_iter().any(|stem| vague.contains(&stem)) {
            places.push(file.path.clone());
        }
        for (number, line) in file.code() {
            let name =
                line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default();
            if name.starts_with("do_") || name.ends_with("_impl") {
                places.push(format!("{}:{number}: {name}", file.path));
            }
        }
    }
    assert_none(&places, "names that say nothing");
}

#[test]
fn modules_open_with_their_purpose() {
    let silent: Vec<String> = files()
        .iter()
        .filter(|file| file.is_rust() && !file.is_test() && !file.text.starts_with("//!"))
        .map(|file| file.path.clone())
        .collect();
    assert_none(&silent, "files without a module comment");
}

/// The public types of a file that have no example in their doc comment. A blank line ends what belongs to an item.
fn types_without_example(file: &File) -> Vec<String> {
    let mut places = Vec::new();
    let (mut has_example, mut is_hidden) = (false, false);
    for (index, line) in file.text.lines().map(str::trim).enumerate() {
        if line.is_empty() {
            (has_example, is_hidden) = (false, false);
        }
        has_example |= line.starts_with("/// ```");
        is_hidden |= line == "#[doc(hidden)]";
        let kinds = ["pub struct ", "pub enum ", "pub trait "];
        let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else { continue };
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        // A macro's types have no name here.
        if !name.is_empty() && !has_example && !is_hidden {
            places.push(format!("{}:{}: {name}", file.path, index + 1));
        }
        (has_example, is_hidden) = (false, false);
    }
    places
}

#[test]
fn public_types_of_the_client_show_how_they_are_used() {
    let files = product();
    let library = files.iter().filter(|file| {
        file.lies_in(&["serde-client/src/"]) && !file.lies_in(&["serde-client/src/translator/"])
    });
    // What is `pub` can be named from outside: the lint `unreachable_pub` sees to it.
    let places: Vec<String> = library.flat_map(types_without_example).collect();
    assert_none(&places, "public types without an example in their doc comment");
}

#[test]
fn no_file_names_a_machine_or_a_package_registry() {
    // In halves, so that this file does not name them either.
    let halves = [
        ["crates", ".io"],
        ["pypi", ".org"],
        ["pythonhosted", ".org"],
        ["npmjs", ".org"],
        ["proxy.golang", ".org"],
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/Use", "rs/"],
        ["/wo", "rk/"],
        ["..", "/shared"],
    ];
    let needles = halves.map(|halves| halves.concat());
    let mut places = Vec::new();
    for file in files().iter().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (index, line) in file.text.lines().enumerate() {
            if needles.iter().any(|needle| line.contains(needle.as_str())) {
                places.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    assert_none(&places, "paths of a machine, or hosts of package registries");
}

#[test]
fn the_description_of_the_api_is_the_servers_own() {
    let committed =
        std::fs::read_to_string(repository().join("openapi.yaml")).expect("make openapi writes it");
    let printed = run(Command::new(binary()).arg("openapi"));
    assert!(committed == printed, "openapi.yaml is stale: run `make openapi`");
}
