//! Single-page apps of every kind that cities use, and some that no browser should be left alone with.
//!
//! Each is empty as it is sent, and gets its data in the way its kind does.

use crate::hostile::{Call, Piece, whole};

const ROWS: &str = r#"[{"n":"Water","v":12},{"n":"Parks","v":7}]"#;
/// Draws the rows that it is given as a table, with a link to them.
const DRAW: &str = r#"
const draw = (into, rows) => {
  into.innerHTML = "<h1>What the city measures</h1><p>Last updated: 2 November 2026</p><table><tr><th>Measure</th><th>Value</th></tr>"
    + rows.map(row => `<tr><td>${row.n}</td><td>${row.v}</td></tr>`).join("") + "</table><a href='/export/rows.csv'>Download the data</a>";
};
"#;

/// What the hosts of the apps answer.
#[expect(clippy::match_same_arms, reason = "the arms stand by app")]
pub(super) fn answer(call: &Call) -> (Vec<Piece>, bool) {
    let path = call.path.split('?').next().unwrap_or_default();
    let host = call.host.split('.').next().unwrap_or_default();
    match (host, path) {
        (_, "/robots.txt") => robots(host),
        ("hub", "/") => page(
            r#"<script>window.__SITE="%7B%7D"</script><hub-app></hub-app><script src="https://cdn.example.gov/hub.js"></script>"#,
        ),
        ("cdn", "/hub.js") => script(&format!("{DRAW}{HUB}")),
        ("hub", "/api/search/v1/collections/dataset/items") => json(ROWS),
        ("tableau", "/") => page(r#"<div id="root"></div><script src="/javascripts/api/viz.js"></script>"#),
        ("tableau", "/javascripts/api/viz.js") => script(
            r#"const frame = document.createElement("iframe"); frame.src = "https://public.example.gov/views/Budget?:embed=y"; document.getElementById("root").append(frame);"#,
        ),
        ("public", "/views/Budget") => page(&format!("<div id=app></div><script>{DRAW}{TABLEAU}</script>")),
        ("public", "/vizql/startSession") => json(r#"{"sessionid":"5"}"#),
        ("public", "/vizql/bootstrapSession/sessions/5") if call.method == "POST" => json(ROWS),
        ("powerbi", "/view") => page(&format!("<div id=app></div><script>{DRAW}{POWER_BI}</script>")),
        ("api", "/public/reports/querydata")
            if call.method == "POST" && call.header("x-powerbi-resourcekey") == Some("k") =>
        {
            cross(ROWS)
        }
        ("looker", "/reporting/1") => page(&format!("<div id=app></div><script type=module>{DRAW}{LOOKER}</script>")),
        ("looker", "/batchedDataV2/1") => json(r#"{"next":"/batchedDataV2/2"}"#),
        ("looker", "/batchedDataV2/2") => json(ROWS),
        ("clearpoint", "/") => page(r#"<div id="app"></div><script type="module" src="/assets/index.js"></script>"#),
        ("clearpoint", "/assets/index.js") => {
            script(r#"const { show } = await import("./scorecard.js"); await show(document.getElementById("app"));"#)
        }
        ("clearpoint", "/assets/scorecard.js") => script(&format!(
            "{DRAW} export const show = async (into) => draw(into, await (await fetch('/api/v4/measures')).json());"
        )),
        ("clearpoint", "/api/v4/measures") => json(ROWS),
        ("performance", "/") => page(&format!("<div id=root></div><script>{DRAW}{SOCRATA}</script>")),
        ("performance", "/api/stat/v1/goals.json") => json(ROWS),
        ("spa", "/") => page(&format!(
            "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/old.js></script><script>{DRAW} fetch('/rows.json').then(r => r.json()).then(rows => draw(root, rows));</script>"
        )),
        ("spa", "/old.js") => whole("302 Found", &["location: /new.js"], b""),
        ("spa", "/new.js") => script("document.title = 'Moved scripts run';"),
        ("spa", "/rows.json") => json(ROWS),
        ("closed", "/") => page(
            "<div id=root></div><script>fetch('/private/rows.json').then(r => r.json()).then(() => {}, () => { root.textContent = 'Sorry.'; });</script>",
        ),
        ("polls", "/") => page(&format!(
            "<div id=root></div><script>{DRAW} const ask = () => fetch('/rows.json').then(r => r.json()).then(rows => draw(root, rows)); ask(); setInterval(ask, 1000);</script>"
        )),
        ("polls", "/rows.json") => json(ROWS),
        ("chain", "/") => page(
            "<div id=root>It begins</div><script>const on = n => fetch('/step/' + n).then(() => on(n + 1), () => on(n + 1)); on(0);</script>",
        ),
        ("chain", _) => json("{}"),
        ("busy", "/") => page("<div id=root></div><script>setTimeout(() => { for (;;) {} }, 10);</script>"),
        ("greedy", "/") => page(
            "<div id=root></div><script>const all = []; const more = () => { for (let i = 0; i < 8; i++) { const a = new ArrayBuffer(16 << 20); new Uint8Array(a).fill(1); all.push(a); } setTimeout(more, 1); }; more();</script>",
        ),
        ("rude", "/") => page(RUDE),
        ("rude", "/worker.js") => script(
            "self.onmessage = () => fetch('http://169.254.169.254/w').then(() => postMessage('in'), () => postMessage('out'));",
        ),
        ("rude", "/service.js") => script(
            "self.addEventListener('fetch', event => event.respondWith(new Response('from the service worker')));",
        ),
        ("rude", "/rows.json") => json(ROWS),
        _ => whole("404 Not Found", &[], b"nothing here"),
    }
}

const HUB: &str = r#"
customElements.define("hub-app", class extends HTMLElement {
  async connectedCallback() {
    const into = this.attachShadow({ mode: "open" });
    const style = document.createElement("style"); style.textContent = ".out { display: none }";
    const main = document.createElement("main"), out = document.createElement("p");
    out.className = "out"; out.textContent = "Nobody sees this";
    into.append(style, main, out);
    draw(main, await (await fetch("/api/search/v1/collections/dataset/items?limit=12")).json());
  }
});"#;
const TABLEAU: &str = r#"
fetch("/vizql/startSession").then(r => r.json()).then(({ sessionid }) =>
  fetch("/vizql/bootstrapSession/sessions/" + sessionid, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "sheet_id=Budget" }))
  .then(r => r.json()).then(rows => draw(app, rows));"#;
const POWER_BI: &str = r#"
fetch("https://api.example.gov/public/reports/querydata?synchronous=true", { method: "POST",
  headers: { "content-type": "application/json", "X-PowerBI-ResourceKey": "k" }, body: JSON.stringify({ version: "1.0.0" }) })
  .then(r => r.json()).then(rows => draw(app, rows));"#;
const LOOKER: &str = r#"
let { next } = await (await fetch("/batchedDataV2/1")).json();
await new Promise(resolve => setTimeout(resolve, 5000));
requestAnimationFrame(async () => draw(app, await (await fetch(next)).json()));"#;
const SOCRATA: &str = r#"
history.pushState({}, "", "/stat/goals/safe-city");
const request = new XMLHttpRequest();
request.open("GET", "/api/stat/v1/goals.json");
request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
request.onload = () => draw(root, JSON.parse(request.responseText));
request.send();"#;
const RUDE: &str = r#"<link rel="dns-prefetch" href="//prefetch.example"><link rel="preconnect" href="https://prefetch.example">
<link rel="prefetch" href="http://169.254.169.254/prefetch"><div id="root"></div><img src="http://169.254.169.254/picture"><iframe src="http://localhost:1/frame"></iframe>
<script>
alert("look"); confirm("sure?"); prompt("name?"); window.open("/popup"); window.onbeforeunload = () => "stay";
const said = {};
const tried = (name, promise) => promise.then(() => { said[name] = "in"; }, () => { said[name] = "out"; });
const socket = (url) => new Promise((in_, out) => { const s = new WebSocket(url); s.onopen = in_; s.onerror = out; });
const click = (href, name) => { const a = document.createElement("a"); a.href = href; a.download = name; document.body.append(a); a.click(); a.remove(); };
click("/rows.json", "rows.json"); click("data:text/plain,x", "x.txt");
navigator.sendBeacon("http://169.254.169.254/beacon", "x");
const worker = new Worker("/worker.js"); worker.postMessage("go");
const words = new Promise((in_, out) => { worker.onmessage = ({ data }) => data === "in" ? in_() : out(); worker.onerror = out; });
const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:169.254.169.254:3478" }] }); peer.createDataChannel("x"); peer.createOffer().then(offer => peer.setLocalDescription(offer));
Promise.allSettled([
  tried("metadata", fetch("http://169.254.169.254/latest/meta-data/", { mode: "no-cors" })),
  tried("localhost", fetch("http://localhost:1/", { mode: "no-cors" })),
  tried("decimal", fetch("http://2130706433/", { mode: "no-cors" })),
  tried("file", fetch("file:///etc/passwd")),
  tried("tracker", fetch("https://www.google-analytics.com/collect", { mode: "no-cors" })),
  tried("socket", socket("ws://rude.example.gov/socket")),
  tried("worker", words),
  tried("put", fetch("/rows.json", { method: "PUT", body: "x" })),
  navigator.serviceWorker ? navigator.serviceWorker.register("/service.js").then(() => {}, () => {}) : Promise.resolve(),
]).then(() => fetch("/rows.json")).then(r => r.text()).then(text => {
  root.innerHTML = "<h1>Tried</h1><dl></dl><p></p>";
  root.querySelector("p").textContent = text;
  root.querySelector("dl").innerHTML = Object.entries(said).map(([name, how]) => `<dt>${name}</dt><dd>${how}</dd>`).join("");
});
</script>"#;

fn robots(host: &str) -> (Vec<Piece>, bool) {
    match host {
        "closed" => whole("200 OK", &["content-type: text/plain"], b"User-agent: *\nDisallow: /private/\n"),
        _ => whole("404 Not Found", &[], b""),
    }
}

fn page(body: &str) -> (Vec<Piece>, bool) {
    let page = format!("<!doctype html><html lang=en><head><title>An app</title></head><body>{body}</body></html>");
    whole("200 OK", &["content-type: text/html; charset=utf-8", "set-cookie: seen=1"], page.as_bytes())
}

fn script(text: &str) -> (Vec<Piece>, bool) {
    whole("200 OK", &["content-type: text/javascript"], text.as_bytes())
}

fn json(text: &str) -> (Vec<Piece>, bool) {
    whole("200 OK", &["content-type: application/json"], text.as_bytes())
}

fn cross(text: &str) -> (Vec<Piece>, bool) {
    whole("200 OK", &["content-type: application/json", "access-control-allow-origin: *"], text.as_bytes())
}
