//! The command line as people meet it: messages, exit codes, and what goes where.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn tickmark(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
    command.current_dir(folder).args(args).env_remove("TICKMARK_CONTACT");
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"] {
        command.env_remove(proxy);
    }
    command.output().unwrap()
}

/// Standard output, standard error and exit code of a command over some files.
fn run(files: &[(&str, &str)], args: &[&str]) -> (String, String, i32) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let output = tickmark(folder.path(), args);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

#[test]
fn what_cannot_be_audited_ends_with_one_message_and_code_2() {
    let link = "[[links]]\nurl = \"https://example.org/\"\n";
    for (submission, args, wanted) in [
        ("city = 7\n", &["audit", "s.toml"][..], "s.toml:1:8: "),
        ("[[link]]\nurl = \"https://example.org/\"\n", &["audit", "s.toml"], "did you mean \"links\"?"),
        (&format!("{link}criterion = \"OD33\"\n"), &["audit", "s.toml"], "has no criterion or clause \"OD33\""),
        (link, &["audit", "missing.toml"], "missing.toml: cannot be read"),
        (link, &["audit", "s.toml", "--gate", "level:wood"], "there is no gate \"level:wood\"; use one of: "),
        (link, &["audit", "s.toml", "--only", "OD33"], "has no criterion \"OD33\"; did you mean"),
        (link, &["audit", "s.toml", "--criteria", "what-works-citis"], "did you mean \"what-works-cities\"?"),
        (link, &["audit", "s.toml", "--from", "nowhere.wacz"], "nowhere.wacz: "),
        (link, &["audit", "s.toml", "--from", "s.toml"], "s.toml: "),
        (link, &["audit", "s.toml", "--contact", "a\nb"], "must be plain letters"),
        (link, &["verify", "s.toml"], "s.toml: "),
        (link, &["check", "machine_redable", "s.toml"], "did you mean \"machine_readable\"?"),
        (link, &["check", "machine_readable", "gone.csv"], "there is no file \"gone.csv\""),
        (link, &["probes", "fres"], "did you mean \"fresh\"?"),
    ] {
        let (out, error, code) = run(&[("s.toml", submission)], args);
        assert_eq!(code, 2, "{args:?}: {error}");
        assert!(error.contains(wanted), "{args:?}: {error:?} lacks {wanted:?}");
        assert!(!error.contains("panicked") && !error.contains("this is a bug"), "{error}");
        assert_eq!(out, "", "{args:?}");
    }
}

#[test]
fn a_folder_of_criteria_is_checked_without_building_anything() {
    let scheme = "id = 'mine'\ntitle = 'Mine'\nedition = '1'\nabout = ''\nsource = ''\npoints_per_criterion = 1\norder = ['M1']\ncategories = [{ code = 'M', title = 'M' }]\n";
    let criterion = "code = 'M1'\ntitle = 'One'\ncategory = 'M'\nneeds = 'all'\n[[clauses]]\nid = 'M.1'\nkind = 'requirement'\nsays = 'It opens.'\nshown_by = [{ probe = 'open_acces', finding = 'open' }]\nadvice = { not_met = 'Open it.' }\n";
    let files = [("mine/scheme.toml", scheme), ("mine/m1.toml", criterion)];
    let (_, error, code) = run(&files, &["criteria", "--check", "mine"]);
    assert_eq!(code, 2);
    assert!(error.contains("m1.toml:9:"), "{error}");
    assert!(error.contains("did you mean \"open_access\"?"), "{error}");
    let right = criterion.replace("open_acces'", "open_access'");
    let (out, _, code) = run(&[files[0], ("mine/m1.toml", &right)], &["criteria", "--check", "mine"]);
    assert_eq!((out.as_str(), code), ("Mine: 1 criteria, 1 clauses, all well formed\n", 0));
}

#[test]
fn the_certification_comes_whole() {
    let scheme = Path::new(env!("CARGO_MANIFEST_DIR")).join("criteria/what-works-cities");
    let (out, _, code) = run(&[], &["criteria", "--check", scheme.to_str().unwrap()]);
    assert_eq!(code, 0);
    assert!(out.ends_with(": 45 criteria, 156 clauses, all well formed\n"), "{out}");
}

