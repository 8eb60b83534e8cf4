// Runs axe-core over a page in headless Chromium, light and dark, narrow and wide.
// node run.js PAGE|URL [SCREENSHOTS]; TICKMARK_AXE is a folder whose node_modules hold axe-core and playwright-core, and
// TICKMARK_COOKIE a cookie that signs in, if there is one.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const modules = path.join(process.env.TICKMARK_AXE, "node_modules");
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = fs.readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((at) => fs.existsSync(at));

async function main([page, screenshots]) {
  if (!executablePath) {
    console.log("skipped: there is no Chromium");
    return 0;
  }
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  let faults = 0;
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 1400]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const cookie = process.env.TICKMARK_COOKIE;
      if (cookie) await context.setExtraHTTPHeaders({ cookie });
      const tab = await context.newPage();
      const said = [];
      tab.on("console", (message) => said.push(message.text()));
      tab.on("pageerror", (error) => said.push(String(error)));
      await tab.goto(/^https?:/.test(page) ? page : pathToFileURL(page).href);
      if (screenshots) await tab.screenshot({ path: path.join(screenshots, `${colorScheme}-${width}.png`), fullPage: true });
      await tab.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      // The page's own policy allows no other script, so axe comes in through the debugger.
      const session = await context.newCDPSession(tab);
      await session.send("Runtime.evaluate", { expression: axe });
      const result = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"], iframes: false }));
      for (const violation of result.violations) {
        faults += 1;
        console.log(`${colorScheme} ${width}: ${violation.id}: ${violation.help}`);
        for (const node of violation.nodes.slice(0, 5)) console.log(`  ${node.html}\n  ${node.failureSummary}`);
      }
      if (overflow > 0) {
        faults += 1;
        console.log(`${colorScheme} ${width}: the page is ${overflow} px wider than the window`);
      }
      for (const message of said) {
        faults += 1;
        console.log(`${colorScheme} ${width}: the console says: ${message}`);
      }
      await context.close();
    }
  }
  await browser.close();
  console.log(`${faults} faults`);
  return faults === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error) => {
  console.error(error);
  // The browser would keep this waiting.
  process.exit(2);
});
