// Opens pages of the workbench that show what a hostile page sent, and fails if anything of it does anything: a script, a
// request elsewhere, a form, a frame that leads away, a service worker. Then the same page is put in place of the archived
// body under the policy that the workbench sent with it: should the escaping ever fail, the policy holds alone.
// node hostile.js URL MARKUP PATH...; TICKMARK_AXE is a folder whose node_modules hold playwright-core.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const { chromium } = require(path.join(process.env.TICKMARK_AXE, "node_modules", "playwright-core"));
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((at) => fs.existsSync(at));

// What the debugger says, if it says so soon: not every frame without scripts answers it.
function soon(answer) {
  const late = new Promise((resolve) => { setTimeout(resolve, 2000, ""); });
  return Promise.race([answer.catch(() => ""), late]);
}

async function main([url, markup, ...bodies]) {
  if (!executablePath) {
    console.log("skipped: there is no Chromium");
    return;
  }
  const hostile = fs.readFileSync(markup, "utf8");
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  const faults = [];
  let opened = 0;
  for (const raw of [false, true]) {
    const context = await browser.newContext();
    context.on("serviceworker", () => faults.push("a service worker runs"));
    const asked = (request, how) => {
      const own = new URL(request.url()).origin === new URL(url).origin;
      if (own && request.method() === "GET" && !request.url().includes("stolen")) return;
      faults.push(`${request.method()} ${request.url()}: ${how}`);
    };
    context.on("response", (response) => asked(response.request(), "answered"));
    context.on("requestfailed", (request) => {
      // The debugger tells of what the policy refused, which never left. Of escaped text not even that is heard.
      const why = request.failure()?.errorText ?? "";
      if (!(raw && why === "csp")) asked(request, why);
    });
    for (const at of bodies) {
      const tab = await context.newPage();
      tab.on("dialog", (dialog) => { faults.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
      tab.on("popup", () => faults.push("a window was opened"));
      if (raw) {
        await tab.route((asked) => /\/(body|report)$/.test(asked.pathname), async (route) => {
          const response = await route.fetch();
          const headers = { ...response.headers() };
          delete headers["content-length"];
          await route.fulfill({ status: 200, headers, body: hostile });
        });
      }
      await tab.goto(new URL(at, url).href, { waitUntil: "load" });
      await tab.waitForTimeout(1200);
      for (const frame of tab.frames()) {
        // The frames within the page in place of the body are refused, and stay empty.
        const refused = raw && ["", "about:blank", "about:srcdoc", "chrome-error://chromewebdata/"].includes(frame.url());
        const own = frame.url().split("#")[0];
        if (!refused && own !== new URL(at, url).href && !(own.startsWith(url) && own.endsWith("/body"))) {
          faults.push(`${at}: a frame went to ${frame.url()}`);
        }
        if (refused) continue;
        if (raw) {
          // A person may be led to press it.
          await soon(frame.locator("#send").click({ timeout: 1500, noWaitAfter: true }));
          await tab.waitForTimeout(200);
        }
        if (/owned/.test(await soon(frame.title()))) faults.push(`${at}: a script gave it a title`);
      }
      opened += 1;
      await tab.close();
    }
    if (context.serviceWorkers().length > 0) faults.push("a service worker was registered");
    await context.close();
  }
  await browser.close();
  if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
  console.log(`${opened} opened`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
