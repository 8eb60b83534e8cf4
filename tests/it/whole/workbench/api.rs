//! The same path by the interface for programs alone: from the cities to a sign-off.

use std::process::Command;

use serde_json::{Value, json};

use super::super::{POLICY, all, code, json_of, note};
use super::Workbench;
use super::review::audited;

/// An answer's status, fields and body.
pub(in super::super) struct Answer {
    pub(in super::super) status: u16,
    head: String,
    pub(in super::super) body: Value,
}

pub(in super::super) fn ask(
    workbench: &Workbench,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let raw = workbench.raw(method, path, headers, body);
    let told = String::from_utf8(raw).unwrap();
    let (head, body) = told.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if body.is_empty() { Value::Null } else { json_of(body) };
    Answer { status, head: head.to_lowercase(), body }
}

pub(in super::super) fn get(workbench: &Workbench, path: &str) -> Value {
    let answer = ask(workbench, "GET", path, &[], "");
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

pub(super) fn post(workbench: &Workbench, path: &str, body: &Value) -> Answer {
    ask(workbench, "POST", path, &[("content-type", "application/json")], &body.to_string())
}

#[test]
fn a_program_goes_from_the_cities_to_a_sign_off() {
    let place = audited();
    let workbench = Workbench::over(&place);
    let cities = get(&workbench, "/api/cities?per_page=1");
    assert_eq!((&cities["total"], &cities["pages"]), (&json!(1), &json!(1)));
    let latest = &cities["items"][0]["latest"]["run"];
    let (city, run) = (latest["city_id"].as_str().unwrap(), latest["id"].as_str().unwrap());
    assert_eq!(get(&workbench, &format!("/api/cities/{city}/runs"))["items"][0]["run"]["as_of"], "2026-11-02");
    let matrix = get(&workbench, &format!("/api/cities/{city}/matrix"));
    assert_eq!(all(&matrix["lines"]).len(), 45);

    let of_run = format!("/api/runs/{run}");
    assert_eq!(all(&get(&workbench, &of_run)["schemes"][0]["criteria"]).len(), 45);
    let policy = format!("{of_run}/criteria/what-works-cities/{}", code(POLICY));
    let criterion = get(&workbench, &policy);
    let clause = criterion["verdict"]["clauses"].as_array().unwrap().iter().find(|it| !all(&it["findings"]).is_empty());
    let clause = clause.expect("findings decided a clause");
    let finding = get(&workbench, &format!("{of_run}/findings/{}", clause["findings"][0].as_str().unwrap()));
    let capture = finding["evidence"][0]["capture"].as_str().unwrap();
    assert_eq!(get(&workbench, &format!("{of_run}/captures/{capture}"))["id"], capture);

    let stated = |standing: &str, reason: &str| {
        json!({ "scheme": "what-works-cities", "clause": clause["id"], "stated":
            { "standing": standing, "reason": reason, "reviewer": "Ada" } })
    };
    let decided = format!("{of_run}/decisions");
    assert_eq!(post(&workbench, &decided, &stated("nothing-offered", " ")).status, 409);
    let taken = post(&workbench, &decided, &stated("nothing-offered", "It is another city's."));
    assert_eq!((taken.status, &taken.body["before"]), (201, &json!(run)), "{}", taken.body);
    assert_eq!(taken.body["decided"]["findings"], clause["findings"]);
    assert_eq!(get(&workbench, &decided), json!([taken.body]));
    let criterion = get(&workbench, &policy);
    assert_eq!((&criterion["decisions"], criterion["decided"].is_string()), (&json!([taken.body]), true));
    let probe = finding["probe"].as_str().unwrap();
    assert!(get(&workbench, "/api/accuracy")[probe].is_object());

    assert_eq!(ask(&workbench, "GET", &format!("{of_run}/sign-off"), &[], "").status, 404);
    let signed = post(&workbench, &format!("{of_run}/sign-off"), &json!({ "reviewer": "Ada" }));
    assert_eq!((signed.status, &signed.body["run"]), (200, &json!(run)), "{}", signed.body);
    assert_eq!(get(&workbench, &format!("{of_run}/sign-off")), signed.body);
    assert_eq!(post(&workbench, &decided, &stated("met", "Late.")).status, 409);
    let told = place.run(&["verify", "run/pack.wacz"]).with(0);
    assert!(told.out.contains("signed off with 1 decisions, which hold"), "{}", told.out);
}

#[test]
fn answers_are_tagged_and_problems_told_in_one_form() {
    let place = audited();
    let workbench = Workbench::over(&place);
    let first = ask(&workbench, "GET", "/api/cities", &[], "");
    let tag = first.head.split("etag: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    for (known, status) in [(tag.as_str(), 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200)] {
        let again = ask(&workbench, "GET", "/api/cities", &[("if-none-match", known)], "");
        assert_eq!((again.status, again.body.is_null()), (status, status == 304), "{known}");
        assert!(again.head.contains(&tag), "{}", again.head);
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let json = [("content-type", "application/json")];
    let foreign = [json[0], ("origin", "http://elsewhere.example")];
    for (method, path, headers, body, status) in [
        ("GET", "/api/cities/none/runs", &[][..], "", 404),
        ("GET", "/api/none", &[], "", 404),
        ("GET", "/api/cities/none/matrix", &[], "", 404),
        ("GET", "/api/runs/none", &[], "", 404),
        ("GET", "/api/runs/%00", &[], "", 404),
        ("GET", "/api/cities?page=0", &[], "", 422),
        ("GET", "/api/cities?page=many", &[], "", 400),
        ("DELETE", "/api/cities", &[], "", 405),
        ("POST", "/api/runs/none/sign-off", &form, "reviewer=Eve", 415),
        ("POST", "/api/runs/none/sign-off", &json, "{", 400),
        ("POST", "/api/runs/none/sign-off", &foreign, "{\"reviewer\": \"Eve\"}", 403),
        ("GET", "/api/cities", &[("host", "elsewhere.example")], "", 421),
    ] {
        let answer = ask(&workbench, method, path, headers, body);
        assert_eq!((answer.status, &answer.body["status"]), (status, &json!(status)), "{method} {path}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.body["title"].is_string() && answer.body["type"] == "about:blank", "{}", answer.body);
    }
}

/// What only its meaning rules out, such as a scheme that there is not, no description of forms rules out: it is answered by 422.
pub(super) const MEANT: &str =
    "[checks.positive_data_acceptance]\nexpected-statuses = [\"2xx\", \"3xx\", 401, 403, 404, 409, 422, 429]\n";

#[test]
fn the_interface_is_as_it_is_described() {
    let place = audited();
    let workbench = Workbench::over(&place);
    let described = get(&workbench, "/api/openapi.json");
    assert_eq!(described["openapi"], "3.1.0");
    assert!(described["paths"].as_object().unwrap().len() >= 10);
    let missing = [described["paths"].to_string(), described["components"].to_string()].concat();
    for reference in missing.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(described["components"]["schemas"][reference].is_object(), "{reference}");
    }

    let latest = get(&workbench, "/api/cities")["items"][0]["latest"]["run"].clone();
    let parameters = format!(
        "{MEANT}[parameters]\n\"path.city\" = {}\n\"path.run\" = {}\n\"path.scheme\" = \"what-works-cities\"\n\"path.code\" = \"{}\"\n",
        latest["city_id"],
        latest["id"],
        code(POLICY)
    );
    place.write("schemathesis.toml", parameters);
    let at = format!("http://{}/api/openapi.json", workbench.address);
    let asked =
        Command::new("schemathesis").args(["run", &at, "-n", "30", "--seed", "1"]).current_dir(place.path("")).output();
    match asked {
        Ok(asked) => assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stdout)),
        Err(_) => note("not asked by schemathesis, which is not on the path: pip install schemathesis"),
    }
}
