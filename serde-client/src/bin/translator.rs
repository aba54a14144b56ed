//! The command line of the topic-migration translator.

fn main() -> std::process::ExitCode {
    serde_client::translator::command::main()
}