#[test]
fn a_file_is_checked_like_a_linter_would() {
    let check =
        |content, format| run(&[("t.csv", content)], &["check", "machine_readable", "t.csv", "--format", format]);
    let (out, error, code) = check("a,b\n1,2\n", "text");
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("yes (readable)"), "{out}");
    let (out, _, _) = check("a,b\n1,2\n", "json");
    let findings: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(findings["findings"][0]["code"], "readable");
    assert_eq!(findings["target"]["url"], "file:///t.csv");
    let (out, _, code) = check("%PDF-1.4\n", "text");
    assert_eq!(code, 1);
    assert!(out.contains("no (not-readable)") && out.contains("To do: "), "{out}");
}

#[test]
fn data_is_held_against_the_schema_that_is_given() {
    let data = r#"{"ocid":"ocds-abc123-1","id":"1","date":"2026-01-01T00:00:00Z","tag":["tender"],
        "initiationType":"tender","tender":{"id":"1"}}"#;
    let schema = r#"{"required":["ocid"],"properties":{"ocid":{"type":"string"},
        "tender":{"type":"object","properties":{"id":{"type":"integer"}}}}}"#;
    let files = [("d.json", data), ("s.json", schema), ("other.json", "{}"), ("t.csv", "a,b\n1,2\n")];
    let check = |args: &[&str]| run(&files, &[&["check"], args].concat());
    assert!(check(&["ocds_valid", "d.json"]).0.contains("yes (unpackaged)"));
    let (out, error, _) = check(&["ocds_valid", "d.json", "--schema", "s.json"]);
    assert!(out.contains("no (invalid)") && out.contains("integer"), "{out}{error}");
    let (_, error, code) = check(&["ocds_valid", "d.json", "--schema", "other.json"]);
    assert!(error.contains("--schema other.json: it describes no release") && code == 2, "{error}");
    let (_, error, code) = check(&["machine_readable", "t.csv", "--schema", "s.json"]);
    assert!(error.contains("machine_readable holds nothing against a schema") && code == 2, "{error}");
}

#[test]
fn probes_and_criteria_are_listed_and_shown() {
    let (out, _, code) = run(&[], &["probes"]);
    assert_eq!((out.lines().count(), code), (probes::ALL.len(), 0));
    for probe in probes::ALL {
        let (out, _, code) = run(&[], &["probes", &probe.spec().id]);
        assert!(code == 0 && out.contains(&probe.spec().question));
    }
    let (out, _, code) = run(&[], &["criteria"]);
    let first = out.lines().nth(2).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(code, 0);
    let (out, _, code) = run(&[], &["criteria", &first]);
    assert!(code == 0 && out.starts_with(&first), "{out}");
}

#[test]
fn a_threshold_changed_in_a_folder_changes_the_verdict_of_the_same_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mine")).unwrap();
    for file in fs::read_dir(root.join("criteria/what-works-cities")).unwrap() {
        let file = file.unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let stricter = text.replace("read = { at-least = 1 }", "read = { at-least = 7 }");
        fs::write(folder.path().join("mine").join(file.file_name()), stricter).unwrap();
    }
    let pack = root.join("fixtures/cities/harborview/pack.wacz");
    let pack = pack.to_str().unwrap();
    let met = |args: &[&str]| {
        let output = tickmark(folder.path(), &[&["audit", "--from", pack, "--out", "out"], args].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let report: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.path().join("out/report.json")).unwrap()).unwrap();
        let verdicts = report["verdicts"].as_array().unwrap().clone();
        let clauses = verdicts.iter().flat_map(|verdict| verdict["clauses"].as_array().unwrap().clone());
        clauses.filter(|clause| clause["standing"] == "met").count()
    };
    let (bundled, stricter) = (met(&[]), met(&["--criteria", "mine"]));
    assert_eq!(stricter + 1, bundled, "the portal lists six datasets");
}
