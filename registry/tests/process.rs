//! The binary as a process: exit codes, messages, the start line, signals.

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::{TcpListener, TcpStream};
    use std::process::{Child, Command, Output, Stdio};

    fn registry(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_registry"));
        command
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(arguments: &[&str]) -> Output {
        registry(arguments).output().unwrap()
    }

    fn check_failure(output: &Output, code: i32, parts: &[&str]) {
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(output.stdout.is_empty());
        for part in parts {
            assert!(message.contains(part), "`{part}` is missing in: {message}");
        }
    }

    #[test]
    fn mistakes_exit_with_2() {
        check_failure(&run(&[]), 2, &["Usage"]);
        check_failure(&run(&["serve", "--lisen", "x"]), 2, &["--lisen", "--listen"]);
        check_failure(&run(&["serve", "--listen", "x"]), 2, &["listen", "flag --listen", "127.0.0.1:8081"]);
        let dump = registry(&["config", "dump"]).env("REGISTRY_BODY_LIMIT", "much").output().unwrap();
        check_failure(&dump, 2, &["body-limit", "environment REGISTRY_BODY_LIMIT", "`much`", "10MiB"]);
    }

    #[test]
    fn an_address_in_use_exits_with_1() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("r.db").display());
        check_failure(
            &run(&["serve", "--listen", &address, "--database", &database]),
            1,
            &[&address, "--listen"],
        );
    }

    #[test]
    fn version_and_dump_exit_with_0() {
        let version = run(&["--version"]);
        assert!(version.status.success());
        assert_eq!(
            String::from_utf8(version.stdout).unwrap().trim(),
            concat!("registry ", env!("CARGO_PKG_VERSION"))
        );
        let dump = registry(&["config", "dump"]).env("REGISTRY_GROUP_ID", "g").output().unwrap();
        assert!(dump.status.success());
        assert!(String::from_utf8(dump.stdout).unwrap().contains("environment REGISTRY_GROUP_ID"));
    }

    fn signal(process: &Child, name: &str) {
        assert!(Command::new("kill").args([name, &process.id().to_string()]).status().unwrap().success());
    }

    #[test]
    fn the_start_line_names_the_port_and_signals_end_the_run() {
        for name in ["-TERM", "-INT"] {
            let folder = tempfile::tempdir().unwrap();
            let database = format!("sqlite:{}", folder.path().join("r.db").display());
            let mut process =
                registry(&["serve", "--listen", "127.0.0.1:0", "--database", &database]).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
            assert!(TcpStream::connect(address).is_ok(), "{line}");
            assert!(line.contains(&database), "{line}");
            signal(&process, name);
            assert!(process.wait().unwrap().success());
        }
    }
}
